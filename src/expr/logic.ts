/**
 * The operators of comparison and logic, for what is built without the typed functions.
 */
import type * as Ast from "../sql/ast.js"
import { booleanType, call } from "./core.js"

const infix = (name: string, text: string) => ({ name, form: "infix", text }) as const

export const operators = {
  eq: infix("eq", "="),
  ne: infix("ne", "<>"),
  gt: infix("gt", ">"),
  gte: infix("gte", ">="),
  lt: infix("lt", "<"),
  lte: infix("lte", "<="),
  and: infix("and", "and"),
  or: infix("or", "or"),
  not: { name: "not", form: "prefix", text: "not" },
  isNull: { name: "isNull", form: "postfix", text: "is null" },
  isNotNull: { name: "isNotNull", form: "postfix", text: "is not null" }
} as const satisfies { readonly [name: string]: Ast.Operator }

/** The operators that compare two values. */
export type Sign = "eq" | "ne" | "gt" | "gte" | "lt" | "lte"

/** One of them between two values. */
export const compared = (sign: Sign, left: Ast.Expression, right: Ast.Expression): Ast.Expression =>
  call(operators[sign], [left, right], booleanType)

/** The type of a condition that is never unknown. */
export const truth = booleanType

/** A condition that always holds, or never. */
export const constant = (value: boolean): Ast.Expression => ({
  _tag: "Call",
  operator: value ? always : never,
  args: [],
  type: booleanType
})
const always: Ast.Operator = { name: "true", form: "prefix", text: "1 = 1" }
const never: Ast.Operator = { name: "false", form: "prefix", text: "1 = 0" }

/** Whether it is the condition of nothing. */
export const isAlways = (condition: Ast.Expression): boolean =>
  condition._tag === "Call" &&
  (condition.operator === always || (condition.operator === operators.and && condition.args.every(isAlways)))

/** All of them; true of none. */
export const allOf = (conditions: ReadonlyArray<Ast.Expression>): Ast.Expression =>
  conditions.length === 0
    ? constant(true)
    : conditions.length === 1
    ? conditions[0]!
    : call(operators.and, conditions, booleanType)

/** Any of them; false of none. */
export const anyOf = (conditions: ReadonlyArray<Ast.Expression>): Ast.Expression =>
  conditions.length === 0
    ? constant(false)
    : conditions.length === 1
    ? conditions[0]!
    : call(operators.or, conditions, booleanType)
