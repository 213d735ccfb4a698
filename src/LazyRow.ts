/**
 * Rows that are decoded field by field, each when it is first read: for wide rows of which few fields are used.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Field, LazyRow, Model, Query } from "effect-strata"
 *
 * class Document extends Model.Class<Document>("Document")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   title: Schema.NonEmptyString,
 *   body: Schema.parseJson(Schema.Struct({ pages: Schema.Array(Schema.String) }))
 * }, { table: "documents" }) {}
 *
 * const titles = Effect.gen(function*() {
 *   const documents = yield* Query.from(Document).pipe(Query.lazy)
 *   const titles: Array<string> = []
 *   for (const document of documents) titles.push(yield* document.title) // a DecodeError where a title is empty
 *   const [first] = documents
 *   return { titles, first: first === undefined ? undefined : yield* LazyRow.decode(first) } // Document, all of it
 * })
 * ```
 *
 * A field is an `Either`, so that what does not fit is a typed value here, too: `yield*` takes it as any Effect, and `Either.match` takes it at
 * once. It is made at the first reading and kept. The bodies above are neither parsed nor checked.
 *
 * A lazy row is a handle and not data: it is equal to itself only, and its fields are not its own properties, so that `Object.keys` and a spread
 * find none (but the relations that were included), and JSON names them without their values. `decode` makes the row that there would have
 * been without `Query.lazy`.
 *
 * @since 0.1.0
 */
import type * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { DecodeError } from "./DbError.js"
import type * as Source from "./Source.js"
import type { ColumnsId, RowId } from "./Source.js"

/**
 * The key of what decodes all of a row.
 *
 * @since 0.1.0
 * @category type ids
 */
export const TypeId: unique symbol = Symbol.for("effect-strata/LazyRow")

/**
 * A row `A` whose fields `K` are decoded when they are read.
 *
 * @since 0.1.0
 * @category models
 */
export type LazyRow<A, K extends keyof A = keyof A> =
  & { readonly [P in K]: Either.Either<A[P], DecodeError> }
  & { readonly [TypeId]: () => Either.Either<A, DecodeError> }

/**
 * What `Query.lazy` makes of rows `A` of a query whose root source is `S`: of a model's row the columns are fields, and not its methods.
 *
 * @since 0.1.0
 * @category models
 */
export type Of<A, S> = [S] extends [Source.Any]
  ? [A, S[typeof RowId]] extends [S[typeof RowId], A] ? LazyRow<A, keyof S[typeof ColumnsId] & keyof A> : LazyRow<A>
  : LazyRow<A>

/**
 * The row that a lazy row decodes to; others are what they are.
 *
 * @since 0.1.0
 * @category models
 */
export type Decoded<A> = A extends { readonly [TypeId]: () => Either.Either<infer B, DecodeError> } ? B : A

/**
 * All of a row, as it would have been without `Query.lazy`; made once. The DecodeError is of the first column that does not fit.
 *
 * @since 0.1.0
 * @category running
 */
export const decode = <A>(
  row: { readonly [TypeId]: () => Either.Either<A, DecodeError> }
): Either.Either<A, DecodeError> => row[TypeId]()

/**
 * Whether something is a lazy row.
 *
 * @since 0.1.0
 * @category guards
 */
export const isLazyRow = (value: unknown): value is { readonly [TypeId]: () => Either.Either<unknown, DecodeError> } =>
  Predicate.hasProperty(value, TypeId)
