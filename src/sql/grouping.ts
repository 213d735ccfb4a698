/**
 * Groups and distinct rows by expressions that a database does not know again in the select: `group by substr(name, ?, ?)`.
 *
 * For a database the values of two parameters may differ, so it takes the same expression in the select and in the group
 * for two. MariaDB does so for collations, conditions, queries, and columns of derived tables as well. What the select gives is therefore
 * named by its place in `group by`, and by its name in `order by`. Within a larger expression of the select it is printed by what the dialect
 * makes of `groupKey` and `groupValue`.
 */
import { ConfigurationError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import { outputNames } from "../query/derived.js"
import type { Expression, Grouping, Projection, Ref, Select } from "./ast.js"
import { isSame, Keys } from "./groupKeys.js"
import { layoutOf } from "./projection.js"

/** Stands for what the select itself gives, whose columns are printed by name alone. */
export const output: Ref = { hint: "output" }

/** A select to print, and the names of what it gives where it has to name them. */
interface Printable {
  readonly select: Select
  readonly names: ReadonlyArray<string> | undefined
}

/** The select with such groups and orders named, and the names; undefined where there are none. */
export const byOutput = (given: Select, named: boolean, operators: Dialect["operators"]): Printable | undefined => {
  const select = operators["joinedGroup"] === undefined ? given : withJoinedGroups(given)
  return placed(select, named, operators) ?? (select === given ? undefined : { select, names: undefined })
}

const isColumn = (group: Expression | Grouping): group is Expression => group._tag === "Column"

/** In `having`, where a join may make one column of the group equal to another. */
const withJoinedGroups = (select: Select): Select => {
  const { groupBy, having, joins } = select
  if (having === undefined || joins.length === 0) return select
  const columns = groupBy.filter(isColumn)
  const held = columns.length < 2 ? having : Keys.joined(columns).condition(having)
  return held === having ? select : { ...select, having: held }
}

const placed = (select: Select, named: boolean, operators: Dialect["operators"]): Printable | undefined => {
  if (select.groupBy.length === 0 && !select.distinct) return undefined
  if (select.distinct === true) checkOrder(select)
  if (
    !select.groupBy.some(isWorkedOut) &&
    !select.orderBy.some((order) => holdsValue(order.expression))
  ) {
    return undefined
  }
  const given = expressionsOf(select.projection)
  const { positions } = layoutOf(select.projection)
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
    if (place < 0) return expression
    const position = named ? place : positions[place]!
    return { _tag: "Fragment", strings: [String(position + 1)], args: [], type: expression.type }
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
  const byPlace = { ...select, groupBy, orderBy }
  const keys = operators["groupKey"] === undefined ? undefined : Keys.of(select.groupBy.filter(isWorkedOut))
  const changed = keys?.select(byPlace) ?? byPlace
  return isFound || changed !== byPlace ? { select: changed, names: isFound ? names : undefined } : undefined
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
