/**
 * A contender's process that works for long: what the heap holds after it that it did not hold before.
 */
import type { Contender, Open, Operation } from "../crud.js"
import { callAll } from "../loops.js"
import { answer, engineOf, load, messageOf } from "../process.js"
import type { Measured } from "../process.js"
import { users } from "../seed.js"
import { longWork } from "../suites/starting.js"

const atOnce = 10_000

/** Finds, updates and looks for what is there and what is not, each for a quarter of the calls. */
const work = async (contender: Contender, calls: number, from: number): Promise<void> => {
  const key = (call: number) => 1 + (from + call) * 7919 % users
  for (let done = 0; done < calls; done += atOnce) {
    const quarter = (given: (call: number) => readonly [unknown, unknown?]) =>
      Array.from({ length: atOnce / 4 }, (_, i) => given(done + i))
    const parts: ReadonlyArray<readonly [Operation, ReadonlyArray<readonly [unknown, unknown?]>]> = [
      ["find", quarter((call) => [key(call)])],
      ["update", quarter((call) => [key(call), 18 + call % 60])],
      ["exists", quarter((call) => [`user${key(call)}@example.org`])],
      ["exists", quarter((call) => [`nobody${from + call}@example.org`])]
    ]
    for (const [operation, given] of parts) await callAll(contender, operation, given, undefined)
  }
}

const heap = (): number => {
  const globals = globalThis as { readonly gc?: () => void }
  // What the first finds, finalizers free for the second.
  globals.gc?.()
  globals.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

void answer(async (request) => {
  const engine = engineOf(request)
  const measured: Record<string, Measured> = {}
  const { contender: open } = await load(request) as { readonly contender: Open }
  const contender = await open({ engine, url: request.url, variant: request.variant })
  for (const { calls, id } of longWork) {
    if (!request.workloads.includes(id)) continue
    try {
      await work(contender, calls / 10, 0)
      const before = heap()
      await work(contender, calls, calls)
      measured[id] = { value: Math.max(0, heap() - before), calls }
    } catch (error) {
      measured[id] = { problem: messageOf(error) }
    }
  }
  await contender.close()
  return measured
})
