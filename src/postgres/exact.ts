/**
 * PostgreSQL's own texts of values, which its casts read again.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { typeName } from "./codecs.js"

const castTo = (name: string): OperatorPrinter => (writer, [text]) => {
  if (text !== undefined) writer.text("cast(").expression(text).text(` as ${name})`)
}

export const operators: Dialect["operators"] = {
  "exact text": (writer, [value]) => {
    if (value === undefined) return
    // What 32 bits hold has fewer digits than the same value among doubles.
    if (value.type.storage._tag === "double") {
      writer.text("cast(cast(").expression(value).text(" as double precision) as text)")
    } else writer.text("cast(").expression(value).text(" as text)")
  },
  "exact value": (writer, args, type) => {
    const { storage } = type
    switch (storage._tag) {
      // An untyped parameter takes the type, and the collation, of what it is compared with.
      case "text":
      case "literal":
      case "uuid":
        writer.list(args, (arg) => writer.expression(arg))
        return
      case "integer":
        return castTo("bigint")(writer, args, type)
      default:
        return castTo(typeName(storage))(writer, args, type)
    }
  },
  "exact number": castTo("numeric")
}
