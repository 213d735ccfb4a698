/**
 * The sources that a query reads from, as its callbacks see them.
 */
import { columnsOf } from "../expr/core.js"
import type * as Source from "../Source.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"

/** What callbacks of a query are given: the root's columns, made when the first one asks for them, and the joined ones by alias. */
export class Scope {
  private made: object | undefined = undefined

  constructor(
    readonly source: Source.Any,
    readonly ref: Ast.Ref,
    readonly joined: { readonly [alias: string]: object }
  ) {}

  joining(alias: string, columns: object): Scope {
    const scope = new Scope(this.source, this.ref, { ...this.joined, [alias]: columns })
    scope.made = this.made
    return scope
  }

  get root(): object {
    return this.made ??= columnsOf(this.source[Describe], this.ref, false)
  }
}
