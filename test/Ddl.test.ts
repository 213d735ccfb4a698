/**
 * Tables on each database: made, filled, their constraints violated, dropped.
 */
import { assert, describe, it } from "@effect/vitest"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll } from "vitest"
import type * as Database from "../src/Database.js"
import type { ConstraintViolation } from "../src/DbError.js"
import * as Ddl from "../src/Ddl.js"
import * as Expr from "../src/Expr.js"
import * as Field from "../src/Field.js"
import * as Model from "../src/Model.js"
import * as Mutation from "../src/Mutation.js"
import * as Query from "../src/Query.js"
import * as Transaction from "../src/Transaction.js"
import type { AvailableDatabase } from "./support/databases.js"
import { available, fresh } from "./support/databases.js"
import { layerOf } from "./support/layers.js"

class Person extends Model.Class<Person>("Person")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  email: Schema.NonEmptyString.pipe(Schema.maxLength(320), Field.unique),
  handle: Schema.String.pipe(Field.unique, Field.column("handle_name")),
  age: Schema.Int.pipe(Field.check((age) => Expr.gte(age, 18))),
  role: Schema.Literal("reader", "it's me").pipe(Field.default("it's me")),
  bossId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Person, { onDelete: "set null" })),
  next: Schema.NullOr(Schema.Int).pipe(Field.computed((person) => Expr.add(person.age, 1)))
}, {
  table: "ddl_people",
  indexes: [["age"], { columns: ["role", "age"], unique: true, name: "ddl_people_role_age" }],
  checks: { ddl_people_sane: (person) => Expr.or(Expr.lt(person.age, 150), Expr.ne(person.role, "reader")) }
}) {}

class Article extends Model.Class<Article>("Article")({
  site: Schema.String.pipe(Field.primaryKey),
  number: Schema.Int.pipe(Field.primaryKey),
  authorId: Schema.Int.pipe(Field.references(() => Person, { onDelete: "cascade" })),
  authorHandle: Schema.NullOr(Schema.String).pipe(Field.references(() => Person, { column: "handle" })),
  body: Schema.String.pipe(Field.index)
}, { table: "ddl_articles" }) {}

class Team extends Model.Class<Team>("Team")({
  id: Schema.Int.pipe(Field.primaryKey),
  captain: Schema.NullOr(Schema.Int).pipe(Field.references(() => Player))
}, { table: "ddl_teams" }) {}

class Player extends Model.Class<Player>("Player")({
  id: Schema.Int.pipe(Field.primaryKey),
  team: Schema.Int.pipe(Field.references(() => Team)),
  rival: Schema.NullOr(Schema.Int).pipe(Field.references(() => Player, { onDelete: "restrict" }))
}, { table: "ddl_players" }) {}

const decimal = BigDecimal.unsafeFromString

class Defaults extends Model.Class<Defaults>("Defaults")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  text: Schema.String.pipe(Field.default("it's \\ \"quoted\" 😀\n")),
  short: Schema.String.pipe(Schema.maxLength(20), Field.default("\\'")),
  literal: Schema.Literal("a", "it's").pipe(Field.default("it's")),
  digit: Schema.Literal(1, 2).pipe(Field.default(2)),
  integer: Schema.Int.pipe(Field.default(-7)),
  wide: Schema.Int.pipe(Schema.between(-9007199254740991, 9007199254740991), Field.default(-9007199254740991)),
  bigint: Schema.BigInt.pipe(Field.default(-9223372036854775808n)),
  double: Schema.Number.pipe(Field.default(-1.5e-7)),
  whole: Schema.Number.pipe(Field.default(3)),
  yes: Schema.Boolean.pipe(Field.default(true)),
  no: Schema.Boolean.pipe(Field.default(false)),
  decimal: Schema.BigDecimal.pipe(
    Field.decimal(38, 10),
    Field.default(decimal("-1234567890123456789012345678.0123456789"))
  ),
  small: Schema.BigDecimal.pipe(Field.decimal(10, 2), Field.default(decimal("0.5"))),
  instant: Schema.DateTimeUtc.pipe(Field.default(DateTime.unsafeMake("2026-11-21T05:36:00.123Z"))),
  day: Field.day.pipe(Field.default("2026-02-28")),
  time: Field.time.pipe(Field.default("12:30:00.001")),
  uuid: Schema.UUID.pipe(Field.default("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
  json: Schema.Struct({ theme: Schema.String, tags: Schema.Array(Schema.Number) }).pipe(
    Field.default({ theme: "it's \\ \"x\" {", tags: [1, 2.5] })
  ),
  bytes: Schema.Uint8ArrayFromSelf.pipe(Field.default(new Uint8Array([0, 39, 92, 255]))),
  tags: Schema.Array(Schema.String).pipe(Field.nativeArray({ _tag: "text" }), Field.default(["it's", "{\"\\,"])),
  none: Schema.NullOr(Schema.String).pipe(Field.default<string | null>(null)),
  sum: Schema.Int.pipe(Field.default(Expr.add(Expr.param(Schema.Int, 40), 2))),
  now: Schema.DateTimeUtc.pipe(Field.default(Expr.now()))
}, { table: "ddl_defaults" }) {}

const expected = {
  text: "it's \\ \"quoted\" 😀\n",
  short: "\\'",
  literal: "it's",
  digit: 2,
  integer: -7,
  wide: -9007199254740991,
  bigint: -9223372036854775808n,
  double: -1.5e-7,
  whole: 3,
  yes: true,
  no: false,
  day: "2026-02-28",
  time: "12:30:00.001",
  uuid: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
  json: { theme: "it's \\ \"x\" {", tags: [1, 2.5] },
  bytes: new Uint8Array([0, 39, 92, 255]),
  tags: ["it's", "{\"\\,"],
  none: null,
  sum: 42
}

const everything = [Person, Article, Team, Player, Defaults] as const

const violation = (error: unknown) => {
  const { _tag, columns, constraint, table } = error as ConstraintViolation
  return { _tag, constraint, table, columns }
}

const isQueryError = (reason: string) => (error: { readonly _tag: string }) => {
  assert.deepInclude(error as object, { _tag: "QueryError", reason })
}

for (const database of available) {
  describe(`tables on ${database.name}`, () => {
    let own: AvailableDatabase
    beforeAll(async () => {
      own = await fresh(database)
    })

    /** Runs with tables that are gone afterwards. */
    const run = <A, E, R>(effect: Effect.Effect<A, E, R | Database.Database>) =>
      Effect.suspend(() =>
        Effect.ensuring(effect, Effect.ignore(Ddl.drop(...everything))).pipe(Effect.provide(layerOf(own.url)))
      )

    const ada = { email: "ada@x.org", handle: "ada", age: 36, bossId: null } as const
    const bob = { email: "bob@x.org", handle: "bob", age: 40, bossId: null } as const

    it.live("are made, hold rows, and go", () =>
      run(Effect.gen(function*() {
        yield* Ddl.create(Article, Person)
        const boss = yield* Mutation.insert(Person, ada)
        assert.deepInclude(boss, { id: 1, role: "it's me", next: 37 })
        const other = yield* Mutation.insert(Person, { ...bob, bossId: boss.id })
        yield* Mutation.insert(Article, {
          site: "x",
          number: 1,
          authorId: boss.id,
          authorHandle: "bob",
          body: "é".repeat(2000)
        })
        yield* Mutation.delete(Person).pipe(Mutation.where({ id: boss.id }))
        assert.deepStrictEqual(yield* Query.count(Query.from(Article)), 0)
        assert.strictEqual((yield* Query.one(Query.from(Person).pipe(Query.where({ id: other.id })))).bossId, null)
        yield* Ddl.drop(Person, Article)
        isQueryError("undefinedObject")(yield* Effect.flip(Query.from(Person)))
      })))

    it.live("refuse what their constraints forbid, by the names that the model gives", () =>
      run(Effect.gen(function*() {
        yield* Ddl.create(Person, Article)
        const { id } = yield* Mutation.insert(Person, ada)
        const fails = <A>(effect: Effect.Effect<A, { readonly _tag: string }, Database.Database>) =>
          Effect.map(Effect.flip(effect), (error) => error as ConstraintViolation)

        const email = yield* fails(Mutation.insert(Person, { ...bob, email: ada.email }))
        assert.deepStrictEqual(violation(email), {
          _tag: "UniqueViolation",
          constraint: "ddl_people_email_key",
          table: "ddl_people",
          columns: ["email"]
        })
        assert.isTrue(email.on(Person, "email"))
        assert.isFalse(email.on(Person, "handle"))
        assert.isFalse(email.on(Article))

        const handle = yield* fails(Mutation.insert(Person, { ...bob, handle: ada.handle }))
        assert.isTrue(handle._tag === "UniqueViolation" && handle.on(Person, "handle"))
        assert.strictEqual(handle.constraint, "ddl_people_handle_name_key")

        const pair = yield* fails(Mutation.insert(Person, { ...bob, age: ada.age }))
        assert.deepStrictEqual(violation(pair), {
          _tag: "UniqueViolation",
          constraint: "ddl_people_role_age",
          table: "ddl_people",
          columns: ["role", "age"]
        })

        const age = yield* fails(Mutation.insert(Person, { ...bob, age: 17 }))
        assert.deepStrictEqual(violation(age), {
          _tag: "CheckViolation",
          constraint: "ddl_people_age_check",
          table: "ddl_people",
          columns: ["age"]
        })
        assert.isTrue(age.on(Person, "age"))

        const sane = yield* fails(Mutation.insert(Person, { ...bob, age: 151, role: "reader" }))
        assert.deepInclude(violation(sane), {
          _tag: "CheckViolation",
          constraint: "ddl_people_sane",
          table: "ddl_people"
        })

        const role = yield* fails(
          Mutation.update(Person).pipe(
            Mutation.set(() => ({ role: Expr.sql(Schema.Literal("reader"))`${"nobody"}` })),
            Mutation.where({ id })
          )
        )
        assert.deepStrictEqual(violation(role), {
          _tag: "CheckViolation",
          constraint: "ddl_people_role_values",
          table: "ddl_people",
          columns: ["role"]
        })

        const boss = yield* fails(Mutation.insert(Person, { ...bob, bossId: 99 }))
        assert.deepStrictEqual(violation(boss), {
          _tag: "ForeignKeyViolation",
          constraint: "ddl_people_boss_id_fkey",
          table: "ddl_people",
          columns: ["boss_id"]
        })
        assert.isTrue(boss.on(Person, "bossId"))

        const article = { site: "x", number: 1, authorId: id, authorHandle: "ada", body: "" }
        yield* Mutation.insert(Article, article)
        const key = yield* fails(Mutation.insert(Article, article))
        assert.deepInclude(violation(key), {
          _tag: "UniqueViolation",
          constraint: "ddl_articles_pkey",
          table: "ddl_articles"
        })
        assert.isTrue(key.on(Article, "site", "number"))

        const renamed = yield* fails(
          Mutation.update(Person).pipe(Mutation.set({ handle: "other" }), Mutation.where({ id }))
        )
        assert.deepInclude(violation(renamed), {
          _tag: "ForeignKeyViolation",
          constraint: "ddl_articles_author_handle_fkey",
          table: "ddl_articles"
        })
        assert.isTrue(renamed.on(Article, "authorHandle"))

        const nothing = yield* fails(
          Mutation.update(Person).pipe(
            Mutation.set(() => ({ email: Expr.sql(Schema.String)`null` })),
            Mutation.where({ id })
          )
        )
        assert.isTrue(nothing._tag === "NotNullViolation" && nothing.on(Person, "email"))
      })))

    it.live("refer to each other and to themselves, and go with their rows", () =>
      run(Effect.gen(function*() {
        yield* Ddl.create(Player, Team)
        yield* Mutation.insert(Team, { id: 1, captain: null })
        yield* Mutation.insert(Player, { id: 1, team: 1, rival: null })
        yield* Mutation.insert(Player, { id: 2, team: 1, rival: 1 })
        yield* Mutation.update(Team).pipe(Mutation.set({ captain: 1 }), Mutation.all)
        const captain = yield* Effect.flip(
          Mutation.update(Team).pipe(Mutation.set({ captain: 9 }), Mutation.all) as Effect.Effect<
            number,
            ConstraintViolation,
            Database.Database
          >
        )
        assert.deepStrictEqual(violation(captain), {
          _tag: "ForeignKeyViolation",
          constraint: "ddl_teams_captain_fkey",
          table: "ddl_teams",
          columns: ["captain"]
        })
        yield* Ddl.drop([Player, Team], { ifExists: false })
        isQueryError("undefinedObject")(yield* Effect.flip(Query.from(Team)))
        isQueryError("undefinedObject")(yield* Effect.flip(Query.from(Player)))
        yield* Ddl.drop(Player, Team)
        isQueryError("undefinedObject")(yield* Effect.flip(Ddl.drop([Team], { ifExists: false })))
      })))

    it.live("go with rows that hold on to each other", () =>
      run(Effect.gen(function*() {
        class Node extends Model.Class<Node>("Node")({
          id: Schema.Int.pipe(Field.primaryKey),
          parent: Schema.Int.pipe(Field.references(() => Node, { onDelete: "restrict" }))
        }, { table: "ddl_nodes" }) {}
        yield* Ddl.create(Node)
        yield* Mutation.insertMany(Node, [{ id: 1, parent: 1 }, { id: 2, parent: 1 }])
        yield* Ddl.drop(Node)
        isQueryError("undefinedObject")(yield* Effect.flip(Query.from(Node)))
      })))

    it.live("are left as they are by ifNotExists", () =>
      run(Effect.gen(function*() {
        yield* Ddl.create(Player, Team, Person)
        yield* Mutation.insert(Team, { id: 1, captain: null })
        assert.strictEqual((yield* Effect.flip(Ddl.create(Team)))._tag, "QueryError")
        yield* Ddl.create([Player, Team, Person], { ifNotExists: true })
        assert.strictEqual(yield* Query.count(Query.from(Team)), 1)
      })))

    it.live("keep the defaults of every type", () =>
      run(Effect.gen(function*() {
        yield* Ddl.create(Defaults)
        const before = yield* DateTime.now
        const made = yield* Mutation.insert(Defaults, {})
        for (const property of Object.keys(expected) as ReadonlyArray<keyof typeof expected>) {
          assert.deepStrictEqual(made[property] as unknown, expected[property], property)
        }
        assert.strictEqual(BigDecimal.format(made.decimal), "-1234567890123456789012345678.0123456789")
        assert.strictEqual(BigDecimal.format(made.small), "0.5")
        assert.strictEqual(DateTime.formatIso(made.instant), "2026-11-21T05:36:00.123Z")
        assert.closeTo(made.now.epochMillis, before.epochMillis, 60_000)
      })))

    it.live("print as they are made, and nothing is sent", () =>
      run(Effect.gen(function*() {
        const sql = yield* Ddl.toSql(Ddl.create(Person, Article))
        assert.match(sql, /^create table .ddl_people. \(\n/)
        assert.match(sql, /;\ncreate table .ddl_articles. \(\n/)
        isQueryError("undefinedObject")(yield* Effect.flip(Query.from(Person)))
        class Broken extends Model.Class<Broken>("Broken")({ a: Schema.Int.pipe(Field.column("b")), b: Schema.Int }) {}
        assert.strictEqual((yield* Effect.flip(Ddl.toSql(Ddl.create(Broken))))._tag, "ConfigurationError")
        assert.strictEqual((yield* Effect.flip(Ddl.create(Person, Broken)))._tag, "ConfigurationError")
        isQueryError("undefinedObject")(yield* Effect.flip(Query.from(Person)))
      })))

    it.live("are all made or none, or are refused in a transaction", () =>
      run(Effect.gen(function*() {
        const inTransaction = yield* Ddl.create(Person).pipe(
          Effect.zipRight(Effect.fail("undone")),
          Transaction.run(),
          Effect.either
        )
        if (database.name === "sqlite" || database.name === "postgres") {
          assert.deepStrictEqual(inTransaction, Either.left("undone"))
          yield* Ddl.create(Article, Person)
          yield* Ddl.drop([Article], { ifExists: false })
          // The second table is there already, so the first one must not stay.
          assert.strictEqual((yield* Effect.flip(Ddl.create(Team, Player, Person)))._tag, "QueryError")
        } else {
          assert.deepInclude(Either.isLeft(inTransaction) ? inTransaction.left : {}, { _tag: "UnsupportedError" })
        }
        isQueryError("undefinedObject")(yield* Effect.flip(Query.from(Team)))
        isQueryError("undefinedObject")(yield* Effect.flip(Query.from(Article)))
      })))

    it.live("stay when others refer to them", () =>
      run(Effect.gen(function*() {
        yield* Ddl.create(Player, Team)
        yield* Mutation.insert(Team, { id: 1, captain: null })
        yield* Mutation.insert(Player, { id: 1, team: 1, rival: null })
        const error = yield* Effect.flip(Ddl.drop(Team))
        assert.include(["QueryError", "ForeignKeyViolation"], error._tag)
        assert.strictEqual(yield* Query.count(Query.from(Team)), 1)
      })))

    afterAll(() => Effect.runPromise(run(Effect.void)))
  })
}
