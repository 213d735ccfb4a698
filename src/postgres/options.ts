/**
 * What a connection needs to know, from options and a URL: checked, and with no word of the password in what is said about it.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"
import type { ConnectionOptions } from "node:tls"
import { ConfigurationError } from "../DbError.js"

/**
 * How to reach a server; see `Postgres.Options` for what each means.
 */
export interface DriverOptions {
  readonly url?: Redacted.Redacted | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly database?: string | undefined
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted | undefined
  readonly ssl?: boolean | ConnectionOptions | undefined
  readonly applicationName?: string | undefined
  readonly prepare?: "named" | "unnamed" | undefined
  readonly connectTimeout?: Duration.DurationInput | undefined
  readonly statementTimeout?: Duration.DurationInput | undefined
}

/** Options that were checked; undefined where `pg` looks into the PG* environment variables. */
export interface Target {
  readonly host: string | undefined
  readonly port: number | undefined
  readonly database: string | undefined
  readonly user: string | undefined
  readonly password: Redacted.Redacted | undefined
  readonly ssl: boolean | ConnectionOptions | undefined
  readonly applicationName: string
  readonly prepare: "named" | "unnamed"
  readonly connectTimeout: number
  readonly statementTimeout: number | undefined
}

class Problem {
  readonly problem: string
  readonly hint: string | undefined
  constructor(problem: string, hint?: string) {
    this.problem = problem
    this.hint = hint
  }
}

const encodingHint =
  "the form is postgres://user:password@host:5432/database, and characters such as @ : / # ? % in the user " +
  "and the password are percent-encoded"

const decoded = (part: string): string | undefined => {
  try {
    return part === "" ? undefined : decodeURIComponent(part)
  } catch {
    throw new Problem("the PostgreSQL URL has a % that encodes nothing", encodingHint)
  }
}

const file = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    throw new Problem(`the file ${path} of the PostgreSQL URL's sslrootcert cannot be read`)
  }
}

/** TLS as libpq names it: `require` encrypts, `verify-ca` and `verify-full` also prove who the server is. */
const sslOf = (mode: string | undefined, rootCertificate: string | undefined): Target["ssl"] => {
  const ca = rootCertificate === undefined ? {} : { ca: file(rootCertificate) }
  switch (mode) {
    case undefined:
      return rootCertificate === undefined ? undefined : ca
    case "disable":
      return false
    case "require":
    case "no-verify":
      return rootCertificate === undefined
        ? { rejectUnauthorized: false }
        : { ...ca, checkServerIdentity: () => undefined }
    case "verify-ca":
      return { ...ca, checkServerIdentity: () => undefined }
    case "verify-full":
      return rootCertificate === undefined ? true : ca
    default:
      throw new Problem(
        "the sslmode of the PostgreSQL URL is not one that is understood",
        "use disable, require, verify-ca or verify-full"
      )
  }
}

const parameters = ["sslmode", "sslrootcert", "host", "application_name", "connect_timeout"] as const

const seconds = (text: string | undefined): Duration.Duration | undefined => {
  if (text === undefined) return undefined
  if (!/^\d{1,6}$/.test(text)) throw new Problem("the connect_timeout of the PostgreSQL URL is not a number of seconds")
  return text === "0" ? Duration.infinity : Duration.seconds(Number(text))
}

/** Stands for the host of `postgres://user@/database?host=/directory`, which libpq takes and URLs do not. */
const noHost = "0.0.0.0"

const parseUrl = (url: string): URL => {
  for (const form of [url, url.replace("@/", `@${noHost}/`)]) {
    try {
      return new URL(form)
    } catch {
      // The error holds the URL, and so the password.
    }
  }
  throw new Problem("the PostgreSQL URL is not a URL", encodingHint)
}

const fromUrl = (url: Redacted.Redacted): DriverOptions => {
  const parsed = parseUrl(Redacted.value(url))
  // Without // what follows is one path, of which the password would become the name of the database.
  if (!/^postgres(?:ql)?:\/\//i.test(Redacted.value(url).trim())) {
    throw new Problem("the PostgreSQL URL does not begin with postgres:// or postgresql://", encodingHint)
  }
  if (parsed.hash !== "" || parsed.pathname.slice(1).includes("/")) {
    throw new Problem(`the PostgreSQL URL has a ${parsed.hash === "" ? "second /" : "#"} after the host`, encodingHint)
  }
  const found: { [name: string]: string } = {}
  for (const [name, value] of parsed.searchParams) {
    if (!parameters.some((known) => known === name)) {
      // A name is shown only if it looks like one: after a mistake it can be a piece of a password.
      throw new Problem(
        `the PostgreSQL URL has a parameter ${/^[a-z_]{1,40}$/.test(name) ? `"${name}" ` : ""}that is not understood`,
        `there are ${parameters.join(", ")}; other settings are options of the Layer`
      )
    }
    found[name] = value
  }
  const host = found.host ?? decoded(parsed.hostname.replace(/^\[(.*)\]$/, "$1"))
  if (host === noHost) throw new Problem("the PostgreSQL URL names no host", encodingHint)
  const password = decoded(parsed.password)
  return {
    host,
    port: parsed.port === "" ? undefined : Number(parsed.port),
    database: decoded(parsed.pathname.slice(1)),
    username: decoded(parsed.username),
    password: password === undefined ? undefined : Redacted.make(password),
    ssl: sslOf(found.sslmode, found.sslrootcert),
    applicationName: found.application_name,
    connectTimeout: seconds(found.connect_timeout)
  }
}

const withoutNul = (name: string, value: string | undefined): string | undefined => {
  if (value?.includes("\u0000") === true) throw new Problem(`the ${name} for PostgreSQL holds the character U+0000`)
  return value
}

const maxTimer = 2_147_483_647

/** Whole milliseconds; undefined for no limit. */
const millis = (name: string, input: Duration.DurationInput): number | undefined => {
  const value = Duration.decodeUnknown(input)
  if (value._tag === "None" || Duration.toMillis(value.value) === 0) {
    throw new Problem(
      `the ${name} for PostgreSQL is no length of time`,
      "leave it out for none, or say Duration.infinity"
    )
  }
  const time = Duration.toMillis(value.value)
  return time > maxTimer ? undefined : Math.ceil(time)
}

const read = (options: DriverOptions): Target => {
  const url = options.url === undefined ? {} : fromUrl(options.url)
  const port = options.port ?? url.port
  if (port !== undefined && (!Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw new Problem("the port for PostgreSQL is not one from 1 to 65535")
  }
  const prepare = options.prepare ?? "named"
  if (prepare !== "named" && prepare !== "unnamed") {
    throw new Problem("the option prepare for PostgreSQL is neither \"named\" nor \"unnamed\"")
  }
  const password = options.password ?? url.password
  withoutNul("password", password === undefined ? undefined : Redacted.value(password))
  return {
    host: withoutNul("host", options.host ?? url.host),
    port,
    database: withoutNul("database", options.database ?? url.database),
    user: withoutNul("username", options.username ?? url.username),
    password,
    ssl: options.ssl ?? url.ssl,
    applicationName: withoutNul("applicationName", options.applicationName ?? url.applicationName) ?? "effect-strata",
    prepare,
    connectTimeout: millis("connectTimeout", options.connectTimeout ?? url.connectTimeout ?? Duration.seconds(10)) ?? 0,
    statementTimeout: options.statementTimeout === undefined
      ? undefined
      : millis("statementTimeout", options.statementTimeout)
  }
}

/** Checks options; an option beside a URL stands above what the URL says. */
export const resolve = (options: DriverOptions): Effect.Effect<Target, ConfigurationError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(read(options))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { hint, problem } = error
      return Effect.fail(new ConfigurationError(hint === undefined ? { problem } : { problem, hint }))
    }
  })
