/**
 * W6: rows of different sizes, from the driver's values to the program's and back.
 */
import type { Shape } from "../decoding.js"

export interface DecodeWorkload {
  readonly id: string
  readonly name: string
  readonly shape: Shape
  readonly rows: number
  readonly does: "decode" | "encode" | "read"
  /** Nanoseconds a row, or bytes that are allocated for one. */
  readonly unit: "ns/row" | "bytes/row"
}

const titles: { readonly [S in Shape]: string } = {
  users: "6 columns as in W1",
  kinds: "6 columns of other kinds",
  wide: "32 columns of all kinds"
}

const wanted: ReadonlyArray<readonly [Shape, number, DecodeWorkload["does"], DecodeWorkload["unit"]]> = [
  ["users", 1_000, "decode", "ns/row"],
  ["users", 10_000, "decode", "ns/row"],
  ["users", 100_000, "decode", "ns/row"],
  ["kinds", 1_000, "decode", "ns/row"],
  ["wide", 1_000, "decode", "ns/row"],
  ["wide", 10_000, "decode", "ns/row"],
  ["wide", 100_000, "decode", "ns/row"],
  ["users", 1_000, "encode", "ns/row"],
  ["kinds", 1_000, "encode", "ns/row"],
  ["wide", 1_000, "encode", "ns/row"],
  ["users", 500, "decode", "bytes/row"],
  ["kinds", 500, "decode", "bytes/row"],
  ["wide", 500, "decode", "bytes/row"],
  ["users", 500, "encode", "bytes/row"],
  ["wide", 500, "encode", "bytes/row"],
  ["wide", 1_000, "read", "ns/row"],
  ["wide", 500, "read", "bytes/row"]
]

const verbs: { readonly [D in DecodeWorkload["does"]]: string } = {
  decode: "decode",
  encode: "encode",
  read: "read 2 fields of"
}

export const decode: ReadonlyArray<DecodeWorkload> = wanted.map(([shape, rows, does, unit], i) => ({
  id: `W6.${String.fromCharCode(97 + i)}`,
  name: unit === "bytes/row"
    ? `memory to ${verbs[does]} ${titles[shape]}`
    : `${verbs[does]} ${rows.toLocaleString("en")} rows of ${titles[shape]}`,
  shape,
  rows,
  does,
  unit
}))
