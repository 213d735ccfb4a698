/**
 * A program of its own process: for what only the end of a process shows, and for memory that nothing else uses.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

/** What became of it. */
export interface Ended<A> {
  /** What it told on its last line. */
  readonly told: A
  /** From the last line to the end of the process, in milliseconds; undefined where it did not end by itself. */
  readonly lingered: number | undefined
  readonly code: number | null
}

class NoAnswer extends Data.TaggedError("NoAnswer")<{ readonly program: string; readonly problems: string }> {}

const root = fileURLToPath(new URL("../..", import.meta.url))

/**
 * Runs a program of `children`, to which the argument is given as JSON and which answers with a line of JSON. It is killed when the
 * scope closes, or when it is still there so many milliseconds after its answer.
 */
export const run = <A>(program: string, argument: unknown, patience = 5_000): Effect.Effect<Ended<A>, Error> =>
  Effect.async<Ended<A>, Error>((resume) => {
    const file = fileURLToPath(new URL(`./children/${program}.ts`, import.meta.url))
    const child = spawn(
      process.execPath,
      ["--expose-gc", "--unhandled-rejections=warn", "--import", "tsx", file, JSON.stringify(argument)],
      { cwd: root, stdio: ["ignore", "pipe", "pipe"] }
    )
    let out = ""
    let problems = ""
    let answeredAt: number | undefined
    let timer: NodeJS.Timeout | undefined
    let wasKilled = false
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString()
      if (answeredAt !== undefined || !out.includes("\n")) return
      answeredAt = performance.now()
      timer = setTimeout(() => {
        wasKilled = true
        child.kill("SIGKILL")
      }, patience)
    })
    child.stderr.on("data", (chunk: Buffer) => {
      problems += chunk.toString()
    })
    child.on("error", (error) => resume(Effect.fail(error)))
    child.on("close", (code) => {
      clearTimeout(timer)
      if (answeredAt === undefined) return resume(Effect.fail(new NoAnswer({ program, problems })))
      resume(Effect.succeed({
        told: JSON.parse(out.slice(0, out.indexOf("\n"))) as A,
        lingered: wasKilled ? undefined : performance.now() - answeredAt,
        code
      }))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** The argument, in the program itself. */
export const argument = <A>(): A => JSON.parse(process.argv[2] ?? "null") as A

/** The answer, in the program itself. */
export const answer = (told: unknown): Effect.Effect<void> =>
  Effect.async((resume) => {
    process.stdout.write(`${JSON.stringify(told)}\n`, () => resume(Effect.void))
  })
