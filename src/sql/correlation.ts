/**
 * Conditions on what stands around a table of a subquery.
 */
import type { Dialect } from "../Dialect.js"

/** A condition that is said where tables of subqueries may use the columns around these, and left out where not: there it is said outside alone. */
export const correlation = (correlatedTables: boolean): Dialect["operators"] => ({
  correlated: (writer, [condition]) => {
    if (correlatedTables && condition !== undefined) writer.expression(condition)
    else writer.text("1 = 1")
  }
})
