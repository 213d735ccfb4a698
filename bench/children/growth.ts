/**
 * A contender's process for the curves of growth.
 */
import type { Growing, OpenGrowing } from "../growing.js"
import { prepare } from "../plenty.js"
import { answer, engineOf, load, messageOf } from "../process.js"
import type { Answer, Measured, Request } from "../process.js"
import { canonical, digest } from "../results.js"
import { points, streamed } from "../suites/growth.js"
import type { Point } from "../suites/growth.js"

const call = (growing: Growing, { point: { at, of } }: Point): Promise<unknown> =>
  of === "rows" ? growing.rows(at, at >= streamed) : growing[of](at)

/** Microseconds a call; what takes longer than all the time there is runs once. */
const measure = async (growing: Growing, point: Point, { budget, warmUp }: Request): Promise<Measured> => {
  const spend = async (millis: number): Promise<{ readonly time: number; readonly calls: number }> => {
    const start = performance.now()
    let calls = 0
    do {
      await call(growing, point)
      calls++
    } while (performance.now() - start < millis)
    return { time: performance.now() - start, calls }
  }
  // Before the warm-up: after it code has to be compiled again.
  const { gc } = globalThis as { readonly gc?: () => void }
  gc?.()
  // The smaller points of its curve have warmed up the largest.
  if (point.point.at < streamed) await spend(warmUp)
  const { calls, time } = await spend(budget)
  return { value: time * 1000 / calls, calls }
}

await answer(async (request): Promise<Answer["measured"]> => {
  const engine = engineOf(request)
  const url = await prepare(engine, request.url)
  const { growing: open } = await load(request) as { readonly growing: OpenGrowing }
  const growing = await open({ engine, url, variant: request.variant })
  const measured: Record<string, Measured> = {}
  for (const point of points) {
    if (!request.workloads.includes(point.id)) continue
    // How the pool treats those who wait is about nothing else.
    if (request.variant === "queue" && point.point.of !== "inFlight") continue
    try {
      measured[point.id] = request.does === "check"
        ? { seen: digest(canonical(await call(growing, point), true)) }
        : await measure(growing, point, request)
    } catch (error) {
      measured[point.id] = { problem: messageOf(error) }
    }
  }
  await growing.close()
  return measured
})
