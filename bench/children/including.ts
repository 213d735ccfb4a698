/**
 * A contender's process in W14. What is far away is behind a proxy.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Faults from "effect-strata/Faults"
import type { Including, OpenIncluding } from "../including.js"
import { answer, engineOf, load, messageOf } from "../process.js"
import type { Answer, Measured, Request } from "../process.js"
import { canonical, digest } from "../results.js"
import { users } from "../seed.js"
import { inclusions } from "../suites/including.js"
import type { Inclusion } from "../suites/including.js"

const call = ({ include }: Including, { levels, parents }: Inclusion, count: number) =>
  include(count * 7919 % (users - parents), parents, levels)

const measure = async (including: Including, inclusion: Inclusion, { budget, warmUp }: Request): Promise<Measured> => {
  let count = 0
  const spend = async (millis: number): Promise<{ readonly time: number; readonly calls: number }> => {
    const start = performance.now()
    const before = count
    do await call(including, inclusion, count++)
    while (performance.now() - start < millis)
    return { time: performance.now() - start, calls: count - before }
  }
  // Before the warm-up: after it code has to be compiled again.
  const { gc } = globalThis as { readonly gc?: () => void }
  gc?.()
  await spend(warmUp)
  const { calls, time } = await spend(budget)
  return { value: time * 1000 / calls, calls }
}

/** The URL by which the database answers so much later. */
const away = (engine: string, url: string, latency: number): Effect.Effect<string, unknown, Scope.Scope> => {
  const { hostname, port } = new URL(url)
  const to = { host: hostname, port: port === "" ? engine === "postgres" ? 5432 : 3306 : Number(port) }
  return Effect.flatMap(
    Faults.proxy(to),
    (proxy) => Effect.as(proxy.set({ delay: { down: latency } }), proxy.url(url))
  )
}

await answer(async (request): Promise<Answer["measured"]> => {
  const engine = engineOf(request)
  const { including: open } = await load(request) as { readonly including: OpenIncluding }
  const measured: Record<string, Measured> = {}
  for (const latency of [0, 1]) {
    const wanted = inclusions.filter((one) => one.latency === latency && request.workloads.includes(one.id))
    if (wanted.length === 0) continue
    const scope = await Effect.runPromise(Scope.make())
    const url = latency === 0
      ? request.url
      : await Effect.runPromise(Scope.extend(away(engine, request.url, latency), scope))
    const including = await open({ engine, url, variant: request.variant })
    for (const inclusion of wanted) {
      try {
        measured[inclusion.id] = request.does === "check"
          ? { seen: digest(canonical(await call(including, inclusion, 1), true)) }
          : await measure(including, inclusion, request)
      } catch (error) {
        measured[inclusion.id] = { problem: messageOf(error) }
      }
    }
    await including.close()
    await Effect.runPromise(Scope.close(scope, Exit.void))
  }
  return measured
})
