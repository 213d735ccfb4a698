/**
 * Lists of keys longer than a statement takes: 25,000 in the short form, 100,000 in the long one.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ddl from "../../src/Ddl.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Repository from "../../src/Repository.js"
import { statementsOf } from "../../src/testing/suite.js"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Item extends Model.Class<Item>("Item")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "items" }) {}

const items = Repository.make(Item)
const count = process.env["STRATA_LONG"] === "1" ? 100_000 : 25_000
const ids = Array.from({ length: count }, (_, i) => i)

describe.each(available)("loads on $name", (database) => {
  const runtime = onFresh(
    database,
    Effect.zipRight(Ddl.create([Item]), items.insertMany([{ id: 7, name: "seven" }, { id: count - 1, name: "last" }]))
  )

  it(`asks for ${count} keys in lists of 10,000`, { timeout: 300_000 }, async () => {
    const { result, texts } = await runtime.runPromise(statementsOf(
      Effect.forEach(ids, (id) => Effect.option(items.load(id)), { batching: true, concurrency: "unbounded" })
    ))
    assert.strictEqual(texts.length, Math.ceil(count / 10_000))
    assert.deepStrictEqual(
      result.flatMap((one) => one._tag === "Some" ? [one.value.name] : []),
      ["seven", "last"]
    )
  })
})
