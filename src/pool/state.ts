/**
 * What a pool is doing, and what can be changed of it while it works.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { ConfigurationError } from "../DbError.js"

/**
 * A pool at this moment, and what it has seen since it was opened.
 *
 * @since 0.1.0
 * @category models
 */
export interface State {
  /** Connections that are open, being opened or being closed. */
  readonly size: number
  readonly idle: number
  readonly inUse: number
  /** Fibers that wait for a connection. */
  readonly waiting: number
  /** How long the fiber that waits longest has waited; zero where none does. */
  readonly longestWait: Duration.Duration
  /** How often a connection was lent. */
  readonly acquired: number
  /** How often somebody had to wait for one, and for how long in all. */
  readonly waited: number
  readonly waitTime: Duration.Duration
  /** Waits that ended without a connection: refused at once or after a moment because of overload; at the end of `acquireTimeout`. */
  readonly shed: number
  readonly timedOut: number
  /** Connections that were opened, attempts that failed, and connections that were ended. */
  readonly opened: number
  readonly failedToOpen: number
  readonly closed: number
  /** Connections found to be held for longer than `leakThreshold`. */
  readonly leaksFound: number
}

/**
 * The numbers of connections that can be changed while the pool works.
 *
 * @since 0.1.0
 * @category models
 */
export interface Size {
  readonly minimum?: number
  readonly size?: number
  readonly overflow?: number
}

/**
 * The pool of a database, for those who look after it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Control {
  readonly state: Effect.Effect<State>
  /** More connections are opened when they are needed; those that are too many end when they come back. */
  readonly resize: (size: Size) => Effect.Effect<void, ConfigurationError>
}
