/**
 * Rows of several queries put together, named queries, recursion, and lists.
 */
import { Schema } from "effect"
import { Expr, Query } from "effect-strata"
import { Customer, Employee, Order, OrderLine, Product, Review } from "./models.js"

const customerNames = Query.from(Customer).pipe(
  Query.select((c) => ({ name: c.name, is: Expr.param(Schema.String, "customer") }))
)
const employeeNames = Query.from(Employee).pipe(
  Query.select((e) => ({ is: Expr.param(Schema.String, "employee"), name: e.name }))
)

/** union all, sorted as a whole: everybody whom the shop knows. */
export const people = customerNames.pipe(
  Query.unionAll(employeeNames),
  Query.orderBy((p) => [Expr.asc(p.name), Expr.asc(p.is)])
)

const orderers = Query.from(Order).pipe(Query.pluck((o) => o.customerId))
const referrers = Query.from(Customer).pipe(
  Query.where({ referrerId: { isNull: false } }),
  Query.pluck((c) => c.referrerId)
)
const reviewers = Query.from(Review).pipe(Query.pluck((r) => r.customerId))

/** union: each once, NULL as well. */
export const involved = orderers.pipe(Query.union(reviewers))

/** intersect: who ordered and brought others. */
export const orderedAndReferred = orderers.pipe(Query.intersect(referrers))

/** except: who reviewed and referred nobody; NULL is a value here. */
export const reviewedOnly = reviewers.pipe(Query.except(referrers))

/** intersect all: as often as in both. */
export const orderedAsOftenAsReviewed = orderers.pipe(Query.intersectAll(reviewers))

/** except all: orders that have no review of theirs. */
export const withoutReview = orderers.pipe(Query.exceptAll(reviewers))

const spent = Query.from(OrderLine).pipe(
  Query.innerJoin("order", Order, (l, { order }) => Expr.eq(order.id, l.orderId)),
  Query.groupBy((_, { order }) => [order.customerId]),
  Query.select((l, { order }) => ({ customerId: order.customerId, pieces: Expr.sum(l.quantity) })),
  Query.cte("spent", { materialized: true })
)

/** A common table expression, read twice and materialised: who takes more than the one who takes least. */
export const bigBuyers = Query.from(spent).pipe(
  Query.where((s) =>
    Expr.gt(
      s.pieces,
      Expr.cast(Expr.scalar(Query.from(spent).pipe(Query.pluck((t) => Expr.min(t.pieces)))), Schema.Int)
    )
  ),
  Query.innerJoin("customer", Customer, (s, { customer }) => Expr.eq(customer.id, s.customerId)),
  Query.orderBy((s) => Expr.asc(s.customerId)),
  Query.select((s, { customer }) => ({ name: customer.name, pieces: s.pieces }))
)

const inParts = Query.from(Product).pipe(
  Query.where((p) => Expr.gt(p.stock, 0)),
  Query.cte("there", { materialized: false })
)

/** A common table expression that is worked out as part of what reads it. */
export const thereAndOrdered = Query.from(inParts).pipe(
  Query.where((p) => Expr.in(p.id, Query.from(OrderLine).pipe(Query.pluck((l) => l.productId)))),
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.pluck((p) => p.name)
)

/** A recursion: all who work for Edsger, with how far below. */
export const belowEdsger = Query.from(
  Query.recursive(
    "below",
    Query.from(Employee).pipe(
      Query.where({ name: "Edsger" }),
      Query.select((e) => ({ id: e.id, name: e.name, depth: Expr.param(Schema.Int, 0) }))
    ),
    (self) =>
      Query.from(Employee).pipe(
        Query.innerJoin("above", self, (e, { above }) => Expr.eq(e.bossId, above.id)),
        Query.select((e, { above }) => ({
          id: e.id,
          name: e.name,
          depth: Expr.cast(Expr.add(above.depth, 1), Schema.Int)
        }))
      )
  )
).pipe(Query.orderBy((b) => [Expr.asc(b.depth), Expr.asc(b.id)]))

/** A recursion over a ring: who refers to whom, and from the last back to the first. It ends. */
export const ringOfCustomers = Query.from(
  Query.recursive(
    "ring",
    Query.from(Customer).pipe(Query.where({ id: 5 }), Query.select((c) => ({ id: c.id }))),
    (self) =>
      Query.from(Customer).pipe(
        Query.innerJoin("r", self, (c, { r }) =>
          Expr.eq(
            c.id,
            Expr.when(
              Expr.eq(r.id, 1),
              Expr.param(Schema.Int, 5),
              Expr.scalar(
                Query.from(Customer).pipe(Query.where((o) => Expr.eq(o.id, r.id)), Query.pluck((o) => o.referrerId))
              )
            )
          )),
        Query.select((c) => ({ id: c.id }))
      )
  )
).pipe(Query.orderBy((r) => Expr.asc(r.id)))

/** A list of rows as a table: prices of another shop beside ours. */
export const otherPrices = Query.from(
  Query.values("theirs", { name: Schema.String, cents: Schema.NullOr(Schema.Int) }, [
    { name: "Tea", cents: 420 },
    { name: "Löffel", cents: null },
    { name: "Coffee", cents: 800 }
  ])
).pipe(
  Query.leftJoin("ours", Product, (t, { ours }) => Expr.eq(ours.name, t.name)),
  Query.orderBy((t) => Expr.asc(t.name)),
  Query.select((t, { ours }) => ({ name: t.name, cents: t.cents, price: ours.price }))
)

/** A cycle guard: rings end even where the query counts its steps. */
export const ringWithSteps = Query.from(
  Query.recursive(
    "walk",
    Query.from(Customer).pipe(
      Query.where({ id: 2 }),
      Query.select((c) => ({ id: c.id, steps: Expr.cast(Expr.subtract(c.id, c.id), Schema.Int) }))
    ),
    (self) =>
      Query.from(Customer).pipe(
        Query.innerJoin("w", self, (c, { w }) => Expr.or(Expr.eq(c.referrerId, w.id), Expr.eq(c.id, 2))),
        Query.select((c, { w }) => ({ id: c.id, steps: Expr.cast(Expr.add(w.steps, 1), Schema.Int) }))
      ),
    { all: true, cycle: ["id"] }
  )
).pipe(Query.orderBy((w) => Expr.asc(w.steps)))

/** A recursion that goes so far and no farther. */
export const twoStepsDown = Query.from(
  Query.recursive(
    "down",
    Query.from(Employee).pipe(Query.where({ bossId: { isNull: true } }), Query.select((e) => ({ id: e.id }))),
    (self) =>
      Query.from(Employee).pipe(
        Query.innerJoin("boss", self, (e, { boss }) => Expr.eq(e.bossId, boss.id)),
        Query.select((e) => ({ id: e.id }))
      ),
    { all: true, maxDepth: 2 }
  )
).pipe(Query.orderBy((d) => Expr.asc(d.id)))
