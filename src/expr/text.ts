/**
 * Text: patterns and functions. Lengths and positions count code points; upper and lower case are Unicode's.
 */
import { ValidationError } from "../DbError.js"
import type * as Ast from "../sql/ast.js"
import { booleanType, call, integerType, make, nodeOf, operandOr, parameter, textType, whenGiven } from "./core.js"
import type { Expr, Operand, Parameter } from "./core.js"

/** A test of a text against a pattern. */
type TextTest = <A extends string | null, R = never>(
  text: Operand<A, R>,
  pattern: string | Parameter<string>
) => Expr<boolean | (A & null), R>
/** A function from a text to another. */
type TextFunction = <A extends string | null, R = never>(text: Operand<A, R>) => Expr<string | (A & null), R>
/** A text, or an expression that gives one. */
type TextInput = string | Operand<string>

const likeOperator: Ast.Operator = { name: "like", form: "dialect" }
const ilikeOperator: Ast.Operator = { name: "ilike", form: "dialect" }

/** A `\\` that escapes nothing is an error on one database and a plain character on another. */
const isCut = (pattern: string): boolean => {
  let start = pattern.length
  while (start > 0 && pattern[start - 1] === "\\") start--
  return (pattern.length - start) % 2 === 1
}

const cut: Ast.Expression = {
  _tag: "Invalid",
  error: new ValidationError({
    subject: "A pattern",
    issues: [{ path: [], message: "ends in a \\ that escapes nothing: write \\\\ for the character itself" }]
  }),
  type: textType
}

const test = (operator: Ast.Operator, pattern: (given: string) => string): TextTest => {
  const patternOf = (given: unknown): Ast.Expression => {
    const whole = typeof given === "string" ? pattern(given) : given
    return typeof whole === "string" && isCut(whole) ? cut : parameter(whole, textType)
  }
  return (text, given) => make(call(operator, [nodeOf(text), whenGiven(given, textType, patternOf)], booleanType))
}

const named = (name: string, text: string): Ast.Operator => ({ name, form: "function", text })

const textFunction = (name: string, sql: string): TextFunction => {
  const operator = named(name, sql)
  return (text) => make(call(operator, [nodeOf(text)], textType))
}

const special = /[\\%_]/

/** Takes the meaning from `%`, `_` and `\`. */
export const escapeLike = (text: string): string => special.test(text) ? text.replace(/[\\%_]/g, "\\$&") : text

const same = (pattern: string) => pattern

/**
 * `a like pattern`: `%` is any text, `_` any character, `\` takes their meaning away; case matters.
 *
 * @since 0.1.0
 * @category operators
 */
export const like: TextTest = test(likeOperator, same)

/**
 * As `like`, and upper and lower case are the same.
 *
 * @since 0.1.0
 * @category operators
 */
export const ilike: TextTest = test(ilikeOperator, same)

/**
 * Whether the text has the other in it; `%` and `_` in it are plain characters.
 *
 * @since 0.1.0
 * @category operators
 */
export const contains: TextTest = test(likeOperator, (part) => `%${escapeLike(part)}%`)

/**
 * Whether the text begins with the other; `%` and `_` in it are plain characters.
 *
 * @since 0.1.0
 * @category operators
 */
export const startsWith: TextTest = test(likeOperator, (part) => `${escapeLike(part)}%`)

/**
 * Whether the text ends with the other; `%` and `_` in it are plain characters.
 *
 * @since 0.1.0
 * @category operators
 */
export const endsWith: TextTest = test(likeOperator, (part) => `%${escapeLike(part)}`)

/**
 * In lower case.
 *
 * @since 0.1.0
 * @category operators
 */
export const lower: TextFunction = textFunction("lower", "lower")

/**
 * In upper case.
 *
 * @since 0.1.0
 * @category operators
 */
export const upper: TextFunction = textFunction("upper", "upper")

/**
 * Without spaces (U+0020) at both ends.
 *
 * @since 0.1.0
 * @category operators
 */
export const trim: TextFunction = textFunction("trim", "trim")

/**
 * Without spaces (U+0020) at the start.
 *
 * @since 0.1.0
 * @category operators
 */
export const trimStart: TextFunction = textFunction("trimStart", "ltrim")

/**
 * Without spaces (U+0020) at the end.
 *
 * @since 0.1.0
 * @category operators
 */
export const trimEnd: TextFunction = textFunction("trimEnd", "rtrim")

const lengthOperator = named("length", "length")

/**
 * How many code points.
 *
 * @since 0.1.0
 * @category operators
 */
export const length = <A extends string | null, R = never>(text: Operand<A, R>): Expr<number | (A & null), R> =>
  make(call(lengthOperator, [nodeOf(text)], integerType))

export const concatOperator: Ast.Operator = { name: "concat", form: "infix", text: "||" }

/**
 * One text after the other; NULL when one is.
 *
 * @since 0.1.0
 * @category operators
 */
export const concat = <A extends string | null, B extends string | null = string, R1 = never, R2 = never>(
  left: Operand<A, R1>,
  right: string | Operand<B, R2>
): Expr<string | (A & null) | NoInfer<B & null>, R1 | NoInfer<R2>> =>
  make(call(concatOperator, [nodeOf(left), operandOr(right, textType)], textType))

const substringOperator = named("substring", "substr")

/** No text is longer, and PostgreSQL takes no greater number. */
const longest = 2 ** 31 - 1

/** A position or a number of code points; databases differ in what others than these mean. */
const whole = (name: string, value: number, least: number): Ast.Expression =>
  Number.isSafeInteger(value) && value >= least
    ? parameter(Math.min(value, longest), integerType)
    : {
      _tag: "Invalid",
      error: new ValidationError({
        subject: "A substring",
        issues: [{ path: [name], message: `takes a whole number from ${least}` }]
      }),
      type: integerType
    }

/**
 * A part of a text: from a position, counted from 1 in code points, and at most so many.
 *
 * @since 0.1.0
 * @category operators
 */
export const substring = <A extends string | null, R = never>(
  text: Operand<A, R>,
  start: number,
  length: number
): Expr<string | (A & null), R> =>
  make(call(substringOperator, [nodeOf(text), whole("start", start, 1), whole("length", length, 0)], textType))

const replaceOperator = named("replace", "replace")

/**
 * Each occurrence of one text replaced by another; case matters.
 *
 * @since 0.1.0
 * @category operators
 */
export const replace = <A extends string | null, R = never>(
  text: Operand<A, R>,
  from: TextInput,
  to: TextInput
): Expr<string | (A & null), R> =>
  make(call(replaceOperator, [nodeOf(text), operandOr(from, textType), operandOr(to, textType)], textType))
