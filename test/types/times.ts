/**
 * Types of functions of time: a zone with a name requires a database that knows it.
 */
// @effect-diagnostics floatingEffect:off
import { Expr, Field, Model, Query } from "effect-strata"
import type { Capability } from "effect-strata"
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { given, is, some } from "./support.js"

class Event extends Model.Class<Event>("Event")({
  id: Schema.Int.pipe(Field.primaryKey),
  at: Schema.DateTimeUtc,
  day: Field.day,
  maybe: Schema.NullOr(Schema.DateTimeUtc),
  count: Schema.NullOr(Schema.Int)
}, { table: "events" }) {}

type Zones = Capability.Capability<"time zones">
declare const ranked: Expr.Expr<number, Capability.Capability<"cube">>

Query.from(Event).pipe(Query.select((e) => {
  const month = Expr.truncate(e.at, "month")
  is<typeof month, Expr.Expr<DateTime.Utc>>(true)
  const maybe = Expr.truncate(e.maybe, "month", { timeZone: "+02:00" })
  is<typeof maybe, Expr.Expr<DateTime.Utc | null>>(true)
  const there = Expr.truncate(e.at, "day", { timeZone: "Europe/Berlin" })
  is<typeof there, Expr.Expr<DateTime.Utc, Zones>>(true)
  const anywhere = Expr.extract(e.maybe, "year", { timeZone: some<string>() })
  is<typeof anywhere, Expr.Expr<number | null, Zones>>(true)
  const later = Expr.plus(e.at, { days: e.count, hours: ranked, minutes: 3 })
  is<typeof later, Expr.Expr<DateTime.Utc | null, Capability.Capability<"cube">>>(true)
  const next = Expr.minus(e.day, { months: 1 })
  is<typeof next, Expr.Expr<string>>(true)
  const apart = Expr.difference(e.at, e.maybe, "day", { timeZone: "Europe/Berlin" })
  is<typeof apart, Expr.Expr<number | null, Zones>>(true)
  const local = Expr.inTimeZone(e.at, "Europe/Berlin")
  is<typeof local.day, Expr.Expr<string, Zones>>(true)
  const today = Expr.today({ timeZone: "-05:00" })
  is<typeof today, Expr.Expr<string>>(true)

  given(
    // @ts-expect-error a number is no moment
    Expr.truncate(e.id, "day"),
    // @ts-expect-error there is no such unit
    Expr.truncate(e.at, "decade"),
    // @ts-expect-error there is no such part
    Expr.extract(e.at, "dow"),
    // @ts-expect-error text is no amount
    Expr.plus(e.at, { days: "1" }),
    // @ts-expect-error a day and an instant
    Expr.difference(e.at, "2026-01-01", "day")
  )
  return { month, maybe }
}))
