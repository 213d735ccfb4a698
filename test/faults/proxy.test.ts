import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createConnection, createServer } from "node:net"
import type { Socket } from "node:net"
import * as Faults from "../../src/Faults.js"

/** A server that says back what it hears, and remembers it. */
const echo = Effect.acquireRelease(
  Effect.async<
    { readonly port: number; readonly heard: () => string; readonly sockets: Set<Socket>; stop: () => void }
  >(
    (resume) => {
      let heard = ""
      const sockets = new Set<Socket>()
      const server = createServer((socket) => {
        sockets.add(socket)
        socket.on("close", () => sockets.delete(socket)).on("error", () => {})
        socket.on("data", (chunk) => {
          heard += chunk.toString()
          socket.write(chunk)
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const at = server.address()
        const stop = () => {
          server.close()
          for (const socket of sockets) socket.destroy()
        }
        resume(
          Effect.succeed({
            port: at !== null && typeof at === "object" ? at.port : 0,
            heard: () => heard,
            sockets,
            stop
          })
        )
      })
    }
  ),
  ({ stop }) => Effect.sync(stop)
)

/** A client that keeps what it is told. */
const connect = (port: number) =>
  Effect.acquireRelease(
    Effect.async<
      { readonly socket: Socket; readonly told: () => Buffer; readonly end: () => string | undefined },
      Error
    >(
      (resume) => {
        let told = Buffer.alloc(0)
        let end: string | undefined
        const socket = createConnection({ host: "127.0.0.1", port })
        socket.on("data", (chunk) => {
          told = Buffer.concat([told, chunk])
        })
        socket.on("end", () => (end ??= "FIN"))
        socket.on("error", (error: NodeJS.ErrnoException) => {
          end ??= error.code
          resume(Effect.fail(error))
        })
        socket.on("connect", () => resume(Effect.succeed({ socket, told: () => told, end: () => end })))
      }
    ),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

const until = (holds: () => boolean) =>
  Effect.async<void>((resume) => {
    const timer = setInterval(() => {
      if (!holds()) return
      clearInterval(timer)
      resume(Effect.void)
    }, 2)
    return Effect.sync(() => clearInterval(timer))
  }).pipe(Effect.timeoutFail({ duration: "5 seconds", onTimeout: () => `never: ${holds.toString()}` }))

const pause = Effect.sleep("60 millis")

const setUp = Effect.gen(function*() {
  const server = yield* echo
  const proxy = yield* Faults.proxy({ port: server.port })
  return { server, proxy }
})

describe("Faults.proxy", () => {
  it.scopedLive("passes bytes and ends", () =>
    Effect.gen(function*() {
      const { proxy, server } = yield* setUp
      const client = yield* connect(proxy.port)
      client.socket.write("hello")
      yield* until(() => client.told().toString() === "hello")
      assert.deepStrictEqual(yield* proxy.state, {
        connections: 1,
        accepted: 1,
        busiestSecond: 1,
        bytesUp: 5,
        bytesDown: 5,
        cuts: 0
      })
      client.socket.end()
      yield* until(() => client.end() === "FIN" && server.sockets.size === 0)
      yield* pause
      assert.strictEqual((yield* proxy.state).connections, 0)
    }))

  it.scopedLive("carries much, in order, to a slow reader", () =>
    Effect.gen(function*() {
      const { proxy } = yield* setUp
      const client = yield* connect(proxy.port)
      client.socket.pause()
      const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7 + (i >> 8)) & 255))
      client.socket.write(sent)
      yield* pause
      client.socket.resume()
      yield* until(() => client.told().length === sent.length)
      assert.isTrue(client.told().equals(sent))
    }))

  it.scopedLive("refuses new connections, leaves the old, and takes its port again", () =>
    Effect.gen(function*() {
      const { proxy } = yield* setUp
      const old = yield* connect(proxy.port)
      yield* proxy.set({ refuse: true })
      const error = yield* Effect.flip(connect(proxy.port))
      assert.strictEqual((error as NodeJS.ErrnoException).code, "ECONNREFUSED")
      old.socket.write("still here")
      yield* until(() => old.told().toString() === "still here")
      yield* proxy.set({})
      const client = yield* connect(proxy.port)
      client.socket.write("back")
      yield* until(() => client.told().toString() === "back")
    }))

  it.scopedLive("resets and ends all connections at both ends", () =>
    Effect.gen(function*() {
      const { proxy, server } = yield* setUp
      const first = yield* connect(proxy.port)
      yield* until(() => server.sockets.size === 1)
      yield* proxy.reset
      yield* until(() => first.end() === "ECONNRESET" && server.sockets.size === 0)
      const second = yield* connect(proxy.port)
      yield* until(() => server.sockets.size === 1)
      yield* proxy.end
      yield* until(() => second.end() === "FIN" && server.sockets.size === 0)
    }))

  it.scopedLive("resets the client where the server is gone", () =>
    Effect.gen(function*() {
      const { proxy, server } = yield* setUp
      server.stop()
      const client = yield* connect(proxy.port)
      yield* until(() => client.end() === "ECONNRESET")
      assert.strictEqual((yield* proxy.state).accepted, 1)
    }))

  for (const direction of ["up", "down", "both"] as const) {
    it.scopedLive(`swallows what goes ${direction}, for good`, () =>
      Effect.gen(function*() {
        const { proxy, server } = yield* setUp
        const client = yield* connect(proxy.port)
        client.socket.write("a")
        yield* until(() => client.told().toString() === "a")
        yield* proxy.set({ blackHole: direction })
        client.socket.write("b")
        yield* pause
        assert.strictEqual(server.heard(), direction === "down" ? "ab" : "a")
        assert.strictEqual(client.told().toString(), "a")
        assert.isUndefined(client.end())
        yield* proxy.set({})
        client.socket.write("c")
        yield* pause
        // A gap in the middle would be worse than silence.
        assert.strictEqual(client.told().toString(), "a")
        assert.strictEqual(server.heard(), direction === "down" ? "abc" : "a")
        const fresh = yield* connect(proxy.port)
        fresh.socket.write("d")
        yield* until(() => fresh.told().toString() === "d")
      }))
  }

  it.scopedLive("tells nobody of an end in a black hole until it is over", () =>
    Effect.gen(function*() {
      const { proxy, server } = yield* setUp
      const client = yield* connect(proxy.port)
      yield* until(() => server.sockets.size === 1)
      yield* proxy.set({ blackHole: "both" })
      client.socket.destroy()
      yield* pause
      assert.strictEqual(server.sockets.size, 1)
      yield* proxy.set({})
      yield* until(() => server.sockets.size === 0)
    }))

  it.scopedLive("tells the other side when a connection that lost bytes ends after it", () =>
    Effect.gen(function*() {
      const { proxy, server } = yield* setUp
      const client = yield* connect(proxy.port)
      client.socket.write("a")
      yield* until(() => client.told().toString() === "a")
      yield* proxy.set({ blackHole: "up" })
      client.socket.write("b")
      yield* pause
      yield* proxy.set({})
      yield* pause
      assert.strictEqual(server.sockets.size, 1)
      client.socket.destroy()
      yield* until(() => server.sockets.size === 0)
      assert.strictEqual(server.heard(), "a")
    }))

  it.scopedLive("forgets connections, and takes new ones", () =>
    Effect.gen(function*() {
      const { proxy, server } = yield* setUp
      const client = yield* connect(proxy.port)
      client.socket.write("a")
      yield* until(() => client.told().toString() === "a")
      yield* proxy.forget
      client.socket.write("b")
      yield* pause
      assert.strictEqual(server.heard(), "a")
      assert.isUndefined(client.end())
      const fresh = yield* connect(proxy.port)
      fresh.socket.write("c")
      yield* until(() => fresh.told().toString() === "c")
      client.socket.destroy()
      yield* pause
      assert.strictEqual(server.sockets.size, 2)
      yield* proxy.set({})
      yield* until(() => server.sockets.size === 1)
    }))

  it.scopedLive("delays each way, in order", () =>
    Effect.gen(function*() {
      const { proxy } = yield* setUp
      const client = yield* connect(proxy.port)
      yield* proxy.set({ delay: { up: "80 millis", down: "40 millis" }, jitter: "30 millis" })
      const start = performance.now()
      const text = "0123456789".split("")
      for (const letter of text) {
        client.socket.write(letter)
        yield* Effect.sleep("3 millis")
      }
      yield* until(() => client.told().length > 0)
      assert.isAtLeast(performance.now() - start, 60)
      yield* until(() => client.told().length === text.length)
      assert.strictEqual(client.told().toString(), text.join(""))
    }))

  it.scopedLive("narrows the way", () =>
    Effect.gen(function*() {
      const { proxy } = yield* setUp
      const client = yield* connect(proxy.port)
      yield* proxy.set({ bandwidth: { down: 100_000 } })
      const start = performance.now()
      client.socket.write(Buffer.alloc(30_000, "x"))
      yield* until(() => client.told().length > 0)
      assert.isBelow(client.told().length, 30_000)
      yield* until(() => client.told().length === 30_000)
      assert.isAtLeast(performance.now() - start, 280)
    }))

  it.scopedLive("cuts after so many bytes, which arrive", () =>
    Effect.gen(function*() {
      const { proxy } = yield* setUp
      yield* proxy.set({ cut: { bytes: 7 }, times: 1 })
      const client = yield* connect(proxy.port)
      client.socket.write("0123")
      yield* until(() => client.told().length === 4)
      client.socket.write("456789")
      yield* until(() => client.end() === "ECONNRESET")
      assert.strictEqual(client.told().toString(), "0123456")
      const next = yield* connect(proxy.port)
      next.socket.write("0123456789")
      yield* until(() => next.told().length === 10)
      assert.strictEqual((yield* proxy.state).cuts, 1)
    }))

  for (const when of ["before", "after"] as const) {
    it.scopedLive(`cuts ${when} a message, also one that comes in two chunks`, () =>
      Effect.gen(function*() {
        const { proxy, server } = yield* setUp
        yield* proxy.set({ cut: when === "before" ? { before: /commit/i } : { after: "COMMIT" } })
        const client = yield* connect(proxy.port)
        client.socket.write("insert;COM")
        yield* until(() => client.told().length === 10)
        client.socket.write("MIT;")
        yield* until(() => client.end() === "ECONNRESET" && server.sockets.size === 0)
        assert.strictEqual(server.heard(), when === "after" ? "insert;COMMIT;" : "insert;COM")
        assert.strictEqual(client.told().toString(), "insert;COM")
      }))

    it.scopedLive(`hangs ${when} a message`, () =>
      Effect.gen(function*() {
        const { proxy, server } = yield* setUp
        yield* proxy.set({ hang: when === "before" ? { before: "COMMIT" } : { after: "COMMIT" } })
        const client = yield* connect(proxy.port)
        client.socket.write("COMMIT")
        yield* pause
        assert.strictEqual(server.heard(), when === "after" ? "COMMIT" : "")
        assert.strictEqual(client.told().length, 0)
        assert.isUndefined(client.end())
      }))
  }

  it.scopedLive("leads URLs through itself", () =>
    Effect.gen(function*() {
      const { proxy } = yield* setUp
      assert.strictEqual(
        proxy.url("postgres://app:p%40ss@db.example.org/app?sslmode=disable"),
        `postgres://app:p%40ss@127.0.0.1:${proxy.port}/app?sslmode=disable`
      )
      assert.strictEqual(
        Redacted.value(proxy.url(Redacted.make("mysql://root@localhost:3306/x"))),
        `mysql://root@127.0.0.1:${proxy.port}/x`
      )
    }))

  it.live("leaves nothing behind", () =>
    Effect.gen(function*() {
      const { client, port, sockets } = yield* Effect.scoped(Effect.gen(function*() {
        const { proxy, server } = yield* setUp
        yield* proxy.set({ blackHole: "both", delay: "1 minute" })
        return { client: yield* connect(proxy.port), port: proxy.port, sockets: server.sockets }
      }))
      yield* until(() => client.socket.destroyed && sockets.size === 0)
      const error = yield* Effect.flip(Effect.scoped(connect(port)))
      assert.strictEqual((error as NodeJS.ErrnoException).code, "ECONNREFUSED")
    }))
})
