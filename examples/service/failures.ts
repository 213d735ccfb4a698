/**
 * What the failures of a database are to those who ask over HTTP. What is a matter of the operators alone is logged, and told nobody else.
 */
import type { DbError } from "effect-strata"
import { Effect, ParseResult } from "effect"
import { BadRequest, Conflict, Forbidden, NotFound, Unavailable } from "./api.js"

type Failure =
  | DbError.WriteFailure
  | DbError.TransactionFailure
  | DbError.RowNotFound
  | DbError.TooManyRows
  | DbError.StaleRow
  | ParseResult.ParseError

type Answer = BadRequest | Conflict | Forbidden | NotFound | Unavailable

const answerTo = (failure: Failure): Answer | undefined => {
  switch (failure._tag) {
    case "ValidationError":
      return new BadRequest({
        issues: failure.issues.map(({ message, path }) => ({ path: path.join("."), message }))
      })
    case "ParseError":
      return new BadRequest({
        issues: ParseResult.ArrayFormatter.formatErrorSync(failure).map(({ message, path }) => ({
          path: path.join("."),
          message
        }))
      })
    case "RowNotFound":
      return new NotFound()
    case "Vetoed":
      return new Forbidden({ message: failure.message })
    case "StaleRow":
      return failure.actual === undefined
        ? new NotFound()
        : new Conflict({ message: `It was changed meanwhile: it is at version ${failure.actual}` })
    case "UniqueViolation":
      return new Conflict({ message: "There is one already" })
    case "ForeignKeyViolation":
      return new Conflict({ message: "What it refers to is not there" })
    case "ConnectionError":
    case "ConflictError":
    case "TimeoutError":
      return new Unavailable()
    default:
      return undefined
  }
}

/** Gives a failure of the database the form in which it is told; what has none is a defect of the service, which is answered with 500. */
export const told = <A, E extends Failure, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, Answer, R> =>
  Effect.catchAll(effect, (failure): Effect.Effect<never, Answer> => {
    const answer = answerTo(failure)
    if (answer === undefined) return Effect.die(failure)
    return answer._tag === "Unavailable"
      ? Effect.zipRight(Effect.logWarning(failure), Effect.fail(answer))
      : Effect.fail(answer)
  })
