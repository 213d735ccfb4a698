import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Ask } from "../support/ask.js"
import { askMysql, askPostgres } from "../support/ask.js"
import type { PrivateServer } from "../support/processes.js"
import { PrivateMariaDb, PrivatePostgres } from "../support/processes.js"

interface Kind {
  readonly name: string
  readonly start: typeof PrivateMariaDb
  readonly ask: Ask
  readonly durability: string
  /** By which its program is ended; how does not depend on the kind of server. */
  readonly signal: NodeJS.Signals
}

const kinds: ReadonlyArray<Kind> = [
  {
    name: "PrivatePostgres",
    start: PrivatePostgres,
    ask: askPostgres,
    durability: "select current_setting('fsync') as v",
    signal: "SIGINT"
  },
  {
    name: "PrivateMariaDb",
    start: PrivateMariaDb,
    ask: askMysql,
    durability: "select @@innodb_flush_log_at_trx_commit as v",
    signal: "SIGKILL"
  }
]

const processes = fileURLToPath(new URL("../support/processes.ts", import.meta.url))

/** A program that starts a server, tells where it is, and waits for its end. */
const program = (name: string) =>
  `import { ${name} } from ${JSON.stringify(processes)}
import * as Effect from "effect/Effect"
Effect.runFork(Effect.scoped(Effect.flatMap(${name}(), (server) => {
  console.log(JSON.stringify([server.port, server.directory]))
  return Effect.never
})))`

for (const { ask, durability, name, signal, start } of kinds) {
  describe(name, () => {
    it.live("dies, comes back with its data, and stands still when it is told to", () =>
      Effect.gen(function*() {
        let server: PrivateServer | undefined
        yield* Effect.scoped(Effect.gen(function*() {
          const one = server = yield* start({
            durable: true,
            password: "between-us",
            settings: { max_connections: "17" }
          })
          const asking = (sql: string) => Effect.tryPromise(() => ask(one.url, sql))
          assert.isFalse(
            yield* Effect.promise(() =>
              ask(one.url.replace("between-us", "nonsense"), "select 1").then(() => true, () => false)
            )
          )
          const [row] = yield* asking(durability)
          assert.include(["on", 1], row?.["v"])
          const [limit] = yield* asking(
            name === "PrivatePostgres" ? "show max_connections" : "select @@max_connections as max_connections"
          )
          assert.strictEqual(String(limit?.["max_connections"]), "17")
          if (name === "PrivateMariaDb") yield* asking("create database kept")
          else yield* asking("create table kept (a int)")
          yield* one.kill
          assert.strictEqual((yield* Effect.either(asking("select 1")))._tag, "Left")
          yield* one.start
          yield* asking(name === "PrivateMariaDb" ? "use kept" : "select a from kept")
          yield* one.pause
          const paused = yield* Effect.timeoutOption(Effect.disconnect(asking("select 1")), "300 millis")
          assert.strictEqual(paused._tag, "None")
          yield* one.resume
          yield* asking("select 1")
          yield* one.stop
          yield* one.start
          yield* asking("select 1")
          // its end has to wake it
          yield* one.pause
        }))
        assert.isFalse(existsSync(server?.directory ?? "/"))
        assert.strictEqual(
          (yield* Effect.either(Effect.tryPromise(() => ask(server?.url ?? "", "select 1"))))._tag,
          "Left"
        )
      }))

    it.live(`leaves nothing behind when its program ends by ${signal}`, () =>
      Effect.gen(function*() {
        const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program(name)], {
          stdio: ["ignore", "pipe", "inherit"],
          detached: true
        })
        const [port, directory] = yield* Effect.async<[number, string]>((resume) => {
          child.stdout.on("data", (chunk) => resume(Effect.succeed(JSON.parse(String(chunk)))))
        })
        assert.isTrue(existsSync(directory))
        // to the whole group, as a terminal does it
        process.kill(-(child.pid ?? 0), signal)
        let isThere = true
        for (let attempt = 0; isThere && attempt < 50; attempt++) {
          yield* Effect.sleep("100 millis")
          isThere = existsSync(directory)
        }
        assert.isFalse(isThere)
        const url = name === "PrivateMariaDb"
          ? `mysql://root@127.0.0.1:${port}`
          : `postgres://postgres@127.0.0.1:${port}/postgres`
        assert.strictEqual((yield* Effect.either(Effect.tryPromise(() => ask(url, "select 1"))))._tag, "Left")
      }))
  })
}
