/**
 * Selects that lock their rows.
 */
import { invalid } from "../expr/core.js"
import type * as Ast from "../sql/ast.js"

/**
 * What becomes of rows that another transaction has locked: they are waited for, left out (`skipLocked`), or reason enough to fail at once as
 * ConflictError, reason `lockTimeout` (`noWait`).
 *
 * @since 0.1.0
 * @category models
 */
export type LockOptions =
  | { readonly skipLocked?: boolean; readonly noWait?: false }
  | { readonly noWait?: boolean; readonly skipLocked?: false }

export const lockingOf = (
  ast: Ast.Select,
  strength: Ast.Lock["strength"],
  { noWait, skipLocked }: { readonly skipLocked?: boolean; readonly noWait?: boolean }
): Ast.Select =>
  noWait === true && skipLocked === true
    ? { ...ast, where: invalid("a locking read has both skipLocked and noWait: give one of them") }
    : { ...ast, lock: { strength, locked: skipLocked === true ? "skip locked" : noWait === true ? "nowait" : "wait" } }
