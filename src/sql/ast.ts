/**
 * The statement tree: plain readonly tagged data, no functions.
 *
 * Combinators build it, printers read it. A source is known by the identity of its `Ref`, so one query can stand in a statement
 * several times, and a subquery can refer to the columns around it; printers give each its alias.
 */
import type * as Capability from "../Capability.js"
import type { ConfigurationError, ValidationError } from "../DbError.js"
import type { Cached } from "./cached.js"
import type { Constraint, Guard } from "./constraints.js"
import type { ValueType } from "./storage.js"

export type { Constraint, Guard } from "./constraints.js"

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
  /** What a write puts there where its input says nothing. */
  readonly filled?: { readonly by: "clock" | "actor" | "version"; readonly when: "insert" | "insert and update" }
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
  /** What can be searched for words by an index. */
  readonly searches: ReadonlyArray<SearchIndex>
  /** When a row that is kept was deleted; NULL in those that live, which statements are about unless they say otherwise. */
  readonly deletedAt?: Column | undefined
  /** The rows that are deleted with those of this table, and come back with them. */
  readonly cascades?: () => ReadonlyArray<Cascade>
  /** The rows of other tables that its rows refer to, as its model says. */
  readonly references?: () => ReadonlyArray<Reference>
  /** Who is asked before its rows are written; undefined for nobody. */
  readonly guards?: ReadonlyArray<Guard>
}

/** That the rows of a table refer to rows of another one, and whether the database changes them with those. */
export interface Reference {
  readonly table: Table
  readonly changesWithTarget: boolean
}

/** Rows of another table, whose columns `child` hold the columns `parent` of a row. */
export interface Cascade {
  readonly table: Table
  readonly parent: ReadonlyArray<Column>
  readonly child: ReadonlyArray<Column>
}

/** Rows of a table whose deleted rows are kept, where it is not those that live. */
export type Rows = "all" | "deleted"

/** An index of the words of some columns. */
export interface SearchIndex {
  readonly name: string
  readonly columns: ReadonlyArray<Column>
  /** The primary key if it is one whole number of the table's own type. */
  readonly key: Column | undefined
}

/** How an operator is printed unless a dialect says otherwise. `name` is what a dialect overrides. */
export type Operator =
  & {
    readonly name: string
    /** What a database must have for it. */
    readonly requires?: Capability.Name
    /** What it must have for it over a window. */
    readonly requiresOver?: Capability.Name
  }
  & (
    | { readonly form: "infix" | "prefix" | "postfix" | "function"; readonly text: string }
    | { readonly form: "dialect" }
  )

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
  /** The place of a parameter of a prepared query: `make` says what stands there once there is a value. */
  | {
    readonly _tag: "Given"
    readonly parameter: Given
    readonly make: (value: unknown) => Expression
    readonly type: ValueType
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
    /** In what order it takes the values. */
    readonly orderBy: ReadonlyArray<Order>
    readonly filter: Expression | undefined
    /** Which of the values in their order it keeps, where the dialect's aggregates can. */
    readonly bounds?: Bounds
    readonly type: ValueType
  }
  | {
    readonly _tag: "Case"
    readonly branches: ReadonlyArray<{ readonly when: Expression; readonly then: Expression }>
    readonly otherwise: Expression | undefined
    readonly type: ValueType
  }
  | { readonly _tag: "Cast"; readonly expression: Expression; readonly type: ValueType }
  | { readonly _tag: "Collate"; readonly expression: Expression; readonly names: Collations; readonly type: ValueType }
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
  /** What the database puts into a column about which an insert says nothing; `declared` is what the model says of it. */
  | {
    readonly _tag: "ColumnDefault"
    readonly column: Column
    readonly declared: Expression | undefined
    readonly type: ValueType
  }
  /** In the form of a column of its type, where a dialect has several forms of one type. */
  | { readonly _tag: "InForm"; readonly expression: Expression; readonly type: ValueType }

/** At most so many, after so many that are left out. */
export interface Bounds {
  readonly limit: number
  readonly offset: number
}

/** A parameter of a prepared query, known by its identity. */
export interface Given {
  readonly name: string
}

/** The name of a collation, by the dialect's name as `Field.columnType` has it. */
export interface Collations {
  readonly [dialect: string]: string | undefined
}

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
  | { readonly _tag: "TableSource"; readonly ref: Ref; readonly table: Table; readonly rows?: Rows }
  | {
    readonly _tag: "DerivedSource"
    readonly ref: Ref
    readonly body: Body
    /** Whether it may use the columns of the sources before it. */
    readonly lateral: boolean
  }
  | { readonly _tag: "CteSource"; readonly ref: Ref; readonly cte: Cte }
  /** A call that gives rows, as the elements of an array, of the sources before it. */
  | { readonly _tag: "ElementsSource"; readonly ref: Ref; readonly of: Expression }

export const isSource = (part: Expression | Source): part is Source =>
  part._tag === "TableSource" || part._tag === "DerivedSource" || part._tag === "CteSource"

/** Rows that are read as a table: those of a query, of two of them together, or a list. */
export type Body = Select | Compound | Values | Listed | Written

/** Rows of a statement of the caller's own: `strings` is copied, each `args` entry printed between two of them. Of a source that is its name. */
export interface Written {
  readonly _tag: "Written"
  readonly strings: ReadonlyArray<string>
  readonly args: ReadonlyArray<Expression | Source>
}

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

/** A list of rows of stored values (see storage.ts), which go in as few parameters as the dialect can. */
export interface Listed {
  readonly _tag: "Listed"
  readonly columns: ReadonlyArray<Column>
  /** Each as long as `columns`. */
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
  /** So many children a parent are left out first. */
  readonly offset: number | undefined
  /** What children carry beside their own, by name. */
  readonly beside: { readonly [name: string]: Projection }
  /** The place within `select` of a condition on whose rows it reads, where it cannot be told from outside. */
  readonly parents: Given | undefined
  /** By a statement of its own, or within the statement of its parents. */
  readonly strategy: "select" | "join"
  /** What is wrong with the relation. */
  readonly problem: ConfigurationError | undefined
}

/** Keeps the rows of a select's own table as they are until the transaction ends. */
export interface Lock {
  /** Against whom: all who change or lock them, or with `key` those alone who change or delete their keys. */
  readonly strength: "update" | "no key update" | "share" | "key share"
  /** What becomes of rows that somebody else has locked. */
  readonly locked: "wait" | "skip locked" | "nowait"
  /** The sources whose rows they are; the select's own table if undefined. */
  readonly of: ReadonlyArray<Ref> | undefined
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
  /** Whether a cache is to keep what it gives; undefined leaves it to the cache. Databases are told nothing of it. */
  readonly cached?: Cached | undefined
  /** How it was made of a prepared query. */
  readonly filled?: Filled
}

/** A prepared query with values in it. */
export interface Filled {
  /** The select that was made so: a copy of it with other clauses holds it still. */
  readonly select: Select
  /** What it was made of. */
  readonly template: Select
  /** What stands in the places of parameters, in the order of places. */
  readonly made: ReadonlyArray<Expression>
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
  /** Whether it was said of a set of rows, however many these are. */
  readonly many?: boolean
  /** Where its rows come from if they are not `rows`: a part of its row for each of `columns`, in their order. */
  readonly from?: Select
}

/** What to do when a row is there already. An empty `set` leaves it as it is. */
export interface Conflict {
  readonly target: ReadonlyArray<Column>
  /** Whether the target is unique among rows that live alone. */
  readonly ofLiving?: boolean
  readonly set: ReadonlyArray<Assignment>
  /** Only rows for which it holds are changed. */
  readonly where?: Expression
  /** Whether `returning` is a record of the `row` that was inserted or changed, and of whether it `isNew`. */
  readonly tellsNew?: boolean
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
  readonly joins?: ReadonlyArray<InnerJoin>
  /** A row of values for each row to change, by its key. */
  readonly each?: Each
  readonly rows?: Rows
  /** What comes back with rows that were deleted. */
  readonly restores?: ReadonlyArray<Following>
}

export interface Delete {
  readonly _tag: "Delete"
  readonly table: Table
  readonly ref: Ref
  readonly where: Expression | undefined
  readonly returning: Projection | undefined
  readonly joins?: ReadonlyArray<InnerJoin>
  readonly rows?: Rows
  /** What is set in the rows, which stay. */
  readonly instead?: Change
}

/** What is set in rows that are deleted and kept, or come back; `ref` is the use of their table whose columns it reads. */
export interface Change {
  readonly ref: Ref
  readonly set: ReadonlyArray<Assignment>
  /** What goes or comes back with them; where tables hold on to each other, it holds itself. */
  readonly follow: ReadonlyArray<Following>
}

/** The rows that hold the key of a row, and what is set in them. */
export interface Following extends Cascade {
  readonly change: Change
}

/** A source beside the table of an update or a delete. */
export interface InnerJoin {
  readonly source: Source
  readonly on: Expression
}

/** The rows of an update that sets other values in each. */
export interface Each {
  readonly ref: Ref
  readonly keys: ReadonlyArray<Column>
  readonly list: Listed
  /** The place of its first row among all that were given. */
  readonly first: number
}
