/**
 * Handlers around a database.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Database, Interception } from "../Database.js"
import { ConfigurationError } from "../DbError.js"
import { makeChannel, Signals } from "./channel.js"
import type { Handler, Registered } from "./handlers.js"
import { countOf, recordOf, wordOf } from "../policy/options.js"
import { interceptorOf } from "./interceptor.js"
import { problemOf, Registry } from "./registry.js"
import * as Running from "./running.js"

/**
 * How the handlers of a Layer run.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Whether the watchers of one event, and its after-commit handlers, run one after the other (the default) or at once. Guards are asked one after the other. */
  readonly order?: "sequential" | "parallel"
  /** How long a handler may take, each time; default 30 seconds, `"infinity"` for no end. A guard then refuses, the others have failed. */
  readonly timeout?: Duration.DurationInput
  /** How many handlers deep what handlers do is told and asked; default 16. */
  readonly maxDepth?: number
}

type NeedsOf<H> = H extends Handler<infer R> ? R : never

/** What a Layer of handlers requires: the database, whatever is around it, is the program's. */
type Needs<Handlers extends ReadonlyArray<Handler<any>>> = Exclude<NeedsOf<Handlers[number]>, Database | Signals>

const checked = (options: Options) =>
  Effect.gen(function*() {
    const { maxDepth = 16, order = "sequential", timeout = "30 seconds" } = yield* recordOf("Signals", options)
    const duration = Duration.decodeUnknown(timeout)
    if (Option.isNone(duration) || !Duration.greaterThan(duration.value, Duration.zero)) {
      return yield* new ConfigurationError({
        problem: "The timeout of Signals is no duration above zero: \"5 seconds\" is one"
      })
    }
    return {
      maxDepth: yield* countOf("maxDepth of Signals", maxDepth, 1),
      isParallel: (yield* wordOf("The order of Signals", order, ["sequential", "parallel"])) === "parallel",
      timeout: Duration.isFinite(duration.value) ? duration.value : undefined
    }
  })

/**
 * `layer` with options of how handlers run. Those that cannot be fail the Layer as ConfigurationError.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWith = <const Handlers extends ReadonlyArray<Handler<any>>>(
  options: Options,
  ...handlers: Handlers
): Layer.Layer<Interception | Signals, ConfigurationError, Needs<Handlers> | Database> =>
  Layer.scopedContext(Effect.gen(function*() {
    const checkedOptions = yield* checked(options)
    const registered = handlers as unknown as ReadonlyArray<Registered>
    for (const one of registered) {
      const problem = problemOf(one)
      if (problem !== undefined) return yield* Effect.fail(problem)
    }
    const database = yield* Database
    const channel = Option.getOrElse(yield* Effect.serviceOption(Signals), () => undefined) ?? (yield* makeChannel)
    const context = Context.add(yield* Effect.context<never>(), Signals, channel) as Context.Context<never>
    const running = Running.make({ database, context, ...checkedOptions })
    for (const one of registered) {
      if (one.kinds !== undefined) continue
      const { name } = one.subject as { readonly name: string }
      const told = (payload: unknown) => running.tell(one, payload, { event: name })
      yield* channel.on(one.subject as object, {
        now: one.role === "watch" ? told : () => Effect.void,
        committed: one.role === "watch" ? () => Effect.void : told
      })
    }
    const isPublisher = yield* channel.claim(database.pool)
    return Context.make(
      Interception,
      interceptorOf({ channel, database, isPublisher, registry: new Registry(registered), running })
    )
      .pipe(
        Context.add(Signals, channel)
      )
  }))

/**
 * Handlers around a database, for `Database.with`: guards are asked, and the others told, in the order of the list. It requires what handlers require.
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
 * const DatabaseLive = Sqlite.layer({ filename: ":memory:" }).pipe(Database.with(Signals.layer(
 *   Signals.guard("adults only", User, "insert", ({ row }) => row.age < 18 ? Effect.fail("too young") : Effect.void),
 *   Signals.afterCommit("welcome", User, "inserted", ({ row }) => Effect.log(`welcome, ${row.id}`))
 * )))
 * ```
 *
 * A handler's `Database` is the program's, so that what it writes is told too, within the transaction of what it is told of; other services are those that the
 * Layer was built with. Handlers that cannot be (of no model, of an unknown kind) fail it as ConfigurationError.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <const Handlers extends ReadonlyArray<Handler<any>>>(
  ...handlers: Handlers
): Layer.Layer<Interception | Signals, ConfigurationError, Needs<Handlers> | Database> => layerWith({}, ...handlers)
