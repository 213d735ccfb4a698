/**
 * Instants and days: cut, taken apart, moved, subtracted, seen from a time zone.
 */
import { DateTime } from "effect"
import { Expr, Query } from "effect-strata"
import { Order } from "./models.js"

const orders = Query.from(Order).pipe(Query.orderBy((o) => Expr.asc(o.id)))

/** truncate: the month, the week and the hour of each order. */
export const cutOrders = orders.pipe(
  Query.select((o) => ({
    month: Expr.truncate(o.placedAt, "month"),
    week: Expr.truncate(o.placedAt, "week"),
    hour: Expr.truncate(o.placedAt, "hour"),
    dueMonth: Expr.truncate(o.dueOn, "month")
  }))
)

/** extract: parts of a moment, those of the ISO week too. */
export const partsOfOrders = orders.pipe(
  Query.select((o) => ({
    year: Expr.extract(o.placedAt, "year"),
    month: Expr.extract(o.placedAt, "month"),
    day: Expr.extract(o.placedAt, "day"),
    hour: Expr.extract(o.placedAt, "hour"),
    weekday: Expr.extract(o.placedAt, "isoDayOfWeek")
  }))
)

/** add: a month ends where it ends. */
export const reminders = orders.pipe(
  Query.select((o) => ({
    nextMonth: Expr.plus(o.placedAt, { months: 1 }),
    before: Expr.minus(o.placedAt, { days: 1, hours: 2 })
  }))
)

/** difference: whole hours since the first of the year. */
export const hoursIntoTheYear = orders.pipe(
  Query.select((o) => ({
    hours: Expr.difference(o.placedAt, DateTime.unsafeMake("2025-01-01T00:00:00Z"), "hour")
  }))
)

/** time zone: the day and the time that people in Berlin saw. */
export const inBerlin = orders.pipe(
  Query.select((o) => {
    const there = Expr.inTimeZone(o.placedAt, "Europe/Berlin")
    return { id: o.id, day: there.day, time: there.time }
  })
)

/** Groups by month. */
export const ordersByMonth = Query.from(Order).pipe(
  Query.groupBy((o) => [Expr.truncate(o.placedAt, "month")]),
  Query.select((o) => ({ month: Expr.truncate(o.placedAt, "month"), orders: Expr.count() }))
)
