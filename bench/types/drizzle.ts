import type { Contender } from "./contender.js"

export const drizzle: Contender = {
  name: "drizzle",
  packages: { "drizzle-orm": "bench", pg: "root", "@types": "root" },
  imports: [
    `import { and, count, desc, eq, exists, gt, gte, inArray, isNotNull, like, lt, or, sql } from "drizzle-orm"`,
    `import type { NodePgDatabase } from "drizzle-orm/node-postgres"`,
    `import { alias, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core"`,
    `import type { AnyPgColumn } from "drizzle-orm/pg-core"`
  ].join("\n"),
  model: (i, next) => `
export type M${i}Id = number & { readonly brand: "M${i}" }
export const m${i} = pgTable("m${i}", {
  id: integer().$type<M${i}Id>().primaryKey().generatedAlwaysAsIdentity(),
  name${i}: text().notNull().unique(),
  age: integer().notNull(),
  nick: text(),
  bio: text(),
  secret: text().notNull(),
  role: text({ enum: ["admin", "member"] }).notNull().default("member"),
  settings: jsonb().$type<{ readonly theme: string }>().notNull(),
  nextId: integer("next_id").$type<M${next}Id>().notNull().references((): AnyPgColumn => m${next}.id),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow()
})`,
  database: () => "declare const db: NodePgDatabase",
  queries: (i, next) => `
const next${i} = alias(m${next}, "next")
const d${i} = db.select({ age: m${i}.age }).from(m${i}).as("d")
export const q${i} = [
  db.select().from(m${i}).where(
    and(gte(m${i}.age, 18), like(m${i}.name${i}, "%a%"), or(eq(m${i}.nick, "b"), inArray(m${i}.role, ["admin"])))
  ).then(([row]) => row?.name${i}),
  db.select().from(m${i}).where(isNotNull(m${i}.bio)).orderBy(desc(m${i}.createdAt)).limit(20)
    .then(([row]) => row?.settings.theme),
  db.select({ name: m${i}.name${i}, nick: sql<string | null>\`lower(\${m${i}.nick})\`, bio: m${i}.bio }).from(m${i})
    .where(or(gte(m${i}.age, 18), eq(m${i}.nick, "x")))
    .then(([row]) => row?.nick),
  db.select({ name: m${i}.name${i}, next: next${i}.name${next}, whole: next${i} }).from(m${i})
    .innerJoin(next${i}, eq(m${i}.nextId, next${i}.id))
    .where(eq(m${i}.age, 3))
    .then(([row]) => row?.whole.age),
  db.select({ role: m${i}.role, age: next${i}.age, n: count() }).from(m${i})
    .leftJoin(next${i}, eq(m${i}.nextId, next${i}.id))
    .groupBy(m${i}.role, next${i}.age)
    .having(gt(count(), 3))
    .then(([row]) => row?.age),
  db.select().from(m${i})
    .where(inArray(m${i}.nextId, db.select({ id: m${next}.id }).from(m${next}).where(eq(m${next}.age, 1))))
    .then(([row]) => row?.role),
  db.select().from(m${i})
    .where(exists(db.select().from(next${i}).where(and(eq(next${i}.id, m${i}.nextId), lt(next${i}.age, 3)))))
    .then(([row]) => row?.secret),
  db.select().from(d${i}).where(gte(d${i}.age, 3)).then(([row]) => row?.age),
  db.insert(m${i}).values({
    name${i}: "a",
    age: 1,
    nick: null,
    bio: "x",
    secret: "s",
    settings: { theme: "dark" },
    nextId: 1 as M${next}Id
  }).returning().then(([row]) => row?.id),
  db.update(m${i}).set({ age: 3, nick: null }).where(and(lt(m${i}.age, 3), eq(m${i}.nick, "x"))).then((done) => done.rowCount)
] as const`
}
