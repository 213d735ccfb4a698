/**
 * Effect Schema's own decoding and encoding, row by row, which is faster than of an array of them.
 */
import * as Schema from "effect/Schema"
import { columns } from "../decoding.js"
import type { Named, OpenCoder, Shape } from "../decoding.js"

const Flag = Schema.transform(Schema.Number, Schema.Boolean, {
  decode: (stored) => stored === 1,
  encode: (flag) => flag ? 1 : 0
})

const kinds = {
  key: Schema.Int.pipe(Schema.brand("Id")),
  text: Schema.NonEmptyString,
  flag: Flag,
  instant: Schema.Date,
  big: Schema.BigIntFromSelf,
  decimal: Schema.BigDecimal,
  json: Schema.parseJson(Schema.Struct({ size: Schema.Int, theme: Schema.Literal("light", "dark") })),
  optional: Schema.OptionFromNullOr(Schema.String)
}

const fieldsOf = (shape: Shape) => columns[shape].map(([name, kind]) => [name, kinds[kind]] as const)

const users = {
  name: Schema.NonEmptyString,
  email: Schema.NonEmptyString.pipe(Schema.maxLength(191)),
  age: Schema.Int.pipe(Schema.nonNegative()),
  active: Flag,
  createdAt: Schema.Date
}

/** Rows are instances, as Strata's are. */
const rowOf = (shape: Shape): Schema.Schema<Named, Named> => {
  const fields = shape === "users" ? { id: Schema.Int, ...users } : Object.fromEntries(fieldsOf(shape))
  return class Row extends Schema.Class<Named>("Row")(fields as Schema.Struct.Fields) {} as unknown as Schema.Schema<
    Named,
    Named
  >
}

const inputOf = (shape: Shape): Schema.Schema<Named, Named> =>
  Schema.Struct(
    shape === "users" ? users : Object.fromEntries(fieldsOf(shape).slice(1)) as never
  ) as unknown as Schema.Schema<Named, Named>

export const open: OpenCoder = async (shape) => {
  const decode = Schema.decodeUnknownSync(rowOf(shape))
  const encode = Schema.encodeUnknownSync(inputOf(shape))
  return {
    decode: ({ named }) => named.map((row) => decode(row)),
    read: ({ named }) =>
      named.map((row) => {
        const { json2, text1 } = decode(row)
        return { text1, json2 }
      }),
    encode: (rows) => {
      const bound: Array<unknown> = []
      for (const row of rows) {
        const encoded = encode(row)
        for (const name of Object.keys(encoded)) bound.push(encoded[name])
      }
      return bound
    }
  }
}
