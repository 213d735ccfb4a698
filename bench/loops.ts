/**
 * Calls in a row or at once, in the style of a contender, with their arguments made before.
 */
import type { Contender, Operation } from "./crud.js"

type Given = readonly [unknown, unknown?]
type Call = (first: unknown, second: unknown) => unknown

/** Makes the calls and gives the last result. */
export const callAll = async (
  contender: Contender,
  operation: Operation,
  given: ReadonlyArray<Given>,
  inFlight: number | undefined
): Promise<unknown> => {
  const call = contender.operations[operation] as Call
  if (contender.style === "effect") {
    const { inFiber } = await import("./effectLoop.js")
    return contender.run(inFiber(call as never, given, inFlight))
  }
  let last: unknown
  if (contender.style === "sync") {
    for (const [first, second] of given) last = call(first, second)
    return last
  }
  if (inFlight === undefined) {
    for (const [first, second] of given) last = await call(first, second)
    return last
  }
  for (let start = 0; start < given.length; start += inFlight) {
    const results = await Promise.all(
      given.slice(start, start + inFlight).map(([first, second]) => call(first, second))
    )
    last = results.at(-1)
  }
  return last
}
