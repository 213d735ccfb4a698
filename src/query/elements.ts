/**
 * The elements of arrays as a source.
 */
import type { Columns, Joined, Operand } from "../expr/core.js"
import { integerType } from "../expr/core.js"
import { itemsOf } from "../expr/arrays.js"
import { elementOf, ordinalOf } from "../expr/jsonElements.js"
import { nodeOf } from "../expr/core.js"
import type * as Source from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { columnOf } from "../sql/nodes.js"
import { orNull } from "../sql/valueType.js"
import { call } from "./built.js"
import type { Any, Named, Query } from "./built.js"
import { crossed } from "./joins.js"

/** One element: what it is, and its place from 0. */
interface Element<X> {
  readonly value: X
  readonly ordinal: number
}

/**
 * Each row with each element of an array of it, a native one or one of JSON, which is known by its alias from here on: `value` is the element, `ordinal` its place from 0.
 * Rows without one are left out: `cross join jsonb_array_elements(…)`, `unnest(…)`, `json_each(…)`, `json_table(…)`.
 *
 * @since 0.1.0
 * @category joins
 */
export const elements = <const K extends string, S extends Source.Any, J, X, R1 = never>(
  alias: K,
  of: (root: Columns<S>, joined: Joined<J>) => Operand<ReadonlyArray<X> | null, R1>
) =>
<A, R>(
  query: Query<A, S, J, R>
): Query<A, S, J & Named<K, Source.Derived<Element<X>, Element<X>>>, R | R1> => {
  const node = nodeOf(call(query as Any, of))
  const array = node.type.storage._tag === "array" ? itemsOf(node) : elementOf(node)
  const columns: Source.Description["columns"] = {
    value: { name: "value", type: array.type, read: array.read },
    ordinal: { name: "ordinal", type: integerType, read: ordinalOf }
  }
  const valueOf = (ref: Ast.Ref, property: "value" | "ordinal", optional: boolean): Ast.Projection => {
    const { name, read, type } = columns[property]!
    return { _tag: "Value", expression: read!(columnOf(ref, { name, type: optional ? orNull(type) : type })) }
  }
  const source = (ref: Ast.Ref): Ast.Source => ({ _tag: "ElementsSource", ref, of: array.of })
  const description: Source.Description = {
    hint: alias,
    source,
    columns,
    row: (ref, optional) => ({
      _tag: optional ? "OptionalRecord" : "Record",
      fields: { value: valueOf(ref, "value", optional), ordinal: valueOf(ref, "ordinal", optional) }
    })
  }
  const ref: Ast.Ref = { hint: alias }
  return crossed(query as Any, alias, { description, ref, optional: false }, source(ref), "cross")
}
