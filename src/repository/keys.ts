/**
 * The key of a row, as a condition and as a place in a Map.
 */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { ConfigurationError, ValidationError } from "../DbError.js"
import { placing } from "../sql/keys.js"
import type { Key } from "../sql/keys.js"
import * as Comparison from "../expr/comparison.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type * as Ast from "../sql/ast.js"
import { columnOf } from "../sql/nodes.js"
import { notNull } from "../sql/valueType.js"

/** The parts of a key: the bare value of one column, a record of several. */
export const keyOf = (model: Model.Any, id: unknown): Either.Either<Key, ValidationError | ConfigurationError> => {
  const { primaryKey } = tableOf(model)
  if (primaryKey.length === 0) {
    return Either.left(
      new ConfigurationError({ problem: `${model.identifier} has no primary key, by which its rows are known` })
    )
  }
  const refuse = (path: ReadonlyArray<string>, message: string) =>
    Either.left(new ValidationError({ subject: `The key of ${model.identifier}`, issues: [{ path, message }] }))
  if (primaryKey.length === 1) {
    return id === undefined || id === null ? refuse([primaryKey[0]!.property], "is missing") : Either.right([id])
  }
  if (!Predicate.isRecord(id)) {
    return refuse([], `takes a record of ${primaryKey.map(({ property }) => property).join(", ")}`)
  }
  const key: Array<unknown> = []
  for (const { property } of primaryKey) {
    const value = Object.hasOwn(id, property) ? id[property] : undefined
    if (value === undefined || value === null) return refuse([property], "is missing")
    key.push(value)
  }
  return Either.right(key)
}

/** A Map's place for a key of some columns; throws for what is no key of them. */
export const placeOf = (model: Model.Any): (key: Key) => unknown => placing(tableOf(model).primaryKey)

/** Whether columns of a table have these values. */
export const having = (ref: Ast.Ref, columns: ReadonlyArray<Ast.Column>, values: Key): Ast.Expression =>
  Comparison.allOf(columns.map((column, i): Ast.Expression => ({
    _tag: "Call",
    operator: Comparison.operators.eq,
    args: [columnOf(ref, column), { _tag: "Parameter", value: values[i], type: notNull(column.type) }],
    type: Comparison.truth
  })))

/** Whether a row has the key; what is no key makes a statement that is refused. */
export const withKey = (model: Model.Any, ref: Ast.Ref, id: unknown): Ast.Expression =>
  Either.match(keyOf(model, id), {
    onLeft: (error): Ast.Expression => ({ _tag: "Invalid", error, type: Comparison.truth }),
    onRight: (key) => having(ref, tableOf(model).primaryKey, key)
  })
