/**
 * `@effect/sql` with rows mapped by hand.
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import { grouped, rowsAtOnce } from "../crud.js"
import type { Engine, Open, Operations, Post, User, UserInput } from "../crud.js"
import { overClient, page } from "./sqlClient.js"

type Row = Record<string, unknown>

const dateOf = (value: unknown): Date => value instanceof Date ? value : new Date(value as string)

export const toUser = (row: Row): User => ({
  id: row["id"] as number,
  name: row["name"] as string,
  email: row["email"] as string,
  age: row["age"] as number,
  active: row["active"] === 1 || row["active"] === true,
  createdAt: dateOf(row["created_at"])
})

const toPost = (row: Row): Post => ({
  id: row["id"] as number,
  authorId: row["author_id"] as number,
  title: row["title"] as string,
  body: row["body"] as string,
  createdAt: dateOf(row["created_at"])
})

export const rowOf = (engine: Engine) => ({ active, age, createdAt, email, name }: UserInput) => ({
  name,
  email,
  age,
  active: engine === "sqlite" ? Number(active) : active,
  created_at: engine === "sqlite" ? createdAt.toISOString() : createdAt
})

const make = (sql: SqlClient.SqlClient, engine: Engine): Operations<"effect"> => {
  const isSqlite = engine === "sqlite"
  const row = rowOf(engine)
  const users = Effect.map((rows: ReadonlyArray<Row>) => rows.map(toUser))
  const one = Effect.map((rows: ReadonlyArray<Row>) => rows[0] === undefined ? undefined : toUser(rows[0]))
  const insert = (input: UserInput) =>
    sql<Row>`insert into users ${sql.insert(row(input))} returning *`.pipe(
      Effect.map((rows) => toUser(rows[0] as Row))
    )
  const insertReturning = engine === "mysql"
    ? (input: UserInput) => {
      const { active, age, created_at, email, name } = row(input)
      return sql<Row>`insert into users (name, email, age, active, created_at)
        values (${name}, ${email}, ${age}, ${active}, ${created_at}) returning *`.pipe(
        Effect.map((rows) => toUser(rows[0] as Row))
      )
    }
    : insert
  const find = (id: number) => one(sql<Row>`select * from users where id = ${id}`)
  const update = (id: number, age: number) => sql`update users set age = ${age} where id = ${id}`
  // SQLite takes 32,766 parameters.
  const atOnce = rowsAtOnce
  return {
    find,
    select: (after) => users(sql<Row>`select * from users where id > ${after} order by id limit 1000`),
    insert: insertReturning,
    insertMany: (inputs) =>
      sql.withTransaction(Effect.gen(function*() {
        for (let start = 0; start < inputs.length; start += atOnce) {
          yield* sql`insert into users ${sql.insert(inputs.slice(start, start + atOnce).map(row))}`
        }
      })),
    withPosts: (after) =>
      Effect.gen(function*() {
        const parents = yield* users(sql<Row>`select * from users where id > ${after} order by id limit 100`)
        const posts = yield* sql<Row>`select * from posts where ${
          sql.in("author_id", parents.map(({ id }) => id))
        } order by id`
        return grouped(parents, posts.map(toPost))
      }),
    update,
    transaction: (input, age) =>
      sql.withTransaction(Effect.gen(function*() {
        const { id } = yield* insertReturning(input)
        yield* update(id, age)
        return yield* find(id)
      })),
    page: (wanted) => users(page(sql, engine, wanted)),
    count: (minimumAge) =>
      sql<{ readonly count: number | string }>`select count(*) as count from users where active = ${
        isSqlite ? 1 : true
      } and age >= ${minimumAge}`.pipe(Effect.map((rows) => Number(rows[0]?.count))),
    remove: (id) => sql`delete from users where id = ${id}`,
    upsert: (input) =>
      engine === "mysql"
        ? sql`insert into users ${sql.insert(row(input))} on duplicate key update age = values(age)`
        : sql`insert into users ${sql.insert(row(input))} on conflict (email) do update set age = excluded.age`,
    exists: (email) =>
      sql<{ readonly found: number | boolean }>`select exists (select 1 from users where email = ${email}) as found`
        .pipe(
          Effect.map((rows) => Boolean(rows[0]?.found))
        ),
    updateMany: (age, name) => sql`update users set name = ${name} where age = ${age}`
  }
}

export const contender: Open = (target) => overClient(target, make)
