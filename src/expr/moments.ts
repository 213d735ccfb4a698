/**
 * What functions of time share: the kinds of moments, and the way to the clocks of a time zone and back.
 */
import type * as DateTime from "effect/DateTime"
import type { Capability } from "../Capability.js"
import type * as Ast from "../sql/ast.js"
import { bare } from "../sql/valueType.js"
import { fixedOffset, isNamed } from "../sql/zones.js"
import { call, integerType, invalid, parameter, textType } from "./core.js"

/** What timestamps, days and times of day are to programs. */
export type Moment = DateTime.Utc | Date | string

/**
 * What a time zone requires: UTC and offsets (`+02:00`) nothing, names (`Europe/Berlin`) a database that knows them.
 *
 * @since 0.1.0
 * @category models
 */
export type ZoneNeeds<Z extends string> = Z extends "UTC" | `+${string}` | `-${string}` ? never
  : Capability<"time zones">

/**
 * In which time zone a calendar or a clock is meant: UTC unless given.
 *
 * @since 0.1.0
 * @category models
 */
export interface ZoneOptions<Z extends string> {
  readonly timeZone?: Z
}

export const plusMilliseconds: Ast.Operator = { name: "plusMilliseconds", form: "dialect" }
const toZone: Ast.Operator = { name: "toZone", form: "dialect", requires: "time zones" }
const fromZone: Ast.Operator = { name: "fromZone", form: "dialect", requires: "time zones" }

export const ofTime: ReadonlyArray<string> = ["hour", "minute", "second", "millisecond"]

/** What a kind of moment has no such units for, and what is none. */
export const problemOf = ({ type }: Ast.Expression, unit: string): string | undefined => {
  switch (type.storage._tag) {
    case "timestamp":
      return undefined
    case "day":
      return ofTime.includes(unit) ? `a day has no ${unit}` : undefined
    case "time":
      return ofTime.includes(unit) ? undefined : `a time of day has no ${unit}`
    default:
      return "a function of time takes a timestamp, a day or a time of day"
  }
}

const plusOffset = (node: Ast.Expression, offset: number): Ast.Expression =>
  call(plusMilliseconds, [node, parameter(offset, integerType)], bare(node.type))

/** What the clocks of a zone show, as a timestamp whose UTC it is. */
export const local = (node: Ast.Expression, zone: string | undefined): Ast.Expression => {
  if (zone === undefined || zone === "UTC" || node.type.storage._tag !== "timestamp") return node
  const offset = fixedOffset(zone)
  if (offset !== undefined) return plusOffset(node, offset)
  return isNamed(zone)
    ? call(toZone, [node, parameter(zone, textType)], bare(node.type))
    : invalid("there is no such time zone: write UTC, an offset like +02:00 or a name like Europe/Berlin")
}

export const global = (node: Ast.Expression, zone: string | undefined): Ast.Expression => {
  if (zone === undefined || zone === "UTC" || node.type.storage._tag !== "timestamp") return node
  const offset = fixedOffset(zone)
  return offset === undefined
    ? call(fromZone, [node, parameter(zone, textType)], bare(node.type))
    : plusOffset(node, offset === 0 ? 0 : -offset)
}
