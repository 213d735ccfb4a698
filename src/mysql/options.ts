/**
 * What a connection needs to know, from options and a URL: checked, and with no word of the password in what is said about it.
 */
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { ConnectionOptions } from "node:tls"
import type { ConfigurationError } from "../DbError.js"
import * as Settings from "../network/settings.js"

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

const parameters = ["ssl-mode", "ssl-ca", "socket", "connect-timeout"] as const

const settings = Settings.readers({
  server: "MySQL",
  schemes: ["mysql", "mariadb"],
  example: "mysql://user:password@host:3306/database",
  parameters
})

/** Encryption as MySQL's own programs name it. */
const sslOf = (mode: string | undefined, authority: string | undefined): Target["ssl"] | false => {
  const ca = authority === undefined ? {} : { ca: settings.file("ssl-ca", authority) }
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
      throw new Settings.Problem(
        "the ssl-mode of the MySQL URL is not one that is understood",
        "use disabled, required, verify_ca or verify_identity"
      )
  }
}

type FromUrl = Omit<DriverOptions, "ssl"> & { readonly ssl?: Target["ssl"] | false }

const fromUrl = (url: Redacted.Redacted): FromUrl => {
  const { parameters, ...address } = settings.address(url)
  return {
    ...address,
    socketPath: parameters.socket,
    ssl: sslOf(parameters["ssl-mode"], parameters["ssl-ca"]),
    connectTimeout: settings.seconds("connect-timeout", parameters["connect-timeout"])
  }
}

const read = (options: DriverOptions): Target => {
  const url: FromUrl = options.url === undefined ? {} : fromUrl(options.url)
  const ssl = options.ssl === undefined
    ? url.ssl
    : options.ssl === true
    ? { verifyIdentity: true }
    : options.ssl === false
    ? false
    : { ...options.ssl, verifyIdentity: options.ssl.rejectUnauthorized !== false }
  const { millis, text } = settings
  return {
    host: text("host", options.host ?? url.host) ?? "localhost",
    port: settings.port(options.port ?? url.port) ?? 3306,
    socketPath: text("socketPath", options.socketPath ?? url.socketPath),
    database: text("database", options.database ?? url.database),
    user: text("username", options.username ?? url.username),
    password: settings.password(options.password ?? url.password),
    ssl: ssl === false ? undefined : ssl,
    connectTimeout: millis("connectTimeout", options.connectTimeout ?? url.connectTimeout ?? Duration.seconds(10)) ?? 0,
    statementTimeout: options.statementTimeout === undefined
      ? undefined
      : millis("statementTimeout", options.statementTimeout)
  }
}

/** Checks options; an option beside a URL stands above what the URL says. */
export const resolve = (options: DriverOptions): Effect.Effect<Target, ConfigurationError> =>
  Settings.attempt(() => read(options))
