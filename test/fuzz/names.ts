/**
 * What takes a name: in the text it is one identifier, in quotes, or nothing of it is there.
 */
import * as Schema from "effect/Schema"
import * as Expr from "../../src/Expr.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import * as Relation from "../../src/Relation.js"
import type { Entry, Made } from "./entry.js"
import { asking, Canary, Document, each, entry, Row, rows, where, writing, Written } from "./entry.js"

const name = entry("text", "name")

/** What `Expr.fn` takes for the name of a function, which stands as it is. */
const functionName = /^[A-Za-z_][A-Za-z0-9_$]*(?:\.[A-Za-z_][A-Za-z0-9_$]*)?$/

const ids = rows.map(({ id }) => id)
const all = Query.from(Row)
const own = (fields: object): object => Object.setPrototypeOf(fields, Object.prototype)
const record = (key: any, value: unknown): any => own(Object.fromEntries([[key, value], ["other", value]]))
const selected = (key: any) => Query.select((row: Expr.Columns<typeof Row>) => record(key, row.id))
const sorted = (value: any): any => [...value].sort((a, b) => a - b)

/** A record of a name has the value under that very name. */
const has = (key: any) => (found: ReadonlyArray<any>): boolean =>
  found.length === rows.length &&
  sorted(found.map((row) => Object.getOwnPropertyDescriptor(row, key)?.value)).join() === ids.join()

const right = (made: Made, isRight: (result: any) => boolean): Made => ({ ...made, isRight })

export const names: ReadonlyArray<Entry> = [
  name("Query.as", (v) =>
    asking(
      Query.from(all.pipe(Query.as(v))).pipe(Query.orderBy((row) => Expr.asc(row.id)), Query.pluck((row) => row.id)),
      () => ids
    )),
  name("Query.cte", (v) => {
    const one = all.pipe(Query.select((row) => ({ id: row.id })), Query.cte(v))
    return asking(
      Query.from(one).pipe(
        Query.innerJoin("again", one, (row, { again }) => Expr.eq(row.id, again.id)),
        Query.orderBy((row) => Expr.asc(row.id)),
        Query.pluck((row) => row.id)
      ),
      () => ids
    )
  }),
  name("Query.recursive", (v) =>
    asking(
      Query.from(Query.recursive(
        v,
        all.pipe(Query.where({ id: 1 }), Query.select((row) => ({ id: row.id }))),
        (self) =>
          Query.from(self).pipe(
            Query.where((row) => Expr.lt(row.id, 3)),
            Query.select((row) => ({ id: Expr.cast(Expr.add(row.id, 1), Schema.Int) }))
          )
      )).pipe(Query.orderBy((row) => Expr.asc(row.id))),
      () => [{ id: 1 }, { id: 2 }, { id: 3 }]
    )),
  name(
    "Query.values",
    (v) =>
      asking(Query.from(Query.values(v, { a: Schema.Int }, [{ a: 1 }])).pipe(Query.pluck((row) => row.a)), () => [1])
  ),
  name("a column of Query.values", (v) =>
    right(
      asking(Query.from(Query.values("v", record(v, Schema.Int), [record(v, 7)] as never))),
      (found) => found.length === 1 && Object.getOwnPropertyDescriptor(found[0], v)?.value === 7
    )),
  ...([["innerJoin", Query.innerJoin], ["leftJoin", Query.leftJoin], ["rightJoin", Query.rightJoin]] as const).map((
    [join, by]
  ) =>
    name(`an alias of Query.${join}`, (v) =>
      asking(
        all.pipe(
          (by as typeof Query.innerJoin)(v as string, Row, (row, joined) => Expr.eq(row.id, joined[v as string]!.id)),
          Query.orderBy((row) => Expr.asc(row.id)),
          Query.pluck((_, joined: any) => joined[v].id as Expr.Expr<number>)
        ),
        () => ids
      ))
  ),
  name("an alias of Query.fullJoin", (v) =>
    asking(
      all.pipe(
        Query.fullJoin(v as string, Row, (row, joined) => Expr.eq(row.id, joined[v as string]!.id)),
        Query.pluck((_, joined: any) => Expr.count(joined[v].id as Expr.Expr<number>))
      ),
      () => [5]
    )),
  name(
    "an alias of Query.crossJoin",
    (v) => asking(all.pipe(Query.crossJoin(v as string, Row), Query.pluck(() => Expr.count())), () => [25])
  ),
  name("an alias of Query.lateralJoin", (v) =>
    asking(
      all.pipe(
        Query.lateralJoin(
          v as string,
          (row) => Query.from(Row).pipe(Query.where((other) => Expr.eq(other.id, row.id)))
        ),
        Query.pluck(() => Expr.count())
      ),
      () => [5]
    )),
  name("two aliases", (v) =>
    asking(
      all.pipe(
        Query.innerJoin(v as string, Row, (row, joined) => Expr.eq(row.id, joined[v as string]!.id)),
        Query.innerJoin(`${String(v)}2`, Row, (row, joined) => Expr.eq(row.id, (joined as any)[`${String(v)}2`].id)),
        Query.pluck(() => Expr.count())
      ),
      () => [5]
    )),
  name("Expr.window", (v) =>
    asking(
      all.pipe(
        Query.orderBy((row) => Expr.asc(row.id)),
        Query.select((row) => {
          const window = Expr.window(v, { orderBy: [Expr.asc(row.id)] })
          return { n: Expr.over(Expr.rowNumber(), window), rank: Expr.over(Expr.rank(), window) }
        })
      ),
      () => ids.map((n) => ({ n, rank: n }))
    )),
  name("a name of Query.select", (v) => right(asking(all.pipe(selected(v))), has(v))),
  name("a name of a nested record", (v) =>
    right(
      asking(all.pipe(Query.select((row) => ({ inner: Expr.record(record(v, row.id)) })))),
      (found: ReadonlyArray<any>) => has(v)(found.map((row) => row.inner))
    )),
  name("a name of a derived table", (v) =>
    right(
      asking(Query.from(all.pipe(selected(v), Query.as("d"))).pipe(Query.where((row: any) => Expr.gt(row[v], 0)))),
      has(v)
    )),
  name("a name of a common table expression", (v) =>
    right(
      asking(Query.from(all.pipe(selected(v), Query.cte("d"))).pipe(Query.orderBy((row: any) => Expr.asc(row[v])))),
      has(v)
    )),
  name("a name of a union", (v) => right(asking(all.pipe(selected(v), Query.union(all.pipe(selected(v))))), has(v))),
  name(
    "a name of Query.include",
    (v) => asking(all.pipe(Query.include({ [v]: Relation.hasMany(Row, Canary, "id") } as never)))
  ),
  name("Expr.fn", (v) => each((row) => Expr.fn(v, Schema.Unknown)(row.id)), {
    bare: functionName,
    allows: ["QueryError/undefinedObject", "QueryError/data", "QueryError/other", "QueryError/syntax", "DecodeError"]
  }),
  name("Expr.aggregateFn", (v) => asking(all.pipe(Query.pluck((row) => Expr.aggregateFn(v, Schema.Unknown)(row.id)))), {
    bare: functionName,
    allows: ["QueryError/undefinedObject", "QueryError/data", "QueryError/other", "QueryError/syntax", "DecodeError"]
  }),
  name(
    "Expr.collate",
    (v) => where((row) => Expr.eq(Expr.collate(row.name, { sqlite: v, postgres: v, mariadb: v, mysql: v }), "plain")),
    {
      allows: ["QueryError/undefinedObject", "QueryError/data", "QueryError/other", "UnsupportedError"]
    }
  ),
  name("`of` of a lock", (v) => asking(all.pipe(Query.forUpdate({ of: [v] })))),
  name("a key of a filter", (v) => where(record(v, 1))),
  name("a key of a filter, deep", (v) => where({ or: [{ id: 1 }, { not: record(v, { eq: 1 }) }] } as never)),
  name("a test of a filter", (v) => where({ name: record(v, "plain") } as never)),
  name("a key of an insert", (v) =>
    writing(Mutation.insert(Written, {
      ...record(v, 1),
      name: "a",
      nick: null,
      age: 1,
      score: 1,
      data: null
    } as never))),
  name(
    "a key of an update",
    (v) => writing(Mutation.update(Written).pipe(Mutation.set(record(v, 1)), Mutation.where({ id: -1 })))
  ),
  name("a key of an update by expressions", (v) =>
    writing(
      Mutation.update(Written).pipe(Mutation.set((row) => record(v, row.name)), Mutation.where({ id: -1 }))
    )),
  name("a key of a condition of a delete", (v) => writing(Mutation.delete(Written).pipe(Mutation.where(record(v, 1))))),
  name("`on` of an upsert", (v) =>
    writing(
      Mutation.upsert(Written, { name: "a", nick: null, age: 1, score: 1, data: null }, { on: [v] } as never)
    )),
  name("`update` of an upsert", (v) =>
    writing(
      Mutation.upsert(Row, { id: 1, name: "plain", nick: null, age: 10, score: 1.5 }, { update: [v] } as never)
    )),
  name("a key of what an upsert sets", (v) =>
    writing(
      Mutation.upsert(Row, { id: 1, name: "plain", nick: null, age: 10, score: 1.5 }, {
        set: () => record(v, 1),
        where: (old: Expr.Columns<typeof Row>) => Expr.lt(old.id, 0)
      } as never)
    )),
  name("`constraint` of an upsert", (v) =>
    writing(
      Mutation.upsert(Row, { id: 1, name: "plain", nick: null, age: 10, score: 1.5 }, { constraint: v } as never)
    )),
  name(
    "Query.without",
    (v) => asking(all.pipe(Query.without(v as "limit"), Query.pluck(() => Expr.count())), () => [5])
  ),
  name("a parameter of a prepared query", (v) =>
    asking(
      Query.prepare(record(v, Schema.Int) as { readonly [name: string]: typeof Schema.Int }, (given) =>
        all.pipe(Query.where((row) => Expr.eq(row.id, given[v]!)), Query.pluck((row) => row.id)))(record(v, 2)),
      () => [2]
    )),
  name("a name among the parameters of a prepared query", (v) =>
    asking(
      Query.prepare({ id: Schema.Int }, ({ id }) => all.pipe(Query.where((row) => Expr.eq(row.id, id))))(
        { id: 1, [v]: 1 } as never
      )
    )),
  name("a key of JSON", (v) =>
    asking(
      Query.from(Document).pipe(Query.pluck((one) => Expr.at(one.map, v as string))),
      () => [null]
    )),
  name("a key of JSON that is set", (v) =>
    right(
      asking(Query.from(Document).pipe(Query.pluck((one) => Expr.jsonSet(one.map, [v as string], 5)))),
      ([found]: ReadonlyArray<any>) => Object.getOwnPropertyDescriptor(found, v)?.value === 5 && found.known === 1
    ))
]
