/** Transactions whose network falls silent, under a timeout of their caller. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Field from "../../src/Field.js"
import type { Conditions } from "../../src/Faults.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Mysql from "../../src/Mysql.js"
import * as Query from "../../src/Query.js"
import * as Transaction from "../../src/Transaction.js"
import { behindProxy, connection, rows, server, table, timed } from "./server.js"

class Row extends Model.Class<Row>("Row")({ id: Schema.Int.pipe(Field.primaryKey) }, { table: "silent_rows" }) {}

const timeout = 300

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a transaction in a network that falls silent", () => {
  const insert = Mutation.insert(Row, { id: 1 })
  const failing = Effect.zipRight(insert, Effect.fail("no" as const))

  /** `left` rows are in the table when all is over; of an unknown outcome they may be. */
  const cases: ReadonlyArray<
    readonly [where: string, Conditions, body: Effect.Effect<unknown, unknown, any>, left: ReadonlyArray<number>]
  > = [
    ["at BEGIN, on the way there", { hang: { before: "start transaction" } }, insert, [0]],
    ["at BEGIN, on the way back", { hang: { after: "start transaction" } }, insert, [0]],
    ["in its body, on the way there", { hang: { before: /insert into/i } }, insert, [0]],
    ["in its body, on the way back", { hang: { after: /insert into/i } }, insert, [0]],
    ["at COMMIT, on the way there", { hang: { before: "commit" } }, insert, [0]],
    ["at COMMIT, on the way back", { hang: { after: "commit" } }, insert, [1]],
    ["at ROLLBACK, on the way there", { hang: { before: "rollback" } }, failing, [0]],
    ["at ROLLBACK, on the way back", { hang: { after: "rollback" } }, failing, [0]]
  ]

  it.live.each(cases)("%s", ([where, conditions, work, left]) =>
    Effect.scoped(Effect.gen(function*() {
      const observer = yield* connection()
      yield* table(observer, "silent_rows", "id int primary key")
      const { proxy, url } = yield* behindProxy()
      yield* Effect.gen(function*() {
        yield* Query.count(Query.from(Row))
        yield* proxy.set({ ...conditions, times: 1 })
        let told: Cause.Cause<unknown> = Cause.empty
        const body = Effect.onError(Transaction.run(work), (cause) => Effect.sync(() => (told = cause)))
        const [took, answer] = yield* timed(
          Effect.timeoutOption(body as Effect.Effect<unknown, unknown>, timeout)
        )
        assert.isTrue(Option.isNone(answer))
        assert.isBelow(took, timeout + 100)
        assert.strictEqual((yield* proxy.state).cuts, 1)
        const failures = Array.from(Cause.failures(told))
        if (where.includes("COMMIT")) {
          assert.strictEqual(failures.length, 1)
          assert.deepInclude(failures[0], { _tag: "TransactionError", reason: "unknownOutcome" })
        } else if (where.includes("ROLLBACK")) assert.deepStrictEqual(failures, ["no"])
        else assert.isTrue(Cause.isInterrupted(told) || failures.length === 1)
        // The connection was given up, the place is free.
        assert.isNumber(yield* Query.count(Query.from(Row)))
      }).pipe(Effect.provide(Mysql.layer({ url, size: 1 })))
      const found = yield* rows(observer, "select count(*) from silent_rows")
      assert.include(left, Number(found[0]?.[0]))
    })))
})
