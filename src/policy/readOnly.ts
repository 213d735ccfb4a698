/**
 * Programs that must not write.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Interception } from "../Database.js"
import { QueryError } from "../DbError.js"

const refusal = (what: string): QueryError =>
  new QueryError({
    reason: "readOnly",
    hint: `Policy.readOnly lets no ${what} pass: provide a database without it to what may write`
  })

/**
 * Lets reads pass alone: a mutation or a change of tables fails as QueryError, reason `readOnly`, before anything is sent, and each transaction is
 * begun as a read only one, whatever it asks for.
 *
 * Statements of `SqlClient` outside of transactions are out of its sight: what must never write whatever the program says needs a user of the
 * database without that right.
 *
 * @since 0.1.0
 * @category policies
 */
export const readOnly: Layer.Layer<Interception> = Layer.succeed(Interception, {
  run: (statement, next) =>
    statement._tag === "Select"
      ? next(statement)
      : Effect.fail(refusal(statement._tag === "Script" ? "change of tables" : statement._tag.toLowerCase())),
  transact: (effect, options, next) => next(effect, { ...options, access: "read only" })
})
