/**
 * Random expressions of the portable part of the language, by kind.
 */
import { Expr, Query } from "effect-strata"
import * as Schema from "effect/Schema"
import type { Choices } from "./choices.js"
import type { Kind, Table } from "./tables.js"
import { kinds, tables, valueOf } from "./tables.js"

/** An expression whose kind is known. */
export interface Term {
  readonly kind: Kind
  readonly expr: any
}

/** What an expression may use, and how deep it may still go. */
export interface Around {
  readonly choices: Choices
  readonly terms: ReadonlyArray<Term>
  /** Whether queries may stand within. */
  readonly queries: boolean
}

const schemas: { readonly [K in Exclude<Kind, "day">]: Schema.Schema<any, any> } = {
  int: Schema.Int,
  text: Schema.String,
  bool: Schema.Boolean,
  decimal: Schema.BigDecimalFromSelf,
  double: Schema.Number,
  bigint: Schema.BigIntFromSelf,
  instant: Schema.DateTimeUtcFromSelf
}

/** The columns of what a callback is given. */
export const termsOf = (columns: any, table: Table): ReadonlyArray<Term> =>
  table.columns.map(({ kind, name }) => ({ kind, expr: columns[name] }))

/** Kinds that there is something of. */
export const kindsIn = ({ terms }: Around): ReadonlyArray<Kind> =>
  kinds.filter((kind) => kind !== "day" || terms.some((term) => term.kind === kind))

/** A column, or else a value. */
const leaf = (kind: Kind, { choices, terms }: Around): any => {
  const own = terms.filter((term) => term.kind === kind)
  if (own.length > 0 && (kind === "day" || !choices.oneIn(6))) return choices.of(own).expr
  return Expr.param(schemas[kind as Exclude<Kind, "day">], valueOf(kind, choices))
}

/** What stands on the right of an operator: an expression, or a plain value. */
const right = (kind: Kind, around: Around, depth: number): any =>
  around.choices.below(2) === 0
    ? valueOf(kind, around.choices)
    : expression(kind, around, depth)

type Make = (around: Around, depth: number) => any

const arithmetic = (kind: Kind): ReadonlyArray<Make> => [
  (around, depth) => Expr.add(expression(kind, around, depth), right(kind, around, depth)),
  (around, depth) => Expr.subtract(expression(kind, around, depth), right(kind, around, depth)),
  (around) => Expr.negate(leaf(kind, around)),
  (around) => Expr.multiply(leaf(kind, around), valueOf(kind === "bigint" ? "int" : kind, around.choices) as never)
]

/** What there is for every kind. */
const choicesOf = (kind: Kind): ReadonlyArray<Make> => [
  (around, depth) => Expr.coalesce(expression(kind, around, depth), valueOf(kind, around.choices)),
  (around, depth) => Expr.nullIf(expression(kind, around, depth), right(kind, around, depth)),
  (around, depth) =>
    Expr.when(condition(around, depth), expression(kind, around, depth), expression(kind, around, depth)),
  (around, depth) =>
    Expr.cases(
      around.choices.some(1, 2, () => [condition(around, depth), expression(kind, around, depth)] as const),
      expression(kind, around, depth)
    ),
  ...kind === "bool" ? [] : [
    (around: Around, depth: number) => Expr.greatest(expression(kind, around, depth), right(kind, around, depth)),
    (around: Around, depth: number) => Expr.least(expression(kind, around, depth), right(kind, around, depth))
  ]
]

/** Two values of one kind, compared. */
const comparison: Make = (around, depth) => {
  const kind = around.choices.of(kindsIn(around))
  const compare = around.choices.of([Expr.eq, Expr.ne, Expr.lt, Expr.lte, Expr.gt, Expr.gte]) as any
  return compare(expression(kind, around, depth), right(kind, around, depth))
}

const negation: Make = (around, depth) => Expr.not(condition(around, depth))

const part: Make = (around, depth) => {
  const test = around.choices.of([Expr.contains, Expr.startsWith, Expr.endsWith])
  return test(expression("text", around, depth), valueOf("text", around.choices))
}

const makers: { readonly [K in Kind]: ReadonlyArray<Make> } = {
  int: [
    ...arithmetic("int"),
    (around, depth) => Expr.divide(expression("int", around, depth), right("int", around, depth)),
    (around, depth) => Expr.modulo(expression("int", around, depth), right("int", around, depth)),
    (around, depth) => Expr.abs(expression("int", around, depth)),
    (around, depth) => Expr.length(expression("text", around, depth))
  ],
  bigint: arithmetic("bigint").slice(0, 3),
  double: [
    ...arithmetic("double"),
    (around, depth) => Expr.divide(expression("double", around, depth), right("double", around, depth)),
    (around, depth) => Expr.abs(expression("double", around, depth)),
    (around, depth) => Expr.ceil(expression("double", around, depth)),
    (around, depth) => Expr.floor(expression("double", around, depth)),
    (around) => Expr.round(leaf("double", around), around.choices.below(3))
  ],
  decimal: arithmetic("decimal"),
  text: [
    (around, depth) => Expr.lower(expression("text", around, depth)),
    (around, depth) => Expr.upper(expression("text", around, depth)),
    (around, depth) => Expr.trim(expression("text", around, depth)),
    (around, depth) => Expr.trimStart(expression("text", around, depth)),
    (around, depth) => Expr.trimEnd(expression("text", around, depth)),
    (around, depth) => Expr.concat(expression("text", around, depth), right("text", around, depth)),
    (around, depth) =>
      Expr.substring(expression("text", around, depth), 1 + around.choices.below(3), around.choices.below(4)),
    (around, depth) =>
      Expr.replace(expression("text", around, depth), right("text", around, depth), right("text", around, depth))
  ],
  bool: [
    comparison,
    (around, depth) => Expr.and(condition(around, depth), condition(around, depth)),
    (around, depth) => Expr.or(condition(around, depth), condition(around, depth)),
    negation,
    (around, depth) => Expr.isNull(anything(around, depth)),
    (around, depth) => Expr.isNotNull(anything(around, depth)),
    (around, depth) => {
      const kind = around.choices.of(kindsIn(around))
      return Expr.in(
        expression(kind, around, depth),
        around.choices.some(0, 3, () => valueOf(kind, around.choices) as object)
      )
    },
    (around, depth) => {
      const kind = around.choices.of(kindsIn(around).filter((kind) => kind !== "bool"))
      return Expr.between(expression(kind, around, depth), valueOf(kind, around.choices), valueOf(kind, around.choices))
    },
    part,
    (around, depth) => {
      const test = around.choices.of([Expr.like, Expr.ilike])
      return test(expression("text", around, depth), around.choices.of(["%", "a%", "_", "%b_", "Ä%", "", "\\%%", "%é"]))
    },
    (around, depth) => around.queries ? subquery(around, depth) : comparison(around, depth)
  ],
  instant: [],
  day: []
}

const every = Object.fromEntries(kinds.map((kind) => [kind, [...makers[kind], ...choicesOf(kind)]])) as unknown as {
  readonly [K in Kind]: ReadonlyArray<Make>
}

/** An expression of a kind. */
export const expression = (kind: Kind, around: Around, depth: number): any => {
  if (depth <= 0 || around.choices.below(3) === 0) return leaf(kind, around)
  const makes = every[kind]
  if (makes.length === 0) return leaf(kind, around)
  const at = around.choices.below(makes.length + (around.queries ? 1 : 0))
  return makes[at]?.(around, depth - 1) ?? scalar(kind, around, depth - 1)
}

/** An expression of any kind. */
export const anything = (around: Around, depth: number): any =>
  expression(around.choices.of(kindsIn(around)), around, depth)

/** What may be true, false or unknown. */
export const condition: Make = (around, depth) => expression("bool", around, Math.max(depth, 1))

/** A query of one table with a condition that may be about the row around it. */
const within = (around: Around, depth: number, table: Table) => {
  const query: any = Query.from(table.source)
  return query.pipe(
    Query.where((columns: any) =>
      condition({ ...around, queries: false, terms: [...termsOf(columns, table), ...around.terms] }, depth)
    )
  )
}

const inner = (around: Around, columns: any, table: Table): Around => ({
  ...around,
  queries: false,
  terms: termsOf(columns, table)
})

const subquery: Make = (around, depth) => {
  const table = around.choices.of(tables)
  const query = within(around, depth, table)
  if (around.choices.below(2) === 0) return Expr.exists(query)
  const column = around.choices.of(table.columns.filter(({ kind }) => kind !== "day"))
  return Expr.in(
    expression(column.kind, around, depth),
    query.pipe(Query.pluck((columns: any) => columns[column.name])) as never
  )
}

/** The one value of a query: an aggregate, or the first. */
const scalar = (kind: Kind, around: Around, depth: number): any => {
  const fitting = tables.filter(({ columns }) => columns.some((column) => column.kind === kind))
  const table = around.choices.of(fitting)
  const query = within(around, depth, table)
  if (around.choices.below(2) === 0) {
    return Expr.scalar(query.pipe(
      Query.orderBy((columns: any) => Expr.asc(columns.id)),
      Query.limit(1),
      Query.pluck((columns: any) => leaf(kind, inner(around, columns, table)))
    ))
  }
  return Expr.scalar(query.pipe(Query.pluck((columns: any) => aggregate(kind, inner(around, columns, table), 1))))
}

/** An aggregate that gives a value of a kind. */
export const aggregate = (kind: Kind, around: Around, depth: number): any => {
  const { choices } = around
  const plain = (() => {
    const extreme = choices.of([Expr.min, Expr.max])
    switch (kind) {
      case "int":
        switch (choices.below(4)) {
          case 0:
            return Expr.count()
          case 1:
            return Expr.count(anything(around, depth))
          case 2:
            return Expr.sum(expression("int", around, depth))
          default:
            return extreme(expression("int", around, depth))
        }
      case "double":
        switch (choices.below(3)) {
          case 0:
            return Expr.avg(expression("int", around, depth))
          case 1:
            return Expr.sum(leaf("double", around))
          default:
            return extreme(expression("double", around, depth))
        }
      case "decimal":
        return choices.below(2) === 0
          ? Expr.sum(expression("decimal", around, depth))
          : extreme(leaf("decimal", around))
      case "bigint":
        return choices.below(2) === 0 ? Expr.sum(leaf("bigint", around)) : extreme(leaf("bigint", around))
      case "bool":
        return extreme(leaf("bool", around))
      default:
        return extreme(expression(kind, around, depth))
    }
  })()
  return choices.oneIn(4) ? Expr.filter(plain, condition({ ...around, queries: false }, depth)) : plain
}

/** How many different values there are. */
export const distinctCount = (around: Around): any =>
  Expr.countDistinct(leaf(around.choices.of(kindsIn(around)), around))
