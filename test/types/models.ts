/**
 * The models of the type tests.
 */
import * as SqlModel from "@effect/sql/Model"
import * as Schema from "effect/Schema"
import { Expr, Field, Model } from "effect-strata"

export const UserId = Schema.Int.pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

export class User extends Model.Class<User>("User")({
  id: Field.generated(UserId).pipe(Field.primaryKey),
  email: Schema.NonEmptyString.pipe(Schema.maxLength(320), Field.unique),
  name: Schema.NonEmptyString,
  age: Schema.Int.pipe(Schema.nonNegative()),
  nick: Schema.NullOr(Schema.String),
  bio: Schema.OptionFromNullOr(Schema.String),
  password: Schema.String.pipe(Field.sensitive),
  role: Schema.Literal("admin", "member").pipe(Field.default("member")),
  settings: Schema.Struct({ theme: Schema.Literal("light", "dark") }),
  favouritePostId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Post, { onDelete: "set null" })),
  managerId: Schema.NullOr(UserId).pipe(Field.references(() => User)),
  ...Model.timestamps
}, { table: "users", indexes: [["age", "name"], { columns: ["role"], unique: true }], unique: [["email", "role"]] }) {
  readonly seenAt = 0
  get label() {
    return `${this.name} (${this.age})`
  }
  olderThan(other: User) {
    return this.age > other.age
  }
}

export class Post extends Model.Class<Post>("Post")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  authorId: UserId.pipe(Field.references(() => User, { onDelete: "cascade" })),
  title: Schema.NonEmptyString,
  published: Schema.Boolean,
  slug: Schema.String.pipe(Field.computed((post) => Expr.lower(post.title)))
}, { table: "posts" }) {}

export class Comment extends Model.Class<Comment>("Comment")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  postId: Schema.Int.pipe(Field.references(() => Post)),
  authorId: UserId,
  body: Schema.String,
  note: Schema.OptionFromNullOr(Schema.String),
  stars: Schema.Number
}, { table: "comments" }) {}

export class Membership extends Model.Class<Membership>("Membership")({
  userId: UserId.pipe(Field.primaryKey),
  groupId: Schema.UUID.pipe(Field.primaryKey),
  since: Schema.DateTimeUtc
}, { table: "memberships" }) {}

export class Group extends Model.Class<Group>("Group")({
  id: Schema.UUID.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "groups" }) {}

export const LegacyId = Schema.Uint8ArrayFromSelf.pipe(Schema.brand("LegacyId"))

/** Field helpers of `@effect/sql`, bare and piped. */
export class Legacy extends Model.Class<Legacy>("Legacy")({
  id: SqlModel.Generated(Schema.Int).pipe(Field.primaryKey),
  uuid: SqlModel.UuidV4Insert(LegacyId),
  origin: SqlModel.GeneratedByApp(Schema.String),
  token: SqlModel.Sensitive(Schema.String),
  note: SqlModel.FieldOption(Schema.String),
  settings: SqlModel.JsonFromString(Schema.Struct({ dark: Schema.Boolean })),
  active: SqlModel.BooleanFromNumber,
  internal: SqlModel.Field({ select: Schema.String, insert: Schema.String }),
  createdAt: SqlModel.DateTimeInsert,
  updatedAt: SqlModel.DateTimeUpdate
}, { table: "legacy" }) {}

/** Every field that the program or the database fills in, and no primary key. */
export class Event extends Model.Class<Event>("Event")({
  kind: Schema.Literal("start", "stop").pipe(Field.default("start"), Field.index),
  by: Field.generatedByApp(Schema.String),
  day: Field.day,
  at: Field.time,
  price: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  tags: Schema.Array(Schema.String).pipe(Field.nativeArray({ _tag: "text" })),
  size: Schema.BigInt.pipe(Field.column("bytes"), Field.columnType({ postgres: "bigint" })),
  data: Schema.Unknown.pipe(Field.json),
  raw: Schema.Uint8Array,
  place: Field.vector(3)
}) {}
