/**
 * Reads that share a connection, as tests of each server ask for them.
 */
import { assert } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Ddl from "../../src/Ddl.js"
import type { Connection, Failure, Result } from "../../src/Driver.js"
import { cancellable } from "../../src/driver/cancellable.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Pool from "../../src/Pool.js"
import * as Query from "../../src/Query.js"
import * as Transaction from "../../src/Transaction.js"

/** A read as the pool asks for it; `over` counts the connections that are free of theirs. */
export const read = (
  one: Connection,
  text: string,
  parameters: ReadonlyArray<unknown>,
  over: () => void = () => {}
) => cancellable<Result, Failure>((resume) => one.ask!(text, parameters, { isRead: true }, resume)(over))

/** Whether one of these can be sent behind another. */
export const joins = (one: Connection, text: string, parameters: ReadonlyArray<unknown>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(read(one, text, parameters))
    yield* Effect.yieldNow()
    const can = one.canJoin!(text)
    yield* Fiber.join(fiber)
    return can
  })

class Item extends Model.Class<Item>("Item")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.NonEmptyString
}, { table: "pipelined_items" }) {}

const find = (id: number) => Query.from(Item).pipe(Query.where({ id }), Query.one)

const some = (count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, i) => 1 + i % 100),
    (id) => Effect.map(find(id), (item) => assert.strictEqual(item.name, `item ${id}`)),
    {
      concurrency: "unbounded",
      discard: true
    }
  )

/** Readers beside transactions, writes and interruptions, on a pool of two where everyone waits. */
export const sharedByAll = Effect.gen(function*() {
  yield* Ddl.create(Item)
  yield* Mutation.insertMany(Item, Array.from({ length: 100 }, (_, i) => ({ name: `item ${i + 1}` })))
  yield* some(2000)
  const isOver = yield* Deferred.make<void>()
  const readers = yield* Effect.fork(
    Effect.forEach(Array.from({ length: 40 }, (_, i) => 1 + i), (id) =>
      Effect.gen(function*() {
        while (!(yield* Deferred.isDone(isOver))) {
          assert.strictEqual((yield* find(id)).name, `item ${id}`)
        }
      }), { concurrency: "unbounded", discard: true })
  )
  for (let i = 0; i < 50; i++) {
    yield* Transaction.run(Effect.gen(function*() {
      const { id } = yield* Mutation.insert(Item, { name: `new ${i}` })
      assert.strictEqual((yield* find(id)).name, `new ${i}`)
      yield* Mutation.delete(Item).pipe(Mutation.where({ id }))
    }))
    yield* Effect.exit(Effect.timeout(some(20), i % 4))
  }
  yield* Deferred.succeed(isOver, undefined)
  yield* Fiber.join(readers)
  yield* Effect.sleep(200)
  const { idle, inUse, size, waiting } = yield* Pool.state
  assert.deepStrictEqual({ idle, inUse, size, waiting }, { idle: 2, inUse: 0, size: 2, waiting: 0 })
})
