/**
 * Updates and deletes that are still being said: what to set, beside which sources, of which rows.
 */
import * as Effect from "effect/Effect"
import type * as Pipeable from "effect/Pipeable"
import { pipeArguments } from "effect/Pipeable"
import * as Either from "effect/Either"
import { ConfigurationError } from "../DbError.js"
import type { WriteFailure } from "../DbError.js"
import * as Settled from "../effect/settled.js"
import * as Comparison from "../expr/comparison.js"
import { columnsOf, invalid, nodeOf } from "../expr/core.js"
import type { Columns, Condition, Joined } from "../expr/core.js"
import * as Filter from "../Filter.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type { Named } from "../query/built.js"
import { Scope, useOf } from "../query/scope.js"
import type * as Source from "../Source.js"
import { Describe } from "../Source.js"
import type { NeedsId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import { selectOver } from "../sql/nodes.js"
import { changeOf } from "./filling.js"
import type { Filling } from "./filling.js"
import * as Input from "./input.js"
import { make, refOf, rowOf } from "./made.js"
import type { Make, Mutation } from "./made.js"

declare const joinsId: unique symbol
declare const needsId: unique symbol

/**
 * An update or a delete that lacks something; `J` is what was joined, by alias. Not an Effect, so it cannot run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Unfinished<out Missing extends "set" | "where", out M extends Model.Any, out J = {}, out R = never>
  extends Pipeable.Pipeable
{
  readonly model: M
  readonly missing: Missing
  readonly [joinsId]: J
  readonly [needsId]: R
}

/**
 * An update that says nothing yet: it needs `set`, then `where` or `all`. Not an Effect, so it cannot run.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpdateWithoutSet<out M extends Model.Any, out J = {}, out R = never>
  extends Unfinished<"set", M, J, R>
{}

/**
 * An update or a delete of no rows yet: it needs `where` or `all`. Not an Effect, so it cannot run.
 *
 * @since 0.1.0
 * @category models
 */
export interface WithoutWhere<out M extends Model.Any, out J = {}, out R = never>
  extends Unfinished<"where", M, J, R>
{}

/** A source beside the model's table, its callback not yet called. */
interface Joining {
  readonly alias: string
  readonly source: Source.Any
  readonly on: (root: object, joined: object) => unknown
}

/** What `values` has are those of an update; a delete has none. */
class Pending {
  constructor(
    readonly model: Model.Any,
    readonly missing: "set" | "where",
    readonly joins: ReadonlyArray<Joining>,
    readonly values: unknown
  ) {}
  pipe() {
    return pipeArguments(this, arguments)
  }
}

const none: ReadonlyArray<Joining> = []
const deletes: unique symbol = Symbol()
const purges: unique symbol = Symbol()
const restores: unique symbol = Symbol()
const everything: unique symbol = Symbol()

/**
 * An update of a model's rows: `set` what, then `where`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const update = <M extends Model.Any>(model: M): UpdateWithoutSet<M> =>
  new Pending(model, "set", none, undefined) as never

/**
 * A delete of a model's rows for good, where deletes keep them: `where` which, those that were deleted before among them. What else refers to the
 * rows is left to the database's foreign keys.
 *
 * @since 0.1.0
 * @category constructors
 */
export const purge = <M extends Model.KeepsDeleted>(model: M): WithoutWhere<M> =>
  new Pending(model, "where", none, purges) as never

/**
 * Brings back rows that were deleted and kept: `where` which of those. What was deleted with them (the model's `cascades`, at the same moment) comes
 * back with them, in one transaction. A row of which another living one has the key by now is a UniqueViolation.
 *
 * @since 0.1.0
 * @category constructors
 */
export const restore = <M extends Model.KeepsDeleted>(model: M): WithoutWhere<M> =>
  new Pending(model, "where", none, restores) as never

const remove = <M extends Model.Any>(model: M): WithoutWhere<M> => new Pending(model, "where", none, deletes) as never

export {
  /**
   * A delete of a model's rows: `where` which.
   *
   * Rows of a model with `Model.softDelete` are kept: it becomes `update … set deleted_at = …` of those that live, and what the model's `cascades`
   * name goes with them, in one transaction. Then `returning` gives them as they are after it.
   *
   * @since 0.1.0
   * @category constructors
   */
  remove as delete
}

/** The same with what it sets. */
export const setting = (self: unknown, values: unknown): any => {
  const { joins, model } = self as Pending
  return new Pending(model, "where", joins, values)
}

/**
 * Puts an update or a delete beside another source: a model, or a query as a table. What is set and which rows are meant can then depend on the
 * rows of both.
 *
 * PostgreSQL: `update … from`, `delete … using`; SQLite: `update … from`, `delete … where exists (…)`; MySQL and MariaDB: `update … join`,
 * `delete … from … join`. A row is changed, and counted, once, however many rows of the other source belong to it; where several do, the
 * database chooses which of them the new values come from: join on what is unique. What is returned is the row of the model.
 *
 * @since 0.1.0
 * @category combinators
 */
export const innerJoin = <const K extends string, T extends Source.Any, M extends Model.Any, J, R1 = never>(
  alias: K,
  source: T,
  on: (root: Columns<M>, joined: Joined<J & Named<K, T>>) => Condition<R1>
) =>
<Missing extends "set" | "where", R>(
  self: Unfinished<Missing, M, J, R>
): Unfinished<Missing, M, J & Named<K, T>, R | R1 | T[typeof NeedsId]> => {
  const { joins, missing, model, values } = self as unknown as Pending
  return new Pending(model, missing, [...joins, { alias, source, on: on as never }], values) as never
}

/** The sources of a statement, as its callbacks see them, and its joins. */
interface Beside {
  readonly scope: Scope
  readonly joins: ReadonlyArray<Ast.InnerJoin>
}

const besideOf = (model: Model.Any, ref: Ast.Ref, joinings: ReadonlyArray<Joining>): Beside => {
  let scope = new Scope(useOf(model, ref), rowOf(model, ref))
  const joins = joinings.map(({ alias, on, source }): Ast.InnerJoin => {
    const own: Ast.Ref = { hint: alias }
    const isTaken = scope.uses.has(alias)
    scope = scope.joining(alias, useOf(source, own))
    return {
      source: sourceOf(source[Describe], own),
      on: isTaken
        ? invalid(`two joins are called ${alias}: give one another alias`)
        : nodeOf(on(scope.root, scope.joined))
    }
  })
  return { scope, joins }
}

/** Not every database lets `with` stand before an update: a common table expression is read in a query of its own. */
const sourceOf = (description: Source.Description, ref: Ast.Ref): Ast.Source => {
  const source = description.source(ref)
  if (source._tag !== "CteSource") return source
  const inner: Ast.Ref = { hint: description.hint }
  return {
    _tag: "DerivedSource",
    ref,
    body: selectOver(description.source(inner), description.row(inner, false)),
    lateral: false
  }
}

const conditionOf = (model: Model.Any, ref: Ast.Ref, beside: Beside | undefined, scope: unknown): Ast.Expression => {
  const condition = typeof scope === "function" && beside !== undefined
    ? nodeOf(scope(beside.scope.root, beside.scope.joined))
    : Filter.ofScope(model, ref, scope)
  return Comparison.isAlways(condition)
    ? Filter.invalid([], "asks for nothing: use Mutation.all where all rows are meant")
    : condition
}

const statementOf = ({ joins, model, values }: Pending, scope: unknown): Make => (filling) => {
  const ref = refOf(model)
  const beside = joins.length === 0 ? undefined : besideOf(model, ref, joins)
  const whereOf = () => scope === everything ? undefined : conditionOf(model, ref, beside, scope)
  if (values === deletes || values === purges || values === restores) {
    return goneOrBack(model, ref, beside, values, whereOf, filling)
  }
  const given = typeof values !== "function"
    ? values
    : beside === undefined
    ? values(columnsOf(model[Describe], ref, false))
    : values(beside.scope.root, beside.scope.joined)
  return Settled.flatMap(
    Input.assignments(model, ref, given, filling),
    (set): Effect.Effect<Statement, WriteFailure> => Effect.succeed(updateOf(model, ref, set, beside, whereOf()))
  )
}

const updateOf = (
  model: Model.Any,
  ref: Ast.Ref,
  set: ReadonlyArray<Ast.Assignment>,
  beside: Beside | undefined,
  where: Ast.Expression | undefined
): Ast.Update => {
  const statement: Ast.Update = { _tag: "Update", table: tableOf(model), ref, set, where, returning: undefined }
  return beside === undefined ? statement : { ...statement, joins: beside.joins }
}

/** Deletes of rows that go or are kept, and what brings these back. */
const goneOrBack = (
  model: Model.Any,
  ref: Ast.Ref,
  beside: Beside | undefined,
  kind: typeof deletes | typeof purges | typeof restores,
  where: () => Ast.Expression | undefined,
  filling: Filling
): Effect.Effect<Statement, WriteFailure> => {
  const table = tableOf(model)
  const { deletedAt } = table
  const joins = beside === undefined ? {} : { joins: beside.joins }
  const gone = (more: Partial<Ast.Delete>) =>
    Effect.succeed<Ast.Delete>({ _tag: "Delete", table, ref, where: where(), returning: undefined, ...joins, ...more })
  if (deletedAt === undefined) {
    return kind !== restores ? gone({}) : Effect.fail(
      new ConfigurationError({ problem: `${model.identifier} keeps no rows that are deleted, so none can be restored` })
    )
  }
  if (kind === purges) return gone({ rows: "all" })
  const change = changeOf(table, deletedAt, ref, kind === deletes, filling)
  if (Either.isLeft(change)) return Effect.fail(change.left)
  if (kind === deletes) return gone({ instead: change.right })
  const { follow, set } = change.right
  return Effect.succeed<Ast.Update>({
    ...updateOf(model, ref, set, beside, where()),
    rows: "deleted",
    ...(follow.length === 0 ? {} : { restores: follow })
  })
}

/**
 * Of which rows: a filter object, or a callback over the columns, and over those of what was joined.
 *
 * A filter without any entry is refused (ValidationError): `all` says that all rows are meant.
 *
 * @since 0.1.0
 * @category combinators
 */
export const where = <M extends Model.Any, J, const X extends Filter.Draft<M>, R1 = never>(
  scope: ((root: Columns<M>, joined: Joined<J>) => Condition<R1>) | Filter.Checked<M, X>
) =>
<R>(self: Unfinished<"where", M, J, R>): Mutation<number, M, R | R1> =>
  make(self.model, statementOf(self as unknown as Pending, scope), "affected")

/**
 * Of all rows; beside a join, of all to which something belongs.
 *
 * @since 0.1.0
 * @category combinators
 */
export const all = <M extends Model.Any, J, R>(self: Unfinished<"where", M, J, R>): Mutation<number, M, R> =>
  make(self.model, statementOf(self as unknown as Pending, everything), "affected")
