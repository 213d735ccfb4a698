/**
 * What a connection needs to know, from options and a URL: checked, and with no word of the password in what is said about it.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"
import type { ConnectionOptions } from "node:tls"
import { ConfigurationError } from "../DbError.js"

/** What can be said about encryption beyond whether there is any. */
export type TlsOptions = Pick<
  ConnectionOptions,
  "ca" | "cert" | "key" | "passphrase" | "ciphers" | "minVersion" | "maxVersion" | "rejectUnauthorized"
>

/**
 * How to reach a server; see `Mysql.Options` for what each means.
 */
export interface DriverOptions {
  readonly url?: Redacted.Redacted | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly socketPath?: string | undefined
  readonly database?: string | undefined
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted | undefined
  readonly ssl?: boolean | TlsOptions | undefined
  readonly connectTimeout?: Duration.DurationInput | undefined
  readonly statementTimeout?: Duration.DurationInput | undefined
}

/** Options that were checked. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly socketPath: string | undefined
  readonly database: string | undefined
  readonly user: string | undefined
  readonly password: Redacted.Redacted | undefined
  /** As mysql2 takes it: `verifyIdentity` is about the name in the certificate. */
  readonly ssl: (TlsOptions & { readonly verifyIdentity: boolean }) | undefined
  /** In milliseconds; 0 for no limit. */
  readonly connectTimeout: number
  /** In milliseconds. */
  readonly statementTimeout: number | undefined
}

class Problem {
  constructor(readonly problem: string, readonly hint?: string) {}
}

const form =
  "the form is mysql://user:password@host:3306/database, and characters such as @ : / # ? % in the user and the " +
  "password are percent-encoded"

const decoded = (part: string): string | undefined => {
  try {
    return part === "" ? undefined : decodeURIComponent(part)
  } catch {
    throw new Problem("the MySQL URL has a % that encodes nothing", form)
  }
}

const file = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    throw new Problem(`the file ${path} of the MySQL URL's ssl-ca cannot be read`)
  }
}

/** Encryption as MySQL's own programs name it. */
const sslOf = (mode: string | undefined, authority: string | undefined): Target["ssl"] | false => {
  const ca = authority === undefined ? {} : { ca: file(authority) }
  switch (mode?.toLowerCase()) {
    case undefined:
      return authority === undefined ? undefined : { ...ca, verifyIdentity: true }
    case "disabled":
      return false
    case "required":
      return { ...ca, rejectUnauthorized: false, verifyIdentity: false }
    case "verify_ca":
      return { ...ca, verifyIdentity: false }
    case "verify_identity":
      return { ...ca, verifyIdentity: true }
    default:
      throw new Problem(
        "the ssl-mode of the MySQL URL is not one that is understood",
        "use disabled, required, verify_ca or verify_identity"
      )
  }
}

const parameters = ["ssl-mode", "ssl-ca", "socket", "connect-timeout"] as const

const seconds = (text: string | undefined): Duration.Duration | undefined => {
  if (text === undefined) return undefined
  if (!/^\d{1,6}$/.test(text)) throw new Problem("the connect-timeout of the MySQL URL is not a number of seconds")
  return text === "0" ? Duration.infinity : Duration.seconds(Number(text))
}

type FromUrl = Omit<DriverOptions, "ssl"> & { readonly ssl?: Target["ssl"] | false }

const fromUrl = (url: Redacted.Redacted): FromUrl => {
  let parsed: URL
  try {
    parsed = new URL(Redacted.value(url))
  } catch {
    throw new Problem("the MySQL URL is not a URL", form)
  }
  // Without // what follows is one path, of which the password would become the name of the database.
  if (!/^(?:mysql|mariadb):\/\//i.test(Redacted.value(url).trim())) {
    throw new Problem("the MySQL URL does not begin with mysql:// or mariadb://", form)
  }
  if (parsed.hash !== "" || parsed.pathname.slice(1).includes("/")) {
    throw new Problem(`the MySQL URL has a ${parsed.hash === "" ? "second /" : "#"} after the host`, form)
  }
  const found: { [name in (typeof parameters)[number]]?: string } = {}
  for (const [given, value] of parsed.searchParams) {
    const name = parameters.find((known) => known === given)
    if (name === undefined) {
      // A name is shown only if it looks like one: after a mistake it can be a piece of a password.
      throw new Problem(
        `the MySQL URL has a parameter ${/^[a-zA-Z_-]{1,40}$/.test(given) ? `"${given}" ` : ""}that is not understood`,
        `there are ${parameters.join(", ")}; other settings are options of the Layer`
      )
    }
    found[name] = value
  }
  const password = decoded(parsed.password)
  return {
    host: decoded(parsed.hostname.replace(/^\[(.*)\]$/, "$1")),
    port: parsed.port === "" ? undefined : Number(parsed.port),
    socketPath: found.socket,
    database: decoded(parsed.pathname.slice(1)),
    username: decoded(parsed.username),
    password: password === undefined ? undefined : Redacted.make(password),
    ssl: sslOf(found["ssl-mode"], found["ssl-ca"]),
    connectTimeout: seconds(found["connect-timeout"])
  }
}

const withoutNul = (name: string, value: string | undefined): string | undefined => {
  if (value?.includes("\u0000") === true) throw new Problem(`the ${name} for MySQL holds the character U+0000`)
  return value
}

const maxTimer = 2_147_483_647

/** Whole milliseconds; undefined for no limit. */
const millis = (name: string, input: Duration.DurationInput): number | undefined => {
  const value = Duration.decodeUnknown(input)
  if (value._tag === "None" || Duration.toMillis(value.value) === 0) {
    throw new Problem(`the ${name} for MySQL is no length of time`, "leave it out for none, or say Duration.infinity")
  }
  const time = Duration.toMillis(value.value)
  return time > maxTimer ? undefined : Math.ceil(time)
}

const read = (options: DriverOptions): Target => {
  const url: FromUrl = options.url === undefined ? {} : fromUrl(options.url)
  const port = options.port ?? url.port ?? 3306
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Problem("the port for MySQL is not one from 1 to 65535")
  }
  const password = options.password ?? url.password
  withoutNul("password", password === undefined ? undefined : Redacted.value(password))
  const ssl = options.ssl === undefined
    ? url.ssl
    : options.ssl === true
    ? { verifyIdentity: true }
    : options.ssl === false
    ? false
    : { ...options.ssl, verifyIdentity: options.ssl.rejectUnauthorized !== false }
  return {
    host: withoutNul("host", options.host ?? url.host) ?? "localhost",
    port,
    socketPath: withoutNul("socketPath", options.socketPath ?? url.socketPath),
    database: withoutNul("database", options.database ?? url.database),
    user: withoutNul("username", options.username ?? url.username),
    password,
    ssl: ssl === false ? undefined : ssl,
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
