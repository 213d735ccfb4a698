/**
 * How a database means to run a query, in one form for all of them. `Query.explain` asks for it.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Ddl, Field, Model, Plan, Query } from "effect-strata"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.String
 * }, { table: "users" }) {}
 *
 * const program = Effect.gen(function*() {
 *   yield* Ddl.create(User)
 *   const plan = yield* Query.explain(Query.from(User).pipe(Query.where({ name: "Ada" })))
 *   return Plan.fullScans(plan).map((step) => step.relation) // ["users"]: an index on name would help
 * })
 *
 * Effect.runPromise(Effect.provide(program, Sqlite.layer({ filename: ":memory:" })))
 * ```
 *
 * @since 0.1.0
 */
import type * as Redacted from "effect/Redacted"

/**
 * What a step does: `scan` reads every row of a table, `index scan` every entry of an index, `search` only rows that a key or an index finds.
 *
 * @since 0.1.0
 * @category models
 */
export type Operation =
  | "scan"
  | "index scan"
  | "search"
  | "join"
  | "filter"
  | "sort"
  | "group"
  | "window"
  | "distinct"
  | "limit"
  | "set"
  | "materialize"
  | "lock"
  | "query"
  | "other"

/**
 * One step of a plan. What a database does not tell is undefined.
 *
 * @since 0.1.0
 * @category models
 */
export interface Step {
  readonly operation: Operation
  /** The database's own word for it: `Seq Scan`, `SEARCH`, `ref`. */
  readonly name: string
  /** What is read, by the name that it goes by in the statement. */
  readonly relation: string | undefined
  readonly index: string | undefined
  /** How many rows it was thought to give, and of an analyzed plan how many it gave: of all times that it ran together. */
  readonly rows: { readonly estimated: number | undefined; readonly actual: number | undefined }
  /** In the database's own unit. */
  readonly cost: number | undefined
  /** Of an analyzed plan, in milliseconds: of all times that it ran together, and with the steps inside it where the database counts so. */
  readonly time: number | undefined
  /** Conditions and keys, each value in them a `?`. */
  readonly detail: string | undefined
  readonly children: ReadonlyArray<Step>
}

/**
 * A plan.
 *
 * @since 0.1.0
 * @category models
 */
export interface Plan {
  /** The stable name of the dialect. */
  readonly database: string
  readonly sql: string
  /** Of an analyzed plan, in milliseconds, the whole statement. */
  readonly time: number | undefined
  readonly root: Step
  /** What the database said. It may hold values of the query. */
  readonly raw: Redacted.Redacted<unknown>
}

const stepsOf = (step: Step): ReadonlyArray<Step> => [step, ...step.children.flatMap(stepsOf)]

/**
 * All steps, each before those inside it.
 *
 * @since 0.1.0
 * @category accessors
 */
export const steps = (plan: Plan): ReadonlyArray<Step> => stepsOf(plan.root)

/**
 * The steps that read every row of a table or every entry of an index.
 *
 * @since 0.1.0
 * @category accessors
 */
export const fullScans = (plan: Plan): ReadonlyArray<Step> =>
  steps(plan).filter(({ operation }) => operation === "scan" || operation === "index scan")

const figure = (value: number): string => String(Math.round(value * 100) / 100)

const figuresOf = ({ cost, rows, time }: Step): string => {
  const parts = [
    rows.estimated === undefined ? [] : [`rows ~${figure(rows.estimated)}`],
    rows.actual === undefined ? [] : [`rows ${figure(rows.actual)}`],
    cost === undefined ? [] : [`cost ${figure(cost)}`],
    time === undefined ? [] : [`${figure(time)} ms`]
  ].flat()
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`
}

const lineOf = (step: Step): string => {
  const { detail, index, name, operation, relation } = step
  return [
    operation === "other" ? name : operation,
    ...relation === undefined ? [] : [relation],
    ...index === undefined ? [] : [`by ${index}`]
  ].join(" ") + figuresOf(step) + (detail === undefined ? "" : `: ${detail}`)
}

const linesOf = (step: Step, indent: string): ReadonlyArray<string> => [
  `${indent}${lineOf(step)}`,
  ...step.children.flatMap((child) => linesOf(child, `${indent}  `))
]

/**
 * The plan as text for people, a line a step, those inside it further in.
 *
 * @since 0.1.0
 * @category accessors
 */
export const render = ({ root, time }: Plan): string =>
  [...linesOf(root, ""), ...time === undefined ? [] : [`${figure(time)} ms`]].join("\n")
