/**
 * What a proxy does to the connections that lead through it.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * Which way bytes go: `up` from the client to the server, `down` back.
 *
 * @since 0.1.0
 * @category models
 */
export type Direction = "up" | "down"

/**
 * One value for both directions, or one for each.
 *
 * @since 0.1.0
 * @category models
 */
export type EachWay<A> = A | { readonly up?: A; readonly down?: A }

/**
 * A place in what a client says. The text is looked for in the bytes as they are, so it is not found in an encrypted connection.
 * Bytes travel in chunks, and it is the chunk with the text that counts as the message.
 *
 * @since 0.1.0
 * @category models
 */
export type Place =
  /** The message never gets to the server. */
  | { readonly before: RegExp | string }
  /** The message gets to the server, and is worked on; the client never hears of it. */
  | { readonly after: RegExp | string }

/**
 * The conditions on a network; they combine, and none of them is a network that works.
 *
 * @since 0.1.0
 * @category models
 */
export interface Conditions {
  /** New connections are refused, as by a host on which nothing listens; those that are open go on. */
  readonly refuse?: boolean
  /**
   * Bytes in this direction are swallowed, and so is the end of a connection, while the sockets stay open. When the conditions are
   * better again, new connections work; one that lost bytes stays silent, and when one side ends it, the other is reset.
   */
  readonly blackHole?: Direction | "both"
  /** How much later bytes arrive; their order is kept. */
  readonly delay?: EachWay<Duration.DurationInput>
  /** By how much the delay varies to either side. */
  readonly jitter?: Duration.DurationInput
  /** Bytes a second on each connection. */
  readonly bandwidth?: EachWay<number>
  /** Connections are reset: at a place in what the client says, or when so many `bytes` from the server have passed. */
  readonly cut?: Place | { readonly bytes: number }
  /** Connections become silent in both directions at a place in what the client says, as with `Proxy.forget`. */
  readonly hang?: Place
  /** How often `cut` or `hang` happen. Default: whenever they apply. */
  readonly times?: number
}

/** Conditions as a connection reads them. */
export interface Rules {
  readonly isSwallowed: (direction: Direction) => boolean
  /** How much later, in milliseconds. */
  readonly delay: (direction: Direction) => number
  /** Bytes a millisecond. */
  readonly bandwidth: (direction: Direction) => number
  readonly cutBytes: number
  readonly trigger: Trigger | undefined
  /** Counts an event that happens `times` often at most; whether it may. */
  readonly take: () => boolean
}

/** What happens at a place. */
export interface Trigger {
  readonly action: "cut" | "hang"
  readonly when: "before" | "after"
  readonly isIn: (text: string) => boolean
}

const triggerOf = (action: Trigger["action"], place: Place): Trigger => {
  const [when, pattern] = "before" in place ? ["before" as const, place.before] : ["after" as const, place.after]
  const isIn = typeof pattern === "string"
    ? (text: string) => text.includes(pattern)
    : (text: string) => text.search(pattern) >= 0
  return { action, when, isIn }
}

const eachWay = <A, B>(given: EachWay<A> | undefined, read: (value: A) => B, fallback: B) => {
  const isSplit = typeof given === "object" && given !== null && !Duration.isDuration(given) && !Array.isArray(given)
  const ways = (isSplit ? given : { up: given, down: given }) as { readonly up?: A; readonly down?: A }
  const up = ways.up === undefined ? fallback : read(ways.up)
  const down = ways.down === undefined ? fallback : read(ways.down)
  return (direction: Direction) => direction === "up" ? up : down
}

/** `random` gives numbers from 0 to 1. */
export const rulesOf = (conditions: Conditions, random: () => number): Rules => {
  const { blackHole, cut, hang } = conditions
  const jitter = Duration.toMillis(conditions.jitter ?? 0)
  const delay = eachWay(conditions.delay, Duration.toMillis, 0)
  let left = conditions.times ?? Number.POSITIVE_INFINITY
  return {
    isSwallowed: (direction) => blackHole === direction || blackHole === "both",
    delay: (direction) => jitter === 0 ? delay(direction) : Math.max(0, delay(direction) + (2 * random() - 1) * jitter),
    bandwidth: eachWay(conditions.bandwidth, (bytes) => bytes / 1000, Number.POSITIVE_INFINITY),
    cutBytes: cut !== undefined && "bytes" in cut ? cut.bytes : Number.POSITIVE_INFINITY,
    trigger: cut !== undefined && !("bytes" in cut)
      ? triggerOf("cut", cut)
      : hang === undefined
      ? undefined
      : triggerOf("hang", hang),
    take: () => left-- > 0
  }
}
