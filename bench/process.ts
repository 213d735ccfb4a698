/**
 * What the process of one contender in one round is asked, `node CHILD.js REQUEST`, and what it answers, both in JSON. It loads nothing, so
 * that memory and start are those of the contender.
 */
import type { Counts } from "./counting.js"
import type { Engine, Place } from "./crud.js"

export interface Request {
  readonly engine: Place
  /** Of the database; empty where there is none. */
  readonly url: string
  /** The contender's module, from the folder of what is compiled. */
  readonly module: string
  readonly variant: string
  /** The ids of what is to be measured. */
  readonly workloads: ReadonlyArray<string>
  /** Whether results are looked at and statements counted, or time is measured. */
  readonly does: "check" | "time"
  readonly isQuick: boolean
  /** What comes before the calls of one measurement, so that nothing is measured cold, in milliseconds. */
  readonly warmUp: number
  /** What the calls of one measurement may take, in milliseconds. */
  readonly budget: number
  /** In how many pieces a measurement is made, where contenders take turns. */
  readonly pieces?: number
}

export interface Measured {
  /** In the unit of the measurement; less is better. */
  readonly value?: number
  /** The same for each piece, where contenders take turns. */
  readonly values?: ReadonlyArray<number>
  readonly calls?: number
  readonly seen?: string
  readonly counts?: Counts
  readonly problem?: string
}

export interface Answer {
  readonly measured: { readonly [id: string]: Measured }
  readonly problem?: string
}

export const engineOf = ({ engine }: Request): Engine => {
  if (engine === "none") throw new Error("there is no database")
  return engine
}

/** The module of the contender. */
export const load = (request: Request): Promise<unknown> => import(new URL(request.module, import.meta.url).href)

export const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** What a process that is measured beside others sends when it is ready for what stands at a place: who is furthest behind goes on next. */
export interface Ready {
  readonly place: number
}

/** Waits for this process's turn, which lasts until it asks for the next or ends; at once where it is alone. */
export const turn = (place: number): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) return resolve()
    process.once("message", () => resolve())
    process.send({ place } satisfies Ready)
  })

/** Runs what this process is for. */
export const answer = async (work: (request: Request) => Promise<Answer["measured"]>): Promise<void> => {
  const answered = await work(JSON.parse(process.argv[2] ?? "{}") as Request).then(
    (measured): Answer => ({ measured }),
    (error): Answer => ({
      measured: {},
      problem: error instanceof Error ? error.stack ?? error.message : String(error)
    })
  )
  process.stdout.write(JSON.stringify(answered), () => process.exit(0))
}
