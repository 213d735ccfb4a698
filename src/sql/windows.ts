/**
 * The windows of a select that have names: each is said once.
 */
import type { Dialect } from "../Dialect.js"
import { freshName } from "../query/derived.js"
import type { Window } from "./ast.js"
import { printWindow } from "./expressions.js"
import type { ExpressionWriter } from "./expressions.js"

/** Those that were used so far. */
export class Windows {
  private readonly all: Array<readonly [window: Window, name: string]> = []
  private readonly taken = new Set<string>()

  nameOf(window: Window): string | undefined {
    if (window.name === undefined) return undefined
    const found = this.all.find(([one]) => one === window)
    if (found !== undefined) return found[1]
    const name = freshName(window.name, "window", this.taken)
    this.all.push([window, name])
    return name
  }

  /** ` window … as (…)`; a window in one of them is said there. */
  print(writer: ExpressionWriter, dialect: Dialect): void {
    if (this.all.length === 0) return
    writer.text(" window ").list(this.all, ([window, name]) => {
      writer.identifier(name).text(" as (")
      printWindow(writer, dialect, window)
      writer.text(")")
    })
  }
}
