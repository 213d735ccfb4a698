/**
 * Where code generation is forbidden (`npm run test:no-codegen`) it is so for the tests themselves and for all that they start.
 */
import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { once } from "node:events"
import { promisify } from "node:util"
import { Worker } from "node:worker_threads"
import { canGenerate } from "../src/sql/codeGeneration.js"

const isAllowed = process.env["STRATA_NO_CODEGEN"] !== "1"

const attempt = `
  let allowed = true
  try {
    new Function("return true")()
  } catch {
    allowed = false
  }
`

describe(`code generation is ${isAllowed ? "allowed" : "forbidden"}`, () => {
  it("here", () => {
    assert.strictEqual(canGenerate, isAllowed)
    // oxlint-disable-next-line typescript/no-implied-eval
    const generate = () => new Function("return true")
    if (isAllowed) generate()
    else {
      assert.throws(generate, EvalError)
      // vitest's own use of it is over
      assert.strictEqual((() => {}).constructor, Function)
    }
  })

  it("in a thread", async () => {
    const worker = new Worker(`${attempt}; require("node:worker_threads").parentPort.postMessage(allowed)`, {
      eval: true
    })
    assert.deepStrictEqual(await once(worker, "message"), [isAllowed])
  })

  it("in a process", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", `${attempt}; console.log(allowed)`])
    assert.strictEqual(stdout.trim(), String(isAllowed))
  })
})
