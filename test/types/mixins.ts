/**
 * Mixins: what they add to rows and variants, what writes then require and fail with, and what only their models have.
 */
import type { CurrentActor, Database, DbError } from "effect-strata"
import { Expr, Field, Model, Mutation, Query, Relation, Repository } from "effect-strata"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { given, is } from "./support.js"

class Plain extends Model.Class<Plain>("Plain")({ id: Schema.Int.pipe(Field.primaryKey), name: Schema.String }) {}

class Page extends Model.Class<Page>("Page")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  title: Schema.String,
  ...Model.timestamps,
  ...Model.softDelete,
  ...Model.versioned,
  ...Model.audited(Schema.NumberFromString)
}, { cascades: () => [pageParts] }) {}

class Part extends Model.Class<Part>("Part")({
  page: Schema.Int.pipe(Field.primaryKey),
  place: Schema.Int.pipe(Field.primaryKey),
  removedAt: Field.deletedAt(Schema.OptionFromNullOr(Schema.DateTimeUtc)),
  revision: Schema.Int.pipe(Field.version),
  madeBy: Field.fromActor("insert")(Schema.String)
}) {}

const pageParts = Relation.hasMany(Page, Part, "page")
const partPage = Relation.belongsTo(Part, Page, "page")

type EffectOf<X> = X extends Effect.Effect<infer A, infer E, infer R> ? { readonly a: A; readonly e: E; readonly r: R }
  : never

// ---- rows and variants
is<Page["deletedAt"], DateTime.Utc | null>(true)
is<Page["version"], number>(true)
is<Page["createdBy"], number>(true)
is<Part["removedAt"], Option.Option<DateTime.Utc>>(true)
is<Model.Insert<typeof Plain>, { readonly id: number; readonly name: string }>(true)
type Filled = "createdAt" | "updatedAt" | "deletedAt" | "version" | "createdBy" | "updatedBy"
is<keyof typeof Page.insert.Type, "title" | Filled>(true)
given(Mutation.insert(Page, { title: "x", version: 4, createdBy: 1, deletedAt: null }))
is<keyof Model.Update<typeof Page>, "id" | "title" | "createdAt" | "updatedAt" | "createdBy" | "updatedBy">(true)
is<keyof Model.Update<typeof Part>, "page" | "place" | "madeBy">(true)
is<keyof typeof Page.jsonCreate.Type, "title">(true)
is<keyof typeof Page.jsonUpdate.Type, "title">(true)
is<keyof typeof Page.json.Type, "id" | "title" | Filled>(true)
// @ts-expect-error no update sets a version
Mutation.update(Page).pipe(Mutation.set({ version: 2 }))
// @ts-expect-error nor when a row was deleted
Mutation.update(Page).pipe(Mutation.set({ deletedAt: null }))

// ---- what writes require
is<Model.Needs<typeof Page>, CurrentActor.CurrentActor>(true)
is<Model.Needs<typeof Part>, CurrentActor.CurrentActor>(true)
is<Model.Needs<typeof Plain>, never>(true)
const insert = Mutation.insert(Page, { title: "x" })
is<EffectOf<typeof insert>["r"], Database.Database | CurrentActor.CurrentActor>(true)
const plain = Mutation.insert(Plain, { id: 1, name: "x" })
is<EffectOf<typeof plain>["r"], Database.Database>(true)

// ---- rows as they were read
is<Model.AsRead<typeof Page>, { readonly id: number; readonly version: number }>(true)
is<Model.AsRead<typeof Part>, { readonly page: number; readonly place: number; readonly revision: number }>(true)
is<Model.AsRead<typeof Plain>, never>(true)
const pages = Repository.make(Page)
const parts = Repository.make(Part)
const plains = Repository.make(Plain)
declare const page: Page
declare const part: Part
const asRead = pages.update(page, { title: "y" })
const byKey = pages.update(1, { title: "y" })
is<Extract<EffectOf<typeof asRead>["e"], DbError.StaleRow>, DbError.StaleRow>(true)
is<Extract<EffectOf<typeof asRead>["e"], DbError.RowNotFound>, never>(true)
is<Extract<EffectOf<typeof byKey>["e"], DbError.StaleRow>, never>(true)
is<Extract<EffectOf<typeof byKey>["e"], DbError.RowNotFound>, DbError.RowNotFound>(true)
const ofTwo = parts.update(part, { madeBy: "x" })
const ofTwoByKey = parts.update({ page: 1, place: 2 }, { madeBy: "x" })
is<Extract<EffectOf<typeof ofTwo>["e"], DbError.StaleRow>, DbError.StaleRow>(true)
is<Extract<EffectOf<typeof ofTwoByKey>["e"], DbError.StaleRow>, never>(true)
const saved = pages.save(page)
const savedNew = pages.save({ title: "x" })
is<Extract<EffectOf<typeof saved>["e"], DbError.StaleRow>, DbError.StaleRow>(true)
is<Extract<EffectOf<typeof savedNew>["e"], DbError.StaleRow>, never>(true)
const gone = pages.delete({ id: 1, version: 2 })
is<Extract<EffectOf<typeof gone>["e"], DbError.StaleRow>, DbError.StaleRow>(true)
// @ts-expect-error a model that counts no writes has no rows as they were read
given(plains.update({ id: 1, version: 1 }, { name: "x" }))
const written = Mutation.update(Page).pipe(Mutation.set({ title: "z" }), Mutation.atVersion({ id: 1, version: 2 }))
is<EffectOf<typeof written>["a"], Page>(true)
// @ts-expect-error the version is missing
given(Mutation.update(Page).pipe(Mutation.set({ title: "z" }), Mutation.atVersion({ id: 1 })))
// @ts-expect-error it counts no writes
given(Mutation.update(Plain).pipe(Mutation.set({ name: "z" }), Mutation.atVersion({ id: 1, version: 1 })))

// ---- rows that were deleted
const all = Query.from(Page).pipe(Query.withDeleted)
is<typeof all, Query.Query<Page, typeof Page>>(true)
given(Query.from(Page).pipe(Query.where({ id: 1 }), Query.onlyDeleted, Query.include({ parts: pageParts })))
// @ts-expect-error its rows are not kept
Query.from(Plain).pipe(Query.withDeleted)
// @ts-expect-error its rows are not kept
Model.withDeleted(Plain)
// @ts-expect-error its rows are not kept
Mutation.restore(Plain)
// @ts-expect-error its rows are not kept
Mutation.purge(Plain)
// @ts-expect-error its rows are not kept
plains.restore(1)
// @ts-expect-error its rows are not kept
plains.withDeleted.list()
const restored = parts.restore({ page: 1, place: 2 })
is<EffectOf<typeof restored>["a"], Part>(true)
const found = pages.withDeleted.findById(1)
is<EffectOf<typeof found>["a"], Page>(true)

class Pages extends Repository.Service<Pages>()("Pages", Page, (pages) => ({
  everything: () => pages.withDeleted.list()
})) {}
declare const service: Pages
const served = service.restore(1)
is<EffectOf<typeof served>["r"], CurrentActor.CurrentActor>(true)
const everything = service.everything()
is<EffectOf<typeof everything>["r"], never>(true)

// ---- the row that one belongs to may have been deleted
is<typeof partPage.cardinality, "option">(true)
const included = Query.from(Part).pipe(Query.include({ page_: partPage, all: partPage.pipe(Relation.withDeleted) }))
is<EffectOf<typeof included>["a"][number]["page_"], Page | null>(true)
is<EffectOf<typeof included>["a"][number]["all"], Page | null>(true)
given(
  Query.from(Part).pipe(
    Query.innerJoin("of", Model.withDeleted(Page), (part, { of }) => Expr.eq(part.page, of.id)),
    Query.select((part, { of }) => ({ part, title: of.title }))
  )
)
