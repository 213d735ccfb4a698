/**
 * Strata's queries built and printed: nothing is sent to the database in memory that says in which dialect.
 */
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Database from "effect-strata/Database"
import * as Expr from "effect-strata/Expr"
import * as Query from "effect-strata/Query"
import * as Sqlite from "effect-strata/Sqlite"
import type { OpenBuilder, Printed, Wanted } from "../building.js"
import { Post, User } from "./strata.js"

const posts = Query.from(Post).pipe(
  Query.innerJoin("author", User, (post, { author }) => Expr.eq(post.authorId, author.id))
)

const queryOf = ({ active, authors, columns, limit, minimumAge, offset, order, since, startsWith }: Wanted) => {
  let query = posts
  if (minimumAge !== undefined) query = query.pipe(Query.where((_, { author }) => Expr.gte(author.age, minimumAge)))
  if (active !== undefined) query = query.pipe(Query.where((_, { author }) => Expr.eq(author.active, active)))
  if (startsWith !== undefined) query = query.pipe(Query.where({ title: { startsWith } }))
  if (authors !== undefined) query = query.pipe(Query.where({ authorId: { in: authors } }))
  if (since !== undefined) query = query.pipe(Query.where({ createdAt: { gte: since } }))
  return query.pipe(
    Query.orderBy((post) =>
      order === "newest"
        ? [Expr.desc(post.createdAt), Expr.desc(post.id)]
        : [Expr.asc(post.title), Expr.asc(post.id)]
    ),
    Query.limit(limit),
    Query.offset(offset),
    Query.select((post, { author }) => {
      const all = {
        id: post.id,
        title: post.title,
        body: post.body,
        createdAt: post.createdAt,
        name: author.name,
        email: author.email,
        age: author.age
      }
      return Object.fromEntries(columns.map((column) => [column, all[column]]))
    })
  )
}

export const open: OpenBuilder = async () => {
  const runtime = ManagedRuntime.make(Sqlite.layer({ filename: ":memory:" }))
  const build = (wanted: ReadonlyArray<Wanted>) =>
    Effect.gen(function*() {
      const database = yield* Database.Database
      let last: Printed = { sql: "", parameters: [] }
      for (const one of wanted) last = yield* database.print(queryOf(one).ast)
      return last
    })
  await runtime.runtime()
  return { build: (wanted) => runtime.runPromise(build(wanted)) }
}
