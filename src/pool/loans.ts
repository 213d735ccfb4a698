/**
 * Who waits for whom. A fiber that has a connection and waits for another one gives back neither; when all connections are with such
 * fibers, none ever comes back.
 *
 * @since 0.1.0
 */
import * as FiberRef from "effect/FiberRef"
import type { AnyFiber, Loan, Slot } from "./slot.js"

const isLive = (loan: Loan): boolean => loan.slot !== undefined

const none: ReadonlyArray<never> = []

/** The connections, of any pool, that a fiber or one that it was forked from has; those that came back stay in it for a while. */
export const loans = FiberRef.unsafeMake<ReadonlyArray<Loan>>(none, {
  join: (parent, child) => [...new Set([...parent, ...child])].filter(isLive)
})

/** The loans with one more. */
export const withLoan = (current: ReadonlyArray<Loan>, loan: Loan): ReadonlyArray<Loan> => [
  ...current.filter(isLive),
  loan
]

/** What cannot come back while a fiber waits. */
export interface Blocked {
  /** Connections that the fiber has itself. */
  readonly own: ReadonlyArray<Slot>
  /** Loans of this pool to fibers that it was forked from. */
  readonly kin: ReadonlyArray<Loan>
}

const nothing: Blocked = { own: none, kin: none }

/** Notes that a fiber begins to wait. */
export const block = (fiber: AnyFiber, slots: ReadonlySet<Slot>): Blocked => {
  let own: Array<Slot> | undefined
  for (const slot of slots) {
    if (slot.holder !== fiber) continue
    slot.waitingHolder = fiber
    own ??= []
    own.push(slot)
  }
  let kin: Array<Loan> | undefined
  for (const loan of fiber.getFiberRef(loans)) {
    if (loan.slot === undefined || loan.slot.holder === fiber || !slots.has(loan.slot)) continue
    loan.waiting++
    kin ??= []
    kin.push(loan)
  }
  return own === undefined && kin === undefined ? nothing : { own: own ?? none, kin: kin ?? none }
}

/** Whether anything is kept from coming back. */
export const keepsSome = ({ kin, own }: Blocked): boolean => own.length + kin.length > 0

/** Notes that it waits no more. */
export const unblock = (fiber: AnyFiber, { kin, own }: Blocked): void => {
  for (const slot of own) if (slot.waitingHolder === fiber) slot.waitingHolder = undefined
  for (const loan of kin) loan.waiting--
}

/** Whether the fiber that a connection is lent to waits for another one. */
export const isHolderWaiting = (slot: Slot): boolean => slot.state === "lent" && slot.waitingHolder === slot.holder

const isKinWaiting = (slot: Slot): boolean => slot.state === "lent" && slot.loan !== undefined && slot.loan.waiting > 0

/** Whether no connection can come back, for certain: each is with a fiber that waits, and this one is among them. */
export const isDeadlock = ({ own }: Blocked, slots: ReadonlySet<Slot>): boolean => {
  if (own.length === 0) return false
  for (const slot of slots) if (!isHolderWaiting(slot)) return false
  return true
}

/** Whether each connection is with a fiber that waits, or that has forked one which does: most such fibers wait for those that they fork. */
export const isStill = (slots: ReadonlySet<Slot>): boolean => {
  for (const slot of slots) if (!isHolderWaiting(slot) && !isKinWaiting(slot)) return false
  return true
}

/** Whether a wait that was in vain was one for itself, then. */
export const wasDeadlock = (blocked: Blocked, slots: ReadonlySet<Slot>): boolean => keepsSome(blocked) && isStill(slots)
