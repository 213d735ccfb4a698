/**
 * Repositories as services, which a test swaps by a Layer.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Database } from "../Database.js"
import type { Service as DatabaseService } from "../Database.js"
import type * as Model from "../Model.js"
import type { Of } from "./writes.js"
import { writesOf } from "./writes.js"

/** An Effect or a Stream without the database, which the service has. To the compiler each Effect is a Stream too. */
type WithDatabase<X> = X extends Effect.Effect<infer A, infer E, infer R> ? Effect.Effect<A, E, Exclude<R, Database>>
  : X extends Stream.Stream<infer A, infer E, infer R> ? Stream.Stream<A, E, Exclude<R, Database>>
  : X

/**
 * Methods as a service has them: what they give does not require the database, as the service has it.
 *
 * @since 0.1.0
 * @category models
 */
export type Provided<X> = {
  readonly [K in keyof X]: X[K] extends (...args: infer P) => infer Y ? (...args: P) => WithDatabase<Y>
    : WithDatabase<X[K]>
}

/**
 * The class of a repository's tag. Its instances are what the Layers provide.
 *
 * @since 0.1.0
 * @category models
 */
export interface ServiceClass<Self, Name extends string, M extends Model.Any, X> extends Context.Tag<Self, Self> {
  new(_: never): Of<M, never> & Provided<X>
  readonly key: Name
  /** The repository over the `Database` that the Layer is given. */
  readonly Default: Layer.Layer<Self, never, Database>
  /** A service of one's own: each verb and method is said. `Layer.mock` of `effect` takes some of them. */
  readonly make: (implementation: Omit<Of<M, never> & Provided<X>, never>) => Self
}

const provided = (database: DatabaseService) => {
  const effect = Effect.provideService(Database, database)
  const stream = Stream.provideService(Database, database)
  const value = (given: unknown): unknown =>
    Effect.isEffect(given)
      ? effect(given as Effect.Effect<unknown, unknown, unknown>)
      : isStream(given)
      ? stream(given)
      : given
  return (methods: object): object =>
    Object.fromEntries(
      Object.entries(methods).map(([name, given]) => [
        name,
        typeof given === "function" && !Effect.isEffect(given)
          ? (...args: ReadonlyArray<unknown>) => value((given as (...args: ReadonlyArray<unknown>) => unknown)(...args))
          : value(given)
      ])
    )
}

const isStream = (value: unknown): value is Stream.Stream<unknown, unknown, unknown> =>
  typeof value === "object" && value !== null && Stream.StreamTypeId in value

/**
 * Makes a repository as a service: `class Users extends Repository.Service<Users>()("Users", User, (users) => ({ … })) {}`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Service = <Self = never>() =>
<
  const Name extends string,
  M extends Model.Any,
  X extends { readonly [method: string]: unknown } = {}
>(
  name: Name,
  model: M,
  methods?: (repository: Of<M>) => X
): [Self] extends [never]
  ? "Missing `Self`: write `class Users extends Repository.Service<Users>()(\"Users\", User) {}`"
  : ServiceClass<Self, Name, M, X> =>
{
  const Base = Context.Tag(name)<Self, Self>()
  const make = (tag: { readonly prototype: object }, implementation: object): Self =>
    Object.assign(Object.create(tag.prototype), implementation)
  const layers = new WeakMap<object, unknown>()
  return Object.defineProperties(Base, {
    make: {
      value(this: { readonly prototype: object }, implementation: object) {
        return make(this, implementation)
      }
    },
    Default: {
      get(this: typeof Base & { readonly prototype: object }) {
        let layer = layers.get(this)
        if (layer === undefined) {
          layer = Layer.effect(
            this,
            Effect.map(Database, (database) => {
              const repository = writesOf(model) as { readonly withDeleted?: object }
              const { withDeleted, ...verbs } = repository
              const own = provided(database)
              return make(this, {
                ...own({ ...verbs, ...methods?.(repository as never) }),
                ...(withDeleted === undefined ? {} : { withDeleted: own(withDeleted) })
              })
            })
          )
          layers.set(this, layer)
        }
        return layer
      }
    }
  }) as never
}
