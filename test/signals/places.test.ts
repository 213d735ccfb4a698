/**
 * In which order changes are told where watchers write, and with which scope: on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Mutation, Query, Signals, Transaction } from "effect-strata"
import type { Connect } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { under, User, user } from "./world.js"

const Placed = Signals.event("Placed", Schema.Int)

const changes = ["inserted", "updated", "deleted"] as const

describe.each(available)("the places of changes on $name", (database) => {
  it.live("a watcher that writes to the row it is told of comes after what it is told of", () => {
    const told: Array<string> = []
    return Effect.gen(function*() {
      const email = (id: number) => `${id}@x.org`
      yield* Transaction.run(Mutation.insert(User, user(1)))
      assert.deepStrictEqual(told.splice(0), [`inserted 1 lower ${email(1)}`])
      yield* Transaction.run(Transaction.run(Mutation.insert(User, user(2))))
      assert.deepStrictEqual(told.splice(0), [`inserted 2 lower ${email(2)}`])
      yield* Mutation.insert(User, user(3))
      assert.deepStrictEqual(told.splice(0), [`inserted 3 null ${email(3)}`, `updated 3 lower ${email(3)}`])
      // one that takes the row away again, by a transaction of its own
      yield* Mutation.insert(User, user(4, { age: 0 }))
      assert.deepStrictEqual(told.splice(0).map((line) => line.split(" ", 2).join(" ")), [
        "inserted 4",
        "updated 4",
        "deleted 4"
      ])
      yield* Transaction.run(Mutation.insert(User, user(5, { age: 0 })))
      assert.deepStrictEqual(told, [])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.watch(
          "lower",
          User,
          "inserted",
          ({ row }) => Mutation.update(User).pipe(Mutation.set({ nick: "lower" }), Mutation.where({ id: row.id }))
        ),
        Signals.watch("ages", User, "updated", ({ row }) =>
          row.age === 0
            ? Transaction.run(Mutation.delete(User).pipe(Mutation.where({ id: row.id })))
            : Effect.void),
        Signals.afterCommit(
          "told",
          User,
          changes,
          ({ event, row }) => Effect.sync(() => told.push(`${event} ${row.id} ${row.nick} ${row.email}`))
        )
      )
    )))
  })

  it.live("an event that is emitted by a watcher of another one comes after it", () => {
    const told: Array<number> = []
    return Effect.gen(function*() {
      yield* Signals.emit(Placed, 1)
      assert.deepStrictEqual(told.splice(0), [1, 2, 3])
      yield* Transaction.run(Signals.emit(Placed, 1))
      assert.deepStrictEqual(told, [1, 2, 3])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.watch("next", Placed, (at) => at < 3 ? Effect.orDie(Signals.emit(Placed, at + 1)) : Effect.void),
        Signals.afterCommit("told", Placed, (at) => Effect.sync(() => told.push(at)))
      )
    )))
  })

  it.live("a context from outside of a savepoint that is undone tells nothing of what is in it", () => {
    const told: Array<string> = []
    return Effect.gen(function*() {
      const inside = (savepoint: "eager" | "lazy", end: Effect.Effect<void, string>) =>
        Transaction.run(Effect.gen(function*() {
          const outer = yield* Effect.context<Connect.Services | Signals.Signals>()
          yield* Effect.ignore(Transaction.run(
            Effect.gen(function*() {
              const work = Effect.gen(function*() {
                yield* Mutation.insert(User, user(1))
                yield* Signals.emit(Placed, 1)
                yield* Transaction.afterCommit(Effect.sync(() => told.push("registered")))
                yield* Transaction.afterRollback(Effect.sync(() => told.push("undone")))
              })
              yield* Effect.provide(work, outer)
              yield* end
            }),
            { savepoint }
          ))
        }))
      for (const savepoint of ["eager", "lazy"] as const) {
        yield* inside(savepoint, Effect.fail("no"))
        assert.deepStrictEqual(told.splice(0), ["undone"], savepoint)
        assert.deepStrictEqual(yield* Query.from(User), [])
        yield* inside(savepoint, Effect.void)
        assert.deepStrictEqual(told.splice(0).sort(), ["inserted 1", "placed 1", "registered"], savepoint)
        yield* Mutation.delete(User).pipe(Mutation.all)
      }
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.afterCommit("told", User, "inserted", ({ row }) => Effect.sync(() => told.push(`inserted ${row.id}`))),
        Signals.afterCommit("placed", Placed, (at) => Effect.sync(() => told.push(`placed ${at}`)))
      )
    )))
  })

  it.live("a savepoint hands over as much as there is", () => {
    let count = 0
    const size = 200_000
    return Effect.gen(function*() {
      const one = Transaction.afterCommit(Effect.sync(() => count++))
      yield* Transaction.run(Transaction.run(Effect.repeatN(one, size - 1)))
      assert.strictEqual(count, size)
    }).pipe(Effect.provide(under(database)))
  }, 60_000)
})
