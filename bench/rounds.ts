/**
 * Runs a suite on an engine: a process for each contender in each round, each on the same rows, in an order that turns from round to round.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import type { LeftOut, Samples } from "./figures.js"
import type { Host } from "./hosts.js"
import { child } from "./install.js"
import type { Answer, Measured, Request } from "./process.js"
import { baseline } from "./suite.js"
import type { Entry, Measurement, Suite } from "./suite.js"

class ProcessFailed extends Data.TaggedError("ProcessFailed")<{ readonly message: string }> {}

const run = promisify(execFile)

/** No process takes this long. */
const limit = "10 minutes"

const ask = (file: string, request: Request): Effect.Effect<Answer> =>
  Effect.tryPromise({
    try: (signal) =>
      run(process.execPath, ["--expose-gc", child(file), JSON.stringify(request)], { maxBuffer: 2 ** 26, signal }),
    catch: (error) => {
      const { message, stderr } = error as Error & { readonly stderr?: string }
      return new ProcessFailed({ message: stderr?.trim().split("\n").slice(-3).join(" | ") || message })
    }
  }).pipe(
    Effect.map(({ stdout }) => JSON.parse(stdout) as Answer),
    Effect.timeoutFail({
      duration: limit,
      onTimeout: () => new ProcessFailed({ message: `not over after ${limit}` })
    }),
    Effect.catchAll(({ message }) => Effect.succeed({ measured: {}, problem: message }))
  )

export interface Plan {
  readonly suite: Suite
  readonly entries: ReadonlyArray<Entry>
  readonly measurements: ReadonlyArray<Measurement>
  readonly rounds: number
  readonly isQuick: boolean
}

export interface Outcome {
  /** By the id of the measurement, then by contender. */
  readonly samples: ReadonlyMap<string, ReadonlyMap<string, Samples>>
  readonly leftOut: ReadonlyArray<LeftOut>
}

/** How many processes a plan takes. */
export const processes = ({ entries, rounds, suite }: Plan): number =>
  entries.length * (rounds + (suite.isChecked ? 1 : 0))

const turned = <A>(items: ReadonlyArray<A>, by: number): ReadonlyArray<A> => {
  const at = by % Math.max(1, items.length)
  return [...items.slice(at), ...items.slice(0, at)]
}

export const carryOut = (plan: Plan, host: Host, onProcess: (what: string) => void): Effect.Effect<Outcome> =>
  Effect.gen(function*() {
    const { entries, isQuick, measurements, rounds, suite } = plan
    const leftOut: Array<LeftOut> = []
    const isOut = (entry: Entry, id: string) =>
      leftOut.some((one) => one.contender === entry.name && (one.workload === id || one.workload === "all"))
    const leave = (entry: Entry, workload: string, reason: string) => {
      if (!isOut(entry, workload)) {
        leftOut.push({ contender: entry.name, workload, reason: reason.split("\n")[0] ?? "" })
      }
    }
    const process = (entry: Entry, does: Request["does"], ids: ReadonlyArray<string>) =>
      Effect.gen(function*() {
        onProcess(`${suite.id} ${host.engine}: ${entry.name}`)
        const url = yield* Effect.promise(() => host.fresh(entry.storage ?? "text"))
        const answer = yield* ask(suite.file, {
          engine: host.engine,
          url,
          module: entry.module,
          variant: entry.variant,
          workloads: ids,
          does,
          isQuick,
          ...(isQuick ? suite.effort.quick : suite.effort.whole)
        })
        if (answer.problem !== undefined) leave(entry, "all", answer.problem)
        for (const [id, { problem }] of Object.entries(answer.measured)) {
          if (problem !== undefined) leave(entry, id, problem)
        }
        return answer.measured
      })
    const ids = measurements.map(({ id }) => id)

    const checked = new Map<string, { readonly [id: string]: Measured }>()
    if (suite.isChecked) {
      for (const entry of entries) checked.set(entry.name, yield* process(entry, "check", ids))
      const expected = checked.get(baseline)
      for (const entry of entries) {
        for (const id of ids) {
          const seen = checked.get(entry.name)?.[id]?.seen
          if (seen !== undefined && seen !== expected?.[id]?.seen) leave(entry, id, "its result is not that of raw")
        }
      }
    }

    const values = new Map<string, Map<string, Array<number | undefined>>>()
    for (let round = 0; round < rounds; round++) {
      for (const entry of turned(entries, round * 3)) {
        const wanted = ids.filter((id) => !isOut(entry, id))
        if (wanted.length === 0) continue
        const measured = yield* process(entry, "time", wanted)
        for (const id of wanted) {
          const ofWorkload = values.get(id) ?? new Map<string, Array<number | undefined>>()
          values.set(id, ofWorkload)
          const mine = ofWorkload.get(entry.name) ?? Array.from({ length: rounds }, () => undefined)
          ofWorkload.set(entry.name, mine)
          mine[round] = measured[id]?.value
        }
      }
    }
    const samples = new Map(
      ids.map((id) => [
        id,
        new Map(
          entries.flatMap((entry): ReadonlyArray<readonly [string, Samples]> => {
            const mine = values.get(id)?.get(entry.name)
            return mine === undefined || isOut(entry, id) || mine.every((value) => value === undefined)
              ? []
              : [[entry.name, { values: mine, counts: checked.get(entry.name)?.[id]?.counts }]]
          })
        )
      ])
    )
    return { samples, leftOut }
  })
