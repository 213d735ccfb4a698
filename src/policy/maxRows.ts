/**
 * A limit of the rows that one query may give.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Interception } from "../Database.js"
import { QueryError } from "../DbError.js"
import type { ConfigurationError } from "../DbError.js"
import { atMost } from "../query/terminals.js"
import { countOf } from "./options.js"

/**
 * Fails a query that has more rows as QueryError, reason `resources`: nobody then goes on with a part of them. One row more than may be is asked
 * for, so that a table of millions costs no more.
 *
 * It counts the rows of the query itself, not those of relations, which have `Relation.limit`; streams, which hold few rows at a time, pass by. What
 * is no whole number from 1 fails the Layer as ConfigurationError.
 *
 * @since 0.1.0
 * @category policies
 */
export const maxRows = (count: number): Layer.Layer<Interception, ConfigurationError> =>
  Layer.effect(
    Interception,
    Effect.map(countOf("The greatest number of rows", count, 1), (most) => {
      const error = new QueryError({
        reason: "resources",
        hint: `Policy.maxRows lets a query have ${most} rows, and this one has more: limit it, page it or stream it`
      })
      return {
        run: (statement, next) =>
          statement._tag === "Select"
            ? Effect.filterOrFail(next(atMost(statement, most + 1)), ({ rows }) => rows.length <= most, () => error)
            : next(statement)
      }
    })
  )
