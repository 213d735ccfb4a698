import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { execFile } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { inspect } from "node:util"
import * as Connect from "../src/Connect.js"
import * as Database from "../src/Database.js"
import type { ConnectFailure } from "../src/DbError.js"
import { available, fresh } from "./support/databases.js"

const secret = "hunter2-canary"

const open = (layer: Layer.Layer<Connect.Services, ConnectFailure>) => Effect.scoped(Layer.build(layer))

/** The failure of opening, which says nothing of the password wherever it is shown. */
const failure = (...args: Parameters<typeof Connect.layer>) =>
  Effect.map(Effect.exit(open(Connect.layer(...args))), (exit) => {
    if (!Exit.isFailure(exit) || exit.cause._tag !== "Fail") {
      return assert.fail(`it is no typed failure: ${String(exit)}`)
    }
    const { error } = exit.cause
    for (
      const shown of [
        error.message,
        String(error),
        JSON.stringify(error),
        inspect(error, { depth: 9 }),
        String(exit.cause)
      ]
    ) {
      assert.notInclude(shown, secret)
    }
    return error
  })

const configurationError = (...args: Parameters<typeof Connect.layer>) =>
  Effect.map(failure(...args), (error) => {
    assert.strictEqual(error._tag, "ConfigurationError")
    return error.message
  })

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "strata-connect-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** A port of this machine that nobody listens on. */
const closedPort = Effect.async<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

const serverOf = (layer: Layer.Layer<Connect.Services, ConnectFailure>) =>
  Effect.provide(Effect.map(Database.Database, ({ server }) => server.name), layer)

describe("a URL", () => {
  it.live("that nothing understands is refused, with the forms that are", () =>
    Effect.gen(function*() {
      const urls = [
        "",
        secret,
        `oracle://ada:${secret}@localhost/test`,
        `ada:${secret}@localhost/test`,
        `${secret}:x@localhost`,
        `postgres//ada:${secret}@localhost/test`,
        `//ada:${secret}@localhost`,
        ` postgres://ada:${secret}@localhost/test`
      ]
      for (const url of urls) {
        const message = yield* configurationError(url)
        assert.strictEqual(yield* configurationError(Redacted.make(url)), message)
        assert.match(message, /^The database URL is none that is understood\n {2}hint: there are sqlite:app\.db/)
        for (const scheme of ["sqlite::memory:", "postgres://", "postgresql:", "mysql://", "mariadb:"]) {
          assert.include(message, scheme)
        }
      }
    }))

  it.live("with a mistake beyond its scheme is refused by the database that it names", () =>
    Effect.gen(function*() {
      assert.match(yield* configurationError(`postgres://ada:${secret}@host:port/x`), /PostgreSQL/)
      assert.match(yield* configurationError(`mariadb://ada:${secret}%@localhost/x`), /MySQL|MariaDB/)
      assert.match(yield* configurationError(`mysql://ada:x@localhost/x?password=${secret}`), /"password"/)
      assert.match(yield* configurationError("sqlite:"), /names no file/)
      assert.match(yield* configurationError(`sqlite://ada:${secret}@host/x.db`), /has a host/)
      assert.match(yield* configurationError(`sqlite:x.db?key=${secret}`), /has parameters/)
      assert.match(yield* configurationError("sqlite:/nowhere/at/all/x.db"), /directory .* does not exist/)
    }))

  it.scoped("of SQLite names a file, or memory", () =>
    Effect.gen(function*() {
      const folder = yield* directory
      assert.strictEqual(yield* serverOf(Connect.layer("sqlite::memory:")), "sqlite")
      assert.strictEqual(yield* serverOf(Connect.layer(Redacted.make(`SQLite:${folder}/a b.db`))), "sqlite")
      assert.isTrue(existsSync(join(folder, "a b.db")))
      assert.strictEqual(yield* serverOf(Connect.layer(`sqlite://${folder}/b.db`)), "sqlite")
      assert.isTrue(existsSync(join(folder, "b.db")))
    }))

  for (const { name, url, version } of available) {
    it.live(`of ${name} opens it, with SqlClient over the same connections`, () =>
      Effect.gen(function*() {
        const { server } = yield* Database.Database
        assert.deepStrictEqual([server.name, server.version.startsWith(version)], [name, true])
        const sql = yield* SqlClient.SqlClient
        assert.deepStrictEqual((yield* sql`select 1 as one`).map((row) => Number(row["one"])), [1])
      }).pipe(Effect.provide(Connect.layer(url))))
  }
})

describe("options", () => {
  it.live("are those of the database", () =>
    Effect.gen(function*() {
      assert.match(
        yield* configurationError("sqlite::memory:", { statementTimeout: "1 second" }),
        /statementTimeout/
      )
      assert.match(yield* configurationError("sqlite::memory:", { size: 0 }), /pool option size is 0/)
      for (const { url } of available) {
        assert.match(
          yield* configurationError(url, { minimum: 5, size: 2 }),
          /minimum \(5\) is greater than size \(2\)/
        )
      }
    }))
})

describe("lockTimeout", () => {
  for (const database of available) {
    it.live(`is kept by ${database.name}`, () =>
      Effect.gen(function*() {
        const own = yield* Effect.promise(() => fresh(database))
        yield* Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* sql`create table locks (id int primary key)`
          const isHeld = yield* Deferred.make<void>()
          const write = sql`insert into locks values (1)`
          const hold = Effect.zipRight(write, Effect.zipRight(Deferred.succeed(isHeld, undefined), Effect.never))
          yield* Effect.forkScoped(sql.withTransaction(hold))
          yield* Deferred.await(isHeld)
          const error = yield* Effect.flip(write)
          assert.deepInclude(error.cause as object, { _tag: "ConflictError", reason: "lockTimeout" })
        }).pipe(Effect.scoped, Effect.provide(Connect.layer(own.url, { lockTimeout: "300 millis", size: 2 })))
      }))
  }
})

describe("layerConfig", () => {
  const withConfig = (entries: ReadonlyArray<readonly [string, string]>) =>
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(entries)))

  it.effect("reads the URL, and options where they are Configs", () =>
    Effect.gen(function*() {
      const layer = Connect.layerConfig(
        Config.redacted("DATABASE_URL"),
        Config.all({ size: Config.integer("POOL_SIZE") })
      )
      const name = Effect.provide(Effect.map(Database.Database, ({ server }) => server.name), layer)
      assert.strictEqual(
        yield* withConfig([["DATABASE_URL", "sqlite::memory:"], ["POOL_SIZE", "1"]])(name),
        "sqlite"
      )
      const refused = yield* Effect.flip(withConfig([["DATABASE_URL", "sqlite::memory:"], ["POOL_SIZE", "7"]])(name))
      assert.match(String(refused), /A database in memory has one connection/)
      const missing = yield* Effect.flip(withConfig([["POOL_SIZE", "1"]])(name))
      assert.include(String(missing), "DATABASE_URL")
    }))

  it.effect("takes plain pool options too", () =>
    Effect.gen(function*() {
      const layer = Connect.layerConfig(Config.redacted("DATABASE_URL"), { size: 1, acquireTimeout: "1 second" })
      const name = Effect.provide(Effect.map(Database.Database, ({ server }) => server.name), layer)
      assert.strictEqual(yield* withConfig([["DATABASE_URL", "sqlite::memory:"]])(name), "sqlite")
    }))
})

describe("a database that cannot be had", () => {
  for (const scheme of ["postgres", "mysql", "mariadb"]) {
    it.live(`${scheme}: nobody listens`, () =>
      Effect.gen(function*() {
        const port = yield* closedPort
        const error = yield* failure(`${scheme}://ada:${secret}@127.0.0.1:${port}/test`, {
          acquireTimeout: "5 seconds"
        })
        assert.deepInclude(error as object, { _tag: "ConnectionError", reason: "refused", isRetryable: true })
        assert.match(error.message, /^The database could not be reached/)
        assert.match(error.message, /hint: /)
      }))
  }

  for (const { name, url } of available) {
    if (name === "sqlite") continue

    it.live(`${name}: wrong user or password`, () =>
      Effect.gen(function*() {
        const wrong = new URL(url)
        wrong.username = "strata_nobody"
        wrong.password = secret
        const error = yield* failure(wrong.href)
        assert.deepInclude(error as object, { _tag: "ConnectionError", reason: "authentication", isRetryable: false })
        assert.match(error.message, /hint: /)
      }))

    it.live(`${name}: no such database`, () =>
      Effect.gen(function*() {
        const wrong = new URL(url)
        wrong.pathname = "/strata_no_such_database"
        const message = yield* configurationError(wrong.href)
        assert.match(message, /does not exist/)
      }))
  }

  it.scoped("sqlite: a file that is no database, and a directory", () =>
    Effect.gen(function*() {
      const folder = yield* directory
      const file = join(folder, "letter.db")
      writeFileSync(file, "Dear database,\n".repeat(100))
      const message = yield* configurationError(`sqlite:${file}`)
      assert.match(message, /letter\.db is not an SQLite database\n {2}hint: /)
      assert.match(yield* configurationError(`sqlite:${folder}`), /could not be opened\n {2}hint: /)
    }))
})

describe("a driver that is not installed", () => {
  /** Opens each URL in a process of its own, to which some packages are not there; gives the messages of the failures. */
  const outcomes = (hidden: ReadonlyArray<string>, urls: ReadonlyArray<string>) =>
    Effect.async<ReadonlyArray<string>, Error>((resume) => {
      const hook = `const hidden = ${JSON.stringify(hidden)}
        export const resolve = (name, context, next) => {
          if (!hidden.some((one) => name === one || name.startsWith(one + "/"))) return next(name, context)
          throw Object.assign(new Error("Cannot find package '" + name + "'"), { code: "ERR_MODULE_NOT_FOUND" })
        }`
      const register = `import { register } from "node:module"
        register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)})`
      const program = `import * as Effect from "effect/Effect"
        import * as Layer from "effect/Layer"
        import * as Connect from "./src/Connect.ts"
        const outcome = (url) => Layer.build(Connect.layer(url)).pipe(Effect.scoped, Effect.match({
          onFailure: (error) => error._tag + ": " + error.message, onSuccess: () => "opened" }))
        console.log(JSON.stringify(await Effect.runPromise(Effect.forEach(${JSON.stringify(urls)}, outcome))))`
      const child = execFile(
        process.execPath,
        [
          "--import",
          "tsx",
          "--import",
          `data:text/javascript,${encodeURIComponent(register)}`,
          "--input-type=module",
          "--eval",
          program
        ],
        { cwd: fileURLToPath(new URL("..", import.meta.url)) },
        (error, stdout, stderr) =>
          resume(
            error === null ? Effect.sync(() => JSON.parse(stdout)) : Effect.die(new Error(stderr, { cause: error }))
          )
      )
      return Effect.sync(() => child.kill())
    })

  it.live("is missed by its own database alone, which says what to install", () =>
    Effect.gen(function*() {
      const [sqlite, postgres, mysql, mariadb] = yield* outcomes(
        ["pg", "pg-cursor", "@effect/sql-pg", "mysql2", "@effect/sql-mysql2"],
        ["sqlite::memory:", "postgres://localhost/x", "mysql://localhost/x", "mariadb://localhost/x"]
      )
      assert.strictEqual(sqlite, "opened")
      assert.match(postgres!, /^ConfigurationError: .*\n {2}hint: npm install pg @effect\/sql-pg/)
      assert.match(mysql!, /^ConfigurationError: .*\n {2}hint: npm install mysql2 @effect\/sql-mysql2/)
      assert.strictEqual(mariadb, mysql)
    }))

  it.live("of SQLite", () =>
    Effect.gen(function*() {
      const [sqlite] = yield* outcomes(["better-sqlite3"], ["sqlite::memory:"])
      assert.match(sqlite!, /^ConfigurationError: .*\n {2}hint: npm install better-sqlite3/)
    }))
})
