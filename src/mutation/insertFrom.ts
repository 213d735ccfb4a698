/**
 * Inserts of the rows of a query.
 */
import * as Effect from "effect/Effect"
import { ConfigurationError } from "../DbError.js"
import { sameStorage } from "../model/definition.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import { readable } from "../query/built.js"
import type { Query } from "../query/built.js"
import { derivedOf, selectFrom } from "../query/derived.js"
import type * as Ast from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import * as Filling from "./filling.js"
import * as Input from "./input.js"
import { make, refOf } from "./made.js"
import type { Make, Mutation } from "./made.js"

/** The names of a row that are no columns; what a class adds to its rows by methods is none of them. */
type Excess<M extends Model.Any, A> = {
  [K in keyof A]: K extends keyof Model.Insert<M> ? never : A[K] extends (...args: any) => any ? never : K
}[keyof A]

type Fits<M extends Model.Any, A> = [Excess<M, A>] extends [never] ? unknown
  : `"${Excess<M, A> & string}" is no column that an insert takes`

/**
 * Inserts the rows of a query: `insert into … (…) select …`; gives their number.
 *
 * A part of the query's row goes to the column of its name. Columns with a default may be missing, and those that the Clock fills have its time.
 * Types have to fit; what a Schema checks beyond them is left to the query. A part that is no column, or is stored otherwise than its
 * column, is a ConfigurationError. `returning` gives the rows (MySQL: the query's rows are read, and inserted as they are, in one transaction).
 *
 * @since 0.1.0
 * @category constructors
 */
export const insertFrom = <M extends Model.Any, A extends Model.Insert<M>, S, J, R>(
  model: M,
  query: Query<A, S, J, R> & Fits<M, A>
): Mutation<number, M, R> => make(model, statementOf(model, query), "affected")

type Parts = ReadonlyMap<string, Ast.Expression>

/** The parts of a row by their names; undefined for what is no record of values. */
const partsOf = (projection: Ast.Projection): Parts | undefined => {
  if (projection._tag === "Instance" && !projection.optional) {
    return new Map(projection.columns.map((column, i) => [projection.table.columns[i]!.property, column]))
  }
  if (projection._tag !== "Record") return undefined
  const parts = new Map<string, Ast.Expression>()
  for (const name of Object.keys(projection.fields)) {
    const part = projection.fields[name]!
    if (part._tag !== "Value") return undefined
    parts.set(name, part.expression)
  }
  return parts
}

const problemOf = (model: Model.Any, parts: Parts | undefined): ConfigurationError | undefined => {
  if (parts === undefined) {
    return new ConfigurationError({
      problem: `The rows to insert into ${model.identifier} are no records of columns`,
      hint: "select a record of values, each by the name of its column"
    })
  }
  for (const [name, { type }] of parts) {
    const column = Input.insertable(model, name)
    if (column === undefined) {
      return new ConfigurationError({
        problem: `${name} is no column that an insert into ${model.identifier} takes`,
        hint: "select the columns that it takes"
      })
    }
    if (!sameStorage(type, column.type)) {
      return new ConfigurationError({
        problem:
          `${name} of ${model.identifier} is stored as ${column.type.storage._tag}, what the query gives for it as ${type.storage._tag}`,
        hint: "cast it"
      })
    }
  }
  return undefined
}

/** Of groups and distinct rows the parts are what they are by, and stay as they are. */
const isFlat = ({ distinct, groupBy }: Ast.Select): boolean => distinct === false && groupBy.length === 0

const statementOf = (model: Model.Any, query: Query<any, any, any, any>): Make => (filling) => {
  const table = tableOf(model)
  const asked = readable(query)
  const select: Ast.Select = isFlat(asked) ? asked : selectFrom(derivedOf("source", asked))
  const parts = partsOf(select.projection)
  const problem = table.problem() ?? problemOf(model, parts)
  if (problem !== undefined || parts === undefined) return Effect.fail(problem!)
  const { problem: unfilled, values: filled } = Filling.valuesOnInsert(table, filling)
  const own = Filling.columnsOnInsert(table).map((column, i) => Input.assignment(column, filled[i]))
    .filter(({ column }) => !parts.has(column.property))
  if (unfilled !== undefined && own.some(({ value }) => value._tag === "Stored" && value.value === Filling.missing)) {
    return Effect.fail(unfilled)
  }
  const values: ReadonlyArray<Ast.Assignment> = [
    ...[...parts].map(([name, value]) => ({ column: table.byProperty[name]!, value })),
    ...own
  ]
  return Effect.succeed<Statement>({
    _tag: "Insert",
    table,
    ref: refOf(model),
    columns: values.map(({ column }) => column),
    rows: [],
    conflict: undefined,
    returning: undefined,
    from: {
      ...select,
      lazy: undefined,
      projection: {
        _tag: "Record",
        fields: Object.fromEntries(values.map(({ column, value }): readonly [string, Ast.Projection] => [
          column.property,
          { _tag: "Value", expression: { _tag: "InForm", expression: value, type: column.type } }
        ]))
      }
    }
  })
}
