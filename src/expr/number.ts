/**
 * Arithmetic. Integers divide toward zero; dividing by zero is NULL; rounding is half away from zero.
 */
import type * as DateTime from "effect/DateTime"
import type * as Ast from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import { orNull } from "../sql/valueType.js"
import {
  bigintType,
  call,
  decimalType,
  doubleType,
  integerType,
  make,
  nodeOf,
  operandOr,
  parameter,
  timestampType
} from "./core.js"
import { together } from "./conditional.js"
import type { Expr, NonNull, Numeric, Operand, Widen } from "./core.js"

const infix = (name: string, text: string): Ast.Operator => ({ name, form: "infix", text })
const named = (name: string, text: string): Ast.Operator => ({ name, form: "function", text })
const byDialect = (name: string): Ast.Operator => ({ name, form: "dialect" })

/** The type of a result: the left side's kind of number, without its refinements. */
const numberType = (type: ValueType): ValueType => {
  switch (type.storage._tag) {
    case "bigint":
      return bigintType
    case "decimal":
      return { ...decimalType, storage: type.storage }
    case "double":
      return doubleType
    default:
      return integerType
  }
}

type Arithmetic = <A extends Numeric | null, B extends NonNull<A> | null = NonNull<A>, R1 = never, R2 = never>(
  left: Operand<A, R1>,
  right: Widen<NonNull<NoInfer<A>>> | Operand<B, R2>
) => Expr<Widen<A> | NoInfer<B & null>, R1 | NoInfer<R2>>

const arithmetic = (operator: Ast.Operator, resultType = numberType): Arithmetic => (left, right) => {
  const node = nodeOf(left)
  const other = operandOr(right, numberType(node.type))
  return make(call(operator, [node, other], resultType(together(node.type, other.type))))
}

/**
 * `a + b`
 *
 * @since 0.1.0
 * @category operators
 */
export const add: Arithmetic = arithmetic(infix("add", "+"))

/**
 * `a - b`
 *
 * @since 0.1.0
 * @category operators
 */
export const subtract: Arithmetic = arithmetic(infix("subtract", "-"))

/**
 * `a * b`
 *
 * @since 0.1.0
 * @category operators
 */
export const multiply: Arithmetic = arithmetic(
  infix("multiply", "*"),
  // A product has more digits than its factors.
  (type) => type.storage._tag === "decimal" ? decimalType : numberType(type)
)

type Division = <A extends number | bigint | null, R1 = never, R2 = never>(
  left: Operand<A, R1>,
  right: Widen<NonNull<NoInfer<A>>> | Operand<Widen<NoInfer<A>> | null, R2>
) => Expr<Widen<A> | null, R1 | NoInfer<R2>>

const division = (operator: Ast.Operator): Division => (left, right) => {
  const node = nodeOf(left)
  const type = numberType(node.type)
  return make(call(operator, [node, operandOr(right, type)], orNull(type)))
}

/**
 * Division: of integers toward zero, by zero NULL. Decimals are left out, since no two databases agree on the digits of a quotient.
 *
 * @since 0.1.0
 * @category operators
 */
export const divide: Division = division(byDialect("divide"))

/**
 * The rest of a division of integers, with the sign of the dividend; by zero NULL.
 *
 * @since 0.1.0
 * @category operators
 */
export const modulo: Division = division(byDialect("modulo"))

const negateOperator: Ast.Operator = { name: "negate", form: "prefix", text: "-" }

/**
 * `-a`
 *
 * @since 0.1.0
 * @category operators
 */
export const negate = <A extends Numeric | null, R = never>(a: Operand<A, R>): Expr<Widen<A>, R> => {
  const node = nodeOf(a)
  return make(call(negateOperator, [node], numberType(node.type)))
}

const absOperator = named("abs", "abs")

/**
 * Without its sign.
 *
 * @since 0.1.0
 * @category operators
 */
export const abs = <A extends number | bigint | null, R = never>(a: Operand<A, R>): Expr<Widen<A>, R> => {
  const node = nodeOf(a)
  return make(call(absOperator, [node], numberType(node.type)))
}

type Rounding = <A extends number | null, R = never>(a: Operand<A, R>) => Expr<number | (A & null), R>

const rounding = (operator: Ast.Operator): Rounding => (a) => make(call(operator, [nodeOf(a)], doubleType))

/**
 * The next whole number upwards.
 *
 * @since 0.1.0
 * @category operators
 */
export const ceil: Rounding = rounding(named("ceil", "ceil"))

/**
 * The next whole number downwards.
 *
 * @since 0.1.0
 * @category operators
 */
export const floor: Rounding = rounding(named("floor", "floor"))

const roundOperator = named("round", "round")

/**
 * Rounded to so many digits after the point (0 unless given), half away from zero.
 *
 * @since 0.1.0
 * @category operators
 */
export const round = <A extends number | null, R = never>(a: Operand<A, R>, digits = 0): Expr<number | (A & null), R> =>
  make(call(roundOperator, [nodeOf(a), parameter(digits, integerType)], doubleType))

/**
 * The database's time at the start of the statement or transaction, to the millisecond.
 *
 * @since 0.1.0
 * @category operators
 */
export const now = (): Expr<DateTime.Utc> => make(call(byDialect("now"), [], timestampType))
