import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import type { Connection, Failure } from "../../src/Driver.js"
import { classify, columnsOfDetail } from "../../src/postgres/classify.js"
import { make } from "../../src/postgres/driver.js"
import { backend, connection, driver, errorMessage, plain, pretend, rows, server, wait } from "./server.js"

const kindOf = (error: object): unknown => classify(error).kind

describe("the table of SQLSTATEs", () => {
  /** Appendix A of PostgreSQL's manual. */
  const classes =
    "00 01 02 03 08 09 0A 0B 0F 0L 0P 0Z 10 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F 40 42 44 53 54 " +
    "55 57 58 72 F0 HV P0 XX"

  it("knows every class, and every other code is other", () => {
    const known = new Set<string>()
    for (const prefix of classes.split(" ")) {
      const { kind } = classify(Object.assign(new Error("said"), { code: `${prefix}ZZZ` }))
      assert.isString(kind.error)
      known.add(kind.error === "QueryError" ? kind.reason : kind.error)
    }
    assert.includeMembers([...known], ["data", "permission", "resources", "syntax", "ConnectionError", "ConflictError"])
    assert.deepStrictEqual(kindOf({ code: "ZZ999" }), { error: "QueryError", reason: "other" })
    assert.deepStrictEqual(kindOf({}), { error: "ConnectionError", reason: "lost", isRetryable: false })
  })

  const cases: ReadonlyArray<readonly [code: string, kind: Failure["kind"]]> = [
    ["08006", { error: "ConnectionError", reason: "lost", isRetryable: false }],
    ["08001", { error: "ConnectionError", reason: "refused", isRetryable: false }],
    ["08P01", { error: "QueryError", reason: "other" }],
    ["22001", { error: "QueryError", reason: "data" }],
    ["25006", { error: "QueryError", reason: "readOnly" }],
    ["25P02", { error: "QueryError", reason: "aborted" }],
    ["25P03", { error: "ConnectionError", reason: "lost", isRetryable: false }],
    ["25P04", { error: "TimeoutError" }],
    ["26000", { error: "QueryError", reason: "stalePlan" }],
    ["28P01", { error: "ConnectionError", reason: "authentication", isRetryable: false }],
    ["28000", { error: "ConnectionError", reason: "authentication", isRetryable: false }],
    ["3D000", { error: "QueryError", reason: "undefinedObject" }],
    ["40001", { error: "ConflictError", reason: "serialization" }],
    ["40P01", { error: "ConflictError", reason: "deadlock" }],
    ["42501", { error: "QueryError", reason: "permission" }],
    ["42883", { error: "QueryError", reason: "undefinedObject" }],
    ["42P07", { error: "QueryError", reason: "other" }],
    ["53100", { error: "QueryError", reason: "resources" }],
    ["53200", { error: "QueryError", reason: "resources" }],
    ["53300", { error: "QueryError", reason: "resources" }],
    ["54001", { error: "QueryError", reason: "resources" }],
    ["55P03", { error: "ConflictError", reason: "lockTimeout" }],
    ["57014", { error: "TimeoutError" }],
    ["57P01", { error: "ConnectionError", reason: "lost", isRetryable: false }],
    ["57P02", { error: "ConnectionError", reason: "lost", isRetryable: false }],
    ["57P03", { error: "ConnectionError", reason: "refused", isRetryable: true }],
    ["57P04", { error: "ConnectionError", reason: "lost", isRetryable: false }],
    ["57P05", { error: "ConnectionError", reason: "lost", isRetryable: false }]
  ]
  it.each(cases)("%s", (code, kind) => {
    assert.deepStrictEqual(kindOf({ code }), kind)
  })

  it("tells a stale plan from a feature that is missing", () => {
    assert.deepStrictEqual(kindOf({ code: "0A000", routine: "RevalidateCachedQuery", message: "auf Deutsch" }), {
      error: "QueryError",
      reason: "stalePlan"
    })
    assert.strictEqual(classify({ code: "0A000", routine: "other" }).kind.error, "UnsupportedError")
  })

  it("tells errors of the socket by whether a connection stood", () => {
    const connecting = (error: object): unknown => classify(error, "connect").kind
    const refused = { error: "ConnectionError", reason: "refused", isRetryable: true }
    const lost = { error: "ConnectionError", reason: "lost", isRetryable: false }
    for (const code of ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "ECONNRESET", "EPIPE"]) {
      assert.deepStrictEqual(connecting({ code, message: "" }), refused, code)
    }
    for (const code of ["ETIMEDOUT", "ECONNRESET", "EPIPE"]) assert.deepStrictEqual(kindOf({ code }), lost, code)
    assert.deepStrictEqual(kindOf(new Error("Connection terminated unexpectedly")), lost)
    const unsent: unknown = classify(new Error("gone"), "statement", true).kind
    assert.deepStrictEqual(unsent, { ...lost, isRetryable: true })
    const full: unknown = classify({ code: "53100" }, "statement", true).kind
    assert.deepStrictEqual(full, { ...lost, isRetryable: true })
    const tls = { error: "ConnectionError", reason: "tls", isRetryable: false }
    for (const code of ["DEPTH_ZERO_SELF_SIGNED_CERT", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID", "EPROTO"]) {
      assert.deepStrictEqual(connecting({ code, message: "" }), tls, code)
    }
    assert.deepStrictEqual(connecting(new Error("The server does not support SSL connections")), tls)
  })
})

describe("the columns of a detail", () => {
  const cases: ReadonlyArray<readonly [detail: string, columns: ReadonlyArray<string>]> = [
    ["Key (email)=(a@b.c) already exists.", ["email"]],
    ["Key (a, \"b c\")=(1, 2) already exists.", ["a", "b c"]],
    ["Key (\"a\"\"b\", \"c,d\", \"e)f\", \"(\")=(x, y, (z), )=() already exists.", ["a\"b", "c,d", "e)f", "("]],
    ["Schlüssel »(straße)=(x)« existiert bereits.", ["straße"]],
    ["Key (lower(email))=(a@b.c) already exists.", []],
    ["Key (a, (b || ', c)'::text))=(1, x) already exists.", []],
    ["Key (a) = no", ["a"]],
    ["no key", []],
    ["Key (a, b", []]
  ]
  it.each(cases)("%s", (detail, columns) => {
    assert.deepStrictEqual(columnsOfDetail(detail), columns)
  })
})

const tables = `
drop schema if exists strata_classify cascade;
create schema strata_classify;
set search_path to strata_classify;
create table parents (id integer primary key, email varchar(10), "b c" integer, note text not null default '',
  constraint parents_email_key unique (email), constraint odd unique (id, "b c"), constraint positive check (id > 0));
create unique index parents_note on parents (lower(note), "b c") where note <> '';
create table children (id integer primary key, parent integer constraint children_parent_fk references parents,
  during int4range, constraint no_overlap exclude using gist (during with &&));
create table deferred (id integer primary key, parent integer references parents deferrable initially deferred);
insert into parents values (1, 'a', 1, 'Secret'), (2, 'b', 2, '');
insert into children values (1, 1, '[1,5)')`

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("what the server says", () => {
  /** Runs a statement that fails, in the tables above. */
  const failing = (text: string, setup: ReadonlyArray<string> = []) =>
    Effect.gen(function*() {
      const one = yield* prepared
      for (const statement of setup) yield* rows(one, statement)
      return yield* Effect.flip(one.run(text, []))
    })
  const prepared = Effect.gen(function*() {
    const one = yield* connection()
    for (const text of tables.split(";\n")) yield* rows(one, text)
    return one
  })
  const violation = (
    name: string,
    text: string,
    expected: readonly [error: string, constraint: string | undefined, table: string, columns: ReadonlyArray<string>]
  ) =>
    it.scoped(name, () =>
      Effect.gen(function*() {
        const { hint, kind } = yield* failing(text)
        assert.isUndefined(hint)
        const [error, constraint, table, columns] = expected
        assert.deepStrictEqual(kind as unknown, { error, constraint, table, columns })
      }))

  violation("unique", "insert into parents values (3, 'a')", [
    "UniqueViolation",
    "parents_email_key",
    "parents",
    ["email"]
  ])
  violation("primary key", "insert into parents values (1)", ["UniqueViolation", "parents_pkey", "parents", ["id"]])
  violation("unique of an expression", "insert into parents values (3, 'c', 1, 'secret')", [
    "UniqueViolation",
    "parents_note",
    "parents",
    []
  ])
  violation("foreign key, insert", "insert into children values (2, 99)", [
    "ForeignKeyViolation",
    "children_parent_fk",
    "children",
    ["parent"]
  ])
  violation("foreign key, delete", "delete from parents where id = 1", [
    "ForeignKeyViolation",
    "children_parent_fk",
    "children",
    []
  ])
  violation("not null", "insert into parents (id, note) values (3, null)", [
    "NotNullViolation",
    undefined,
    "parents",
    ["note"]
  ])
  violation("check", "insert into parents values (-1)", ["CheckViolation", "positive", "parents", []])
  violation("exclusion", "insert into children values (2, 2, '[2,3)')", [
    "ExclusionViolation",
    "no_overlap",
    "children",
    ["during"]
  ])

  const query = (name: string, text: string, kind: Failure["kind"], setup?: ReadonlyArray<string>) =>
    it.scoped(name, () =>
      Effect.gen(function*() {
        const failure = yield* failing(text, setup)
        assert.deepStrictEqual(failure.kind, kind)
      }))
  query("syntax", "selec 1", { error: "QueryError", reason: "syntax" })
  query("no table", "select * from nowhere", { error: "QueryError", reason: "undefinedObject" })
  query("no column", "select nothing from parents", { error: "QueryError", reason: "undefinedObject" })
  query("value too long", "update parents set email = 'longer than ten'", { error: "QueryError", reason: "data" })
  query("division by zero", "select 1 / 0", { error: "QueryError", reason: "data" })
  query("statement timeout", "select pg_sleep(5)", { error: "TimeoutError" }, ["set statement_timeout to 20"])
  query("read only", "delete from children", { error: "QueryError", reason: "readOnly" }, [
    "set default_transaction_read_only to on"
  ])
  query("permission", "select * from pg_authid", { error: "QueryError", reason: "permission" }, [
    "set role pg_monitor"
  ])
  query("a copy", "copy parents from stdin", {
    error: "UnsupportedError",
    feature: "COPY … FROM STDIN through a statement"
  })

  it.scoped("an aborted transaction", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* one.begin({ isolation: undefined, access: undefined, deferrable: undefined })
      yield* Effect.flip(rows(one, "selec"))
      const failure = yield* Effect.flip(rows(one, "select 1"))
      assert.deepStrictEqual(failure.kind, { error: "QueryError", reason: "aborted" })
    }))

  it.scoped("a deferred foreign key, at COMMIT", () =>
    Effect.gen(function*() {
      const one = yield* prepared
      yield* one.begin({ isolation: undefined, access: undefined, deferrable: undefined })
      yield* rows(one, "insert into deferred values (1, 99)")
      const { kind } = yield* Effect.flip(one.commit)
      assert.deepStrictEqual(kind as unknown, {
        error: "ForeignKeyViolation",
        constraint: "deferred_parent_fkey",
        table: "deferred",
        columns: ["parent"]
      })
      assert.isFalse(one.isInTransaction())
      assert.deepStrictEqual(yield* rows(one, "select count(*) from deferred"), [["0"]])
    }))

  const begin = (one: Connection, isolation: "read committed" | "serializable") =>
    one.begin({ isolation, access: undefined, deferrable: undefined })

  const two = Effect.gen(function*() {
    const first = yield* prepared
    const second = yield* connection()
    yield* rows(second, "set search_path to strata_classify")
    return [first, second] as const
  })

  it.scoped("a deadlock", () =>
    Effect.gen(function*() {
      const [first, second] = yield* two
      for (const one of [first, second]) {
        yield* begin(one, "read committed")
        yield* rows(one, "set local deadlock_timeout to '20ms'")
      }
      yield* rows(first, "update parents set \"b c\" = 5 where id = 1")
      yield* rows(second, "update parents set \"b c\" = 5 where id = 2")
      const failure = yield* Effect.flip(Effect.all([
        rows(first, "update parents set \"b c\" = 6 where id = 2"),
        rows(second, "update parents set \"b c\" = 6 where id = 1")
      ], { concurrency: 2 }))
      assert.deepStrictEqual(failure.kind, { error: "ConflictError", reason: "deadlock" })
    }))

  it.scoped("a serialization failure", () =>
    Effect.gen(function*() {
      const [first, second] = yield* two
      for (const one of [first, second]) {
        yield* begin(one, "serializable")
        yield* rows(one, "select sum(\"b c\") from parents")
      }
      yield* rows(first, "insert into parents values (10, 'x', 1)")
      yield* rows(second, "insert into parents values (11, 'y', 1)")
      yield* first.commit
      const failure = yield* Effect.flip(second.commit)
      assert.deepStrictEqual(failure.kind, { error: "ConflictError", reason: "serialization" })
      assert.isFalse(second.isInTransaction())
    }))

  it.scoped("a lock that does not become free", () =>
    Effect.gen(function*() {
      const [first, second] = yield* two
      yield* begin(first, "read committed")
      yield* rows(first, "update parents set note = 'x' where id = 1")
      yield* rows(second, "set lock_timeout to 20")
      const failure = yield* Effect.flip(rows(second, "update parents set note = 'y' where id = 1"))
      assert.deepStrictEqual(failure.kind, { error: "ConflictError", reason: "lockTimeout" })
    }))

  it.scopedLive("a session that idled for too long", () =>
    Effect.gen(function*() {
      const limits = { idle_session_timeout: "57P05", idle_in_transaction_session_timeout: "25P03" }
      for (const [setting, expected] of Object.entries(limits)) {
        const one = yield* connection()
        const [known] = yield* rows(one, "select 1 from pg_settings where name = $1", [setting])
        // The first of them came with PostgreSQL 14.
        if (known === undefined) continue
        yield* rows(one, `set ${setting} to 30`)
        if (expected === "25P03") yield* one.begin(plain)
        while (!one.isBroken()) yield* wait(5)
        const { code, hint, kind } = yield* Effect.flip(one.run("select 1", []))
        assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "lost", isRetryable: true })
        assert.strictEqual(code, expected)
        assert.include(hint, setting)
      }
    }))

  it.scopedLive("a statement that another session cancelled", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const other = yield* connection()
      const id = yield* backend(one)
      const fiber = yield* Effect.fork(Effect.flip(one.run("select pg_sleep(30)", [])))
      yield* wait(50)
      yield* rows(other, "select pg_cancel_backend($1::integer)", [id])
      const { code, kind } = yield* Fiber.join(fiber)
      assert.deepStrictEqual([code, kind], ["57014", { error: "TimeoutError" }])
    }))

  it.scoped("a server with no connection left", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const role = `strata_crowd_${process.pid}`
      yield* rows(one, `create role ${role} login connection limit 0`)
      const failure = yield* Effect.ensuring(
        Effect.flip(driver({ username: role })),
        Effect.orDie(rows(one, `drop role ${role}`))
      )
      assert(failure._tag === "Failure")
      assert.deepStrictEqual(failure.kind, { error: "QueryError", reason: "resources" })
      assert.strictEqual(failure.code, "53300")
    }))

  it.scoped("the constraint's table and columns, from the catalogue", () =>
    Effect.gen(function*() {
      yield* prepared
      const one = yield* driver()
      const described = (name: string, table?: string) =>
        Effect.map(one.describeConstraint(name, table), Option.getOrUndefined)
      assert.deepStrictEqual(yield* described("children_parent_fk", "children"), {
        table: "children",
        columns: ["parent"]
      })
      assert.deepStrictEqual(yield* described("odd"), { table: "parents", columns: ["id", "b c"] })
      assert.deepStrictEqual(yield* described("positive", "parents"), { table: "parents", columns: ["id"] })
      assert.deepStrictEqual(yield* described("parents_note", "parents"), {
        table: "parents",
        columns: ["b c", "note"]
      })
      assert.isUndefined(yield* described("odd", "children"))
      assert.isUndefined(yield* described("nothing"))
    }))
})

describe("what connecting says", () => {
  const connecting = (port: number, database = "postgres") =>
    Effect.flip(Effect.scoped(make({
      url: Redacted.make(`postgres://postgres:hunter2@127.0.0.1:${port}/${database}`),
      connectTimeout: 200
    })))

  it.scoped("nobody listens", () =>
    Effect.gen(function*() {
      const { close, port } = yield* pretend(() => {})
      close()
      const failure = yield* connecting(port)
      assert(failure._tag === "Failure")
      assert.deepStrictEqual(failure.kind, { error: "ConnectionError", reason: "refused", isRetryable: true })
      assert.strictEqual(failure.code, "ECONNREFUSED")
    }))

  it.live("no such host", () =>
    Effect.gen(function*() {
      const failure = yield* Effect.flip(Effect.scoped(make({ host: "host.invalid" })))
      assert(failure._tag === "Failure")
      assert.deepStrictEqual(failure.kind, { error: "ConnectionError", reason: "refused", isRetryable: true })
    }))

  it.scoped("a server that says nothing", () =>
    Effect.gen(function*() {
      const { port } = yield* pretend(() => {})
      const failure = yield* connecting(port)
      assert(failure._tag === "Failure")
      assert.deepStrictEqual(failure.kind, { error: "ConnectionError", reason: "refused", isRetryable: true })
      assert.include(failure.hint, "did not answer")
    }))

  it.scoped("a wrong password", () =>
    Effect.gen(function*() {
      const { port } = yield* pretend((socket) => {
        socket.end(errorMessage("28P01", "password authentication failed for user \"postgres\""))
      })
      const failure = yield* connecting(port)
      assert(failure._tag === "Failure")
      assert.deepStrictEqual(failure.kind, { error: "ConnectionError", reason: "authentication", isRetryable: false })
      assert.include(failure.hint, "password")
      assert.notInclude(failure.hint, "hunter2")
    }))

  it.scoped("a server without TLS", () =>
    Effect.gen(function*() {
      const { port } = yield* pretend((socket) => socket.end("N"))
      const failure = yield* Effect.flip(Effect.scoped(make({ host: "127.0.0.1", port, tls: "verify-full" })))
      assert(failure._tag === "Failure")
      assert.deepStrictEqual(failure.kind, { error: "ConnectionError", reason: "tls", isRetryable: false })
    }))

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.scoped.skipIf(server === undefined)("no such database", () =>
    Effect.gen(function*() {
      const failure = yield* Effect.flip(driver({ database: "nowhere_at_all" }))
      assert(failure._tag === "Failure")
      assert.deepStrictEqual(failure.kind, { error: "QueryError", reason: "undefinedObject" })
      assert.include(failure.hint, "createdb")
    }))
})
