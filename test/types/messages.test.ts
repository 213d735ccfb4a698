/**
 * What the compiler says of the mistakes that people make, and how it shows the types of what they made.
 */
import { assert, describe, it } from "@effect/vitest"
import { diagnose, root } from "./compiler.js"

const prelude = `
import * as Effect from "effect/Effect"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Database, Expr, Field, Model, Mutation, Query, Relation, Transaction } from "effect-strata"
import { Post, User } from "${root}test/types/models.js"
export const users = Query.from(User)
export const posts = Query.from(Post)
export const userPosts = Relation.hasMany(User, Post, "authorId")
export const postAuthor = Relation.belongsTo(Post, User, "authorId")
export const locked: Effect.Effect<User, never, Transaction.Transaction> = undefined as never
export const live: Layer.Layer<Database.Database> = undefined as never
export const age: number | undefined = 3
class Service extends Context.Tag("Service")<Service, string>() {}
export const Needy = Schema.transformOrFail(Schema.String, Schema.String, {
  decode: () => Service,
  encode: Effect.succeed
})
export class Wide extends Model.Class<Wide>("Wide")({
  ${Array.from({ length: 30 }, (_, i) => `c${i}: Schema.Int`).join(", ")}
}) {}
export const display = (value: 0): 0 => value
`

/** By name: a line that must not compile, and a part of what the compiler says of it. */
const cases: { readonly [name: string]: readonly [line: string, ...said: ReadonlyArray<string>] } = {
  "unknown column in a callback": [
    `users.pipe(Query.where((u) => Expr.gte(u.agee, 18)))`,
    `Property 'agee' does not exist on type 'Columns<typeof User>'. Did you mean 'age'?`
  ],
  "text against a number": [
    `users.pipe(Query.where((u) => Expr.gte(u.age, "18")))`,
    `Argument of type 'string' is not assignable to parameter of type 'number | Operand<number, never>'.`
  ],
  "unknown column in a filter": [
    `users.pipe(Query.where({ agee: 18 }))`,
    `'agee' does not exist in type 'Filter<typeof User> | ((root: Columns<typeof User>, joined: Joined<{}>) => Condition<never>)'.`
  ],
  "unknown column beside a known one": [
    `users.pipe(Query.where({ age: 1, agee: 18 }))`,
    String.raw`Type 'number' is not assignable to type '"\"agee\" is no column"'.`
  ],
  "unknown column in a callback within a filter": [
    `users.pipe(Query.where({ or: [{ name: "x" }, (u) => Expr.eq(u.agee, 1)] }))`,
    `Property 'agee' does not exist on type 'Columns<typeof User>'. Did you mean 'age'?`
  ],
  "the test of another model's relation in a filter": [
    `posts.pipe(Query.where({ and: [Relation.some(userPosts)] }))`,
    `Type 'Columns<typeof Post>' is not assignable to type 'Whole<typeof User>'.`
  ],
  "unknown column within a filter": [
    `users.pipe(Query.where({ or: [{ agee: 18 }] }))`,
    `'agee' does not exist in type 'Filter<typeof User>`
  ],
  "unknown test": [
    `users.pipe(Query.where({ age: { like: "x" } }))`,
    `'like' does not exist in type 'Tests<number>'.`
  ],
  "unknown test beside a known one": [
    `users.pipe(Query.where({ age: { gte: 1, like: "x" } }))`,
    String.raw`is not assignable to type '"\"like\" is no test of this column"'.`
  ],
  "undefined in a filter": [
    `users.pipe(Query.where({ age: undefined }))`,
    `Type 'undefined' is not assignable to type 'number | Tests<number>'.`
  ],
  "perhaps undefined in a filter": [
    `users.pipe(Query.where({ or: [{ age: age as number | undefined }] }))`,
    `Type 'undefined' is not assignable to type 'number | Tests<number>'.`
  ],
  "undefined in a test": [
    `users.pipe(Query.where({ age: { gte: undefined } }))`,
    `Type 'undefined' is not assignable to type 'number'.`
  ],
  "null in a filter": [
    `users.pipe(Query.where({ nick: null }))`,
    `Type 'null' is not assignable to type 'string | TextTests<string>`
  ],
  "undefined in set": [
    `Mutation.update(User).pipe(Mutation.set({ age: undefined }))`,
    `Type 'undefined' is not assignable to type 'number'.`
  ],
  "a computed column in set": [
    `Mutation.update(Post).pipe(Mutation.set({ title: "x", slug: "x" }))`,
    String.raw`is not assignable to type '"\"slug\" is no column that an update can set"'.`
  ],
  "a computed column in a callback of set": [
    `Mutation.update(Post).pipe(Mutation.set((p) => ({ title: p.title, slug: p.title })))`,
    String.raw`"\"slug\" is no column that an update can set"`
  ],
  "another alias": [
    `posts.pipe(Query.leftJoin("author", User, (p, { autor }) => Expr.eq(p.authorId, autor.id)))`,
    `Property 'autor' does not exist on type 'Joined<Named<"author", typeof User>>'.`
  ],
  "a relation that hides a column": [
    `users.pipe(Query.include({ name: userPosts }))`,
    String.raw`is not assignable to type '"\"name\" is a column already"'.`
  ],
  "a relation of another model": [
    `users.pipe(Query.include({ author: postAuthor }))`,
    `Type 'BelongsTo<typeof Post, typeof User, "authorId", "one">' is not assignable to type 'RelationFrom<typeof User>'.`
  ],
  "a key that cannot be one": [
    `Relation.hasMany(User, Post, "title")`,
    `Argument of type '"title"' is not assignable to parameter of type '"authorId" | "id" | Link<typeof User, typeof Post>'.`
  ],
  "a key to one that cannot be one": [
    `Relation.belongsTo(Post, User, "title")`,
    `Argument of type '"title"' is not assignable to parameter of type '"authorId" | "id" | Link<typeof User, typeof Post>'.`
  ],
  "a delete of nothing said": [
    `Effect.runSync(Mutation.delete(Post) satisfies Effect.Effect<number>)`,
    `'WithoutWhere<typeof Post, {}, never>'`
  ],
  "a locking read outside of a transaction": [
    `Effect.runSync(locked)`,
    `Type 'Transaction' is not assignable to type 'never'.`
  ],
  "a query for update outside of a transaction": [
    `Effect.runPromise(users.pipe(Query.forUpdate(), Effect.provide(live)))`,
    `Type 'Transaction' is not assignable to type 'never'.`
  ],
  "a lock that both skips and fails": [
    `users.pipe(Query.forUpdate({ skipLocked: true, noWait: true }))`,
    `Type 'true' is not assignable to type 'false'.`
  ],
  "a query that the database cannot do": [
    `Effect.runPromise(users.pipe(Query.fullJoin("p", Post, (u, { p }) => Expr.eq(u.id, p.authorId)), Effect.provide(live)))`,
    `Type 'Capability<"full join">' is not assignable to type 'never'.`
  ],
  "a capability that no database of the program has": [
    `users.pipe(Query.rollup((u) => [u.age]), Query.select((u) => ({ age: u.age })), Effect.provide(live), Effect.runSync)`,
    `Type 'Capability<"rollup">' is not assignable to type 'never'.`
  ],
  "a query without a database": [
    `Effect.runSync(users)`,
    `Type 'Database' is not assignable to type 'never'.`
  ],
  "a model without Self": [
    `(class extends Model.Class("X")({ id: Schema.Int }) {})`,
    "Missing `Self`: write `class User extends Model.Class<User>"
  ],
  "a model that needs services": [
    `(class X extends Model.Class<X>("X")({ id: Needy.pipe(Field.unique) }) {})`,
    `A field's Schema needs services (R is not never): a model must decode without them`
  ],
  "an index of no column": [
    `(class X extends Model.Class<X>("X")({ id: Schema.Int }, { indexes: [["nope"]] }) {})`,
    `Type '"nope"' is not assignable to type '"id"'.`
  ],
  "how a query is shown": [
    `display(users)`,
    `Argument of type 'Query<User, typeof User, {}, never>'`
  ],
  "how a query of thirty columns is shown": [
    `display(Query.from(Wide).pipe(Query.where((w) => Expr.gt(w.c29, 1))))`,
    `Argument of type 'Query<Wide, typeof Wide, {}, never>'`
  ],
  "how a query of twenty steps is shown": [
    `display(${
      Array.from({ length: 20 }).reduce<string>((query) =>
        `${query}.pipe(Query.where((u) => Expr.gt(u.age, 1)))`, "users")
    })`,
    `Argument of type 'Query<User, typeof User, {}, never>'`
  ],
  "how a selected row is shown": [
    `display(users.pipe(Query.select((u) => ({ name: u.name, nick: u.nick, bio: u.bio }))))`,
    `Argument of type 'Query<{ readonly name: string; readonly nick: string | null; readonly bio: Option<string>; }, typeof User, {}, never>'`
  ],
  "how a mutation is shown": [
    `display(Mutation.delete(User).pipe(Mutation.where({ id: { in: [] } })))`,
    `Argument of type 'Mutation<number, typeof User, never>'`
  ],
  "how a relation is shown": [
    `display(userPosts)`,
    `Argument of type 'HasMany<typeof User, typeof Post, "authorId">'`
  ],
  "how a field is shown": [
    `display(Field.generated(Schema.Int).pipe(Field.primaryKey))`,
    `Argument of type 'Field<typeof Int, "generated" | "primaryKey">'`
  ]
}

describe("what the compiler says", () => {
  const names = Object.keys(cases)
  const before = prelude.split("\n")
  let said: ReadonlyMap<number, string> | undefined
  const saidOf = (name: string): string => {
    said ??= diagnose([...before, ...names.map((name) => cases[name]![0])])
    return said.get(before.length + 1 + names.indexOf(name)) ?? "nothing"
  }

  for (const name of names) {
    it(name, { timeout: 120_000 }, () => {
      const [, ...expected] = cases[name]!
      for (const part of expected) assert.include(saidOf(name), part)
    })
  }

  it("says nothing of the rest", () => {
    saidOf(names[0]!)
    const others = [...said!].filter(([line]) => line > 0 && line <= before.length)
    assert.deepStrictEqual(others, [])
  })
})
