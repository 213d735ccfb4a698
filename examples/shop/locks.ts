/**
 * Rows that are locked until the transaction ends.
 */
import { Expr, Query } from "effect-strata"
import { Customer, Order, OrderLine, Product } from "./models.js"

/** for update skip locked: the next order that nobody works at. */
export const nextOrder = Query.from(Order).pipe(
  Query.where({ status: "new" }),
  Query.orderBy((o) => Expr.asc(o.id)),
  Query.limit(1),
  Query.forUpdate({ skipLocked: true })
)

/** for update nowait: a customer, or a failure at once. */
export const customerNow = Query.from(Customer).pipe(
  Query.where({ id: 1 }),
  Query.forUpdate({ noWait: true }),
  Query.option
)

/** for share: products that may not change while we count. */
export const keptProducts = Query.from(Product).pipe(
  Query.where({ stock: { gt: 0 } }),
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.pluck((p) => p.id),
  Query.forShare()
)

/** of: the rows of the joined table alone. */
export const orderWithLines = Query.from(Order).pipe(
  Query.innerJoin("line", OrderLine, (o, { line }) => Expr.eq(line.orderId, o.id)),
  Query.where({ id: 3 }),
  Query.orderBy((_, { line }) => Expr.asc(line.line)),
  Query.select((o, { line }) => ({ order: o.id, line: line.line })),
  Query.forUpdate({ of: ["line"] })
)

/** for no key update: a customer to whom others may go on to refer. */
export const customerKept = Query.from(Customer).pipe(
  Query.where({ id: 2 }),
  Query.forNoKeyUpdate(),
  Query.pluck((c) => c.name)
)
