/**
 * Text by its characters, which are code points on every database.
 */
import { ValidationError } from "../DbError.js"
import type * as Ast from "../sql/ast.js"
import { call, integerType, make, nodeOf, operandOr, parameter, textType } from "./core.js"
import type { Expr, Operand } from "./core.js"

const named = (name: string, text: string): Ast.Operator => ({ name, form: "function", text })

const refused = (subject: string, path: string, message: string): Ast.Expression => ({
  _tag: "Invalid",
  error: new ValidationError({ subject, issues: [{ path: [path], message }] }),
  type: textType
})

/** Longer texts than these are a mistake, which servers answer with NULL or by running out of memory. */
const most = 1_000_000

const counted = (subject: string, path: string, value: number): Ast.Expression =>
  Number.isSafeInteger(value) && value >= 0 && value <= most
    ? parameter(value, integerType)
    : refused(subject, path, `takes a whole number from 0 to ${most}`)

type Padding = <A extends string | null, R = never>(
  text: Operand<A, R>,
  length: number,
  fill?: string
) => Expr<string | (A & null), R>

const padding = (operator: Ast.Operator): Padding => (text, length, fill = " ") =>
  make(
    call(operator, [
      nodeOf(text),
      counted("A padding", "length", length),
      fill === "" ? refused("A padding", "fill", "is empty") : parameter(fill, textType)
    ], textType)
  )

/**
 * Filled up at the start to so many characters, with spaces or another text; a longer text stays as it is: `lpad(text, length, fill)`.
 *
 * Fails as ValidationError for a length that is no whole number from 0 to 1,000,000 and for an empty fill.
 *
 * @since 0.1.0
 * @category operators
 */
export const padStart: Padding = padding(named("padStart", "lpad"))

/**
 * Filled up at the end to so many characters, with spaces or another text; a longer text stays as it is: `rpad(text, length, fill)`.
 *
 * Fails as ValidationError for a length that is no whole number from 0 to 1,000,000 and for an empty fill.
 *
 * @since 0.1.0
 * @category operators
 */
export const padEnd: Padding = padding(named("padEnd", "rpad"))

const repeatOperator = named("repeat", "repeat")

/**
 * So many times one after the other: `repeat(text, count)`. Fails as ValidationError for a count that is no whole number from 0 to 1,000,000.
 *
 * @since 0.1.0
 * @category operators
 */
export const repeat = <A extends string | null, R = never>(
  text: Operand<A, R>,
  count: number
): Expr<string | (A & null), R> =>
  make(call(repeatOperator, [nodeOf(text), counted("A repetition", "count", count)], textType))

const reverseOperator = named("reverse", "reverse")

/**
 * Its characters from the last to the first: `reverse(text)`.
 *
 * @since 0.1.0
 * @category operators
 */
export const reverse = <A extends string | null, R = never>(text: Operand<A, R>): Expr<string | (A & null), R> =>
  make(call(reverseOperator, [nodeOf(text)], textType))

const positionOperator = named("position", "instr")

/**
 * Where the other text is first found, counted from 1 in characters; 0 where it is not: `strpos(text, part)`. Case matters.
 *
 * @since 0.1.0
 * @category operators
 */
export const position = <A extends string | null, B extends string | null = string, R1 = never, R2 = never>(
  text: Operand<A, R1>,
  part: string | Operand<B, R2>
): Expr<number | (A & null) | NoInfer<B & null>, R1 | NoInfer<R2>> =>
  make(call(positionOperator, [nodeOf(text), operandOr(part, textType)], integerType))

type End = <A extends string | null, R = never>(text: Operand<A, R>, length: number) => Expr<string | (A & null), R>

const end = (operator: Ast.Operator): End => (text, length) =>
  make(call(operator, [nodeOf(text), counted("A part of a text", "length", length)], textType))

/**
 * The first so many characters: `left(text, length)`. Fails as ValidationError for a length that is no whole number from 0 to 1,000,000.
 *
 * @since 0.1.0
 * @category operators
 */
export const left: End = end(named("left", "left"))

/**
 * The last so many characters: `right(text, length)`. Fails as ValidationError for a length that is no whole number from 0 to 1,000,000.
 *
 * @since 0.1.0
 * @category operators
 */
export const right: End = end(named("right", "right"))
