/**
 * What a filter that comes from outside may say.
 */
import { ConfigurationError } from "../DbError.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type { Relation } from "../relation/definition.js"
import type { ColumnsId } from "../Source.js"
import type { Storage, ValueType } from "../sql/storage.js"
import type { Filter, Tests, TextTests } from "./definition.js"

/**
 * The names of tests.
 *
 * @since 0.1.0
 * @category models
 */
export type Operator = keyof TextTests<any>

type TestsOf<F> = F extends { readonly contains?: any } ? keyof TextTests<any> : keyof Tests<any>

/**
 * The columns that may be asked for, with the usual tests of each; or by column which tests.
 *
 * @since 0.1.0
 * @category models
 */
export type Fields<M extends Model.Any> =
  | ReadonlyArray<keyof M[typeof ColumnsId] & string>
  | {
    readonly [K in keyof M[typeof ColumnsId]]?:
      | "usual"
      | ReadonlyArray<
        TestsOf<Extract<NonNullable<Filter<M>[K & keyof Filter<M>]>, object>>
      >
  }

/**
 * How much a filter may say.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  /** How deep `and`, `or`, `not` and relations stand in each other: 5. */
  readonly depth?: number
  /** How many tests there are in all: 50. */
  readonly conditions?: number
  /** How many values a list has: 100. */
  readonly list?: number
  /** How many characters a text has: 1,000. */
  readonly text?: number
}

/**
 * What a filter may say of a model, by the columns, and by the relations to other models.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<M extends Model.Any> {
  readonly fields: Fields<M>
  readonly relations?: { readonly [name: string]: Related<M> }
}

/**
 * What a filter may say of a relation from `From`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Related<out From extends Model.Any> {
  readonly from: From
  readonly relation: Relation<any, any, any, any>
  readonly options: Options<any>
}

export interface Field {
  readonly name: string
  /** The property's own name in SQL is known to the model alone. */
  readonly type: ValueType
  readonly operators: ReadonlySet<string>
}

/** What may be said of one model; `problem` is what is wrong with the list itself. */
export interface Allowed {
  readonly identifier: string
  readonly model: Model.Any
  readonly fields: ReadonlyMap<string, Field>
  readonly relations: ReadonlyMap<
    string,
    { readonly relation: Relation<any, any, any, any>; readonly allowed: Allowed }
  >
  readonly problem: ConfigurationError | undefined
}

const logic = ["and", "or", "not"]
const equality = ["eq", "ne", "in", "notIn"]
const ordering = ["gt", "gte", "lt", "lte", "between"]
const parts = ["contains", "startsWith", "endsWith"]
/** They are allowed by name alone, as a pattern may take long. */
const patterns = ["like", "ilike"]

const usual = ({ _tag }: Storage): ReadonlyArray<string> => {
  switch (_tag) {
    case "text":
      return [...equality, ...ordering, ...parts]
    case "literal":
    case "boolean":
    case "uuid":
    case "bytes":
      return equality
    case "json":
    case "array":
    case "vector":
      return []
    default:
      return [...equality, ...ordering]
  }
}

/** All that a column has. */
const possible = (storage: Storage): ReadonlyArray<string> => {
  switch (storage._tag) {
    case "text":
      return [...usual(storage), ...patterns]
    case "literal":
      return [...equality, ...ordering, ...parts, ...patterns]
    case "json":
    case "array":
      return ["eq", "ne"]
    case "vector":
      return []
    default:
      return [...equality, ...ordering]
  }
}

const refused = (identifier: string, problem: string) =>
  new ConfigurationError({ problem: `The filter ${identifier} ${problem}` })

export const allow = (identifier: string, model: Model.Any, options: Options<any>): Allowed => {
  const fields = new Map<string, Field>()
  const relations = new Map<string, { readonly relation: Relation<any, any, any, any>; readonly allowed: Allowed }>()
  let problem: ConfigurationError | undefined = undefined
  const { byProperty } = tableOf(model)
  const listed: ReadonlyArray<readonly [string, unknown]> = Array.isArray(options.fields)
    ? options.fields.map((name: string) => [name, "usual"] as const)
    : Object.entries(options.fields)
  for (const [name, operators] of listed) {
    const column = Object.hasOwn(byProperty, name) ? byProperty[name] : undefined
    if (column === undefined || logic.includes(name)) {
      problem ??= refused(
        identifier,
        column === undefined
          ? `allows ${name}, which is no column`
          : `allows ${name}, which has another meaning in filters`
      )
      continue
    }
    const { nullable, storage } = column.type
    const all = [...possible(storage), ...(nullable ? ["isNull"] : [])]
    const asked = operators === "usual"
      ? [...usual(storage), ...(nullable ? ["isNull"] : [])]
      : operators as ReadonlyArray<string>
    for (const operator of asked) {
      if (!all.includes(operator)) {
        problem ??= refused(identifier, `allows ${operator} of ${name}, which has no such test`)
      }
    }
    fields.set(name, { name, type: column.type, operators: new Set(asked) })
  }
  for (const [name, { options: of, relation }] of Object.entries(options.relations ?? {})) {
    if (fields.has(name) || logic.includes(name)) {
      problem ??= refused(identifier, `calls a relation ${name}, which has another meaning there`)
    }
    const allowed = allow(`${identifier}${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, relation.to, of)
    problem ??= relation.plan.problem ?? allowed.problem
    relations.set(name, { relation, allowed })
  }
  return { identifier, model, fields, relations, problem }
}
