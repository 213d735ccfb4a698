/**
 * C14: failures of every kind around a canary password and canary parameters, told to whoever may be told: logs, spans, messages, JSON.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Connect from "../../../src/Connect.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import * as Transaction from "../../../src/Transaction.js"
import { canary, recorder, under } from "../canary.js"
import { outcomeOf, rowsOf, tally } from "../figures.js"
import { between } from "../network.js"
import type { Scenario, Target } from "../scenario.js"

class Secret extends Model.Class<Secret>("Secret")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String.pipe(Schema.maxLength(40), Field.unique)
}, { table: "c14_secrets" }) {}

/** The same table, of which the rows are believed to be something else. */
class Misread extends Model.Class<Misread>("Misread")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.NumberFromString
}, { table: "c14_secrets" }) {}

class Colour extends Model.Class<Colour>("Colour")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.Literal("red", "green")
}, { table: "c14_secrets" }) {}

const { parameter, password } = canary

type Provocation = readonly [name: string, effect: Effect.Effect<unknown, unknown, Connect.Services>]

/** Statements that fail, of which each holds the parameter. */
const statements: ReadonlyArray<Provocation> = [
  ["unique", Mutation.insert(Secret, { id: 2, text: parameter })],
  ["unique in a transaction", Transaction.run(Mutation.insert(Secret, { id: 2, text: parameter }))],
  ["too long for the model", Mutation.insert(Secret, { id: 3, text: parameter.repeat(9) })],
  ["of another type", Mutation.insert(Secret, { id: 4, text: { [parameter]: parameter } as never })],
  ["a row of another type", Query.from(Misread)],
  ["a row that is none of the literals", Query.from(Colour)],
  ["a stream of rows of another type", Stream.runDrain(Query.stream(Query.from(Misread)))],
  ["one of none", Query.one(Query.from(Secret).pipe(Query.where({ text: `${parameter}!` })))],
  [
    "a table that is not there",
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql`select * from nowhere where a = ${parameter}`)
  ],
  ["no SQL", Effect.flatMap(SqlClient.SqlClient, (sql) => sql`selekt ${parameter}`)],
  [
    "unique by SqlClient",
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql`insert into c14_secrets (id, text) values (5, ${parameter})`)
  ],
  [
    "unique by SqlClient in its transaction",
    Effect.flatMap(
      SqlClient.SqlClient,
      (sql) => sql.withTransaction(sql`insert into c14_secrets (id, text) values (5, ${parameter})`)
    )
  ],
  [
    "a defect beside it",
    Transaction.run(
      Effect.zipRight(Mutation.insert(Secret, { id: 6, text: `${parameter}!` }), Effect.die(new Error("mine")))
    )
  ]
]

/** Only servers cast, and have limits that end statements. */
const onServers = (target: Target): ReadonlyArray<Provocation> => [
  [
    "too long for the column",
    Effect.flatMap(
      SqlClient.SqlClient,
      (sql) => sql`insert into c14_secrets (id, text) values (7, ${parameter.repeat(9)})`
    )
  ],
  [
    "no number",
    Effect.flatMap(SqlClient.SqlClient, (sql) =>
      target.name === "postgres"
        ? sql`select ${parameter}::text::int`
        : sql`insert into c14_secrets (id, text) values (${parameter}, 'x')`)
  ],
  [
    "a timeout",
    Effect.flatMap(
      SqlClient.SqlClient,
      (sql) =>
        target.name === "postgres" ? sql`select pg_sleep(5), ${parameter}::text` : sql`select sleep(5), ${parameter}`
    )
  ]
]

/** Of a server that trusts this machine, it is no failure. */
const unlookedAt = "a wrong password"

/** URLs that lead nowhere, or not in. */
const urls = ({ url }: Target): ReadonlyArray<readonly [name: string, url: string]> => {
  const changed = (change: (url: URL) => void) => {
    const other = new URL(url)
    change(other)
    return other.href
  }
  const { hostname, port, protocol } = new URL(url)
  return [
    [unlookedAt, changed((url) => (url.password = `${password}0`))],
    [
      "an unknown user",
      changed((url) => {
        url.username = "nobody"
        url.password = password
      })
    ],
    ["an unknown database", changed((url) => (url.pathname = "/nowhere"))],
    ["a closed port", changed((url) => (url.port = "1"))],
    ["an unknown host", changed((url) => (url.hostname = "host.invalid"))],
    ["an unknown parameter", `${url}?${password}=${password}`],
    ["a # in the password", `${protocol}//user:#${password}@${hostname}:${port}/x`],
    ["a / in the password", `${protocol}//user:/${password}@${hostname}:${port}/x`],
    ["a % in the password", `${protocol}//user:%${password}@${hostname}:${port}/x`],
    ["no scheme", `user:${password}@${hostname}`],
    ["a scheme that nobody knows", `${password}://${hostname}`]
  ]
}

export const c14: Scenario = {
  id: "C14",
  title: "A canary password and a canary parameter in failures of every kind",
  databases: ["sqlite", "postgres", "mariadb"],
  run: (target) =>
    Effect.gen(function*() {
      const watching = recorder()
      const outcomes: Array<string> = []
      const surprising: Array<string> = []
      /** Fails, and says so in every way there is. */
      const provoke = <R>([name, effect]: readonly [string, Effect.Effect<unknown, unknown, R>]) =>
        effect.pipe(
          Effect.withSpan(name),
          Effect.tapErrorCause((cause) => Effect.logError(name, cause)),
          // What a program asked for is its own.
          Effect.asVoid,
          under(watching),
          Effect.exit,
          Effect.map((exit) => {
            outcomes.push(outcomeOf(exit))
            if (exit._tag === "Success" && name !== unlookedAt) surprising.push(name)
          })
        )

      const isServer = target.name !== "sqlite"
      yield* Effect.gen(function*() {
        yield* Ddl.create(Secret)
        yield* Mutation.insert(Secret, { id: 1, text: parameter })
        yield* Effect.forEach(statements, provoke)
        if (isServer) yield* Effect.forEach(onServers(target), provoke)
      }).pipe(Effect.provide(Connect.layer(target.url, isServer ? { statementTimeout: "200 millis" } : {})))

      if (isServer) {
        for (const [name, url] of urls(target)) {
          yield* provoke([
            name,
            Effect.provide(Query.from(Secret), Connect.layer(url, { acquireTimeout: "2 seconds" }))
          ])
        }
        const { proxy, url } = yield* between(target)
        yield* Effect.gen(function*() {
          yield* proxy.set({ cut: { after: parameter } })
          yield* provoke(["a lost connection", Mutation.insert(Secret, { id: 8, text: `${parameter} cut` })])
          yield* proxy.set({ cut: { before: /commit/i } })
          yield* provoke([
            "an unknown outcome",
            Transaction.run(Mutation.insert(Secret, { id: 9, text: `${parameter} commit` }))
          ])
        }).pipe(Effect.provide(Connect.layer(url, { size: 1 })))
      }

      const hits = watching.hits()
      return [
        rowsOf("C14", target)("failures of every kind, logged and traced, searched for the canaries", "0 hits", {
          observed: `${hits.length} hits in ${
            watching.searched().toLocaleString("en")
          } texts of ${outcomes.length} failures${
            hits.length === 0 ? "" : `: ${[...new Set(hits)].slice(0, 3).join(" | ")}`
          }${surprising.length === 0 ? "" : `; did not fail: ${surprising.join(", ")}`} (${tally(outcomes)})`,
          count: outcomes.length,
          ok: hits.length === 0 && surprising.length === 0
        })
      ]
    })
}
