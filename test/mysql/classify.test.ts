import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Failure } from "../../src/Driver.js"
import { classify } from "../../src/mysql/classify.js"
import { make } from "../../src/mysql/driver.js"
import { connection, driver, kindOf, opened, server, table, url } from "./server.js"

const kind = (errno: number, message: string, of: "mysql" | "mariadb" = "mariadb") =>
  classify({ errno, message }, of).kind

const queryError = (reason: string) => ({ error: "QueryError", reason })

describe("classify", () => {
  it("is total", () => {
    for (let errno = 1; errno < 6000; errno++) {
      const failure = classify({ errno, message: "Something `odd` 'happened'" }, errno % 2 === 0 ? "mysql" : "mariadb")
      assert.strictEqual(failure._tag, "Failure")
      assert.strictEqual(failure.code, String(errno))
    }
    for (
      const odd of [undefined, null, "text", 1, {}, new Error("x"), { code: 5 }, { errno: "x" }, { message: null }]
    ) {
      assert.deepStrictEqual<unknown>(classify(odd).kind, queryError("other"))
    }
    assert.deepStrictEqual<unknown>(classify({ errno: 59_999, message: "" }).kind, queryError("other"))
  })

  it("keeps what was thrown as the cause, and no message anywhere else", () => {
    const cause = { errno: 1062, message: "Duplicate entry 'secret' for key 'u'" }
    const { cause: kept, ...rest } = classify(cause)
    assert.strictEqual(kept, cause)
    assert.notInclude(JSON.stringify(rest), "secret")
  })

  it("goes by the number, not by mysql2's name for it", () => {
    assert.strictEqual(
      classify({
        errno: 4025,
        code: "ER_INNODB_AUTOEXTEND_SIZE_OUT_OF_RANGE",
        message: "CONSTRAINT `c` failed for `d`.`t`"
      }, "mariadb")
        .kind.error,
      "CheckViolation"
    )
    assert.deepStrictEqual<unknown>(kind(4025, "", "mysql"), queryError("other"))
  })

  it("reads the key from the end of a duplicate's text", () => {
    const message = "Duplicate entry 'it's' for key 'fake.one' for key 'users.email'"
    assert.deepStrictEqual<unknown>(kind(1062, message, "mysql"), {
      error: "UniqueViolation",
      constraint: "email",
      table: "users",
      columns: []
    })
    assert.deepStrictEqual<unknown>(kind(1062, "Duplicate entry 'x' for key 'a.b'"), {
      error: "UniqueViolation",
      constraint: "a.b",
      table: undefined,
      columns: []
    })
    assert.deepStrictEqual<unknown>(kind(1062, "cut off"), {
      error: "UniqueViolation",
      constraint: undefined,
      table: undefined,
      columns: []
    })
  })

  it("reads foreign keys with odd names", () => {
    const message =
      "Cannot add or update a child row: a foreign key constraint fails (`db`.`po``sts`, CONSTRAINT `f)k` " +
      "FOREIGN KEY (`a,b`, `c``)`) REFERENCES `users` (`id`, `x`) ON DELETE CASCADE)"
    assert.deepStrictEqual<unknown>(kind(1452, message), {
      error: "ForeignKeyViolation",
      constraint: "f)k",
      table: "po`sts",
      columns: ["a,b", "c`)"]
    })
    assert.deepStrictEqual<unknown>(kind(1216, "Cannot add or update a child row: a foreign key constraint fails"), {
      error: "ForeignKeyViolation",
      constraint: undefined,
      table: undefined,
      columns: []
    })
  })

  it("reads checks of both servers", () => {
    assert.deepStrictEqual<unknown>(kind(3819, "Check constraint 'age's' is violated.", "mysql"), {
      error: "CheckViolation",
      constraint: "age's",
      table: undefined,
      columns: []
    })
    assert.deepStrictEqual<unknown>(kind(4025, "CONSTRAINT `users.age` failed for `db`.`users`"), {
      error: "CheckViolation",
      constraint: "age",
      table: "users",
      columns: ["age"]
    })
  })

  it.each([
    [{ code: "ECONNREFUSED", errno: -111 }, "refused"],
    [{ code: "ENOTFOUND", errno: -3008 }, "refused"],
    [{ code: "ETIMEDOUT" }, "refused"],
    [{ code: "ECONNRESET", errno: -104 }, "lost"],
    [{ code: "EPIPE", errno: -32 }, "lost"],
    [{ code: "PROTOCOL_CONNECTION_LOST", fatal: true }, "lost"],
    [{ message: "Can't add new command when connection is in closed state", fatal: true }, "lost"],
    [{ code: "HANDSHAKE_SSL_ERROR" }, "tls"],
    [{ code: "HANDSHAKE_NO_SSL_SUPPORT" }, "tls"],
    [{ code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "tls"],
    [{ code: "ERR_TLS_CERT_ALTNAME_INVALID" }, "tls"],
    [{ errno: 1045 }, "authentication"],
    [{ errno: 1053 }, "lost"],
    [{ errno: 1927 }, "lost"],
    [{ errno: 1080 }, "lost"],
    [{ errno: 1159 }, "lost"],
    [{ errno: 2013 }, "lost"],
    [{ errno: 4031 }, "lost"],
    [{ errno: 1129 }, "refused"],
    [{ errno: 3032 }, "refused"],
    [{ errno: 1047, message: "WSREP has not yet prepared node for application use" }, "refused"]
  ])("knows %j as a connection that is %s", (thrown, reason) => {
    const { kind } = classify(thrown)
    assert.strictEqual(kind.error === "ConnectionError" ? kind.reason : kind.error, reason)
    // Only what certainly did not run may be tried again.
    if (kind.error === "ConnectionError") assert.strictEqual(kind.isRetryable, reason === "refused")
  })

  it("tells what mysql2 cannot read from a connection that was lost", () => {
    const failure = classify({
      message: "The field name (__proto__) can't be the same as an object's private property.",
      fatal: true
    })
    assert.deepStrictEqual<unknown>(failure.kind, queryError("other"))
    assert.match(failure.hint ?? "", /alias/)
  })

  it.each([
    [1040, "resources"],
    [1203, "resources"],
    [1226, "resources"],
    [1047, "other"],
    [1792, "readOnly"],
    [1223, "readOnly"],
    [1114, "resources"],
    [1021, "resources"],
    [1461, "resources"],
    [1290, "readOnly"],
    [1836, "readOnly"],
    [1142, "permission"],
    [1227, "permission"],
    [1049, "undefinedObject"],
    [1615, "stalePlan"],
    [3140, "data"],
    [1690, "data"]
  ])("knows %i as %s", (errno, reason) => assert.deepStrictEqual<unknown>(kind(errno, ""), queryError(reason)))

  it.each([
    [1213, "deadlock"],
    [1614, "deadlock"],
    [1205, "lockTimeout"],
    [3572, "lockTimeout"],
    [1020, "serialization"],
    [3101, "serialization"]
  ])("knows %i as a conflict: %s", (errno, reason) => {
    assert.deepStrictEqual<unknown>(kind(errno, ""), { error: "ConflictError", reason })
  })

  it.each([1317, 3024, 1969])("knows %i as a timeout", (errno) => {
    assert.deepStrictEqual<unknown>(kind(errno, ""), { error: "TimeoutError" })
  })
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("the server's errors", () => {
  /** Parents with every kind of constraint, and children that refer to them. */
  const tables = Effect.gen(function*() {
    const db = yield* connection()
    yield* table(
      db,
      "parents",
      "id int primary key, u varchar(20), n int not null, d int default 1, c int, " +
        "unique key `parents u` (u), constraint positive check (c > 0)"
    )
    yield* table(db, "children", "id int primary key, p int, constraint parent foreign key (p) references parents (id)")
    yield* db.run("insert into parents (id, u, n) values (1, 'x'' for key ''y', 1)", [])
    yield* db.run("insert into children values (1, 1)", [])
    return db
  })

  const isMariaDb = server?.name === "mariadb"
  const violation = (
    error: string,
    constraint: string | undefined,
    table: string | undefined,
    columns: ReadonlyArray<string>
  ) => ({
    error,
    constraint,
    table,
    columns
  })

  it.scoped.each<readonly [string, unknown]>([
    [
      "insert into parents (id, u, n) values (2, 'x'' for key ''y', 1)",
      violation("UniqueViolation", "parents u", isMariaDb ? undefined : "parents", [])
    ],
    [
      "insert into parents (id, n) values (1, 1)",
      violation("UniqueViolation", "PRIMARY", isMariaDb ? undefined : "parents", [])
    ],
    ["insert into children values (2, 99)", violation("ForeignKeyViolation", "parent", "children", ["p"])],
    ["delete from parents where id = 1", violation("ForeignKeyViolation", "parent", "children", ["p"])],
    ["insert into parents (id, n) values (2, null)", violation("NotNullViolation", undefined, undefined, ["n"])],
    ["insert into parents (id) values (2)", violation("NotNullViolation", undefined, undefined, ["n"])],
    ["update parents set n = null", violation("NotNullViolation", undefined, undefined, ["n"])],
    [
      "insert into parents (id, n, c) values (2, 1, 0)",
      violation("CheckViolation", "positive", isMariaDb ? "parents" : undefined, [])
    ],
    ["selec 1", queryError("syntax")],
    ["select * from missing", queryError("undefinedObject")],
    ["select missing from parents", queryError("undefinedObject")],
    ["select missing_function(1)", queryError("undefinedObject")],
    ["drop table missing", queryError("undefinedObject")],
    ["insert into parents (id, n, u) values (2, 1, repeat('x', 21))", queryError("data")],
    ["insert into parents (id, n) values (99999999999, 1)", queryError("data")],
    ["insert into parents (id, n) values ('x', 1)", queryError("data")],
    ["select 9223372036854775807 + 1", queryError("data")],
    ["savepoint", queryError("syntax")],
    ["rollback to savepoint missing", queryError("undefinedObject")]
  ])("%s", ([text, expected]) =>
    Effect.gen(function*() {
      const db = yield* tables
      assert.deepStrictEqual<unknown>(yield* kindOf(db.run(text, [])), expected)
      assert.isFalse(db.isBroken())
    }))

  it.scoped("a check that belongs to a column", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      yield* table(db, "aged", "id int primary key, age int check (age >= 0)")
      const found = yield* kindOf(db.run("insert into aged values (1, -1)", []))
      assert.strictEqual(found.error, "CheckViolation")
      if (isMariaDb) assert.deepStrictEqual<unknown>(found, violation("CheckViolation", "age", "aged", ["age"]))
    }))

  it.scoped("tells the columns of constraints from the catalogue", () =>
    Effect.gen(function*() {
      yield* tables
      const { describeConstraint } = yield* driver()
      const described = yield* Effect.forEach(
        [["parents u", undefined], ["PRIMARY", "parents"], ["parent", "children"], ["positive", "parents"], [
          "missing",
          "parents"
        ]] as const,
        ([name, table]) => describeConstraint(name, table)
      )
      assert.deepStrictEqual<unknown>(described.map(Option.getOrUndefined), [
        { table: "parents", columns: ["u"] },
        { table: "parents", columns: ["id"] },
        { table: "children", columns: ["p"] },
        { table: "parents", columns: ["c"] },
        undefined
      ])
      // PRIMARY alone could be any table's.
      assert.deepStrictEqual(yield* describeConstraint("PRIMARY", undefined), Option.none())
    }))

  it.live("a deadlock, after which no transaction is left", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* connection()
      const two = yield* connection()
      yield* table(one, "locks", "id int primary key, n int")
      yield* one.run("insert into locks values (1, 0), (2, 0)", [])
      yield* one.begin({ isolation: undefined, access: undefined, deferrable: undefined })
      yield* two.begin({ isolation: undefined, access: undefined, deferrable: undefined })
      yield* one.run("update locks set n = 1 where id = 1", [])
      yield* two.run("update locks set n = 2 where id = 2", [])
      const waiting = yield* Effect.fork(Effect.either(one.run("update locks set n = 1 where id = 2", [])))
      yield* Effect.sleep("100 millis")
      const second = yield* Effect.either(two.run("update locks set n = 2 where id = 1", []))
      const first = yield* Fiber.join(waiting)
      const failures = [first, second].flatMap((either) => either._tag === "Left" ? [either.left.kind] : [])
      assert.deepStrictEqual<unknown>(failures, [{ error: "ConflictError", reason: "deadlock" }])
      const victim = first._tag === "Left" ? one : two
      assert.isFalse(victim.isInTransaction())
      assert.isTrue((victim === one ? two : one).isInTransaction())
      yield* one.rollback
      yield* two.rollback
    })))

  it.live("a lock that does not become free, after which the transaction goes on", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* connection()
      const two = yield* connection()
      yield* table(one, "busy", "id int primary key, n int")
      yield* one.run("insert into busy values (1, 0)", [])
      yield* two.run("set session innodb_lock_wait_timeout = 1", [])
      yield* one.begin({ isolation: undefined, access: undefined, deferrable: undefined })
      yield* two.begin({ isolation: undefined, access: undefined, deferrable: undefined })
      yield* one.run("update busy set n = 1", [])
      assert.deepStrictEqual<unknown>(yield* kindOf(two.run("update busy set n = 2", [])), {
        error: "ConflictError",
        reason: "lockTimeout"
      })
      assert.isTrue(two.isInTransaction())
      yield* one.rollback
      yield* two.rollback
    })))

  // MySQL limits the time of selects only.
  it.scoped.skipIf(!isMariaDb)("the server's own statement timeout", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      const slow = "set statement max_statement_time = 0.05 for select sleep(5)"
      assert.deepStrictEqual<unknown>(yield* kindOf(db.run(slow, [])), { error: "TimeoutError" })
    }))

  it.scoped("a transaction that may only read", () =>
    Effect.gen(function*() {
      const db = yield* tables
      yield* db.begin({ isolation: undefined, access: "read only", deferrable: undefined })
      assert.deepStrictEqual<unknown>(yield* kindOf(db.run("delete from children", [])), queryError("readOnly"))
      yield* db.rollback
    }))

  const openFailure = (options: Parameters<typeof make>[0]) =>
    Effect.flatMap(
      Effect.flip(Effect.scoped(make(options))),
      (failure) => failure._tag === "Failure" ? Effect.succeed(failure satisfies Failure) : Effect.die(failure)
    )

  it.live("a port where nobody listens, and a host that has no address", () =>
    Effect.gen(function*() {
      const refused = yield* openFailure({ host: "127.0.0.1", port: 1 })
      assert.deepStrictEqual<unknown>(refused.kind, { error: "ConnectionError", reason: "refused", isRetryable: true })
      const unknown = yield* openFailure({ host: "no-such-host.invalid", connectTimeout: "5 seconds" })
      assert.deepStrictEqual<unknown>(unknown.kind, { error: "ConnectionError", reason: "refused", isRetryable: true })
    }))

  it.scoped("a wrong password, and a user with no rights", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      const user = `u${Math.random().toString(36).slice(2, 12)}`
      yield* Effect.acquireRelease(
        db.run(`create user '${user}'@'%' identified by 'right'`, [], { prepare: false }),
        () => Effect.ignore(db.run(`drop user '${user}'@'%'`, [], { prepare: false }))
      )
      yield* Effect.addFinalizer(() => Effect.ignore(db.run(`drop user '${user}'@'localhost'`, [], { prepare: false })))
      // An anonymous user of localhost would stand above the one for everywhere.
      yield* db.run(`create user '${user}'@'localhost' identified by 'right'`, [], { prepare: false })
      const wrong = yield* openFailure({ url: yield* url, username: user, password: Redacted.make("wrong") })
      assert.deepStrictEqual<unknown>(wrong.kind, {
        error: "ConnectionError",
        reason: "authentication",
        isRetryable: false
      })
      assert.notInclude(JSON.stringify({ ...wrong, cause: undefined }), "wrong")
      const denied = yield* openFailure({ url: yield* url, username: user, password: Redacted.make("right") })
      assert.deepStrictEqual<unknown>(denied.kind, queryError("permission"))
    }))

  it.live("a database that does not exist", () =>
    Effect.gen(function*() {
      const missing = yield* openFailure({ url: yield* url, database: "strata_no_such_database" })
      assert.deepStrictEqual<unknown>(missing.kind, queryError("undefinedObject"))
    }))

  it.scoped("encryption that the server has not", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      const [[have]] = (yield* db.run("select @@have_ssl", [])).rows as [[string]]
      if (have === "YES") return
      const failure = yield* openFailure({ url: yield* url, tls: "verify-full" })
      assert.deepStrictEqual<unknown>(failure.kind, { error: "ConnectionError", reason: "tls", isRetryable: false })
    }))

  it.live("a statement that is too large", () =>
    Effect.scoped(Effect.gen(function*() {
      const db = yield* connection()
      const [[most]] = (yield* db.run("select @@max_allowed_packet", [])).rows as [[string]]
      const failure = yield* Effect.flip(db.run("select length(?)", ["x".repeat(Number(most) + 1000)]))
      assert.include(["QueryError data", "ConnectionError lost"], Object.values(failure.kind).slice(0, 2).join(" "))
      if (failure.kind.error === "QueryError") assert.match(failure.hint ?? "", /max_allowed_packet/)
    })))

  it.live("a connection that the server kills", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* driver()
      const victim = yield* opened(one)
      const killer = yield* opened(one)
      const [[id]] = (yield* victim.run("select connection_id()", [])).rows as [[string]]
      const asleep = yield* Effect.fork(kindOf(victim.run("select sleep(10)", [])))
      yield* Effect.sleep("50 millis")
      yield* killer.run(`kill connection ${id}`, [], { prepare: false })
      assert.deepStrictEqual<unknown>(yield* Fiber.join(asleep), {
        error: "ConnectionError",
        reason: "lost",
        isRetryable: false
      })
      assert.isTrue(victim.isBroken())
      assert.deepStrictEqual<unknown>(yield* kindOf(victim.run("select 1", [])), {
        error: "ConnectionError",
        reason: "lost",
        isRetryable: true
      })
    })))
})
