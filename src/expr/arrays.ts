/**
 * Native arrays: what can be asked of them, and made of them. Where a database has none they are JSON, and mean the same.
 *
 * NULL is in no array, as nothing equals it; an array that is NULL makes NULL of everything.
 */
import type * as Option from "effect/Option"
import { ValidationError } from "../DbError.js"
import type * as Ast from "../sql/ast.js"
import { parameterOf } from "../sql/jsonPaths.js"
import { InvalidValue } from "../sql/storage.js"
import type { ValueType } from "../sql/storage.js"
import { checkInteger } from "../sql/values.js"
import { bare, listOf, notNull, orNull } from "../sql/valueType.js"
import { itemOf } from "./arrayItems.js"
import { booleanType, call, integerType, invalid, isExpression, isParameter, make, nodeOf, whenGiven } from "./core.js"
import type { Expr, Operand } from "./core.js"

type List = ReadonlyArray<any>

type Item<A> = A extends ReadonlyArray<infer X> ? X : never

/** As an operand: an Option is its value, or null. */
type Seen<X> = X extends Option.Option<infer V> ? V | null : X

/** NULL where a list may be. */
type ListNull<B> = [Extract<B, List>] extends [never] ? never : B & null

const dialect = (name: string): Ast.Operator => ({ name, form: "dialect" })

const containsOperator = dialect("arrayContains")
const overlapsOperator = dialect("arrayOverlaps")
const lengthOperator = dialect("arrayLength")
const concatOperator = dialect("arrayConcat")
const removeOperator = dialect("arrayRemove")
const atOperator = dialect("arrayAt")
const ofOperator = dialect("arrayOf")
const elementOperator = dialect("arrayElement")
const elementsOperator = dialect("arrayElements")

/** An array, told what its items are. */
interface Of {
  readonly node: Ast.Expression
  readonly item: ValueType
}

/** An array as its lists are, whatever its Schema says of the whole: statements of one shape have the same types. */
const arrayOf = (node: Ast.Expression): Of | Ast.Expression => {
  if (node._tag === "Invalid") return node
  const item = itemOf(node.type)
  if (typeof item === "string") return invalid(item)
  const type = node.type.nullable ? listOf(item) : notNull(listOf(item))
  return { node: { ...node, type } as Ast.Expression, item }
}

const texts: ReadonlySet<string> = new Set(["text", "literal"])

/** What items can be one by one; of the others the lists can be put together and compared only. */
const singles: ReadonlySet<string> = new Set([
  ...texts,
  "uuid",
  "day",
  "time",
  "timestamp",
  "integer",
  "bigint",
  "double",
  "boolean"
])

const notSingle = ({ storage: { _tag } }: ValueType): Ast.Expression | undefined =>
  singles.has(_tag) ? undefined : invalid(`one item of an array of ${_tag} was asked for, which not all databases can`)

const isAlike = (one: ValueType, other: ValueType): boolean =>
  one.storage._tag === other.storage._tag || (texts.has(one.storage._tag) && texts.has(other.storage._tag))

const otherKind = (): Ast.Expression =>
  invalid("what stands beside an array is of another kind than its items: cast it")

/** A list of one item. */
const listOfOne = (node: Ast.Expression, item: ValueType): Ast.Expression => {
  if (!isAlike(node.type, item)) return otherKind()
  const of = node.type.nullable ? orNull(item) : notNull(item)
  return notSingle(item) ?? { _tag: "Call", operator: ofOperator, args: [node], type: notNull(listOf(of)) }
}

const valuesOf = (value: unknown, item: ValueType): Ast.Expression => ({
  _tag: "Parameter",
  value: Array.isArray(value) ? value : [value],
  type: notNull(listOf(item))
})

/** What stands beside an array, as an array: an item alone is a list of one. */
const listBeside = (beside: unknown, item: ValueType): Ast.Expression => {
  if (isParameter(beside)) return whenGiven(beside, notNull(listOf(item)), (value) => valuesOf(value, item))
  if (!isExpression(beside)) return valuesOf(beside, item)
  const { node } = beside
  if (node._tag === "Invalid") return node
  if (node.type.storage._tag !== "array") return listOfOne(node, item)
  const other = arrayOf(node)
  if (!("item" in other)) return other
  return isAlike(other.item, item) ? other.node : otherKind()
}

const ofArray = <A, R>(array: unknown, then: (of: Of) => Ast.Expression): Expr<A, R> => {
  const of = arrayOf(nodeOf(array))
  return make("item" in of ? then(of) : of)
}

/** Of an array and another. */
const ofBoth = <A, R>(
  operator: Ast.Operator,
  array: unknown,
  beside: unknown,
  type: (array: ValueType) => ValueType
): Expr<A, R> =>
  ofArray(array, ({ item, node }) => {
    const list = listBeside(beside, item)
    return list._tag === "Invalid" ? list : call(operator, [node, list], type(nodeOf(array).type))
  })

const condition = (): ValueType => booleanType

interface Test {
  <A extends List | null, R = never>(
    array: Operand<A, R>,
    items: NoInfer<Item<A> | ReadonlyArray<Item<A>>>
  ): Expr<boolean | (A & null), R>
  <A extends List | null, B extends Seen<Item<A>> | ReadonlyArray<Item<A> | null> | null, R = never, R2 = never>(
    array: Operand<A, R>,
    items: Operand<B, R2>
  ): Expr<boolean | (A & null) | ListNull<B>, R | R2>
}

/**
 * Whether all of some items, or the one that is given, are in an array: `a @> array[…]`, `json_contains(a, …)`. Nothing is in every array.
 *
 * @since 0.1.0
 * @category arrays
 */
export const arrayContains: Test = (array: unknown, items: unknown): any =>
  ofBoth(containsOperator, array, items, condition)

/**
 * Whether any of some items is in an array: `a && array[…]`.
 *
 * @since 0.1.0
 * @category arrays
 */
export const arrayOverlaps: Test = (array: unknown, items: unknown): any =>
  ofBoth(overlapsOperator, array, items, condition)

/**
 * How many items an array has, NULLs among them: `cardinality(a)`, `json_array_length(a)`, `json_length(a)`.
 *
 * @since 0.1.0
 * @category arrays
 */
export const arrayLength = <A extends List | null, R = never>(array: Operand<A, R>): Expr<number | (A & null), R> =>
  ofArray(array, ({ node }) => call(lengthOperator, [node], integerType))

const refused = (message: string): Ast.Expression => ({
  _tag: "Invalid",
  error: new ValidationError({ subject: "An index of an array", issues: [{ path: [], message }] }),
  type: booleanType
})

/** PostgreSQL's are one more. */
const mostIndex = 0x7ffffffe

const problemOf = (index: unknown): Ast.Expression | undefined => {
  try {
    checkInteger(index, 0, mostIndex)
  } catch (problem) {
    if (problem instanceof InvalidValue) return refused(problem.message)
    throw problem
  }
  return undefined
}

/**
 * The item at an index from 0, which is bound: `a[$1]`, `a ->> '$[0]'`. NULL where there is none. An index that is no whole number from 0 is a
 * ValidationError; of items that are decimals or bytes it is a ConfigurationError.
 *
 * @since 0.1.0
 * @category arrays
 */
export const arrayAt = <A extends List | null, R = never>(
  array: Operand<A, R>,
  index: number
): Expr<Seen<Item<A>> | null, R> =>
  ofArray(array, ({ item, node }) =>
    problemOf(index) ?? notSingle(item) ?? {
      _tag: "Call",
      operator: atOperator,
      args: [node, parameterOf([index], "i")],
      type: orNull(bare(item))
    })

interface Added {
  <A extends List | null, R = never>(
    array: Operand<A, R>,
    item: NoInfer<Item<A>>
  ): Expr<A, R>
  <A extends List | null, B extends Seen<NoInfer<Item<A>>>, R = never, R2 = never>(
    array: Operand<A, R>,
    item: Operand<B, R2>
  ): Expr<A, R | R2>
}

/**
 * The array with one more item at its end, for `Mutation.set`: `a || array[…]`, `json_merge_preserve(a, …)`.
 *
 * @since 0.1.0
 * @category arrays
 */
export const arrayAppend: Added = (array: unknown, item: unknown): any =>
  Array.isArray(item) || (isExpression(item) && item.node.type.storage._tag === "array")
    ? make(invalid("arrayAppend was given an array: see arrayConcat"))
    : ofBoth(concatOperator, array, item, bare)

interface Removed {
  <A extends List | null, R = never>(
    array: Operand<A, R>,
    item: NoInfer<Item<A>> | null
  ): Expr<A, R>
  <A extends List | null, B extends Seen<NoInfer<Item<A>>> | null, R = never, R2 = never>(
    array: Operand<A, R>,
    item: Operand<B, R2>
  ): Expr<A, R | R2>
}

interface Joined {
  <A extends List | null, R = never>(
    array: Operand<A, R>,
    items: ReadonlyArray<NoInfer<Item<A>>>
  ): Expr<A, R>
  <A extends List | null, B extends ReadonlyArray<NoInfer<Item<A>>> | null, R = never, R2 = never>(
    array: Operand<A, R>,
    items: Operand<B, R2>
  ): Expr<A | (B & null), R | R2>
}

/**
 * The items of one array, and then those of another: `a || b`, `json_merge_preserve(a, b)`. NULL where either is.
 *
 * @since 0.1.0
 * @category arrays
 */
export const arrayConcat: Joined = (array: unknown, items: unknown): any =>
  Array.isArray(items) || (isExpression(items) && (isParameter(items) || items.node.type.storage._tag === "array"))
    ? ofBoth(concatOperator, array, items, bare)
    : make(invalid("arrayConcat was given no array: see arrayAppend"))

/**
 * The array without the items that equal one; a NULL takes away the NULLs: `array_remove(a, …)`. Of items that are decimals or bytes it is a
 * ConfigurationError.
 *
 * @since 0.1.0
 * @category arrays
 */
export const arrayRemove: Removed = (array: unknown, given: unknown): any =>
  ofArray(array, ({ item, node }) => {
    const one: Ast.Expression = isExpression(given) ? given.node : {
      _tag: "Parameter",
      value: given,
      type: given === null ? orNull(item) : item
    }
    const list = one._tag === "Invalid" ? one : listOfOne(one, item)
    if (list._tag === "Invalid") return list
    return { _tag: "Call", operator: removeOperator, args: [node, list], type: bare(nodeOf(array).type) }
  })

/** The array as a source of its items. */
export const itemsOf = (array: Ast.Expression) => {
  // Not a column of texts, which would have a collation.
  const read = (column: Ast.Expression): Ast.Expression => ({
    _tag: "Call",
    operator: elementOperator,
    args: [{ ...column, type: array.type }, parameterOf([], "")],
    type: column.type
  })
  const of = arrayOf(array)
  if (!("item" in of)) return { of, type: integerType, read }
  const source: Ast.Expression = { _tag: "Call", operator: elementsOperator, args: [of.node], type: of.node.type }
  return { of: notSingle(of.item) ?? source, type: of.item, read }
}
