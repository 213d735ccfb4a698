/**
 * `@effect/sql` with `SqlSchema`, `SqlResolver` and Schema codecs, as its documentation has it.
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as SqlResolver from "@effect/sql/SqlResolver"
import * as SqlSchema from "@effect/sql/SqlSchema"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { rowsAtOnce } from "../crud.js"
import type { Engine, Open, Operations, Page, UserInput } from "../crud.js"
import { overClient, page } from "./sqlClient.js"

const codecs = (engine: Engine) => {
  const Instant = engine === "sqlite" ? Schema.Date : Schema.ValidDateFromSelf
  const Flag = (engine === "postgres"
    ? Schema.Boolean
    : Schema.transform(Schema.Number, Schema.Boolean, {
      decode: (stored) => stored === 1,
      encode: (flag) => flag ? 1 : 0
    })) as Schema.Schema<boolean, boolean | number>
  const input = {
    name: Schema.NonEmptyString,
    email: Schema.NonEmptyString.pipe(Schema.maxLength(191)),
    age: Schema.Int.pipe(Schema.nonNegative()),
    active: Flag
  }
  const createdAt = Schema.propertySignature(Instant).pipe(Schema.fromKey("created_at"))
  return {
    Input: Schema.Struct({ ...input, createdAt }),
    User: Schema.Struct({ id: Schema.Int, ...input, createdAt }),
    Post: Schema.Struct({
      id: Schema.Int,
      authorId: Schema.propertySignature(Schema.Int).pipe(Schema.fromKey("author_id")),
      title: Schema.NonEmptyString,
      body: Schema.String,
      createdAt
    })
  }
}

const make = (sql: SqlClient.SqlClient, engine: Engine): Operations<"effect"> => {
  const { Input, Post, User } = codecs(engine)
  const Key = Schema.Int
  const Count = Schema.Struct({ count: Schema.Union(Schema.Int, Schema.NumberFromString) })
  const Found = Schema.Struct({ found: Schema.Union(Schema.Boolean, Schema.Int) })
  const flag = engine === "sqlite" ? 1 : true

  const find = SqlSchema.findOne({
    Request: Key,
    Result: User,
    execute: (id) => sql`select * from users where id = ${id}`
  })
  const found = (id: number) => Effect.map(find(id), Option.getOrUndefined)
  const some = (count: number) =>
    SqlSchema.findAll({
      Request: Key,
      Result: User,
      execute: (after) => sql`select * from users where id > ${after} order by id limit ${count}`
    })
  const select = some(1000)
  const parents = some(100)
  const insert = SqlSchema.single({
    Request: Input,
    Result: User,
    execute: (input) =>
      engine === "mysql"
        ? sql`insert into users (name, email, age, active, created_at)
          values (${input.name}, ${input.email}, ${input.age}, ${input.active}, ${input.created_at}) returning *`
        : sql`insert into users ${sql.insert(input)} returning *`
  })
  const insertAll = SqlSchema.void({
    Request: Schema.Array(Input),
    execute: (inputs) => sql`insert into users ${sql.insert(inputs as Array<(typeof inputs)[number]>)}`
  })
  const upsert = SqlSchema.void({
    Request: Input,
    execute: (input) =>
      engine === "mysql"
        ? sql`insert into users ${sql.insert(input)} on duplicate key update age = values(age)`
        : sql`insert into users ${sql.insert(input)} on conflict (email) do update set age = excluded.age`
  })
  const update = SqlSchema.void({
    Request: Schema.Struct({ id: Key, age: User.fields.age }),
    execute: ({ age, id }) => sql`update users set age = ${age} where id = ${id}`
  })
  const remove = SqlSchema.void({ Request: Key, execute: (id) => sql`delete from users where id = ${id}` })
  const updateMany = SqlSchema.void({
    Request: Schema.Struct({ age: User.fields.age, name: User.fields.name }),
    execute: ({ age, name }) => sql`update users set name = ${name} where age = ${age}`
  })
  const pages = SqlSchema.findAll({
    Request: Schema.Any as Schema.Schema<Page>,
    Result: User,
    execute: (wanted) => page(sql, engine, wanted)
  })
  const count = SqlSchema.single({
    Request: Schema.Int,
    Result: Count,
    execute: (age) => sql`select count(*) as count from users where active = ${flag} and age >= ${age}`
  })
  const exists = SqlSchema.single({
    Request: Schema.String,
    Result: Found,
    execute: (email) => sql`select exists (select 1 from users where email = ${email}) as found`
  })
  const postsOf = Effect.runSync(SqlResolver.grouped("PostsOf", {
    Request: Key,
    RequestGroupKey: (id) => id,
    Result: Post,
    ResultGroupKey: (post) => post.authorId,
    execute: (ids) => sql`select * from posts where ${sql.in("author_id", ids)} order by id`
  }))

  return {
    find: found,
    select,
    insert: (input: UserInput) => insert(input),
    insertMany: (inputs) =>
      sql.withTransaction(Effect.gen(function*() {
        for (let start = 0; start < inputs.length; start += rowsAtOnce) {
          yield* insertAll(inputs.slice(start, start + rowsAtOnce))
        }
      })),
    withPosts: (after) =>
      Effect.flatMap(parents(after), (users) =>
        Effect.forEach(
          users,
          (user) => Effect.map(postsOf.execute(user.id), (posts) => ({ ...user, posts })),
          { batching: true, concurrency: "unbounded" }
        )),
    update: (id, age) => update({ id, age }),
    transaction: (input, age) =>
      sql.withTransaction(Effect.gen(function*() {
        const { id } = yield* insert(input)
        yield* update({ id, age })
        return yield* found(id)
      })),
    page: pages,
    count: (minimumAge) => Effect.map(count(minimumAge), ({ count }) => count),
    remove,
    upsert,
    exists: (email) => Effect.map(exists(email), ({ found }) => Boolean(found)),
    updateMany: (age, name) => updateMany({ age, name })
  }
}

export const contender: Open = (target) => overClient(target, make)
