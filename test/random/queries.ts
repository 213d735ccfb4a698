/**
 * Random queries of the portable part of the language.
 */
import { Expr, Query } from "effect-strata"
import * as Schema from "effect/Schema"
import type { Choices } from "./choices.js"
import type { Around, Term } from "./expressions.js"
import { aggregate, anything, condition, distinctCount, expression, kindsIn, termsOf } from "./expressions.js"
import type { Kind, Known, Table } from "./tables.js"
import { Cat, tables, valueOf } from "./tables.js"

/** A query, what its rows are made of, and whether all of their order is said. */
export interface Case {
  readonly query: any
  readonly columns: ReadonlyArray<Known>
  readonly isOrdered: boolean
}

const around = (choices: Choices, terms: ReadonlyArray<Term>, queries = true): Around => ({ choices, terms, queries })

/** A source, joined or not: what its callbacks are given becomes terms. */
interface Joined {
  readonly query: any
  readonly sources: ReadonlyArray<readonly [alias: string | undefined, table: Table]>
}

const termsIn = ({ sources }: Joined) => (root: any, joined: any): ReadonlyArray<Term> =>
  sources.flatMap(([alias, table]) => termsOf(alias === undefined ? root : joined[alias], table))

/** What tells each row of a join from all others. */
const keysOf = ({ sources }: Joined) => (root: any, joined: any): ReadonlyArray<any> =>
  sources.flatMap(([alias, { key }]) => key.map((name) => (alias === undefined ? root : joined[alias])[name]))

let names = 0

/** A table of the database, or rows that a query, a common table expression or a list gives. */
const tableOf = (choices: Choices, depth: number): Table => {
  const base = () => choices.of(tables)
  if (depth <= 0) return base()
  switch (choices.below(9)) {
    case 5:
    case 6:
    case 7: {
      const table = base()
      const joined: Joined = { query: Query.from(table.source), sources: [[undefined, table]] }
      const filtered = where(choices, joined, 1)
      const extra: Array<Known> = []
      const query = filtered.query.pipe(Query.select((root: any) => {
        const terms = termsOf(root, table)
        const shape: Record<string, any> = { id: root.id }
        const inside = around(choices, terms, false)
        for (const kind of choices.some(1, 3, () => choices.of(kindsIn(inside)))) {
          const name = `e${extra.length}`
          extra.push({ name, kind })
          // Once it has merged the derived table, MariaDB takes a column that is a query for one that is not grouped.
          shape[name] = expression(kind, inside, 2)
        }
        return shape
      }))
      const name = `q${names++}`
      const source = choices.below(2) === 0
        ? Query.as(name)(query)
        : choices.below(2) === 0
        ? Query.cte(name)(query)
        : Query.cte(name, { materialized: choices.below(2) === 0 })(query)
      return { source, columns: [{ name: "id", kind: "int" }, ...extra], key: ["id"] }
    }
    case 8: {
      const columns: ReadonlyArray<Known> = [{ name: "id", kind: "int" }, { name: "label", kind: "text" }, {
        name: "price",
        kind: "decimal"
      }]
      const rows = choices.some(0, 4, (id) => ({
        id,
        label: choices.oneIn(3) ? null : valueOf("text", choices),
        price: choices.oneIn(3) ? null : valueOf("decimal", choices)
      }))
      const source = Query.values(
        `v${names++}`,
        { id: Schema.Int, label: Schema.NullOr(Schema.String), price: Schema.NullOr(Schema.BigDecimalFromSelf) },
        rows
      )
      return { source, columns, key: ["id"] }
    }
    case 4:
      return recursion(choices)
    default:
      return base()
  }
}

/** From some cats to those that their parents lead to. */
const recursion = (choices: Choices): Table => {
  const upwards = choices.below(2) === 0
  const start = 1 + choices.below(4)
  const cats: any = Query.from(Cat)
  const source = Query.recursive(
    `r${names++}`,
    cats.pipe(
      Query.where((c: any) => Expr.lte(c.id, start as never)),
      Query.select((c: any) => ({ id: c.id, parentId: c.parentId, big: c.big }))
    ),
    (self: any) =>
      cats.pipe(
        Query.innerJoin(
          "r",
          self,
          ((c: any, { r }: any) => upwards ? Expr.eq(r.parentId, c.id) : Expr.eq(c.parentId, r.id)) as never
        ),
        Query.select((c: any) => ({ id: c.id, parentId: c.parentId, big: c.big }))
      )
  )
  return {
    source,
    columns: [{ name: "id", kind: "int" }, { name: "parentId", kind: "int" }, { name: "big", kind: "bigint" }],
    key: ["id"]
  }
}

/** A condition that two sources are joined by: mostly that two of their columns are equal. */
const on = (choices: Choices, left: ReadonlyArray<Term>, right: ReadonlyArray<Term>): any => {
  const pairs = left.flatMap((a) => right.filter((b) => b.kind === a.kind).map((b) => [a, b] as const))
  if (pairs.length === 0 || choices.oneIn(5)) return condition(around(choices, [...left, ...right], false), 2)
  const [a, b] = choices.of(pairs)
  const equal = Expr.eq(a.expr, b.expr)
  return choices.oneIn(4) ? Expr.and(equal, condition(around(choices, [...left, ...right], false), 1)) : equal
}

const joinsOf = (choices: Choices): Joined => {
  const kinds = Array.from(
    { length: choices.below(3) },
    () => choices.of(["inner", "inner", "left", "left", "right", "cross"])
  )
  const first = tableOf(choices, 1)
  let joined: Joined = { query: Query.from(first.source), sources: [[undefined, first]] }
  for (const [at, kind] of kinds.entries()) {
    const alias = at === 0 ? "j" : "k"
    const table = tableOf(choices, 1)
    const before = termsIn(joined)
    const by = (root: any, all: any) => on(choices, before(root, all), termsOf(all[alias], table))
    const { query } = joined
    const next: any = ((): any => {
      switch (kind) {
        case "inner":
          return query.pipe(Query.innerJoin(alias, table.source, by as never))
        case "left":
          return query.pipe(Query.leftJoin(alias, table.source, by as never))
        case "right":
          return query.pipe(Query.rightJoin(alias, table.source, by as never) as never)
        default:
          return query.pipe(Query.crossJoin(alias, table.source))
      }
    })()
    joined = { query: next, sources: [...joined.sources, [alias, table]] }
  }
  return joined
}

const where = (choices: Choices, joined: Joined, depth: number): Joined =>
  choices.below(2) === 0
    ? joined
    : {
      ...joined,
      query: joined.query.pipe(
        Query.where((root: any, all: any) => condition(around(choices, termsIn(joined)(root, all)), depth))
      )
    }

const named = (columns: ReadonlyArray<readonly [kind: Kind, expr: any]>) => ({
  shape: Object.fromEntries(columns.map(([, expr], at) => [`c${at}`, expr])),
  columns: columns.map(([kind], at): Known => ({ name: `c${at}`, kind }))
})

const direction = (choices: Choices, expr: any) =>
  choices.of([Expr.asc, Expr.desc])(expr, choices.of([{}, { nulls: "first" as const }, { nulls: "last" as const }]))

/** Rows as they are, and what window functions say of them. */
const rowsOf = (choices: Choices, joined: Joined, depth: number): Case => {
  let columns: ReadonlyArray<Known> = []
  const terms = termsIn(joined)
  let query = joined.query.pipe(Query.select((root: any, all: any) => {
    const inside = around(choices, terms(root, all))
    const made = named(choices.some(1, 4, () => {
      if (depth > 1 && choices.oneIn(4)) return windowed(choices, inside, keysOf(joined)(root, all))
      const kind = choices.of(kindsIn(inside))
      return [kind, expression(kind, inside, depth)] as const
    }))
    columns = made.columns
    return made.shape
  }))
  if (choices.oneIn(5)) return { query: query.pipe(Query.distinct), columns, isOrdered: false }
  if (!choices.oneIn(3)) return { query, columns, isOrdered: false }
  query = query.pipe(Query.orderBy((root: any, all: any) => [
    ...choices.some(0, 2, () => direction(choices, anything(around(choices, terms(root, all)), 1))),
    ...keysOf(joined)(root, all).map((key) => direction(choices, key))
  ]))
  return { query: paged(choices, query), columns, isOrdered: true }
}

const paged = (choices: Choices, query: any): any => {
  const limited = choices.oneIn(3) ? query.pipe(Query.limit(choices.below(8))) : query
  return choices.oneIn(4) ? limited.pipe(Query.offset(choices.below(4))) : limited
}

/** A window function over rows, each of which has a place of its own where that matters. */
const windowed = (choices: Choices, inside: Around, keys: ReadonlyArray<any>): readonly [Kind, any] => {
  const flat = { ...inside, queries: false }
  const partitionBy = choices.some(0, 2, () => anything(flat, 1))
  const some = choices.some(1, 2, () => direction(choices, anything(flat, 1)))
  const total = [...some, ...keys.map((key) => direction(choices, key))]
  const kind = choices.of(kindsIn(flat))
  const value = expression(kind, flat, 1)
  const frame = choices.of([
    undefined,
    Expr.rows({ preceding: 1 }, { following: 1 }),
    Expr.rows("unbounded preceding", "unbounded following"),
    Expr.rows("current row", { following: 2 })
  ])
  const over = (made: any, orderBy = total) =>
    Expr.over(made, { partitionBy, orderBy, ...frame === undefined ? {} : { frame } } as never)
  switch (choices.below(10)) {
    case 0:
      return ["int", Expr.over(Expr.rowNumber(), { partitionBy, orderBy: total })]
    case 1:
      return ["int", Expr.over(choices.of([Expr.rank, Expr.denseRank])(), { partitionBy, orderBy: some })]
    case 2:
      return ["double", Expr.over(choices.of([Expr.percentRank, Expr.cumeDist])(), { partitionBy, orderBy: some })]
    case 3:
      return ["int", Expr.over(Expr.ntile(1 + choices.below(3)), { partitionBy, orderBy: total })]
    case 4:
      return [
        kind,
        Expr.over(choices.of([Expr.lag, Expr.lead])(value, choices.below(3)), { partitionBy, orderBy: total })
      ]
    case 5:
      return [kind, over(choices.of([Expr.firstValue, Expr.lastValue])(value))]
    case 6:
      return [kind, over(Expr.nthValue(value, 1 + choices.below(3)))]
    case 7:
      return ["int", Expr.over(aggregate("int", flat, 1), { partitionBy })]
    case 8:
      return ["int", Expr.over(aggregate("int", flat, 1), { partitionBy, orderBy: some })]
    default: {
      const kind = choices.of(kindsIn(flat).filter((kind) => kind !== "bool" && kind !== "double"))
      return [kind, over(aggregate(kind, flat, 1))]
    }
  }
}

/** Groups, their aggregates, and which of them are kept. */
const groupsOf = (choices: Choices, joined: Joined): Case => {
  const terms = termsIn(joined)
  let keys: ReadonlyArray<Term> = []
  const grouped = joined.query.pipe(Query.groupBy((root: any, all: any) => {
    const given = terms(root, all)
    keys = choices.some(0, 2, () => {
      const inside = around(choices, given, false)
      const kind = choices.of(kindsIn(inside))
      return choices.oneIn(3) ? { kind, expr: expression(kind, inside, 1) } : choices.of(given)
    })
    return keys.map(({ expr }) => expr)
  }))
  const one = (inside: Around): readonly [Kind, any] => {
    if (choices.oneIn(6)) return ["int", distinctCount(inside)]
    const kind = choices.of(kindsIn(inside))
    return [kind, aggregate(kind, inside, 2)]
  }
  const kept = choices.oneIn(3)
    ? grouped.pipe(Query.having((root: any, all: any) => {
      const inside = around(choices, terms(root, all), false)
      return condition(
        around(choices, [
          ...keys,
          ...choices.some(1, 2, () => one(inside)).map(([kind, expr]) => ({ kind, expr }))
        ], false),
        2
      )
    }))
    : grouped
  let columns: ReadonlyArray<Known> = []
  const query = kept.pipe(Query.select((root: any, all: any) => {
    const inside = around(choices, terms(root, all), false)
    const made = named([
      ...keys.filter(() => !choices.oneIn(3)).map(({ expr, kind }) => [kind, expr] as const),
      ...choices.some(1, 3, () => {
        if (keys.length === 0 || choices.below(2) === 0) return one(inside)
        const ofGroup = around(choices, [
          ...keys,
          ...choices.some(0, 2, () => one(inside)).map(([kind, expr]) => ({ kind, expr }))
        ], false)
        const kind = choices.of(kindsIn(ofGroup))
        return [kind, expression(kind, ofGroup, 2)] as const
      })
    ])
    columns = made.columns
    return made.shape
  }))
  return { query, columns, isOrdered: false }
}

/** One select. */
const single = (choices: Choices, depth: number): Case => {
  const joined = where(choices, joinsOf(choices), depth)
  return choices.oneIn(3) ? groupsOf(choices, joined) : rowsOf(choices, joined, depth)
}

/** Rows of several selects of the same kinds. */
const compound = (choices: Choices): Case => {
  const kinds = choices.some(1, 3, () => choices.of(["int", "text", "decimal", "instant", "bool", "bigint"] as const))
  const side = () => {
    const joined = where(choices, joinsOf(choices), 1)
    return joined.query.pipe(
      Query.select((root: any, all: any) =>
        named(kinds.map((kind) => [kind, expression(kind, around(choices, termsIn(joined)(root, all)), 1)] as const))
          .shape
      )
    )
  }
  const { columns } = named(kinds.map((kind) => [kind, undefined] as const))
  let query = side()
  for (let more = 1 + choices.below(2); more > 0; more--) {
    query = query.pipe(choices.of([Query.union, Query.unionAll, Query.intersect, Query.except])(side()))
  }
  return { query, columns, isOrdered: false }
}

/** A case: rows, groups or sets, perhaps read once more, in an order that leaves nothing open. */
export const caseOf = (choices: Choices): Case => {
  names = 0
  const made = choices.oneIn(4) ? compound(choices) : single(choices, 1 + choices.below(3))
  if (made.isOrdered || choices.below(2) === 0) return made
  const outer: any = Query.from(Query.as("all_of_it")(made.query))
  const ordered = outer.pipe(Query.orderBy((all: any) => made.columns.map(({ name }) => direction(choices, all[name]))))
  return { query: paged(choices, ordered), columns: made.columns, isOrdered: true }
}
