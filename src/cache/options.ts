/**
 * What a cache is given: checked when its Layer is built.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ConfigurationError } from "../DbError.js"
import { isModel, tableOf } from "../Model.js"
import type * as Model from "../Model.js"
import { recordOf } from "../policy/options.js"
import type { Select } from "../sql/ast.js"
import type { Cached } from "../sql/cached.js"
import { millisOf } from "./asked.js"
import { nameOf } from "./generations.js"
import type { Settings } from "./memory.js"
import type { SharedSettings } from "./shared.js"

/**
 * How much a cache keeps, for how long, and what.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How many answers are in memory; default 10,000. What was asked for longest ago goes first. */
  readonly maxEntries?: number
  /** How many bytes they take, about; default 64 MiB. An answer that is larger by itself is not kept. */
  readonly maxBytes?: number
  /** How long an answer is one, where the query does not say so; default 1 minute. */
  readonly ttl?: Duration.DurationInput
  /** What is cached though the query does not say so: reads from these models, or all reads. Default nothing. */
  readonly reads?: "all" | ReadonlyArray<Model.Any>
  /** By what its metrics are told from those of other caches; default "default". */
  readonly name?: string
}

/**
 * What processes share, and how long they may wait for it.
 *
 * @since 0.1.0
 * @category models
 */
export interface SharedOptions extends Options {
  /** By what the database is told from others in the same store: the same in all processes that use it, and another for each database. */
  readonly database: string
  /** How long a call of the store may take before the database is asked instead; default 20 milliseconds. */
  readonly timeout?: Duration.DurationInput
  /** How many characters the rows of an answer may have as JSON for it to be shared; default 1,000,000. What others share that is longer is dropped. */
  readonly maxValue?: number
}

const refuse = (problem: string) =>
  Effect.fail(new ConfigurationError({ problem: `A cache cannot be made: ${problem}` }))

const countOf = (what: string, count: unknown, usual: number): Effect.Effect<number, ConfigurationError> => {
  if (count === undefined) return Effect.succeed(usual)
  return Number.isSafeInteger(count) && (count as number) > 0
    ? Effect.succeed(count as number)
    : refuse(`${what} is ${String(count)}, and has to be a whole number from 1`)
}

const read: Cached = { isCached: true, ttl: undefined, tables: undefined, problem: undefined }

const usualOf = (reads: Options["reads"]): Settings["usual"] => {
  if (reads === undefined) return () => undefined
  if (reads === "all") return () => read
  const names = new Set(reads.map((model) => nameOf(tableOf(model))))
  return ({ from }: Select) => from._tag === "TableSource" && names.has(nameOf(from.table)) ? read : undefined
}

/** What the options say, or what is wrong with them. */
export const settingsOf = (options: Options): Effect.Effect<Settings & { readonly name: string }, ConfigurationError> =>
  Effect.gen(function*() {
    const { maxBytes, maxEntries, name = "default", reads, ttl } = yield* recordOf("a cache", options)
    const millis = ttl === undefined ? 60_000 : millisOf(ttl)
    if (millis === undefined) return yield* refuse("the ttl is no duration above zero: \"1 minute\" is one")
    if (reads !== undefined && reads !== "all" && !(Array.isArray(reads) && reads.every(isModel))) {
      return yield* refuse("reads is neither \"all\" nor a list of models")
    }
    if (typeof name !== "string" || name === "") return yield* refuse("its name is no text")
    return {
      name,
      maxEntries: yield* countOf("maxEntries", maxEntries, 10_000),
      maxBytes: yield* countOf("maxBytes", maxBytes, 64 * 1024 * 1024),
      ttl: millis,
      usual: usualOf(reads)
    }
  })

/** The same of what is shared. */
export const sharedSettingsOf = (options: SharedOptions): Effect.Effect<SharedSettings, ConfigurationError> =>
  Effect.gen(function*() {
    const { database, maxValue, timeout } = yield* recordOf("a cache", options)
    const cap = timeout === undefined ? 20 : millisOf(timeout)
    if (cap === undefined || !Number.isFinite(cap)) return yield* refuse("the timeout is no duration above zero")
    if (typeof database !== "string" || database === "") return yield* refuse("the database has no name")
    return { database, cap, maxValue: yield* countOf("maxValue", maxValue, 1_000_000) }
  })
