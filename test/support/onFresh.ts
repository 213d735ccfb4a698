/**
 * A database of their own for the tests of a `describe`.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll } from "vitest"
import * as Connect from "../../src/Connect.js"
import type { ConnectFailure } from "../../src/DbError.js"
import { fresh } from "./databases.js"
import type { AvailableDatabase, DatabaseName } from "./databases.js"

/** What runs on it, once `setUp` has. */
export interface OnFresh {
  readonly runPromise: <A, E>(effect: Effect.Effect<A, E, Connect.Services>) => Promise<A>
}

export const onFresh = (
  database: AvailableDatabase,
  setUp: Effect.Effect<unknown, unknown, Connect.Services>
): OnFresh => {
  let runtime: ManagedRuntime.ManagedRuntime<Connect.Services, ConnectFailure>
  beforeAll(async () => {
    const { url } = await fresh(database)
    runtime = ManagedRuntime.make(Connect.layer(url))
    await runtime.runPromise(setUp)
  })
  afterAll(() => runtime.dispose())
  return { runPromise: (effect) => runtime.runPromise(effect) }
}

/** A test that a query gives something on the databases that can, all unless they are listed, and is refused by the others before it is sent. */
export const gives =
  (runtime: OnFresh, database: AvailableDatabase, plain: (value: unknown) => unknown = (value) => value) =>
  <A, E>(
    what: string,
    query: Effect.Effect<A, E, Connect.Services>,
    expected: unknown,
    on?: ReadonlyArray<DatabaseName>
  ): void =>
    it(what, async () => {
      const outcome = await runtime.runPromise(Effect.either(query))
      if (on === undefined || on.includes(database.name)) {
        assert.deepStrictEqual(outcome._tag === "Right" ? plain(outcome.right) : outcome.left, expected)
      } else {
        assert.strictEqual(
          outcome._tag === "Left" ? (outcome.left as { readonly _tag: string })._tag : "a result",
          "UnsupportedError"
        )
      }
    })

/** As JSON has it: rows that are no instances, dates as texts. */
export const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown
