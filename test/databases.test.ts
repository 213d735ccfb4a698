/**
 * Each kind of database is there. A missing one is a skipped test that gives the reason; with `CI=true` it is a failed one.
 */
import { assert, describe, it } from "@effect/vitest"
import { available, missing } from "./support/databases.js"

const mustHaveAll = process.env["CI"] === "true"

describe("databases", () => {
  for (const { name, version } of available) {
    it(`${name} ${version} answers`, () => assert.match(version, /^\d+\.\d+/))
  }
  for (const { name, reason } of missing) {
    it(`${name} answers`, (context) => mustHaveAll ? assert.fail(reason) : context.skip(reason))
  }
})
