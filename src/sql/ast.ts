/**
 * The statement tree: plain readonly tagged data, no functions.
 *
 * Combinators build it, printers read it. A source is known by the identity of its `Ref`, so one query can stand in a statement
 * several times, and a subquery can refer to the columns around it; printers give each its alias.
 */
import type { ConfigurationError, ValidationError } from "../DbError.js"
import type { ValueType } from "./storage.js"

/** A table or a derived table within one statement; `hint` is the alias that it would like. */
export interface Ref {
  readonly hint: string
}

/** A table's place in the database. */
export interface TableName {
  readonly name: string
  readonly schema: string | undefined
}

/** A column of a table. */
export interface Column {
  /** Its name in the model. */
  readonly property: string
  /** Its name in the database. */
  readonly name: string
  readonly type: ValueType
  readonly generated: boolean
}

/** What statements need to know of a model; `Model.tableOf` makes it. */
export interface Table extends TableName {
  readonly identifier: string
  /** In the order of declaration. */
  readonly columns: ReadonlyArray<Column>
  readonly byProperty: { readonly [property: string]: Column }
  readonly primaryKey: ReadonlyArray<Column>
  /** What instances of the model inherit from. */
  readonly prototype: object
  /** Makes an object that inherits from it, and has its properties, an instance. */
  readonly adopt: (row: object) => object
  /** What is wrong with the model, looked for once; undefined when it can be used. */
  readonly problem: () => ConfigurationError | undefined
  /** Named constraints, so that a violation can tell its columns where the database does not. */
  readonly constraints: ReadonlyArray<Constraint>
}

/** A constraint or unique index as the model declares it. */
export interface Constraint {
  readonly kind: "primaryKey" | "unique" | "foreignKey" | "check"
  readonly name: string
  readonly columns: ReadonlyArray<string>
}

/** How an operator is printed unless a dialect says otherwise. `name` is what a dialect overrides. */
export type Operator =
  | { readonly name: string; readonly form: "infix"; readonly text: string }
  | { readonly name: string; readonly form: "prefix"; readonly text: string }
  | { readonly name: string; readonly form: "postfix"; readonly text: string }
  | { readonly name: string; readonly form: "function"; readonly text: string }
  | { readonly name: string; readonly form: "dialect" }

/** An expression. `type` is undefined for what no row can hold, as a list. */
export type Expression =
  | { readonly _tag: "Column"; readonly ref: Ref; readonly name: string; readonly type: ValueType }
  /** A value still in the form of its type; it is encoded when the statement runs. */
  | {
    readonly _tag: "Parameter"
    readonly value: unknown
    readonly type: ValueType
    /** Printed without its type, even where the database could be told. */
    readonly isUntyped?: boolean
  }
  /** A stored value of a column (see storage.ts). */
  | { readonly _tag: "Stored"; readonly value: unknown; readonly column: Column; readonly type: ValueType }
  | {
    readonly _tag: "Call"
    readonly operator: Operator
    readonly args: ReadonlyArray<Expression>
    readonly type: ValueType
  }
  | {
    readonly _tag: "Aggregate"
    readonly operator: Operator
    readonly args: ReadonlyArray<Expression>
    readonly distinct: boolean
    readonly filter: Expression | undefined
    readonly type: ValueType
  }
  | {
    readonly _tag: "Case"
    readonly branches: ReadonlyArray<{ readonly when: Expression; readonly then: Expression }>
    readonly otherwise: Expression | undefined
    readonly type: ValueType
  }
  | { readonly _tag: "Cast"; readonly expression: Expression; readonly type: ValueType }
  | {
    readonly _tag: "InValues"
    /** Empty values print as false. */
    readonly left: ReadonlyArray<Expression>
    /** One row a value; each as long as `left`. */
    readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
    readonly type: ValueType
  }
  | { readonly _tag: "InSelect"; readonly left: Expression; readonly select: Select; readonly type: ValueType }
  | { readonly _tag: "Exists"; readonly select: Select; readonly type: ValueType }
  | { readonly _tag: "Scalar"; readonly select: Select; readonly type: ValueType }
  /** A window function or an aggregate over a window. */
  | {
    readonly _tag: "Over"
    readonly function: Extract<Expression, { readonly _tag: "Call" | "Aggregate" }>
    readonly window: Window
    readonly type: ValueType
  }
  /** Written by the caller: `strings` is copied, each `args` entry printed between two of them. */
  | {
    readonly _tag: "Fragment"
    readonly strings: ReadonlyArray<string>
    readonly args: ReadonlyArray<Expression>
    readonly type: ValueType
  }
  /** What cannot be said: running the statement fails with it. */
  | { readonly _tag: "Invalid"; readonly error: ConfigurationError | ValidationError; readonly type: ValueType }
  /** The value that an upsert would have inserted. */
  | { readonly _tag: "Inserted"; readonly column: Column; readonly type: ValueType }

/** The rows that a window function sees. One with a name is known by its identity: a select that uses it several times says it once. */
export interface Window {
  /** The name that it would like. */
  readonly name: string | undefined
  readonly partitionBy: ReadonlyArray<Expression>
  readonly orderBy: ReadonlyArray<Order>
  readonly frame: Frame | undefined
}

export interface Frame {
  readonly mode: "rows" | "range" | "groups"
  readonly from: FrameBound
  readonly to: FrameBound
  readonly exclude: "current row" | "group" | "ties" | undefined
}

export interface FrameBound {
  readonly kind: "unbounded preceding" | "preceding" | "current row" | "following" | "unbounded following"
  /** Of `preceding` and `following`. */
  readonly offset: Expression | undefined
}

/** What rows come from. */
export type Source =
  | { readonly _tag: "TableSource"; readonly ref: Ref; readonly table: Table }
  | {
    readonly _tag: "DerivedSource"
    readonly ref: Ref
    readonly body: Body
    /** Whether it may use the columns of the sources before it. */
    readonly lateral: boolean
  }
  | { readonly _tag: "CteSource"; readonly ref: Ref; readonly cte: Cte }

/** Rows that are read as a table: those of a query, of two of them together, or a list. */
export type Body = Select | Compound | Values

/** The rows of two queries whose columns stand in one order. */
export interface Compound {
  readonly _tag: "Compound"
  readonly operator: "union" | "union all" | "intersect" | "intersect all" | "except" | "except all"
  readonly left: Body
  readonly right: Body
}

/** A list of rows. */
export interface Values {
  readonly _tag: "Values"
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: ValueType }>
  /** Values in the form of the columns' types; each row as long as `columns`. */
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
}

/** A common table expression, known by its identity: a statement that reads from it several times says it once. */
export interface Cte {
  /** The name that it would like. */
  readonly hint: string
  /** Of one that reads from itself, the step is the right side of a union. */
  readonly body: Body
  readonly isRecursive: boolean
  /** Whether the database is to work it out by itself; undefined leaves it to the database. */
  readonly materialized: boolean | undefined
}

/** A joined source. */
export interface Join {
  readonly kind: "inner" | "left" | "right" | "full" | "cross"
  readonly source: Source
  /** Undefined for a cross join alone. */
  readonly on: Expression | undefined
}

/** One term of an order. */
export interface Order {
  readonly expression: Expression
  readonly direction: "asc" | "desc"
  /** NULLs sort last unless asked. */
  readonly nulls: "first" | "last"
}

/** What a row is made of. */
export type Projection =
  | { readonly _tag: "Value"; readonly expression: Expression }
  | { readonly _tag: "Record"; readonly fields: { readonly [name: string]: Projection } }
  /** A model's instance; `optional` is the right side of a left join: null when no row matched. */
  | {
    readonly _tag: "Instance"
    readonly table: Table
    /** One a column of the table, in its order. */
    readonly columns: ReadonlyArray<Expression>
    readonly optional: boolean
    /** The use of the table whose own columns they are, if they are those. */
    readonly ref?: Ref
  }
  /** A record that is null when all that it holds is null. */
  | { readonly _tag: "OptionalRecord"; readonly fields: { readonly [name: string]: Projection } }

/** A relation to load for each row of a select. */
export interface Include {
  readonly name: string
  readonly cardinality: "many" | "one" | "option"
  /** The parent's columns that the relation starts from. */
  readonly parent: ReadonlyArray<Column>
  /** The child's (or the link's) columns that hold the parent's, in the same order. */
  readonly child: ReadonlyArray<Column>
  /** Reads the children; restricted to the parents' keys when it runs. */
  readonly select: Select
  /** Where `child` is found in `select`: the root of it, or a joined link. */
  readonly childRef: Ref
  /** At most so many children a parent. */
  readonly limit: number | undefined
  /** What is wrong with the relation. */
  readonly problem: ConfigurationError | undefined
}

/** Keeps the rows of a select's own table as they are until the transaction ends. */
export interface Lock {
  /** Against whom: all who change or lock them, or with `key` those alone who change or delete their keys. */
  readonly strength: "update" | "no key update" | "share" | "key share"
  /** What becomes of rows that somebody else has locked. */
  readonly locked: "wait" | "skip locked" | "nowait"
}

/** Several groupings at once: each expression is a set of its own but in `grouping sets`. */
export interface Grouping {
  readonly _tag: "Grouping"
  readonly kind: "rollup" | "cube" | "grouping sets"
  readonly sets: ReadonlyArray<ReadonlyArray<Expression>>
}

export interface Select {
  readonly _tag: "Select"
  readonly projection: Projection
  /** Whether rows that are the same come once, or by what rows are the same: then the first of them comes. */
  readonly distinct: boolean | ReadonlyArray<Expression>
  readonly from: Source
  readonly joins: ReadonlyArray<Join>
  readonly where: Expression | undefined
  readonly groupBy: ReadonlyArray<Expression | Grouping>
  readonly having: Expression | undefined
  readonly orderBy: ReadonlyArray<Order>
  readonly limit: Expression | undefined
  readonly offset: Expression | undefined
  readonly lock: Lock | undefined
  readonly includes: ReadonlyArray<Include>
  /** What stays undecoded until a field of it is read: the row, or the part of it that is called `row`. */
  readonly lazy: "row" | "part" | undefined
}

/** Stands for a column's default in a row to insert. */
export const Default: unique symbol = Symbol.for("effect-strata/Default")

export interface Insert {
  readonly _tag: "Insert"
  readonly table: Table
  readonly ref: Ref
  readonly columns: ReadonlyArray<Column>
  /** Stored values (see storage.ts), null, or `Default`; as long as `columns`. */
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
  readonly conflict: Conflict | undefined
  readonly returning: Projection | undefined
  /** Who runs it undoes all of it when it fails: a database need not see to that by itself, row by row. */
  readonly isUndone?: boolean
}

/** What to do when a row is there already. An empty `set` leaves it as it is. */
export interface Conflict {
  readonly target: ReadonlyArray<Column>
  readonly set: ReadonlyArray<Assignment>
}

export interface Assignment {
  readonly column: Column
  readonly value: Expression
}

export interface Update {
  readonly _tag: "Update"
  readonly table: Table
  readonly ref: Ref
  readonly set: ReadonlyArray<Assignment>
  readonly where: Expression | undefined
  readonly returning: Projection | undefined
}

export interface Delete {
  readonly _tag: "Delete"
  readonly table: Table
  readonly ref: Ref
  readonly where: Expression | undefined
  readonly returning: Projection | undefined
}

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
export type Step = CreateTable | CreateIndex | AddForeignKey | DropTables

/** Steps that belong together: all or none, where the database makes tables within a transaction. */
export interface Script {
  readonly _tag: "Script"
  readonly steps: ReadonlyArray<Step>
}

/** A whole statement. */
export type Statement = Select | Insert | Update | Delete | Script
