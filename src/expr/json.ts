/**
 * JSON: typed places in JSON columns, and what can be asked of them and changed there.
 *
 * A place is a path of keys of objects and indexes of arrays (from 0). What is not there, JSON's null, and what is of another kind than the
 * Schema says all read as NULL.
 */
import type * as Option from "effect/Option"
import type * as Pipeable from "effect/Pipeable"
import * as Schema from "effect/Schema"
import type { AST } from "effect/SchemaAST"
import { ValidationError } from "../DbError.js"
import type * as Ast from "../sql/ast.js"
import { kindOf, locatedOf, parameterOf } from "../sql/jsonPaths.js"
import type { Path } from "../sql/jsonPaths.js"
import { InvalidValue } from "../sql/storage.js"
import type { ValueType } from "../sql/storage.js"
import { checkInteger, checkText } from "../sql/values.js"
import { bare, notNull, orNull } from "../sql/valueType.js"
import { booleanType, call, integerType, invalid, isExpression, make, nodeOf, typeOf } from "./core.js"
import type { Expr, Operand } from "./core.js"
import { isContainer, isMixed, isObject, Keys, partOf } from "./jsonParts.js"
import { follow } from "./jsonPath.js"
import type { Place } from "./jsonPath.js"

type Primitive = string | number | bigint | boolean | symbol

/**
 * The keys of what JSON may hold, and `number` for arrays.
 *
 * @since 0.1.0
 * @category models
 */
export type JsonKey<A> = unknown extends A ? string | number
  : A extends Primitive | null | undefined ? never
  : A extends Option.Option<infer X> ? JsonKey<X>
  : A extends ReadonlyArray<any> ? number
  : Extract<keyof A, string>

type Seen<V> = V extends undefined ? null : V extends Option.Option<infer X> ? X | null : V

/**
 * What stands at a key, null where there may be nothing.
 *
 * @since 0.1.0
 * @category models
 */
export type JsonAt<A, K> = unknown extends A ? unknown
  : A extends Primitive | null | undefined ? null
  : A extends Option.Option<infer X> ? JsonAt<X, K> | null
  : A extends ReadonlyArray<any> ? number extends A["length"] ? Seen<A[number]> | null : Seen<A[K & keyof A]>
  : K extends keyof A ? Seen<A[K]> | (string extends keyof A ? null : never)
  : null

/**
 * A path that a value has, else what it should have been.
 *
 * @since 0.1.0
 * @category models
 */
export type JsonPath<A, P> = P extends readonly [infer K, ...infer Rest]
  ? readonly [K extends JsonKey<A> ? K : JsonKey<A>, ...JsonPath<JsonAt<A, K>, Rest>]
  : readonly []

type Kept<V> = V extends undefined ? never : V extends Option.Option<infer X> ? X | null : V

/**
 * What can be put at the end of a path.
 *
 * @since 0.1.0
 * @category models
 */
export type JsonPut<A, P> = P extends readonly [infer K, ...infer Rest] ?
  Rest extends readonly [any, ...any] ? JsonPut<JsonAt<A, K>, Rest>
  : unknown extends A ? unknown
  : A extends Primitive | null | undefined ? never
  : A extends ReadonlyArray<any> ? Kept<A[K & keyof A]>
  : K extends keyof A ? Kept<A[K]>
  : never
  : never

/** What anything can be stays what it is. */
type NonNull<A> = unknown extends A ? A : A & {}

/** What is no object of JSON, though it is one of JavaScript's. */
type Whole = Primitive | null | undefined | Date | Uint8Array | Pipeable.Pipeable

/**
 * A part of a value: objects with some of their properties, arrays with some of their elements. An Option is its value there.
 *
 * @since 0.1.0
 * @category models
 */
export type JsonPart<A> = unknown extends A ? unknown
  : A extends Option.Option<infer X> ? JsonPart<X>
  : A extends Whole ? A
  : A extends ReadonlyArray<infer X> ? ReadonlyArray<JsonPart<X>>
  : { readonly [K in keyof A]?: JsonPart<A[K]> }

/** NULL where the value may be something else than an object or an array. */
type Sized<A> = A extends null ? null : A extends object ? never : null

/** NULL where the value may be something else than an object. */
type Keyless<A> = A extends null ? null : A extends ReadonlyArray<any> ? null : A extends object ? never : null

const dialect = (name: string): Ast.Operator => ({ name, form: "dialect" })

const atOperator = dialect("jsonAt")
const typeOperator = dialect("jsonType")
const hasOperator = dialect("jsonHas")
const setOperator = dialect("jsonSet")
const removeOperator = dialect("jsonRemove")
const keysOperator = dialect("jsonKeys")
const lengthOperator = dialect("jsonLength")
const containsOperator = dialect("jsonContains")
/** Where arrays may stand beside other values. */
const containsMixedOperator = dialect("jsonContainsMixed")
const toJsonOperator = dialect("toJson")

/** How deep a path goes at the most: as deep as MySQL reads JSON. */
const longest = 100

const refused = (message: string): Ast.Expression => ({
  _tag: "Invalid",
  error: new ValidationError({ subject: "A path into JSON", issues: [{ path: [], message }] }),
  type: booleanType
})

const checkKey = (key: unknown): void => {
  if (typeof key === "number") checkInteger(key, 0, 0x7fffffff)
  else checkText(key)
}

const problemOf = (path: ReadonlyArray<unknown>): Ast.Expression | undefined => {
  if (path.length > longest) return refused(`has more than ${longest} keys`)
  try {
    path.forEach(checkKey)
  } catch (problem) {
    if (problem instanceof InvalidValue) return refused(`has a key that ${problem.message}`)
    throw problem
  }
  return undefined
}

/** What is wrong with a value that is taken for JSON. */
export const notJson = (type: ValueType): Ast.Expression | undefined =>
  type.storage._tag === "json"
    ? undefined
    : invalid(
      type.storage._tag === "array"
        ? "a native array was taken for JSON: see Expr.arrayAt and its like"
        : "something was taken for JSON that is not: a JSON column has a Schema of objects or arrays, or Field.json"
    )

interface Located {
  readonly of: Ast.Expression
  readonly path: Ast.Expression
  readonly place: Place
}

const locate = (value: unknown, path: Path): Located | Ast.Expression => {
  const of = nodeOf(value)
  const problem = of._tag === "Invalid" ? of : problemOf(path) ?? notJson(of.type)
  if (problem !== undefined) return problem
  const place = follow(bare(of.type), path)
  return typeof place === "string"
    ? invalid(`a path into JSON (${path.join(".")}) leads nowhere: ${place}`)
    : { of, path: parameterOf(path, place.kinds), place }
}

/** What is at a path; one that goes on from another is one with it. */
const reading = <A, R>(
  operator: Ast.Operator,
  value: unknown,
  path: Path,
  type: (place: Place) => ValueType
): Expr<A, R> => {
  const found = locate(value, path)
  if (!("place" in found)) return make(found)
  const { of, place } = found
  const whole = { _tag: "Call", operator, type: type(place) } as const
  if (of._tag !== "Call" || of.operator !== atOperator) return make({ ...whole, args: [of, found.path] })
  const before = locatedOf(of.args[1])
  return make({
    ...whole,
    args: [of.args[0]!, parameterOf([...before.path, ...path], before.kinds + place.kinds)]
  })
}

/** A value with a change at a path. */
const changing = <A, R>(
  value: unknown,
  path: Path,
  then: (located: Located) => Ast.Expression
): Expr<A, R> => {
  const found = locate(value, path)
  return make(
    !("place" in found)
      ? found
      : path.length === 0
      ? invalid("a change of JSON was given no key: set the column itself")
      : then(found)
  )
}

interface At {
  <A, const K1 extends JsonKey<A>, R = never>(value: Operand<A, R>, k1: K1): Expr<JsonAt<A, K1>, R>
  <A, const K1 extends JsonKey<A>, const K2 extends JsonKey<JsonAt<A, K1>>, R = never>(
    value: Operand<A, R>,
    k1: K1,
    k2: K2
  ): Expr<JsonAt<JsonAt<A, K1>, K2>, R>
  <
    A,
    const K1 extends JsonKey<A>,
    const K2 extends JsonKey<JsonAt<A, K1>>,
    const K3 extends JsonKey<JsonAt<JsonAt<A, K1>, K2>>,
    R = never
  >(value: Operand<A, R>, k1: K1, k2: K2, k3: K3): Expr<JsonAt<JsonAt<JsonAt<A, K1>, K2>, K3>, R>
  <
    A,
    const K1 extends JsonKey<A>,
    const K2 extends JsonKey<JsonAt<A, K1>>,
    const K3 extends JsonKey<JsonAt<JsonAt<A, K1>, K2>>,
    const K4 extends JsonKey<JsonAt<JsonAt<JsonAt<A, K1>, K2>, K3>>,
    R = never
  >(
    value: Operand<A, R>,
    k1: K1,
    k2: K2,
    k3: K3,
    k4: K4
  ): Expr<JsonAt<JsonAt<JsonAt<JsonAt<A, K1>, K2>, K3>, K4>, R>
}

/**
 * What stands at a path in a JSON value: `Expr.at(u.settings, "tags", 0)`. Keys are data, and are bound.
 *
 * Texts, numbers and booleans are SQL values that compare and sort as such, in the form that JSON has of them (an instant as its ISO text);
 * objects and arrays stay JSON. A longer path goes on from another: `Expr.at(Expr.at(…), …)`. A path that the Schema has not, or whose value
 * only the Schema makes (a default, another name), is a ConfigurationError; a key that no database takes a ValidationError.
 *
 * @since 0.1.0
 * @category json
 */
export const at: At = (value: unknown, ...path: Path): any => reading(atOperator, value, path, ({ type }) => type)

/**
 * What JSON stands at a path, or the value itself is: `object`, `array`, `string`, `number`, `boolean`, `null`. NULL where there is nothing.
 *
 * @since 0.1.0
 * @category json
 */
export const jsonType = <A, const P extends Path = [], R = never>(
  value: Operand<A, R>,
  path?: P & JsonPath<A, P>
): Expr<"object" | "array" | "string" | "number" | "boolean" | "null" | null, R> =>
  reading(typeOperator, value, path ?? [], () => orNull(typeOf(JsonType)))

const JsonType = Schema.Literal("object", "array", "string", "number", "boolean", "null")

/**
 * Whether there is something at a path, JSON's null included; false where the value is NULL.
 *
 * @since 0.1.0
 * @category json
 */
export const jsonHas = <A, const P extends Path, R = never>(
  value: Operand<A, R>,
  path: P & JsonPath<A, P>
): Expr<boolean, R> => reading(hasOperator, value, path, () => booleanType)

const settable = new WeakMap<ValueType, ValueType>()

/** A value as JSON; null is JSON's. */
const asJson = ({ isNullable, type }: Place): ValueType => {
  const one = isNullable ? orNull(type) : notNull(type)
  let found = settable.get(one)
  if (found === undefined) settable.set(one, found = { ...one, storage: { _tag: "json" } })
  return found
}

const toJson = (value: unknown, place: Place): Ast.Expression => {
  if (!isExpression(value)) return { _tag: "Parameter", value, type: asJson(place) }
  const { node } = value
  const kind = kindOf(node.type.storage)
  if (kind !== kindOf(place.type.storage) || (kind === "json" && node.type.storage._tag !== "json")) {
    return invalid("what is to be put into JSON is of another kind than what its Schema has there: cast it")
  }
  return kind === "json" ? node : {
    _tag: "Call",
    operator: toJsonOperator,
    args: [node],
    type: { ...asJson(place), nullable: node.type.nullable }
  }
}

/**
 * The value with another one at a path, for `Mutation.set`: `Expr.jsonSet(u.settings, ["theme"], "dark")`. The value is checked by its Schema.
 *
 * What the path's last key belongs to must be there: else, and where the whole is NULL, it stays as it was. An index beyond an array's end adds
 * to it.
 *
 * @since 0.1.0
 * @category json
 */
export const jsonSet = <A, const P extends Path, R = never, R2 = never>(
  value: Operand<A, R>,
  path: P & JsonPath<A, P>,
  put: NoInfer<JsonPut<A, P>> | Operand<NoInfer<JsonPut<A, P>>, R2>
): Expr<A, R | NoInfer<R2>> =>
  changing(value, path, ({ of, path, place }) => {
    const node = toJson(put, place)
    return node._tag === "Invalid"
      ? node
      : { _tag: "Call", operator: setOperator, args: [of, path, node], type: bare(of.type) }
  })

/**
 * The value without what stands at a path, for `Mutation.set`. Without a place there, or where the whole is NULL, it stays as it was. Taking
 * away what its Schema wants to be there is a ConfigurationError.
 *
 * @since 0.1.0
 * @category json
 */
export const jsonRemove = <A, const P extends Path, R = never>(
  value: Operand<A, R>,
  path: P & JsonPath<A, P>
): Expr<A, R> =>
  changing(value, path, (found) =>
    found.place.isOptional
      ? { _tag: "Call", operator: removeOperator, args: [found.of, found.path], type: bare(found.of.type) }
      : invalid(`jsonRemove would take away ${(path as Path).join(".")}, which its Schema wants to be there`))

/** A function of a whole JSON value. */
const ofWhole = <A, R>(
  value: unknown,
  then: (node: Ast.Expression) => Ast.Expression
): Expr<A, R> => {
  const node = nodeOf(value)
  return make(node._tag === "Invalid" ? node : notJson(node.type) ?? then(node))
}

/** NULL for what the Schema does not promise to be such a value. */
const sized = (
  operator: Ast.Operator,
  node: Ast.Expression,
  type: ValueType,
  isCertain: (ast: AST) => boolean
): Ast.Expression => {
  const of = call(operator, [node], type)
  return isCertain(node.type.schema.ast) ? of : { ...of, type: orNull(of.type) }
}

/**
 * The keys of a JSON object, in rows by code point; NULL for what is no object.
 *
 * @since 0.1.0
 * @category json
 */
export const jsonKeys = <A, R = never>(value: Operand<A, R>): Expr<ReadonlyArray<string> | Keyless<A>, R> =>
  ofWhole(value, (node) => sized(keysOperator, node, typeOf(Keys), isObject))

/**
 * How many elements a JSON array has, or keys an object; NULL for anything else.
 *
 * @since 0.1.0
 * @category json
 */
export const jsonLength = <A, R = never>(value: Operand<A, R>): Expr<number | Sized<A>, R> =>
  ofWhole(value, (node) => sized(lengthOperator, node, integerType, isContainer))

/**
 * Whether a JSON value has another one in it: an object each property of it (its value being in the other's), an array each element of it in
 * one of its own; everything else is the same value. `{ tags: ["a"] }` is in `{ tags: ["b", "a"], n: 1 }`.
 *
 * Where a Schema lets an array stand where something else may, MySQL and MariaDB would find more: there it is an UnsupportedError.
 *
 * @since 0.1.0
 * @category json
 */
export const jsonContains = <A, R = never, R2 = never>(
  value: Operand<A, R>,
  part: NoInfer<JsonPart<NonNull<A>>> | Operand<NoInfer<JsonPart<NonNull<A>>> | null, R2>
): Expr<boolean | (A & null), R | NoInfer<R2>> =>
  ofWhole(value, (node) => {
    const other: Ast.Expression = isExpression(part)
      ? part.node
      : { _tag: "Parameter", value: part, type: partOf(bare(node.type)) }
    const isEither = isMixed(node.type.schema.ast) || (isExpression(part) && isMixed(other.type.schema.ast))
    return notJson(other.type) ??
      call(isEither ? containsMixedOperator : containsOperator, [node, other], booleanType)
  })
