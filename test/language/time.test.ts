/**
 * Moments: what each database makes of hundreds of instants, against Effect's own DateTime.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import type { Connect, DbError } from "effect-strata"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"
import { instants, random, zones } from "./moments.js"

class Event extends Model.Class<Event>("Event")({
  id: Schema.Int.pipe(Field.primaryKey),
  at: Schema.DateTimeUtc,
  other: Schema.DateTimeUtc,
  day: Field.day,
  otherDay: Field.day,
  time: Field.time,
  otherTime: Field.time,
  maybe: Schema.NullOr(Schema.DateTimeUtc),
  count: Schema.Int
}, { table: "events" }) {}

const utc = (ms: number): DateTime.Utc => DateTime.unsafeMake(ms)
const iso = (ms: number): string => new Date(ms).toISOString()

const rows = instants.map((ms, id) => {
  const far = id % 3 === 0
    ? instants[Math.floor(random() * instants.length)]!
    : ms + Math.floor((random() - 0.5) * 1e10)
  return {
    id,
    at: utc(ms),
    other: utc(far),
    day: iso(ms).slice(0, 10),
    otherDay: iso(far).slice(0, 10),
    time: iso(ms).slice(11, 23),
    otherTime: iso(far).slice(11, 23),
    maybe: id % 2 === 0 ? null : utc(ms),
    count: Math.floor((random() - 0.5) * 100)
  }
})
type Row = (typeof rows)[number]

const aDay = 86_400_000
const lengths = { week: 7 * aDay, day: aDay, hour: 3_600_000, minute: 60_000, second: 1000, millisecond: 1 }

const startOf = (
  at: DateTime.DateTime,
  unit: "year" | "quarter" | "month" | "week" | "day" | "hour" | "minute" | "second"
) => {
  if (unit !== "quarter") return DateTime.toUtc(DateTime.startOf(at, unit, { weekStartsOn: 1 }))
  const month = DateTime.startOf(at, "month")
  return DateTime.toUtc(DateTime.add(month, { months: -((DateTime.getPart(month, "month") - 1) % 3) }))
}

const inZone = (at: DateTime.Utc, zone: string): DateTime.Zoned => DateTime.unsafeMakeZoned(at, { timeZone: zone })
const shown = (at: DateTime.DateTime): string =>
  DateTime.formatIso(
    DateTime.unsafeMake(
      DateTime.toPartsUtc(
        DateTime.unsafeMake(DateTime.toEpochMillis(at) + (at._tag === "Zoned" ? DateTime.zonedOffset(at) : 0))
      )
    )
  )

/** The months between, by the days and times of day. */
const months = (a: number, b: number): number => {
  if (a < b) return 0 - months(b, a)
  const [x, y] = [new Date(a), new Date(b)]
  const count = (x.getUTCFullYear() - y.getUTCFullYear()) * 12 + x.getUTCMonth() - y.getUTCMonth()
  const rest = (date: Date) => date.getTime() - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  return count - (rest(x) < rest(y) ? 1 : 0)
}

const withZones = ["sqlite", "postgres"]

for (const database of available) {
  describe(`time: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Event)
        yield* Mutation.insertMany(Event, rows)
      })
    )

    const all = <A, R>(of: (event: Expr.Columns<typeof Event>) => Expr.Expr<A, R>) =>
      Query.from(Event).pipe(Query.orderBy((e) => Expr.asc(e.id)), Query.pluck(of)) as Effect.Effect<
        ReadonlyArray<A>,
        DbError.ReadFailure,
        Connect.Services
      >

    const plain = (value: unknown): unknown => DateTime.isDateTime(value) ? DateTime.formatIso(value) : value

    const gives = <A, R>(
      what: string,
      of: (event: Expr.Columns<typeof Event>) => Expr.Expr<A, R>,
      expected: (row: Row) => NoInfer<A>
    ) =>
      it(what, async () => {
        const found = await runtime.runPromise(all(of))
        assert.deepStrictEqual(
          found.map((value, i) => [DateTime.formatIso(rows[i]!.at), plain(value)]),
          rows.map((row) => [DateTime.formatIso(row.at), plain(expected(row))])
        )
      })

    /** Those that name a zone: refused where the database knows none. */
    const zoned: typeof gives = (what, of, expected) => {
      if (withZones.includes(database.name)) gives(what, of, expected)
      else fails(what, of, "UnsupportedError")
    }

    const fails = (what: string, of: (event: Expr.Columns<typeof Event>) => Expr.Expr<unknown, any>, tag: string) =>
      it(`${what}: ${tag}`, async () => {
        const outcome = await runtime.runPromise(Effect.either(all(of)))
        assert.strictEqual(outcome._tag === "Left" ? outcome.left._tag : "a result", tag)
      })

    for (const unit of ["year", "quarter", "month", "week", "day", "hour", "minute", "second"] as const) {
      gives(`truncate to ${unit}`, (e) => Expr.truncate(e.at, unit), ({ at }) => startOf(at, unit))
      gives(
        `truncate to ${unit} at an offset`,
        (e) => Expr.truncate(e.at, unit, { timeZone: "-03:30" }),
        ({ at }) => DateTime.add(startOf(DateTime.add(at, { minutes: -210 }), unit), { minutes: 210 })
      )
      for (const timeZone of zones) {
        zoned(
          `truncate to ${unit} in ${timeZone}`,
          (e) => Expr.truncate(e.at, unit, { timeZone }),
          ({ at }) => "hour minute second".includes(unit) ? startOf(at, unit) : startOf(inZone(at, timeZone), unit)
        )
      }
    }
    zoned(
      "truncate a value",
      () => Expr.truncate(Expr.param(Schema.DateTimeUtc, utc(0)), "month", { timeZone: zones[0] }),
      () => utc(-3_600_000)
    )
    gives(
      "truncate NULL",
      (e) => Expr.truncate(e.maybe, "day"),
      ({ at, maybe }) => maybe === null ? null : startOf(at, "day")
    )
    for (const unit of ["year", "quarter", "month", "week", "day"] as const) {
      gives(
        `truncate a day to ${unit}`,
        (e) => Expr.truncate(e.day, unit),
        ({ at }) => DateTime.formatIsoDateUtc(startOf(at, unit))
      )
    }
    gives("truncate a time of day", (e) => Expr.truncate(e.time, "minute"), ({ time }) => `${time.slice(0, 6)}00.000`)
    fails("truncate a day to an hour", (e) => Expr.truncate(e.day, "hour"), "ConfigurationError")
    fails("truncate a time of day to a month", (e) => Expr.truncate(e.time, "month"), "ConfigurationError")
    fails("truncate to what is no unit", (e) => Expr.truncate(e.at, "month'" as "month"), "ConfigurationError")
    fails(
      "truncate in no zone",
      (e) => Expr.truncate(e.at, "day", { timeZone: "Mars/Olympus' or 1=1" }),
      "ConfigurationError"
    )

    const parts: { readonly [part: string]: (at: DateTime.DateTime) => number } = {
      year: (at) => DateTime.getPart(at, "year"),
      quarter: (at) => Math.ceil(DateTime.getPart(at, "month") / 3),
      month: (at) => DateTime.getPart(at, "month"),
      day: (at) => DateTime.getPart(at, "day"),
      hour: (at) => DateTime.getPart(at, "hours"),
      minute: (at) => DateTime.getPart(at, "minutes"),
      second: (at) => DateTime.getPart(at, "seconds"),
      millisecond: (at) => DateTime.getPart(at, "millis"),
      isoDayOfWeek: (at) => (DateTime.getPart(at, "weekDay") + 6) % 7 + 1,
      dayOfYear: (at) => {
        const start = Date.UTC(DateTime.getPart(at, "year"), 0, 1)
        return (Date.UTC(DateTime.getPart(at, "year"), DateTime.getPart(at, "month") - 1, DateTime.getPart(at, "day")) -
              start) / aDay + 1
      },
      isoYear: (at) => DateTime.getPart(thursday(at), "year"),
      isoWeek: (at) => Math.ceil(parts["dayOfYear"]!(thursday(at)) / 7)
    }
    const thursday = (at: DateTime.DateTime) => DateTime.add(at, { days: 4 - parts["isoDayOfWeek"]!(at) })
    for (const [name, of] of Object.entries(parts)) {
      const part = name as "year"
      gives(`extract ${part}`, (e) => Expr.extract(e.at, part), ({ at }) => of(at))
      zoned(
        `extract ${part} in ${zones[1]}`,
        (e) => Expr.extract(e.at, part, { timeZone: zones[1] }),
        ({ at }) => of(inZone(at, zones[1]))
      )
      if (["hour", "minute", "second", "millisecond"].includes(part)) {
        gives(`extract ${part} of a time of day`, (e) => Expr.extract(e.time, part), ({ at }) => of(at))
        fails(`extract ${part} of a day`, (e) => Expr.extract(e.day, part), "ConfigurationError")
      } else {
        gives(`extract ${part} of a day`, (e) => Expr.extract(e.day, part), ({ at }) => of(at))
        fails(`extract ${part} of a time of day`, (e) => Expr.extract(e.time, part), "ConfigurationError")
      }
    }
    gives("extract epoch", (e) => Expr.extract(e.at, "epoch"), ({ at }) => DateTime.toEpochMillis(at) / 1000)
    gives(
      "extract from NULL",
      (e) => Expr.extract(e.maybe, "month"),
      ({ at, maybe }) => maybe === null ? null : DateTime.getPartUtc(at, "month")
    )
    fails("extract from a number", (e) => Expr.extract(e.count as never, "year"), "ConfigurationError")

    for (const count of [-13, -1, 0, 1, 25]) {
      gives(
        `plus ${count} months`,
        (e) => Expr.plus(e.at, { months: count }),
        ({ at }) => DateTime.add(at, { months: count })
      )
      gives(
        `plus ${count} years`,
        (e) => Expr.plus(e.at, { years: count }),
        ({ at }) => DateTime.add(at, { years: count })
      )
      gives(
        `a day plus ${count} months`,
        (e) => Expr.plus(e.day, { months: count }),
        ({ at }) => DateTime.formatIsoDateUtc(DateTime.add(at, { months: count }))
      )
      for (const timeZone of zones) {
        zoned(
          `plus ${count} months in ${timeZone}`,
          (e) => Expr.plus(e.at, { months: count }, { timeZone }),
          ({ at }) => DateTime.toUtc(DateTime.add(inZone(at, timeZone), { months: count }))
        )
        zoned(
          `plus ${count} days in ${timeZone}`,
          (e) => Expr.plus(e.at, { days: count }, { timeZone }),
          ({ at }) => DateTime.toUtc(DateTime.add(inZone(at, timeZone), { days: count }))
        )
      }
    }
    gives(
      "plus weeks, days, hours, minutes, seconds and milliseconds",
      (e) => Expr.plus(e.at, { weeks: 1, days: -3, hours: 25, minutes: 61, seconds: 1, milliseconds: -1 }),
      ({ at }) => utc(DateTime.toEpochMillis(at) + 4 * aDay + 25 * 3_600_000 + 61 * 60_000 + 999)
    )
    gives(
      "plus centuries of milliseconds",
      (e) => Expr.plus(e.at, { milliseconds: 50_000_000_000_001 }),
      ({ at }) => utc(DateTime.toEpochMillis(at) + 50_000_000_000_001)
    )
    gives(
      "plus a column",
      (e) => Expr.plus(e.at, { months: e.count, hours: e.count, days: 1 }),
      ({ at, count }) => DateTime.add(DateTime.add(at, { months: count }), { hours: count, days: 1 })
    )
    gives(
      "minus",
      (e) => Expr.minus(e.at, { months: 1, days: e.count }),
      ({ at, count }) => DateTime.add(DateTime.add(at, { months: -1 }), { days: -count })
    )
    gives(
      "a day plus days",
      (e) => Expr.plus(e.day, { weeks: 1, days: e.count }),
      ({ at, count }) => DateTime.formatIsoDateUtc(DateTime.add(at, { days: 7 + count }))
    )
    gives(
      "a time of day goes on from midnight",
      (e) => Expr.plus(e.time, { hours: 30, milliseconds: e.count }),
      ({ at, count }) => iso(DateTime.toEpochMillis(at) + 6 * 3_600_000 + count).slice(11, 23)
    )
    gives("plus nothing", (e) => Expr.plus(e.at, {}), ({ at }) => at)
    gives(
      "NULL plus",
      (e) => Expr.plus(e.maybe, { days: 1 }),
      ({ at, maybe }) => maybe === null ? null : DateTime.add(at, { days: 1 })
    )
    gives(
      "a value plus",
      () => Expr.plus(Expr.param(Schema.DateTimeUtc, utc(0)), { months: 1, seconds: 1 }),
      () => utc(31 * aDay + 1000)
    )
    fails("plus half a day", (e) => Expr.plus(e.at, { days: 0.5 }), "ValidationError")
    fails("plus too much", (e) => Expr.plus(e.at, { years: 1e15 }), "ValidationError")
    fails("a day plus hours", (e) => Expr.plus(e.day, { hours: 1 }), "ConfigurationError")
    fails("a time of day plus days", (e) => Expr.plus(e.time, { days: 1 }), "ConfigurationError")
    fails("plus what is no unit", (e) => Expr.plus(e.at, { day: 1 } as never), "ConfigurationError")

    for (const [unit, length] of Object.entries(lengths) as ReadonlyArray<[keyof typeof lengths, number]>) {
      const whole = (ms: number) => Math.trunc(ms / length) + 0
      gives(
        `difference in ${unit}`,
        (e) => Expr.difference(e.at, e.other, unit),
        ({ at, other }) => whole(DateTime.toEpochMillis(at) - DateTime.toEpochMillis(other))
      )
      if (length >= aDay) {
        gives(
          `difference of days in ${unit}`,
          (e) => Expr.difference(e.day, e.otherDay, unit),
          ({ day, otherDay }) => whole(Date.parse(day) - Date.parse(otherDay))
        )
      } else {
        gives(
          `difference of times of day in ${unit}`,
          (e) => Expr.difference(e.time, e.otherTime, unit),
          ({ otherTime, time }) => whole(Date.parse(`1970-01-01T${time}Z`) - Date.parse(`1970-01-01T${otherTime}Z`))
        )
      }
    }
    for (const [unit, length] of [["month", 1], ["quarter", 3], ["year", 12]] as const) {
      gives(
        `difference in ${unit}`,
        (e) => Expr.difference(e.at, e.other, unit),
        ({ at, other }) => Math.trunc(months(DateTime.toEpochMillis(at), DateTime.toEpochMillis(other)) / length) + 0
      )
      gives(
        `difference of days in ${unit}`,
        (e) => Expr.difference(e.day, e.otherDay, unit),
        ({ day, otherDay }) => Math.trunc(months(Date.parse(day), Date.parse(otherDay)) / length) + 0
      )
    }
    zoned(
      "difference by a zone's days",
      (e) => Expr.difference(e.at, e.other, "day", { timeZone: zones[0] }),
      ({ at, other }) => {
        const clock = (one: DateTime.Utc) => Date.parse(shown(inZone(one, zones[0])))
        return Math.trunc((clock(at) - clock(other)) / aDay) + 0
      }
    )
    gives(
      "difference from a value",
      (e) => Expr.difference(e.at, utc(0), "day"),
      ({ at }) => Math.trunc(DateTime.toEpochMillis(at) / aDay) + 0
    )
    fails("difference of two kinds", (e) => Expr.difference(e.at as never, e.day as never, "day"), "ConfigurationError")

    for (const timeZone of zones) {
      zoned(
        `the day in ${timeZone}`,
        (e) => Expr.inTimeZone(e.at, timeZone).day,
        ({ at }) => shown(inZone(at, timeZone)).slice(0, 10)
      )
      zoned(
        `the time in ${timeZone}`,
        (e) => Expr.inTimeZone(e.at, timeZone).time,
        ({ at }) => shown(inZone(at, timeZone)).slice(11, 23)
      )
    }
    gives(
      "the day at an offset",
      (e) => Expr.inTimeZone(e.at, "+05:45").day,
      ({ at }) => iso(DateTime.toEpochMillis(at) + 345 * 60_000).slice(0, 10)
    )

    it("today", async () => {
      const before = iso(Date.now() - 5000).slice(0, 10)
      const [found] = await runtime.runPromise(all(() => Expr.today()))
      assert.isTrue(found === before || found === iso(Date.now() + 5000).slice(0, 10), found)
    })

    for (const timeZone of database.name === "mariadb" ? ["+01:00" as const] : ["+01:00" as const, ...zones]) {
      it(`groups by what it makes of an instant at ${timeZone}`, async () => {
        const year = (e: Expr.Columns<typeof Event>) =>
          Expr.truncate(Expr.plus(e.at, { hours: 1 }), "year", { timeZone: timeZone as "+01:00" })
        const query = Query.from(Event).pipe(
          Query.groupBy((e) => [year(e)]),
          Query.select((e) => ({ year: year(e), count: Expr.count() }))
        )
        const found = await runtime.runPromise(query)
        assert.strictEqual(found.reduce((sum, { count }) => sum + count, 0), rows.length)
        assert.isAbove(found.length, 50)
      })
    }
  })
}
