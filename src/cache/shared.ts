/**
 * Answers that processes share, in a store that may be slow, dead, or hold anything.
 *
 * What was written here is not looked for in the store until that has been told of it, so that this process reads nothing of before its own commits
 * whatever becomes of the store. Others are told by it too; where that is not possible, they read the old until its ttl is over.
 */
import * as Clock from "effect/Clock"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { WriteFailure } from "../DbError.js"
import type { Outcome } from "../Database.js"
import type { Select } from "../sql/ast.js"
import type { NamedTable } from "../sql/cached.js"
import { InvalidValue } from "../sql/storage.js"
import { Breaker } from "./breaker.js"
import type { Counters } from "./counters.js"
import type { Answer } from "./entries.js"
import { areAt } from "./generations.js"
import type { Generation, Generations } from "./generations.js"
import { descriptive, identityOf, keyOf } from "./identity.js"
import { Outbox } from "./outbox.js"
import { codecOf } from "./rows.js"
import type { Codec } from "./rows.js"
import type { Found, StoreService } from "./store.js"

/** A read that memory had no answer for. */
export interface Wanted {
  readonly select: Select
  readonly asked: {
    readonly tenant: string | undefined
    readonly tables: ReadonlyArray<NamedTable> | undefined
    /** In milliseconds. */
    readonly ttl: number
  }
  readonly depends: ReadonlyArray<Generation>
  readonly at: ReadonlyArray<number>
  readonly since: number
  /** Asks the database. */
  readonly read: Effect.Effect<Outcome, WriteFailure>
  readonly answer: (outcome: Outcome, since: number, expires: number) => Answer
}

/** What processes share of a cache. */
export interface Shared {
  /** Answers a read, by what others have read or by the database. */
  readonly load: (wanted: Wanted) => Effect.Effect<Answer, WriteFailure>
  /** What has been written here. */
  readonly moved: (moved: Iterable<Generation>) => void
  /** Waits until others have been told of all that was written, or for as long as that may take. */
  readonly delivered: Effect.Effect<void>
  /** Of how much they have not been told yet. */
  readonly undelivered: () => number
}

/** What is shared, and how. */
export interface SharedSettings {
  /** By which the database is told from others in the same store. */
  readonly database: string
  /** How long a call of the store may take, in milliseconds. */
  readonly cap: number
  /** How many characters a value may have. */
  readonly maxValue: number
}

/** The form of what is in the store. */
const version = 1

/** The longest time for which anything is kept there, in milliseconds. */
const longest = 24 * 60 * 60 * 1000

export const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64url")

interface Stored {
  readonly rows: ReadonlyArray<unknown>
  readonly since: number
  readonly expires: number
}

/** What a text of the store says; undefined where it is none of ours. */
const readStored = (text: string, key: string, codec: Codec): Stored | undefined => {
  try {
    const found: unknown = JSON.parse(text)
    if (!Predicate.isRecord(found)) return undefined
    const { expires, key: of, rows, since, version: form } = found
    if (form !== version || of !== key || typeof since !== "number" || typeof expires !== "number") return undefined
    return { rows: codec.decode(rows), since, expires }
  } catch (problem) {
    // Whatever was made of text from outside: the Schemas of values are code that may throw anything.
    if (problem instanceof InvalidValue || problem instanceof Error) return undefined
    throw problem
  }
}

const writeStored = (key: string, codec: Codec, { expires, rows, since }: Stored): string | undefined => {
  try {
    return JSON.stringify({ version, key, since, expires, rows: codec.encode(rows) })
  } catch (problem) {
    if (problem instanceof InvalidValue || problem instanceof Error) return undefined
    throw problem
  }
}

/** Shares answers by a store. */
export const make = (
  store: StoreService,
  { cap, database, maxValue }: SharedSettings,
  generations: Generations,
  counters: Counters
): Effect.Effect<Shared, never, Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    const breaker = new Breaker(cap, counters)
    const outbox = new Outbox(store, breaker, generations.all, cap, yield* Queue.sliding<void>(1))
    yield* outbox.start
    yield* store.listen((tags) => {
      if (tags === undefined) generations.all.value++
      else for (const tag of tags) generations.tagged(tag)?.advance()
    })

    const unreadable = (key: string) => {
      const isFirst = counters.unreadable++ === 0
      const warned = isFirst
        ? Effect.logWarning(
          "The store of the cache held what this program cannot read: it is read from the database, and not told again"
        )
        : Effect.void
      return Effect.zipRight(warned, breaker.call(() => store.drop(key)))
    }

    /** What is of now among what was found. */
    const usable = (
      { value }: Found,
      key: string,
      codec: Codec,
      { answer, asked, at, depends }: Wanted
    ): Effect.Effect<Answer | undefined> => {
      if (value === undefined || !areAt(depends, at)) return Effect.succeed(undefined)
      const stored = readStored(value, key, codec)
      if (stored === undefined) return Effect.as(unreadable(key), undefined)
      return Effect.map(Clock.currentTimeMillis, (now) => {
        const { expires, rows, since } = stored
        // A clock that is ahead makes nothing live longer.
        const until = Math.min(expires, Math.min(since, now) + asked.ttl)
        if (now >= until) return undefined
        counters.sharedHits++
        return answer({ rows, affected: rows.length }, Math.min(since, now), until)
      })
    }

    const keep = (key: string, codec: Codec, stamp: string, ttl: number, { outcome, since }: Answer) => {
      const life = Math.min(ttl, longest)
      const value = writeStored(key, codec, { rows: outcome.rows, since, expires: since + life })
      if (value === undefined || value.length > maxValue) return Effect.void
      return Effect.forkIn(breaker.call(() => store.set(key, value, stamp, life)), scope)
    }

    const load = (wanted: Wanted): Effect.Effect<Answer, WriteFailure> => {
      const { answer, asked, at, depends, read, select, since } = wanted
      const { tables, tenant, ttl } = asked
      const asks = Effect.map(read, (outcome) => answer(outcome, since, since + ttl))
      if (outbox.holds(depends)) return asks
      const codec = codecOf(select)
      const identity = codec === undefined ? undefined : identityOf(select, descriptive)
      if (codec === undefined || identity === undefined) return asks
      const key = hashOf(`${database.length}:${database}${keyOf(identity, tenant, tables)}`)
      return Effect.flatMap(
        breaker.call(() =>
          store.get(key, depends.map(({ tag }) => tag), { ttl: Math.min(ttl, longest), maxLength: maxValue })
        ),
        Option.match({
          onNone: () => asks,
          onSome: (found) =>
            Effect.flatMap(usable(found, key, codec, wanted), (answer) =>
              answer !== undefined
                ? Effect.succeed(answer)
                : Effect.tap(
                  asks,
                  (answer) => areAt(depends, at) ? keep(key, codec, found.stamp, ttl, answer) : Effect.void
                ))
        })
      )
    }

    return {
      load,
      moved: (moved) => outbox.add(moved),
      delivered: outbox.delivered,
      undelivered: () => outbox.size
    }
  })
