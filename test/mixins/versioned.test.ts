/**
 * Rows that count their writes, on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Expr, Mutation, Query, Repository, Transaction } from "effect-strata"
import type { Database, DbError } from "effect-strata"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { available } from "../support/databases.js"
import { Counter, on, Post, User } from "./models.js"

const failure = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(Effect.flip(effect), (error) => error as any)

const counters = Repository.make(Counter)
const users = Repository.make(User)

const versions = Query.from(Counter).pipe(
  Query.orderBy((one) => Expr.asc(one.id)),
  Query.select((one) => ({ value: one.value, version: one.version }))
)

describe.each(available)("rows that count their writes, on $name", (database) => {
  const test = <E>(name: string, effect: Effect.Effect<void, E, any>) =>
    it.live(name, () => on(database)(effect as Effect.Effect<void, E>), 120_000)

  test(
    "each write counts, whatever it is said by",
    Effect.gen(function*() {
      const one = yield* Mutation.insert(Counter, { id: 1, value: 0 })
      assert.strictEqual(one.version, 1)
      assert.strictEqual((yield* Mutation.insert(Counter, { id: 2, value: 0, version: 40 })).version, 40)
      yield* Mutation.update(Counter).pipe(Mutation.set({ value: 1 }), Mutation.all)
      yield* Mutation.update(Counter).pipe(
        Mutation.set((c) => ({ value: Expr.add(c.value, 1) })),
        Mutation.where({ id: 1 })
      )
      yield* Mutation.updateMany(Counter, [{ id: 1, value: 5 }, { id: 2, value: 6 }])
      assert.deepStrictEqual(yield* versions, [{ value: 5, version: 4 }, { value: 6, version: 42 }])
      assert.strictEqual((yield* counters.increment(1, { value: 1 })).version, 5)
      const upserted = yield* Mutation.upsert(Counter, { id: 1, value: 9, version: 1 })
      assert.deepStrictEqual([upserted.value, upserted.version], [9, 6])
      yield* Mutation.upsertMany(Counter, [{ id: 1, value: 10 }, { id: 3, value: 10 }])
      yield* Mutation.upsert(Counter, { id: 1, value: 3 }, {
        set: (old, put) => ({ value: Expr.add(old.value, put.value) })
      })
      yield* Mutation.upsert(Counter, { id: 2, value: 7 }, { update: ["value"] })
      assert.deepStrictEqual(yield* versions, [
        { value: 13, version: 8 },
        { value: 7, version: 43 },
        { value: 10, version: 1 }
      ])
      assert.isFalse((yield* counters.firstOrInsert({ id: 3, value: 99 })).isNew)
      yield* Mutation.insertOrIgnore(Counter, { id: 3, value: 99 })
      assert.deepStrictEqual((yield* versions)[2], { value: 10, version: 1 })
      const copy = Query.from(Counter).pipe(
        Query.where({ id: 3 }),
        Query.select((one) => ({ id: Expr.add(one.id, 1), value: one.value }))
      )
      yield* Mutation.insertFrom(Counter, copy as never)
      assert.deepStrictEqual((yield* versions)[3], { value: 10, version: 1 })
    })
  )

  test(
    "no update sets a version",
    Effect.gen(function*() {
      yield* Mutation.insert(Counter, { id: 1, value: 0 })
      const given = Mutation.update(Counter).pipe(Mutation.set({ value: 1, version: 9 } as never), Mutation.all)
      const error = yield* failure(given)
      assert.deepStrictEqual([error._tag, error.issues[0].path], ["ValidationError", ["version"]])
      assert.deepStrictEqual(yield* versions, [{ value: 0, version: 1 }])
    })
  )

  test(
    "a write on a row as it was read is refused once another write came first",
    Effect.gen(function*() {
      const read = yield* Mutation.insert(Counter, { id: 1, value: 0 })
      const second = yield* counters.update(read, { value: 1 })
      assert.deepStrictEqual([second.value, second.version], [1, 2])
      const stale = yield* failure(counters.update(read, { value: 2 }))
      assert.deepStrictEqual([stale._tag, stale.table, stale.expected, stale.actual], [
        "StaleRow",
        "mixin_counters",
        1,
        2
      ])
      const set = Mutation.update(Counter).pipe(Mutation.set({ value: 3 }))
      assert.strictEqual((yield* failure(set.pipe(Mutation.atVersion({ id: 1, version: 1 })))).actual, 2)
      assert.strictEqual((yield* set.pipe(Mutation.atVersion({ id: 1, version: 2 }))).version, 3)
      assert.strictEqual((yield* failure(counters.save(Object.assign(second, { value: 7 })))).actual, 3)
      const third = yield* counters.findById(1)
      assert.strictEqual((yield* counters.save(third)).version, 4)
      assert.strictEqual((yield* counters.save({ id: 1, value: 8 })).version, 5)
      assert.strictEqual((yield* failure(counters.delete(third))).actual, 5)
      yield* counters.delete({ id: 1, version: 5 })
      const gone = yield* failure(counters.update({ id: 1, version: 5 }, { value: 1 }))
      assert.deepStrictEqual([gone._tag, gone.expected, gone.actual], ["StaleRow", 5, undefined])
      assert.strictEqual((yield* failure(counters.update(1, { value: 1 })))._tag, "RowNotFound")
    })
  )

  test(
    "a row that was deleted and kept is no row any more to who has read it",
    Effect.gen(function*() {
      const ada = yield* users.insert({ email: "ada@x.org", name: "ada" })
      yield* users.delete(ada.id)
      const stale = yield* failure(users.update(ada, { name: "x" }))
      assert.deepStrictEqual([stale._tag, stale.expected, stale.actual], ["StaleRow", 1, undefined])
      const kept = yield* users.withDeleted.findById(ada.id)
      const back = yield* Mutation.restore(User).pipe(Mutation.atVersion(kept))
      assert.deepStrictEqual([back.version, back.deletedAt], [3, null])
      const gone = yield* failure(users.delete(kept))
      assert.deepStrictEqual([gone._tag, gone.expected, gone.actual], ["StaleRow", 2, 3])
      yield* users.delete(back)
      assert.strictEqual(yield* users.count(), 0)
    })
  )

  test(
    "what is no row as it was read is refused before anything is sent",
    Effect.gen(function*() {
      const set = Mutation.update(Counter).pipe(Mutation.set({ value: 1 }))
      const error = yield* failure(set.pipe(Mutation.atVersion({ id: 1 } as never)))
      assert.deepStrictEqual([error._tag, error.issues[0].path], ["ValidationError", ["version"]])
      const half = yield* failure(set.pipe(Mutation.atVersion({ id: 1, version: 1.5 })))
      assert.strictEqual(half._tag, "ValidationError")
      const patched = yield* failure(counters.update({ id: 1, version: 1 }, { id: 2, value: 1 }))
      assert.strictEqual(patched._tag, "ValidationError")
      yield* Mutation.insert(User, { email: "a@x.org", name: "a" })
      const posts = Repository.make(Post)
      const [user] = yield* users.list()
      const post = yield* posts.insert({ userId: user!.id, slug: "s", views: 0 })
      assert.strictEqual((yield* posts.update({ id: post.id, revision: 1 }, { views: 2 })).revision, 2)
    })
  )

  test(
    "of fifty who write one row at once one wins a version, and nothing is lost",
    Effect.gen(function*() {
      yield* Mutation.insert(Counter, { id: 1, value: 0 })
      const won: Array<number> = []
      const write = Effect.gen(function*() {
        const read = yield* counters.findById(1)
        const { version } = yield* counters.update(read, { value: read.value + 1 })
        won.push(version)
      }).pipe(
        Effect.retry({
          while: (error: { readonly _tag: string }) => error._tag === "StaleRow" || error._tag === "ConflictError"
        })
      )
      yield* Effect.all(Array.from({ length: 50 }, () => write), { concurrency: 50 })
      assert.deepStrictEqual(yield* versions, [{ value: 50, version: 51 }])
      assert.deepStrictEqual(won.sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i + 2))
    })
  )

  test(
    "within a transaction the version told is the one that the row has by now",
    Effect.gen(function*() {
      const read = yield* Mutation.insert(Counter, { id: 1, value: 0 })
      yield* counters.update(read, { value: 1 })
      const stale = yield* failure(Transaction.run(counters.update(read, { value: 2 })))
      assert.deepStrictEqual([stale._tag, stale.actual], ["StaleRow", 2])
      const kept = Transaction.run(Effect.gen(function*() {
        yield* counters.update({ id: 1, version: 2 }, { value: 5 })
        const inner = yield* failure(Transaction.run(counters.update(read, { value: 2 })))
        assert.strictEqual((inner as DbError.StaleRow).actual, 3)
      }))
      yield* kept
      assert.deepStrictEqual(yield* versions, [{ value: 5, version: 3 }])
    })
  )

  // A server that looks at rows as they were when the transaction began refuses a write on what was written since.
  if (database.name === "postgres") {
    for (const isolation of ["repeatable read", "serializable"] as const) {
      test(
        `under ${isolation} a slower write is a conflict, which a retry decides by what is there then`,
        Effect.gen(function*() {
          const before = yield* Mutation.insert(Counter, { id: 1, value: 0 })
          const outside = yield* Effect.context<Database.Database>()
          /** Another one is faster in the first try. */
          const slower = (
            write: (seen: Counter) => Effect.Effect<Counter, DbError.StaleRow | DbError.WriteFailure, Database.Database>
          ) => {
            let tries = 0
            const body = Effect.gen(function*() {
              const seen = yield* counters.findById(1)
              const faster = Mutation.update(Counter).pipe(
                Mutation.set((one) => ({ value: Expr.add(one.value, 10) })),
                Mutation.where({ id: 1 })
              )
              if (++tries === 1) yield* Effect.mapInputContext(faster, (_: Context.Context<never>) => outside)
              return yield* write(seen)
            })
            return { body, tries: () => tries }
          }
          const onSeen = (seen: Counter) => counters.update(seen, { value: seen.value + 1 })
          const alone = slower(onSeen)
          const conflict = yield* failure(alone.body.pipe(Transaction.run({ isolation })))
          assert.deepStrictEqual([conflict._tag, conflict.reason, alone.tries()], ["ConflictError", "serialization", 1])
          assert.deepStrictEqual(yield* versions, [{ value: 10, version: 2 }])

          const again = { isolation, retry: Transaction.retryConflicts } as const
          const fresh = slower(onSeen)
          const written = yield* fresh.body.pipe(Transaction.run(again))
          assert.deepStrictEqual([written.value, written.version, fresh.tries()], [21, 4, 2])

          const old = slower(() => counters.update(before, { value: 99 }))
          const stale = yield* failure(old.body.pipe(Transaction.run(again)))
          assert.deepStrictEqual([stale._tag, stale.expected, stale.actual, old.tries()], ["StaleRow", 1, 5, 2])
          assert.deepStrictEqual(yield* versions, [{ value: 31, version: 5 }])
        })
      )
    }
  }
})
