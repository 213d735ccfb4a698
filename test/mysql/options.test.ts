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

const noMaterial = { ca: undefined, cert: undefined, key: undefined, passphrase: undefined, minVersion: undefined }
const verified = (serverName: string) => ({ ...noMaterial, mode: "verify-full" as const, serverName })

describe("a MySQL URL", () => {
  reads("mysql://ada:p%40ss%2Fw%3Ard@db.example.org:3307/my%20data", {
    host: "db.example.org",
    port: 3307,
    user: "ada",
    password: "p@ss/w:rd",
    database: "my data",
    socketPath: undefined,
    tls: verified("db.example.org"),
    connectTimeout: 10_000,
    statementTimeout: undefined,
    lockTimeout: undefined
  })
  reads("mariadb://localhost", { host: "localhost", port: 3306, database: undefined, tls: undefined })
  reads("mysql://ada@[::1]:3306/x", { host: "::1", port: 3306, user: "ada" })
  reads("mysql://ada@localhost/x?socket=/run/mysqld/mysqld.sock", {
    socketPath: "/run/mysqld/mysqld.sock",
    database: "x"
  })
  reads("mysql://h/x?ssl-mode=DISABLED", { tls: undefined })
  reads("mysql://h/x?ssl-mode=required", { tls: { ...verified("h"), mode: "require" } })
  reads("mysql://h/x?ssl_mode=VERIFY_CA", { tls: { ...verified("h"), mode: "verify-ca" } })
  reads("mysql://localhost/x?ssl-mode=verify_identity", { tls: verified("localhost") })
  reads("mysql://h/x?sslmode=verify-full", { tls: verified("h") })
  reads("mysql://h/x?socket=/run/mysqld/mysqld.sock", { tls: undefined })
  reads("mysql://h/x?connect-timeout=3", { connectTimeout: 3000 })
  reads("mysql://h/x?connect-timeout=0", { connectTimeout: 0 })

  it.effect("stands below the options", () =>
    Effect.gen(function*() {
      const target = yield* url("mysql://a:b@h:1/x?ssl-mode=required", {
        host: "other",
        port: 2,
        tls: { serverName: "another" },
        connectTimeout: Duration.seconds(1),
        statementTimeout: "1500 millis",
        lockTimeout: "1001 millis"
      })
      assert.deepStrictEqual({ ...target, password: undefined }, {
        host: "other",
        port: 2,
        socketPath: undefined,
        database: "x",
        user: "a",
        password: undefined,
        tls: { mode: "verify-full", serverName: "another" },
        connectTimeout: 1000,
        statementTimeout: 1500,
        lockTimeout: 2
      })
      assert.isUndefined((yield* url("mysql://h/x?ssl-mode=required", { tls: "disable" })).tls)
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
  refuses("an unknown ssl-mode", at(`mysql://u:${secret}@h/x?ssl-mode=perhaps`), /ssl-mode/)
  refuses("a half-hearted ssl-mode", at(`mysql://u:${secret}@h/x?ssl-mode=PREFERRED`), /falls back to plain text/)
  refuses("a certificate that is not there", at(`mysql://u:${secret}@h/x?ssl-ca=/no/such`), /ssl-ca/)
  refuses("a timeout that is no number", at(`mysql://u:${secret}@h/x?connect-timeout=soon`), /connect-timeout/)
  refuses("a port out of range", { port: 70_000, password: Redacted.make(secret) }, /port/)
  refuses("a zero timeout", { connectTimeout: 0, password: Redacted.make(secret) }, /connectTimeout/)
  refuses("a NUL in the password", { password: Redacted.make(`${secret}\u0000`) }, /password/)
})
