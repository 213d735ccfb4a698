/**
 * What every line of the golden table says, each dialect does: text and parameters to the letter.
 */
import { assert, describe, it } from "@effect/vitest"
import { Expr } from "effect-strata"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { expressions } from "./expressions.js"
import { locking } from "./locking.js"
import { mutations } from "./mutations.js"
import { queries } from "./queries.js"
import type { DialectName } from "./record.js"
import { dialects, sentBy } from "./record.js"

const tables = { expressions, queries, mutations, locking }
const names = Object.keys(dialects) as ReadonlyArray<DialectName>

for (const [title, lines] of Object.entries(tables)) {
  describe(title, () => {
    for (const { expected, name, program } of lines) {
      it.effect(name, () =>
        Effect.gen(function*() {
          for (const dialect of names) {
            assert.deepStrictEqual(yield* sentBy(program, dialects[dialect]), expected[dialect], dialect)
          }
        }))
    }
  })
}

describe("the table", () => {
  it("names no line twice", () => {
    for (const lines of Object.values(tables)) {
      const all = lines.map((line) => line.name)
      assert.deepStrictEqual(all.filter((name, i) => all.indexOf(name) !== i), [])
    }
  })

  it("has every operator of Expr", () => {
    const text = readFileSync(new URL("./expressions.ts", import.meta.url), "utf8")
    assert.deepStrictEqual(Object.keys(Expr).filter((name) => !text.includes(`Expr.${name}(`)), [])
  })

  it("has no value in a text", () => {
    const written = new Set([
      "'\\'",
      "'%Y-%m-%dT%H:%M:%fZ'",
      "'now'",
      "'$[*]'",
      "'$[0]'",
      "'$[1]'",
      "'true'",
      "'false'",
      "'milliseconds'"
    ])
    for (const { expected, name } of Object.values(tables).flat()) {
      for (const sent of Object.values(expected)) {
        for (const [sql] of "unsupported" in sent ? [] : sent) {
          const quoted = sql.replace(/"(?:[^"]|"")*"|`(?:[^`]|``)*`/g, "").match(/'[^']*'/g) ?? []
          assert.deepStrictEqual(quoted.filter((literal) => !written.has(literal)), [], name)
        }
      }
    }
  })
})
