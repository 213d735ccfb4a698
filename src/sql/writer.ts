/**
 * What a printer may call. Printers of clauses, operators and dialects see this interface alone, so none imports another.
 */
import type * as Capability from "../Capability.js"
import type { Body, Column, Cte, Expression, Projection, Ref, SearchIndex, Select, Table, TableName } from "./ast.js"
import type { ValueType } from "./storage.js"

/** An index for search of one use of its table. */
export interface UsedSearchIndex {
  readonly index: SearchIndex
  readonly table: Table
  /** In the order of the index. */
  readonly columns: ReadonlyArray<Expression>
  readonly ref: Ref
}

export interface Writer {
  /** Copies SQL text. */
  readonly text: (sql: string) => Writer
  /** Quotes one identifier. */
  readonly identifier: (name: string) => Writer
  /** A table's name, with its schema. */
  readonly table: (table: TableName) => Writer
  /** The alias of a source. */
  readonly alias: (ref: Ref) => Writer
  /** A bound value in the form of its type. */
  readonly parameter: (value: unknown, type: ValueType) => Writer
  /** What a dialect makes of a bound value, as a value of a type: the same function each time, for the same text. */
  readonly converted: (
    parameter: Extract<Expression, { readonly _tag: "Parameter" }>,
    type: ValueType,
    change: (value: unknown) => unknown
  ) => Writer
  /** A bound value in its stored form (see storage.ts). */
  readonly stored: (value: unknown, column: Column) => Writer
  /** A value that the driver takes as it is. */
  readonly bound: (value: unknown) => Writer
  /** An expression; in parentheses where it needs them as an operand. */
  readonly expression: (expression: Expression) => Writer
  readonly operand: (expression: Expression) => Writer
  /**
   * Prints, and gives the words that it printed: where parameters have numbers, the same words are the same values, and a database may ask for an
   * expression in the very words that it has seen before.
   */
  readonly noted: (print: () => void) => string
  /** An expression, known by its identity: from the second time on in the words of the first. Only where parameters have numbers. */
  readonly again: (expression: Expression) => Writer
  readonly list: <A>(items: ReadonlyArray<A>, print: (item: A) => void, separator?: string) => Writer
  /** A select as it is; `named` where its columns are read by name. */
  readonly selectBody: (select: Select, named: boolean) => void
  /** A whole select in parentheses. */
  readonly select: (select: Select) => Writer
  /** Rows in parentheses whose columns are read by name. */
  readonly body: (body: Body) => Writer
  /** The name of a common table expression with its alias, as a source. */
  readonly cte: (ref: Ref, cte: Cte) => Writer
  /** The windows with names that the select so far has used: `window … as (…)`. */
  readonly windows: () => Writer
  /** A table with its alias, as a source. */
  readonly source: (ref: Ref, table: Table) => Writer
  /** The index for search of exactly these columns, if their table has one. */
  readonly searchIndex: (columns: ReadonlyArray<Expression>) => UsedSearchIndex | undefined
  /** The columns of a projection, as a select list or after RETURNING; `unqualified` names bare columns. */
  readonly projection: (
    projection: Projection,
    options?: { readonly unqualified?: boolean; readonly named?: boolean }
  ) => Writer
  /** Refuses what needs a capability that the dialect lacks. */
  readonly requires: (capability: Capability.Name) => Writer
  /** Refuses a feature that the dialect lacks. */
  readonly unsupported: (feature: string, hint?: string) => never
  /** Declares a table's own name as the alias of a ref: for updates and deletes, where no alias is printed. */
  readonly declare: (ref: Ref, table: Table) => Writer
  /** Declares sources that stand beside it. */
  readonly beside: (refs: ReadonlyArray<Ref>) => Writer
}
