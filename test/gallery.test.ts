/**
 * The gallery of `examples/queries.ts`: each query, on every database that can, gives what SQL written by hand gives through the database's own
 * driver; a write leaves the tables as that SQL leaves them. What a database cannot do is refused before anything is sent.
 */
import { assert, describe, it } from "@effect/vitest"
import { Connect, Ddl, Query, Transaction } from "effect-strata"
import type { DbError } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll } from "vitest"
import * as Gallery from "../examples/queries.js"
import * as Data from "../examples/shop/data.js"
import { models } from "../examples/shop/models.js"
import type { Select } from "../src/sql/ast.js"
import type { Statement } from "../src/sql/statement.js"
import { bullets } from "./gallery/bullets.js"
import { compared, isOrdered, projectionOf, valuesOf } from "./gallery/cells.js"
import type { Raw, RawRows } from "./gallery/raw.js"
import { connect } from "./gallery/raw.js"
import { textOf } from "./gallery/sql.js"
import { tables } from "./gallery/tables.js"
import { texts } from "./gallery/texts.js"
import { available, fresh } from "./support/databases.js"

type Any = Effect.Effect<unknown, DbError.WriteFailure, Connect.Services | Transaction.Transaction>

const gallery = Gallery as unknown as { readonly [name: string]: Any }
const names = Object.keys(gallery)

/** What ends a transaction, with what it found. */
class Found {
  readonly _tag = "Found"
  constructor(readonly result: unknown, readonly state: ReadonlyArray<ReadonlyArray<unknown>> | undefined) {}
}

/** A query's own statement, or that of a mutation, which is made of its input. */
const statementOf = (query: Any): Effect.Effect<Statement | undefined, DbError.WriteFailure> =>
  "ast" in query
    ? Effect.succeed(query.ast as Select)
    : "statement" in query
    ? query.statement as Effect.Effect<Statement, DbError.WriteFailure>
    : Effect.succeed(undefined)

const state = Effect.forEach(models, (model) => Query.from(model))

describe("the gallery", () => {
  it("has 60 queries and more", () => assert.isAtLeast(names.length, 60))

  it("shows every bullet, and has SQL for every query", () => {
    const shown = Object.values(bullets).flat()
    assert.deepStrictEqual(Object.keys(bullets).filter((bullet) => bullets[bullet]?.length === 0), [])
    assert.deepStrictEqual(shown.filter((name) => !names.includes(name)), [])
    assert.deepStrictEqual(names.filter((name) => !shown.includes(name)), [])
    assert.deepStrictEqual(Object.keys(texts).sort(), [...names].sort())
  })
})

for (const database of available) {
  describe(`the gallery: ${database.name}`, () => {
    let runtime: ManagedRuntime.ManagedRuntime<Connect.Services, DbError.ConnectFailure>
    let raw: Raw
    beforeAll(async () => {
      const mine = await fresh(database)
      runtime = ManagedRuntime.make(Connect.layer(mine.url))
      await runtime.runPromise(Effect.zipRight(Ddl.create(...models), Data.load))
      raw = await connect(mine)
    })
    afterAll(async () => {
      await raw.close()
      await runtime.dispose()
    })

    /** What it gives, and what it leaves in the tables; then all is as before. */
    const given = (query: Any, writes: boolean) =>
      query.pipe(
        Effect.flatMap((result) =>
          writes
            ? Effect.flatMap(state, (found) => Effect.fail(new Found(result, found)))
            : Effect.fail(new Found(result, undefined))
        ),
        Transaction.run(),
        Effect.flip,
        Effect.flatMap((failure) => failure._tag === "Found" ? Effect.succeed(failure) : Effect.fail(failure))
      )

    const byHand = async (statements: ReadonlyArray<string>) => {
      let rows: RawRows = []
      const found: Array<RawRows> = []
      await raw.run("begin")
      try {
        for (const sql of statements) rows = await raw.run(sql)
        for (const sql of Object.values(tables)) {
          found.push(await raw.run(textOf(sql, database.name)?.[0] ?? ""))
        }
      } finally {
        await raw.run("rollback")
      }
      return { rows, state: found }
    }

    for (const name of names) {
      const query = gallery[name] as Any
      const statements = textOf(texts[name] ?? "", database.name)
      it(statements === undefined ? `${name}: refused` : name, async () => {
        const statement = await runtime.runPromise(statementOf(query))
        const writes = statement !== undefined && statement._tag !== "Select"
        const outcome = await runtime.runPromise(Effect.either(given(query, writes)))
        if (statements === undefined) {
          assert.strictEqual(Either.isLeft(outcome) ? outcome.left._tag : "a result", "UnsupportedError")
          return
        }
        if (Either.isLeft(outcome)) return assert.fail(JSON.stringify(outcome.left))
        const { result, state: after } = outcome.right
        const expected = await byHand(statements)
        const projection = statement === undefined ? undefined : projectionOf(statement)
        const rows = compared(
          valuesOf(result, Array.isArray(result) || typeof result === "object" ? projection : undefined),
          expected.rows,
          statement?._tag === "Select" && isOrdered(statement)
        )
        assert.deepStrictEqual(rows.strata, rows.driver)
        if (after === undefined) return
        for (const [i, table] of Object.keys(tables).entries()) {
          const { driver, strata } = compared(valuesOf(after[i], undefined), expected.state[i] ?? [], false)
          assert.deepStrictEqual(strata, driver, table)
        }
      })
    }
  })
}
