/**
 * A contender's process in W8: many rows written at once, into a table that is emptied and filled again before each call.
 */
import { administer } from "../admin.js"
import type { Admin } from "../admin.js"
import { createMembers, emptyMembers, fillMembers, membersSeen } from "../bulk.js"
import type { Bulk, OpenBulk } from "../bulk.js"
import { countOn } from "../counting.js"
import type { Counts } from "../counting.js"
import type { Engine, UserInput } from "../crud.js"
import { answer, engineOf, load, messageOf } from "../process.js"
import type { Answer, Measured, Request } from "../process.js"
import { canonical, digest } from "../results.js"
import { user } from "../seed.js"
import { measurements } from "../suites/bulk.js"
import type { BulkMeasurement } from "../suites/bulk.js"

/** The largest of a kind is not warmed up by itself, but by this many rows. */
const warming = 10_000

interface Site {
  readonly bulk: Bulk
  readonly admin: Admin
  readonly engine: Engine
}

const everyone = new Map<number, ReadonlyArray<UserInput>>()

const inputs = (rows: number): ReadonlyArray<UserInput> => {
  const known = everyone.get(rows) ?? Array.from({ length: rows }, (_, i) => user(i + 1))
  everyone.set(rows, known)
  return known
}

/** Puts there what is to be there before a call, and gives the call's rows. */
const ready = async ({ admin, engine }: Site, does: BulkMeasurement["does"], rows: number) => {
  await admin.ask(emptyMembers(engine))
  if (does !== "insert") await admin.ask(fillMembers(engine, does === "update" ? rows : rows / 2))
  return does === "update" ? [] : inputs(rows)
}

/** Milliseconds of one call; what comes before it is not in it. */
const once = async (site: Site, does: BulkMeasurement["does"], rows: number): Promise<number> => {
  const given = await ready(site, does, rows)
  const start = performance.now()
  await site.bulk[does](given)
  return performance.now() - start
}

const spend = async (site: Site, { does }: BulkMeasurement, rows: number, millis: number) => {
  let time = 0
  let calls = 0
  do {
    time += await once(site, does, rows)
    calls++
  } while (time < millis)
  return { time, calls }
}

const measure = async (site: Site, measurement: BulkMeasurement, { budget, warmUp }: Request): Promise<Measured> => {
  // Before the warm-up: after it code has to be compiled again.
  const { gc } = globalThis as { readonly gc?: () => void }
  gc?.()
  await spend(site, measurement, Math.min(warming, measurement.rows), warmUp)
  const { calls, time } = await spend(site, measurement, measurement.rows, budget)
  return { value: time * 1000 / calls / measurement.rows, calls }
}

/** What a call left behind, and what it cost when the contender had made another before. */
const check = async (site: Site, { does, rows }: BulkMeasurement, counts: () => Counts): Promise<Measured> => {
  // Made before, so that no connection is idle for so long that it is asked whether it answers.
  inputs(rows)
  await once(site, does, warming)
  const given = await ready(site, does, rows)
  const before = counts()
  await site.bulk[does](given)
  const after = counts()
  return {
    seen: digest(canonical(await site.admin.ask(membersSeen), true)),
    counts: { statements: after.statements - before.statements, roundTrips: after.roundTrips - before.roundTrips }
  }
}

await answer(async (request): Promise<Answer["measured"]> => {
  const engine = engineOf(request)
  const admin = await administer(engine, request.url)
  for (const statement of createMembers(engine)) await admin.ask(statement)
  const counter = request.does === "check" ? await countOn(engine, request.url) : undefined
  const { bulk: open } = await load(request) as { readonly bulk: OpenBulk }
  const bulk = await open({ engine, url: counter?.url ?? request.url, variant: request.variant })
  const site: Site = { bulk, admin, engine }
  const measured: Record<string, Measured> = {}
  for (const measurement of measurements) {
    if (!request.workloads.includes(measurement.id)) continue
    try {
      measured[measurement.id] = counter === undefined
        ? await measure(site, measurement, request)
        : await check(site, measurement, counter.counts)
    } catch (error) {
      measured[measurement.id] = { problem: messageOf(error) }
    }
  }
  await bulk.close()
  await admin.ask("drop table members")
  await admin.close()
  await counter?.close()
  return measured
})
