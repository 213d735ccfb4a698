/**
 * Groups and distinct rows by expressions that a database does not know again in the select: `group by substr(name, ?, ?)`.
 *
 * For a database the values of two parameters may differ, so it takes the same expression in the select and in the group
 * for two. MariaDB does so for collations, conditions, queries, and columns of derived tables as well. What the select gives is therefore
 * named by its place in `group by`, and by its name in `order by`.
 */
import * as Equal from "effect/Equal"
import { ConfigurationError } from "../DbError.js"
import { outputNames } from "../query/derived.js"
import type { Expression, Grouping, Projection, Ref, Select } from "./ast.js"
import type { ValueType } from "./storage.js"

/** Stands for what the select itself gives, whose columns are printed by name alone. */
export const output: Ref = { hint: "output" }

/** The select with such groups and orders named, and the names; undefined where there are none. */
export const byOutput = (
  select: Select,
  named: boolean
): { readonly select: Select; readonly names: ReadonlyArray<string> } | undefined => {
  if (select.groupBy.length === 0 && !select.distinct) return undefined
  if (select.distinct === true) checkOrder(select)
  if (
    !select.groupBy.some(isWorkedOut) &&
    !select.orderBy.some((order) => holdsValue(order.expression))
  ) {
    return undefined
  }
  const given = expressionsOf(select.projection)
  // Names that no column of a table has, where nobody reads them.
  const names = named ? outputNames(select.projection) : given.map((_, i) => `output_${i + 1}`)
  let isFound = false
  const placeOf = (expression: Expression): number => {
    const place = given.findIndex((one) => isSame(one, expression))
    isFound ||= place >= 0
    return place
  }
  const groupBy = select.groupBy.map((expression): Expression | Grouping => {
    if (expression._tag === "Grouping" || !isWorkedOut(expression)) return expression
    const place = placeOf(expression)
    return place < 0 ? expression : { _tag: "Fragment", strings: [String(place + 1)], args: [], type: expression.type }
  })
  const isNamed = (expression: Expression): boolean =>
    holdsValue(expression) || select.groupBy.some((one) => isWorkedOut(one) && isSame(one, expression))
  const orderBy = select.orderBy.map((order) => {
    const place = isNamed(order.expression) ? placeOf(order.expression) : -1
    return place < 0 ? order : {
      ...order,
      expression: { _tag: "Column" as const, ref: output, name: names[place]!, type: order.expression.type }
    }
  })
  return isFound ? { select: { ...select, groupBy, orderBy }, names } : undefined
}

/** Of rows that are made one, each may have had another place: PostgreSQL refuses such an order, others take any of them. */
const checkOrder = ({ orderBy, projection }: Select): void => {
  const given = expressionsOf(projection)
  if (
    orderBy.some(({ expression }) => expression._tag !== "Invalid" && !given.some((one) => isSame(one, expression)))
  ) {
    throw new ConfigurationError({ problem: "Distinct rows can be sorted only by what is selected" })
  }
}

const expressionsOf = (projection: Projection): ReadonlyArray<Expression> => {
  switch (projection._tag) {
    case "Value":
      return [projection.expression]
    case "Instance":
      return projection.columns
    default:
      return Object.values(projection.fields).flatMap(expressionsOf)
  }
}

/** Whether a group is by more than a column. */
const isWorkedOut = ({ _tag }: Expression | Grouping): boolean => _tag !== "Column" && _tag !== "Grouping"

const holdsValue = (expression: Expression): boolean => {
  switch (expression._tag) {
    case "Parameter":
    case "Stored":
    case "InValues":
      return true
    // Of these MariaDB takes two that are the same for two.
    case "Collate":
      return true
    case "Call":
    case "Fragment":
      return expression.args.some(holdsValue)
    case "Aggregate":
      return expression.args.some(holdsValue) || expression.orderBy.some((order) => holdsValue(order.expression)) ||
        (expression.filter !== undefined && holdsValue(expression.filter))
    case "Over": {
      const { function: inner, window: { orderBy, partitionBy } } = expression
      return holdsValue(inner) || partitionBy.some(holdsValue) ||
        orderBy.some((order) => holdsValue(order.expression))
    }
    case "Cast":
      return holdsValue(expression.expression)
    case "Case":
      return expression.branches.some((branch) => holdsValue(branch.when) || holdsValue(branch.then)) ||
        (expression.otherwise !== undefined && holdsValue(expression.otherwise))
    default:
      return false
  }
}

/** What identity tells apart: uses of tables, and queries within. */
const identities = new Set(["ref", "select", "table"])

const storageOf = (type: unknown): unknown => (type as ValueType | undefined)?.storage

/** Whether two expressions are the same, their values included. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b) || Equal.equals(a, b)) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => {
    const [left, right] = [(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]]
    if (identities.has(key)) return left === right
    return key === "type" ? isSame(storageOf(left), storageOf(right)) : isSame(left, right)
  })
}
