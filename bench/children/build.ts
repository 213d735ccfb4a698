/**
 * A contender's process in W7.
 */
import SqliteDatabase from "better-sqlite3"
import type { Builder, OpenBuilder } from "../building.js"
import { answer, load, messageOf } from "../process.js"
import type { Measured, Request } from "../process.js"
import { canonical, digest } from "../results.js"
import { indexes, insertPosts, insertUsers, tables } from "../seed.js"
import { build as workloads } from "../workloads/build.js"
import type { BuildWorkload } from "../workloads/build.js"

/** Texts differ, but not what they find. */
const found = async ({ build }: Builder, { wanted }: BuildWorkload): Promise<string> => {
  const database = new SqliteDatabase(":memory:")
  database.pragma("case_sensitive_like = on")
  for (const sql of [...tables("sqlite"), ...insertUsers("sqlite", 1, 50), ...insertPosts("sqlite", 250), ...indexes]) {
    database.exec(sql)
  }
  const rows: Array<unknown> = []
  for (let call = 0; call < 64; call++) {
    const { parameters, sql } = await build([wanted(call)])
    rows.push(database.prepare(sql).raw().all(...parameters))
  }
  database.close()
  return digest(canonical(rows, true))
}

const atOnce = 256

const measure = async (
  { build }: Builder,
  { most, wanted }: BuildWorkload,
  { budget, warmUp }: Request
): Promise<Measured> => {
  let number = 0
  let time = 0
  /** Calls until their time is over; what they ask for is made beforehand. */
  const spend = async (millis: number, end: number): Promise<number> => {
    const from = number
    time = 0
    while (time < millis && number + atOnce <= end) {
      const some = Array.from({ length: atOnce }, () => wanted(number++))
      const start = performance.now()
      await build(some)
      time += performance.now() - start
    }
    return number - from
  }
  // Before the warm-up: after it code has to be compiled again.
  const { gc } = globalThis as { readonly gc?: () => void }
  gc?.()
  await spend(warmUp, most / 2)
  const calls = await spend(budget, most)
  return { value: time * 1000 / calls, calls }
}

void answer(async (request) => {
  const { open } = await load(request) as { readonly open: OpenBuilder }
  const measured: Record<string, Measured> = {}
  for (const workload of workloads) {
    if (!request.workloads.includes(workload.id)) continue
    try {
      const builder = await open()
      measured[workload.id] = request.does === "check"
        ? { seen: await found(builder, workload) }
        : await measure(builder, workload, request)
    } catch (error) {
      measured[workload.id] = { problem: messageOf(error) }
    }
  }
  return measured
})
