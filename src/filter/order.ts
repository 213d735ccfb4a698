/**
 * Orders that come from outside.
 */
import * as Schema from "effect/Schema"
import type { Issue } from "../DbError.js"
import { asc, desc } from "../expr/conditional.js"
import type { Order } from "../expr/conditional.js"
import type { Columns } from "../expr/core.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type * as Source from "../Source.js"
import type { ColumnsId } from "../Source.js"
import { isPlain } from "../sql/nodes.js"
import { fromOutside, Refused } from "./outside.js"

const TermsId: unique symbol = Symbol.for("effect-strata/Filter/Terms")

/** One term, as it was asked for. */
interface Term {
  readonly field: string
  readonly direction: "asc" | "desc"
  readonly nulls: "first" | "last"
}

/**
 * An order that came from outside and names only what it may: a function of the columns, as `Query.orderBy` and `Relation.orderBy` take it.
 *
 * @since 0.1.0
 * @category models
 */
export interface DecodedOrder<in S extends Source.Any> {
  (columns: Columns<S>): ReadonlyArray<Order>
  readonly [TermsId]: { readonly list: object; readonly terms: ReadonlyArray<Term> }
}

/**
 * An order as it comes from outside: `"-age,name"`, or a list of terms. NULLs are last unless asked: `"age:first"`.
 *
 * @since 0.1.0
 * @category models
 */
export type OrderInput =
  | string
  | ReadonlyArray<{
    readonly field: string
    readonly direction?: "asc" | "desc"
    readonly nulls?: "first" | "last"
  }>

const words = { direction: ["asc", "desc"], nulls: ["first", "last"] } as const

const shown = (name: unknown): string => String(name).slice(0, 60)

class Reading {
  readonly issues: Array<Issue> = []
  constructor(private readonly names: ReadonlyArray<string>) {}

  private refuse(path: Issue["path"], message: string): undefined {
    this.issues.push({ path, message })
    return undefined
  }

  terms(input: unknown): ReadonlyArray<Term> {
    const most = this.names.length
    const isText = typeof input === "string"
    if (!isText && !Array.isArray(input)) {
      this.refuse([], "is no order: a text like -age,name or a list of terms is expected")
      return []
    }
    // Longer than it could be with all of them in it.
    if (isText && input.length > 10 + this.names.reduce((sum, name) => sum + name.length + 10, 0)) {
      this.refuse([], "is too long")
      return []
    }
    const parts: ReadonlyArray<unknown> = isText ? input.split(",") : input as ReadonlyArray<unknown>
    if (parts.length === 0 || parts.length > most) {
      this.refuse([], `takes from 1 to ${most} terms`)
      return []
    }
    const seen = new Set<string>()
    const terms: Array<Term> = []
    parts.forEach((part, at) => {
      const term = typeof part === "string" && isText ? this.ofText(part, at) : this.ofRecord(part, at)
      if (term === undefined) return
      if (seen.has(term.field)) this.refuse([at], `sorts by ${term.field} once more`)
      seen.add(term.field)
      terms.push(term)
    })
    return terms
  }

  private ofText(text: string, at: number): Term | undefined {
    const [, sign, field, nulls] = /^([-+]?)([^:]*?)(?::(first|last))?$/.exec(text.trim()) ?? []
    return this.known(field ?? text, sign === "-" ? "desc" : "asc", nulls === "first" ? "first" : "last", [at])
  }

  private ofRecord(part: unknown, at: number): Term | undefined {
    if (typeof part !== "object" || part === null || Array.isArray(part) || !isPlain(part)) {
      return this.refuse([at], "is no term: { field, direction, nulls } is expected")
    }
    const record = part as { readonly [name: string]: unknown }
    const word = <N extends keyof typeof words>(name: N): (typeof words)[N][number] | undefined => {
      const [usual] = name === "nulls" ? [words[name][1]] : [words[name][0]]
      if (!Object.hasOwn(record, name)) return usual
      const found = (words[name] as ReadonlyArray<unknown>).includes(record[name])
      return found ? record[name] as never : this.refuse([at, name], `is neither ${words[name].join(" nor ")}`)
    }
    for (const name of Object.keys(record)) {
      if (!["field", "direction", "nulls"].includes(name)) {
        return this.refuse([at, shown(name)], "is no part of a term: there are field, direction, nulls")
      }
    }
    const direction = word("direction")
    const nulls = word("nulls")
    const field = Object.hasOwn(record, "field") ? record["field"] : undefined
    return direction === undefined || nulls === undefined
      ? undefined
      : this.known(field, direction, nulls, [at, "field"])
  }

  private known(field: unknown, direction: Term["direction"], nulls: Term["nulls"], path: Issue["path"]) {
    return typeof field === "string" && this.names.includes(field)
      ? { field, direction, nulls }
      : this.refuse(path, `is nothing to sort by: there are ${this.names.join(", ")}`)
  }
}

const textOf = (terms: ReadonlyArray<Term>): string =>
  terms.map(({ direction, field, nulls }) =>
    `${direction === "desc" ? "-" : ""}${field}${nulls === "first" ? ":first" : ""}`
  ).join(",")

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/**
 * The Schema of orders that come from outside: it decodes `"-age,name"`, or `[{ field: "age", direction: "desc" }, { field: "name" }]`, to an
 * order for `Query.orderBy`.
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Field, Filter, Model, Query } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.String,
 *   age: Schema.NullOr(Schema.Int)
 * }, { table: "users" }) {}
 *
 * const UserOrder = Filter.order(User, ["age", "name"])
 * const oldest = Query.from(User).pipe(Query.orderBy(Schema.decodeUnknownSync(UserOrder)("-age:last,name")))
 * ```
 *
 * A name that is not listed, one that comes twice, and an order of nothing are a ParseError with its path.
 *
 * @since 0.1.0
 * @category schemas
 */
export const order = <M extends Model.Any>(
  model: M,
  fields: readonly [keyof M[typeof ColumnsId] & string, ...ReadonlyArray<keyof M[typeof ColumnsId] & string>],
  options: { readonly identifier?: string } = {}
): Schema.Schema<DecodedOrder<M>, OrderInput> => {
  const { byProperty } = tableOf(model)
  const unknown = fields.find((name) => !Object.hasOwn(byProperty, name))
  const { identifier = `${model.identifier}Order` } = options
  return fromOutside<DecodedOrder<M>, OrderInput>({
    identifier,
    description: Schema.Union(
      Schema.String,
      Schema.Array(
        Schema.Struct({
          field: Schema.Literal(...fields),
          direction: optional(Schema.Literal("asc", "desc")),
          nulls: optional(Schema.Literal("first", "last"))
        })
      )
    ).annotations({ identifier }),
    is: (value): value is DecodedOrder<M> =>
      typeof value === "function" && TermsId in value && (value as DecodedOrder<M>)[TermsId].list === fields,
    decode: (input) => {
      if (unknown !== undefined) {
        return new Refused([{ path: [], message: `The order ${identifier} allows ${unknown}, which is no column` }])
      }
      const reading = new Reading(fields)
      const terms = reading.terms(input)
      if (reading.issues.length > 0) return new Refused(reading.issues)
      const made = (columns: any): ReadonlyArray<Order> =>
        terms.map(({ direction, field, nulls }) => (direction === "asc" ? asc : desc)(columns[field], { nulls }))
      return Object.assign(made, { [TermsId]: { list: fields, terms } })
    },
    encode: (value) => textOf(value[TermsId].terms)
  })
}
