/**
 * A pool's connections: lent to whoever waits longest, mended or ended when they come back, and never more than there may be.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Connection, Driver } from "../Driver.js"
import type { Chores } from "./chores.js"
import { bounded, grace } from "./chores.js"
import { closed } from "./errors.js"
import { Opening } from "./opening.js"
import type { Settings } from "./options.js"
import { Overload } from "./overload.js"
import { Slot } from "./slot.js"
import type { Claim, Parts as WaitingParts } from "./waiting.js"
import { Waiting } from "./waiting.js"

/** What the connections need of their pool. */
export interface Parts extends Pick<WaitingParts, "now" | "refuse" | "onLeave"> {
  readonly driver: Driver
  readonly settings: Settings
  /** Those that may be cut off when the pool closes, and those that must end. */
  readonly stoppable: Chores
  readonly chores: Chores
  /** Lends a connection to who has waited for it. */
  readonly give: (claim: Claim, slot: Slot, time: number) => void
}

/** The connections of one pool. */
export class Connections {
  readonly waiting: Waiting
  readonly opening: Opening
  /** Every connection that is open, however it is used. */
  readonly slots = new Set<Slot>()
  /** A stack, so that the least used are on the bottom and can end; not empty only while nobody waits. */
  readonly idle: Array<Slot> = []
  size: number
  overflow: number
  /** None until the first connections have been opened, which the pool's maker sees to. */
  minimum = 0
  isClosed = false
  /** For the gauges. */
  ended = 0
  private leaving = 0
  private readonly overload: Overload | undefined
  private readonly lifetime: number
  private onEmpty: (() => void) | undefined = undefined

  constructor(private readonly parts: Parts) {
    const { now, onLeave, refuse, settings, stoppable } = parts
    this.size = settings.size
    this.overflow = settings.overflow
    this.lifetime = Duration.toMillis(settings.maxLifetime)
    this.overload = settings.overload === "shed"
      ? new Overload(Duration.toMillis(settings.waitTarget), Duration.toMillis(settings.waitInterval))
      : undefined
    this.waiting = new Waiting({ now, refuse, onLeave, overload: this.overload, background: stoppable.run })
    this.opening = new Opening({
      driver: parts.driver,
      now,
      stoppable,
      isClosed: () => this.isClosed,
      isWanted: () => this.isWanted(),
      size: () => this.size,
      onOpened: (connection, random) => this.add(connection, random),
      onRefused: (cause) => this.waiting.failAll(Effect.failCause(cause))
    })
  }

  get limit(): number {
    return this.size + this.overflow
  }

  /** Connections that there will be when those that are leaving have left. */
  get staying(): number {
    return this.slots.size - this.leaving + this.opening.connecting
  }

  /** A sound connection goes to whoever waits longest, else to the stack. */
  offer(slot: Slot, time: number): void {
    if (slot.state === "leaving") return
    if (this.isClosed || this.staying > this.limit) return this.discard(slot)
    const claim = this.waiting.size === 0 ? undefined : this.waiting.next(time)
    if (claim !== undefined) return this.parts.give(claim, slot, time)
    this.overload?.rest()
    if (this.staying > this.size) return this.discard(slot)
    slot.state = "idle"
    this.idle.push(slot)
  }

  /** The place stays taken until the connection is closed, so that the database never sees more than `limit`. */
  discard(slot: Slot): void {
    if (slot.state === "leaving") return
    if (slot.connection.isBroken()) this.opening.attempts.doubt()
    slot.state = "leaving"
    this.leaving++
    const leave = () => {
      this.leaving--
      this.ended++
      this.slots.delete(slot)
      if (this.slots.size === 0) this.onEmpty?.()
      this.opening.demand()
    }
    this.parts.chores.run(Effect.ensuring(Effect.ignore(bounded(slot.connection.close, grace)), Effect.sync(leave)))
  }

  /** What comes back is looked at: nobody is lent a broken connection, an open transaction or the settings of somebody else. */
  giveBack(slot: Slot, time: number = this.parts.now()): void {
    if (slot.state === "leaving") return
    const { connection } = slot
    slot.idleSince = time
    slot.soundAt = time
    if (connection.isBroken() || time >= slot.expiresAt) this.discard(slot)
    else if (connection.isInTransaction() || connection.isDirty()) this.mend(slot)
    else this.offer(slot, time)
  }

  /** The connection that was used last, if it has proved within `age` that it answers. */
  takeIdle(time: number, age: number): Slot | undefined {
    const { idle } = this
    for (let slot = idle.at(-1); slot !== undefined && time - slot.soundAt < age; slot = idle.at(-1)) {
      idle.pop()
      if (!slot.connection.isBroken() && time < slot.expiresAt) return slot
      this.discard(slot)
    }
    return undefined
  }

  /** Whether the round trip worked; a connection where it did not is ended, and so are others that have been idle if nothing came at all. */
  ping(slot: Slot, patience: Duration.Duration): Effect.Effect<boolean> {
    return Effect.map(Effect.exit(bounded(slot.connection.ping, patience)), (exit) => {
      if (Exit.isSuccess(exit) && !slot.connection.isBroken()) {
        slot.soundAt = this.parts.now()
        return true
      }
      const isSilent = !slot.connection.isBroken()
      this.opening.attempts.doubt()
      this.discard(slot)
      if (isSilent) { for (const other of this.idle.splice(0)) this.discard(other) }
      return false
    })
  }

  /** Fewer connections: those that nobody uses end at once, the others when they come back. */
  trim(): void {
    while (this.staying > this.size && this.idle.length > 0) this.discard(this.idle.shift()!)
  }

  /** Ends all; those that are lent have a time to come back. */
  readonly close: Effect.Effect<void> = Effect.gen(this, function*() {
    const { chores, settings, stoppable } = this.parts
    this.isClosed = true
    this.idle.length = 0
    this.waiting.failAll(Effect.fail(closed()))
    yield* stoppable.stop
    // One that was interrupted before it began has counted itself, and nobody will count it down.
    this.opening.connecting = 0
    for (const slot of this.slots) if (slot.state !== "lent") this.discard(slot)
    const empty = Effect.async<void>((resume) => {
      if (this.slots.size === 0) return resume(Effect.void)
      this.onEmpty = () => resume(Effect.void)
    })
    yield* Effect.ignore(bounded(empty, settings.shutdownTimeout))
    for (const slot of this.slots) this.discard(slot)
    yield* chores.done
  })

  private isWanted(): boolean {
    const { connecting } = this.opening
    return !this.isClosed && this.slots.size + connecting < this.limit &&
      (connecting < this.waiting.size || this.staying < this.minimum)
  }

  private add(connection: Connection, random: number): void {
    const slot = new Slot(connection, this.parts.now() + this.lifetime * (1 - random / 5))
    this.slots.add(slot)
    this.giveBack(slot)
  }

  private mend(slot: Slot): void {
    const { connection } = slot
    slot.state = "tended"
    const rollback = Effect.suspend(() => connection.isInTransaction() ? connection.rollback : Effect.void)
    const reset = Effect.suspend(() => connection.isDirty() ? connection.reset : Effect.void)
    this.parts.chores.run(
      Effect.map(Effect.exit(bounded(Effect.zipRight(rollback, reset), grace)), (exit) => {
        const isSound = Exit.isSuccess(exit) && !connection.isBroken() && !connection.isInTransaction() &&
          !connection.isDirty()
        if (isSound) this.offer(slot, this.parts.now())
        else this.discard(slot)
      })
    )
  }
}
