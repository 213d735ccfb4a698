/**
 * Window functions: rows that know of the rows around them.
 */
import { Expr, Query } from "effect-strata"
import { Employee, Order, OrderLine, Review } from "./models.js"

/** partition and order: how people rank by pay within their team. */
export const payRanks = Query.from(Employee).pipe(
  Query.select((e) => {
    const byPay = Expr.window("by_pay", { partitionBy: [e.team], orderBy: [Expr.desc(e.salary)] })
    return {
      name: e.name,
      team: e.team,
      rank: Expr.over(Expr.rank(), byPay),
      dense: Expr.over(Expr.denseRank(), byPay),
      share: Expr.over(Expr.percentRank(), byPay),
      upTo: Expr.over(Expr.cumeDist(), byPay)
    }
  }),
  Query.orderBy((e) => Expr.asc(e.id))
)

/** row_number, and thirds of everybody, over a named window. */
export const payThirds = Query.from(Employee).pipe(
  Query.select((e) => {
    const byPay = Expr.window("by_pay", { orderBy: [Expr.desc(e.salary), Expr.asc(e.id)] })
    return {
      name: e.name,
      number: Expr.over(Expr.rowNumber(), byPay),
      third: Expr.over(Expr.ntile(3), byPay)
    }
  }),
  Query.orderBy((e) => [Expr.desc(e.salary), Expr.asc(e.id)])
)

/** lag and lead: the orders before and after, one and two away. */
export const neighbours = Query.from(Order).pipe(
  Query.select((o) => {
    const inTime = Expr.window("in_time", { orderBy: [Expr.asc(o.placedAt)] })
    return {
      id: o.id,
      before: Expr.over(Expr.lag(o.placedAt), inTime),
      note: Expr.over(Expr.lag(o.note, 2), inTime),
      after: Expr.over(Expr.lead(o.id), inTime)
    }
  }),
  Query.orderBy((o) => Expr.asc(o.placedAt))
)

/** first, last and nth value of a frame of rows. */
export const edges = Query.from(OrderLine).pipe(
  Query.select((l) => {
    const around = {
      partitionBy: [l.orderId],
      orderBy: [Expr.asc(l.line)],
      frame: Expr.rows("unbounded preceding", "unbounded following")
    }
    return {
      order: l.orderId,
      line: l.line,
      first: Expr.over(Expr.firstValue(l.productId), around),
      last: Expr.over(Expr.lastValue(l.productId), around),
      second: Expr.over(Expr.nthValue(l.productId, 2), around)
    }
  }),
  Query.orderBy((l) => [Expr.asc(l.orderId), Expr.asc(l.line)])
)

/** Every aggregate over a window: running sums, means, counts and extremes of what was bought. */
export const running = Query.from(OrderLine).pipe(
  Query.select((l) => {
    const sofar = Expr.window("so_far", { orderBy: [Expr.asc(l.orderId), Expr.asc(l.line)] })
    return {
      order: l.orderId,
      line: l.line,
      pieces: Expr.over(Expr.sum(l.quantity), sofar),
      lines: Expr.over(Expr.count(), sofar),
      discounted: Expr.over(Expr.count(l.discount), sofar),
      most: Expr.over(Expr.max(l.quantity), sofar),
      least: Expr.over(Expr.min(l.quantity), sofar),
      mean: Expr.over(Expr.avg(l.quantity), sofar),
      worth: Expr.over(Expr.sum(l.price), sofar)
    }
  }),
  Query.orderBy((l) => [Expr.asc(l.orderId), Expr.asc(l.line)])
)

/** A frame of rows around each one. */
export const smoothed = Query.from(Review).pipe(
  Query.select((r) => ({
    id: r.id,
    mean: Expr.over(Expr.avg(r.stars), {
      orderBy: [Expr.asc(r.id)],
      frame: Expr.rows({ preceding: 1 }, { following: 1 })
    })
  })),
  Query.orderBy((r) => Expr.asc(r.id))
)

/** A frame by value: how many reviews have at most one star less or more. */
export const similar = Query.from(Review).pipe(
  Query.select((r) => ({
    id: r.id,
    similar: Expr.over(Expr.count(), {
      orderBy: [Expr.asc(r.stars)],
      frame: Expr.range({ preceding: 1 }, { following: 1 })
    })
  })),
  Query.orderBy((r) => Expr.asc(r.id))
)

/** A frame of groups of equal rows. */
export const nextGroup = Query.from(Review).pipe(
  Query.select((r) => ({
    id: r.id,
    upToNext: Expr.over(Expr.count(), {
      orderBy: [Expr.asc(r.stars)],
      frame: Expr.groups("unbounded preceding", { following: 1 })
    })
  })),
  Query.orderBy((r) => Expr.asc(r.id))
)

/** A frame without the row itself: the best of the others. */
export const others = Query.from(Review).pipe(
  Query.select((r) => ({
    id: r.id,
    others: Expr.over(Expr.max(r.stars), {
      partitionBy: [r.productId],
      frame: Expr.excluding(Expr.rows("unbounded preceding", "unbounded following"), "current row")
    })
  })),
  Query.orderBy((r) => Expr.asc(r.id))
)

/** The best of each part: a window in a query that another one reads. */
export const bestPaid = Query.from(
  Query.from(Employee).pipe(
    Query.select((e) => ({
      name: e.name,
      team: e.team,
      place: Expr.over(Expr.rowNumber(), { partitionBy: [e.team], orderBy: [Expr.desc(e.salary), Expr.asc(e.id)] })
    })),
    Query.as("placed")
  )
).pipe(
  Query.where((p) => Expr.eq(p.place, 1)),
  Query.orderBy((p) => Expr.asc(p.team)),
  Query.select((p) => ({ team: p.team, name: p.name }))
)

/** lag and lead with a value for where there is no row. */
export const neighboursOrNone = Query.from(Order).pipe(
  Query.select((o) => {
    const byId = { orderBy: [Expr.asc(o.id)] }
    return {
      id: o.id,
      before: Expr.over(Expr.lag(o.note, 1, "first"), byId),
      after: Expr.over(Expr.lead(o.customerId, 2, -1), byId)
    }
  }),
  Query.orderBy((o) => Expr.asc(o.id))
)

/** A list over a window: all names up to each. */
export const namesSoFar = Query.from(Employee).pipe(
  Query.select((e) => ({
    id: e.id,
    names: Expr.over(Expr.stringAgg(e.name, " "), { orderBy: [Expr.asc(e.id)] })
  })),
  Query.orderBy((e) => Expr.asc(e.id))
)
