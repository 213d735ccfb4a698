/**
 * The order in which an update or an upsert assigns.
 */
import type { Assignment, Expression, Ref } from "../sql/ast.js"
import { atoms, isPlain } from "../sql/nodes.js"
import type { Writer } from "../sql/writer.js"

/** What holds no columns of the table that is changed: what is no node, and queries of their own. */
const apart = new Set([...atoms, "cte", "includes"])

/** The columns of a source that a node reads, whatever its kind. */
const reads = (node: unknown, ref: Ref, found = new Set<string>()): ReadonlySet<string> => {
  if (typeof node !== "object" || node === null || !(Array.isArray(node) || isPlain(node))) return found
  const { _tag, name, ref: own } = node as Partial<Extract<Expression, { readonly _tag: "Column" }>>
  if (_tag === "Column" && own === ref && name !== undefined) found.add(name)
  for (const [key, part] of Object.entries(node)) {
    if (!apart.has(key)) reads(part, ref, found)
  }
  return found
}

/** The server assigns one by one, and reads what it has assigned: so what reads a column comes before what changes it. */
export const inOrder = (
  writer: Writer,
  what: string,
  set: ReadonlyArray<Assignment>,
  ref: Ref
): ReadonlyArray<Assignment> => {
  if (set.length === 1) return set
  let left = set.map((one) => ({ one, read: reads(one.value, ref) }))
  const ordered: Array<Assignment> = []
  while (left.length > 0) {
    const next = left.find(({ one }) => left.every((other) => other.one === one || !other.read.has(one.column.name)))
    if (next === undefined) {
      return writer.unsupported(
        `${what} whose columns take each other's values`,
        "read the rows first, or keep one of the values in another column"
      )
    }
    ordered.push(next.one)
    left = left.filter((one) => one !== next)
  }
  return ordered
}
