/**
 * N7: sessions ended by an administrator.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { observe } from "../sessions.js"
import { stormy } from "../storm.js"
import type { Storm } from "../storm.js"

/** Of the sessions that there are, one at random; by an observer that is gone again before sessions are counted. */
const kills: Storm = (target) =>
  Effect.sync(() => {
    let strikes = 0
    const strike = Effect.scoped(Effect.gen(function*() {
      const observer = yield* observe(target)
      const sessions = yield* observer.sessions
      const session = sessions[yield* Random.nextIntBetween(0, Math.max(1, sessions.length))]
      if (session === undefined) return
      strikes++
      yield* observer.kill(session)
    }))
    return { url: target.url, rage: Effect.forever(Effect.delay(strike, "50 millis")), strikes: () => strikes }
  })

export const n7 = stormy(
  "N7",
  "Sessions terminated by an administrator",
  "pg_terminate_backend or KILL of a random session every 50 ms",
  kills,
  5
)
