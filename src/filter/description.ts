/**
 * Filters from outside as a Schema of their JSON: what `JSONSchema.make` shows.
 */
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import type { Storage, ValueType } from "../sql/storage.js"
import { analyze } from "../sql/analysis.js"
import type { Allowed, Field, Limits } from "./allowed.js"

type Json = Schema.Schema<any, any>

const text = (format: string): Json => Schema.String.annotations({ jsonSchema: { type: "string", format } })

/** What JSON has for a value, where that is not what the column's Schema calls encoded. */
const ofStorage = ({ _tag }: Storage): Json | undefined => {
  switch (_tag) {
    case "timestamp":
      return text("date-time")
    case "day":
      return text("date")
    case "time":
      return text("time")
    case "bytes":
      return Schema.String.annotations({ jsonSchema: { type: "string", contentEncoding: "base64" } })
    case "bigint":
    case "decimal":
      return Schema.Union(Schema.String, Schema.Number)
    default:
      return undefined
  }
}

const basic = ({ _tag }: Storage): Json => {
  switch (_tag) {
    case "integer":
    case "double":
      return Schema.Number
    case "boolean":
      return Schema.Boolean
    case "json":
    case "array":
      return Schema.Unknown
    default:
      return Schema.String
  }
}

const valueOf = ({ schema, storage }: ValueType): Json => {
  const known = ofStorage(storage)
  if (known !== undefined) return known
  const one: Json = Schema.make(analyze(schema.ast).inner)
  try {
    JSONSchema.make(one)
    return one
  } catch {
    return basic(storage)
  }
}

const optional = (schema: Json) => Schema.optionalWith(schema, { exact: true })

const testsOf = ({ operators, type }: Field, limits: Required<Limits>): Json => {
  const value = valueOf(type)
  const list = Schema.Array(value).pipe(Schema.minItems(1), Schema.maxItems(limits.list))
  const of: Record<string, Json> = {
    in: list,
    notIn: list,
    between: Schema.Tuple(value, value),
    isNull: Schema.Boolean
  }
  const part = Schema.String.pipe(Schema.minLength(1), Schema.maxLength(limits.text))
  for (const name of ["contains", "startsWith", "endsWith", "like", "ilike"]) of[name] = part
  const tests: Json = Schema.Struct(
    Object.fromEntries([...operators].map((name) => [name, optional(of[name] ?? value)]))
  ) as never
  const isRecord = type.storage._tag === "json"
  return operators.has("eq") && !isRecord ? Schema.Union(value, tests) as never : tests
}

/** The Schema of the JSON of filters. */
export const describe = (allowed: Allowed, limits: Required<Limits>): Json => {
  const self: Json = Schema.suspend(() => whole)
  const fields: Record<string, any> = {}
  for (const [name, field] of allowed.fields) fields[name] = optional(testsOf(field, limits))
  for (const [name, { allowed: of }] of allowed.relations) {
    const related = describe(of, limits)
    fields[name] = optional(
      Schema.Struct({ some: optional(related), none: optional(related), every: optional(related) }) as never
    )
  }
  const list = Schema.Array(self).pipe(Schema.minItems(1))
  const whole: Json = Schema.Struct({ ...fields, and: optional(list), or: optional(list), not: optional(self) })
    .annotations({ identifier: allowed.identifier }) as never
  return whole
}
