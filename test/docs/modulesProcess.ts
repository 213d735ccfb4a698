/**
 * Runs modules one after another in this process: the next one when nothing of the one before is left to do. Each line of what it writes to
 * descriptor 3 is an outcome, in the order of the arguments.
 */
import { writeSync } from "node:fs"
import { pathToFileURL } from "node:url"
import { inspect } from "node:util"

const files = process.argv.slice(2)
let at = -1
let problems: Array<string> = []
let isLoaded = true

const shown = (problem: unknown): string =>
  problem instanceof Error ? problem.stack ?? problem.message : inspect(problem)

process.on("uncaughtException", (problem) => problems.push(shown(problem)))

const next = (): void => {
  if (at >= 0) {
    if (!isLoaded) problems.push("It waits for what never comes")
    if (process.exitCode !== undefined && process.exitCode !== 0) problems.push(`It ended with ${process.exitCode}`)
    process.exitCode = undefined
    writeSync(3, `${JSON.stringify(problems.join("\n"))}\n`)
  }
  at++
  problems = []
  const file = files[at]
  if (file === undefined) return
  isLoaded = false
  import(pathToFileURL(file).href).catch((problem: unknown) => problems.push(shown(problem))).finally(() => {
    isLoaded = true
  })
}

// It comes each time that nothing is left to do, and what it begins lets the process go on.
process.on("beforeExit", () => {
  if (at < files.length) next()
})
