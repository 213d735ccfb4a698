/**
 * The sources that a query reads from, as its callbacks see them.
 */
import { columnsOf } from "../expr/core.js"
import type * as Source from "../Source.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { Rebinding } from "../sql/rebinding.js"

/** One use of a source in a query. */
export interface Use {
  readonly description: Source.Description
  readonly ref: Ast.Ref
  /** Its columns are null in rows that only other sources have. */
  readonly optional: boolean
}

const optional = (use: Use): Use => use.optional ? use : { ...use, optional: true }

/** What callbacks of a query are given: the root's columns and the joined ones by alias, made when the first one asks for them. */
export class Scope {
  private made: object | undefined = undefined
  private madeJoined: object | undefined = undefined

  /** `row` is what the query gives as long as nothing else is selected. */
  constructor(
    readonly use: Use,
    readonly row: Ast.Projection,
    readonly uses: ReadonlyMap<string, Use> = new Map()
  ) {}

  get root(): object {
    return this.made ??= columns(this.use)
  }

  get joined(): object {
    return this.madeJoined ??= Object.fromEntries([...this.uses].map(([alias, use]) => [alias, columns(use)]))
  }

  get refs(): ReadonlyArray<Ast.Ref> {
    const refs = [this.use.ref]
    for (const { ref } of this.uses.values()) refs.push(ref)
    return refs
  }

  /** The same sources, used once more. */
  rebound(rebinding: Rebinding): Scope {
    const rebound = (use: Use): Use => ({ ...use, ref: rebinding.copy(use.ref) })
    return new Scope(
      rebound(this.use),
      rebinding.copy(this.row),
      new Map([...this.uses].map(([alias, use]) => [alias, rebound(use)]))
    )
  }

  joining(alias: string, use: Use): Scope {
    const scope = new Scope(this.use, this.row, new Map(this.uses).set(alias, use))
    scope.made = this.made
    return scope
  }

  /** The same sources, each of which may have no part in a row. */
  optional(): Scope {
    const use = optional(this.use)
    return new Scope(
      use,
      use.description.row(use.ref, true),
      new Map([...this.uses].map(([alias, joined]) => [alias, optional(joined)]))
    )
  }
}

const columns = ({ description, optional, ref }: Use): object => columnsOf(description, ref, optional)

/** The use of a source that a query is of. */
export const useOf = (source: Source.Any, ref: Ast.Ref): Use => ({
  description: source[Describe],
  ref,
  optional: false
})
