/**
 * A TCP proxy on the loopback address that makes a network fail on request.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { PCGRandom } from "effect/Utils"
import { createConnection, createServer } from "node:net"
import type { Server, Socket } from "node:net"
import { ConfigurationError, withCause } from "../DbError.js"
import { rulesOf } from "./conditions.js"
import type { Conditions } from "./conditions.js"
import { Link } from "./link.js"

/**
 * Where a proxy leads to.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProxyOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string
  readonly port: number
}

/**
 * What a proxy has seen.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProxyState {
  /** Connections that are open now, at either end. */
  readonly connections: number
  /** Connections that were accepted. One that was refused is not seen. */
  readonly accepted: number
  /** The most connections that came within one second. */
  readonly busiestSecond: number
  /** Bytes that got to the server, and to clients. */
  readonly bytesUp: number
  readonly bytesDown: number
  /** How often `cut` or `hang` happened. */
  readonly cuts: number
}

/**
 * A proxy in front of a server.
 *
 * @since 0.1.0
 * @category models
 */
export interface Proxy {
  /** `127.0.0.1` */
  readonly host: string
  readonly port: number
  /** A database URL with the proxy's address in place of the server's. */
  readonly url: {
    (url: string): string
    (url: Redacted.Redacted): Redacted.Redacted
  }
  /** The conditions from now on, for open connections and new ones; what is left out works. `set({})` heals. */
  readonly set: (conditions: Conditions) => Effect.Effect<void>
  /** Resets all open connections (RST), the server's ends too. */
  readonly reset: Effect.Effect<void>
  /** Ends all open connections in good order (FIN), the server's ends too. */
  readonly end: Effect.Effect<void>
  /**
   * Makes all open connections silent, as a firewall does that forgets them; new ones work. Bytes never get through them again, and
   * until the next `set` neither does their end.
   */
  readonly forget: Effect.Effect<void>
  readonly state: Effect.Effect<ProxyState>
}

const address = "127.0.0.1"

const listen = (server: Server, port: number): Effect.Effect<number, Error> =>
  Effect.async((resume) => {
    server.once("error", (error) => resume(Effect.fail(error)))
    server.listen(port, address, () => {
      const bound = server.address()
      resume(Effect.succeed(typeof bound === "object" && bound !== null ? bound.port : port))
    })
  })

/** The most of sorted times that lie within a second. */
const busiest = (times: ReadonlyArray<number>): number => {
  let most = 0
  for (let last = 0, first = 0; last < times.length; last++) {
    while (times[last]! - times[first]! >= 1000) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

export const make = (options: ProxyOptions): Effect.Effect<Proxy, ConfigurationError, Scope.Scope> =>
  Effect.gen(function*() {
    const random = new PCGRandom(yield* Random.nextInt)
    const draw = () => random.number()
    const links = new Set<Link>()
    /** When each connection came. */
    const times: Array<number> = []
    let rules = rulesOf({}, draw)
    let bytesUp = 0
    let bytesDown = 0
    let cuts = 0
    let listener: Server | undefined

    const accept = (client: Socket): void => {
      times.push(performance.now())
      const server = createConnection({ host: options.host ?? address, port: options.port, allowHalfOpen: true })
      const link: Link = new Link(client, server, {
        rules: () => rules,
        onBytes: (direction, bytes) => {
          if (direction === "up") bytesUp += bytes
          else bytesDown += bytes
        },
        onCut: () => cuts++,
        onClosed: () => links.delete(link)
      })
      links.add(link)
    }

    const start = (port: number) =>
      Effect.suspend(() => {
        const server = createServer({ allowHalfOpen: true }, accept)
        return Effect.tap(listen(server, port), () => {
          listener = server
        })
      })

    const stop = Effect.sync(() => {
      listener?.close()
      listener = undefined
    })

    const reset = Effect.sync(() => {
      for (const link of links) link.reset()
    })

    const port = yield* Effect.acquireRelease(
      Effect.mapError(
        start(0),
        (cause) =>
          withCause(new ConfigurationError({ problem: "the proxy could not listen on a port of 127.0.0.1" }), cause)
      ),
      () => Effect.zipRight(stop, reset)
    )

    /** While nothing listened, another program may have been given the port for a moment. */
    const startAgain = Effect.asVoid(
      Effect.orDie(Effect.retry(start(port), { times: 100, schedule: Schedule.spaced("50 millis") }))
    )

    return {
      host: address,
      port,
      url: ((url: string | Redacted.Redacted) => {
        const at = new URL(Redacted.isRedacted(url) ? Redacted.value(url) : url)
        at.hostname = address
        at.port = String(port)
        return Redacted.isRedacted(url) ? Redacted.make(at.href) : at.href
      }) as Proxy["url"],
      set: (conditions) =>
        Effect.suspend(() => {
          rules = rulesOf(conditions, draw)
          for (const link of links) link.renew()
          if (conditions.refuse === true) return stop
          return listener === undefined ? startAgain : Effect.void
        }),
      reset,
      end: Effect.sync(() => {
        for (const link of links) link.end()
      }),
      forget: Effect.sync(() => {
        for (const link of links) link.silence()
      }),
      state: Effect.sync(() => ({
        connections: links.size,
        accepted: times.length,
        busiestSecond: busiest(times),
        bytesUp,
        bytesDown,
        cuts
      }))
    }
  })
