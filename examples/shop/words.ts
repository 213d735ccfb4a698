/**
 * Words and patterns in texts, and statements of one's own.
 */
import { Schema } from "effect"
import { Expr, Query } from "effect-strata"
import { Order, OrderLine, Product, Review } from "./models.js"

/** search: reviews with all of these words, in upper or lower case; what else is in the text means nothing. */
export const lovelyLids = Query.from(Review).pipe(
  Query.where((r) => Expr.search([r.body], `LOVELY -"lid*`)),
  Query.orderBy((r) => Expr.asc(r.id)),
  Query.pluck((r) => r.id)
)

/** search over columns of several tables, the best first. */
export const foundTeas = Query.from(Review).pipe(
  Query.innerJoin("product", Product, (r, { product }) => Expr.eq(r.productId, product.id)),
  Query.where((r, { product }) => Expr.search([product.name, r.body], "tea")),
  Query.orderBy((r, { product }) => [
    Expr.desc(Expr.searchRank([product.name, r.body], "tea")),
    Expr.asc(r.id)
  ]),
  Query.select((r, { product }) => ({ id: r.id, rank: Expr.searchRank([product.name, r.body], "tea") }))
)

/** regular expressions: reviews with a number of an order, and without the digits. */
export const withNumbers = Query.from(Review).pipe(
  Query.where((r) =>
    Expr.or(Expr.matches(r.body, "[0-9]+-[0-9]"), Expr.matches(r.body, "^TEA", { caseInsensitive: true }))
  ),
  Query.orderBy((r) => Expr.asc(r.id)),
  Query.select((r) => ({ id: r.id, body: Expr.regexReplace(r.body, "[0-9]+", "#", { all: true }) }))
)

const sales = Query.fromSql("sales", { product_id: Schema.Int, pieces: Schema.Int })`
  select product_id, sum(quantity) as pieces from ${OrderLine} where quantity > ${
  Expr.param(Schema.Int, 1)
} group by product_id`

/** A statement of one's own, which composes as any query. */
export const soldInNumbers = sales.pipe(
  Query.innerJoin("product", Product, (s, { product }) => Expr.eq(s.product_id, product.id)),
  Query.where((s) => Expr.gt(s.pieces, 1)),
  Query.orderBy((s) => [Expr.desc(s.pieces), Expr.asc(s.product_id)]),
  Query.select((s, { product }) => ({ name: product.name, pieces: s.pieces }))
)

/** One with a query in it. */
export const lateOrders = Query.fromSql("late", { id: Schema.Int })`
  select o.id from ${Query.from(Order).pipe(Query.where({ status: "paid" }), Query.as("o"))} o where o.id > ${
  Expr.param(Schema.Int, 2)
}`
