/**
 * Time zones: those of a fixed offset, and those that have a name and rules, as JavaScript knows them.
 */

const offsetForm = /^([+-])(\d{2}):(\d{2})$/

/** The offset in milliseconds of UTC and of zones like `+02:00`; undefined for what has a name. */
export const fixedOffset = (zone: string): number | undefined => {
  if (zone === "UTC") return 0
  if (typeof zone !== "string") return undefined
  const match = offsetForm.exec(zone)
  if (match === null || Number(match[2]) > 23 || Number(match[3]) > 59) return undefined
  const offset = (Number(match[2]) * 60 + Number(match[3])) * 60_000
  return match[1] === "-" && offset !== 0 ? -offset : offset
}

const nameForm = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Made once for each zone, as it takes long; undefined where there is no such zone. */
const formatterOf = (zone: string): Intl.DateTimeFormat | undefined => {
  const key = zone.toLowerCase()
  const found = formatters.get(key)
  if (found !== undefined || !nameForm.test(zone)) return found
  try {
    const made = new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric"
    })
    formatters.set(key, made)
    return made
  } catch {
    return undefined
  }
}

/** Whether there is a zone of this name. */
export const isNamed = (zone: string): boolean => typeof zone === "string" && formatterOf(zone) !== undefined

/** What the clocks of a zone show at an instant, as the instant at which those of UTC show it. */
export const toLocal = (ms: number, zone: string): number => {
  const formatter = formatterOf(zone)
  if (formatter === undefined) throw new RangeError("there is no such time zone")
  const parts: Record<string, number> = {}
  for (const { type, value } of formatter.formatToParts(ms)) parts[type] = Number(value)
  const date = new Date(0)
  date.setUTCFullYear(parts["year"]!, parts["month"]! - 1, parts["day"]!)
  date.setUTCHours(parts["hour"]!, parts["minute"]!, parts["second"]!)
  return date.getTime() + ms - Math.floor(ms / 1000) * 1000
}

const aDay = 86_400_000

/**
 * The instant at which the clocks of a zone show it: the first of two, and for one that they leave out the one that is later by as much as they are
 * put forward.
 */
export const fromLocal = (local: number, zone: string): number => {
  const before = local - (toLocal(local - aDay, zone) - (local - aDay))
  if (toLocal(before, zone) === local) return before
  const after = local - (toLocal(local + aDay, zone) - (local + aDay))
  return toLocal(after, zone) === local ? after : before
}
