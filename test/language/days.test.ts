/**
 * Days and times of day that may be NULL, and Schemas made of them: columns like any other.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { gives as givesOn, onFresh } from "../support/onFresh.js"

class Shift extends Model.Class<Shift>("Shift")({
  id: Schema.Int.pipe(Field.primaryKey),
  day: Schema.NullOr(Field.day),
  hour: Schema.NullOr(Field.time),
  until: Schema.OptionFromNullOr(Field.day),
  end: Schema.OptionFromNullOr(Field.time),
  paid: Field.day.pipe(Schema.filter((day) => day >= "2026"), Schema.brand("Paid"), Field.index),
  due: Schema.NullOr(Field.day).pipe(Field.default(null))
}, { table: "shifts" }) {}

const paid = Schema.decodeSync(Shift.fields.paid)("2026-01-02")
const day = "2024-02-29"
const full = {
  id: 1,
  day,
  hour: "23:59:59.999",
  until: Option.some("9999-12-31"),
  end: Option.some("00:00:00.000"),
  paid
}
const empty = { id: 2, day: null, hour: null, until: Option.none(), end: Option.none(), paid, due: day }

for (const database of available) {
  describe(`days that may be NULL: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Shift)
        yield* Mutation.insertMany(Shift, [full, empty])
      })
    )
    const gives = givesOn(runtime, database)
    const ids = <R>(where: (columns: Expr.Columns<typeof Shift>) => Expr.Condition<R>) =>
      Query.from(Shift).pipe(Query.where(where), Query.orderBy((s) => Expr.asc(s.id)), Query.pluck((s) => s.id))

    it("come back as they went in", async () => {
      const rows = await runtime.runPromise(Query.from(Shift).pipe(Query.orderBy((s) => Expr.asc(s.id))))
      assert.deepStrictEqual(rows.map((row) => ({ ...row })), [{ ...full, due: null }, empty])
    })
    it("have columns of their own", async () => {
      const ddl = await runtime.runPromise(Ddl.toSql(Ddl.create(Shift)))
      for (
        const [name, type] of [
          ["day", "date"],
          ["hour", "time"],
          ["until", "date"],
          ["end", "time"],
          ["paid", "date"],
          ["due", "date"]
        ]
      ) {
        assert.match(ddl, new RegExp(`["\`]${name}["\`] ${database.name === "sqlite" ? "text" : type}`))
      }
    })
    gives(
      "in filters",
      Query.from(Shift).pipe(
        Query.where({ day: { gte: day }, until: { gt: day }, hour: { in: ["23:59:59.999"] } }),
        Query.pluck((s) => s.id)
      ),
      [1]
    )
    gives(
      "in filters: NULL",
      Query.from(Shift).pipe(Query.where({ day: { isNull: true }, end: { isNull: true } }), Query.pluck((s) => s.id)),
      [2]
    )
    gives("between columns", ids((s) => Expr.lt(s.day, s.until)), [1])
    gives("with values", ids((s) => Expr.and(Expr.eq(s.day, day), Expr.lt(s.end, "00:00:00.001"))), [1])
    gives("as what they are not", ids((s) => Expr.isNotNull(s.until)), [1])
    gives(
      "in functions of time",
      Query.from(Shift).pipe(
        Query.select((s) => ({
          year: Expr.extract(s.day, "year"),
          next: Expr.plus(s.day, { days: 1 }),
          before: Expr.minus(s.until, { months: 1 }),
          hour: Expr.extract(s.hour, "hour"),
          days: Expr.difference(s.until, s.day, "day"),
          or: Expr.coalesce(s.day, "2000-01-01"),
          cast: Expr.cast(s.due, Schema.NullOr(Field.day))
        })),
        Query.orderBy((s) => Expr.asc(s.id))
      ),
      [
        { year: 2024, next: "2024-03-01", before: "9999-11-30", hour: 23, days: 2_913_114, or: day, cast: null },
        { year: null, next: null, before: null, hour: null, days: null, or: "2000-01-01", cast: day }
      ]
    )
    gives(
      "in groups and extremes",
      Query.from(Shift).pipe(
        Query.groupBy((s) => [s.paid]),
        Query.select((s) => ({
          paid: s.paid,
          first: Expr.min(s.day),
          last: Expr.max(s.hour),
          n: Expr.countDistinct(s.until)
        }))
      ),
      [{ paid, first: day, last: "23:59:59.999", n: 1 }]
    )
    it("are set, and set to NULL", async () => {
      const [row] = await runtime.runPromise(Effect.gen(function*() {
        yield* Mutation.insert(Shift, { ...full, id: 3 })
        yield* Mutation.update(Shift).pipe(
          Mutation.set({ day: null, until: Option.none(), hour: "12:00:00.000", due: "2026-11-22" }),
          Mutation.where({ id: 3 })
        )
        yield* Mutation.update(Shift).pipe(Mutation.set((s) => ({ end: s.hour })), Mutation.where({ id: 3 }))
        const rows = yield* Query.from(Shift).pipe(Query.where({ id: 3 }))
        yield* Mutation.delete(Shift).pipe(Mutation.where({ id: 3 }))
        return rows
      }))
      assert.deepStrictEqual({ ...row }, {
        ...full,
        id: 3,
        day: null,
        hour: "12:00:00.000",
        until: Option.none(),
        end: Option.some("12:00:00.000"),
        due: "2026-11-22"
      })
    })
    it("are refused where they are none", async () => {
      for (
        const wrong of ["2026-02-29", "2026-1-1", "", "0000-01-01", "2026-11-22T00:00:00Z", "'; --", " 2026-01-01"]
      ) {
        const failure = await runtime.runPromise(Effect.flip(Mutation.insert(Shift, { ...full, id: 9, day: wrong })))
        assert.strictEqual(failure._tag, "ValidationError", wrong)
        const asked = await runtime.runPromise(Effect.flip(ids((s) => Expr.eq(s.until, wrong))))
        assert.strictEqual(asked._tag, "ValidationError", wrong)
      }
      for (const wrong of ["24:00:00.000", "1:00:00.000", "10:00", "10:00:00.0000"]) {
        const failure = await runtime.runPromise(
          Effect.flip(Mutation.insert(Shift, { ...full, id: 9, end: Option.some(wrong) }))
        )
        assert.strictEqual(failure._tag, "ValidationError", wrong)
      }
    })
  })
}
