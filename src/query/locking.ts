/**
 * Selects that lock their rows.
 */
import * as Predicate from "effect/Predicate"
import { invalid } from "../expr/core.js"
import type * as Ast from "../sql/ast.js"
import type { Scope } from "./scope.js"

/**
 * Which rows are locked, and what becomes of those that another transaction has locked.
 *
 * `of` lists whose rows: joined sources by their aliases, and `"root"` for the query's own table, of which they are without it. Each row has to have
 * one of them, so that the right side of a left join is refused. MariaDB locks the rows of all sources, and refuses a part of them.
 *
 * Rows that are locked are waited for, left out (`skipLocked`), or reason enough to fail at once as ConflictError, reason `lockTimeout` (`noWait`).
 *
 * @since 0.1.0
 * @category models
 */
export type LockOptions<Alias extends string = string> =
  & { readonly of?: readonly [Alias, ...ReadonlyArray<Alias>] }
  & (
    | { readonly skipLocked?: boolean; readonly noWait?: false }
    | { readonly noWait?: boolean; readonly skipLocked?: false }
  )

interface Given {
  readonly skipLocked?: boolean
  readonly noWait?: boolean
  readonly of?: ReadonlyArray<string>
}

/** The sources that are locked, or what is wrong with one of them. */
const refsOf = (aliases: ReadonlyArray<string>, { use, uses }: Scope): ReadonlyArray<Ast.Ref> | string => {
  if (aliases.length === 0) return "a locking read is of no source: list one, or leave out `of`"
  const refs: Array<Ast.Ref> = []
  for (const alias of new Set(aliases)) {
    const found = uses.get(alias) ?? (alias === "root" ? use : undefined)
    if (found === undefined) return `a locking read is of ${String(alias)}, and nothing is joined as that before it`
    if (found.optional) return `a locking read is of ${alias}, of which a row may have no part`
    refs.push(found.ref)
  }
  return refs
}

export const lockingOf = (
  ast: Ast.Select,
  scope: Scope,
  strength: Ast.Lock["strength"],
  options: Given
): Ast.Select => {
  if (!Predicate.isRecord(options as unknown)) {
    return { ...ast, where: invalid("a locking read has options that are no record") }
  }
  const { noWait, of, skipLocked } = options
  if (noWait === true && skipLocked === true) {
    return { ...ast, where: invalid("a locking read has both skipLocked and noWait: give one of them") }
  }
  const refs = of === undefined ? undefined : refsOf(of, scope)
  if (typeof refs === "string") return { ...ast, where: invalid(refs) }
  const locked = skipLocked === true ? "skip locked" : noWait === true ? "nowait" : "wait"
  return { ...ast, lock: { strength, locked, of: refs } }
}
