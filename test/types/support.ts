/**
 * What the type tests say things with. Nothing here runs: `npm run check` compiles these files.
 */
import type * as Effect from "effect/Effect"

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false

/** Whether two types are the same type, not only assignable to each other: `is<RowOf<typeof adults>, User>(true)`. */
export declare const is: <A, B>(same: Same<A, B>) => void

/** Takes what must, or must not, compile. */
export declare const given: (...values: ReadonlyArray<unknown>) => void

/** Takes what can run: nothing is required any more. */
export declare const run: <A, E>(effect: Effect.Effect<A, E>) => void

/** A value of any type that a test needs. */
export declare const some: <A>() => A

/** One row of a query. */
export type RowOf<Q> = Q extends Effect.Effect<ReadonlyArray<infer A>, any, any> ? A : never
