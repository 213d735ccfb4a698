/**
 * Groups and aggregates.
 */
import { Expr, Query } from "effect-strata"
import { Customer, Order, OrderLine, Product, Review } from "./models.js"

/** group by and having: products that were sold more than once. */
export const soldOften = Query.from(OrderLine).pipe(
  Query.innerJoin("product", Product, (l, { product }) => Expr.eq(l.productId, product.id)),
  Query.groupBy((_, { product }) => [product.id, product.name]),
  Query.having(() => Expr.gt(Expr.count(), 1)),
  Query.orderBy((_, { product }) => Expr.asc(product.id)),
  Query.select((l, { product }) => ({
    name: product.name,
    times: Expr.count(),
    pieces: Expr.sum(l.quantity),
    cheapest: Expr.min(l.price),
    dearest: Expr.max(l.price),
    worth: Expr.sum(Expr.multiply(l.price, l.price)),
    discount: Expr.avg(l.discount)
  }))
)

/** Aggregates of all rows, with a filter, of distinct values, and of none. */
export const figures = Query.from(Order).pipe(
  Query.select((o) => ({
    orders: Expr.count(),
    withNote: Expr.count(o.note),
    customers: Expr.countDistinct(o.customerId),
    paid: Expr.filter(Expr.count(), Expr.eq(o.status, "paid")),
    firstPaid: Expr.filter(Expr.min(o.placedAt), Expr.eq(o.status, "paid")),
    lastDay: Expr.max(o.dueOn),
    none: Expr.filter(Expr.max(o.id), Expr.gt(o.id, 1000))
  }))
)

/** Aggregates of no rows. */
export const noFigures = Query.from(Product).pipe(
  Query.where({ name: "nothing" }),
  Query.select((p) => ({
    count: Expr.count(),
    sum: Expr.sum(p.price),
    mean: Expr.avg(p.weight),
    least: Expr.min(p.name)
  }))
)

/** A sum of 64 bits. */
export const allPoints = Query.from(Customer).pipe(
  Query.where((c) => Expr.gt(c.points, -1000n)),
  Query.select((c) => ({ points: Expr.sum(c.points), most: Expr.max(c.points), least: Expr.min(c.points) }))
)

/** rollup: orders by customer and status, by customer, and in all. */
export const ordersRolledUp = Query.from(Order).pipe(
  Query.rollup((o) => [o.customerId, o.status]),
  Query.select((o) => ({ customer: o.customerId, status: o.status, orders: Expr.count() }))
)

/** cube: reviews by product, by stars, by both, and in all. */
export const reviewsCubed = Query.from(Review).pipe(
  Query.cube((r) => [r.productId, r.stars]),
  Query.select((r) => ({ product: r.productId, stars: r.stars, reviews: Expr.count() }))
)

/** grouping sets: orders by customer, by day, and in all. */
export const ordersBySets = Query.from(Order).pipe(
  Query.groupingSets((o) => [[o.customerId], [o.dueOn], []]),
  Query.select((o) => ({ customer: o.customerId, dueOn: o.dueOn, orders: Expr.count() }))
)

/** distinct on: the first review of each product. */
export const firstReviews = Query.from(Review).pipe(
  Query.distinctOn((r) => [r.productId]),
  Query.orderBy((r) => [Expr.asc(r.productId), Expr.asc(r.id)]),
  Query.select((r) => ({ product: r.productId, stars: r.stars, body: r.body }))
)

/** Groups by an expression. */
export const byLetter = Query.from(Customer).pipe(
  Query.groupBy((c) => [Expr.substring(c.name, 1, 1)]),
  Query.orderBy((c) => Expr.asc(Expr.substring(c.name, 1, 1))),
  Query.select((c) => ({ letter: Expr.substring(c.name, 1, 1), customers: Expr.count(), points: Expr.max(c.points) }))
)

/** Texts joined in an order, and each value once. */
export const orderContents = Query.from(OrderLine).pipe(
  Query.innerJoin("product", Product, (l, { product }) => Expr.eq(l.productId, product.id)),
  Query.groupBy((l) => [l.orderId]),
  Query.orderBy((l) => Expr.asc(l.orderId)),
  Query.select((l, { product }) => ({
    order: l.orderId,
    products: Expr.ordered(Expr.stringAgg(product.name, ", "), Expr.desc(product.name))
  }))
)

/** Aggregates of distinct values. */
export const differentValues = Query.from(OrderLine).pipe(
  Query.select((l) => ({
    quantities: Expr.distinct(Expr.sum(l.quantity)),
    prices: Expr.distinct(Expr.count(l.price)),
    mean: Expr.distinct(Expr.avg(l.quantity))
  }))
)

/** grouping: which rows of a rollup are sums. */
export const ordersWithSums = Query.from(Order).pipe(
  Query.rollup((o) => [o.customerId]),
  Query.select((o) => ({ customer: o.customerId, isSum: Expr.grouping(o.customerId), orders: Expr.count() }))
)
