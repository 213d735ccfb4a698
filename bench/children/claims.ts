/**
 * A contender's process for the claims: each call is timed by itself.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import { administer, clear } from "../admin.js"
import type { Admin } from "../admin.js"
import { claims, percentiles } from "../claims.js"
import type { Claim } from "../claims.js"
import type { Contender, Open } from "../crud.js"
import { answer, engineOf, load, messageOf } from "../process.js"
import type { Measured } from "../process.js"
import { percentile } from "../statistics.js"
import { begin, crud } from "../workloads/crud.js"

type Given = readonly [unknown, unknown?]
type Call = (given: Given) => Promise<unknown>

const acquire = Effect.scoped(Effect.flatMap(SqlClient.SqlClient, (sql) => sql.reserve))

/** Milliseconds of each call. */
const timed = async (call: Call, given: ReadonlyArray<Given>, inFlight: number): Promise<ReadonlyArray<number>> => {
  const times: Array<number> = []
  const one = async (some: Given) => {
    const start = performance.now()
    await call(some)
    times.push(performance.now() - start)
  }
  for (let start = 0; start < given.length; start += inFlight) {
    await Promise.all(given.slice(start, start + inFlight).map(one))
  }
  return times
}

/** The same in one fiber, and where there are many in flight, in fibers of its own. */
const timedInFiber = (
  call: (given: Given) => Effect.Effect<unknown, unknown>,
  given: ReadonlyArray<Given>,
  inFlight: number
): Effect.Effect<ReadonlyArray<number>, unknown> =>
  Effect.gen(function*() {
    const times: Array<number> = []
    const one = (some: Given) =>
      Effect.suspend(() => {
        const start = performance.now()
        return Effect.map(call(some), () => void times.push(performance.now() - start))
      })
    for (let start = 0; start < given.length; start += inFlight) {
      if (inFlight === 1) yield* one(given[start] ?? [undefined])
      else yield* Effect.forEach(given.slice(start, start + inFlight), one, { concurrency: "unbounded", discard: true })
    }
    return times
  })

/** Undefined where a contender has no such call. */
const callsOf = (
  contender: Contender,
  { inFlight = 1, operation }: Claim
): ((given: ReadonlyArray<Given>) => Promise<ReadonlyArray<number>>) | undefined => {
  if (contender.style === "effect") {
    const call = operation === undefined
      ? () => acquire as Effect.Effect<unknown, unknown>
      : ([first, second]: Given) => contender.operations[operation](first as never, second as never)
    return (given) => contender.run(timedInFiber(call, given, inFlight))
  }
  if (operation === undefined) return undefined
  return (given) =>
    timed(
      async ([first, second]) => contender.operations[operation](first as never, second as never),
      given,
      inFlight
    )
}

const measure = async (
  contender: Contender,
  admin: Admin,
  claim: Claim,
  budget: number
): Promise<ReadonlyArray<number> | undefined> => {
  const calls = callsOf(contender, claim)
  if (calls === undefined) return undefined
  const workload = crud.find(({ id }) => id === claim.workload)
  const { inFlight = 1, least } = claim
  const size = Math.max(inFlight, workload?.clearsEach === true ? 1 : Math.ceil(least / 20))
  const times: Array<number> = []
  let spent = 0
  let number = 0
  const some = async () => {
    const given = Array.from({ length: size }, (): Given => workload?.given(number++) ?? [undefined])
    const taken = await calls(given)
    if (workload?.clearsEach === true) await clear(admin)
    return taken
  }
  // As many calls come before, so that nothing is measured cold.
  for (let warm = 0; warm < least; warm += size) await some()
  while (times.length < least || spent < budget) {
    const start = performance.now()
    times.push(...await some())
    spent += performance.now() - start
  }
  return times
}

void answer(async (request) => {
  const engine = engineOf(request)
  const admin = await administer(engine, request.url)
  const { contender: open } = await load(request) as { readonly contender: Open }
  const contender = await open({ engine, url: request.url, variant: request.variant })
  const measured: Record<string, Measured> = {}
  for (const [index, claim] of claims.entries()) {
    const ids = percentiles.map(([name, share]) => [`claims.${claim.key}.${name}`, share] as const)
      .filter(([id]) => request.workloads.includes(id))
    if (ids.length === 0) continue
    begin(index)
    try {
      const times = await measure(contender, admin, claim, request.budget)
      if (times === undefined) continue
      for (const [id, share] of ids) measured[id] = { value: percentile(times, share), calls: times.length }
    } catch (error) {
      for (const [id] of ids) measured[id] = { problem: messageOf(error) }
    }
  }
  await contender.close()
  await admin.close()
  return measured
})
