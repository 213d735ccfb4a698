/**
 * Runs the fault scenarios: `npm run faults -- [scenario...] [--database name]... [--short] [--out file]`.
 *
 * A run of everything in its long form writes `bench/faults.json`; any other writes where `--out` says, if it does. The exit code is 1 when
 * a row is not as expected.
 */
import SqliteDatabase from "better-sqlite3"
import { SingleBar } from "cli-progress"
import Table from "cli-table3"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { readFileSync, writeFileSync } from "node:fs"
import { cpus, release, totalmem } from "node:os"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { all } from "./all.js"
import { recorder, rowOf, under } from "./canary.js"
import type { Recorder } from "./canary.js"
import type { DatabaseName, Row, Scenario } from "./scenario.js"
import { hostOf } from "./targets.js"
import type { Host } from "./targets.js"

const databases = ["sqlite", "postgres", "mariadb"] as const satisfies ReadonlyArray<DatabaseName>

interface Wish {
  readonly scenarios: ReadonlyArray<Scenario>
  readonly databases: ReadonlyArray<DatabaseName>
  readonly form: "short" | "long"
  readonly out: string | undefined
}

/** What the command line asks for; undefined where it is not understood, which has been said then. */
const read = (args: ReadonlyArray<string>): Wish | undefined => {
  const usage = [
    "npm run faults -- [scenario...] [--database name]... [--short] [--out file]",
    `scenarios: ${all.map(({ id }) => id).join(" ")}`,
    `databases: ${databases.join(" ")}`
  ].join("\n")
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        database: { type: "string", multiple: true },
        short: { type: "boolean", default: false },
        out: { type: "string" },
        help: { type: "boolean", default: false }
      }
    })
    const ids = positionals.map((id) => id.toUpperCase())
    const unknown = ids.find((id) => !all.some((scenario) => scenario.id === id)) ??
      values.database?.find((name) => !databases.some((known) => known === name))
    if (unknown !== undefined) throw new Error(`there is no ${unknown}`)
    if (values.help) {
      console.log(usage)
      return undefined
    }
    const isWhole = ids.length === 0 && values.database === undefined && !values.short
    return {
      scenarios: ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id)),
      databases: databases.filter((name) => values.database?.includes(name) ?? true),
      form: values.short ? "short" : "long",
      out: values.out ?? (isWhole ? fileURLToPath(new URL("../faults.json", import.meta.url)) : undefined)
    }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
    process.exitCode = 2
    return undefined
  }
}

/** No scenario takes this long; one that does hangs. */
const limit = "4 minutes"

const failed = ({ id, title }: Scenario, database: DatabaseName, observed: string): Row => ({
  id,
  database,
  action: title,
  expected: "carried out",
  observed,
  count: 0,
  ok: false
})

const runOne = (scenario: Scenario, { target }: Host, database: DatabaseName, form: Wish["form"], watching: Recorder) =>
  Effect.scoped(Effect.flatMap(target, (target) => scenario.run(target, form))).pipe(
    under(watching),
    Effect.exit,
    Effect.disconnect,
    Effect.timeoutTo({
      duration: limit,
      onSuccess: Exit.match({
        onSuccess: (rows) => rows,
        onFailure: (
          cause
        ) => [failed(scenario, database, `could not be carried out: ${Cause.pretty(cause).split("\n")[0]}`)]
      }),
      onTimeout: () => [failed(scenario, database, `not over after ${limit}`)]
    })
  )

const version = (name: string): string =>
  JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), "utf8")).version

const sqliteVersion = (): string => {
  const memory = new SqliteDatabase(":memory:")
  const { version } = memory.prepare("select sqlite_version() as version").get() as { readonly version: string }
  memory.close()
  return version
}

const table = (rows: ReadonlyArray<Row>): string => {
  const width = Math.max(60, process.stdout.columns ?? 140)
  const rest = width - 30
  const printed = new Table({
    head: ["", "id", "database", "action", "expected", "observed"],
    colWidths: [3, 6, 10, ...[0.3, 0.3, 0.4].map((share) => Math.floor(rest * share))],
    wordWrap: true,
    style: { compact: true, head: [], border: [], "padding-left": 0, "padding-right": 1 }
  })
  for (const { action, database, expected, id, observed, ok } of rows) {
    printed.push([ok ? "✓" : "✗", id, database, action, expected, observed])
  }
  return printed.toString()
}

const program = ({ databases, form, out, scenarios }: Wish) =>
  Effect.gen(function*() {
    const start = performance.now()
    const startedAt = new Date().toISOString()
    const work = databases.flatMap((database) =>
      scenarios.filter((scenario) => scenario.databases.includes(database)).map((scenario) => ({ database, scenario }))
    )
    const bar = process.stdout.isTTY
      ? new SingleBar({
        format: "{bar} {value}/{total} {what}",
        gracefulExit: false,
        hideCursor: true,
        noTTYOutput: false,
        notTTYSchedule: 60_000
      })
      : undefined
    bar?.start(work.length, 0, { what: "" })
    const rows: Array<Row> = []
    const versions: Record<string, string> = {}
    for (const database of databases) {
      const mine = work.filter((one) => one.database === database)
      if (mine.length === 0) continue
      const watching = recorder()
      yield* Effect.scoped(Effect.gen(function*() {
        const host = yield* hostOf(database)
        versions[database] = database === "sqlite" ? sqliteVersion() : host.version
        for (const { scenario } of mine) {
          bar?.update({ what: `${scenario.id} ${database}: ${scenario.title}` })
          const found = yield* runOne(scenario, host, database, form, watching)
          rows.push(...found)
          if (bar === undefined) {
            const good = found.filter(({ ok }) => ok).length
            console.log(`${scenario.id} ${database}: ${good} of ${found.length} as expected (${seconds(start)} s)`)
          }
          bar?.increment(1)
        }
      }))
      rows.push(rowOf(database, watching))
    }
    bar?.stop()

    const report = {
      machine: {
        platform: `${process.platform} ${release()} ${process.arch}`,
        processor: cpus()[0]?.model.trim() ?? "unknown",
        cores: cpus().length,
        memory: `${Math.round(totalmem() / 2 ** 30)} GiB`
      },
      versions: {
        node: process.versions.node,
        ...versions,
        ...Object.fromEntries(["effect", "pg", "mysql2", "better-sqlite3"].map((name) => [name, version(name)]))
      },
      startedAt,
      seconds: seconds(start),
      scenarios: rows
    }
    if (out !== undefined) writeFileSync(out, `${JSON.stringify(report, null, 2)}\n`)
    console.log(table(rows))
    const bad = rows.filter(({ ok }) => !ok)
    console.log(
      `${rows.length - bad.length} of ${rows.length} rows as expected, in ${seconds(start)} s${
        out === undefined ? "" : `: ${out}`
      }`
    )
    if (bad.length > 0 || rows.length === 0) process.exitCode = 1
  })

const seconds = (start: number): number => Math.round((performance.now() - start) / 1000)

const wish = read(process.argv.slice(2))
if (wish !== undefined) {
  const fiber = Effect.runFork(program(wish))
  // The servers and folders of the run end with its scopes.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.error(`ended by ${signal}`)
      process.exitCode = 130
      Effect.runFork(Fiber.interrupt(fiber))
    })
  }
  // Something that nobody will ever answer keeps no process alive: that must not pass for a success.
  process.once("beforeExit", () => {
    if (fiber.unsafePoll() !== null) return
    console.error("the run came to a stop: it waits for something that will not come")
    process.exitCode = 1
  })
  fiber.addObserver((exit) => {
    if (Exit.isFailure(exit) && !Cause.isInterruptedOnly(exit.cause)) {
      console.error(Cause.pretty(exit.cause))
      process.exitCode = 1
    }
  })
}
