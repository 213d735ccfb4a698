/**
 * What all pages are asked with, and what a query must be to have pages.
 */
import * as Predicate from "effect/Predicate"
import { ConfigurationError, ValidationError } from "../DbError.js"
import type { Issue } from "../DbError.js"
import type * as Ast from "../sql/ast.js"

/**
 * How many rows a page has.
 *
 * @since 0.1.0
 * @category models
 */
export interface PageSize {
  /** 20 if it is left out. */
  readonly size?: number
  /** The largest size that may be asked for: 100 if it is left out. It comes from the program, never from a request. */
  readonly maxSize?: number
}

const usualSize = 20
const usualMost = 100

/** What is said of the options of pages. */
export class Options {
  private readonly issues: Array<Issue> = []
  private readonly given: { readonly [option: string]: unknown }

  constructor(given: unknown) {
    this.given = Predicate.isRecord(given) ? given : {}
    if (!Predicate.isRecord(given)) this.refuse([], "are no options of a page")
  }

  refuse(path: Issue["path"], message: string): void {
    this.issues.push({ path, message })
  }

  /** Undefined where nothing is said of it; what is there and undefined is refused. */
  option(name: string): unknown {
    if (!Object.hasOwn(this.given, name)) return undefined
    if (this.given[name] === undefined) this.refuse([name], "is undefined: leave it out")
    return this.given[name]
  }

  whole(name: string, usual: number, most: number): number {
    const value = this.option(name)
    if (value === undefined) return usual
    if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most) return value as number
    this.refuse([name], `takes a whole number from 1 to ${most}`)
    return usual
  }

  size(): number {
    const most = this.whole("maxSize", usualMost, Number.MAX_SAFE_INTEGER)
    return this.whole("size", Math.min(usualSize, most), most)
  }

  problem(): ValidationError | undefined {
    return this.issues.length === 0 ? undefined : new ValidationError({ subject: "The page", issues: this.issues })
  }
}

const refused = (problem: string, hint: string) => new ConfigurationError({ problem, hint })

/** What is wrong with a query whose pages are asked for. */
export const problemOf = (ast: Ast.Select): ConfigurationError | undefined => {
  if (ast.limit !== undefined || ast.offset !== undefined) {
    return refused("A query with a limit or an offset has no pages", "leave it out: a page has a size")
  }
  if (ast.lazy !== undefined) return refused("The rows of a page are decoded", "leave Query.lazy out")
  if (ast.includes.length > 0 && ast.projection._tag === "Value") {
    return refused("A query of bare values has no rows to include relations in", "use select, or leave the row whole")
  }
  return undefined
}

/** The name that a row has among what is read beside it: no relation is called so. */
const rowName = "\u0000row"

/** A select that reads something beside each of its rows. */
export const withBeside = (
  ast: Ast.Select,
  beside: { readonly [name: string]: Ast.Expression }
): Ast.Select => {
  const fields: Record<string, Ast.Projection> = { [rowName]: ast.projection }
  for (const name of Object.keys(beside)) fields[`\u0000${name}`] = { _tag: "Value", expression: beside[name]! }
  return { ...ast, projection: { _tag: "Record", fields } }
}

/** The row that was read, with its relations, which were given to what was read around it. */
export const rowOf = (read: any, { includes }: Ast.Select): any => {
  const row = read[rowName]
  for (const { name } of includes) {
    Object.defineProperty(row, name, { value: read[name], enumerable: true, configurable: true, writable: true })
  }
  return row
}

/** What was read beside a row. */
export const besideOf = (read: any, name: string): any => read[`\u0000${name}`]
