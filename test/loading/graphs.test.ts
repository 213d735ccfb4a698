/**
 * Relations of random graphs are the same by whichever way they are loaded.
 *
 * 50 graphs with 2 trees each, always the same ones; 500 others with 6 with `STRATA_LONG=1`. A failure names the seed and the graph; `STRATA_SEED` asks for it
 * again.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Mutation } from "effect-strata"
import * as Effect from "effect/Effect"
import { isSame, statementsOf } from "../../src/testing/suite.js"
import { Choices } from "../random/choices.js"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"
import { Badge, models, Person, Place, rowsOf, Tag, Thing, ThingTag, treeOf } from "./graphs.js"

const isLong = process.env["STRATA_LONG"] === "1"
const graphs = Number(process.env["STRATA_CASES"] ?? (isLong ? 500 : 50))
const treesEach = isLong ? 6 : 2
const seed = Number(process.env["STRATA_SEED"] ?? (isLong ? Math.floor(Math.random() * 2 ** 31) : 77))

const fill = (choices: Choices) =>
  Effect.gen(function*() {
    const { badges, people, places, tags, thingTags, things } = rowsOf(choices)
    for (const model of models.toReversed()) yield* Mutation.all(Mutation.delete(model as typeof Place))
    yield* Mutation.insertMany(Place, places)
    yield* Mutation.insertMany(Person, people)
    yield* Mutation.insertMany(Badge, badges)
    yield* Mutation.insertMany(Thing, things)
    yield* Mutation.insertMany(Tag, tags)
    yield* Mutation.insertMany(ThingTag, thingTags)
  })

for (const database of available) {
  describe(`random graphs on ${database.name}, seed ${seed}`, () => {
    const runtime = onFresh(database, Ddl.create(models))
    it("are the same by select, by join and by both", async () => {
      let rows = 0
      let most = 0
      for (let graph = 0; graph < graphs; graph++) {
        const choices = Choices.random(seed + graph)
        await runtime.runPromise(fill(choices))
        for (let number = 0; number < treesEach; number++) {
          const tree = treeOf(choices, 1 + choices.below(4))
          const ways = Array.from({ length: tree.relations }, () => choices.of(["select", "join"] as const))
          const ask = (way: Parameters<typeof tree.query>[0], usual: "select" | "join") =>
            runtime.runPromise(statementsOf(tree.query(way, usual)))
          const where = `graph ${graph} (seed ${seed}), tree ${number}`
          const selected = await ask(() => undefined, "select")
          const joined = await ask(() => undefined, "join")
          const mixed = await ask((at) => ways[at], "select")
          assert.isAtMost(selected.texts.length, 1 + tree.relations, where)
          assert.strictEqual(joined.texts.length, 1, where)
          for (const { result } of [joined, mixed]) {
            if (!isSame(result, selected.result)) assert.deepStrictEqual(result, selected.result, where)
            assert.isTrue(isSame(result, selected.result), where)
          }
          rows += selected.result.length
          most = Math.max(most, tree.relations)
        }
      }
      assert.isAbove(rows, graphs)
      assert.isAbove(most, 5)
    }, isLong ? 3_600_000 : 240_000)
  })
}
