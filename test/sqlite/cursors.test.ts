import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Connection, Failure } from "../../src/Driver.js"
import { all, connect, file, rows, runAll } from "./databases.js"

const total = 2000
const begin = { isolation: undefined, access: undefined, deferrable: undefined }
const query = "select a, b from t where a > ? order by a"

const filled = (connection: Connection) =>
  runAll(
    connection,
    "create table t (a integer primary key, b text)",
    `insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < ${total}) select i, 'b' || i from n`
  )

const collect = (stream: Stream.Stream<ReadonlyArray<unknown>, Failure>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

const expected = Array.from({ length: total }, (_, index) => [index + 1, `b${index + 1}`])

/** Names of the temporary tables that are left. */
const leftovers = (connection: Connection) => rows(connection, "select name from sqlite_temp_schema")

for (const [where, database] of all) {
  describe(`streams in ${where}`, () => {
    const each = <E>(name: string, test: (connection: Connection) => Effect.Effect<void, E, Scope.Scope>) =>
      it.scoped(name, () =>
        Effect.gen(function*() {
          const connection = yield* Effect.flatMap(database, connect)
          yield* filled(connection)
          yield* test(connection)
          assert.deepStrictEqual(yield* leftovers(connection), [])
        }))

    for (const mode of ["outside of a transaction", "in a transaction", "in a read-only transaction"] as const) {
      const within = <A>(connection: Connection, effect: Effect.Effect<A, Failure, Scope.Scope>) =>
        mode === "outside of a transaction" ? effect : connection.begin({
          ...begin,
          access: mode === "in a transaction" ? "read write" : "read only"
        }).pipe(Effect.zipRight(effect), Effect.zipLeft(connection.commit))

      each(`every row in order, ${mode}`, (connection) =>
        within(
          connection,
          Effect.gen(function*() {
            assert.deepStrictEqual(yield* collect(connection.stream(query, [0n])), expected)
            assert.deepStrictEqual(yield* collect(connection.stream(query, [BigInt(total)])), [])
            const exact = yield* collect(
              connection.stream("select 9007199254740993, null, 0.5, 'x', x'00'", [], { exactIntegers: true })
            )
            assert.deepStrictEqual(exact, [[9007199254740993n, null, 0.5, "x", Buffer.from([0])]])
          })
        ))

      each(`ended early, or with the consumer's failure, ${mode}`, (connection) =>
        within(
          connection,
          Effect.gen(function*() {
            const some = yield* collect(Stream.take(connection.stream(query, [0n]), 300))
            assert.deepStrictEqual(some, expected.slice(0, 300))
            const exit = yield* Effect.exit(Stream.runForEach(connection.stream(query, [0n]), () => Effect.interrupt))
            assert.isTrue(Exit.isInterrupted(exit))
            assert.deepStrictEqual(yield* rows(connection, "select count(*) from t"), [[total]])
          })
        ))

      each(`whose consumer reads, and streams, ${mode}`, (connection) =>
        within(
          connection,
          Effect.gen(function*() {
            let seen = 0
            yield* Stream.runForEach(connection.stream("select a from t where a <= 600", []), ([a]) =>
              Effect.gen(function*() {
                assert.deepStrictEqual(yield* rows(connection, "select b from t where a = ?", a), [[`b${String(a)}`]])
                if (Number(a) % 300 === 0) {
                  seen += (yield* collect(connection.stream(query, [0n]))).length
                }
              }))
            assert.strictEqual(seen, 2 * total)
          })
        ))
    }

    for (const inTransaction of [false, true]) {
      each(
        `whose consumer writes what is streamed, ${inTransaction ? "in" : "outside of"} a transaction`,
        (connection) =>
          Effect.gen(function*() {
            if (inTransaction) yield* connection.begin(begin)
            const seen: Array<unknown> = []
            yield* Stream.runForEach(connection.stream(query, [0n]), ([a, b]) => {
              seen.push([a, b])
              return Effect.zipRight(
                connection.run("delete from t where a = ?", [a]),
                connection.run("insert into t values (?, ?)", [BigInt(Number(a) + total), b])
              )
            })
            assert.deepStrictEqual(seen, expected)
            if (inTransaction) yield* connection.commit
            assert.deepStrictEqual(yield* rows(connection, "select min(a), max(a) from t"), [[total + 1, 2 * total]])
          })
      )
    }

    each("one opened aside goes on without its connection, whatever that does", (connection) =>
      Effect.gen(function*() {
        const scope = yield* Scope.make()
        const stream = yield* Scope.extend(connection.streamAside!(query, [0n]), scope)
        yield* connection.begin(begin)
        const seen: Array<unknown> = []
        yield* Stream.runForEach(stream, (row) => {
          seen.push(row)
          return seen.length === 600
            ? Effect.zipRight(connection.run("delete from t", []), connection.rollback)
            : Effect.void
        })
        assert.deepStrictEqual(seen, expected)
        yield* connection.begin(begin)
        yield* Scope.close(scope, Exit.void)
        // What is dropped in a transaction comes back with its rollback, and is dropped again.
        yield* connection.rollback
      }))

    each("of what the transaction has not committed", (connection) =>
      Effect.gen(function*() {
        yield* connection.begin(begin)
        yield* connection.run("delete from t where a > 2", [])
        assert.deepStrictEqual(yield* collect(connection.stream(query, [0n])), expected.slice(0, 2))
        yield* connection.rollback
      }))

    each("that outlives its transaction fails typed", (connection) =>
      Effect.gen(function*() {
        yield* connection.begin(begin)
        let seen = 0
        const exit = yield* Effect.flip(Stream.runForEach(connection.stream(query, [0n]), () => {
          seen++
          return seen === 300 ? connection.rollback : Effect.void
        }))
        assert.deepStrictEqual(exit.kind, { error: "QueryError", reason: "aborted" })
        assert.isBelow(seen, total)
      }))

    each(
      "of other statements: writing ones, pragmas, common table expressions, temporary tables",
      (connection) =>
        Effect.gen(function*() {
          const deleted = yield* collect(connection.stream("delete from t where a < ? returning a", [3n]))
          assert.deepStrictEqual(deleted, [[1], [2]])
          assert.deepStrictEqual(yield* collect(connection.stream("delete from t", [])), [])
          assert.strictEqual((yield* collect(connection.stream("pragma table_info(t)", []))).length, 2)
          const n = "with n(i) as (values (1), (2)) select i, i from n -- end"
          assert.deepStrictEqual(yield* collect(connection.stream(n, [])), [[1, 1], [2, 2]])
          yield* runAll(connection, "create temp table own as select 5 as a")
          assert.deepStrictEqual(yield* collect(connection.stream("select a from own", [])), [[5]])
          yield* runAll(connection, "drop table own")
        })
    )

    each("that are wrong fail typed before the first row", (connection) =>
      Effect.gen(function*() {
        const kind = (text: string, ...parameters: ReadonlyArray<unknown>) =>
          Effect.map(Effect.flip(collect(connection.stream(text, parameters))), (failure) => failure.kind)
        assert.deepStrictEqual(yield* kind("select * from nowhere"), { error: "QueryError", reason: "undefinedObject" })
        assert.deepStrictEqual(yield* kind("selec"), { error: "QueryError", reason: "syntax" })
        assert.deepStrictEqual(yield* kind(query), { error: "QueryError", reason: "data" })
        assert.deepStrictEqual(yield* kind("select sum(9223372036854775807) from t"), {
          error: "QueryError",
          reason: "data"
        })
      }))
  })
}

describe("streams of a file", () => {
  it.scoped("see what was committed when they began, and hold no lock", () =>
    Effect.gen(function*() {
      const opened = yield* file
      const first = yield* connect(opened)
      const second = yield* connect(opened)
      yield* filled(first)
      const seen: Array<unknown> = []
      yield* Stream.runForEach(first.stream(query, [0n]), (row) => {
        seen.push(row)
        return seen.length === 1 ? second.run("delete from t", []) : Effect.void
      })
      assert.deepStrictEqual(seen, expected)
      assert.deepStrictEqual(yield* rows(first, "select count(*) from t"), [[0]])
    }))
})
