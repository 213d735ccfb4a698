/**
 * Bits of whole numbers: of 64 bits in two's complement on every database, so that -1 has all of them.
 */
import { ValidationError } from "../DbError.js"
import type * as Ast from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import { orNull } from "../sql/valueType.js"
import { between } from "./comparison.js"
import { bigintType, call, integerType, isExpression, make, nodeOf, operandOr, parameter } from "./core.js"
import type { Expr, NonNull, Operand, Widen } from "./core.js"

type Whole = number | bigint | null

const wholeType = (type: ValueType): ValueType => type.storage._tag === "bigint" ? bigintType : integerType

type Pair = <A extends Whole, B extends NonNull<A> | null = NonNull<A>, R1 = never, R2 = never>(
  left: Operand<A, R1>,
  right: Widen<NonNull<NoInfer<A>>> | Operand<B, R2>
) => Expr<Widen<A> | NoInfer<B & null>, R1 | NoInfer<R2>>

const pair = (name: string): Pair => {
  const operator: Ast.Operator = { name, form: "dialect" }
  return (left, right) => {
    const node = nodeOf(left)
    const type = wholeType(node.type)
    return make(call(operator, [node, operandOr(right, type)], type))
  }
}

/**
 * The bits that both have: `a & b`.
 *
 * @since 0.1.0
 * @category operators
 */
export const bitAnd: Pair = pair("bitAnd")

/**
 * The bits that one of them has: `a | b`.
 *
 * @since 0.1.0
 * @category operators
 */
export const bitOr: Pair = pair("bitOr")

/**
 * The bits that only one of them has: `a # b`, `a ^ b`.
 *
 * @since 0.1.0
 * @category operators
 */
export const bitXor: Pair = pair("bitXor")

const notOperator: Ast.Operator = { name: "bitNot", form: "dialect" }

/**
 * The bits that it has not: `~a`, which is `-a - 1`.
 *
 * @since 0.1.0
 * @category operators
 */
export const bitNot = <A extends Whole, R = never>(a: Operand<A, R>): Expr<Widen<A>, R> => {
  const node = nodeOf(a)
  return make(call(notOperator, [node], wholeType(node.type)))
}

const lastBit = 63

const outside: Ast.Expression = {
  _tag: "Invalid",
  error: new ValidationError({
    subject: "A shift",
    issues: [{ path: [], message: `takes a whole number of bits from 0 to ${lastBit}` }]
  }),
  type: integerType
}

/** What servers make of other numbers depends on the processor. */
const bitsOf = (given: unknown): Ast.Expression => {
  if (!isExpression(given)) {
    return Number.isSafeInteger(given) && given as number >= 0 && given as number <= lastBit
      ? parameter(given, integerType)
      : outside
  }
  const { node } = given
  return {
    _tag: "Case",
    branches: [{
      when: nodeOf(between(given as Operand<any, any>, 0, lastBit)),
      then: node
    }],
    otherwise: undefined,
    type: orNull(integerType)
  }
}

type Shift = {
  <A extends Whole, R = never>(a: Operand<A, R>, bits: number): Expr<Widen<A>, R>
  <A extends Whole, R1 = never, R2 = never>(
    a: Operand<A, R1>,
    bits: Operand<number | null, R2>
  ): Expr<Widen<A> | null, R1 | NoInfer<R2>>
}

const shift = (name: string): Shift => {
  const operator: Ast.Operator = { name, form: "dialect" }
  return (a: Operand<any, any>, bits: unknown): Expr<any, any> => {
    const node = nodeOf(a)
    return make(call(operator, [node, bitsOf(bits)], wholeType(node.type)))
  }
}

/**
 * Its bits moved to the left; those beyond 64 are lost: `a << bits`.
 *
 * Another number of bits than 0 to 63 fails as ValidationError; where it comes from the database the result is NULL.
 *
 * @since 0.1.0
 * @category operators
 */
export const shiftLeft: Shift = shift("shiftLeft")

/**
 * Its bits moved to the right, the sign kept: `a >> bits`, which is division by a power of two, rounded downwards.
 *
 * Another number of bits than 0 to 63 fails as ValidationError; where it comes from the database the result is NULL.
 *
 * @since 0.1.0
 * @category operators
 */
export const shiftRight: Shift = shift("shiftRight")
