/**
 * Names as a dialect quotes them: made once, since a program has few.
 */
import type { Dialect } from "../Dialect.js"
import type { Table } from "./ast.js"

/** How many names are kept; a program that makes more up starts again. */
const most = 4_000

/** The names of one dialect. */
export class Names {
  private readonly identifiers = new Map<string, string>()
  private readonly rows = new WeakMap<Table, Map<string | undefined, string>>()

  constructor(private readonly quote: Dialect["quote"]) {}

  quoted(name: string): string {
    let found = this.identifiers.get(name)
    if (found === undefined) {
      if (this.identifiers.size >= most) this.identifiers.clear()
      this.identifiers.set(name, found = this.quote(name))
    }
    return found
  }

  /** All columns of a table, as columns of the alias if one is given. */
  row(table: Table, alias: string | undefined): string {
    let byAlias = this.rows.get(table)
    if (byAlias === undefined) this.rows.set(table, byAlias = new Map())
    let found = byAlias.get(alias)
    if (found === undefined) {
      const of = alias === undefined ? "" : `${this.quoted(alias)}.`
      if (byAlias.size >= most) byAlias.clear()
      byAlias.set(alias, found = table.columns.map(({ name }) => of + this.quoted(name)).join(", "))
    }
    return found
  }
}

const byDialect = new WeakMap<Dialect, Names>()

export const namesOf = (dialect: Dialect): Names => {
  let names = byDialect.get(dialect)
  if (names === undefined) byDialect.set(dialect, names = new Names(dialect.quote))
  return names
}
