/**
 * Measures Strata beside its peers and the plain drivers: `npm run bench -- --help`.
 */
import { SingleBar } from "cli-progress"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { readFileSync, writeFileSync } from "node:fs"
import { cpus, loadavg, release, totalmem } from "node:os"
import { isAsked, read, usage, usualReport } from "./arguments.js"
import type { Wish } from "./arguments.js"
import type { Place } from "./crud.js"
import { growth } from "./curves.js"
import { meansOf, merged, workloadOf } from "./figures.js"
import type { Figures, LeftOut } from "./figures.js"
import { hostOf } from "./hosts.js"
import { build, effectCopies, installPeers, installPrisma, version } from "./install.js"
import { carryOut, processes } from "./rounds.js"
import type { Plan } from "./rounds.js"
import { baseline } from "./suite.js"
import { suites } from "./suites.js"
import { comparison, ratios } from "./tables.js"
import { meant } from "./workloads/crud.js"

/** What asks for a measurement: its id and what that begins with, `growth`, `growth.rows` and `growth.rows.10`. */
const prefixes = (id: string): ReadonlyArray<string> =>
  id.split(".").map((_, at, parts) => parts.slice(0, at + 1).join("."))

const known = {
  workloads: [...new Set(suites.flatMap(({ measurements }) => measurements.flatMap(({ id }) => prefixes(id))))],
  peers: [...new Set(suites.flatMap(({ entries }) => entries.map(({ name }) => name)))]
}

/** The run cannot begin. */
class NotReady extends Data.TaggedError("NotReady")<{ readonly message: string }> {}

const machine = () => ({
  platform: `${process.platform} ${release()} ${process.arch}`,
  processor: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  load: loadavg()[0]?.toFixed(2) ?? "unknown"
})

const plansOf = (wish: Wish, engine: Place, prisma: string | undefined): ReadonlyArray<Plan> =>
  suites.flatMap((suite): ReadonlyArray<Plan> => {
    const measurements = suite.measurements.filter(({ engines, id }) => engines.includes(engine) && isAsked(wish, id))
    const entries = suite.entries.filter(({ engines, isWhole, name, packages }) =>
      engines.includes(engine) && !(packages === "prisma" && prisma !== undefined) &&
      (name === baseline || (wish.peers.length === 0 ? !wish.isQuick || isWhole !== true : wish.peers.includes(name)))
    )
    if (measurements.length === 0 || entries.length === 0) return []
    return [{
      suite,
      entries,
      measurements,
      rounds: Math.min(wish.rounds, suite.rounds ?? wish.rounds),
      isQuick: wish.isQuick
    }]
  })

const versionsOf = (plans: ReadonlyArray<Plan>, database: string) => ({
  node: process.versions.node,
  database,
  "effect-strata": version("effect-strata"),
  ...Object.fromEntries(
    plans.flatMap(({ entries }) =>
      entries.flatMap(({ packages, versions }) => versions.map((name) => [name, version(name, packages)]))
    )
  )
})

const figuresOf = (
  engine: Place,
  wish: Wish,
  prisma: string | undefined,
  onProcess: (what: string) => void
) =>
  Effect.scoped(Effect.gen(function*() {
    const host = yield* hostOf(engine)
    const plans = plansOf(wish, engine, prisma)
    const startedAt = new Date().toISOString()
    const before = machine()
    const workloads: Record<string, Figures["workloads"][string]> = {}
    const leftOut: Array<LeftOut> = prisma === undefined || engine !== "sqlite"
      ? []
      : [{ contender: "prisma", workload: "all", reason: prisma }]
    for (const plan of plans) {
      const outcome = yield* carryOut(plan, host, onProcess)
      leftOut.push(...outcome.leftOut)
      for (const measurement of plan.measurements) {
        const { id, name } = measurement
        const samples = outcome.samples.get(id)
        if (samples !== undefined && samples.size > 0) {
          workloads[`${id} ${name}`] = workloadOf(measurement, samples, baseline)
        }
      }
    }
    const figures: Figures = {
      engine,
      machine: before,
      versions: versionsOf(plans, host.version),
      startedAt,
      rounds: wish.rounds,
      workloads,
      geometricMean: meansOf(workloads, meant),
      leftOut
    }
    return figures
  }))

const print = (figures: Figures): void => {
  const { engine, leftOut, machine, rounds, versions } = figures
  console.log(
    `\n${engine}: ${versions["database"]}, ${rounds} rounds, ${machine["processor"]}, load ${machine["load"]}`
  )
  for (const table of [ratios(figures), growth(figures)]) if (table !== "") console.log(table)
  for (const { contender, reason, workload } of leftOut) console.log(`left out: ${contender}, ${workload}: ${reason}`)
}

const earlier = (file: string): ReadonlyArray<Figures> => {
  const content = JSON.parse(readFileSync(file, "utf8")) as Figures | ReadonlyArray<Figures>
  return Array.isArray(content) ? content : [content as Figures]
}

/** Draws figures; what does so is installed with the peers. */
const draw = async (all: ReadonlyArray<Figures>, file: string): Promise<void> => {
  const { report } = await import(new URL("plots/report.ts", import.meta.url).href) as {
    readonly report: (all: ReadonlyArray<Figures>) => string
  }
  writeFileSync(file, report(all))
  console.log(`drawn: ${file}`)
}

const redraw = ({ from, report }: Wish) =>
  Effect.gen(function*() {
    const all = merged(from.flatMap(earlier))
    yield* Effect.tryPromise({ try: () => installPeers(), catch: (error) => error })
    yield* Effect.promise(() => draw(all, report ?? usualReport))
  })

const program = (wish: Wish) =>
  Effect.gen(function*() {
    // What cannot be read is said before an hour of work, not after it.
    const before = wish.compare === undefined ? [] : earlier(wish.compare)
    yield* Effect.tryPromise({ try: () => installPeers(), catch: (error) => error })
    yield* Effect.tryPromise({ try: () => build(), catch: (error) => error })
    const copies = effectCopies()
    if (copies.size !== 1) return yield* Effect.fail(new NotReady({ message: `effect is there ${copies.size} times` }))
    const wantsPrisma = wish.engines.includes("sqlite") && isAsked(wish, "W1") &&
      (wish.peers.length === 0 ? !wish.isQuick : wish.peers.includes("prisma"))
    const prisma = wantsPrisma ? yield* Effect.promise(() => installPrisma()) : undefined

    const start = performance.now()
    const total = wish.engines.flatMap((engine) => plansOf(wish, engine, prisma)).reduce(
      (sum, plan) => sum + processes(plan),
      0
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
    bar?.start(total, 0, { what: "" })
    const all: Array<Figures> = []
    for (const engine of wish.engines) {
      if (plansOf(wish, engine, prisma).length === 0) continue
      const figures = yield* Effect.either(figuresOf(engine, wish, prisma, (what) => {
        bar?.update({ what })
        bar?.increment(1)
      }))
      if (Either.isLeft(figures)) {
        // An engine that was asked for by name has to be there.
        if (wish.engines.length === 1) return yield* Effect.fail(figures.left)
        console.log(`${engine} is left out: ${String(figures.left)}`)
      } else {
        all.push(figures.right)
      }
    }
    bar?.stop()

    for (const figures of all) print(figures)
    for (const figures of all) {
      const other = before.find(({ engine }) => engine === figures.engine)
      if (other !== undefined) console.log(`\n${comparison(figures, other)}`)
    }
    if (wish.json !== undefined) {
      writeFileSync(wish.json, `${JSON.stringify(all.length === 1 ? all[0] : all, null, 2)}\n`)
    }
    const { report } = wish
    if (report !== undefined) yield* Effect.promise(() => draw(all, report))
    console.log(`\n${Math.round((performance.now() - start) / 1000)} s`)
  })

const wishOf = (): Wish | undefined => {
  try {
    const wish = read(process.argv.slice(2), known)
    if (wish === undefined) {
      console.log(`${usage}\n\nworkloads: ${known.workloads.join(" ")}\npeers: ${known.peers.join(", ")}`)
    }
    return wish
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exitCode = 2
    return undefined
  }
}

const wish = wishOf()
if (wish !== undefined) {
  const fiber = Effect.runFork(wish.from.length > 0 ? redraw(wish) : program(wish))
  // Processes, servers and folders of the run end with its scopes.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.error(`ended by ${signal}`)
      process.exitCode = 130
      Effect.runFork(Fiber.interrupt(fiber))
    })
  }
  fiber.addObserver((exit) => {
    if (Exit.isFailure(exit) && !Cause.isInterruptedOnly(exit.cause)) {
      console.error(Cause.pretty(exit.cause))
      process.exitCode = 1
    }
  })
}
