/**
 * The short forms of scenarios as tests: every row has to be as expected, and nothing may tell the canaries.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { randomBytes } from "node:crypto"
import { canary, recorder, under } from "../../bench/faults/canary.js"
import type { Scenario, Target } from "../../bench/faults/scenario.js"
import { administer } from "../../bench/faults/targets.js"
import type { AvailableDatabase, DatabaseName } from "../support/databases.js"
import { find, fresh } from "../support/databases.js"

/** An empty database, with the canary's password in its URL: of a user of its own, who may do everything. */
const targetOf = (database: AvailableDatabase): Effect.Effect<Target, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const { name, url } = yield* Effect.promise(() => fresh(database))
    if (name === "sqlite") return { name, url }
    const user = `canary_${randomBytes(4).toString("hex")}`
    const [create, drop] = name === "postgres"
      ? [
        [`create role ${user} superuser login password '${canary.password}'`],
        [`reassign owned by ${user} to current_user`, `drop role ${user}`]
      ]
      : [
        [
          `create user ${user}@'%' identified by '${canary.password}'`,
          `grant all on *.* to ${user}@'%' with grant option`
        ],
        [`drop user ${user}@'%'`]
      ]
    const all = (statements: ReadonlyArray<string>) =>
      Effect.forEach(statements, (statement) => administer(name, url, statement), { discard: true })
    yield* Effect.acquireRelease(all(create), () => Effect.orDie(all(drop)))
    const own = new URL(url)
    own.username = user
    own.password = canary.password
    return { name, url: own.href }
  })

/** Where a server cannot be had, its tests are left out; the run's summary names it, and with CI=true that fails. */
export const shortFormsOn = (names: ReadonlyArray<DatabaseName>, scenarios: ReadonlyArray<Scenario>): void => {
  for (const name of names) {
    const database = find(name)
    describe.skipIf(database === undefined)(name, () => {
      for (const scenario of scenarios) {
        if (!scenario.databases.includes(name)) continue
        it.scopedLive(`${scenario.id}: ${scenario.title}`, () =>
          Effect.gen(function*() {
            const target = yield* targetOf(database ?? (yield* Effect.dieMessage(`no ${name}`)))
            const watching = recorder()
            const rows = yield* under(watching)(scenario.run(target, "short"))
            assert.isNotEmpty(rows)
            assert.deepStrictEqual(rows.filter(({ ok }) => !ok), [])
            assert.deepStrictEqual(watching.hits(), [])
            assert.isAbove(watching.searched(), 0)
          }), { timeout: 60_000, retry: scenario.isTimed === true ? 2 : 0 })
      }
    })
  }
}

/** On every database that the scenarios are for. */
export const shortForms = (...scenarios: ReadonlyArray<Scenario>): void =>
  shortFormsOn([...new Set(scenarios.flatMap(({ databases }) => databases))], scenarios)
