/**
 * What goes between a thread and those who use it: calls one way, answers the other, and a cell that both see.
 */
import type { Failure } from "../Driver.js"
import type { Settings } from "./handle.js"
import { Refusal } from "./refusals.js"

/** What a thread is started with. */
export interface Start {
  readonly settings: Omit<Settings, "Database" | "control">
  /** Where the call that runs is: one of `progress`. */
  readonly cell: Int32Array
}

/** How far a call is. */
export const progress = {
  running: 0,
  /** It is to end without an effect. */
  cancelled: 1,
  /** It is past the point up to which it could be cancelled. */
  settled: 2,
  /** Cancelled, and nobody waits for its end any more: what is open then is to be rolled back. */
  abandoned: 3
} as const

/** A call by its name; `connect` opens the handle that the others are about. */
export interface Request {
  readonly name: string
  readonly args: ReadonlyArray<unknown>
}

/** What came of a call, and the state of the session after it. */
export interface Answer {
  readonly value?: unknown
  readonly refusal?: { readonly failure: Failure; readonly isBusy: boolean }
  readonly isInTransaction: boolean
  readonly isDirty: boolean
  readonly isBroken: boolean
}

/** Of an error what says something: a copy of it as it is would lose its code. */
interface Plain {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: unknown
}

const isPlain = (cause: unknown): cause is { readonly error: Plain } =>
  typeof cause === "object" && cause !== null && "error" in cause

/** A refusal as it can be sent. */
export const toMessage = ({ failure, isBusy }: Refusal): NonNullable<Answer["refusal"]> => {
  const { cause } = failure
  return {
    isBusy,
    failure: {
      ...failure,
      cause: cause instanceof Error
        ? { error: { name: cause.name, message: cause.message, stack: cause.stack, code: Reflect.get(cause, "code") } }
        : undefined
    }
  }
}

/** A refusal as it was before it was sent. */
export const fromMessage = ({ failure, isBusy }: NonNullable<Answer["refusal"]>): Refusal => {
  if (!isPlain(failure.cause)) return new Refusal(failure, isBusy)
  const { code, message, name, stack } = failure.cause.error
  const error = Object.assign(new Error(message), { name, stack }, code === undefined ? {} : { code })
  return new Refusal({ ...failure, cause: error }, isBusy)
}

/** Bytes as they are: of a view, all that it is a view of would be sent. */
export const toSend = (parameter: unknown): unknown =>
  parameter instanceof Uint8Array && parameter.byteLength < parameter.buffer.byteLength
    ? new Uint8Array(parameter)
    : parameter
