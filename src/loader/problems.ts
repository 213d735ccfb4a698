/**
 * Selects whose rows have no relations.
 */
import { ConfigurationError } from "../DbError.js"
import { isAggregated } from "../query/derived.js"
import type { Include, Select } from "../sql/ast.js"

/** What is wrong with a relation, or with one of its relations at any depth. */
export const problemOfInclude = ({ problem, select }: Include): ConfigurationError | undefined =>
  problem ?? problemOf(select)

/** Why a select's relations cannot be loaded, at any depth; undefined where they can. */
export const problemOf = (select: Select): ConfigurationError | undefined => {
  const { distinct, groupBy, having, includes, projection } = select
  if (includes.length === 0) return undefined
  for (const include of includes) {
    const problem = problemOfInclude(include)
    if (problem !== undefined) return problem
  }
  if (projection._tag === "Value") {
    return new ConfigurationError({
      problem: "A query of bare values has no rows to include relations in: use select, or leave the row whole"
    })
  }
  if (projection._tag === "OptionalRecord" || (projection._tag === "Instance" && projection.optional)) {
    return new ConfigurationError({
      problem: "Rows that may be null have nothing to include relations in: use select"
    })
  }
  const standsForSeveral = distinct !== false || groupBy.length > 0
  if (isAggregated(projection) || (projection._tag !== "Instance" && standsForSeveral)) {
    return new ConfigurationError({
      problem: "Rows that were grouped or made distinct have no key to include relations by"
    })
  }
  if ((standsForSeveral || having !== undefined) && includes.some(({ strategy }) => strategy === "join")) {
    return new ConfigurationError({
      problem: "Relations cannot be joined to rows that were grouped or made distinct",
      hint: `load them by statements of their own: Relation.strategy("select")`
    })
  }
  return undefined
}
