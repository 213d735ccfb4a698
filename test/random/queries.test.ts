/**
 * A random query of the portable part gives the same rows on every database.
 *
 * 200 queries, always the same ones; 5,000 others with `STRATA_LONG=1`. A failure names the seed, and `STRATA_SEED` asks for it again. What
 * differs is made smaller first, and shown with what is sent to each database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Connect, Ddl, Mutation } from "effect-strata"
import type { DbError } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll } from "vitest"
import type { Select } from "../../src/sql/ast.js"
import { cellsOf } from "../gallery/cells.js"
import type { Cells } from "../gallery/cells.js"
import { compiled, dialects } from "../golden/record.js"
import type { DatabaseName } from "../support/databases.js"
import { available, fresh } from "../support/databases.js"
import { Choices, smaller } from "./choices.js"
import { caseOf } from "./queries.js"
import { Ant, Bee, Cat, models, rows } from "./tables.js"

const isLong = process.env["STRATA_LONG"] === "1"
const cases = Number(process.env["STRATA_CASES"] ?? (isLong ? 5_000 : 200))
const perData = 25
const seed = Number(process.env["STRATA_SEED"] ?? (isLong ? Math.floor(Math.random() * 2 ** 31) : 77))

type Runtime = ManagedRuntime.ManagedRuntime<Connect.Services, DbError.ConnectFailure>

const dialectOf = (name: DatabaseName) => dialects[name === "postgres" ? "postgresql" : name]

const failureOf = (failure: DbError.ReadFailure): string =>
  `${failure._tag}: ${"message" in failure ? failure.message : ""} ${"cause" in failure ? String(failure.cause) : ""}`

describe(`random queries, seed ${seed}`, () => {
  const runtimes: Array<readonly [name: DatabaseName, runtime: Runtime]> = []
  beforeAll(async () => {
    for (const database of available) {
      const { url } = await fresh(database)
      const runtime = ManagedRuntime.make(Connect.layer(url))
      runtimes.push([database.name, runtime])
      await runtime.runPromise(Ddl.create(...models))
    }
  })
  afterAll(async () => {
    for (const [, runtime] of runtimes) await runtime.dispose()
  })

  const load = async (choices: Choices) => {
    const { ants, bees, cats } = rows(choices)
    for (const [, runtime] of runtimes) {
      await runtime.runPromise(
        Effect.gen(function*() {
          for (const model of models) yield* Mutation.all(Mutation.delete(model))
          yield* Mutation.insertMany(Ant, ants)
          yield* Mutation.insertMany(Bee, bees)
          yield* Mutation.insertMany(Cat, cats)
        })
      )
    }
    return { ants, bees, cats }
  }

  /** What each database gives for a case, and whether that is the same. */
  const answers = async (made: ReadonlyArray<number> | Choices) => {
    const choices = made instanceof Choices ? made : Choices.again(made)
    const { isOrdered, query } = caseOf(choices)
    const ast = query.ast as Select
    const given: Array<readonly [name: DatabaseName, answer: Either.Either<Cells, string>]> = []
    for (const [name, runtime] of runtimes) {
      const found = await runtime.runPromise(
        Effect.either(query as Effect.Effect<unknown, DbError.ReadFailure, Connect.Services>)
      )
      given.push([
        name,
        Either.mapBoth(found, { onLeft: failureOf, onRight: (rows) => cellsOf(rows, ast.projection, isOrdered) })
      ])
    }
    const first = given[0]!
    const refused = Either.isLeft(first[1]) && first[1].left.startsWith("ConfigurationError")
    const isSame = (refused || Either.isRight(first[1])) &&
      given.every(([, answer]) => JSON.stringify(answer) === JSON.stringify(first[1]))
    return { ast, choices, given, isSame, refused }
  }

  const told = ({ ast, given }: Awaited<ReturnType<typeof answers>>, data: unknown) =>
    given.map(([name, answer]) =>
      `${name}: ${compiled(ast, dialectOf(name)).text}\n  with ${
        JSON.stringify(compiled(ast, dialectOf(name)).parameters, (_, value: unknown) =>
          typeof value === "bigint" ? Number(value) : value)
      }\n  gives ${JSON.stringify(Either.merge(answer))}`
    ).join("\n") + `\nover ${
      JSON.stringify(data, (_, value: unknown) => typeof value === "bigint" ? `${value}n` : value)
    }`

  it(`${cases} queries`, { timeout: 60_000 + cases * 300 }, async () => {
    let refused = 0
    for (let at = 0, data: unknown; at < cases; at++) {
      if (at % perData === 0) data = await load(Choices.random(seed + at))
      const one = await answers(Choices.random(seed + at))
      if (one.refused) refused++
      if (one.isSame) continue
      const least = await smaller(one.choices.made, async (made) => {
        try {
          return !(await answers(made)).isSame
        } catch {
          return false
        }
      }, 600)
      assert.fail(`query ${at} of seed ${seed} is not the same everywhere:\n${told(await answers(least), data)}`)
    }
    // Such as sets of decimals that have different digits.
    assert.isBelow(refused, cases / 10)
  })
})
