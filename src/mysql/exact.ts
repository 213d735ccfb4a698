/**
 * Texts of the values of MySQL and MariaDB that lose nothing of them, and how they are bound again.
 */
import * as BigDecimal from "effect/BigDecimal"
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { bigintType, decimalType, doubleType } from "../expr/core.js"
import { InvalidValue } from "../sql/storage.js"
import type { ValueType } from "../sql/storage.js"

const around = (before: string, after: string): OperatorPrinter => (writer, [value]) => {
  if (value !== undefined) writer.text(before).expression(value).text(after)
}

const bound = (type: ValueType, change: (text: string) => unknown): OperatorPrinter => (writer, [text]) => {
  if (text?._tag !== "Parameter") return
  writer.converted(
    text,
    text.type.sensitive === true ? { ...type, sensitive: true } : type,
    (value) => change(String(value))
  )
}

const whole = bound(bigintType, (text) => {
  if (/^-?\d{1,20}$/.test(text)) return BigInt(text)
  throw new InvalidValue("is not the text of a whole number")
})

const number = bound(doubleType, (text) => Number(text) + 0)

// A text would be compared as a double.
const decimal = bound(decimalType, (text) => {
  const digits = BigDecimal.fromString(text)
  if (digits._tag === "Some") return digits.value
  throw new InvalidValue("is not the text of a number")
})

export const operators: Dialect["operators"] = {
  "exact text": (writer, args, type) => {
    switch (args[0]?.type.storage._tag) {
      case "text":
      case "literal":
      case "uuid":
        writer.list(args, (arg) => writer.expression(arg))
        return
      case "bytes":
        return around("hex(", ")")(writer, args, type)
      case "double":
        // What 32 bits hold has fewer digits than the same value among doubles.
        return around("cast(", " + 0e0 as char)")(writer, args, type)
      default:
        return around("cast(", " as char)")(writer, args, type)
    }
  },
  "exact value": (writer, args, type) => {
    switch (type.storage._tag) {
      case "integer":
      case "bigint":
      case "boolean":
        return whole(writer, args, type)
      case "decimal":
        return decimal(writer, args, type)
      case "double":
        return number(writer, args, type)
      // Those of the dialect's own casts would be rounded.
      case "timestamp":
        return around("cast(", " as datetime(6))")(writer, args, type)
      case "time":
        return around("cast(", " as time(6))")(writer, args, type)
      case "day":
        return around("cast(", " as date)")(writer, args, type)
      case "bytes":
        return around("unhex(", ")")(writer, args, type)
      default:
        writer.list(args, (arg) => writer.expression(arg))
    }
  },
  "exact number": decimal
}
