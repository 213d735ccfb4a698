/**
 * What a program needs of a terminal: options, tables on stdout, progress on stderr, and an end on Ctrl-C.
 */
import { SingleBar } from "cli-progress"
import Table from "cli-table3"
import { Cause, Data, Effect, Exit, Layer, Option } from "effect"
import { parseArgs } from "node:util"
import type { Finding } from "./data.js"
import { Progress } from "./load.js"
import type { Answer, Row } from "./questions.js"

export class UsageError extends Data.TaggedError("UsageError")<{ readonly message: string }> {}

export const usage = `npm run quickstart [-- --database URL]

  --database  where to put the atlas: sqlite:atlas.db, postgres://user:password@host/database,
              mysql://… or mariadb://… Its tables atlas_* are dropped and made anew.
              Default: an SQLite file in a temporary folder, which is removed at the end.`

export const options = Effect.try({
  try: () => parseArgs({ options: { database: { type: "string" }, help: { type: "boolean", short: "h" } } }).values,
  catch: (cause) => new UsageError({ message: `${(cause as Error).message}\n\n${usage}` })
})

const cell = (value: Row[string]) =>
  typeof value === "number"
    ? { content: value.toLocaleString("en", { maximumFractionDigits: 2 }), hAlign: "right" as const }
    : value ?? "–"

export const print = ({ question, rows }: Answer): string => {
  const [first = {}] = rows
  const table = new Table({ head: Object.keys(first), style: { compact: true, head: [], border: [] } })
  for (const row of rows) table.push(Object.keys(first).map((heading) => cell(row[heading] ?? null)))
  return `\n${question}\n${rows.length === 0 ? "(none)" : table.toString()}`
}

export const findings = (found: ReadonlyArray<Finding>): Answer => ({
  question: "What of the data did not fit the models?",
  rows: found.map(({ examples, outcome, problem, rows, table }) => ({
    table,
    problem,
    rows,
    outcome,
    examples: examples.join("\n")
  }))
})

/** A bar on a terminal, a line now and then elsewhere. */
export const progressLayer = Layer.succeed(Progress, {
  start: (total) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const bar = new SingleBar({
          format: "loading [{bar}] {percentage}% | {value} of {total} rows | {duration_formatted}",
          gracefulExit: false,
          hideCursor: true,
          noTTYOutput: true,
          notTTYSchedule: 2_000
        })
        bar.start(total, 0)
        return bar
      }),
      (bar) => Effect.sync(() => bar.stop())
    ).pipe(Effect.map((bar) => (rows) => Effect.sync(() => bar.increment(rows))))
})

/** Runs a program to its end. Ctrl-C, or nobody left to read, interrupts it: what it holds is released all the same. */
export const run = (program: Effect.Effect<void, { readonly _tag: string; readonly message: string }>): void => {
  const fiber = Effect.runFork(program)
  const interrupt = () => fiber.unsafeInterruptAsFork(fiber.id())
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt)
  process.stdout.on("error", interrupt)
  fiber.addObserver((exit) => {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt)
    if (Exit.isFailure(exit)) {
      process.exitCode = 1
      console.error(`\n${explain(exit.cause)}`)
    }
  })
}

const explain = (cause: Cause.Cause<{ readonly _tag: string; readonly message: string }>): string =>
  Option.match(Cause.failureOption(cause), {
    onNone: () => Cause.isInterruptedOnly(cause) ? "Interrupted" : Cause.pretty(cause),
    onSome: (error) => `${error._tag}: ${error.message}`
  })
