/**
 * The first work of a transaction whose BEGIN goes with it: what comes of BEGIN is known with that work.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { ConnectFailure, TransactionError, WriteFailure } from "../DbError.js"
import type { Connection, Failure } from "../Driver.js"
import type { Pool } from "../Pool.js"
import { elsewhere } from "./elsewhere.js"
import { beginFailed } from "./failures.js"

/** What an opening needs of the runner. */
export interface Parts {
  readonly pool: Pick<Pool, "state">
  /** Gives the transaction's connection back and takes another. */
  readonly another: Effect.Effect<Connection, ConnectFailure>
  readonly begin: (connection: Connection) => Effect.Effect<void, Failure>
  readonly classify: (failure: Failure, sql: string | undefined) => WriteFailure
}

/** What is begun: on another connection after an opening that lost the first. */
interface Begun {
  connection: Connection
  opening: Opening | undefined
}

/**
 * Whether a connection was lost: as a driver says it, or classified.
 *
 * @since 0.1.0
 * @category guards
 */
export const isLoss = (error: unknown): boolean => {
  const { _tag, kind, reason } = error as {
    readonly _tag?: unknown
    readonly kind?: Failure["kind"]
    readonly reason?: unknown
  }
  return _tag === "Failure"
    ? kind?.error === "ConnectionError" && kind.reason === "lost"
    : _tag === "ConnectionError" && reason === "lost"
}

/**
 * Runs a transaction's work until its BEGIN has been sent. Where the connection is lost with it, nothing has happened, as COMMIT was not
 * sent: then it is done on another one.
 *
 * @since 0.1.0
 * @category models
 */
export class Opening {
  constructor(private readonly parts: Parts) {}

  run<A, E, R>(
    root: Begun,
    work: (connection: Connection) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | TransactionError, R> {
    return Effect.suspend(() => {
      const first = Effect.suspend(() => work(root.connection))
      let lost: Cause.Cause<E> | undefined
      let isLost = false
      const attempt: Effect.Effect<A, E, R> = Effect.catchAllCause(
        Effect.suspend(() => lost === undefined ? first : this.again(root, first, lost)),
        (cause) => {
          const error = Cause.failureOption(cause)
          isLost = root.connection.isBroken() && error._tag === "Some" && isLoss(error.value)
          if (isLost) lost = cause
          return Effect.failCause(cause)
        }
      )
      return Effect.matchCauseEffect(elsewhere(this.parts.pool, attempt, () => isLost), {
        onFailure: (cause) => Effect.failCause(this.settle(root) === "failed" ? Cause.map(cause, this.named) : cause),
        onSuccess: (value) => {
          this.settle(root)
          return Effect.succeed(value)
        }
      })
    })
  }

  /** On another connection; where there is none, why the first was lost says more. */
  private again<A, E, R>(
    root: Begun,
    first: Effect.Effect<A, E, R>,
    lost: Cause.Cause<E>
  ): Effect.Effect<A, E, R> {
    const { another, begin } = this.parts
    const renewed = Effect.flatMap(another, (connection) => {
      root.connection = connection
      return begin(connection)
    })
    return Effect.matchEffect(renewed, { onFailure: () => Effect.failCause(lost), onSuccess: () => first })
  }

  /** Once BEGIN has been sent the transaction is like any other. */
  private settle(root: Begun): "unsent" | "sent" | "failed" {
    const begun = root.connection.begun?.() ?? "sent"
    if (begun !== "unsent") root.opening = undefined
    return begun
  }

  /** What BEGIN failed of, which is not the statement's own failure; what the statement would fail of too is told as it is. */
  private readonly named = <E>(error: E): E | TransactionError => {
    const failure = error as E & (Failure | WriteFailure)
    const failed = beginFailed(failure._tag === "Failure" ? this.parts.classify(failure, "begin") : failure)
    return failed._tag === "TransactionError" ? failed : error
  }
}
