/**
 * Handlers as values: who is told or asked, and of what.
 */
import type * as Effect from "effect/Effect"
import type { Database } from "../Database.js"
import type * as Model from "../Model.js"
import type { CustomEvent } from "./custom.js"
import type { AnyEvent, BeforeKind, ChangeKind, EventOf, Kind, PatchOf, TransactionEvents } from "./events.js"

/**
 * All models, and with `begin`, `commit` and `rollback` the transactions.
 *
 * @since 0.1.0
 * @category models
 */
export interface All {
  readonly _tag: "All"
}

/**
 * All models of a database.
 *
 * @since 0.1.0
 * @category constructors
 */
export const all: All = { _tag: "All" }

declare const needsId: unique symbol

/**
 * A guard, a watcher or an after-commit handler, for `layer`; `R` is what it requires.
 *
 * @since 0.1.0
 * @category models
 */
export interface Handler<out R = never> {
  readonly role: "guard" | "watch" | "afterCommit"
  readonly name: string
  readonly [needsId]: R
}

/** A handler as it is kept. */
export interface Registered {
  readonly role: Handler["role"]
  readonly name: string
  readonly subject: unknown
  /** None of an event of the program's own. */
  readonly kinds: ReadonlyArray<string> | undefined
  readonly handle: (event: any) => Effect.Effect<unknown, unknown, Database>
}

export const isAll = (subject: unknown): subject is All => subject === all

/** The models of a subject; undefined where it is none of them. */
export const modelsOf = (subject: unknown): ReadonlyArray<Model.Any> =>
  Array.isArray(subject) ? subject as ReadonlyArray<Model.Any> : [subject as Model.Any]

/** Handlers of a role. Of an event of the program's own there are no kinds. */
const making = (role: Handler["role"]) =>
(
  name: string,
  subject: unknown,
  ...[first, second]: readonly [unknown, unknown?]
): any => {
  const [kinds, handle] = second === undefined ? [undefined, first] : [Array.isArray(first) ? first : [first], second]
  return { role, name, subject, kinds, handle: handle as Registered["handle"] } satisfies Registered
}

/** As a whole: of several effects that a function may give, the compiler would take the first one's errors and services for those of all. */
type AnyEffect = Effect.Effect<unknown, unknown, unknown>

type OneOrMore<A> = A | ReadonlyArray<A>

/**
 * Asked before writes: one that fails refuses the write, before anything is sent, and the program gets `Vetoed` with its error; one that gives some
 * columns changes these, and they are checked as the program's own are (ValidationError, which names the guard).
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Field, Model, Signals } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Schema.Int.pipe(Field.primaryKey),
 *   email: Schema.String
 * }, { table: "users" }) {}
 *
 * const lowerCase = Signals.guard("emails in lower case", User, "insert", ({ row }) =>
 *   Effect.succeed({ email: row.email.toLowerCase() })
 * )
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const guard: {
  <
    const M extends Model.Any,
    const K extends BeforeKind,
    X extends Effect.Effect<PatchOf<M, K> | void, unknown, unknown>
  >(
    name: string,
    models: OneOrMore<M>,
    kinds: OneOrMore<K>,
    check: (event: EventOf<M, K>) => X
  ): Handler<Effect.Effect.Context<X>>
  <const K extends BeforeKind, X extends Effect.Effect<undefined | void, unknown, unknown>>(
    name: string,
    models: All,
    kinds: OneOrMore<K>,
    check: (event: AnyEvent<K>) => X
  ): Handler<Effect.Effect.Context<X>>
} = making("guard")

/**
 * Told of writes, reads and transactions as they happen, and within the transaction that they are in. What it fails with is logged and stops nothing; in a
 * transaction what it has written itself is undone then.
 *
 * @since 0.1.0
 * @category constructors
 */
export const watch: {
  <const M extends Model.Any, const K extends Kind, X extends AnyEffect>(
    name: string,
    models: OneOrMore<M>,
    kinds: OneOrMore<K>,
    handle: (event: EventOf<M, K>) => X
  ): Handler<Effect.Effect.Context<X>>
  <const K extends Kind | keyof TransactionEvents, X extends AnyEffect>(
    name: string,
    models: All,
    kinds: OneOrMore<K>,
    handle: (event: AnyEvent<K>) => X
  ): Handler<Effect.Effect.Context<X>>
  <A, X extends AnyEffect>(
    name: string,
    event: CustomEvent<A>,
    handle: (payload: A) => X
  ): Handler<Effect.Effect.Context<X>>
} = making("watch")

/**
 * Told of what was done once it is committed: outside of transactions after the statement, else when the outermost transaction was committed. What it fails with
 * is logged.
 *
 * It is told of a row once a transaction, with the values that the transaction's last statement on the row gave it: a row that is inserted and then updated is
 * inserted, and one that is inserted and deleted is nothing. What a savepoint, a try or all of the transaction has undone is not told.
 *
 * @since 0.1.0
 * @category constructors
 */
export const afterCommit: {
  <const M extends Model.Any, const K extends ChangeKind, X extends AnyEffect>(
    name: string,
    models: OneOrMore<M>,
    kinds: OneOrMore<K>,
    handle: (event: EventOf<M, K>) => X
  ): Handler<Effect.Effect.Context<X>>
  <const K extends ChangeKind, X extends AnyEffect>(
    name: string,
    models: All,
    kinds: OneOrMore<K>,
    handle: (event: AnyEvent<K>) => X
  ): Handler<Effect.Effect.Context<X>>
  <A, X extends AnyEffect>(
    name: string,
    event: CustomEvent<A>,
    handle: (payload: A) => X
  ): Handler<Effect.Effect.Context<X>>
} = making("afterCommit")
