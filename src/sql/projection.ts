/**
 * A projection as the columns of a result.
 */
import type { Expression, Projection, Ref, Table } from "./ast.js"

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

/** What of a projection is printed, and where a row has each of its leaves. */
export interface Layout {
  readonly printed: ReadonlyArray<Leaf>
  /** One for each leaf: its place among those that are printed. */
  readonly positions: ReadonlyArray<number>
}

/** A column that an instance has already is not printed again. */
export const layoutOf = (projection: Projection): Layout => {
  const leaves = leavesOf(projection)
  const printed: Array<Leaf> = []
  const had = new Map<Ref, Map<string, number>>()
  const positions = leaves.map((leaf) => {
    const { expression, table } = leaf
    const known = expression._tag === "Column" ? had.get(expression.ref) : undefined
    const place = table === undefined && expression._tag === "Column" ? known?.get(expression.name) : undefined
    if (place !== undefined) return place
    const next = printed.push(leaf) - 1
    if (table !== undefined && expression._tag === "Column") {
      if (known === undefined) had.set(expression.ref, new Map([[expression.name, next]]))
      else known.set(expression.name, next)
    }
    return next
  })
  return { printed, positions }
}

let identities = 0
const identifiers = new WeakMap<object, number>()
const identify = (value: object): number => {
  let id = identifiers.get(value)
  if (id === undefined) identifiers.set(value, id = ++identities)
  return id
}

/** What decoding depends on beside the places in the row, as text. */
const shapeOf = (projection: Projection): string => {
  switch (projection._tag) {
    case "Value": {
      const { nullable, schema, sensitive, storage } = projection.expression.type
      return `v${identify(schema)}${JSON.stringify(storage)}${nullable ? "n" : ""}${sensitive === true ? "s" : ""}`
    }
    case "Instance":
      return `i${identify(projection.table)}${projection.optional ? "o" : ""}`
    default:
      return `${projection._tag}{${
        Object.keys(projection.fields).map((name) => `${JSON.stringify(name)}:${shapeOf(projection.fields[name]!)}`)
          .join(",")
      }}`
  }
}

/** What decoding a row depends on, as text: two projections of one key are decoded alike. */
export const keyOf = (projection: Projection): string =>
  `${shapeOf(projection)}@${layoutOf(projection).positions.join()}`
