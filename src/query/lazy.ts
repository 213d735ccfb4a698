/**
 * Selects whose rows stay undecoded.
 */
import { invalid } from "../expr/core.js"
import type * as Ast from "../sql/ast.js"

const problemOf = ({ includes, projection }: Ast.Select): string | undefined => {
  if (includes.length > 0) return "relations are included before lazy: include them after it"
  if (projection._tag === "Value") return "lazy is of rows, and bare values have no fields"
  if (projection._tag === "OptionalRecord" || (projection._tag === "Instance" && projection.optional)) {
    return "rows that may be null cannot be lazy: use select"
  }
  return undefined
}

export const lazyOf = (ast: Ast.Select): Ast.Select => {
  const problem = problemOf(ast)
  return problem === undefined ? { ...ast, lazy: "row" } : { ...ast, where: invalid(problem) }
}
