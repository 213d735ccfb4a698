/**
 * That nobody is told of what was before a commit of which anybody has been told, on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Cache } from "effect-strata"
import * as Effect from "effect/Effect"
import { available } from "../support/databases.js"
import { race } from "./race.js"
import { stats } from "./models.js"
import { cachedLayer } from "./support.js"

describe.each(available)("readers beside writers on $name", (database) => {
  it.live("read nothing of before a commit", () =>
    Effect.gen(function*() {
      assert.isAbove(yield* race, 0)
      const { hits, misses } = yield* stats
      assert.isAbove(hits, 0)
      assert.isAbove(misses, 0)
    }).pipe(Effect.provide(cachedLayer(database, Cache.layer({ reads: "all" })))), 120_000)
})
