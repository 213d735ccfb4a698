/**
 * The point read that batches.
 */
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Batch from "../database/batch.js"
import type * as Database from "../Database.js"
import { RowNotFound } from "../DbError.js"
import type { ReadFailure } from "../DbError.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import { rowsByKeys } from "../query/byKeys.js"
import type * as Ast from "../sql/ast.js"
import type { Key } from "../sql/keys.js"
import { keyOf, placeOf } from "./keys.js"

type Failure = ReadFailure | RowNotFound

/** Reads by key, together with the others that do at the same time; `one` reads a row by itself. */
export const loading = (
  model: Model.Any,
  one: (id: unknown) => Effect.Effect<any, Failure, Database.Database>,
  rows?: Ast.Rows
): (id: unknown) => Effect.Effect<any, Failure, Database.Database> => {
  const place = placeOf(model)
  const keyIn = (id: unknown): Key => Either.getOrThrow(keyOf(model, id))
  return Batch.ask<unknown, any, Failure>({
    placeOf: (id) => place(keyIn(id)),
    one,
    many: (ids) => rowsByKeys(model, tableOf(model).primaryKey, ids.map(keyIn), rows),
    absent: () => Exit.fail(new RowNotFound({}))
  })
}
