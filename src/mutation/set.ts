/**
 * What an update sets.
 */
import type { Columns, Joined, Operand, ValueOf } from "../expr/core.js"
import type * as Model from "../Model.js"
import type { ColumnsId, NeedsId } from "../Source.js"
import { Default as AstDefault } from "../sql/ast.js"
import type { Unfinished, WithoutWhere } from "./pending.js"
import { setting } from "./pending.js"

/**
 * The value of a column that has a default: what an insert would put there that says nothing of it (`default`; on SQLite what the model
 * declares). A column that the Clock fills has its time.
 *
 * @since 0.1.0
 * @category constants
 */
export const Default: typeof AstDefault = AstDefault

/** `Default`, of a column that an insert may leave out. */
type DefaultOf<M extends Model.Any, K> = K extends keyof Model.Insert<M>
  ? {} extends Pick<Model.Insert<M>, K> ? typeof Default : never
  : never

type Updatable<M extends Model.Any> = keyof Model.Update<M> & keyof M[typeof ColumnsId]

/** Values of some columns. */
type Values<M extends Model.Any> = {
  readonly [K in keyof Model.Update<M>]: Model.Update<M>[K] | DefaultOf<M, K>
}

/** What a callback of `set` gives. */
export type Assignments<M extends Model.Any> = {
  readonly [K in Updatable<M>]?: Operand<ValueOf<M[typeof ColumnsId][K]>, unknown> | DefaultOf<M, K>
}

/** What the expressions of assignments require. */
export type AssignmentNeeds<Y> = {
  [K in keyof Y]: [Y[K]] extends [never] ? never : Y[K] extends { readonly [NeedsId]: infer R } ? R : never
}[keyof Y]

/** In it `undefined` still passes, so that `Checked` can refuse it whether `exactOptionalPropertyTypes` is on or off. */
export type Draft<V> = { readonly [K in keyof V]?: V[K] | undefined }
export type Checked<V, X> = [X] extends [Strict<V, X>] ? X : [V] extends [X] ? V : Strict<V, X>
type Strict<V, X> = {
  readonly [K in keyof X]: K extends keyof V ? Required<V>[K] : `"${K & string}" is no column that an update can set`
}

/**
 * What an update sets: values, checked by the model's `update` schema, or a callback that gives expressions. `Default` puts back a column's
 * default.
 *
 * @since 0.1.0
 * @category combinators
 */
export const set = <
  M extends Model.Any,
  J,
  const X extends Draft<Values<M>>,
  Y extends Draft<Assignments<M>> = {}
>(
  values: Checked<Values<M>, X> | ((columns: Columns<M>, joined: Joined<J>) => Checked<Assignments<M>, Y>)
) =>
<R>(self: Unfinished<"set", M, J, R>): WithoutWhere<M, J, R | AssignmentNeeds<Y>> => setting(self, values)
