/**
 * N1: all connections reset, again and again.
 */
import * as Effect from "effect/Effect"
import { between } from "../network.js"
import { stormy } from "../storm.js"
import type { Storm } from "../storm.js"

const resets: Storm = (target) =>
  Effect.map(between(target), ({ proxy, url }) => {
    let strikes = 0
    const strike = Effect.zipRight(proxy.reset, Effect.sync(() => void strikes++))
    return { url, rage: Effect.forever(Effect.delay(strike, "200 millis")), strikes: () => strikes }
  })

export const n1 = stormy("N1", "All connections reset every 200 ms", "RST to all connections every 200 ms", resets, 10)
