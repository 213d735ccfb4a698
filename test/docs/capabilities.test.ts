import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import * as Capabilities from "./capabilities.js"

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8")

describe("the README's table of capabilities", () => {
  it("is that of src/Capability.ts", () => {
    assert.isTrue(Capabilities.isCurrent(readme), "it is stale: npm run docs")
  })

  it("is found to be stale where a capability is missing, or a database of one", () => {
    const [line = ""] = readme.split("\n").filter((line) => line.includes("`full join`"))
    assert.isTrue(Capabilities.isCurrent(Capabilities.updated(readme)))
    assert.isFalse(Capabilities.isCurrent(readme.replace(`${line}\n`, "")))
    assert.isFalse(Capabilities.isCurrent(readme.replace(line, line.replace("yes", ""))))
  })
})
