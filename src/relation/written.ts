/**
 * What a write through a relation is to know of its types.
 */
import type * as Model from "../Model.js"
import type { WrittenId } from "./definition.js"

/** The names of columns that a key is said by. */
export type KeyNames<K> = K extends string ? K : keyof K & string

type Get<R, K extends string> = R extends { readonly [WrittenId]?: infer W }
  ? W extends { readonly [P in K]: infer A } ? A : never
  : never

/** The columns of `To` that a relation fills. */
export type ChildKey<R> = Get<R, "child">

/** The columns of `From` that a relation fills. */
export type ParentKey<R> = Get<R, "parent">

/** What the rows that link take. */
export type LinkColumns<R> = Get<R, "link">

/** The relations that are included in a relation. */
export type Included<R> = [Get<R, "includes">] extends [never] ? {} : Get<R, "includes">

/** What a link's insert takes beside the two keys. */
export type Beside<L extends Model.Any, From, To> = Omit<Model.Insert<L>, KeyNames<From> | KeyNames<To>>
