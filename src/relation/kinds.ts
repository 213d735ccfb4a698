/**
 * The kinds of relations, and how each is keyed.
 */
import type { Columns } from "../expr/core.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type * as Source from "../Source.js"
import type { ColumnsId, RowId } from "../Source.js"
import { change, fromPlan, refused } from "./definition.js"
import type { Cardinality, Plan, Relation } from "./definition.js"
import { problemOf, sides } from "./keys.js"
import type { ColumnsHolding, Held, Known, Link } from "./keys.js"
import type { Beside, KeyNames } from "./written.js"

type Row<M extends Source.Any> = M[typeof RowId]

/** The columns of `M` that a key names. */
type Holding<M extends Source.Any, K> = K extends string ? M[typeof ColumnsId][K & keyof M[typeof ColumnsId]]
  : M[typeof ColumnsId][keyof K & keyof M[typeof ColumnsId]]

/**
 * What `hasMany` gives: a relation to the rows whose columns `K` hold the key.
 *
 * @since 0.1.0
 * @category models
 */
export interface HasMany<out F extends Model.Any, out T extends Model.Any, K>
  extends Relation<F, T, "many", Row<T>, {}, { readonly child: KeyNames<K> }>
{}

/**
 * What `hasOne` gives: a relation to the row whose columns `K` hold the key.
 *
 * @since 0.1.0
 * @category models
 */
export interface HasOne<out F extends Model.Any, out T extends Model.Any, K>
  extends Relation<F, T, "option", Row<T>, {}, { readonly child: KeyNames<K> }>
{}

/**
 * What `belongsTo` gives: a relation to the row whose key the columns `K` hold; `C` is `"option"` where they may be null.
 *
 * @since 0.1.0
 * @category models
 */
export interface BelongsTo<out F extends Model.Any, out T extends Model.Any, K, out C extends "one" | "option">
  extends Relation<F, T, C, Row<T>, {}, { readonly parent: KeyNames<K> }>
{}

type OneOrOption<A> = null extends Held<A> ? "option" : "one"

/** The row may have been deleted, and kept. */
type Found<T extends Model.Any, A> = T[typeof Model.TypesId]["keepsDeleted"] extends true ? "option" : OneOrOption<A>

/** A relation with nothing said of it yet. */
export const build = (
  plan: Pick<Plan, "from" | "to" | "cardinality" | "parent" | "child"> & Partial<Plan>,
  given?: string
): Relation<any, any, any, any, any, any> => {
  const whole = {
    scopes: [],
    beside: undefined,
    links: [],
    isDistinct: false,
    orders: [],
    limit: undefined,
    offset: undefined,
    includes: {},
    ...plan
  }
  return fromPlan({ ...whole, problem: given === undefined ? whole.problem ?? problemOf(whole) : refused(plan, given) })
}

const toMany =
  (cardinality: "many" | "option") => (from: Model.Any, to: Model.Any, key: unknown): Relation<any, any, any, any> => {
    const [child, parent, given] = sides(to, from, key)
    return build({ from, to, cardinality, parent, child, write: "after" }, given)
  }

/**
 * Each `From` has any number of `To`; `key` is the column of `To` that holds the key of `From`, or of a composite key a record from the columns of
 * `To` to those of `From`: `Relation.hasMany(Place, Shop, { country: "country", placeCode: "code" })`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const hasMany: <
  F extends Model.Any,
  T extends Model.Any,
  const K extends (ColumnsHolding<T, Model.Key<F>> & string) | Link<F, T>
>(
  from: F,
  to: T,
  key: K
) => HasMany<F, T, K> = toMany("many") as never

/**
 * Each `From` has at most one `To`; `key` is the column of `To` that holds the key of `From`, or a record as in `hasMany`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const hasOne: <
  F extends Model.Any,
  T extends Model.Any,
  const K extends (ColumnsHolding<T, Model.Key<F>> & string) | Link<F, T>
>(
  from: F,
  to: T,
  key: K
) => HasOne<F, T, K> = toMany("option") as never

/**
 * Each `From` belongs to one `To`; `key` is the column of `From` that holds the key of `To`, or of a composite key a record from the columns of
 * `From` to those of `To`: `Relation.belongsTo(Shop, Place, { country: "country", placeCode: "code" })`. A key that may be null, or a part of which may
 * be, may lead nowhere, and so may one to a model that keeps its deleted rows: `Relation.withDeleted` finds these, too.
 *
 * @since 0.1.0
 * @category constructors
 */
export const belongsTo = <
  F extends Model.Any,
  T extends Model.Any,
  const K extends (ColumnsHolding<F, Model.Key<T>> & string) | Link<T, F>
>(
  from: F,
  to: T,
  key: K & Known<F, K>
): BelongsTo<F, T, K, Found<T, Holding<F, K>>> => {
  const [parent, child, given] = sides(from, to, key)
  const mayBeNone = parent.some((column) => column.type.nullable) || tableOf(to).deletedAt !== undefined
  const cardinality = mayBeNone ? "option" : "one"
  return build({ from, to, cardinality, parent, child, write: "before" }, given) as never
}

/** What a name is refused as that is a column's. */
export interface IsColumn<Name> {
  readonly isColumn: Name
}

/** Refuses the name of a column. */
type NoColumn<M extends Source.Any, N> = N extends keyof M[typeof ColumnsId] ? IsColumn<N> : unknown

/**
 * Rows of a third model link the two: `through` is that model, `from` its column that holds the key of `From`, `to` the one that holds the
 * key of `To`; of composite keys records from its columns to theirs.
 *
 * With `as` the related rows carry the row that links them under that name, and callbacks get its columns:
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Expr, Field, Model, Relation } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({ id: Schema.Int.pipe(Field.primaryKey) }) {}
 * class Group extends Model.Class<Group>("Group")({ id: Schema.Int.pipe(Field.primaryKey) }) {}
 * class Membership extends Model.Class<Membership>("Membership")({
 *   userId: Schema.Int.pipe(Field.primaryKey),
 *   groupId: Schema.Int.pipe(Field.primaryKey),
 *   since: Schema.Int
 * }) {}
 *
 * const userGroups = Relation.manyToMany(User, Group, {
 *   through: Membership,
 *   from: "userId",
 *   to: "groupId",
 *   as: "membership"
 * })
 * // rows are Group & { membership: Membership }
 * const byTime = userGroups.pipe(Relation.orderBy((_, { membership }) => Expr.asc(membership.since)))
 * ```
 *
 * A row comes once for each row that links it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const manyToMany = <
  F extends Model.Any,
  T extends Model.Any,
  L extends Model.Any,
  const N extends string = never,
  const KF extends (ColumnsHolding<L, Model.Key<F>> & string) | Link<F, L> = never,
  const KT extends (ColumnsHolding<L, Model.Key<T>> & string) | Link<T, L> = never
>(
  from: F,
  to: T,
  link: {
    readonly through: L
    readonly from: KF
    readonly to: KT
    readonly as?: N & NoColumn<T, N>
  }
): Relation<
  F,
  T,
  "many",
  [N] extends [never] ? Row<T> : Row<T> & { readonly [K in N]: Row<L> },
  { readonly [K in N]: Columns<L> },
  { readonly link: Beside<L, KF, KT> }
> => {
  const { as, through } = link
  const [child, parent, one] = sides(through, from, link.from)
  const [columns, next, other] = sides(through, to, link.to)
  const table = tableOf(through)
  return build(
    {
      from,
      to,
      cardinality: "many",
      parent,
      child,
      write: { model: through, from: child, to: columns, ...(as === undefined ? {} : { as }) },
      links: [{
        source: () => through,
        takesWithin: false,
        key: table.primaryKey,
        columns,
        next,
        scopes: [],
        beside: undefined
      }],
      beside: as === undefined ? undefined : { name: as, column: undefined, before: 1 }
    },
    one ?? other ??
      (as !== undefined && as in tableOf(to).byProperty ? `is to give ${as}, which is a column already` : undefined)
  )
}

/**
 * A relation to the related rows with those that were deleted and kept (`Model.softDelete`). Of rows that link the two, and of those of relations further
 * in, it says nothing. A tree goes through deleted rows, too.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withDeleted = <
  F extends Model.Any,
  T extends Model.KeepsDeleted,
  C extends keyof Cardinality<any>,
  A,
  Beside,
  W
>(
  relation: Relation<F, T, C, A, Beside, W>
): Relation<F, T, C, A, Beside, W> => {
  const { plan } = relation
  const { links } = plan
  return change(relation, {
    withDeleted: true,
    // A tree's steps are its rows.
    links: links.map((link, i) => i === links.length - 1 && link.withDeleted !== undefined ? link.withDeleted() : link),
    ...(tableOf(plan.to).deletedAt === undefined
      ? { problem: refused(plan, "is to be withDeleted, and its rows are not kept when they are deleted") }
      : {})
  })
}
