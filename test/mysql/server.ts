/** What the tests of the MySQL driver share: the server, a database of their own, and a server that only pretends. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createServer } from "mysql2"
import type { Connection as Mysql2Connection } from "mysql2"
import { withDelay } from "../../bench/faults/eventLoop.js"
import type { Connection, Driver, Failure } from "../../src/Driver.js"
import * as Faults from "../../src/Faults.js"
import { make } from "../../src/mysql/driver.js"
import type { DriverOptions } from "../../src/mysql/options.js"
import { find, fresh } from "../support/databases.js"

export const server = find("mariadb") ?? find("mysql")

/** An empty database for one test file. */
const own = server === undefined ? undefined : fresh(server)

/** The options that lead to it. */
export const url = Effect.map(Effect.promise(async () => (await own)?.url ?? ""), (text) => Redacted.make(text))

/** The driver for the test server. */
export const driver = (options: DriverOptions = {}) => Effect.flatMap(url, (url) => make({ url, ...options }))

/** A connection for one test, closed at its end. */
export const connection = (options: DriverOptions = {}) => Effect.flatMap(driver(options), opened)

export const opened = (driver: Driver) => Effect.acquireRelease(driver.connect, (connection) => connection.close)

/** Rows of a statement. */
export const rows = (connection: Connection, text: string, parameters: ReadonlyArray<unknown> = []) =>
  Effect.map(connection.run(text, parameters), (result) => result.rows)

/** What a statement fails with, in short. */
export const kindOf = <A>(effect: Effect.Effect<A, Failure>) =>
  Effect.map(Effect.flip(effect), (failure) => failure.kind)

/** A table for one test. */
export const table = (connection: Connection, name: string, columns: string) =>
  Effect.acquireRelease(
    connection.run(
      `create table ${name} (${columns}) engine=innodb default charset=utf8mb4 collate=utf8mb4_nopad_bin`,
      [],
      { prepare: false }
    ),
    () => Effect.ignore(connection.run(`drop table if exists ${name}`, [], { prepare: false }))
  )

/** More rows than anyone waits for. */
export const endless =
  "select 1 as a, repeat('x', 100) as b from information_schema.collations a, information_schema.collations b, " +
  "information_schema.collations c, information_schema.collations d"

/** What takes minutes, and gives one row in the end. */
export const long = `select count(*) from (${endless}) as e where a <> length(b)`

/** How many other connections run a statement with this mark. */
export const running = (db: Connection, mark: string) =>
  Effect.map(
    rows(db, "select count(*) from information_schema.processlist where info like ? and id <> connection_id()", [
      `%${mark}%`
    ]),
    ([row]) => Number(row?.[0])
  )

/** Waits until something is so, which it must be soon. */
export const until = <E, R>(condition: Effect.Effect<boolean, E, R>) =>
  Effect.timeoutFail(
    Effect.repeat(Effect.delay(condition, "5 millis"), { until: (isSo) => isSo }),
    { duration: "2 seconds", onTimeout: () => "it never was so" }
  )

/** How many milliseconds an effect took, in which this process had time for it, and what it gave. */
export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(
    withDelay(Effect.timed(effect)),
    ([[duration, value], delay]) => [Math.max(0, Duration.toMillis(duration) - delay), value] as const
  )

/** A proxy before the test server, and the driver through it. */
export const behindProxy = (options: DriverOptions = {}, conditions: Faults.Conditions = {}) =>
  Effect.gen(function*() {
    const direct = yield* url
    const proxy = yield* Faults.proxy({ port: Number(new URL(Redacted.value(direct)).port || 3306) })
    yield* proxy.set(conditions)
    const there = proxy.url(direct)
    return { proxy, url: there, through: yield* make({ url: there, ...options }) }
  })

/** A server that speaks the protocol: `answer` is given each text that a client sends, by `query` alone. */
export const pretend = (version: string, answer: (sql: string, client: any) => void) =>
  Effect.acquireRelease(
    Effect.async<{ readonly port: number; readonly close: () => void }>((resume) => {
      const clients = new Set<Mysql2Connection>()
      const listener = (createServer as () => any)()
      listener.on("connection", (client: any) => {
        clients.add(client)
        client.on("error", () => {})
        client.serverHandshake({
          protocolVersion: 10,
          serverVersion: version,
          connectionId: clients.size,
          statusFlags: 2,
          characterSet: 45,
          capabilityFlags: 0x00ffffff & ~0x800,
          // mysql2's server does not count the packets of each command anew.
          authCallback: (_: unknown, done: (error: unknown) => void) => {
            done(null)
            client.sequenceId = 0
          }
        })
        const listen = (sql: string): void => {
          client.sequenceId = 1
          answer(sql, client)
          client.sequenceId = 0
        }
        client.on("query", listen)
        // SET comes as this.
        client.on("stmt_prepare", listen)
      })
      const net = listener._server
      listener.listen(0, "127.0.0.1")
      net.on("listening", () =>
        resume(Effect.succeed({
          port: net.address().port as number,
          close: () => {
            for (const client of clients) client.destroy()
            net.close()
          }
        })))
    }),
    ({ close }) => Effect.sync(close)
  )
