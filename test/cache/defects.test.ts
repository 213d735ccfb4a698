/**
 * Code of others that throws where an answer is loaded or a write is under way: a Schema, a store, an interceptor.
 */
import { assert, describe, it } from "@effect/vitest"
import { Cache, Database, Ddl, Expr, Field, Model, Mutation, Query, Transaction } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { available, find, fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { all, insert, nameOf, rename, stats, User } from "./models.js"
import { Asked, cachedLayer } from "./support.js"
import type { Around } from "./support.js"

const Unlucky = Schema.transform(Schema.Int, Schema.Number, {
  strict: true,
  decode: (n) => {
    if (n === 7) throw new Error("a defect of decoding")
    return n
  },
  encode: (n) => {
    if (n === 13) throw new Error("a defect of encoding")
    return n
  }
})

class Coin extends Model.Class<Coin>("Coin")({
  id: Schema.Int.pipe(Field.primaryKey),
  value: Unlucky
}, { table: "cache_coins" }) {}

/** A defect, and soon. */
const died = (effect: Effect.Effect<unknown, unknown, Database.Database>) =>
  Effect.map(Effect.exit(Effect.timeout(effect, "5 seconds")), (exit) => {
    assert.isTrue(Exit.isFailure(exit) && exit.cause._tag === "Die", String(exit))
  })

/** An interceptor that throws at its next statements of a kind. */
class Throwing {
  left = 0
  constructor(readonly tag: "Select" | "Insert" | "Update") {}

  readonly layer = Layer.succeed(Database.Interception, {
    run: (statement, next) => {
      if (statement._tag === this.tag && this.left > 0) {
        this.left--
        throw new Error("a defect of an interceptor")
      }
      return next(statement)
    }
  })
}

type StoreCall = "get" | "set" | "invalidate"

/** A store in memory, which throws at its next calls of a kind. */
const store = () => {
  const left: Record<StoreCall, number> = { get: 0, set: 0, invalidate: 0 }
  const values = new Map<string, string>()
  let stamp = 0
  const does = <A>(call: StoreCall, what: () => A): Effect.Effect<A> => {
    if (left[call] === 0) return Effect.sync(what)
    left[call]--
    throw new Error("a defect of a store")
  }
  const layer = Layer.succeed(Cache.Store, {
    get: (key) => does("get", () => ({ value: values.get(key), stamp: String(stamp) })),
    set: (key, value, of) => does("set", () => void (of === String(stamp) && values.set(key, value))),
    drop: (key) => Effect.sync(() => void values.delete(key)),
    invalidate: () =>
      does("invalidate", () => {
        stamp++
        values.clear()
      }),
    listen: () => Effect.void
  })
  return { left, layer }
}

const shared = (layer: Layer.Layer<Cache.Store>) =>
  Cache.layerShared({ database: "test", reads: "all" }).pipe(Layer.provide(layer))

/** A new database, and nothing between it and these. */
const around = (database: AvailableDatabase, ...layers: ReadonlyArray<Around>) =>
  Layer.unwrapEffect(
    Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url).pipe(Database.with(...layers)))
  )

describe.each(available)("defects under a cache on $name", (database) => {
  const caches = { "in memory": Cache.layer({ reads: "all" }), shared: shared(store().layer) }

  it.live.each(Object.entries(caches))(
    "leave nobody waiting for a value that cannot be sent: %s",
    ([, cache]) =>
      Effect.gen(function*() {
        yield* Ddl.create(Coin)
        yield* Mutation.insert(Coin, { id: 1, value: 1 })
        const asks = [
          Query.from(Coin).pipe(Query.where({ value: 13 })),
          Query.from(Coin).pipe(Query.where((coin) => Expr.in(coin.value, [1, 13])))
        ]
        for (let i = 0; i < 2; i++) for (const ask of asks) yield* died(ask)
      }).pipe(Effect.provide(around(database, cache)))
  )

  it.live.each(Object.entries(caches))(
    "leave nothing old of a row that is written and cannot be read: %s",
    ([, cache]) =>
      Effect.gen(function*() {
        yield* Ddl.create(Coin)
        const count = Query.count(Query.from(Coin))
        assert.strictEqual(yield* count, 0)
        const isThere = Query.exists(Query.from(Coin).pipe(Query.where({ id: 1 })))
        assert.isFalse(yield* isThere)
        yield* died(Mutation.insert(Coin, { id: 1, value: 7 }))
        assert.strictEqual(yield* count, yield* Cache.uncached(count))
        assert.strictEqual(yield* isThere, yield* Cache.uncached(isThere))
      }).pipe(Effect.provide(around(database, cache)))
  )
})

const sqlite = find("sqlite")!

describe("interceptors that throw under a cache", () => {
  const filled = Effect.zipRight(Ddl.create(User), insert(1))

  it.live("leave nobody waiting for what they were asked", () => {
    const inner = new Throwing("Select")
    return Effect.gen(function*() {
      yield* filled
      inner.left = 1
      yield* died(nameOf(1))
      assert.strictEqual(yield* nameOf(1), "user 1")
      inner.left = 1
      const exits = yield* Effect.all([all, all, all].map(Effect.exit), { concurrency: "unbounded" })
      assert.deepStrictEqual(exits.map(Exit.isSuccess).sort(), [false, true, true])
    }).pipe(Effect.timeout("5 seconds"), Effect.provide(around(sqlite, Cache.layer({ reads: "all" }), inner.layer)))
  })

  it.live("end what they were to write", () => {
    const inner = new Throwing("Update")
    return Effect.gen(function*() {
      yield* filled
      for (const write of [rename(1, "new"), Transaction.run(rename(1, "new"))]) {
        inner.left = 1
        yield* died(write)
        yield* write
        const { hits } = yield* stats
        for (let i = 0; i < 3; i++) assert.strictEqual(yield* nameOf(1), "new")
        assert.strictEqual((yield* stats).hits, hits + 2)
      }
    }).pipe(Effect.provide(around(sqlite, Cache.layer({ reads: "all" }), inner.layer)))
  })

  it.live("leave nothing old of what they have written", () => {
    let isLeft = false
    const inner = Layer.succeed(Database.Interception, {
      runNow: (statement, fiber, next) => {
        const answer = next(statement, fiber)
        if (!isLeft) return answer
        isLeft = false
        throw new Error("a defect of an interceptor")
      }
    })
    return Effect.gen(function*() {
      yield* filled
      assert.strictEqual(yield* nameOf(1), "user 1")
      isLeft = true
      yield* died(rename(1, "new"))
      assert.strictEqual(yield* nameOf(1), "new")
    }).pipe(Effect.provide(around(sqlite, Cache.layer({ reads: "all" }), inner)))
  })
})

describe("a store that throws", () => {
  it.live("is one that has failed", () => {
    const { layer, left } = store()
    const asked = new Asked()
    return Effect.gen(function*() {
      left.get = 1
      assert.strictEqual(yield* nameOf(1), "user 1")
      assert.strictEqual((yield* stats).storeErrors, 1)
      left.set = 1
      assert.strictEqual(yield* nameOf(2), "user 2")
      yield* Effect.sleep("20 millis")
      assert.strictEqual((yield* stats).storeErrors, 2)
      const before = asked.count
      assert.deepStrictEqual(yield* Effect.all([nameOf(1), nameOf(2)]), ["user 1", "user 2"])
      assert.strictEqual(asked.count, before)

      left.invalidate = 1
      yield* rename(1, "new")
      assert.strictEqual(yield* nameOf(1), "new")
      yield* Effect.sleep("300 millis")
      const { storeErrors, undelivered } = yield* stats
      assert.deepStrictEqual({ storeErrors, undelivered }, { storeErrors: 3, undelivered: 0 })
    }).pipe(Effect.timeout("10 seconds"), Effect.provide(cachedLayer(sqlite, shared(layer), asked)))
  })
})
