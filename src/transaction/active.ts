/**
 * A scope as the runner knows it: with its connection, its turns and its fate.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import type { TransactionError } from "../DbError.js"
import type { Connection } from "../Driver.js"
import { transactionError } from "./failures.js"
import { Mutex } from "./mutex.js"
import type { Options, TransactionScope } from "./scope.js"

/**
 * What became of a transaction before its end: the database, or a failed step, has settled it already.
 */
interface Ended {
  /** Whether its work took effect: a statement that commits by itself, as DDL does on MySQL. */
  readonly isKept: boolean
  readonly hint: string
}

/** What all scopes of one transaction share. */
export class Root {
  readonly connection: Connection
  readonly options: Options
  ended: Ended | undefined = undefined
  private savepoints = 0

  constructor(connection: Connection, options: Options) {
    this.connection = connection
    this.options = options
  }

  /** Names are never used twice in a transaction: a second of the same name would hide the first. */
  nextSavepoint(): string {
    this.savepoints++
    return `strata_${this.savepoints}`
  }

  /** Whether the connection still has the transaction, so that there is something to send to it. */
  isAlive(): boolean {
    return this.connection.isInTransaction() && !this.connection.isBroken()
  }

  /** After each statement: databases end a transaction on their own, on a deadlock or with DDL. */
  observe(isSuccess: boolean): void {
    if (this.ended !== undefined || this.isAlive()) return
    this.ended = isSuccess && !this.connection.isBroken()
      ? { isKept: true, hint: "an earlier statement of it committed it, as DDL does on this database" }
      : {
        isKept: false,
        hint: "the database rolled all of it back when an earlier statement failed: let that failure end it"
      }
  }

  /** A savepoint could not be undone: what the transaction holds now is not what the program believes. */
  spoil(): void {
    this.ended ??= { isKept: false, hint: "a savepoint in it could not be rolled back, so all of it is" }
  }
}

/** What runs after the end. */
interface Callbacks {
  readonly afterCommit: Array<Effect.Effect<void>>
  readonly afterRollback: Array<Effect.Effect<void>>
}

/** An open transaction or savepoint. */
export class ActiveScope implements TransactionScope {
  readonly root: Root
  readonly parent: ActiveScope | undefined
  readonly depth: number
  readonly mutex = new Mutex()
  readonly callbacks: Callbacks = { afterCommit: [], afterRollback: [] }
  /** `kept` and `undone` are final; of an `unknown` one nobody can tell. */
  fate: "open" | "ending" | "kept" | "undone" | "unknown" = "open"
  private readonly innermost: FiberRef.FiberRef<ActiveScope | undefined>

  constructor(root: Root, parent: ActiveScope | undefined, innermost: FiberRef.FiberRef<ActiveScope | undefined>) {
    this.root = root
    this.parent = parent
    this.depth = parent === undefined ? 0 : parent.depth + 1
    this.innermost = innermost
  }

  isOpen(): boolean {
    return this.fate === "open"
  }

  /** Lends the connection for one piece of work, as the only one that uses it. */
  use<A, E, R>(work: (connection: Connection) => Effect.Effect<A, E, R>): Effect.Effect<A, E | TransactionError, R> {
    return Effect.flatMap(this.here, (scope) => scope.turn(work))
  }

  /**
   * The scope that this fiber is in. It is another one than `this` where a context that was captured outside of a savepoint
   * is used inside it: waiting for the savepoint's end would then be waiting for oneself.
   */
  readonly here: Effect.Effect<ActiveScope> = Effect.suspend(() =>
    this.mutex.isHeld()
      ? Effect.map(FiberRef.get(this.innermost), (inside) => inside?.isOpen() && inside.isWithin(this) ? inside : this)
      : Effect.succeed(this)
  )

  /** Why nothing can be done in this scope any more, if so. */
  refusal(): TransactionError | undefined {
    if (!this.isOpen()) {
      return transactionError(
        "ownership",
        "rolledBack",
        "nothing was sent: let the transaction wait for this fiber, or give the fiber a transaction of its own"
      )
    }
    const { ended } = this.root
    return ended === undefined
      ? undefined
      : transactionError("ownership", "rolledBack", `nothing was sent: ${ended.hint}`)
  }

  /** Ends the scope: who still waits for a turn is refused, and who has one finishes first. */
  end<A, E>(last: Effect.Effect<A, E>): Effect.Effect<A, E> {
    return Effect.suspend(() => {
      this.fate = "ending"
      return this.mutex.run(last)
    })
  }

  /** The savepoint's work is now its parent's, and so is what waits for the commit. */
  handOver(parent: ActiveScope): void {
    this.fate = "kept"
    parent.callbacks.afterCommit.push(...this.callbacks.afterCommit)
    parent.callbacks.afterRollback.push(...this.callbacks.afterRollback)
  }

  afterCommit(effect: Effect.Effect<void>): Effect.Effect<void> {
    return Effect.suspend(() => this.register("afterCommit", effect))
  }

  afterRollback(effect: Effect.Effect<void>): Effect.Effect<void> {
    return Effect.suspend(() => this.register("afterRollback", effect))
  }

  /** A fiber that outlived its scope may come late: then the scope's fate decides. */
  private register(when: keyof Callbacks, effect: Effect.Effect<void>): Effect.Effect<void> {
    if (this.fate === "open" || this.fate === "ending") {
      this.callbacks[when].push(effect)
      return Effect.void
    }
    if (this.fate === "kept") {
      if (this.parent !== undefined) return this.parent.register(when, effect)
      return when === "afterCommit" ? effect : Effect.void
    }
    return this.fate === "undone" && this.parent === undefined && when === "afterRollback" ? effect : Effect.void
  }

  private turn<A, E, R>(
    work: (connection: Connection) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | TransactionError, R> {
    return this.mutex.run(
      Effect.suspend((): Effect.Effect<A, E | TransactionError, R> => {
        const refused = this.refusal()
        return refused === undefined ? work(this.root.connection) : Effect.fail(refused)
      }),
      this.observe
    )
  }

  private readonly observe = (isSuccess: boolean): void => {
    if (this.isOpen()) this.root.observe(isSuccess)
  }

  private isWithin(outer: ActiveScope): boolean {
    return this === outer || (this.parent?.isWithin(outer) ?? false)
  }
}
