/**
 * One Layer around several databases of a program: each database has its own of it.
 */
import { assert, describe, it } from "@effect/vitest"
import { Cache, Database, Ddl, Expr, Field, Model, Monitor, Mutation, Policy, Query, Signals } from "effect-strata"
import type { Connect } from "effect-strata"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { available, fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class Note extends Model.Class<Note>("Note")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String
}, { table: "layers_notes" }) {}

const notes = Query.from(Note).pipe(Query.orderBy((note) => Expr.asc(note.id)))
const texts = Effect.map(notes, (rows) => rows.map(({ text }) => text))
const insert = (id: number, text: string) => Mutation.insert(Note, { id, text })

class Reports extends Database.Tag("Layers/Reports")<Reports>() {}

const onReports = Database.use(Reports)

/** A program's database and its reports, both with an empty table, and the same Layer around each. */
const both = <R>(database: AvailableDatabase, around: Layer.Layer<Database.Interception, unknown, R>) => {
  const one = Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => fresh(database)),
      ({ url }) => Layer.tap(layerOf(url, { size: 2 }), (context) => Effect.provide(Ddl.create(Note), context))
    )
  )
  const wrapped = (): Layer.Layer<Connect.Services, unknown, Exclude<R, Database.Database>> =>
    Layer.fresh(one).pipe(Database.with(around))
  return Layer.merge(wrapped(), Reports.layer(wrapped()))
}

/** Something that a Layer needs, numbered as it is built. */
class Supply extends Context.Tag("Layers/Supply")<Supply, number>() {}

const supplies = () => {
  const built: Array<number> = []
  const layer = Layer.sync(Supply, () => built.push(built.length + 1))
  const around = Layer.effect(Database.Interception, Effect.as(Supply, {}))
  return { around, built, layer }
}

describe.each(available)("one Layer around two databases on $name", (database) => {
  it.live("is a cache of each", () =>
    Effect.gen(function*() {
      yield* insert(1, "main")
      yield* onReports(Effect.all([insert(1, "reports"), insert(2, "more")]))
      for (const _ of [1, 2]) {
        assert.deepStrictEqual([yield* texts, yield* onReports(texts)], [["main"], ["reports", "more"]])
      }
      yield* onReports(insert(3, "most"))
      assert.deepStrictEqual([yield* texts, yield* onReports(texts)], [["main"], ["reports", "more", "most"]])
      const hits = Effect.map(Cache.stats, (stats) => Option.getOrThrow(stats).hits)
      assert.deepStrictEqual([yield* hits, yield* onReports(hits)], [2, 1])
    }).pipe(Effect.provide(both(database, Cache.layer({ reads: "all" })))))

  it.live("is signals of each, whose handlers are on the database that was written to", () => {
    const told: Array<string> = []
    const tell = (what: string) => ({ row }: { readonly row: Note }) =>
      Effect.map(Query.count(notes), (count) => void told.push(`${what} ${row.text} ${count}`))
    const layer = Signals.layer(
      Signals.guard(
        "at most two",
        Note,
        "insert",
        () => Effect.flatMap(Query.count(notes), (count) => count < 2 ? Effect.void : Effect.fail("full"))
      ),
      Signals.watch("sees", Note, "inserted", tell("seen")),
      Signals.afterCommit("knows", Note, "inserted", tell("committed"))
    )
    return Effect.gen(function*() {
      yield* insert(1, "main")
      yield* onReports(Effect.all([insert(1, "reports"), insert(2, "more")]))
      yield* insert(2, "last")
      assert.deepStrictEqual([(yield* Effect.flip(insert(3, "x")))._tag], ["Vetoed"])
      assert.deepStrictEqual([(yield* Effect.flip(onReports(insert(3, "x"))))._tag], ["Vetoed"])
      assert.deepStrictEqual(told, [
        "seen main 1",
        "committed main 1",
        "seen reports 1",
        "committed reports 1",
        "seen more 2",
        "committed more 2",
        "seen last 2",
        "committed last 2"
      ])
    }).pipe(Effect.provide(both(database, layer)))
  })

  it.live("is a monitor of each", () =>
    Effect.gen(function*() {
      const seen = Effect.flatMap(
        Monitor.find,
        (monitor) => Effect.map(Option.getOrThrow(monitor).snapshot, ({ statements }) => statements)
      )
      yield* texts
      yield* onReports(Effect.all([texts, texts, texts]))
      assert.deepStrictEqual([yield* seen, yield* onReports(seen)], [1, 3])
    }).pipe(Effect.provide(both(database, Monitor.layer()))))

  it.live("is a policy of each", () =>
    Effect.gen(function*() {
      yield* texts
      yield* onReports(texts)
      const refused = Effect.map(Effect.flip(texts), (error) => "reason" in error ? error.reason : error._tag)
      assert.deepStrictEqual([yield* refused, yield* onReports(refused)], ["overloaded", "overloaded"])
    }).pipe(
      Effect.provide(both(database, Policy.rateLimit({ limit: 1, interval: "1 hour", maxWait: "10 millis" })))
    ))

  it.live("has what is provided inside of it for each, and what is provided outside once", () =>
    Effect.gen(function*() {
      const inside = supplies()
      yield* Effect.provide(texts, both(database, Layer.provide(inside.around, inside.layer)))
      assert.deepStrictEqual(inside.built, [1, 2])
      const outside = supplies()
      yield* Effect.provide(texts, Layer.provide(both(database, outside.around), outside.layer))
      assert.deepStrictEqual(outside.built, [1])
    }))

  it.live("is built once where the database with it is used twice", () =>
    Effect.gen(function*() {
      const { around, built, layer } = supplies()
      const live = both(database, Layer.provide(around, layer))
      const job = Layer.effectDiscard(Effect.zipRight(texts, onReports(texts)))
      yield* Effect.scoped(Layer.build(Layer.provide(Layer.mergeAll(job, Layer.fresh(job), live), live)))
      assert.deepStrictEqual(built, [1, 2])
    }))
})
