/**
 * The database that a program asks for. Which one it gets is decided where Layers are composed.
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Database, Query } from "effect-strata"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * class Reports extends Database.Tag("Reports")<Reports>() {}
 *
 * const layer = Reports.layer(Sqlite.layer({ filename: "reports.db" }))
 * const onReports = Database.use(Reports)
 * ```
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type * as Scope from "effect/Scope"
import type { ReadFailure, TransactionFailure, WriteFailure } from "./DbError.js"
import type { Observers } from "./database/observer.js"
import type { Plan } from "./Plan.js"
import type { Control as CacheControl } from "./database/cache.js"
import type { Control as PoolControl } from "./pool/state.js"
import type { Include, Select } from "./sql/ast.js"
import type { Statement } from "./sql/statement.js"
import type { Options as TransactionOptions, Transaction, TransactionScope } from "./transaction/scope.js"

/**
 * What a statement gave: decoded rows, and how many rows it touched.
 *
 * @since 0.1.0
 * @category models
 */
export interface Outcome {
  readonly rows: ReadonlyArray<any>
  readonly affected: number
}

/**
 * A statement as text, with its parameters in the form in which they are sent; those of sensitive columns are redacted (`Redacted`).
 *
 * @since 0.1.0
 * @category models
 */
export interface Printed {
  readonly sql: string
  readonly parameters: ReadonlyArray<unknown>
}

/**
 * What a database does for programs. Queries and mutations call it when they run; programs seldom do.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The server as it introduced itself: `{ name: "sqlite", version: "3.53.2" }`. */
  readonly server: { readonly name: string; readonly version: string }
  /** Runs one statement and decodes its rows; its relations are loaded with it. */
  readonly run: (statement: Statement) => Effect.Effect<Outcome, WriteFailure>
  /** `run` for a fiber that asks now, where the database answers without a wait: what it gave, or its failure. Undefined where nothing was begun. */
  readonly runNow?: (
    statement: Statement,
    fiber: Fiber.RuntimeFiber<any, any>
  ) => Outcome | Effect.Effect<never, WriteFailure> | undefined
  /** Loads relations onto rows that are there already, where these do not have them. */
  readonly load: (rows: ReadonlyArray<object>, includes: ReadonlyArray<Include>) => Effect.Effect<void, ReadFailure>
  /** The rows of a select, decoded, in bounded memory. */
  readonly stream: (select: Select) => Stream.Stream<any, ReadFailure>
  /** Runs an effect in a transaction of this database, or in a savepoint of the one that the fiber is in. */
  readonly transact: <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    options: TransactionOptions | undefined
  ) => Effect.Effect<A, E | TransactionFailure, Exclude<R, Transaction>>
  /** The transaction of this database that a context is in, whoever began it; the innermost savepoint. Undefined outside of transactions. */
  readonly scopeOf: (context: Context.Context<never>) => TransactionScope | undefined
  /** Its connections: what they do, and how many there may be. */
  readonly pool: PoolControl
  /** Why nothing can be written at the moment; undefined where it can. Asked of the server. */
  readonly readOnlyReason: Effect.Effect<string | undefined, ReadFailure>
  /** Takes a lock by name on a connection of its own until the scope closes; with `try` it does not wait. Whether it was taken. */
  readonly lock: (name: string, mode: "wait" | "try") => Effect.Effect<boolean, ReadFailure, Scope.Scope>
  /** The plan of a select; analyzed, it is run. */
  readonly explain: (select: Select, isAnalyzed: boolean) => Effect.Effect<Plan, ReadFailure>
  /**
   * The statement's text and its parameters as they would be sent; nothing is sent. Where it takes several statements (a large insert, relations,
   * rows of a write that the database does not give), it is the first that does what was asked for.
   */
  readonly print: (statement: Statement) => Effect.Effect<Printed, WriteFailure>
  /** What keeps answers, where something does. */
  readonly cache?: CacheControl
  /** Whether what is around it may send a write on with other values, as `Interceptor.rewrites` says; left out where nothing does. */
  readonly rewrites?: (statement: Statement) => boolean
  /** Tells what is around it of the database that it is part of, as `Interceptor.placed` says; left out where nothing asks. */
  readonly placed?: (whole: Service) => void
  /** Those who are told of each statement that is sent; whoever stands around the database changes nothing of them. */
  readonly observers: Observers
}

export type { Observer, Observers, Sending, Sent, Transacted } from "./database/observer.js"

/**
 * The database that queries and mutations run on unless another is named with `use`.
 *
 * @since 0.1.0
 * @category tags
 */
export class Database extends Context.Tag("effect-strata/Database")<Database, Service>() {}

/**
 * The class of a further database's tag.
 *
 * @since 0.1.0
 * @category models
 */
export interface TagClass<Self, Name extends string, C = never> extends Context.TagClass<Self, Name, Service> {
  readonly [capabilities]?: C
  /** The Layer of this database, from that of any dialect which has its capabilities. */
  readonly layer: <E, R>(layer: Layer.Layer<Database | C, E, R>) => Layer.Layer<Self, E, R>
}

declare const capabilities: unique symbol

/**
 * A tag for a further database in the same program: `class Reports extends Database.Tag("Reports")<Reports>() {}`.
 *
 * Transactions are per tag: one on `Reports` is none on the database beside it. What its queries require beside the database
 * is named with it: `Database.Tag("Reports")<Reports, Postgres.Database>()`.
 *
 * @since 0.1.0
 * @category tags
 */
export const Tag = <const Name extends string>(name: Name) => <Self, C = never>(): TagClass<Self, Name, C> => {
  const Base = Context.Tag(name)<Self, Service>()
  return Object.assign(Base, {
    layer: <E, R>(layer: Layer.Layer<Database | C, E, R>): Layer.Layer<Self, E, R> =>
      Layer.map(
        layer,
        (context) => Context.make(Base, Context.get(context as Context.Context<Database>, Database))
      ) as never
  }) as never
}

/**
 * Runs an effect against a named database: what it asks of `Database` is asked of that one.
 *
 * @since 0.1.0
 * @category combinators
 */
export const use =
  <Self, C = never>(tag: Context.Tag<Self, Service> & { readonly [capabilities]?: C }) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Database | C> | Self> =>
    Effect.provideServiceEffect(effect, Database, tag) as never

/**
 * Runs a statement on the fiber's database, and goes on with what it gave.
 *
 * @since 0.1.0
 * @category running
 */
export const run = <A, E, R>(
  statement: Statement,
  then: (outcome: Outcome) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | WriteFailure, R | Database> => Effect.withFiberRuntime((fiber) => runOn(fiber, statement, then))

/**
 * `run` for who runs in the fiber already.
 *
 * @since 0.1.0
 * @category running
 */
export const runOn = <A, E, R>(
  fiber: Fiber.RuntimeFiber<any, any>,
  statement: Statement,
  then: (outcome: Outcome) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | WriteFailure, R | Database> => {
  const database = Context.get(fiber.currentContext as Context.Context<Database>, Database)
  const answer = database.runNow?.(statement, fiber)
  if (answer === undefined) return Effect.flatMap(database.run(statement), then)
  return Effect.isEffect(answer) ? answer : then(answer)
}

/**
 * The rows of a select as a stream.
 *
 * @since 0.1.0
 * @category running
 */
export const stream = (select: Select): Stream.Stream<any, ReadFailure, Database> =>
  Stream.unwrap(Effect.map(Database, (database) => database.stream(select)))

/**
 * Something that stands between programs and a database: it sees each call, and passes it on with `next`, changed or not, or answers it
 * itself. What it leaves out passes by. It cannot fail with more than the calls already can.
 *
 * It sees what programs ask: a query once, with the relations that it includes; a mutation once, however many statements it takes. The
 * loading of relations and the statements of `SqlClient` are out of its sight: those who have to see each statement that is sent are
 * observers (`Service.observers`).
 *
 * @since 0.1.0
 * @category models
 */
export interface Interceptor {
  readonly run?: (statement: Statement, next: Service["run"]) => Effect.Effect<Outcome, WriteFailure>
  /** Which statements `run` is asked about, told at once; the others pass by as if there was no `run`. All of them where it is left out. */
  readonly concerns?: (statement: Statement) => boolean
  /**
   * `Service.runNow`, for an interceptor that can tell at once; without it each statement takes the way of its `run`, as does what it leaves
   * undefined. `concerns` is not asked then.
   */
  readonly runNow?: (
    statement: Statement,
    fiber: Fiber.RuntimeFiber<any, any>,
    next: NonNullable<Service["runNow"]>
  ) => ReturnType<NonNullable<Service["runNow"]>>
  readonly stream?: (select: Select, next: Service["stream"]) => Stream.Stream<any, ReadFailure>
  /** Of transactions and of savepoints in them; where a transaction is tried again, the effect that `next` is given runs again. */
  readonly transact?: <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    options: TransactionOptions | undefined,
    next: Service["transact"]
  ) => Effect.Effect<A, E | TransactionFailure, Exclude<R, Transaction>>
  /** What keeps answers, if it does. */
  readonly cache?: CacheControl
  /**
   * Whether it may pass a write on with other values: an insert with any, an update with any but those of the primary key. A cache that is further
   * out forgets by what it is asked to write, and has to know. Told at once; left out, it passes on what it is given.
   */
  readonly rewrites?: (statement: Statement) => boolean
  /**
   * Told of the database that it is part of, with all that is around it, each time that something more is put there: the last is the one that
   * programs ask. For what it does on its own, where no program's database is at hand.
   */
  readonly placed?: (whole: Service) => void
}

/**
 * What the Layer of an interceptor provides, for `with`.
 *
 * @since 0.1.0
 * @category tags
 */
export class Interception extends Context.Tag("effect-strata/Database/Interception")<Interception, Interceptor>() {}

const runWith = (
  next: Service["run"],
  run: NonNullable<Interceptor["run"]>,
  runNow: Service["runNow"],
  concerns: Interceptor["concerns"]
): Pick<Service, "run" | "runNow"> =>
  concerns === undefined ? { run: (statement) => run(statement, next) } : {
    run: (statement) => concerns(statement) ? run(statement, next) : next(statement),
    ...(runNow === undefined
      ? {}
      : { runNow: (statement, fiber) => concerns(statement) ? undefined : runNow(statement, fiber) })
  }

const notNow = () => undefined

const either = (one: NonNullable<Service["rewrites"]>, other: Service["rewrites"]): NonNullable<Service["rewrites"]> =>
  other === undefined ? one : (statement) => one(statement) || other(statement)

const both = (one: NonNullable<Service["placed"]>, other: Service["placed"]): NonNullable<Service["placed"]> =>
  other === undefined ? one : (whole) => {
    one(whole)
    other(whole)
  }

const intercepted = (
  { runNow, ...service }: Service,
  { cache, concerns, placed, rewrites, run, runNow: interceptNow, stream, transact }: Interceptor
): Service => {
  const whole: Service = {
    ...service,
    ...(run === undefined
      ? runNow === undefined ? {} : { runNow }
      : runWith(service.run, run, runNow, concerns)),
    ...(interceptNow === undefined
      ? {}
      : { runNow: (statement, fiber) => interceptNow(statement, fiber, runNow ?? notNow) }),
    ...(cache === undefined ? {} : { cache }),
    ...(rewrites === undefined ? {} : { rewrites: either(rewrites, service.rewrites) }),
    ...(placed === undefined ? {} : { placed: both(placed, service.placed) }),
    ...(stream === undefined ? {} : { stream: (select) => stream(select, service.stream) }),
    ...(transact === undefined ? {} : { transact: (effect, options) => transact(effect, options, service.transact) })
  }
  whole.placed?.(whole)
  return whole
}

/**
 * Puts interceptors around a database, the first in the list outermost:
 *
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { Database } from "effect-strata"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * const Verbose = Layer.succeed(Database.Interception, {
 *   run: (statement, next) => Effect.tap(next(statement), () => Effect.logDebug(`${statement._tag} done`))
 * })
 *
 * const DatabaseLive = Sqlite.layer({ filename: ":memory:" }).pipe(Database.with(Verbose))
 * ```
 *
 * The chain is put together once, when the Layer is built. What an interceptor's Layer itself asks of `Database` is asked of the database
 * with the interceptors further in; what else it provides is provided by the result.
 *
 * Each database builds the Layers in its list for itself, with all that is provided inside of them: one value may stand around several. What these
 * are to share, as a `RedisStore`, is provided outside of `with`.
 *
 * @since 0.1.0
 * @category layers
 */
const with_ =
  <const Layers extends ReadonlyArray<Layer.Layer<Interception, unknown, unknown>>>(...layers: Layers) =>
  <A, E, R>(
    database: Layer.Layer<A | Database, E, R>
  ): Layer.Layer<
    // one by one: of a union of Layers, what each provides would be asked of all
    A | Database | Exclude<{ [I in keyof Layers]: Layer.Layer.Success<Layers[I]> }[number], Interception>,
    E | { [I in keyof Layers]: Layer.Layer.Error<Layers[I]> }[number],
    R | Exclude<{ [I in keyof Layers]: Layer.Layer.Context<Layers[I]> }[number], Database>
  > =>
    layers.reduceRight<Layer.Layer<Database, unknown, unknown>>(
      (inner, layer) =>
        Layer.provideMerge(
          // what it stands around is its own: a Layer that is known by its value would stay with the first database that it was built for
          Layer.flatMap(Layer.fresh(layer), (context) =>
            Layer.effectContext(Effect.map(Database, (service) =>
              Context.add(
                Context.omit(Interception)(context),
                Database,
                intercepted(service, Context.get(context, Interception))
              )))),
          inner
        ),
      database
    ) as never

export { with_ as with }
