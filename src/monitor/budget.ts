/**
 * How many statements a program may send.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { Database, Interception } from "../Database.js"
import type { Observer, Observers, Sending } from "../database/observer.js"
import { QueryError } from "../DbError.js"
import type { ConfigurationError } from "../DbError.js"
import { countOf } from "../policy/options.js"
import { isOwn } from "./logging.js"

/**
 * A statement as often as it was sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tally {
  readonly sql: string
  readonly count: number
}

/**
 * A program that wanted to send more statements than it may: which it sent, the most frequent first.
 *
 * @since 0.1.0
 * @category errors
 */
export class QueryBudgetExceeded
  extends Schema.TaggedError<QueryBudgetExceeded>("effect-strata/QueryBudgetExceeded")("QueryBudgetExceeded", {
    limit: Schema.Number,
    /** The statement that was one too many. */
    refused: Schema.String,
    sent: Schema.Array(Schema.Struct({ sql: Schema.String, count: Schema.Number }))
  })
{
  override get message(): string {
    const sent = this.sent.slice(0, 5).map(({ count, sql }) => `${count} × ${sql}`).join("; ")
    return `More than ${this.limit} statements: ${this.refused}${sent === "" ? "" : ` (sent before: ${sent})`}`
  }
}

/** The statements of one effect against one database. */
class Budget {
  isOpen = true
  refused: string | undefined = undefined
  private used = 0
  private readonly texts = new Map<string, number>()

  constructor(readonly limit: number, readonly observers: Observers, readonly outer: Budget | undefined) {}

  /** Whether there is place for one more, which then is taken. */
  take(text: string): boolean {
    if (!(this.used < this.limit)) {
      this.refused ??= text
      return false
    }
    this.used++
    this.texts.set(text, (this.texts.get(text) ?? 0) + 1)
    return true
  }

  giveBack(text: string): void {
    const count = this.texts.get(text)
    if (count === undefined) return
    this.used--
    if (count === 1) this.texts.delete(text)
    else this.texts.set(text, count - 1)
  }

  tally(): ReadonlyArray<Tally> {
    return [...this.texts].map(([sql, count]) => ({ sql, count })).sort((a, b) => b.count - a.count)
  }
}

/** The innermost budget of a fiber. Forked fibers are under it too, as long as it is open. */
const current = FiberRef.unsafeMake<Budget | undefined>(undefined, { join: (parent) => parent })

const over = (limit: number, who: string) =>
  new QueryError({ reason: "resources", hint: `nothing was sent: ${who} lets a program send ${limit} statements` })

/** All open budgets around a fiber that are about one database. */
const budgetsOf = ({ fiber }: Sending, observers: Observers): ReadonlyArray<Budget> => {
  const found: Array<Budget> = []
  if (isOwn(fiber)) return found
  for (let one = fiber.getFiberRef(current); one !== undefined; one = one.outer) {
    if (one.isOpen && one.observers === observers) found.push(one)
  }
  return found
}

/** One observer counts for all budgets of a database. */
const accountantOf = (observers: Observers): Observer => ({
  before: (sending) => {
    const budgets = budgetsOf(sending, observers)
    for (let i = 0; i < budgets.length; i++) {
      if (budgets[i]!.take(sending.text)) continue
      for (let j = 0; j < i; j++) budgets[j]!.giveBack(sending.text)
      return over(budgets[i]!.limit, "Monitor.budget")
    }
    return undefined
  },
  withdrawn: (sending) => {
    for (const one of budgetsOf(sending, observers)) one.giveBack(sending.text)
  }
})

interface Accounting {
  users: number
  readonly scope: Scope.CloseableScope
}

const accounting = new WeakMap<Observers, Accounting>()

/** Someone counts as long as there is a budget. */
const enter = (observers: Observers): Effect.Effect<void> =>
  Effect.suspend(() => {
    const known = accounting.get(observers)
    if (known !== undefined) {
      known.users++
      return Effect.void
    }
    return Effect.flatMap(Scope.make(), (scope) => {
      accounting.set(observers, { users: 1, scope })
      return Scope.extend(observers.add(accountantOf(observers)), scope)
    })
  })

const leave = (observers: Observers): Effect.Effect<void> =>
  Effect.suspend(() => {
    const known = accounting.get(observers)
    if (known === undefined || --known.users > 0) return Effect.void
    accounting.delete(observers)
    return Scope.close(known.scope, Exit.void)
  })

const counted = <A, E, R, B, E2>(
  limit: number,
  effect: Effect.Effect<A, E, R>,
  end: (exit: Exit.Exit<A, E>, budget: Budget) => Effect.Effect<B, E2>
): Effect.Effect<B, E2, R | Database> =>
  Effect.flatMap(Database, ({ observers }) =>
    Effect.flatMap(FiberRef.get(current), (outer) => {
      const budget = new Budget(limit, observers, outer)
      return Effect.acquireUseRelease(
        enter(observers),
        () => Effect.flatMap(Effect.exit(Effect.locally(effect, current, budget)), (exit) => end(exit, budget)),
        () => {
          budget.isOpen = false
          return leave(observers)
        }
      )
    }))

/**
 * Lets an effect, and all fibers that it forks, send so many statements to its database: those that load relations count, each part of a large insert
 * too, and steps of transactions do not. One more is not sent: it fails as QueryError, reason `resources`, and the effect as QueryBudgetExceeded,
 * whatever it makes of that failure. Budgets within one another all count. Nothing else has to be provided. What is no whole number from 0 is a
 * ConfigurationError.
 *
 * Its database is the one that this effect is given as `Database`. What it sends to others (`Database.use`) does not count: a budget of theirs is
 * within `use`, as in `effect.pipe(Monitor.budget(3), Database.use(Reports))`.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Ddl, Field, Model, Monitor, Query } from "effect-strata"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * class User extends Model.Class<User>("User")({ id: Schema.Int.pipe(Field.primaryKey) }, { table: "users" }) {}
 *
 * const program = Effect.gen(function*() {
 *   yield* Ddl.create(User)
 *   return yield* Query.from(User).pipe(Effect.repeatN(3), Monitor.budget(3), Effect.flip)
 * })
 *
 * const error = await Effect.runPromise(program.pipe(Effect.provide(Sqlite.layer({ filename: ":memory:" }))))
 * console.log(error._tag) // QueryBudgetExceeded
 * ```
 *
 * @since 0.1.0
 * @category budgets
 */
export const budget = (limit: number) =>
<A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | QueryBudgetExceeded | ConfigurationError, R | Database> =>
  Effect.flatMap(
    countOf("The number of statements", limit, 0),
    (most) =>
      counted(most, effect, (exit, budget): Effect.Effect<A, E | QueryBudgetExceeded> => {
        const { refused } = budget
        if (refused === undefined || (Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause))) return exit
        return Effect.fail(new QueryBudgetExceeded({ limit: most, refused, sent: budget.tally() }))
      })
  )

/**
 * An effect's value with the statements that it sent to its database, the most frequent first: for tests, which then say how many there may be. What
 * counts is as of `budget`.
 *
 * @since 0.1.0
 * @category budgets
 */
export const tally = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<readonly [value: A, sent: ReadonlyArray<Tally>], E, R | Database> =>
  counted(
    Number.POSITIVE_INFINITY,
    effect,
    (exit, budget) => Exit.map(exit, (value) => [value, budget.tally()] as const)
  )

/**
 * Lets a program send so many statements to a database from when the Layer is built: for scripts and tests, as `Database.with` takes it. Each
 * further one fails as QueryError, reason `resources`, and is not sent. What is counted is as of `budget`; plans that a monitor asks for are not.
 *
 * What is no whole number from 0 fails the Layer as ConfigurationError.
 *
 * @since 0.1.0
 * @category budgets
 */
export const budgetLayer = (limit: number): Layer.Layer<Interception, ConfigurationError, Database> =>
  Layer.scoped(
    Interception,
    Effect.gen(function*() {
      const most = yield* countOf("The number of statements", limit, 0)
      const { observers } = yield* Database
      const refusal = over(most, "Monitor.budgetLayer")
      let used = 0
      yield* observers.add({
        before: ({ fiber }) => {
          if (isOwn(fiber)) return undefined
          if (used >= most) return refusal
          used++
          return undefined
        },
        withdrawn: ({ fiber }) => {
          if (!isOwn(fiber)) used--
        }
      })
      return {}
    })
  )
