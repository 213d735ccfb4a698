/**
 * What handlers are told.
 */
import type * as Model from "../Model.js"
import type { About, BeforeEvents, Patches } from "../model/events.js"
import type { RowId } from "../Source.js"

type Values = { readonly [property: string]: unknown }

/** A set-based write that was done. */
type Done<E, K extends string> = Omit<E, "event"> & {
  readonly event: K
  /** How many rows it touched. */
  readonly affected: number
}

/**
 * What is told of the writes and reads of a model, by its kind: before a write, and after it with the rows as the database has them.
 *
 * @since 0.1.0
 * @category models
 */
export interface EventsOf<out Row, out I, out U, out Key> extends BeforeEvents<I, U, Key> {
  /** A row was inserted. */
  readonly inserted: About<"inserted"> & { readonly row: Row }
  /** The row of one key was updated. */
  readonly updated: About<"updated"> & { readonly row: Row }
  /** The row of one key was deleted: as it was before, but for `deletedAt` of one that is deleted softly. */
  readonly deleted: About<"deleted"> & { readonly row: Row }
  /** A row was inserted or updated. */
  readonly saved: About<"saved"> & { readonly row: Row; readonly created: boolean }
  /** Rows were read: once for each query and model. */
  readonly loaded: About<"loaded"> & { readonly rows: ReadonlyArray<Row> }
  readonly bulkInserted: Done<BeforeEvents<I, U, Key>["bulkInsert"], "bulkInserted">
  readonly bulkUpdated: Done<BeforeEvents<I, U, Key>["bulkUpdate"], "bulkUpdated">
  readonly bulkDeleted: Done<BeforeEvents<I, U, Key>["bulkDelete"], "bulkDeleted">
  readonly bulkSaved: Done<BeforeEvents<I, U, Key>["bulkSave"], "bulkSaved">
}

/**
 * A step of a transaction; savepoints are none.
 *
 * @since 0.1.0
 * @category models
 */
export interface TransactionEvents {
  /** It has begun: told within it, each time that it is tried. */
  readonly begin: { readonly event: "begin" }
  /** It is committed: told outside of it. */
  readonly commit: { readonly event: "commit" }
  /** A try of it is rolled back: told outside of it. */
  readonly rollback: { readonly event: "rollback" }
}

/**
 * What guards are asked about.
 *
 * @since 0.1.0
 * @category models
 */
export type BeforeKind = keyof Patches<unknown, unknown>

/**
 * What was done to rows.
 *
 * @since 0.1.0
 * @category models
 */
export type ChangeKind =
  | "inserted"
  | "updated"
  | "deleted"
  | "saved"
  | "bulkInserted"
  | "bulkUpdated"
  | "bulkDeleted"
  | "bulkSaved"

/**
 * What watchers can be told of a model.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind = BeforeKind | ChangeKind | "loaded"

/**
 * What is told of one of these models.
 *
 * @since 0.1.0
 * @category models
 */
export type EventOf<M extends Model.Any, K extends Kind> = M extends Model.Any
  ? EventsOf<M[typeof RowId], Model.Insert<M>, Model.Update<M>, Model.Key<M>>[K]
  : never

/**
 * What is told of any model, and of transactions.
 *
 * @since 0.1.0
 * @category models
 */
export type AnyEvent<K extends Kind | keyof TransactionEvents> =
  | EventsOf<object, Values, Values, unknown>[K & Kind]
  | TransactionEvents[K & keyof TransactionEvents]

/**
 * What a guard of these models may give in place of values.
 *
 * @since 0.1.0
 * @category models
 */
export type PatchOf<M extends Model.Any, K extends BeforeKind> = M extends Model.Any
  ? Patches<Model.Insert<M>, Model.Update<M>>[K]
  : never

/** The kinds after a write that are told of those before it. */
export const afterOf: { readonly [K in BeforeKind]: ChangeKind } = {
  insert: "inserted",
  update: "updated",
  delete: "deleted",
  save: "saved",
  bulkInsert: "bulkInserted",
  bulkUpdate: "bulkUpdated",
  bulkDelete: "bulkDeleted",
  bulkSave: "bulkSaved"
}

export const beforeKinds: ReadonlyArray<string> = Object.keys(afterOf)
export const changeKinds: ReadonlyArray<string> = Object.values(afterOf)
export const transactionKinds: ReadonlyArray<string> = ["begin", "commit", "rollback"]
