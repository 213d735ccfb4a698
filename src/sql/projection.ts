/**
 * A projection as the columns of a result.
 */
import type { Expression, Projection, Table } from "./ast.js"

/** One part of a row that is a column of the result. */
export interface Leaf {
  readonly path: ReadonlyArray<string>
  readonly table: Table | undefined
  readonly expression: Expression
}

/** The columns of a result, in the order of printing. */
export const leavesOf = (projection: Projection): ReadonlyArray<Leaf> => {
  const leaves: Array<Leaf> = []
  const walk = (part: Projection, path: ReadonlyArray<string>): void => {
    switch (part._tag) {
      case "Value":
        leaves.push({ path, table: undefined, expression: part.expression })
        return
      case "Instance":
        part.columns.forEach((expression, i) => {
          leaves.push({ path: [...path, part.table.columns[i]!.name], table: part.table, expression })
        })
        return
      default:
        for (const name of Object.keys(part.fields)) walk(part.fields[name]!, [...path, name])
    }
  }
  walk(projection, [])
  return leaves
}
