/** What the tests of the PostgreSQL driver share: the server, a schema of their own, and a server that only pretends. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:net"
import type { Socket } from "node:net"
import type { Connection } from "../../src/Driver.js"
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
