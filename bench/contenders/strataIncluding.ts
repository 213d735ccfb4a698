/**
 * Strata's `Query.include`.
 */
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Expr from "effect-strata/Expr"
import * as Query from "effect-strata/Query"
import * as Relation from "effect-strata/Relation"
import type { OpenIncluding } from "../including.js"
import { layerOf, Post, User } from "./strata.js"

const posts = Relation.hasMany(User, Post, "authorId").pipe(Relation.orderBy((post) => Expr.asc(post.id)))
const author = Relation.belongsTo(Post, User, "authorId")
const withAuthors = posts.pipe(Relation.include({ author }))

export const including: OpenIncluding = async ({ engine, url }) => {
  const runtime = ManagedRuntime.make(await layerOf(engine, url))
  await runtime.runtime()
  return {
    include: (after, parents, levels) => {
      const users = Query.from(User).pipe(
        Query.where({ id: { gt: after } }),
        Query.orderBy((user) => Expr.asc(user.id)),
        Query.limit(parents)
      )
      return runtime.runPromise(
        levels === 1 ? users.pipe(Query.include({ posts })) : users.pipe(Query.include({ posts: withAuthors }))
      )
    },
    close: () => runtime.dispose()
  }
}
