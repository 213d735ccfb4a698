/**
 * A select of which nothing tells how long its lists of values are.
 */
import { atoms, draftOf, isPlain } from "../sql/nodes.js"
import type * as Ast from "../sql/ast.js"

type Node = Record<string, unknown>

/** What other places know by its identity. */
const apart = new Set([...atoms, "childRef", "cte", "filled", "ref", "window"])

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && (Array.isArray(value) || isPlain(value))

const changed = (value: unknown): unknown => {
  if (!isNode(value)) return value
  if (Array.isArray(value)) {
    const all = value.map(changed)
    return all.some((one, i) => one !== value[i]) ? all : value
  }
  if (value["_tag"] === "InValues") {
    const { rows, ...rest } = value as Extract<Ast.Expression, { readonly _tag: "InValues" }>
    return rows.length > 1 ? { ...rest, rows: rows.slice(0, 1) } : value
  }
  let copy: Node | undefined
  for (const key of Object.keys(value)) {
    if (apart.has(key)) continue
    const part = value[key]
    const now = changed(part)
    if (now === part) continue
    copy ??= value["_tag"] === "Select" ? draftOf(value as never) as never : { ...value }
    ;(copy as Node)[key] = now
  }
  return copy ?? value
}

/** Each list that holds values has one of them. Those within common tables, which may hold themselves, stay as they are. */
export const withAnyLists = (select: Ast.Select): Ast.Select => changed(select) as Ast.Select
