/**
 * Instants around which clocks of St. John's, three and a half hours behind UTC, are put forward and back.
 */
import { Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as SqlClient from "@effect/sql/SqlClient"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const timezone = "America/St_Johns"

export class Event extends Model.Class<Event>("Event")({
  id: Schema.Int.pipe(Field.primaryKey),
  at: Schema.DateTimeUtc,
  date: Schema.Date,
  day: Field.day,
  time: Field.time
}, { table: "events" }) {}

export const instants: ReadonlyArray<string> = [
  // On 2026-03-08 the hour from 02:00 on is left out: before it, at it and after it,
  "2026-03-08T05:29:59.999Z",
  "2026-03-08T05:30:00.000Z",
  "2026-03-08T05:30:00.001Z",
  // and what would be in it if the text were taken for local time.
  "2026-03-08T02:00:00.000Z",
  "2026-03-08T02:30:00.000Z",
  "2026-03-08T02:59:59.999Z",
  // On 2026-11-01 the hour from 01:00 on comes twice.
  "2026-11-01T03:45:00.000Z",
  "2026-11-01T04:45:00.000Z",
  "2026-11-01T01:30:00.000Z",
  // At midnight the day is another one.
  "2026-11-21T00:00:00.000Z",
  "2026-11-21T03:29:59.999Z",
  // In the summer of 1988 the clocks were two hours ahead, and before 1935 off by 52 seconds.
  "1988-07-01T12:00:00.000Z",
  "1901-01-01T00:00:00.000Z"
]

const event = (instant: string, index: number) => ({
  id: index + 1,
  at: DateTime.unsafeMake(instant),
  date: new Date(instant),
  day: instant.slice(0, 10),
  time: instant.slice(11, 23)
})

export const write = Mutation.insertMany(Event, instants.map(event))

/** What there is, each value as it is told by no zone at all. */
export const read = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const all = Query.from(Event).pipe(Query.orderBy((e) => Expr.asc(e.id)))
  const rows = yield* all
  const found = yield* Effect.forEach(
    instants,
    (instant) => Query.count(all.pipe(Query.where({ at: DateTime.unsafeMake(instant), date: new Date(instant) })))
  )
  const chronological = yield* Query.from(Event).pipe(
    Query.orderBy((e) => Expr.asc(e.at)),
    Query.pluck((e) => e.at)
  )
  const now = yield* Query.from(Event).pipe(Query.limit(1), Query.pluck(() => Expr.now()))
  const plain = yield* sql<{ readonly at: Date | string }>`select at from events order by id`
  return {
    rows: rows.map(({ at, date, day, time }) => [DateTime.toEpochMillis(at), date.getTime(), day, time] as const),
    found,
    chronological: chronological.map((at) => DateTime.toEpochMillis(at)),
    lateness: now.map((at) => Math.abs(Date.now() - DateTime.toEpochMillis(at))),
    plain: plain.map(({ at }) => new Date(at).getTime())
  }
})
