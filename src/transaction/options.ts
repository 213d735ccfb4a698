/**
 * What a transaction was asked for, checked: what cannot be, and what a savepoint cannot have.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import { ConfigurationError } from "../DbError.js"
import type { BeginOptions } from "../Driver.js"
import type { Options } from "./scope.js"

/**
 * How BEGIN is told.
 *
 * @since 0.1.0
 * @category accessors
 */
export const beginOptions = (options: Options): BeginOptions => ({
  isolation: options.isolation,
  access: options.access,
  deferrable: options.deferrable
})

const modes = {
  isolation: ["read uncommitted", "read committed", "repeatable read", "serializable"],
  access: ["read only", "read write"],
  savepoint: ["eager", "lazy"]
} as const

const names: { readonly [name in keyof Required<Options>]: true } = {
  isolation: true,
  access: true,
  deferrable: true,
  timeout: true,
  retry: true,
  onRetry: true,
  savepoint: true
}

/**
 * What is wrong with options, which only untyped programs and other ways to write a duration can give. The modes become text of BEGIN, so
 * that what is none of them must not get there.
 *
 * @since 0.1.0
 * @category guards
 */
export const problemOf = (options: Options): ConfigurationError | undefined => {
  // It would be ignored, which nobody means who writes it.
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name))
  if (unknown !== undefined) {
    return refuse(
      `There is no option ${JSON.stringify(unknown)} of a transaction`,
      `set none but ${Object.keys(names).join(", ")}`
    )
  }
  for (const name of ["isolation", "access", "savepoint"] as const) {
    const known: ReadonlyArray<string | undefined> = modes[name]
    if (options[name] !== undefined && !known.includes(options[name])) {
      return refuse(`The transaction's option ${name} is unknown`, `set it to one of ${known.join(", ")}`)
    }
  }
  const { onRetry, retry, timeout } = options
  if (timeout !== undefined) {
    const decoded = Duration.decodeUnknown(timeout)
    if (decoded._tag === "None" || !(Duration.toMillis(decoded.value) > 0)) {
      return refuse(
        "The transaction's option timeout is no length of time",
        "set it to more than 0, such as \"5 seconds\" or a number of milliseconds"
      )
    }
  }
  if (retry !== undefined && !Schedule.isSchedule(retry)) {
    return refuse("The transaction's option retry is no Schedule", "set it to Transaction.retryConflicts")
  }
  if (onRetry !== undefined && typeof onRetry !== "function") {
    return refuse("The transaction's option onRetry is no function", "give it a function that returns an effect")
  }
  return undefined
}

const refuse = (problem: string, hint: string) => new ConfigurationError({ problem, hint })

/**
 * A savepoint is part of its transaction, so it cannot have other modes than that. Why they differ, if so.
 *
 * @since 0.1.0
 * @category guards
 */
export const contradictionOf = (outer: Options, inner: Options): string | undefined => {
  if (inner.isolation !== undefined && inner.isolation !== outer.isolation) {
    return `the transaction around it has ${isolationOf(outer)}: ask for ${inner.isolation} there`
  }
  if (inner.access === "read write" && outer.access === "read only") {
    return "the transaction around it is read only: ask for read write there"
  }
  // Databases know no savepoint that may not write in a transaction that may.
  if (inner.access === "read only" && outer.access !== "read only") {
    return "the transaction around it may write, and a part of it cannot be kept from that: ask for read only there"
  }
  if (inner.deferrable === true && outer.deferrable !== true) {
    return "the transaction around it is not deferrable: ask for it there"
  }
  return undefined
}

const isolationOf = (options: Options): string =>
  options.isolation === undefined ? "the database's default isolation" : `isolation ${options.isolation}`
