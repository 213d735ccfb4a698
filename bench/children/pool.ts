/**
 * A contender's process in W9: what a pool of ten connections adds, and whether it keeps them.
 */
import { administer } from "../admin.js"
import type { Admin } from "../admin.js"
import { poolSize } from "../crud.js"
import type { Contender, Engine, Open, Target } from "../crud.js"
import { answer, engineOf, load, messageOf } from "../process.js"
import type { Answer, Measured, Request } from "../process.js"
import { users } from "../seed.js"
import { median, percentile } from "../statistics.js"
import { inFlight } from "../suites/pool.js"

type Server = Exclude<Engine, "sqlite">

const effects = () => import("../effectPool.js")

const microseconds = (start: number): number => (performance.now() - start) * 1000
const ids = (count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, call) => 1 + call * 7919 % users)

/** Undefined where a contender lends no connections. */
const borrowed = async (contender: Contender, times: number): Promise<ReadonlyArray<number> | undefined> => {
  if (contender.style === "effect") return (await effects()).borrowed(contender, times)
  if (contender.style === "sync" || contender.acquire === undefined) return undefined
  const all: Array<number> = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    const release = await contender.acquire()
    release()
    all.push(microseconds(start))
  }
  return all
}

/** Microseconds from nothing to the first answer, each time; a pool's end is not in it. */
const opened = async (open: Open, target: Target, times: number): Promise<ReadonlyArray<number>> => {
  const all: Array<number> = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    const contender = await open(target)
    if (contender.style === "effect") await contender.run(contender.operations.find(1))
    else await contender.operations.find(1)
    all.push(microseconds(start))
    await contender.close()
  }
  return all
}

/** Microseconds until each of so many finds was answered, all of them begun at once. */
const answered = async (contender: Contender, count: number): Promise<ReadonlyArray<number>> => {
  const given = ids(count)
  let waits: ReadonlyArray<number> = []
  let found = 0
  if (contender.style === "effect") {
    ;({ found, waits } = await (await effects()).answered(contender, given))
  } else {
    const start = performance.now()
    const all: Array<number> = waits = []
    await Promise.all(given.map(async (id) => {
      if (await contender.operations.find(id) !== undefined) found++
      all.push(microseconds(start))
    }))
  }
  if (found !== count) throw new Error(`${found} of ${count} finds were answered`)
  return waits
}

const sessions = async (admin: Admin, engine: Server): Promise<number> => {
  const [row] = await admin.ask(
    engine === "postgres"
      ? "select count(*)::integer as count from pg_stat_activity where datname = current_database()"
      : "select cast(count(*) as signed) as count from information_schema.processlist where db = database()"
  ) as ReadonlyArray<{ readonly count: number }>
  return row?.count ?? NaN
}

/** Connections that cannot be used any more, or that the server has beyond the pool's; there must be none. */
const lost = async (contender: Contender, admin: Admin, engine: Server, before: number): Promise<Measured> => {
  if (contender.style === "sync") throw new Error("there is no pool")
  let usable: number
  if (contender.style === "effect") {
    const pool = await effects()
    await pool.storm(contender, ids(200))
    usable = await pool.usable(contender)
  } else {
    const { acquire } = contender
    if (acquire === undefined) return {}
    const releases = await Promise.all(Array.from({ length: poolSize }, () => acquire()))
    usable = releases.length
    for (const release of releases) release()
  }
  // What the server still ends is not lost.
  let beyond = Infinity
  for (let tries = 0; tries < 50 && beyond > 0; tries++) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 100))
    beyond = await sessions(admin, engine) - before - poolSize
  }
  const count = Math.max(poolSize - usable, beyond)
  if (count > 0) throw new Error(`${count} of ${poolSize} connections were lost`)
  return { value: 0, calls: 1 }
}

await answer(async (request: Request): Promise<Answer["measured"]> => {
  const engine = engineOf(request)
  if (engine === "sqlite") throw new Error("it is about servers")
  const { contender: open } = await load(request) as { readonly contender: Open }
  const target: Target = { engine, url: request.url, variant: request.variant }
  const admin = await administer(engine, request.url)
  const before = await sessions(admin, engine)
  const measured: Record<string, Measured> = {}
  const wants = (...ids: ReadonlyArray<string>) => ids.some((id) => request.workloads.includes(id))
  const { gc } = globalThis as { readonly gc?: () => void }

  /** A problem of one measurement is no problem of the others. */
  const trying = async (ids: ReadonlyArray<string>, work: () => Promise<ReadonlyArray<number | undefined>>) => {
    if (!wants(...ids)) return
    gc?.()
    try {
      const values = await work()
      ids.forEach((id, i) => {
        const value = values[i]
        if (value !== undefined && request.workloads.includes(id)) measured[id] = { value, calls: 1 }
      })
    } catch (error) {
      for (const id of ids) if (request.workloads.includes(id)) measured[id] = { problem: messageOf(error) }
    }
  }
  const halfAndMost = (values: ReadonlyArray<number>) => [percentile(values, 0.5), percentile(values, 0.99)]

  const contender = await open(target)
  // The pool has all its connections, and the program is warm, before anything is measured; a pool that refuses some has been warmed up too.
  for (let i = 0; i < 3; i++) await answered(contender, 1000).catch(() => undefined)
  await trying(["W9.a", "W9.b"], async () => {
    await borrowed(contender, request.isQuick ? 1_000 : 5_000)
    const all = await borrowed(contender, request.isQuick ? 2_000 : 20_000)
    return all === undefined ? [] : halfAndMost(all)
  })
  await trying(["W9.c", "W9.d"], async () => {
    const times = request.isQuick ? 20 : 100
    await opened(open, target, times / 4)
    return halfAndMost(await opened(open, target, times))
  })
  for (const { count, ids: [each, most] } of inFlight) {
    await trying([each, most], async () => {
      const runs: Array<ReadonlyArray<number>> = []
      for (let i = 0; i < Math.ceil(4000 / count); i++) runs.push(await answered(contender, count))
      return [
        median(runs.map((waits) => (waits.at(-1) ?? NaN) / count)),
        median(runs.map((waits) => percentile(waits, 0.99)))
      ]
    })
  }
  await trying(["W9.l"], async () => [(await lost(contender, admin, engine, before)).value])
  await trying(["W9.k"], async () => {
    if (contender.style !== "effect") return []
    const { freed } = await effects()
    const all: Array<number> = []
    for (let i = 0; i < 5; i++) all.push(await freed(contender, engine))
    return [median(all)]
  })
  await contender.close()
  await admin.close()
  return measured
})
