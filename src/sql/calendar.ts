/**
 * The units that moments are cut to, taken apart into and counted in.
 */

/** What a moment can be cut to, from the largest; a week begins on Monday. */
export const units = ["year", "quarter", "month", "week", "day", "hour", "minute", "second"] as const

export type Unit = (typeof units)[number]

/** What a moment consists of. */
export const parts = [
  "year",
  "quarter",
  "month",
  "day",
  "hour",
  "minute",
  "second",
  "millisecond",
  "isoYear",
  "isoWeek",
  "isoDayOfWeek",
  "dayOfYear",
  "epoch"
] as const

export type Part = (typeof parts)[number]

/** How many months, or milliseconds, a counted unit has. */
export const lengths = {
  year: ["month", 12],
  quarter: ["month", 3],
  month: ["month", 1],
  week: ["millisecond", 604_800_000],
  day: ["millisecond", 86_400_000],
  hour: ["millisecond", 3_600_000],
  minute: ["millisecond", 60_000],
  second: ["millisecond", 1000],
  millisecond: ["millisecond", 1]
} as const satisfies { readonly [unit: string]: readonly [of: "month" | "millisecond", count: number] }

export type Counted = keyof typeof lengths

/** Of the milliseconds of a day. */
export const aDay = 86_400_000

/** A table by unit, for the operators of each. */
export const each = <U extends string, A>(
  prefix: string,
  all: ReadonlyArray<U>,
  make: (unit: U) => A
): { readonly [operator: string]: A } => Object.fromEntries(all.map((unit) => [`${prefix} ${unit}`, make(unit)]))

export const counted = Object.keys(lengths) as ReadonlyArray<Counted>
