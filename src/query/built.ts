/**
 * Queries as values: a select with the sources that its callbacks see.
 */
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Database from "../Database.js"
import type { ReadFailure } from "../DbError.js"
import { invalid, SubqueryId } from "../expr/core.js"
import type { Subquery } from "../expr/core.js"
import type * as Source from "../Source.js"
import type { ColumnsId, RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { draftOf } from "../sql/nodes.js"
import type { Draft } from "../sql/nodes.js"
import { Rebinding } from "../sql/rebinding.js"
import type { Scope } from "./scope.js"

declare const scopeId: unique symbol
declare const joinsId: unique symbol

/**
 * A select: `A` the row, `S` the root source, `J` what was joined, by alias, `R` what it requires beside `Database`. `yield*` runs it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Query<out A, out S = any, out J = {}, out R = never>
  extends Effect.Effect<ReadonlyArray<A>, ReadFailure, Database.Database | R>, Subquery<A, R>
{
  readonly [scopeId]: S
  readonly [joinsId]: J
}

/** Columns of a query used as a source: the model's own while it yields the model, else its row's. */
export type OutputColumns<A, S> = S extends Source.Any ? [A] extends [S[typeof RowId]] ? S[typeof ColumnsId] : A : A

/** What was joined under one alias. */
export type Named<K extends string, S> = { readonly [P in K]: S }

/** What was joined, where any of it may be missing in a row. */
export type Optionals<J> = { readonly [K in keyof J]: J[K] extends Source.Any ? Source.Optional<J[K]> : never }

/** Any query: what combinators work on. */
export type Any = Query<any, any, any, any>

/** A callback that is being asked, with the queries that were found in it to be of its own sources. */
interface Asked {
  readonly scope: Scope
  readonly within: Asked | undefined
  apart: Map<Built, Built> | undefined
}

let asked: Asked | undefined

/** What a callback gives for the columns of a scope. */
export const asks = <X>(scope: Scope, callback: unknown): X => {
  const within = asked
  asked = { scope, within, apart: undefined }
  try {
    return (callback as (root: object, joined: object) => X)(scope.root, scope.joined)
  } finally {
    asked = within
  }
}

/** In a callback over its own sources a query is another use of them, as else the callback's columns would be taken for the query's. */
const apartOf = (built: Built, asked: Asked): Built => {
  const known = asked.apart?.get(built)
  if (known !== undefined) return known
  const { refs } = built.ownScope
  let found = built
  for (let one: Asked | undefined = asked; one !== undefined && found === built; one = one.within) {
    if (one.scope.refs.some((ref) => refs.includes(ref))) {
      const rebinding = new Rebinding(refs)
      found = new Built(rebinding.copy(built.ownAst), built.ownScope.rebound(rebinding))
    }
  }
  asked.apart ??= new Map()
  asked.apart.set(built, found)
  return found
}

class Built extends Effectable.Class<ReadonlyArray<any>, ReadFailure, Database.Database> {
  constructor(readonly ownAst: Ast.Select, readonly ownScope: Scope) {
    super()
  }
  get ast(): Ast.Select {
    return asked === undefined ? this.ownAst : apartOf(this, asked).ownAst
  }
  get scope(): Scope {
    return asked === undefined ? this.ownScope : apartOf(this, asked).ownScope
  }
  commit() {
    return asking(this.ownAst, Effect.succeed)
  }
  get [SubqueryId](): true {
    return true
  }
}

export const isQuery = (value: unknown): value is Any => value instanceof Built

export const scopeOf = (query: Any): Scope => (query as unknown as Built).scope

/** Runs the select, and goes on with its rows. */
export const asking = <A, E = never, R = never>(
  ast: Ast.Select,
  then: (rows: ReadonlyArray<any>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | ReadFailure, R | Database.Database> =>
  Database.run(ast, ({ rows }) => then(rows)) as Effect.Effect<A, E | ReadFailure, R | Database.Database>

export const build = (ast: Ast.Select, scope: Scope): any => new Built(ast, scope)

/** The query with clauses that are set in a copy of its select. */
export const change = (query: Any, set: (draft: Draft) => void): any => {
  const draft = draftOf(query.ast)
  set(draft)
  return build(draft, scopeOf(query))
}

/** A query that cannot be said. */
export const refused = (query: Any, problem: string): Any =>
  change(query, (draft) => {
    draft.where = invalid(problem)
    draft.includes = []
  })

/** The select of a query that others read from: what is loaded beside its rows is not among its columns. */
export const readable = (query: Any): Ast.Select =>
  query.ast.includes.length === 0
    ? query.ast
    : refused(query, "a query that others read from has relations: include them where the rows are asked for").ast

/** What a callback gives for a query's columns. */
export const call = <X>(query: Any, callback: unknown): X => asks(scopeOf(query), callback)
