/**
 * Joins: of models, of queries, of a model with itself, outer ones, and such as depend on the row.
 */
import { Expr, Query } from "effect-strata"
import { Customer, Employee, Order, OrderLine, Product, Review } from "./models.js"

/** inner join: what was ordered, line by line. */
export const orderedProducts = Query.from(OrderLine).pipe(
  Query.innerJoin("product", Product, (l, { product }) => Expr.eq(l.productId, product.id)),
  Query.innerJoin("order", Order, (l, { order }) => Expr.eq(l.orderId, order.id)),
  Query.orderBy((l) => [Expr.asc(l.orderId), Expr.asc(l.line)]),
  Query.select((l, { order, product }) => ({
    order: l.orderId,
    placedAt: order.placedAt,
    product: product.name,
    quantity: l.quantity,
    price: l.price
  }))
)

/** left join: customers without an order, too; whole rows may be null. */
export const customersAndOrders = Query.from(Customer).pipe(
  Query.leftJoin("order", Order, (c, { order }) => Expr.eq(order.customerId, c.id)),
  Query.orderBy((c, { order }) => [Expr.asc(c.id), Expr.asc(order.id)]),
  Query.select((c, { order }) => ({ customer: c.name, order }))
)

/** right join: products that nobody has reviewed, too. */
export const reviewedProducts = Query.from(Review).pipe(
  Query.rightJoin("product", Product, (r, { product }) => Expr.eq(r.productId, product.id)),
  Query.orderBy((r, { product }) => [Expr.asc(product.id), Expr.asc(r.id)]),
  Query.select((r, { product }) => ({ product: product.name, stars: r.stars, body: r.body }))
)

/** full join: employees beside customers of their own number, and all that have none. */
export const everybody = Query.from(Customer).pipe(
  Query.fullJoin("employee", Employee, (c, { employee }) => Expr.eq(Expr.add(c.id, 3), employee.id)),
  Query.orderBy((c, { employee }) => [Expr.asc(c.id), Expr.asc(employee.id)]),
  Query.select((c, { employee }) => ({ customer: c.name, employee: employee.name }))
)

/** cross join: each pair of products of one price. */
export const samePrice = Query.from(Product).pipe(
  Query.crossJoin("other", Product),
  Query.where((p, { other }) => Expr.and(Expr.lt(p.id, other.id), Expr.eq(p.price, other.price))),
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.select((p, { other }) => ({ one: p.name, other: other.name, price: p.price }))
)

/** A self-join over two steps: who brought the customer who brought this one. */
export const referrers = Query.from(Customer).pipe(
  Query.leftJoin("by", Customer, (c, { by }) => Expr.eq(c.referrerId, by.id)),
  Query.leftJoin("before", Customer, (_, { before, by }) => Expr.eq(by.referrerId, before.id)),
  Query.orderBy((c) => Expr.asc(c.id)),
  Query.select((c, { before, by }) => ({ customer: c.name, by: by.name, before: before.name }))
)

/** lateral join: the dearest line of each order. */
export const dearestLines = Query.from(Order).pipe(
  Query.lateralJoin("dearest", (o) =>
    Query.from(OrderLine).pipe(
      Query.where((l) => Expr.eq(l.orderId, o.id)),
      Query.orderBy((l) => [Expr.desc(l.price), Expr.asc(l.line)]),
      Query.limit(1)
    )),
  Query.orderBy((o) => Expr.asc(o.id)),
  Query.select((o, { dearest }) => ({ order: o.id, product: dearest.productId, price: dearest.price }))
)

/** left lateral join: the last order of each customer, if there is one. */
export const lastOrders = Query.from(Customer).pipe(
  Query.leftLateralJoin("last", (c) =>
    Query.from(Order).pipe(
      Query.where((o) => Expr.eq(o.customerId, c.id)),
      Query.orderBy((o) => Expr.desc(o.placedAt)),
      Query.limit(1)
    )),
  Query.orderBy((c) => Expr.asc(c.id)),
  Query.select((c, { last }) => ({ customer: c.id, status: last.status, placedAt: last.placedAt }))
)

const sold = Query.from(OrderLine).pipe(
  Query.groupBy((l) => [l.productId]),
  Query.select((l) => ({ productId: l.productId, sold: Expr.sum(l.quantity), lines: Expr.count() })),
  Query.as("sold")
)

/** A join with a query as a table: how often each product was sold. */
export const productSales = Query.from(Product).pipe(
  Query.leftJoin("sales", sold, (p, { sales }) => Expr.eq(sales.productId, p.id)),
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.select((p, { sales }) => ({ name: p.name, sold: Expr.coalesce(sales.sold, 0), lines: sales.lines }))
)

const active = Query.from(Customer).pipe(Query.where({ isActive: true }), Query.cte("active"))

/** A join of a common table expression with itself: active customers who were born on one day. */
export const bornOnOneDay = Query.from(active).pipe(
  Query.innerJoin(
    "other",
    active,
    (c, { other }) => Expr.and(Expr.eq(c.bornOn, other.bornOn), Expr.lt(c.id, other.id))
  ),
  Query.select((c, { other }) => ({ one: c.name, other: other.name, on: c.bornOn }))
)
