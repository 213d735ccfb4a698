/**
 * Comparisons with more than one value, and texts that compare otherwise than by code point.
 */
import { Expr, Query } from "effect-strata"
import { Customer, OrderLine, Review } from "./models.js"

/** all: reviews that no other one beats. */
export const bestReviews = Query.from(Review).pipe(
  Query.where((r) => Expr.gte(r.stars, Expr.all(Query.from(Review).pipe(Query.pluck((o) => o.stars))))),
  Query.orderBy((r) => Expr.asc(r.id)),
  Query.pluck((r) => r.id)
)

/** any: reviews that beat some other one of their product. */
export const notTheWorst = Query.from(Review).pipe(
  Query.where((r) =>
    Expr.gt(
      r.stars,
      Expr.any(
        Query.from(Review).pipe(
          Query.where((o) => Expr.eq(o.productId, r.productId)),
          Query.pluck((o) => o.stars)
        )
      )
    )
  ),
  Query.orderBy((r) => Expr.asc(r.id)),
  Query.pluck((r) => r.id)
)

/** A row in a list of rows. */
export const twoLines = Query.from(OrderLine).pipe(
  Query.where((l) => Expr.in(Expr.row(l.orderId, l.line), [[1, 1], [3, 2], [9, 9]])),
  Query.orderBy((l) => Expr.asc(l.orderId))
)

/** A row after another one: the next page by two columns. */
export const linesAfter = Query.from(OrderLine).pipe(
  Query.where((l) => Expr.gt(Expr.row(l.orderId, l.line), [3, 1])),
  Query.orderBy((l) => [Expr.asc(l.orderId), Expr.asc(l.line)]),
  Query.limit(3)
)

/** collation: an order that takes upper and lower case as one. */
export const adasInOrder = Query.from(Customer).pipe(
  Query.where({ id: { in: [1, 5] } }),
  Query.orderBy((c) =>
    Expr.asc(Expr.collate(c.name, {
      sqlite: "nocase",
      postgres: "en-x-icu",
      mysql: "utf8mb4_0900_ai_ci",
      mariadb: "utf8mb4_unicode_ci"
    }))
  ),
  Query.pluck((c) => c.name)
)
