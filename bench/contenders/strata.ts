/**
 * Strata by the API of its README: each query is built anew whenever it runs.
 *
 * Variants: `fiber`, where all of a loop runs in one fiber as a service does, `promise`, where each operation is run by itself, and `queue`, as
 * `fiber`, where everyone waits for a connection instead of being refused when all wait for long.
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Database } from "effect-strata/Database"
import type * as DbError from "effect-strata/DbError"
import * as Expr from "effect-strata/Expr"
import * as Field from "effect-strata/Field"
import * as Model from "effect-strata/Model"
import * as Mutation from "effect-strata/Mutation"
import type * as Pool from "effect-strata/Pool"
import * as Query from "effect-strata/Query"
import * as Relation from "effect-strata/Relation"
import * as Transaction from "effect-strata/Transaction"
import { poolSize } from "../crud.js"
import type { Contender, Engine, Open, Operations, Page, UserInput } from "../crud.js"

export class User extends Model.Class<User>("User")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.NonEmptyString,
  email: Schema.NonEmptyString.pipe(Schema.maxLength(191), Field.unique),
  age: Schema.Int.pipe(Schema.nonNegative()),
  active: Schema.Boolean,
  createdAt: Schema.Date
}, { table: "users" }) {}

export class Post extends Model.Class<Post>("Post")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  authorId: Schema.Int.pipe(Field.references(() => User)),
  title: Schema.NonEmptyString,
  body: Schema.String,
  createdAt: Schema.Date
}, { table: "posts" }) {}

const posts = Relation.hasMany(User, Post, "authorId").pipe(Relation.orderBy((post) => Expr.asc(post.id)))

const pageOf = ({ active, minimumAge, offset, startsWith }: Page) => {
  let query = Query.from(User)
  if (minimumAge !== undefined) query = query.pipe(Query.where({ age: { gte: minimumAge } }))
  if (active !== undefined) query = query.pipe(Query.where({ active }))
  if (startsWith !== undefined) query = query.pipe(Query.where({ name: { startsWith } }))
  return query.pipe(
    Query.orderBy((user) => [Expr.desc(user.createdAt), Expr.desc(user.id)]),
    Query.limit(20),
    Query.offset(offset)
  )
}

const signUp = (input: UserInput, age: number) =>
  Effect.gen(function*() {
    const { id } = yield* Mutation.insert(User, input)
    yield* Mutation.update(User).pipe(Mutation.set({ age }), Mutation.where({ id }))
    return yield* Query.from(User).pipe(Query.where({ id }), Query.one)
  }).pipe(Transaction.run())

/** What the workloads ask, as a service would write it. */
export const asked = {
  find: (id: number) => Query.from(User).pipe(Query.where({ id }), Query.one),
  select: (after: number) =>
    Query.from(User).pipe(
      Query.where({ id: { gt: after } }),
      Query.orderBy((user) => Expr.asc(user.id)),
      Query.limit(1000)
    ),
  insert: (input: UserInput) => Mutation.insert(User, input),
  insertMany: (inputs: ReadonlyArray<UserInput>) => Mutation.insertMany(User, inputs),
  withPosts: (after: number) =>
    Query.from(User).pipe(
      Query.where({ id: { gt: after } }),
      Query.orderBy((user) => Expr.asc(user.id)),
      Query.limit(100),
      Query.include({ posts })
    ),
  update: (id: number, age: number) => Mutation.update(User).pipe(Mutation.set({ age }), Mutation.where({ id })),
  transaction: signUp,
  page: pageOf,
  count: (minimumAge: number) =>
    Query.from(User).pipe(Query.where({ active: true, age: { gte: minimumAge } }), Query.count),
  remove: (id: number) => Mutation.delete(User).pipe(Mutation.where({ id })),
  upsert: (input: UserInput) =>
    Mutation.upsert(User, input, { on: ["email"], update: ["age"] }).pipe(Mutation.affected),
  exists: (email: string) => Query.from(User).pipe(Query.where({ email }), Query.exists),
  updateMany: (age: number, name: string) => Mutation.update(User).pipe(Mutation.set({ name }), Mutation.where({ age }))
} satisfies { readonly [O in keyof Operations<"effect">]: (...given: Parameters<Operations<"effect">[O]>) => unknown }

/** The Layer of an engine; no other is loaded. */
export const layerOf = async (
  engine: Engine,
  url: string,
  options: Pool.Options = {}
): Promise<Layer.Layer<Database, DbError.ConnectFailure>> => {
  switch (engine) {
    case "sqlite":
      return (await import("effect-strata/Sqlite")).layer({ filename: url, ...options })
    case "postgres":
      return (await import("effect-strata/Postgres")).layer({ url: Redacted.make(url), size: poolSize, ...options })
    case "mysql":
      return (await import("effect-strata/MariaDb")).layer({ url: Redacted.make(url), size: poolSize, ...options })
  }
}

export const contender: Open = async ({ engine, url, variant }): Promise<Contender> => {
  const runtime = ManagedRuntime.make(await layerOf(engine, url, variant === "queue" ? { overload: "queue" } : {}))
  await runtime.runtime()
  const close = () => runtime.dispose()
  if (variant !== "promise") {
    return {
      style: "effect",
      // The services that the operations ask for are those of the runtime that runs them.
      operations: asked as unknown as Operations<"effect">,
      run: (effect) => runtime.runPromise(effect),
      close
    }
  }
  const operations = Object.fromEntries(
    Object.entries(asked).map(([name, ask]) => [
      name,
      (first: never, second: never) =>
        runtime.runPromise(ask(first, second) as Effect.Effect<unknown, unknown, Database>)
    ])
  )
  return { style: "promise", operations: operations as unknown as Operations<"promise">, close }
}
