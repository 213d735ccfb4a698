/**
 * A TCP proxy that does something when a client says a word: what `Faults.proxy` does is done to connections, this to what is said.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createConnection, createServer } from "node:net"
import type { AddressInfo, Socket } from "node:net"

/** The word to wait for, and what becomes of the message that holds it; the message is held back for as long. */
export interface Forgery {
  readonly word: RegExp
  readonly answer: (message: Buffer) => Promise<Buffer>
}

export interface Forger {
  readonly url: string
  /** Once: after the word was said, all goes through again. */
  readonly arm: (forgery: Forgery) => void
}

/** Writes the last letter of the word as an x, so that the server finds a word that it does not know. */
export const misspelt = (word: RegExp) => (message: Buffer): Promise<Buffer> =>
  Promise.resolve(Buffer.from(
    message.toString("latin1").replace(word, (found) => `${found.slice(0, -1)}x`),
    "latin1"
  ))

export const forger = (to: string): Effect.Effect<Forger, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<{ readonly forger: Forger; readonly close: () => void }>((resume) => {
        let forgery: Forgery | undefined
        const sockets = new Set<Socket>()
        const { hostname, port } = new URL(to)
        const server = createServer((client) => {
          const upstream = createConnection({ host: hostname, port: Number(port) })
          for (const socket of [client, upstream]) {
            sockets.add(socket)
            socket.setNoDelay(true)
            socket.on("error", () => {})
            socket.on("close", () => {
              sockets.delete(socket)
              client.destroy()
              upstream.destroy()
            })
          }
          let sent = Promise.resolve()
          client.on("data", (message: Buffer) => {
            sent = sent.then(async () => {
              const asked = forgery
              if (asked === undefined || !asked.word.test(message.toString("latin1"))) {
                return void upstream.write(message)
              }
              forgery = undefined
              upstream.write(await asked.answer(message))
            })
          })
          upstream.on("data", (message) => client.write(message))
        })
        server.listen(0, "127.0.0.1", () => {
          const through = new URL(to)
          through.hostname = "127.0.0.1"
          through.port = String((server.address() as AddressInfo).port)
          resume(Effect.succeed({
            forger: {
              url: through.href,
              arm: (asked) => {
                forgery = asked
              }
            },
            close: () => {
              server.close()
              for (const socket of sockets) socket.destroy()
            }
          }))
        })
      }),
      ({ close }) => Effect.sync(close)
    ),
    ({ forger }) => forger
  )
