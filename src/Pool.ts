/**
 * A driver's connections, shared out: who waits is served in order, no more than `size + overflow` are ever open, and what
 * comes back broken or with a transaction open is never lent as it is.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { ConnectionError } from "./DbError.js"
import type { ConnectFailure } from "./DbError.js"
import type { Connection, Driver } from "./Driver.js"
import { toConnectError, validate } from "./pool/options.js"
import type { Options } from "./pool/options.js"
import type { Control } from "./pool/state.js"

export { toConnectError, validate } from "./pool/options.js"
export type { Options, Settings } from "./pool/options.js"
export type { Control, Size, State } from "./pool/state.js"

/**
 * Connections to one database.
 *
 * @since 0.1.0
 * @category models
 */
export interface Pool extends Control {
  /** A connection until the scope closes. */
  readonly acquire: Effect.Effect<Connection, ConnectFailure, Scope.Scope>
  /** A connection for one effect: the cheap way. */
  readonly use: <A, E, R>(
    use: (connection: Connection) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | ConnectFailure, R>
  /** Marks a lent connection as not to be used again: it is closed when it comes back. */
  readonly invalidate: (connection: Connection) => void
}

/** A connection and what the pool knows of it. */
interface Slot {
  readonly connection: Connection
  state: "idle" | "lent" | "leaving"
  expiresAt: number
  idleSince: number
}

/**
 * A fiber's wish for a connection. It holds what the fiber was given, so that nothing is lost when the fiber is interrupted
 * between being given a connection and going on with it.
 */
interface Claim {
  readonly deadline: number
  slot: Slot | undefined
  isPinging: boolean
  resume: (effect: Effect.Effect<void, ConnectFailure>) => void
}

/** How long a rollback, a close or a ping on the pool's own account may take: a black hole must not keep a place. */
const grace = Duration.seconds(5)

/** Gives up after a time without waiting for what it gave up. */
const bounded = <A, E>(effect: Effect.Effect<A, E>, limit: Duration.Duration) =>
  Effect.timeout(Effect.disconnect(effect), limit)

const closedError = () => new ConnectionError({ reason: "closed", isRetryable: false })

/**
 * Opens the first connections and shares them out until the scope closes; an unreachable server or a wrong password fails here.
 *
 * Interrupting `driver.connect` must destroy what it was opening, also when it has just been opened.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (driver: Driver, options: Options = {}): Effect.Effect<Pool, ConnectFailure, Scope.Scope> =>
  Effect.gen(function*() {
    const settings = yield* validate(options, driver.maxConnections)
    const clock = yield* Effect.clock
    const fork = Runtime.runFork(yield* Effect.runtime<never>())

    const limit = settings.size + settings.overflow
    const acquireMillis = Duration.toMillis(settings.acquireTimeout)
    const idleMillis = Duration.toMillis(settings.idleTimeout)
    const lifetimeMillis = Duration.toMillis(settings.maxLifetime)

    /** Every connection that is open, however it is used. */
    const slots = new Set<Slot>()
    /** A stack, so that the least used are on the bottom and can end; not empty only while nobody waits. */
    const idle: Array<Slot> = []
    /** First come, first served: a Set keeps its order and lets anyone leave. */
    const waiters = new Set<Claim>()
    /** The pool's own fibers: those that may be cut off when it closes, and those that must end. */
    const stoppable = new Set<Fiber.RuntimeFiber<unknown, unknown>>()
    const chores = new Set<Fiber.RuntimeFiber<unknown, unknown>>()
    let connecting = 0
    let leaving = 0
    let isClosed = false
    let isWatching = false

    const now = () => clock.unsafeCurrentTimeMillis()
    const staying = () => slots.size - leaving + connecting

    const background = (fibers: typeof chores, effect: Effect.Effect<unknown, unknown>): void => {
      // not at once: what it does must not meet the caller's half-made change
      const fiber = fork(effect, { immediate: false })
      fibers.add(fiber)
      fiber.addObserver(() => fibers.delete(fiber))
    }

    const firstWaiter = (): Claim | undefined => {
      for (const claim of waiters) {
        waiters.delete(claim)
        return claim
      }
      return undefined
    }

    /** A sound connection goes to whoever waits longest, else to the stack. */
    const offer = (slot: Slot): void => {
      if (slot.state === "leaving") return
      if (isClosed) return discard(slot)
      const claim = firstWaiter()
      if (claim !== undefined) {
        slot.state = "lent"
        claim.slot = slot
        claim.resume(Effect.void)
      } else if (staying() > settings.size) {
        discard(slot)
      } else {
        slot.state = "idle"
        slot.idleSince = now()
        idle.push(slot)
      }
    }

    /** The place stays taken until the connection is closed, so that the database never sees more than `limit`. */
    const discard = (slot: Slot): void => {
      if (slot.state === "leaving") return
      slot.state = "leaving"
      leaving++
      const leave = () => {
        leaving--
        slots.delete(slot)
        demand()
      }
      background(chores, Effect.ensuring(Effect.ignore(bounded(slot.connection.close, grace)), Effect.sync(leave)))
    }

    const giveBack = (slot: Slot): void => {
      if (slot.state === "leaving") return
      if (slot.connection.isBroken() || now() >= slot.expiresAt) discard(slot)
      else if (slot.connection.isInTransaction()) background(chores, mend(slot))
      else offer(slot)
    }

    const mend = (slot: Slot) =>
      Effect.map(
        Effect.exit(bounded(slot.connection.rollback, grace)),
        (exit) =>
          Exit.isSuccess(exit) && !slot.connection.isBroken() && !slot.connection.isInTransaction()
            ? offer(slot)
            : discard(slot)
      )

    const connect = Effect.flatMap(
      Random.next,
      (random) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.matchCauseEffect(Effect.mapError(restore(driver.connect), toConnectError), {
            onFailure: (cause) => {
              connecting--
              return Effect.failCause(cause)
            },
            onSuccess: (connection) => {
              connecting--
              const expiresAt = now() + lifetimeMillis * (1 - random / 5)
              const slot: Slot = { connection, state: "lent", expiresAt, idleSince: 0 }
              slots.add(slot)
              offer(slot)
              return Effect.void
            }
          })
        )
    )

    /** Opens one on the pool's account, not the waiter's: an impatient waiter leaves it to the next. */
    const open = (): void => {
      connecting++
      background(
        stoppable,
        Effect.catchAllCause(connect, (cause) => {
          const claim = firstWaiter()
          claim?.resume(Effect.failCause(cause))
          demand()
          return claim === undefined && !Cause.isInterruptedOnly(cause)
            ? Effect.logDebug("A connection that nobody waits for could not be opened", cause)
            : Effect.void
        })
      )
    }

    const demand = (): void => {
      while (!isClosed && connecting < waiters.size && slots.size + connecting < limit) open()
    }

    const takeIdle = (): Slot | undefined => {
      let slot = idle.pop()
      while (slot !== undefined && (slot.connection.isBroken() || now() >= slot.expiresAt)) {
        discard(slot)
        slot = idle.pop()
      }
      if (slot !== undefined) slot.state = "lent"
      return slot
    }

    /** Everyone waits equally long, so the first in the queue is the first to give up and one timer is enough. */
    const watch: Effect.Effect<void> = Effect.suspend(() => {
      const time = now()
      for (const claim of waiters) {
        if (claim.deadline > time) return Effect.zipRight(Effect.sleep(claim.deadline - time), watch)
        waiters.delete(claim)
        claim.resume(Effect.fail(poolTimeout()))
      }
      isWatching = false
      return Effect.void
    })

    const wait = (claim: Claim) =>
      Effect.async<void, ConnectFailure>((resume) => {
        if (isClosed) return resume(Effect.fail(closedError()))
        claim.resume = resume
        waiters.add(claim)
        demand()
        if (!isWatching && waiters.has(claim) && Number.isFinite(claim.deadline)) {
          isWatching = true
          background(stoppable, watch)
        }
      })

    /** Only an idle connection can have died unseen: one just opened or just used needs no ping. */
    const obtain = (claim: Claim): Effect.Effect<void, ConnectFailure> =>
      Effect.suspend(() => {
        const slot = takeIdle()
        if (slot === undefined) return wait(claim)
        claim.slot = slot
        if (!settings.prePing) return Effect.void
        claim.isPinging = true
        // half of the time that is left, so that some is left for another connection
        const patience = Duration.min(grace, Duration.millis((claim.deadline - now()) / 2))
        return Effect.matchEffect(bounded(slot.connection.ping, patience), {
          onFailure: () => {
            claim.slot = undefined
            discard(slot)
            const left = Math.max(0, claim.deadline - now())
            return Effect.timeoutFail(obtain(claim), { duration: left, onTimeout: poolTimeout })
          },
          onSuccess: () => {
            claim.isPinging = false
            return Effect.void
          }
        })
      })

    const abandon = (claim: Claim): void => {
      waiters.delete(claim)
      if (claim.slot === undefined) return
      if (claim.isPinging) discard(claim.slot)
      else giveBack(claim.slot)
    }

    const poolTimeout = () =>
      new ConnectionError({
        reason: "poolTimeout",
        isRetryable: true,
        hint:
          `none of ${limit} connections was to be had in ${
            Duration.format(settings.acquireTimeout)
          }: raise the pool's size ` +
          `(${settings.size}) or overflow (${settings.overflow}), or hold connections for less time`
      })

    const checkout = (
      restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    ): Effect.Effect<Slot, ConnectFailure> => {
      const claim: Claim = { deadline: now() + acquireMillis, slot: undefined, isPinging: false, resume: () => {} }
      return Effect.matchCauseEffect(restore(obtain(claim)), {
        onFailure: (cause) => {
          abandon(claim)
          return Effect.failCause(cause)
        },
        // a claim that was resumed with success has been given a slot
        onSuccess: () => Effect.succeed(claim.slot!)
      })
    }

    const lend = <A, E, R>(slot: Slot, body: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.matchCauseEffect(body, {
        onFailure: (cause) => {
          giveBack(slot)
          return Effect.failCause(cause)
        },
        onSuccess: (value) => {
          giveBack(slot)
          return Effect.succeed(value)
        }
      })

    const tidy = (): void => {
      const time = now()
      for (const slot of idle.splice(0)) {
        if (slot.connection.isBroken() || time >= slot.expiresAt) discard(slot)
        else idle.push(slot)
      }
      while (staying() > settings.minimum && idle.length > 0 && time - idle[0]!.idleSince >= idleMillis) {
        discard(idle.shift()!)
      }
      while (staying() < settings.minimum && slots.size + connecting < limit) open()
    }

    const close = Effect.gen(function*() {
      isClosed = true
      idle.length = 0
      for (let claim = firstWaiter(); claim !== undefined; claim = firstWaiter()) {
        claim.resume(Effect.fail(closedError()))
      }
      yield* Fiber.interruptAll(stoppable)
      for (const slot of slots) discard(slot)
      while (chores.size > 0) yield* Effect.forEach([...chores], Fiber.await, { concurrency: "unbounded" })
    })

    yield* Effect.addFinalizer(() => close)
    const first = Effect.suspend(() => {
      connecting++
      return connect
    })
    // one alone, so that a wrong password is tried once and not as often as `minimum` says
    yield* first
    yield* Effect.replicateEffect(first, Math.max(0, settings.minimum - 1), { concurrency: "unbounded", discard: true })

    const shortest = Math.min(idleMillis, lifetimeMillis) / 4
    const interval = Duration.millis(Math.min(30_000, Math.max(10, shortest)))
    yield* Effect.forkScoped(Effect.interruptible(Effect.forever(Effect.delay(Effect.sync(tidy), interval))))

    return {
      acquire: Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(
          checkout(restore),
          (slot) => Effect.as(Effect.addFinalizer(() => Effect.sync(() => giveBack(slot))), slot.connection)
        )
      ),
      use: (body) =>
        Effect.uninterruptibleMask((restore) => {
          const run = (slot: Slot) => lend(slot, restore(Effect.suspend(() => body(slot.connection))))
          const slot = settings.prePing ? undefined : takeIdle()
          return slot === undefined ? Effect.flatMap(checkout(restore), run) : run(slot)
        }),
      invalidate: (connection) => {
        for (const slot of slots) if (slot.connection === connection) slot.expiresAt = Number.NEGATIVE_INFINITY
      },
      state: Effect.sync(() => {
        let inUse = 0
        for (const slot of slots) if (slot.state === "lent") inUse++
        return {
          size: slots.size + connecting,
          idle: idle.length,
          inUse,
          waiting: waiters.size,
          longestWait: Duration.zero,
          acquired: 0,
          waited: 0,
          waitTime: Duration.zero,
          shed: 0,
          timedOut: 0,
          opened: 0,
          failedToOpen: 0,
          closed: 0,
          leaksFound: 0
        }
      }),
      resize: () => Effect.void
    }
  })
