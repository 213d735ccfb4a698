/**
 * A driver that answers every select with rows that it was given and takes what is bound: what is measured over it is Strata alone. It
 * speaks SQLite's dialect, which is no public module, so that it is found by its file.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { Dialect } from "effect-strata/Dialect"
import type { Connection, Driver, Failure, Result } from "effect-strata/Driver"
import { pathToFileURL } from "node:url"
import { resolve } from "node:path"

export interface Answering {
  readonly driver: Driver
  /** What selects give from now on. */
  readonly answer: (rows: Result["rows"]) => void
  /** What was bound since this was asked last. */
  readonly bound: () => ReadonlyArray<unknown>
}

const dialectFile = (): string => {
  const packages = new URL("../node_modules/effect-strata/dist/", import.meta.url)
  return pathToFileURL(resolve(packages.pathname, "sqlite/dialect.js")).href
}

export const make = async (): Promise<Answering> => {
  const { dialect } = await import(dialectFile()) as { readonly dialect: Dialect }
  let rows: Result["rows"] = []
  let bound: Array<unknown> = []
  const give = (text: string, parameters: ReadonlyArray<unknown>): Result => {
    if (text.startsWith("select")) return { rows, affected: 0, insertId: undefined }
    for (const parameter of parameters) bound.push(parameter)
    return { rows: [], affected: 1, insertId: undefined }
  }
  const never: Effect.Effect<never, Failure> = Effect.dieMessage("it is not asked for")
  let isInTransaction = false
  const transaction = (isOpen: boolean) => Effect.sync(() => void (isInTransaction = isOpen))
  const connection: Connection = {
    run: (text, parameters) => Effect.sync(() => give(text, parameters)),
    runNow: (text, parameters) => Exit.succeed(give(text, parameters)),
    stream: () => Stream.fromEffect(never),
    native: () => never,
    nativeStream: () => Stream.fromEffect(never),
    begin: () => transaction(true),
    commit: transaction(false),
    rollback: transaction(false),
    isInTransaction: () => isInTransaction,
    isDirty: () => false,
    reset: Effect.void,
    isBroken: () => false,
    ping: Effect.void,
    readOnlyReason: Effect.succeed(undefined),
    close: Effect.void
  }
  const driver: Driver = {
    dialect,
    server: { name: "none", version: "1" },
    runsNow: true,
    connect: Effect.succeed(connection),
    streaming: "shared",
    advisoryLocks: undefined,
    maxConnections: 1,
    describeConstraint: () => Effect.succeedNone,
    sqlClient: { compiler: {} as never, spanAttributes: [] }
  }
  return {
    driver,
    answer: (given) => {
      rows = given
    },
    bound: () => {
      const all = bound
      bound = []
      return all
    }
  }
}
