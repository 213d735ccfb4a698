/**
 * A contender of W11: each figure is of a process that does nothing else.
 */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { answer, engineOf, messageOf } from "../process.js"
import type { Measured } from "../process.js"
import { foreign } from "../starting.js"
import type { StartAnswer, StartRequest } from "../starting.js"

const run = promisify(execFile)

const program = async (request: StartRequest): Promise<StartAnswer> => {
  const file = fileURLToPath(new URL("start.js", import.meta.url))
  const { stdout } = await run(process.execPath, [file, JSON.stringify(request)], { maxBuffer: 2 ** 26 })
  return JSON.parse(stdout) as StartAnswer
}

const many = 100

void answer(async (asked) => {
  const engine = engineOf(asked)
  const measured: Record<string, Measured> = {}
  const keep = (figures: { readonly [id: string]: number }) => {
    for (const [id, value] of Object.entries(figures)) if (asked.workloads.includes(id)) measured[id] = { value }
  }
  const request = { module: asked.variant === "bare" ? "" : asked.module, engine, url: asked.url, tables: 0 }
  try {
    const one = await program({ ...request, does: "measure" })
    keep({ "W11.a": one.resident, "W11.b": one.time })
    const hundred = await program({ ...request, tables: many, does: "measure" })
    keep({ "W11.c": hundred.resident, "W11.d": hundred.time })
    const { modules } = await program({ ...request, does: "list" })
    keep({ "W11.e": modules.length, "W11.f": modules.filter((url) => foreign[engine].test(url)).length })
  } catch (error) {
    for (const id of asked.workloads) measured[id] ??= { problem: messageOf(error).split("\n").at(-1) ?? "" }
  }
  return measured
})
