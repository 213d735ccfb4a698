/**
 * Relations: one statement a level, keyed by the parents, whatever their number.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { ConfigurationError, DecodeError } from "./DbError.js"
import type { ReadFailure } from "./DbError.js"
import { placing } from "./executor/keys.js"
import type { Key } from "./executor/keys.js"
import { operators } from "./expr/comparison.js"
import { derivedOf, isAggregated, selectFrom } from "./query/derived.js"
import { Describe } from "./Source.js"
import type { Expression, Include, Operator, Select } from "./sql/ast.js"
import { columnOf } from "./sql/nodes.js"
import type { ValueType } from "./sql/storage.js"

/** Runs a select without its relations. */
type Run = (select: Select) => Effect.Effect<ReadonlyArray<any>, ReadFailure>

/** A row, and beside it the keys that relations are put together by: each part of each by its name. */
interface Keyed {
  readonly row: any
  readonly keys: { readonly [part: string]: unknown }
}

/** The name of a part of a key among those of a row. */
const partName = (key: number, part: number): string => `i${key}_k${part}`

/**
 * Runs a select and loads its relations.
 *
 * @since 0.1.0
 * @category running
 */
export const loadSelect = (select: Select, run: Run): Effect.Effect<ReadonlyArray<any>, ReadFailure> =>
  select.includes.length === 0 ? run(select) : Effect.map(
    keyed(select, ownKeys(select), run),
    (rows) => rows.map(({ row }) => row)
  )

/** The rows of a select with some keys of each; the keys of its own relations come first. */
const keyed = (
  select: Select,
  keys: ReadonlyArray<ReadonlyArray<Expression>>,
  run: Run
): Effect.Effect<ReadonlyArray<Keyed>, ReadFailure> => {
  const problem = problemOf(select)
  if (problem !== undefined) return Effect.fail(problem)
  return Effect.flatMap(run(withKeys(select, keys)), (rows) => attach(rows, select.includes, run))
}

/**
 * The same for rows that come in chunks: the select to read them by, and what loads the relations of a chunk.
 *
 * @since 0.1.0
 * @category running
 */
export const prepare = (select: Select): Effect.Effect<{
  readonly select: Select
  readonly attach: (rows: ReadonlyArray<any>, run: Run) => Effect.Effect<ReadonlyArray<any>, ReadFailure>
}, ConfigurationError> => {
  const problem = problemOf(select)
  if (problem !== undefined) return Effect.fail(problem)
  const keys = ownKeys(select)
  return Effect.succeed({
    select: withKeys(select, keys),
    attach: (rows, run) => Effect.map(attach(rows, select.includes, run), (loaded) => loaded.map(({ row }) => row))
  })
}

/** The keys that a select's own relations start from. */
const ownKeys = (select: Select): ReadonlyArray<ReadonlyArray<Expression>> =>
  select.includes.map(({ parent }) => parent.map((column) => columnOf(select.from.ref, column)))

const withKeys = (select: Select, keys: ReadonlyArray<ReadonlyArray<Expression>>): Select => ({
  ...select,
  includes: [],
  lazy: select.lazy === undefined ? undefined : "part",
  projection: {
    _tag: "Record",
    fields: {
      row: select.projection,
      keys: {
        _tag: "Record",
        fields: Object.fromEntries(
          keys.flatMap((key, i) => key.map((expression, part) => [partName(i, part), { _tag: "Value", expression }]))
        )
      }
    }
  }
})

const problemOf = (select: Select): ConfigurationError | undefined => {
  for (const include of select.includes) {
    if (include.problem !== undefined) return include.problem
  }
  if (select.includes.length > 0) {
    const { distinct, groupBy, projection } = select
    if (projection._tag === "Value") {
      return new ConfigurationError({
        problem: "A query of bare values has no rows to include relations in: use select, or leave the row whole"
      })
    }
    if (projection._tag === "OptionalRecord" || (projection._tag === "Instance" && projection.optional)) {
      return new ConfigurationError({
        problem: "Rows that may be null have nothing to include relations in: use select"
      })
    }
    if (isAggregated(projection) || (projection._tag !== "Instance" && (distinct || groupBy.length > 0))) {
      return new ConfigurationError({
        problem: "Rows that were grouped or made distinct have no key to include relations by"
      })
    }
  }
  return undefined
}

const attach = (
  parents: ReadonlyArray<Keyed>,
  includes: ReadonlyArray<Include>,
  run: Run
): Effect.Effect<ReadonlyArray<Keyed>, ReadFailure> =>
  Effect.as(
    Effect.forEach(includes, (include, i) => attachOne(parents, include, i, run), { discard: true }),
    parents
  )

const attachOne = (
  parents: ReadonlyArray<Keyed>,
  include: Include,
  at: number,
  run: Run
): Effect.Effect<void, ReadFailure> =>
  Effect.suspend(() => {
    const wanted = new Map<unknown, Key>()
    const placeOf = placing(include.parent)
    const names = include.parent.map((_, part) => partName(at, part))
    const places = parents.map(({ keys }) => {
      const key = names.map((name) => bareKey(keys[name]))
      if (key.includes(null)) return undefined
      const place = placeOf(key)
      wanted.set(place, key)
      return place
    })
    return Effect.flatMap(children(include, [...wanted.values()], run), (groups) => {
      for (let i = 0; i < parents.length; i++) {
        const place = places[i]
        const found = place === undefined ? none : groups.get(place) ?? none
        if (include.cardinality === "one" && found.length === 0) {
          return Effect.fail(
            new DecodeError({
              table: include.select.from.ref.hint,
              column: include.name,
              row: i,
              problem: "the row that it belongs to is missing"
            })
          )
        }
        // Each row has an array of its own, which programs may change.
        give(
          parents[i]!.row,
          include.name,
          include.cardinality !== "many" ? found[0] ?? null : found === none ? [] : found
        )
      }
      return Effect.void
    })
  })

/** Gives a row a property of its own, whatever its class has by that name. */
const give = (row: any, name: string, value: unknown): void => {
  if (name in row) Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true })
  else row[name] = value
}

const none: ReadonlyArray<never> = []

/** The value of a key that is an Option, null for none. */
const bareKey = (value: unknown): unknown => Option.isOption(value) ? Option.getOrNull(value) : value

/** The children of some parents, by the parent's key. */
const children = (
  include: Include,
  keys: ReadonlyArray<Key>,
  run: Run
): Effect.Effect<ReadonlyMap<unknown, ReadonlyArray<any>>, ReadFailure> => {
  if (keys.length === 0) return Effect.succeed(new Map())
  // Sent and read as the parents' keys that they are: a column of the children may be too narrow for other keys.
  const holding = include.child.map((column, i) => columnOf(include.childRef, { ...column, type: keyType(include, i) }))
  const restriction: Expression = { _tag: "InValues", left: holding, rows: keys, type: condition }
  const { where } = include.select
  const restricted: Select = {
    ...include.select,
    where: where === undefined
      ? restriction
      : {
        _tag: "Call",
        operator: operators.and,
        args: [where, restriction],
        type: condition
      }
  }
  const own = include.select.includes.map((nested) =>
    nested.parent.map((column) => columnOf(include.select.from.ref, column))
  )
  return Effect.map(
    include.limit === undefined
      ? keyed(restricted, [...own, holding], run)
      : keyedWithin(restricted, [...own, holding], include.limit, run),
    (rows) => {
      const groups = new Map<unknown, Array<any>>()
      const placeOf = placing(include.parent)
      const names = holding.map((_, part) => partName(own.length, part))
      for (const { keys, row } of rows) {
        const place = placeOf(names.map((name) => keys[name]))
        const group = groups.get(place)
        if (group === undefined) groups.set(place, [row])
        else group.push(row)
      }
      return groups
    }
  )
}

/** Decimals are kept by the digits of their own column. */
const keyType = ({ child, parent }: Include, at: number): ValueType =>
  child[at]!.type.storage._tag === "decimal" ? child[at]!.type : parent[at]!.type

const condition: ValueType = { storage: { _tag: "boolean" }, nullable: false, schema: undefined as never }

/** At most so many rows of each parent: its rows are counted in their order, and the count restricted. */
const keyedWithin = (
  select: Select,
  keys: ReadonlyArray<ReadonlyArray<Expression>>,
  limit: number,
  run: Run
): Effect.Effect<ReadonlyArray<Keyed>, ReadFailure> => {
  const problem = problemOf(select)
  if (problem !== undefined) return Effect.fail(problem)
  const table = select.projection._tag === "Instance" ? select.projection.table : undefined
  const orderBy = select.orderBy.length > 0 || table === undefined
    ? select.orderBy
    : table.primaryKey.map((column) => ({
      expression: columnOf(select.from.ref, column),
      direction: "asc" as const,
      nulls: "last" as const
    }))
  const number: Expression = {
    _tag: "Over",
    function: { _tag: "Call", operator: rowNumber, args: [], type: rowNumberType },
    window: { name: undefined, partitionBy: keys[keys.length - 1]!, orderBy, frame: undefined },
    type: rowNumberType
  }
  const inner = withKeys(select, keys)
  const ranked = derivedOf("ranked", {
    ...inner,
    orderBy: [],
    projection: { _tag: "Record", fields: { found: inner.projection, number: { _tag: "Value", expression: number } } }
  })
  const outer = selectFrom(ranked)
  const place: Expression = {
    _tag: "Column",
    ref: outer.from.ref,
    name: ranked[Describe].columns["number"]!.name,
    type: rowNumberType
  }
  const within: Expression = {
    _tag: "Call",
    operator: operators.lte,
    args: [place, { _tag: "Parameter", value: limit, type: rowNumberType }],
    type: condition
  }
  return Effect.flatMap(
    run({
      ...outer,
      where: within,
      orderBy: [{ expression: place, direction: "asc", nulls: "last" }]
    }),
    (numbered) => attach(numbered.map(({ found }) => found), select.includes, run)
  )
}

const rowNumber: Operator = { name: "rowNumber", form: "function", text: "row_number" }

const rowNumberType: ValueType = {
  storage: { _tag: "integer", wide: true },
  nullable: false,
  schema: Schema.Number
}
