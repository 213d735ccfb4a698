/**
 * PostgreSQL's ISO form of a point in time, read by hand: `new Date(text)` costs several times as much.
 */
import { InvalidValue } from "../sql/storage.js"

const malformed = (): never => {
  throw new InvalidValue("is not a time of the years 1 to 9999")
}

const zero = 48

/** Days since 1970 of a day of the proleptic Gregorian calendar. */
const daysFromCivil = (year: number, month: number, day: number): number => {
  // Years that begin in March have their odd day last.
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/**
 * Milliseconds since 1970 of `2026-11-21 05:36:00.123+00`; digits beyond the millisecond are cut, a missing offset is UTC's.
 */
export const decodeTimestamp = (raw: string): number => {
  const two = (at: number): number => {
    const value = (raw.charCodeAt(at) - zero) * 10 + raw.charCodeAt(at + 1) - zero
    return value >= 0 && value <= 99 ? value : malformed()
  }
  if (raw.length < 19 || raw.charCodeAt(4) !== 45 || raw.charCodeAt(7) !== 45 || raw.endsWith("BC")) malformed()
  const year = two(0) * 100 + two(2)
  let ms = daysFromCivil(year, two(5), two(8)) * 86_400_000 + two(11) * 3_600_000 + two(14) * 60_000 + two(17) * 1000
  let at = 19
  if (raw.charCodeAt(at) === 46) {
    let unit = 100
    for (at++; raw.charCodeAt(at) >= zero && raw.charCodeAt(at) <= 57; at++) {
      if (unit >= 1) ms += (raw.charCodeAt(at) - zero) * unit
      unit /= 10
    }
  }
  if (at < raw.length) {
    const sign = raw[at] === "+" ? 1 : raw[at] === "-" ? -1 : malformed()
    let seconds = two(at + 1) * 3600
    if (raw.length > at + 3) seconds += two(at + 4) * 60
    if (raw.length > at + 6) seconds += two(at + 7)
    ms -= sign * seconds * 1000
  }
  return ms
}
