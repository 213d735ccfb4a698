/**
 * How many statements a contender sends and how often it waits for an answer: facts that no noise changes.
 *
 * On SQLite each call of a prepared statement counts, as both. For a server a proxy reads what goes by: a round trip is something sent after
 * something was received.
 */
import SqliteDatabase from "better-sqlite3"
import { connect, createServer } from "node:net"
import type { AddressInfo } from "node:net"
import type { Engine } from "./crud.js"

export interface Counts {
  readonly statements: number
  readonly roundTrips: number
}

export interface Counter {
  /** Where a contender is to connect so that it is counted. */
  readonly url: string
  readonly counts: () => Counts
  readonly close: () => Promise<void>
}

/** Counts what any connection of this process does; for good, so that it is not for processes that measure time. */
const onSqlite = (url: string): Counter => {
  let statements = 0
  const database = new SqliteDatabase(":memory:")
  const count = (prototype: Record<string, unknown>, name: string) => {
    const original = prototype[name] as (...given: Array<unknown>) => unknown
    prototype[name] = function(this: unknown, ...given: Array<unknown>) {
      statements++
      return original.apply(this, given)
    }
  }
  const prototype = Object.getPrototypeOf(database.prepare("select 1"))
  for (const name of ["run", "get", "all", "iterate"]) count(prototype, name)
  count(SqliteDatabase.prototype as never, "exec")
  database.close()
  return { url, counts: () => ({ statements, roundTrips: statements }), close: async () => {} }
}

/** MySQL's commands that run something: a query, a prepared statement, and one with rows of values. */
const executing: ReadonlySet<number | undefined> = new Set([0x03, 0x17, 0xfa])

/** Splits what a client sends into messages; gives how many of them run a statement. */
export const reader = (engine: "postgres" | "mysql"): (chunk: Buffer) => number => {
  let rest = Buffer.alloc(0)
  let isStarted = false
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    let statements = 0
    for (;;) {
      if (engine === "postgres") {
        // The first message, and answers to the server's questions about encryption, have no letter.
        const head = isStarted ? 1 : 0
        if (rest.length < head + 4) return statements
        const length = head + rest.readUInt32BE(head)
        if (rest.length < length) return statements
        // Q is a simple query, E executes a portal.
        if (isStarted && (rest[0] === 0x51 || rest[0] === 0x45)) statements++
        isStarted = true
        rest = rest.subarray(length)
      } else {
        if (rest.length < 4) return statements
        const length = 4 + rest.readUIntLE(0, 3)
        if (rest.length < length) return statements
        // What has the number 0 begins a command.
        if (rest[3] === 0 && executing.has(rest[4])) statements++
        rest = rest.subarray(length)
      }
    }
  }
}

const onServer = async (engine: "postgres" | "mysql", url: string): Promise<Counter> => {
  const target = new URL(url)
  let statements = 0
  let roundTrips = 0
  const sockets = new Set<{ readonly destroy: () => unknown }>()
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    sockets.add(client).add(upstream)
    client.setNoDelay(true)
    upstream.setNoDelay(true)
    const read = reader(engine)
    let wasAnswered = true
    client.on("data", (chunk: Buffer) => {
      statements += read(chunk)
      if (wasAnswered) roundTrips++
      wasAnswered = false
      upstream.write(chunk)
    })
    upstream.on("data", (chunk: Buffer) => {
      wasAnswered = true
      client.write(chunk)
    })
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      one.on("error", () => other.destroy())
      one.on("close", () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    counts: () => ({ statements, roundTrips }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      })
  }
}

export const countOn = async (engine: Engine, url: string): Promise<Counter> =>
  engine === "sqlite" ? onSqlite(url) : onServer(engine, url)
