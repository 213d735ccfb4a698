/**
 * JSON: paths that a Schema has, what stands there, and what can be put there.
 */
// @effect-diagnostics floatingEffect:off
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { Expr, Field, Model, Mutation, Query } from "effect-strata"
import { given, is } from "./support.js"
import type { RowOf } from "./support.js"

class Doc extends Model.Class<Doc>("Doc")({
  id: Schema.Int.pipe(Field.primaryKey),
  settings: Schema.Struct({
    theme: Schema.Literal("light", "dark"),
    tags: Schema.Array(Schema.String),
    nick: Schema.OptionFromNullOr(Schema.String),
    inner: Schema.optional(Schema.Struct({ at: Schema.DateTimeUtc, note: Schema.NullOr(Schema.String) }))
  }),
  pair: Schema.Tuple(Schema.String, Schema.Int),
  shape: Schema.Union(
    Schema.Struct({ kind: Schema.Literal("a"), size: Schema.Int }),
    Schema.Struct({ kind: Schema.Literal("b") })
  ),
  maybe: Schema.OptionFromNullOr(Schema.Struct({ a: Schema.Int })),
  map: Schema.Record({ key: Schema.String, value: Schema.Number }),
  any: Schema.Unknown
}, { table: "docs" }) {}

const docs = Query.from(Doc)

// ---- what stands at a path
export const places = docs.pipe(Query.select((d) => ({
  theme: Expr.at(d.settings, "theme"),
  tags: Expr.at(d.settings, "tags"),
  tag: Expr.at(d.settings, "tags", 0),
  nick: Expr.at(d.settings, "nick"),
  note: Expr.at(d.settings, "inner", "note"),
  instant: Expr.at(Expr.at(d.settings, "inner"), "at"),
  first: Expr.at(d.pair, 0),
  kind: Expr.at(d.shape, "kind"),
  size: Expr.at(d.shape, "size"),
  maybe: Expr.at(d.maybe, "a"),
  value: Expr.at(d.map, "x"),
  any: Expr.at(d.any, "x", 1, "y"),
  type: Expr.jsonType(d.settings, ["tags", 0]),
  has: Expr.jsonHas(d.settings, ["inner", "note"]),
  keys: Expr.jsonKeys(d.settings),
  maybeKeys: Expr.jsonKeys(d.maybe),
  anyKeys: Expr.jsonKeys(d.any),
  length: Expr.jsonLength(Expr.at(d.settings, "tags")),
  anyLength: Expr.jsonLength(d.any),
  contains: Expr.jsonContains(d.settings, { tags: ["a"] }),
  maybeContains: Expr.jsonContains(d.maybe, { a: 1 }),
  rank: Expr.searchRank([Expr.at(d.settings, "theme"), Expr.at(d.settings, "nick")], "a")
})))
is<RowOf<typeof places>, {
  readonly theme: "light" | "dark"
  readonly tags: ReadonlyArray<string>
  readonly tag: string | null
  readonly nick: string | null
  readonly note: string | null
  readonly instant: DateTime.Utc | null
  readonly first: string
  readonly kind: "a" | "b"
  readonly size: number | null
  readonly maybe: number | null
  readonly value: number | null
  readonly any: unknown
  readonly type: "object" | "array" | "string" | "number" | "boolean" | "null" | null
  readonly has: boolean
  readonly keys: ReadonlyArray<string>
  readonly maybeKeys: ReadonlyArray<string> | null
  readonly anyKeys: ReadonlyArray<string> | null
  readonly length: number
  readonly anyLength: number | null
  readonly contains: boolean
  readonly maybeContains: boolean | null
  readonly rank: number
}>(true)

export const elements = docs.pipe(
  Query.elements("tag", (d) => Expr.at(d.settings, "tags")),
  Query.select((_, { tag }) => ({ tag: tag.value, ordinal: tag.ordinal, whole: tag }))
)
is<RowOf<typeof elements>, {
  readonly tag: string
  readonly ordinal: number
  readonly whole: { readonly value: string; readonly ordinal: number }
}>(true)
// @ts-expect-error no array
docs.pipe(Query.elements("tag", (d) => Expr.at(d.settings, "theme")))

docs.pipe(Query.where((d) => Expr.eq(Expr.at(d.settings, "theme"), "dark")))
// @ts-expect-error no value of the Schema
docs.pipe(Query.where((d) => Expr.eq(Expr.at(d.settings, "theme"), "blue")))
// @ts-expect-error no key of the Schema
docs.pipe(Query.where((d) => Expr.eq(Expr.at(d.settings, "thme"), "dark")))
// @ts-expect-error a key of an array
docs.pipe(Query.where((d) => Expr.eq(Expr.at(d.settings, "tags", "length"), "dark")))
// @ts-expect-error an index of an object
docs.pipe(Query.where((d) => Expr.eq(Expr.at(d.settings, 0), "dark")))
// @ts-expect-error no JSON
docs.pipe(Query.where((d) => Expr.isNull(Expr.at(d.id, "x"))))
// @ts-expect-error no key of the Schema
docs.pipe(Query.where((d) => Expr.jsonHas(d.settings, ["inner", "nte"])))
// @ts-expect-error no property of the Schema
docs.pipe(Query.where((d) => Expr.jsonContains(d.settings, { thme: "dark" })))
// @ts-expect-error no value of the Schema
docs.pipe(Query.where((d) => Expr.jsonContains(d.settings, { theme: "blue" })))
// @ts-expect-error no text
docs.pipe(Query.where((d) => Expr.search([d.id], "x")))

// ---- what is put there
const update = Mutation.update(Doc)
given(
  update.pipe(Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["theme"], "dark") }))),
  update.pipe(Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["inner", "note"], null) }))),
  update.pipe(Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["tags", 0], Expr.at(d.settings, "theme")) }))),
  update.pipe(Mutation.set((d) => ({ maybe: Expr.jsonSet(d.maybe, ["a"], 1) }))),
  update.pipe(Mutation.set((d) => ({ map: Expr.jsonRemove(Expr.jsonSet(d.map, ["x"], 1), ["y"]) }))),
  // @ts-expect-error no value of the Schema
  update.pipe(Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["theme"], "blue") }))),
  // @ts-expect-error it may not be null
  update.pipe(Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["theme"], null) }))),
  // @ts-expect-error no key of the Schema
  update.pipe(Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["thme"], "dark") }))),
  // @ts-expect-error another column's JSON
  update.pipe(Mutation.set((d) => ({ settings: Expr.jsonSet(d.map, ["x"], 1) })))
)
