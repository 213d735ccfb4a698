/**
 * The store of shared caches in Redis, by the npm package `ioredis`, an optional peer.
 *
 * ```ts
 * import { Layer, Redacted } from "effect"
 * import { Cache, Database } from "effect-strata"
 * import * as RedisStore from "effect-strata/RedisStore"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * const DatabaseLive = Sqlite.layer({ filename: ":memory:" }).pipe(
 *   Database.with(Cache.layerShared({ database: "shop" })),
 *   Layer.provide(RedisStore.layer({ url: Redacted.make("redis://localhost:6379") }))
 * )
 * ```
 *
 * @since 0.1.0
 */
import type { Redis } from "ioredis"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { randomBytes } from "node:crypto"
import { Store, StoreError } from "./cache/store.js"
import type { StoreService } from "./cache/store.js"
import { ConfigurationError } from "./DbError.js"
import { loader } from "./driver/packages.js"

/**
 * Where the server is.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** `redis://user:password@host:port/database`, or `rediss:` for TLS. */
  readonly url: Redacted.Redacted
  /** What all keys begin with; default "strata". */
  readonly prefix?: string
}

/** How long a tag is known after it was invalidated, in milliseconds: longer than any value lives. */
const tagLife = 48 * 60 * 60 * 1000

/** For how much longer than a value a tag is known, in milliseconds: a read takes its time before its value is kept. */
const margin = 60 * 1000

/** How many characters a token may have; ours have some twenty. */
const longestToken = 64

/** How many bytes a character of a value takes at most. */
const bytesEach = 3

/**
 * Finds a value with where its tags are. A tag that is unknown is one that nobody has used yet, or that the server has lost: it gets a name that it
 * never had, so that no value is of it. It is known for as long as a value may be kept with it; one that is lost before is a miss. What is no text, or
 * longer than a cache has written, is dropped and never sent: it would be in the way of others at each read.
 */
const find = `
local stamps = {}
for i = 2, #KEYS do
  local token = redis.pcall('GET', KEYS[i])
  if type(token) ~= 'string' or #token > ${longestToken} then
    token = ARGV[1] .. i
    redis.call('SET', KEYS[i], token, 'PX', ARGV[2])
  elseif redis.call('PTTL', KEYS[i]) < tonumber(ARGV[2]) then
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
  end
  stamps[i - 1] = token
end
local stamp = table.concat(stamps, ' ')
local length = redis.pcall('STRLEN', KEYS[1])
if type(length) ~= 'number' or length > #stamp + 1 + tonumber(ARGV[3]) then
  redis.call('DEL', KEYS[1])
  return { false, stamp }
end
return { redis.call('GET', KEYS[1]), stamp }
`

const load = loader("RedisStore needs", "npm install ioredis")

const token = () => randomBytes(12).toString("base64url")

/** A word for what went wrong, in which nothing is told of keys and values. */
const wordOf = (error: unknown): string => {
  const { code, message, name } = error as {
    readonly code?: unknown
    readonly message?: unknown
    readonly name?: unknown
  }
  const reply = typeof message === "string" ? /^[A-Z]{2,}\b/.exec(message)?.[0] : undefined
  return [code, reply, name].find((one): one is string => typeof one === "string") ?? "an unknown error"
}

const attempt = <A>(call: () => Promise<A>): Effect.Effect<A, StoreError> =>
  Effect.tryPromise({ try: call, catch: (error) => new StoreError({ problem: wordOf(error) }) })

const isUrl = (text: string): boolean => {
  try {
    return /^rediss?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}

/** A connection that makes itself anew, and keeps no command for later. */
const connectionTo = (url: string, Client: new(url: string, options: object) => Redis): Redis => {
  const client = new Client(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    keepAlive: 10_000,
    retryStrategy: (times: number) => Math.min(20 * 2 ** times, 1_000)
  })
  // Who calls is told by the call.
  client.on("error", () => {})
  return client
}

/** The server by the name that it has until it is started again: what it may have kept from before is not looked at. */
class Server {
  private name: string | undefined
  private connections = 0

  constructor(private readonly client: Redis, private readonly prefix: string) {
    client.on("ready", () => void this.meet(++this.connections))
    client.on("close", () => {
      this.connections++
      this.name = undefined
    })
  }

  private async meet(connection: number): Promise<void> {
    try {
      const name = /^run_id:(\w+)/m.exec(await this.client.info("server"))?.[1]
      if (this.connections === connection) this.name = name
    } catch {
      // Nothing is asked of a server that does not say who it is; the next connection may.
    }
  }

  /** Calls the server with what its keys begin with. */
  call<A>(use: (keys: string) => Promise<A>): Effect.Effect<A, StoreError> {
    return Effect.suspend(() => {
      const { name, prefix } = this
      return name === undefined
        ? Effect.fail(new StoreError({ problem: "no connection" }))
        : attempt(() => use(`${prefix}:${name}`))
    })
  }
}

const serviceOf = (client: Redis, subscriber: Redis, prefix: string): StoreService => {
  const server = new Server(client, prefix)
  const own = token()
  const channel = `${prefix}:invalidated`
  return {
    get: (key, tags, { maxLength, ttl }) =>
      server.call(async (keys) => {
        const names = [`${keys}:v:${key}`, ...tags.map((tag) => `${keys}:t:${tag}`)]
        const [found, stamp] = await client.eval(
          find,
          names.length,
          ...names,
          token(),
          Math.ceil(ttl) + margin,
          bytesEach * maxLength
        ) as [string | null, string]
        const value = found !== null && found.startsWith(`${stamp}\n`) ? found.slice(stamp.length + 1) : undefined
        return { value, stamp }
      }),
    set: (key, value, stamp, ttl) =>
      Effect.asVoid(
        server.call((keys) => client.set(`${keys}:v:${key}`, `${stamp}\n${value}`, "PX", Math.max(1, Math.ceil(ttl))))
      ),
    drop: (key) => Effect.asVoid(server.call((keys) => client.del(`${keys}:v:${key}`))),
    invalidate: (tags) =>
      server.call(async (keys) => {
        const all = client.multi()
        for (const tag of tags) all.set(`${keys}:t:${tag}`, token(), "PX", tagLife)
        all.publish(channel, [own, ...tags].join(" "))
        const results = await all.exec()
        const failed = results?.find(([error]) => error !== null)
        if (failed !== undefined) throw failed[0]!
        if (results === null) throw new Error("EXEC")
      }),
    listen: (listener) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          subscriber.on("message", (_, message: string) => {
            const [from, ...tags] = message.split(" ")
            if (from !== own) listener(tags)
          })
          // What was said before is missed.
          subscriber.on("ready", () => void subscriber.subscribe(channel).then(() => listener(undefined), () => {}))
          if (subscriber.status === "wait") subscriber.connect().catch(() => {})
        }),
        () => Effect.sync(() => subscriber.removeAllListeners("message").removeAllListeners("ready"))
      )
  }
}

/**
 * The store in a Redis server.
 *
 * It is built whether or not the server answers, and used as soon as that does. A server that was started again is taken for an empty one, as what it
 * has from before may be older than what it was told. Commands that it has to know: EVAL, GET, SET, DEL, STRLEN, PTTL, PEXPIRE, MULTI, PUBLISH, SUBSCRIBE,
 * INFO.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Store, ConfigurationError> =>
  Layer.scoped(
    Store,
    Effect.gen(function*() {
      const { prefix = "strata", url } = options
      const address = Redacted.isRedacted(url) ? Redacted.value(url) : ""
      if (typeof address !== "string" || !isUrl(address)) {
        return yield* new ConfigurationError({
          problem: "The url of the Redis store is none: give a Redacted \"redis://host:port\""
        })
      }
      const { Redis: Client } = yield* load("ioredis", () => import("ioredis"))
      const connect = Effect.acquireRelease(
        Effect.sync(() => connectionTo(address, Client)),
        (client) => Effect.sync(() => client.disconnect())
      )
      const client = yield* connect
      const service = serviceOf(client, yield* connect, prefix)
      client.connect().catch(() => {})
      return service
    })
  )

/**
 * `layer` with its options from Config.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<Store, ConfigurationError | ConfigError> => Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
