/**
 * SQLite 3.53 through the npm package `better-sqlite3`, in a file or in memory:
 *
 * ```ts
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * const DatabaseLive = Sqlite.layer({ filename: "app.db" })
 * ```
 *
 * Install the driver beside Strata: `npm install better-sqlite3 @effect/sql-sqlite-node`.
 *
 * A file is kept in WAL mode, with foreign keys on and `like` that tells upper from lower case. What commits wrote is brought from the WAL into
 * the file when the WAL has 4,000 pages (16 MB), and cut back to that: a quarter as often as SQLite does it by itself, so that a page which many
 * transactions change is written once.
 *
 * SQLite runs within the process: while one statement runs, nothing else in the process does. Waiting for a lock, of another
 * connection or process, blocks nothing. With `worker: true` statements run in threads beside the program's own, one a connection:
 *
 * ```ts
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * const ReportsLive = Sqlite.layer({ filename: "app.db", worker: true, statementTimeout: "30 seconds" })
 * ```
 *
 * A statement then blocks no fiber, and one whose fiber is interrupted, or that runs for longer than `statementTimeout`, is cancelled: it has
 * no effect, and a transaction that it was to change is rolled back. So that it can be, selects, updates and deletes ask for each row that
 * they look at whether they are to go on. Where SQLite is at work on something else for long (an index, a sort, an inner loop that
 * finds nothing) the fiber does not wait, but the thread goes on until SQLite is done: the connection is replaced, what it changed
 * is rolled back then, and only then are its locks free and can the process exit. A database in memory keeps its thread, and the next
 * statement waits.
 *
 * What a thread costs: about 20 µs a statement, 50 ns for each row that a statement looks at, 30 ms and 10 MB a connection.
 *
 * What a program does to a session by `SqlClient` (pragmas, temporary tables, attached databases) ends when its connection is given
 * back. Text that a program writes itself may attach other files, as SQLite has it; names and values never reach them, no statement loads an
 * extension, and a missing file is attached in no case but to a database in memory.
 *
 * @since 0.1.0
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Capability from "./Capability.js"
import type { Database as Any } from "./Database.js"
import { ConfigurationError } from "./DbError.js"
import type { ConnectFailure } from "./DbError.js"
import * as Executor from "./Executor.js"
import type * as Pool from "./Pool.js"
import * as driver from "./sqlite/driver.js"

/**
 * Which file it is and how it is used.
 *
 * The pool's `size` is 1 unless set: one connection does everything in turn. With more, reading goes on while a transaction is open;
 * only one transaction at a time can write, whatever the size. A database in memory has one connection, for as long as the Layer
 * lives. `statementTimeout` needs `worker`: without it no statement can be stopped, and timeouts act between statements and
 * between the rows of a stream.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Pool.Options {
  /** A path, from the working directory unless it is absolute; the file is made if it is missing. `:memory:` for no file. */
  readonly filename: string
  /** Opens a file that exists, and refuses every write. Default false. */
  readonly readonly?: boolean | undefined
  /**
   * When a commit counts as written: `normal` (the default) survives a crash of the program, `full` and `extra` also the loss of
   * power right after a commit, `off` neither.
   */
  readonly synchronous?: "off" | "normal" | "full" | "extra" | undefined
  /** How long to wait for the lock of another connection or process before it is a ConflictError. Default 5 seconds. */
  readonly lockTimeout?: Duration.DurationInput | undefined
  /** Runs statements in threads of their own, one a connection, so that long ones block nothing and can be cancelled. Default false. */
  readonly worker?: boolean | undefined
}

const refused = (problem: string, hint: string): ConfigurationError => new ConfigurationError({ problem, hint })

/** What SQLite, or a database in memory, cannot keep. */
const check = ({ filename, idleTimeout, maxLifetime, minimum, overflow, size, statementTimeout, worker }: Options) => {
  if (worker !== undefined && typeof worker !== "boolean") {
    return refused("The option worker is neither true nor false", "set worker to true or false")
  }
  if (statementTimeout !== undefined && worker !== true) {
    return refused(
      "statementTimeout cannot be kept: on the program's own thread a statement of SQLite cannot be stopped",
      "set worker: true, which runs statements in threads of their own; lockTimeout limits the wait for a lock"
    )
  }
  if (filename !== ":memory:") return undefined
  if ((size ?? 1) > 1 || (overflow ?? 0) > 0 || (minimum ?? 0) > 1) {
    return refused("A database in memory has one connection", "leave out size, overflow and minimum, or name a file")
  }
  if (idleTimeout !== undefined || maxLifetime !== undefined) {
    return refused(
      "The connection of a database in memory never ends, as the data would be lost with it",
      "leave out idleTimeout and maxLifetime, or name a file"
    )
  }
  return undefined
}

/**
 * What the Layer of SQLite provides to queries: the database, and what it can do that some cannot.
 *
 * @since 0.1.0
 * @category models
 */
export type Database = Any | Capability.Of<"sqlite">

/**
 * An SQLite database as a Layer; a file that is none, or cannot be opened, is in its error channel.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Database | SqlClient.SqlClient, ConnectFailure> => {
  const problem = check(options)
  if (problem !== undefined) return Layer.fail(problem)
  const { filename, lockTimeout, readonly, synchronous, worker, ...pool } = options
  const { statementTimeout } = pool
  return Executor.layer<Capability.Of<"sqlite">>({
    open: driver.make({ filename, lockTimeout, readonly, statementTimeout, synchronous, worker }),
    pool,
    usualSize: 1
  })
}

/**
 * As `layer`, with options from Effect's Config.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<Database | SqlClient.SqlClient, ConnectFailure | ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
