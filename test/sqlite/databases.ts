/** Databases for tests of the driver: in memory, and in files of a directory that is removed with the scope. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Connection, Driver, Failure, OpenFailure } from "../../src/Driver.js"
import * as driver from "../../src/sqlite/driver.js"

/** A new directory. */
export const directory: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "strata-sqlite-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** The path of a file that does not exist yet. */
export const newFile = Effect.map(directory, (path) => join(path, "test.db"))

export const memory: Effect.Effect<Driver, OpenFailure, Scope.Scope> = driver.make({ filename: ":memory:" })

export const file: Effect.Effect<Driver, OpenFailure, Scope.Scope> = Effect.flatMap(
  newFile,
  (filename) => driver.make({ filename })
)

const memoryInThread = driver.make({ filename: ":memory:", worker: true })

export const fileInThread: Effect.Effect<Driver, OpenFailure, Scope.Scope> = Effect.flatMap(
  newFile,
  (filename) => driver.make({ filename, worker: true })
)

export const both = [["memory", memory], ["a file", file]] as const

export const all = [
  ...both,
  ["memory, in a thread", memoryInThread],
  ["a file, in a thread", fileInThread]
] as const

/** A connection until the scope closes. */
export const connect = (from: Driver): Effect.Effect<Connection, Failure, Scope.Scope> =>
  Effect.acquireRelease(from.connect, (connection) => connection.close)

/** Runs statements one after the other. */
export const runAll = (connection: Connection, ...statements: ReadonlyArray<string>) =>
  Effect.forEach(statements, (text) => connection.run(text, []), { discard: true })

export const rows = (connection: Connection, text: string, ...parameters: ReadonlyArray<unknown>) =>
  Effect.map(connection.run(text, parameters), (result) => result.rows)
