/**
 * The rest of select on every database, against what is known of a few rows: quantified and row comparison, collation, defaults of window
 * functions, grouping, guarded recursion, whole statements of one's own. What a database cannot do, it refuses before anything is sent.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query, Transaction } from "effect-strata"
import type { Connect, DbError } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import type { DatabaseName } from "../support/databases.js"
import { asJson, gives as givesOn, onFresh } from "../support/onFresh.js"

class Item extends Model.Class<Item>("Item")({
  id: Schema.Int.pipe(Field.primaryKey),
  a: Schema.NullOr(Schema.Int),
  b: Schema.NullOr(Schema.String),
  money: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  exact: Schema.BigDecimal
}, { table: "items" }) {}

class Link extends Model.Class<Link>("Link")({
  id: Schema.Int.pipe(Field.primaryKey),
  source: Schema.String,
  target: Schema.String
}, { table: "links" }) {}

const decimal = BigDecimal.unsafeFromString
const items = [
  { id: 1, a: 1, b: "x", money: decimal("10.50"), exact: decimal("10.5") },
  { id: 2, a: 2, b: "y", money: decimal("9.25"), exact: decimal("100.125") },
  { id: 3, a: 2, b: null, money: decimal("100"), exact: decimal("9.25") },
  { id: 4, a: null, b: "y", money: decimal("-3"), exact: decimal("7") },
  { id: 5, a: 3, b: "Z", money: decimal("10.50"), exact: decimal("10.50001") }
]
/** A ring of three, and a way into it. */
const links = [
  { id: 1, source: "in", target: "a" },
  { id: 2, source: "a", target: "b" },
  { id: 3, source: "b", target: "c" },
  { id: 4, source: "c", target: "a" },
  { id: 5, source: "b", target: "out,\\%" }
]

const only = (...names: ReadonlyArray<DatabaseName>) => names
const allBut = (...names: ReadonlyArray<DatabaseName>) =>
  (["sqlite", "postgres", "mariadb", "mysql"] as const).filter((name) => !names.includes(name))

for (const database of available) {
  describe(`the rest of select: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Item, Link)
        yield* Mutation.insertMany(Item, items)
        yield* Mutation.insertMany(Link, links)
      })
    )

    const gives = givesOn(runtime, database, asJson)
    const refuses = (
      what: string,
      query: Effect.Effect<unknown, unknown, Connect.Services>,
      tag = "ConfigurationError"
    ) =>
      it(what, async () => {
        const failure = await runtime.runPromise(Effect.flip(query))
        assert.strictEqual((failure as { readonly _tag: string })._tag, tag, JSON.stringify(failure))
      })
    const ids = (where: (i: Expr.Columns<typeof Item>) => Expr.Condition<any>): Query.Query<number> =>
      Query.from(Item).pipe(
        Query.where(where),
        Query.orderBy((i) => Expr.asc(i.id)),
        Query.pluck((i) => i.id)
      ) as never
    const values = (
      value: (i: Expr.Columns<typeof Item>) => Expr.Selectable<unknown, any>
    ): Effect.Effect<ReadonlyArray<unknown>, DbError.ReadFailure, Connect.Services> =>
      Query.from(Item).pipe(Query.orderBy((i) => Expr.asc(i.id)), Query.pluck(value)) as never

    const as = (where: (i: Expr.Columns<typeof Item>) => Expr.Condition) =>
      Query.from(Item).pipe(Query.where(where), Query.pluck((i) => i.a))
    const known = as((i) => Expr.in(i.id, [1, 2]))
    const unknown = as((i) => Expr.in(i.id, [1, 4]))
    const none = as((i) => Expr.lt(i.id, 0))
    gives("any: one of them", values((i) => Expr.gt(i.a, Expr.any(known))), [false, true, true, null, true])
    gives("all: each of them", values((i) => Expr.gt(i.a, Expr.all(known))), [false, false, false, null, true])
    gives("any: NULL among them", values((i) => Expr.gt(i.a, Expr.any(unknown))), [null, true, true, null, true])
    gives("all: NULL among them", values((i) => Expr.gt(i.a, Expr.all(unknown))), [false, null, null, null, null])
    gives("any: of none", values((i) => Expr.gt(i.a, Expr.any(none))), [false, false, false, false, false])
    gives("all: of none", values((i) => Expr.gt(i.a, Expr.all(none))), [true, true, true, true, true])
    gives("eq any", values((i) => Expr.eq(i.a, Expr.any(known))), [true, true, true, null, false])
    gives("eq any: NULL among them", values((i) => Expr.eq(i.a, Expr.any(unknown))), [true, null, null, null, null])
    gives("ne all", values((i) => Expr.ne(i.a, Expr.all(known))), [false, false, false, null, true])
    gives("ne any", values((i) => Expr.ne(i.a, Expr.any(known))), [true, true, true, null, true])
    gives("eq all", values((i) => Expr.eq(i.a, Expr.all(known))), [false, false, false, null, false])
    gives("lte all", ids((i) => Expr.lte(i.a, Expr.all(known))), [1])
    gives("gte any, negated", ids((i) => Expr.not(Expr.gte(i.a, Expr.any(known)))), [])
    gives(
      "all, of a query that uses the row around it",
      ids((i) =>
        Expr.gt(
          i.id,
          Expr.all(Query.from(Item).pipe(Query.where((o) => Expr.lt(o.a, i.a)), Query.pluck((o) => Expr.add(o.id, 1))))
        )
      ),
      [1, 3, 4, 5]
    )
    gives(
      "any, of texts by code point, with a limit of its own",
      values((i) =>
        Expr.lt(
          i.b,
          Expr.any(
            Query.from(Item).pipe(
              Query.where((o) => Expr.isNotNull(o.b)),
              Query.orderBy((o) => Expr.asc(o.b)),
              Query.limit(2),
              Query.pluck((o) => o.b)
            )
          )
        )
      ),
      [false, false, null, false, true]
    )
    gives(
      "any, of a text that is no column",
      values(() =>
        Expr.lt(
          Expr.param(Schema.String, "a"),
          Expr.any(Query.from(Item).pipe(Query.where({ id: 1 }), Query.pluck(() => Expr.param(Schema.String, "B"))))
        )
      ),
      [false, false, false, false, false]
    )
    const exacts = Query.from(Item).pipe(Query.pluck((i) => i.exact))
    gives("all, of decimals that are kept otherwise", ids((i) => Expr.gte(i.money, Expr.all(exacts))), [])
    gives("any, of decimals that are kept otherwise", ids((i) => Expr.eq(i.money, Expr.any(exacts))), [1, 2, 5])
    gives("in, of decimals that are kept otherwise", ids((i) => Expr.in(i.money, exacts)), [1, 2, 5])
    gives(
      "any, of an aggregate",
      Query.from(Item).pipe(
        Query.groupBy((i) => [i.a]),
        Query.having(() =>
          Expr.gte(Expr.count(), Expr.all(Query.from(Item).pipe(Query.where({ id: 2 }), Query.pluck((i) => i.a))))
        ),
        Query.pluck((i) => i.a)
      ),
      [2],
      allBut("sqlite")
    )
    refuses("any, where no comparison is", ids((i) => Expr.eq(Expr.any(known) as Expr.Operand<number>, i.id)))
    refuses("any, of whole rows", ids((i) => Expr.eq(i.id, Expr.any(Query.from(Item)) as never)))

    gives("in: a query of nullable values", values((i) => Expr.in(i.a, unknown)), [true, null, null, null, null])
    gives("in: not, of a query with NULL", ids((i) => Expr.not(Expr.in(i.a, unknown))), [])
    gives("in: a query of no rows", values((i) => Expr.in(i.a, none)), [false, false, false, false, false])
    gives(
      "a scalar that uses the row around it",
      values((i) =>
        Expr.scalar(Query.from(Item).pipe(Query.where((o) => Expr.lt(o.id, i.id)), Query.pluck((o) => Expr.max(o.a))))
      ),
      [null, 1, 2, 2, 2]
    )
    gives(
      "a join of a grouped query",
      Query.from(Item).pipe(
        Query.innerJoin(
          "g",
          Query.from(Item).pipe(
            Query.groupBy((i) => [i.a]),
            Query.select((i) => ({ a: i.a, n: Expr.count() })),
            Query.as("groups")
          ),
          (i, { g }) => Expr.eq(i.a, g.a)
        ),
        Query.orderBy((i) => Expr.asc(i.id)),
        Query.select((i, { g }) => ({ id: i.id, n: g.n }))
      ),
      [{ id: 1, n: 1 }, { id: 2, n: 2 }, { id: 3, n: 2 }, { id: 5, n: 1 }]
    )

    const rows = (i: Expr.Columns<typeof Item>) => Expr.row(i.a, i.b)
    gives("rows: eq", values((i) => Expr.eq(rows(i), [2, "y"])), [false, true, null, null, false])
    gives("rows: ne", values((i) => Expr.ne(rows(i), [2, "y"])), [true, false, null, null, true])
    gives("rows: lt", values((i) => Expr.lt(rows(i), [2, "y"])), [true, false, null, null, false])
    gives("rows: lte", values((i) => Expr.lte(rows(i), [2, "y"])), [true, true, null, null, false])
    gives("rows: gt", values((i) => Expr.gt(rows(i), [1, "a"])), [true, true, true, null, true])
    gives("rows: gte", values((i) => Expr.gte(rows(i), [3, "Z"])), [false, false, false, null, true])
    gives("rows: of texts by code point", ids((i) => Expr.lt(rows(i), [3, "a"])), [1, 2, 3, 5])
    gives(
      "rows: of texts that are no columns",
      ids((i) =>
        Expr.lt(Expr.row(Expr.param(Schema.String, "a"), i.id), Expr.row(Expr.param(Schema.String, "B"), i.id))
      ),
      []
    )
    gives(
      "rows: with one another, decimals that are kept otherwise among them",
      ids((i) => Expr.lt(Expr.row(i.money, i.id), Expr.row(i.exact, Expr.param(Schema.Int, 2)))),
      [1, 2, 4, 5]
    )
    gives(
      "rows: three values",
      ids((i) => Expr.gt(Expr.row(i.money, i.exact, i.id), [decimal("10.5"), decimal("10.5"), 0])),
      [1, 3, 5]
    )
    gives("rows: in a list", values((i) => Expr.in(rows(i), [[1, "x"], [2, "y"]])), [true, true, null, null, false])
    gives("rows: in an empty list", ids((i) => Expr.in(rows(i), [])), [])
    gives(
      "rows: in a list, decimals among them",
      ids((i) => Expr.in(Expr.row(i.money, Expr.multiply(i.exact, decimal("2"))), [[decimal("10.5"), decimal("21")]])),
      [1]
    )
    gives(
      "rows: in a query",
      values((i) =>
        Expr.in(
          rows(i),
          Query.from(Item).pipe(Query.where({ id: { lte: 2 } }), Query.select((o) => ({ x: o.a, y: o.b })))
        )
      ),
      [true, true, null, null, false]
    )
    refuses("rows: a row of more values", ids((i) => Expr.eq(rows(i), [1, "x", 2] as never)))
    refuses("rows: a list of more values", ids((i) => Expr.in(rows(i), [[1, "x", 2]] as never)))
    refuses(
      "rows: columns in another order",
      ids((i) => Expr.in(rows(i), Query.from(Item).pipe(Query.select((o) => ({ y: o.b, x: o.a })))))
    )
    refuses("rows: where no comparison is", values((i) => Expr.coalesce(rows(i), [1, "x"])))
    refuses(
      "rows: a value that its place does not take",
      ids((i) => Expr.eq(rows(i), ["x", 1] as never)),
      "ValidationError"
    )

    gives(
      "lag and lead with a value for where no such row is",
      Query.from(Item).pipe(
        Query.orderBy((i) => Expr.asc(i.id)),
        Query.select((i) => {
          const window = Expr.window("w", { orderBy: [Expr.asc(i.id)] })
          return {
            before: Expr.over(Expr.lag(i.a, 1, -1), window),
            after: Expr.over(Expr.lead(i.b, 2, "none"), { orderBy: [Expr.asc(i.id)] }),
            itself: Expr.over(Expr.lag(i.b, 0, "none"), window),
            part: Expr.over(Expr.lead(i.id, 1, i.a), { partitionBy: [i.a], orderBy: [Expr.asc(i.id)] }),
            money: Expr.over(Expr.lag(i.money, 1, i.exact), window)
          }
        })
      ),
      [
        { before: -1, after: null, itself: "x", part: 1, money: BigDecimal.normalize(items[0]!.exact).toJSON() },
        { before: 1, after: "y", itself: "y", part: 3, money: BigDecimal.normalize(items[0]!.money).toJSON() },
        { before: 2, after: "Z", itself: null, part: 2, money: BigDecimal.normalize(items[1]!.money).toJSON() },
        { before: 2, after: "none", itself: "y", part: null, money: BigDecimal.normalize(items[2]!.money).toJSON() },
        { before: null, after: "none", itself: "Z", part: 3, money: BigDecimal.normalize(items[3]!.money).toJSON() }
      ]
    )
    gives(
      "grouping: which rows are of a group without the column",
      Query.from(Item).pipe(
        Query.rollup((i) => [i.a]),
        Query.select((i) => ({ a: i.a, all: Expr.grouping(i.a), n: Expr.count() })),
        Effect.map((found) => found.filter(({ a }) => a === null).sort((x, y) => x.n - y.n))
      ),
      [{ a: null, all: 0, n: 1 }, { a: null, all: 1, n: 5 }],
      only("postgres", "mysql")
    )
    refuses(
      "rollup of what was selected before it",
      Query.from(Item).pipe(Query.select((i) => ({ a: i.id })), Query.rollup((i) => [i.id])) as never
    )

    const nocase = {
      sqlite: "nocase",
      postgres: "und-x-icu",
      mariadb: "utf8mb4_general_ci",
      mysql: "utf8mb4_0900_ai_ci"
    }
    gives(
      "collate: an order",
      Query.from(Item).pipe(
        Query.where((i) => Expr.isNotNull(i.b)),
        Query.orderBy((i) => [Expr.desc(Expr.collate(i.b, nocase)), Expr.asc(i.id)]),
        Query.pluck((i) => i.b)
      ),
      ["Z", "y", "y", "x"]
    )
    gives("collate: a comparison", ids((i) => Expr.gt(Expr.collate(i.b, nocase), "a")), [1, 2, 4, 5])
    gives(
      "collate: a comparison from the right",
      ids((i) =>
        Expr.lt("a" as never, Expr.collate(i.b, nocase)) &&
        Expr.lt(Expr.param(Schema.String, "a"), Expr.collate(i.b, nocase))
      ),
      [1, 2, 4, 5]
    )
    gives(
      "collate: groups, and a value of its own",
      Query.from(Item).pipe(
        Query.groupBy((i) => [Expr.collate(i.b, nocase)]),
        Query.select((i) => ({ b: Expr.collate(i.b, nocase), n: Expr.count() })),
        Query.orderBy((i) => Expr.asc(Expr.collate(i.b, nocase), { nulls: "first" }))
      ),
      [{ b: null, n: 1 }, { b: "x", n: 1 }, { b: "y", n: 2 }, { b: "Z", n: 1 }]
    )
    gives(
      "collate: without a name for the database",
      ids((i) => Expr.gt(Expr.collate(i.b, { sqlite: "nocase" }), "a")),
      [1, 2, 4, 5],
      only("sqlite")
    )
    refuses("collate: no name", ids((i) => Expr.gt(Expr.collate(i.b, { ...nocase, [database.name]: "" }), "a")))
    it("collate: a name that the database does not know is its error, whatever it holds", async () => {
      for (const name of ["none", "C\" from items; --", "x` or 1=1 #", "binary' --"]) {
        const query = ids((i) => Expr.gt(Expr.collate(i.b, { ...nocase, [database.name]: name }), "a"))
        const failure = await runtime.runPromise(Effect.flip(query))
        assert.strictEqual(failure._tag, "QueryError", JSON.stringify(failure))
      }
    })

    const start = Query.from(Link).pipe(Query.where({ source: "in" }))
    const follow = (self: any): any =>
      Query.from(Link).pipe(Query.innerJoin("r", self, (l, { r }: any) => Expr.eq(l.source, r.target)))
    const targets = (source: any): Effect.Effect<ReadonlyArray<string>, DbError.ReadFailure, Connect.Services> =>
      Effect.map(
        Query.from(source).pipe(Query.pluck((l: any) => l.target)) as Query.Query<string>,
        (found) => [...found].sort()
      )
    const out = "out,\\%"
    const counted = Query.recursive(
      "counted",
      Query.from(Link).pipe(Query.where({ id: 1 }), Query.select((l) => ({ target: l.target, depth: l.id }))),
      (self) =>
        Query.from(Link).pipe(
          Query.innerJoin("c", self, (l, { c }) => Expr.eq(l.source, c.target)),
          Query.where((_, { c }) => Expr.lt(c.depth, 3)),
          Query.select((l, { c }) => ({ target: l.target, depth: Expr.add(c.depth, 1) }))
        )
    )
    gives(
      "a recursion whose step has wider numbers than its base",
      Query.from(counted).pipe(Query.pluck((c) => Expr.max(c.depth))),
      [3]
    )
    gives("a recursion as deep as asked: none", targets(Query.recursive("r", start, follow, { maxDepth: 0 })), ["a"])
    gives("a recursion as deep as asked: one", targets(Query.recursive("r", start, follow, { maxDepth: 1 })), [
      "a",
      "b"
    ])
    gives(
      "a recursion as deep as asked: each row once",
      targets(Query.recursive("r", start, follow, { maxDepth: 7 })),
      ["a", "a", "b", "c", out]
    )
    gives(
      "a recursion as deep as asked: rows as often as they are found",
      targets(Query.recursive("r", start, follow, { maxDepth: 4, all: true })),
      ["a", "a", "b", "b", "c", out]
    )
    gives(
      "a recursion that sees rings: rows by their keys",
      targets(Query.recursive("r", start, follow, { all: true, cycle: ["id"] })),
      ["a", "a", "b", "c", out]
    )
    gives(
      "a recursion that sees rings: by a text, which ends before the way in is met again",
      targets(Query.recursive("r", start, follow, { cycle: ["target"] })),
      ["a", "b", "c", out]
    )
    gives(
      "a recursion that sees rings, and goes as deep as asked",
      targets(Query.recursive("r", start, follow, { all: true, cycle: ["target", "source"], maxDepth: 2 })),
      ["a", "b", "c", out]
    )
    gives(
      "a recursion that counts its steps itself ends at a ring",
      Query.from(Query.recursive(
        "walk",
        start.pipe(Query.select((l) => ({ target: l.target, depth: Expr.param(Schema.Int, 0), Path: l.source }))),
        (self) =>
          Query.from(Link).pipe(
            Query.innerJoin("r", self, (l, { r }) => Expr.eq(l.source, r.target)),
            Query.select((l, { r }) => ({
              target: l.target,
              depth: Expr.cast(Expr.add(r.depth, 1), Schema.Int),
              Path: l.source
            }))
          ),
        { cycle: ["target"] }
      )).pipe(Query.orderBy((w) => [Expr.asc(w.depth), Expr.asc(w.target)]), Query.limit(10)),
      [
        { target: "a", depth: 0, Path: "in" },
        { target: "b", depth: 1, Path: "a" },
        { target: "c", depth: 2, Path: "b" },
        { target: out, depth: 2, Path: "b" }
      ]
    )
    gives(
      "a recursion of bare values",
      Query.from(Query.recursive(
        "n",
        Query.from(Item).pipe(Query.where({ id: 1 }), Query.pluck((i) => i.id)),
        (self: any) =>
          Query.from(self).pipe(Query.pluck((n: any) => Expr.cast(Expr.add(n.value, 1), Schema.Int))) as never,
        { maxDepth: 3, all: true }
      )).pipe(Query.count) as never,
      4
    )
    gives(
      "a recursion of more than a thousand steps",
      Query.from(Query.recursive(
        "n",
        Query.from(Item).pipe(Query.where({ id: 1 }), Query.select((i) => ({ n: i.id }))),
        (self) =>
          Query.from(self).pipe(
            Query.where((s) => Expr.lt(s.n, 2500)),
            Query.select((s) => ({ n: Expr.cast(Expr.add(s.n, 1), Schema.Int) }))
          ),
        { all: true }
      )).pipe(Query.count),
      2500
    )
    gives(
      "a path of more than a thousand keys",
      Query.from(Query.recursive(
        "n",
        Query.from(Item).pipe(Query.where({ id: 1 }), Query.select((i) => ({ n: i.id }))),
        (self) =>
          Query.from(self).pipe(
            Query.where((s) => Expr.lt(s.n, 1200)),
            Query.select((s) => ({ n: Expr.cast(Expr.add(s.n, 1), Schema.Int) }))
          ),
        { all: true, cycle: ["n"] }
      )).pipe(Query.count),
      1200
    )
    refuses(
      "a recursion by a column that is none",
      Query.from(Query.recursive("r", start, follow, { cycle: ["none"] as never })) as never
    )
    refuses(
      "a recursion of less than no steps",
      Query.from(Query.recursive("r", start, follow, { maxDepth: -1 })) as never
    )

    const counts = Query.fromSql("counts", { b: Schema.NullOr(Schema.String), n: Schema.Int })`
      select count(*) as n, b from ${Item} where id > ${Expr.param(Schema.Int, 1)} and b <> ${"it's ? $1"} group by b`
    gives(
      "fromSql: runs, and composes",
      counts.pipe(Query.where((c) => Expr.gt(c.n, 1)), Query.where({ b: { contains: "y" } })),
      [{ b: "y", n: 2 }]
    )
    gives("fromSql: counted", Query.count(counts), 2)
    gives(
      "fromSql: joined, and in a common table expression",
      Query.from(counts.pipe(Query.cte("c"))).pipe(
        Query.innerJoin("i", Item, (c, { i }) => Expr.eq(c.b, i.b)),
        Query.innerJoin("d", counts.pipe(Query.as("d")), (c, { d }) => Expr.eq(c.b, d.b)),
        Query.select((c, { d, i }) => ({ id: i.id, n: c.n, m: d.n })),
        Query.orderBy((_, { i }) => Expr.asc(i.id))
      ),
      [{ id: 2, n: 2, m: 2 }, { id: 4, n: 2, m: 2 }, { id: 5, n: 1, m: 1 }]
    )
    gives(
      "fromSql: put together with another query, whatever the order of its columns",
      counts.pipe(
        Query.unionAll(Query.from(Item).pipe(Query.where({ id: 1 }), Query.select((i) => ({ n: i.id, b: i.b })))),
        Query.orderBy((c) => Expr.asc(c.b))
      ),
      [{ b: "Z", n: 1 }, { b: "x", n: 1 }, { b: "y", n: 2 }]
    )
    const few = Query.from(Item).pipe(Query.where({ id: { lte: 3 } }), Query.select((i) => ({ id: i.id, a: i.a })))
    gives(
      "fromSql: of queries and sources, a comment at its end",
      Query.fromSql("mixed", { id: Schema.Int })`
        select t.id from ${few.pipe(Query.cte("few"))} t
        join ${few} q on q.id = t.id
        where t.a > ${Expr.add(Expr.param(Schema.Int, 0), 1)} and t.id in ${few.pipe(Query.pluck((f) => f.id))} -- all`
        .pipe(
          Query.orderBy((m) => Expr.asc(m.id)),
          Query.pluck((m) => m.id)
        ),
      [2, 3]
    )
    refuses("fromSql: a column that it has not", Query.fromSql("x", { no: Schema.Int })`select 1 as yes`, "QueryError")
    refuses("fromSql: values of another type", Query.fromSql("x", { a: Schema.Int })`select 'one' as a`, "DecodeError")
    refuses("fromSql: NULL", Query.fromSql("x", { a: Schema.Int })`select null as a`, "DecodeError")
    refuses("fromSql: no columns", Query.fromSql("x", {})`select 1 as a`)
    refuses("fromSql: a text that is no template", Query.fromSql("x", { a: Schema.Int })(["select 1 as a"] as never))
    refuses(
      "fromSql: a column of a query that is not around",
      Effect.suspend(() => {
        let column: unknown
        void Query.from(Item).pipe(Query.where((i) => (column = i.id, Expr.eq(i.id, 1))))
        return Query.fromSql("x", { a: Schema.Int })`select ${column as Expr.Expr<number>} as a`
      })
    )

    const joined = Query.from(Link).pipe(Query.innerJoin("next", Link, (l, { next }) => Expr.eq(l.target, next.source)))
    const locking = <A>(query: Effect.Effect<A, unknown, Connect.Services | Transaction.Transaction>) =>
      Transaction.run(query) as Effect.Effect<A, unknown, Connect.Services>
    const idsOf = <A, J, R>(query: Query.Query<A, typeof Link, J, R>) =>
      query.pipe(Query.where({ id: 1 }), Query.pluck((l) => l.id))
    gives("forUpdate of both sources", locking(idsOf(joined.pipe(Query.forUpdate({ of: ["root", "next"] })))), [1])
    gives(
      "forUpdate of both sources, no waiting",
      locking(idsOf(joined.pipe(Query.forUpdate({ of: ["next", "root"], skipLocked: true })))),
      [1]
    )
    gives(
      "forUpdate of a joined source",
      locking(idsOf(joined.pipe(Query.forShare({ of: ["next"] })))),
      [1],
      allBut("mariadb")
    )
    refuses("forUpdate of what is not joined", locking(idsOf(joined.pipe(Query.forUpdate({ of: ["other"] as never })))))
    refuses(
      "forUpdate of the right side of a left join",
      locking(idsOf(
        Query.from(Link).pipe(
          Query.leftJoin("next", Link, (l, { next }) => Expr.eq(l.target, next.source)),
          Query.forUpdate({ of: ["next"] })
        )
      ))
    )
  })
}
