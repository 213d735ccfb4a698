/**
 * A database's way of SQL: a form to fill in. Shared code never asks for a dialect's name; it asks for a capability or calls
 * the dialect's printer.
 *
 * @since 0.1.0
 */
import type * as Capability from "./Capability.js"
import type { Plan } from "./Plan.js"
import type {
  Bounds,
  Delete,
  Expression,
  Grouping,
  InnerJoin,
  Insert,
  Listed,
  Lock,
  Order,
  Ref,
  SearchIndex,
  Select,
  Source,
  Table,
  Update,
  Values,
  Window
} from "./sql/ast.js"
import type { Codecs, Storage, Stored, ValueType } from "./sql/storage.js"
import type { Writer } from "./sql/writer.js"

/**
 * What the call of an aggregate or a window function has beside its arguments.
 *
 * @since 0.1.0
 * @category models
 */
export interface FunctionCall {
  /** Whether it takes each value once; then an order is one of the values themselves. */
  readonly distinct: boolean
  readonly orderBy: ReadonlyArray<Order>
  /** Which of the values it keeps; only where tables cannot be correlated. */
  readonly bounds: Bounds | undefined
  /** What it is over. */
  readonly window: Window | undefined
  /** Prints the order, or nothing: after the arguments, within the parentheses. */
  readonly order: () => void
  /** Prints what follows the parentheses, the filter and the window, where more follows that; else it comes last by itself. */
  readonly end: () => void
}

/**
 * Prints one operator: the arguments are not yet printed. Of an aggregate or a window function it is told of the call.
 *
 * @since 0.1.0
 * @category models
 */
export type OperatorPrinter = (
  writer: Writer,
  args: ReadonlyArray<Expression>,
  type: ValueType,
  call?: FunctionCall
) => void

/**
 * The form of a database. What a server's version decides is filled in when the driver connects.
 *
 * @since 0.1.0
 * @category models
 */
export interface Dialect {
  /** The stable OpenTelemetry name of the system: `sqlite`, `postgresql`, `mysql`, `mariadb`. */
  readonly name: string
  /** Quotes one identifier, whatever it holds. */
  readonly quote: (identifier: string) => string
  /** The placeholder of the n-th parameter, counted from 1; its type, where it is known, for databases that must be told. */
  readonly placeholder: (index: number, type: ValueType | undefined) => string
  /** The quotes of strings in which a backslash takes the next character as it is; none if missing. */
  readonly escapingQuotes?: string
  /** How many parameters one statement takes. */
  readonly maxParameters: number
  /** How many rows of an insert go in one statement at the most, where more of them are no faster. */
  readonly rowsPerInsert: number
  /** How many bytes (or characters) an identifier may have. */
  readonly maxIdentifier: number
  /** What it can do that some cannot, as programs require it. */
  readonly provides: ReadonlySet<Capability.Name>
  readonly capabilities: Capabilities
  /** Printers of the operators that differ, by the operator's name (see expr/). */
  readonly operators: { readonly [operator: string]: OperatorPrinter }
  readonly codecs: Codecs
  /** From what JSON has for a value within the rows that its aggregates put together to the stored one; throws `InvalidValue`. */
  readonly fromJson: (json: unknown, storage: Storage) => Stored
  readonly print: Printers
  readonly plan: PlanForm
  /** DDL that differs. */
  readonly ddl: DdlForm
}

/**
 * What a dialect can do; false is emulated or refused as unsupported, never ignored.
 *
 * @since 0.1.0
 * @category models
 */
export interface Capabilities {
  readonly insertReturning: boolean
  readonly updateReturning: boolean
  readonly deleteReturning: boolean
  /** Whether the count and the RETURNING of an upsert leave out rows that it left as they were. */
  readonly upsertOmits: boolean
  /** Whether RETURNING can tell new rows (the operator `isNew`). */
  readonly returningTellsNew: boolean
  /** `DEFAULT` as one of the values of an insert. */
  readonly defaultAsValue: boolean
  /** `aggregate(…) filter (where …)`. */
  readonly aggregateFilter: boolean
  /** Whether a table in a subquery can use the columns of the selects around it; without, aggregates take a limit (`FunctionCall.bounds`). */
  readonly correlatedTables: boolean
  readonly partialIndexes: boolean
  readonly expressionIndexes: boolean
  /** Whether DDL is part of a transaction. */
  readonly transactionalDdl: boolean
}

/**
 * The printers without a default.
 *
 * @since 0.1.0
 * @category models
 */
export interface Printers {
  /** One term of an order: NULLs where `nulls` says. */
  readonly order: (writer: Writer, order: Order) => void
  /** `limit … offset …`, either may be missing. */
  readonly limit: (writer: Writer, select: Select) => void
  /** Prints a source whose rows may be missing in a join, where the database needs it in another form; false where it does not. */
  readonly missingRows?: (writer: Writer, source: Source) => boolean
  /** `rollup (…)` and its like, told whether it is all that a select groups by. */
  readonly grouping: (writer: Writer, grouping: Grouping, isAlone: boolean) => void
  /**
   * `for update …`: of the rows of some sources alone, and not of those that are joined to them. Missing where a transaction that writes has the
   * whole database to itself, so that no row can be locked by another.
   */
  readonly lock?: (writer: Writer, select: Select, lock: Lock) => void
  /** `on conflict …` or `on duplicate key update …`. */
  readonly conflict: (writer: Writer, insert: Insert) => void
  /** The value that an upsert would have inserted. */
  readonly inserted: (writer: Writer, column: string) => void
  /** An insert of one row of defaults only: what follows the table's name. */
  readonly defaultValues: string
  /** The words of an insert that is undone by who runs it when it fails, where others than usual are faster. */
  readonly insertUndone?: string
  /**
   * `left in (…)` for more rows than an IN list should have: all of them in one parameter a column (array, JSON), so that
   * one statement does whatever their number. Values are stored values. Prints the parenthesised select after `in`.
   */
  readonly manyRows: (
    writer: Writer,
    types: ReadonlyArray<ValueType>,
    rows: ReadonlyArray<ReadonlyArray<unknown>>
  ) => void
  /** A select of a list of rows, whose columns have these names: in one parameter a column, or all of them in one. */
  readonly listed: (writer: Writer, columns: Listed["columns"], rows: Listed["rows"]) => void
  /** An update of a table beside others, without what it returns; `assign` prints what it sets, the columns with their table if asked. */
  readonly joinedUpdate: (writer: Writer, joined: Joined, assign: (withTable: boolean) => void) => void
  readonly joinedDelete: (writer: Writer, joined: Joined) => void
  /**
   * What an update sets, in the order in which each value is that of the row before it, where the database assigns one by one and reads what it has
   * assigned; missing where it reads all first.
   */
  readonly assignments?: (writer: Writer, set: Update["set"], ref: Ref) => Update["set"]
  /** What follows an update whose new values are read from the table itself, so that all of them are read before one is written. */
  readonly readFirst?: string
  /** How a query within such a statement reads the table that this changes, where the database refuses to by itself; undefined where not. */
  readonly ownTable?: (statement: Update | Delete) => ((writer: Writer, table: Table) => void) | undefined
  /** Lists of values that are one parameter. Missing where each value is one, up to the number at which they go by `manyRows`. */
  readonly list?: ListForm
  readonly cast: (writer: Writer, expression: Expression, type: ValueType) => void
  /** A select of a list of rows, at least one, whose columns have these names. */
  readonly values: (
    writer: Writer,
    columns: Values["columns"],
    row: (values: ReadonlyArray<unknown>) => void,
    rows: Values["rows"]
  ) => void
  /**
   * What a window after the first of its select begins with, made of its parts and their order as printed (which may be nothing) and of the number of
   * such a beginning, from 1 on: equal ones have one number. For a database that sorts windows together which it should not. Missing where none does.
   */
  readonly windowApart?: (start: string, number: number) => string
  /** The words between a common table expression's name and its query, told whether it is to be worked out by itself. */
  readonly materialized?: (isWanted: boolean) => string
  /** Whether a plain select is safe beside a set operator as it is, else it stands there as a derived table; missing where each is. */
  readonly standsBare?: (select: Select) => boolean
  /**
   * A value that an update assigns to a column, where it may have to be put into the column's form first (SQLite keeps decimals as
   * scaled integers or text); without it the value is printed as an operand.
   */
  readonly assigned?: (writer: Writer, value: Expression, column: ValueType) => void
  /**
   * Whether an expression is certainly in the form that columns of its type have; one that is not is put there by `assigned` where it becomes a column
   * of a query that others read. Missing where a type has one form.
   */
  readonly isKept?: (expression: Expression) => boolean
}

/**
 * The table of an update or a delete with the sources beside it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Joined {
  readonly table: Table
  readonly ref: Ref
  readonly joins: ReadonlyArray<InnerJoin>
  /** What is asked beside the conditions of the joins. */
  readonly where: Expression | undefined
}

/**
 * A list of values in one parameter, so that lists of all lengths have one text.
 *
 * @since 0.1.0
 * @category models
 */
export interface ListForm {
  /** Whether values of a type can be in one. */
  readonly holds: (storage: Storage) => boolean
  /** As the driver binds it, of stored values; throws `InvalidValue`. */
  readonly encode: (values: ReadonlyArray<unknown>, storage: Storage) => unknown
  /** That what stands before it is one of the values, with the n-th parameter, counted from 1: ` = any($1::integer[])`. */
  readonly among: (index: number, type: ValueType) => string
}

/**
 * How much of a column a key can hold, where a column without a limit of its own cannot be part of one.
 *
 * @since 0.1.0
 * @category models
 */
export interface KeyLimits {
  /** How many characters or bytes of an unlimited column fit beside the others of its key; undefined for a column that fits whole. */
  readonly lengthOf: (type: ValueType, key: ReadonlyArray<ValueType>) => number | undefined
  /** The column type with such a limit: `varchar(768)`. */
  readonly limited: (type: ValueType, length: number) => string
}

/**
 * How plans are asked for and read.
 *
 * @since 0.1.0
 * @category models
 */
export interface PlanForm {
  /** What stands before the statement; without `analyze` the database tells nothing of how its steps ran. */
  readonly words: { readonly explain: string; readonly analyze: string | undefined }
  readonly read: (rows: ReadonlyArray<ReadonlyArray<unknown>>) => Pick<Plan, "root" | "time">
}

/**
 * An index for search, its names quoted.
 *
 * @since 0.1.0
 * @category models
 */
export interface SearchIndexParts {
  /** Its name with something after it. */
  readonly name: (suffix: string) => string
  /** `"schema".`, or nothing. */
  readonly schema: string
  readonly table: string
  readonly columns: ReadonlyArray<string>
  /** The primary key if it is one whole number. */
  readonly key: string | undefined
  /** `if not exists `, or nothing. */
  readonly condition: string
}

/**
 * How indexes for search are made and dropped.
 *
 * @since 0.1.0
 * @category models
 */
export interface SearchForm {
  /** What stands within `create table`. */
  readonly inTable?: (parts: SearchIndexParts) => ReadonlyArray<string>
  /** What follows it. */
  readonly create: (parts: SearchIndexParts) => ReadonlyArray<string>
  /** What does not go with the table, told the quoted name: where there is none it is passed over. */
  readonly drop: (index: SearchIndex, name: string) => ReadonlyArray<string>
}

/**
 * How tables are written.
 *
 * @since 0.1.0
 * @category models
 */
export interface DdlForm {
  /** Which of the types that `Field.columnType` was given is meant: `postgres`. */
  readonly ownType: string
  /** The whole type and key clause of a generated integer key: `integer primary key autoincrement`. */
  readonly generatedKey: (
    type: ValueType
  ) => { readonly type: string; readonly suffix: string; readonly isPrimaryKey: boolean }
  /** What follows a column's type for a text column, so that it compares by code point: ` collate "C"`. */
  readonly collate: string
  /** What follows the closing parenthesis of a table: ` engine=innodb …`. */
  readonly tableSuffix: string
  /** `check (json_valid(column))` and the like, beyond the model's own checks and lists of values. */
  readonly storageCheck: (column: string, type: ValueType) => string | undefined
  /** A literal in DDL, where no parameter can stand: for default values and checks. */
  readonly literal: (value: unknown, type: ValueType) => string
  /** A computed column: `generated always as (…) stored not null`. */
  readonly computed: (expression: string, nullable: boolean) => string
  /** Limits of unlimited columns in keys; missing where keys have none. */
  readonly keys?: KeyLimits
  /** Whether indexes are part of `create table`, as where `create index if not exists` is missing. */
  readonly inlineIndexes: boolean
  /**
   * A hidden column that is NULL in rows that were deleted and never in others, given its quoted name and that of the column which says when: for what
   * is unique among rows that live, where there are no partial indexes.
   */
  readonly livingColumn?: (name: string, deletedAt: string) => string
  /** Whether a foreign key can be added to an existing table (for references in a ring); without, it can name a table to come. */
  readonly alterAddForeignKey: boolean
  /** The same unless it is there already, given `foreign key (…) references …`; undefined where the database cannot. */
  readonly addMissingForeignKey: ((table: string, name: string, clause: string) => string) | undefined
  /** Whether foreign keys can be checked at COMMIT. */
  readonly deferredForeignKeys: boolean
  /** Whether a foreign key can put the column's default. */
  readonly setDefault: boolean
  /** Missing where there are no indexes for search. */
  readonly search?: SearchForm
  /** Drops tables that refer to each other in a ring, given the quoted names of the tables and of the references that close it. */
  readonly dropRing: (
    tables: ReadonlyArray<string>,
    keys: ReadonlyArray<{ readonly table: string; readonly name: string }>,
    ifExists: boolean
  ) => ReadonlyArray<string>
}
