/**
 * What is done to connections that nobody uses: they end when they are old or too many, and prove now and then that they answer.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { pingPatience } from "./chores.js"
import type { Connections } from "./connections.js"
import type { Settings } from "./options.js"
import type { Slot } from "./slot.js"

const every = (interval: Duration.Duration, effect: Effect.Effect<void>): Effect.Effect<never> =>
  Effect.forever(Effect.delay(effect, interval))

/** The longest pause of `tidy`: connections end not much later than they should. */
const longest = 30_000

/** Ends what is too old, or unused for too long, and opens what the minimum lacks. */
export const tidy = (
  connections: Connections,
  { idleTimeout, maxLifetime }: Settings,
  now: () => number
): Effect.Effect<never> => {
  const idleMillis = Duration.toMillis(idleTimeout)
  const shortest = Math.min(idleMillis, Duration.toMillis(maxLifetime)) / 4
  return every(
    Duration.millis(Math.min(longest, Math.max(10, shortest))),
    Effect.sync(() => {
      const time = now()
      const { idle } = connections
      for (const slot of idle.splice(0)) {
        if (slot.connection.isBroken() || time >= slot.expiresAt) connections.discard(slot)
        else idle.push(slot)
      }
      while (connections.staying > connections.minimum && idle.length > 0 && time - idle[0]!.idleSince >= idleMillis) {
        connections.discard(idle.shift()!)
      }
      connections.opening.demand()
    })
  )
}

/** Pings those that have not been heard of, the least used first, and one at a time: the others can be lent meanwhile. */
export const checkIdle = (
  connections: Connections,
  { idleCheck }: Settings,
  now: () => number
): Effect.Effect<never> => {
  const millis = Duration.toMillis(idleCheck)
  const { idle } = connections

  /** Back to where it was: a ping is no use. */
  const putBack = (slot: Slot): void => {
    if (connections.isClosed || connections.waiting.size > 0 || connections.staying > connections.size) {
      return connections.offer(slot, now())
    }
    const above = idle.findIndex(({ idleSince }) => idleSince > slot.idleSince)
    slot.state = "idle"
    idle.splice(above === -1 ? idle.length : above, 0, slot)
  }

  const check: Effect.Effect<void> = Effect.suspend(() => {
    const time = now()
    const index = idle.findIndex(({ soundAt }) => time - soundAt >= millis)
    const [slot] = index === -1 ? [] : idle.splice(index, 1)
    if (slot === undefined) return Effect.void
    slot.state = "tended"
    return Effect.flatMap(connections.ping(slot, pingPatience), (isSound) => {
      if (isSound) putBack(slot)
      return check
    })
  })

  return every(idleCheck, check)
}
