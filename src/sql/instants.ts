/**
 * The calendar, and instants as text. A Date would do; but thousands come at a time, and it takes several times as long.
 *
 * Days are counted in eras of 400 years that begin in March (H. Hinnant, chrono-Compatible Low-Level Date Algorithms).
 */
import { InvalidValue } from "./storage.js"

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** How many days a month has; NaN where there is no such month. */
export const daysOfMonth = (year: number, month: number): number =>
  month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : monthDays[month - 1] ?? Number.NaN

/** Whether there is such a day, in the years from 1. */
export const isDay = (year: number, month: number, day: number): boolean =>
  year >= 1 && day >= 1 && day <= daysOfMonth(year, month)

/** Days since 1970. */
export const daysSince1970 = (year: number, month: number, day: number): number => {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const ofEra = shifted - era * 400
  const ofYear = ((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 | 0) + day - 1
  return era * 146_097 + ofEra * 365 + (ofEra / 4 | 0) - (ofEra / 100 | 0) + ofYear - 719_468
}

const digits = (number: number, length: number): string => String(number).padStart(length, "0")

/** Texts of the numbers below a limit, each made when it is first asked for. */
const texts = (limit: number, text: (number: number) => string): (number: number) => string => {
  const made = new Array<string | undefined>(limit).fill(undefined)
  return (number) => made[number] ??= text(number)
}

const ofMinute = texts(1440, (minute) => `T${digits(Math.floor(minute / 60), 2)}:${digits(minute % 60, 2)}:`)
const ofSecond = texts(60, (second) => `${digits(second, 2)}.`)
const ofMillisecond = texts(1000, (millisecond) => `${digits(millisecond, 3)}Z`)

const aDay = 86_400_000
/** Of the years 1000 to 9999, whose texts have no signs and no zeros before. */
const firstUsual = Date.UTC(1000, 0, 1)
const lastUsual = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** A day, by its number since 1970, as `2026-11-21`. */
const dayText = (days: number): string => {
  const sinceMarch = days + 719_468
  const era = Math.floor(sinceMarch / 146_097)
  const dayOfEra = sinceMarch - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${year}-${digits(month, 2)}-${digits(dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1, 2)}`
}

/** Days whose texts are kept: those of eleven years in a row have places of their own. */
const keptDays = 4096
const keptNumbers = new Array<number>(keptDays).fill(Number.NaN)
const keptTexts = new Array<string>(keptDays).fill("")

const ofDay = (days: number): string => {
  const place = days & (keptDays - 1)
  if (keptNumbers[place] !== days) {
    keptNumbers[place] = days
    keptTexts[place] = dayText(days)
  }
  return keptTexts[place]!
}

/** Milliseconds since 1970 as `2026-11-21T05:36:00.000Z`. Of few pieces: each takes memory of its own until all are joined. */
export const toIso = (ms: number): string => {
  if (!(ms >= firstUsual && ms <= lastUsual) || !Number.isInteger(ms)) return new Date(ms).toISOString()
  const days = Math.floor(ms / aDay)
  const ofTheDay = ms - days * aDay
  const minute = Math.floor(ofTheDay / 60_000)
  const rest = ofTheDay - minute * 60_000
  const second = Math.floor(rest / 1000)
  return ofDay(days) + ofMinute(minute) + ofSecond(second) + ofMillisecond(rest - second * 1000)
}

const isoForm = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|\+00(?::?00)?)?$/

/** Two digits as a number; NaN, or another that is no part of a time, for what are none. */
const twoDigits = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** The usual forms, of which thousands come at a time: a tenth of what the regular expression takes. NaN for all others. */
const fromUsualIso = (text: string): number => {
  const { length } = text
  // 2026-11-21T05:36:00.000Z, or a blank for the T, fewer digits of a second and +00 or nothing for the Z
  if (
    text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58
  ) return Number.NaN
  const separator = text.charCodeAt(10)
  if (separator !== 84 && separator !== 32) return Number.NaN
  let end = 19
  let milliseconds = 0
  if (text.charCodeAt(19) === 46) {
    let unit = 100
    for (end = 20; end < length; end++) {
      const digit = text.charCodeAt(end) - 48
      if (digit < 0 || digit > 9) break
      milliseconds += digit * Math.floor(unit)
      unit /= 10
    }
    if (end === 20 || end > 29) return Number.NaN
  }
  const isZone = length === end || (length === end + 1 && text.charCodeAt(end) === 90) ||
    (length === end + 3 && text.endsWith("+00"))
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  return isZone && isDay(year, month, day) && hour <= 23 && minute <= 59 && second <= 59
    ? daysSince1970(year, month, day) * aDay + hour * 3_600_000 + minute * 60_000 + second * 1000 + milliseconds
    : Number.NaN
}

/** Milliseconds since 1970 of a time in UTC, in the form of `toIso` or as the servers print it. */
export const fromIso = (text: unknown): number => {
  if (typeof text !== "string") {
    throw new InvalidValue("is not a time in text")
  }
  const usual = fromUsualIso(text)
  if (!Number.isNaN(usual)) {
    return usual
  }
  const match = isoForm.exec(text)
  if (match === null) {
    throw new InvalidValue("is not a time of the form YYYY-MM-DDTHH:MM:SS.mmmZ")
  }
  const [, year, month, day, hour, minute, second, fraction = ""] = match
  if (
    !isDay(Number(year), Number(month), Number(day)) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59
  ) {
    throw new InvalidValue("is not a time of the calendar")
  }
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, "0")}Z`)
}
