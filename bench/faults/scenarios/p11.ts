/**
 * P11: a fiber that waits for a connection which only itself could give back.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Connect from "../../../src/Connect.js"
import * as Database from "../../../src/Database.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import * as Transaction from "../../../src/Transaction.js"
import { withDelay } from "../eventLoop.js"
import { ms, outcomeOf, rowsOf } from "../figures.js"
import type { Scenario } from "../scenario.js"

class Item extends Model.Class<Item>("Item")({
  id: Schema.Int.pipe(Field.primaryKey)
}, { table: "p11_items" }) {}

const items = Query.stream(Query.from(Item))
const count = Query.count(Query.from(Item))

/** At once, as far as a busy machine goes. */
const limit = 100
/** Whether a fiber waits for those that it has forked is not known, so that the deadlock is one when nothing came of the wait. */
const childLimit = 2_500

export const p11: Scenario = {
  id: "P11",
  title: "Self-deadlock on a pool of one",
  databases: ["postgres", "mariadb", "sqlite"],
  run: (target) =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const database = yield* Database.Database
      yield* Ddl.create(Item)
      yield* Mutation.insertMany(Item, Array.from({ length: 1_000 }, (_, id) => ({ id })))

      const child = "a query of a child fiber within a reservation"
      const selfDeadlock = "ConnectionError/selfDeadlock"
      const consumer = Stream.runForEach(Stream.take(items, 3), () => count)
      const cases: ReadonlyArray<
        readonly [
          what: string,
          effect: Effect.Effect<unknown, unknown, Connect.Services>,
          expected: ReadonlyArray<string>
        ]
      > = [
        ["a reservation within a reservation", Effect.scoped(Effect.zipRight(sql.reserve, sql.reserve)), [
          selfDeadlock
        ]],
        ["a transaction within a reservation", Effect.scoped(Effect.zipRight(sql.reserve, Transaction.run(count))), [
          selfDeadlock
        ]],
        ["a query within a reservation", Effect.scoped(Effect.zipRight(sql.reserve, count)), [selfDeadlock]],
        [
          child,
          Effect.scoped(
            Effect.zipRight(sql.reserve, Effect.all([count, Effect.void], { concurrency: 2 }))
          ),
          [selfDeadlock]
        ],
        // It has the transaction's own connection.
        [
          "a reservation within a transaction",
          Transaction.run(Effect.scoped(
            Effect.flatMap(sql.reserve, (own) => own.execute("select 1 as one", [], undefined))
          )),
          ["ok"]
        ],
        ["a query from the consumer of a stream", consumer, ["ok", selfDeadlock]],
        ["a query from the consumer of a stream within a transaction", Transaction.run(consumer), [
          "ok",
          selfDeadlock,
          "QueryError/other"
        ]],
        ...(target.name === "sqlite" ? [] : [
          ["an advisory lock within a transaction", Transaction.run(Effect.scoped(database.lock("p11", "wait"))), [
            selfDeadlock
          ]] as const,
          ["a query under an advisory lock", Effect.scoped(Effect.zipRight(database.lock("p11", "wait"), count)), [
            selfDeadlock
          ]] as const
        ])
      ]
      return yield* Effect.forEach(cases, ([what, effect, expected]) =>
        Effect.gen(function*() {
          const [{ outcome, time }, delay] = yield* withDelay(Effect.gen(function*() {
            const start = yield* Clock.currentTimeMillis
            const exit = yield* Effect.timeoutOption(Effect.disconnect(Effect.exit(effect)), "3 seconds")
            return {
              outcome: Option.match(exit, { onNone: () => "hangs", onSome: outcomeOf }),
              time: (yield* Clock.currentTimeMillis) - start
            }
          }))
          // Nothing of it may be left.
          const after = outcomeOf(yield* Effect.exit(count))
          const isChild = what === child
          return rowsOf("P11", target)(
            what,
            `${expected.join(" or ")}, ${isChild ? "when the pool sheds" : "at once"}`,
            {
              observed: `${outcome} after ${ms(time)} (event loop ${ms(delay)})${
                after === "ok" ? "" : `; then ${after}`
              }`,
              count: 1,
              ok: expected.includes(outcome) && time <= (isChild ? childLimit : limit) + delay && after === "ok"
            }
          )
        }))
    }).pipe(Effect.provide(Connect.layer(target.url, { size: 1, acquireTimeout: "10 seconds" })))
}
