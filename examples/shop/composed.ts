/**
 * Queries that are made of queries.
 */
import { Option, Schema } from "effect"
import { Expr, Query } from "effect-strata"
import { Order, Product } from "./models.js"

const ordersOf = Query.prepare({ customer: Schema.Int, most: Schema.Int }, (p) =>
  Query.from(Order).pipe(
    Query.where((o) => Expr.and(Expr.eq(o.customerId, p.customer), Expr.ne(o.status, "new"))),
    Query.orderBy((o) => Expr.asc(o.id)),
    Query.limit(p.most)
  ))

/** A prepared query with its values. */
export const ordersOfAda = ordersOf({ customer: 1, most: 5 })

const cheap = Query.scope(Product, (p) => Expr.lt(p.stock, 10))

/** A scope, and clauses that are there or not. */
export const searched = Query.from(Product).pipe(
  cheap,
  Query.when(true, Query.where((p) => Expr.isNotNull(p.weight))),
  Query.whenSome(Option.none<string>(), (name) => Query.where((p) => Expr.startsWith(p.name, name))),
  Query.whenSome("T", (name) => Query.where((p) => Expr.startsWith(p.name, name))),
  Query.orderBy((p) => Expr.asc(p.id))
)

/** A copy with another order, and without the limit. */
export const searchedByName = searched.pipe(
  Query.limit(1),
  Query.without("orderBy", "limit", "where"),
  Query.orderBy((p) => Expr.desc(p.name))
)
