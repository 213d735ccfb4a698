/**
 * What failures of servers advise.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Connect from "../src/Connect.js"
import * as Faults from "../src/Faults.js"
import * as Transaction from "../src/Transaction.js"
import { available, fresh } from "./support/databases.js"

/** Tag, reason and hint. */
const told = (error: SqlError): string => {
  const { _tag, hint, reason } = error.cause as Partial<Record<"_tag" | "reason" | "hint", string>>
  return `${_tag}/${reason}: ${hint}`
}

for (const database of available.filter(({ name }) => name !== "sqlite")) {
  const isPostgres = database.name === "postgres"
  const sleep = (seconds: number) => isPostgres ? `select pg_sleep(${seconds})` : `select sleep(${seconds})`

  describe(`a failure on ${database.name}`, () => {
    it.scopedLive("of a write whose connection died after it was sent: look at the data", () =>
      Effect.gen(function*() {
        const { url } = yield* Effect.promise(() => fresh(database))
        const proxy = yield* Faults.proxy({ port: Number(new URL(url).port) })
        yield* Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* sql`create table hints (id int primary key)`
          yield* proxy.set({ cut: { after: "insert into hints" }, times: 1 })
          const error = yield* Effect.flip(sql.unsafe("insert into hints (id) values (1)").unprepared)
          assert.match(told(error), /^ConnectionError\/lost: .*may have taken effect: look at the data/)
        }).pipe(Effect.provide(Connect.layer(proxy.url(url), { size: 1 })))
      }))

    it.scopedLive("of two statements in one, of a lock, of a time that is over", () =>
      Effect.gen(function*() {
        const { url } = yield* Effect.promise(() => fresh(database))
        const context = yield* Layer.build(
          Connect.layer(url, { size: 3, statementTimeout: "1500 millis", lockTimeout: "1 second" } as never)
        )
        const sql = Context.get(context, SqlClient.SqlClient)
        yield* sql`create table hints (id int primary key)`
        yield* sql`insert into hints values (1)`
        yield* Effect.gen(function*() {
          for (const text of ["select 1; select 2", "select ';' ;\n drop table hints"]) {
            assert.match(told(yield* Effect.flip(sql.unsafe(text))), /^QueryError\/syntax: .*one statement/)
          }
          assert.strictEqual(told(yield* Effect.flip(sql`select ';' fro x y z`)), "QueryError/syntax: undefined")
          const isHeld = yield* Deferred.make<void>()
          const holder = yield* Effect.fork(Transaction.run(
            sql`update hints set id = 2`.pipe(
              Effect.zipRight(Deferred.succeed(isHeld, undefined)),
              Effect.zipRight(Effect.never)
            )
          ))
          yield* Deferred.await(isHeld)
          const locked = yield* Effect.flip(sql`update hints set id = 3`)
          assert.match(told(locked), /^ConflictError\/lockTimeout: .*keep transactions short, or raise lockTimeout/)
          yield* Fiber.interrupt(holder)
          assert.match(told(yield* Effect.flip(sql.unsafe(sleep(5)))), /^TimeoutError\/undefined: .*statementTimeout/)
        }).pipe(Effect.provide(context))
      }))

    it.scopedLive("of a statement that the end of the pool has cut off: closed", () =>
      Effect.gen(function*() {
        const scope = yield* Scope.make()
        const context = yield* Layer.buildWithScope(
          Connect.layer(database.url, { shutdownTimeout: "200 millis" }),
          scope
        )
        const running = yield* Effect.fork(Effect.flip(Context.get(context, SqlClient.SqlClient).unsafe(sleep(20))))
        yield* Effect.sleep("300 millis")
        yield* Scope.close(scope, Exit.void)
        assert.match(told(yield* Fiber.join(running)), /^ConnectionError\/closed/)
      }))
  })
}
