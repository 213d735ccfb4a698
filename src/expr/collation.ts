/**
 * Texts that compare and sort otherwise than by code point.
 */
import { invalid, make, nodeOf } from "./core.js"
import type { Expr, Operand } from "./core.js"

/**
 * The name of a collation on each database that the query is for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Collations {
  readonly sqlite?: string
  readonly postgres?: string
  readonly mysql?: string
  readonly mariadb?: string
}

const dialects = ["sqlite", "postgres", "mysql", "mariadb"] as const

/**
 * A text as a collation of the database's own compares and sorts it, where texts else compare by code point: `a collate "de-x-icu"`. Which texts are
 * equal and which is less is then up to the database. It stands in orders, comparisons and groups.
 *
 * On a database for which no name is given it is an UnsupportedError. A name is quoted as any other; one that the database does not know is its
 * error.
 *
 * @since 0.1.0
 * @category operators
 */
export const collate = <A extends string | null, R = never>(
  text: Operand<A, R>,
  collations: Collations
): Expr<A, R> => {
  const names: Record<string, string> = {}
  for (const dialect of dialects) {
    const name: unknown = collations[dialect]
    if (name === undefined) continue
    if (typeof name !== "string" || name === "" || name.includes("\u0000")) {
      return make(invalid("a collation is given by its name, which is a text that is not empty"))
    }
    names[dialect] = name
  }
  const node = nodeOf(text)
  return make({ _tag: "Collate", expression: node, names, type: node.type })
}
