/**
 * Streams. better-sqlite3 refuses every other statement on a handle that is iterating, so rows are never read off a handle that
 * others use: they come from a second handle, or from a temporary table that the query was copied to.
 */
import type { Database } from "better-sqlite3"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Failure } from "../Driver.js"
import { attempt } from "./attempts.js"
import { classify } from "./classify.js"
import type { Settings } from "./handle.js"
import { openHandle } from "./handle.js"

type Row = ReadonlyArray<unknown>

/** A query to stream. */
export interface Query {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
  readonly exactIntegers: boolean
}

/** How many rows are read at once. */
const chunkSize = 256

/** Pulls chunks until one is empty. */
const chunks = (pull: Effect.Effect<ReadonlyArray<Row>, Failure>): Stream.Stream<Row, Failure> =>
  Stream.repeatEffectChunkOption(
    Effect.flatMap(
      Effect.mapError(pull, Option.some),
      (rows) => rows.length === 0 ? Effect.fail(Option.none()) : Effect.succeed(Chunk.unsafeFromArray(rows))
    )
  )

/** Rows that are there already. */
export const inMemory = (rows: ReadonlyArray<Row>): Stream.Stream<Row, Failure> => Stream.fromIterable(rows)

/** Reads from a handle of its own, which sees what was committed when the first row was read. */
export const onOwnHandle = (
  settings: Settings,
  lockTimeout: number,
  { exactIntegers, parameters, text }: Query
): Effect.Effect<Stream.Stream<Row, Failure>, Failure, Scope.Scope> =>
  Effect.gen(function*() {
    const database = yield* Effect.acquireRelease(
      attempt(lockTimeout, () => openHandle({ ...settings, isReadonly: true }), classify),
      (handle) => Effect.sync(() => handle.close())
    )
    let iterator: IterableIterator<unknown> | undefined
    const stop = (): void => {
      const open = iterator
      iterator = undefined
      open?.return?.()
    }
    // Before the handle is closed, which is impossible while it iterates.
    yield* Effect.addFinalizer(() => Effect.sync(stop))
    const statement = yield* attempt(lockTimeout, () => database.prepare(text), (cause) => classify(cause, "prepare"))
    statement.raw(true).safeIntegers(exactIntegers)
    let isFirst = true
    const pull = (): ReadonlyArray<Row> => {
      if (isFirst) iterator = statement.iterate(parameters)
      const rows: Array<Row> = []
      while (iterator !== undefined && rows.length < chunkSize) {
        const next = iterator.next()
        if (next.done === true) stop()
        else rows.push(next.value as Row)
      }
      isFirst = false
      return rows
    }
    const later = Effect.try({ try: pull, catch: (cause) => classify(cause) })
    // A lock can only be met before the first row.
    const first = attempt(lockTimeout, pull, classify)
    return chunks(Effect.suspend(() => isFirst ? first : later))
  })

/** Runs it with writing allowed, as also a read-only transaction may write temporary tables. */
const withWriting = <A>(database: Database, run: () => A): A => {
  const isReadOnly = database.pragma("query_only", { simple: true })
  if (Number(isReadOnly) === 0) return run()
  database.pragma("query_only = off")
  try {
    return run()
  } finally {
    database.pragma("query_only = on")
  }
}

/** The temporary tables of one handle. */
export class Snapshots {
  private count = 0
  /** Tables that were dropped in a transaction, which may have been rolled back since. */
  private readonly doubtful = new Set<string>()

  constructor(private readonly database: Database, private readonly lockTimeout: number) {}

  /** Copies the query's rows aside, where no later statement changes them, and reads them page by page. */
  open(
    { exactIntegers, parameters, text }: Query,
    columns: number
  ): Effect.Effect<Stream.Stream<Row, Failure>, Failure, Scope.Scope> {
    return Effect.map(
      Effect.acquireRelease(
        Effect.suspend(() => {
          const name = `temp.strata_stream_${++this.count}`
          return attempt(this.lockTimeout, () => this.copy(name, columns, text, parameters), classify)
        }),
        (name) => Effect.sync(() => this.drop(name))
      ),
      (name) => this.pages(name, exactIntegers)
    )
  }

  /** Drops what a rollback may have brought back. */
  sweep(): void {
    if (this.doubtful.size === 0 || this.database.inTransaction) return
    const names = [...this.doubtful]
    this.doubtful.clear()
    for (const name of names) this.drop(name)
  }

  private copy(name: string, columns: number, text: string, parameters: ReadonlyArray<unknown>): string {
    return withWriting(this.database, () => {
      // Columns without a type keep every value as it is.
      const list = Array.from({ length: columns }, (_, index) => `c${index}`).join(", ")
      this.database.exec(`create table ${name} (${list})`)
      try {
        this.database.prepare(`insert into ${name} ${text}`).run(parameters)
      } catch (cause) {
        this.drop(name)
        throw cause
      }
      return name
    })
  }

  private drop(name: string): void {
    try {
      withWriting(this.database, () => this.database.exec(`drop table if exists ${name}`))
    } catch {
      // Dropped with the handle at the latest.
    }
    if (this.database.inTransaction) this.doubtful.add(name)
  }

  private pages(name: string, exactIntegers: boolean): Stream.Stream<Row, Failure> {
    let last = 0
    return chunks(Effect.try({
      try: () => {
        // Rows are numbered from 1 in the order of the query.
        const statement = this.database.prepare(`select * from ${name} where rowid > ? and rowid <= ? order by rowid`)
        const rows = statement.raw(true).safeIntegers(exactIntegers).all(last, last + chunkSize) as ReadonlyArray<Row>
        last += chunkSize
        return rows
      },
      catch: (cause): Failure => {
        const failure = classify(cause)
        return failure.kind.error === "QueryError" && failure.kind.reason === "undefinedObject"
          ? {
            ...failure,
            kind: { error: "QueryError", reason: "aborted" },
            hint: "the transaction or savepoint that the stream was opened in has been rolled back"
          }
          : failure
      }
    }))
  }
}
