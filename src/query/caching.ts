/**
 * What is said of caching, on a query.
 */
import type { Cached } from "../sql/cached.js"
import { change, isQuery } from "./built.js"
import type { Any } from "./built.js"

/** The query with that; undefined for what is no query. */
export const caching = (effect: unknown, cached: Cached): Any | undefined => {
  if (!isQuery(effect)) return undefined
  const { ast } = effect
  return change(effect, (draft) => {
    draft.cached = cached
    // It is printed as before.
    if (ast.filled?.select === ast) draft.filled = { ...ast.filled, select: draft }
  })
}
