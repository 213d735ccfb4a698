/**
 * The instances of models in what a query gave.
 */
import type * as Ast from "../sql/ast.js"

/** Takes the instances of a table out of a row or a part of it. */
type Take = (part: any, take: (table: Ast.Table, row: object) => void) => void

const ofProjection = (part: Ast.Projection, isWanted: (table: Ast.Table) => boolean): Take | undefined => {
  switch (part._tag) {
    case "Value":
      return undefined
    case "Instance": {
      const { table } = part
      return isWanted(table) ? (row, take) => row === null ? undefined : take(table, row) : undefined
    }
    default: {
      const fields = Object.entries(part.fields).flatMap(([name, field]) => {
        const take = ofProjection(field, isWanted)
        return take === undefined ? [] : [[name, take] as const]
      })
      if (fields.length === 0) return undefined
      return (row, take) => {
        if (row !== null) { for (const [name, of] of fields) of(row[name], take) }
      }
    }
  }
}

/** What takes the instances of wanted tables out of a row of a query, its relations at any depth; undefined where it has none. */
export const takeOf = (
  { includes, projection }: Ast.Select,
  isWanted: (table: Ast.Table) => boolean
): Take | undefined => {
  const own = ofProjection(projection, isWanted)
  const related = includes.flatMap(({ name, select }) => {
    const take = takeOf(select, isWanted)
    return take === undefined ? [] : [[name, take] as const]
  })
  if (related.length === 0) return own
  return (row, take) => {
    own?.(row, take)
    for (const [name, of] of related) {
      const value = row?.[name]
      if (Array.isArray(value)) { for (const one of value) of(one, take) }
      else if (typeof value === "object" && value !== null) of(value, take)
    }
  }
}

/** The instances by table. */
export const instancesOf = (take: Take, rows: Iterable<unknown>): ReadonlyMap<Ast.Table, ReadonlyArray<object>> => {
  const found = new Map<Ast.Table, Array<object>>()
  for (const row of rows) {
    take(row, (table, one) => {
      const all = found.get(table)
      if (all === undefined) found.set(table, [one])
      else all.push(one)
    })
  }
  return found
}
