import type { Contender } from "./contender.js"

const modules = ["Expr", "Field", "Model", "Mutation", "Query"]

export const strata: Contender = {
  name: "strata",
  packages: { "effect-strata": "build", effect: "root", "@effect": "root" },
  imports: [
    `import * as Effect from "effect/Effect"`,
    `import * as Schema from "effect/Schema"`,
    ...modules.map((name) => `import * as ${name} from "effect-strata/${name}"`)
  ].join("\n"),
  model: (i, next) => `
export class M${i} extends Model.Class<M${i}>("M${i}")({
  id: Field.generated(Schema.Int.pipe(Schema.brand("M${i}"))).pipe(Field.primaryKey),
  name${i}: Schema.NonEmptyString.pipe(Field.unique),
  age: Schema.Int.pipe(Schema.nonNegative()),
  nick: Schema.NullOr(Schema.String),
  bio: Schema.NullOr(Schema.String),
  secret: Schema.String.pipe(Field.sensitive),
  role: Schema.Literal("admin", "member").pipe(Field.default("member")),
  settings: Schema.Struct({ theme: Schema.String }),
  nextId: Schema.Int.pipe(Schema.brand("M${next}"), Field.references(() => M${next})),
  ...Model.timestamps
}, { table: "m${i}" }) {}`,
  database: () => "",
  queries: (i, next) => `
export const q${i} = [
  Query.from(M${i}).pipe(
    Query.where({ age: { gte: 18 }, name${i}: { contains: "a" }, or: [{ nick: "b" }, { role: { in: ["admin"] } }] }),
    Effect.map(([row]) => row?.name${i})
  ),
  Query.from(M${i}).pipe(
    Query.where((m) => Expr.isNotNull(m.bio)),
    Query.orderBy((m) => Expr.desc(m.createdAt)),
    Query.limit(20),
    Effect.map(([row]) => row?.settings.theme)
  ),
  Query.from(M${i}).pipe(
    Query.where((m) => Expr.or(Expr.gte(m.age, 18), Expr.eq(m.nick, "x"))),
    Query.select((m) => ({ name: m.name${i}, nick: Expr.lower(m.nick), bio: m.bio })),
    Effect.map(([row]) => row?.nick)
  ),
  Query.from(M${i}).pipe(
    Query.innerJoin("next", M${next}, (m, { next }) => Expr.eq(m.nextId, next.id)),
    Query.where((m) => Expr.eq(m.age, 3)),
    Query.select((m, { next }) => ({ name: m.name${i}, next: next.name${next}, whole: next })),
    Effect.map(([row]) => row?.whole.age)
  ),
  Query.from(M${i}).pipe(
    Query.leftJoin("next", M${next}, (m, { next }) => Expr.eq(m.nextId, next.id)),
    Query.groupBy((m, { next }) => [m.role, next.age]),
    Query.having(() => Expr.gt(Expr.count(), 3)),
    Query.select((m, { next }) => ({ role: m.role, age: next.age, n: Expr.count() })),
    Effect.map(([row]) => row?.age)
  ),
  Query.from(M${i}).pipe(
    Query.where((m) =>
      Expr.in(m.nextId, Query.from(M${next}).pipe(Query.where((n) => Expr.eq(n.age, 1)), Query.pluck((n) => n.id)))
    ),
    Effect.map(([row]) => row?.role)
  ),
  Query.from(M${i}).pipe(
    Query.where((m) =>
      Expr.exists(Query.from(M${next}).pipe(Query.where((n) => Expr.and(Expr.eq(n.id, m.nextId), Expr.lt(n.age, 3)))))
    ),
    Effect.map(([row]) => row?.secret)
  ),
  Query.from(Query.from(M${i}).pipe(Query.select((m) => ({ age: m.age })), Query.as("d"))).pipe(
    Query.where((d) => Expr.gte(d.age, 3)),
    Effect.map(([row]) => row?.age)
  ),
  Mutation.insert(M${i}, {
    name${i}: "a",
    age: 1,
    nick: null,
    bio: "x",
    secret: "s",
    settings: { theme: "dark" },
    nextId: M${next}.fields.id.make(1)
  }).pipe(Effect.map((row) => row.id)),
  Mutation.update(M${i}).pipe(Mutation.set({ age: 3, nick: null }), Mutation.where({ age: { lt: 3 }, nick: "x" }))
] as const`
}

/** The same columns as a class of Effect Schema, which knows no table. */
export const schemaClass: Contender = {
  name: "Schema.Class",
  packages: { effect: "root" },
  imports: `import * as Schema from "effect/Schema"`,
  model: (i, next) => `
export class M${i} extends Schema.Class<M${i}>("M${i}")({
  id: Schema.Int.pipe(Schema.brand("M${i}")),
  name${i}: Schema.NonEmptyString,
  age: Schema.Int.pipe(Schema.nonNegative()),
  nick: Schema.NullOr(Schema.String),
  bio: Schema.NullOr(Schema.String),
  secret: Schema.String,
  role: Schema.Literal("admin", "member"),
  settings: Schema.Struct({ theme: Schema.String }),
  nextId: Schema.Int.pipe(Schema.brand("M${next}")),
  createdAt: Schema.DateTimeUtc,
  updatedAt: Schema.DateTimeUtc
}) {}`,
  database: () => "",
  queries: undefined
}
