/**
 * The process of one contender in one round: `node child.js REQUEST`, with a request and an answer in JSON.
 */
import { administer, clear, fill } from "./admin.js"
import type { Admin } from "./admin.js"
import { countOn } from "./counting.js"
import type { Counts } from "./counting.js"
import type { Contender, Engine, Open } from "./crud.js"
import { callAll } from "./loops.js"
import { canonical, digest } from "./results.js"
import { begin, crud, removable } from "./workloads/crud.js"
import type { CrudWorkload } from "./workloads/crud.js"

export interface Request {
  readonly engine: Engine
  readonly url: string
  /** The contender's module, from this file. */
  readonly module: string
  readonly variant: string
  readonly workloads: ReadonlyArray<string>
  /** Whether results are looked at and statements counted, or time is measured. */
  readonly does: "check" | "time"
  /** What the calls of one workload may take, in milliseconds. */
  readonly budget: number
  /** By how much fewer calls there are at the most. */
  readonly divisor: number
}

export interface Measured {
  /** In the unit of the measurement; of W1 microseconds a call. */
  readonly value?: number
  readonly calls?: number
  readonly seen?: string
  readonly counts?: Counts
  readonly problem?: string
}

export interface Answer {
  readonly measured: { readonly [id: string]: Measured }
  readonly problem?: string
}

/** How much of a measurement comes before it, so that nothing is measured cold. */
const warmUp = 0.3

const inputs = (workload: CrudWorkload, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => workload.given(from + i))

/** What was seen of a call, and what it cost, when the contender had made another before. */
const check = async (
  contender: Contender,
  admin: Admin,
  counts: () => Counts,
  workload: CrudWorkload
): Promise<Measured> => {
  const { inFlight, left, operation } = workload
  const seen: Array<string> = []
  let cost: Counts = { statements: 0, roundTrips: 0 }
  for (const call of [0, 1]) {
    // One by one even where many will be in flight: how those are sent is no fixed number.
    const given = inputs(workload, call, 1)
    const before = counts()
    const result = await callAll(contender, operation, given, undefined)
    const after = counts()
    cost = { statements: after.statements - before.statements, roundTrips: after.roundTrips - before.roundTrips }
    const keepsKeys = !["insert", "transaction"].includes(operation)
    const isAnswer = left === undefined || operation === "transaction"
    seen.push(canonical([isAnswer ? result : null, await left?.(admin, call)], keepsKeys))
    if (workload.clearsEach) await clear(admin)
  }
  return { seen: digest(seen.join("\n")), ...(inFlight === undefined ? { counts: cost } : {}) }
}

/** Milliseconds that the calls took; what is done between them is not in it. */
const timed = async (contender: Contender, admin: Admin, workload: CrudWorkload, from: number, count: number) => {
  const { clearsEach, inFlight, operation } = workload
  const one = async (given: ReturnType<typeof inputs>) => {
    const start = performance.now()
    await callAll(contender, operation, given, inFlight)
    return performance.now() - start
  }
  if (!clearsEach) return one(inputs(workload, from, count))
  let time = 0
  for (let call = 0; call < count; call++) {
    time += await one(inputs(workload, from + call, 1))
    await clear(admin)
  }
  return time
}

const measure = async (
  contender: Contender,
  admin: Admin,
  workload: CrudWorkload,
  { budget, divisor }: Request
): Promise<Measured> => {
  const least = workload.inFlight ?? 1
  const most = Math.max(least, Math.ceil(workload.most / divisor))
  let calls = 0
  let warm = 0
  let size = least
  let perCall = Infinity
  // The last of several pieces is the warmest: by it the rest is planned.
  while (calls < warmUp * most && warm < warmUp * budget) {
    const time = await timed(contender, admin, workload, calls, size)
    perCall = time / size
    calls += size
    warm += time
    size = Math.min(size * 2, Math.ceil(most / 4 / least) * least)
  }
  const count = Math.max(least, Math.min(most, Math.floor(budget / perCall / least) * least))
  const globals = globalThis as { readonly gc?: () => void }
  globals.gc?.()
  const time = await timed(contender, admin, workload, calls, count)
  return { value: time * 1000 / count, calls: count }
}

const needed = (workload: CrudWorkload, { divisor }: Request): number => Math.ceil(workload.most / divisor * 2) + 2

const run = async (request: Request): Promise<Answer> => {
  const { does, engine, url, variant } = request
  const counter = does === "check" ? await countOn(engine, url) : undefined
  const admin = await administer(engine, url)
  const { contender: open } = await import(request.module) as { readonly contender: Open }
  const contender = await open({ engine, url: counter?.url ?? url, variant })
  const measured: Record<string, Measured> = {}
  for (const [index, workload] of crud.entries()) {
    if (!request.workloads.includes(workload.id) || !workload.engines.includes(engine)) continue
    begin(index)
    try {
      if (workload.needsRows) await fill(admin, engine, removable, needed(workload, request))
      measured[workload.id] = counter === undefined
        ? await measure(contender, admin, workload, request)
        : await check(contender, admin, counter.counts, workload)
    } catch (error) {
      measured[workload.id] = { problem: error instanceof Error ? error.message : String(error) }
    }
    await clear(admin)
  }
  await contender.close()
  await admin.close()
  await counter?.close()
  return { measured }
}

const answer = await run(JSON.parse(process.argv[2] ?? "{}") as Request).catch(
  (error): Answer => ({ measured: {}, problem: error instanceof Error ? error.stack ?? error.message : String(error) })
)
process.stdout.write(JSON.stringify(answer), () => process.exit(0))
