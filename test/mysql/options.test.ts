import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import { resolve } from "../../src/mysql/options.js"
import type { DriverOptions, Target } from "../../src/mysql/options.js"

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

describe("a MySQL URL", () => {
  reads("mysql://ada:p%40ss%2Fw%3Ard@db.example.org:3307/my%20data", {
    host: "db.example.org",
    port: 3307,
    user: "ada",
    password: "p@ss/w:rd",
    database: "my data",
    socketPath: undefined,
    ssl: undefined,
    connectTimeout: 10_000,
    statementTimeout: undefined
  })
  reads("mariadb://localhost", { host: "localhost", port: 3306, database: undefined })
  reads("mysql://ada@[::1]:3306/x", { host: "::1", port: 3306, user: "ada" })
  reads("mysql://ada@localhost/x?socket=/run/mysqld/mysqld.sock", {
    socketPath: "/run/mysqld/mysqld.sock",
    database: "x"
  })
  reads("mysql://h/x?ssl-mode=DISABLED", { ssl: undefined })
  reads("mysql://h/x?ssl-mode=required", { ssl: { rejectUnauthorized: false, verifyIdentity: false } })
  reads("mysql://h/x?ssl-mode=VERIFY_CA", { ssl: { verifyIdentity: false } })
  reads("mysql://h/x?ssl-mode=verify_identity", { ssl: { verifyIdentity: true } })
  reads("mysql://h/x?connect-timeout=3", { connectTimeout: 3000 })
  reads("mysql://h/x?connect-timeout=0", { connectTimeout: 0 })

  it.effect("stands below the options", () =>
    Effect.gen(function*() {
      const target = yield* url("mysql://a:b@h:1/x?ssl-mode=required", {
        host: "other",
        port: 2,
        ssl: true,
        connectTimeout: Duration.seconds(1),
        statementTimeout: "1500 millis"
      })
      assert.deepStrictEqual({ ...target, password: undefined }, {
        host: "other",
        port: 2,
        socketPath: undefined,
        database: "x",
        user: "a",
        password: undefined,
        ssl: { verifyIdentity: true },
        connectTimeout: 1000,
        statementTimeout: 1500
      })
      assert.isUndefined((yield* url("mysql://h/x?ssl-mode=required", { ssl: false })).ssl)
      assert.deepStrictEqual((yield* resolve({ ssl: { ca: "x", rejectUnauthorized: false } })).ssl, {
        ca: "x",
        rejectUnauthorized: false,
        verifyIdentity: false
      })
      assert.isUndefined((yield* resolve({ statementTimeout: Duration.infinity })).statementTimeout)
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
  refuses("another protocol", at(`postgres://u:${secret}@h/x`), /does not begin with mysql/)
  refuses("a password that is not encoded", at(`mysql://u:a#${secret}@h/x`), /not a URL|has a #/)
  refuses("a slash in the password", at(`mysql://u:1/${secret}@h/x`), /second \/|not a URL/)
  refuses("a fragment", at(`mysql://u@h/x#${secret}`), /has a #/)
  refuses("a question mark in the password", at(`mysql://h?${secret}@h/x`), /not understood/)
  refuses("half of an encoding", at(`mysql://u:${secret}%zz@h/x`), /encodes nothing/)
  refuses("an unknown parameter", at(`mysql://u:${secret}@h/x?multipleStatements=true`), /"multipleStatements"/)
  refuses("an unknown ssl-mode", at(`mysql://u:${secret}@h/x?ssl-mode=preferred`), /ssl-mode/)
  refuses("a certificate that is not there", at(`mysql://u:${secret}@h/x?ssl-ca=/no/such`), /ssl-ca/)
  refuses("a timeout that is no number", at(`mysql://u:${secret}@h/x?connect-timeout=soon`), /connect-timeout/)
  refuses("a port out of range", { port: 70_000, password: Redacted.make(secret) }, /port/)
  refuses("a zero timeout", { connectTimeout: 0, password: Redacted.make(secret) }, /connectTimeout/)
  refuses("a NUL in the password", { password: Redacted.make(`${secret}\u0000`) }, /password/)
})
