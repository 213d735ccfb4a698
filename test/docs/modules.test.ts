import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"
import { running } from "./modules.js"

const root = fileURLToPath(new URL("../..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "strata-modules-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...codes: ReadonlyArray<string>) =>
  Promise.all(
    running(
      root,
      codes.map((code, i) => {
        const file = join(folder, `module${i}.mjs`)
        writeFileSync(file, code)
        return file
      })
    ).outcomes
  )

describe("modules that run one after another", { timeout: 60_000 }, () => {
  it("tell of each what was wrong, and go on", async () => {
    const [fine, thrown, later, rejected, waiting, code, last] = await run(
      "setTimeout(() => {}, 20)",
      "throw new Error('at once')",
      "setTimeout(() => { throw new Error('later') }, 20)",
      "Promise.reject(new Error('rejected'))",
      "await new Promise(() => {})",
      "process.exitCode = 3",
      "await new Promise((go) => setTimeout(go, 20))"
    )
    assert.strictEqual(fine, "")
    assert.include(thrown, "at once")
    assert.include(later, "later")
    assert.include(rejected, "rejected")
    assert.include(waiting, "waits for what never comes")
    assert.include(code, "ended with 3")
    assert.strictEqual(last, "")
  })

  it("tell where the process ended", async () => {
    const outcomes = await run("console.log('here')", "console.log('there'); process.exit(0)", "1")
    assert.strictEqual(outcomes[0], "")
    assert.include(outcomes[1], "ended here (0)")
    assert.include(outcomes[2], "at a module before")
  })
})
