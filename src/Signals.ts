/**
 * Who is asked before writes and told of them, as a Layer around a database:
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Database, Field, Model, Signals } from "effect-strata"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Schema.Int.pipe(Field.primaryKey),
 *   age: Schema.Int
 * }, { table: "users" }) {}
 *
 * const SignalsLive = Signals.layer(
 *   Signals.guard("adults only", User, "insert", ({ row }) => row.age < 18 ? Effect.fail("too young") : Effect.void),
 *   Signals.watch("count", User, "saved", ({ created }) => Effect.log(created ? "a new user" : "a changed user")),
 *   Signals.afterCommit("welcome", User, "inserted", ({ row }) => Effect.log(`welcome, ${row.id}`))
 * )
 *
 * const DatabaseLive = Sqlite.layer({ filename: ":memory:" }).pipe(Database.with(SignalsLive))
 * ```
 *
 * A guard may refuse a write or change its values; a watcher sees it, in its transaction, and stops nothing; an after-commit handler and `stream` are told of what
 * is committed. What a statement is about is told by the statement alone: an `insert` or an `upsert`, an update or a delete whose condition has the whole
 * primary key is about a row, everything else about a set, of which is told once.
 *
 * @since 0.1.0
 */
export { channel, emit, Lagged, Signals, stream } from "./signals/channel.js"
export type { StreamOptions } from "./signals/channel.js"
export { event } from "./signals/custom.js"
export type { CustomEvent } from "./signals/custom.js"
export type {
  AnyEvent,
  BeforeKind,
  ChangeKind,
  EventOf,
  EventsOf,
  Kind,
  PatchOf,
  TransactionEvents
} from "./signals/events.js"
export { afterCommit, all, guard, watch } from "./signals/handlers.js"
export type { All, Handler } from "./signals/handlers.js"
export { layer, layerWith } from "./signals/layer.js"
export type { Options } from "./signals/layer.js"
export { TooDeep } from "./signals/running.js"
