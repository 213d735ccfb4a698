/**
 * What a pool says to those that it gives no connection.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import { ConnectionError } from "../DbError.js"
import type { Settings } from "./options.js"

/** The settings as they are now, since sizes can change. */
type Now = Pick<Settings, "size" | "overflow" | "acquireTimeout" | "waitTarget" | "waitInterval">

const rooms = ({ overflow, size }: Now) => `the pool's size (${size}) or overflow (${overflow})`

export const closed = (): ConnectionError => new ConnectionError({ reason: "closed", isRetryable: false })

export const poolTimeout = (now: Now): ConnectionError =>
  new ConnectionError({
    reason: "poolTimeout",
    isRetryable: true,
    hint: `none of ${now.size + now.overflow} connections was to be had in ${
      Duration.format(now.acquireTimeout)
    }: raise ${rooms(now)}, or hold connections for less time`
  })

export const overloaded = (now: Now): ConnectionError =>
  new ConnectionError({
    reason: "overloaded",
    isRetryable: true,
    hint: `every wait for one of ${now.size + now.overflow} connections was longer than ${
      Duration.format(now.waitTarget)
    } for ${Duration.format(now.waitInterval)}: try again later, raise ${
      rooms(now)
    }, or set overload to "queue" to wait for up to acquireTimeout`
  })

export const selfDeadlock = (now: Now): ConnectionError =>
  new ConnectionError({
    reason: "selfDeadlock",
    isRetryable: false,
    hint:
      "every connection is held by a fiber that waits for another one: use the connection that is held, by Transaction.run " +
      `around all of the work or by reading a stream to its end first, or raise ${rooms(now)}`
  })

/** Where opening a connection was given up for another try. */
export const noAnswer = (patience: number): ConnectionError =>
  new ConnectionError({
    reason: "refused",
    isRetryable: true,
    hint: `the database did not answer in ${Duration.format(Duration.millis(patience))}`
  })
