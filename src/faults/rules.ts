/**
 * Faults as data, and the interceptor that follows them.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import type { Interceptor } from "../Database.js"
import type { ReadFailure, TransactionFailure, WriteFailure } from "../DbError.js"
import { isSource } from "../sql/ast.js"
import type { Body, Cte, Select, Source } from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"

/** How often a rule acts, of the times that it applies. */
interface Times {
  /** Passes over the first so many. Default 0. */
  readonly after?: number
  /** Acts so often at most. Default: without an end. */
  readonly times?: number
  /** Acts with this probability, by the numbers of `Random`. Default 1. */
  readonly probability?: number
}

/** What a rule does. */
interface Acts<E> {
  /** What the program is told in place of the outcome. */
  readonly fail?: E
  /** A pause before. */
  readonly delay?: Duration.DurationInput
}

/** For work that may take effect and fail nevertheless. */
interface Applied {
  /** Whether the work is done although it fails: the program is told of a failure that was none. Default false. */
  readonly applied?: boolean
}

/** Which statements a rule is about. */
interface Selects {
  /** A model or the name of a table that the statement reads from or writes to, joined ones included. */
  readonly table?: string | { readonly table: string }
  /** Any other condition. */
  readonly where?: (statement: Statement) => boolean
}

/**
 * A rule about reading: selects, as rows or as a stream.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReadRule extends Times, Acts<ReadFailure>, Applied, Selects {
  readonly on: "select" | "statement"
}

/**
 * A rule about writing. A `script` makes or drops tables.
 *
 * @since 0.1.0
 * @category models
 */
export interface WriteRule extends Times, Acts<WriteFailure>, Applied, Selects {
  readonly on: "insert" | "update" | "delete" | "script"
}

/**
 * A rule about the beginning of transactions; of savepoints in them there is none.
 *
 * @since 0.1.0
 * @category models
 */
export interface BeginRule extends Times, Acts<TransactionFailure> {
  readonly on: "begin"
}

/**
 * A rule about the end of transactions whose work succeeded. One that fails is rolled back, and tried again where it has a `retry` for the
 * failure; with `applied` it is committed first, and not tried again.
 *
 * @since 0.1.0
 * @category models
 */
export interface CommitRule extends Times, Acts<TransactionFailure>, Applied {
  readonly on: "commit"
}

/**
 * One fault, and when it happens. `on: "statement"` is about statements of every kind.
 *
 * @since 0.1.0
 * @category models
 */
export type Rule = ReadRule | WriteRule | BeginRule | CommitRule

/** What a statement touches. */
const tablesOf = (statement: Statement): ReadonlyArray<string> => {
  switch (statement._tag) {
    case "Select":
      return tablesOfBody(statement, [])
    case "Script":
      return statement.steps.flatMap((step) =>
        step._tag === "DropTables" ? step.tables.map((table) => table.name) : [step.table.name]
      )
    default:
      return [statement.table.name]
  }
}

const tablesOfSource = (source: Source, within: ReadonlyArray<Cte> = []): ReadonlyArray<string> => {
  switch (source._tag) {
    case "TableSource":
      return [source.table.name]
    case "CteSource":
      // Its step reads from itself.
      return within.includes(source.cte) ? [] : tablesOfBody(source.cte.body, [...within, source.cte])
    case "ElementsSource":
      return []
    case "DerivedSource":
      return tablesOfBody(source.body, within)
  }
}

const tablesOfBody = (body: Body, within: ReadonlyArray<Cte>): ReadonlyArray<string> => {
  switch (body._tag) {
    case "Select":
      return [body.from, ...body.joins.map((join) => join.source)].flatMap((source) => tablesOfSource(source, within))
    case "Compound":
      return [...tablesOfBody(body.left, within), ...tablesOfBody(body.right, within)]
    case "Written":
      return body.args.flatMap((arg) => isSource(arg) ? tablesOfSource(arg, within) : [])
    case "Values":
    case "Listed":
      return []
  }
}

const kinds = { Select: "select", Insert: "insert", Update: "update", Delete: "delete", Script: "script" } as const

const isAbout = (rule: Rule, statement: Statement): boolean => {
  if (rule.on === "begin" || rule.on === "commit") return false
  if (rule.on !== "statement" && rule.on !== kinds[statement._tag]) return false
  const table = typeof rule.table === "object" || typeof rule.table === "function" ? rule.table.table : rule.table
  if (table !== undefined && !tablesOf(statement).includes(table)) return false
  return rule.where === undefined || rule.where(statement)
}

const isApplied = (rule: Rule): boolean => rule.on !== "begin" && rule.applied === true && rule.fail !== undefined

/** A rule with what became of it. */
interface Counted {
  readonly rule: Rule
  seen: number
  fired: number
}

/** What happens to one piece of work. */
interface Verdict {
  readonly before: Effect.Effect<void, any>
  readonly after: Effect.Effect<void, any>
}

const nothing: Verdict = { before: Effect.void, after: Effect.void }

/** The interceptor, and how often each rule has acted so far. */
export const interceptorOf = (rules: ReadonlyArray<Rule>): {
  readonly interceptor: Interceptor
  readonly fired: Effect.Effect<ReadonlyArray<number>>
} => {
  const counted = rules.map((rule): Counted => ({ rule, seen: 0, fired: 0 }))

  const acts = (one: Counted): Effect.Effect<boolean> =>
    Effect.suspend(() => {
      const { after = 0, probability = 1, times = Number.POSITIVE_INFINITY } = one.rule
      one.seen++
      if (one.seen <= after || one.fired >= times) return Effect.succeed(false)
      // counted before the fiber may be interrupted, and another one asks
      const fires = () => {
        if (one.fired >= times) return false
        one.fired++
        return true
      }
      return probability >= 1
        ? Effect.sync(fires)
        : Effect.map(Random.next, (random) => random < probability && fires())
    })

  /** In the order of the list; the first that fails is the last that is asked. */
  const judge = (applies: (rule: Rule) => boolean): Effect.Effect<Verdict> =>
    Effect.gen(function*() {
      let verdict = nothing
      for (const one of counted) {
        if (!applies(one.rule) || !(yield* acts(one))) continue
        const { delay, fail } = one.rule
        if (delay !== undefined) verdict = { ...verdict, before: Effect.zipRight(verdict.before, Effect.sleep(delay)) }
        if (fail === undefined) continue
        return isApplied(one.rule)
          ? { ...verdict, after: Effect.fail(fail) }
          : { ...verdict, before: Effect.zipRight(verdict.before, Effect.fail(fail)) }
      }
      return verdict
    })

  const around = <A, E, R>(verdict: Verdict, work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.zipLeft(Effect.zipRight(verdict.before, work), verdict.after)

  /** Whether the fiber is in a transaction of this database already: then what follows is a savepoint. */
  const inside = FiberRef.unsafeMake(false)

  const interceptor: Interceptor = {
    run: (statement, next) =>
      Effect.flatMap(judge((rule) => isAbout(rule, statement)), (verdict) => around(verdict, next(statement))),
    stream: (select: Select, next) =>
      Stream.unwrap(Effect.map(
        judge((rule) => isAbout(rule, select)),
        ({ after, before }) => Stream.concat(Stream.concat(Stream.execute(before), next(select)), Stream.execute(after))
      )),
    transact: (effect, options, next) =>
      Effect.flatMap(FiberRef.get(inside), (isInside) => {
        if (isInside) return next(effect, options)
        const atCommit = (isAfterIt: boolean) => judge((rule) => rule.on === "commit" && isApplied(rule) === isAfterIt)
        // In the body, so that the transaction itself fails, and its retry is asked.
        const body = Effect.zipLeft(
          Effect.locally(effect, inside, true),
          Effect.flatMap(atCommit(false), ({ before }) => before)
        )
        return Effect.flatMap(judge((rule) => rule.on === "begin"), (begin) =>
          Effect.zipRight(
            begin.before,
            Effect.zipLeft(
              next(body, options),
              Effect.flatMap(atCommit(true), ({ after, before }) => Effect.zipRight(before, after))
            )
          ))
      })
  }
  return { interceptor, fired: Effect.sync(() => counted.map(({ fired }) => fired)) }
}
