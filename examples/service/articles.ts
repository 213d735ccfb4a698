/**
 * What the service does with articles, as programs: they ask for a database, and know neither of HTTP nor of what stands around the database.
 */
import { Expr, Filter, Mutation, Query, Repository, Transaction } from "effect-strata"
import { DateTime, Effect, Schema } from "effect"
import { Article, articleAuthor, Publication } from "./models.js"

type Id = Article["id"]

const articles = Repository.make(Article)

/** What of an article is given by who writes one. */
export const NewArticle = Article.jsonCreate.pick("authorId", "title", "body")

/** What of it may be changed, and the version that is to be changed. */
export const ArticleChange = Schema.Struct({
  version: Schema.Int,
  title: Schema.optionalWith(Article.fields.title, { exact: true }),
  body: Schema.optionalWith(Article.fields.body, { exact: true })
})

/** What readers may ask for in the URL. */
const Asked = Filter.fromUrl(
  Filter.schema(Article, { fields: { authorId: ["eq", "in"], status: ["eq"], title: ["eq", "contains"] } }),
  { except: ["after", "size"] }
)

const Slice = Schema.Struct({
  after: Schema.NullOr(Schema.String),
  size: Schema.compose(Schema.NumberFromString, Schema.Int.pipe(Schema.between(1, 100)))
})

const newest = Query.from(Article).pipe(
  Query.include({ author: articleAuthor }),
  Query.orderBy((article) => [Expr.desc(article.createdAt), Expr.desc(article.id)])
)

export const find = (id: Id) => Query.one(newest.pipe(Query.where({ id })))

export const list = (params: URLSearchParams) =>
  Effect.gen(function*() {
    const asked = yield* Filter.decode(Asked)(params)
    const { after, size } = yield* Schema.decodeUnknown(Slice)({
      after: params.get("after"),
      size: params.get("size") ?? "20"
    })
    return yield* newest.pipe(Query.where(asked), Query.keyset({ after, size }))
  })

export const create = (input: typeof NewArticle.Type) => articles.insert(input)

/** Of the version that the caller has seen: where somebody else was faster, it is a StaleRow. */
export const change = (id: Id, { version, ...patch }: typeof ArticleChange.Type) =>
  articles.update({ id, version }, patch)

/** The article and who published it, both or neither. */
export const publish = (id: Id) =>
  Effect.gen(function*() {
    const article = yield* articles.update(id, { status: "published" })
    yield* Mutation.insert(Publication, {
      articleId: id,
      publishedBy: article.updatedBy,
      publishedAt: yield* DateTime.now
    })
    return article
  }).pipe(Transaction.run({ retry: Transaction.retryConflicts }))

export const remove = (id: Id) => articles.delete(id)

export const restore = (id: Id) => articles.restore(id)
