/**
 * A cache that is shared by Redis. No part of a test, so that other processes can use it.
 */
import { Cache } from "effect-strata"
import * as RedisStore from "effect-strata/RedisStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { all, stats } from "./models.js"

export const sharing = (url: string, prefix: string, options: Partial<Cache.SharedOptions> = {}) =>
  Layer.provide(
    Cache.layerShared({ database: "test", reads: "all", timeout: "3 seconds", ...options }),
    RedisStore.layer({ url: Redacted.make(url), prefix })
  )

/** Waits until something is so, at most for as long as a test may. */
export const eventually = <A, E, R>(effect: Effect.Effect<A, E, R>, isSo: (value: A) => boolean) => {
  const again: Effect.Effect<A, E, R> = Effect.flatMap(
    effect,
    (value) => isSo(value) ? Effect.succeed(value) : Effect.zipRight(Effect.sleep("10 millis"), again)
  )
  return Effect.timeout(again, "15 seconds")
}

/** Until the store answers: Layers do not wait for it. */
export const connected = eventually(
  Effect.zipRight(Effect.zipRight(Cache.invalidateAll, all), stats),
  ({ undelivered }) => undelivered === 0
)
