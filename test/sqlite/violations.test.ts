/** What an error tells, of every kind that SQLite raises: through a real database, in memory and in a file. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Option from "effect/Option"
import type { Connection, Failure } from "../../src/Driver.js"
import { InvalidValue } from "../../src/sql/storage.js"
import { classify, columnsOfMessage } from "../../src/sqlite/classify.js"
import { targetOf, tokenize } from "../../src/sqlite/tokens.js"
import { all, connect, rows, runAll } from "./databases.js"

const failure = (connection: Connection, text: string, ...parameters: ReadonlyArray<unknown>) =>
  Effect.flip(connection.run(text, parameters))

type Violation = Extract<Failure["kind"], { readonly columns: unknown }>

const violation = (
  error: Violation["error"],
  constraint: string | undefined,
  table: string | undefined,
  ...columns: ReadonlyArray<string>
): Failure["kind"] => ({ error, constraint, table, columns })

const begin = { isolation: undefined, access: undefined, deferrable: undefined }

const schema = [
  `create table users (
     id integer primary key autoincrement,
     email text not null,
     "last, name" text,
     age integer constraint users_age check (age >= 0 and length(email) < 100),
     country text constraint "users country" references countries (code) on delete restrict,
     boss integer references users (id),
     check (age < 200),
     constraint users_names unique ("last, name", age)
   ) strict`,
  "create unique index users_email on users (lower(email))",
  "create unique index users_boss_country on users (boss, country) where boss is not null",
  "create table countries (code text, name text, constraint countries_key primary key (code)) strict, without rowid",
  `create table cities (
     id integer primary key, country text, mayor integer, -- (a comment, with a constraint "x" check (1))
     constraint cities_country foreign key (country) references countries (code) on update cascade,
     constraint cities_mayor foreign key (mayor) references users (id) on delete cascade
       deferrable initially deferred
   ) strict`,
  "create table visits (city integer constraint visits_city references cities (id) on delete cascade, guest integer, constraint visits_guest foreign key (guest) references users) strict",
  "create table \"odd.table\" (\"a.b\" integer, \"c, d\" integer not null, unique (\"a.b\", \"c, d\")) strict",
  "insert into countries values ('fr', 'France'), ('de', 'Germany')",
  "insert into users (id, email, \"last, name\", age, country) values (1, 'A@x', 'A', 30, 'fr'), (2, 'B@x', 'B', 40, null)",
  "insert into cities values (1, 'fr', 1)",
  "insert into visits values (1, 2)"
]

const prepared = (database: (typeof all)[number][1]) =>
  Effect.gen(function*() {
    const connection = yield* Effect.flatMap(database, connect)
    yield* runAll(connection, ...schema)
    return connection
  })

for (const [where, database] of all) {
  describe(`violations in ${where}`, () => {
    const each = <E>(name: string, test: (connection: Connection) => Effect.Effect<void, E, Scope.Scope>) =>
      it.scoped(name, () => Effect.flatMap(prepared(database), test))

    each("unique", (connection) =>
      Effect.gen(function*() {
        const two = "insert into users (email, \"last, name\", age) values (?, ?, ?)"
        const named = yield* failure(connection, two, "c", "A", 30n)
        assert.deepStrictEqual(named.kind, violation("UniqueViolation", "users_names", "users", "last, name", "age"))
        assert.strictEqual(named.code, "SQLITE_CONSTRAINT_UNIQUE")
        const expression = yield* failure(connection, two, "a@X", "C", 1n)
        assert.deepStrictEqual(expression.kind, violation("UniqueViolation", "users_email", "users", "email"))
        const odd = "insert into \"odd.table\" values (1, 1)"
        yield* connection.run(odd, [])
        assert.deepStrictEqual(
          (yield* failure(connection, odd)).kind,
          violation("UniqueViolation", undefined, "odd.table", "a.b", "c, d")
        )
      }))

    each("a partial unique index", (connection) =>
      Effect.gen(function*() {
        yield* connection.run("update users set boss = 1, country = 'fr' where id = 1", [])
        const error = yield* failure(connection, "update users set boss = 1, country = 'fr' where id = 2")
        assert.deepStrictEqual(
          error.kind,
          violation("UniqueViolation", "users_boss_country", "users", "boss", "country")
        )
      }))

    each("primary keys", (connection) =>
      Effect.gen(function*() {
        const integer = yield* failure(connection, "insert into users (id, email) values (1, 'z')")
        assert.deepStrictEqual(integer.kind, violation("UniqueViolation", undefined, "users", "id"))
        assert.strictEqual(integer.code, "SQLITE_CONSTRAINT_PRIMARYKEY")
        const named = yield* failure(connection, "insert into countries values ('fr', 'x')")
        assert.deepStrictEqual(named.kind, violation("UniqueViolation", "countries_key", "countries", "code"))
      }))

    each("not null", (connection) =>
      Effect.gen(function*() {
        const error = yield* failure(connection, "insert into users (email) values (null)")
        assert.deepStrictEqual(error.kind, violation("NotNullViolation", undefined, "users", "email"))
        const odd = yield* failure(connection, "insert into \"odd.table\" values (1, null)")
        assert.deepStrictEqual(odd.kind, violation("NotNullViolation", undefined, "odd.table", "c, d"))
      }))

    each("checks", (connection) =>
      Effect.gen(function*() {
        const named = yield* failure(connection, "update users set age = -1")
        assert.deepStrictEqual(named.kind, violation("CheckViolation", "users_age", "users", "email", "age"))
        const unnamed = yield* failure(connection, "update users set age = 500 where id = 1")
        assert.deepStrictEqual(unnamed.kind, violation("CheckViolation", undefined, "users", "age"))
      }))

    each("a foreign key of an insert: only one, and one of several", (connection) =>
      Effect.gen(function*() {
        const other = yield* failure(connection, "insert into cities values (2, 'xx', null)")
        assert.deepStrictEqual(other.kind, violation("ForeignKeyViolation", "cities_country", "cities", "country"))
        assert.strictEqual(other.code, "SQLITE_CONSTRAINT_FOREIGNKEY")
        const insert = "insert into users (email, country, boss) values (?, ?, ?) returning id"
        const first = yield* failure(connection, insert, "q", "xx", null)
        assert.deepStrictEqual(first.kind, violation("ForeignKeyViolation", "users country", "users", "country"))
        const second = yield* failure(connection, insert, "q", "fr", 99n)
        assert.deepStrictEqual(second.kind, violation("ForeignKeyViolation", undefined, "users", "boss"))
        const third = yield* failure(connection, "insert into visits values (1, 77)")
        assert.deepStrictEqual(third.kind, violation("ForeignKeyViolation", "visits_guest", "visits", "guest"))
        assert.deepStrictEqual(yield* rows(connection, "select count(*) from users"), [[2]])
        assert.isFalse(connection.isInTransaction())
      }))

    each("a foreign key of a delete: restricted, far away through a cascade", (connection) =>
      Effect.gen(function*() {
        const restricted = yield* failure(connection, "delete from countries where code = 'fr'")
        assert.deepStrictEqual(restricted.kind, violation("ForeignKeyViolation", "users country", "users", "country"))
        assert.strictEqual(restricted.code, "SQLITE_CONSTRAINT_TRIGGER")
        const guest = yield* failure(connection, "delete from users where id = 2")
        assert.deepStrictEqual(guest.kind, violation("ForeignKeyViolation", "visits_guest", "visits", "guest"))
        yield* connection.run("update users set country = null", [])
        const city = yield* failure(connection, "delete from countries where code = 'fr'")
        assert.deepStrictEqual(city.kind, violation("ForeignKeyViolation", "cities_country", "cities", "country"))
      }))

    each("a foreign key within a transaction leaves it as it was", (connection) =>
      Effect.gen(function*() {
        yield* connection.begin(begin)
        yield* connection.run("insert into users (email) values ('kept')", [])
        const error = yield* failure(connection, "insert into users (email, country) values ('q', 'xx')")
        assert.deepStrictEqual(error.kind, violation("ForeignKeyViolation", "users country", "users", "country"))
        assert.isTrue(connection.isInTransaction())
        assert.deepStrictEqual(yield* rows(connection, "pragma defer_foreign_keys"), [[0]])
        // It is checked at once again.
        yield* failure(connection, "insert into users (email, country) values ('q', 'xx')")
        yield* connection.commit
        assert.deepStrictEqual(yield* rows(connection, "select count(*) from users"), [[3]])
      }))

    each("tables made in the same transaction are known", (connection) =>
      Effect.gen(function*() {
        yield* connection.begin(begin)
        yield* connection.run("create table fresh (a integer constraint fresh_a check (a > 0))", [])
        const error = yield* failure(connection, "insert into fresh values (0)")
        assert.deepStrictEqual(error.kind, violation("CheckViolation", "fresh_a", "fresh", "a"))
        yield* connection.rollback
      }))

    each(
      "a COMMIT that fails by a deferred foreign key is typed, and can be rolled back",
      (connection) =>
        Effect.gen(function*() {
          yield* connection.begin(begin)
          yield* connection.run("insert into cities values (5, 'fr', 99)", [])
          const error = yield* Effect.flip(connection.commit)
          assert.deepStrictEqual(error.kind, violation("ForeignKeyViolation", "cities_mayor", "cities", "mayor"))
          assert.isTrue(connection.isInTransaction())
          yield* connection.rollback
          assert.isFalse(connection.isInTransaction())
          assert.isFalse(connection.isBroken())
          yield* connection.begin(begin)
          yield* connection.commit
          assert.deepStrictEqual(yield* rows(connection, "select count(*) from cities"), [[1]])
        })
    )

    each(
      "a deferred foreign key is checked at the end of a statement by itself",
      (connection) =>
        Effect.gen(function*() {
          const error = yield* failure(connection, "insert into cities values (5, 'fr', 99)")
          assert.deepStrictEqual(error.kind, violation("ForeignKeyViolation", "cities_mayor", "cities", "mayor"))
          assert.deepStrictEqual(yield* rows(connection, "select count(*) from cities"), [[1]])
        })
    )

    each("a trigger's own refusal is no violation", (connection) =>
      Effect.gen(function*() {
        yield* connection.run(
          "create trigger no_delete before delete on visits begin select raise(abort, 'never'); end",
          []
        )
        const error = yield* failure(connection, "delete from visits")
        assert.deepStrictEqual(error.kind, { error: "QueryError", reason: "other" })
      }))

    each("what is wrong with the statement", (connection) =>
      Effect.gen(function*() {
        const reason = (text: string, ...parameters: ReadonlyArray<unknown>) =>
          Effect.map(failure(connection, text, ...parameters), ({ kind }) =>
            kind.error === "QueryError" ? kind.reason : kind.error)
        assert.strictEqual(yield* reason("selec 1"), "syntax")
        assert.strictEqual(yield* reason("select 'unended"), "syntax")
        assert.strictEqual(yield* reason(""), "syntax")
        assert.strictEqual(yield* reason("select 1; select 2"), "syntax")
        assert.strictEqual(yield* reason("select * from nowhere"), "undefinedObject")
        assert.strictEqual(yield* reason("select missing from users"), "undefinedObject")
        assert.strictEqual(yield* reason("select missing(1)"), "undefinedObject")
        assert.strictEqual(yield* reason("insert into users (missing) values (1)"), "undefinedObject")
        assert.strictEqual(yield* reason("select ?", {}), "data")
        assert.strictEqual(yield* reason("select ?", true), "data")
        assert.strictEqual(yield* reason("select ?", 2n ** 64n), "data")
        assert.strictEqual(yield* reason("select ?"), "data")
        assert.strictEqual(yield* reason("select 1", 1), "data")
        assert.strictEqual(yield* reason("insert into users (email, age) values ('x', 1.5)"), "data")
        assert.strictEqual(yield* reason("insert into users (id, email) values ('x', 'y')"), "data")
        assert.strictEqual(yield* reason("select abs(-9223372036854775808)"), "data")
        assert.strictEqual(yield* reason("select json('{')"), "data")
        assert.strictEqual(yield* reason("select zeroblob(2000000000)"), "data")
        assert.strictEqual(yield* reason("create table users (a)"), "other")
        assert.strictEqual(yield* reason("release nowhere"), "other")
        assert.strictEqual(yield* reason("commit"), "other")
        yield* connection.run("pragma query_only = on", [])
        assert.strictEqual(yield* reason("delete from visits"), "readOnly")
      }))

    it.scoped("describeConstraint", () =>
      Effect.gen(function*() {
        const driver = yield* database
        yield* runAll(yield* connect(driver), ...schema)
        const describe = (name: string, table?: string) =>
          Effect.map(
            driver.describeConstraint(name, table),
            Option.map((found) => [found.table, ...found.columns])
          )
        assert.deepStrictEqual(yield* describe("users_email"), Option.some(["users", "email"]))
        assert.deepStrictEqual(yield* describe("users_names", "users"), Option.some(["users", "last, name", "age"]))
        assert.deepStrictEqual(yield* describe("users_age"), Option.some(["users", "email", "age"]))
        assert.deepStrictEqual(yield* describe("cities_mayor"), Option.some(["cities", "mayor"]))
        assert.deepStrictEqual(yield* describe("cities_mayor", "users"), Option.none())
        assert.deepStrictEqual(yield* describe("x"), Option.none())
      }))
  })
}

describe("classification", () => {
  const sqlite = (code: string, message = "") => Object.assign(new Error(message), { code })
  it("by result code, total", () => {
    const expected: ReadonlyArray<readonly [string, unknown]> = [
      ["SQLITE_BUSY", { error: "ConflictError", reason: "lockTimeout" }],
      ["SQLITE_BUSY_RECOVERY", { error: "ConflictError", reason: "lockTimeout" }],
      ["SQLITE_BUSY_SNAPSHOT", { error: "ConflictError", reason: "serialization" }],
      ["SQLITE_LOCKED", { error: "ConflictError", reason: "lockTimeout" }],
      ["SQLITE_LOCKED_SHAREDCACHE", { error: "ConflictError", reason: "lockTimeout" }],
      ["SQLITE_READONLY", { error: "QueryError", reason: "readOnly" }],
      ["SQLITE_READONLY_DBMOVED", { error: "QueryError", reason: "readOnly" }],
      ["SQLITE_FULL", { error: "QueryError", reason: "resources" }],
      ["SQLITE_NOMEM", { error: "QueryError", reason: "resources" }],
      ["SQLITE_IOERR_FSYNC", { error: "QueryError", reason: "resources" }],
      ["SQLITE_CANTOPEN_ISDIR", { error: "QueryError", reason: "resources" }],
      ["SQLITE_CORRUPT_VTAB", { error: "QueryError", reason: "other" }],
      ["SQLITE_NOTADB", { error: "QueryError", reason: "other" }],
      ["SQLITE_TOOBIG", { error: "QueryError", reason: "data" }],
      ["SQLITE_MISMATCH", { error: "QueryError", reason: "data" }],
      ["SQLITE_RANGE", { error: "QueryError", reason: "data" }],
      ["SQLITE_INTERRUPT", { error: "TimeoutError" }],
      ["SQLITE_SCHEMA", { error: "QueryError", reason: "stalePlan" }],
      ["SQLITE_AUTH_USER", { error: "QueryError", reason: "permission" }],
      ["SQLITE_PERM", { error: "QueryError", reason: "permission" }],
      ["SQLITE_ABORT_ROLLBACK", { error: "QueryError", reason: "aborted" }],
      ["SQLITE_CONSTRAINT_VTAB", { error: "QueryError", reason: "other" }],
      ["SQLITE_MISUSE", { error: "QueryError", reason: "other" }],
      ["SQLITE_UNHEARD_OF", { error: "QueryError", reason: "other" }],
      ["SQLITE_ERROR", { error: "QueryError", reason: "other" }]
    ]
    for (const [code, kind] of expected) {
      assert.deepStrictEqual(classify(sqlite(code)).kind, kind as Failure["kind"], code)
      assert.strictEqual(classify(sqlite(code)).code, code)
    }
  })
  it("of whatever else is thrown", () => {
    for (const thrown of [undefined, null, "text", 5, {}, new Error("x"), new EvalError("x")]) {
      assert.deepStrictEqual(classify(thrown).kind, { error: "QueryError", reason: "other" })
    }
    assert.deepStrictEqual(classify(new InvalidValue("is wrong")).kind, { error: "QueryError", reason: "data" })
    assert.deepStrictEqual(
      classify(new TypeError("The database connection is not open")).kind,
      { error: "ConnectionError", reason: "closed", isRetryable: true }
    )
  })
  it("of messages without a catalogue", () => {
    assert.deepStrictEqual(columnsOfMessage("users.email, users.name"), { table: "users", columns: ["email", "name"] })
    assert.isUndefined(columnsOfMessage(""))
    assert.deepStrictEqual(
      classify(sqlite("SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: index 'it's'")).kind,
      violation("UniqueViolation", "it's", undefined)
    )
  })
})

describe("the table of a statement", () => {
  it("is found", () => {
    const cases: ReadonlyArray<readonly [string, string, string]> = [
      ["insert into \"a\"\"b\" values (1)", "insert", "a\"b"],
      ["INSERT OR IGNORE INTO main.[x y] values (1)", "insert", "x y"],
      ["insert or replace into x values (1)", "replace", "x"],
      ["replace into `x` values (1)", "replace", "x"],
      ["update or fail x set a = 1", "update", "x"],
      ["/* delete from y */ delete from x where a = 'insert into z'", "delete", "x"],
      ["with y as (select 1), z as (delete from w) insert into x select * from y", "insert", "x"]
    ]
    for (const [text, verb, table] of cases) assert.deepStrictEqual(targetOf(text), { verb, table } as never)
    for (
      const text of ["select 1", "", "insert", "update", "delete from", "create table x (a)", "pragma x", "\"insert\""]
    ) {
      assert.isUndefined(targetOf(text))
    }
  })
  it("whatever the text is, its pieces are in it", () => {
    for (const text of ["'unended", "\"", "[", "/* unended", "-- x", "a''b", "x'00'", "'it''s'"]) {
      for (const token of tokenize(text)) assert.isTrue(token.start < token.end && token.end <= text.length)
    }
    assert.deepStrictEqual(tokenize("'it''s'").map((token) => token.text), ["it's"])
  })
})
