/**
 * What the service says over HTTP: its paths, what they take and give, and how they fail.
 */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiMiddleware from "@effect/platform/HttpApiMiddleware"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import { CurrentActor } from "effect-strata"
import { Schema } from "effect"
import { ArticleChange, NewArticle } from "./articles.js"
import { Article, ArticleId, Author, AuthorId } from "./models.js"

/** What was asked for cannot be had as it was asked: one issue a field. */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", {
  issues: Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String }))
}, HttpApiSchema.annotations({ status: 400 })) {}

export class Unauthorized extends Schema.TaggedError<Unauthorized>()(
  "Unauthorized",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 401 })
) {}

export class Forbidden extends Schema.TaggedError<Forbidden>()(
  "Forbidden",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 403 })
) {}

export class NotFound
  extends Schema.TaggedError<NotFound>()("NotFound", {}, HttpApiSchema.annotations({ status: 404 }))
{}

export class Conflict extends Schema.TaggedError<Conflict>()(
  "Conflict",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 409 })
) {}

/** The database cannot answer at the moment; the same request may be made again. */
export class Unavailable extends Schema.TaggedError<Unavailable>()(
  "Unavailable",
  {},
  HttpApiSchema.annotations({ status: 503 })
) {}

/** Whoever the gateway says that it is. What it provides is what audited models keep. */
export class Actor extends HttpApiMiddleware.Tag<Actor>()("service/Actor", {
  failure: Unauthorized,
  provides: CurrentActor.CurrentActor
}) {}

const withAuthor = Schema.Struct({ ...Article.json.fields, author: Author.json })

const inNumber = (schema: typeof ArticleId | typeof AuthorId) => Schema.compose(Schema.NumberFromString, schema)
const articleId = HttpApiSchema.param("id", inNumber(ArticleId) as Schema.Schema<typeof ArticleId.Type, string>)
const authorId = HttpApiSchema.param("id", inNumber(AuthorId) as Schema.Schema<typeof AuthorId.Type, string>)

const authors = HttpApiGroup.make("authors")
  .add(
    HttpApiEndpoint.post("create", "/authors").setPayload(Author.jsonCreate).addSuccess(Author.json, { status: 201 })
  )
  .add(HttpApiEndpoint.get("find")`/authors/${authorId}`.addSuccess(Author.json))
  .middleware(Actor)

const articles = HttpApiGroup.make("articles")
  .add(
    HttpApiEndpoint.post("create", "/articles").setPayload(NewArticle)
      .addSuccess(Article.json, { status: 201 })
  )
  .add(
    HttpApiEndpoint.get("list", "/articles").addSuccess(Schema.Struct({
      items: Schema.Array(withAuthor),
      next: Schema.NullOr(Schema.String)
    }))
  )
  .add(HttpApiEndpoint.get("find")`/articles/${articleId}`.addSuccess(withAuthor))
  .add(
    HttpApiEndpoint.patch("change")`/articles/${articleId}`
      .setPayload(ArticleChange)
      .addSuccess(Article.json)
  )
  .add(HttpApiEndpoint.post("publish")`/articles/${articleId}/publish`.addSuccess(Article.json))
  .add(HttpApiEndpoint.post("restore")`/articles/${articleId}/restore`.addSuccess(Article.json))
  .add(HttpApiEndpoint.del("remove")`/articles/${articleId}`)
  .middleware(Actor)

const operations = HttpApiGroup.make("operations")
  .add(HttpApiEndpoint.get("metrics", "/metrics").addSuccess(HttpApiSchema.Text({ contentType: "text/plain" })))

export class Api extends HttpApi.make("service")
  .add(authors)
  .add(articles)
  .add(operations)
  .addError(BadRequest)
  .addError(Forbidden)
  .addError(NotFound)
  .addError(Conflict)
  .addError(Unavailable)
{}
