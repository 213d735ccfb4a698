/**
 * The golden table of aggregates: distinct, ordered, of texts, lists and records.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query } from "effect-strata"
import { Measure, Post, User } from "./models.js"
import { line, unsupported } from "./record.js"

const users = (of: (columns: Expr.Columns<typeof User>) => Expr.Selectable<unknown>) => Query.from(User).pipe(Query.pluck(of))

export const aggregates = [
  line("distinct", Query.from(User).pipe(Query.select((u) => ({ ages: Expr.distinct(Expr.sum(u.age)), mean: Expr.distinct(Expr.avg(u.age)), names: Expr.distinct(Expr.count(u.name)), some: Expr.filter(Expr.distinct(Expr.sum(u.age)), Expr.gt(u.age, 18)) }))), {
    sqlite: [[`select sum(distinct "users"."age"), avg(distinct "users"."age"), count(distinct "users"."name"), sum(distinct "users"."age") filter (where "users"."age" > ?) from "users"`, 18n]],
    postgresql: [[`select sum(distinct "users"."age"), avg(distinct "users"."age"), count(distinct "users"."name"), sum(distinct "users"."age") filter (where "users"."age" > $1::integer) from "users"`, "18"]],
    mariadb: [["select sum(distinct `users`.`age`), cast(avg(distinct `users`.`age`) as double), count(distinct `users`.`name`), sum(distinct case when `users`.`age` > ? then `users`.`age` end) from `users`", 18n]],
    mysql: [["select sum(distinct `users`.`age`), cast(avg(distinct `users`.`age`) as double), count(distinct `users`.`name`), sum(distinct case when `users`.`age` > ? then `users`.`age` end) from `users`", 18n]]
  }),
  line("distinct, of decimals", Query.from(Measure).pipe(Query.select((m) => ({ amount: Expr.distinct(Expr.sum(m.amount)), exact: Expr.distinct(Expr.avg(m.exact)), least: Expr.distinct(Expr.min(m.exact)) }))), {
    sqlite: [[`select sum(distinct "measures"."amount"), strata_decimal_avg(distinct "measures"."exact"), strata_decimal_min(distinct "measures"."exact") from "measures"`]],
    postgresql: [[`select sum(distinct "measures"."amount"), avg(distinct "measures"."exact"), min("measures"."exact") from "measures"`]],
    mariadb: [["select sum(distinct `measures`.`amount`), cast(avg(distinct `measures`.`exact`) as double), min(distinct `measures`.`exact`) from `measures`"]],
    mysql: [["select sum(distinct `measures`.`amount`), cast(avg(distinct `measures`.`exact`) as double), min(distinct `measures`.`exact`) from `measures`"]]
  }),
  line("stringAgg", users((u) => Expr.stringAgg(u.name, ", ")), {
    sqlite: [[`select group_concat("users"."name", ?) from "users"`, ", "]],
    postgresql: [[`select string_agg("users"."name", $1) from "users"`, ", "]],
    mariadb: [["select substr(group_concat(concat(?, `users`.`name`) separator ''), char_length(?) + 1) from `users`", ", ", ", "]],
    mysql: [["select substr(group_concat(concat(?, `users`.`name`) separator ''), char_length(?) + 1) from `users`", ", ", ", "]]
  }),
  line("stringAgg, ordered", users((u) => Expr.ordered(Expr.filter(Expr.stringAgg(u.nick, "; "), Expr.gt(u.age, 18)), [Expr.desc(u.nick), Expr.asc(u.id)])), {
    sqlite: [[`select group_concat("users"."nick", ? order by "users"."nick" desc, "users"."id") filter (where "users"."age" > ?) from "users"`, "; ", 18n]],
    postgresql: [[`select string_agg("users"."nick", $1 order by "users"."nick" desc nulls last, "users"."id") filter (where "users"."age" > $2::integer) from "users"`, "; ", "18"]],
    mariadb: [["select substr(group_concat(concat(?, case when `users`.`age` > ? then `users`.`nick` end) order by `users`.`nick` is null, `users`.`nick` desc, `users`.`id` separator ''), char_length(?) + 1) from `users`", "; ", 18n, "; "]],
    mysql: [["select substr(group_concat(concat(?, case when `users`.`age` > ? then `users`.`nick` end) order by `users`.`nick` is null, `users`.`nick` desc, `users`.`id` separator ''), char_length(?) + 1) from `users`", "; ", 18n, "; "]]
  }),
  line("stringAgg, distinct", users((u) => Expr.ordered(Expr.distinct(Expr.stringAgg(u.nick, "'")), Expr.desc(u.nick))), {
    sqlite: [[`select strata_group_concat_distinct("users"."nick", ? order by "users"."nick" desc) from "users"`, "'"]],
    postgresql: [[`select string_agg(distinct "users"."nick", $1 order by "users"."nick" desc nulls last) from "users"`, "'"]],
    mariadb: [["select substr(group_concat(distinct concat(?, `users`.`nick`) order by `users`.`nick` is null, `users`.`nick` desc separator ''), char_length(?) + 1) from `users`", "'", "'"]],
    mysql: [["select substr(group_concat(distinct concat(?, `users`.`nick`) order by `users`.`nick` is null, `users`.`nick` desc separator ''), char_length(?) + 1) from `users`", "'", "'"]]
  }),
  line("stringAgg, distinct and of an expression with values", users((u) => Expr.ordered(Expr.distinct(Expr.stringAgg(Expr.concat(u.name, "!"), "")), Expr.asc(Expr.concat(u.name, "!")))), {
    sqlite: [[`select strata_group_concat_distinct("users"."name" || ?, ? order by "users"."name" || ?) from "users"`, "!", "", "!"]],
    postgresql: [[`select string_agg(distinct "users"."name" || $1, $2 order by "users"."name" || $1) from "users"`, "!", ""]],
    mariadb: [["select substr(group_concat(distinct concat(?, concat(`users`.`name`, ?)) order by concat(`users`.`name`, ?) separator ''), char_length(?) + 1) from `users`", "", "!", "!", ""]],
    mysql: [["select substr(group_concat(distinct concat(?, concat(`users`.`name`, ?)) order by concat(`users`.`name`, ?) separator ''), char_length(?) + 1) from `users`", "", "!", "!", ""]]
  }),
  line("stringAgg, of what is kept otherwise", Query.from(Measure).pipe(Query.pluck((m) => Expr.stringAgg(m.id, ","))), {
    sqlite: [[`select group_concat("measures"."id", ?) from "measures"`, ","]],
    postgresql: [[`select string_agg(cast("measures"."id" as text), $1) from "measures"`, ","]],
    mariadb: [["select substr(group_concat(concat(?, `measures`.`id`) separator ''), char_length(?) + 1) from `measures`", ",", ","]],
    mysql: [["select substr(group_concat(concat(?, `measures`.`id`) separator ''), char_length(?) + 1) from `measures`", ",", ","]]
  }),
  line("stringAgg, over a window", users((u) => Expr.over(Expr.stringAgg(u.name, ","), { orderBy: [Expr.asc(u.id)] }) as never), {
    sqlite: [[`select group_concat("users"."name", ?) over (order by "users"."id") from "users"`, ","]],
    postgresql: [[`select string_agg("users"."name", $1) over (order by "users"."id") from "users"`, ","]],
    mariadb: unsupported("list over a window"),
    mysql: unsupported("list over a window")
  }),
  line("extremes of decimals over a window", Query.from(Measure).pipe(Query.select((m) => ({ least: Expr.over(Expr.min(m.amount)), most: Expr.over(Expr.max(m.exact)) }))), {
    sqlite: [[`select min("measures"."amount") over (), strata_decimal_max_over("measures"."exact") over () from "measures"`]],
    postgresql: [[`select min("measures"."amount") over (), max("measures"."exact") over () from "measures"`]],
    mariadb: [["select min(`measures`.`amount`) over (), max(`measures`.`exact`) over () from `measures`"]],
    mysql: [["select min(`measures`.`amount`) over (), max(`measures`.`exact`) over () from `measures`"]]
  }),
  line("arrayAgg", Query.from(Measure).pipe(Query.select((m) => ({ id: Expr.arrayAgg(m.id), total: Expr.arrayAgg(m.total), amount: Expr.arrayAgg(m.amount), at: Expr.arrayAgg(m.at), raw: Expr.arrayAgg(m.raw), data: Expr.arrayAgg(m.data), ratio: Expr.arrayAgg(m.ratio) }))), {
    sqlite: [[`select nullif(json_group_array("measures"."id"), '[]'), nullif(json_group_array(cast("measures"."total" as text)), '[]'), nullif(json_group_array(strata_decimal("measures"."amount", 2)), '[]'), nullif(json_group_array("measures"."at"), '[]'), nullif(json_group_array(case when "measures"."raw" is not null then hex("measures"."raw") end), '[]'), nullif(json_group_array(json("measures"."data")), '[]'), nullif(json_group_array("measures"."ratio"), '[]') from "measures"`]],
    postgresql: [[`select array_agg("measures"."id"), array_agg("measures"."total"), array_agg("measures"."amount"), array_agg("measures"."at"), array_agg("measures"."raw"), array_agg("measures"."data"), array_agg("measures"."ratio") from "measures"`]],
    mariadb: [["select concat('[', group_concat(coalesce(cast(json_quote(`measures`.`id`) as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(json_quote(cast(`measures`.`total` as char)) as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(json_quote(cast(`measures`.`amount` as char)) as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(json_quote(cast(`measures`.`at` as char)) as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(json_quote(to_base64(`measures`.`raw`)) as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(`measures`.`data` as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(`measures`.`ratio` as char(32)), 'null') separator ','), ']') from `measures`"]],
    mysql: [["select concat('[', group_concat(coalesce(cast(json_quote(`measures`.`id`) as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(json_quote(cast(`measures`.`total` as char)) as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(json_quote(cast(`measures`.`amount` as char)) as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(json_quote(cast(`measures`.`at` as char)) as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(json_quote(to_base64(`measures`.`raw`)) as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(`measures`.`data` as char), 'null') separator ','), ']'), concat('[', group_concat(coalesce(cast(`measures`.`ratio` as char(32)), 'null') separator ','), ']') from `measures`"]]
  }),
  line("arrayAgg, said more of", users((u) => Expr.ordered(Expr.filter(Expr.distinct(Expr.arrayAgg(u.nick)), Expr.gt(u.age, 18)), Expr.asc(u.nick))), {
    sqlite: [[`select nullif(json_group_array(distinct "users"."nick" order by "users"."nick" nulls last) filter (where "users"."age" > ?), '[]') from "users"`, 18n]],
    postgresql: [[`select array_agg(distinct "users"."nick" order by "users"."nick") filter (where "users"."age" > $1::integer) from "users"`, "18"]],
    mariadb: [["select concat('[', group_concat(distinct case when `users`.`age` > ? then (coalesce(cast(json_quote(`users`.`nick`) as char), 'null')) end order by `users`.`nick` is null, `users`.`nick` separator ','), ']') from `users`", 18n]],
    mysql: [["select concat('[', group_concat(distinct case when `users`.`age` > ? then (coalesce(cast(json_quote(`users`.`nick`) as char), 'null')) end order by `users`.`nick` is null, `users`.`nick` separator ','), ']') from `users`", 18n]]
  }),
  line("arrayAgg, over a window", users((u) => Expr.over(Expr.arrayAgg(u.id), { partitionBy: [u.name] }) as never), {
    sqlite: [[`select nullif(json_group_array("users"."id") over (partition by "users"."name"), '[]') from "users"`]],
    postgresql: [[`select array_agg("users"."id") over (partition by "users"."name") from "users"`]],
    mariadb: unsupported("list over a window"),
    mysql: unsupported("list over a window")
  }),
  line("jsonAgg, of a whole source", Query.from(Measure).pipe(Query.pluck((m) => Expr.ordered(Expr.jsonAgg(m), Expr.desc(m.at)))), {
    sqlite: [[`select nullif(json_group_array(json_array("measures"."id", "measures"."ratio", cast("measures"."total" as text), strata_decimal("measures"."amount", 2), "measures"."exact", "measures"."at", "measures"."day", "measures"."time", "measures"."kind", json("measures"."data"), case when "measures"."raw" is not null then hex("measures"."raw") end) order by "measures"."at" desc), '[]') from "measures"`]],
    postgresql: [[`select json_agg(json_build_array("measures"."id", cast("measures"."ratio" as text), cast("measures"."total" as text), cast("measures"."amount" as text), cast("measures"."exact" as text), "measures"."at", "measures"."day", "measures"."time", "measures"."kind", "measures"."data", cast("measures"."raw" as text)) order by "measures"."at" desc) from "measures"`]],
    mariadb: [["select concat('[', group_concat(concat('[', coalesce(cast(json_quote(`measures`.`id`) as char), 'null'), ',', coalesce(cast(`measures`.`ratio` as char(32)), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`total` as char)) as char), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`amount` as char)) as char), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`exact` as char)) as char), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`at` as char)) as char), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`day` as char)) as char), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`time` as char)) as char), 'null'), ',', coalesce(cast(json_quote(`measures`.`kind`) as char), 'null'), ',', coalesce(cast(`measures`.`data` as char), 'null'), ',', coalesce(cast(json_quote(to_base64(`measures`.`raw`)) as char), 'null'), ']') order by `measures`.`at` desc separator ','), ']') from `measures`"]],
    mysql: [["select concat('[', group_concat(concat('[', coalesce(cast(json_quote(`measures`.`id`) as char), 'null'), ',', coalesce(cast(`measures`.`ratio` as char(32)), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`total` as char)) as char), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`amount` as char)) as char), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`exact` as char)) as char), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`at` as char)) as char), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`day` as char)) as char), 'null'), ',', coalesce(cast(json_quote(cast(`measures`.`time` as char)) as char), 'null'), ',', coalesce(cast(json_quote(`measures`.`kind`) as char), 'null'), ',', coalesce(cast(`measures`.`data` as char), 'null'), ',', coalesce(cast(json_quote(to_base64(`measures`.`raw`)) as char), 'null'), ']') order by `measures`.`at` desc separator ','), ']') from `measures`"]]
  }),
  line("jsonAgg, each record once", users((u) => Expr.filter(Expr.distinct(Expr.jsonAgg(Expr.record({ name: u.name, age: u.age }))), Expr.gt(u.age, 18))), {
    sqlite: [[`select nullif(json_group_array(distinct json_array("users"."name", "users"."age")) filter (where "users"."age" > ?), '[]') from "users"`, 18n]],
    postgresql: [[`select cast(jsonb_agg(distinct jsonb_build_array("users"."name", "users"."age")) filter (where "users"."age" > $1::integer) as json) from "users"`, "18"]],
    mariadb: [["select concat('[', group_concat(distinct case when `users`.`age` > ? then (concat('[', coalesce(cast(json_quote(`users`.`name`) as char), 'null'), ',', coalesce(cast(`users`.`age` as char(32)), 'null'), ']')) end separator ','), ']') from `users`", 18n]],
    mysql: [["select concat('[', group_concat(distinct case when `users`.`age` > ? then (concat('[', coalesce(cast(json_quote(`users`.`name`) as char), 'null'), ',', coalesce(cast(`users`.`age` as char(32)), 'null'), ']')) end separator ','), ']') from `users`", 18n]]
  }),
  line("jsonAgg, within another and beside an empty list", users((u) => Expr.jsonAgg(Expr.record({ id: u.id, posts: Expr.coalesce(Expr.scalar(Query.from(Post).pipe(Query.where((p) => Expr.eq(p.authorId, u.id)), Query.pluck((p) => Expr.jsonAgg(p)))), []) }))), {
    sqlite: [[`select nullif(json_group_array(json_array("users"."id", json(coalesce((select nullif(json_group_array(json_array("posts"."id", "posts"."author_id", "posts"."title", "posts"."published")), '[]') from "posts" where "posts"."author_id" = "users"."id"), ?)))), '[]') from "users"`, "[]"]],
    postgresql: [[`select json_agg(json_build_array("users"."id", coalesce((select json_agg(json_build_array("posts"."id", "posts"."author_id", "posts"."title", "posts"."published")) from "posts" where "posts"."author_id" = "users"."id"), $1::json))) from "users"`, "[]"]],
    mariadb: [["select concat('[', group_concat(concat('[', coalesce(cast(`users`.`id` as char(32)), 'null'), ',', coalesce(cast(coalesce((select concat('[', group_concat(concat('[', coalesce(cast(`posts`.`id` as char(32)), 'null'), ',', coalesce(cast(`posts`.`author_id` as char(32)), 'null'), ',', coalesce(cast(json_quote(`posts`.`title`) as char), 'null'), ',', coalesce(cast(`posts`.`published` as char(32)), 'null'), ']') separator ','), ']') from `posts` where `posts`.`author_id` = `users`.`id`), ?) as char), 'null'), ']') separator ','), ']') from `users`", "[]"]],
    mysql: [["select concat('[', group_concat(concat('[', coalesce(cast(`users`.`id` as char(32)), 'null'), ',', coalesce(cast(coalesce((select concat('[', group_concat(concat('[', coalesce(cast(`posts`.`id` as char(32)), 'null'), ',', coalesce(cast(`posts`.`author_id` as char(32)), 'null'), ',', coalesce(cast(json_quote(`posts`.`title`) as char), 'null'), ',', coalesce(cast(`posts`.`published` as char(32)), 'null'), ']') separator ','), ']') from `posts` where `posts`.`author_id` = `users`.`id`), ?) as char), 'null'), ']') separator ','), ']') from `users`", "[]"]]
  }),
  line("objectAgg", users((u) => Expr.ordered(Expr.objectAgg(u.name, u.age), Expr.asc(u.id))), {
    sqlite: [[`select nullif(json_group_array(json_array("users"."name", "users"."age") order by "users"."id"), '[]') from "users"`]],
    postgresql: [[`select json_agg(json_build_array("users"."name", "users"."age") order by "users"."id") from "users"`]],
    mariadb: [["select concat('[', group_concat(concat('[', coalesce(cast(json_quote(`users`.`name`) as char), 'null'), ',', coalesce(cast(`users`.`age` as char(32)), 'null'), ']') order by `users`.`id` separator ','), ']') from `users`"]],
    mysql: [["select concat('[', group_concat(concat('[', coalesce(cast(json_quote(`users`.`name`) as char), 'null'), ',', coalesce(cast(`users`.`age` as char(32)), 'null'), ']') order by `users`.`id` separator ','), ']') from `users`"]]
  })
]
