/**
 * Runs a suite on an engine: a process for each contender in each round, each on the same rows, in an order that turns from round to round: one
 * after the other, or, where a measurement has pieces, together and in turns.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import type { LeftOut, Samples } from "./figures.js"
import type { Host } from "./hosts.js"
import { child } from "./install.js"
import type { Answer, Measured, Request } from "./process.js"
import { baseline } from "./suite.js"
import type { Entry, Measurement, Suite } from "./suite.js"
import { Turns } from "./turns.js"

class ProcessFailed extends Data.TaggedError("ProcessFailed")<{ readonly message: string }> {}

/** No process takes this long by itself. */
const limit = "10 minutes"
/** Nor all of a round that take turns. */
const limitTogether = "90 minutes"

/** V8 gives memory back while a process waits, and takes it again in what is measured next: the wait for a turn is not part of the work. */
const waiting = ["--no-memory-reducer"]

const nothing = { measured: {} }

/** Starts a process and gives what it answers; with `turns` it runs when they let it. */
const ask = (file: string, request: Request, turns?: Turns): Effect.Effect<Answer> =>
  Effect.async<Answer>((resume) => {
    const started = spawn(process.execPath, [
      "--expose-gc",
      ...(turns === undefined ? [] : waiting),
      child(file),
      JSON.stringify(request)
    ], {
      stdio: ["ignore", "pipe", "pipe", ...(turns === undefined ? [] : ["ipc" as const])]
    })
    turns?.join(started)
    const [output, errors]: [Array<Buffer>, Array<Buffer>] = [[], []]
    started.stdout?.on("data", (chunk: Buffer) => output.push(chunk))
    started.stderr?.on("data", (chunk: Buffer) => errors.push(chunk))
    started.once("close", (code) => {
      const text = Buffer.concat(output).toString()
      const problem = Buffer.concat(errors).toString().trim().split("\n").slice(-3).join(" | ")
      resume(
        code === 0 && text !== ""
          ? Effect.succeed(JSON.parse(text) as Answer)
          : Effect.succeed({ ...nothing, problem: problem === "" ? `it ended with ${code}` : problem })
      )
    })
    return Effect.sync(() => started.kill())
  }).pipe(
    Effect.timeoutFail({
      duration: turns === undefined ? limit : limitTogether,
      onTimeout: () => new ProcessFailed({ message: "it did not end in time" })
    }),
    Effect.catchAll(({ message }) => Effect.succeed({ ...nothing, problem: message }))
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
    const effort = isQuick ? suite.effort.quick : suite.effort.whole
    const { pieces = 1 } = effort
    const process = (entry: Entry, does: Request["does"], ids: ReadonlyArray<string>, turns?: Turns) =>
      Effect.gen(function*() {
        const { drop, url } = yield* Effect.promise(() => host.fresh(entry.storage ?? "text"))
        const answer = yield* ask(suite.file, {
          engine: host.engine,
          url,
          module: entry.module,
          variant: entry.variant,
          workloads: ids,
          does,
          isQuick,
          ...effort
        }, turns)
        yield* Effect.promise(drop)
        onProcess(`${suite.id} ${host.engine}: ${entry.name}`)
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
      const asked = turned(entries, round * 3).flatMap((entry) => {
        const wanted = ids.filter((id) => !isOut(entry, id))
        return wanted.length === 0 ? [] : [{ entry, wanted }]
      })
      const turns = effort.pieces === undefined ? undefined : new Turns(asked.length)
      const answers = yield* Effect.forEach(
        asked,
        ({ entry, wanted }) => process(entry, "time", wanted, turns),
        { concurrency: turns === undefined ? 1 : "unbounded" }
      )
      asked.forEach(({ entry, wanted }, i) => {
        for (const id of wanted) {
          const ofWorkload = values.get(id) ?? new Map<string, Array<number | undefined>>()
          values.set(id, ofWorkload)
          const mine = ofWorkload.get(entry.name) ?? Array.from({ length: rounds * pieces }, () => undefined)
          ofWorkload.set(entry.name, mine)
          const { value, values: figures = [value] } = answers[i]?.[id] ?? {}
          figures.forEach((figure, piece) => (mine[round * pieces + piece] = figure))
        }
      })
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
