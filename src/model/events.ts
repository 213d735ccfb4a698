/**
 * What guards and watchers are told before a write.
 */
import type * as Effect from "effect/Effect"
import type { Statement } from "../sql/statement.js"

/**
 * Of which model a write is.
 *
 * @since 0.1.0
 * @category models
 */
export interface About<out K extends string> {
  /** What it is: `insert`, `updated`… */
  readonly event: K
  /** The model's identifier. */
  readonly model: string
  readonly table: string
}

/**
 * What is told before a write, by its kind: `I` is what an insert takes, `U` what an update takes, `Key` the primary key. Values are those that the row
 * will have: typed, with what Strata fills in.
 *
 * @since 0.1.0
 * @category models
 */
export interface BeforeEvents<out I, out U, out Key> {
  /** One row is inserted. */
  readonly insert: About<"insert"> & { readonly row: I }
  /** The row of one key is updated. */
  readonly update: About<"update"> & {
    readonly key: Key
    /** What is set, as far as it is known before. */
    readonly changes: U
    /** The columns that the database works out: those set by expressions. */
    readonly computed: ReadonlyArray<string>
  }
  /** The row of one key is deleted. */
  readonly delete: About<"delete"> & { readonly key: Key }
  /** One row is inserted, updated or upserted. */
  readonly save: About<"save"> & {
    readonly operation: "insert" | "update" | "upsert"
    /** Of an update. */
    readonly key?: Key
    readonly values: Partial<I> & U
    /** Of an upsert: what its `set` gives to a row that is there in place of `values`, as far as it is known before. */
    readonly changes?: U
    /** The columns that the database works out; of an upsert those that its `set` gives by expressions. */
    readonly computed: ReadonlyArray<string>
  }
  /** Several rows are inserted, or those of a query. */
  readonly bulkInsert: About<"bulkInsert"> & {
    /** Undefined where a query gives them. */
    readonly rows: ReadonlyArray<I> | undefined
    readonly statement: Statement
  }
  /** Rows are updated by a condition, or several by their keys. */
  readonly bulkUpdate: About<"bulkUpdate"> & {
    /** What is set in all of them, as far as it is known before. */
    readonly changes: U
    readonly computed: ReadonlyArray<string>
    /** Of `updateMany`: each with its key. */
    readonly rows: ReadonlyArray<U> | undefined
    /** With its condition; `print` of the database gives its text. */
    readonly statement: Statement
  }
  /** Rows are deleted by a condition. */
  readonly bulkDelete: About<"bulkDelete"> & { readonly statement: Statement }
  /** Several rows are inserted, updated or upserted. */
  readonly bulkSave: About<"bulkSave"> & {
    readonly operation: "insert" | "update" | "upsert"
    readonly rows: ReadonlyArray<Partial<I> & U> | undefined
    /** Of an update what is set in all of its rows; of an upsert what its `set` gives to rows that are there, in place of `rows`. */
    readonly changes?: U
    readonly computed?: ReadonlyArray<string>
    readonly statement: Statement
  }
}

/**
 * What a guard may give in place of values, by the kind of write: some columns, which are checked as the program's are.
 *
 * @since 0.1.0
 * @category models
 */
export interface Patches<out I, out U> {
  readonly insert: Partial<I>
  readonly update: U
  /** It has no values, and `void` would take any. */
  readonly delete: undefined
  readonly save: Partial<I> | U
  /** One for each row. */
  readonly bulkInsert: ReadonlyArray<Partial<I>>
  readonly bulkUpdate: U
  readonly bulkDelete: undefined
  /** Of inserts one for each row. */
  readonly bulkSave: ReadonlyArray<Partial<I> | U> | U
}

/**
 * A guard of a model's own: asked before its writes with every database, and refuses them with its own error. `X` is the effect that it gives, which is
 * inferred as a whole: else the first one's error would be taken for that of all.
 *
 * @since 0.1.0
 * @category models
 */
export type Guard<I, U, Key, X> = {
  [K in keyof Patches<I, U>]: {
    readonly name: string
    readonly on: K
    readonly check: (event: BeforeEvents<I, U, Key>[K]) => X & Effect.Effect<Patches<I, U>[K] | void, unknown>
  }
}[keyof Patches<I, U>]

/** What guards refuse with, of the effects that they give. */
export type RefusalOf<X> = X extends Effect.Effect<any, infer E, any> ? E : never
