/**
 * Queries put together by circumstances, copies without a clause, statements as text.
 */
import { assert, describe, it } from "@effect/vitest"
import { Database, Ddl, Expr, Field, Model, Mutation, Query, Relation, Transaction } from "effect-strata"
import * as Testing from "effect-strata/Testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class Account extends Model.Class<Account>("Account")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  age: Schema.Int,
  pin: Schema.String.pipe(Field.sensitive)
}, { table: "accounts" }) {}

class Note extends Model.Class<Note>("Note")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  accountId: Schema.Int,
  text: Schema.String
}, { table: "notes" }) {}

const notes = Relation.hasMany(Account, Note, "accountId")

const values = { values: true }

/** What is sent to SQLite, values and all. */
const sqlOf = <A, S, J>(query: Query.Query<A, S, J, any>) =>
  Effect.runSync(Effect.provide(Query.toSql(query, values), Testing.printing("sqlite") as Layer.Layer<any>))

const all = Query.from(Account).pipe(Query.pluck((a) => a.id))
const text = (rest: string) => `select "accounts"."id" from "accounts"${rest}`

describe("when", () => {
  it("adds a clause where it is true", () => {
    const with_ = (flag: boolean) => sqlOf(all.pipe(Query.when(flag, Query.where((a) => Expr.gte(a.age, 18)))))
    assert.deepStrictEqual(with_(true), { sql: text(` where "accounts"."age" >= ?`), parameters: [18n] })
    assert.deepStrictEqual(with_(false), { sql: text(""), parameters: [] })
  })

  it("takes several clauses in a function", () => {
    const newest = all.pipe(
      Query.when(true, (query) => query.pipe(Query.orderBy((a) => Expr.desc(a.id)), Query.limit(3)))
    )
    assert.deepStrictEqual(sqlOf(newest), { sql: text(` order by "accounts"."id" desc limit +?`), parameters: [3n] })
  })

  it("refuses what is neither true nor false", () => {
    const query = all.pipe(Query.when("yes" as never, Query.distinct))
    const problem = Effect.runSync(
      Effect.flip(Effect.provide(Query.toSql(query), Testing.printing("sqlite")))
    )
    assert.strictEqual(problem._tag, "ConfigurationError")
  })
})

describe("whenSome", () => {
  const named = (name: Option.Option<string> | string | null | undefined) =>
    sqlOf(all.pipe(Query.whenSome(name, (found) => Query.where((a) => Expr.eq(a.name, found)))))

  it("adds a clause where there is a value", () => {
    for (const given of ["a", Option.some("a")]) {
      assert.deepStrictEqual(named(given), { sql: text(` where "accounts"."name" = ?`), parameters: ["a"] })
    }
    for (const given of [null, undefined, Option.none()]) {
      assert.deepStrictEqual(named(given), { sql: text(""), parameters: [] })
    }
  })

  it("takes 0, false and the empty text for values", () => {
    assert.deepStrictEqual(named("").parameters, [""])
    const older = (age: number | null) =>
      sqlOf(all.pipe(Query.whenSome(age, (least) => Query.where((a) => Expr.gt(a.age, least)))))
    assert.deepStrictEqual(older(0).parameters, [0n])
  })
})

describe("without", () => {
  const whole = Query.from(Account).pipe(
    Query.where({ name: "a" }),
    Query.orderBy((a) => Expr.asc(a.age)),
    Query.limit(1),
    Query.offset(2)
  )
  const row = `"accounts"."id", "accounts"."name", "accounts"."age", "accounts"."pin"`

  it("leaves out the clauses that it names, so that others can follow", () => {
    const other = whole.pipe(
      Query.without("where", "orderBy", "limit", "offset"),
      Query.where({ name: "b" }),
      Query.orderBy((a) => Expr.desc(a.id))
    )
    assert.deepStrictEqual(sqlOf(other), {
      sql: `select ${row} from "accounts" where "accounts"."name" = ? order by "accounts"."id" desc`,
      parameters: ["b"]
    })
    assert.deepStrictEqual(sqlOf(whole).parameters, ["a", 1n, 2n])
  })

  it("gives groups, distinct rows and the selected columns back", () => {
    const counted = Query.from(Account).pipe(
      Query.groupBy((a) => [a.name]),
      Query.having(() => Expr.gt(Expr.count(), 1)),
      Query.select((a) => ({ name: a.name, count: Expr.count() })),
      Query.distinct
    )
    assert.deepStrictEqual(sqlOf(counted.pipe(Query.without("groupBy", "having", "select", "distinct"))), {
      sql: `select ${row} from "accounts"`,
      parameters: []
    })
  })

  it("gives up relations with the row, and the lock", () => {
    const loaded = Query.from(Account).pipe(Query.include({ notes }), Query.forUpdate())
    const { ast } = loaded.pipe(Query.without("select", "lock"))
    assert.deepStrictEqual(ast.includes, [])
    assert.isUndefined(ast.lock)
  })

  it("refuses other names", () => {
    for (const name of ["joins", "__proto__", "constructor", "from"]) {
      const problem = Effect.runSync(
        Effect.flip(Effect.provide(Query.toSql(all.pipe(Query.without(name as "where"))), Testing.printing("sqlite")))
      )
      assert.strictEqual(problem._tag, "ConfigurationError", name)
    }
  })
})

describe("toSql", () => {
  const on = Testing.printing("postgresql")

  it.effect("redacts values unless they are asked for", () =>
    Effect.gen(function*() {
      const query = all.pipe(Query.where({ name: "secret" }), Query.limit(1))
      const { parameters, sql } = yield* Query.toSql(query)
      assert.strictEqual(sql, `select "accounts"."id" from "accounts" where "accounts"."name" = $1 limit $2::bigint`)
      assert.notInclude(JSON.stringify(parameters) + String(parameters), "secret")
      assert.deepStrictEqual(parameters.map((one) => Redacted.value(one as Redacted.Redacted)), ["secret", "1"])
      assert.deepStrictEqual((yield* Query.toSql(query, values)).parameters, ["secret", "1"])
    }).pipe(Effect.provide(on)))

  it.effect("never shows what belongs to a sensitive column", () =>
    Effect.gen(function*() {
      const shown = (sent: Database.Printed) => sent.parameters.map((one) => Redacted.isRedacted(one) ? "hidden" : one)
      const query = (
        condition: (a: { readonly pin: Expr.Expr<string>; readonly name: Expr.Expr<string> }) => Expr.Condition
      ) => Effect.map(Query.toSql(all.pipe(Query.where((a) => condition(a))), values), shown)
      assert.deepStrictEqual(
        yield* query((a) => Expr.and(Expr.eq(a.pin, "1234"), Expr.eq(a.name, "a"))),
        ["hidden", "a"]
      )
      assert.deepStrictEqual(
        yield* query((a) => Expr.or(Expr.contains(Expr.lower(a.pin), "12"), Expr.in(a.pin, ["1", "2"]))),
        ["hidden", "hidden"]
      )
      assert.deepStrictEqual(
        yield* query((a) => Expr.eq(Expr.param(Schema.String, "1234"), a.pin)),
        ["hidden"]
      )
      const input = { name: "a", age: 1, pin: "1234" }
      assert.deepStrictEqual(
        shown(yield* Mutation.toSql(Mutation.insert(Account, input), values)),
        ["a", "1", "hidden"]
      )
      const update = Mutation.update(Account).pipe(
        Mutation.set((a) => ({ name: Expr.concat(a.name, "!"), pin: Expr.concat(a.name, "1234") })),
        Mutation.where({ age: 3 })
      )
      assert.deepStrictEqual(shown(yield* Mutation.toSql(update, values)), ["!", "hidden", "3"])
      const copies = Mutation.insertFrom(
        Account,
        Query.from(Account).pipe(Query.select((a) => ({ name: a.name, age: a.age, pin: Expr.concat(a.name, "1234") })))
      )
      assert.deepStrictEqual(shown(yield* Mutation.toSql(copies, values)), ["hidden"])
    }).pipe(Effect.provide(on)))

  it.effect("checks what it is given, as running does", () =>
    Effect.gen(function*() {
      const invalid = yield* Effect.flip(
        Mutation.toSql(Mutation.insert(Account, { name: 1 as never, age: 1, pin: "" }))
      )
      assert.strictEqual(invalid._tag, "ValidationError")
      assert.deepStrictEqual(yield* Mutation.toSql(Mutation.insertMany(Account, [])), { sql: "", parameters: [] })
      const one = yield* Effect.flip(Query.from(Account))
      assert.strictEqual(one._tag, "ConfigurationError")
    }).pipe(Effect.provide(on)))

  it.effect("of a write in several statements gives the first that writes", () =>
    Effect.gen(function*() {
      const many = Array.from({ length: 300 }, (_, i) => ({ name: "a", age: i, pin: "" }))
      const { parameters, sql } = yield* Mutation.toSql(Mutation.insertMany(Account, many))
      assert.strictEqual(parameters.length, 128 * 3)
      assert.isTrue(sql.startsWith("insert or fail into "))
    }).pipe(Effect.provide(Testing.printing("sqlite"))))

  it.effect("of a write whose rows are read by others leaves them out", () =>
    Effect.gen(function*() {
      const update = Mutation.update(Account).pipe(
        Mutation.set({ age: 1 }),
        Mutation.where({ id: 2 }),
        Mutation.returning
      )
      assert.deepStrictEqual(yield* Mutation.toSql(update, values), {
        sql: "update `accounts` set `age` = ? where `accounts`.`id` = ?",
        parameters: [1n, 2n]
      })
    }).pipe(Effect.provide(Testing.printing("mariadb"))))
})

class First extends Database.Tag("test/composition/First")<First>() {}
class Second extends Database.Tag("test/composition/Second")<Second>() {}

for (const database of available) {
  describe(`a second database: ${database.name}`, () => {
    it.live("has rows and transactions of its own, and says what its dialect does", () =>
      Effect.gen(function*() {
        const urls = [
          (yield* Effect.promise(() => fresh(database))).url,
          (yield* Effect.promise(() => fresh(database))).url
        ]
        const layer = Layer.merge(First.layer(layerOf(urls[0]!)), Second.layer(layerOf(urls[1]!)))
        const fill = (name: string) =>
          Effect.zipRight(Ddl.create(Account), Mutation.insert(Account, { name, age: 1, pin: "" }))
        const names = Query.from(Account).pipe(Query.pluck((a) => a.name))
        yield* Effect.gen(function*() {
          yield* Database.use(First)(fill("first"))
          yield* Database.use(Second)(fill("second"))
          const both = yield* Effect.all([Database.use(First)(names), Database.use(Second)(names)])
          assert.deepStrictEqual(both, [["first"], ["second"]])
          // A locking read needs a transaction of the database that it is of.
          const locked = names.pipe(Query.forUpdate())
          assert.deepStrictEqual(yield* locked.pipe(Transaction.run(), Database.use(Second)), ["second"])
          const sql = yield* Database.use(Second)(Query.toSql(names))
          assert.match(sql.sql, /^select ["`]accounts["`]/)
        }).pipe(Effect.provide(layer))
      }))
  })
}
