/**
 * Statements on the program's own thread leave room for everything else that it does.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Field, Model, Mutation, Pool, Query } from "effect-strata"
import * as Ddl from "effect-strata/Ddl"
import * as Sqlite from "effect-strata/Sqlite"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"

class Item extends Model.Class<Item>("Item")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "items" }) {}

const setup = Effect.zipRight(
  Ddl.create(Item),
  Mutation.insertMany(Item, Array.from({ length: 100 }, (_, id) => ({ id, name: `item ${id}` })))
)

const find = (id: number) => Query.from(Item).pipe(Query.where({ id: id % 100 }), Query.one)

/** Asks without a pause until the event loop has come round three times; gives how often it asked. */
const askedUntilTurns = Effect.suspend(() => {
  let turns = 0
  const tick = (): void => {
    if (++turns < 3) setImmediate(tick)
  }
  setImmediate(tick)
  return Effect.iterate(0, { while: (asked) => turns < 3 && asked < most, body: (i) => Effect.as(find(i), i + 1) })
})

/** Some seconds of statements. */
const most = 200_000

describe("a row of statements", () => {
  const runtime = ManagedRuntime.make(Sqlite.layer({ filename: ":memory:" }))
  afterAll(() => runtime.dispose())

  it("lets timers and signals have their turn in a ManagedRuntime", async () => {
    await runtime.runPromise(setup)
    const asked = await runtime.runPromise(askedUntilTurns)
    assert.isAbove(asked, 3)
    assert.isBelow(asked, most)
  })

  it.effect("does so in a program with a Layer", () =>
    Effect.gen(function*() {
      yield* setup
      const asked = yield* askedUntilTurns
      assert.isAbove(asked, 3)
      assert.isBelow(asked, most)
    }).pipe(Effect.provide(Sqlite.layer({ filename: ":memory:" }))))

  it("is run to its end by runSync, which cannot wait", () => {
    const own = ManagedRuntime.make(Sqlite.layer({ filename: ":memory:" }))
    return own.runPromise(setup).then(() => {
      const end = performance.now() + 40
      let i = 0
      while (performance.now() < end) assert.strictEqual(own.runSync(find(i)).id, i++ % 100)
      return own.dispose()
    })
  })

  it("of many fibers waits for its turn without a connection", async () => {
    const before = await runtime.runPromise(Pool.state)
    const found = await runtime.runPromise(
      Effect.forEach(Array.from({ length: 3000 }, (_, i) => i), find, { concurrency: "unbounded" })
    )
    const after = await runtime.runPromise(Pool.state)
    assert.strictEqual(found.length, 3000)
    assert.deepStrictEqual(found.map(({ id }) => id), found.map((_, i) => i % 100))
    assert.strictEqual(after.waited, before.waited)
  })

  it("goes on for others when one that waits for its turn is interrupted", async () => {
    const found = await runtime.runPromise(
      Effect.forEach(
        Array.from({ length: 2000 }, (_, i) => i),
        (i) => Effect.timeoutOption(find(i), i % 3 === 0 ? 1 : "1 minute"),
        { concurrency: "unbounded" }
      )
    )
    assert.isTrue(found.every((one, i) => i % 3 === 0 || one._tag === "Some"))
  })
})
