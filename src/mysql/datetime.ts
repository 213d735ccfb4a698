/**
 * Times as the servers send them in binary form: as numbers, which are not made a text that would only be parsed again.
 */
import { daysOfMonth, daysSince1970 } from "../sql/instants.js"

/** A DATETIME or TIMESTAMP of the calendar; what is none, such as 0000-00-00, comes as text. */
export class Datetime {
  constructor(
    /** Milliseconds since 1970, and the microseconds beyond them. */
    readonly ms: number,
    readonly micros: number,
    /** How many digits of a second its column has. */
    readonly decimals: number
  ) {}

  /** As the servers print it; a fraction that is zero is left out. */
  toString(): string {
    const iso = new Date(this.ms).toISOString()
    return `${iso.slice(0, 10)} ${iso.slice(11, 19)}` + fraction(Number(iso.slice(20, 23)) * 1_000 + this.micros, this)
  }
  toJSON(): string {
    return this.toString()
  }
}

const fraction = (micros: number, { decimals }: Pick<Datetime, "decimals">): string =>
  micros === 0 ? "" : `.${String(micros).padStart(6, "0").slice(0, decimals === 0 ? 6 : decimals)}`

const pairs: ReadonlyArray<string> = Array.from({ length: 256 }, (_, number) => String(number).padStart(2, "0"))

const yearOf = (year: number): string => year >= 1_000 ? String(year) : String(year).padStart(4, "0")

const day = (buffer: Buffer, at: number): string =>
  `${yearOf(buffer[at]! | (buffer[at + 1]! << 8))}-${pairs[buffer[at + 2]!]!}-${pairs[buffer[at + 3]!]!}`

const time = (buffer: Buffer, at: number): string =>
  `${pairs[buffer[at]!]!}:${pairs[buffer[at + 1]!]!}:${pairs[buffer[at + 2]!]!}`

const microsAt = (buffer: Buffer, at: number): number =>
  (buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24)) >>> 0

/** A DATE as text; of `length` bytes from `at` on. */
export const dateText = (buffer: Buffer, at: number, length: number): string =>
  length < 4 ? "0000-00-00" : length < 7 ? day(buffer, at) : `${day(buffer, at)} ${time(buffer, at + 4)}`

const datetimeText = (buffer: Buffer, at: number, length: number, decimals: number): string =>
  `${length < 4 ? "0000-00-00" : day(buffer, at)} ${length < 7 ? "00:00:00" : time(buffer, at + 4)}` +
  fraction(length < 11 ? 0 : microsAt(buffer, at + 7), { decimals })

/** A DATETIME or TIMESTAMP; of `length` bytes from `at` on. */
export const datetimeOf = (buffer: Buffer, at: number, length: number, decimals: number): Datetime | string => {
  if (length < 4) return datetimeText(buffer, at, length, decimals)
  const year = buffer[at]! | (buffer[at + 1]! << 8)
  const month = buffer[at + 2]!
  const day = buffer[at + 3]!
  let ofDay = 0
  let micros = 0
  if (length >= 7) {
    const hour = buffer[at + 4]!
    const minute = buffer[at + 5]!
    const second = buffer[at + 6]!
    if (hour > 23 || minute > 59 || second > 59) return datetimeText(buffer, at, length, decimals)
    ofDay = hour * 3_600_000 + minute * 60_000 + second * 1_000
    if (length >= 11) {
      const fraction = microsAt(buffer, at + 7)
      if (fraction > 999_999) return datetimeText(buffer, at, length, decimals)
      const ms = fraction / 1_000 | 0
      ofDay += ms
      micros = fraction - ms * 1_000
    }
  }
  return month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month) || year > 9_999
    ? datetimeText(buffer, at, length, decimals)
    : new Datetime(daysSince1970(year, month, day) * 86_400_000 + ofDay, micros, decimals)
}

/** A TIME as text: more than a day and less than nothing are times, too. */
export const timeText = (buffer: Buffer, at: number, length: number): string => {
  if (length < 8) return "00:00:00"
  const hours = microsAt(buffer, at + 1) * 24 + buffer[at + 5]!
  const micros = length < 12 ? 0 : microsAt(buffer, at + 8)
  return `${buffer[at] === 0 ? "" : "-"}${
    pairs[hours] ?? String(hours)
  }:${pairs[buffer[at + 6]!]!}:${pairs[buffer[at + 7]!]!}${
    micros === 0 ? "" : `.${String(micros).padStart(6, "0").replace(/0+$/, "")}`
  }`
}
