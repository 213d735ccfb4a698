/**
 * Rows of a query that may be missing beside those that they are joined to.
 *
 * Once MariaDB has merged such a query into the one around it, a column of it is what it is made of: `coalesce(a, 0)` of a missing row would be 0 and
 * not NULL. What has a limit is not merged.
 */
import type { Dialect } from "../Dialect.js"
import { integerType } from "../expr/core.js"
import type { Body, Expression, Select, Source } from "../sql/ast.js"
import { leavesOf } from "../sql/projection.js"
import { most } from "./joinedWrites.js"

/** Whether it is merged, and a column of it is more than a column of a table. */
const isWorkedOut = (body: Body): body is Select =>
  body._tag === "Select" && body.limit === undefined && body.offset === undefined && body.distinct === false &&
  body.groupBy.length === 0 &&
  (leavesOf(body.projection).some(({ expression }) => expression._tag !== "Column") ||
    [body.from, ...body.joins.map(({ source }) => source)].some(isOfWorkedOut))

const isOfWorkedOut = (source: Source): boolean =>
  (source._tag === "DerivedSource" && isWorkedOut(source.body)) ||
  (source._tag === "CteSource" && !source.cte.isRecursive && isWorkedOut(source.cte.body))

export const missingRows: NonNullable<Dialect["print"]["missingRows"]> = (writer, source) => {
  if (source._tag === "DerivedSource" && isWorkedOut(source.body)) {
    const { body } = source
    const limit: Expression = { _tag: "Fragment", strings: [most], args: [], type: integerType }
    writer.body({ ...body, limit }).text(" as ").alias(source.ref)
    return true
  }
  if (source._tag !== "CteSource" || !isOfWorkedOut(source)) return false
  writer.text("(select * from ").cte(source.ref, source.cte).text(` limit ${most}) as `).alias(source.ref)
  return true
}
