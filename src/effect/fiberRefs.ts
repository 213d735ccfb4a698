/**
 * FiberRefs of the fiber that runs, without a step of it.
 */
import type * as Fiber from "effect/Fiber"
import type * as FiberRef from "effect/FiberRef"
import type * as FiberRefs from "effect/FiberRefs"

/** Fibers have it, for effects within them; their public interface leaves it out. */
interface Settable {
  readonly setFiberRef: <A>(ref: FiberRef.FiberRef<A>, value: A) => void
  readonly setFiberRefs: (refs: FiberRefs.FiberRefs) => void
}

const settable = (fiber: Fiber.RuntimeFiber<any, any>): Settable => fiber as unknown as Settable

/** `FiberRef.set`, now. */
export const set = <A>(fiber: Fiber.RuntimeFiber<any, any>, ref: FiberRef.FiberRef<A>, value: A): void =>
  settable(fiber).setFiberRef(ref, value)

/** Sets a FiberRef, and gives what sets it back: with all of them, where nobody has set another one since. */
export const enter = <A>(fiber: Fiber.RuntimeFiber<any, any>, ref: FiberRef.FiberRef<A>, value: A): () => void => {
  const all = fiber.getFiberRefs()
  const before = fiber.getFiberRef(ref)
  set(fiber, ref, value)
  const inside = fiber.getFiberRefs()
  return () => {
    if (fiber.getFiberRefs() === inside) settable(fiber).setFiberRefs(all)
    else set(fiber, ref, before)
  }
}
