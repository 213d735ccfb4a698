/**
 * The golden table of the rest of select: quantified and row comparison, collation, defaults of window functions, grouping, guarded recursion,
 * whole statements of one's own, locks of several sources; a column a dialect.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query, Transaction } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as Schema from "effect/Schema"
import { Employee, Measure, Post, Tag, User } from "./models.js"
import { decimal, line, unsupported } from "./record.js"

const user = (where: (columns: Expr.Columns<typeof User>) => Expr.Condition) =>
  Query.from(User).pipe(Query.where(where), Query.pluck((u) => u.id))
const measure = (where: (columns: Expr.Columns<typeof Measure>) => Expr.Condition) =>
  Query.from(Measure).pipe(Query.where(where), Query.pluck((m) => m.day))
const ages = Query.from(User).pipe(Query.where((u) => Expr.gt(u.id, 3)), Query.pluck((u) => u.age))
const collations = { sqlite: "nocase", postgres: "und-x-icu", mariadb: "utf8mb4_general_ci", mysql: "utf8mb4_0900_ai_ci" }
const joined = Query.from(Post).pipe(Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)), Query.pluck((p) => p.id))

export const select = [
  line("any", user((u) => Expr.gt(u.age, Expr.any(ages))), {
    sqlite: [[`select "users"."id" from "users" where (select case when max("users"."age" > "compared"."value") then (1 = 1) when count(*) = count("users"."age" > "compared"."value") then (1 = 0) end from (select "users_2"."age" as "value" from "users" as "users_2" where "users_2"."id" > ?) as "compared")`, 3n]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" > any (select "users_2"."age" from "users" as "users_2" where "users_2"."id" > $1::integer)`, "3"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` > any (select `users_2`.`age` from `users` as `users_2` where `users_2`.`id` > ?)", 3n]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` > any (select `users_2`.`age` from `users` as `users_2` where `users_2`.`id` > ?)", 3n]]
  }),
  line("all", user((u) => Expr.lt(u.age, Expr.all(ages))), {
    sqlite: [[`select "users"."id" from "users" where (select case when not min("users"."age" < "compared"."value") then (1 = 0) when count(*) = count("users"."age" < "compared"."value") then (1 = 1) end from (select "users_2"."age" as "value" from "users" as "users_2" where "users_2"."id" > ?) as "compared")`, 3n]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" < all (select "users_2"."age" from "users" as "users_2" where "users_2"."id" > $1::integer)`, "3"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` < all (select `users_2`.`age` from `users` as `users_2` where `users_2`.`id` > ?)", 3n]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` < all (select `users_2`.`age` from `users` as `users_2` where `users_2`.`id` > ?)", 3n]]
  }),
  line("all, of texts that are no columns, with a limit", user(() => Expr.lte(Expr.param(Schema.String, "a"), Expr.all(Query.from(User).pipe(Query.limit(2), Query.pluck(() => Expr.concat(Expr.param(Schema.String, "b"), Expr.param(Schema.String, "c"))))))), {
    sqlite: [[`select "users"."id" from "users" where (select case when not min(? <= "compared"."value") then (1 = 0) when count(*) = count(? <= "compared"."value") then (1 = 1) end from (select ? || ? as "value" from "users" as "users_2" limit +?) as "compared")`, "a", "a", "b", "c", 2n]],
    postgresql: [[`select "users"."id" from "users" where $1 collate "C" <= all (select "limited"."value" from (select $2 || $3 as "value" from "users" as "users_2" limit $4::bigint) as "limited")`, "a", "b", "c", "2"]],
    mariadb: [["select `users`.`id` from `users` where ? <= all (select `limited`.`value` from (select concat(?, ?) as `value` from `users` as `users_2` limit ?) as `limited`)", "a", "b", "c", 2n]],
    mysql: [["select `users`.`id` from `users` where ? <= all (select `limited`.`value` from (select concat(?, ?) as `value` from `users` as `users_2` limit ?) as `limited`)", "a", "b", "c", 2n]]
  }),
  line("any, of decimals that are kept otherwise", measure((m) => Expr.ne(m.amount, Expr.any(Query.from(Measure).pipe(Query.pluck((o) => o.exact))))), {
    sqlite: [[`select "measures"."day" from "measures" where (select case when max(strata_decimal_compare(strata_decimal("measures"."amount", 2), "compared"."value") <> 0) then (1 = 1) when count(*) = count(strata_decimal_compare(strata_decimal("measures"."amount", 2), "compared"."value") <> 0) then (1 = 0) end from (select "measures_2"."exact" as "value" from "measures" as "measures_2") as "compared")`]],
    postgresql: [[`select "measures"."day" from "measures" where "measures"."amount" <> any (select "measures_2"."exact" from "measures" as "measures_2")`]],
    mariadb: [["select `measures`.`day` from `measures` where `measures`.`amount` <> any (select `measures_2`.`exact` from `measures` as `measures_2`)"]],
    mysql: [["select `measures`.`day` from `measures` where `measures`.`amount` <> any (select `measures_2`.`exact` from `measures` as `measures_2`)"]]
  }),
  line("in, of decimals that are kept otherwise", measure((m) => Expr.in(m.amount, Query.from(Measure).pipe(Query.pluck((o) => o.exact)))), {
    sqlite: [[`select "measures"."day" from "measures" where (select case when max(strata_decimal_compare(strata_decimal("measures"."amount", 2), "compared"."value") = 0) then (1 = 1) when count(*) = count(strata_decimal_compare(strata_decimal("measures"."amount", 2), "compared"."value") = 0) then (1 = 0) end from (select "measures_2"."exact" as "value" from "measures" as "measures_2") as "compared")`]],
    postgresql: [[`select "measures"."day" from "measures" where "measures"."amount" = any (select "measures_2"."exact" from "measures" as "measures_2")`]],
    mariadb: [["select `measures`.`day` from `measures` where `measures`.`amount` = any (select `measures_2`.`exact` from `measures` as `measures_2`)"]],
    mysql: [["select `measures`.`day` from `measures` where `measures`.`amount` = any (select `measures_2`.`exact` from `measures` as `measures_2`)"]]
  }),
  line("row: eq", user((u) => Expr.eq(Expr.row(u.age, u.name), [1, "a"])), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age" = ?) and ("users"."name" = ?)`, 1n, "a"]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age" = $1::integer) and ("users"."name" = $2)`, "1", "a"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age` = ?) and (`users`.`name` = ?)", 1n, "a"]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age` = ?) and (`users`.`name` = ?)", 1n, "a"]]
  }),
  line("row: ne", user((u) => Expr.ne(Expr.row(u.age, u.name), Expr.row(u.id, Expr.lower(u.name)))), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age" <> "users"."id") or ("users"."name" <> lower("users"."name"))`]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age" <> "users"."id") or ("users"."name" <> lower("users"."name" collate "und-x-icu") collate "C")`]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age` <> `users`.`id`) or (`users`.`name` <> lower(convert(`users`.`name` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin)"]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age` <> `users`.`id`) or (`users`.`name` <> lower(convert(`users`.`name` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin)"]]
  }),
  line("row: lt", user((u) => Expr.lt(Expr.row(u.age, u.name, u.id), [1, "a", 2])), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age", "users"."name", "users"."id") < (?, ?, ?)`, 1n, "a", 2n]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age", "users"."name", "users"."id") < ($1::integer, $2, $3::integer)`, "1", "a", "2"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age` < ?) or ((`users`.`age` = ?) and ((`users`.`name` < ?) or ((`users`.`name` = ?) and (`users`.`id` < ?))))", 1n, 1n, "a", "a", 2n]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age` < ?) or ((`users`.`age` = ?) and ((`users`.`name` < ?) or ((`users`.`name` = ?) and (`users`.`id` < ?))))", 1n, 1n, "a", "a", 2n]]
  }),
  line("row: lte", user((u) => Expr.lte(Expr.row(u.age, u.id), [1, 2])), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age", "users"."id") <= (?, ?)`, 1n, 2n]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age", "users"."id") <= ($1::integer, $2::integer)`, "1", "2"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age` < ?) or ((`users`.`age` = ?) and (`users`.`id` <= ?))", 1n, 1n, 2n]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age` < ?) or ((`users`.`age` = ?) and (`users`.`id` <= ?))", 1n, 1n, 2n]]
  }),
  line("row: gt, of texts that are no columns", user((u) => Expr.gt(Expr.row(Expr.param(Schema.String, "a"), u.id), ["b", 1])), {
    sqlite: [[`select "users"."id" from "users" where (?, "users"."id") > (?, ?)`, "a", "b", 1n]],
    postgresql: [[`select "users"."id" from "users" where ($1 collate "C", "users"."id") > ($2 collate "C", $3::integer)`, "a", "b", "1"]],
    mariadb: [["select `users`.`id` from `users` where (? > ?) or ((? = ?) and (`users`.`id` > ?))", "a", "b", "a", "b", 1n]],
    mysql: [["select `users`.`id` from `users` where (? > ?) or ((? = ?) and (`users`.`id` > ?))", "a", "b", "a", "b", 1n]]
  }),
  line("row: gte, of decimals that are kept otherwise", measure((m) => Expr.gte(Expr.row(m.amount, m.ratio), Expr.row(m.exact, m.ratio))), {
    sqlite: [[`select "measures"."day" from "measures" where (strata_decimal_compare(strata_decimal("measures"."amount", 2), "measures"."exact") > 0) or ((strata_decimal_compare(strata_decimal("measures"."amount", 2), "measures"."exact") = 0) and ("measures"."ratio" >= "measures"."ratio"))`]],
    postgresql: [[`select "measures"."day" from "measures" where ("measures"."amount", "measures"."ratio") >= ("measures"."exact", "measures"."ratio")`]],
    mariadb: [["select `measures`.`day` from `measures` where (`measures`.`amount` > `measures`.`exact`) or ((`measures`.`amount` = `measures`.`exact`) and (`measures`.`ratio` >= `measures`.`ratio`))"]],
    mysql: [["select `measures`.`day` from `measures` where (`measures`.`amount` > `measures`.`exact`) or ((`measures`.`amount` = `measures`.`exact`) and (`measures`.`ratio` >= `measures`.`ratio`))"]]
  }),
  line("row: gte, of decimals that are kept alike", measure((m) => Expr.gte(Expr.row(m.amount, m.ratio), [BigDecimal.unsafeFromString("1.5"), 2])), {
    sqlite: [[`select "measures"."day" from "measures" where ("measures"."amount", "measures"."ratio") >= (?, ?)`, 150n, 2]],
    postgresql: [[`select "measures"."day" from "measures" where ("measures"."amount", "measures"."ratio") >= ($1::numeric, $2::double precision)`, "1.5", "2"]],
    mariadb: [["select `measures`.`day` from `measures` where (`measures`.`amount` > ?) or ((`measures`.`amount` = ?) and (`measures`.`ratio` >= ?))", decimal("1.5"), decimal("1.5"), 2]],
    mysql: [["select `measures`.`day` from `measures` where (`measures`.`amount` > ?) or ((`measures`.`amount` = ?) and (`measures`.`ratio` >= ?))", decimal("1.5"), decimal("1.5"), 2]]
  }),
  line("row: in a list", user((u) => Expr.in(Expr.row(u.age, u.name), [[1, "a"], [2, "b"]])), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age", "users"."name") in (select value ->> 0, value ->> 1 from json_each(?))`, "[[1,\"a\"],[2,\"b\"]]"]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age", "users"."name") in (select * from unnest($1::integer[], $2::text[]))`, "{1,2}", "{a,b}"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age`, `users`.`name`) in (select c0, c1 from (select distinct c0, c1 from json_table(?, '$[*]' columns (c0 bigint path '$[0]', c1 longtext character set utf8mb4 collate utf8mb4_nopad_bin path '$[1]')) as many_rows) as distinct_rows)", "[[\"1\",\"a\"],[\"2\",\"b\"]]"]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age`, `users`.`name`) in (select c0, c1 from (select distinct c0, c1 from json_table(?, '$[*]' columns (c0 bigint path '$[0]', c1 longtext character set utf8mb4 collate utf8mb4_0900_bin path '$[1]')) as many_rows) as distinct_rows)", "[[\"1\",\"a\"],[\"2\",\"b\"]]"]]
  }),
  line("row: in an empty list", user((u) => Expr.in(Expr.row(u.age, u.name), [])), {
    sqlite: [[`select "users"."id" from "users" where 1 = 0`]],
    postgresql: [[`select "users"."id" from "users" where 1 = 0`]],
    mariadb: [["select `users`.`id` from `users` where 1 = 0"]],
    mysql: [["select `users`.`id` from `users` where 1 = 0"]]
  }),
  line("row: in a query", user((u) => Expr.in(Expr.row(u.id, u.name), Query.from(Post).pipe(Query.select((p) => ({ author: p.authorId, title: p.title }))))), {
    sqlite: [[`select "users"."id" from "users" where ("users"."id", "users"."name") in (select "posts"."author_id", "posts"."title" from "posts")`]],
    postgresql: [[`select "users"."id" from "users" where ("users"."id", "users"."name") in (select "posts"."author_id", "posts"."title" from "posts")`]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`id`, `users`.`name`) in (select `posts`.`author_id`, `posts`.`title` from `posts`)"]],
    mysql: [["select `users`.`id` from `users` where (`users`.`id`, `users`.`name`) in (select `posts`.`author_id`, `posts`.`title` from `posts`)"]]
  }),
  line("lag and lead: with a value for where no such row is", Query.from(User).pipe(Query.select((u) => {
    const byAge = Expr.window("by_age", { partitionBy: [u.name], orderBy: [Expr.asc(u.age)] })
    return { a: Expr.over(Expr.lag(u.id, 2, 0), byAge), b: Expr.over(Expr.lead(u.name, 1, Expr.lower(u.name)), byAge) }
  })), {
    sqlite: [[`select lag("users"."id", 2, ?) over "by_age", lead("users"."name", 1, lower("users"."name")) over "by_age" from "users" window "by_age" as (partition by "users"."name" order by "users"."age")`, 0n]],
    postgresql: [[`select lag("users"."id", 2, $1::integer) over "by_age", lead("users"."name", 1, lower("users"."name" collate "und-x-icu") collate "C") over "by_age" from "users" window "by_age" as (partition by "users"."name" order by "users"."age")`, "0"]],
    mariadb: [["select case when count(*) over (partition by `users`.`name` order by `users`.`age` rows between 2 preceding and 2 preceding) = 0 then ? else lag(`users`.`id`, 2) over `by_age` end, case when count(*) over (partition by `users`.`name` order by `users`.`age` rows between 1 following and 1 following) = 0 then lower(convert(`users`.`name` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin else lead(`users`.`name`, 1) over `by_age` end from `users` window `by_age` as (partition by `users`.`name` order by `users`.`age`)", 0n]],
    mysql: [["select lag(`users`.`id`, 2, ?) over `by_age`, lead(`users`.`name`, 1, lower(convert(`users`.`name` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin) over `by_age` from `users` window `by_age` as (partition by `users`.`name` order by `users`.`age`)", 0n]]
  }),
  line("lag: decimals that are kept otherwise", Query.from(Measure).pipe(Query.pluck((m) => Expr.over(Expr.lag(m.amount, 1, m.exact), { orderBy: [Expr.asc(m.day)] }))), {
    sqlite: [[`select lag(strata_decimal("measures"."amount", 2), 1, "measures"."exact") over (order by "measures"."day") from "measures"`]],
    postgresql: [[`select lag(cast("measures"."amount" as numeric), 1, "measures"."exact") over (order by "measures"."day") from "measures"`]],
    mariadb: [["select case when count(*) over (order by `measures`.`day` rows between 1 preceding and 1 preceding) = 0 then `measures`.`exact` else lag(cast(`measures`.`amount` as decimal(65, 30)), 1) over (order by `measures`.`day`) end from `measures`"]],
    mysql: [["select lag(cast(`measures`.`amount` as decimal(65, 30)), 1, `measures`.`exact`) over (order by `measures`.`day`) from `measures`"]]
  }),
  line("grouping", Query.from(User).pipe(Query.rollup((u) => [u.age]), Query.select((u) => ({ age: u.age, all: Expr.grouping(u.age) }))) as never, {
    sqlite: unsupported("grouping"),
    postgresql: [[`select "users"."age", grouping("users"."age") from "users" group by rollup ("users"."age")`]],
    mariadb: unsupported("grouping"),
    mysql: [["select `users`.`age`, grouping(`users`.`age`) from `users` group by `users`.`age` with rollup"]]
  }),
  line("collate: an order", Query.from(User).pipe(Query.orderBy((u) => Expr.desc(Expr.collate(u.name, collations))), Query.pluck((u) => u.id)), {
    sqlite: [[`select "users"."id" from "users" order by "users"."name" collate "nocase" desc`]],
    postgresql: [[`select "users"."id" from "users" order by "users"."name" collate "und-x-icu" desc`]],
    mariadb: [["select `users`.`id` from `users` order by `users`.`name` collate `utf8mb4_general_ci` desc"]],
    mysql: [["select `users`.`id` from `users` order by `users`.`name` collate `utf8mb4_0900_ai_ci` desc"]]
  }),
  line("collate: a comparison with a text that is no column", user((u) => Expr.lt(Expr.collate(Expr.concat(u.name, "a"), collations), Expr.param(Schema.String, "b"))), {
    sqlite: [[`select "users"."id" from "users" where (("users"."name" || ?) collate "nocase") < ?`, "a", "b"]],
    postgresql: [[`select "users"."id" from "users" where (("users"."name" || $1) collate "und-x-icu") < $2`, "a", "b"]],
    mariadb: [["select `users`.`id` from `users` where ((concat(`users`.`name`, ?)) collate `utf8mb4_general_ci`) < ?", "a", "b"]],
    mysql: [["select `users`.`id` from `users` where ((concat(`users`.`name`, ?)) collate `utf8mb4_0900_ai_ci`) < ?", "a", "b"]]
  }),
  line("collate: a group", Query.from(User).pipe(Query.groupBy((u) => [Expr.collate(u.name, collations)]), Query.select((u) => ({ name: Expr.collate(u.name, collations), n: Expr.count() }))), {
    sqlite: [[`select "users"."name" collate "nocase" as "output_1", count(*) as "output_2" from "users" group by 1`]],
    postgresql: [[`select "users"."name" collate "und-x-icu" as "output_1", count(*) as "output_2" from "users" group by 1`]],
    mariadb: [["select `users`.`name` collate `utf8mb4_general_ci` as `output_1`, count(*) as `output_2` from `users` group by 1"]],
    mysql: [["select `users`.`name` collate `utf8mb4_0900_ai_ci` as `output_1`, count(*) as `output_2` from `users` group by 1"]]
  }),
  line("collate: no name for the dialect", user((u) => Expr.eq(Expr.collate(u.name, { postgres: "C" }), "a")), {
    sqlite: unsupported("a collation that has no name there"),
    postgresql: [[`select "users"."id" from "users" where ("users"."name" collate "C") = $1`, "a"]],
    mariadb: unsupported("a collation that has no name there"),
    mysql: unsupported("a collation that has no name there")
  }),
  line("recursive: as deep as asked", Query.from(Query.recursive("below", Query.from(Employee).pipe(Query.where({ managerId: { isNull: true } })), (self) => Query.from(Employee).pipe(Query.innerJoin("boss", self, (e, { boss }) => Expr.eq(e.managerId, boss.id))), { maxDepth: 3 })), {
    sqlite: [[`with recursive "below_steps" as (select "employees"."id" as "row_id", "employees"."manager_id" as "row_manager_id", 0 as "depth" from "employees" where "employees"."manager_id" is null union select "employees_2"."id" as "row_id", "employees_2"."manager_id" as "row_manager_id", "boss"."depth" + 1 as "depth" from "employees" as "employees_2" inner join "below_steps" as "boss" on "employees_2"."manager_id" = "boss"."row_id" where "boss"."depth" < ?), "below" as (select distinct "below_steps"."row_id" as "id", "below_steps"."row_manager_id" as "manager_id" from "below_steps") select "below"."id", "below"."manager_id" from "below"`, 3n]],
    postgresql: [[`with recursive "below_steps" as (select "employees"."id" as "row_id", "employees"."manager_id" as "row_manager_id", 0 as "depth" from "employees" where "employees"."manager_id" is null union select "employees_2"."id" as "row_id", "employees_2"."manager_id" as "row_manager_id", "boss"."depth" + 1 as "depth" from "employees" as "employees_2" inner join "below_steps" as "boss" on "employees_2"."manager_id" = "boss"."row_id" where "boss"."depth" < $1::bigint), "below" as (select distinct "below_steps"."row_id" as "id", "below_steps"."row_manager_id" as "manager_id" from "below_steps") select "below"."id", "below"."manager_id" from "below"`, "3"]],
    mariadb: [["with recursive `below_steps` as (select `employees`.`id` as `row_id`, `employees`.`manager_id` as `row_manager_id`, 0 as `depth` from `employees` where `employees`.`manager_id` is null union select `employees_2`.`id` as `row_id`, `employees_2`.`manager_id` as `row_manager_id`, `boss`.`depth` + 1 as `depth` from `employees` as `employees_2` inner join `below_steps` as `boss` on `employees_2`.`manager_id` = `boss`.`row_id` where `boss`.`depth` < ?), `below` as (select distinct `below_steps`.`row_id` as `id`, `below_steps`.`row_manager_id` as `manager_id` from `below_steps`) select `below`.`id`, `below`.`manager_id` from `below`", 3n]],
    mysql: [["with recursive `below_steps` as (select `employees`.`id` as `row_id`, `employees`.`manager_id` as `row_manager_id`, 0 as `depth` from `employees` where `employees`.`manager_id` is null union select `employees_2`.`id` as `row_id`, `employees_2`.`manager_id` as `row_manager_id`, `boss`.`depth` + 1 as `depth` from `employees` as `employees_2` inner join `below_steps` as `boss` on `employees_2`.`manager_id` = `boss`.`row_id` where `boss`.`depth` < ?), `below` as (select distinct `below_steps`.`row_id` as `id`, `below_steps`.`row_manager_id` as `manager_id` from `below_steps`) select `below`.`id`, `below`.`manager_id` from `below`", 3n]]
  }),
  line("recursive: decimals that are added up", Query.from(Query.recursive("sums", Query.from(Measure).pipe(Query.limit(1), Query.select((m) => ({ day: m.day, sum: m.amount }))), (self) => Query.from(Measure).pipe(Query.innerJoin("before", self, (m, { before }) => Expr.eq(m.day, Expr.plus(before.day, { days: 1 }))), Query.select((m, { before }) => ({ day: m.day, sum: Expr.add(m.amount, before.sum) }))))), {
    sqlite: [[`with recursive "sums" as (select * from (select "measures"."day" as "day", strata_decimal("measures"."amount", 2) as "sum" from "measures" limit +?) as "operand" union select "measures_2"."day" as "day", strata_decimal_add(strata_decimal("measures_2"."amount", 2), "before"."sum") as "sum" from "measures" as "measures_2" inner join "sums" as "before" on "measures_2"."day" = (strata_plus_days("before"."day", ?))) select "sums"."day", "sums"."sum" from "sums"`, 1n, 1n]],
    postgresql: [[`with recursive "sums" as (select * from (select "measures"."day" as "day", cast("measures"."amount" as numeric) as "sum" from "measures" limit $1::bigint) as "operand" union select "measures_2"."day" as "day", "measures_2"."amount" + "before"."sum" as "sum" from "measures" as "measures_2" inner join "sums" as "before" on "measures_2"."day" = ("before"."day" + cast($2::bigint as integer))) select "sums"."day", "sums"."sum" from "sums"`, "1", "1"]],
    mariadb: [["with recursive `sums` as (select * from (select `measures`.`day` as `day`, cast(`measures`.`amount` as decimal(65, 30)) as `sum` from `measures` limit ?) as `operand` union select `measures_2`.`day` as `day`, `measures_2`.`amount` + `before`.`sum` as `sum` from `measures` as `measures_2` inner join `sums` as `before` on `measures_2`.`day` = (`before`.`day` + interval ? day)) select `sums`.`day`, `sums`.`sum` from `sums`", 1n, 1n]],
    mysql: [["with recursive `sums` as (select * from (select `measures`.`day` as `day`, cast(`measures`.`amount` as decimal(65, 30)) as `sum` from `measures` limit ?) as `operand` union select `measures_2`.`day` as `day`, `measures_2`.`amount` + `before`.`sum` as `sum` from `measures` as `measures_2` inner join `sums` as `before` on `measures_2`.`day` = (`before`.`day` + interval ? day)) select `sums`.`day`, `sums`.`sum` from `sums`", 1n, 1n]]
  }),
  line("recursive: texts that grow", Query.from(Query.recursive("paths", Query.from(Tag).pipe(Query.where({ id: 1 }), Query.select((t) => ({ id: t.id, path: t.label }))), (self) => Query.from(Tag).pipe(Query.innerJoin("before", self, (t, { before }) => Expr.gt(t.id, before.id)), Query.select((t, { before }) => ({ id: t.id, path: Expr.concat(before.path, t.label) }))))), {
    sqlite: [[`with recursive "paths" as (select "tags"."id" as "id", "tags"."label" as "path" from "tags" where "tags"."id" = ? union select "tags_2"."id" as "id", "before"."path" || "tags_2"."label" as "path" from "tags" as "tags_2" inner join "paths" as "before" on "tags_2"."id" > "before"."id") select "paths"."id", "paths"."path" from "paths"`, 1n]],
    postgresql: [[`with recursive "paths" as (select "tags"."id" as "id", cast("tags"."label" as text) collate "C" as "path" from "tags" where "tags"."id" = $1::integer union select "tags_2"."id" as "id", "before"."path" || "tags_2"."label" as "path" from "tags" as "tags_2" inner join "paths" as "before" on "tags_2"."id" > "before"."id") select "paths"."id", "paths"."path" from "paths"`, "1"]],
    mariadb: [["with recursive `paths` as (select `tags`.`id` as `id`, concat(`tags`.`label`, cast('' as char(1000000))) as `path` from `tags` where `tags`.`id` = ? union select `tags_2`.`id` as `id`, concat(`before`.`path`, `tags_2`.`label`) as `path` from `tags` as `tags_2` inner join `paths` as `before` on `tags_2`.`id` > `before`.`id`) select `paths`.`id`, `paths`.`path` from `paths`", 1n]],
    mysql: [["with recursive `paths` as (select `tags`.`id` as `id`, concat(`tags`.`label`, cast('' as char(1000000))) as `path` from `tags` where `tags`.`id` = ? union select `tags_2`.`id` as `id`, concat(`before`.`path`, `tags_2`.`label`) as `path` from `tags` as `tags_2` inner join `paths` as `before` on `tags_2`.`id` > `before`.`id`) select `paths`.`id`, `paths`.`path` from `paths`", 1n]]
  }),
  line("recursive: columns as they are", Query.from(Query.recursive("labels", Query.from(Tag).pipe(Query.where({ id: 1 }), Query.select((t) => ({ id: t.id, label: t.label }))), (self) => Query.from(Tag).pipe(Query.innerJoin("before", self, (t, { before }) => Expr.gt(t.id, before.id)), Query.select((t) => ({ id: t.id, label: t.label }))))), {
    sqlite: [[`with recursive "labels" as (select "tags"."id" as "id", "tags"."label" as "label" from "tags" where "tags"."id" = ? union select "tags_2"."id" as "id", "tags_2"."label" as "label" from "tags" as "tags_2" inner join "labels" as "before" on "tags_2"."id" > "before"."id") select "labels"."id", "labels"."label" from "labels"`, 1n]],
    postgresql: [[`with recursive "labels" as (select "tags"."id" as "id", "tags"."label" as "label" from "tags" where "tags"."id" = $1::integer union select "tags_2"."id" as "id", "tags_2"."label" as "label" from "tags" as "tags_2" inner join "labels" as "before" on "tags_2"."id" > "before"."id") select "labels"."id", "labels"."label" from "labels"`, "1"]],
    mariadb: [["with recursive `labels` as (select `tags`.`id` as `id`, `tags`.`label` as `label` from `tags` where `tags`.`id` = ? union select `tags_2`.`id` as `id`, `tags_2`.`label` as `label` from `tags` as `tags_2` inner join `labels` as `before` on `tags_2`.`id` > `before`.`id`) select `labels`.`id`, `labels`.`label` from `labels`", 1n]],
    mysql: [["with recursive `labels` as (select `tags`.`id` as `id`, `tags`.`label` as `label` from `tags` where `tags`.`id` = ? union select `tags_2`.`id` as `id`, `tags_2`.`label` as `label` from `tags` as `tags_2` inner join `labels` as `before` on `tags_2`.`id` > `before`.`id`) select `labels`.`id`, `labels`.`label` from `labels`", 1n]]
  }),
  line("recursive: rings are seen", Query.from(Query.recursive("below", Query.from(Employee).pipe(Query.where({ id: 1 }), Query.select((e) => ({ id: e.id, path: e.managerId }))), (self) => Query.from(Employee).pipe(Query.innerJoin("boss", self, (e, { boss }) => Expr.eq(e.managerId, boss.id)), Query.where((e) => Expr.gt(e.id, 0)), Query.select((e) => ({ path: e.managerId, id: e.id }))), { all: true, cycle: ["id", "path"] })), {
    sqlite: [[`with recursive "below" as (select "employees"."id" as "id", "employees"."manager_id" as "path", (',') || (coalesce(hex("employees"."id"), '-')) || ('.') || (coalesce(hex("employees"."manager_id"), '-')) || (',') as "path_2" from "employees" where "employees"."id" = ? union all select "employees_2"."id" as "id", "employees_2"."manager_id" as "path", "boss"."path_2" || ((',') || (coalesce(hex("employees_2"."id"), '-')) || ('.') || (coalesce(hex("employees_2"."manager_id"), '-')) || (',')) as "path_2" from "employees" as "employees_2" inner join "below" as "boss" on "employees_2"."manager_id" = "boss"."id" where ("employees_2"."id" > ?) and (instr("boss"."path_2", (',') || (coalesce(hex("employees_2"."id"), '-')) || ('.') || (coalesce(hex("employees_2"."manager_id"), '-')) || (',')) = (0))) select "below"."id", "below"."path" from "below"`, 1n, 0n]],
    postgresql: [[`with recursive "below" as (select "employees"."id" as "id", "employees"."manager_id" as "path", cast((',') || (coalesce(encode(convert_to(cast("employees"."id" as text), 'UTF8'), 'hex'), '-')) || ('.') || (coalesce(encode(convert_to(cast("employees"."manager_id" as text), 'UTF8'), 'hex'), '-')) || (',') as text) collate "C" as "path_2" from "employees" where "employees"."id" = $1::integer union all select "employees_2"."id" as "id", "employees_2"."manager_id" as "path", "boss"."path_2" || ((',') || (coalesce(encode(convert_to(cast("employees_2"."id" as text), 'UTF8'), 'hex'), '-')) || ('.') || (coalesce(encode(convert_to(cast("employees_2"."manager_id" as text), 'UTF8'), 'hex'), '-')) || (',')) as "path_2" from "employees" as "employees_2" inner join "below" as "boss" on "employees_2"."manager_id" = "boss"."id" where ("employees_2"."id" > $2::integer) and (strpos("boss"."path_2", (',') || (coalesce(encode(convert_to(cast("employees_2"."id" as text), 'UTF8'), 'hex'), '-')) || ('.') || (coalesce(encode(convert_to(cast("employees_2"."manager_id" as text), 'UTF8'), 'hex'), '-')) || (',')) = (0))) select "below"."id", "below"."path" from "below"`, "1", "0"]],
    mariadb: [["with recursive `below` as (select `employees`.`id` as `id`, `employees`.`manager_id` as `path`, concat(concat(',', coalesce(hex(cast(`employees`.`id` as char)), '-'), '.', coalesce(hex(cast(`employees`.`manager_id` as char)), '-'), ','), cast('' as char(1000000))) as `path_2` from `employees` where `employees`.`id` = ? union all select `employees_2`.`id` as `id`, `employees_2`.`manager_id` as `path`, concat(`boss`.`path_2`, concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), '.', coalesce(hex(cast(`employees_2`.`manager_id` as char)), '-'), ',')) as `path_2` from `employees` as `employees_2` inner join `below` as `boss` on `employees_2`.`manager_id` = `boss`.`id` where (`employees_2`.`id` > ?) and (instr(`boss`.`path_2`, concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), '.', coalesce(hex(cast(`employees_2`.`manager_id` as char)), '-'), ',')) = (0))) select `below`.`id`, `below`.`path` from `below`", 1n, 0n]],
    mysql: [["with recursive `below` as (select `employees`.`id` as `id`, `employees`.`manager_id` as `path`, concat(concat(',', coalesce(hex(cast(`employees`.`id` as char)), '-'), '.', coalesce(hex(cast(`employees`.`manager_id` as char)), '-'), ','), cast('' as char(1000000))) as `path_2` from `employees` where `employees`.`id` = ? union all select `employees_2`.`id` as `id`, `employees_2`.`manager_id` as `path`, concat(`boss`.`path_2`, concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), '.', coalesce(hex(cast(`employees_2`.`manager_id` as char)), '-'), ',')) as `path_2` from `employees` as `employees_2` inner join `below` as `boss` on `employees_2`.`manager_id` = `boss`.`id` where (`employees_2`.`id` > ?) and (instr(`boss`.`path_2`, concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), '.', coalesce(hex(cast(`employees_2`.`manager_id` as char)), '-'), ',')) = (0))) select `below`.`id`, `below`.`path` from `below`", 1n, 0n]]
  }),
  line("fromSql", Query.fromSql("counts", { name: Schema.String, n: Schema.Int })`select name, count(*) as n from ${User} where age > ${Expr.param(Schema.Int, 18)} and name <> ${"a"} group by name`.pipe(Query.where((c) => Expr.gt(c.n, 1))), {
    sqlite: [[`select "counts"."name", "counts"."n" from (select name, count(*) as n from "users" where age > ? and name <> ? group by name) as "counts" where "counts"."n" > ?`, 18n, "a", 1n]],
    postgresql: [[`select "counts"."name", "counts"."n" from (select name, count(*) as n from "users" where age > $1::integer and name <> $2 group by name) as "counts" where "counts"."n" > $3::integer`, "18", "a", "1"]],
    mariadb: [["select `counts`.`name`, `counts`.`n` from (select name, count(*) as n from `users` where age > ? and name <> ? group by name) as `counts` where `counts`.`n` > ?", 18n, "a", 1n]],
    mysql: [["select `counts`.`name`, `counts`.`n` from (select name, count(*) as n from `users` where age > ? and name <> ? group by name) as `counts` where `counts`.`n` > ?", 18n, "a", 1n]]
  }),
  line("fromSql: of a query and a common table expression", Query.fromSql("mixed", { id: Schema.Int })`select t.id from ${Query.from(User).pipe(Query.cte("old"))} t where t.age in ${ages} -- all`.pipe(Query.limit(1)), {
    sqlite: [[`with "old" as (select "users"."id" as "id", "users"."name" as "name", "users"."age" as "age", "users"."nick" as "nick" from "users") select "mixed"."id" from (select t.id from "old" t where t.age in (select "users_2"."age" as "value" from "users" as "users_2" where "users_2"."id" > ?) -- all
) as "mixed" limit +?`, 3n, 1n]],
    postgresql: [[`with "old" as (select "users"."id" as "id", "users"."name" as "name", "users"."age" as "age", "users"."nick" as "nick" from "users") select "mixed"."id" from (select t.id from "old" t where t.age in (select "users_2"."age" as "value" from "users" as "users_2" where "users_2"."id" > $1::integer) -- all
) as "mixed" limit $2::bigint`, "3", "1"]],
    mariadb: [["with `old` as (select `users`.`id` as `id`, `users`.`name` as `name`, `users`.`age` as `age`, `users`.`nick` as `nick` from `users`) select `mixed`.`id` from (select t.id from `old` t where t.age in (select `users_2`.`age` as `value` from `users` as `users_2` where `users_2`.`id` > ?) -- all\n) as `mixed` limit ?", 3n, 1n]],
    mysql: [["with `old` as (select `users`.`id` as `id`, `users`.`name` as `name`, `users`.`age` as `age`, `users`.`nick` as `nick` from `users`) select `mixed`.`id` from (select t.id from `old` t where t.age in (select `users_2`.`age` as `value` from `users` as `users_2` where `users_2`.`id` > ?) -- all\n) as `mixed` limit ?", 3n, 1n]]
  }),
  line("forUpdate: of several sources", joined.pipe(Query.forUpdate({ of: ["author", "root"], noWait: true }), Transaction.run()), {
    sqlite: [[`begin`], [`select "posts"."id" from "posts" inner join "users" as "author" on "posts"."author_id" = "author"."id"`], [`commit`]],
    postgresql: [[`begin`], [`select "posts"."id" from "posts" inner join "users" as "author" on "posts"."author_id" = "author"."id" for update of "author", "posts" nowait`], [`commit`]],
    mariadb: [[`begin`], ["select `posts`.`id` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id` for update nowait"], [`commit`]],
    mysql: [[`begin`], ["select `posts`.`id` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id` for update of `author`, `posts` nowait"], [`commit`]]
  }),
  line("forShare: of a joined source", joined.pipe(Query.forShare({ of: ["author"] }), Transaction.run()), {
    sqlite: [[`begin`], [`select "posts"."id" from "posts" inner join "users" as "author" on "posts"."author_id" = "author"."id"`], [`commit`]],
    postgresql: [[`begin`], [`select "posts"."id" from "posts" inner join "users" as "author" on "posts"."author_id" = "author"."id" for share of "author"`], [`commit`]],
    mariadb: unsupported("locks of some sources"),
    mysql: [[`begin`], ["select `posts`.`id` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id` for share of `author`"], [`commit`]]
  }),
]
