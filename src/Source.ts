/**
 * What a query can read from: models, and queries used as tables. A source's types are phantom properties, read by indexed access.
 *
 * @since 0.1.0
 */
import type * as Ast from "./sql/ast.js"

/**
 * The property that holds the row of a source, or what an expression gives when it is selected. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const RowId: unique symbol = Symbol.for("effect-strata/Source/Row")

/**
 * The property that holds the columns of a source, or what an expression is to an operator. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const ColumnsId: unique symbol = Symbol.for("effect-strata/Source/Columns")

/**
 * The property that holds what a source or an expression requires beside the database. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const NeedsId: unique symbol = Symbol.for("effect-strata/Source/Needs")

/**
 * The key under which a source describes itself at run time.
 *
 * @since 0.1.0
 * @category type ids
 */
export const Describe: unique symbol = Symbol.for("effect-strata/Source/Describe")

/**
 * What a source is at run time: every use of it in a query gets a `Ref` of its own.
 *
 * @since 0.1.0
 * @category models
 */
export interface Description {
  /** The alias that it would like. */
  readonly hint: string
  readonly source: (ref: Ast.Ref) => Ast.Source
  /** By property: the column's name in SQL and its type. */
  readonly columns: {
    readonly [property: string]: {
      readonly name: string
      readonly type: Ast.Column["type"]
      /** What its value is made by, where it is not the column as it is. */
      readonly read?: (column: Ast.Expression) => Ast.Expression
    }
  }
  /** Its row, as one part of a select. */
  readonly row: (ref: Ast.Ref, optional: boolean) => Ast.Projection
}

/**
 * Models and queries used as tables.
 *
 * @since 0.1.0
 * @category models
 */
export interface Any {
  readonly [RowId]: any
  readonly [ColumnsId]: any
  readonly [NeedsId]: any
  readonly [Describe]: Description
}

/**
 * A query used as a table.
 *
 * @since 0.1.0
 * @category models
 */
export interface Derived<out C, out A, out R = never> {
  readonly [RowId]: A
  readonly [ColumnsId]: C
  readonly [NeedsId]: R
  readonly [Describe]: Description
}

/**
 * The right side of a left join: its columns and its row may be null.
 *
 * @since 0.1.0
 * @category models
 */
export interface Optional<out S extends Any> {
  readonly [RowId]: S[typeof RowId] | null
  readonly [ColumnsId]: { readonly [K in keyof S[typeof ColumnsId]]: S[typeof ColumnsId][K] | null }
  readonly [NeedsId]: S[typeof NeedsId]
  readonly [Describe]: Description
}
