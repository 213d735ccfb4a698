/**
 * What the command line asks for.
 */
import { parseArgs } from "node:util"
import type { Place } from "./crud.js"

export const engines = ["none", "sqlite", "postgres", "mysql"] as const satisfies ReadonlyArray<Place>

export interface Wish {
  readonly engines: ReadonlyArray<Place>
  /** `W1`, or one of its parts as `W1.a`; all where there is none. */
  readonly workloads: ReadonlyArray<string>
  /** All where there is none; `raw` is always measured. */
  readonly peers: ReadonlyArray<string>
  readonly isQuick: boolean
  readonly rounds: number
  readonly json: string | undefined
  readonly compare: string | undefined
  /** Where the report goes; undefined for none. */
  readonly report: string | undefined
  /** Figures of earlier runs that are drawn; nothing is measured then. */
  readonly from: ReadonlyArray<string>
}

/** Where the report of everything goes. */
export const usualReport = "bench/report.html"

export const usage = `npm run bench -- [options]

  --engine NAME     sqlite, postgres, mysql (which is MariaDB), or none for what needs no database; several times for several;
                    default: all that are here
  --workload ID     W1, or a part of it as W1.a; several times for several; default: all (with --quick: W1)
  --peer NAME       only these, beside raw: strata, kysely, "drizzle prepared"; several times for several
  --quick           2 rounds, fewer calls; without variants and the slowest peers unless they are named
  --rounds NUMBER   default 7
  --json FILE       writes the figures
  --compare FILE    shows how they differ from figures that an earlier run wrote
  --report FILE     draws them; default where everything is measured: ${usualReport}
  --from FILE       draws the figures of a file, and measures nothing; several times for several, whose later figures count`

/** Throws where it is not understood; undefined where help is asked for. */
export const read = (
  args: ReadonlyArray<string>,
  known: { readonly workloads: ReadonlyArray<string>; readonly peers: ReadonlyArray<string> }
): Wish | undefined => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      engine: { type: "string", multiple: true, default: [] },
      workload: { type: "string", multiple: true, default: [] },
      peer: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      json: { type: "string" },
      compare: { type: "string" },
      report: { type: "string" },
      from: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false }
    }
  })
  if (values.help) return undefined
  const workloads = values.workload.map((id) => {
    const found = known.workloads.find((name) => name.toLowerCase() === id.toLowerCase())
    if (found === undefined) throw new Error(`there is no workload ${id}: ${known.workloads.join(" ")}`)
    return found
  })
  for (const peer of values.peer) {
    if (!known.peers.includes(peer)) throw new Error(`there is no peer ${peer}: ${known.peers.join(", ")}`)
  }
  for (const name of values.engine) {
    if (!engines.some((engine) => engine === name)) {
      throw new Error(`there is no engine ${name}: ${engines.join(", ")}`)
    }
  }
  const rounds = values.rounds === undefined ? values.quick ? 2 : 7 : Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds wants a whole number from 1: ${values.rounds}`)
  const isAll = !values.quick && [...values.engine, ...values.workload, ...values.peer].length === 0
  return {
    engines: engines.filter((engine) => values.engine.length === 0 || values.engine.includes(engine)),
    workloads: workloads.length === 0 && values.quick ? ["W1"] : workloads,
    peers: values.peer,
    isQuick: values.quick,
    rounds,
    json: values.json,
    compare: values.compare,
    report: values.report ?? (isAll || values.from.length > 0 ? usualReport : undefined),
    from: values.from
  }
}

/** Whether a workload is among those that were asked for. */
export const isAsked = ({ workloads }: Wish, id: string): boolean =>
  workloads.length === 0 || workloads.some((asked) => id === asked || id.startsWith(`${asked}.`))
