/**
 * The example of repositories on every database, and its fake on none.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Example from "../../examples/repositories.js"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

describe.each(available)("the example of repositories on $name", (database) => {
  const runtime = onFresh(database, Effect.void)

  it("does what it says", async () => {
    assert.deepStrictEqual(await runtime.runPromise(Example.run), {
      greeting: "Hello, Ada",
      inserted: 1,
      frequent: ["Ada: 3"],
      titles: ["Notes", "Letters"],
      undone: "Left",
      authors: 2
    })
  })
})

describe("the example of repositories", () => {
  it.effect("needs no database for a fake", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.provide(Example.greet("x@x.org"), Example.fake), "Hello, Fake")
    }))
})
