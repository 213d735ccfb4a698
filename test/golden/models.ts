/**
 * The models that the golden table and its properties query.
 */
import { Expr, Field, Model, Relation } from "effect-strata"
import * as Schema from "effect/Schema"

export class User extends Model.Class<User>("User")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.NonEmptyString,
  age: Schema.Int,
  nick: Schema.OptionFromNullOr(Schema.String)
}, { table: "users", unique: [["name"]] }) {}

export class Post extends Model.Class<Post>("Post")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  authorId: Schema.Int.pipe(Field.references(() => User)),
  title: Schema.String,
  published: Schema.Boolean
}, { table: "posts" }) {}

export class Tag extends Model.Class<Tag>("Tag")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  label: Schema.String.pipe(Schema.maxLength(40))
}, { table: "tags" }) {}

export class PostTag extends Model.Class<PostTag>("PostTag")({
  postId: Schema.Int.pipe(Field.primaryKey),
  tagId: Schema.Int.pipe(Field.primaryKey)
}, { table: "posts_tags" }) {}

export class Employee extends Model.Class<Employee>("Employee")({
  id: Schema.Int.pipe(Field.primaryKey),
  managerId: Schema.NullOr(Schema.Int)
}, { table: "employees" }) {}

/** A column of each kind that operators treat differently. */
export class Measure extends Model.Class<Measure>("Measure")({
  id: Schema.UUID.pipe(Field.primaryKey),
  ratio: Schema.Number,
  total: Schema.BigInt,
  amount: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  exact: Schema.BigDecimal,
  at: Schema.DateTimeUtc,
  day: Field.day,
  time: Field.time,
  kind: Schema.Literal("in", "out"),
  data: Schema.NullOr(Schema.Struct({ depth: Schema.Number })),
  raw: Schema.Uint8ArrayFromSelf
}, { table: "measures" }) {}

/** Every column may be left to the database. */
export class Counter extends Model.Class<Counter>("Counter")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  label: Schema.String.pipe(Schema.maxLength(40), Field.default("none")),
  hits: Schema.Int.pipe(Field.default(0))
}, { table: "counters" }) {}

/** Filled in from the Clock. */
export class Note extends Model.Class<Note>("Note")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String,
  ...Model.timestamps
}, { table: "notes" }) {}

/** JSON columns. */
export class Page extends Model.Class<Page>("Page")({
  id: Schema.Int.pipe(Field.primaryKey),
  options: Schema.Struct({
    theme: Schema.Literal("light", "dark"),
    size: Schema.Number,
    isOpen: Schema.Boolean,
    tags: Schema.Array(Schema.String),
    inner: Schema.optional(Schema.Struct({ note: Schema.NullOr(Schema.String) }))
  }),
  extra: Schema.Unknown
}, { table: "pages" }) {}

/** With an index for search. */
export class Article extends Model.Class<Article>("Article")({
  id: Schema.Int.pipe(Field.primaryKey),
  title: Schema.String,
  body: Schema.NullOr(Schema.String)
}, { table: "articles", indexes: [{ name: "articles_search", search: ["title", "body"] }] }) {}

/** Native arrays. */
export class Box extends Model.Class<Box>("Box")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  total: Schema.BigInt,
  at: Schema.DateTimeUtc,
  tags: Schema.Array(Schema.String).pipe(Field.nativeArray({ _tag: "text", maxLength: 40 })),
  sizes: Schema.Array(Schema.NullOr(Schema.Int)).pipe(Schema.NullOr, Field.nativeArray({ _tag: "integer" })),
  totals: Schema.Array(Schema.BigInt).pipe(Field.nativeArray({ _tag: "bigint" })),
  times: Schema.Array(Schema.DateTimeUtc).pipe(Field.nativeArray({ _tag: "timestamp" }))
}, { table: "boxes" }) {}

/** In a schema, and of names that have to be quoted. */
export class Odd extends Model.Class<Odd>("Odd")({
  id: Schema.Int.pipe(Field.primaryKey),
  select: Schema.Int.pipe(Field.column("select")),
  dotted: Schema.Int.pipe(Field.column("a.b")),
  quoted: Schema.Int.pipe(Field.column("it's \"so\" `odd`"))
}, { table: "order", schema: "my schema" }) {}

export const userPosts = Relation.hasMany(User, Post, "authorId")
export const postAuthor = Relation.belongsTo(Post, User, "authorId")
export const postTags = Relation.manyToMany(Post, Tag, { through: PostTag, from: "postId", to: "tagId" })
export const manager = Relation.belongsTo(Employee, Employee, "managerId")
export const reports = Relation.hasMany(Employee, Employee, "managerId")

/** A fragment that gives a number. */
export const twice = (value: Expr.Operand<number>): Expr.Expr<number> => Expr.sql(Schema.Int)`2 * ${value}`
