/**
 * Rows within a value: what an aggregate puts together, decoded as the rows of a select are.
 */
import * as Schema from "effect/Schema"
import type { Projection } from "./ast.js"
import { keyOf, leavesOf } from "./projection.js"
import type { Rows, ValueType } from "./storage.js"
import { InvalidValue } from "./storage.js"

const projections = new WeakMap<Rows, Projection>()

/** What each of the rows is made of. */
export const nestedOf = (rows: Rows): Projection => {
  const found = projections.get(rows)
  if (found === undefined) throw new InvalidValue("is made of rows that nobody has described")
  return found
}

/**
 * What stands for such rows where a program gives a value: there are none. Made anew each time, as decoders know types by their Schemas.
 */
const empty = (as: Rows["as"]): Schema.Schema<any, any> =>
  as !== "record"
    ? Schema.Tuple()
    : Schema.transform(Schema.Tuple(), Schema.Record({ key: Schema.String, value: Schema.Never }), {
      strict: true,
      decode: () => ({}),
      encode: () => [] as const
    })

/** How many types are kept; a program that makes more up starts again. */
const most = 2000

const types = new Map<string, ValueType>()

/** The type of rows of a projection; one for all projections that are decoded alike, as statements are of one shape where their types are the same. */
export const nestedType = (projection: Projection, as: Rows["as"]): ValueType => {
  const key = `${as} ${keyOf(projection)}`
  const known = types.get(key)
  if (known !== undefined) return known
  if (types.size >= most) types.clear()
  const rows: Rows = { as }
  projections.set(rows, projection)
  const type: ValueType = {
    storage: { _tag: "json", text: true },
    nullable: true,
    schema: empty(as),
    rows,
    ...(leavesOf(projection).some(({ expression }) => expression.type.sensitive === true) ? { sensitive: true } : {})
  }
  types.set(key, type)
  return type
}
