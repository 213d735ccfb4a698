/**
 * A server seen from outside of the program under test: over a connection that is not one of its pool.
 */
import SqliteDatabase from "better-sqlite3"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createConnection } from "mysql2/promise"
import * as Pg from "pg"
import type { Target } from "./scenario.js"

type Found = { readonly [column: string]: unknown }

/** What an observer is asked. */
export interface Observer {
  readonly ask: (sql: string) => Effect.Effect<ReadonlyArray<Found>>
  /** How many statements run at this moment whose text holds the word. */
  readonly running: (word: string) => Effect.Effect<number>
  /** The sessions that have a transaction open on this database. */
  readonly openTransactions: Effect.Effect<ReadonlyArray<number>>
  /** The sessions on this database, but for the observer's own. */
  readonly sessions: Effect.Effect<ReadonlyArray<number>>
  /** Ends a session, as an administrator or a crash of its process would. */
  readonly kill: (session: number) => Effect.Effect<void>
}

/** One question at a time. */
const inTurn = Effect.map(Effect.makeSemaphore(1), (semaphore) => semaphore.withPermits(1))

const postgres = (url: string) =>
  Effect.zipWith(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const client = new Pg.default.Client({ connectionString: url, application_name: "observer" })
        client.on("error", () => {})
        await client.connect()
        return client
      }),
      (client) => Effect.promise(() => client.end())
    ),
    inTurn,
    (client, turn): Observer => {
      const ask = (sql: string) => Effect.map(turn(Effect.promise(() => client.query<Found>(sql))), ({ rows }) => rows)
      const others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()" +
        " and application_name <> 'observer'"
      const count = (condition: string) =>
        Effect.map(ask(`select count(*)::int as n ${others} and ${condition}`), ([row]) => Number(row?.["n"]))
      const numbers = (query: string) => Effect.map(ask(query), (rows) => rows.map((row) => Number(row["n"])))
      return {
        ask,
        running: (word) => count(`state = 'active' and query like '%${word}%'`),
        openTransactions: numbers(`select pid as n ${others} and state <> 'idle' and xact_start is not null`),
        sessions: numbers(`select pid as n ${others}`),
        kill: (session) => Effect.asVoid(ask(`select pg_terminate_backend(${session})`))
      }
    }
  )

/** The sessions whose transaction is active, of InnoDB's own report: a head for each, and its session some lines below. */
const activeSessions = (status: string): ReadonlyArray<number> =>
  status.split("\n---TRANSACTION ").slice(1).flatMap((transaction) => {
    const session = /^[^\n]*, ACTIVE[^]*?\n(?:MariaDB|MySQL) thread id (\d+)/.exec(transaction)
    return session === null ? [] : [Number(session[1])]
  })

const mysql = (url: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const connection = await createConnection({
          uri: url,
          connectAttributes: { program_name: "observer" },
          disableEval: true
        })
        connection.on("error", () => {})
        return connection
      }),
      (connection) => Effect.promise(() => connection.end())
    ),
    (connection): Observer => {
      const ask = (sql: string) =>
        Effect.map(Effect.promise(() => connection.query(sql)), ([rows]) => rows as unknown as ReadonlyArray<Found>)
      const count = (query: string) => Effect.map(ask(query), ([row]) => Number(row?.["n"]))
      const numbers = (query: string) => Effect.map(ask(query), (rows) => rows.map((row) => Number(row["n"])))
      const others = "from information_schema.processlist where db = database() and id <> connection_id()"
      return {
        ask,
        running: (word) =>
          count(
            `select count(*) as n ${others} and command <> 'Sleep' and info like '%${word}%'` +
              " and info not like '%processlist%'"
          ),
        // `information_schema.innodb_trx` is a copy that is made anew only when nobody has asked for 100 ms.
        openTransactions: Effect.zipWith(
          ask("show engine innodb status"),
          numbers(`select id as n ${others}`),
          ([found], sessions) => {
            const active = new Set(activeSessions(String(found?.["Status"])))
            return sessions.filter((session) => active.has(session))
          }
        ),
        sessions: numbers(`select id as n ${others}`),
        kill: (session) => Effect.ignore(ask(`kill ${session}`))
      }
    }
  )

/** A second process would see no more of SQLite: it has no sessions, and an open transaction shows as its lock. */
const sqlite = (url: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => new SqliteDatabase(url.slice("sqlite:".length), { timeout: 0 })),
      (database) => Effect.sync(() => database.close())
    ),
    (database): Observer => ({
      ask: (sql) =>
        Effect.sync(() => {
          const statement = database.prepare<[], Found>(sql)
          if (statement.reader) return statement.all()
          statement.run()
          return []
        }),
      running: () => Effect.succeed(0),
      openTransactions: Effect.sync(() => {
        try {
          database.exec("begin immediate")
          database.exec("rollback")
          return []
        } catch {
          return [0]
        }
      }),
      sessions: Effect.succeed([]),
      kill: () => Effect.void
    })
  )

/** An observer of a database until the scope closes. */
export const observe = ({ name, url }: Target): Effect.Effect<Observer, never, Scope.Scope> =>
  name === "postgres" ? postgres(url) : name === "sqlite" ? sqlite(url) : mysql(url)

/** A statement that takes some time on the server; the word can be looked for in what runs there. */
export const sleeping = ({ name }: Target, seconds: number, word = "slept"): string =>
  `select ${name === "postgres" ? "pg_sleep" : "sleep"}(${seconds}) as ${word}`

/** The statement that tells by which session it is run. */
export const sessionText = ({ name }: Target): string =>
  name === "postgres" ? "select pg_backend_pid() as id" : "select connection_id() as id"

/** Asks until it is so; how long that took in milliseconds, or infinity when it was not so within the limit. */
export const until = <E, R>(isSo: Effect.Effect<boolean, E, R>, limit = 5_000): Effect.Effect<number, E, R> =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    while (true) {
      const is = yield* isSo
      const elapsed = (yield* Clock.currentTimeMillis) - start
      if (is) return elapsed
      if (elapsed > limit) return Number.POSITIVE_INFINITY
      yield* Effect.sleep(2)
    }
  })
