/**
 * What SQLite's own functions lack, registered on each handle: upper and lower case of all of Unicode, exact decimals, and what arrays and JSON have in them.
 *
 * They are pure and marked deterministic, so that indexes, checks and computed columns may use them.
 */
import type { Database } from "better-sqlite3"
import { parseDecimal } from "../sql/values.js"
import * as Decimals from "./decimals.js"
import * as Arrays from "./arrays.js"
import * as Exact from "./exact.js"
import * as Json from "./jsonContains.js"
import * as Numbers from "./numbers.js"
import type { Raw, Scalar, Scalars } from "./scalar.js"
import { strict } from "./scalar.js"
import * as Search from "./search.js"
import * as Patterns from "./patterns.js"
import * as Text from "./text.js"
import * as Time from "./time.js"

const decimals = (run: (a: Decimals.Decimal, b: Decimals.Decimal) => Decimals.Decimal): Scalar =>
  strict((a, b) => Decimals.toPlain(run(Decimals.fromRaw(a), Decimals.fromRaw(b))))

const chosen = (isBetter: (comparison: number) => boolean) => (values: ReadonlyArray<Raw>): Raw => {
  let best: Decimals.Decimal | undefined
  for (const value of values) {
    const next = Decimals.fromRaw(value)
    if (best === undefined || isBetter(Decimals.compare(next, best))) {
      best = next
    }
  }
  return best === undefined ? null : Decimals.toPlain(best)
}

const isGreater = (comparison: number): boolean => comparison > 0
const isLess = (comparison: number): boolean => comparison < 0

const toNumber = (raw: Exclude<Raw, null>): number => {
  if (typeof raw !== "string") {
    return Number(raw)
  }
  return Number(parseDecimal(raw))
}

/** By the number's shortest digits, as one reads it: 2.675 gives 2.68 although the double is a little less. */
const roundNumber = (value: number, digits: number): number => {
  if (!Number.isFinite(value)) {
    return value
  }
  if (digits === 0) {
    return value < 0 ? 0 - Math.round(-value) : Math.round(value)
  }
  return Number(Decimals.toPlain(Decimals.round(Decimals.fromRaw(value), digits)))
}

const plainNumber = (raw: Exclude<Raw, null>): string => {
  if (typeof raw === "number") {
    return String(raw + 0)
  }
  return String(raw)
}

/**
 * The scalar functions, by name and number of arguments (-1 for any). Decimals are given as `strata_decimal` gives them: text.
 */
const scalars: Scalars = {
  lower: [1, strict((text) => String(text).toLowerCase())],
  upper: [1, strict((text) => String(text).toUpperCase())],
  /** (value, scale): the text of a decimal that is text, an integer times 10^scale, or a number. */
  strata_decimal: [2, strict((value, scale) => Decimals.toPlain(Decimals.fromRaw(value, Number(scale))))],
  /** (text, scale): the integer times 10^scale, rounded half away from zero. */
  strata_decimal_scaled: [
    2,
    strict((value, scale) => Decimals.toScaled(Decimals.round(Decimals.fromRaw(value), Number(scale)), Number(scale)))
  ],
  strata_decimal_round: [
    2,
    strict((value, digits) => Decimals.toPlain(Decimals.round(Decimals.fromRaw(value), Number(digits))))
  ],
  strata_decimal_compare: [
    2,
    strict((a, b) => BigInt(Decimals.compare(Decimals.fromRaw(a), Decimals.fromRaw(b))))
  ],
  strata_decimal_key: [1, strict((value) => Decimals.sortKey(Decimals.fromRaw(value)))],
  strata_decimal_add: [2, decimals(Decimals.add)],
  strata_decimal_subtract: [2, decimals(Decimals.subtract)],
  strata_decimal_multiply: [2, decimals(Decimals.multiply)],
  strata_decimal_negate: [1, strict((value) => Decimals.toPlain(Decimals.negate(Decimals.fromRaw(value))))],
  strata_decimal_abs: [
    1,
    strict((value) => {
      const decimal = Decimals.fromRaw(value)
      return Decimals.toPlain(decimal.unscaled < 0n ? Decimals.negate(decimal) : decimal)
    })
  ],
  strata_decimal_greatest: [-1, strict((...values) => chosen(isGreater)(values))],
  strata_decimal_least: [-1, strict((...values) => chosen(isLess)(values))],
  /** (number, digits): half away from zero. */
  strata_round: [2, strict((value, digits) => roundNumber(toNumber(value), Number(digits)))],
  /** To an integer, half away from zero; refuses text that is no number. */
  strata_integer: [
    1,
    strict((value) =>
      typeof value === "bigint" ? value : Decimals.toScaled(Decimals.round(Decimals.fromRaw(value), 0), 0)
    )
  ],
  strata_double: [1, strict(toNumber)],
  /** The text of a number, without digits that it has not. */
  strata_text: [1, strict(plainNumber)],
  ...Arrays.scalars,
  ...Json.scalars,
  ...Search.scalars,
  ...Text.scalars,
  ...Patterns.scalars,
  ...Time.scalars,
  ...Numbers.scalars,
  ...Exact.scalars
}

interface Sum {
  sum: Decimals.Decimal
  count: bigint
}

const startSum = (): Sum => ({ sum: { unscaled: 0n, scale: 0 }, count: 0n })

const addTo = (state: Sum, value: Raw): Sum => {
  if (value !== null) {
    state.sum = Decimals.add(state.sum, Decimals.fromRaw(value))
    state.count += 1n
  }
  return state
}

const takeFrom = (state: Sum, value: Raw): Sum => {
  if (value !== null) {
    state.sum = Decimals.subtract(state.sum, Decimals.fromRaw(value))
    state.count -= 1n
  }
  return state
}

interface Candidates {
  /** Those that are or can still become the best, each with its place among all values; the best comes first. */
  readonly values: Array<readonly [place: number, value: Decimals.Decimal]>
  /** How many values came, and how many of them went again. */
  came: number
  gone: number
}

/** The best of a frame that moves on: values go in the order in which they came. */
const movingExtreme = (isBetter: (comparison: number) => boolean) => ({
  start: (): Candidates => ({ values: [], came: 0, gone: 0 }),
  step: (state: Candidates, value: Raw) => {
    const place = state.came++
    if (value === null) return state
    const next = Decimals.fromRaw(value)
    const { values } = state
    while (values.length > 0 && !isBetter(Decimals.compare(values[values.length - 1]![1], next))) values.pop()
    values.push([place, next])
    return state
  },
  inverse: (state: Candidates) => {
    state.gone++
    if (state.values[0] !== undefined && state.values[0][0] < state.gone) state.values.shift()
    return state
  },
  result: ({ values: [best] }: Candidates) => best === undefined ? null : Decimals.toPlain(best[1])
})

const extreme = (isBetter: (comparison: number) => boolean) => ({
  start: (): { best: Decimals.Decimal | undefined } => ({ best: undefined }),
  step: (state: { best: Decimals.Decimal | undefined }, value: Raw) => {
    if (value !== null) {
      const next = Decimals.fromRaw(value)
      if (state.best === undefined || isBetter(Decimals.compare(next, state.best))) {
        state.best = next
      }
    }
    return state
  },
  result: (state: { best: Decimals.Decimal | undefined }) =>
    state.best === undefined ? null : Decimals.toPlain(state.best)
})

/** Each text once, in the order in which they come first. */
const joining = {
  start: (): { separator: Raw; texts: Set<Raw> } => ({ separator: "", texts: new Set() }),
  // Of three parameters, as the number of arguments is read from it.
  step: ((state: { separator: Raw; texts: Set<Raw> }, text: Raw, separator: Raw) => {
    if (text !== null) state.texts.add(text)
    state.separator = separator
    return state
  }) as (state: any, text: Raw) => unknown,
  result: ({ separator, texts }: { separator: Raw; texts: Set<Raw> }) =>
    texts.size === 0 ? null : [...texts].join(String(separator))
}

/** Registers all of it on a handle. */
export const register = (database: Database): void => {
  for (const [name, [length, run]] of Object.entries(scalars)) {
    // The number of parameters is read from the function, whatever arguments it takes.
    const registered: (...args: Array<any>) => unknown = length === 1
      ? (a: Raw) => run(a)
      : length === 2
      ? (a: Raw, b: Raw) => run(a, b)
      : length === 3
      ? (a: Raw, b: Raw, c: Raw) => run(a, b, c)
      : length === 4
      ? (a: Raw, b: Raw, c: Raw, d: Raw) => run(a, b, c, d)
      : run
    database.function(name, { deterministic: true, safeIntegers: true, varargs: length === -1 }, registered)
  }
  const options = { deterministic: true, safeIntegers: true }
  database.aggregate<any>("strata_decimal_sum", {
    ...options,
    start: startSum,
    step: addTo,
    inverse: takeFrom,
    result: ({ count, sum }) => count === 0n ? null : Decimals.toPlain(sum)
  })
  database.aggregate<any>("strata_decimal_avg", {
    ...options,
    start: startSum,
    step: addTo,
    inverse: takeFrom,
    result: ({ count, sum }) => count === 0n ? null : Decimals.toDouble(sum, count)
  })
  database.aggregate<any>("strata_group_concat_distinct", { ...options, ...joining })
  database.aggregate<any>("strata_decimal_max", { ...options, ...extreme(isGreater) })
  database.aggregate<any>("strata_decimal_min", { ...options, ...extreme(isLess) })
  database.aggregate<any>("strata_decimal_max_over", { ...options, ...movingExtreme(isGreater) })
  database.aggregate<any>("strata_decimal_min_over", { ...options, ...movingExtreme(isLess) })
}
