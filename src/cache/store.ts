/**
 * Where processes keep answers that they share.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * Why a store has not done what it was asked for. The problem tells nothing of keys or values.
 *
 * @since 0.1.0
 * @category errors
 */
export class StoreError extends Data.TaggedError("StoreError")<{ readonly problem: string }> {}

/**
 * What a store has for a key.
 *
 * @since 0.1.0
 * @category models
 */
export interface Found {
  /** Undefined where it has nothing, or one of the tags was invalidated since. */
  readonly value: string | undefined
  /** Where the tags are now: what a value that is asked for from here on is kept with. */
  readonly stamp: string
}

/**
 * What is asked of a store beside a key: what is beyond these is none of the cache's, and need not be sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  /** For how many milliseconds a value may be kept with these tags soon after; what they are is not needed for longer. */
  readonly ttl: number
  /** How many characters a value may have. */
  readonly maxLength: number
}

/**
 * A store that processes share. A value is kept with tags, and found as long as none of them is invalidated: by whom, and whether or not the store
 * itself has lost anything meanwhile.
 *
 * @since 0.1.0
 * @category models
 */
export interface StoreService {
  readonly get: (key: string, tags: ReadonlyArray<string>, limits: Limits) => Effect.Effect<Found, StoreError>
  /** Keeps a value for so many milliseconds; `stamp` is what `get` gave before the value was asked for. */
  readonly set: (key: string, value: string, stamp: string, ttl: number) => Effect.Effect<void, StoreError>
  readonly drop: (key: string) => Effect.Effect<void, StoreError>
  readonly invalidate: (tags: ReadonlyArray<string>) => Effect.Effect<void, StoreError>
  /**
   * Tells which tags other processes have invalidated, until the scope closes; undefined where it may have missed some.
   */
  readonly listen: (
    listener: (tags: ReadonlyArray<string> | undefined) => void
  ) => Effect.Effect<void, never, Scope.Scope>
}

/**
 * The store of `Cache.layerShared`: `RedisStore.layer`, or one of your own.
 *
 * @since 0.1.0
 * @category tags
 */
export class Store extends Context.Tag("effect-strata/Cache/Store")<Store, StoreService>() {}
