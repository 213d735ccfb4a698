/**
 * Queries within queries: as a value, a list, a test, a table; filters, orders and pages.
 */
import { BigDecimal, DateTime } from "effect"
import { Expr, Query, Relation } from "effect-strata"
import { Customer, Order, OrderLine, Product, Review } from "./models.js"

/** A filter as data. */
export const cheapAndThere = Query.from(Product).pipe(
  Query.where({
    price: { lt: BigDecimal.unsafeFromString("20") },
    or: [{ stock: { gt: 0 } }, { weight: { isNull: true } }]
  }),
  Query.orderBy((p) => Expr.asc(p.id))
)

/** Conditions with NULL in them: unknown is neither true nor false. */
export const lightOrUnknown = Query.from(Product).pipe(
  Query.where((p) => Expr.or(Expr.not(Expr.gt(p.weight, 0.2)), Expr.isNull(p.weight))),
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.pluck((p) => p.name)
)

/** null ordering: unknown weights first, ties by name in the order of code points. */
export const byWeight = Query.from(Product).pipe(
  Query.orderBy((p) => [Expr.desc(p.weight, { nulls: "first" }), Expr.asc(p.name)]),
  Query.select((p) => ({ name: p.name, weight: p.weight }))
)

/** A page: limit and offset. */
export const secondPage = Query.from(Order).pipe(
  Query.orderBy((o) => [Expr.desc(o.placedAt), Expr.asc(o.id)]),
  Query.limit(3),
  Query.offset(3)
)

/** distinct: each city once, and the NULL of what has no note. */
export const notes = Query.from(Order).pipe(
  Query.pluck((o) => o.note),
  Query.distinct,
  Query.orderBy((o) => Expr.asc(o.note))
)

/** A scalar subquery, correlated: how many orders each customer has. */
export const orderCounts = Query.from(Customer).pipe(
  Query.orderBy((c) => Expr.asc(c.id)),
  Query.select((c) => ({
    name: c.name,
    orders: Expr.scalar(
      Query.from(Order).pipe(Query.where((o) => Expr.eq(o.customerId, c.id)), Query.pluck(() => Expr.count()))
    )
  }))
)

/** A scalar subquery: what is heavier than the lightest that is there. */
export const heavierThanLightest = Query.from(Product).pipe(
  Query.where((p) =>
    Expr.gt(
      p.weight,
      Expr.scalar(
        Query.from(Product).pipe(Query.where((o) => Expr.gt(o.stock, 0)), Query.pluck((o) => Expr.min(o.weight)))
      )
    )
  ),
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.pluck((p) => p.name)
)

/** in: customers who ordered tea. */
export const teaDrinkers = Query.from(Customer).pipe(
  Query.where((c) =>
    Expr.in(
      c.id,
      Query.from(Order).pipe(
        Query.innerJoin("line", OrderLine, (o, { line }) => Expr.eq(line.orderId, o.id)),
        Query.where((_, { line }) => Expr.eq(line.productId, 2)),
        Query.pluck((o) => o.customerId)
      )
    )
  ),
  Query.orderBy((c) => Expr.asc(c.id))
)

/** not in, over a column that may be NULL: nobody, since it may be anybody. */
export const whoReferredNobody = Query.from(Customer).pipe(
  Query.where((c) => Expr.not(Expr.in(c.id, Query.from(Customer).pipe(Query.pluck((other) => other.referrerId))))),
  Query.pluck((c) => c.name)
)

/** not exists, correlated: customers without an order. */
export const withoutOrders = Query.from(Customer).pipe(
  Query.where((c) => Expr.not(Expr.exists(Query.from(Order).pipe(Query.where((o) => Expr.eq(o.customerId, c.id)))))),
  Query.orderBy((c) => Expr.asc(c.id)),
  Query.pluck((c) => c.name)
)

/** A relation as a condition: products with a review of five stars and none of less than three. */
export const wellReviewed = Query.from(Product).pipe(
  Query.where(Relation.some(Relation.hasMany(Product, Review, "productId"), { stars: 5 })),
  Query.where(Relation.none(Relation.hasMany(Product, Review, "productId"), { stars: { lt: 3 } })),
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.pluck((p) => p.name)
)

/** A derived table: the mean size of an order, out of the size of each. */
export const meanSize = Query.from(
  Query.from(OrderLine).pipe(
    Query.groupBy((l) => [l.orderId]),
    Query.select((l) => ({ order: l.orderId, pieces: Expr.sum(l.quantity) })),
    Query.as("sizes")
  )
).pipe(
  Query.select((s) => ({ mean: Expr.avg(s.pieces), most: Expr.max(s.pieces), orders: Expr.count() }))
)

/** How many: a query that gives a number. */
export const paidOrders = Query.from(Order).pipe(Query.where({ status: "paid" }), Query.count)

/** Whether there is one. */
export const anyReturned = Query.from(Order).pipe(Query.where({ status: "returned" }), Query.exists)

/** Instants compare as instants. */
export const firstQuarter = Query.from(Order).pipe(
  Query.where((o) =>
    Expr.and(
      Expr.gte(o.placedAt, DateTime.unsafeMake("2025-01-01T00:00:00Z")),
      Expr.lt(o.placedAt, DateTime.unsafeMake("2025-03-30T01:00:00Z")),
      Expr.gt(o.dueOn, "2025-01-31")
    )
  ),
  Query.orderBy((o) => Expr.asc(o.placedAt)),
  Query.select((o) => ({ id: o.id, placedAt: o.placedAt, dueOn: o.dueOn }))
)
