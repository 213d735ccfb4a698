/**
 * Ends a run with the versions of the databases it met, what it had to leave out and why, and one line of counts.
 */
import type { ProvidedContext } from "vitest"
import type { Reporter, TestModule, Vitest } from "vitest/node"

export const databasesLine = ({ available }: ProvidedContext["databases"]): string =>
  available.map(({ name, version }) => `${name} ${version}`).join(", ")

export const missingLines = ({ missing }: ProvidedContext["databases"]): ReadonlyArray<string> =>
  missing.map(({ name, reason }) => `not tested: ${name} (${reason})`)

export default class Summary implements Reporter {
  #vitest: Vitest | undefined
  #lines: ReadonlyArray<string> = []

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
    // Last of all: after the report of the tests themselves, and after the servers that they started have stopped.
    process.once("exit", () => {
      for (const line of this.#lines) console.log(line)
    })
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      const before = count.failed
      for (const test of module.children.allTests()) count[test.result().state]++
      // A file that does not load, or a hook outside any test, fails without a failed test: it counts as one.
      if (module.state() === "failed" && count.failed === before) count.failed++
    }
    const databases = this.#vitest?.getRootProject().getProvidedContext().databases
    this.#lines = [
      "",
      ...(databases === undefined ? [] : [databasesLine(databases), ...missingLines(databases)]),
      `${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped`
    ]
  }
}
