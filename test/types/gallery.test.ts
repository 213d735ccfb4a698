/**
 * Each query of the gallery beside the Layer of each database: where the database can do it, it compiles; where it cannot, the compiler names
 * what it lacks.
 */
import { assert, describe, it } from "@effect/vitest"
import { Capability } from "effect-strata"
import * as Gallery from "../../examples/queries.js"
import { needs } from "../gallery/needs.js"
import { textOf } from "../gallery/sql.js"
import { texts } from "../gallery/texts.js"
import { diagnose, root } from "./compiler.js"

const names = Object.keys(Gallery)

const databases = { sqlite: "sqlite", postgres: "postgresql", mariadb: "mariadb" } as const
type Name = keyof typeof databases

const prelude = `
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { Transaction } from "effect-strata"
import type * as MariaDb from "effect-strata/MariaDb"
import type * as Postgres from "effect-strata/Postgres"
import type * as Sqlite from "effect-strata/Sqlite"
import * as Gallery from "${root}examples/queries.js"
declare const sqlite: Layer.Layer<Sqlite.Database>
declare const postgres: Layer.Layer<Postgres.Database>
declare const mariadb: Layer.Layer<MariaDb.Database>
declare const on: <A, E>(effect: Effect.Effect<A, E>) => void
`.split("\n")

const cases = names.flatMap((name) =>
  (Object.keys(databases) as ReadonlyArray<Name>).map((database) => [name, database] as const)
)

const lacks = (name: string, database: Name): ReadonlyArray<string> =>
  (needs[name] ?? []).filter((need) =>
    !(Capability.databases[need] as ReadonlyArray<string>).includes(databases[database])
  )

describe("the gallery and the Layers of databases", () => {
  it("needs what some database has not exactly where there is no SQL for it", () => {
    for (const [name, database] of cases) {
      const can = textOf(texts[name] ?? "", database) !== undefined
      assert.strictEqual(lacks(name, database).length === 0, can, `${name} on ${database}`)
    }
  })

  it("compiles where the database has all that is needed, and else says what it lacks", { timeout: 120_000 }, () => {
    const lines = cases.map(([name, database]) => `on(Effect.provide(Transaction.run()(Gallery.${name}), ${database}))`)
    const said = diagnose([...prelude, ...lines])
    const wrong: Array<string> = []
    for (const [i, [name, database]] of cases.entries()) {
      const message = said.get(prelude.length + 1 + i) ?? ""
      const lacking = lacks(name, database)
      const isSaid = lacking.length === 0
        ? message === ""
        : new RegExp(`Capability<"(${lacking.join("|")})">`).test(message)
      if (!isSaid) wrong.push(`${name} on ${database}: ${message}`)
    }
    assert.deepStrictEqual(wrong, [])
    assert.deepStrictEqual([...said].filter(([line]) => line > 0 && line <= prelude.length), [])
  })
})
