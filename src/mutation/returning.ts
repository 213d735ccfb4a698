/**
 * What a write gives of its rows.
 */
import type * as Option from "effect/Option"
import { columnsOf, invalid, recordOf } from "../expr/core.js"
import type { Columns, Shape, ShapeNeeds } from "../expr/core.js"
import type * as Model from "../Model.js"
import { Describe } from "../Source.js"
import type { RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import { hasSelect } from "../sql/nodes.js"
import { changed, rowOf } from "./made.js"
import type { Gives, Mutation } from "./made.js"

/**
 * Gives the rows instead of their number: as they are after an insert or an update, as they were before a delete.
 *
 * Emulated where the database has no RETURNING (MariaDB: update; MySQL: all): in one transaction the keys are locked, the rows changed,
 * and read by their keys; each statement has its own span.
 *
 * @since 0.1.0
 * @category combinators
 */
export const returning = <M extends Model.Any, R>(
  self: Mutation<number, M, R>
): Mutation<ReadonlyArray<M[typeof RowId]>, M, R> =>
  changed(self, (statement) => withReturning(statement, (ref) => rowOf(self.model, ref)), "rows")

export const withReturning = (statement: Statement, projection: (ref: Ast.Ref) => Ast.Projection): Statement =>
  statement._tag === "Insert" || statement._tag === "Update" || statement._tag === "Delete"
    ? { ...statement, returning: projection(statement.ref) }
    : statement

/** As many of them as the mutation gave of its rows. */
export type Given<A, B> = A extends number | ReadonlyArray<any> ? ReadonlyArray<B>
  : A extends Option.Option<any> ? Option.Option<B>
  : B

export const given: { readonly [G in Gives]: Gives } = { affected: "rows", rows: "rows", row: "row", option: "option" }

/**
 * Gives what is selected of the rows: columns, expressions of them, records. One where the mutation gives one row, else a list.
 *
 * The databases see the rest of the table at different times, so a query within it is a ConfigurationError.
 *
 * @since 0.1.0
 * @category combinators
 */
export const returningAs = <M extends Model.Any, const X extends Shape>(shape: (columns: Columns<M>) => X) =>
<A, R>(
  self: Mutation<A, M, R>
): Mutation<Given<A, { readonly [K in keyof X]: X[K][typeof RowId] }>, M, R | ShapeNeeds<X>> =>
  changed(
    self,
    (statement) =>
      withReturning(
        statement,
        (ref) => withoutSelects(recordOf(shape(columnsOf(self.model[Describe], ref, false) as never)))
      ),
    given[self.gives]
  )

const withoutSelects = (part: Ast.Projection): Ast.Projection => {
  switch (part._tag) {
    case "Value":
      return hasSelect(part.expression)
        ? { _tag: "Value", expression: invalid("what a write returns has a query in it: run the query after it") }
        : part
    case "Instance":
      return part
    default:
      return {
        ...part,
        fields: Object.fromEntries(Object.keys(part.fields).map((name) => [name, withoutSelects(part.fields[name]!)]))
      }
  }
}

/**
 * Gives the number of rows instead of the row, which then need not be read.
 *
 * @since 0.1.0
 * @category combinators
 */
export const affected = <A, M extends Model.Any, R>(self: Mutation<A, M, R>): Mutation<number, M, R> =>
  changed(
    self,
    (statement) => statement._tag === "Select" ? statement : { ...statement, returning: undefined } as Statement,
    "affected"
  )
