import type { Contender } from "./contender.js"

export const kysely: Contender = {
  name: "kysely",
  packages: { kysely: "bench" },
  imports: `import type { Generated, Kysely } from "kysely"`,
  model: (i, next) => `
export type M${i}Id = number & { readonly brand: "M${i}" }
export interface M${i} {
  id: Generated<M${i}Id>
  name${i}: string
  age: number
  nick: string | null
  bio: string | null
  secret: string
  role: Generated<"admin" | "member">
  settings: { readonly theme: string }
  nextId: M${next}Id
  createdAt: Generated<Date>
  updatedAt: Generated<Date>
}`,
  database: (models) =>
    [
      "export interface Database {",
      ...Array.from({ length: models }, (_, i) => `  m${i}: M${i}`),
      "}",
      "declare const db: Kysely<Database>"
    ].join("\n"),
  queries: (i, next) => `
export const q${i} = [
  db.selectFrom("m${i}").selectAll().where("age", ">=", 18).where("name${i}", "like", "%a%")
    .where((eb) => eb.or([eb("nick", "=", "b"), eb("role", "in", ["admin"])]))
    .execute().then(([row]) => row?.name${i}),
  db.selectFrom("m${i}").selectAll().where("bio", "is not", null).orderBy("createdAt", "desc").limit(20)
    .execute().then(([row]) => row?.settings.theme),
  db.selectFrom("m${i}").where((eb) => eb.or([eb("age", ">=", 18), eb("nick", "=", "x")]))
    .select((eb) => ["name${i} as name", eb.fn<string | null>("lower", ["nick"]).as("nick"), "bio"])
    .execute().then(([row]) => row?.nick),
  db.selectFrom("m${i}").innerJoin("m${next} as next", "m${i}.nextId", "next.id").where("m${i}.age", "=", 3)
    .select("m${i}.name${i} as name").selectAll("next")
    .execute().then(([row]) => row?.age),
  db.selectFrom("m${i}").leftJoin("m${next} as next", "m${i}.nextId", "next.id").groupBy(["m${i}.role", "next.age"])
    .having((eb) => eb.fn.countAll<number>(), ">", 3)
    .select((eb) => ["m${i}.role", "next.age", eb.fn.countAll<number>().as("n")])
    .execute().then(([row]) => row?.age),
  db.selectFrom("m${i}").selectAll()
    .where("nextId", "in", (eb) => eb.selectFrom("m${next}").select("m${next}.id").where("m${next}.age", "=", 1))
    .execute().then(([row]) => row?.role),
  db.selectFrom("m${i}").selectAll()
    .where((eb) =>
      eb.exists(
        eb.selectFrom("m${next} as next").selectAll().whereRef("next.id", "=", "m${i}.nextId").where("next.age", "<", 3)
      )
    )
    .execute().then(([row]) => row?.secret),
  db.selectFrom((eb) => eb.selectFrom("m${i}").select("m${i}.age").as("d")).selectAll().where("d.age", ">=", 3)
    .execute().then(([row]) => row?.age),
  db.insertInto("m${i}").values({
    name${i}: "a",
    age: 1,
    nick: null,
    bio: "x",
    secret: "s",
    settings: { theme: "dark" },
    nextId: 1 as M${next}Id
  }).returningAll().executeTakeFirstOrThrow().then((row) => row.id),
  db.updateTable("m${i}").set({ age: 3, nick: null }).where("age", "<", 3).where("nick", "=", "x")
    .execute().then(([done]) => done?.numUpdatedRows)
] as const`
}
