/**
 * P9: borrowers that leave their connection other than they found it.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import { isDeepStrictEqual } from "node:util"
import * as Connect from "../../../src/Connect.js"
import * as Transaction from "../../../src/Transaction.js"
import { nameOf, rowsOf } from "../figures.js"
import type { Scenario, Target } from "../scenario.js"
import { observe } from "../sessions.js"

/** Something that a borrower does, how its session then differs, and what else the next one would meet. */
interface Dirt {
  readonly name: string
  readonly statements: ReadonlyArray<string>
  /** A statement that must fail for the next borrower: what it names belongs to the session. */
  readonly fails?: string
}

const table = "p9_rows"

/** What a session is, as far as a statement can tell. */
const stateText = ({ name }: Target): ReadonlyArray<string> => {
  switch (name) {
    case "postgres":
      return [
        "select current_setting('statement_timeout') as timeout, current_setting('search_path') as path," +
        " current_setting('timezone') as zone, current_setting('default_transaction_isolation') as isolation," +
        " current_setting('transaction_read_only') as access, current_user as me," +
        " coalesce(current_setting('app.tenant', true), '') as tenant," +
        " (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks," +
        " (select count(*)::int from pg_prepared_statements where from_sql) as prepared," +
        " (select count(*)::int from pg_cursors where is_holdable) as cursors," +
        " (select count(*)::int from pg_class where relpersistence = 't' and pg_my_temp_schema() = relnamespace) as temporary," +
        " (select count(*)::int from pg_listening_channels()) as channels," +
        " pg_current_xact_id_if_assigned() is null as outside",
        `select count(*)::int as n from ${table}`
      ]
    case "sqlite":
      return [
        "pragma foreign_keys",
        "pragma query_only",
        "pragma recursive_triggers",
        "select count(*) as n from pragma_database_list where name not in ('main', 'temp')",
        "select count(*) as n from temp.sqlite_master where name like 'p9%'",
        `select count(*) as n from ${table}`
      ]
    default:
      return [
        "select @@sql_mode as mode, @@time_zone as zone, @@autocommit as autocommit, @@in_transaction as inside," +
        " @@tx_isolation as isolation, @@tx_read_only as access, @@foreign_key_checks as checks, @p9 as variable," +
        " @@innodb_lock_wait_timeout as timeout, @@collation_connection as collation, database() as name," +
        " is_used_lock('p9') as locked",
        `select count(*) as n from ${table}`
      ]
  }
}

const dirtOf = ({ name }: Target): ReadonlyArray<Dirt> => {
  const insert = `insert into ${table} values (1)`
  switch (name) {
    case "postgres":
      return [
        { name: "SET", statements: ["set statement_timeout = 12345", "set search_path = nowhere, public"] },
        { name: "SET TIME ZONE", statements: ["set time zone 'America/St_Johns'"] },
        { name: "set_config", statements: ["select set_config('app.tenant', 'other', false)"] },
        { name: "SET ROLE", statements: ["set role pg_monitor"] },
        {
          name: "isolation",
          statements: ["set session characteristics as transaction isolation level serializable, read only"]
        },
        { name: "temporary table", statements: ["create temp table p9_own (id int)"], fails: "select * from p9_own" },
        { name: "advisory lock", statements: ["select pg_advisory_lock(42)"] },
        { name: "PREPARE", statements: ["prepare p9_own as select 1"], fails: "execute p9_own" },
        { name: "LISTEN", statements: ["listen p9_channel"] },
        {
          name: "WITH HOLD cursor",
          statements: ["declare p9_cursor cursor with hold for select 1"],
          fails: "fetch all from p9_cursor"
        },
        { name: "raw BEGIN", statements: ["begin", insert] },
        { name: "raw BEGIN that failed", statements: ["begin", insert, "select 1 / 0"] }
      ]
    case "sqlite":
      return [
        { name: "PRAGMA", statements: ["pragma foreign_keys = off", "pragma recursive_triggers = on"] },
        { name: "query_only", statements: ["pragma query_only = on"] },
        { name: "temporary table", statements: ["create temp table p9_own (id int)"], fails: "select * from p9_own" },
        { name: "ATTACH", statements: ["attach ':memory:' as p9_other"] },
        { name: "raw BEGIN", statements: ["begin", insert] },
        { name: "raw SAVEPOINT", statements: ["savepoint p9_point", insert] }
      ]
    default:
      return [
        { name: "SET", statements: ["set sql_mode = ''", "set foreign_key_checks = 0", "set @p9 = 7"] },
        { name: "SET time_zone", statements: ["set time_zone = '-03:30'"] },
        { name: "SET NAMES", statements: ["set names latin1"] },
        { name: "autocommit off", statements: ["set autocommit = 0", insert] },
        { name: "USE", statements: ["use information_schema"] },
        { name: "isolation", statements: ["set session transaction isolation level serializable"] },
        {
          name: "temporary table",
          statements: ["create temporary table p9_own (id int)"],
          fails: "select * from p9_own"
        },
        { name: "advisory lock", statements: ["select get_lock('p9', 0) as got"] },
        { name: "PREPARE", statements: ["prepare p9_own from 'select 1'"], fails: "execute p9_own" },
        { name: "LOCK TABLES", statements: [`lock tables ${table} read`] },
        { name: "raw BEGIN", statements: ["start transaction", insert] }
      ]
  }
}

/** How the borrower got its connection. */
const ways = ["plain statements", "a reserved connection", "a transaction"] as const
type Way = (typeof ways)[number]

/** What begins a transaction, or cannot be within one. */
const outsideOnly = /raw|ATTACH|PRAGMA|query_only|autocommit|LOCK TABLES/
/** What shows in nothing that a statement could read. */
const unseen = /failed|LOCK TABLES/

/** One borrower and the next one on a pool of one connection; what is wrong, if anything. */
const cell = (target: Target, way: Way, { fails, name, statements }: Dirt) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const wrong: Array<string> = []
    const state = Effect.forEach(stateText(target), (text) => sql.unsafe(text).unprepared)
    const clean = yield* state

    if (way === "plain statements") {
      // Each has the connection for itself, so that what follows a BEGIN would not be within it.
      const alone = statements.filter((text) => !text.startsWith("insert"))
      yield* Effect.forEach(alone, (text) => Effect.exit(sql.unsafe(text)), { discard: true })
    } else if (way === "a transaction") {
      const done = yield* Effect.either(
        Transaction.run(Effect.forEach(statements, (text) => sql.unsafe(text).unprepared, { discard: true }))
      )
      if (done._tag === "Left") wrong.push(`it fails with ${nameOf(done.left)}`)
    } else {
      yield* Effect.scoped(Effect.gen(function*() {
        const own = yield* sql.reserve
        const run = (text: string) => own.executeUnprepared(text, [], undefined)
        for (const text of statements) yield* Effect.exit(run(text))
        // The borrower's own session has to differ, else nothing is shown by the next one's.
        const inside = yield* Effect.either(Effect.forEach(fails === undefined ? stateText(target) : [fails], run))
        const hasEffect = fails === undefined
          ? inside._tag === "Left" || !isDeepStrictEqual(inside.right, clean)
          : inside._tag === "Right"
        if (!hasEffect && !unseen.test(name)) wrong.push("it has no effect in its own session")
      }))
    }

    const next = yield* Effect.either(state)
    if (next._tag === "Left") wrong.push(`the next borrower fails with ${nameOf(next.left)}`)
    else if (!isDeepStrictEqual(next.right, clean)) wrong.push(differences(clean, next.right))
    if (fails !== undefined) {
      const seen = yield* Effect.either(sql.unsafe(fails).unprepared)
      if (seen._tag === "Right") wrong.push("what it made is still there")
    }
    const write = yield* Effect.either(sql.unsafe(`insert into ${table} values (2)`))
    if (write._tag === "Left") wrong.push(`the next borrower cannot write: ${nameOf(write.left)}`)
    yield* Effect.ignore(sql.unsafe(`delete from ${table}`))
    return wrong.length === 0 ? undefined : `${name}: ${wrong.join(", ")}`
  }).pipe(Effect.provide(Connect.layer(target.url, { size: 1 })))

export const p9: Scenario = {
  id: "P9",
  title: "Dirty returns",
  databases: ["postgres", "mariadb", "sqlite"],
  run: (target, form) =>
    Effect.gen(function*() {
      const times = form === "short" ? 1 : 10
      const observer = yield* observe(target)
      yield* observer.ask(`create table ${table} (id int)`)
      return yield* Effect.forEach(ways, (way) =>
        Effect.gen(function*() {
          const dirt = dirtOf(target).filter(({ name }) => way !== "a transaction" || !outsideOnly.test(name))
          const cells = Array.from({ length: times }, () => dirt).flat()
          const wrong = (yield* Effect.forEach(cells, (one) => cell(target, way, one)))
            .filter((problem) => problem !== undefined)
          return rowsOf("P9", target)(
            `a session that was changed by ${way} comes back`,
            "the next borrower sees the state of a new session, 100 %",
            {
              observed: `${cells.length - wrong.length} of ${cells.length}${
                wrong.length === 0 ? "" : `: ${[...new Set(wrong)].join("; ")}`
              }`,
              count: cells.length,
              ok: wrong.length === 0
            }
          )
        }))
    })
}

/** What the second state has that the first has not. */
const differences = (
  expected: ReadonlyArray<ReadonlyArray<object>>,
  seen: ReadonlyArray<ReadonlyArray<object>>
): string => {
  const flat = (state: ReadonlyArray<ReadonlyArray<object>>): ReadonlyArray<readonly [string, unknown]> =>
    state.flatMap((rows, i) =>
      rows.flatMap((row) => Object.entries(row).map(([key, value]) => [`${i}.${key}`, value] as const))
    )
  const before = new Map(flat(expected))
  return flat(seen)
    .filter(([key, value]) => !isDeepStrictEqual(before.get(key), value))
    .map(([key, value]) => `${key.replace(/^\d+\./, "")} is ${JSON.stringify(value)}`)
    .join(", ")
}
