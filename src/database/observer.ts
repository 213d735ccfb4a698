/**
 * Those who look at what is sent to a database, statement by statement.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { QueryError } from "../DbError.js"
import type { Statement } from "../sql/statement.js"

/**
 * A statement that is about to be sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sending {
  /** The fiber that asked for it. */
  readonly fiber: Fiber.RuntimeFiber<any, any>
  /** As it is sent, values apart: the same for all statements of one shape. */
  readonly text: string
  /** `SELECT`, `INSERT` and so on; of a statement that was written as text its first word. */
  readonly operation: string
  /** The table that it is about, where it is about one. */
  readonly table: string | undefined
  /** As a value; undefined for what was written as text, and what makes or drops tables. */
  readonly statement: Statement | undefined
  readonly isInTransaction: boolean
  /** Its parameters in the form in which they are sent. */
  readonly parameters: () => ReadonlyArray<Redacted.Redacted<unknown>>
}

/**
 * A statement that has been sent, or that could not be. Times are nanoseconds of the fiber's Clock.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sent extends Sending {
  /** When that was, in milliseconds of the fiber's Clock. */
  readonly at: number
  /** Rows that it gave. */
  readonly rows: number
  /** Rows that it wrote, where that is known. */
  readonly affected: number
  /** The wait for a connection, or for its turn on that of the transaction. */
  readonly acquire: number
  /** From then on until the answer was there; of a stream, the time in which somebody waited for its rows. */
  readonly execute: number
  /** From the answer to the decoded rows. */
  readonly decode: number
  /** The tag of the failure; `Interrupted` and `Defect` where it ended so. */
  readonly error: string | undefined
}

/**
 * A transaction that has ended; no savepoint.
 *
 * @since 0.1.0
 * @category models
 */
export interface Transacted {
  readonly fiber: Fiber.RuntimeFiber<any, any>
  /** How often it was begun, and how many of these tries ended with a conflict. */
  readonly attempts: number
  readonly conflicts: number
  readonly outcome: "committed" | "rolledBack" | "unknown"
  /** Nanoseconds from when it was asked for until its connection was given back for the last time: what runs after the commit is not in it. */
  readonly time: number
}

/**
 * Somebody who is told of each statement that is sent: also of those that load relations, of the parts of a large insert, of streams and of
 * the statements of `SqlClient`. Steps of transactions, locks by name and the pool's own questions are none.
 *
 * It is called where the program runs: it must be quick, and must not throw.
 *
 * @since 0.1.0
 * @category models
 */
export interface Observer {
  /** Before a statement gets a connection. What this gives is the statement's failure, and then it is not sent. */
  readonly before?: (sending: Sending) => QueryError | undefined
  /** A statement that was let through has not been sent after all; where it is tried again, `before` is asked again. */
  readonly withdrawn?: (sending: Sending) => void
  /** When all is known of it. */
  readonly after?: (sent: Sent) => void
  readonly transaction?: (transacted: Transacted) => void
}

/**
 * The observers of a database, in the order in which they came. Where there are none, nothing is timed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Observers {
  readonly list: ReadonlyArray<Observer>
  /** Adds one until the scope closes. */
  readonly add: (observer: Observer) => Effect.Effect<void, never, Scope.Scope>
}
