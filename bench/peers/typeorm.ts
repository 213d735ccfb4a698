/**
 * TypeORM by repositories, with rows as entities, and its query builder where that is documented as the faster way.
 */
import "reflect-metadata"
import { DataSource, EntitySchema, In, Like, MoreThan, MoreThanOrEqual } from "typeorm"
import type { DataSourceOptions, EntityManager } from "typeorm"
import { poolSize, rowsAtOnce } from "../crud.js"
import type { Contender, Engine, Open, Operations, Page, Post, User, UserInput } from "../crud.js"

interface UserEntity extends User {
  readonly posts?: ReadonlyArray<PostEntity>
}

interface PostEntity extends Post {
  readonly author?: UserEntity
}

const entities = (engine: Engine) => {
  const instant = ({ sqlite: "datetime", postgres: "timestamptz", mysql: "datetime" } as const)[engine]
  const created = { type: instant, name: "created_at", ...(engine === "sqlite" ? {} : { precision: 3 }) } as const
  const Users = new EntitySchema<UserEntity>({
    name: "User",
    tableName: "users",
    columns: {
      id: { type: "integer", primary: true, generated: "increment" },
      name: { type: "varchar" },
      email: { type: "varchar", unique: true },
      age: { type: "integer" },
      active: { type: "boolean" },
      createdAt: created
    },
    relations: { posts: { type: "one-to-many", target: "Post", inverseSide: "author" } }
  })
  const Posts = new EntitySchema<PostEntity>({
    name: "Post",
    tableName: "posts",
    columns: {
      id: { type: "integer", primary: true, generated: "increment" },
      authorId: { type: "integer", name: "author_id" },
      title: { type: "varchar" },
      body: { type: "text" },
      createdAt: created
    },
    relations: {
      author: { type: "many-to-one", target: "User", joinColumn: { name: "author_id" }, inverseSide: "posts" }
    }
  })
  return { Users, Posts }
}

const optionsOf = (engine: Engine, url: string): DataSourceOptions => {
  switch (engine) {
    case "sqlite":
      return {
        type: "better-sqlite3",
        database: url,
        enableWAL: true,
        prepareDatabase: (database: { pragma: (text: string) => void }) => {
          database.pragma("synchronous = normal")
          database.pragma("case_sensitive_like = on")
        }
      }
    case "postgres":
      return { type: "postgres", url, extra: { max: poolSize } }
    case "mysql":
      return { type: "mariadb", url, timezone: "Z", extra: { connectionLimit: poolSize } }
  }
}

const make = (source: DataSource, { Posts, Users }: ReturnType<typeof entities>): Operations<"promise"> => {
  const users = source.getRepository(Users)
  const find = async (manager: EntityManager, id: number) => (await manager.findOneBy(Users, { id })) ?? undefined
  const insert = (manager: EntityManager, input: UserInput) =>
    manager.save(Users, manager.create(Users, input), { transaction: false })
  const update = (manager: EntityManager, id: number, age: number) => manager.update(Users, { id }, { age })
  return {
    find: (id) => find(source.manager, id),
    select: (after) => users.find({ where: { id: MoreThan(after) }, order: { id: "ASC" }, take: 1000 }),
    insert: (input) => insert(source.manager, input),
    insertMany: (inputs) =>
      source.transaction(async (manager) => {
        for (let start = 0; start < inputs.length; start += rowsAtOnce) {
          await manager.createQueryBuilder().insert().into(Users).values(inputs.slice(start, start + rowsAtOnce))
            .updateEntity(false).execute()
        }
      }),
    withPosts: async (after) => {
      const parents = await users.find({ where: { id: MoreThan(after) }, order: { id: "ASC" }, take: 100 })
      // A join with `take` asks twice as well, and joins the rows besides: two plain queries are the faster way.
      const posts = await source.getRepository(Posts).find({
        where: { authorId: In(parents.map(({ id }) => id)) },
        order: { id: "ASC" }
      })
      const byAuthor = new Map<number, Array<PostEntity>>(parents.map(({ id }) => [id, []]))
      for (const post of posts) byAuthor.get(post.authorId)?.push(post)
      return parents.map((user) => Object.assign(user, { posts: byAuthor.get(user.id) ?? [] }))
    },
    update: (id, age) => update(source.manager, id, age),
    transaction: (input, age) =>
      source.transaction(async (manager) => {
        const { id } = await insert(manager, input)
        await update(manager, id, age)
        return find(manager, id)
      }),
    page: ({ active, minimumAge, offset, startsWith }: Page) =>
      users.find({
        where: {
          ...(minimumAge === undefined ? {} : { age: MoreThanOrEqual(minimumAge) }),
          ...(active === undefined ? {} : { active }),
          ...(startsWith === undefined ? {} : { name: Like(`${startsWith}%`) })
        },
        order: { createdAt: "DESC", id: "DESC" },
        take: 20,
        skip: offset
      }),
    count: (minimumAge) => users.countBy({ active: true, age: MoreThanOrEqual(minimumAge) }),
    remove: (id) => users.delete({ id }),
    upsert: (input) =>
      source.createQueryBuilder().insert().into(Users).values(input).orUpdate(["age"], ["email"]).updateEntity(false)
        .execute(),
    exists: (email) => users.existsBy({ email }),
    updateMany: (age, name) => users.update({ age }, { name })
  }
}

export const contender: Open = async ({ engine, url }): Promise<Contender> => {
  const known = entities(engine)
  const source = new DataSource({ ...optionsOf(engine, url), entities: [known.Users, known.Posts] })
  await source.initialize()
  return { style: "promise", operations: make(source, known), close: () => source.destroy() }
}
