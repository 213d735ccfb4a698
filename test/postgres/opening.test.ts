import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Connection } from "../../src/Driver.js"
import * as Postgres from "../../src/Postgres.js"
import * as Transaction from "../../src/Transaction.js"
import { connection, errorMessage, message, plain, pretend, proxied, rows, server } from "./server.js"

/** Begins without a round trip of its own. */
const begin = (one: Connection, options = plain) => one.beginWithNext!(options)

/** A server that answers each Sync by what it is given, after it has met the driver. */
const answering = (answers: (asked: string) => Buffer) => {
  const row = ["15.0", "150000", "UTF8", "x", "default"]
  const int = (value: number): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(value)
    return bytes
  }
  const ready = message("Z", Buffer.from("I"))
  const cells = row.flatMap((cell) => [int(cell.length), Buffer.from(cell)])
  const probed = [message("1"), message("2"), message("D", Buffer.from([0, row.length]), ...cells)]
  const seen = new WeakSet<object>()
  return pretend((socket, bytes) => {
    const asked = bytes.toString("latin1")
    if (!seen.has(socket)) {
      seen.add(socket)
      socket.write(Buffer.concat([message("R", int(0)), message("K", int(1), int(2)), ready]))
    } else if (asked.includes("server_version")) {
      socket.write(Buffer.concat([...probed, message("C", "SELECT 1"), ready]))
    } else if (asked.startsWith("Q")) socket.write(Buffer.concat([message("I"), ready]))
    else socket.write(Buffer.concat([answers(asked), ready]))
  })
}

describe("a BEGIN that fails with the first statement", () => {
  for (const [way, run] of [["a statement", "unsafe"], ["a savepoint", "savepoint"]] as const) {
    it.scopedLive(`is a TransactionError, and ${way} is not run`, () =>
      Effect.gen(function*() {
        const asked: Array<string> = []
        const { port } = yield* answering((text) => {
          asked.push(text)
          return text.includes("begin") ? errorMessage("55000", "no", "ERROR") : message("C", "SELECT 0")
        })
        const layer = Postgres.layer({ host: "127.0.0.1", port, username: "x", size: 1 })
        const [first, second] = yield* Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const inner = sql.unsafe("select 'first'")
          return yield* Transaction.run(Effect.gen(function*() {
            const first = yield* Effect.exit(run === "unsafe" ? inner : Transaction.run(inner))
            return [first, yield* Effect.exit(sql.unsafe("select 'second'"))] as const
          })).pipe(
            Effect.catchTag("TransactionError", (error) => {
              assert.strictEqual(error.reason, "commit")
              return Effect.succeed([undefined, undefined] as const)
            })
          )
        }).pipe(Effect.provide(layer))
        assert.isUndefined(first)
        assert.isUndefined(second)
        // Nothing is sent to a transaction that there is not.
        assert.strictEqual(asked.filter((text) => text.includes("select '") || text.includes("savepoint")).length, 1)
      }))
  }

  it.scopedLive("says so", () =>
    Effect.gen(function*() {
      const { port } = yield* answering(() => errorMessage("55000", "no", "ERROR"))
      const layer = Postgres.layer({ host: "127.0.0.1", port, username: "x", size: 1 })
      const error = yield* Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        return yield* Effect.flip(Transaction.run(sql.unsafe("select 1")))
      }).pipe(Effect.provide(layer))
      const { cause } = error as { readonly cause?: { readonly reason?: unknown; readonly state?: unknown } }
      assert.deepStrictEqual([cause?.reason, cause?.state], ["begin", "rolledBack"])
    }))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a transaction that begins with its first statement", () => {
  it.scoped("is one before that, and was never sent where none comes", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      for (const end of [one.commit, one.rollback]) {
        yield* begin(one)
        assert.isTrue(one.isInTransaction())
        assert.strictEqual(one.begun!(), "unsent")
        assert.strictEqual((yield* Effect.flip(begin(one))).code, "25001")
        yield* end
        assert.isFalse(one.isInTransaction())
      }
      yield* rows(one, "select 1")
      assert.isFalse(one.isInTransaction())
    }))

  it.scoped("has its modes, whatever comes first", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const text = "select current_setting('transaction_isolation')"
      const firsts: ReadonlyArray<() => Effect.Effect<unknown, unknown>> = [
        () => rows(one, text),
        () => one.run(text, []),
        () => one.native(text, []),
        () => one.native(`${text}, $1`, ["a"]),
        () => one.run("savepoint a", [], { prepare: false, isStep: true }),
        () => Stream.runDrain(one.stream(text, [])),
        () => Stream.runDrain(one.nativeStream(text, [])),
        () => Effect.flip(rows(one, "select 1\u0000"))
      ]
      for (const first of [...firsts, ...firsts]) {
        yield* begin(one, { ...plain, isolation: "serializable" })
        yield* first()
        assert.isTrue(one.isInTransaction())
        assert.deepStrictEqual(yield* rows(one, text), [["serializable"]])
        assert.strictEqual(one.begun!(), "sent")
        yield* one.commit
        assert.isFalse(one.isInTransaction())
      }
    }))

  it.scoped("is failed where its first statement fails", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* begin(one)
      yield* Effect.flip(rows(one, "select 1 / 0"))
      assert.strictEqual(one.begun!(), "sent")
      assert.isTrue(one.isInTransaction())
      assert.strictEqual((yield* Effect.flip(rows(one, "select 1"))).code, "25P02")
      yield* one.rollback
      assert.deepStrictEqual(yield* rows(one, "select 1"), [["1"]])
    }))

  it.scoped("is begun anew where the server has forgotten its statements", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const first = Effect.zipRight(begin(one), one.run("select 'kept', $1", ["a"]))
      yield* Effect.zipRight(first, one.commit)
      // Out of sight of the driver.
      yield* rows(one, "do $$ begin execute 'deallocate all'; end $$")
      assert.deepStrictEqual((yield* first).rows, [["kept", "a"]])
      assert.isTrue(one.isInTransaction())
      yield* one.commit
    }))

  it.scopedLive("goes to another connection where the first is lost with it", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied
      const url = Redacted.make(proxy.url(server?.url ?? ""))
      yield* Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`drop table if exists opening`
        yield* sql`create table opening (a integer)`
        for (const place of [{ before: "insert" }, { after: "insert" }]) {
          let runs = 0
          yield* proxy.set({ cut: place, times: 1 })
          yield* Transaction.run(Effect.gen(function*() {
            runs++
            yield* sql`insert into opening values (1)`
            yield* sql`insert into opening values (2)`
          }))
          assert.strictEqual(runs, 1)
          assert.strictEqual((yield* proxy.state).cuts, place.before === undefined ? 2 : 1)
        }
        assert.deepStrictEqual(yield* sql`select a from opening order by a`, [{ a: 1 }, { a: 1 }, { a: 2 }, { a: 2 }])
        // What is lost later has taken the first statement with it.
        yield* proxy.set({ cut: { before: "values (2)" }, times: 1 })
        const exit = yield* Effect.exit(Transaction.run(Effect.gen(function*() {
          yield* sql`insert into opening values (1)`
          yield* sql`insert into opening values (2)`
        })))
        assert.isTrue(Exit.isFailure(exit))
        assert.deepStrictEqual(yield* sql`select count(*)::int as n from opening`, [{ n: 4 }])
        yield* sql`drop table opening`
      }).pipe(Effect.provide(Postgres.layer({ url, size: 2 })))
    }))

  it.scopedLive("leaves nothing open when it is interrupted before that", () =>
    Effect.gen(function*() {
      yield* Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const idle = Effect.timeout(Transaction.run(Effect.never), 20)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(idle)))
        // Which is only done in a transaction.
        const { cause } = yield* Effect.flip(sql`lock table pg_class in access share mode`)
        assert.strictEqual((cause as { readonly code?: unknown }).code, "25P01")
      }).pipe(Effect.provide(Postgres.layer({ url: Redacted.make(server?.url ?? ""), size: 1 })))
    }))
})
