/**
 * P11: a fiber that waits for a connection which only itself could give back.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as AdvisoryLock from "../../../src/AdvisoryLock.js"
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
import type { Scenario, Target } from "../scenario.js"

class Item extends Model.Class<Item>("Item")({
  id: Schema.Int.pipe(Field.primaryKey)
}, { table: "p11_items" }) {}

const items = Query.stream(Query.from(Item))
const count = Query.count(Query.from(Item))

/** At once, as far as a busy machine goes. */
const limit = 100
/** A fiber that waits for one that it has forked, where Effect says so: told when nothing has come back for this long. */
const grace = 1_000
/** Where Effect does not say so, the deadlock is one when nothing came of the wait, however long that may be. */
const acquireTimeout = 1_500
const shedAfter = 2_400

const casesOf = (target: Target, overload: "shed" | "queue") =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const database = yield* Database.Database

    const selfDeadlock = "ConnectionError/selfDeadlock"
    const consumer = Stream.runForEach(Stream.take(items, 3), () => count)
    const cases: ReadonlyArray<
      readonly [
        what: string,
        effect: Effect.Effect<unknown, unknown, Connect.Services>,
        expected: ReadonlyArray<string>,
        /** When it is told, where that is not at once. */
        after?: number
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
        "a query with a timeout within a reservation",
        Effect.scoped(Effect.zipRight(sql.reserve, Effect.timeout(count, "10 seconds"))),
        [selfDeadlock],
        grace
      ],
      [
        "a query beside others within a reservation",
        Effect.scoped(
          Effect.zipRight(sql.reserve, Effect.all([count, Effect.void], { concurrency: 2 }))
        ),
        [selfDeadlock],
        overload === "queue" ? acquireTimeout : shedAfter
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
        ]] as const,
        [
          "a query with a timeout under an advisory lock",
          AdvisoryLock.withLock(Effect.timeout(count, "10 seconds"), "p11"),
          [selfDeadlock],
          grace
        ] as const
      ])
    ]
    return yield* Effect.forEach(cases, ([what, effect, expected, after = 0]) =>
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
        const then = outcomeOf(yield* Effect.exit(count))
        return rowsOf("P11", target)(
          `${what} (${overload})`,
          `${expected.join(" or ")}, within ${ms(after + limit)} (beside the event loop's delay)`,
          {
            observed: `${outcome} after ${ms(time)} (event loop ${ms(delay)})${then === "ok" ? "" : `; then ${then}`}`,
            count: 1,
            ok: expected.includes(outcome) && time <= after + limit + delay && then === "ok"
          }
        )
      }))
  }).pipe(Effect.provide(Connect.layer(target.url, {
    size: 1,
    overload,
    acquireTimeout: overload === "queue" ? acquireTimeout : "10 seconds"
  })))

export const p11: Scenario = {
  id: "P11",
  title: "Self-deadlock on a pool of one",
  databases: ["postgres", "mariadb", "sqlite"],
  run: (target) =>
    Effect.gen(function*() {
      yield* Effect.provide(
        Effect.zipRight(
          Ddl.create(Item),
          Mutation.insertMany(Item, Array.from({ length: 1_000 }, (_, id) => ({ id })))
        ),
        Connect.layer(target.url)
      )
      return [...yield* casesOf(target, "shed"), ...yield* casesOf(target, "queue")]
    })
}
