/**
 * The rest of select: comparison with queries and of rows, groupings, window functions, locks, recursion, statements of one's own.
 */
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Expr, Query } from "effect-strata"
import type { Capability, Database, Transaction } from "effect-strata"
import { Post, User } from "./models.js"
import type { UserId } from "./models.js"
import { given, is } from "./support.js"
import type { RowOf } from "./support.js"

type Needs<Q extends Effect.Effect<any, any, any>> = Exclude<Effect.Effect.Context<Q>, Database.Database>
type Dear = Capability.Capability<"lateral join">
/** An expression that requires something. */
declare const dear: Expr.Expr<number, Dear>
declare const dearQuery: Query.Query<number, typeof User, {}, Dear>

const users = Query.from(User)
const ages = users.pipe(Query.pluck((u) => u.age))
const times = users.pipe(Query.select((u) => ({ x: u.createdAt })))
const nicks = users.pipe(Query.pluck((u) => u.nick))

// ---- any and all: NULL where one side may be, and what the query requires
export const quantified = users.pipe(Query.select((u) => ({
  any: Expr.gt(u.age, Expr.any(ages)),
  nullable: Expr.eq(u.name, Expr.all(nicks)),
  left: Expr.ne(u.nick, Expr.any(users.pipe(Query.pluck((o) => o.name)))),
  dear: Expr.lt(u.age, Expr.all(dearQuery))
})))
is<RowOf<typeof quantified>, {
  readonly any: boolean
  readonly nullable: boolean | null
  readonly left: boolean | null
  readonly dear: boolean
}>(true)
is<Needs<typeof quantified>, Dear>(true)
given(
  // @ts-expect-error values of another type
  users.pipe(Query.where((u) => Expr.gt(u.age, Expr.any(nicks)))),
  // @ts-expect-error whole rows
  users.pipe(Query.where((u) => Expr.gt(u.age, Expr.any(users)))),
  // @ts-expect-error no value of a select
  users.pipe(Query.select(() => ({ x: Expr.any(ages) })))
)

// ---- rows
export const rows = users.pipe(Query.select((u) => ({
  list: Expr.in(Expr.row(u.age, u.name), [[1, "a"], [2, "b"]]),
  nullable: Expr.lt(Expr.row(u.age, u.nick), [1, "a"]),
  both: Expr.eq(Expr.row(u.id, u.name), Expr.row(u.managerId, u.name)),
  query: Expr.in(Expr.row(u.age, u.name), users.pipe(Query.select((o) => ({ age: o.age, name: o.name })))),
  nullableQuery: Expr.in(Expr.row(u.age, u.name), users.pipe(Query.select((o) => ({ age: o.age, nick: o.nick })))),
  nullableIn: Expr.in(u.name, nicks),
  dear: Expr.eq(Expr.row(dear, u.age), [1, 2])
})))
is<RowOf<typeof rows>, {
  readonly list: boolean
  readonly nullable: boolean | null
  readonly both: boolean | null
  readonly query: boolean
  readonly nullableQuery: boolean | null
  readonly nullableIn: boolean | null
  readonly dear: boolean
}>(true)
is<Needs<typeof rows>, Dear>(true)
given(
  // @ts-expect-error a row of one value
  users.pipe(Query.where((u) => Expr.eq(Expr.row(u.age), [1]))),
  // @ts-expect-error more values
  users.pipe(Query.where((u) => Expr.eq(Expr.row(u.age, u.name), [1, "a", 2]))),
  // @ts-expect-error a value of another type
  users.pipe(Query.where((u) => Expr.lt(Expr.row(u.age, u.name), ["a", 1]))),
  // @ts-expect-error a branded key against a plain number
  users.pipe(Query.where((u) => Expr.eq(Expr.row(u.id, u.name), [1, "a"]))),
  // @ts-expect-error NULL is asked for by isNull
  users.pipe(Query.where((u) => Expr.in(Expr.row(u.age, u.nick), [[1, null]]))),
  // @ts-expect-error a query of other columns
  users.pipe(Query.where((u) => Expr.in(Expr.row(u.age, u.name), times))),
  // @ts-expect-error no value of a select
  users.pipe(Query.select((u) => ({ x: Expr.row(u.age, u.name) })))
)

// ---- window functions with a value for where no such row is
export const neighbours = users.pipe(Query.select((u) => ({
  plain: Expr.over(Expr.lag(u.age)),
  known: Expr.over(Expr.lag(u.age, 1, 0)),
  nullable: Expr.over(Expr.lead(u.nick, 1, "none")),
  other: Expr.over(Expr.lead(u.name, 1, u.nick)),
  dear: Expr.over(Expr.lead(u.age, 2, dear))
})))
is<RowOf<typeof neighbours>, {
  readonly plain: number | null
  readonly known: number
  readonly nullable: string | null
  readonly other: string | null
  readonly dear: number
}>(true)
is<Needs<typeof neighbours>, Dear>(true)
given(
  // @ts-expect-error a value of another type
  users.pipe(Query.select((u) => ({ x: Expr.over(Expr.lag(u.age, 1, "none")) })))
)

// ---- groups: what the expressions require, and NULL in the columns
export const rolled = users.pipe(
  Query.rollup((u) => [u.name, dear]),
  Query.select((u) => ({ name: u.name, is: Expr.grouping(u.name), n: Expr.count() }))
)
is<RowOf<typeof rolled>, { readonly name: string | null; readonly is: number; readonly n: number }>(true)
is<Needs<typeof rolled>, Dear | Capability.Capability<"rollup"> | Capability.Capability<"grouping">>(true)
export const cubed = users.pipe(Query.cube((u) => [u.name, dear]), Query.select(() => ({ n: Expr.count() })))
is<Needs<typeof cubed>, Dear | Capability.Capability<"cube">>(true)
export const sets = users.pipe(
  Query.groupingSets((u) => [[u.name, dear], []]),
  Query.select(() => ({ n: Expr.count() }))
)
is<Needs<typeof sets>, Dear | Capability.Capability<"grouping sets">>(true)
export const grouped = users.pipe(Query.groupBy((u) => [u.name, dear]), Query.select(() => ({ n: Expr.count() })))
is<Needs<typeof grouped>, Dear>(true)
export const first = users.pipe(Query.distinctOn((u) => [u.name, dear]))
is<Needs<typeof first>, Dear | Capability.Capability<"distinct on">>(true)

// ---- locks of several sources
const joined = Query.from(Post).pipe(Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)))
export const locked = joined.pipe(Query.forUpdate({ of: ["author", "root"], skipLocked: true }))
is<RowOf<typeof locked>, Post>(true)
is<Needs<typeof locked>, Transaction.Transaction | Capability.Capability<"locks of some sources">>(true)
export const lock = Query.forUpdate({ of: ["root"] })
is<RowOf<ReturnType<typeof lockedUsers>>, User>(true)
export const lockedUsers = () => users.pipe(lock)
given(
  // @ts-expect-error nothing is joined as that
  joined.pipe(Query.forUpdate({ of: ["reader"] })),
  // @ts-expect-error of something
  joined.pipe(Query.forUpdate({ of: [] }))
)

// ---- collation keeps the type, recursion knows the columns of its rows
export const collated = users.pipe(Query.orderBy((u) => Expr.asc(Expr.collate(u.name, { sqlite: "nocase" }))))
is<RowOf<typeof collated>, User>(true)
export const below = Query.from(Query.recursive(
  "below",
  users.pipe(Query.select((u) => ({ id: u.id, depth: u.age }))),
  (self) =>
    users.pipe(
      Query.innerJoin("boss", self, (u, { boss }) => Expr.eq(u.managerId, boss.id)),
      Query.select((u, { boss }) => ({ id: u.id, depth: Expr.add(boss.depth, dear) }))
    ),
  { all: true, maxDepth: 3, cycle: ["id"] }
))
is<RowOf<typeof below>, { readonly id: UserId; readonly depth: number }>(true)
is<Needs<typeof below>, Dear>(true)
given(
  // @ts-expect-error a number has no collation
  users.pipe(Query.orderBy((u) => Expr.asc(Expr.collate(u.age, { sqlite: "nocase" })))),
  // @ts-expect-error a dialect that is none
  users.pipe(Query.orderBy((u) => Expr.asc(Expr.collate(u.name, { oracle: "x" })))),
  // @ts-expect-error a column that the rows have not
  Query.recursive("below", users, () => users, { cycle: ["none"] })
)

// ---- statements of one's own: rows by their Schemas, and what the parts require
export const written = Query.fromSql("w", { id: Schema.Int, at: Schema.NullOr(Schema.DateTimeUtc) })`
  select id, at from ${User} where age > ${dear} and name = ${"x"} and id in ${dearQuery}`
is<RowOf<typeof written>, { readonly id: number; readonly at: DateTime.Utc | null }>(true)
is<Needs<typeof written>, Dear>(true)
export const composed = written.pipe(
  Query.where((w) => Expr.gt(w.id, 1)),
  Query.innerJoin("u", User, (w, { u }) => Expr.eq(u.age, w.id)),
  Query.select((w, { u }) => ({ id: w.id, name: u.name }))
)
is<RowOf<typeof composed>, { readonly id: number; readonly name: string }>(true)
export const independent = Query.fromSql("w", { id: Schema.Int })`select id from ${User} where age > ${1}`
is<Needs<typeof independent>, never>(true)
given(
  // @ts-expect-error a text that is no template
  Query.fromSql("w", { id: Schema.Int })("select 1"),
  // @ts-expect-error a list is no value
  Query.fromSql("w", { id: Schema.Int })`select ${[1, 2]}`,
  // @ts-expect-error a column that is none
  written.pipe(Query.where((w) => Expr.eq(w.name, "x")))
)

// ---- set operations: null where one side may be
const names = users.pipe(Query.select((u) => ({ id: u.id, name: u.name })))
const nickNames = users.pipe(Query.select((u) => ({ id: u.id, name: u.nick })))
export const nullableLeft = nickNames.pipe(Query.union(names))
export const nullableRight = names.pipe(Query.union(nickNames))
type NickName = { readonly id: UserId; readonly name: string | null }
is<RowOf<typeof nullableLeft>, NickName>(true)
is<RowOf<typeof nullableRight>, NickName>(true)
export const nullableBoth = users.pipe(
  Query.select((u) => ({ a: u.nick, b: u.name })),
  Query.except(users.pipe(Query.select((u) => ({ a: u.name, b: u.nick }))))
)
is<RowOf<typeof nullableBoth>, { readonly a: string | null; readonly b: string | null }>(true)
export const nullableValues = nicks.pipe(Query.unionAll(users.pipe(Query.pluck((u) => u.name))))
is<RowOf<typeof nullableValues>, string | null>(true)
export const nullableColumns = nullableLeft.pipe(Query.where((n) => Expr.isNull(n.name)))
export const wholeRows = users.pipe(Query.union(users))
is<RowOf<typeof wholeRows>, User>(true)
// @ts-expect-error a number is no text
export const otherTypes = ages.pipe(Query.union(nicks))
// @ts-expect-error a column of another name
export const otherNames = names.pipe(Query.union(users.pipe(Query.select((u) => ({ id: u.id, nick: u.nick })))))
