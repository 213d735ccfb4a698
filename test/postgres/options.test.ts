import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import { resolve } from "../../src/postgres/options.js"
import type { DriverOptions, Target } from "../../src/postgres/options.js"

const url = (text: string, options: DriverOptions = {}) => resolve({ url: Redacted.make(text), ...options })

const reads = (text: string, expected: Partial<Omit<Target, "password">> & { readonly password?: string }) =>
  it.effect(`reads ${text}`, () =>
    Effect.gen(function*() {
      const { password, ...rest } = yield* url(text)
      const target: Record<string, unknown> = {
        ...rest,
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
    ssl: undefined,
    applicationName: "effect-strata",
    prepare: "named",
    connectTimeout: 10_000,
    statementTimeout: undefined
  })
  reads("postgresql://localhost", { host: "localhost", port: undefined, user: undefined, database: undefined })
  reads("postgres://ada@[::1]:5432/x", { host: "::1", port: 5432 })
  reads("postgres://ada@%2Fvar%2Frun%2Fpostgresql/x", { host: "/var/run/postgresql", database: "x" })
  reads("postgres://ada@/x?host=/var/run/postgresql", { host: "/var/run/postgresql", user: "ada", database: "x" })
  reads("postgres:///x", { host: undefined, database: "x" })
  reads("postgres://h/x?sslmode=disable", { ssl: false })
  reads("postgres://h/x?sslmode=require", { ssl: { rejectUnauthorized: false } })
  reads("postgres://h/x?sslmode=verify-full", { ssl: true })
  reads("postgres://h/x?application_name=app&connect_timeout=3", { applicationName: "app", connectTimeout: 3000 })
  reads("postgres://h/x?connect_timeout=0", { connectTimeout: 0 })

  it.effect("stands below the options", () =>
    Effect.gen(function*() {
      const target = yield* url("postgres://a:b@h:1/x?sslmode=require&application_name=y", {
        host: "other",
        port: 2,
        ssl: true,
        applicationName: "mine",
        prepare: "unnamed",
        connectTimeout: Duration.seconds(1),
        statementTimeout: "1500 millis"
      })
      assert.deepStrictEqual({ ...target, password: undefined }, {
        host: "other",
        port: 2,
        database: "x",
        user: "a",
        password: undefined,
        ssl: true,
        applicationName: "mine",
        prepare: "unnamed",
        connectTimeout: 1000,
        statementTimeout: 1500
      })
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
  refuses("an unknown sslmode", at(`postgres://u:${secret}@h/x?sslmode=prefer`), /sslmode/)
  refuses("a certificate that is not there", at(`postgres://u:${secret}@h/x?sslrootcert=/no/such`), /sslrootcert/)
  refuses("a timeout that is no number", at(`postgres://u:${secret}@h/x?connect_timeout=soon`), /connect_timeout/)
  refuses("a port out of range", { port: 70_000, password: Redacted.make(secret) }, /port/)
  refuses("a zero timeout", { connectTimeout: 0, password: Redacted.make(secret) }, /connectTimeout/)
  refuses("a NUL in the password", { password: Redacted.make(`${secret}\u0000`) }, /password/)
})
