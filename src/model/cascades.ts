/**
 * What is deleted with the rows of a model, as its options name it.
 */
import * as Predicate from "effect/Predicate"
import type * as Ast from "../sql/ast.js"

/** What a relation looks like from here. */
interface Relation {
  readonly plan: {
    readonly from: { readonly identifier: string; readonly columns: object }
    readonly to: { readonly identifier: string }
    readonly parent: ReadonlyArray<Ast.Column>
    readonly child: ReadonlyArray<Ast.Column>
    readonly links: ReadonlyArray<unknown>
    readonly scopes: ReadonlyArray<unknown>
    readonly limit: number | undefined
    readonly offset: number | undefined
    readonly write?: unknown
  }
}

const isRelation = (given: unknown): given is Relation =>
  Predicate.hasProperty(given, "plan") && Predicate.hasProperty(given.plan, "links")

/** The tables whose rows follow, or in words what is wrong with one. */
export const cascadesOf = (
  options: object | undefined,
  tableOf: (model: unknown) => Ast.Table,
  own: Ast.Table
): ReadonlyArray<Ast.Cascade | string> => {
  if (options === undefined) return []
  if (own.deletedAt === undefined) {
    return ["it has cascades, and no deletedAt: foreign keys say what goes with rows that go"]
  }
  const given: unknown = typeof options === "function" ? (options as () => unknown)() : options
  if (!Array.isArray(given)) return ["its cascades are no function that gives a list of relations"]
  return given.map((one: unknown): Ast.Cascade | string => {
    if (!isRelation(one)) return "a cascade is no relation"
    const { child, from, limit, links, offset, parent, scopes, to, write } = one.plan
    const name = `the cascade from ${from.identifier} to ${to.identifier}`
    const table = tableOf(to)
    if (tableOf(from) !== own) return `${name} is of another model`
    if (write !== "after" || links.length > 0 || scopes.length > 0 || limit !== undefined || offset !== undefined) {
      return `${name} is no hasMany or hasOne of all rows`
    }
    if (table.deletedAt === undefined) return `${name} leads to rows that are not kept when they are deleted`
    if (table.guards?.some(({ on }) => on !== "insert" && on !== "bulkInsert") === true) {
      return `${name} would delete and restore rows without asking the guards of ${to.identifier}: keep them in a Layer (Signals.guard), or delete and restore these rows by themselves`
    }
    return { table, parent, child }
  })
}
