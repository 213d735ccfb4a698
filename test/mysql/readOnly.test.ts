/** Servers that answer and yet take no writes. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { existsSync } from "node:fs"
import { make } from "../../src/mysql/driver.js"
import { PrivateMariaDb } from "../support/processes.js"
import { connection, kindOf, opened, rows, server } from "./server.js"

const isMariaDb = server?.name === "mariadb"
const galera = "/usr/lib/galera/libgalera_smm.so"

const privately = (settings: { readonly [name: string]: string }) =>
  Effect.flatMap(PrivateMariaDb({ settings }), ({ url }) => Effect.flatMap(make({ url: Redacted.make(url) }), opened))

describe("readOnlyReason", () => {
  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.scoped.skipIf(server === undefined)("is none where writes work", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      assert.isUndefined(yield* db.readOnlyReason)
      assert.isFalse(db.isDirty())
    }))

  // MySQL's programs are not looked for here.
  it.live.skipIf(!isMariaDb)("names the setting", () =>
    Effect.scoped(Effect.gen(function*() {
      const db = yield* privately({})
      assert.isUndefined(yield* db.readOnlyReason)
      yield* db.run("create database one", [], { prepare: false })
      yield* db.run("create user ada identified by 'x'", [], { prepare: false })
      yield* db.run("grant all on one.* to ada", [], { prepare: false })
      yield* db.run("set global read_only = 1", [], { prepare: false })
      assert.strictEqual(yield* db.readOnlyReason, "the server's read_only is on")
      const [[port]] = (yield* rows(db, "select @@port")) as [[unknown]]
      const ada = yield* Effect.flatMap(
        make({ host: "127.0.0.1", port: Number(port), username: "ada", password: Redacted.make("x"), database: "one" }),
        opened
      )
      assert.strictEqual(yield* ada.readOnlyReason, "the server's read_only is on")
      assert.deepStrictEqual<unknown>(yield* kindOf(ada.run("create table a (id int)", [])), {
        error: "QueryError",
        reason: "readOnly"
      })
    })), 60_000)

  // Not every machine has the library.
  it.live.skipIf(!isMariaDb || !existsSync(galera))(
    "tells of a Galera node without its cluster, which a ping does not",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const db = yield* privately({
          "wsrep-on": "ON",
          "wsrep-provider": galera,
          "wsrep-cluster-address": "gcomm://",
          "wsrep-node-address": "127.0.0.1:0",
          "wsrep-provider-options": "gmcast.listen_addr=tcp://127.0.0.1:0;gcache.size=8M",
          "binlog-format": "ROW",
          "innodb-autoinc-lock-mode": "2"
        })
        assert.isUndefined(yield* db.readOnlyReason)
        yield* db.run("create database one", [], { prepare: false })
        yield* db.run("create table one.a (id int primary key)", [], { prepare: false })
        yield* db.run("set global wsrep_cluster_address = ''", [], { prepare: false })
        yield* db.ping
        assert.match((yield* db.readOnlyReason) ?? "", /^the node is not ready for work in its cluster/)
        const failure = yield* Effect.flip(db.run("select * from one.a", []))
        assert.deepStrictEqual<unknown>(failure.kind, {
          error: "ConnectionError",
          reason: "refused",
          isRetryable: true
        })
        assert.strictEqual(failure.code, "1047")
        assert.isFalse(db.isBroken())
      })),
    60_000
  )
})
