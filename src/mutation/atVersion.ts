/**
 * Writes on a row as it was read.
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Database from "../Database.js"
import { ConfigurationError, StaleRow, ValidationError } from "../DbError.js"
import type { WriteFailure } from "../DbError.js"
import * as Comparison from "../expr/comparison.js"
import { make as makeExpr, refOf } from "../expr/core.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type { RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { columnOf, selectOver } from "../sql/nodes.js"
import { notNull } from "../sql/valueType.js"
import { where } from "./pending.js"
import type { Unfinished } from "./pending.js"
import type { Mutation } from "./made.js"
import { returning } from "./returning.js"

/** The column that counts the writes of a table's rows. */
export const versionOf = ({ columns }: Ast.Table): Ast.Column | undefined =>
  columns.find(({ filled }) => filled?.by === "version")

/** What identifies a row as it was read. */
interface Read {
  readonly columns: ReadonlyArray<Ast.Column>
  readonly values: ReadonlyArray<unknown>
  readonly version: Ast.Column
  readonly expected: number
}

const readOf = (model: Model.Any, row: unknown): Read | ConfigurationError | ValidationError => {
  const { primaryKey: columns, ...table } = tableOf(model)
  const version = versionOf({ primaryKey: columns, ...table })
  if (version === undefined || columns.length === 0) {
    const what = version === undefined ? "no version" : "no primary key"
    return new ConfigurationError({
      problem: `${model.identifier} has ${what}, by which a row is known as it was read`
    })
  }
  const given = Predicate.isRecord(row) ? row : {}
  const issues = [...columns, version].filter(({ property }) =>
    given[property] === undefined || given[property] === null
  )
    .map(({ property }) => ({ path: [property], message: "is missing" }))
  return issues.length > 0
    ? new ValidationError({ subject: `The row of ${model.identifier} as it was read`, issues })
    : {
      columns,
      version,
      values: columns.map(({ property }) => given[property]),
      expected: given[version.property] as number
    }
}

const are = (ref: Ast.Ref, columns: ReadonlyArray<Ast.Column>, values: ReadonlyArray<unknown>): Ast.Expression =>
  Comparison.allOf(columns.map((column, i): Ast.Expression => ({
    _tag: "Call",
    operator: Comparison.operators.eq,
    args: [columnOf(ref, column), { _tag: "Parameter", value: values[i], type: notNull(column.type) }],
    type: Comparison.truth
  })))

/** At which version the row is now: read with a lock, as a transaction's earlier look may not know it yet. */
const actual = (
  table: Ast.Table,
  { columns, values, version }: Read,
  rows: Ast.Rows | undefined
): Effect.Effect<number | undefined, WriteFailure, Database.Database> => {
  const ref: Ast.Ref = { hint: table.name }
  const select: Ast.Select = {
    ...selectOver(
      { _tag: "TableSource", ref, table, ...(rows === undefined ? {} : { rows }) },
      { _tag: "Value", expression: columnOf(ref, version) }
    ),
    where: are(ref, columns, values),
    lock: { strength: "share", locked: "wait", of: undefined }
  }
  return Effect.flatMap(
    Database.Database,
    (database) =>
      database.transact(Effect.map(database.run(select), ({ rows: [found] }) => found as number | undefined), undefined)
  )
}

/**
 * Of the one row that it was read as, in the place of `where`: the row has the key and still the version of the given one, an instance or
 * `{ id, version }`. Gives the row as the write leaves it (or as it was, where it is gone); StaleRow, with both versions, where another write came first.
 *
 * `update … set …, version = version + 1 where id = ? and version = ?`, one statement (more on MySQL and MariaDB). Where nothing was there to change,
 * the row's version is read.
 *
 * @since 0.1.0
 * @category combinators
 */
export const atVersion = <M extends Model.Any>(row: Model.AsRead<M>) =>
<J, R>(
  self: Unfinished<"where", M, J, R>
): Effect.Effect<
  M[typeof RowId],
  WriteFailure | StaleRow | Model.Refusal<M>,
  Database.Database | Model.Needs<M> | R
> =>
  Effect.suspend(() => {
    const model: Model.Any = self.model
    const table = tableOf(model)
    const problem = table.problem()
    if (problem !== undefined) return Effect.fail(problem)
    const read = readOf(model, row)
    if (!("expected" in read)) return Effect.fail(read)
    const { columns, expected, values, version } = read
    const condition = (root: object) =>
      makeExpr<boolean>(are(refOf(root as never), [...columns, version], [...values, expected]))
    const write = where(condition as never)(self as never) as Mutation<number, Model.Any>
    return Effect.flatMap(write.statement, (statement) => {
      const rows = statement._tag === "Update" || statement._tag === "Delete" ? statement.rows : undefined
      return Effect.flatMap(returning(write), ([found]) =>
        found === undefined
          ? Effect.flatMap(
            actual(table, read, rows),
            (actual) => Effect.fail(new StaleRow({ table: table.name, expected, actual }))
          )
          : Effect.succeed(found))
    })
  }) as never
