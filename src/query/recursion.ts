/**
 * Queries that go on from their own rows, and what ends them: a depth that is counted, a ring that is seen.
 */
import * as Predicate from "effect/Predicate"
import { call, integerType, invalid, literal, parameter } from "../expr/core.js"
import { allOf, compared } from "../expr/logic.js"
import * as Rings from "../expr/rings.js"
import type * as Source from "../Source.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { selectOver } from "../sql/nodes.js"
import { isStoredAs } from "../sql/storage.js"
import type { ValueType } from "../sql/storage.js"
import { change, refused } from "./built.js"
import type { Any, OutputColumns, Query } from "./built.js"
import { combined } from "./compound.js"
import { cteSource, freshName, outputNames, sourceOf } from "./derived.js"

/**
 * How far a recursion goes.
 *
 * @since 0.1.0
 * @category models
 */
export interface RecursiveOptions<Column extends string = string> {
  /** Keeps rows that were there already: quicker, but data with a ring in it has no end then unless one of the others sees to it. Default false. */
  readonly all?: boolean
  /** How many steps it goes at the most: 0 gives the rows of the base alone. */
  readonly maxDepth?: number
  /**
   * Columns by which a row is known again: one that is already among those that it came by, from the base on, is left out. So rings end even where
   * rows differ in other columns, as by a depth that the query counts itself.
   */
  readonly cycle?: readonly [Column, ...ReadonlyArray<Column>]
}

/** What ends a recursion, as columns beside those of its row. */
interface Guard {
  readonly hint: string
  /** What the column is in the base, and in a step that comes from a row with it. */
  readonly first: Ast.Expression
  readonly next: (before: Ast.Expression, row: Ast.Projection) => Ast.Expression
  /** Whether a step is taken. */
  readonly goesOn: (before: Ast.Expression, row: Ast.Projection) => Ast.Expression
}

const depthGuard = (maxDepth: number): Guard => ({
  hint: "depth",
  first: literal(0),
  next: Rings.deeper,
  goesOn: (before) =>
    Number.isSafeInteger(maxDepth) && maxDepth >= 0
      ? compared("lt", before, parameter(maxDepth, integerType))
      : invalid("maxDepth takes a whole number from 0")
})

const partOf = (row: Ast.Projection, name: string): Ast.Expression | undefined => {
  switch (row._tag) {
    case "Value":
      return name === "value" ? row.expression : undefined
    case "Instance":
      return row.columns[row.table.columns.findIndex(({ property }) => property === name)]
    default: {
      const part = Object.hasOwn(row.fields, name) ? row.fields[name] : undefined
      return part?._tag === "Value" ? part.expression : undefined
    }
  }
}

/** The key of a row, by the names of its columns. */
const keyOf = (columns: ReadonlyArray<string>, row: Ast.Projection): Ast.Expression => {
  const parts: Array<Ast.Expression> = []
  for (const name of columns) {
    const part = partOf(row, name)
    if (part === undefined) return invalid(`a recursion is to know rows again by ${name}, which is no column of theirs`)
    if (!Rings.canBeKey(part)) {
      return invalid(`a recursion cannot know rows again by ${name}: take a key, a number, a text or a time`)
    }
    parts.push(part)
  }
  return Rings.keyOf(parts)
}

const cycleGuard = (columns: ReadonlyArray<string>, base: Ast.Projection): Guard => ({
  hint: "path",
  first: Rings.pathOf([keyOf(columns, base)]),
  next: (before, row) => Rings.longer(before, keyOf(columns, row)),
  goesOn: (before, row) => Rings.isNew(before, keyOf(columns, row))
})

/** A row with further columns after its own. */
const beside = (
  row: Ast.Projection,
  names: ReadonlyArray<string>,
  more: ReadonlyArray<Ast.Expression>
): Ast.Projection => ({
  _tag: "Record",
  fields: {
    ...(row._tag === "Record" ? row.fields : { row }),
    ...Object.fromEntries(more.map((expression, i) => [names[i]!, { _tag: "Value" as const, expression }]))
  }
})

type Step = (self: any) => Any

const started = (name: string, base: Any): { -readonly [K in keyof Ast.Cte]: Ast.Cte[K] } => ({
  hint: name,
  body: base.ast,
  isRecursive: true,
  materialized: undefined
})

const plain = (
  name: string,
  base: Any,
  step: Step,
  operator: Ast.Compound["operator"]
): Source.Derived<any, any, any> => {
  const itself = started(name, base)
  const row = base.ast.projection
  const found = combined(operator, base, step(cteSource(itself, row)))
  itself.body = Predicate.isString(found) ? refused(base, found).ast : found.body
  return cteSource(itself, row)
}

type SourceTag = Ast.Source["_tag"]

/** What a column is read from; undefined of other expressions. */
const readFrom = ({ ast: { from, joins } }: Any, expression: Ast.Expression): SourceTag | undefined =>
  expression._tag === "Column"
    ? [from, ...joins.map(({ source }) => source)].find(({ ref }) => ref === expression.ref)?._tag
    : undefined

/** A row of the base whose columns hold what the step gives, too. */
const widen = (
  base: Any,
  next: Any,
  row: Ast.Projection,
  found: Ast.Projection,
  both: Ast.Projection
): Ast.Projection => {
  if (row._tag === "Value" && found._tag === "Value" && both._tag === "Value") {
    const expression = widest(base, next, row.expression, found.expression, both.expression.type)
    return expression === row.expression ? row : { _tag: "Value", expression }
  }
  if (row._tag !== "Record" || !("fields" in found) || !("fields" in both)) return row
  const fields = Object.entries(row.fields).map(([name, part]) =>
    [name, widen(base, next, part, found.fields[name]!, both.fields[name]!)] as const
  )
  return fields.every(([name, part]) => part === row.fields[name])
    ? row
    : { _tag: "Record", fields: Object.fromEntries(fields) }
}

const widest = (base: Any, next: Any, first: Ast.Expression, then: Ast.Expression, type: ValueType): Ast.Expression => {
  const { storage } = first.type
  // A column of a table has its limits in the database, which those of a column of another query need not be.
  const isKept = isStoredAs(storage, then.type.storage) && readFrom(next, then) === "TableSource" &&
    readFrom(base, first) === "TableSource"
  if (isKept) return first
  switch (type.storage._tag) {
    case "integer":
      return storage._tag === "integer" && storage.wide !== true && type.storage.wide === true
        ? { _tag: "Cast", expression: first, type }
        : first
    case "decimal":
      return { _tag: "Cast", expression: first, type: { ...type, storage: { _tag: "decimal" } } }
    case "text":
      return call(Rings.growingOperator, [first], { ...type, storage: { _tag: "text" } })
    default:
      return first
  }
}

/** With columns that hold what the step gives, too: databases take a recursion's types from its base. */
const widened = (name: string, base: Any, step: Step): Any => {
  const row = base.ast.projection
  const next = step(cteSource(started(name, base), row))
  const found = combined("union all", base, next)
  if (Predicate.isString(found)) return base
  const projection = widen(base, next, row, next.ast.projection, found.row)
  return projection === row ? base : change(base, (draft) => (draft.projection = projection))
}

const guarded = (
  name: string,
  base: Any,
  step: Step,
  operator: Ast.Compound["operator"],
  guards: ReadonlyArray<Guard>
): Source.Derived<any, any, any> => {
  const row = base.ast.projection
  const taken = new Set(row._tag === "Record" ? Object.keys(row.fields).map((field) => field.toLowerCase()) : ["row"])
  const hidden = guards.map(({ hint }) => freshName(hint, hint, taken))
  const first = change(base, (draft) => (draft.projection = beside(row, hidden, guards.map((guard) => guard.first))))
  const names = outputNames(first.ast.projection)
  const itself = started(name, first)
  const self = sourceOf(name, row, (ref) => ({ _tag: "CteSource", ref, cte: itself }), names)
  const next = step(self)
  const from = [next.ast.from, ...next.ast.joins.map(({ source }) => source)].find((source) =>
    source._tag === "CteSource" && source.cte === itself
  )
  if (from === undefined || next.ast.groupBy.length > 0) {
    const problem =
      "the step of a recursion with maxDepth or cycle reads from itself in its from or in a join, and has no groups"
    itself.body = refused(base, problem).ast
    return self
  }
  const found = combined(
    operator,
    first,
    change(next, (draft) => {
      const stepRow = draft.projection
      const before = guards.map(({ first }, i): Ast.Expression => ({
        _tag: "Column",
        ref: from.ref,
        name: names[names.length - guards.length + i]!,
        type: first.type
      }))
      draft.projection = beside(stepRow, hidden, guards.map((guard, i) => guard.next(before[i]!, stepRow)))
      const conditions = guards.map((guard, i) => guard.goesOn(before[i]!, stepRow))
      draft.where = allOf(draft.where === undefined ? conditions : [draft.where, ...conditions])
    })
  )
  itself.body = Predicate.isString(found) ? refused(base, found).ast : found.body
  return self
}

/** Each row once, whatever it came by. */
const distinct = (name: string, source: Source.Derived<any, any, any>): Source.Derived<any, any, any> => {
  const description = source[Describe]
  const ref: Ast.Ref = { hint: description.hint }
  const row = description.row(ref, false)
  const body: Ast.Select = { ...selectOver(description.source(ref), row), distinct: true }
  return cteSource({ hint: name, body, isRecursive: false, materialized: undefined }, row)
}

/**
 * A query that goes on from its own rows: `with recursive name as (base union step)`. The step reads from what was found last, and ends when it
 * finds nothing new: a row that was there already is left out, so that a ring in the data ends, too.
 *
 * `maxDepth` and `cycle` end it where that does not. They are columns beside those of the row, the steps so far and the keys that it came by, and
 * are the same on every database; the step reads from itself in its from or in a join then.
 *
 * @since 0.1.0
 * @category sources
 */
export const recursive = <A, S, J, R, R2>(
  name: string,
  start: Query<A, S, J, R>,
  step: (self: Source.Derived<OutputColumns<A, S>, A>) => Query<NoInfer<A>, any, any, R2>,
  { all, cycle, maxDepth }: RecursiveOptions<keyof OutputColumns<NoInfer<A>, NoInfer<S>> & string> = {}
): Source.Derived<OutputColumns<A, S>, A, R | R2> => {
  const operator = all === true ? "union all" : "union"
  const base = widened(name, start, step)
  const guards: Array<Guard> = []
  if (maxDepth !== undefined) guards.push(depthGuard(maxDepth))
  if (cycle !== undefined) guards.push(cycleGuard(cycle, base.ast.projection))
  if (guards.length === 0) return plain(name, base, step, operator) as never
  const source = guarded(all === true ? name : `${name}_steps`, base, step, operator, guards)
  return (all === true ? source : distinct(name, source)) as never
}
