/**
 * What a query becomes when less than its rows is asked for.
 */
import { count as countAll } from "../expr/aggregate.js"
import { allOf } from "../expr/comparison.js"
import { literal } from "../expr/core.js"
import type * as Ast from "../sql/ast.js"
import { draftOf } from "../sql/nodes.js"
import { derivedOf, isAggregated, selectFrom } from "./derived.js"

const one = literal(1)
const two = literal(2)

/** A limit of the query's own stays when it is lower; one whose number is not known yet stays. */
export const atMost = (ast: Ast.Select, count: number): Ast.Select => {
  const { limit } = ast
  if (limit !== undefined && (limit._tag !== "Parameter" || (limit.value as number) <= count)) return ast
  const draft = draftOf(ast)
  draft.limit = count === 1 ? one : count === 2 ? two : literal(count)
  return draft
}

/** Whether the rows are those of the tables, so that counting needs no subquery. */
const isPlain = (ast: Ast.Select): boolean =>
  !ast.distinct && ast.groupBy.length === 0 && ast.having === undefined && ast.limit === undefined &&
  ast.offset === undefined && !isAggregated(ast.projection)

/** The number of rows. */
export const countOf = (ast: Ast.Select): Ast.Select => {
  const projection: Ast.Projection = { _tag: "Value", expression: countAll().node }
  if (isPlain(ast)) return { ...ast, projection, orderBy: [], includes: [], lazy: undefined }
  return { ...selectFrom(derivedOf("counted", { ...ast, includes: [] })), projection }
}

/** A row where there is one. */
export const existenceOf = (ast: Ast.Select): Ast.Select => ({
  ...atMost(ast, 1),
  orderBy: [],
  includes: [],
  lazy: undefined,
  ...(ast.groupBy.length > 0 || ast.distinct || isAggregated(ast.projection)
    ? {}
    : {
      projection: {
        _tag: "Value",
        // SQLite takes no `having` beside what is neither grouped nor an aggregate.
        expression: ast.having === undefined ? allOf([]) : countAll().node
      }
    })
})
