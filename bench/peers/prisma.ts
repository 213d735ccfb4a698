/**
 * Prisma on SQLite with its adapter for better-sqlite3, from the packages and the generated client of `prisma/`.
 */
import { createRequire } from "node:module"
import { rowsAtOnce } from "../crud.js"
import type { Contender, Open, Operations, Page, User, UserInput, UserWithPosts } from "../crud.js"

/** As much of the generated client as is used; it is there only where it could be generated. */
interface Users {
  findUnique(wish: object): Promise<User | null>
  findMany(wish: object): Promise<ReadonlyArray<UserWithPosts>>
  create(wish: object): Promise<User>
  createMany(wish: object): Promise<unknown>
  updateMany(wish: object): Promise<unknown>
  deleteMany(wish: object): Promise<unknown>
  upsert(wish: object): Promise<User>
  count(wish: object): Promise<number>
}

interface Client {
  readonly user: Users
  $transaction<A>(body: (within: Client) => Promise<A>): Promise<A>
  $queryRawUnsafe(sql: string): Promise<unknown>
  $disconnect(): Promise<void>
}

const where = ({ active, minimumAge, startsWith }: Page) => ({
  ...(minimumAge === undefined ? {} : { age: { gte: minimumAge } }),
  ...(active === undefined ? {} : { active }),
  ...(startsWith === undefined ? {} : { name: { startsWith } })
})

const make = (client: Client): Operations<"promise"> => ({
  find: async (id) => (await client.user.findUnique({ where: { id } })) ?? undefined,
  select: (after) => client.user.findMany({ where: { id: { gt: after } }, orderBy: { id: "asc" }, take: 1000 }),
  insert: (data) => client.user.create({ data }),
  insertMany: (inputs: ReadonlyArray<UserInput>) =>
    client.$transaction(async (within) => {
      for (let start = 0; start < inputs.length; start += rowsAtOnce) {
        await within.user.createMany({ data: inputs.slice(start, start + rowsAtOnce) })
      }
    }),
  withPosts: (after) =>
    client.user.findMany({
      where: { id: { gt: after } },
      orderBy: { id: "asc" },
      take: 100,
      include: { posts: { orderBy: { id: "asc" } } }
    }),
  update: (id, age) => client.user.updateMany({ where: { id }, data: { age } }),
  transaction: (data, age) =>
    client.$transaction(async (within) => {
      const { id } = await within.user.create({ data })
      await within.user.updateMany({ where: { id }, data: { age } })
      return (await within.user.findUnique({ where: { id } })) ?? undefined
    }),
  page: (page) =>
    client.user.findMany({
      where: where(page),
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: 20,
      skip: page.offset
    }),
  count: (minimumAge) => client.user.count({ where: { active: true, age: { gte: minimumAge } } }),
  remove: (id) => client.user.deleteMany({ where: { id } }),
  upsert: (input) => client.user.upsert({ where: { email: input.email }, create: input, update: { age: input.age } }),
  exists: async (email) => await client.user.findUnique({ where: { email }, select: { id: true } } as object) !== null,
  updateMany: (age, name) => client.user.updateMany({ where: { age }, data: { name } })
})

export const contender: Open = async ({ url }): Promise<Contender> => {
  // From the compiled file's place.
  const load = createRequire(new URL("../../prisma/package.json", import.meta.url))
  const { PrismaClient } = load("./generated/index.js") as { PrismaClient: new(options: object) => Client }
  const { PrismaBetterSqlite3 } = load("@prisma/adapter-better-sqlite3") as {
    PrismaBetterSqlite3: new(options: object, more: object) => object
  }
  const adapter = new PrismaBetterSqlite3({ url: `file:${url}` }, { timestampFormat: "iso8601" })
  const client = new PrismaClient({ adapter })
  for (const text of ["journal_mode = wal", "synchronous = normal", "case_sensitive_like = on"]) {
    await client.$queryRawUnsafe(`pragma ${text}`)
  }
  return { style: "promise", operations: make(client), close: () => client.$disconnect() }
}
