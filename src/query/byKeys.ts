/**
 * Rows by the values of some columns, beside which each comes.
 */
import * as Effect from "effect/Effect"
import * as Database from "../Database.js"
import type { ReadFailure } from "../DbError.js"
import * as Comparison from "../expr/comparison.js"
import type * as Model from "../Model.js"
import { ofRows } from "../Model.js"
import type * as Ast from "../sql/ast.js"
import { placing } from "../sql/keys.js"
import type { Key } from "../sql/keys.js"
import { columnOf } from "../sql/nodes.js"
import { selectFrom } from "./derived.js"

const selectOf = (
  model: Model.Any,
  columns: ReadonlyArray<Ast.Column>,
  keys: ReadonlyArray<Key>,
  rows: Ast.Rows | undefined
): Ast.Select => {
  const ast = selectFrom(rows === undefined ? model : ofRows(model, rows))
  const held = columns.map((column) => columnOf(ast.from.ref, column))
  return {
    ...ast,
    projection: {
      _tag: "Record",
      fields: {
        row: ast.projection,
        key: {
          _tag: "Record",
          fields: Object.fromEntries(held.map((expression, i) => [`k${i}`, { _tag: "Value", expression }]))
        }
      }
    },
    where: { _tag: "InValues", left: held, rows: keys, type: Comparison.truth }
  }
}

/** The rows that there are, by the places of their keys (`placing`), in one statement. */
export const rowsByKeys = (
  model: Model.Any,
  columns: ReadonlyArray<Ast.Column>,
  keys: ReadonlyArray<Key>,
  rows?: Ast.Rows
): Effect.Effect<ReadonlyMap<unknown, any>, ReadFailure, Database.Database> => {
  const place = placing(columns)
  return Database.run(selectOf(model, columns, keys, rows), ({ rows }) =>
    Effect.succeed(
      new Map(rows.map(({ key, row }) => [place(columns.map((_, i) => key[`k${i}`])), row]))
    )) as Effect.Effect<ReadonlyMap<unknown, any>, ReadFailure, Database.Database>
}
