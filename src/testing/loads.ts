/**
 * Point reads that batch.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Repository from "../Repository.js"
import * as Transaction from "../Transaction.js"
import { group, holds, same, statementsOf, test } from "./suite.js"

class Item extends Model.Class<Item>("Item")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String.pipe(Schema.maxLength(20))
}, { table: "contract_items" }) {}

class Spot extends Model.Class<Spot>("Spot")({
  x: Schema.Int.pipe(Field.primaryKey),
  y: Schema.String.pipe(Schema.maxLength(5), Field.primaryKey),
  name: Schema.String
}, { table: "contract_spots" }) {}

/** The same table with a Schema that not all of its rows fit. */
class Short extends Model.Class<Short>("Short")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String.pipe(Schema.maxLength(2))
}, { table: "contract_items" }) {}

const items = Repository.make(Item)
const spots = Repository.make(Spot)
const shorts = Repository.make(Short)

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
const fill = (count: number) => items.insertMany(upTo(count).map((id) => ({ id, name: `n${id}` })))
const batching = { batching: true, concurrency: "unbounded" } as const
const name = Effect.map((item: { readonly name: string }) => item.name)
const outcomeOf = Effect.match({
  onFailure: (error: { readonly _tag: string }): string => error._tag,
  onSuccess: (item: { readonly name: string }) => item.name
})

export const cases = group("loads", [
  test("by itself it is a point read", [Item], function*() {
    yield* fill(3)
    const { result, texts } = yield* statementsOf(Effect.forEach([1, 2, 1], (id) => name(items.load(id))))
    yield* same("the rows", result, ["n1", "n2", "n1"])
    yield* same("a statement each", texts.length, 3)
    yield* same("none", yield* outcomeOf(items.load(9)), "RowNotFound")
  }),

  test("1,000 at the same time in one statement", [Item], function*() {
    yield* fill(1000)
    const { result, texts } = yield* statementsOf(Effect.forEach(upTo(1000), items.load, batching))
    yield* same("the rows", result.map(({ id }) => id), upTo(1000))
    yield* same("statements", texts.length, 1)
    const one = items.load(7)
    const twice = yield* statementsOf(Effect.all([one, one, items.load(8), items.load(7)], batching))
    yield* same("those that ask for the same", twice.result.map(({ id }) => id), [7, 7, 8, 7])
    yield* same("share it", twice.texts.length, 1)
    const within = yield* statementsOf(Effect.forEach(upTo(10), items.load, { batching: true }))
    yield* same("without concurrency it batches what it can", within.result.length, 10)
    const deep = yield* statementsOf(Effect.forEach(
      [1, 2, 3],
      (id) =>
        Effect.flatMap(
          items.load(id),
          (item) => Effect.all([items.load(item.id + 10), items.load(item.id + 20)], batching)
        ),
      batching
    ))
    yield* same("one after another, a statement each", deep.texts.length, 2)
    yield* same("with their rows", deep.result.map((pair) => pair.map(({ id }) => id)), [[11, 21], [12, 22], [13, 23]])
  }),

  test("one that fails, fails alone", [Item], function*() {
    yield* fill(20)
    const { result, texts } = yield* statementsOf(
      Effect.forEach([1, 99, 2, 98], (id) => outcomeOf(items.load(id)), batching)
    )
    yield* same("unknown keys", result, ["n1", "RowNotFound", "n2", "RowNotFound"])
    yield* same("in one statement", texts.length, 1)
    const keys = [1, "x" as never, null as never, undefined as never, {} as never, 2]
    yield* same(
      "what is no key",
      yield* Effect.forEach(keys, (id) => outcomeOf(items.load(id)), batching),
      ["n1", "ValidationError", "ValidationError", "ValidationError", "ValidationError", "n2"]
    )
    yield* same(
      "a row that does not fit",
      yield* Effect.forEach([1, 10, 2, 11, 3], (id) => outcomeOf(shorts.load(id)), batching),
      ["n1", "DecodeError", "n2", "DecodeError", "n3"]
    )
    const failed = yield* Effect.exit(Effect.forEach([1, 99, 2], items.load, batching))
    yield* same("who does not catch it fails", Exit.isFailure(failed), true)
  }),

  test("composite keys", [Spot], function*() {
    yield* spots.insertMany([{ x: 1, y: "a", name: "1a" }, { x: 1, y: "b", name: "1b" }, { x: 2, y: "a", name: "2a" }])
    const keys = [{ x: 1, y: "b" }, { x: 2, y: "b" }, { x: 2, y: "a" }, { y: "b", x: 1 }, { x: 1 } as never]
    const { result, texts } = yield* statementsOf(Effect.forEach(keys, (key) => outcomeOf(spots.load(key)), batching))
    yield* same("the rows", result, ["1b", "RowNotFound", "2a", "1b", "ValidationError"])
    yield* same("one statement", texts.length, 1)
  }),

  test("several models, a statement each", [Item, Spot], function*() {
    yield* fill(2)
    yield* spots.insert({ x: 1, y: "a", name: "1a" })
    const { result, texts } = yield* statementsOf(
      Effect.all([name(items.load(1)), name(spots.load({ x: 1, y: "a" })), name(items.load(2))], batching)
    )
    yield* same("the rows", result, ["n1", "1a", "n2"])
    yield* same("statements", texts.length, 2)
  }),

  test("a transaction reads what it has written, in its own batches", [Item], function*() {
    yield* fill(2)
    const { result, texts } = yield* statementsOf(Transaction.run(Effect.gen(function*() {
      yield* items.update(1, { name: "mine" })
      return yield* Effect.forEach([1, 2], (id) => name(items.load(id)), batching)
    })))
    yield* same("its write", result, ["mine", "n2"])
    yield* holds("one statement for both", texts.filter((text) => text.startsWith("select")).length <= 2)
    // Each in a transaction of its own, inside of what batches: none is answered with another one's rows, and none is taken apart.
    const several = yield* Effect.forEach([1, 2], (id) =>
      Effect.gen(function*() {
        const inside = yield* Transaction.run(Effect.gen(function*() {
          yield* items.update(id, { name: `t${id}` })
          const rows = yield* Effect.forEach([id, id], (one) => name(items.load(one)), batching)
          const alone = yield* name(items.load(id))
          return [...rows, alone]
        }))
        return [...inside, yield* name(items.load(id))]
      }), { batching: true })
    yield* same("each its own", several, [["t1", "t1", "t1", "t1"], ["t2", "t2", "t2", "t2"]])
    const undone = yield* Effect.forEach([1, 2], (id) =>
      Effect.either(Transaction.run(Effect.gen(function*() {
        yield* items.update(id, { name: "no" })
        yield* items.load(id)
        yield* Transaction.run(Effect.zipRight(items.load(id), items.update(id, { name: "never" })))
        return yield* Effect.fail(id)
      }))), { batching: true })
    yield* same("undone", undone, [Either.left(1), Either.left(2)])
    yield* same("what is left", yield* Effect.forEach([1, 2], (id) => name(items.load(id)), batching), ["t1", "t2"])
    const savepoints = yield* Transaction.run(Effect.forEach(
      [1, 2],
      (id) => Transaction.run(Effect.zipRight(items.update(id, { name: `s${id}` }), name(items.load(id)))),
      batching
    ))
    yield* same("in savepoints", savepoints, ["s1", "s2"])
  }),

  test("who is interrupted leaves the others their rows", [Item], function*() {
    yield* fill(3)
    const started = yield* Deferred.make<void>()
    const quick = Effect.zipRight(
      Deferred.await(started),
      Effect.race(Effect.as(Effect.sleep("1 millis"), "left"), Effect.as(items.load(3), "came"))
    )
    const all = yield* Effect.fork(Effect.all(
      [name(items.load(1)), quick, Effect.zipRight(Deferred.succeed(started, undefined), name(items.load(2)))],
      batching
    ))
    const [first, , second] = yield* Fiber.join(all)
    yield* same("the others", [first, second], ["n1", "n2"])
    const given = yield* Effect.all(
      [
        outcomeOf(items.load(1)),
        Effect.timeoutTo(items.load(2), { duration: 0, onTimeout: () => "left", onSuccess: () => "came" }),
        outcomeOf(items.load(3))
      ],
      batching
    )
    yield* same("of one batch", [given[0], given[2]], ["n1", "n3"])
    const whole = yield* Effect.fork(Effect.forEach(upTo(3), items.load, batching))
    yield* Fiber.interrupt(whole)
    yield* same("and the database goes on", yield* name(items.load(1)), "n1")
  }),

  test("nothing is kept, unless it is asked for", [Item], function*() {
    yield* fill(2)
    const twice = Effect.all([items.load(1), items.load(1)])
    yield* same("asked twice", (yield* statementsOf(twice)).texts.length, 2)
    const cached = yield* statementsOf(Effect.withRequestCaching(
      Effect.gen(function*() {
        const first = yield* name(items.load(1))
        yield* items.update(1, { name: "new" })
        const again = yield* name(items.load(1))
        const fresh = yield* Transaction.run(name(items.load(1)))
        return [first, again, fresh]
      }),
      true
    ))
    yield* same("with Effect's cache it is what it was, but not for a transaction", cached.result, ["n1", "n1", "new"])
  })
])
