/**
 * The ledger: writers that keep what was acknowledged to them, while something is done to the database. In the end
 * acknowledged ⊆ rows ⊆ acknowledged ∪ unknown, or something was lost or made up.
 */
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Connect from "../../src/Connect.js"
import * as Database from "../../src/Database.js"
import * as Ddl from "../../src/Ddl.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import type * as Pool from "../../src/Pool.js"
import * as Transaction from "../../src/Transaction.js"
import { canary } from "./canary.js"
import { outcomeOf, tally, unwrapped } from "./figures.js"
import type { Target } from "./scenario.js"
import { observe, until } from "./sessions.js"

export class Entry extends Model.Class<Entry>("Entry")({
  id: Schema.String.pipe(Schema.maxLength(64), Field.primaryKey)
}, { table: "ledger" }) {}

export interface Options {
  readonly target: Target
  /** The way that the program under test takes; the target's own unless told. */
  readonly url?: string
  readonly pool?: Pool.Options
  readonly writers?: number
  /** A limit that the writers set themselves, by interruption. */
  readonly timeout?: Duration.DurationInput
  /** How long a writer may go on with its last operation. */
  readonly patience?: Duration.DurationInput
}

/** What scenarios see of it while it is written. */
export interface Ledger {
  readonly acknowledged: () => number
  /** When the last one was acknowledged, by `performance.now()`. */
  readonly lastAcknowledged: () => number
  /** The longest operation so far, in milliseconds. */
  readonly longest: () => number
  /** Waits for a success that is later than now; how many milliseconds that took. */
  readonly nextSuccess: Effect.Effect<number>
}

/** What the ledger shows in the end. */
export interface Verdict {
  readonly operations: number
  readonly acknowledged: number
  /** Nobody knows of them, and the program was told so. */
  readonly unknown: number
  /** How each operation ended. */
  readonly outcomes: ReadonlyArray<string>
  readonly longest: number
  /** Acknowledged, and not there. */
  readonly lost: number
  /** There, although the program was told that they are not. */
  readonly phantom: number
  /** Written a second time, which the primary key refused. */
  readonly duplicates: number
  /** Transactions of which a part is there. */
  readonly torn: number
  readonly defects: number
  readonly stuckFibers: number
  readonly leakedConnections: number
  readonly openTransactions: number
  readonly unhandledRejections: number
}

const zeroes = [
  "lost",
  "phantom",
  "duplicates",
  "torn",
  "defects",
  "stuckFibers",
  "leakedConnections",
  "openTransactions",
  "unhandledRejections"
] as const satisfies ReadonlyArray<keyof Verdict>

const names: Record<(typeof zeroes)[number], string> = {
  lost: "lost",
  phantom: "phantom",
  duplicates: "duplicates",
  torn: "torn",
  defects: "defects",
  stuckFibers: "stuck fibers",
  leakedConnections: "leaked connections",
  openTransactions: "open transactions",
  unhandledRejections: "unhandled rejections"
}

/** What has to be true of every ledger. */
export const expected = "lost 0, phantom 0, leaked connections 0, open transactions 0, stuck fibers 0"

/** Several runs as one. */
export const total = (verdicts: ReadonlyArray<Verdict>): Verdict =>
  verdicts.reduce((sum, one) => {
    const added: { -readonly [K in keyof Verdict]: Verdict[K] } = {
      ...sum,
      outcomes: [...sum.outcomes, ...one.outcomes],
      longest: Math.max(sum.longest, one.longest)
    }
    for (const name of [...zeroes, "operations", "acknowledged", "unknown"] as const) {
      added[name] = sum[name] + one[name]
    }
    return added
  })

/** Some of the work was acknowledged, and nothing is wrong with it. */
export const isSound = (verdict: Verdict): boolean =>
  verdict.acknowledged > 0 && zeroes.every((name) => verdict[name] === 0)

/** In figures. */
export const describe = (verdict: Verdict): string => {
  const wrong = zeroes.filter((name) => verdict[name] !== 0 && name !== "lost" && name !== "phantom")
    .map((name) => `, ${names[name]} ${verdict[name]}`).join("")
  return `lost ${verdict.lost}, phantom ${verdict.phantom} of ${
    verdict.acknowledged.toLocaleString("en")
  } acknowledged${verdict.unknown === 0 ? "" : `, ${verdict.unknown} unknown`}${wrong} (${tally(verdict.outcomes)})`
}

/** What one operation means for the ledger. */
type Fate = "acknowledged" | "unknown" | "denied"

const fateOf = (exit: Exit.Exit<unknown, unknown>, isTransaction: boolean): Fate => {
  if (Exit.isSuccess(exit)) return "acknowledged"
  const error = Cause.failureOption(exit.cause)
  if (error._tag === "None") return "unknown"
  const { _tag, isRetryable, reason } = unwrapped(error.value) as ReturnType<typeof unwrapped> & {
    readonly isRetryable?: boolean
  }
  if (_tag === "TransactionError") return reason === "unknownOutcome" ? "unknown" : "denied"
  // The writer's own limit came at a moment that nobody knows.
  if (_tag === "TimeoutException") return "unknown"
  // A statement that commits by itself has, or has not, when its connection is lost; a transaction that was not yet ended has not.
  return _tag === "ConnectionError" && isRetryable === false && !isTransaction ? "unknown" : "denied"
}

interface Book {
  readonly acknowledged: Set<string>
  readonly unknown: Set<string>
  readonly denied: Set<string>
  readonly outcomes: Array<string>
  operations: number
  duplicates: number
  defects: number
  longest: number
  lastAcknowledged: number
  isClosed: boolean
}

/** One writer: a statement by itself, and a transaction with two, in turn. */
const writer = (book: Book, name: string, timeout: Duration.DurationInput | undefined) =>
  Effect.gen(function*() {
    for (let n = 0; !book.isClosed; n++) {
      const isTransaction = n % 2 === 1
      const id = `${canary.parameter}-${name}-${n}`
      const ids = isTransaction ? [`${id}-a`, `${id}-b`] : [id]
      const insert = Effect.forEach(ids, (id) => Mutation.insert(Entry, { id }), { discard: true })
      const work = isTransaction ? Transaction.run(insert) : insert
      const start = performance.now()
      const exit = yield* Effect.exit(timeout === undefined ? work : Effect.timeout(work, timeout))
      const end = performance.now()
      const fate = fateOf(exit, isTransaction)
      const outcome = outcomeOf(exit)
      book.operations++
      book.longest = Math.max(book.longest, end - start)
      book.outcomes.push(outcome)
      if (outcome === "UniqueViolation") book.duplicates++
      if (outcome === "defect") book.defects++
      for (const id of ids) book[fate].add(id)
      if (fate === "acknowledged") book.lastAcknowledged = end
      // Not as fast as it can be: what is to be seen is the database, not this process.
      yield* Effect.sleep(fate === "acknowledged" ? 2 : 5)
    }
  })

/** Runs an effect while the ledger is written, and then looks at what is there. */
export const during = <A, E, R>(
  options: Options,
  body: (ledger: Ledger) => Effect.Effect<A, E, R>
) =>
  Effect.scoped(Effect.gen(function*() {
    const { target, timeout } = options
    yield* Effect.provide(
      Effect.zipRight(Ddl.drop([Entry], { ifExists: true }), Ddl.create(Entry)),
      Connect.layer(target.url, { size: 1 })
    )

    let unhandledRejections = 0
    const onRejection = () => void unhandledRejections++
    yield* Effect.acquireRelease(
      Effect.sync(() => process.on("unhandledRejection", onRejection)),
      () => Effect.sync(() => process.off("unhandledRejection", onRejection))
    )

    const book: Book = {
      acknowledged: new Set(),
      unknown: new Set(),
      denied: new Set(),
      outcomes: [],
      operations: 0,
      duplicates: 0,
      defects: 0,
      longest: 0,
      lastAcknowledged: 0,
      isClosed: false
    }
    const ledger: Ledger = {
      acknowledged: () => book.acknowledged.size,
      lastAcknowledged: () => book.lastAcknowledged,
      longest: () => book.longest,
      nextSuccess: Effect.suspend(() => {
        const now = performance.now()
        return until(Effect.sync(() => book.lastAcknowledged > now), 60_000)
      })
    }

    const size = options.pool?.size ?? 4
    return yield* Effect.gen(function*() {
      const { pool } = yield* Database.Database
      const writers = yield* Effect.forEach(
        Array.from({ length: options.writers ?? 8 }, (_, i) => i),
        // One that is stuck must not keep the scope from closing.
        (i) => Effect.forkDaemon(writer(book, `${i}`, timeout))
      )
      yield* Effect.addFinalizer(() => Effect.forEach(writers, Fiber.interruptFork, { discard: true }))
      const value = yield* Effect.onExit(body(ledger), () => Effect.sync(() => (book.isClosed = true)))

      const ended = yield* Effect.timeoutOption(
        Effect.disconnect(Fiber.awaitAll(writers)),
        options.patience ?? "15 seconds"
      )
      const stuckFibers = ended._tag === "Some" ? 0 : writers.filter((fiber) => fiber.unsafePoll() === null).length
      yield* until(Effect.map(pool.state, ({ inUse, waiting }) => inUse === 0 && waiting === 0), 5_000)
      const { inUse, waiting } = yield* pool.state

      return yield* Effect.scoped(Effect.gen(function*() {
        const observer = yield* observe(target)
        yield* until(Effect.map(observer.openTransactions, (open) => open.length === 0), 5_000)
        const openTransactions = (yield* observer.openTransactions).length
        yield* until(Effect.map(observer.sessions, (sessions) => sessions.length <= size), 5_000)
        const sessions = (yield* observer.sessions).length
        const rows = new Set((yield* observer.ask("select id from ledger")).map((row) => String(row["id"])))
        const isThere = (id: string) => rows.has(id)
        const pairs = [...book.acknowledged, ...book.unknown, ...book.denied].filter((id) => id.endsWith("-a"))
        const verdict: Verdict = {
          operations: book.operations,
          acknowledged: book.acknowledged.size,
          unknown: book.unknown.size,
          outcomes: book.outcomes,
          longest: book.longest,
          lost: [...book.acknowledged].filter((id) => !isThere(id)).length,
          phantom: [...rows].filter((id) => !book.acknowledged.has(id) && !book.unknown.has(id)).length,
          duplicates: book.duplicates,
          torn: pairs.filter((id) => isThere(id) !== isThere(`${id.slice(0, -1)}b`)).length,
          defects: book.defects,
          stuckFibers,
          leakedConnections: inUse + waiting + Math.max(0, sessions - size),
          openTransactions,
          unhandledRejections
        }
        return [value, verdict] as const
      }))
    }).pipe(Effect.provide(Connect.layer(options.url ?? target.url, { size, ...options.pool })))
  }))
