/**
 * What a connection needs to know, from options, a URL and the environment: checked, and with no word of the password in what is said
 * about it.
 */
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { ConnectionOptions } from "node:tls"
import type { ConfigurationError } from "../DbError.js"
import { attempt, Problem } from "../network/problem.js"
import * as Settings from "../network/settings.js"
import * as Tls from "../network/tls.js"

/**
 * Where a PostgreSQL server is, and how to speak with it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ServerOptions {
  /**
   * `postgres://user:password@host:5432/database`, with the parameters `sslmode` (disable, require, verify-ca, verify-full),
   * `sslrootcert`, `sslcert`, `sslkey` (files), `host` (the directory of a socket), `application_name` and `connect_timeout`.
   */
  readonly url?: Redacted.Redacted | undefined
  /** A name, an address, or the directory of a Unix socket. Default `localhost`. */
  readonly host?: string | undefined
  /** Default 5432. */
  readonly port?: number | undefined
  /** Default: the one that is called as the user is. */
  readonly database?: string | undefined
  /** Default: the user of the operating system. */
  readonly username?: string | undefined
  /** Default none. */
  readonly password?: Redacted.Redacted | undefined
  /**
   * How the connection is encrypted; it stands in place of all that the URL and the environment say of that. Default: `verify-full`,
   * and `disable` for this machine itself (localhost, 127.0.0.0/8, ::1). A Unix socket is never encrypted.
   */
  readonly tls?: Tls.TlsMode | Tls.TlsOptions | undefined
  /** The name that `pg_stat_activity` shows. Default `effect-strata`. */
  readonly applicationName?: string | undefined
  /**
   * `named` (the default) keeps up to 256 statements a connection parsed and planned on the server; `unnamed` keeps none, for a
   * pooler that shares connections between transactions, such as PgBouncer.
   */
  readonly prepare?: "named" | "unnamed" | undefined
  /** How long opening one connection may take. Default 10 seconds. */
  readonly connectTimeout?: Duration.DurationInput | undefined
  /** How long a statement may wait for a lock before it is a ConflictError. Default: as the server has it, which is without end. */
  readonly lockTimeout?: Duration.DurationInput | undefined
}

/** Which options are the server's; the rest is the pool's. */
export const serverOptions: { readonly [name in keyof Required<ServerOptions>]: true } = {
  url: true,
  host: true,
  port: true,
  database: true,
  username: true,
  password: true,
  tls: true,
  applicationName: true,
  prepare: true,
  connectTimeout: true,
  lockTimeout: true
}

/** All that a driver is told. */
export interface DriverOptions extends ServerOptions {
  readonly statementTimeout?: Duration.DurationInput | undefined
}

/** Options that were checked; undefined where `pg` looks into the PG* environment variables. */
export interface Target {
  readonly host: string
  readonly port: number | undefined
  readonly database: string | undefined
  readonly user: string | undefined
  readonly password: Redacted.Redacted | undefined
  readonly ssl: false | ConnectionOptions
  readonly applicationName: string
  readonly prepare: "named" | "unnamed"
  /** In milliseconds, as the others; 0 for no limit. */
  readonly connectTimeout: number
  readonly statementTimeout: number | undefined
  readonly lockTimeout: number | undefined
}

/** Variables of the process, by name. */
type Environment = { readonly [name: string]: string | undefined }

/** Stands for the host of `postgres://user@/database?host=/directory`, which libpq takes and URLs do not. */
const noHost = "0.0.0.0"

const parameters = ["host", "application_name", "connect_timeout"] as const

const settings = Settings.readers({
  server: "PostgreSQL",
  schemes: ["postgres", "postgresql"],
  example: "postgres://user:password@host:5432/database",
  parameters,
  tlsParameters: ["sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "ssl_min_protocol_version"],
  alternatives: (url) => [url.replace("@/", `@${noHost}/`)]
})

const fromUrl = (url: Redacted.Redacted): Omit<DriverOptions, "tls"> & { readonly tls: Tls.Given } => {
  const { parameters, ...address } = settings.address(url)
  const host = parameters.host ?? address.host
  if (host === noHost) throw new Problem("the PostgreSQL URL names no host", settings.hint)
  return {
    ...address,
    host,
    applicationName: parameters.application_name,
    connectTimeout: settings.seconds("connect_timeout", parameters.connect_timeout)
  }
}

const variables = {
  mode: "PGSSLMODE",
  ca: "PGSSLROOTCERT",
  cert: "PGSSLCERT",
  key: "PGSSLKEY",
  minVersion: "PGSSLMINPROTOCOLVERSION"
} as const

/** Read here, as `pg` would: it takes `verify-full` for `prefer`, and looks at no other host than at the one it is given. */
const tlsOf = (environment: Environment): Tls.Given =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([field, name]) => {
      const text = environment[name]
      return text === undefined || text === "" ? [] : [[field, { where: `the environment variable ${name}`, text }]]
    })
  )

const tlsTo = (host: string, options: DriverOptions, url: Tls.Given, environment: Environment): Target["ssl"] => {
  // PostgreSQL has no encryption there, and libpq asks for none.
  if (host.startsWith("/")) return false
  const target = Tls.resolve({
    server: "PostgreSQL",
    host,
    option: options.tls,
    url,
    environment: tlsOf(environment)
  })
  return target === undefined ? false : Tls.connectionOptions(target)
}

const read = (options: DriverOptions, environment: Environment): Target => {
  const url = options.url === undefined ? undefined : fromUrl(options.url)
  const prepare = options.prepare ?? "named"
  if (prepare !== "named" && prepare !== "unnamed") {
    throw new Problem("the option prepare for PostgreSQL is neither \"named\" nor \"unnamed\"")
  }
  const { millis, text } = settings
  const host = text("host", options.host || url?.host || environment["PGHOST"]) || "localhost"
  const limit = (name: "statementTimeout" | "lockTimeout"): number | undefined =>
    options[name] === undefined ? undefined : millis(name, options[name])
  return {
    host,
    port: settings.port(options.port ?? url?.port),
    database: text("database", options.database ?? url?.database),
    user: text("username", options.username ?? url?.username),
    password: settings.password(options.password ?? url?.password),
    ssl: tlsTo(host, options, url?.tls ?? {}, environment),
    applicationName: text("applicationName", options.applicationName ?? url?.applicationName) ?? "effect-strata",
    prepare,
    connectTimeout: millis("connectTimeout", options.connectTimeout ?? url?.connectTimeout ?? Duration.seconds(10)) ??
      0,
    statementTimeout: limit("statementTimeout"),
    lockTimeout: limit("lockTimeout")
  }
}

/** Checks options; an option beside a URL stands above what the URL says, and that above the environment. */
export const resolve = (
  options: DriverOptions,
  environment: Environment = process.env
): Effect.Effect<Target, ConfigurationError> => attempt(() => read(options, environment))
