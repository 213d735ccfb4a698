/**
 * Open cursors: how much of a connection one takes is the driver's to say.
 */
import type * as Chunk from "effect/Chunk"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ConnectFailure, TransactionError } from "../DbError.js"
import type { Connection, Driver, Failure } from "../Driver.js"
import type { Pool } from "../Pool.js"
import type { Runner } from "../transaction/runner.js"
import type { Lend } from "./lend.js"

/** The next rows of a stream as they are, or its end. */
type Pull<Row, E> = Effect.Effect<Chunk.Chunk<Row>, Option.Option<E>>

/** How rows are asked of a connection, in the two ways of `Driver.streaming`. */
export interface Reading<Row> {
  readonly aside: (
    connection: Connection
  ) => Effect.Effect<Stream.Stream<Row, Failure>, Failure, Scope.Scope>
  /** Whether it is alone on its connection. */
  readonly shared: (connection: Connection, isAlone: boolean) => Stream.Stream<Row, Failure>
}

type OpenFailure = Failure | ConnectFailure | TransactionError

/** A stream's rows, and how statements for its relations get a connection meanwhile. */
export interface Opened<Row> {
  readonly pull: Pull<Row, OpenFailure>
  readonly lend: Lend
}

/**
 * On a connection that others use too, which is the stream's for one chunk at a time: in between, its reader can use it. `lend` also carries
 * each chunk's turn.
 */
export const openInTurns = <Row>(
  { streaming }: Pick<Driver, "streaming">,
  lend: Lend,
  { aside, shared }: Reading<Row>
): Effect.Effect<Pull<Row, OpenFailure>, OpenFailure, Scope.Scope> => {
  if (streaming === "aside") return Effect.flatMap(lend(aside), Stream.toPull)
  return Effect.flatMap(lend(Effect.succeed), (connection) =>
    Effect.map(
      Stream.toPull(shared(connection, false)),
      (pull): Pull<Row, OpenFailure> =>
        Effect.mapError(lend(() => pull), (error) => Option.isOption(error) ? error : Option.some(error))
    ))
}

/** Opens cursors on the connection of the fiber's transaction, else on one of the pool; of a plain statement the text is told. */
export const make = (
  { driver, pool, runner, use }: {
    readonly driver: Driver
    readonly pool: Pool
    readonly runner: Runner
    readonly use: Lend
  }
) =>
<Row>(reading: Reading<Row>, text?: string): Effect.Effect<Opened<Row>, OpenFailure, Scope.Scope> =>
  Effect.withFiberRuntime((fiber) => {
    const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
    if (scope !== undefined || driver.streaming === "aside") {
      const lend: Lend = (work) => scope === undefined ? pool.use(work) : scope.use(work, text)
      return Effect.map(openInTurns(driver, lend, reading), (pull) => ({ pull, lend: use }))
    }
    // Statements for relations run on the same connection, so that a stream needs no second one.
    return Effect.flatMap(pool.acquire, (connection) =>
      Effect.map(
        Stream.toPull(reading.shared(connection, true)),
        (pull) => ({ pull, lend: (work) => work(connection) })
      ))
  })
