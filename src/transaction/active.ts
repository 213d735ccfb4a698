/**
 * A scope as the runner knows it: with its connection, its turns and its fate.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import type { TransactionError } from "../DbError.js"
import type { Connection } from "../Driver.js"
import { kindOf, metBy } from "./conflicts.js"
import type { Met } from "./conflicts.js"
import { isDefinition } from "./control.js"
import { transactionError } from "./failures.js"
import { Mutex } from "./mutex.js"
import type { Opening } from "./opening.js"
import type { Fate, Options, TransactionScope } from "./scope.js"

/**
 * What became of a transaction before its end: the database, or a failed step, has settled it already.
 */
interface Ended {
  readonly state: "committed" | "rolledBack" | "unknown"
  readonly hint: string
}

const committed: Ended = {
  state: "committed",
  hint: "an earlier statement of it committed it, as DDL does on this database"
}
const rolledBack: Ended = {
  state: "rolledBack",
  hint: "the database rolled all of it back when an earlier statement failed: let that failure end it"
}
const unknown: Ended = {
  state: "unknown",
  hint: "an earlier statement of it ended it, and whether that was a commit is not known: look at the data"
}

/** What all scopes of one transaction share. */
export class Root {
  /** Another one after `opening`, where the first was lost. */
  connection: Connection
  /** Until BEGIN has been sent, where it goes with the first work. */
  opening: Opening | undefined
  readonly options: Options
  ended: Ended | undefined = undefined
  /** The conflict that it suffers from, if any: gone as soon as a statement works again. */
  met: Met | undefined = undefined
  private readonly commitsDefinitions: boolean
  private savepoints = 0

  constructor(connection: Connection, options: Options, commitsDefinitions: boolean, opening: Opening | undefined) {
    this.connection = connection
    this.opening = opening
    this.options = options
    this.commitsDefinitions = commitsDefinitions
  }

  /** Runs work on the connection, in its turn. */
  use<A, E, R>(
    work: (connection: Connection) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | TransactionError, R> {
    return this.opening === undefined ? work(this.connection) : this.opening.run(this, work)
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
  observe(cause: Cause.Cause<unknown> | undefined, text: string | undefined): void {
    if (this.ended !== undefined) return
    this.met = cause === undefined ? undefined : metBy(cause, this.met)
    if (!this.isAlive()) this.ended = this.endBy(cause, text)
  }

  /** A savepoint could not be undone: what the transaction holds now is not what the program believes. */
  spoil(): void {
    this.ended ??= { state: "rolledBack", hint: "a savepoint in it could not be rolled back, so all of it is" }
  }

  private endBy(cause: Cause.Cause<unknown> | undefined, text: string | undefined): Ended {
    // What was before it is committed even where it then fails.
    const commits = this.commitsDefinitions && text !== undefined && isDefinition(text)
    if (this.connection.isBroken()) return commits ? unknown : rolledBack
    if (commits) return committed
    if (cause === undefined) return unknown
    const kind = kindOf(cause)
    return !this.commitsDefinitions || kind?.error === "ConflictError" || kind?.reason === "resources"
      ? rolledBack
      : unknown
  }
}

/** What runs after the end: of the transaction as a whole, or of a savepoint's work that is undone in any case. */
interface Callback {
  readonly when: "afterCommit" | "afterRollback" | "afterEnd"
  readonly effect: Effect.Effect<void>
}

/** An open transaction or savepoint. */
export class ActiveScope implements TransactionScope {
  readonly root: Root
  readonly parent: ActiveScope | undefined
  readonly depth: number
  readonly mutex = new Mutex()
  readonly callbacks: Array<Callback> = []
  /** `kept` and `undone` are final; of an `unknown` one nobody can tell. */
  fate: "open" | "ending" | Fate = "open"
  /** Sets the savepoint, and those around it, as long as that has not been done. */
  unset: Effect.Effect<void, TransactionError> | undefined = undefined
  private listeners: Array<(fate: Fate) => void> | undefined = undefined
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

  /** Whether it was begun as one that writes nothing. */
  get isReadOnly(): boolean {
    return this.root.options.access === "read only"
  }

  /** Sets the savepoint where that waits for its first statement; in the scope's turn. */
  readonly set: Effect.Effect<void, TransactionError> = Effect.suspend(() =>
    this.unset === undefined ? Effect.void : Effect.uninterruptible(Effect.map(this.unset, () => {
      this.unset = undefined
    }))
  )

  /** Lends the connection for one piece of work, as the only one that uses it; the text is that of a plain statement. */
  use<A, E, R>(
    work: (connection: Connection) => Effect.Effect<A, E, R>,
    text?: string
  ): Effect.Effect<A, E | TransactionError, R> {
    return Effect.flatMap(this.here, (scope) => scope.turn(work, text))
  }

  /** `use` of what does not wait; undefined where it would, and then it was not begun. */
  useNow<A, E>(
    work: (connection: Connection) => Exit.Exit<A, E> | undefined
  ): Exit.Exit<A, E | TransactionError> | undefined {
    if (this.unset !== undefined) return undefined
    return this.mutex.runNow(() => {
      const refused = this.refusal()
      if (refused !== undefined) return Exit.fail(refused)
      const exit = work(this.root.connection)
      if (exit !== undefined) this.root.observe(exit._tag === "Failure" ? exit.cause : undefined, undefined)
      return exit
    })
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
        this.state(),
        "nothing was sent: let the transaction wait for this fiber, or give the fiber a transaction of its own"
      )
    }
    const { ended } = this.root
    return ended === undefined
      ? undefined
      : transactionError("ownership", this.state(), `nothing was sent: ${ended.hint}`)
  }

  /** What is known of the work so far. */
  private state(): TransactionError["state"] {
    const { ended } = this.root
    switch (this.fate) {
      case "unknown":
        return "unknown"
      case "undone":
        return "rolledBack"
      case "kept":
        return this.parent === undefined ? "committed" : this.parent.state()
      default:
        return ended === undefined ? "open" : ended.state
    }
  }

  /** Ends the scope, in a run that is not interrupted: who still waits for a turn is refused, and who has one finishes first. */
  end<A, E>(last: () => Effect.Effect<A, E>): Effect.Effect<A, E> {
    this.fate = "ending"
    return this.mutex.runLast(last)
  }

  /** What became of the transaction as a whole. */
  settle(fate: Fate): void {
    this.fate = fate
    this.listeners?.forEach((listener) => listener(fate))
  }

  whenEnded(listener: (fate: Fate) => void): void {
    if (this.parent !== undefined) this.parent.whenEnded(listener)
    else if (this.fate === "open" || this.fate === "ending") (this.listeners ??= []).push(listener)
    else listener(this.fate)
  }

  /** The savepoint's work is now its parent's, and so is what waits for the end. */
  handOver(parent: ActiveScope): void {
    this.fate = "kept"
    // One after the other: as arguments, many of them are too many for a stack.
    for (const callback of this.callbacks) parent.callbacks.push(callback)
  }

  /** The savepoint's work is undone, whatever becomes of the rest. */
  discard(parent: ActiveScope): void {
    this.fate = "undone"
    for (const { effect, when } of this.callbacks) {
      if (when !== "afterCommit") parent.callbacks.push({ when: "afterEnd", effect })
    }
  }

  /** What is to run when the outermost transaction has ended. */
  due(): ReadonlyArray<Effect.Effect<void>> {
    return this.callbacks.filter(({ when }) => this.isDue(when)).map(({ effect }) => effect)
  }

  afterCommit(effect: Effect.Effect<void>): Effect.Effect<void> {
    return Effect.flatMap(this.here, (scope) => scope.register("afterCommit", effect))
  }

  afterRollback(effect: Effect.Effect<void>): Effect.Effect<void> {
    return Effect.flatMap(this.here, (scope) => scope.register("afterRollback", effect))
  }

  /** A fiber that outlived its scope may come late: then the scope's fate decides. */
  private register(when: Callback["when"], effect: Effect.Effect<void>): Effect.Effect<void> {
    if (this.fate === "open" || this.fate === "ending") {
      this.callbacks.push({ when, effect })
      return Effect.void
    }
    if (this.parent === undefined) return this.isDue(when) ? effect : Effect.void
    if (this.fate === "kept") return this.parent.register(when, effect)
    return when === "afterCommit" ? Effect.void : this.parent.register("afterEnd", effect)
  }

  private isDue(when: Callback["when"]): boolean {
    switch (when) {
      case "afterCommit":
        return this.fate === "kept"
      case "afterRollback":
        return this.fate === "undone"
      case "afterEnd":
        return true
    }
  }

  private turn<A, E, R>(
    work: (connection: Connection) => Effect.Effect<A, E, R>,
    text: string | undefined
  ): Effect.Effect<A, E | TransactionError, R> {
    return this.mutex.run(
      Effect.suspend((): Effect.Effect<A, E | TransactionError, R> => {
        const refused = this.refusal()
        if (refused !== undefined) return Effect.fail(refused)
        return this.unset === undefined ? this.root.use(work) : Effect.zipRight(this.set, this.root.use(work))
      }),
      (cause) => this.root.observe(cause, text)
    )
  }

  private isWithin(outer: ActiveScope): boolean {
    return this === outer || (this.parent?.isWithin(outer) ?? false)
  }
}
