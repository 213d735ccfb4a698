/**
 * Queries of rows that were deleted and kept.
 */
import type * as Model from "../Model.js"
import type * as Ast from "../sql/ast.js"
import { change, refused } from "./built.js"
import type { Any, Query } from "./built.js"

/** The same query of other rows of its own table. */
const ofRows = (rows: Ast.Rows, what: string) => (query: Any): any => {
  const { from } = query.ast
  return from._tag === "TableSource" && from.table.deletedAt !== undefined
    ? change(query, (draft) => (draft.from = { ...from, rows }))
    : refused(query, `${what} is of a query of a model that keeps its deleted rows`)
}

type OfModel = <A, S extends Model.KeepsDeleted, J, R>(query: Query<A, S, J, R>) => Query<A, S, J, R>

/**
 * The query's own rows with those that were deleted and kept (`Model.softDelete`). What is joined, included or read by queries within it stays of rows
 * that live: `Model.withDeleted` says it of a source, `Relation.withDeleted` of a relation.
 *
 * @since 0.1.0
 * @category deleted rows
 */
export const withDeleted: OfModel = ofRows("all", "withDeleted")

/**
 * Those of the query's own rows that were deleted and kept, and no others.
 *
 * @since 0.1.0
 * @category deleted rows
 */
export const onlyDeleted: OfModel = ofRows("deleted", "onlyDeleted")
