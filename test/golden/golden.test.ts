/**
 * What every line of the golden table says, each dialect does: text and parameters to the letter.
 */
import { assert, describe, it } from "@effect/vitest"
import { Expr } from "effect-strata"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import type { DialectName } from "./record.js"
import { dialects, sentBy } from "./record.js"
import { tables } from "./tables.js"

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
    const text = readdirSync(new URL(".", import.meta.url))
      .map((file) => readFileSync(new URL(file, import.meta.url), "utf8"))
      .join("\n")
    assert.deepStrictEqual(Object.keys(Expr).filter((name) => !text.includes(`Expr.${name}(`)), [])
  })

  it("has no value in a text", () => {
    const written = new Set([
      "''",
      // What an upsert of MySQL raises where it meets another key.
      "'effect-strata: another unique key'",
      "'[]'",
      "' '",
      "'g'",
      "'[[:alnum:]]{65,}'",
      "'['",
      "']'",
      "','",
      "'null'",
      "'.'",
      "'-'",
      "'UTF8'",
      "'hex'",
      "'\\'",
      "'%Y-%m-%dT%H:%M:%fZ'",
      "'%Y-%m-%dT%H:%i:%s.%f'",
      "'Z'",
      "'now'",
      "'$[*]'",
      "'$[0]'",
      "'$[1]'",
      "'$[2]'",
      "'true'",
      "'false'",
      "'milliseconds'",
      // What kind JSON is of, and paths of functions that take no other.
      "'object'",
      "'array'",
      "'string'",
      "'number'",
      "'boolean'",
      "'null'",
      "'text'",
      "'integer'",
      "'real'",
      "'OBJECT'",
      "'ARRAY'",
      "'STRING'",
      "'BOOLEAN'",
      "'NULL'",
      "'INTEGER'",
      "'DOUBLE'",
      "'UNSIGNED INTEGER'",
      "'DECIMAL'",
      "'$'",
      "'$.keyvalue().key'",
      "'[#]'",
      "'{}'",
      "'%Y-%m-%d %H:%i:%s'",
      "'%Y-%m-%d %H:00:00'",
      "'%Y-%m-%d'",
      "'%Y-%m-01'",
      "'%Y-01-01'",
      "'1 day'",
      "'1 millisecond'",
      "'1970-01-01'",
      "'2000-01-01'",
      "'UTC'",
      "'day'",
      "'epoch'",
      "'hour'",
      "'isoDayOfWeek'",
      "'isoWeek'",
      "'isoYear'",
      "'millisecond'",
      "'minute'",
      "'month'",
      "'quarter'",
      "'second'",
      "'week'",
      "'year'",
      // What is between words, and a match with one character more.
      "'[^[:alnum:]]+'",
      "'\\\\0.'",
      "'$0.'",
      "'c'",
      "'i'",
      "'g'",
      "'gi'",
      "''",
      "'(?i)'",
      "'(?-i)'"
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
