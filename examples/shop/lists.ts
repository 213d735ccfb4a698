/**
 * Lists, records and their elements.
 */
import { Expr, Query } from "effect-strata"
import { Customer, OrderLine, Product } from "./models.js"

/** An array of values in an order, and one of those that a filter leaves. */
export const quantities = Query.from(OrderLine).pipe(
  Query.groupBy((l) => [l.productId]),
  Query.orderBy((l) => Expr.asc(l.productId)),
  Query.select((l) => ({
    product: l.productId,
    quantities: Expr.ordered(Expr.arrayAgg(l.quantity), [Expr.desc(l.quantity), Expr.asc(l.orderId)]),
    discounts: Expr.ordered(Expr.filter(Expr.arrayAgg(l.discount), Expr.gt(l.orderId, 2)), Expr.asc(l.orderId))
  }))
)

/** JSON aggregation: each order with its lines as records. */
export const linesOfOrders = Query.from(OrderLine).pipe(
  Query.groupBy((l) => [l.orderId]),
  Query.orderBy((l) => Expr.asc(l.orderId)),
  Query.select((l) => ({
    order: l.orderId,
    lines: Expr.ordered(
      Expr.jsonAgg(Expr.record({ line: l.line, product: l.productId, discount: l.discount })),
      Expr.asc(l.line)
    )
  }))
)

/** A record of names and what belongs to them. */
export const stockByName = Query.from(Product).pipe(
  Query.where({ stock: { gt: 0 } }),
  Query.select((p) => ({ stock: Expr.objectAgg(p.name, p.stock) }))
)

/** elements as a source: each phone of each customer. */
export const phones = Query.from(Customer).pipe(
  Query.elements("phone", (c) => Expr.at(c.address, "phones")),
  Query.orderBy((c, { phone }) => [Expr.asc(c.id), Expr.asc(phone.ordinal)]),
  Query.select((c, { phone }) => ({ customer: c.id, phone: phone.value, at: phone.ordinal }))
)
