/**
 * Models with mixins, and a database of their own for each test.
 */
import { CurrentActor, Ddl, Field, Model, Relation } from "effect-strata"
import type { Connect } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

const id = Field.generated(Schema.Int).pipe(Field.primaryKey)

export class User extends Model.Class<User>("User")({
  id,
  email: Schema.NonEmptyString.pipe(Field.unique),
  name: Schema.String,
  ...Model.timestamps,
  ...Model.softDelete,
  ...Model.versioned,
  ...Model.audited(Schema.NonEmptyString)
}, { table: "mixin_users", cascades: () => [userPosts] }) {}

export class Post extends Model.Class<Post>("Post")({
  id,
  userId: Schema.Int.pipe(Field.references(() => User)),
  slug: Schema.NonEmptyString,
  views: Schema.Int,
  removedAt: Field.deletedAt(Schema.OptionFromNullOr(Schema.DateTimeUtc)),
  revision: Field.version(Schema.Int)
}, {
  table: "mixin_posts",
  unique: [["userId", "slug"]],
  cascades: () => [postComments]
}) {}

export class Comment extends Model.Class<Comment>("Comment")({
  id,
  postId: Schema.Int.pipe(Field.references(() => Post, { onDelete: "cascade" })),
  parentId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Comment, { onDelete: "cascade" })),
  text: Schema.String,
  ...Model.softDelete
}, { table: "mixin_comments", cascades: () => [commentReplies] }) {}

/** With nothing of them: it holds the key of one that is kept. */
export class Note extends Model.Class<Note>("Note")({
  id,
  userId: Schema.Int.pipe(Field.references(() => User)),
  text: Schema.String
}, { table: "mixin_notes" }) {}

export class Counter extends Model.Class<Counter>("Counter")({
  id: Schema.Int.pipe(Field.primaryKey),
  value: Schema.Int,
  ...Model.versioned
}, { table: "mixin_counters" }) {}

export const userPosts = Relation.hasMany(User, Post, "userId")
export const postUser = Relation.belongsTo(Post, User, "userId")
export const postComments = Relation.hasMany(Post, Comment, "postId")
export const commentReplies = Relation.hasMany(Comment, Comment, "parentId")
export const noteUser = Relation.belongsTo(Note, User, "userId")

export const as = (actor: unknown) => Effect.provideService(CurrentActor.CurrentActor, actor)

/** On a database with these tables, on behalf of Ada. */
export const on =
  (database: AvailableDatabase) =>
  <A, E>(effect: Effect.Effect<A, E, Connect.Services | CurrentActor.CurrentActor>): Effect.Effect<A, unknown> =>
    Effect.zipRight(Ddl.create(User, Post, Comment, Note, Counter), effect).pipe(
      as("ada"),
      Effect.provide(
        Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url, { size: 4 })))
      )
    )
