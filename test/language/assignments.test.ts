/**
 * What an update sets is read from the row as it was, in whatever order it is said; set operations of which one side may be NULL.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { gives as givesOn, onFresh } from "../support/onFresh.js"

class Row extends Model.Class<Row>("Row")({
  id: Schema.Int.pipe(Field.primaryKey),
  a: Schema.Int,
  b: Schema.Int,
  c: Schema.Int,
  text: Schema.String,
  note: Schema.NullOr(Schema.String)
}, { table: "rows" }) {}

const first = { id: 1, a: 1, b: 2, c: 3, text: "one", note: null }
const all = Query.from(Row).pipe(
  Query.orderBy((r) => Expr.asc(r.id)),
  Query.select((r) => ({ a: r.a, b: r.b, c: r.c }))
)
const whole = (value: number) => Expr.param(Schema.Int, value)

for (const database of available) {
  describe(`updates read the row as it was: ${database.name}`, () => {
    const runtime = onFresh(database, Ddl.create(Row))
    const isRefused = database.name === "mysql"
    const after = (
      what: string,
      update: Mutation.Mutation<number, any, any>,
      expected: { readonly a: number; readonly b: number; readonly c: number }
    ) =>
      it(what, async () => {
        const rows = await runtime.runPromise(Effect.gen(function*() {
          yield* Mutation.all(Mutation.delete(Row))
          yield* Mutation.insert(Row, first)
          yield* update as Mutation.Mutation<number, typeof Row>
          return yield* all
        }))
        assert.deepStrictEqual(rows, [expected])
      })

    after(
      "a chain",
      Mutation.update(Row).pipe(
        Mutation.set((r) => ({ a: Expr.add(r.a, 10), b: r.a, c: r.b })),
        Mutation.where({ id: 1 })
      ),
      {
        a: 11,
        b: 1,
        c: 2
      }
    )
    after(
      "a chain, the other way",
      Mutation.update(Row).pipe(Mutation.set((r) => ({ c: r.b, b: r.a, a: whole(7) })), Mutation.where({ id: 1 })),
      {
        a: 7,
        b: 1,
        c: 2
      }
    )
    // One shape, other values: what is sent once belongs to its column.
    for (const value of [5, 6]) {
      after(
        `values before what reads their columns: ${value}`,
        Mutation.update(Row).pipe(
          Mutation.set((r) => ({ a: whole(value), b: Expr.add(r.a, value * 100), c: whole(value * 2) })),
          Mutation.where({ id: 1 })
        ),
        { a: value, b: 1 + value * 100, c: value * 2 }
      )
    }
    after(
      "in a query within",
      Mutation.update(Row).pipe(
        Mutation.set((r) => ({
          a: whole(9),
          b: Expr.coalesce(
            Expr.scalar(Query.from(Row).pipe(Query.where((o) => Expr.eq(o.a, r.a)), Query.pluck((o) => Expr.max(o.c)))),
            -1
          )
        })),
        Mutation.where({ id: 1 })
      ),
      { a: 9, b: 3, c: 3 }
    )
    after(
      "beside another table",
      Mutation.update(Row).pipe(
        Mutation.innerJoin("o", Row, (r, { o }) => Expr.eq(r.id, o.id)),
        Mutation.set((r, { o }) => ({ a: whole(50), b: r.a, c: Expr.add(r.b, o.id) })),
        Mutation.all
      ),
      { a: 50, b: 1, c: 3 }
    )
    it("columns that change places: as they were, or refused", async () => {
      for (
        const set of [
          Mutation.set<typeof Row, {}, any, any>((r: any) => ({ a: r.b, b: r.a })),
          Mutation.set<typeof Row, {}, any, any>((r: any) => ({ a: r.b, b: r.c, c: r.a }))
        ]
      ) {
        const [outcome, rows] = await runtime.runPromise(Effect.gen(function*() {
          yield* Mutation.all(Mutation.delete(Row))
          yield* Mutation.insert(Row, first)
          const outcome = yield* Effect.either(
            Mutation.update(Row).pipe(
              set as any,
              Mutation.where<typeof Row, {}, {}>({ id: 1 }) as any
            ) as Mutation.Mutation<number, typeof Row>
          )
          return [outcome, yield* all] as const
        }))
        if (isRefused) {
          assert.strictEqual(outcome._tag === "Left" && outcome.left._tag, "UnsupportedError")
          assert.deepStrictEqual(rows, [{ a: 1, b: 2, c: 3 }])
        } else {
          assert.strictEqual(outcome._tag, "Right")
          assert.strictEqual(rows[0]?.a, 2)
          assert.notStrictEqual(rows[0]?.b, 2)
        }
      }
    })
  })

  describe(`set operations of which one side may be NULL: ${database.name}`, () => {
    const rows = [first, { ...first, id: 2, text: "two", note: "two" }]
    const runtime = onFresh(database, Effect.zipRight(Ddl.create(Row), Mutation.insertMany(Row, rows)))
    const gives = givesOn(runtime, database)
    const texts = Query.from(Row).pipe(Query.select((r) => ({ text: r.text })))
    const notes = Query.from(Row).pipe(Query.select((r) => ({ text: r.note })))
    const united = [{ text: "one" }, { text: "two" }, { text: null }]
    gives("the left one", notes.pipe(Query.union(texts), Query.orderBy((r) => Expr.asc(r.text))), united)
    gives("the right one", texts.pipe(Query.union(notes), Query.orderBy((r) => Expr.asc(r.text))), united)
    gives("what the left one has alone", notes.pipe(Query.except(texts)), [{ text: null }])
    gives("what both have", texts.pipe(Query.intersect(notes)), [{ text: "two" }])
    gives(
      "a condition after it",
      texts.pipe(Query.unionAll(notes), Query.where((r) => Expr.isNull(r.text)), Query.pluck((r) => r.text)),
      [null]
    )
  })
}
