/**
 * Statements that make and drop tables.
 */
import type { Column, Constraint, Expression, Ref, SearchIndex, Table, TableName } from "./ast.js"

/** A column as a table is made with it. */
export interface ColumnSpec {
  readonly column: Column
  /** Types of the user's own, by the name that the dialect goes by there. */
  readonly types: { readonly [dialect: string]: string | undefined }
  /** The keys (primary, unique, foreign or target of a foreign one) that the column is part of, each with all of its columns. */
  readonly keys: ReadonlyArray<ReadonlyArray<Column>>
  /** A constant in its stored form (see storage.ts), or an expression. */
  readonly default: { readonly stored: unknown } | { readonly expression: Expression } | undefined
  readonly computed: Expression | undefined
}

/** A named condition that every row meets. */
export interface Check {
  readonly name: string
  readonly condition: Expression
}

/** What a database does with rows that refer to one that goes or changes its key. */
export type Action = "cascade" | "restrict" | "set null" | "set default" | "no action"

export interface ForeignKey {
  readonly name: string
  readonly columns: ReadonlyArray<Column>
  readonly target: TableName
  readonly targetColumns: ReadonlyArray<Column>
  readonly onDelete: Action | undefined
  readonly onUpdate: Action | undefined
  readonly deferred: boolean
}

export interface CreateTable {
  readonly _tag: "CreateTable"
  readonly table: Table
  /** Columns in its expressions are of this use. */
  readonly ref: Ref
  readonly ifNotExists: boolean
  readonly columns: ReadonlyArray<ColumnSpec>
  readonly uniques: ReadonlyArray<Constraint>
  readonly checks: ReadonlyArray<Check>
  readonly foreignKeys: ReadonlyArray<ForeignKey>
}

export interface CreateIndex {
  readonly _tag: "CreateIndex"
  readonly table: Table
  readonly ref: Ref
  readonly ifNotExists: boolean
  readonly name: string
  readonly unique: boolean
  /** As the table has them, since their types decide how much of them an index holds. */
  readonly columns: ReadonlyArray<ColumnSpec>
  /** After the columns. */
  readonly expressions: ReadonlyArray<Expression>
  readonly where: Expression | undefined
  /** Set where `where` is that a row lives: the column that is NULL then. */
  readonly ofLiving?: Column
}

/** After its table. */
export interface CreateSearchIndex {
  readonly _tag: "CreateSearchIndex"
  readonly table: Table
  readonly ifNotExists: boolean
  readonly index: SearchIndex
}

/** A reference to a table that is made later than its own. */
export interface AddForeignKey {
  readonly _tag: "AddForeignKey"
  readonly table: Table
  readonly ifNotExists: boolean
  readonly key: ForeignKey
}

export interface DropTables {
  readonly _tag: "DropTables"
  /** Those that refer to others come before them, save where they refer to each other in a ring. */
  readonly tables: ReadonlyArray<Table>
  /** The references without which there is no ring, those of rows to rows of their own table among them. */
  readonly ring: ReadonlyArray<{ readonly table: Table; readonly name: string }>
  readonly ifExists: boolean
}

/** One step in the making or dropping of tables. */
export type Step = CreateTable | CreateIndex | CreateSearchIndex | AddForeignKey | DropTables

/** Steps that belong together: all or none, where the database makes tables within a transaction. */
export interface Script {
  readonly _tag: "Script"
  readonly steps: ReadonlyArray<Step>
}
