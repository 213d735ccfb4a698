/**
 * Related rows by a statement of their own, for all parents at once.
 */
import * as Effect from "effect/Effect"
import type { ReadFailure } from "../DbError.js"
import { placing } from "../sql/keys.js"
import type { Key } from "../sql/keys.js"
import * as Comparison from "../expr/comparison.js"
import { compared } from "../expr/logic.js"
import { selectFor } from "../relation/use.js"
import type { Expression, Include, Select } from "../sql/ast.js"
import { columnOf } from "../sql/nodes.js"
import type { ValueType } from "../sql/storage.js"
import { bareKey, keyed, numbered, orderOf, parameter, partName, withParts } from "./parts.js"
import type { Form, Keyed } from "./parts.js"

/** Reads the rows of a select without relations. */
export type Run = (select: Select) => Effect.Effect<ReadonlyArray<any>, ReadFailure>

/** The related rows of some parents, and those of each by its place. */
export interface Children {
  readonly all: ReadonlyArray<Keyed>
  readonly of: (place: unknown) => ReadonlyArray<any>
}

const none: ReadonlyArray<never> = []

const nobody: Children = { all: none, of: () => none }

/** Decimals are kept by the digits of their own column. */
const keyType = ({ child, parent }: Include, at: number): ValueType =>
  child[at]!.type.storage._tag === "decimal" ? child[at]!.type : parent[at]!.type

/** Some rows of each parent: its rows are counted in their order, and the count restricted. */
const bounded = (
  select: Select,
  holding: ReadonlyArray<Expression>,
  { beside, limit, offset = 0 }: Include,
  form: Form
): Select => {
  const { found, number, outer } = numbered(
    { ...select, includes: [], orderBy: [] },
    keyed(select, [holding], form, beside),
    holding,
    orderOf(select)
  )
  const bounds: Array<Expression> = []
  if (offset > 0) bounds.push(compared("gt", number, parameter(offset)))
  if (limit !== undefined) {
    bounds.push(compared("lte", number, parameter(Math.min(offset + limit, Number.MAX_SAFE_INTEGER))))
  }
  return {
    ...outer,
    projection: found,
    where: Comparison.allOf(bounds),
    orderBy: [{ expression: number, direction: "asc", nulls: "last" }]
  }
}

/** The children of some parents, by the parent's key; their own relations are not yet loaded. */
export const children = (
  include: Include,
  keys: ReadonlyArray<Key>,
  form: Form,
  run: Run
): Effect.Effect<Children, ReadFailure> => {
  if (keys.length === 0) return Effect.succeed(nobody)
  const select = selectFor(include, { keys })
  // Sent and read as the parents' keys that they are: a column of the children may be too narrow for other keys.
  const holding = include.child.map((column, i) => columnOf(include.childRef, { ...column, type: keyType(include, i) }))
  const ofParents: Expression = { _tag: "InValues", left: holding, rows: keys, type: Comparison.truth }
  const restricted: Select = include.parents !== undefined ? select : {
    ...select,
    where: select.where === undefined ? ofParents : Comparison.allOf([select.where, ofParents])
  }
  return Effect.map(
    run(
      include.limit === undefined && include.offset === undefined
        ? withParts(restricted, [holding], form, include.beside)
        : bounded(restricted, holding, include, form)
    ),
    (all: ReadonlyArray<Keyed>) => {
      const groups = new Map<unknown, Array<any>>()
      const placeOf = placing(include.parent)
      const names = holding.map((_, part) => partName(select.includes.length, part))
      for (const { keys, row } of all) {
        const place = placeOf(names.map((name) => bareKey(keys[name])))
        const group = groups.get(place)
        if (group === undefined) groups.set(place, [row])
        else group.push(row)
      }
      return { all, of: (place) => groups.get(place) ?? none }
    }
  )
}
