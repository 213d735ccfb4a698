/**
 * MikroORM on SQLite: each operation on a fork of its entity manager, as each request of a service has one.
 */
import { defineEntity, MikroORM, p, Type } from "@mikro-orm/core"
import { SqliteDriver } from "@mikro-orm/sqlite"
import type { Contender, Open, Operations } from "../crud.js"

/** Instants as the file has them, in ISO 8601; MikroORM's own are integers. */
class Instant extends Type<Date, string> {
  override convertToDatabaseValue(value: Date | string): string {
    return value instanceof Date ? value.toISOString() : value
  }
  override convertToJSValue(value: Date | string): Date {
    return value instanceof Date ? value : new Date(value)
  }
  override compareAsType(): string {
    return "string"
  }
  override getColumnType(): string {
    return "text"
  }
}

const User = defineEntity({
  name: "User",
  tableName: "users",
  properties: {
    id: p.integer().primary(),
    name: p.string(),
    email: p.string().unique(),
    age: p.integer(),
    active: p.boolean(),
    createdAt: p.type(Instant).$type<Date>().fieldName("created_at"),
    posts: () => p.oneToMany(Post).mappedBy("author").orderBy({ id: "asc" })
  }
})

const Post = defineEntity({
  name: "Post",
  tableName: "posts",
  properties: {
    id: p.integer().primary(),
    author: () => p.manyToOne(User).fieldName("author_id"),
    title: p.string(),
    body: p.text(),
    createdAt: p.type(Instant).$type<Date>().fieldName("created_at")
  }
})

interface Entity {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly age: number
  readonly active: boolean
  readonly createdAt: Date
}

interface WithPosts extends Entity {
  readonly posts: { readonly getItems: () => ReadonlyArray<PostEntity> }
}

interface PostEntity {
  readonly id: number
  readonly author: { readonly id: number }
  readonly title: string
  readonly body: string
  readonly createdAt: Date
}

/** The columns of an entity, whose collections would be loaded by looking at them. */
const columns = ({ active, age, createdAt, email, id, name }: Entity) => ({ id, name, email, age, active, createdAt })

const make = (orm: MikroORM): Operations<"promise"> => {
  const fork = () => orm.em.fork()
  return {
    find: async (id) => {
      const user = await fork().findOne(User, { id }) as Entity | null
      return user === null ? undefined : columns(user)
    },
    select: async (after) => {
      const users = await fork().find(User, { id: { $gt: after } }, { orderBy: { id: "asc" }, limit: 1000 })
      return (users as ReadonlyArray<Entity>).map(columns)
    },
    insert: async (input) => {
      const em = fork()
      const user = em.create(User, { ...input } as never)
      await em.persist(user).flush()
      return columns(user as never)
    },
    insertMany: (inputs) => fork().insertMany(User, inputs as Array<never>),
    withPosts: async (after) => {
      const users = await fork().find(User, { id: { $gt: after } }, {
        orderBy: { id: "asc" },
        limit: 100,
        populate: ["posts"],
        strategy: "select-in"
      })
      return (users as unknown as ReadonlyArray<WithPosts>).map((user) => ({
        ...columns(user),
        posts: user.posts.getItems().map(({ author, body, createdAt, id, title }) => ({
          id,
          authorId: author.id,
          title,
          body,
          createdAt
        }))
      }))
    },
    update: (id, age) => fork().nativeUpdate(User, { id }, { age }),
    transaction: (input, age) =>
      fork().transactional(async (em) => {
        const user = em.create(User, { ...input } as never)
        await em.persist(user).flush()
        const { id } = user as unknown as Entity
        await em.nativeUpdate(User, { id }, { age })
        return columns(await em.findOneOrFail(User, { id }, { refresh: true }) as never)
      }),
    page: async ({ active, minimumAge, offset, startsWith }) => {
      const users = await fork().find(User, {
        ...(minimumAge === undefined ? {} : { age: { $gte: minimumAge } }),
        ...(active === undefined ? {} : { active }),
        ...(startsWith === undefined ? {} : { name: { $like: `${startsWith}%` } })
      }, { orderBy: { createdAt: "desc", id: "desc" }, limit: 20, offset })
      return (users as ReadonlyArray<Entity>).map(columns)
    },
    count: (minimumAge) => fork().count(User, { active: true, age: { $gte: minimumAge } }),
    remove: (id) => fork().nativeDelete(User, { id }),
    upsert: (input) =>
      fork().upsertMany(User, [{ ...input } as never], {
        onConflictFields: ["email"],
        onConflictAction: "merge",
        onConflictMergeFields: ["age"],
        disableIdentityMap: true
      }),
    exists: async (email) => await fork().count(User, { email }) > 0,
    updateMany: (age, name) => fork().nativeUpdate(User, { age }, { name })
  }
}

export const contender: Open = async ({ url }): Promise<Contender> => {
  const orm = await MikroORM.init({
    driver: SqliteDriver,
    dbName: url,
    entities: [User, Post],
    onCreateConnection: async (connection: unknown) => {
      const database = connection as { pragma?: (text: string) => void }
      for (const text of ["journal_mode = wal", "synchronous = normal", "case_sensitive_like = on"]) {
        database.pragma?.(text)
      }
    }
  } as never)
  return { style: "promise", operations: make(orm), close: () => orm.close() }
}
