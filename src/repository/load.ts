/**
 * The point read that batches.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Batch from "../database/batch.js"
import * as Database from "../Database.js"
import { RowNotFound } from "../DbError.js"
import type { ReadFailure } from "../DbError.js"
import * as Comparison from "../expr/comparison.js"
import type { Key } from "../sql/keys.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import * as Query from "../Query.js"
import type * as Ast from "../sql/ast.js"
import { columnOf } from "../sql/nodes.js"
import { keyOf, placeOf } from "./keys.js"

type Failure = ReadFailure | RowNotFound

/** The rows of some keys, each beside its key. */
const rowsOf = (model: Model.Any, keys: ReadonlyArray<Key>): Ast.Select => {
  const { primaryKey } = tableOf(model)
  const { ast } = Query.from(model)
  const columns = primaryKey.map((column) => columnOf(ast.from.ref, column))
  return {
    ...ast,
    projection: {
      _tag: "Record",
      fields: {
        row: ast.projection,
        key: {
          _tag: "Record",
          fields: Object.fromEntries(columns.map((expression, i) => [`k${i}`, { _tag: "Value", expression }]))
        }
      }
    },
    where: { _tag: "InValues", left: columns, rows: keys, type: Comparison.truth }
  }
}

/** Reads by key, together with the others that do at the same time; `one` reads a row by itself. */
export const loading = (
  model: Model.Any,
  one: (id: unknown) => Effect.Effect<any, Failure, Database.Database>
): (id: unknown) => Effect.Effect<any, Failure, Database.Database> => {
  const place = placeOf(model)
  const keyIn = (id: unknown): Key => Either.getOrThrow(keyOf(model, id))
  const ask = Batch.ask<unknown, any, Failure>({
    placeOf: (id) => place(keyIn(id)),
    one,
    many: (ids) =>
      Database.run(rowsOf(model, ids.map(keyIn)), ({ rows }) =>
        Effect.succeed(
          new Map(rows.map(({ key, row }) => [place(tableOf(model).primaryKey.map((_, i) => key[`k${i}`])), row]))
        )) as Effect.Effect<ReadonlyMap<unknown, any>, ReadFailure, Database.Database>,
    absent: () => Exit.fail(new RowNotFound({}))
  })
  return ask
}
