/**
 * Input that is made to become SQL, or to reach what a program did not mean (FAULTS.md, section 5): C1, C3, C10, C15 and C16.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { randomBytes } from "node:crypto"
import { nameOf, outcomeOf } from "../../bench/faults/figures.js"
import { observe } from "../../bench/faults/sessions.js"
import type { Services } from "../../src/Connect.js"
import * as Database from "../../src/Database.js"
import * as Ddl from "../../src/Ddl.js"
import * as Expr from "../../src/Expr.js"
import * as Faults from "../../src/Faults.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import type { AvailableDatabase } from "../support/databases.js"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class User extends Model.Class<User>("User")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  nick: Schema.NullOr(Schema.String)
}, { table: "c_users" }) {}

const users = Query.from(User)
const run = (text: string) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text))

/** Not values of any scalar column, however they are made up. */
const carriers: ReadonlyArray<readonly [string, () => unknown]> = [
  ["an object", () => ({ id: 1 })],
  ["an object of an operator's name", () => ({ not: null })],
  ["an array", () => [1, 2]],
  ["an array in an array", () => [[1, 2], [3]]],
  ["a carrier of toSqlString", () => ({ toSqlString: () => "1 or 1=1" })],
  ["a carrier of toPostgres", () => ({ toPostgres: () => "1 or 1=1" })],
  ["an object that prints as text", () => ({ toString: () => "1 or 1=1", [Symbol.toPrimitive]: () => "1" })],
  ["a boxed text", () => new String("1 or 1=1")],
  ["an object that claims to be a text", () => Object.create(String.prototype)],
  ["a proxy", () => new Proxy({}, { get: (_, key) => key === "length" ? 1 : "1 or 1=1" })],
  ["a proxy that throws", () =>
    new Proxy({}, {
      get: () => {
        throw new Error("get")
      },
      ownKeys: () => {
        throw new Error("ownKeys")
      }
    })],
  ["a function", () => () => "1 or 1=1"],
  ["a function with toSqlString", () => Object.assign(() => "1", { toSqlString: () => "1 or 1=1" })],
  ["a symbol", () => Symbol("1 or 1=1")],
  ["a map", () => new Map([["id", 1]])],
  ["an object without a prototype", () => Object.assign(Object.create(null), { id: 1 })],
  ["an object with a __proto__ of its own", () => JSON.parse("{\"__proto__\": {\"toSqlString\": 1}}")],
  ["a forged fragment", () => ({ _tag: "Fragment", strings: ["1 or 1=1"], args: [], segments: [] })],
  ["a forged expression", () => ({ node: { _tag: "Fragment", strings: ["1 or 1=1"], args: [] } })]
]

/** Everything that takes a scalar. A value that no type lets through comes from JSON, or from a program without types. */
const places: ReadonlyArray<readonly [string, (value: any) => Effect.Effect<unknown, unknown, Services>]> = [
  ["a filter", (value) => users.pipe(Query.where({ name: value }))],
  ["a filter of an operator", (value) => users.pipe(Query.where({ name: { contains: value } }))],
  ["a list in a filter", (value) => users.pipe(Query.where({ name: { in: [value] } }))],
  ["a filter of a key", (value) => users.pipe(Query.where({ id: { gte: value } }))],
  ["a condition", (value) => users.pipe(Query.where((u) => Expr.eq(u.id, value)))],
  ["a condition on text", (value) => users.pipe(Query.where((u) => Expr.ilike(u.name, value)))],
  ["a list in a condition", (value) => users.pipe(Query.where((u) => Expr.in(u.id, [1, value])))],
  ["a fragment", (value) => users.pipe(Query.where((u) => Expr.sql(Schema.Boolean)`${u.name} = ${value}`))],
  ["a limit", (value) => users.pipe(Query.limit(value))],
  ["an offset", (value) => users.pipe(Query.limit(1), Query.offset(value))],
  ["an insert", (value) => Mutation.insert(User, { id: 1, name: value, nick: null })],
  ["an insert of a nullable column", (value) => Mutation.insert(User, { id: 1, name: "a", nick: value })],
  ["an insert of many", (value) => Mutation.insertMany(User, [{ id: 1, name: "a", nick: null }, value])],
  ["an update", (value) => Mutation.update(User).pipe(Mutation.set({ name: value }), Mutation.where({ id: 0 }))],
  ["a delete", (value) => Mutation.delete(User).pipe(Mutation.where({ id: value }))],
  [
    "a parameter of SqlClient",
    (value) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql`select id from c_users where name = ${value}`)
  ],
  [
    "an unprepared parameter of SqlClient",
    (value) =>
      Effect.flatMap(SqlClient.SqlClient, (sql) => sql`select id from c_users where name = ${value}`.unprepared)
  ],
  [
    "an insert of SqlClient",
    (value) =>
      Effect.flatMap(SqlClient.SqlClient, (sql) => sql`insert into c_users ${sql.insert({ id: 1, name: value })}`)
  ]
]

/** A database of a test's own, and how many bytes its server was sent: none are counted on SQLite, which has no server. */
const watched = (database: AvailableDatabase) =>
  Effect.gen(function*() {
    const { url } = yield* Effect.promise(() => fresh(database))
    if (database.name === "sqlite") return { url, sent: Effect.succeed(0) }
    const proxy = yield* Faults.proxy({ port: Number(new URL(url).port) })
    return { url: proxy.url(url), sent: Effect.map(proxy.state, ({ bytesUp }) => bytesUp) }
  })

const onFresh = (database: AvailableDatabase) =>
  Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url, { size: 1 })))

const isTyped = (outcome: string): boolean => !["ok", "defect", "interrupted"].includes(outcome)

describe.each(available)("on $name", (database) => {
  describe("C1: what is no scalar", () => {
    it.live("is refused where a scalar belongs, typed, before anything is sent", () =>
      Effect.gen(function*() {
        const { sent, url } = yield* watched(database)
        yield* Effect.gen(function*() {
          yield* Ddl.create(User)
          yield* Mutation.insert(User, { id: 7, name: "b", nick: null })
          yield* users
          const problems: Array<string> = []
          for (const [place, use] of places) {
            for (const [what, make] of carriers) {
              const before = yield* sent
              const exit = yield* Effect.exit(Effect.suspend(() => use(make())))
              const after = yield* sent
              // What a program's own object throws is the program's own defect.
              const isOwn = what === "a proxy that throws" && outcomeOf(exit) === "defect"
              if (!isTyped(outcomeOf(exit)) && !isOwn) {
                problems.push(
                  `${what} in ${place}: ${outcomeOf(exit)} ${
                    Exit.isFailure(exit) ? Cause.pretty(exit.cause).split("\n")[0] : ""
                  }`
                )
              } else if (after !== before) problems.push(`${what} in ${place}: ${after - before} bytes were sent`)
            }
          }
          assert.deepStrictEqual(problems, [])
          assert.deepStrictEqual(yield* users.pipe(Query.pluck((u) => u.name)), ["b"])
        }).pipe(Effect.provide(layerOf(url, { size: 1 })))
      }).pipe(Effect.scoped), 60_000)

    it.live("and the text of a statement is the same whatever the values", () =>
      Effect.gen(function*() {
        const { print } = yield* Database.Database
        const texts = (value: string) =>
          Effect.all([
            Effect.map(print(users.pipe(Query.where({ name: value })).ast), ({ sql }) => sql),
            Effect.flatMap(
              Mutation.insert(User, { id: 1, name: value, nick: value }).statement,
              (statement) => Effect.map(print(statement), ({ sql }) => sql)
            )
          ])
        const expected = yield* texts("plain")
        for (const value of ["' or ''='", "\"", "`", "\\'", "$1", "?", "; drop table c_users; --", "\u2028"]) {
          assert.deepStrictEqual(yield* texts(value), expected)
        }
      }).pipe(Effect.provide(onFresh(database))))
  })

  describe("C3: an identifier", () => {
    const listTables = database.name === "postgres"
      ? "select tablename as name from pg_tables where schemaname = current_schema()"
      : database.name === "sqlite"
      ? "select name from sqlite_master where type = 'table'"
      : "select table_name as name from information_schema.tables where table_schema = database()"

    /** One table of that name with a column of the other, and everything that can be said of them. */
    const check = (table: string, column: string) =>
      Effect.gen(function*() {
        const tables = Effect.map(run(listTables), (rows) => rows.map((row) => (row as { readonly name: string }).name))
        const made = yield* Effect.exit(Effect.suspend(() => {
          class Row extends Model.Class<Row>("Row")({
            id: Schema.Int.pipe(Field.primaryKey),
            value: Schema.Int.pipe(Field.column(column))
          }, { table }) {}
          const rows = Query.from(Row)
          return Effect.gen(function*() {
            yield* Ddl.create(Row)
            const created = (yield* tables).filter((name) => name !== "c_victim")
            yield* Mutation.insertMany(Row, [{ id: 1, value: 10 }, { id: 2, value: 20 }])
            yield* Mutation.update(Row).pipe(Mutation.set({ value: 30 }), Mutation.where({ value: 10 }))
            const values = yield* rows.pipe(Query.orderBy((r) => Expr.desc(r.value)), Query.pluck((r) => r.value))
            const named = yield* rows.pipe(
              Query.where((r) => Expr.gt(r.value, 25)),
              Query.select((r) => ({ [column]: r.value, ["id"]: r.id }))
            )
            const joined = yield* rows.pipe(
              Query.innerJoin(column as string, Row, (r, all) => Expr.eq(r.id, all[column]!.id)),
              Query.select((_, all) => ({ value: all[column]!.value })),
              Query.as(table),
              Query.from,
              Query.count
            )
            return { created, values, named, joined }
          }).pipe(Effect.ensuring(Effect.ignore(Ddl.drop(Row))))
        }))
        const left = yield* tables
        const victim = yield* run("select id from c_victim")
        return { made, left, victim: victim.length }
      })

    const known = [
      "a.b",
      "c_victim.id",
      "a\"b",
      "a`b",
      "a'b",
      "a]b",
      "[a]",
      "\"",
      "``",
      "a\" (id int); drop table c_victim; --",
      "a` (id int); drop table c_victim; #",
      "a; drop table c_victim",
      "a\\",
      "a\\\"b",
      "select",
      "order by",
      "a--b",
      "/* a */",
      "a$1",
      "a?",
      ":a",
      "%s",
      "${a}",
      "constructor",
      "__proto__",
      "hasOwnProperty",
      "toString",
      "é😀",
      "a\nb",
      "a\tb",
      " a",
      "A",
      "1",
      "a b"
    ]
    /** What no database takes for a name: longer than it may be, or with the character that ends a text. */
    const refused = ["a\u0000b", "\u0000", "", "x".repeat(300)]

    const verdict = (
      table: string,
      column: string,
      { left, made, victim }: Effect.Effect.Success<ReturnType<typeof check>>
    ) => {
      const shown = JSON.stringify([table, column])
      assert.strictEqual(victim, 1, `${shown} reached another table`)
      assert.deepStrictEqual(left.filter((name) => name !== "c_victim"), [], `${shown} left tables`)
      if (Exit.isFailure(made)) {
        assert.isTrue(isTyped(outcomeOf(made)) || isConfiguration(made), `${shown}: ${Cause.pretty(made.cause)}`)
        return false
      }
      assert.deepStrictEqual(made.value.created, [table], shown)
      assert.deepStrictEqual(made.value.values, [30, 20], shown)
      assert.strictEqual(made.value.named.length, 1)
      const [row] = made.value.named
      if (column !== "id") {
        assert.strictEqual(Object.getOwnPropertyDescriptor(row, column)?.value, 30, shown)
        assert.strictEqual(Object.getOwnPropertyDescriptor(row, "id")?.value, 1, shown)
      }
      assert.strictEqual(made.value.joined, 2, shown)
      return true
    }

    /** A model that cannot be is a mistake of the program's, found when it is made. */
    const isConfiguration = (exit: Exit.Exit<unknown, unknown>): boolean =>
      Exit.isFailure(exit) &&
      Cause.defects(exit.cause).pipe((all) => [...all].some((one) => nameOf(one) === "ConfigurationError"))

    const prepared = Effect.zipRight(run("create table c_victim (id int)"), run("insert into c_victim values (1)"))

    it.live("is one identifier, whatever it holds: table, column, alias and order", () =>
      Effect.gen(function*() {
        yield* prepared
        const failing: Array<string> = []
        for (const name of known) {
          if (!verdict(name, "value", yield* check(name, "value"))) failing.push(`table ${JSON.stringify(name)}`)
          if (!verdict("c_rows", name, yield* check("c_rows", name))) failing.push(`column ${JSON.stringify(name)}`)
        }
        // MariaDB takes no character beyond U+FFFF, and says so.
        const unknown = database.name === "sqlite" || database.name === "postgres"
          ? []
          : ["table \"é😀\"", "column \"é😀\""]
        assert.deepStrictEqual(failing, unknown)
      }).pipe(Effect.provide(onFresh(database))), 60_000)

    it.live("that no database takes is refused, typed", () =>
      Effect.gen(function*() {
        yield* prepared
        for (const name of refused) {
          const table = yield* check(name, "value")
          const column = yield* check("c_rows", name)
          // SQLite knows no limit.
          if (database.name === "sqlite" && name.length === 300) continue
          assert.isFalse(verdict(name, "value", table), `table ${JSON.stringify(name)}`)
          assert.isFalse(verdict("c_rows", name, column), `column ${JSON.stringify(name)}`)
        }
      }).pipe(Effect.provide(onFresh(database))))

    it.live("of 63 or 64 bytes and more is kept whole or refused, never cut short", () =>
      Effect.gen(function*() {
        yield* prepared
        for (const length of [62, 63, 64, 65, 100]) {
          const name = "n".repeat(length)
          const long = verdict(name, "value", yield* check(name, "value"))
          const wide = verdict("c_rows", name, yield* check("c_rows", name))
          if (length <= 63) assert.isTrue(long && wide, `${length} bytes`)
        }
      }).pipe(Effect.provide(onFresh(database))), 30_000)

    const marks = FastCheck.constantFrom(
      ..."\"`'.;-\\][$?/*:%#@!(){}<>=,&|~^ aZ09_\n\t\u00e9\u4e2d",
      "--",
      "/*",
      "\"\"",
      "``",
      "''",
      "$1",
      "union select"
    )
    const nameOfAnything = FastCheck.oneof(
      { weight: 3, arbitrary: marks },
      FastCheck.string({ maxLength: 3, unit: "binary" }),
      FastCheck.constant("\u0000")
    )

    it.live("made of anything", () =>
      Effect.gen(function*() {
        yield* prepared
        const seed = Math.floor(Math.random() * 2 ** 31)
        const joined = (part: FastCheck.Arbitrary<string>) =>
          FastCheck.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(""))
        let works = 0
        // Names that each database takes: none ends in a space, nor begins as SQLite's own.
        const usual = FastCheck.sample(joined(marks).map((name) => `n${name}n`), { numRuns: 20, seed })
        const any = FastCheck.sample(joined(nameOfAnything), { numRuns: 20, seed })
        for (const [i, name] of [...usual, ...any].entries()) {
          for (const [table, column] of [[name, "value"], ["c_rows", name]] as const) {
            const seen = yield* check(table, column)
            try {
              if (verdict(table, column, seen) && i < usual.length) works++
            } catch (error) {
              throw new Error(`seed ${seed}: ${String(error)}`)
            }
          }
        }
        assert.strictEqual(works, 2 * usual.length, `seed ${seed}`)
      }).pipe(Effect.provide(onFresh(database))), 60_000)
  })

  describe("C10: names of columns that the server sends", () => {
    const names = [
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "hasOwnProperty",
      "__defineGetter__",
      "a\"b",
      "a`b",
      "a'b",
      "a.b",
      "a\\",
      "\\\"]; globalThis.polluted = true; //",
      "']; globalThis.polluted = true; //",
      "`+(globalThis.polluted = true)+`",
      "${globalThis.polluted = true}",
      "*/ globalThis.polluted = true /*",
      "a\nglobalThis.polluted = true",
      "\u2028globalThis.polluted = true"
    ]
    const quoted = (name: string) =>
      database.name === "postgres" || database.name === "sqlite"
        ? `"${name.replaceAll("\"", "\"\"")}"`
        : `\`${name.replaceAll("`", "``")}\``

    /** A value that is an object, which could become a prototype. */
    const bytes = database.name === "postgres" ? "'\\x6162'::bytea" : "x'6162'"

    it.live("are names of plain data", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const own = Object.getOwnPropertyNames(Object.prototype).length
        const problems: Array<string> = []
        for (const name of names) {
          for (const isPrepared of [true, false]) {
            const query = sql.unsafe(`select ${bytes} as ${quoted(name)}, 42 as plain`)
            const exit = yield* Effect.exit(isPrepared ? query : query.unprepared)
            // mysql2 refuses the names of what every object has; it says so, and the connection goes on.
            if (Exit.isFailure(exit)) {
              if (!isTyped(outcomeOf(exit))) problems.push(`${name}: ${outcomeOf(exit)}`)
              continue
            }
            const [row] = exit.value as ReadonlyArray<object>
            const prototype = Object.getPrototypeOf(row)
            if (prototype !== null && prototype !== Object.prototype) problems.push(`${name} changed the prototype`)
            const value = Object.getOwnPropertyDescriptor(row, name)?.value
            if (!(value instanceof Uint8Array)) problems.push(`${name} is no property`)
            if (Number((row as { readonly plain: unknown }).plain) !== 42) problems.push(`${name} hides another`)
          }
        }
        assert.deepStrictEqual(problems, [])
        assert.isUndefined((globalThis as { readonly polluted?: unknown }).polluted)
        assert.isUndefined(({} as { readonly plain?: unknown }).plain)
        assert.strictEqual(Object.getOwnPropertyNames(Object.prototype).length, own)
        assert.strictEqual((yield* run("select 1 as one")).length, 1)
      }).pipe(Effect.provide(onFresh(database))))
  })

  describe("C15: several statements in one text", () => {
    it.live("fail, and none of them takes effect", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* run("create table c_rows (id int)")
        const stacked = "insert into c_rows values (1); insert into c_rows values (2)"
        const ways: ReadonlyArray<readonly [string, Effect.Effect<unknown, unknown>]> = [
          ["prepared", sql.unsafe(stacked)],
          ["unprepared", sql.unsafe(stacked).unprepared],
          ["raw", sql.unsafe(stacked).raw],
          ["with a parameter", sql`insert into c_rows values (${3}); insert into c_rows values (4)`],
          ["a select after a select", sql.unsafe("select 1 as one; select 2 as two")],
          ["in a transaction", sql.withTransaction(sql.unsafe(stacked))],
          [
            "reserved",
            Effect.scoped(Effect.flatMap(sql.reserve, (own) => own.executeUnprepared(stacked, [], undefined)))
          ]
        ]
        const outcomes: Array<readonly [string, string]> = []
        for (const [way, effect] of ways) outcomes.push([way, outcomeOf(yield* Effect.exit(effect))])
        assert.deepStrictEqual(outcomes, ways.map(([way]) => [way, "QueryError/syntax"] as const))
        assert.deepStrictEqual(yield* run("select id from c_rows"), [])
        // One statement may end in what separates several.
        assert.strictEqual((yield* run("select 1 as one;")).length, 1)
      }).pipe(Effect.provide(onFresh(database))))
  })

  describe("C16: what a database can reach beyond itself", () => {
    it.live("is not opened by anything here", () =>
      Effect.gen(function*() {
        if (database.name === "sqlite") {
          const outcome = outcomeOf(yield* Effect.exit(run("select load_extension('c16')")))
          assert.match(outcome, /^QueryError/)
        } else if (database.name === "postgres") {
          // It is the server that says who may run programs: a role that it was not granted to may not.
          const role = `c16_${randomBytes(4).toString("hex")}`
          const own = yield* Effect.promise(() => fresh(database))
          const observer = yield* observe(own)
          yield* Effect.acquireUseRelease(
            observer.ask(`create role ${role} login`),
            () =>
              Effect.gen(function*() {
                const as = new URL(own.url)
                as.username = role
                yield* Effect.gen(function*() {
                  for (const text of ["copy (select 1) to program 'true'", "copy (select 1) to '/tmp/c16'"]) {
                    assert.strictEqual(outcomeOf(yield* Effect.exit(run(text))), "QueryError/permission", text)
                  }
                  // Nor does the driver answer a request for data from this side.
                  assert.isTrue(isTyped(outcomeOf(yield* Effect.exit(run("copy (select 1) to stdout")))))
                }).pipe(Effect.provide(layerOf(as.href, { size: 1 })))
              }),
            () => Effect.asVoid(observer.ask(`drop role ${role}`))
          )
        } else {
          yield* run("create table c_files (line text)")
          for (
            const query of [
              run,
              (text: string) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text).unprepared)
            ]
          ) {
            const load = query("load data local infile '/etc/hostname' into table c_files")
            assert.isTrue(isTyped(outcomeOf(yield* Effect.exit(load))))
          }
          assert.deepStrictEqual(yield* run("select * from c_files"), [])
        }
        assert.strictEqual((yield* run("select 1 as one")).length, 1)
      }).pipe(Effect.scoped, Effect.provide(onFresh(database))))
  })
})
