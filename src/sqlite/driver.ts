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
import { bounded } from "../driver/catalogue.js"
import type { Connection, Driver, Failure, OpenFailure } from "../Driver.js"
import { attemptNow } from "./attempts.js"
import type { Place } from "./catalogue.js"
import { makeConnection, onThisThread } from "./connection.js"
import { dialect } from "./dialect.js"
import type { Constructor, Settings } from "./handle.js"
import { isMemory, openHandle } from "./handle.js"
import { refusalOf } from "./refusals.js"
import { Session } from "./session.js"
import { makeThreads } from "./threads.js"
import { Turns } from "./turns.js"

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
  /** Runs each connection's statements on a thread of its own. Default false. */
  readonly worker?: boolean | undefined
  /** How long a statement may run; only with `worker`, as nothing else can stop one. */
  readonly statementTimeout?: Duration.DurationInput | undefined
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
  return { Database: constructor, filename, isReadonly, mustExist: isReadonly, synchronous, control: undefined }
}

const millisOf = (option: string, given: Duration.DurationInput): number | ConfigurationError => {
  const decoded = Duration.decodeUnknown(given)
  return Option.isSome(decoded)
    ? Math.min(Duration.toMillis(decoded.value), Number.MAX_SAFE_INTEGER)
    : configuration(`The option ${option} is no length of time`, "set it to \"5 seconds\" or to milliseconds")
}

/** A handle that could not be opened, with what the user can do about it. */
const opening = (filename: string) => (failure: Failure): OpenFailure => {
  const { cause } = failure
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

/** A database in memory whose thread has ended. */
const gone: Failure = {
  _tag: "Failure",
  kind: { error: "ConnectionError", reason: "closed", isRetryable: false },
  code: undefined,
  hint: "the database in memory was lost with its thread, as when that ran out of memory",
  cause: undefined
}

/** A failure as `Driver.connect` has it: what is wrong with the settings was found when the driver was made. */
const connecting = (failure: Failure): Failure =>
  failure.kind.error === "ConflictError"
    ? failure
    : { ...failure, kind: { error: "ConnectionError", reason: "refused", isRetryable: true } }

/** Opens a handle. When the fiber is interrupted right after the opening, the handle is closed. */
const handle = (settings: Settings, lockTimeout: number): Effect.Effect<Database, Failure> =>
  Effect.suspend(() => {
    let opened: Database | undefined
    const open = (): Database => {
      try {
        return opened = openHandle(settings)
      } catch (cause) {
        throw refusalOf(cause)
      }
    }
    return Effect.onInterrupt(attemptNow(lockTimeout, open), () => Effect.sync(() => opened?.close()))
  })

/** A handle until the scope closes; waiting for a lock can be interrupted. */
const scopedHandle = (open: Effect.Effect<Database, Failure>): Effect.Effect<Database, Failure, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.tap(restore(open), (database) => Effect.addFinalizer(() => Effect.sync(() => database.close())))
  )

/** What driver and connections do, wherever their statements run. */
interface Parts {
  readonly version: string
  /** Undefined where statements run on threads of their own. */
  readonly turns?: Turns
  readonly connect: Effect.Effect<Connection, Failure>
  readonly describe: (name: string, table: string | undefined) => Effect.Effect<Place | undefined, unknown>
}

/** Statements run on this thread. A handle is kept open: in memory the only one, which holds the data. */
const here = (settings: Settings, lockTimeout: number): Effect.Effect<Parts, OpenFailure, Scope.Scope> =>
  Effect.gen(function*() {
    const isShared = isMemory(settings.filename)
    const turns = new Turns()
    const first = yield* Effect.mapError(scopedHandle(handle(settings, lockTimeout)), opening(settings.filename))
    // What is opened later is the same file, or nothing.
    const later: Settings = { ...settings, mustExist: !isShared }
    const connection = (database: Database): Connection =>
      makeConnection(onThisThread(new Session(database, later), lockTimeout, turns))
    const session = new Session(first, later)
    const shared = isShared ? connection(first) : undefined
    return {
      version: session.version(),
      turns,
      connect: shared === undefined
        ? Effect.mapBoth(handle(later, lockTimeout), { onFailure: connecting, onSuccess: connection })
        : Effect.succeed(shared),
      describe: (name, table) => Effect.try(() => session.describe(name, table))
    }
  })

/** Statements run on a thread a connection; a database in memory has one, which holds the data. */
const onThreads = (
  settings: Settings,
  lockTimeout: number,
  statementTimeout: number | undefined
): Effect.Effect<Parts, OpenFailure, Scope.Scope> =>
  Effect.gen(function*() {
    const isShared = isMemory(settings.filename)
    // The first opening is done here, and says what is wrong with the file, or makes it.
    const { describe, version } = yield* here(settings, lockTimeout)
    const { filename, isReadonly, synchronous } = settings
    const start = yield* makeThreads({
      settings: { filename, isReadonly, synchronous, mustExist: !isShared },
      lockTimeout,
      statementTimeout,
      isKept: isShared
    })
    const connect = Effect.mapError(start, connecting)
    if (!isShared) {
      return { version, describe, connect: Effect.map(connect, ({ access }) => makeConnection(access)) }
    }
    const { access } = yield* connect
    const connection = makeConnection(access)
    return {
      version,
      connect: Effect.suspend(() => connection.isBroken() ? Effect.fail(gone) : Effect.succeed(connection)),
      describe: (name, table) => bounded(access.describe(name, table))
    }
  })

/** Opens the database. */
export const make = (options: Options): Effect.Effect<Driver, OpenFailure, Scope.Scope> =>
  Effect.gen(function*() {
    const settings = settingsOf(options, yield* loadPackage)
    if (settings instanceof ConfigurationError) return yield* settings
    const lockTimeout = millisOf("lockTimeout", options.lockTimeout ?? "5 seconds")
    if (typeof lockTimeout !== "number") return yield* lockTimeout
    const statementTimeout = options.statementTimeout === undefined
      ? undefined
      : millisOf("statementTimeout", options.statementTimeout)
    if (statementTimeout instanceof ConfigurationError) return yield* statementTimeout
    const { connect, describe, turns, version } = yield* options.worker === true
      ? onThreads(settings, lockTimeout, statementTimeout)
      : here(settings, lockTimeout)
    return {
      dialect,
      server: { name: "sqlite", version },
      connect,
      streaming: "aside",
      ...(turns === undefined ? {} : { turnBefore: (fiber) => turns.before(fiber), runsNow: true }),
      advisoryLocks: undefined,
      maxConnections: isMemory(settings.filename) ? 1 : Number.POSITIVE_INFINITY,
      describeConstraint: (name, table) =>
        Effect.catchAll(Effect.map(describe(name, table), Option.fromNullable), () => Effect.succeedNone),
      sqlClient: {
        compiler: makeCompilerSqlite(),
        spanAttributes: [["db.system.name", "sqlite"]]
      }
    }
  })
