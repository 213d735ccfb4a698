/**
 * Signals of models whose rows count their writes, know who wrote them, and are kept when they are deleted.
 */
import { assert, describe, it } from "@effect/vitest"
import { CurrentActor, Ddl, Expr, Field, Model, Mutation, Query, Repository, Signals, Transaction } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { failure, under } from "./world.js"

class Page extends Model.Class<Page>("Page")({
  id: Schema.Int.pipe(Field.primaryKey),
  title: Schema.String,
  ...Model.softDelete,
  ...Model.versioned,
  ...Model.audited(Schema.NonEmptyString)
}, { table: "signal_pages" }) {}

class Leaf extends Model.Class<Leaf>("Leaf")({
  id: Schema.Int.pipe(Field.primaryKey),
  title: Schema.String,
  ...Model.softDelete
}, { table: "signal_leaves" }) {}

const pages = Repository.make(Page)
const as = (actor: string) => Effect.provideService(CurrentActor.CurrentActor, actor)
const titled = (id: number, title: string) =>
  Mutation.update(Page).pipe(Mutation.set({ title }), Mutation.where({ id }))

describe.each(available)("signals and mixins on $name", (database) => {
  it.live("handlers are told of versions, actors and deletes as the database has them", () => {
    const told: Array<ReadonlyArray<unknown>> = []
    const note = (name: string) => ({ event, row }: { readonly event: string; readonly row: Page }) =>
      Effect.sync(() => told.push([name, event, row.version, row.createdBy, row.updatedBy, row.deletedAt !== null]))
    const kinds = ["inserted", "updated", "deleted"] as const
    return Effect.gen(function*() {
      yield* Ddl.create(Page)
      const both = (...rest: ReadonlyArray<unknown>) => [["watch", ...rest], ["commit", ...rest]]
      yield* Mutation.insert(Page, { id: 1, title: "a" }).pipe(as("ada"))
      assert.deepStrictEqual(told.splice(0), both("inserted", 1, "ada", "ada", false))
      yield* titled(1, "b").pipe(as("bob"))
      assert.deepStrictEqual(told.splice(0), both("updated", 2, "ada", "bob", false))
      yield* Mutation.upsert(Page, { id: 1, title: "c" }).pipe(as("cyd"))
      assert.deepStrictEqual(told.splice(0), both("updated", 3, "ada", "cyd", false))
      yield* Mutation.delete(Page).pipe(Mutation.where({ id: 1 }), as("dan"))
      assert.deepStrictEqual(told.splice(0), both("deleted", 4, "ada", "dan", true))
      yield* Mutation.restore(Page).pipe(Mutation.where({ id: 1 }), as("eve"))
      assert.deepStrictEqual(told.splice(0), both("updated", 5, "ada", "eve", false))
      yield* Transaction.run(Effect.zipRight(titled(1, "d"), Effect.zipRight(titled(1, "e"), titled(1, "f")))).pipe(
        as("fay")
      )
      assert.deepStrictEqual(told.splice(0).filter(([name]) => name === "commit"), [
        ["commit", "updated", 8, "ada", "fay", false]
      ])
      const stale = yield* failure(pages.update({ id: 1, version: 7 }, { title: "g" }).pipe(as("ada")))
      assert.deepStrictEqual([stale._tag, stale.actual, told], ["StaleRow", 8, []])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.watch("watch", Page, kinds, note("watch")),
        Signals.afterCommit("commit", Page, kinds, note("commit"))
      )
    )))
  })

  it.live("a guard sees the actor, and cannot say of a row that is there which version it has", () => {
    const seen: Array<unknown> = []
    return Effect.gen(function*() {
      yield* Ddl.create(Page)
      const rows = Effect.map(
        Query.from(Page).pipe(Query.orderBy((page) => Expr.asc(page.id))),
        (all) => all.map(({ title, version }) => [title, version])
      )
      yield* Mutation.insert(Page, { id: 1, title: "one" }).pipe(as("ada"))
      assert.deepStrictEqual(seen.splice(0), ["ada"])
      // An update takes no version, whoever gives it.
      const lie = Mutation.update(Page).pipe(Mutation.set({ title: "lie" }))
      const errors = yield* Effect.all([
        failure(lie.pipe(Mutation.where({ id: 1 }))),
        failure(lie.pipe(Mutation.atVersion({ id: 1, version: 1 }))),
        failure(lie.pipe(Mutation.all))
      ]).pipe(as("bob"))
      assert.deepStrictEqual(errors.map(({ _tag, issues }) => [_tag, issues[0].path]), [
        ["ValidationError", ["version"]],
        ["ValidationError", ["version"]],
        ["ValidationError", ["version"]]
      ])
      assert.deepStrictEqual(yield* rows, [["one", 1]])
      // An upsert takes it for a row that is new, and counts on for one that is there.
      yield* Mutation.upsert(Page, { id: 1, title: "lie" }).pipe(as("bob"))
      yield* Mutation.upsertMany(Page, [{ id: 1, title: "lie" }, { id: 2, title: "lie" }]).pipe(as("bob"))
      assert.deepStrictEqual(yield* rows, [["lie", 3], ["lie", 99]])
      // What is written at a version is written at that one, with what a guard gives.
      const trimmed = yield* pages.update({ id: 1, version: 3 }, { title: " trim " }).pipe(as("cyd"))
      assert.deepStrictEqual([trimmed.title, trimmed.version, trimmed.updatedBy], ["trim", 4, "cyd"])
      const stale = yield* failure(pages.update({ id: 1, version: 3 }, { title: " late " }).pipe(as("cyd")))
      assert.deepStrictEqual([stale._tag, stale.expected, stale.actual], ["StaleRow", 3, 4])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.guard("actor", Page, "insert", ({ row }) => Effect.sync(() => void seen.push(row.createdBy))),
        Signals.guard("one", Page, "save", ({ values }) =>
          values.title === "lie"
            ? Effect.succeed({ version: 99 })
            : Effect.succeed({ title: values.title?.trim() ?? "" })),
        Signals.guard(
          "many",
          Page,
          "bulkSave",
          ({ rows }) => Effect.succeed(rows === undefined ? { version: 99 } as {} : rows.map(() => ({ version: 99 })))
        )
      )
    )))
  })

  it.live("an upsert that sets nothing is told where it brought a row back, and not of one that lives", () => {
    const told: Array<string> = []
    let asked = 0
    const note = (name: string) => ({ event, row }: { readonly event: string; readonly row: Page | Leaf }) =>
      Effect.sync(() => told.push(`${name} ${event} ${row.title} ${row.deletedAt === null ? "lives" : "gone"}`))
    const kinds = ["inserted", "updated", "saved"] as const
    const layer = Signals.layer(
      Signals.watch("watch", [Page, Leaf], kinds, note("watch")),
      Signals.afterCommit("commit", [Page, Leaf], kinds, note("commit"))
    )
    const further = Signals.layer(
      Signals.guard("guard", [Page, Leaf], "save", () => Effect.sync(() => void asked++)),
      Signals.watch("further", [Page, Leaf], kinds, note("further"))
    )
    const both = (kind: string, title = "a") =>
      ["further", "watch", "commit"].flatMap((
        name
      ) => [`${name} ${kind} ${title} lives`, `${name} saved ${title} lives`])
    return Effect.gen(function*() {
      yield* Ddl.create(Page, Leaf)
      for (const model of [Page, Leaf] as unknown as ReadonlyArray<typeof Leaf>) {
        const read = Effect.map(
          Query.from(model).pipe(Query.withDeleted),
          (rows) => rows.map((row) => ({ ...row }))
        )
        const keep = Mutation.upsert(model, { id: 1, title: "b" }, { update: [] })
        const only = (title: string) =>
          Mutation.upsert(model, { id: 1, title: "b" }, { update: [], where: (old) => Expr.eq(old.title, title) })
        const gone = Mutation.delete(model).pipe(Mutation.where({ id: 1 }))

        yield* Mutation.upsert(model, { id: 1, title: "a" }, { update: [] })
        assert.deepStrictEqual(told.splice(0), both("inserted"))
        const before = yield* read
        asked = 0
        assert.deepStrictEqual({ ...(yield* keep) }, before[0])
        assert.deepStrictEqual([asked], [1])
        assert.deepStrictEqual(
          yield* Effect.map(Mutation.outcomes(keep), ({ isNew, row }) => ({ isNew, ...row })),
          { isNew: false, ...before[0] }
        )
        assert.deepStrictEqual(
          yield* keep.pipe(Mutation.returningAs(({ title }) => ({ name: title }))),
          { name: "a" }
        )
        assert.strictEqual(yield* Mutation.affected(keep), 1)
        assert.strictEqual(yield* Transaction.run(Effect.map(keep, (row) => row.title)), "a")
        assert.deepStrictEqual((yield* only("a"))._tag, "Some")
        assert.deepStrictEqual((yield* only("z"))._tag, "None")
        assert.deepStrictEqual([told, yield* read], [[], before])

        yield* gone
        assert.strictEqual((yield* only("z"))._tag, "None")
        assert.deepStrictEqual(told, [])
        yield* keep
        assert.deepStrictEqual(told.splice(0), both("updated"))
        yield* gone
        assert.strictEqual((yield* only("a"))._tag, "Some")
        assert.deepStrictEqual(told.splice(0), both("updated"))
        yield* gone
        // However many bring it back at once, one of them does.
        yield* Effect.all(Array.from({ length: 4 }, () => keep), { concurrency: "unbounded" })
        assert.deepStrictEqual(told.splice(0).filter((line) => line.startsWith("commit")), both("updated").slice(4))
      }
    }).pipe(as("ada"), Effect.provide(under(database, layer, further)))
  })
})
