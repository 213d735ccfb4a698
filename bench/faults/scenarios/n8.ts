/**
 * N8: a server that is out of something: connections, the right to write, room on its disk.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { createConnection } from "mysql2/promise"
import { execFile } from "node:child_process"
import { chownSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Pg from "pg"
import type { PrivateServer } from "../../../test/support/processes.js"
import * as Connect from "../../../src/Connect.js"
import * as Database from "../../../src/Database.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import { canary } from "../canary.js"
import { ms, outcomeOf, rowsOf, tally, unwrapped } from "../figures.js"
import { Entry } from "../ledger.js"
import { between } from "../network.js"
import type { Row, Scenario, Target } from "../scenario.js"
import { until } from "../sessions.js"
import { administer, databaseOn, privateServer } from "../targets.js"

const size = 4
const recovery = 1_000

/** Takes every connection that the server has, until the scope closes. */
const occupy = ({ name, url }: Target): Effect.Effect<number, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const taken: Array<() => Promise<void>> = []
        while (taken.length < 100) {
          try {
            if (name === "postgres") {
              const client = new Pg.default.Client({ connectionString: url })
              client.on("error", () => {})
              await client.connect()
              taken.push(() => client.end())
            } else {
              const connection = await createConnection({ uri: url })
              connection.on("error", () => {})
              taken.push(() => connection.end())
            }
          } catch {
            break
          }
        }
        return taken
      }),
      (taken) => Effect.promise(() => Promise.all(taken.map((end) => end())))
    ),
    (taken) => taken.length
  )

const code = (exit: Exit.Exit<unknown, unknown>): string =>
  Exit.isFailure(exit) && exit.cause._tag === "Fail" ? unwrapped(exit.cause.error).code ?? "no code" : ""

/** How long until it works again. */
const recovered = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  until(Effect.map(Effect.exit(effect), Exit.isSuccess), 10_000)

const connections = (target: Target): Effect.Effect<Row, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const { proxy, url } = yield* between(target)
    return yield* Effect.gen(function*() {
      const read = Query.count(Query.from(Entry))
      yield* proxy.reset
      const before = yield* proxy.state
      const [outcomes, codes] = yield* Effect.scoped(Effect.gen(function*() {
        yield* proxy.reset
        yield* occupy(target)
        const exits = yield* Effect.all(Array.from({ length: size }, () => Effect.exit(read)), {
          concurrency: "unbounded"
        })
        return [exits.map(outcomeOf), new Set(exits.map(code))] as const
      }))
      const time = yield* recovered(read)
      const state = yield* proxy.state
      return rowsOf("N8", target)(
        "every connection of the server is taken, then free again",
        `typed: ConnectionError that can be tried again, then a success within ${ms(recovery)}`,
        {
          observed: `${tally(outcomes)} (${[...codes].join(", ")}), ${
            state.accepted - before.accepted
          } attempts, recovered after ${ms(time)}`,
          count: outcomes.length,
          ok: outcomes.every((outcome) =>
            outcome.startsWith("ConnectionError/") && outcome !== "ConnectionError/lost"
          ) &&
            time <= recovery
        }
      )
    }).pipe(Effect.provide(Connect.layer(url, { size, acquireTimeout: "1 second" })))
  })

const readOnly = (target: Target, admin: string): Effect.Effect<Row, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const set = (isOn: boolean) =>
      target.name === "postgres"
        ? Effect.zipRight(
          administer(target.name, admin, `alter system set default_transaction_read_only = ${isOn ? "on" : "off"}`),
          administer(target.name, admin, "select pg_reload_conf()")
        )
        : administer(target.name, admin, `set global read_only = ${isOn ? 1 : 0}`)
    return yield* Effect.gen(function*() {
      let n = 0
      const write = Effect.suspend(() => Mutation.insert(Entry, { id: `${canary.parameter}-${n++}` }))
      const { readOnlyReason } = yield* Database.Database
      yield* write
      yield* set(true)
      yield* until(Effect.map(Effect.exit(write), Exit.isFailure), 5_000)
      const exits = yield* Effect.replicateEffect(Effect.exit(write), 8)
      const read = yield* Effect.exit(Query.count(Query.from(Entry)))
      const reason = yield* readOnlyReason
      yield* set(false)
      const time = yield* recovered(write)
      const outcomes = exits.map(outcomeOf)
      return rowsOf("N8", target)(
        "the server takes no writes, then takes them again",
        `typed: QueryError/readOnly, reads work, and a write within ${ms(recovery)}`,
        {
          observed: `${tally(outcomes)} (${[...new Set(exits.map(code))].join(", ")}), reads ${outcomeOf(read)}, ${
            reason === undefined ? "the reason is not told" : "the reason is told"
          }, recovered after ${ms(time)}`,
          count: exits.length,
          ok: outcomes.every((outcome) => outcome === "QueryError/readOnly") && Exit.isSuccess(read) &&
            reason !== undefined && time <= recovery
        }
      )
    }).pipe(Effect.provide(Connect.layer(target.url, { size })))
  })

class Filler extends Model.Class<Filler>("Filler")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String.pipe(Schema.maxLength(10_000))
}, { table: "n8_fillers" }) {}

const run = promisify(execFile)

/** A small disk, and the way to make room on it. */
interface Disk {
  readonly directory: string
  readonly makeRoom: Effect.Effect<void>
}

/** One of 16 MB, where this user may mount it. */
const smallDisk = (server: PrivateServer): Effect.Effect<Disk, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const directory = join(server.directory, "disk")
    yield* Effect.acquireRelease(
      Effect.tryPromise(async () => {
        mkdirSync(directory, { recursive: true })
        await run("mount", ["-t", "tmpfs", "-o", "size=16m,mode=0777", "tmpfs", directory])
      }),
      // When the server no longer uses it.
      () => Effect.zipRight(Effect.ignore(server.stop), Effect.promise(() => run("umount", ["-l", directory])))
    )
    const data = join(directory, "data")
    const ballast = join(directory, "ballast")
    yield* Effect.try(() => {
      const { gid, uid } = statSync(server.directory)
      mkdirSync(data)
      chownSync(data, uid, gid)
      writeFileSync(ballast, Buffer.alloc(6 * 2 ** 20))
    })
    return { directory: data, makeRoom: Effect.sync(() => rmSync(ballast)) }
  })

const fullDisk = (
  target: Target,
  admin: string,
  { directory, makeRoom }: Disk
): Effect.Effect<Row, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    if (target.name === "postgres") {
      yield* administer(target.name, admin, `create tablespace small location '${directory}'`)
      yield* administer(
        target.name,
        target.url,
        "create table n8_fillers (id int primary key, text varchar(10000) not null) tablespace small"
      )
      // Compressed, it would need no room.
      yield* administer(target.name, target.url, "alter table n8_fillers alter column text set storage external")
    } else {
      yield* administer(
        target.name,
        target.url,
        `create table n8_fillers (id int primary key, text varchar(10000) not null) data directory = '${directory}'`
      )
    }
    return yield* Effect.gen(function*() {
      let id = 0
      const write = Effect.suspend(() =>
        Mutation.insert(Filler, { id: id++, text: `${canary.parameter} ${"x".repeat(9_000)}` })
      )
      const full = yield* Effect.flip(Effect.forever(write))
      const exits = yield* Effect.replicateEffect(Effect.exit(write), 5)
      const other = yield* Effect.exit(Mutation.insert(Entry, { id: `${canary.parameter}-elsewhere` }))
      yield* makeRoom
      const time = yield* recovered(write)
      const outcomes = [outcomeOf(Exit.fail(full)), ...exits.map(outcomeOf)]
      return rowsOf("N8", target)(
        "the disk of a table is full, then has room again",
        `typed: QueryError/resources, other tables work, and a write within ${ms(recovery)}`,
        {
          observed: `${tally(outcomes)} (${[...new Set(exits.map(code))].join(", ")}), another table ${
            outcomeOf(other)
          }, recovered after ${ms(time)}`,
          count: outcomes.length,
          ok: outcomes.every((outcome) => outcome === "QueryError/resources") && Exit.isSuccess(other) &&
            time <= recovery
        }
      )
    }).pipe(Effect.provide(Connect.layer(target.url, { size })))
  })

/** Who may do all that an application may, and nothing of what an administrator may. */
const application = ({ name, url }: Target, admin: string): Effect.Effect<Target, unknown> =>
  Effect.gen(function*() {
    const user = "app"
    const database = new URL(url).pathname.slice(1)
    const statements = name === "postgres"
      ? [`create role ${user} login password '${canary.password}'`, `alter database ${database} owner to ${user}`]
      : [
        `create user ${user}@'127.0.0.1' identified by '${canary.password}'`,
        `grant all on ${database}.* to ${user}@'127.0.0.1'`
      ]
    for (const statement of statements) yield* administer(name, admin, statement)
    const own = new URL(url)
    own.username = user
    own.password = canary.password
    return { name, url: own.href }
  })

export const n8: Scenario = {
  id: "N8",
  title: "No connection to be had, no writes, no room on the disk",
  databases: ["postgres", "mariadb"],
  run: ({ name }) =>
    Effect.gen(function*() {
      const server = yield* privateServer(name, {
        settings: name === "postgres"
          ? { max_connections: "16", superuser_reserved_connections: "3" }
          : { max_connections: "16" }
      })
      const place = yield* databaseOn(name, server.url)
      const target = yield* application(place, server.url)
      yield* Effect.provide(Ddl.create(Entry), Connect.layer(target.url, { size: 1 }))
      const rows = [
        yield* Effect.scoped(connections(target)),
        yield* Effect.scoped(readOnly(target, server.url))
      ]
      const disk = yield* Effect.option(smallDisk(server))
      return disk._tag === "None"
        ? rows
        : [...rows, yield* Effect.scoped(fullDisk(name === "postgres" ? place : target, server.url, disk.value))]
    })
}
