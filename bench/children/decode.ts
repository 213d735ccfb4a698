/**
 * A contender's process in W6.
 */
import * as BigDecimal from "effect/BigDecimal"
import { rowsOf } from "../decoding.js"
import type { Coder, Named, OpenCoder } from "../decoding.js"
import { answer, load, messageOf } from "../process.js"
import type { Measured, Request } from "../process.js"
import { canonical, digest } from "../results.js"
import { median } from "../statistics.js"
import { decode as workloads } from "../workloads/decode.js"
import type { DecodeWorkload } from "../workloads/decode.js"

type Work = () => Promise<ReadonlyArray<unknown>> | ReadonlyArray<unknown>

/** One call over the rows of a workload. */
const workOf = async (coder: Coder, { does, rows, shape }: DecodeWorkload): Promise<Work> => {
  const given = rowsOf(shape, rows)
  if (does === "decode") return () => coder.decode(given)
  if (does === "read") return () => coder.read(given)
  const inputs = (await coder.decode(given)).map((row) => {
    const { id: _id, key0: _key, ...input } = row as Named
    return input
  })
  return () => coder.encode(inputs)
}

/** Decimals as text, and what is bound as text too: an integer may be a bigint there. */
const shown = ({ does }: DecodeWorkload, rows: ReadonlyArray<unknown>): string =>
  canonical(
    rows.map((row) =>
      does === "encode"
        ? String(row)
        : Object.fromEntries(
          Object.entries(row as Named).map(([name, value]) => [
            name,
            BigDecimal.isBigDecimal(value) ? BigDecimal.format(value) : value
          ])
        )
    ),
    true
  )

const nanoseconds = async (work: Work, { rows }: DecodeWorkload, { budget, warmUp }: Request): Promise<Measured> => {
  // Before the warm-up: after it code has to be compiled again.
  const { gc } = globalThis as { readonly gc?: () => void }
  gc?.()
  const warm = performance.now() + warmUp
  do await work()
  while (performance.now() < warm)
  const start = performance.now()
  let calls = 0
  do {
    await work()
    calls++
  } while (performance.now() - start < budget)
  return { value: (performance.now() - start) * 1e6 / calls / rows, calls }
}

/** What the heap grew by; a call in which it was collected shows less, and is none of the median's. */
const bytes = async (work: Work, { rows }: DecodeWorkload, { warmUp }: Request): Promise<Measured> => {
  const warm = performance.now() + warmUp
  do await work()
  while (performance.now() < warm)
  const grown: Array<number> = []
  for (let call = 0; call < 40; call++) {
    const before = process.memoryUsage().heapUsed
    await work()
    grown.push(process.memoryUsage().heapUsed - before)
  }
  return { value: median(grown.filter((by) => by > 0)) / rows, calls: grown.length }
}

void answer(async (request) => {
  const { open } = await load(request) as { readonly open: OpenCoder }
  const measured: Record<string, Measured> = {}
  for (const workload of workloads) {
    if (!request.workloads.includes(workload.id)) continue
    try {
      const coder = await open(workload.shape, request.variant)
      const work = await workOf(coder, workload)
      measured[workload.id] = request.does === "check"
        ? { seen: digest(shown(workload, await work())) }
        : await (workload.unit === "bytes/row" ? bytes : nanoseconds)(work, workload, request)
    } catch (error) {
      measured[workload.id] = { problem: messageOf(error) }
    }
  }
  return measured
})
