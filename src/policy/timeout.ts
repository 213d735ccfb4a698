/**
 * A limit of time for each statement.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Interception } from "../Database.js"
import { TimeoutError } from "../DbError.js"
import type { ConfigurationError } from "../DbError.js"
import { durationOf } from "./options.js"

/**
 * Ends each query and mutation that takes longer, on the server too: the failure is TimeoutError. It includes the wait for a connection and the
 * relations of a query; of a stream it is the time until the next rows. Transactions have a timeout of their own (`Transaction.layer`).
 *
 * SQLite without `threads` answers nobody while it is at work on a statement, and so ends none by then: there the next one is not begun.
 *
 * A mutation that was ended may have been done nevertheless, as with any timeout of one who asks: the `statementTimeout` of the pool is the server's.
 * What is no duration above zero fails the Layer as ConfigurationError.
 *
 * @since 0.1.0
 * @category policies
 */
export const timeout = (duration: Duration.DurationInput): Layer.Layer<Interception, ConfigurationError> =>
  Layer.effect(
    Interception,
    Effect.map(durationOf("The timeout", duration), (duration) => {
      const onTimeout = () =>
        new TimeoutError({ hint: `Policy.timeout gives a statement ${Duration.format(duration)}` })
      return {
        run: (statement, next) => Effect.timeoutFail(next(statement), { duration, onTimeout }),
        stream: (select, next) => Stream.timeoutFail(next(select), onTimeout, duration)
      }
    })
  )
