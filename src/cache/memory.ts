/**
 * Reads that are answered from memory, and the writes that see to it that they are answered rightly.
 *
 * A read keeps where the generations that it depends on were before it was sent. A write moves them on as soon as it is committed, before anybody
 * who waits for it goes on, and from its beginning until then reads of what it writes to pass by. So no answer is of before a commit that anybody in
 * this process has been told of.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import { ConfigurationError } from "../DbError.js"
import type { WriteFailure } from "../DbError.js"
import type { Interceptor, Outcome, Service } from "../Database.js"
import type { Control, Stats } from "../database/cache.js"
import { copier } from "../model/copies.js"
import type { Select } from "../sql/ast.js"
import type { Cached, NamedTable } from "../sql/cached.js"
import type { Statement } from "../sql/statement.js"
import type { TransactionScope } from "../transaction/scope.js"
import { saidOf } from "./asked.js"
import type { Answer } from "./entries.js"
import { Entries } from "./entries.js"
import { areAt, areWritten, nameOf, valuesOf } from "./generations.js"
import type { Generation, Generations } from "./generations.js"
import { identityOf, keyOf, numbered } from "./identity.js"
import type { Identity } from "./identity.js"
import type { Counters } from "./counters.js"
import { readingOf } from "./reading.js"
import type { Reading } from "./reading.js"
import type { Shared } from "./shared.js"
import { sizeOf } from "./sizes.js"
import { tenantOf } from "./tenant.js"
import { touchedBy } from "./writing.js"
import type { Writers } from "./writers.js"

type AnyFiber = Fiber.RuntimeFiber<any, any>

/** What a cache is made with. */
export interface Settings {
  readonly maxEntries: number
  readonly maxBytes: number
  /** In milliseconds. */
  readonly ttl: number
  /** What is said of a select of which nobody else says anything. */
  readonly usual: (select: Select) => Cached | undefined
}

/** What it works with. */
export interface Parts {
  readonly settings: Settings
  readonly generations: Generations
  readonly writers: Writers
  readonly counters: Counters
  /** What processes share, where they do. */
  readonly shared: Shared | undefined
}

/** A read that may be answered from memory. */
interface Asked {
  readonly identity: Identity
  readonly key: string
  readonly tenant: string | undefined
  readonly tables: ReadonlyArray<NamedTable> | undefined
  readonly ttl: number
}

/** A read that is under way; who waits for one whose fiber was interrupted, or that failed, asks again: why it failed may be about that fiber alone. */
interface Loading {
  readonly depends: ReadonlyArray<Generation>
  readonly at: ReadonlyArray<number>
  readonly end: Deferred.Deferred<Answer | "interrupted" | "failed">
}

/** Whether what runs is part of a load of some cache: what handlers further in read, for one. */
const isWithinLoad = FiberRef.unsafeMake(false)

/** What nothing was written by for certain. */
const harmless: ReadonlySet<string> = new Set([
  "ValidationError",
  "ConfigurationError",
  "UnsupportedError",
  "Vetoed",
  "UniqueViolation",
  "ForeignKeyViolation",
  "NotNullViolation",
  "CheckViolation"
])

const mayHaveWritten = (cause: Cause.Cause<WriteFailure>): boolean => {
  const failure = Cause.failureOption(cause)
  return failure._tag === "None" || !harmless.has(failure.value._tag)
}

/** Whether each row that it gives is one of its table. */
const givesItsRows = ({ groupBy, having, projection }: Select): boolean =>
  projection._tag === "Instance" && groupBy.length === 0 && having === undefined

/** In milliseconds, by the fiber's Clock. */
const nowOf = (fiber: AnyFiber): number =>
  (fiber.currentDefaultServices.unsafeMap.get(Clock.Clock.key) as Clock.Clock).unsafeCurrentTimeMillis()

/** What stands between programs and a database. */
export const make = (
  service: Service,
  { counters, generations, settings, shared, writers }: Parts
): { readonly interceptor: Interceptor; readonly stats: () => Stats } => {
  const entries = new Entries(settings.maxEntries, settings.maxBytes)
  const names = numbered()
  /** Of selects that were asked of the database: those that a program keeps are run often, and those that it makes anew for each read once. */
  const identities = new WeakMap<Select, Identity>()
  const loads = new Map<string, Loading>()
  const scopeOf = (fiber: AnyFiber): TransactionScope | undefined =>
    service.scopeOf(fiber.currentContext as Context.Context<never>)

  const touchedOf = (statement: Statement, isCrowded: boolean): ReadonlySet<Generation> =>
    touchedBy(statement, generations, { isCrowded, isRewritten: service.rewrites?.(statement) === true })

  /** What a select is to be answered by; undefined where it passes by. */
  const askedBy = (select: Select, fiber: AnyFiber): Asked | ConfigurationError | undefined => {
    const said = saidOf(select, fiber) ?? settings.usual(select)
    if (said === undefined || !said.isCached) return undefined
    if (said.problem !== undefined) return new ConfigurationError({ problem: said.problem })
    // What a transaction has written is seen by it alone, and what it has read once it may read again.
    const identity = select.lazy === undefined && scopeOf(fiber) === undefined
      ? identities.get(select) ?? identityOf(select, names)
      : undefined
    if (identity === undefined) {
      counters.bypassed++
      return undefined
    }
    const tenant = tenantOf(fiber)
    const { tables } = said
    return { identity, key: keyOf(identity, tenant, tables), tenant, tables, ttl: said.ttl ?? settings.ttl }
  }

  /** An answer that is in memory; undefined where there is none of now. */
  const answered = ({ key, ttl }: Asked, fiber: AnyFiber): Outcome | undefined => {
    const found = entries.get(key)
    if (found === undefined) return undefined
    if (!areAt(found.depends, found.at)) {
      entries.drop(key)
      counters.stale++
      return undefined
    }
    const now = nowOf(fiber)
    if (now >= found.expires || now >= found.since + ttl) {
      counters.expired++
      return undefined
    }
    if (areWritten(found.depends)) return undefined
    counters.hit()
    return given(found)
  }

  const given = ({ copy, outcome }: Answer): Outcome => ({ rows: copy(outcome.rows), affected: outcome.affected })

  const dependsOf = ({ moving, rows, tables }: Reading): Array<Generation> => {
    const depends = [generations.all]
    for (const name of tables) depends.push(generations.table(name).any)
    for (const name of moving) depends.push(generations.table(name).moved)
    if (rows !== undefined) {
      const { grown, wide } = generations.table(rows.table)
      depends.push(wide, ...generations.keys(rows.table, rows.keys), grown)
    }
    return depends
  }

  const load = (
    select: Select,
    asked: Asked,
    fiber: AnyFiber,
    next: Service["run"],
    failures = 0
  ): Effect.Effect<Outcome, WriteFailure> => {
    const reading = readingOf(select, asked.tables)
    const depends = reading === "unknown" ? undefined : dependsOf(reading)
    if (reading === "unknown" || depends === undefined || areWritten(depends)) {
      counters.bypassed++
      return next(select)
    }
    const other = loads.get(asked.key)
    // Where the database is down nobody waits for one after the other.
    if (other !== undefined && failures < 2 && areAt(other.depends, other.at)) {
      // The other may be waiting for this one.
      if (fiber.getFiberRef(isWithinLoad)) {
        counters.bypassed++
        return next(select)
      }
      counters.joined++
      return Effect.flatMap(
        Deferred.await(other.end),
        (end) =>
          typeof end === "string"
            ? read(select, asked, fiber, next, end === "failed" ? failures + 1 : failures)
            : Effect.succeed(given(end))
      )
    }
    if (asked.identity.isLasting) identities.set(select, asked.identity)
    return Effect.uninterruptibleMask((restore) => {
      const since = nowOf(fiber)
      const at = valuesOf(depends)
      const mine: Loading = { depends, at, end: Deferred.unsafeMake(fiber.id()) }
      loads.set(asked.key, mine)
      const answer = (outcome: Outcome, since: number, expires: number): Answer => {
        const { rows, affected } = outcome
        // Of a row that is there no other one has the key; an aggregate gives a row where there is none.
        const isThere = reading.rows?.keys.length === 1 && rows.length > 0 && givesItsRows(select)
        return {
          key: asked.key,
          outcome: { rows, affected },
          copy: copier(reading.models, select.includes.length > 0),
          depends: isThere ? depends.slice(0, -1) : depends,
          at,
          since,
          expires,
          bytes: 2 * asked.key.length + 256 + sizeOf(rows)
        }
      }
      // Whatever throws from here on is a defect of this load, which ends it for those who wait.
      const asks = Effect.tap(
        Effect.locally(Effect.suspend(() => next(select)), isWithinLoad, true),
        () => Effect.sync(() => counters.missed())
      )
      const loaded = shared === undefined || reading.isSensitive
        ? Effect.map(asks, (outcome) => answer(outcome, since, since + asked.ttl))
        : Effect.suspend(() => shared.load({ select, asked, depends, at, since, read: asks, answer }))
      return Effect.matchCauseEffect(restore(loaded), {
        onFailure: (cause) => {
          if (loads.get(asked.key) === mine) loads.delete(asked.key)
          Deferred.unsafeDone(mine.end, Effect.succeed(Cause.isInterrupted(cause) ? "interrupted" : "failed"))
          return Effect.failCause(cause)
        },
        onSuccess: (found) => {
          if (loads.get(asked.key) === mine) loads.delete(asked.key)
          if (areAt(found.depends, found.at)) entries.set(found)
          Deferred.unsafeDone(mine.end, Effect.succeed(found))
          return Effect.succeed(given(found))
        }
      })
    })
  }

  const read = (
    select: Select,
    asked: Asked,
    fiber: AnyFiber,
    next: Service["run"],
    failures = 0
  ): Effect.Effect<Outcome, WriteFailure> => {
    const found = answered(asked, fiber)
    return found === undefined ? load(select, asked, fiber, next, failures) : Effect.succeed(found)
  }

  const write = (
    statement: Exclude<Statement, Select>,
    fiber: AnyFiber,
    next: Service["run"]
  ): Effect.Effect<Outcome, WriteFailure> => {
    const scope = scopeOf(fiber)
    if (scope !== undefined) {
      within(scope, statement)
      return next(statement)
    }
    return Effect.uninterruptibleMask((restore) => {
      // Together: what nobody writes to may be let go of.
      const touched = touchedOf(statement, false)
      writers.begin(touched)
      return Effect.matchCauseEffect(restore(Effect.suspend(() => next(statement))), {
        onFailure: (cause) => {
          const isMoved = mayHaveWritten(cause)
          writers.end(touched, isMoved)
          const failed = Effect.failCause(cause)
          return shared === undefined || !isMoved ? failed : Effect.zipRight(restore(shared.delivered), failed)
        },
        onSuccess: (outcome) => {
          writers.end(touched, true)
          return shared === undefined ? Effect.succeed(outcome) : Effect.as(shared.delivered, outcome)
        }
      })
    })
  }

  /** Of a transaction it is known at its end what has been written; some databases commit it when tables are made. */
  const within = (scope: TransactionScope, statement: Statement): void => {
    const touched = touchedOf(statement, writers.isCrowded(scope))
    writers.join(scope, touched)
    if (statement._tag === "Script") writers.move(touched)
  }

  /** What `runNow` has found out, and left to `run`. */
  let left: { readonly select: Select; readonly fiber: AnyFiber; readonly asked: Asked | undefined } | undefined

  const run: NonNullable<Interceptor["run"]> = (statement, next) =>
    Effect.withFiberRuntime((fiber) => {
      if (statement._tag !== "Select") return write(statement, fiber, next)
      if (left !== undefined && left.select === statement && left.fiber === fiber) {
        const { asked } = left
        left = undefined
        return asked === undefined ? next(statement) : load(statement, asked, fiber, next)
      }
      const asked = askedBy(statement, fiber)
      if (asked === undefined) return next(statement)
      return asked instanceof ConfigurationError ? Effect.fail(asked) : read(statement, asked, fiber, next)
    })

  const runNow: NonNullable<Interceptor["runNow"]> = (statement, fiber, next) => {
    if (statement._tag === "Select") {
      const asked = askedBy(statement, fiber)
      if (asked instanceof ConfigurationError) return Effect.fail(asked)
      const answer = asked === undefined ? next(statement, fiber) : answered(asked, fiber)
      if (answer === undefined) left = { select: statement, fiber, asked }
      return answer
    }
    const scope = scopeOf(fiber)
    if (scope === undefined && shared !== undefined) return undefined
    if (scope !== undefined) {
      within(scope, statement)
      return next(statement, fiber)
    }
    const touched = touchedOf(statement, false)
    let isBegun = true
    try {
      const answer = next(statement, fiber)
      isBegun = answer !== undefined
      return answer
    } finally {
      // Who throws may have written.
      if (isBegun) writers.move(touched)
    }
  }

  const invalidate: Control["invalidate"] = (tables) =>
    Effect.withFiberRuntime((fiber) => {
      const touched = new Set<Generation>()
      if (tables === "all") touched.add(generations.all)
      else {
        for (const table of tables) {
          const { any, grown, moved, wide } = generations.table(nameOf(table))
          touched.add(any).add(grown).add(moved).add(wide)
        }
      }
      const scope = scopeOf(fiber)
      if (scope === undefined) writers.move(touched)
      else writers.join(scope, touched)
      const inner = service.cache?.invalidate(tables) ?? Effect.void
      return shared === undefined || scope !== undefined ? inner : Effect.zipRight(shared.delivered, inner)
    })

  const stats = () => counters.stats(entries, shared)

  const interceptor: Interceptor = {
    run,
    runNow,
    // What a transaction has written others are told before its program goes on.
    ...(shared === undefined ? {} : {
      transact: (effect, options, next) =>
        Effect.withFiberRuntime((fiber) =>
          scopeOf(fiber) === undefined
            ? Effect.onExit(next(effect, options), () => shared.delivered)
            : next(effect, options)
        )
    }),
    cache: { invalidate, stats: Effect.sync(() => counters.told(stats())) }
  }
  return { interceptor, stats }
}
