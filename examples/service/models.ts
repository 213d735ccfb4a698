/**
 * What the service keeps: authors, and articles with the tags that readers find them by.
 */
import { Field, Model, Relation } from "effect-strata"
import { Schema } from "effect"

export const AuthorId = Schema.Int.pipe(Schema.brand("AuthorId"))
export const ArticleId = Schema.Int.pipe(Schema.brand("ArticleId"))

export class Author extends Model.Class<Author>("Author")({
  id: Field.generated(AuthorId).pipe(Field.primaryKey),
  email: Schema.NonEmptyString.pipe(Schema.maxLength(320), Field.unique),
  name: Schema.NonEmptyString.pipe(Schema.maxLength(200)),
  ...Model.timestamps
}, { table: "service_authors" }) {}

export class Article extends Model.Class<Article>("Article")({
  id: Field.generated(ArticleId).pipe(Field.primaryKey),
  authorId: AuthorId.pipe(Field.references(() => Author, { onDelete: "cascade" })),
  title: Schema.NonEmptyString.pipe(Schema.maxLength(200)),
  body: Schema.String,
  status: Schema.Literal("draft", "published").pipe(Field.default("draft")),
  views: Schema.Int.pipe(Schema.nonNegative(), Field.default(0)),
  ...Model.timestamps,
  ...Model.softDelete,
  ...Model.versioned,
  ...Model.audited(Schema.NonEmptyString.pipe(Schema.maxLength(100)))
}, { table: "service_articles", indexes: [["authorId", "status"]] }) {}

/** What was published, when and by whom: written with the article, in one transaction. */
export class Publication extends Model.Class<Publication>("Publication")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  articleId: ArticleId.pipe(Field.references(() => Article, { onDelete: "cascade" })),
  publishedBy: Schema.NonEmptyString,
  publishedAt: Schema.DateTimeUtc
}, { table: "service_publications" }) {}

export const models = [Author, Article, Publication]

export const articleAuthor = Relation.belongsTo(Article, Author, "authorId")
export const authorArticles = Relation.hasMany(Author, Article, "authorId")
