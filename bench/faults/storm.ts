/**
 * Connections that die under writers, one way or another: what N1 and N7 have in common.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ms, rowsOf } from "./figures.js"
import * as Ledger from "./ledger.js"
import { range, repeated } from "./runs.js"
import type { Scenario, Target } from "./scenario.js"

/** A way in which connections die, until it is interrupted; how often it struck is counted. */
export type Storm = (
  target: Target
) => Effect.Effect<
  { readonly url: string; readonly rage: Effect.Effect<never>; readonly strikes: () => number },
  unknown,
  Scope.Scope
>

/** How long a program may go without a success when it is over. */
const recovery = 1_000

/** `seconds` is how long a storm of the long form lasts. */
export const stormy = (id: string, title: string, action: string, storm: Storm, seconds: number): Scenario => ({
  id,
  title,
  databases: ["postgres", "mariadb"],
  run: (target, form) =>
    Effect.gen(function*() {
      const duration = form === "long" ? seconds * 1_000 : 1_500
      const runs = yield* repeated(
        form,
        Effect.scoped(Effect.gen(function*() {
          const { rage, strikes, url } = yield* storm(target)
          const [recovered, verdict] = yield* Ledger.during({ target, url }, (ledger) =>
            Effect.gen(function*() {
              yield* ledger.nextSuccess
              yield* Effect.timeoutOption(rage, duration)
              return yield* ledger.nextSuccess
            }))
          return { recovered, verdict, strikes: strikes() }
        }))
      )
      const verdict = Ledger.total(runs.map((run) => run.verdict))
      const recovered = runs.map((run) => run.recovered)
      const strikes = runs.reduce((sum, run) => sum + run.strikes, 0)
      const row = rowsOf(id, target)
      return [
        row(`${action} for ${duration / 1000} s under writers${form === "long" ? ", 3 runs" : ""}`, Ledger.expected, {
          observed: `${Ledger.describe(verdict)}; ${strikes} times`,
          count: verdict.operations,
          ok: Ledger.isSound(verdict) && strikes > 0
        }),
        row(`the first success after it`, `at most ${ms(recovery)} later`, {
          observed: range(recovered),
          count: recovered.length,
          ok: recovered.every((time) => time <= recovery)
        })
      ]
    })
})
