/**
 * Comparisons with any or all values of a query, which SQLite has no words for: it counts how many hold.
 */
import type { Dialect } from "../Dialect.js"
import { count, max, min } from "../expr/aggregate.js"
import { make } from "../expr/core.js"
import { compared, constant, operators } from "../expr/logic.js"
import type { Sign } from "../expr/logic.js"
import { derivedOf, isAggregated, selectFrom } from "../query/derived.js"
import type { Expression, Select } from "../sql/ast.js"
import { quantifiers } from "../sql/rows.js"

/** `(select case when max(a > value) then true when count(*) = count(a > value) then false end from (…))` */
const counted = (sign: Sign, quantifier: "any" | "all", left: Expression, select: Select): Expression | undefined => {
  const from = selectFrom(derivedOf("compared", { ...select, includes: [] }))
  if (from.projection._tag !== "Value") return undefined
  const holds = make<boolean>(compared(sign, left, from.projection.expression))
  const isAny = quantifier === "any"
  const type = holds.node.type
  const decided: Expression = isAny
    ? max(holds).node
    : { _tag: "Call", operator: operators.not, args: [min(holds).node], type }
  const known = compared("eq", count().node, count(holds).node)
  const expression: Expression = {
    _tag: "Case",
    branches: [{ when: decided, then: constant(isAny) }, { when: known, then: constant(!isAny) }],
    otherwise: undefined,
    type
  }
  return { _tag: "Scalar", select: { ...from, projection: { _tag: "Value", expression } }, type }
}

export const comparisonsWithQueries: Dialect["operators"] = quantifiers(
  (sign, quantifier) => (writer, [left, query]) => {
    if (left === undefined || query?._tag !== "Scalar") return
    if (isAggregated({ _tag: "Value", expression: left })) {
      // It would be taken for an aggregate of the query within.
      writer.unsupported(
        `a comparison of an aggregate with ${quantifier} of a query`,
        "use the grouped query as a source, and compare its column"
      )
    }
    const expression = counted(sign, quantifier, left, query.select)
    if (expression !== undefined) writer.expression(expression)
  }
)
