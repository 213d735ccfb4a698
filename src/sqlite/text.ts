/**
 * Text by its characters in SQLite, which lacks most of it.
 */
import type { Dialect } from "../Dialect.js"
import { functionOf, replace } from "../sql/operators.js"
import type { Raw, Scalars } from "./scalar.js"
import { strict } from "./scalar.js"

const padding = (text: string, length: number, fill: string): string => {
  const missing = length - Array.from(text).length
  if (missing <= 0) return ""
  const characters = Array.from(fill)
  let filled = ""
  for (let i = 0; i < missing; i++) filled += characters[i % characters.length]!
  return filled
}

type Given = Exclude<Raw, null>

export const scalars: Scalars = {
  strata_pad_start: [
    3,
    strict((text: Given, length: Given, fill: Given) =>
      padding(String(text), Number(length), String(fill)) + String(text)
    )
  ],
  strata_pad_end: [
    3,
    strict((text: Given, length: Given, fill: Given) =>
      String(text) + padding(String(text), Number(length), String(fill))
    )
  ],
  strata_repeat: [2, strict((text, count) => String(text).repeat(Number(count)))],
  strata_reverse: [1, strict((text) => Array.from(String(text)).reverse().join(""))],
  strata_right: [
    2,
    strict((text, length) => length === 0n ? "" : Array.from(String(text)).slice(-Number(length)).join(""))
  ]
}

export const operators: Dialect["operators"] = {
  replace,
  padStart: functionOf("strata_pad_start"),
  padEnd: functionOf("strata_pad_end"),
  repeat: functionOf("strata_repeat"),
  reverse: functionOf("strata_reverse"),
  left: (writer, [text, length]) => {
    if (text === undefined || length === undefined) return
    writer.text("substr(").expression(text).text(", 1, ").expression(length).text(")")
  },
  right: functionOf("strata_right")
}
