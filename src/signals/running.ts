/**
 * Handlers are run: with the services of their Layer, in their time, at a bounded depth, and so that none takes a transaction with it.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { Database } from "../Database.js"
import type { Interceptor, Service } from "../Database.js"
import { ConflictError, ConnectionError, TimeoutError, TransactionError, Vetoed } from "../DbError.js"
import type { WriteFailure } from "../DbError.js"
import { asked } from "../mutation/guards.js"
import { Transaction } from "../transaction/scope.js"
import type { Registered } from "./handlers.js"

/**
 * Handlers brought about themselves, by what they wrote or emitted, up to the depth that their Layer allows.
 *
 * @since 0.1.0
 * @category errors
 */
export class TooDeep extends Schema.TaggedError<TooDeep>("effect-strata/Signals/TooDeep")("TooDeep", {
  handler: Schema.String,
  depth: Schema.Number
}) {
  override get message(): string {
    return `${this.handler} was met ${this.depth} handlers deep: it brings about itself, and is not run again`
  }
}

/** How deep the fiber is in handlers: those of what handlers do. */
export const currentDepth = FiberRef.unsafeMake(0)

/** Of whom handlers run. */
export interface Parts {
  /** The database below the Layer. */
  readonly database: Service
  /** The services of the Layer. */
  readonly context: Context.Context<never>
  /** Undefined for no end. */
  readonly timeout: Duration.Duration | undefined
  readonly maxDepth: number
  readonly isParallel: boolean
}

/** What an event is about, for messages. */
export interface Told {
  readonly event: string
  readonly table?: string
}

/** What belongs to the program that runs, whatever a Layer was built with. */
const programs: ReadonlyArray<string> = [Database.key, Transaction.key, Tracer.ParentSpan.key, Scope.Scope.key]

/** Makes what runs the handlers of a Layer. */
export const make = ({ context: given, database, isParallel, maxDepth, timeout }: Parts) => {
  const own = Context.unsafeMake<never>(new Map([...given.unsafeMap].filter(([key]) => !programs.includes(key))))

  /** The Layer's database with all that is around it. */
  let whole = database

  /** The services of a program with those of the Layer before them. Of the database it is the whole that the program sees, with all that is around it. */
  const contextIn = (program: Context.Context<never>): Context.Context<Database> => {
    const seen: Service | undefined = program.unsafeMap.get(Database.key)
    const merged = Context.merge(program, own)
    // The pool tells whose it is: what is around a database leaves it as it is.
    return Context.add(merged, Database, seen?.pool === database.pool ? seen! : whole)
  }

  /** Its part of the work in its time, deeper by one. */
  const run = (
    handle: () => Effect.Effect<unknown, unknown, Database>,
    onTimeout: () => unknown
  ): Effect.Effect<unknown, unknown> => {
    const deeper = Effect.withFiberRuntime<unknown, unknown>((fiber) =>
      Effect.locally(
        Effect.mapInputContext(Effect.suspend(handle), contextIn),
        currentDepth,
        fiber.getFiberRef(currentDepth) + 1
      )
    )
    // In a fiber of its own it can be ended, also where the program cannot.
    return timeout === undefined
      ? deeper
      : Effect.timeoutFail(Effect.interruptible(deeper), { duration: timeout, onTimeout })
  }

  /** Within a transaction a failure undoes the handler's own work, and the transaction goes on. */
  const apart = (work: Effect.Effect<unknown, unknown>): Effect.Effect<unknown, unknown> =>
    Effect.withFiberRuntime((fiber) =>
      database.scopeOf(fiber.currentContext as Context.Context<never>)?.isOpen() === true
        ? database.transact(work, { savepoint: "lazy" })
        : work
    )

  const tooLong = (name: string) =>
    new TimeoutError({ hint: `${name} took longer than ${timeout === undefined ? "" : Duration.format(timeout)}` })

  const deeperThan = Effect.map(FiberRef.get(currentDepth), (at) => at >= maxDepth)

  const tooDeep = (handler: string) => new TooDeep({ handler, depth: maxDepth })

  /** A guard's answer, or why it refuses. What the database refuses to the guard for a while is no veto. */
  const ask = ({ handle, name }: Registered, event: Told): Effect.Effect<unknown, WriteFailure> => {
    const about = { guard: name, event: event.event, ...(event.table === undefined ? {} : { table: event.table }) }
    const refuse = (error: unknown): WriteFailure =>
      error instanceof ConflictError || error instanceof ConnectionError || error instanceof TransactionError
        ? error
        : new Vetoed({ ...about, error })
    const answer = asked(
      { name, on: event.event },
      event.table ?? "",
      () => Effect.mapError(apart(run(() => handle(event), () => tooLong(`the guard ${name}`))), refuse)
    )
    return Effect.flatMap(deeperThan, (isDeep) => isDeep ? Effect.fail(refuse(tooDeep(`The guard ${name}`))) : answer)
  }

  /** Tells one; what it fails with is logged. */
  const tell = ({ handle, name, role }: Registered, event: unknown, about: Told): Effect.Effect<void> => {
    const what = `The ${role === "watch" ? "watcher" : "after-commit handler"} ${name}`
    const failed = (cause: Cause.Cause<unknown>) =>
      Effect.annotateLogs(
        Effect.logError(`${what} failed: ${described(cause)}`),
        { event: about.event, ...(about.table === undefined ? {} : { table: about.table }) }
      )
    const told = Effect.catchAllCause(
      Effect.asVoid(apart(run(() => handle(event), () => tooLong(what)))),
      failed
    )
    return Effect.flatMap(deeperThan, (isDeep) => isDeep ? failed(Cause.fail(tooDeep(what))) : told)
  }

  /** Tells several, in their order or at once. */
  const tellAll = (tasks: ReadonlyArray<Effect.Effect<void>>): Effect.Effect<void> =>
    tasks.length === 0
      ? Effect.void
      : Effect.forEach(tasks, (task) => task, { discard: true, concurrency: isParallel ? "unbounded" : 1 })

  const placed: NonNullable<Interceptor["placed"]> = (service) => {
    whole = service
  }

  return { ask, placed, tell, tellAll }
}

export type Running = ReturnType<typeof make>

/** An effect as deep as another one was begun. */
export const atDepth = <A, E, R>(effect: Effect.Effect<A, E, R>, at: number): Effect.Effect<A, E, R> =>
  Effect.locallyWith(effect, currentDepth, (now) => Math.max(now, at))

/** What went wrong, without what messages of a program's own errors may quote. */
const described = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  if (Cause.isInterruptedOnly(cause)) return "it was interrupted"
  if (isSafe(error)) return error.message
  const tag = Predicate.hasProperty(error, "_tag") && typeof error._tag === "string" ? error._tag : undefined
  if (!(error instanceof Error)) return tag ?? "what it failed with is not shown"
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)).slice(0, 3)
  return [tag ?? error.name, ...frames].join("\n")
}

/** Errors of Strata hold no value but what a guard failed with. */
const isSafe = (error: unknown): error is Error => {
  if (!(error instanceof Error) || error instanceof Vetoed) return false
  const { identifier } = error.constructor as { readonly identifier?: unknown }
  return typeof identifier === "string" && identifier.startsWith("effect-strata/")
}
