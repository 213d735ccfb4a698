/**
 * Instants for tests of time: spread over two centuries, and around changes of clocks.
 */
import * as DateTime from "effect/DateTime"

export const zones = ["Europe/Berlin", "America/New_York"] as const

const offset = (ms: number, zone: string): number =>
  DateTime.zonedOffset(DateTime.unsafeMakeZoned(ms, { timeZone: zone }))

/** The first instant with the offset of the end, between two that differ. */
const change = (from: number, to: number, zone: string): number => {
  const after = offset(to, zone)
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offset(middle, zone) === after) high = middle
    else low = middle
  }
  return high
}

/** When the clocks of a zone change in a year. */
const changes = (zone: string, year: number): ReadonlyArray<number> =>
  Array.from({ length: 12 }, (_, month) => [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)] as const)
    .filter(([from, to]) => offset(from, zone) !== offset(to, zone))
    .map(([from, to]) => change(from, to, zone))

/** Pseudo-random numbers, always the same. */
const numbers = (seed: number) => () => {
  seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0
  const mixed = Math.imul(seed ^ (seed >>> 12), 0x297a2d39)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}

export const random = numbers(7)

const aMinute = 60_000
const around = [-90 * aMinute, -aMinute, -1, 0, 1, 30 * aMinute, 61 * aMinute, 121 * aMinute, 24 * 60 * aMinute]

const first = Date.UTC(1900, 0, 1)
const last = Date.UTC(2100, 11, 31, 23, 59, 59, 999)

export const instants: ReadonlyArray<number> = [
  ...Array.from({ length: 200 }, () => Math.floor(first + random() * (last - first))),
  ...zones.flatMap((zone) => [1918, 1949, 1983, 2007, 2024, 2061].flatMap((year) => changes(zone, year)))
    .flatMap((at) => around.map((by) => at + by)),
  ...["2024-01-31", "2024-02-29", "2023-02-28", "2020-12-31", "2021-01-01", "1900-02-28", "2000-02-29", "2018-12-31"]
    .flatMap((day) => [Date.parse(`${day}T00:00:00.000Z`), Date.parse(`${day}T23:59:59.999Z`)]),
  0,
  -1
]
