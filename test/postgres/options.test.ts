import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import { resolve } from "../../src/postgres/options.js"
import type { DriverOptions, Target } from "../../src/postgres/options.js"

const url = (text: string, options: DriverOptions = {}, environment = {}) =>
  resolve({ url: Redacted.make(text), ...options }, environment)

interface Expected extends Partial<Omit<Target, "password" | "ssl">> {
  readonly password?: string
  readonly isEncrypted?: boolean
}

const reads = (text: string, expected: Expected) =>
  it.effect(`reads ${text}`, () =>
    Effect.gen(function*() {
      const { password, ssl, ...rest } = yield* url(text)
      const target: Record<string, unknown> = {
        ...rest,
        isEncrypted: ssl !== false,
        password: password === undefined ? undefined : Redacted.value(password)
      }
      for (const [name, value] of Object.entries(expected)) assert.deepStrictEqual(target[name], value, name)
    }))

describe("a PostgreSQL URL", () => {
  reads("postgres://ada:p%40ss%2Fw%3Ard@db.example.org:6432/my%20data", {
    host: "db.example.org",
    port: 6432,
    user: "ada",
    password: "p@ss/w:rd",
    database: "my data",
    isEncrypted: true,
    applicationName: "effect-strata",
    prepare: "named",
    connectTimeout: 10_000,
    statementTimeout: undefined,
    lockTimeout: undefined
  })
  reads("postgresql://localhost", { host: "localhost", port: undefined, user: undefined, database: undefined })
  reads("postgres://ada@[::1]:5432/x", { host: "::1", port: 5432 })
  reads("postgres://ada@%2Fvar%2Frun%2Fpostgresql/x", { host: "/var/run/postgresql", database: "x" })
  reads("postgres://ada@/x?host=/var/run/postgresql", { host: "/var/run/postgresql", user: "ada", database: "x" })
  reads("postgres:///x", { host: "localhost", database: "x", isEncrypted: false })
  reads("postgres://h/x?sslmode=disable", { isEncrypted: false })
  reads("postgres://localhost/x?SSLMode=Verify_Full", { isEncrypted: true })
  reads("postgres://ada@/x?host=/run/postgresql&sslmode=verify-full", { isEncrypted: false })
  reads("postgres://h/x?application_name=app&connect_timeout=3", { applicationName: "app", connectTimeout: 3000 })
  reads("postgres://h/x?connect_timeout=0", { connectTimeout: 0 })

  it.effect("stands below the options", () =>
    Effect.gen(function*() {
      const target = yield* url("postgres://a:b@h:1/x?sslmode=require&application_name=y", {
        host: "other",
        port: 2,
        tls: "disable",
        applicationName: "mine",
        prepare: "unnamed",
        connectTimeout: Duration.seconds(1),
        statementTimeout: "1500 millis",
        lockTimeout: "2 seconds"
      })
      assert.deepStrictEqual({ ...target, password: undefined }, {
        host: "other",
        port: 2,
        database: "x",
        user: "a",
        password: undefined,
        ssl: false,
        applicationName: "mine",
        prepare: "unnamed",
        connectTimeout: 1000,
        statementTimeout: 1500,
        lockTimeout: 2000
      })
    }))

  it.effect("leaves the host and its encryption to the environment, where it says nothing of them", () =>
    Effect.gen(function*() {
      const of = (text: string, environment: { readonly [name: string]: string }, options: DriverOptions = {}) =>
        Effect.map(url(text, options, environment), ({ host, ssl }) => [
          host,
          ssl === false ? "plain" : ssl.rejectUnauthorized === true ? "verified" : "encrypted"
        ])
      assert.deepStrictEqual(yield* of("postgres:///x", { PGHOST: "db.example.org" }), ["db.example.org", "verified"])
      assert.deepStrictEqual(yield* of("postgres:///x", { PGHOST: "127.0.0.1" }), ["127.0.0.1", "plain"])
      assert.deepStrictEqual(yield* of("postgres:///x", { PGHOST: "" }), ["localhost", "plain"])
      assert.deepStrictEqual(yield* of("postgres://h/x", { PGHOST: "localhost" }), ["h", "verified"])
      assert.deepStrictEqual(yield* of("postgres://h/x", { PGSSLMODE: "disable" }), ["h", "plain"])
      assert.deepStrictEqual(yield* of("postgres://h/x", { PGSSLMODE: "" }), ["h", "verified"])
      assert.deepStrictEqual(yield* of("postgres://localhost/x", { PGSSLMODE: "require" }), ["localhost", "encrypted"])
      assert.deepStrictEqual(
        yield* of("postgres://h/x?sslmode=require", { PGSSLMODE: "disable" }),
        ["h", "encrypted"]
      )
      assert.deepStrictEqual(yield* of("postgres://h/x", { PGSSLMODE: "disable" }, { tls: "verify-full" }), [
        "h",
        "verified"
      ])
      const refused = yield* Effect.flip(of("postgres://h/x", { PGSSLMODE: "prefer" }))
      assert.match(refused.message, /PGSSLMODE is "prefer", which falls back to plain text[^]*verify-full; or disable/)
      const missing = yield* Effect.flip(of("postgres://h/x", { PGSSLROOTCERT: "/no/such" }))
      assert.match(missing.message, /\/no\/such, which is the environment variable PGSSLROOTCERT, cannot be read/)
      yield* of("postgres://localhost/x", { PGSSLROOTCERT: "/no/such" })
    }))

  const secret = "hunter2"
  const refuses = (name: string, options: DriverOptions, problem: RegExp) =>
    it.effect(`refuses ${name}, without a word of the password`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(resolve(options))
        assert.strictEqual(error._tag, "ConfigurationError")
        assert.match(error.message, problem)
        assert.notInclude(error.message + JSON.stringify(error), secret)
      }))
  const at = (text: string): DriverOptions => ({ url: Redacted.make(text) })

  refuses("no URL", at(secret), /not a URL/)
  refuses("another protocol", at(`mysql://u:${secret}@h/x`), /does not begin with postgres/)
  refuses("a password that is not encoded", at(`postgres://u:a#${secret}@h/x`), /not a URL/)
  refuses("a slash in the password", at(`postgres://u:1/${secret}@h/x`), /second \/|not a URL/)
  refuses("a fragment", at(`postgres://u@h/x#${secret}`), /has a #/)
  refuses("a question mark in the password", at(`postgres://h?${secret}@h/x`), /not understood/)
  refuses("half of an encoding", at(`postgres://u:${secret}%zz@h/x`), /encodes nothing/)
  refuses("an unknown parameter", at(`postgres://u:${secret}@h/x?search_path=y`), /"search_path"/)
  refuses("an unknown sslmode", at(`postgres://u:${secret}@h/x?sslmode=perhaps`), /sslmode/)
  refuses("a half-hearted sslmode", at(`postgres://u:${secret}@h/x?sslmode=prefer`), /falls back to plain text/)
  refuses("a certificate that is not there", at(`postgres://u:${secret}@h/x?sslrootcert=/no/such`), /sslrootcert/)
  refuses("a timeout that is no number", at(`postgres://u:${secret}@h/x?connect_timeout=soon`), /connect_timeout/)
  refuses("a port out of range", { port: 70_000, password: Redacted.make(secret) }, /port/)
  refuses("a zero lock timeout", { lockTimeout: 0, password: Redacted.make(secret) }, /lockTimeout/)
  refuses("a zero timeout", { connectTimeout: 0, password: Redacted.make(secret) }, /connectTimeout/)
  refuses("a NUL in the password", { password: Redacted.make(`${secret}\u0000`) }, /password/)
})
