/**
 * Where committed changes and events of the program's own pass by: streams listen here.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { ConfigurationError, ValidationError } from "../DbError.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import { problemOf } from "../sql/valueType.js"
import { scopesOf } from "../transaction/scope.js"
import type { TransactionScope } from "../transaction/scope.js"
import { Commits, outside } from "./commits.js"
import type { Change } from "./commits.js"
import type { CustomEvent } from "./custom.js"
import type { ChangeKind, EventOf } from "./events.js"
import { modelsOf } from "./handlers.js"
import { atDepth, currentDepth } from "./running.js"

/**
 * A stream of changes was too slow: its buffer was full, so that it has an end here. Listen again, and read anew what was missed.
 *
 * @since 0.1.0
 * @category errors
 */
export class Lagged extends Schema.TaggedError<Lagged>("effect-strata/Signals/Lagged")("Lagged", {
  /** How many changes the buffer holds. */
  buffer: Schema.Number
}) {
  override get message(): string {
    return `The stream was ${this.buffer} changes behind, which is all that its buffer holds`
  }
}

interface Listener {
  readonly buffer: number
  /** Undefined for an event of the program's own. */
  readonly kinds: ReadonlyArray<string> | undefined
  readonly queue: Queue.Queue<Exit.Exit<any, Option.Option<Lagged>>>
  isFull: boolean
}

/** What is told of an event of the program's own. */
export interface EventHandlers {
  readonly now: (payload: unknown) => Effect.Effect<void>
  readonly committed: (payload: unknown) => Effect.Effect<void>
}

/** An event of the program's own on its way. */
class Emitted {
  constructor(readonly event: CustomEvent<any>, readonly payload: unknown) {}
}

/** What streams and events of the program's own go through. */
export class Channel {
  private readonly listeners = new Map<object, Set<Listener>>()
  private readonly handlers = new Map<object, ReadonlyArray<EventHandlers>>()
  private readonly databases = new WeakSet<object>()
  private readonly commits = new Commits((changes) => Effect.forEach(changes, deliverTo(this), { discard: true }))

  /** Whether the Layer that asks is the one that publishes the changes of a database, as long as it lives: the innermost. */
  claim(database: object): Effect.Effect<boolean, never, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.sync(() => {
        if (this.databases.has(database)) return false
        this.databases.add(database)
        return true
      }),
      (isClaimed) => Effect.sync(() => isClaimed && this.databases.delete(database))
    )
  }

  /** Whether somebody listens to changes of these kinds. */
  isHeard(source: object, kinds: ReadonlyArray<string>): boolean {
    const all = this.listeners.get(source)
    if (all === undefined) return false
    for (const { kinds: wanted } of all) {
      if (wanted === undefined || kinds.some((kind) => wanted.includes(kind))) return true
    }
    return false
  }

  hasListeners(source: object): boolean {
    return this.listeners.has(source)
  }

  publish(source: object, kind: string | undefined, value: unknown): void {
    for (const listener of this.listeners.get(source) ?? []) {
      if (listener.isFull || (kind !== undefined && listener.kinds?.includes(kind) !== true)) continue
      const size = Option.getOrElse(listener.queue.unsafeSize(), () => 0)
      listener.isFull = size >= listener.buffer
      listener.queue.unsafeOffer(
        listener.isFull ? Exit.fail(Option.some(new Lagged({ buffer: listener.buffer }))) : Exit.succeed(value)
      )
    }
  }

  listen(sources: ReadonlyArray<object>, listener: Listener): () => void {
    for (const source of sources) {
      const all = this.listeners.get(source)
      if (all === undefined) this.listeners.set(source, new Set([listener]))
      else all.add(listener)
    }
    return () => {
      for (const source of sources) {
        const all = this.listeners.get(source)
        all?.delete(listener)
        if (all?.size === 0) this.listeners.delete(source)
      }
    }
  }

  /** Until the scope closes. */
  on(event: object, handlers: EventHandlers): Effect.Effect<void, never, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.sync(() => {
        this.handlers.set(event, [...this.of(event), handlers])
      }),
      () =>
        Effect.sync(() => {
          const left = this.of(event).filter((one) => one !== handlers)
          if (left.length === 0) this.handlers.delete(event)
          else this.handlers.set(event, left)
        })
    )
  }

  of(event: object): ReadonlyArray<EventHandlers> {
    return this.handlers.get(event) ?? []
  }

  readonly emit = (event: CustomEvent<any>, payload: unknown): Effect.Effect<void> =>
    Effect.withFiberRuntime((fiber) => {
      const context = fiber.currentContext as Context.Context<never>
      let scope: TransactionScope | undefined
      for (const one of scopesOf(context).values()) scope = one
      const change: Change = {
        row: undefined,
        event: new Emitted(event, payload),
        context: outside(context, scope),
        depth: fiber.getFiberRef(currentDepth)
      }
      return Effect.uninterruptibleMask((restore) =>
        this.commits.add(
          scope,
          [change],
          restore(Effect.forEach(this.of(event), ({ now }) => now(payload), { discard: true }))
        )
      )
    })

  /** All streams end. */
  readonly close = Effect.sync(() => {
    for (const all of this.listeners.values()) {
      for (const { queue } of all) queue.unsafeOffer(Exit.fail(Option.none()))
    }
    this.listeners.clear()
  })
}

const deliverTo = (channel: Channel) => ({ context, depth, event }: Change): Effect.Effect<void> => {
  if (!(event instanceof Emitted)) return Effect.void
  channel.publish(event.event, undefined, event.payload)
  return Effect.provide(
    atDepth(
      Effect.forEach(channel.of(event.event), ({ committed }) => committed(event.payload), { discard: true }),
      depth
    ),
    context
  )
}

/**
 * What streams of changes and events of the program's own require: `Signals.layer` provides it.
 *
 * @since 0.1.0
 * @category tags
 */
export class Signals extends Context.Tag("effect-strata/Signals")<Signals, Channel>() {}

export const makeChannel = Effect.acquireRelease(Effect.sync(() => new Channel()), (channel) => channel.close)

/**
 * What several databases have in common that are to share their streams and events: provide it to all of them. A Layer of signals that finds none makes one of its
 * own.
 *
 * @since 0.1.0
 * @category layers
 */
export const channel: Layer.Layer<Signals> = Layer.scoped(Signals, makeChannel)

/**
 * Says that something has happened: watchers of the event are told at once, after-commit handlers and streams when the transaction that the fiber entered last is
 * committed, and never where it is rolled back; at once outside of transactions.
 *
 * What does not fit the event's Schema is a ValidationError, and nobody is told.
 *
 * @since 0.1.0
 * @category running
 */
export const emit = <A>(
  event: CustomEvent<A>,
  payload: NoInfer<A>
): Effect.Effect<void, ValidationError, Signals> =>
  Effect.flatMap(
    Signals,
    (channel) =>
      Effect.matchEffect(
        ParseResult.validate(event.schema)(payload) as Effect.Effect<unknown, ParseResult.ParseIssue>,
        {
          onFailure: (issue) =>
            Effect.fail(
              new ValidationError({
                subject: `The event ${event.name}`,
                issues: [{ path: [], message: problemOf(issue) }]
              })
            ),
          onSuccess: (valid) => channel.emit(event, valid)
        }
      )
  )

/**
 * How far a stream may be behind.
 *
 * @since 0.1.0
 * @category models
 */
export interface StreamOptions {
  /** How many changes wait for it, from 1; default 1,024. */
  readonly buffer?: number
}

/**
 * What is committed from the moment on at which it runs, as after-commit handlers are told of it; of an event of the program's own what was emitted.
 *
 * `Signals.stream(User, "updated")` is a `Stream<{ row: User, … }, Lagged | ConfigurationError, Signals>`.
 *
 * Nobody waits for it: a stream that is `buffer` changes behind gets those, and then fails as `Lagged`. It ends with its Layer. A `buffer` that is no
 * whole number from 1 is a ConfigurationError.
 *
 * @since 0.1.0
 * @category streams
 */
export const stream: {
  <const M extends Model.Any, const K extends ChangeKind>(
    models: M | ReadonlyArray<M>,
    kinds: K | ReadonlyArray<K>,
    options?: StreamOptions
  ): Stream.Stream<EventOf<M, K>, Lagged | ConfigurationError, Signals>
  <A>(event: CustomEvent<A>, options?: StreamOptions): Stream.Stream<A, Lagged | ConfigurationError, Signals>
} = (
  subject: unknown,
  second?: unknown,
  third?: StreamOptions
): Stream.Stream<any, Lagged | ConfigurationError, Signals> => {
  const isEvent = typeof second !== "string" && !Array.isArray(second)
  const kinds = isEvent ? undefined : (Array.isArray(second) ? second : [second]) as ReadonlyArray<string>
  const { buffer = 1024 } = (isEvent ? second as StreamOptions | undefined : third) ?? {}
  return Stream.unwrapScoped(
    Effect.gen(function*() {
      if (!Number.isSafeInteger(buffer) || buffer < 1) {
        return yield* Effect.fail(
          new ConfigurationError({
            problem: `The buffer of a stream of Signals is ${String(buffer)}: it has to be a whole number from 1`
          })
        )
      }
      const channel = yield* Signals
      const queue = yield* Queue.unbounded<Exit.Exit<unknown, Option.Option<Lagged>>>()
      const sources = isEvent ? [subject as object] : modelsOf(subject).map(tableOf)
      yield* Effect.acquireRelease(
        Effect.sync(() => channel.listen(sources, { buffer, kinds, queue, isFull: false })),
        (leave) => Effect.zipRight(Effect.sync(leave), Queue.shutdown(queue))
      )
      return Stream.flattenExitOption(Stream.fromQueue(queue))
    })
  )
}
