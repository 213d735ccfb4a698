/**
 * Private servers with encryption, whose certificate can be changed while they run; and a record of what clients say to one first.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { writeFileSync } from "node:fs"
import { connect, createServer } from "node:net"
import { networkInterfaces } from "node:os"
import type { Database } from "../../src/Database.js"
import type { ConnectFailure } from "../../src/DbError.js"
import * as Mysql from "../../src/Mysql.js"
import type { TlsMode, TlsOptions } from "../../src/Mysql.js"
import * as Postgres from "../../src/Postgres.js"
import { askMysql, askPostgres } from "../support/ask.js"
import type { ServerError } from "../support/processes.js"
import { PrivateMariaDb, PrivatePostgres } from "../support/processes.js"
import type { Certificates, Kind } from "./certificates.js"
import { make } from "./certificates.js"

type Services = Database | SqlClient.SqlClient

export interface Options {
  readonly host?: string
  readonly port?: number
  readonly username?: string
  readonly tls?: TlsMode | TlsOptions
  readonly parameters?: string
}

export interface TlsServer {
  readonly port: number
  readonly certificates: Certificates
  /** From now on new connections are shown this certificate. */
  readonly show: (kind: Kind) => Effect.Effect<void>
  readonly open: <A, E>(options: Options, work: Effect.Effect<A, E, Services>) => Effect.Effect<A, E | ConnectFailure>
  readonly isEncrypted: Effect.Effect<boolean, unknown, Services>
  readonly sleep: string
  /** How many of those run. */
  readonly asleep: Effect.Effect<number>
}

export const password = "hunter2-password"

/** An address of this machine that is not the loopback's, where it has one. */
export const ownAddress = Object.values(networkInterfaces()).flat()
  .find((one) => one !== undefined && one.family === "IPv4" && !one.internal)?.address

const query = (text: string): Effect.Effect<ReadonlyArray<unknown>, unknown, Services> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text).values).pipe(Effect.map((rows) => rows[0] ?? []))

const certificatesOf = (user: string) =>
  Effect.acquireRelease(Effect.sync(() => make(user)), (one) => Effect.sync(one.remove))

const urlOf = (
  scheme: string,
  { host = "127.0.0.1", parameters = "", port = 0, username }: Options,
  database: string
): Redacted.Redacted => Redacted.make(`${scheme}://${username}:${password}@${host}:${port}/${database}${parameters}`)

const tlsOf = ({ tls }: Options) => tls === undefined ? {} : { tls }

type Start = Effect.Effect<TlsServer, ServerError, Scope.Scope>

export const postgres: Start = Effect.gen(function*() {
  const certificates = yield* certificatesOf("postgres")
  certificates.show("good")
  writeFileSync(
    certificates.path("hba"),
    ["hostssl all certified all cert", "hostnossl all secured all reject", "host all all all trust"].join("\n")
  )
  const server = yield* PrivatePostgres({
    settings: {
      listen_addresses: "*",
      ssl: "on",
      ssl_cert_file: certificates.path("server.crt"),
      ssl_key_file: certificates.path("server.key"),
      ssl_ca_file: certificates.path("ca.crt"),
      hba_file: certificates.path("hba")
    }
  })
  const ask = (sql: string) => Effect.promise(() => askPostgres(server.url, sql))
  yield* ask("create role certified login; create role secured login; alter role postgres password 'x'")
  return {
    port: server.port,
    certificates,
    show: (kind) =>
      Effect.gen(function*() {
        certificates.show(kind)
        yield* ask("select pg_reload_conf()")
        // The postmaster takes the news when it comes to it.
        yield* Effect.sleep("200 millis")
      }),
    open: (options, work) => {
      const all = { port: server.port, username: "postgres", ...options }
      return Effect.provide(work, Postgres.layer({ url: urlOf("postgres", all, "postgres"), ...tlsOf(all) }))
    },
    isEncrypted: Effect.map(
      query("select ssl::text from pg_stat_ssl where pid = pg_backend_pid()"),
      ([ssl]) => ssl === "true"
    ),
    sleep: "select pg_sleep(30)",
    asleep: Effect.map(
      ask("select pid::text from pg_stat_activity where query = 'select pg_sleep(30)' and state = 'active'"),
      (rows) => rows.length
    )
  }
})

export const mariadb: Start = Effect.gen(function*() {
  const certificates = yield* certificatesOf("mysql")
  certificates.show("good")
  const server = yield* PrivateMariaDb({
    settings: {
      "bind-address": "*",
      "ssl-cert": certificates.path("server.crt"),
      "ssl-key": certificates.path("server.key"),
      "ssl-ca": certificates.path("ca.crt")
    }
  })
  const ask = (sql: string) => Effect.promise(() => askMysql(server.url, sql))
  const user = (name: string, requires = "") => ask(`create user '${name}'@'%' identified by '${password}'${requires}`)
  yield* user("far")
  yield* user("secured", " require ssl")
  yield* user("certified", " require x509")
  return {
    port: server.port,
    certificates,
    show: (kind) =>
      Effect.gen(function*() {
        certificates.show(kind)
        yield* ask("flush ssl")
      }),
    open: (options, work) => {
      const all = { port: server.port, username: "far", ...options }
      return Effect.provide(work, Mysql.layer({ url: urlOf("mysql", all, ""), ...tlsOf(all) }))
    },
    isEncrypted: Effect.map(query("show session status like 'Ssl_cipher'"), ([, cipher]) => cipher !== ""),
    sleep: "select sleep(30)",
    asleep: Effect.map(
      ask("select id from information_schema.processlist where info = 'select sleep(30)'"),
      (rows) => rows.length
    )
  }
})

/** Passes all on to a server and keeps what each client says; `cutAfter` so many bytes of a client its connection ends. */
export const recorder = (port: number, cutAfter = Number.POSITIVE_INFINITY) =>
  Effect.acquireRelease(
    Effect.async<{ readonly port: number; readonly said: ReadonlyArray<Buffer>; readonly close: () => void }>(
      (resume) => {
        const said: Array<Buffer> = []
        const listener = createServer((client) => {
          const at = said.push(Buffer.alloc(0)) - 1
          const server = connect(port, "127.0.0.1")
          const end = () => {
            client.destroy()
            server.destroy()
          }
          client.on("data", (bytes: Buffer) => {
            const all = said[at] = Buffer.concat([said[at] ?? Buffer.alloc(0), bytes])
            if (all.length > cutAfter) end()
            else server.write(bytes)
          })
          client.on("error", end).on("close", end)
          server.on("error", end).on("close", end).pipe(client)
        })
        listener.listen(0, "127.0.0.1", () => {
          const address = listener.address()
          resume(Effect.succeed({
            port: typeof address === "object" && address !== null ? address.port : 0,
            said,
            close: () => listener.close()
          }))
        })
      }
    ),
    ({ close }) => Effect.sync(close)
  )
