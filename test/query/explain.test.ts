/**
 * Plans: what a database means to do with a query, in one form for all of them.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Plan, Query, Relation, Transaction } from "effect-strata"
import type { Connect, DbError } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { planOf } from "../../src/mysql/plan.js"
import { dialect } from "../../src/sqlite/dialect.js"
import { withoutLiterals } from "../../src/sql/literals.js"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Item extends Model.Class<Item>("Item")({
  id: Schema.Int.pipe(Field.primaryKey),
  tag: Schema.String.pipe(Schema.maxLength(40)),
  code: Schema.String.pipe(Schema.maxLength(40))
}, { table: "items", indexes: [{ name: "items_by_tag", columns: ["tag"] }] }) {}

const same = Relation.hasMany(Item, Item, "id")

const items = Array.from({ length: 2000 }, (_, i) => ({ id: i, tag: `t${i}`, code: `c${i % 500}` }))
const all = Query.from(Item)
const byCode = all.pipe(Query.where({ code: "c7" }))
const byTag = all.pipe(Query.where({ tag: "t7" }))

for (const database of available) {
  describe(`plans: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Item)
        yield* Mutation.insertMany(Item, items)
        const sql = yield* SqlClient.SqlClient
        yield* sql.unsafe(database.name === "mariadb" ? "analyze table items" : "analyze")
      })
    )
    const run = <A>(effect: Effect.Effect<A, unknown, Connect.Services>) => runtime.runPromise(effect)
    const reading = (plan: Plan.Plan) => Plan.steps(plan).filter(({ relation }) => relation === "items")

    it("tell a full scan from a search by an index", async () => {
      const scanned = await run(Query.explain(byCode))
      assert.deepStrictEqual(
        Plan.fullScans(scanned).map(({ index, operation, relation }) => [operation, relation, index]),
        [
          ["scan", "items", undefined]
        ]
      )
      const searched = await run(Query.explain(byTag))
      assert.deepStrictEqual(Plan.fullScans(searched), [])
      assert.deepStrictEqual(reading(searched).map(({ index, operation }) => [operation, index]), [[
        "search",
        "items_by_tag"
      ]])
      const byKey = await run(Query.explain(all.pipe(Query.where({ id: 7 }))))
      assert.deepStrictEqual(reading(byKey).map(({ operation }) => operation), ["search"])
    })

    it("say the whole of an index, a join, an order and a group", async () => {
      const ordered = await run(Query.explain(all.pipe(Query.orderBy((i) => Expr.asc(i.code)))))
      assert.isTrue(Plan.steps(ordered).some(({ operation }) => operation === "sort"))
      const joined = await run(Query.explain(byCode.pipe(
        Query.innerJoin("other", Item, (i, { other }) => Expr.eq(i.code, other.tag)),
        Query.select((i, { other }) => ({ id: i.id, code: other.code }))
      )))
      assert.includeMembers(Plan.steps(joined).map(({ relation }) => relation), ["items", "other"])
      assert.isAbove(Plan.fullScans(joined).length, 0)
      const union = await run(Query.explain(byCode.pipe(Query.union(byTag))))
      assert.deepStrictEqual(Plan.fullScans(union).filter(({ relation }) => relation === "items").length, 1)
    })

    it("have the statement, figures and a text for people", async () => {
      const plan = await run(Query.explain(byCode))
      assert.match(plan.sql, /^select ["`]items["`]/)
      assert.strictEqual(plan.database, database.name === "postgres" ? "postgresql" : database.name)
      const [scan] = Plan.fullScans(plan)
      if (database.name !== "sqlite") assert.isAbove(scan!.rows.estimated!, 1)
      assert.isUndefined(scan!.rows.actual)
      assert.isUndefined(plan.time)
      assert.match(Plan.render(plan), /scan items/)
    })

    it("hide the values of the query, hostile ones too", async () => {
      for (const secret of ["s3cret", "it's \"so\" `odd` \\ ' or 1=1", "a\nb\tc", "\\", "'", "\"", "\\\"", "😀 7"]) {
        const plan = await run(
          Query.explain(all.pipe(Query.where((i) => Expr.and(Expr.eq(i.code, secret), Expr.ne(i.tag, secret)))))
        )
        assert.strictEqual(Plan.fullScans(plan).length + reading(plan).length > 0, true)
        const shown = JSON.stringify(plan) + Plan.render(plan)
        for (const part of ["s3cret", "odd", "1=1", "a\\nb", "😀"]) assert.notInclude(shown, part)
        assert.isDefined(Redacted.value(plan.raw))
      }
    })

    it("analyzed, tell what was done", async () => {
      const plan = await run(Query.explain(byCode, { analyze: true }))
      assert.isAtLeast(plan.time!, 0)
      if (database.name === "sqlite") assert.strictEqual(plan.root.rows.actual, 4)
      else {
        const actual = Plan.fullScans(plan)[0]!.rows.actual
        assert.include([4, 2000], actual)
      }
      assert.match(Plan.render(plan), / ms/)
    })

    it("analyzed, of a locking read need a transaction", async () => {
      const locking = byTag.pipe(Query.forUpdate())
      const outside = Query.explain(locking, { analyze: true }) as Effect.Effect<
        Plan.Plan,
        DbError.ReadFailure,
        Connect.Services
      >
      assert.strictEqual((await run(Effect.flip(outside)))._tag, "ConfigurationError")
      const inside = await run(Query.explain(locking, { analyze: true }).pipe(Transaction.run()))
      assert.deepStrictEqual(Plan.fullScans(inside), [])
    })

    it("are of what is sent first where there are relations, and fail as queries do", async () => {
      const plan = await run(Query.explain(byTag.pipe(Query.include({ same }))))
      assert.deepStrictEqual(Plan.fullScans(plan), [])
      const invalid = await run(Effect.flip(Query.explain(all.pipe(Query.limit(-1)))))
      assert.strictEqual((invalid as DbError.ReadFailure)._tag, "ValidationError")
      class Missing extends Model.Class<Missing>("Missing")({ id: Schema.Int }, { table: "missing" }) {}
      const missing = await run(Effect.flip(Query.explain(Query.from(Missing))))
      assert.strictEqual((missing as DbError.ReadFailure)._tag, "QueryError")
    })

    it("leave the values of prepared queries where they are", async () => {
      const prepared = Query.prepare(
        { tag: Schema.String },
        ({ tag }) => all.pipe(Query.where((i) => Expr.eq(i.tag, tag)))
      )
      assert.deepStrictEqual(Plan.fullScans(await run(Query.explain(prepared({ tag: "t1" })))), [])
    })
  })
}

describe("plans of MySQL", () => {
  const { read, words } = planOf({ kind: "mysql", version: [8, 0, 36] })
  const planned = (raw: unknown): Plan.Plan => ({
    database: "mysql",
    sql: "",
    ...read([[typeof raw === "string" ? raw : JSON.stringify(raw)]]),
    raw: Redacted.make(raw)
  })

  it("are asked for in its words", () => {
    assert.deepStrictEqual(words, { explain: "explain format=json ", analyze: "explain analyze " })
  })

  it("are read from JSON", () => {
    const plan = planned({
      query_block: {
        select_id: 1,
        cost_info: { query_cost: "1.85" },
        ordering_operation: {
          using_filesort: true,
          nested_loop: [
            {
              table: {
                table_name: "t",
                access_type: "ALL",
                rows_examined_per_scan: 4,
                rows_produced_per_join: 1,
                filtered: "25.00",
                cost_info: { read_cost: "0.55", eval_cost: "0.10", prefix_cost: "0.65" },
                attached_condition: "(`shop`.`t`.`b` = 'secret')"
              }
            },
            {
              table: {
                table_name: "u",
                access_type: "eq_ref",
                key: "PRIMARY",
                ref: ["shop.t.a"],
                rows_examined_per_scan: 1,
                cost_info: { prefix_cost: "1.85" }
              }
            }
          ]
        }
      }
    })
    assert.strictEqual(
      Plan.render(plan),
      [
        "query (cost 1.85)",
        "  sort",
        "    join",
        "      scan t (rows ~4, cost 0.65): (`shop`.`t`.`b` = ?)",
        "      search u by PRIMARY (rows ~1, cost 1.85)"
      ].join("\n")
    )
    const ordered = planned({
      query_block: {
        ordering_operation: { using_filesort: false, table: { table_name: "t", access_type: "index", key: "t_a" } }
      }
    })
    assert.strictEqual(Plan.render(ordered), "query\n  index scan t by t_a")
    assert.strictEqual(
      Plan.render(planned({ query_block: { select_id: 1, message: "no matching row in const table" } })),
      "query"
    )
  })

  it("are read from the text of an analyzed one", () => {
    const plan = planned(`-> Limit: 3 row(s)  (cost=2.1 rows=3) (actual time=0.05..0.06 rows=3 loops=1)
    -> Nested loop inner join  (cost=2.1 rows=4) (actual time=0.04..0.05 rows=3 loops=1)
        -> Filter: (t.b = 'secret')  (cost=0.65 rows=4) (actual time=0.02..0.03 rows=4 loops=1)
            -> Table scan on t  (cost=0.65 rows=4) (actual time=0.01..0.02 rows=4 loops=1)
        -> Single-row index lookup on u using PRIMARY (id=t.a)  (cost=0.28 rows=1) (actual time=0.003..0.004 rows=1 loops=4)
`)
    assert.strictEqual(
      Plan.render(plan),
      [
        "limit (rows ~3, rows 3, cost 2.1, 0.06 ms): ? row(s)",
        "  join (rows ~4, rows 3, cost 2.1, 0.05 ms)",
        "    filter (rows ~4, rows 4, cost 0.65, 0.03 ms): (t.b = ?)",
        "      scan t (rows ~4, rows 4, cost 0.65, 0.02 ms)",
        "    search u by PRIMARY (rows ~1, rows 4, cost 0.28, 0.02 ms): (id=t.a)",
        "0.06 ms"
      ].join("\n")
    )
  })
})

describe("values in texts", () => {
  it("are left out, and names stay", () => {
    for (
      const [text, expected] of [
        ["((a >= 1) AND (b = 'it''s'::text))", "((a >= ?) AND (b = ?::text))"],
        ["t.b = 'it\\'s' and t2.c1 > -1.5e3", "t.b = ? and t2.c1 > ?"],
        ["(`odd 1`.`a``'b` = \"it's 2\")", "(`odd 1`.`a``'b` = \"it's 2\")"],
        ["b = E'a\\\\' AND c = 'x'", "b = E? AND c = ?"]
      ]
    ) assert.strictEqual(withoutLiterals(text!), expected)
  })
})

describe("plans of SQLite", () => {
  it("count an index that is made for the query as a scan", () => {
    const root = dialect.plan.read([
      [2, 0, 0, "SCAN t"],
      [3, 0, 0, "SEARCH v USING AUTOMATIC PARTIAL COVERING INDEX (b=?)"]
    ]).root
    assert.deepStrictEqual(root.children.map(({ index, operation, relation }) => [operation, relation, index]), [
      ["scan", "t", undefined],
      ["scan", "v", undefined]
    ])
  })
})
