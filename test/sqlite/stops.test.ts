/** Where statements ask whether they are to go on, and that it changes nothing else. */
import { assert, describe, it } from "@effect/vitest"
import BetterSqlite from "better-sqlite3"
import { stoppable } from "../../src/sqlite/stops.js"

const database = new BetterSqlite(":memory:")
database.function("strata_alive", { deterministic: false, directOnly: true }, () => 1)
database.exec(`
  create table t (id integer primary key, a integer, b text, "where" integer);
  create table u (id integer primary key, t integer, c integer);
  insert into t values (1, 1, 'x', 1), (2, null, 'y''where', 0), (3, 3, null, 1), (4, 0, '--', null);
  insert into u values (1, 1, 5), (2, 1, 6), (3, 3, 0), (4, null, 7);
`)

/** How often it asks, or undefined where it is left as it is. */
const cases: ReadonlyArray<readonly [sql: string, asks: number | undefined]> = [
  ["select 1", undefined],
  ["select 1 where 0", 1],
  ["select a is distinct from id from t", 1],
  ["select 1 is not distinct from 1", undefined],
  ["select id from t", 1],
  ["select id from t;", 1],
  ["select id from t -- where", 1],
  ["select id from t where a or id = 2", 1],
  ["select id from t where \"where\" = 1 or b = 'y''where' order by id desc limit 2", 1],
  ["select \"where\" from t /* where */ where id > 1 -- limit", 1],
  ["select count(*) from t", undefined],
  ["select count(*) as \"n\" from \"t\" as \"x\";", undefined],
  ["select count(a) from t", 1],
  ["select count(*) from t, u", 1],
  [
    "select count(*) filter (where a > 0) as n, sum(a) from t group by b having count(*) filter (where id) > 0 order by b",
    1
  ],
  ["select t.id, u.c from t left join u on u.t = t.id and u.c > 5 order by t.id", 1],
  ["select t.id from t left join u on u.t = t.id where u.id is null or t.a order by t.id", 1],
  ["select id from t where a in (select t from u) order by id", 1],
  ["select id from t where a in (select t from u where c > 1 or c is null) order by id", 2],
  ["select id, exists (select 1 from u where u.t = t.id or u.c = 0) from t order by id", 2],
  ["select id, (select count(*) from t as x, u) from t order by id", 2],
  ["select id from t where (a, id) in (values (1, 1), (3, 3)) and ((a or (b)))", 1],
  ["select id from t union all select id from u where c > 5 or t = 1 order by 1", 2],
  ["select id from t except select t from u intersect select 2", 2],
  ["values (1), (2)", undefined],
  ["values (9) union select id from t order by 1", 1],
  ["with recursive n(i) as (select 1 union all select i + 1 from n where i < 5 or i = 5) select i from n", 2],
  ["with x as (select id from t where a), y as materialized (select id from x) select id from y", 2],
  ["select sum(a) over w from t window w as (order by id)", 1],
  ["select replace(b, 'x', 'z') from t order by id", 1],
  ["select x.id from (select id, a from t where a > 0 or id = 2) as x where x.a or x.id", 2],
  ["select value from json_each('[1,2,3]') where value > 1", 1],
  ["update t set a = case when a then a + 1 else 0 end where a or id = 4 returning id, a", 1],
  ["update t set a = 7", 1],
  ["update t set a = c from u where u.t = t.id and (c > 5 or c = 0) returning t.id, a", 1],
  ["with x as (select 1 as id) update t set a = 9 where id in (select id from x) returning id", 1],
  ["delete from u", undefined],
  ["delete from u where c > 5 or t = 3 returning id", 1],
  ["insert into u (t, c) values (1, 2)", undefined],
  ["insert into u (t, c) select id, a from t where a or id = 2 returning t, c", 1],
  ["insert into t (id, a) values (1, 5) on conflict (id) do update set a = 6 where t.a = 1 returning a", undefined],
  [
    "insert into t (id, a) select id, c from u where c or t on conflict (id) do update set a = 6 where t.a = 1 returning a",
    1
  ],
  ["replace into u (id, t) select id, a from t returning id, t", 1],
  ["explain query plan select id from t", undefined],
  ["create table v as select id from t, u", undefined],
  ["create view w as select id from t where a", undefined],
  ["pragma table_info(t)", undefined]
]

/** What it gives, and what it leaves behind; undone. */
const effectOf = (sql: string): unknown => {
  database.exec("savepoint one")
  try {
    const statement = database.prepare(sql).raw(true)
    return [
      statement.all(),
      database.prepare("select * from t order by id").all(),
      database.prepare("select * from u order by id").all()
    ]
  } finally {
    database.exec("rollback to one; release one")
  }
}

const run = (sql: string): unknown => {
  const statement = database.prepare(sql)
  if (statement.reader) return effectOf(sql)
  database.exec("savepoint one")
  try {
    const { changes } = statement.run()
    return [
      changes,
      database.prepare("select * from t order by id").all(),
      database.prepare("select * from u order by id").all()
    ]
  } finally {
    database.exec("rollback to one; release one")
  }
}

describe("statements that can be stopped", () => {
  for (const [sql, asks] of cases) {
    it(sql, () => {
      const asking = stoppable(sql)
      assert.strictEqual(asking?.split("strata_alive()").length, asks === undefined ? undefined : asks + 1)
      if (asking !== undefined) assert.deepStrictEqual(run(asking), run(sql))
    })
  }

  it("parameters keep their order", () => {
    const sql =
      "select ? as a, id from t where id = ? or id in (select id from u where c > ? or t = ?) order by id limit ?"
    const parameters = ["first", 1, 6, 3, 2]
    assert.deepStrictEqual(
      database.prepare(stoppable(sql)!).all(parameters),
      database.prepare(sql).all(parameters)
    )
  })

  it("the same indexes are used", () => {
    database.exec("create index u_t on u (t)")
    const plan = (sql: string) =>
      database.prepare(`explain query plan ${sql}`).all().map((row) => (row as { readonly detail: string }).detail)
    for (
      const sql of [
        "select id from t where id = 1",
        "select id from u where t = 1 or id = 3",
        "select t.id from t join u on u.t = t.id where t.a = 1 order by t.id limit 3",
        "select max(id) from t where a > 0",
        "update u set c = 1 where t = 3",
        "delete from u where t in (1, 2)",
        "select id from t where exists (select 1 from u where u.t = t.id)",
        "select id from t where id in (select t from u)"
      ]
    ) assert.deepStrictEqual(plan(stoppable(sql)!), plan(sql), sql)
  })
})
