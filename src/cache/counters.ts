/**
 * What a cache counts, as plain numbers, and as metrics.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Stats } from "../database/cache.js"
import { counter, gauge } from "../effect/metrics.js"
import type { Entries } from "./entries.js"

const events = [
  "hits",
  "sharedHits",
  "joined",
  "misses",
  "bypassed",
  "stale",
  "expired",
  "storeErrors",
  "unreadable"
] as const

/** Tells Effect's metrics what has happened since they were told last. */
const reporterOf = (name: string, stats: () => Stats): () => void => {
  const eventsOf = (event: string) =>
    counter("strata.cache.events", "Reads of a cache by how they went, and what happened to it", { cache: name, event })
  const counters = [...events, "evictions" as const].map((event) => ({ event, metric: eventsOf(event), told: 0 }))
  const entries = gauge("strata.cache.entries", "Answers in memory", { cache: name })
  const bytes = gauge("strata.cache.bytes", "What the answers in memory take, in bytes", { cache: name })
  return () => {
    const now = stats()
    for (const one of counters) {
      const more = now[one.event] - one.told
      if (more === 0) continue
      one.metric.unsafeUpdate(more, [])
      one.told += more
    }
    entries.unsafeUpdate(now.entries, [])
    bytes.unsafeUpdate(now.bytes, [])
  }
}

/** What is counted of a cache. */
export class Counters {
  private hits = 0
  sharedHits = 0
  joined = 0
  misses = 0
  bypassed = 0
  stale = 0
  expired = 0
  storeErrors = 0
  unreadable = 0
  private report: () => void = () => {}

  /** An answer from memory: metrics are told of many of these at once. */
  hit(): void {
    if ((++this.hits & 1023) === 0) this.report()
  }

  /** An answer that took longer. */
  missed(): void {
    this.misses++
    this.report()
  }

  /** What is told to a program, is told to metrics too. */
  told(stats: Stats): Stats {
    this.report()
    return stats
  }

  /** Has metrics told from now on until the scope closes. */
  reported(name: string, stats: () => Stats): Effect.Effect<void, never, Scope.Scope> {
    return Effect.suspend(() => {
      this.report = reporterOf(name, stats)
      return Effect.addFinalizer(() => Effect.sync(this.report))
    })
  }

  stats(entries: Entries, shared: { readonly undelivered: () => number } | undefined): Stats {
    return {
      hits: this.hits,
      sharedHits: this.sharedHits,
      joined: this.joined,
      misses: this.misses,
      bypassed: this.bypassed,
      stale: this.stale,
      expired: this.expired,
      evictions: entries.evictions,
      storeErrors: this.storeErrors,
      unreadable: this.unreadable,
      undelivered: shared?.undelivered() ?? 0,
      entries: entries.size,
      bytes: entries.bytes
    }
  }
}
