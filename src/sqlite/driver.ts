/**
 * SQLite through better-sqlite3.
 */
import { makeCompilerSqlite } from "@effect/sql/Statement"
import type { Database } from "better-sqlite3"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { isAbsolute, resolve } from "node:path"
import { ConfigurationError, withCause } from "../DbError.js"
import type { Connection, Driver, Failure, OpenFailure } from "../Driver.js"
import { attempt } from "./attempts.js"
import { constraintNamed } from "./catalogue.js"
import { classify } from "./classify.js"
import { makeConnection } from "./connection.js"
import { dialect } from "./dialect.js"
import type { Constructor, Settings } from "./handle.js"
import { isMemory, openHandle } from "./handle.js"

/** What a driver is made with. */
export interface Options {
  /** A path, or ":memory:". */
  readonly filename: string
  /** Refuses to write, and to make the file. */
  readonly readonly?: boolean | undefined
  /** How surely a commit is on the disk when it returns. Default "normal". */
  readonly synchronous?: "off" | "normal" | "full" | "extra" | undefined
  /** How long to wait for another connection's lock. Default 5 seconds. */
  readonly lockTimeout?: Duration.DurationInput | undefined
}

const configuration = (problem: string, hint: string, cause?: unknown): ConfigurationError =>
  withCause(new ConfigurationError({ problem, hint }), cause)

const missing = (cause: unknown): ConfigurationError =>
  configuration("The SQLite driver is not installed", "npm install better-sqlite3 @effect/sql-sqlite-node", cause)

const loadPackage: Effect.Effect<Constructor, ConfigurationError> = Effect.map(
  Effect.tryPromise({ try: () => import("better-sqlite3"), catch: missing }),
  (module) => module.default as unknown as Constructor
)

const synchronousModes = ["off", "normal", "full", "extra"]

const checkFilename = (filename: string): string | ConfigurationError => {
  if (filename === ":memory:") return filename
  if (filename === "" || filename !== filename.trim() || filename.includes("\u0000")) {
    return configuration(
      "The option filename is no path of a file",
      "set it to a path without spaces around it, or to \":memory:\""
    )
  }
  if (filename.startsWith("file:")) {
    return configuration("The option filename is a URI", "set it to a path; for a database in memory to \":memory:\"")
  }
  return isAbsolute(filename) ? filename : resolve(filename)
}

const settingsOf = (options: Options, constructor: Constructor): Settings | ConfigurationError => {
  const filename = checkFilename(options.filename)
  if (typeof filename !== "string") return filename
  const { readonly: isReadonly = false, synchronous = "normal" } = options
  if (isReadonly && isMemory(filename)) {
    return configuration("A database in memory cannot be read only", "leave out the option readonly, or name a file")
  }
  if (!synchronousModes.includes(synchronous)) {
    return configuration("The option synchronous is unknown", `set it to one of ${synchronousModes.join(", ")}`)
  }
  return { Database: constructor, filename, isReadonly, mustExist: isReadonly, synchronous }
}

const millisOf = (lockTimeout: Duration.DurationInput): number | ConfigurationError => {
  const decoded = Duration.decodeUnknown(lockTimeout)
  return Option.isSome(decoded)
    ? Math.min(Duration.toMillis(decoded.value), Number.MAX_SAFE_INTEGER)
    : configuration("The option lockTimeout is no length of time", "set it to \"5 seconds\" or to milliseconds")
}

/** A handle that could not be opened, with what the user can do about it. */
const opening = (filename: string, cause: unknown): OpenFailure => {
  const failure = classify(cause)
  const message = cause instanceof Error ? cause.message : ""
  if (failure.code === "SQLITE_NOTADB") {
    return configuration(
      `${filename} is not an SQLite database`,
      "name another file, or move this one away so that a new database can be made",
      cause
    )
  }
  if (message.includes("directory does not exist")) {
    return configuration(`The directory of ${filename} does not exist`, "make the directory first", cause)
  }
  if (failure.code?.startsWith("SQLITE_CANTOPEN")) {
    return configuration(
      `${filename} could not be opened`,
      "check that it exists, is a file and no directory, and that this process may read and write it",
      cause
    )
  }
  if (failure.code === undefined && cause instanceof Error && !(cause instanceof TypeError)) {
    // The package is there, its compiled part is not, or is one for another Node.js.
    return configuration("The SQLite driver could not be loaded", "npm rebuild better-sqlite3", cause)
  }
  return failure
}

/** A failure as `Driver.connect` has it: what is wrong with the settings was found when the driver was made. */
const connecting = (cause: unknown): Failure => {
  const failure = classify(cause)
  return failure.kind.error === "ConflictError"
    ? failure
    : { ...failure, kind: { error: "ConnectionError", reason: "refused", isRetryable: true } }
}

/**
 * Opens a handle; the failure is one of the first opening, or of a later one. When the fiber is interrupted right after the opening,
 * the handle is closed.
 */
const handle = <E extends OpenFailure>(
  settings: Settings,
  lockTimeout: number,
  toFailure: (cause: unknown) => E
): Effect.Effect<Database, E> =>
  Effect.suspend(() => {
    let opened: Database | undefined
    let thrown: unknown
    return attempt(lockTimeout, () => opened = openHandle(settings), (cause) => {
      thrown = cause
      return classify(cause)
    }).pipe(
      Effect.mapError(() => toFailure(thrown)),
      Effect.onInterrupt(() => Effect.sync(() => opened?.close()))
    )
  })

/** A handle until the scope closes; waiting for a lock can be interrupted. */
const scopedHandle = <E extends OpenFailure>(
  open: Effect.Effect<Database, E>
): Effect.Effect<Database, E, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.tap(restore(open), (database) => Effect.addFinalizer(() => Effect.sync(() => database.close())))
  )

/**
 * Opens the database and keeps a handle of it until the scope closes: in memory the only one, which holds the data.
 */
export const make = (options: Options): Effect.Effect<Driver, OpenFailure, Scope.Scope> =>
  Effect.gen(function*() {
    const settings = settingsOf(options, yield* loadPackage)
    if (settings instanceof ConfigurationError) return yield* settings
    const lockTimeout = millisOf(options.lockTimeout ?? "5 seconds")
    if (typeof lockTimeout !== "number") return yield* lockTimeout
    const inMemory = isMemory(settings.filename)

    const first = yield* scopedHandle(handle(settings, lockTimeout, (cause) => opening(settings.filename, cause)))
    // What is opened later is the same file, or nothing.
    const later: Settings = { ...settings, mustExist: !inMemory }
    const connection = (database: Database): Connection =>
      makeConnection(database, { settings: later, lockTimeout, closesHandle: !inMemory })
    const shared = inMemory ? connection(first) : undefined

    return {
      dialect,
      server: {
        name: "sqlite",
        version: String(first.prepare("select sqlite_version()").pluck().get())
      },
      connect: shared === undefined
        ? Effect.map(handle(later, lockTimeout, connecting), connection)
        : Effect.succeed(shared),
      streaming: "aside",
      advisoryLocks: undefined,
      maxConnections: inMemory ? 1 : Number.POSITIVE_INFINITY,
      describeConstraint: (name, table) =>
        Effect.sync(() => {
          try {
            return Option.fromNullable(constraintNamed(first, name, table))
          } catch {
            return Option.none()
          }
        }),
      sqlClient: {
        compiler: makeCompilerSqlite(),
        spanAttributes: [["db.system.name", "sqlite"]]
      }
    }
  })
