/**
 * Writes.
 */
import { BigDecimal, DateTime } from "effect"
import { Expr, Mutation, Query } from "effect-strata"
import { Customer, Order, OrderLine, Product, Review } from "./models.js"

const at = DateTime.unsafeMake("2026-01-02T03:04:05.678Z")
const money = BigDecimal.unsafeFromString

/** An insert with defaults gives the row as the database has it. */
export const newCustomer = Mutation.insert(Customer, {
  id: 7,
  name: "Noether",
  email: "emmy@shop.test",
  referrerId: null,
  address: null,
  bornOn: "1982-03-23",
  joinedAt: at
})

/** Many rows at once, some of whose columns have their default. */
export const newOrders = Mutation.insertMany(
  Order,
  Array.from({ length: 500 }, (_, i) => ({
    id: 100 + i,
    customerId: 1 + i % 6,
    placedAt: at,
    dueOn: "2026-01-09",
    note: i % 3 === 0 ? null : `no. ${i}`
  }))
)

/** An update by a callback over the columns. */
export const restock = Mutation.update(Product).pipe(
  Mutation.set((p) => ({ stock: Expr.add(p.stock, 10), price: Expr.multiply(p.price, money("2")) })),
  Mutation.where((p) => Expr.lt(p.stock, 1))
)

/** An update that gives the rows. */
export const shipPaid = Mutation.update(Order).pipe(
  Mutation.set({ status: "shipped" }),
  Mutation.where({ status: "paid" }),
  Mutation.returning
)

/** A delete of what a subquery says, of the table that it reads. */
export const forgetOld = Mutation.delete(Review).pipe(
  Mutation.where((r) =>
    Expr.in(r.productId, Query.from(Product).pipe(Query.where((p) => Expr.lt(p.stock, 10)), Query.pluck((p) => p.id)))
  )
)

/** A delete that gives the rows as they were. */
export const dropLines = Mutation.delete(OrderLine).pipe(Mutation.where({ orderId: 3 }), Mutation.returning)

/** An upsert by the key. */
export const saveProduct = Mutation.upsert(Product, {
  id: 2,
  name: "Green Tea",
  price: money("5.25"),
  weight: 0.2,
  tags: ["kitchen", "green"],
  stock: 4
})

/** An upsert by another unique column, of some columns. */
export const saveCustomers = Mutation.upsertMany(
  Customer,
  [
    {
      id: 70,
      name: "Ada L.",
      email: "ada@shop.test",
      referrerId: null,
      address: null,
      bornOn: "1990-12-11",
      joinedAt: at
    },
    {
      id: 71,
      name: "Somebody",
      email: "some@shop.test",
      referrerId: 1,
      address: null,
      bornOn: "1999-09-09",
      joinedAt: at
    }
  ],
  { on: ["email"], update: ["name", "bornOn"] }
)

/** All rows, which has to be said. */
export const noStock = Mutation.update(Product).pipe(Mutation.set({ stock: 0 }), Mutation.all)

/** insert from query: each referred customer gets an order. */
export const welcomeOrders = Mutation.insertFrom(
  Order,
  Query.from(Customer).pipe(
    Query.where({ referrerId: { isNull: false } }),
    Query.select((c) => ({
      id: Expr.cast(Expr.add(c.id, 200), Customer.fields.id),
      customerId: c.id,
      placedAt: c.joinedAt,
      dueOn: c.bornOn,
      note: c.name
    }))
  )
)

/** An update beside a join: stock goes down by what new orders take. */
export const takeStock = Mutation.update(Product).pipe(
  Mutation.innerJoin(
    "taken",
    Query.from(OrderLine).pipe(
      Query.innerJoin("order", Order, (l, { order }) => Expr.eq(order.id, l.orderId)),
      Query.where((_, { order }) => Expr.eq(order.status, "new")),
      Query.groupBy((l) => [l.productId]),
      Query.select((l) => ({ productId: l.productId, pieces: Expr.coalesce(Expr.sum(l.quantity), 0) })),
      Query.as("taken")
    ),
    (p, { taken }) => Expr.eq(p.id, taken.productId)
  ),
  Mutation.set((p, { taken }) => ({ stock: Expr.subtract(p.stock, taken.pieces) })),
  Mutation.all
)

/** A delete beside a join: reviews of customers who are not active. */
export const dropReviews = Mutation.delete(Review).pipe(
  Mutation.innerJoin("customer", Customer, (r, { customer }) => Expr.eq(r.customerId, customer.id)),
  Mutation.where((_, { customer }) => Expr.gt(customer.points, 100n))
)

/** A default put back. */
export const resetStatus = Mutation.update(Order).pipe(
  Mutation.set({ status: Mutation.Default, note: null }),
  Mutation.where({ status: "returned" })
)

/** returning any projection. */
export const ordersShipped = Mutation.update(Order).pipe(
  Mutation.set({ status: "shipped" }),
  Mutation.where({ status: "new" }),
  Mutation.returningAs((o) => ({ id: o.id, note: Expr.coalesce(o.note, "none"), status: o.status }))
)

/** Other values in each of many rows. */
export const newPrices = Mutation.updateMany(Product, [
  { id: 1, price: money("19.99"), stock: 1 },
  { id: 5, price: money("0.05"), stock: -5 },
  { id: 99, price: money("1"), stock: 1 }
])
