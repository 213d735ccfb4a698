/**
 * What the workloads cost that no machine changes: statements, and how often an answer is waited for. Each is run once before, as servers
 * prepare a statement the first time.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query, Relation, Transaction } from "effect-strata"
import type { Database } from "effect-strata/Database"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { countOn } from "../../bench/counting.js"
import type { Counts } from "../../bench/counting.js"
import { available, fresh, sqliteFile } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class User extends Model.Class<User>("User")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.NonEmptyString,
  email: Schema.String.pipe(Schema.maxLength(191), Field.unique),
  age: Schema.Int
}, { table: "users" }) {}

class Post extends Model.Class<Post>("Post")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  authorId: Schema.Int.pipe(Field.references(() => User)),
  title: Schema.String
}, { table: "posts" }) {}

const posts = Relation.hasMany(User, Post, "authorId")

let numbers = 0
const user = () => ({ name: "Ada", email: `${++numbers}@example.com`, age: numbers % 50 })
const users = (count: number) => Array.from({ length: count }, user)
const find = Query.from(User).pipe(Query.where({ id: 1 }), Query.one)
const update = Mutation.update(User).pipe(Mutation.set({ age: 7 }), Mutation.where({ id: 1 }))

/** In statements, and how many of those wait for no answer of their own. A bulk insert is one of 2,500 rows. */
const one = { sqlite: 1, server: 1, joined: 0 }
/** On PostgreSQL BEGIN goes with the first statement, and parts of an insert with each other. */
const inTransaction = { joined: 1 }
const workloads: ReadonlyArray<readonly [string, () => Effect.Effect<unknown, unknown, Database>, typeof one]> = [
  ["a find by key", () => find, one],
  ["many rows", () => Query.from(User).pipe(Query.where({ age: { lt: 40 } }), Query.limit(1000)), one],
  ["an insert that gives its row", () => Mutation.insert(User, user()), one],
  ["a bulk insert", () => Mutation.insertMany(User, users(2_500)), { sqlite: 2 + 20, server: 2 + 3, joined: 3 }],
  [
    "parents with children",
    () =>
      Query.from(User).pipe(
        Query.orderBy((u) => Expr.asc(u.id)),
        Query.limit(100),
        Query.include({ posts })
      ),
    { sqlite: 2, server: 2, joined: 0 }
  ],
  ["an update by key", () => update, one],
  [
    "a transaction of 3",
    () => Transaction.run(Effect.zipRight(Effect.zipRight(find, update), Mutation.insert(User, user()))),
    { sqlite: 5, server: 5, ...inTransaction }
  ],
  ["a count", () => Query.from(User).pipe(Query.where({ age: 7 }), Query.count), one],
  ["a delete by key", () => Mutation.delete(User).pipe(Mutation.where({ id: 1_000_000 })), one],
  [
    "an upsert",
    () => Mutation.upsertMany(User, [{ name: "Ada", email: "1@example.com", age: 1 }], { on: ["email"] }),
    one
  ],
  ["exists", () => Query.from(User).pipe(Query.where({ email: "1@example.com" }), Query.exists), one],
  ["an update of many", () => Mutation.update(User).pipe(Mutation.set({ age: 9 }), Mutation.where({ age: 9 })), one]
]

for (const database of available) {
  const engine = database.name === "sqlite" ? "sqlite" : database.name === "postgres" ? "postgres" : "mysql"
  describe(`on ${database.name}`, () => {
    it.live(
      "workloads take as many statements and round trips as they need",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const { url } = yield* Effect.promise(() => fresh(database))
          const counter = yield* Effect.acquireRelease(
            Effect.promise(() => countOn(engine, engine === "sqlite" ? sqliteFile(url) : url)),
            ({ close }) => Effect.promise(close)
          )
          const cost = <E>(work: Effect.Effect<unknown, E, Database>) =>
            Effect.gen(function*() {
              const before = counter.counts()
              yield* work
              const after = counter.counts()
              return {
                statements: after.statements - before.statements,
                roundTrips: after.roundTrips - before.roundTrips
              }
            })
          const program = Effect.gen(function*() {
            yield* Ddl.create(User, Post)
            yield* Mutation.insertMany(User, users(300))
            const found: { [name: string]: Counts } = {}
            const expected: { [name: string]: Counts } = {}
            for (const [name, work, counts] of workloads) {
              yield* work()
              found[name] = yield* cost(work())
              const count = counts[engine === "sqlite" ? "sqlite" : "server"]
              const joined = engine === "postgres" ? counts.joined : 0
              expected[name] = { statements: count, roundTrips: count - joined }
            }
            assert.deepStrictEqual(found, expected)
          })
          yield* Effect.provide(program, layerOf(engine === "sqlite" ? url : counter.url, { size: 1 }))
        })),
      60_000
    )
  })
}
