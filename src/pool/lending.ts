/**
 * How connections are lent: at once where one is idle, else in the order in which they were asked for.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { ConfigurationError, ConnectFailure } from "../DbError.js"
import type { Connection, Driver, Failure, Result, RunOptions } from "../Driver.js"
import * as FiberRefs from "../effect/fiberRefs.js"
import * as Settled from "../effect/settled.js"
import { Call } from "./calls.js"
import type { Chores } from "./chores.js"
import { pingPatience } from "./chores.js"
import { Connections } from "./connections.js"
import { closed, overloaded, poolTimeout, selfDeadlock } from "./errors.js"
import { Leaks } from "./leaks.js"
import { block, isDeadlock, keepsSome, loans, unblock, wasDeadlock, withLoan } from "./loans.js"
import type { Settings } from "./options.js"
import { validateResize } from "./options.js"
import type { AnyFiber, Loan, Slot } from "./slot.js"
import { Standstill } from "./standstill.js"
import type { Size, State } from "./state.js"
import type { Refusal } from "./waiting.js"
import { Claim } from "./waiting.js"

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** What lending needs. */
export interface Parts {
  readonly driver: Driver
  readonly settings: Settings
  readonly now: () => number
  /** Those that may be cut off when the pool closes, and those that must end. */
  readonly stoppable: Chores
  readonly chores: Chores
}

/** In a fiber's run there is one. */
const currentFiber = (): AnyFiber => Option.getOrThrow(Fiber.getCurrentFiber())

/** The lending of one pool. */
export class Lending {
  readonly connections: Connections
  readonly leaks: Leaks | undefined
  private readonly acquireMillis: number
  private readonly pingAfter: number
  private readonly standstill: Standstill
  private acquired = 0
  private lastRefusal: { readonly time: number; readonly refusal: Refusal; readonly error: ConnectFailure } | undefined

  constructor(private readonly parts: Parts) {
    const { chores, now, settings } = parts
    this.acquireMillis = Duration.toMillis(settings.acquireTimeout)
    // A database in this process does not go away unseen.
    this.pingAfter = parts.driver.runsNow === true ? Number.POSITIVE_INFINITY : Duration.toMillis(settings.prePing)
    const { leakThreshold } = settings
    this.leaks = leakThreshold === undefined || !Duration.isFinite(leakThreshold)
      ? undefined
      : new Leaks({ threshold: leakThreshold, now, background: chores.run })
    this.connections = new Connections({
      ...parts,
      refuse: (claim, refusal) => this.refuse(claim, refusal),
      onLeave: ({ blocked, fiber }) => {
        if (blocked !== undefined) unblock(fiber, blocked)
      },
      give: (claim, slot, time) => {
        this.lend(slot, claim.fiber, time)
        claim.slot = slot
        claim.resume(Effect.void)
        this.fill(slot, time)
      }
    })
    const { slots, waiting } = this.connections
    this.standstill = new Standstill({
      slots,
      waiting,
      isFull: () => slots.size >= this.connections.limit,
      lent: () => this.acquired,
      now,
      background: parts.stoppable.run,
      fail: (claim) => waiting.fail(claim, Effect.fail(selfDeadlock(this.sizes)))
    })
  }

  readonly use = <A, E, R>(
    body: (connection: Connection) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | ConnectFailure, R> =>
    Effect.uninterruptibleMask((restore) => {
      const run = (slot: Slot) => this.lent(slot, restore(Effect.suspend(() => body(slot.connection))))
      const slot = this.takeSound()
      return slot === undefined ? Effect.flatMap(this.checkout(restore), run) : run(slot)
    })

  readonly run = (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: RunOptions
  ): Effect.Effect<Result, Failure | ConnectFailure> =>
    this.parts.driver.asks === true
      ? Effect.uninterruptibleMask((restore) => {
        const slot = this.takeSound()
        if (slot === undefined && this.connections.idle.length > 0) {
          return restore(this.borrowed(text, parameters, options))
        }
        const time = this.parts.now()
        const call = new Call(
          currentFiber(),
          time,
          time + this.acquireMillis,
          this.calls,
          text,
          parameters,
          options
        )
        const given = slot ?? this.shared(text, options, time)
        if (given !== undefined) call.start(given)
        else {
          const refused = this.join(call)
          if (refused !== undefined) return refused
        }
        return call.result(restore, this.leave)
      })
      : this.borrowed(text, parameters, options)

  private borrowed(
    text: string,
    parameters: ReadonlyArray<unknown>,
    options: RunOptions | undefined
  ): Effect.Effect<Result, Failure | ConnectFailure> {
    return this.use((connection) => {
      options?.onLent?.()
      return connection.run(text, parameters, options)
    })
  }

  private readonly calls = {
    giveBack: (slot: Slot): void => this.giveBack(slot),
    left: (slot: Slot, { fiber }: Claim): void => {
      const time = this.parts.now()
      this.fill(slot, time)
      // Whom it is lent to is asked whether he waits for another.
      const [next] = slot.calls
      if (slot.holder !== fiber || next === undefined) return
      slot.holder = next.fiber
      if (slot.borrow === undefined) return
      this.leaks?.returned(slot.borrow)
      this.leaks?.borrowed(slot, next.fiber, time)
    }
  }

  /** A connection that a read can share where all are in use and nobody waits: the one with the fewest reads. */
  private shared(text: string, options: RunOptions | undefined, time: number): Slot | undefined {
    const { connections } = this
    if (options?.isRead !== true || connections.waiting.size > 0) return undefined
    let found: Slot | undefined
    for (const slot of connections.slots) {
      const isFewer = found === undefined || slot.calls.size < found.calls.size
      if (isFewer && this.isShareable(slot, time) && slot.connection.canJoin?.(text) === true) found = slot
    }
    if (found !== undefined) this.acquired++
    return found
  }

  /** Gives a connection that is in use for reads to those who wait longest, as long as they can share it. */
  private fill(slot: Slot, time: number): void {
    const { waiting } = this.connections
    if (waiting.size === 0 || !this.isShareable(slot, time)) return
    const isFor = (claim: Claim): boolean =>
      claim instanceof Call && claim.options?.isRead === true && slot.connection.canJoin?.(claim.text) === true
    for (let claim = waiting.next(time, isFor); claim !== undefined; claim = waiting.next(time, isFor)) {
      this.acquired++
      claim.slot = slot
      claim.resume(Effect.void)
    }
  }

  /** One that is to go does not get more, or it would never come back. */
  private isShareable(slot: Slot, time: number): boolean {
    const { connections } = this
    return slot.calls.size > 0 && slot.state === "lent" && time < slot.expiresAt && !connections.isClosed &&
      connections.slots.size >= connections.limit && connections.staying <= connections.limit
  }

  private readonly leave = (claim: Claim): void => this.connections.waiting.leave(claim)

  /** `use` of what does not wait; undefined where there is no connection at hand. */
  useNow<A>(body: (connection: Connection) => A): A | undefined {
    const time = this.parts.now()
    const slot = this.connections.takeIdle(time, this.pingAfter)
    if (slot === undefined) return undefined
    slot.state = "lent"
    this.acquired++
    try {
      return body(slot.connection)
    } finally {
      // What was done at once has taken no time worth asking for.
      this.connections.giveBack(slot, time)
    }
  }

  readonly hold = <A, E, R>(
    fiber: AnyFiber,
    restore: Restore,
    body: (connection: Connection, another: Effect.Effect<Connection, ConnectFailure>) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | ConnectFailure, R> =>
    Settled.flatMap(this.take(restore), (first) => {
      let slot: Slot | undefined = first
      const loan = this.loanOf(first)
      const release = () => {
        if (slot !== undefined) this.giveBack(slot)
        slot = undefined
      }
      const another = Effect.uninterruptibleMask((restore) => {
        release()
        return Effect.map(this.take(restore), (next) => {
          slot = next
          next.holder = fiber
          next.loan = loan
          loan.slot = next
          return next.connection
        })
      })
      // A loan that is over is no loan any more: nobody has to be told.
      FiberRefs.set(fiber, loans, withLoan(fiber.getFiberRef(loans), loan))
      return Settled.matchCauseEffect(Settled.suspend(() => body(first.connection, another)), {
        onFailure: (cause) => {
          release()
          return Effect.failCause(cause)
        },
        onSuccess: (value) => {
          release()
          return Effect.succeed(value)
        }
      })
    })

  readonly acquire: Effect.Effect<Connection, ConnectFailure, Scope.Scope> = Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.scope, (scope) =>
      Settled.flatMap(this.take(restore), (slot) => {
        const loan = this.loanOf(slot)
        return Effect.as(
          Effect.zipRight(
            FiberRef.update(loans, (current) => withLoan(current, loan)),
            Scope.addFinalizer(scope, Effect.sync(() => this.giveBack(slot)))
          ),
          slot.connection
        )
      }))
  )

  invalidate(connection: Connection): void {
    for (const slot of this.connections.slots) {
      if (slot.connection === connection) slot.expiresAt = Number.NEGATIVE_INFINITY
    }
  }

  get state(): State {
    const { ended, idle, opening, slots, waiting } = this.connections
    let inUse = 0
    let tended = 0
    for (const { state } of slots) {
      if (state === "lent") inUse++
      else if (state === "tended") tended++
    }
    return {
      size: slots.size + opening.connecting,
      idle: idle.length + tended,
      inUse,
      waiting: waiting.size,
      longestWait: Duration.millis(waiting.first === undefined ? 0 : this.parts.now() - waiting.first.since),
      acquired: this.acquired,
      waited: waiting.waited,
      waitTime: Duration.millis(waiting.waitTime),
      shed: waiting.shed,
      timedOut: waiting.timedOut,
      opened: opening.opened,
      failedToOpen: opening.failed,
      closed: ended,
      leaksFound: this.leaks?.found ?? 0
    }
  }

  resize(change: Size): Effect.Effect<void, ConfigurationError> {
    return Effect.suspend(() => {
      const { connections, parts: { driver } } = this
      return Effect.map(validateResize(change, connections, driver.maxConnections), ({ minimum, overflow, size }) => {
        connections.minimum = minimum
        connections.size = size
        connections.overflow = overflow
        connections.trim()
        connections.opening.demand()
        this.breakDeadlock()
      })
    })
  }

  /** One that neither has to be opened nor pinged. */
  private takeSound(): Slot | undefined {
    const time = this.parts.now()
    const slot = this.connections.takeIdle(time, this.pingAfter)
    if (slot !== undefined) this.lend(slot, currentFiber(), time)
    return slot
  }

  /** In a run. */
  private take(restore: Restore): Effect.Effect<Slot, ConnectFailure> {
    const slot = this.takeSound()
    return slot === undefined ? this.checkout(restore) : Effect.succeed(slot)
  }

  private lend(slot: Slot, fiber: AnyFiber, time: number): void {
    slot.state = "lent"
    slot.holder = fiber
    this.acquired++
    this.leaks?.borrowed(slot, fiber, time)
  }

  private loanOf(slot: Slot): Loan {
    return slot.loan = { slot, waiting: 0 }
  }

  private giveBack(slot: Slot): void {
    this.forget(slot)
    this.connections.giveBack(slot)
  }

  private forget(slot: Slot): void {
    slot.holder = undefined
    if (slot.loan !== undefined) slot.loan = slot.loan.slot = undefined
    if (slot.borrow !== undefined) {
      this.leaks?.returned(slot.borrow)
      slot.borrow = undefined
    }
  }

  private lent<A, E, R>(slot: Slot, body: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.matchCauseEffect(body, {
      onFailure: (cause) => {
        this.giveBack(slot)
        return Effect.failCause(cause)
      },
      onSuccess: (value) => {
        this.giveBack(slot)
        return Effect.succeed(value)
      }
    })
  }

  private checkout(restore: Restore): Effect.Effect<Slot, ConnectFailure> {
    const time = this.parts.now()
    const claim = new Claim(currentFiber(), time, time + this.acquireMillis)
    return Effect.matchCauseEffect(restore(this.obtain(claim)), {
      onFailure: (cause) => {
        this.abandon(claim)
        return Effect.failCause(cause)
      },
      // a claim that was resumed with success has been given a slot
      onSuccess: () => Effect.succeed(claim.slot!)
    })
  }

  /** Only an idle connection can have died unseen: one just opened or just used needs no ping. */
  private obtain(claim: Claim): Effect.Effect<void, ConnectFailure> {
    return Effect.suspend(() => {
      const time = this.parts.now()
      const slot = this.connections.takeIdle(time, Number.POSITIVE_INFINITY)
      if (slot === undefined) return this.wait(claim)
      claim.slot = slot
      this.lend(slot, claim.fiber, time)
      if (time - slot.soundAt < this.pingAfter) return Effect.void
      claim.isPinging = true
      // half of the time that is left, so that some is left for another connection
      const patience = Duration.min(pingPatience, Duration.millis((claim.deadline - time) / 2))
      return Effect.flatMap(this.connections.ping(slot, patience), (isSound) => {
        claim.isPinging = false
        if (isSound) return Effect.void
        claim.slot = undefined
        this.forget(slot)
        return this.obtain(claim)
      })
    })
  }

  private wait(claim: Claim): Effect.Effect<void, ConnectFailure> {
    return Effect.async((resume) => {
      claim.resume = resume
      const refused = this.join(claim)
      if (refused !== undefined) resume(refused)
    })
  }

  /** Has one wait in its turn, unless that would be in vain. */
  private join(claim: Claim): Effect.Effect<never, ConnectFailure> | undefined {
    const { connections } = this
    if (connections.isClosed) return Effect.fail(closed())
    if (claim.deadline <= this.parts.now()) return Effect.fail(poolTimeout(this.sizes))
    claim.blocked = block(claim.fiber, connections.slots)
    if (this.isDeadlocked(claim)) {
      unblock(claim.fiber, claim.blocked)
      return Effect.fail(selfDeadlock(this.sizes))
    }
    connections.waiting.join(claim)
    connections.opening.demand()
    if (keepsSome(claim.blocked)) this.standstill.look()
    return undefined
  }

  private abandon(claim: Claim): void {
    this.connections.waiting.leave(claim)
    if (claim.slot === undefined) return
    if (claim.isPinging) {
      this.forget(claim.slot)
      this.connections.discard(claim.slot)
    } else this.giveBack(claim.slot)
  }

  private isDeadlocked({ blocked }: Claim): boolean {
    const { limit, slots } = this.connections
    return blocked !== undefined && slots.size >= limit && isDeadlock(blocked, slots)
  }

  /** Fewer connections can make a deadlock of what was none. */
  private breakDeadlock(): void {
    const { waiting } = this.connections
    for (let claim = waiting.first; claim !== undefined;) {
      const { after } = claim
      if (this.isDeadlocked(claim)) waiting.fail(claim, Effect.fail(selfDeadlock(this.sizes)))
      claim = after
    }
    if (waiting.size > 0) this.standstill.look()
  }

  /** Why a wait was in vain: the cause, where it is known. */
  private refuse({ blocked }: Claim, refusal: Refusal): ConnectFailure {
    const { limit, opening, slots } = this.connections
    if (blocked !== undefined && slots.size >= limit && wasDeadlock(blocked, slots)) return selfDeadlock(this.sizes)
    const { failure } = opening.attempts
    if (failure !== undefined) return failure
    // Thousands may be refused at once, and all are told the same.
    const time = this.parts.now()
    if (this.lastRefusal?.time !== time || this.lastRefusal.refusal !== refusal) {
      const error = refusal === "overloaded" ? overloaded(this.sizes) : poolTimeout(this.sizes)
      this.lastRefusal = { time, refusal, error }
    }
    return this.lastRefusal.error
  }

  /** The settings with the sizes of now. */
  private get sizes(): Settings {
    const { overflow, size } = this.connections
    return { ...this.parts.settings, overflow, size }
  }
}
