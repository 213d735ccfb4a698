/**
 * Rows of two queries put together: union, intersect, except.
 */
import type { Capability } from "../Capability.js"
import type * as Source from "../Source.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { selectOver } from "../sql/nodes.js"
import { isStoredAs } from "../sql/storage.js"
import type { ValueType } from "../sql/storage.js"
import { commonType } from "../sql/valueType.js"
import { build, refused, scopeOf } from "./built.js"
import type { Any, OutputColumns, Query } from "./built.js"
import { derivedFrom } from "./derived.js"
import { Scope } from "./scope.js"

/**
 * Puts the rows of another query to those of this one, which are of the same names and of types that the other's hold. What comes after it (an
 * order, a limit, a condition) is about all of them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Combine<Needs = never> {
  <B, S2, J2, R2>(
    other: Query<B, S2, J2, R2>
  ): <A extends OrNull<B>, S, J, R>(
    query: Query<A, S, J, R>
  ) => Query<Both<A, B>, Source.Derived<OutputColumns<Both<A, B>, S2>, Both<A, B>>, {}, R | R2 | Needs>
}

/** Rows like those, any value of which may be null. */
type OrNull<B> = { readonly [K in keyof B]: B[K] | null } | null

/** A row of either: what is null in one may be null in both. */
type Both<A, B> = [A] extends [B] ? B : [B] extends [A] ? A : { readonly [K in keyof B]: B[K] | A[K & keyof A] }

type Part = Extract<Ast.Projection, { readonly _tag: "Value" }>

/** What stands in a union: both sides' parts in the order of the left's and in one form, and what the parts of both are. */
interface Aligned {
  readonly left: Ast.Projection
  readonly right: Ast.Projection
  readonly both: Ast.Projection
}

/** A database may keep decimals in several forms. */
const inForm = (part: Part, type: ValueType): Part => {
  const { expression } = part
  const { storage } = expression.type
  return storage._tag === "decimal" && !isStoredAs(storage, type.storage)
    ? { _tag: "Value", expression: { _tag: "Cast", expression, type: { ...expression.type, storage: type.storage } } }
    : part
}

/** The same projection where all of its fields are. */
const withFields = (
  projection: Extract<Ast.Projection, { readonly fields: unknown }>,
  fields: ReadonlyArray<readonly [name: string, part: Ast.Projection]>
): Ast.Projection =>
  Object.keys(projection.fields).every((name, i) => fields[i]![0] === name && fields[i]![1] === projection.fields[name])
    ? projection
    : { ...projection, fields: Object.fromEntries(fields) }

const align = (left: Ast.Projection, right: Ast.Projection): Aligned | string => {
  if (left._tag === "Value" && right._tag === "Value") {
    const type = commonType(left.expression.type, right.expression.type)
    return type === undefined
      ? "values of different types"
      : {
        left: inForm(left, type),
        right: inForm(right, type),
        both: { _tag: "Value", expression: { ...left.expression, type } as Ast.Expression }
      }
  }
  if (left._tag === "Instance" && right._tag === "Instance") {
    return left.table === right.table
      ? {
        left,
        right,
        both: left.optional ? left : right.optional ? { ...left, columns: left.columns, optional: true } : left
      }
      : "rows of different models"
  }
  if (!("fields" in left) || !("fields" in right)) return "rows of different forms"
  const names = Object.keys(left.fields)
  if (names.length !== Object.keys(right.fields).length || !names.every((name) => Object.hasOwn(right.fields, name))) {
    return "rows of different names"
  }
  const parts = names.map((name) => [name, align(left.fields[name]!, right.fields[name]!)] as const)
  const aligned: Array<readonly [name: string, part: Aligned]> = []
  for (const [name, part] of parts) {
    if (typeof part === "string") return `${part} as ${name}`
    aligned.push([name, part])
  }
  const isOptional = left._tag === "OptionalRecord" || right._tag === "OptionalRecord"
  return {
    left: withFields(left, aligned.map(([name, part]) => [name, part.left])),
    right: withFields(right, aligned.map(([name, part]) => [name, part.right])),
    both: {
      _tag: isOptional ? "OptionalRecord" : "Record",
      fields: Object.fromEntries(aligned.map(([name, part]) => [name, part.both]))
    }
  }
}

/** A query of what another one is put together from, if it is nothing else. */
const bodyOf = (query: Any): Ast.Body => {
  const { ast } = query
  const { from } = ast
  // Written by the caller, its columns may stand in any order.
  const isBare = from._tag === "DerivedSource" && from.body._tag !== "Written" &&
    ast.projection === scopeOf(query).row && ast.joins.length === 0 &&
    ast.where === undefined && ast.groupBy.length === 0 && ast.having === undefined && ast.orderBy.length === 0 &&
    ast.limit === undefined && ast.offset === undefined && !ast.distinct && ast.lock === undefined
  return isBare ? from.body : ast
}

const bodyWith = (query: Any, projection: Ast.Projection): Ast.Body =>
  projection === query.ast.projection ? bodyOf(query) : { ...query.ast, projection }

const problemOf = ({ ast: left }: Any, { ast: right }: Any): string | undefined =>
  left.includes.length > 0 || right.includes.length > 0
    ? "relations are included after the rows of two queries are put together"
    : left.lock !== undefined || right.lock !== undefined
    ? "rows of two queries that are put together cannot be locked"
    : undefined

/** Both sides with their columns in one order, or what is wrong. */
export const combined = (
  operator: Ast.Compound["operator"],
  query: Any,
  other: Any
): { readonly body: Ast.Compound; readonly row: Ast.Projection } | string => {
  const problem = problemOf(query, other)
  if (problem !== undefined) return problem
  const aligned = align(query.ast.projection, other.ast.projection)
  if (typeof aligned === "string") return `${operator} was given ${aligned}`
  const [left, right] = [bodyWith(query, aligned.left), bodyWith(other, aligned.right)]
  return { body: { _tag: "Compound", operator, left, right }, row: aligned.both }
}

const combine = (operator: Ast.Compound["operator"]) => (other: Any) => (query: Any): any => {
  const found = combined(operator, query, other)
  if (typeof found === "string") return refused(query, found)
  const description = derivedFrom(operator.replace(" ", "_"), found.body, found.row)[Describe]
  const ref: Ast.Ref = { hint: description.hint }
  const row = description.row(ref, false)
  return build(selectOver(description.source(ref), row), new Scope({ description, ref, optional: false }, row))
}

/**
 * `… union …`: the rows of both, each of which comes once.
 *
 * @since 0.1.0
 * @category set operations
 */
export const union: Combine = combine("union") as never

/**
 * `… union all …`: the rows of both.
 *
 * @since 0.1.0
 * @category set operations
 */
export const unionAll: Combine = combine("union all") as never

/**
 * `… intersect …`: the rows that both have, each of which comes once.
 *
 * @since 0.1.0
 * @category set operations
 */
export const intersect: Combine = combine("intersect") as never

/**
 * `… intersect all …`: the rows that both have, as often as both have them.
 *
 * @since 0.1.0
 * @category set operations
 */
export const intersectAll: Combine<Capability<"intersect all">> = combine("intersect all") as never

/**
 * `… except …`: the rows that the other has not, each of which comes once.
 *
 * @since 0.1.0
 * @category set operations
 */
export const except: Combine = combine("except") as never

/**
 * `… except all …`: the rows that are left when each of the other's has taken one away.
 *
 * @since 0.1.0
 * @category set operations
 */
export const exceptAll: Combine<Capability<"except all">> = combine("except all") as never
