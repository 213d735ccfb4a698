/**
 * What a connection needs to know, from options and a URL: checked, and with no word of the password in what is said about it.
 */
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { ConfigurationError } from "../DbError.js"
import { attempt } from "../network/problem.js"
import * as Settings from "../network/settings.js"
import * as Tls from "../network/tls.js"

/**
 * Where a MySQL or MariaDB server is, and how to speak with it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ServerOptions {
  /**
   * `mysql://user:password@host:3306/database`, or with `mariadb:`; the parameters are `ssl-mode` (disabled, required, verify_ca,
   * verify_identity), `ssl-ca`, `ssl-cert`, `ssl-key` (files), `socket` (a path) and `connect-timeout` (in seconds).
   */
  readonly url?: Redacted.Redacted | undefined
  /** Default `localhost`. */
  readonly host?: string | undefined
  /** Default 3306. */
  readonly port?: number | undefined
  /** A Unix socket, in place of host and port. */
  readonly socketPath?: string | undefined
  /** Default none, so that every table has to be named with its database. */
  readonly database?: string | undefined
  /** Default none: the server's anonymous user, where it has one. */
  readonly username?: string | undefined
  /** Default none. */
  readonly password?: Redacted.Redacted | undefined
  /**
   * How the connection is encrypted; it stands in place of all that the URL says of that. Default: `verify-full`, and `disable` for this
   * machine itself (localhost, 127.0.0.0/8, ::1, a Unix socket).
   */
  readonly tls?: Tls.TlsMode | Tls.TlsOptions | undefined
  /** How long opening one connection may take. Default 10 seconds. */
  readonly connectTimeout?: Duration.DurationInput | undefined
  /**
   * How long a statement may wait for a lock before it is a ConflictError; the servers count it in whole seconds, so it is rounded up.
   * Default: as the server has it, 50 seconds for a row.
   */
  readonly lockTimeout?: Duration.DurationInput | undefined
}

/** Which options are the server's; the rest is the pool's. */
export const serverOptions: { readonly [name in keyof Required<ServerOptions>]: true } = {
  url: true,
  host: true,
  port: true,
  socketPath: true,
  database: true,
  username: true,
  password: true,
  tls: true,
  connectTimeout: true,
  lockTimeout: true
}

/** All that a driver is told. */
export interface DriverOptions extends ServerOptions {
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
  readonly tls: Tls.Target | undefined
  /** In milliseconds; 0 for no limit. */
  readonly connectTimeout: number
  /** In milliseconds. */
  readonly statementTimeout: number | undefined
  /** In seconds. */
  readonly lockTimeout: number | undefined
}

const parameters = ["socket", "connect-timeout"] as const

const settings = Settings.readers({
  server: "MySQL",
  schemes: ["mysql", "mariadb"],
  example: "mysql://user:password@host:3306/database",
  parameters,
  tlsParameters: ["ssl-mode", "ssl-ca", "ssl-cert", "ssl-key"]
})

const fromUrl = (url: Redacted.Redacted): Omit<DriverOptions, "tls"> & { readonly tls: Tls.Given } => {
  const { parameters, ...address } = settings.address(url)
  return {
    ...address,
    socketPath: parameters.socket,
    connectTimeout: settings.seconds("connect-timeout", parameters["connect-timeout"])
  }
}

const read = (options: DriverOptions): Target => {
  const url = options.url === undefined ? undefined : fromUrl(options.url)
  const { millis, text } = settings
  const host = text("host", options.host || url?.host) || "localhost"
  const socketPath = text("socketPath", options.socketPath ?? url?.socketPath)
  const limit = (name: "statementTimeout" | "lockTimeout"): number | undefined =>
    options[name] === undefined ? undefined : millis(name, options[name])
  const lockTimeout = limit("lockTimeout")
  const tls = Tls.resolve({
    server: "MySQL",
    host: socketPath === undefined ? host : "localhost",
    option: options.tls,
    url: url?.tls ?? {},
    environment: {}
  })
  return {
    host,
    port: settings.port(options.port ?? url?.port) ?? 3306,
    socketPath,
    database: text("database", options.database ?? url?.database),
    user: text("username", options.username ?? url?.username),
    password: settings.password(options.password ?? url?.password),
    tls,
    connectTimeout: millis("connectTimeout", options.connectTimeout ?? url?.connectTimeout ?? Duration.seconds(10)) ??
      0,
    statementTimeout: limit("statementTimeout"),
    lockTimeout: lockTimeout === undefined ? undefined : Math.ceil(lockTimeout / 1000)
  }
}

/** Checks options; an option beside a URL stands above what the URL says. */
export const resolve = (options: DriverOptions): Effect.Effect<Target, ConfigurationError> =>
  attempt(() => read(options))
