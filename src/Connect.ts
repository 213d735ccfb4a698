/**
 * A database by its URL, whichever it is. Only the module of the database that the URL names is loaded, and with it its driver.
 *
 * ```ts
 * import { Config } from "effect"
 * import { Connect } from "effect-strata"
 *
 * // DATABASE_URL=sqlite:app.db or postgres://user:password@host/database or mysql://…
 * const DatabaseLive = Connect.layerConfig(Config.redacted("DATABASE_URL"))
 * ```
 *
 * | URL | Database |
 * |---|---|
 * | `sqlite:app.db`, `sqlite:/var/lib/app.db`, `sqlite::memory:` | SQLite: the path is taken as it is written |
 * | `postgres://user:password@host:5432/database`, `postgresql:…` | PostgreSQL |
 * | `mysql://user:password@host:3306/database`, `mariadb:…` | MySQL and MariaDB |
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Capability from "./Capability.js"
import { ConfigurationError, withCause } from "./DbError.js"
import type { ConnectFailure } from "./DbError.js"
import type * as Executor from "./Executor.js"
import type * as Pool from "./Pool.js"

/**
 * What the Layer of each database provides: `Database`, and `SqlClient` over the same connections. As it is not known which database it will be,
 * all capabilities are there; a statement that the database cannot do fails as UnsupportedError before anything is sent.
 *
 * @since 0.1.0
 * @category models
 */
export type Services = Plain | Capability.All

type Plain = Layer.Layer.Success<ReturnType<typeof Executor.layer<never>>>

/**
 * What the Layers of all databases understand.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Pool.Options {
  /** How long a statement may wait for a lock before it is a ConflictError. Default: as the database's own Layer has it. */
  readonly lockTimeout?: Duration.DurationInput | undefined
}

type Opened = Layer.Layer<Services, ConnectFailure>

/** Loads the module of a database and makes its Layer; what the URL says beyond its scheme is that module's business. */
type Open = (url: Redacted.Redacted, options: Options) => Promise<Opened>

const forms =
  "sqlite:app.db, sqlite:/absolute/path/app.db, sqlite::memory:, postgres://user:password@host:5432/database (or " +
  "postgresql:), mysql://user:password@host:3306/database (or mariadb:)"

const refused = (problem: string, hint: string): ConfigurationError => new ConfigurationError({ problem, hint })

/** The path of an SQLite URL. `sqlite:///path` is how many other tools write an absolute one. */
const filenameOf = (url: Redacted.Redacted): Either.Either<string, ConfigurationError> => {
  const path = Redacted.value(url).slice("sqlite:".length).replace(/^\/\/(?=\/)/, "")
  if (path === "") {
    return Either.left(refused("The database URL names no file", "write sqlite:app.db, or sqlite::memory:"))
  }
  if (path.startsWith("//")) {
    return Either.left(
      refused(
        "The database URL has a host, and SQLite has none",
        "write sqlite:app.db, or sqlite:/absolute/path/app.db"
      )
    )
  }
  if (/[?#]/.test(path)) {
    return Either.left(
      refused(
        "The database URL has parameters, and those of SQLite are options",
        "write the path alone, without ? and #"
      )
    )
  }
  return Either.right(path)
}

/** As if it had all capabilities. */
const whole = (layer: Layer.Layer<Plain, ConnectFailure>): Opened => layer as Opened

const sqlite: Open = async (url, options) => {
  const filename = filenameOf(url)
  if (Either.isLeft(filename)) return Layer.fail(filename.left)
  const { layer } = await import("./Sqlite.js")
  return whole(layer({ ...options, filename: filename.right }))
}

const postgres: Open = async (url, options) => {
  const { layer } = await import("./Postgres.js")
  return whole(layer({ ...options, url }))
}

const mysql: Open = async (url, options) => {
  const { layer } = await import("./Mysql.js")
  return whole(layer({ ...options, url }))
}

const mariadb: Open = async (url, options) => {
  const { layer } = await import("./MariaDb.js")
  return whole(layer({ ...options, url }))
}

const byScheme: ReadonlyMap<string, Open> = new Map([
  ["sqlite", sqlite],
  ["postgres", postgres],
  ["postgresql", postgres],
  ["mysql", mysql],
  ["mariadb", mariadb]
])

/**
 * The Layer of the database that a URL names. An option that the database cannot keep is a ConfigurationError, as it is with the
 * database's own Layer; so is a URL that nothing understands and a driver that is not installed.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  url: Redacted.Redacted | string,
  options: Options = {}
): Layer.Layer<Services, ConnectFailure> =>
  Layer.unwrapEffect(Effect.suspend((): Effect.Effect<Opened, ConfigurationError> => {
    const hidden = Redacted.isRedacted(url) ? url : Redacted.make(url)
    const [start, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(Redacted.value(hidden)) ?? []
    const open = scheme === undefined ? undefined : byScheme.get(scheme.toLowerCase())
    if (start === undefined || open === undefined) {
      // What stands before the colon is not shown: of a URL without a scheme it is the user's name, or the password.
      return Effect.fail(refused("The database URL is none that is understood", `there are ${forms}`))
    }
    const lower = Redacted.make(`${start.toLowerCase()}${Redacted.value(hidden).slice(start.length)}`)
    return Effect.tryPromise({
      try: () => open(lower, options),
      catch: (cause) =>
        withCause(
          refused(
            `The module for ${start.toLowerCase()} could not be loaded`,
            "install effect-strata again, with its peer dependencies effect, @effect/sql, @effect/platform and @effect/experimental"
          ),
          cause
        )
    })
  }))

/**
 * As `layer`, with the URL from Effect's Config: `Connect.layerConfig(Config.redacted("DATABASE_URL"), { size: 20 })`.
 *
 * Options may come from there too: `Config.all({ size: Config.integer("POOL_SIZE") })`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  url: Config.Config<Redacted.Redacted | string>,
  options: Options | Config.Config<Options> = {}
): Layer.Layer<Services, ConnectFailure | ConfigError> =>
  Layer.unwrapEffect(
    Effect.map(
      Config.all([url, Config.isConfig(options) ? options : Config.succeed(options)]),
      ([found, given]) => layer(found, given)
    )
  )
