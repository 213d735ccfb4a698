/**
 * A contender's process in W1 and W13.
 */
import { administer, clear, fill, tidy } from "../admin.js"
import type { Admin } from "../admin.js"
import { countOn } from "../counting.js"
import type { Counts } from "../counting.js"
import type { Contender, Open } from "../crud.js"
import { callAll } from "../loops.js"
import { answer, engineOf, load, messageOf, turn } from "../process.js"
import type { Answer, Measured, Request } from "../process.js"
import { canonical, digest } from "../results.js"
import { begin, crud, observed, removable } from "../workloads/crud.js"
import type { CrudWorkload } from "../workloads/crud.js"

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

const collect = (globalThis as { readonly gc?: () => void }).gc

/** The calls that warm up at the most, where each needs a row of its own. */
const warmest = ({ most, needsRows }: CrudWorkload): number => needsRows ? 3 * most : Infinity

/** Rows for those, for the piece with which they end, and for what is measured. */
const needed = ({ most }: CrudWorkload): number => 5 * most

const measure = async (
  contender: Contender,
  admin: Admin,
  workload: CrudWorkload,
  { budget, pieces = 1, warmUp }: Request,
  first: number
): Promise<Measured> => {
  // What others left is not this one's; after it code has to be compiled again, so that it comes before the warm-up.
  collect?.()
  const least = workload.inFlight ?? 1
  const { most, warmAfter = 0 } = workload
  let calls = 0
  let warm = 0
  let size = least
  let perCall = Infinity
  // The last of several pieces is the warmest: by it the rest is planned.
  const isCold = () => warm < warmUp || (calls < warmAfter && warm < 4 * warmUp)
  while (isCold() && calls < warmest(workload)) {
    const time = await timed(contender, admin, workload, calls, size)
    perCall = time / size
    calls += size
    warm += time
    // No piece is longer than what is left, else a warm-up would take up to twice its time.
    const left = warm < warmUp ? Math.ceil((warmUp - warm) / perCall / least) * least : warmAfter - calls
    size = Math.max(least, Math.min(size * 2, Math.ceil(most / 4 / least) * least, left))
  }
  const count = Math.max(least, Math.floor(Math.min(most, budget / perCall) / pieces / least) * least)
  const values: Array<number> = []
  for (let piece = 1; piece <= pieces; piece++) {
    await turn(first + piece)
    values.push(await timed(contender, admin, workload, calls, count) * 1000 / count)
    calls += count
  }
  return { values, calls: count * pieces }
}

void answer(async (request): Promise<Answer["measured"]> => {
  const { does, url, variant } = request
  const engine = engineOf(request)
  const counter = does === "check" ? await countOn(engine, url) : undefined
  const admin = await administer(engine, url)
  const { contender: open } = await load(request) as { readonly contender: Open }
  const contender = await open({ engine, url: counter?.url ?? url, variant })
  const measured: Record<string, Measured> = {}
  for (const [index, workload] of [...crud, ...observed].entries()) {
    if (!request.workloads.includes(workload.id) || !workload.engines.includes(engine)) continue
    const first = index * 1000
    await turn(first)
    begin(index)
    try {
      if (workload.needsRows) await fill(admin, engine, removable, counter === undefined ? needed(workload) : 2)
      measured[workload.id] = counter === undefined
        ? await measure(contender, admin, workload, request, first)
        : await check(contender, admin, counter.counts, workload)
    } catch (error) {
      measured[workload.id] = { problem: messageOf(error) }
    }
    await tidy(admin, engine)
  }
  await contender.close()
  await admin.close()
  await counter?.close()
  return measured
})
