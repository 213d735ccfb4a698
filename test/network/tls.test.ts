import * as SqlClient from "@effect/sql/SqlClient"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe } from "vitest"
import type { ConnectFailure } from "../../src/DbError.js"
import * as Mysql from "../../src/Mysql.js"
import { attempt } from "../../src/network/problem.js"
import * as Tls from "../../src/network/tls.js"
import * as Postgres from "../../src/Postgres.js"
import { pretend as pretendMysql } from "../mysql/server.js"
import { pretend as pretendPostgres } from "../postgres/server.js"
import { find } from "../support/databases.js"
import { canMake, passphrase } from "./certificates.js"
import { mariadb, ownAddress, password, postgres, recorder } from "./servers.js"
import type { TlsServer } from "./servers.js"

const secrets = [password, passphrase, "PRIVATE KEY"]

const holdsNoSecret = (error: ConnectFailure): void => {
  for (const secret of secrets) assert.notInclude(error.message + JSON.stringify(error) + String(error), secret)
}

const databases = [
  { name: "postgres", start: postgres, canStart: canMake && find("postgres") !== undefined },
  { name: "mariadb", start: mariadb, canStart: canMake && find("mariadb") !== undefined }
]

for (const { canStart, name, start } of databases) {
  // Where no such server can be had, which the run's summary names, or no openssl to make certificates with.
  describe.skipIf(!canStart)(`encryption of ${name}`, () => {
    const scope = Effect.runSync(Scope.make())
    let server: TlsServer
    beforeAll(async () => {
      server = await Effect.runPromise(Scope.extend(start, scope))
    }, 60_000)
    afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

    const opens = (options: Parameters<TlsServer["open"]>[0]) => server.open(options, server.isEncrypted)

    const fails = (options: Parameters<TlsServer["open"]>[0], hint: RegExp) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(server.open(options, Effect.void))
        assert(error._tag === "ConnectionError", String(error))
        assert.strictEqual(error.reason, "tls", String(error))
        assert.isFalse(error.isRetryable)
        assert.match(error.hint ?? "", hint)
        holdsNoSecret(error)
      })

    const ca = () => server.certificates.text("ca.crt")

    it.live("is off on the loopback, unless it is asked for", () =>
      Effect.gen(function*() {
        yield* server.show("good")
        assert.isFalse(yield* opens({}))
        assert.isFalse(yield* opens({ tls: "disable" }))
        assert.isTrue(yield* opens({ tls: "require" }))
        assert.isTrue(yield* opens({ tls: { ca: ca() } }))
        const file = server.certificates.path("ca.crt")
        assert.isTrue(yield* opens({ parameters: `?sslmode=verify-full&sslrootcert=${file}` }))
        assert.isTrue(yield* opens({ parameters: `?ssl-ca=${file}` }))
        assert.isTrue(yield* opens({ tls: { ca: ca(), minVersion: "TLSv1.3" } }))
      }))

    it.live("proves the server's identity by address, by name, and by another name than the host's", () =>
      Effect.gen(function*() {
        yield* server.show("good")
        const other = /connect to one that it holds, or give that one as tls\.serverName/
        yield* fails({ host: "localhost", tls: { ca: ca() } }, other)
        yield* fails({ tls: { ca: ca(), serverName: "db.example.org" } }, other)
        assert.isTrue(yield* opens({ host: "localhost", tls: { ca: ca(), serverName: "db.strata.test" } }))
        assert.isTrue(yield* opens({ tls: { ca: ca(), serverName: "db.strata.test" } }))
        assert.isTrue(yield* opens({ host: "localhost", tls: { ca: ca(), serverName: "127.0.0.1" } }))
        assert.isTrue(yield* opens({ host: "localhost", tls: { mode: "verify-ca", ca: ca() } }))
        yield* server.show("named")
        assert.isTrue(yield* opens({ host: "localhost", tls: { ca: ca() } }))
        yield* fails({ tls: { ca: ca() } }, other)
      }))

    it.live("trusts no authority but those it was told of", () =>
      Effect.gen(function*() {
        const authority = /give its authority's as tls\.ca/
        for (const kind of ["good", "selfSigned"] as const) {
          yield* server.show(kind)
          for (const mode of ["verify-ca", "verify-full"] as const) yield* fails({ tls: mode }, authority)
          assert.isTrue(yield* opens({ tls: "require" }))
        }
        // As with libpq, an authority that is named is also asked for.
        yield* fails({ tls: { mode: "require", ca: ca() } }, authority)
        assert.isTrue(yield* opens({ tls: { ca: server.certificates.text("selfSigned.crt") } }))
      }))

    it.live("takes no certificate out of its time", () =>
      Effect.gen(function*() {
        yield* server.show("expired")
        for (const mode of ["verify-ca", "verify-full"] as const) {
          yield* fails({ tls: { mode, ca: ca() } }, /not valid at this time: renew it/)
        }
        assert.isTrue(yield* opens({ tls: "require" }))
      }))

    // On a machine that has no other address.
    it.live.skipIf(ownAddress === undefined)(
      "is on and verified by default for another host than the loopback",
      () =>
        Effect.gen(function*() {
          yield* server.show("good")
          const far = { host: ownAddress ?? "" }
          yield* fails(far, /tls\.ca/)
          yield* fails({ ...far, tls: { ca: ca() } }, /tls\.serverName/)
          assert.isTrue(yield* opens({ ...far, tls: { ca: ca(), serverName: "db.strata.test" } }))
          assert.isFalse(yield* opens({ ...far, tls: "disable" }))
          assert.isFalse(yield* opens({ ...far, parameters: "?sslmode=disable" }))
        })
    )

    it.live("shows the client's own certificate", () =>
      Effect.gen(function*() {
        yield* server.show("good")
        const { text } = server.certificates
        const username = "certified"
        const certified = { ca: ca(), cert: text("client.crt") }
        assert.isTrue(yield* opens({ username, tls: { ...certified, key: Redacted.make(text("client.key")) } }))
        const key = Redacted.make(text("client-encrypted.key"))
        assert.isTrue(
          yield* opens({ username, tls: { ...certified, key, passphrase: Redacted.make(passphrase) } })
        )
        const error = yield* Effect.flip(server.open({ username, tls: { ca: ca() } }, Effect.void))
        assert(error._tag === "ConnectionError", String(error))
        assert.strictEqual(error.reason, "authentication")
      }))

    it.live("encrypts what ends a statement, too", () =>
      Effect.gen(function*() {
        yield* server.show("good")
        const { port, said } = yield* recorder(server.port)
        const options = { port, username: "secured", tls: { ca: ca() } }
        yield* server.open(
          options,
          Effect.gen(function*() {
            const sql = yield* SqlClient.SqlClient
            const fiber = yield* Effect.fork(sql.unsafe(server.sleep))
            yield* Effect.repeat(server.asleep, { until: (count) => count === 1 })
            const before = said.length
            yield* Fiber.interrupt(fiber)
            yield* Effect.repeat(Effect.delay(server.asleep, "20 millis"), { until: (count) => count === 0, times: 50 })
            assert.strictEqual(yield* server.asleep, 0)
            assert.isAbove(said.length, before)
          })
        )
        for (const bytes of said) {
          if (name === "postgres") assert.strictEqual(bytes.readInt32BE(4), 80_877_103, "a request for encryption")
          else assert.strictEqual(bytes.readUInt32LE(4) & 0x800, 0x800, "a request for encryption")
        }
      }).pipe(Effect.scoped))

    it.scopedLive("asks for the server by its name", () =>
      Effect.gen(function*() {
        yield* server.show("good")
        const { port, said } = yield* recorder(server.port)
        const named = { port, host: "localhost", tls: { ca: ca(), serverName: "db.strata.test" } }
        assert.isTrue(yield* opens(named))
        assert.isTrue(yield* opens({ port, tls: { ca: ca() } }))
        const asked = said.map((bytes) => bytes.includes("db.strata.test"))
        assert.deepStrictEqual([...new Set(asked)], [true, false])
      }))

    it.scopedLive("that is cut off half-way is a lost connection, worth another try", () =>
      Effect.gen(function*() {
        const { port } = yield* recorder(server.port, 100)
        const error = yield* Effect.flip(server.open({ port, tls: "require" }, Effect.void))
        assert(error._tag === "ConnectionError", String(error))
        assert.include(["refused", "lost"], error.reason)
        assert.isTrue(error.isRetryable)
      }))
  })
}

describe("encryption", () => {
  it.scopedLive("fails typed where the server has none, and nothing else is sent to it", () =>
    Effect.gen(function*() {
      const said: Array<string> = []
      const postgres = yield* pretendPostgres((socket, message) => {
        said.push(message.toString("latin1"))
        socket.write("N")
      })
      const mysql = yield* pretendMysql("10.11.6-MariaDB", (sql) => void said.push(sql))
      const urlOf = (scheme: string, { port }: { readonly port: number }) =>
        Redacted.make(`${scheme}://ada:${password}@127.0.0.1:${port}/x?sslmode=require`)
      for (
        const layer of [
          Postgres.layer({ url: urlOf("postgres", postgres) }),
          Mysql.layer({ url: urlOf("mysql", mysql) })
        ]
      ) {
        const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
        assert.deepInclude(error as object, { _tag: "ConnectionError", reason: "tls", isRetryable: false })
        assert.match(error.message, /has no encryption: .* ask for plain text: tls: "disable", or sslmode=disable/)
        holdsNoSecret(error)
      }
      assert.deepStrictEqual(said.map((text) => text.length), [8])
    }))

  it("knows this machine", () => {
    for (
      const host of [
        "localhost",
        "LOCALHOST.",
        "app.localhost",
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "::1%lo",
        "0:0:0:0:0:0:0:1",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "/run/postgresql"
      ]
    ) assert.isTrue(Tls.isLoopback(host), host)
    for (
      const host of [
        "db",
        "localhost.example.org",
        "notlocalhost",
        "128.0.0.1",
        "10.0.0.1",
        "0.0.0.0",
        "::",
        "::2",
        "::ffff:10.0.0.1",
        "127.0.0.1.example.org",
        "127.1",
        "2130706433"
      ]
    ) assert.isFalse(Tls.isLoopback(host), host)
  })

  const option = (tls: unknown) =>
    attempt(() =>
      Tls.resolve({ server: "PostgreSQL", host: "h", option: tls as Tls.TlsOptions, url: {}, environment: {} })
    )

  const refused: ReadonlyArray<readonly [name: string, tls: unknown, message: RegExp]> = [
    ["true, as pg takes it", true, /neither a mode nor options[^]*verify-full/],
    ["a word of no meaning", "on", /tls for PostgreSQL is not one that is understood/],
    ["the name of a property of all objects", "constructor", /is not one that is understood/],
    ["a mode that falls back", "Prefer", /falls back to plain text/],
    ["an option of Node.js", { rejectUnauthorized: false }, /no tls\.rejectUnauthorized[^]*there are mode, ca/],
    ["a mode that falls back, among options", { mode: "allow" }, /the tls\.mode for PostgreSQL is "allow"/],
    ["the name of a file", { ca: "/etc/ca.pem" }, /the tls\.ca for PostgreSQL holds no certificate[^]*not its name/],
    ["half a certificate", { ca: "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----" }, /no certificate/],
    ["a key alone", { key: Redacted.make("hunter2") }, /need each other/],
    ["an old version", { minVersion: "TLSv1" }, /minVersion for PostgreSQL is not one/]
  ]
  for (const [name, tls, message] of refused) {
    it.effect(`refuses ${name}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(option(tls))
        assert.match(error.message, message)
        assert.notInclude(error.message, "hunter2")
      }))
  }

  // Where there is no openssl to make certificates with.
  it.effect.skipIf(!canMake)(
    "refuses a key that cannot be read, or is another's, without a word of it",
    () =>
      Effect.gen(function*() {
        const { make } = yield* Effect.promise(() => import("./certificates.js"))
        const { text } = yield* Effect.acquireRelease(
          Effect.sync(() => make("nobody")),
          (certificates) => Effect.sync(certificates.remove)
        )
        const of = (key: string, phrase?: string) =>
          Effect.flip(option({
            cert: text("client.crt"),
            key: Redacted.make(key),
            ...(phrase === undefined ? {} : { passphrase: Redacted.make(phrase) })
          }))
        for (
          const [key, phrase] of [["nonsense"], [text("client-encrypted.key")], [text("client-encrypted.key"), "no"]]
        ) {
          const error = yield* of(key ?? "", phrase)
          assert.match(error.message, /tls\.key for PostgreSQL cannot be read[^]*tls\.passphrase/)
          holdsNoSecret(error)
        }
        assert.match((yield* of(text("good.key"))).message, /not the key of tls\.cert/)
      }).pipe(Effect.scoped)
  )
})
