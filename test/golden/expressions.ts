/**
 * The golden table of expressions: a line an operator, a column a dialect.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Field, Query } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { Measure, Post, twice, User } from "./models.js"
import { decimal, line, listed, unsupported } from "./record.js"

const user = (where: (columns: Expr.Columns<typeof User>) => Expr.Condition) =>
  Query.from(User).pipe(Query.where(where), Query.pluck((u) => u.id))
const measure = (where: (columns: Expr.Columns<typeof Measure>) => Expr.Condition) =>
  Query.from(Measure).pipe(Query.where(where), Query.pluck((m) => m.day))
const value = (of: (columns: Expr.Columns<typeof User>) => Expr.Selectable<unknown>) => Query.from(User).pipe(Query.pluck(of))
const number = (of: (columns: Expr.Columns<typeof Measure>) => Expr.Selectable<unknown>) =>
  Query.from(Measure).pipe(Query.pluck(of))
/** One more than a list has. */
const many = <A>(value: A): ReadonlyArray<A> => Array.from({ length: 257 }, () => value)

export const expressions = [
  line("over: a window that is shared", Query.from(User).pipe(Query.select((u) => {
    const byAge = Expr.window("by_age", { partitionBy: [u.name], orderBy: [Expr.desc(u.age)] })
    return { a: Expr.over(Expr.rowNumber(), byAge), b: Expr.over(Expr.rank(), byAge), c: Expr.over(Expr.denseRank(), byAge), d: Expr.over(Expr.percentRank(), byAge), e: Expr.over(Expr.cumeDist(), byAge), f: Expr.over(Expr.ntile(4), byAge), g: Expr.over(Expr.avg(u.age), byAge) }
  })), {
    sqlite: [[`select row_number() over "by_age", rank() over "by_age", dense_rank() over "by_age", percent_rank() over "by_age", cume_dist() over "by_age", ntile(4) over "by_age", avg("users"."age") over "by_age" from "users" window "by_age" as (partition by "users"."name" order by "users"."age" desc)`]],
    postgresql: [[`select row_number() over "by_age", rank() over "by_age", dense_rank() over "by_age", percent_rank() over "by_age", cume_dist() over "by_age", ntile(4) over "by_age", avg("users"."age") over "by_age" from "users" window "by_age" as (partition by "users"."name" order by "users"."age" desc)`]],
    mariadb: [["select row_number() over `by_age`, rank() over `by_age`, dense_rank() over `by_age`, coalesce((rank() over `by_age` - 1e0) / (count(*) over (partition by `users`.`name` order by `users`.`age` desc rows between unbounded preceding and unbounded following) - 1e0), 0e0), count(*) over `by_age` / (0e0 + count(*) over (partition by `users`.`name` order by `users`.`age` desc rows between unbounded preceding and unbounded following)), ntile(4) over `by_age`, cast(avg(`users`.`age`) over `by_age` as double) from `users` window `by_age` as (partition by `users`.`name` order by `users`.`age` desc)"]],
    mysql: [["select row_number() over `by_age`, rank() over `by_age`, dense_rank() over `by_age`, percent_rank() over `by_age`, cume_dist() over `by_age`, ntile(4) over `by_age`, cast(avg(`users`.`age`) over `by_age` as double) from `users` window `by_age` as (partition by `users`.`name` order by `users`.`age` desc)"]]
  }),
  line("over: values of other rows", Query.from(User).pipe(Query.select((u) => {
    const byAge = { orderBy: [Expr.asc(u.age)] }
    return { a: Expr.over(Expr.lag(u.name), byAge), b: Expr.over(Expr.lead(u.name, 2), byAge), c: Expr.over(Expr.firstValue(u.name), byAge), d: Expr.over(Expr.lastValue(u.name), byAge), e: Expr.over(Expr.nthValue(u.name, 3), byAge) }
  })), {
    sqlite: [[`select lag("users"."name", 1) over (order by "users"."age"), lead("users"."name", 2) over (order by "users"."age"), first_value("users"."name") over (order by "users"."age"), last_value("users"."name") over (order by "users"."age"), nth_value("users"."name", 3) over (order by "users"."age") from "users"`]],
    postgresql: [[`select lag("users"."name", 1) over (order by "users"."age"), lead("users"."name", 2) over (order by "users"."age"), first_value("users"."name") over (order by "users"."age"), last_value("users"."name") over (order by "users"."age"), nth_value("users"."name", 3) over (order by "users"."age") from "users"`]],
    mariadb: [["select lag(`users`.`name`, 1) over (order by `users`.`age`), lead(`users`.`name`, 2) over (order by `users`.`age`), first_value(`users`.`name`) over (order by `users`.`age`), last_value(`users`.`name`) over (order by `users`.`age`), nth_value(`users`.`name`, 3) over (order by `users`.`age`) from `users`"]],
    mysql: [["select lag(`users`.`name`, 1) over (order by `users`.`age`), lead(`users`.`name`, 2) over (order by `users`.`age`), first_value(`users`.`name`) over (order by `users`.`age`), last_value(`users`.`name`) over (order by `users`.`age`), nth_value(`users`.`name`, 3) over (order by `users`.`age`) from `users`"]]
  }),
  line("over: frames", Query.from(User).pipe(Query.select((u) => ({ a: Expr.over(Expr.sum(u.age), { frame: Expr.rows({ preceding: 1 }, { following: 2 }) }), b: Expr.over(Expr.count(), { orderBy: [Expr.asc(u.age)], frame: Expr.range("unbounded preceding", "unbounded following") }) }))), {
    sqlite: [[`select sum("users"."age") over (rows between 1 preceding and 2 following), count(*) over (order by "users"."age" range between unbounded preceding and unbounded following) from "users"`]],
    postgresql: [[`select sum("users"."age") over (rows between 1 preceding and 2 following), count(*) over (order by "users"."age" range between unbounded preceding and unbounded following) from "users"`]],
    mariadb: [["select sum(`users`.`age`) over (rows between 1 preceding and 2 following), count(*) over (partition by rand() < -1 order by `users`.`age` range between unbounded preceding and unbounded following) from `users`"]],
    mysql: [["select sum(`users`.`age`) over (rows between 1 preceding and 2 following), count(*) over (order by `users`.`age` range between unbounded preceding and unbounded following) from `users`"]]
  }),
  line("over: windows that begin others", Query.from(User).pipe(Query.select((u) => {
    const byName = Expr.window("by_name", { partitionBy: [u.name] })
    const inName = { partitionBy: [u.name], orderBy: [Expr.asc(u.age)] }
    return {
      a: Expr.over(Expr.count()),
      b: Expr.over(Expr.count(), byName),
      c: Expr.over(Expr.rank(), inName),
      d: Expr.over(Expr.sum(u.age), { ...inName, frame: Expr.rows({ preceding: 1 }) }),
      e: Expr.over(Expr.rank(), { orderBy: [Expr.asc(Expr.add(u.age, 1))] }),
      f: Expr.over(Expr.rank(), { orderBy: [Expr.asc(Expr.add(u.age, 2))] })
    }
  })), {
    sqlite: [[`select count(*) over (), count(*) over "by_name", rank() over (partition by "users"."name" order by "users"."age"), sum("users"."age") over (partition by "users"."name" order by "users"."age" rows between 1 preceding and current row), rank() over (order by "users"."age" + ?), rank() over (order by "users"."age" + ?) from "users" window "by_name" as (partition by "users"."name")`, 1n, 2n]],
    postgresql: [[`select count(*) over (), count(*) over "by_name", rank() over (partition by "users"."name" order by "users"."age"), sum("users"."age") over (partition by "users"."name" order by "users"."age" rows between 1 preceding and current row), rank() over (order by "users"."age" + $1::bigint), rank() over (order by "users"."age" + $2::bigint) from "users" window "by_name" as (partition by "users"."name")`, "1", "2"]],
    mariadb: [["select count(*) over (), count(*) over `by_name`, rank() over (partition by rand() < -1, `users`.`name` order by `users`.`age`), sum(`users`.`age`) over (partition by rand() < -1, `users`.`name` order by `users`.`age` rows between 1 preceding and current row), rank() over (partition by rand() < -2 order by `users`.`age` + ?), rank() over (partition by rand() < -3 order by `users`.`age` + ?) from `users` window `by_name` as (partition by rand() < -4, `users`.`name`)", 1n, 2n]],
    mysql: [["select count(*) over (), count(*) over `by_name`, rank() over (partition by `users`.`name` order by `users`.`age`), sum(`users`.`age`) over (partition by `users`.`name` order by `users`.`age` rows between 1 preceding and current row), rank() over (order by `users`.`age` + ?), rank() over (order by `users`.`age` + ?) from `users` window `by_name` as (partition by `users`.`name`)", 1n, 2n]]
  }),
  line("left join: a query whose columns are worked out", Query.from(User).pipe(
    Query.leftJoin("a", Query.as("a")(Query.from(User).pipe(Query.select((u) => ({ id: u.id, age: Expr.coalesce(u.age, 0) })))), (u, { a }) => Expr.eq(a.id, u.id)),
    Query.leftJoin("b", Query.cte("b")(Query.from(User).pipe(Query.select((u) => ({ id: u.id, age: Expr.add(u.age, 1) })))), (u, { b }) => Expr.eq(b.id, u.id)),
    Query.leftJoin("c", Query.as("c")(Query.from(User).pipe(Query.select((u) => ({ id: u.id })))), (u, { c }) => Expr.eq(c.id, u.id)),
    Query.select((_, { a, b, c }) => ({ a: a.age, b: b.age, c: c.id }))
  ), {
    sqlite: [[`with "b" as (select "users"."id" as "id", "users"."age" + ? as "age" from "users") select "a"."age", "b"."age", "c"."id" from "users" as "users_2" left join (select "users_3"."id" as "id", coalesce("users_3"."age", ?) as "age" from "users" as "users_3") as "a" on "a"."id" = "users_2"."id" left join "b" on "b"."id" = "users_2"."id" left join (select "users_4"."id" as "id" from "users" as "users_4") as "c" on "c"."id" = "users_2"."id"`, 1n, 0n]],
    postgresql: [[`with "b" as (select "users"."id" as "id", "users"."age" + $1::bigint as "age" from "users") select "a"."age", "b"."age", "c"."id" from "users" as "users_2" left join (select "users_3"."id" as "id", coalesce("users_3"."age", $2::integer) as "age" from "users" as "users_3") as "a" on "a"."id" = "users_2"."id" left join "b" on "b"."id" = "users_2"."id" left join (select "users_4"."id" as "id" from "users" as "users_4") as "c" on "c"."id" = "users_2"."id"`, "1", "0"]],
    mariadb: [["with `b` as (select `users`.`id` as `id`, `users`.`age` + ? as `age` from `users`) select `a`.`age`, `b`.`age`, `c`.`id` from `users` as `users_2` left join (select `users_3`.`id` as `id`, coalesce(`users_3`.`age`, ?) as `age` from `users` as `users_3` limit 18446744073709551615) as `a` on `a`.`id` = `users_2`.`id` left join (select * from `b` limit 18446744073709551615) as `b` on `b`.`id` = `users_2`.`id` left join (select `users_4`.`id` as `id` from `users` as `users_4`) as `c` on `c`.`id` = `users_2`.`id`", 1n, 0n]],
    mysql: [["with `b` as (select `users`.`id` as `id`, `users`.`age` + ? as `age` from `users`) select `a`.`age`, `b`.`age`, `c`.`id` from `users` as `users_2` left join (select `users_3`.`id` as `id`, coalesce(`users_3`.`age`, ?) as `age` from `users` as `users_3`) as `a` on `a`.`id` = `users_2`.`id` left join `b` on `b`.`id` = `users_2`.`id` left join (select `users_4`.`id` as `id` from `users` as `users_4`) as `c` on `c`.`id` = `users_2`.`id`", 1n, 0n]]
  }),
  line("over: a frame of groups", value((u) => Expr.over(Expr.filter(Expr.sum(u.age), Expr.gt(u.age, 1)), { orderBy: [Expr.asc(u.age)], frame: Expr.groups({ preceding: 1 }) }) as never), {
    sqlite: [[`select sum("users"."age") filter (where "users"."age" > ?) over (order by "users"."age" groups between 1 preceding and current row) from "users"`, 1n]],
    postgresql: [[`select sum("users"."age") filter (where "users"."age" > $1::integer) over (order by "users"."age" groups between 1 preceding and current row) from "users"`, "1"]],
    mariadb: unsupported("groups frame"),
    mysql: unsupported("groups frame")
  }),
  line("over: a frame without some rows", value((u) => Expr.over(Expr.sum(u.age), { orderBy: [Expr.asc(u.age)], frame: Expr.excluding(Expr.rows("unbounded preceding"), "ties") }) as never), {
    sqlite: [[`select sum("users"."age") over (order by "users"."age" rows between unbounded preceding and current row exclude ties) from "users"`]],
    postgresql: [[`select sum("users"."age") over (order by "users"."age" rows between unbounded preceding and current row exclude ties) from "users"`]],
    mariadb: unsupported("frame exclusion"),
    mysql: unsupported("frame exclusion")
  }),
  line("eq", user((u) => Expr.eq(u.age, 1)), {
    sqlite: [[`select "users"."id" from "users" where "users"."age" = ?`, 1n]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" = $1::integer`, "1"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` = ?", 1n]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` = ?", 1n]]
  }),
  line("ne", user((u) => Expr.ne(u.age, 1)), {
    sqlite: [[`select "users"."id" from "users" where "users"."age" <> ?`, 1n]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" <> $1::integer`, "1"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` <> ?", 1n]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` <> ?", 1n]]
  }),
  line("gt, of texts of which one is no column", user(() => Expr.gt(Expr.trim(Expr.param(Schema.String, "b")), "a")), {
    sqlite: [[`select "users"."id" from "users" where trim(?) > ?`, "b", "a"]],
    postgresql: [[`select "users"."id" from "users" where trim($1) collate "C" > $2`, "b", "a"]],
    mariadb: [["select `users`.`id` from `users` where trim(?) > ?", "b", "a"]],
    mysql: [["select `users`.`id` from `users` where trim(?) > ?", "b", "a"]]
  }),
  line("gte, of a column and another", user((u) => Expr.gte(u.age, u.id)), {
    sqlite: [[`select "users"."id" from "users" where "users"."age" >= "users"."id"`]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" >= "users"."id"`]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` >= `users`.`id`"]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` >= `users`.`id`"]]
  }),
  line("lt", user((u) => Expr.lt(u.name, "m")), {
    sqlite: [[`select "users"."id" from "users" where "users"."name" < ?`, "m"]],
    postgresql: [[`select "users"."id" from "users" where "users"."name" < $1`, "m"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`name` < ?", "m"]],
    mysql: [["select `users`.`id` from `users` where `users`.`name` < ?", "m"]]
  }),
  line("lte, of decimals of one scale", measure((m) => Expr.lte(m.amount, BigDecimal.unsafeFromString("1.5"))), {
    sqlite: [[`select "measures"."day" from "measures" where "measures"."amount" <= ?`, 150n]],
    postgresql: [[`select "measures"."day" from "measures" where "measures"."amount" <= $1::numeric`, "1.5"]],
    mariadb: [["select `measures`.`day` from `measures` where `measures`.`amount` <= ?", decimal("1.5")]],
    mysql: [["select `measures`.`day` from `measures` where `measures`.`amount` <= ?", decimal("1.5")]]
  }),
  line("lte, of decimals kept as text", measure((m) => Expr.lte(m.exact, BigDecimal.unsafeFromString("1.5"))), {
    sqlite: [[`select "measures"."day" from "measures" where strata_decimal_compare("measures"."exact", ?) <= 0`, "1.5"]],
    postgresql: [[`select "measures"."day" from "measures" where "measures"."exact" <= $1::numeric`, "1.5"]],
    mariadb: [["select `measures`.`day` from `measures` where `measures`.`exact` <= ?", decimal("1.5")]],
    mysql: [["select `measures`.`day` from `measures` where `measures`.`exact` <= ?", decimal("1.5")]]
  }),
  line("between", user((u) => Expr.between(u.age, 18, 65)), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age" >= ?) and ("users"."age" <= ?)`, 18n, 65n]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age" >= $1::integer) and ("users"."age" <= $2::integer)`, "18", "65"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age` >= ?) and (`users`.`age` <= ?)", 18n, 65n]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age` >= ?) and (`users`.`age` <= ?)", 18n, 65n]]
  }),
  line("and, or, not", user((u) => Expr.not(Expr.and(Expr.eq(u.age, 1), Expr.or(Expr.eq(u.age, 2), Expr.eq(u.age, 3))))), {
    sqlite: [[`select "users"."id" from "users" where not (("users"."age" = ?) and (("users"."age" = ?) or ("users"."age" = ?)))`, 1n, 2n, 3n]],
    postgresql: [[`select "users"."id" from "users" where not (("users"."age" = $1::integer) and (("users"."age" = $2::integer) or ("users"."age" = $3::integer)))`, "1", "2", "3"]],
    mariadb: [["select `users`.`id` from `users` where not ((`users`.`age` = ?) and ((`users`.`age` = ?) or (`users`.`age` = ?)))", 1n, 2n, 3n]],
    mysql: [["select `users`.`id` from `users` where not ((`users`.`age` = ?) and ((`users`.`age` = ?) or (`users`.`age` = ?)))", 1n, 2n, 3n]]
  }),
  line("and, or of nothing", user(() => Expr.and(Expr.and(), Expr.or())), {
    sqlite: [[`select "users"."id" from "users" where (1 = 1) and (1 = 0)`]],
    postgresql: [[`select "users"."id" from "users" where (1 = 1) and (1 = 0)`]],
    mariadb: [["select `users`.`id` from `users` where (1 = 1) and (1 = 0)"]],
    mysql: [["select `users`.`id` from `users` where (1 = 1) and (1 = 0)"]]
  }),
  line("isNull", user((u) => Expr.isNull(u.nick)), {
    sqlite: [[`select "users"."id" from "users" where "users"."nick" is null`]],
    postgresql: [[`select "users"."id" from "users" where "users"."nick" is null`]],
    mariadb: [["select `users`.`id` from `users` where `users`.`nick` is null"]],
    mysql: [["select `users`.`id` from `users` where `users`.`nick` is null"]]
  }),
  line("isNotNull, of an expression", user((u) => Expr.isNotNull(Expr.add(u.age, 1))), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age" + ?) is not null`, 1n]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age" + $1::bigint) is not null`, "1"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age` + ?) is not null", 1n]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age` + ?) is not null", 1n]]
  }),
  line("in, of nothing", user((u) => Expr.in(u.age, [])), {
    sqlite: [[`select "users"."id" from "users" where 1 = 0`]],
    postgresql: [[`select "users"."id" from "users" where 1 = 0`]],
    mariadb: [["select `users`.`id` from `users` where 1 = 0"]],
    mysql: [["select `users`.`id` from `users` where 1 = 0"]]
  }),
  line("in, of one value", user((u) => Expr.in(u.age, [1])), {
    sqlite: [[`select "users"."id" from "users" where "users"."age" in (?)`, 1n]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" in ($1::integer)`, "1"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` in (?)", 1n]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` in (?)", 1n]]
  }),
  line("in, filled up to a power of two", user((u) => Expr.in(u.age, [1, 2, 3])), {
    sqlite: [[`select "users"."id" from "users" where "users"."age" in (?, ?, ?, ?)`, 1n, 2n, 3n, 3n]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" = any($1::integer[])`, "{1,2,3}"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` in (?, ?, ?, ?)", 1n, 2n, 3n, 3n]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` in (?, ?, ?, ?)", 1n, 2n, 3n, 3n]]
  }),
  line("in, of more than a list has: one parameter", user((u) => Expr.in(u.age, many(7))), {
    sqlite: [[`select "users"."id" from "users" where "users"."age" in (select value from json_each(?))`, listed("[", "7", "]")]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" in (select * from unnest($1::integer[]))`, listed("{", "7", "}")]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` in (select c0 from (select distinct c0 from json_table(?, '$[*]' columns (c0 bigint path '$[0]')) as many_rows) as distinct_rows)", listed("[", `["7"]`, "]")]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` in (select c0 from (select distinct c0 from json_table(?, '$[*]' columns (c0 bigint path '$[0]')) as many_rows) as distinct_rows)", listed("[", `["7"]`, "]")]]
  }),
  line("in, of many texts", user((u) => Expr.in(u.name, many(`"it's"`))), {
    sqlite: [[`select "users"."id" from "users" where "users"."name" in (select value from json_each(?))`, listed("[", "\"\\\"it's\\\"\"", "]")]],
    postgresql: [[`select "users"."id" from "users" where "users"."name" in (select * from unnest($1::text[]))`, listed("{", "\"\\\"it's\\\"\"", "}")]],
    mariadb: [["select `users`.`id` from `users` where `users`.`name` in (select c0 from (select distinct c0 from json_table(?, '$[*]' columns (c0 longtext character set utf8mb4 collate utf8mb4_nopad_bin path '$[0]')) as many_rows) as distinct_rows)", listed("[", "[\"\\\"it's\\\"\"]", "]")]],
    mysql: [["select `users`.`id` from `users` where `users`.`name` in (select c0 from (select distinct c0 from json_table(?, '$[*]' columns (c0 longtext character set utf8mb4 collate utf8mb4_0900_bin path '$[0]')) as many_rows) as distinct_rows)", listed("[", "[\"\\\"it's\\\"\"]", "]")]]
  }),
  line("in, of many bytes", measure((m) => Expr.in(m.raw, many(Uint8Array.of(1, 255)))), {
    sqlite: [[`select "measures"."day" from "measures" where "measures"."raw" in (select unhex(value) from json_each(?))`, listed("[", `"01ff"`, "]")]],
    postgresql: [[`select "measures"."day" from "measures" where "measures"."raw" in (select * from unnest($1::bytea[]))`, listed("{", "\"\\\\x01ff\"", "}")]],
    mariadb: [["select `measures`.`day` from `measures` where `measures`.`raw` in (select unhex(c0) from (select distinct c0 from json_table(?, '$[*]' columns (c0 longtext character set utf8mb4 collate utf8mb4_nopad_bin path '$[0]')) as many_rows) as distinct_rows)", listed("[", `["01ff"]`, "]")]],
    mysql: [["select `measures`.`day` from `measures` where `measures`.`raw` in (select unhex(c0) from (select distinct c0 from json_table(?, '$[*]' columns (c0 longtext character set utf8mb4 collate utf8mb4_0900_bin path '$[0]')) as many_rows) as distinct_rows)", listed("[", `["01ff"]`, "]")]]
  }),
  line("in, of a query", user((u) => Expr.in(u.id, Query.from(Post).pipe(Query.where((p) => p.published), Query.pluck((p) => p.authorId)))), {
    sqlite: [[`select "users"."id" from "users" where "users"."id" in (select "posts"."author_id" from "posts" where "posts"."published")`]],
    postgresql: [[`select "users"."id" from "users" where "users"."id" in (select "posts"."author_id" from "posts" where "posts"."published")`]],
    mariadb: [["select `users`.`id` from `users` where `users`.`id` in (select `posts`.`author_id` from `posts` where `posts`.`published`)"]],
    mysql: [["select `users`.`id` from `users` where `users`.`id` in (select `posts`.`author_id` from `posts` where `posts`.`published`)"]]
  }),
  line("in, of a query with a limit", user((u) => Expr.in(u.id, Query.from(Post).pipe(Query.pluck((p) => p.authorId), Query.limit(3)))), {
    sqlite: [[`select "users"."id" from "users" where "users"."id" in (select "limited"."value" from (select "posts"."author_id" as "value" from "posts" limit +?) as "limited")`, 3n]],
    postgresql: [[`select "users"."id" from "users" where "users"."id" in (select "limited"."value" from (select "posts"."author_id" as "value" from "posts" limit $1::bigint) as "limited")`, "3"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`id` in (select `limited`.`value` from (select `posts`.`author_id` as `value` from `posts` limit ?) as `limited`)", 3n]],
    mysql: [["select `users`.`id` from `users` where `users`.`id` in (select `limited`.`value` from (select `posts`.`author_id` as `value` from `posts` limit ?) as `limited`)", 3n]]
  }),
  line("exists, of a query that uses the row around it", user((u) => Expr.exists(Query.from(Post).pipe(Query.where((p) => Expr.eq(p.authorId, u.id))))), {
    sqlite: [[`select "users"."id" from "users" where exists (select 1 from "posts" where "posts"."author_id" = "users"."id")`]],
    postgresql: [[`select "users"."id" from "users" where exists (select 1 from "posts" where "posts"."author_id" = "users"."id")`]],
    mariadb: [["select `users`.`id` from `users` where exists (select 1 from `posts` where `posts`.`author_id` = `users`.`id`)"]],
    mysql: [["select `users`.`id` from `users` where exists (select 1 from `posts` where `posts`.`author_id` = `users`.`id`)"]]
  }),
  line("exists, of an aggregate, which has a row whatever there is", user(() => Expr.exists(Query.from(Post).pipe(Query.pluck(() => Expr.count())))), {
    sqlite: [[`select "users"."id" from "users" where exists (select count(*) from "posts")`]],
    postgresql: [[`select "users"."id" from "users" where exists (select count(*) from "posts")`]],
    mariadb: [["select `users`.`id` from `users` where exists (select count(*) from `posts`)"]],
    mysql: [["select `users`.`id` from `users` where exists (select count(*) from `posts`)"]]
  }),
  line("scalar", value((u) => Expr.scalar(Query.from(Post).pipe(Query.where((p) => Expr.eq(p.authorId, u.id)), Query.pluck((p) => Expr.max(p.id))))), {
    sqlite: [[`select (select max("posts"."id") from "posts" where "posts"."author_id" = "users"."id") from "users"`]],
    postgresql: [[`select (select max("posts"."id") from "posts" where "posts"."author_id" = "users"."id") from "users"`]],
    mariadb: [["select (select max(`posts`.`id`) from `posts` where `posts`.`author_id` = `users`.`id`) from `users`"]],
    mysql: [["select (select max(`posts`.`id`) from `posts` where `posts`.`author_id` = `users`.`id`) from `users`"]]
  }),
  line("like", user((u) => Expr.like(u.name, "a_%")), {
    sqlite: [["select \"users\".\"id\" from \"users\" where \"users\".\"name\" like ? escape '\\'", "a_%"]],
    postgresql: [[`select "users"."id" from "users" where "users"."name" like $1`, "a_%"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`name` like ?", "a_%"]],
    mysql: [["select `users`.`id` from `users` where `users`.`name` like ?", "a_%"]]
  }),
  line("ilike", user((u) => Expr.ilike(u.name, "É%")), {
    sqlite: [["select \"users\".\"id\" from \"users\" where lower(\"users\".\"name\") like lower(?) escape '\\'", "É%"]],
    postgresql: [[`select "users"."id" from "users" where "users"."name" collate "und-x-icu" ilike $1 collate "und-x-icu"`, "É%"]],
    mariadb: [["select `users`.`id` from `users` where (lower(convert(`users`.`name` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin like lower(convert(? using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin)", "É%"]],
    mysql: [["select `users`.`id` from `users` where (lower(convert(`users`.`name` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin like lower(convert(? using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin)", "É%"]]
  }),
  line("contains, which takes the meaning from wildcards", user((u) => Expr.contains(u.name, "100%_\\")), {
    sqlite: [["select \"users\".\"id\" from \"users\" where \"users\".\"name\" like ? escape '\\'", "%100\\%\\_\\\\%"]],
    postgresql: [[`select "users"."id" from "users" where "users"."name" like $1`, "%100\\%\\_\\\\%"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`name` like ?", "%100\\%\\_\\\\%"]],
    mysql: [["select `users`.`id` from `users` where `users`.`name` like ?", "%100\\%\\_\\\\%"]]
  }),
  line("startsWith", user((u) => Expr.startsWith(u.name, "a%")), {
    sqlite: [["select \"users\".\"id\" from \"users\" where \"users\".\"name\" like ? escape '\\'", "a\\%%"]],
    postgresql: [[`select "users"."id" from "users" where "users"."name" like $1`, "a\\%%"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`name` like ?", "a\\%%"]],
    mysql: [["select `users`.`id` from `users` where `users`.`name` like ?", "a\\%%"]]
  }),
  line("endsWith", user((u) => Expr.endsWith(u.name, "_z")), {
    sqlite: [["select \"users\".\"id\" from \"users\" where \"users\".\"name\" like ? escape '\\'", "%\\_z"]],
    postgresql: [[`select "users"."id" from "users" where "users"."name" like $1`, "%\\_z"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`name` like ?", "%\\_z"]],
    mysql: [["select `users`.`id` from `users` where `users`.`name` like ?", "%\\_z"]]
  }),
  line("lower", value((u) => Expr.lower(u.name)), {
    sqlite: [[`select lower("users"."name") from "users"`]],
    postgresql: [[`select lower("users"."name" collate "und-x-icu") collate "C" from "users"`]],
    mariadb: [["select lower(convert(`users`.`name` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin from `users`"]],
    mysql: [["select lower(convert(`users`.`name` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin from `users`"]]
  }),
  line("upper", value((u) => Expr.upper(u.name)), {
    sqlite: [[`select upper("users"."name") from "users"`]],
    postgresql: [[`select upper("users"."name" collate "und-x-icu") collate "C" from "users"`]],
    mariadb: [["select upper(convert(`users`.`name` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin from `users`"]],
    mysql: [["select upper(convert(`users`.`name` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin from `users`"]]
  }),
  line("length", value((u) => Expr.length(u.name)), {
    sqlite: [[`select length("users"."name") from "users"`]],
    postgresql: [[`select length("users"."name") from "users"`]],
    mariadb: [["select char_length(`users`.`name`) from `users`"]],
    mysql: [["select char_length(`users`.`name`) from `users`"]]
  }),
  line("trim, trimStart, trimEnd", value((u) => Expr.trim(Expr.trimStart(Expr.trimEnd(u.name)))), {
    sqlite: [[`select trim(ltrim(rtrim("users"."name"))) from "users"`]],
    postgresql: [[`select trim(ltrim(rtrim("users"."name"))) from "users"`]],
    mariadb: [["select trim(ltrim(rtrim(`users`.`name`))) from `users`"]],
    mysql: [["select trim(ltrim(rtrim(`users`.`name`))) from `users`"]]
  }),
  line("substring", value((u) => Expr.substring(u.name, 2, 3)), {
    sqlite: [[`select substr("users"."name", ?, ?) from "users"`, 2n, 3n]],
    postgresql: [[`select substr("users"."name", cast($1::bigint as integer), cast($2::bigint as integer)) from "users"`, "2", "3"]],
    mariadb: [["select substr(`users`.`name`, ?, ?) from `users`", 2n, 3n]],
    mysql: [["select substr(`users`.`name`, ?, ?) from `users`", 2n, 3n]]
  }),
  line("replace", value((u) => Expr.replace(u.nick, "a", u.name)), {
    sqlite: [[`select replace("users"."nick", ?, "users"."name") from "users"`, "a"]],
    postgresql: [[`select replace("users"."nick", $1, "users"."name") from "users"`, "a"]],
    mariadb: [["select replace(`users`.`nick`, ?, `users`.`name`) from `users`", "a"]],
    mysql: [["select replace(`users`.`nick`, ?, `users`.`name`) from `users`", "a"]]
  }),
  line("concat", value((u) => Expr.concat(Expr.concat(u.name, " "), u.nick)), {
    sqlite: [[`select ("users"."name" || ?) || "users"."nick" from "users"`, " "]],
    postgresql: [[`select ("users"."name" || $1) || "users"."nick" from "users"`, " "]],
    mariadb: [["select concat(concat(`users`.`name`, ?), `users`.`nick`) from `users`", " "]],
    mysql: [["select concat(concat(`users`.`name`, ?), `users`.`nick`) from `users`", " "]]
  }),
  line("add, subtract, multiply", value((u) => Expr.multiply(Expr.add(u.age, 1), Expr.subtract(u.age, u.id))), {
    sqlite: [[`select ("users"."age" + ?) * ("users"."age" - "users"."id") from "users"`, 1n]],
    postgresql: [[`select ("users"."age" + $1::bigint) * ("users"."age"::bigint - "users"."id") from "users"`, "1"]],
    mariadb: [["select (`users`.`age` + ?) * (`users`.`age` - `users`.`id`) from `users`", 1n]],
    mysql: [["select (`users`.`age` + ?) * (`users`.`age` - `users`.`id`) from `users`", 1n]]
  }),
  line("add, of decimals of one scale", number((m) => Expr.add(m.amount, m.amount)), {
    sqlite: [[`select "measures"."amount" + "measures"."amount" from "measures"`]],
    postgresql: [[`select "measures"."amount" + "measures"."amount" from "measures"`]],
    mariadb: [["select `measures`.`amount` + `measures`.`amount` from `measures`"]],
    mysql: [["select `measures`.`amount` + `measures`.`amount` from `measures`"]]
  }),
  line("multiply, of decimals of different scales", number((m) => Expr.multiply(m.amount, m.exact)), {
    sqlite: [[`select strata_decimal_multiply(strata_decimal("measures"."amount", 2), "measures"."exact") from "measures"`]],
    postgresql: [[`select "measures"."amount" * "measures"."exact" from "measures"`]],
    mariadb: [["select `measures`.`amount` * `measures`.`exact` from `measures`"]],
    mysql: [["select `measures`.`amount` * `measures`.`exact` from `measures`"]]
  }),
  line("subtract, of bigints", number((m) => Expr.subtract(m.total, 9007199254740993n)), {
    sqlite: [[`select "measures"."total" - ? from "measures"`, 9007199254740993n]],
    postgresql: [[`select "measures"."total" - $1::bigint from "measures"`, "9007199254740993"]],
    mariadb: [["select `measures`.`total` - ? from `measures`", 9007199254740993n]],
    mysql: [["select `measures`.`total` - ? from `measures`", 9007199254740993n]]
  }),
  line("divide, of integers", value((u) => Expr.divide(u.age, 2)), {
    sqlite: [[`select "users"."age" / ? from "users"`, 2n]],
    postgresql: [[`select "users"."age" / nullif($1::bigint, 0) from "users"`, "2"]],
    mariadb: [["select `users`.`age` div ? from `users`", 2n]],
    mysql: [["select `users`.`age` div ? from `users`", 2n]]
  }),
  line("divide, of doubles", number((m) => Expr.divide(m.ratio, 0.5)), {
    sqlite: [[`select "measures"."ratio" / ? from "measures"`, 0.5]],
    postgresql: [[`select "measures"."ratio" / nullif($1::double precision, 0) from "measures"`, "0.5"]],
    mariadb: [["select `measures`.`ratio` / ? from `measures`", 0.5]],
    mysql: [["select `measures`.`ratio` / ? from `measures`", 0.5]]
  }),
  line("divide, of a sum of bigints", number((m) => Expr.divide(Expr.sum(m.total), 2n)), {
    sqlite: [[`select sum("measures"."total") / ? from "measures"`, 2n]],
    postgresql: [[`select div(sum("measures"."total"), nullif($1::bigint, 0)) from "measures"`, "2"]],
    mariadb: [["select sum(`measures`.`total`) div ? from `measures`", 2n]],
    mysql: [["select sum(`measures`.`total`) div ? from `measures`", 2n]]
  }),
  line("modulo", value((u) => Expr.modulo(u.age, 2)), {
    sqlite: [[`select "users"."age" % ? from "users"`, 2n]],
    postgresql: [[`select "users"."age" % nullif($1::bigint, 0) from "users"`, "2"]],
    mariadb: [["select `users`.`age` % ? from `users`", 2n]],
    mysql: [["select `users`.`age` % ? from `users`", 2n]]
  }),
  line("modulo, of doubles", number((m) => Expr.modulo(m.ratio, 2.5)), {
    sqlite: [[`select mod("measures"."ratio", ?) from "measures"`, 2.5]],
    postgresql: unsupported("the rest of a division of doubles"),
    mariadb: [["select `measures`.`ratio` % ? from `measures`", 2.5]],
    mysql: [["select `measures`.`ratio` % ? from `measures`", 2.5]]
  }),
  line("negate", value((u) => Expr.negate(Expr.negate(u.age))), {
    sqlite: [[`select - (- "users"."age") from "users"`]],
    postgresql: [[`select - (- "users"."age") from "users"`]],
    mariadb: [["select - (- `users`.`age`) from `users`"]],
    mysql: [["select - (- `users`.`age`) from `users`"]]
  }),
  line("abs", value((u) => Expr.abs(u.age)), {
    sqlite: [[`select abs("users"."age") from "users"`]],
    postgresql: [[`select abs("users"."age") from "users"`]],
    mariadb: [["select abs(`users`.`age`) from `users`"]],
    mysql: [["select abs(`users`.`age`) from `users`"]]
  }),
  line("ceil, floor", number((m) => Expr.ceil(Expr.floor(m.ratio))), {
    sqlite: [[`select ceil(floor("measures"."ratio")) from "measures"`]],
    postgresql: [[`select ceil(floor("measures"."ratio")) from "measures"`]],
    mariadb: [["select ceil(floor(`measures`.`ratio`)) from `measures`"]],
    mysql: [["select ceil(floor(`measures`.`ratio`)) from `measures`"]]
  }),
  line("round", number((m) => Expr.round(m.ratio, 2)), {
    sqlite: [[`select strata_round("measures"."ratio", ?) from "measures"`, 2n]],
    postgresql: [[`select cast(round(cast(cast("measures"."ratio" as text) as numeric), cast($1::bigint as integer)) as double precision) from "measures"`, "2"]],
    mariadb: [["select case when abs(`measures`.`ratio`) < 1e30 then cast(round(cast(`measures`.`ratio` as decimal(65, 30)), ?) as double) else `measures`.`ratio` end from `measures`", 2n]],
    mysql: [["select case when abs(`measures`.`ratio`) < 1e30 then cast(round(cast(`measures`.`ratio` as decimal(65, 30)), ?) as double) else `measures`.`ratio` end from `measures`", 2n]]
  }),
  line("now", user(() => Expr.gt(Expr.now(), Expr.param(Schema.DateTimeUtc, DateTime.unsafeMake(0)))), {
    sqlite: [[`select "users"."id" from "users" where (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) > ?`, "1970-01-01T00:00:00.000Z"]],
    postgresql: [[`select "users"."id" from "users" where (date_trunc('milliseconds', statement_timestamp())) > $1::timestamptz`, "1970-01-01T00:00:00.000Z"]],
    mariadb: [["select `users`.`id` from `users` where (utc_timestamp(3)) > ?", "1970-01-01 00:00:00.000"]],
    mysql: [["select `users`.`id` from `users` where (utc_timestamp(3)) > ?", "1970-01-01 00:00:00.000"]]
  }),
  line("count, countDistinct", Query.from(User).pipe(Query.select((u) => ({ all: Expr.count(), named: Expr.count(u.nick), names: Expr.countDistinct(u.name) }))), {
    sqlite: [[`select count(*), count("users"."nick"), count(distinct "users"."name") from "users"`]],
    postgresql: [[`select count(*), count("users"."nick"), count(distinct "users"."name") from "users"`]],
    mariadb: [["select count(*), count(`users`.`nick`), count(distinct `users`.`name`) from `users`"]],
    mysql: [["select count(*), count(`users`.`nick`), count(distinct `users`.`name`) from `users`"]]
  }),
  line("sum, of integers, decimals and doubles", Query.from(Measure).pipe(Query.select((m) => ({ total: Expr.sum(m.total), amount: Expr.sum(m.amount), exact: Expr.sum(m.exact), ratio: Expr.sum(m.ratio) }))), {
    sqlite: [[`select sum("measures"."total"), sum("measures"."amount"), strata_decimal_sum("measures"."exact"), sum("measures"."ratio") from "measures"`]],
    postgresql: [[`select sum("measures"."total"), sum("measures"."amount"), sum("measures"."exact"), sum("measures"."ratio") from "measures"`]],
    mariadb: [["select sum(`measures`.`total`), sum(`measures`.`amount`), sum(`measures`.`exact`), sum(`measures`.`ratio`) from `measures`"]],
    mysql: [["select sum(`measures`.`total`), sum(`measures`.`amount`), sum(`measures`.`exact`), sum(`measures`.`ratio`) from `measures`"]]
  }),
  line("avg", Query.from(Measure).pipe(Query.select((m) => ({ total: Expr.avg(m.total), amount: Expr.avg(m.amount), ratio: Expr.avg(m.ratio) }))), {
    sqlite: [[`select avg("measures"."total"), strata_decimal_avg(strata_decimal("measures"."amount", 2)), avg("measures"."ratio") from "measures"`]],
    postgresql: [[`select avg("measures"."total"), avg("measures"."amount"), avg("measures"."ratio") from "measures"`]],
    mariadb: [["select cast(avg(`measures`.`total`) as double), cast(avg(`measures`.`amount`) as double), avg(`measures`.`ratio`) from `measures`"]],
    mysql: [["select cast(avg(`measures`.`total`) as double), cast(avg(`measures`.`amount`) as double), avg(`measures`.`ratio`) from `measures`"]]
  }),
  line("min, max", Query.from(Measure).pipe(Query.select((m) => ({ day: Expr.min(m.day), exact: Expr.max(m.exact), id: Expr.max(m.id) }))), {
    sqlite: [[`select min("measures"."day"), strata_decimal_max("measures"."exact"), max("measures"."id") from "measures"`]],
    postgresql: [[`select min("measures"."day"), max("measures"."exact"), max(cast("measures"."id" as text) collate "C") from "measures"`]],
    mariadb: [["select min(`measures`.`day`), max(`measures`.`exact`), max(`measures`.`id`) from `measures`"]],
    mysql: [["select min(`measures`.`day`), max(`measures`.`exact`), max(`measures`.`id`) from `measures`"]]
  }),
  line("min, max of a boolean", Query.from(Post).pipe(Query.select((p) => ({ all: Expr.min(p.published), any: Expr.max(p.published) }))), {
    sqlite: [[`select min("posts"."published"), max("posts"."published") from "posts"`]],
    postgresql: [[`select bool_and("posts"."published"), bool_or("posts"."published") from "posts"`]],
    mariadb: [["select min(`posts`.`published`), max(`posts`.`published`) from `posts`"]],
    mysql: [["select min(`posts`.`published`), max(`posts`.`published`) from `posts`"]]
  }),
  line("filter, of an aggregate", Query.from(User).pipe(Query.select((u) => ({ adults: Expr.filter(Expr.count(), Expr.gte(u.age, 18)), oldest: Expr.filter(Expr.max(u.age), Expr.isNull(u.nick)) }))), {
    sqlite: [[`select count(*) filter (where "users"."age" >= ?), max("users"."age") filter (where "users"."nick" is null) from "users"`, 18n]],
    postgresql: [[`select count(*) filter (where "users"."age" >= $1::integer), max("users"."age") filter (where "users"."nick" is null) from "users"`, "18"]],
    mariadb: [["select count(case when `users`.`age` >= ? then (1) end), max(case when `users`.`nick` is null then `users`.`age` end) from `users`", 18n]],
    mysql: [["select count(case when `users`.`age` >= ? then (1) end), max(case when `users`.`nick` is null then `users`.`age` end) from `users`", 18n]]
  }),
  line("coalesce", value((u) => Expr.coalesce(u.nick, u.name)), {
    sqlite: [[`select coalesce("users"."nick", "users"."name") from "users"`]],
    postgresql: [[`select coalesce("users"."nick", "users"."name") from "users"`]],
    mariadb: [["select coalesce(`users`.`nick`, `users`.`name`) from `users`"]],
    mysql: [["select coalesce(`users`.`nick`, `users`.`name`) from `users`"]]
  }),
  line("nullIf", value((u) => Expr.nullIf(u.name, "")), {
    sqlite: [[`select nullif("users"."name", ?) from "users"`, ""]],
    postgresql: [[`select nullif("users"."name", $1) from "users"`, ""]],
    mariadb: [["select nullif(`users`.`name`, ?) from `users`", ""]],
    mysql: [["select nullif(`users`.`name`, ?) from `users`", ""]]
  }),
  line("greatest, least", value((u) => Expr.greatest(Expr.least(u.age, 5), u.id)), {
    sqlite: [[`select max(min("users"."age", ?), "users"."id") from "users"`, 5n]],
    postgresql: [[`select greatest(least("users"."age", $1::integer), "users"."id") from "users"`, "5"]],
    mariadb: [["select greatest(least(`users`.`age`, ?), `users`.`id`) from `users`", 5n]],
    mysql: [["select greatest(least(`users`.`age`, ?), `users`.`id`) from `users`", 5n]]
  }),
  line("greatest, of what may be null", value((u) => Expr.greatest(u.name, u.nick)), {
    sqlite: [[`select max("users"."name", "users"."nick") from "users"`]],
    postgresql: [[`select case when "users"."nick" is null then null else greatest("users"."name", "users"."nick") end from "users"`]],
    mariadb: [["select greatest(`users`.`name`, `users`.`nick`) from `users`"]],
    mysql: [["select greatest(`users`.`name`, `users`.`nick`) from `users`"]]
  }),
  line("when", value((u) => Expr.when(Expr.gte(u.age, 18), "adult", "minor")), {
    sqlite: [[`select case when "users"."age" >= ? then ? else ? end from "users"`, 18n, "adult", "minor"]],
    postgresql: [[`select case when "users"."age" >= $1::integer then $2 else $3 end from "users"`, "18", "adult", "minor"]],
    mariadb: [["select case when `users`.`age` >= ? then ? else ? end from `users`", 18n, "adult", "minor"]],
    mysql: [["select case when `users`.`age` >= ? then ? else ? end from `users`", 18n, "adult", "minor"]]
  }),
  line("cases", value((u) => Expr.cases([[Expr.lt(u.age, 13), "child"], [Expr.lt(u.age, 18), "minor"]], "adult")), {
    sqlite: [[`select case when "users"."age" < ? then ? when "users"."age" < ? then ? else ? end from "users"`, 13n, "child", 18n, "minor", "adult"]],
    postgresql: [[`select case when "users"."age" < $1::integer then $2 when "users"."age" < $3::integer then $4 else $5 end from "users"`, "13", "child", "18", "minor", "adult"]],
    mariadb: [["select case when `users`.`age` < ? then ? when `users`.`age` < ? then ? else ? end from `users`", 13n, "child", 18n, "minor", "adult"]],
    mysql: [["select case when `users`.`age` < ? then ? when `users`.`age` < ? then ? else ? end from `users`", 13n, "child", 18n, "minor", "adult"]]
  }),
  line("cast to text", value((u) => Expr.cast(u.age, Schema.String)), {
    sqlite: [[`select strata_text("users"."age") from "users"`]],
    postgresql: [[`select cast("users"."age" as text) collate "C" from "users"`]],
    mariadb: [["select cast(`users`.`age` as char) from `users`"]],
    mysql: [["select cast(`users`.`age` as char) from `users`"]]
  }),
  line("cast to a decimal and to a double", Query.from(User).pipe(Query.select((u) => ({ exact: Expr.cast(u.age, Schema.BigDecimal), double: Expr.cast(u.age, Schema.Number) }))), {
    sqlite: [[`select strata_decimal("users"."age", 0), strata_double("users"."age") from "users"`]],
    postgresql: [[`select cast("users"."age" as numeric), cast("users"."age" as double precision) from "users"`]],
    mariadb: [["select cast(`users`.`age` as decimal(65, 30)), cast(`users`.`age` as double) from `users`"]],
    mysql: [["select cast(`users`.`age` as decimal(65, 30)), cast(`users`.`age` as double) from `users`"]]
  }),
  line("cast of a boolean and to one", Query.from(Post).pipe(Query.select((p) => ({ text: Expr.cast(p.published, Schema.String), back: Expr.cast(p.id, Schema.Boolean) }))), {
    sqlite: [[`select case "posts"."published" when 1 then 'true' when 0 then 'false' end, ("posts"."id" <> 0) from "posts"`]],
    postgresql: [[`select cast("posts"."published" as text) collate "C", cast("posts"."id" as boolean) from "posts"`]],
    mariadb: [["select case `posts`.`published` when 1 then 'true' when 0 then 'false' end, (`posts`.`id` <> 0) from `posts`"]],
    mysql: [["select case `posts`.`published` when 1 then 'true' when 0 then 'false' end, (`posts`.`id` <> 0) from `posts`"]]
  }),
  line("cast of a time to a day", number((m) => Expr.cast(m.at, Field.day)), {
    sqlite: [[`select substr("measures"."at", 1, 10) from "measures"`]],
    postgresql: [[`select cast("measures"."at" as date) from "measures"`]],
    mariadb: [["select cast(`measures`.`at` as date) from `measures`"]],
    mysql: [["select cast(`measures`.`at` as date) from `measures`"]]
  }),
  line("param", value(() => Expr.param(Schema.DateTimeUtc, DateTime.unsafeMake(0))), {
    sqlite: [[`select ? from "users"`, "1970-01-01T00:00:00.000Z"]],
    postgresql: [[`select $1::timestamptz from "users"`, "1970-01-01T00:00:00.000Z"]],
    mariadb: [["select ? from `users`", "1970-01-01 00:00:00.000"]],
    mysql: [["select ? from `users`", "1970-01-01 00:00:00.000"]]
  }),
  line("param, of each storage type", Query.from(User).pipe(Query.select(() => ({
  bigint: Expr.param(Schema.BigInt, 1n),
  double: Expr.param(Schema.Number, 0.5),
  boolean: Expr.param(Schema.Boolean, true),
  decimal: Expr.param(Schema.BigDecimal, BigDecimal.unsafeFromString("1.50")),
  day: Expr.param(Field.day, "2026-11-21"),
  time: Expr.param(Field.time, "12:30:00.000"),
  uuid: Expr.param(Schema.UUID, "0b1c7a5e-0000-4000-8000-000000000000"),
  json: Expr.param(Schema.Struct({ a: Schema.Number }), { a: 1 }),
  bytes: Expr.param(Schema.Uint8ArrayFromSelf, Uint8Array.of(1, 2))
}))), {
    sqlite: [[`select ?, ?, ?, ?, ?, ?, ?, ?, ? from "users"`, 1n, 0.5, 1n, "1.5", "2026-11-21", "12:30:00.000", "0b1c7a5e-0000-4000-8000-000000000000", `{"a":1}`, Uint8Array.of(1, 2)]],
    postgresql: [[`select $1::bigint, $2::double precision, $3::boolean, $4::numeric, $5::date, $6::time, $7, $8::jsonb, $9::bytea from "users"`, "1", "0.5", "true", "1.5", "2026-11-21", "12:30:00.000", "0b1c7a5e-0000-4000-8000-000000000000", `{"a":1}`, Buffer.of(1, 2)]],
    mariadb: [["select ?, ?, ?, ?, ?, ?, ?, ?, ? from `users`", 1n, 0.5, true, decimal("1.5"), "2026-11-21", "12:30:00.000", "0b1c7a5e-0000-4000-8000-000000000000", `{"a":1}`, Uint8Array.of(1, 2)]],
    mysql: [["select ?, ?, ?, ?, ?, ?, ?, ?, ? from `users`", 1n, 0.5, true, decimal("1.5"), "2026-11-21", "12:30:00.000", "0b1c7a5e-0000-4000-8000-000000000000", `{"a":1}`, Uint8Array.of(1, 2)]]
  }),
  line("sql, with a column, a value and an expression inside", value((u) => Expr.sql(Schema.Int)`${u.age} + ${7} * ${twice(Expr.add(u.age, 1))}`), {
    sqlite: [[`select "users"."age" + ? * (2 * ("users"."age" + ?)) from "users"`, 7n, 1n]],
    postgresql: [[`select "users"."age" + $1 * (2 * ("users"."age" + $2::bigint)) from "users"`, "7", "1"]],
    mariadb: [["select `users`.`age` + ? * (2 * (`users`.`age` + ?)) from `users`", 7n, 1n]],
    mysql: [["select `users`.`age` + ? * (2 * (`users`.`age` + ?)) from `users`", 7n, 1n]]
  }),
  line("record", Query.from(User).pipe(Query.select((u) => ({ id: u.id, about: Expr.record({ name: u.name, age: Expr.record({ years: u.age }) }) }))), {
    sqlite: [[`select "users"."id", "users"."name", "users"."age" from "users"`]],
    postgresql: [[`select "users"."id", "users"."name", "users"."age" from "users"`]],
    mariadb: [["select `users`.`id`, `users`.`name`, `users`.`age` from `users`"]],
    mysql: [["select `users`.`id`, `users`.`name`, `users`.`age` from `users`"]]
  }),
  line("asc and desc, NULLs last", Query.from(User).pipe(Query.orderBy((u) => [Expr.asc(u.nick), Expr.desc(u.nick), Expr.asc(u.age)]), Query.pluck((u) => u.id)), {
    sqlite: [[`select "users"."id" from "users" order by "users"."nick" nulls last, "users"."nick" desc, "users"."age"`]],
    postgresql: [[`select "users"."id" from "users" order by "users"."nick", "users"."nick" desc nulls last, "users"."age"`]],
    mariadb: [["select `users`.`id` from `users` order by `users`.`nick` is null, `users`.`nick`, `users`.`nick` desc, `users`.`age`"]],
    mysql: [["select `users`.`id` from `users` order by `users`.`nick` is null, `users`.`nick`, `users`.`nick` desc, `users`.`age`"]]
  }),
  line("asc and desc, NULLs first", Query.from(User).pipe(Query.orderBy((u) => [Expr.asc(u.nick, { nulls: "first" }), Expr.desc(u.nick, { nulls: "first" })]), Query.pluck((u) => u.id)), {
    sqlite: [[`select "users"."id" from "users" order by "users"."nick", "users"."nick" desc nulls first`]],
    postgresql: [[`select "users"."id" from "users" order by "users"."nick" nulls first, "users"."nick" desc`]],
    mariadb: [["select `users`.`id` from `users` order by `users`.`nick`, `users`.`nick` is not null, `users`.`nick` desc"]],
    mysql: [["select `users`.`id` from `users` order by `users`.`nick`, `users`.`nick` is not null, `users`.`nick` desc"]]
  }),
  line("asc, of a decimal kept as text", Query.from(Measure).pipe(Query.orderBy((m) => Expr.asc(m.exact)), Query.pluck((m) => m.id)), {
    sqlite: [[`select "measures"."id" from "measures" order by strata_decimal_key("measures"."exact")`]],
    postgresql: [[`select "measures"."id" from "measures" order by "measures"."exact"`]],
    mariadb: [["select `measures`.`id` from `measures` order by `measures`.`exact`"]],
    mysql: [["select `measures`.`id` from `measures` order by `measures`.`exact`"]]
  })
]
