/**
 * Native arrays: what their items are, and what may stand beside them.
 */
// @effect-diagnostics floatingEffect:off
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { Expr, Field, Model, Mutation, Query } from "effect-strata"
import { given, is } from "./support.js"
import type { RowOf } from "./support.js"

class Doc extends Model.Class<Doc>("Doc")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.NullOr(Schema.String),
  tags: Schema.Array(Schema.String).pipe(Field.nativeArray({ _tag: "text" })),
  kinds: Schema.Array(Schema.Literal("a", "b")).pipe(Field.nativeArray({ _tag: "text" })),
  maybe: Schema.Array(Schema.NullOr(Schema.Int)).pipe(Schema.NullOr, Field.nativeArray({ _tag: "integer" })),
  option: Schema.Array(Schema.Int).pipe(Schema.OptionFromNullOr, Field.nativeArray({ _tag: "integer" })),
  times: Schema.Array(Schema.DateTimeUtc).pipe(Field.nativeArray({ _tag: "timestamp" }))
}, { table: "docs" }) {}

const docs = Query.from(Doc)

export const asked = docs.pipe(Query.select((d) => ({
  contains: Expr.arrayContains(d.tags, "a"),
  all: Expr.arrayContains(d.tags, ["a", "b"]),
  column: Expr.arrayContains(d.tags, d.name),
  ofNull: Expr.arrayContains(d.maybe, [1, null]),
  ofOption: Expr.arrayContains(d.option, 1),
  beside: Expr.arrayOverlaps(d.option, d.maybe),
  overlaps: Expr.arrayOverlaps(d.kinds, ["a"]),
  length: Expr.arrayLength(d.tags),
  lengthOfNull: Expr.arrayLength(d.option),
  at: Expr.arrayAt(d.tags, 0),
  kind: Expr.arrayAt(d.kinds, 0),
  instant: Expr.arrayAt(d.times, 1),
  append: Expr.arrayAppend(d.tags, "x"),
  concat: Expr.arrayConcat(d.tags, d.kinds),
  remove: Expr.arrayRemove(d.tags, d.name)
})))
is<RowOf<typeof asked>, {
  readonly contains: boolean
  readonly all: boolean
  readonly column: boolean
  readonly ofNull: boolean | null
  readonly ofOption: boolean | null
  readonly beside: boolean | null
  readonly overlaps: boolean
  readonly length: number
  readonly lengthOfNull: number | null
  readonly at: string | null
  readonly kind: "a" | "b" | null
  readonly instant: DateTime.Utc | null
  readonly append: ReadonlyArray<string>
  readonly concat: ReadonlyArray<string>
  readonly remove: ReadonlyArray<string>
}>(true)

export const elements = docs.pipe(
  Query.elements("one", (d) => d.maybe),
  Query.elements("kind", (d) => d.kinds),
  Query.select((_, { kind, one }) => ({ one: one.value, ordinal: one.ordinal, kind: kind.value }))
)
is<RowOf<typeof elements>, {
  readonly one: number | null
  readonly ordinal: number
  readonly kind: "a" | "b"
}>(true)

// @ts-expect-error no item of the Schema
docs.pipe(Query.where((d) => Expr.arrayContains(d.kinds, "c")))
// @ts-expect-error no items of the Schema
docs.pipe(Query.where((d) => Expr.arrayOverlaps(d.tags, ["a", 1])))
// @ts-expect-error another kind of items
docs.pipe(Query.where((d) => Expr.arrayContains(d.tags, d.id)))
// @ts-expect-error NULL is no item of the Schema
docs.pipe(Query.where((d) => Expr.arrayContains(d.tags, null)))
// @ts-expect-error no array
docs.pipe(Query.pluck((d) => Expr.arrayLength(d.name)))
// @ts-expect-error an index is a number
docs.pipe(Query.pluck((d) => Expr.arrayAt(d.tags, "0")))

// ---- what is put together
const update = Mutation.update(Doc)
given(
  update.pipe(Mutation.set((d) => ({ tags: Expr.arrayAppend(d.tags, "a") }))),
  update.pipe(Mutation.set((d) => ({ maybe: Expr.arrayConcat(d.maybe, [1, null]) }))),
  update.pipe(Mutation.set((d) => ({ option: Expr.arrayAppend(d.option, d.id) }))),
  update.pipe(Mutation.set((d) => ({ kinds: Expr.arrayRemove(d.kinds, "a") }))),
  // @ts-expect-error no item of the Schema
  update.pipe(Mutation.set((d) => ({ kinds: Expr.arrayAppend(d.kinds, "c") }))),
  // @ts-expect-error it may be NULL
  update.pipe(Mutation.set((d) => ({ tags: Expr.arrayAppend(d.tags, d.name) }))),
  // @ts-expect-error another column's items
  update.pipe(Mutation.set((d) => ({ kinds: Expr.arrayConcat(d.kinds, d.tags) }))),
  // @ts-expect-error another column's array
  update.pipe(Mutation.set((d) => ({ kinds: Expr.arrayAppend(d.tags, "a") })))
)
