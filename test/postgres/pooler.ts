/** Something in front of PostgreSQL that keeps the settings of clients to itself, as a pooler that was told to ignore them does. */
import * as Effect from "effect/Effect"
import { connect, createServer } from "node:net"
import type { AddressInfo } from "node:net"

/** The startup message without the timeouts in it: its length, the version, names and values that each end with a zero. */
const withoutTimeouts = (message: Buffer): Buffer => {
  const parts = message.subarray(8, message.length - 1).toString("latin1").split("\0").slice(0, -1)
  const kept = parts.filter((_, i) => parts[i - (i % 2)]?.endsWith("_timeout") !== true)
  const body = Buffer.from([...kept, ""].join("\0") + "\0", "latin1")
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + body.length, 0)
  head.writeInt32BE(message.readInt32BE(4), 4)
  return Buffer.concat([head, body])
}

export const deafPooler = (port: number) =>
  Effect.acquireRelease(
    Effect.async<{ readonly port: number; readonly close: () => void }>((resume) => {
      const listener = createServer((client) => {
        const server = connect(port, "127.0.0.1")
        const end = () => {
          client.destroy()
          server.destroy()
        }
        client.once("data", (startup: Buffer) => {
          server.write(withoutTimeouts(startup))
          client.pipe(server)
        })
        client.on("error", end).on("close", end)
        server.on("error", end).on("close", end).pipe(client)
      })
      listener.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed({
          port: (listener.address() as AddressInfo).port,
          close: () => listener.close()
        })))
    }),
    ({ close }) => Effect.sync(close)
  )
