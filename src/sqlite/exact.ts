/**
 * Texts of SQLite's values that lose nothing of them: the letter says which of its types a value has.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { functionOf } from "../sql/operators.js"
import { InvalidValue } from "../sql/storage.js"
import type { Raw, Scalars } from "./scalar.js"
import { strict } from "./scalar.js"

const toText = (value: Exclude<Raw, null>): string => {
  switch (typeof value) {
    case "bigint":
      return `i${value}`
    case "number":
      return `r${value}`
    case "string":
      // As JSON has it, so that what no parameter can hold is text as well.
      return `t${JSON.stringify(value)}`
    default:
      return `b${Buffer.from(value).toString("hex")}`
  }
}

const toValue = (raw: Exclude<Raw, null>): Raw => {
  const text = String(raw)
  const rest = text.slice(1)
  switch (text[0]) {
    case "i":
      return BigInt(rest)
    case "r":
      return Number(rest)
    case "t":
      return JSON.parse(rest) as string
    case "b":
      return Buffer.from(rest, "hex")
    default:
      throw new InvalidValue("is not the text of a value")
  }
}

export const scalars: Scalars = {
  strata_exact_text: [1, strict(toText)],
  strata_exact_value: [1, strict(toValue)]
}

const value: OperatorPrinter = functionOf("strata_exact_value")

export const operators: Dialect["operators"] = {
  "exact text": functionOf("strata_exact_text"),
  "exact value": value,
  "exact number": value
}
