/**
 * What a connection needs to know, from options and a URL: checked, and with no word of the password in what is said about it.
 */
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { ConnectionOptions } from "node:tls"
import type { ConfigurationError } from "../DbError.js"
import * as Settings from "../network/settings.js"

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

/** Stands for the host of `postgres://user@/database?host=/directory`, which libpq takes and URLs do not. */
const noHost = "0.0.0.0"

const parameters = ["sslmode", "sslrootcert", "host", "application_name", "connect_timeout"] as const

const settings = Settings.readers({
  server: "PostgreSQL",
  schemes: ["postgres", "postgresql"],
  example: "postgres://user:password@host:5432/database",
  parameters,
  alternatives: (url) => [url.replace("@/", `@${noHost}/`)]
})

/** TLS as libpq names it: `require` encrypts, `verify-ca` and `verify-full` also prove who the server is. */
const sslOf = (mode: string | undefined, rootCertificate: string | undefined): Target["ssl"] => {
  const ca = rootCertificate === undefined ? {} : { ca: settings.file("sslrootcert", rootCertificate) }
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
      throw new Settings.Problem(
        "the sslmode of the PostgreSQL URL is not one that is understood",
        "use disable, require, verify-ca or verify-full"
      )
  }
}

const fromUrl = (url: Redacted.Redacted): DriverOptions => {
  const { parameters, ...address } = settings.address(url)
  const host = parameters.host ?? address.host
  if (host === noHost) throw new Settings.Problem("the PostgreSQL URL names no host", settings.hint)
  return {
    ...address,
    host,
    ssl: sslOf(parameters.sslmode, parameters.sslrootcert),
    applicationName: parameters.application_name,
    connectTimeout: settings.seconds("connect_timeout", parameters.connect_timeout)
  }
}

const read = (options: DriverOptions): Target => {
  const url = options.url === undefined ? {} : fromUrl(options.url)
  const prepare = options.prepare ?? "named"
  if (prepare !== "named" && prepare !== "unnamed") {
    throw new Settings.Problem("the option prepare for PostgreSQL is neither \"named\" nor \"unnamed\"")
  }
  const { millis, text } = settings
  return {
    host: text("host", options.host ?? url.host),
    port: settings.port(options.port ?? url.port),
    database: text("database", options.database ?? url.database),
    user: text("username", options.username ?? url.username),
    password: settings.password(options.password ?? url.password),
    ssl: options.ssl ?? url.ssl,
    applicationName: text("applicationName", options.applicationName ?? url.applicationName) ?? "effect-strata",
    prepare,
    connectTimeout: millis("connectTimeout", options.connectTimeout ?? url.connectTimeout ?? Duration.seconds(10)) ?? 0,
    statementTimeout: options.statementTimeout === undefined
      ? undefined
      : millis("statementTimeout", options.statementTimeout)
  }
}

/** Checks options; an option beside a URL stands above what the URL says. */
export const resolve = (options: DriverOptions): Effect.Effect<Target, ConfigurationError> =>
  Settings.attempt(() => read(options))
