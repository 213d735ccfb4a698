/**
 * A contender's process in W10: a million rows by cursor.
 *
 * Memory is looked at once in so many rows, above what the process had after one short stream and a collection of garbage; time in a second
 * pass.
 */
import { people, prepare } from "../plenty.js"
import { answer, engineOf, load } from "../process.js"
import type { Answer, Measured, Request } from "../process.js"
import type { OpenReader, Reader } from "../reading.js"
import { canonical, digest } from "../results.js"
import { stopAfter } from "../suites/reading.js"

const lookEvery = 2048
const mebibyte = 2 ** 20

const collect = (globalThis as { readonly gc?: () => void }).gc

/** Everything of all rows, in few numbers. */
const check = async ({ read }: Reader): Promise<string> => {
  let rows = 0
  const sums = { id: 0, age: 0, active: 0, createdAt: 0, name: 0, email: 0 }
  let last: unknown
  await read(Infinity, (person) => {
    rows++
    sums.id += person.id
    sums.age += person.age
    sums.active += person.active ? 1 : 0
    sums.createdAt += person.createdAt.getTime() / 1000
    sums.name += person.name.length
    sums.email += person.email.length
    last = person
  })
  if (rows !== people) throw new Error(`${rows} rows were read of ${people}`)
  return canonical([rows, sums, last], true)
}

const some = async ({ read }: Reader): Promise<string> => {
  const seen: Array<unknown> = []
  await read(stopAfter, (person) => void seen.push(person))
  return canonical(seen, true)
}

/** How much the process grew at the most, in MiB. */
const grown = async ({ read }: Reader): Promise<{ readonly resident: number; readonly heap: number }> => {
  await read(1, () => {})
  collect?.()
  const base = process.memoryUsage()
  let resident = 0
  let heap = 0
  let rows = 0
  await read(Infinity, () => {
    if (++rows % lookEvery !== 0) return
    const now = process.memoryUsage()
    resident = Math.max(resident, now.rss - base.rss)
    heap = Math.max(heap, now.heapUsed - base.heapUsed)
  })
  return { resident: resident / mebibyte, heap: heap / mebibyte }
}

const stopping = async ({ read }: Reader, { budget, warmUp }: Request): Promise<Measured> => {
  const spend = async (millis: number): Promise<{ readonly time: number; readonly calls: number }> => {
    const start = performance.now()
    let calls = 0
    do {
      await read(stopAfter, () => {})
      calls++
    } while (performance.now() - start < millis)
    return { time: performance.now() - start, calls }
  }
  await spend(warmUp)
  collect?.()
  const { calls, time } = await spend(budget)
  return { value: time * 1000 / calls, calls }
}

const toEnd = async ({ read }: Reader): Promise<Measured> => {
  let rows = 0
  collect?.()
  const start = performance.now()
  await read(Infinity, () => void rows++)
  return { value: (performance.now() - start) * 1000 / rows, calls: 1 }
}

await answer(async (request): Promise<Answer["measured"]> => {
  const engine = engineOf(request)
  const url = await prepare(engine, request.url)
  const { reader: open } = await load(request) as { readonly reader: OpenReader }
  const reader = await open({ engine, url, variant: request.variant })
  const measured: Record<string, Measured> = {}
  const wants = (id: string) => request.workloads.includes(id)
  if (request.does === "check") {
    if (wants("W10.a")) measured["W10.a"] = { seen: digest(await check(reader)) }
    if (wants("W10.b")) measured["W10.b"] = { seen: digest(await some(reader)) }
  } else {
    // Memory first: what else is measured leaves traces in it.
    if (wants("W10.c") || wants("W10.d")) {
      const { heap, resident } = await grown(reader)
      if (wants("W10.c")) measured["W10.c"] = { value: resident, calls: 1 }
      if (wants("W10.d")) measured["W10.d"] = { value: heap, calls: 1 }
    }
    if (wants("W10.b")) measured["W10.b"] = await stopping(reader, request)
    if (wants("W10.a")) measured["W10.a"] = await toEnd(reader)
  }
  await reader.close()
  return measured
})
