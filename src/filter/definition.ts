/**
 * Filters as plain data, and the conditions that they stand for.
 */
import * as Option from "effect/Option"
import type { Pipeable } from "effect/Pipeable"
import * as Predicate from "effect/Predicate"
import { ValidationError } from "../DbError.js"
import * as Comparison from "../expr/comparison.js"
import { booleanType, columnsOf, isExpression, make, nodeOf } from "../expr/core.js"
import type { Columns, Condition, NonNull } from "../expr/core.js"
import * as Text from "../expr/text.js"
import type * as Source from "../Source.js"
import { Describe } from "../Source.js"
import type { ColumnsId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { columnOf } from "../sql/nodes.js"
import { notNull } from "../sql/valueType.js"

/**
 * Tests of one value.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tests<A> {
  readonly eq?: A
  readonly ne?: A
  readonly gt?: A
  readonly gte?: A
  readonly lt?: A
  readonly lte?: A
  readonly in?: ReadonlyArray<A>
  readonly notIn?: ReadonlyArray<A>
  readonly between?: readonly [low: A, high: A]
  readonly isNull?: boolean
}

/**
 * Tests of a text.
 *
 * @since 0.1.0
 * @category models
 */
export interface TextTests<A> extends Tests<A> {
  /** `%` and `_` in it are plain characters, as in `startsWith` and `endsWith`. */
  readonly contains?: string
  readonly startsWith?: string
  readonly endsWith?: string
  readonly like?: string
  readonly ilike?: string
}

type FilterOf<A> = [A & {}] extends [Option.Option<infer X>] ? FilterOf<X>
  : [A] extends [string | null] ? NonNull<A> | TextTests<NonNull<A>>
  : Bare<NonNull<A>> | Tests<NonNull<A>>

/** A record that stands bare would be read as tests, so it is compared by `{ eq: record }`. */
type Bare<A> = A extends Scalar ? A : A extends object ? never : A
type Scalar = string | number | bigint | boolean | Date | Uint8Array | ReadonlyArray<unknown> | Pipeable

type Logic = "and" | "or" | "not"

/** What stands where a filter can stand within one: a callback, as `Relation.some` gives. */
type Test<S extends Source.Any> = (columns: Columns<S>) => Condition

/**
 * A filter over the columns of a source: a bare value is equality, several entries must all hold. A record of a JSON column is
 * compared by `{ eq: record }`.
 *
 * `and`, `or` and `not` take callbacks beside filters, and so tests of relations:
 * `{ age: { gte: 18 }, or: [{ name: "Ada" }, Relation.some(userPosts, { published: true })] }`.
 *
 * @since 0.1.0
 * @category models
 */
export type Filter<S extends Source.Any> = {
  readonly [K in keyof S[typeof ColumnsId] | Logic]?: K extends keyof S[typeof ColumnsId] ?
    FilterOf<S[typeof ColumnsId][K]>
    : K extends "not" ? Filter<S> | Test<S>
    : ReadonlyArray<Filter<S> | Test<S>>
}

/**
 * What the type of a given filter is inferred from: a filter in which `undefined` still passes, so that `Checked` can refuse it.
 *
 * @since 0.1.0
 * @category models
 */
export type Draft<S extends Source.Any> = {
  readonly [K in keyof S[typeof ColumnsId] | Logic]?:
    | (K extends keyof S[typeof ColumnsId] ? FilterOf<S[typeof ColumnsId][K]>
      : K extends "not" ? Draft<S> | Test<S>
      : ReadonlyArray<Draft<S> | Test<S>>)
    | undefined
}

/**
 * The filter `X` where it is one, else what it should have been: no `undefined` and no unknown name at any depth, whether
 * `exactOptionalPropertyTypes` is on or off.
 *
 * @since 0.1.0
 * @category models
 */
export type Checked<S extends Source.Any, X> = [keyof Draft<S>] extends [keyof X] ? Filter<S>
  : [X] extends [Strict<S, X>] ? X
  : Strict<S, X>

type Strict<S extends Source.Any, X> = {
  readonly [K in keyof X]: K extends keyof S[typeof ColumnsId] ? StrictValue<FilterOf<S[typeof ColumnsId][K]>, X[K]>
    : K extends "not" ? StrictNot<S, X[K]>
    : K extends Logic ? StrictList<S, X[K]>
    : `"${K & string}" is no column`
}
type StrictNot<S extends Source.Any, V> = V extends (...columns: any) => any ? Test<S>
  : V extends object ? Strict<S, V>
  : Filter<S> | Test<S>
type StrictList<S extends Source.Any, V> = V extends object ? { readonly [I in keyof V]: StrictNot<S, V[I]> }
  : ReadonlyArray<Filter<S> | Test<S>>
type StrictValue<F, V> = V extends object
  ? keyof V extends keyof TextTests<any> ? StrictTests<Extract<F, Tests<any>>, V> : F
  : F
type StrictTests<T, V> = {
  readonly [P in keyof V]: P extends keyof T ? T[P] & {} : `"${P & string}" is no test of this column`
}

/**
 * What a `where` takes: a filter, or a callback over the columns.
 *
 * @since 0.1.0
 * @category models
 */
export type Scope<S extends Source.Any, X = Filter<S>> = ((columns: Columns<S>) => Condition) | Checked<S, X>

const binary: { readonly [operator: string]: Ast.Operator } = {
  eq: Comparison.operators.eq,
  ne: Comparison.operators.ne,
  gt: Comparison.operators.gt,
  gte: Comparison.operators.gte,
  lt: Comparison.operators.lt,
  lte: Comparison.operators.lte
}

const textTests: { readonly [operator: string]: typeof Text.like } = {
  contains: Text.contains,
  startsWith: Text.startsWith,
  endsWith: Text.endsWith,
  like: Text.like,
  ilike: Text.ilike
}

/** A condition that cannot be said. */
export const invalid = (path: ReadonlyArray<string | number>, message: string): Ast.Expression => ({
  _tag: "Invalid",
  error: new ValidationError({ subject: "The filter", issues: [{ path, message }] }),
  type: booleanType
})

const isPlainObject = (value: unknown): value is { readonly [key: string]: unknown } => {
  if (!Predicate.isRecord(value) || isExpression(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** As many filters may stand within one another: what is printed of them fits each database's own bounds. */
const deepest = 400

/** The condition that a filter stands for, over one use of its source. */
export const condition = (
  description: Source.Description,
  ref: Ast.Ref,
  filter: unknown,
  path: ReadonlyArray<string | number> = [],
  depth = 0
): Ast.Expression => {
  if (depth > deepest) return invalid(path.slice(0, 8), `is nested too deep: at most ${deepest} filters in one another`)
  if (!isPlainObject(filter)) return invalid(path, "is not a filter: a plain object is expected")
  const { columns } = description
  const conditions: Array<Ast.Expression> = []
  for (const key of Object.keys(filter)) {
    const value = filter[key]
    if (value === undefined) {
      conditions.push(
        invalid(
          [...path, key],
          "is undefined, which never means \"no filter\": leave the key out, or ask for NULL by { isNull: true }"
        )
      )
    } else if (Object.hasOwn(columns, key)) {
      ofColumn(columnOf(ref, columns[key]!), value, path, key, conditions)
    } else if (key === "and" || key === "or") {
      conditions.push(
        Array.isArray(value)
          ? (key === "and" ? Comparison.allOf : Comparison.anyOf)(
            Array.from(value, (one, i) => within(description, ref, one, [...path, key, i], depth + 1))
          )
          : invalid([...path, key], "takes a list of filters")
      )
    } else if (key === "not") {
      conditions.push(nodeOf(Comparison.not(make<boolean>(within(description, ref, value, [...path, key], depth + 1)))))
    } else {
      conditions.push(invalid([...path, key], `is no column: there are ${Object.keys(columns).join(", ")}`))
    }
  }
  return Comparison.allOf(conditions)
}

/** A filter or a callback within a filter. */
const within = (
  description: Source.Description,
  ref: Ast.Ref,
  part: unknown,
  path: ReadonlyArray<string | number>,
  depth: number
): Ast.Expression =>
  Predicate.isFunction(part)
    ? nodeOf(part(columnsOf(description, ref, false)))
    : condition(description, ref, part, path, depth)

const equals = (node: Ast.Expression, right: unknown, operator: Ast.Operator): Ast.Expression => ({
  _tag: "Call",
  operator,
  args: [node, { _tag: "Parameter", value: right, type: notNull(node.type) }],
  type: booleanType
})

/** Adds the conditions of one column. */
const ofColumn = (
  node: Ast.Expression,
  value: unknown,
  path: ReadonlyArray<string | number>,
  key: string,
  into: Array<Ast.Expression>
): void => {
  if (value === null) into.push(invalid([...path, key], "is null: ask for NULL by { isNull: true }"))
  else if (typeof value !== "object" || !isPlainObject(value) || Option.isOption(value)) {
    into.push(equals(node, value, Comparison.operators.eq))
  } else {
    const operators = Object.keys(value)
    for (const operator of operators) ofTest(node, operator, value[operator], () => [...path, key, operator], into)
    if (operators.length === 0) into.push(invalid([...path, key], "says nothing: give a value or a test"))
  }
}

/** Adds the conditions of one test; `path` says where it stands, for what is wrong with it. */
const ofTest = (
  node: Ast.Expression,
  operator: string,
  operand: unknown,
  path: () => ReadonlyArray<string | number>,
  into: Array<Ast.Expression>
): void => {
  if (operand === undefined || operand === null) {
    into.push(invalid(path(), `is ${operand}: leave the key out, or ask for NULL by { isNull: true }`))
    return
  }
  if (Object.hasOwn(binary, operator)) {
    into.push(equals(node, operand, binary[operator]!))
    return
  }
  if (Object.hasOwn(textTests, operator)) {
    into.push(
      typeof operand === "string"
        ? nodeOf(textTests[operator]!(make<string>(node), operand))
        : invalid(path(), "takes a text")
    )
    return
  }
  switch (operator) {
    case "in":
    case "notIn": {
      if (!Array.isArray(operand)) into.push(invalid(path(), "takes a list"))
      else {
        const inside = Comparison.inList(node, operand)
        into.push(operator === "in" ? inside : nodeOf(Comparison.not(make<boolean>(inside))))
      }
      return
    }
    case "between":
      if (!Array.isArray(operand) || operand.length !== 2) into.push(invalid(path(), "takes two values"))
      else {
        into.push(
          equals(node, operand[0], Comparison.operators.gte),
          equals(node, operand[1], Comparison.operators.lte)
        )
      }
      return
    case "isNull": {
      const column = make<unknown>(node)
      into.push(
        typeof operand === "boolean"
          ? nodeOf(operand ? Comparison.isNull(column) : Comparison.isNotNull(column))
          : invalid(path(), "takes true or false")
      )
      return
    }
    default:
      into.push(invalid(path(), "is no operator of a filter"))
  }
}

/** The condition of a scope: a filter or a callback. */
export const ofScope = (source: Source.Any, ref: Ast.Ref, scope: unknown): Ast.Expression =>
  typeof scope === "function"
    ? nodeOf(scope(columnsOf(source[Describe], ref, false)))
    : condition(source[Describe], ref, scope)
