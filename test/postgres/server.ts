/** What the tests of the PostgreSQL driver share: the server, a schema of their own, and a server that only pretends. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:net"
import type { Socket } from "node:net"
import { withDelay } from "../../bench/faults/eventLoop.js"
import type { BeginOptions, Connection } from "../../src/Driver.js"
import * as Faults from "../../src/Faults.js"
import { make } from "../../src/postgres/driver.js"
import type { DriverOptions } from "../../src/postgres/options.js"
import { find } from "../support/databases.js"

export const server = find("postgres")

/** The driver for the test server. */
export const driver = (options: DriverOptions = {}) => make({ url: Redacted.make(server?.url ?? ""), ...options })

/** A connection for one test, closed at its end. */
export const connection = (options: DriverOptions = {}) =>
  Effect.flatMap(driver(options), (one) => Effect.acquireRelease(one.connect, (connection) => connection.close))

/** Rows of a statement that will not come again. */
export const rows = (connection: Connection, text: string, parameters: ReadonlyArray<unknown> = []) =>
  Effect.map(connection.run(text, parameters, { prepare: false }), (result) => result.rows)

export const plain: BeginOptions = { isolation: undefined, access: undefined, deferrable: undefined }

/** The process that serves a connection. */
export const backend = (one: Connection) =>
  Effect.map(rows(one, "select pg_backend_pid()"), ([row]) => String(row?.[0]))

/** A transaction whose COMMIT takes so many seconds, and leaves one row in a table. */
export const slowCommit = (one: Connection, table: string, seconds: number) =>
  Effect.gen(function*() {
    yield* rows(one, `create table ${table} (a integer)`)
    yield* rows(
      one,
      `create function ${table}_wait() returns trigger language plpgsql as ` +
        `$$ begin perform pg_sleep(${seconds}); return null; end $$`
    )
    yield* rows(
      one,
      `create constraint trigger waits after insert on ${table} deferrable initially deferred ` +
        `for each row execute function ${table}_wait()`
    )
    yield* one.begin(plain)
    yield* rows(one, `insert into ${table} values (1)`)
  })

/** Milliseconds in which an interrupted call is back, whatever the network does: 100, and some for a machine that does other things too. */
export const backWithin = 150

/** A proxy in front of the server. */
export const proxied = Effect.suspend(() => {
  const { hostname, port } = new URL(server?.url ?? "")
  return Faults.proxy({ host: hostname, port: Number(port || 5432) })
})

/** A connection through a proxy. */
export const through = Effect.gen(function*() {
  const proxy = yield* proxied
  return { proxy, one: yield* connection({ host: proxy.host, port: proxy.port }) }
})

/** What an effect gave, and how long it took, without what the event loop was late for two timers and an answer. */
export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(
    withDelay(Effect.suspend(() => {
      const start = performance.now()
      return Effect.map(effect, (value) => ({ value, took: performance.now() - start }))
    })),
    ([{ took, value }, delay]) => [value, took - 3 * delay] as const
  )

export const wait = (milliseconds: number) =>
  Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)))

/** A server of another kind, or none at all: what it says to the first bytes of each client. */
export const pretend = (answer: (socket: Socket, message: Buffer) => void) =>
  Effect.acquireRelease(
    Effect.async<{ readonly port: number; readonly close: () => void }>((resume) => {
      const sockets = new Set<Socket>()
      const listener = createServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => {})
        socket.on("data", (message) => answer(socket, message))
      })
      listener.listen(0, "127.0.0.1", () => {
        const address = listener.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({
          port,
          close: () => {
            listener.close()
            for (const socket of sockets) socket.destroy()
          }
        }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** A message of the protocol. */
export const message = (type: string, ...parts: ReadonlyArray<string | Buffer>): Buffer => {
  const body = Buffer.concat(parts.map((part) => typeof part === "string" ? Buffer.from(`${part}\u0000`) : part))
  const head = Buffer.alloc(5)
  head.write(type, 0, "latin1")
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

export const errorMessage = (code: string, text: string, severity = "FATAL"): Buffer =>
  message("E", `S${severity}`, `C${code}`, `M${text}`, Buffer.from([0]))
