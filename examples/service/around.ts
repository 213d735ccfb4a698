/**
 * What may stand around the service's database. None of the service's programs knows of it: each Layer can be left out, and each can be the only one.
 */
import { Cache, Monitor, Policy, Signals } from "effect-strata"
import { Context, Effect } from "effect"
import { Article, Author, Publication } from "./models.js"

/** Whom the service tells of what was published; a log unless somebody provides another one. */
export class Announcements extends Context.Reference<Announcements>()("service/Announcements", {
  defaultValue: () => ({
    published: (articleId: Article["id"], by: string): Effect.Effect<void> => Effect.log(`${by} published ${articleId}`)
  })
}) {}

const isShouted = (title: string | undefined) =>
  title !== undefined && /\p{L}/u.test(title) && title === title.toUpperCase()

/** Titles are not shouted, and what is published is announced once it is committed. */
export const signals = Signals.layer(
  Signals.guard(
    "no shouting",
    Article,
    "insert",
    ({ row }) => isShouted(row.title) ? Effect.fail("a title in capitals") : Effect.void
  ),
  Signals.guard(
    "no louder",
    Article,
    "update",
    ({ changes }) => isShouted(changes.title) ? Effect.fail("a title in capitals") : Effect.void
  ),
  Signals.afterCommit(
    "announce",
    Publication,
    "inserted",
    ({ row }) => Effect.flatMap(Announcements, ({ published }) => published(row.articleId, row.publishedBy))
  )
)

const reads = [Author, Article]

/** In memory alone: for a service of one process. */
export const cache = Cache.layer({ reads, ttl: "1 minute" })

/** In memory and in a store that processes share, as Redis. */
export const sharedCache = Cache.layerShared({ reads, ttl: "1 minute", database: "service" })

export const monitor = Monitor.layer({ name: "service", slowAfter: "500 millis" })

/** Nothing takes for ever, nobody reads all there is, and a database that is down is left alone for a while. */
export const timeout = Policy.timeout("10 seconds")
export const maxRows = Policy.maxRows(1_000)
export const circuitBreaker = Policy.circuitBreaker({ failures: 10 })
