/**
 * Modules that run in a process of their own: one for all, since most of the time of each would go into loading the same packages.
 */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"

export interface Running {
  /** What was wrong with each module, empty where nothing was. */
  readonly outcomes: ReadonlyArray<Promise<string>>
  readonly kill: () => void
}

export const running = (root: string, files: ReadonlyArray<string>): Running => {
  const outcomes = files.map(() => {
    let resolve: (problems: string) => void = () => {}
    const promise = new Promise<string>((settle) => {
      resolve = settle
    })
    return { promise, resolve }
  })
  const child = spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("modulesProcess.ts", import.meta.url)), ...files],
    { cwd: root, stdio: ["ignore", "pipe", "pipe", "pipe"] }
  )
  /** One that never ends would keep all that follow waiting. */
  const patience = setTimeout(() => child.kill("SIGKILL"), 60_000)
  let at = 0
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text
    })
  }
  createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
    patience.refresh()
    const problems = JSON.parse(line) as string
    outcomes[at++]?.resolve(problems === "" ? "" : `${problems}\n${output}`)
    output = ""
  })
  child.on("close", (code) => {
    clearTimeout(patience)
    outcomes.slice(at).forEach(({ resolve }, i) =>
      resolve(i === 0 ? `The process ended here (${code}):\n${output}` : "The process ended at a module before")
    )
  })
  return { outcomes: outcomes.map(({ promise }) => promise), kill: () => child.kill() }
}
