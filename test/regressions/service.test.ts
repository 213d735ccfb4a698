/**
 * What hostile programs found in what a service in production relies on: secrets, lost connections, sessions, the package.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import * as net from "node:net"
import { fileURLToPath } from "node:url"
import { inspect } from "node:util"
import * as Connect from "../../src/Connect.js"
import type { ConfigurationError } from "../../src/DbError.js"
import * as Ddl from "../../src/Ddl.js"
import * as Expr from "../../src/Expr.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import { resolve as resolveMysql } from "../../src/mysql/options.js"
import { Session as MysqlSession } from "../../src/mysql/session.js"
import * as Mutation from "../../src/Mutation.js"
import { classify as classifyPostgres } from "../../src/postgres/classify.js"
import { resolve as resolvePostgres } from "../../src/postgres/options.js"
import * as Query from "../../src/Query.js"
import * as Transaction from "../../src/Transaction.js"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class Account extends Model.Class<Account>("Account")({
  id: Schema.Int.pipe(Field.primaryKey),
  email: Schema.String.pipe(Schema.maxLength(40), Field.unique),
  low: Schema.Int,
  high: Schema.Int
}, { table: "service_accounts", checks: { service_range: (a) => Expr.lt(a.low, a.high) } }) {}

const account = (id: number, email: string, low = 1) => Mutation.insert(Account, { id, email, low, high: 9 })

/** Keeps all that spans are told. */
const recording = () => {
  const told: Array<unknown> = []
  const types: Array<unknown> = []
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      told.push(name)
      const attributes = new Map<string, unknown>()
      return {
        _tag: "Span",
        name,
        spanId: "s",
        traceId: "t",
        parent,
        context,
        links,
        kind,
        sampled: true,
        status: { _tag: "Started", startTime },
        attributes,
        end: (_, exit) => {
          told.push(exit)
          if (Exit.isFailure(exit)) told.push(Cause.pretty(exit.cause), JSON.stringify(exit.cause))
        },
        attribute: (key, value) => {
          attributes.set(key, value)
          told.push(key, value)
          if (key === "error.type") types.push(value)
        },
        event: (...all) => told.push(all),
        addLinks: () => {}
      }
    },
    context: (execution) => execution()
  })
  return { tracer, types, text: () => told.map((one) => inspect(one, { depth: 12 })).join("\n") }
}

describe.each(available)("on $name", (database) => {
  const onFresh = (options?: Parameters<typeof layerOf>[1]) =>
    Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url, options)))

  it.live("spans end with the typed error, not with what the driver said", () =>
    Effect.gen(function*() {
      const canary = "canary@example.org"
      const { text, tracer, types } = recording()
      yield* Ddl.create(Account)
      yield* account(1, canary)
      const error = yield* Effect.flip(Effect.withTracer(account(2, canary), tracer))
      const again = yield* Effect.flip(Effect.withTracer(Ddl.create(Account), tracer))
      assert.strictEqual(error._tag, "UniqueViolation")
      assert.deepStrictEqual(types, ["UniqueViolation", again._tag])
      assert.notInclude(text(), canary)
      assert.notInclude(text(), "_tag: 'Failure',\n  kind")
    }).pipe(Effect.provide(onFresh())))

  it.live("an unknown isolation or access mode never becomes SQL", () =>
    Effect.gen(function*() {
      yield* Ddl.create(Account)
      for (const name of ["isolation", "access"]) {
        const mode = { isolation: "serializable", access: "read write" }[name]
        const options = { [name]: `${mode}; drop table service_accounts` }
        const error = yield* Effect.flip(Transaction.run(Effect.void, options as Transaction.Options))
        assert.strictEqual(error._tag, "ConfigurationError")
      }
      assert.strictEqual(yield* Query.count(Query.from(Account)), 0)
    }).pipe(Effect.provide(onFresh())))

  it.live("what is there already, or is not there, comes with what to do", () =>
    Effect.gen(function*() {
      const missing = yield* Effect.flip(Query.count(Query.from(Account)))
      assert(missing._tag === "QueryError")
      assert.match(missing.hint ?? "", /^create the table first/)
      yield* Ddl.create(Account)
      const again = yield* Effect.flip(Ddl.create(Account))
      assert(again._tag === "QueryError")
      assert.match(again.hint ?? "", /exists already: drop it first/)
    }).pipe(Effect.provide(onFresh())))

  it.live("a check over several columns tells them", () =>
    Effect.gen(function*() {
      yield* Ddl.create(Account)
      const error = yield* Effect.flip(account(1, "a", 20))
      assert(error._tag === "CheckViolation")
      assert.strictEqual(error.constraint, "service_range")
      assert.strictEqual(error.table, "service_accounts")
      assert.deepStrictEqual([...error.columns].sort(), ["high", "low"])
    }).pipe(Effect.provide(onFresh())))

  it.live("a reserved connection of SqlClient is one, and nobody else's", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* Ddl.create(Account)
      yield* Effect.scoped(Effect.gen(function*() {
        const mine = yield* sql.reserve
        yield* mine.execute("create temporary table service_mine (id int)", [], undefined)
        yield* Effect.all(
          Array.from({ length: 5 }, (_, id) => mine.execute(`insert into service_mine values (${id})`, [], undefined)),
          { concurrency: "unbounded" }
        )
        const others = yield* Effect.all(
          Array.from({ length: 3 }, () => Effect.either(sql`select id from service_mine`)),
          { concurrency: "unbounded" }
        )
        assert.isTrue(others.every((one) => one._tag === "Left"), "others see the session")
        const rows = yield* mine.execute("select id from service_mine", [], undefined)
        assert.strictEqual(rows.length, 5)
        yield* mine.execute("drop table service_mine", [], undefined)
      }))
      const inside = Effect.scoped(Effect.gen(function*() {
        const own = yield* sql.reserve
        yield* own.execute("insert into service_accounts (id, email, low, high) values (1, 'a', 1, 2)", [], undefined)
        return yield* Effect.fail("undo")
      }))
      assert.strictEqual(yield* Effect.flip(Transaction.run(inside)), "undo")
      assert.strictEqual(yield* Query.count(Query.from(Account)), 0)
    }).pipe(Effect.provide(onFresh({ size: 3 }))))
})

/** Forwards to a server until it has seen a word, and nothing from then on. */
const blackHole = (url: URL, word: RegExp) =>
  Effect.acquireRelease(
    Effect.async<{ readonly url: string; readonly close: () => void }>((resume) => {
      const sockets = new Set<net.Socket>()
      const server = net.createServer((client) => {
        const upstream = net.connect(Number(url.port), url.hostname)
        let isSilent = false
        for (const socket of [client, upstream]) {
          sockets.add(socket)
          socket.on("error", () => {})
          socket.on("close", () => {
            client.destroy()
            upstream.destroy()
          })
        }
        client.on("data", (data) => {
          isSilent ||= word.test(data.toString("latin1"))
          if (!isSilent) upstream.write(data)
        })
        upstream.on("data", (data) => isSilent || client.write(data))
      })
      server.listen(0, "127.0.0.1", () => {
        const through = new URL(url)
        through.hostname = "127.0.0.1"
        through.port = String((server.address() as net.AddressInfo).port)
        const close = () => {
          server.close()
          for (const socket of sockets) socket.destroy()
        }
        resume(Effect.succeed({ url: through.href, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

for (const { name, url } of available.filter((one) => one.name !== "sqlite")) {
  describe.concurrent(`a server that answers no more (${name})`, () => {
    const through = <A>(word: RegExp, use: (layer: ReturnType<typeof layerOf>) => Effect.Effect<A, unknown>) =>
      Effect.scoped(
        Effect.flatMap(
          blackHole(new URL(url), word),
          (proxy) => use(layerOf(proxy.url, { statementTimeout: "300 millis" }))
        )
      ).pipe(Effect.disconnect, Effect.timeout("15 seconds"))

    it.live(
      "does not hold a statement for longer than its timeout and some patience; what it did is not known",
      () =>
        through(/black_hole/, (layer) =>
          Effect.gen(function*() {
            const sql = yield* SqlClient.SqlClient
            const error = yield* Effect.flip(sql`select 1 as black_hole`)
            const cause = error.cause as {
              readonly _tag: string
              readonly reason: string
              readonly isRetryable: boolean
            }
            assert.deepStrictEqual([cause._tag, cause.reason, cause.isRetryable], ["ConnectionError", "lost", false])
            assert.deepStrictEqual(yield* sql`select 1 as one`, [{ one: 1 }])
          }).pipe(Effect.provide(layer))),
      20_000
    )

    it.live(
      "does not hold a COMMIT, whose outcome is unknown",
      () =>
        through(/\bcommit\b/, (layer) =>
          Effect.gen(function*() {
            const sql = yield* SqlClient.SqlClient
            const error = yield* Effect.flip(Transaction.run(sql`select 1 as one`))
            assert(error._tag === "TransactionError")
            assert.strictEqual(error.reason, "unknownOutcome")
          }).pipe(Effect.provide(layer))),
      20_000
    )

    it.live("does not hold a BEGIN", () =>
      through(/\bbegin\b|start transaction/, (layer) =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const error = yield* Effect.flip(Transaction.run(sql`select 1 as one`))
          // Where BEGIN goes with the first statement, it is that statement's error.
          const lost = error._tag === "SqlError" ? error.cause as typeof error : error
          assert.strictEqual(lost._tag, "ConnectionError")
        }).pipe(Effect.provide(layer))), 20_000)
  })
}

describe("an established connection that the network ends", () => {
  it("may have sent its statement, whatever the system calls it", () => {
    const raw = { on: () => {}, threadId: 1, stream: { destroy: () => {} } } as never
    const mysql = new MysqlSession({} as never, raw, {} as never, "mariadb", false)
    for (const code of ["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ECONNRESET", "EPIPE"]) {
      const lost = { error: "ConnectionError", reason: "lost", isRetryable: false }
      assert.deepStrictEqual<unknown>(mysql.failure({ code, fatal: true }).kind, lost, code)
      assert.deepStrictEqual<unknown>(classifyPostgres({ code }).kind, lost, code)
    }
  })
})

describe("a URL", () => {
  it.effect("without // names no database by its password", () =>
    Effect.gen(function*() {
      const secret = "canary"
      for (const scheme of ["postgres", "postgresql", "mysql", "mariadb"]) {
        const url = Redacted.make(`${scheme}:${secret}`)
        const resolve = scheme.startsWith("postgres") ? resolvePostgres : resolveMysql
        const error = yield* Effect.flip(resolve({ url }) as Effect.Effect<unknown, ConfigurationError>)
        assert.strictEqual(error._tag, "ConfigurationError")
        assert.notInclude(error.message, secret.slice(1))
        const built = yield* Effect.flip(Effect.scoped(Layer.build(Connect.layer(url))))
        assert.strictEqual(built._tag, "ConfigurationError")
      }
    }))
})

describe("the package", () => {
  it("hides every folder of src", () => {
    const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
    const { exports } = JSON.parse(readFileSync(at("package.json"), "utf8")) as { exports: Record<string, unknown> }
    const folders = readdirSync(at("src"), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    assert.isTrue(existsSync(at("src/testing")))
    for (const { name } of folders) assert.isNull(exports[`./${name}/*`], `./${name}/* is importable`)
  })
})
