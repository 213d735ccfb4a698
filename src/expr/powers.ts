/**
 * Powers, roots and logarithms, as doubles. Where mathematics has no answer the result is NULL, as of a division by zero.
 */
import type * as Ast from "../sql/ast.js"
import { orNull } from "../sql/valueType.js"
import { call, doubleType, integerType, make, nodeOf, operandOr, parameter } from "./core.js"
import type { Expr, Operand } from "./core.js"

const byDialect = (name: string): Ast.Operator => ({ name, form: "dialect" })

const powerOperator = byDialect("power")

/**
 * One number to the power of another: `power(base, exponent)`. NULL of a negative base with a fraction in the exponent, and of zero with a
 * negative exponent; a result that no double holds fails as QueryError.
 *
 * @since 0.1.0
 * @category operators
 */
export const power = <R1 = never, R2 = never>(
  base: Operand<number | null, R1>,
  exponent: number | Operand<number | null, R2>
): Expr<number | null, R1 | NoInfer<R2>> =>
  make(call(powerOperator, [nodeOf(base), operandOr(exponent, doubleType)], orNull(doubleType)))

type Partial = <R = never>(a: Operand<number | null, R>) => Expr<number | null, R>

const partial = (name: string): Partial => {
  const operator = byDialect(name)
  return (a) => make(call(operator, [nodeOf(a)], orNull(doubleType)))
}

/**
 * The square root: `sqrt(a)`; NULL of a negative number.
 *
 * @since 0.1.0
 * @category operators
 */
export const sqrt: Partial = partial("sqrt")

/**
 * The natural logarithm: `ln(a)`; NULL of zero and of a negative number.
 *
 * @since 0.1.0
 * @category operators
 */
export const ln: Partial = partial("ln")

/**
 * The logarithm to the base 10: `log10(a)`; NULL of zero and of a negative number.
 *
 * @since 0.1.0
 * @category operators
 */
export const log10: Partial = partial("log10")

const expOperator = byDialect("exp")

/**
 * e to the power of it: `exp(a)`; a result that no double holds fails as QueryError, one too small for it is 0.
 *
 * @since 0.1.0
 * @category operators
 */
export const exp = <A extends number | null, R = never>(a: Operand<A, R>): Expr<number | (A & null), R> =>
  make(call(expOperator, [nodeOf(a)], doubleType))

const signOperator = byDialect("sign")

/**
 * -1, 0 or 1: `sign(a)`.
 *
 * @since 0.1.0
 * @category operators
 */
export const sign = <A extends number | bigint | null, R = never>(a: Operand<A, R>): Expr<number | (A & null), R> =>
  make(call(signOperator, [nodeOf(a)], integerType))

const truncOperator = byDialect("trunc")

/**
 * Cut to so many digits after the point (0 unless given), toward zero: `trunc(a, digits)`.
 *
 * @since 0.1.0
 * @category operators
 */
export const trunc = <A extends number | null, R = never>(a: Operand<A, R>, digits = 0): Expr<number | (A & null), R> =>
  make(call(truncOperator, [nodeOf(a), parameter(digits, integerType)], doubleType))

const randomOperator = byDialect("random")

/**
 * A number from 0 up to but not 1, another for each row: `random()`.
 *
 * @since 0.1.0
 * @category operators
 */
export const random = (): Expr<number> => make(call(randomOperator, [], doubleType))
