/**
 * Everything that takes a name, a path, a word, a count or a value is given what was made to hurt, on the real databases. The outcome is a typed
 * failure or the right answer; the text of a statement says nothing of its values, and names in it are in quotes; nothing else in the database
 * changes.
 *
 * Some 300 cases a database, 12,000 with `STRATA_LONG=1`. A failure names the seed; `STRATA_SEED` asks for it again.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import { isDeepStrictEqual } from "node:util"
import { outcomeOf } from "../../bench/faults/figures.js"
import * as Database from "../../src/Database.js"
import * as Ddl from "../../src/Ddl.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import * as Transaction from "../../src/Transaction.js"
import type { AvailableDatabase } from "../support/databases.js"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import type { Entry, Made } from "./entry.js"
import { Canary, Document, Row, rows, Written } from "./entry.js"
import { anyNumber, anyText, canary, shown } from "./hostile.js"
import { names } from "./names.js"
import { sought } from "./sought.js"
import { values } from "./values.js"
import { outside } from "./outside.js"
import { related } from "./related.js"
import { words } from "./words.js"

const isLong = process.env["STRATA_LONG"] === "1"
const entries: ReadonlyArray<Entry> = [...values, ...names, ...words, ...sought, ...outside, ...related]
const inputsEach = isLong ? Math.ceil(12_000 / entries.length) : 3
const seed = Number(process.env["STRATA_SEED"] ?? 77)

/** What anything may end with: nothing was sent, or what was sent is a statement that says something. */
const typed: ReadonlySet<string> = new Set([
  "ConfigurationError",
  "ValidationError",
  "UnsupportedError",
  "UniqueViolation",
  "NotNullViolation"
])

/** What stands outside of quotes. */
const bare = (sql: string): string => sql.replaceAll(/"(?:[^"]|"")*"|`(?:[^`]|``)*`/g, "")

const textOf = (made: Made) =>
  Effect.flatMap(
    made.statement,
    (statement) => Effect.flatMap(Database.Database, ({ print }) => Effect.map(print(statement), ({ sql }) => sql))
  )

/** Whether it is what the entry takes: a filter takes a record of tests as well. */
const isTaken = (entry: Entry, input: unknown): boolean =>
  ("takesAlso" in entry && input === entry.takesAlso) || Predicate.hasProperty(input, "eq") ||
  (entry.takes === "text" ? typeof input === "string" : typeof input === "number")

/** Of what cannot even be a property's name, a program's own code says so. */
const isNameable = (input: unknown): boolean => {
  try {
    return String(input).length >= 0
  } catch {
    return false
  }
}

const benign = ({ takes }: Entry): unknown => takes === "text" ? "plain" : 1

/** What is wrong with the outcome of one input. */
const problemsOf = (entry: Entry, input: unknown) =>
  Effect.gen(function*() {
    const problems: Array<string> = []
    let made: Made | undefined
    const exit = yield* Effect.exit(
      Effect.suspend(() => {
        made = entry.make(input)
        return made.run
      }).pipe(Transaction.run())
    )
    const outcome = outcomeOf(exit)
    if (outcome === "ok") {
      if (entry.as === "value" && !isTaken(entry, input)) problems.push("was accepted, of another type")
      else if (
        // To Object.keys a property that is named by a symbol is none.
        made?.isRight !== undefined && typeof input !== "symbol" && !Predicate.hasProperty(input, "eq") &&
        Exit.isSuccess(exit) &&
        !made.isRight(exit.value)
      ) {
        problems.push(`gave ${JSON.stringify(exit.value)}`)
      }
    } else if (
      !typed.has(outcome) && entry.allows?.includes(outcome) !== true &&
      // MariaDB takes no character beyond U+FFFF in a name, and says so.
      !(entry.as === "name" && outcome === "QueryError/data" && /[^\0-\uffff]/u.test(String(input)))
    ) {
      problems.push(`${outcome}: ${Exit.isFailure(exit) ? Cause.pretty(exit.cause).slice(0, 400) : ""}`)
    }
    const text = yield* Effect.option(
      Effect.suspend(() => textOf(entry.make(input))).pipe(
        Effect.catchAllCause(() => Effect.fail("not printed"))
      )
    )
    if (text._tag === "Some") {
      if (entry.as === "value") {
        const other = yield* Effect.option(textOf(entry.make(benign(entry))))
        if (other._tag === "Some" && other.value !== text.value) problems.push(`is in the text: ${text.value}`)
      } else if (bare(text.value).includes(canary) && entry.bare?.test(String(input)) !== true) {
        problems.push(`is in the text without quotes: ${text.value}`)
      }
    }
    return problems
  })

const onFresh = (database: AvailableDatabase) =>
  Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url, { size: 2 })))

const kept = { id: 1, name: "untouched" }

describe.each(available)("on $name", (database) => {
  it.live("input of any kind is bound, quoted or refused", () =>
    Effect.gen(function*() {
      yield* Ddl.create(Row, Written, Canary, Document)
      yield* Mutation.insertMany(Row, rows)
      yield* Mutation.insert(Canary, kept)
      yield* Mutation.insert(Document, { id: 1, map: { known: 1 }, tags: ["a", "b"] })
      const problems: Array<string> = []
      let at = seed
      for (const entry of entries) {
        const inputs = FastCheck.sample(entry.takes === "text" ? anyText : anyNumber, {
          numRuns: inputsEach,
          seed: at++
        })
        for (const input of inputs) {
          if (entry.as !== "value" && !isNameable(input)) continue
          const found = yield* problemsOf(entry, input)
          const [canaries, all] = yield* Effect.all([Query.from(Canary), Query.from(Row)])
          if (!isDeepStrictEqual(canaries.map((one) => ({ ...one })), [kept])) found.push("the canary is touched")
          if (all.length !== rows.length) found.push("rows came or went")
          if (found.length > 0) problems.push(`${entry.name} of ${shown(input)}: ${found.join("; ")}`)
          if (problems.length > 40) break
        }
        yield* Mutation.delete(Written).pipe(Mutation.all)
      }
      assert.deepStrictEqual(problems, [], `seed ${seed}`)
    }).pipe(Effect.provide(onFresh(database))), isLong ? 1_200_000 : 120_000)
})
