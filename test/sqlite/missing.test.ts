import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { vi } from "vitest"
import * as driver from "../../src/sqlite/driver.js"

vi.mock("better-sqlite3", () => {
  throw Object.assign(new Error("Cannot find package 'better-sqlite3'"), { code: "ERR_MODULE_NOT_FOUND" })
})

it.effect("a missing package is a ConfigurationError that says what to install", () =>
  Effect.gen(function*() {
    const error = yield* Effect.flip(Effect.scoped(driver.make({ filename: ":memory:" })))
    assert.strictEqual((error as { readonly _tag: string })._tag, "ConfigurationError")
    assert.match((error as Error).message, /npm install better-sqlite3 @effect\/sql-sqlite-node/)
  }))
