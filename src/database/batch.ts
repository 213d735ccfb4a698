/**
 * What fibers ask for one by one, and a database answers together. Under `{ batching: true }` the fibers of Effect's `forEach` and `all` share
 * statements; a fiber by itself asks as if there were no batches.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import * as Request from "effect/Request"
import * as RequestResolver from "effect/RequestResolver"
import * as Database from "../Database.js"
import { isStepped } from "../effect/steps.js"
import { scopesOf } from "../transaction/scope.js"

/** How something is asked for; made once for what may be asked together. */
export interface Batch<K, A, E> {
  /** What a Map finds a key by: the same for equal keys. Throws for what is no key. */
  readonly placeOf: (key: K) => unknown
  /** Asks for one by itself. */
  readonly one: (key: K) => Effect.Effect<A, E, Database.Database>
  /** Asks for several, each once: what there is, by place. */
  readonly many: (keys: ReadonlyArray<K>) => Effect.Effect<ReadonlyMap<unknown, A>, E, Database.Database>
  /** What there is for a key that `many` does not find. */
  readonly absent: (key: K) => Exit.Exit<A, E>
}

/** As many keys go with one statement: what it takes is in memory on both sides. */
const most = 10_000

const variance = { _E: (_: never) => _, _A: (_: never) => _ }

/** One key that a fiber asks for. Equal ones give the same, for who has Effect's cache of requests on. */
class Asked implements Request.Request<any, any>, Equal.Equal {
  readonly [Request.RequestTypeId] = variance
  constructor(
    readonly batch: Batch<any, any, any>,
    readonly key: unknown,
    readonly place: unknown,
    readonly context: Context.Context<Database.Database>
  ) {}

  get database(): Database.Service {
    return Context.get(this.context, Database.Database)
  }

  /** What is open changes with each transaction, and what can be read in it is for nobody else. */
  get transactions(): object {
    return scopesOf(this.context)
  }

  /** Whether both are asked with one statement. */
  isBeside(that: Asked): boolean {
    return this.batch === that.batch && this.database === that.database && this.transactions === that.transactions
  }

  [Equal.symbol](that: Equal.Equal): boolean {
    return that instanceof Asked && this.place === that.place && this.isBeside(that)
  }

  [Hash.symbol](): number {
    return Hash.combine(Hash.random(this.batch))(Hash.hash(this.place))
  }
}

/** Those who ask for the same, and what they ask for. */
interface Wanted {
  readonly key: unknown
  readonly place: unknown
  readonly by: Array<Asked>
}

/** Those who can be answered with one statement, by what they ask for. */
interface Group {
  readonly first: Asked
  readonly wanted: Map<unknown, Wanted>
}

const groupsOf = (all: ReadonlyArray<Asked>): ReadonlyArray<Group> => {
  const groups: Array<Group> = []
  for (const asked of all) {
    let group = groups.find(({ first }) => first.isBeside(asked))
    if (group === undefined) groups.push(group = { first: asked, wanted: new Map() })
    const { key, place } = asked
    const known = group.wanted.get(place)
    if (known === undefined) group.wanted.set(place, { key, place, by: [asked] })
    else known.by.push(asked)
  }
  return groups
}

/** Whether a failure may be of one key alone, and the others have an answer. After an error of the database, a transaction has none. */
const isOfOne = (cause: Cause.Cause<any>, { first }: Group): boolean => {
  const error: unknown = Option.getOrUndefined(Cause.failureOption(cause))
  const { _tag, reason } = (error ?? {}) as { readonly _tag?: string; readonly reason?: string }
  return _tag === "ValidationError" || _tag === "DecodeError" ||
    (_tag === "QueryError" && reason === "data" && scopesOf(first.context).size === 0)
}

const tell = (wanted: ReadonlyArray<Wanted>, exit: (one: Wanted) => Exit.Exit<unknown, unknown>): Effect.Effect<void> =>
  Effect.forEach(wanted, (one) => {
    const found = exit(one) as never
    return Effect.forEach(one.by, (asked) => Request.complete(asked, found), { discard: true })
  }, { discard: true })

/** Those that fail alone are found by halves. */
const answer = (group: Group, wanted: ReadonlyArray<Wanted>): Effect.Effect<void> => {
  const { batch, context } = group.first
  return Effect.matchCauseEffect(
    Effect.mapInputContext(batch.many(wanted.map(({ key }) => key)), () => context),
    {
      onFailure: (cause) => {
        if (wanted.length === 1 || !isOfOne(cause, group)) return tell(wanted, () => Exit.failCause(cause))
        const half = wanted.length >>> 1
        return Effect.zipRight(answer(group, wanted.slice(0, half)), answer(group, wanted.slice(half)))
      },
      onSuccess: (found) =>
        tell(wanted, ({ key, place }) => found.has(place) ? Exit.succeed(found.get(place)) : batch.absent(key))
    }
  )
}

const answerAll = (group: Group): Effect.Effect<void> => {
  const wanted = [...group.wanted.values()]
  const parts: Array<ReadonlyArray<Wanted>> = []
  for (let from = 0; from < wanted.length; from += most) parts.push(wanted.slice(from, from + most))
  return Effect.forEach(parts, (part) => answer(group, part), { discard: true })
}

/** One for all: each batch, database and transaction is asked by itself, beside the others. */
const resolver = RequestResolver.makeBatched((all: ReadonlyArray<Asked>) =>
  Effect.forEach(groupsOf(all), answerAll, { concurrency: "unbounded", discard: true })
)

/** Asks for one: with the others that are asked at the same time where Effect batches, else by itself. */
export const ask = <K, A, E>(batch: Batch<K, A, E>) => (key: K): Effect.Effect<A, E, Database.Database> =>
  Effect.withFiberRuntime((fiber) => {
    if (!isStepped(fiber) && !fiber.getFiberRef(FiberRef.currentRequestCacheEnabled)) return batch.one(key)
    let place: unknown
    try {
      place = batch.placeOf(key)
    } catch {
      return batch.one(key)
    }
    const asked = new Asked(batch, key, place, fiber.currentContext as Context.Context<Database.Database>)
    return Effect.request(asked, resolver) as Effect.Effect<A, E>
  })
