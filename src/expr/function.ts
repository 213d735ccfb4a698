/**
 * Functions that Strata has no name for.
 */
import type * as Schema from "effect/Schema"
import type * as Ast from "../sql/ast.js"
import { invalid, isExpression, make, typeOf, untyped } from "./core.js"
import type { Aggregate, Expr, NeedsOf, Operand } from "./core.js"

/** What an argument can be: an expression, or a value that is bound. */
type Argument = Operand<any, any> | string | number | bigint | boolean

const form = /^[A-Za-z_][A-Za-z0-9_$]*(?:\.[A-Za-z_][A-Za-z0-9_$]*)?$/
const longest = 127
const prefix = "function "

/** Made once for each name: statements are of one shape where their operators are the same. */
const operators = new Map<string, Ast.Operator>()

const operatorOf = (name: string): Ast.Operator | undefined => {
  let found = operators.get(name)
  if (found === undefined && typeof name === "string" && name.length <= longest && form.test(name)) {
    operators.set(name, found = { name: `${prefix}${name}`, form: "function", text: name })
  }
  return found
}

/** Whether an operator of this name is a function or an aggregate that the caller has named. */
export const isNamed = (name: string): boolean => name.startsWith(prefix)

const problem = "the name of a function is one identifier, or two with a dot between: letters, digits, _ and $"

const nodesOf = (args: ReadonlyArray<Argument>): ReadonlyArray<Ast.Expression> =>
  args.map((arg) => isExpression(arg) ? arg.node : untyped(arg))

/**
 * Any function of the database, with the Schema of its result: `Expr.fn("char_length", Schema.Int)(u.name)` is `char_length("users"."name")`.
 *
 * Expressions are printed in place; everything else is bound as a parameter. A Schema with null says that it may give NULL. A name
 * that is not one identifier, or two with a dot between, fails as ConfigurationError before anything is sent.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fn =
  <A, I>(name: string, schema: Schema.Schema<A, I>) =>
  <const Args extends ReadonlyArray<Argument>>(...args: Args): Expr<A, NeedsOf<Args>> => {
    const operator = operatorOf(name)
    return make(
      operator === undefined
        ? invalid(problem)
        : { _tag: "Call", operator, args: nodesOf(args), type: typeOf(schema) }
    )
  }

/**
 * Any aggregate of the database, with the Schema of its result: `Expr.aggregateFn("bit_or", Schema.NullOr(Schema.Int))(u.flags)`.
 *
 * As `fn`; it can be filtered and stand over a window.
 *
 * @since 0.1.0
 * @category constructors
 */
export const aggregateFn =
  <A, I>(name: string, schema: Schema.Schema<A, I>) =>
  <const Args extends ReadonlyArray<Argument>>(...args: Args): Aggregate<A, NeedsOf<Args>> => {
    const operator = operatorOf(name)
    return make<A, NeedsOf<Args>>(
      operator === undefined ? invalid(problem) : {
        _tag: "Aggregate",
        operator,
        args: nodesOf(args),
        distinct: false,
        orderBy: [],
        filter: undefined,
        type: typeOf(schema)
      }
    ) as Aggregate<A, NeedsOf<Args>>
  }
