/**
 * FiberRefs of the fiber that runs, without a step of it.
 */
import * as Equal from "effect/Equal"
import type * as Fiber from "effect/Fiber"
import type * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"

type AnyFiber = Fiber.RuntimeFiber<any, any>

/** Fibers have it, for effects within them; their public interface leaves it out. */
interface Settable {
  readonly _fiberRefs?: FiberRefs.FiberRefs
  readonly setFiberRefs: (refs: FiberRefs.FiberRefs) => void
}

const settable = (fiber: AnyFiber): Settable => fiber as unknown as Settable

/** Those that it has, and not as `getFiberRefs` does a copy with the runtime flags of now. */
const refsOf = (fiber: AnyFiber): FiberRefs.FiberRefs => settable(fiber)._fiberRefs ?? fiber.getFiberRefs()

/** `FiberRef.set`, now; also where the value is equal to the one before, as comparing contexts takes longer. */
export const set = <A>(fiber: AnyFiber, ref: FiberRef.FiberRef<A>, value: A): void => {
  const locals = new Map(refsOf(fiber).locals)
  const id = fiber.id()
  const stack = locals.get(ref) ?? []
  const outside = stack.length > 0 && Equal.equals(stack[0]![0], id) ? stack.slice(1) : stack
  locals.set(ref, [[id, value], ...outside])
  settable(fiber).setFiberRefs(FiberRefs.unsafeMake(locals))
}

/** Sets a FiberRef, and gives what sets it back: with all of them, where nobody has set another one since. */
export const enter = <A>(fiber: AnyFiber, ref: FiberRef.FiberRef<A>, value: A): () => void => {
  const all = refsOf(fiber)
  const before = fiber.getFiberRef(ref)
  set(fiber, ref, value)
  const inside = refsOf(fiber)
  return () => {
    if (refsOf(fiber) === inside) settable(fiber).setFiberRefs(all)
    else set(fiber, ref, before)
  }
}
