/**
 * The golden table of what queries read from: joins, derived tables, common table expressions, set operations, lists, and groupings.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query } from "effect-strata"
import * as Schema from "effect/Schema"
import { Employee, Post, Tag, User } from "./models.js"
import { line, unsupported } from "./record.js"

const users = Query.from(User).pipe(Query.where({ age: 7 }))
const ids = Query.from(User).pipe(Query.select((u) => ({ id: u.id, name: u.name })))
const titles = Query.from(Post).pipe(Query.select((p) => ({ name: p.title, id: p.id })))
const grown = Query.from(User).pipe(Query.where({ age: { gte: 18 } }), Query.cte("grown"))
const above = Query.recursive(
  "above",
  Query.from(Employee).pipe(Query.where({ id: 3 }), Query.select((e) => ({ id: e.id, managerId: e.managerId }))),
  (self) =>
    Query.from(Employee).pipe(
      Query.innerJoin("a", self, (e, { a }) => Expr.eq(a.managerId, e.id)),
      Query.select((e) => ({ id: e.id, managerId: e.managerId }))
    )
)
const latest = (u: { readonly id: Expr.Expr<number> }) =>
  Query.from(Post).pipe(Query.where((p) => Expr.eq(p.authorId, u.id)), Query.orderBy((p) => Expr.desc(p.id)), Query.limit(1))

export const bodies = [
  line("a query within its own callbacks", users.pipe(Query.where((u) => Expr.exists(users.pipe(Query.where((v) => Expr.and(Expr.gt(v.id, u.id), Expr.in(v.id, Query.pluck((w: Expr.Columns<typeof User>) => w.id)(users.pipe(Query.where((w) => Expr.eq(w.id, u.id)))))))))), Query.select((u) => ({ id: u.id, elders: Expr.scalar(users.pipe(Query.innerJoin("post", Post, (v, { post }) => Expr.and(Expr.eq(post.authorId, v.id), Expr.lt(u.age, v.age))), Query.pluck(() => Expr.count()))) }))), {
    sqlite: [[`select "users"."id", (select count(*) from "users" as "users_2" inner join "posts" as "post" on ("post"."author_id" = "users_2"."id") and ("users"."age" < "users_2"."age") where "users_2"."age" = ?) from "users" where ("users"."age" = ?) and exists (select 1 from "users" as "users_3" where ("users_3"."age" = ?) and (("users_3"."id" > "users"."id") and ("users_3"."id" in (select "users_4"."id" from "users" as "users_4" where ("users_4"."age" = ?) and ("users_4"."id" = "users"."id")))))`, 7n, 7n, 7n, 7n]],
    postgresql: [[`select "users"."id", (select count(*) from "users" as "users_2" inner join "posts" as "post" on ("post"."author_id" = "users_2"."id") and ("users"."age" < "users_2"."age") where "users_2"."age" = $1::integer) from "users" where ("users"."age" = $2::integer) and exists (select 1 from "users" as "users_3" where ("users_3"."age" = $3::integer) and (("users_3"."id" > "users"."id") and ("users_3"."id" in (select "users_4"."id" from "users" as "users_4" where ("users_4"."age" = $4::integer) and ("users_4"."id" = "users"."id")))))`, "7", "7", "7", "7"]],
    mariadb: [["select `users`.`id`, (select count(*) from `users` as `users_2` inner join `posts` as `post` on (`post`.`author_id` = `users_2`.`id`) and (`users`.`age` < `users_2`.`age`) where `users_2`.`age` = ?) from `users` where (`users`.`age` = ?) and exists (select 1 from `users` as `users_3` where (`users_3`.`age` = ?) and ((`users_3`.`id` > `users`.`id`) and (`users_3`.`id` in (select `users_4`.`id` from `users` as `users_4` where (`users_4`.`age` = ?) and (`users_4`.`id` = `users`.`id`)))))", 7n, 7n, 7n, 7n]],
    mysql: [["select `users`.`id`, (select count(*) from `users` as `users_2` inner join `posts` as `post` on (`post`.`author_id` = `users_2`.`id`) and (`users`.`age` < `users_2`.`age`) where `users_2`.`age` = ?) from `users` where (`users`.`age` = ?) and exists (select 1 from `users` as `users_3` where (`users_3`.`age` = ?) and ((`users_3`.`id` > `users`.`id`) and (`users_3`.`id` in (select `users_4`.`id` from `users` as `users_4` where (`users_4`.`age` = ?) and (`users_4`.`id` = `users`.`id`)))))", 7n, 7n, 7n, 7n]]
  }),
  line("right join", Query.from(Post).pipe(Query.rightJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)), Query.select((p, { author }) => ({ title: p.title, name: author.name }))), {
    sqlite: [[`select "posts"."title", "author"."name" from "posts" right join "users" as "author" on "posts"."author_id" = "author"."id"`]],
    postgresql: [[`select "posts"."title", "author"."name" from "posts" right join "users" as "author" on "posts"."author_id" = "author"."id"`]],
    mariadb: [["select `posts`.`title`, `author`.`name` from `posts` right join `users` as `author` on `posts`.`author_id` = `author`.`id`"]],
    mysql: [["select `posts`.`title`, `author`.`name` from `posts` right join `users` as `author` on `posts`.`author_id` = `author`.`id`"]]
  }),
  line("full join", Query.from(Post).pipe(Query.fullJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)), Query.select((p, { author }) => ({ title: p.title, name: author.name }))), {
    sqlite: [[`select "posts"."title", "author"."name" from "posts" full join "users" as "author" on "posts"."author_id" = "author"."id"`]],
    postgresql: [[`select "posts"."title", "author"."name" from "posts" full join "users" as "author" on "posts"."author_id" = "author"."id"`]],
    mariadb: unsupported("full join"),
    mysql: unsupported("full join")
  }),
  line("cross join", Query.from(User).pipe(Query.crossJoin("tag", Tag), Query.select((u, { tag }) => ({ name: u.name, label: tag.label }))), {
    sqlite: [[`select "users"."name", "tag"."label" from "users" cross join "tags" as "tag"`]],
    postgresql: [[`select "users"."name", "tag"."label" from "users" cross join "tags" as "tag"`]],
    mariadb: [["select `users`.`name`, `tag`.`label` from `users` cross join `tags` as `tag`"]],
    mysql: [["select `users`.`name`, `tag`.`label` from `users` cross join `tags` as `tag`"]]
  }),
  line("lateral join", Query.from(User).pipe(Query.lateralJoin("latest", latest), Query.select((u, { latest }) => ({ name: u.name, title: latest.title }))), {
    sqlite: unsupported("lateral join"),
    postgresql: [[`select "users"."name", "latest"."title" from "users" cross join lateral (select "posts"."id" as "id", "posts"."author_id" as "author_id", "posts"."title" as "title", "posts"."published" as "published" from "posts" where "posts"."author_id" = "users"."id" order by "posts"."id" desc limit $1::bigint) as "latest"`, "1"]],
    mariadb: unsupported("lateral join"),
    mysql: [["select `users`.`name`, `latest`.`title` from `users` cross join lateral (select `posts`.`id` as `id`, `posts`.`author_id` as `author_id`, `posts`.`title` as `title`, `posts`.`published` as `published` from `posts` where `posts`.`author_id` = `users`.`id` order by `posts`.`id` desc limit ?) as `latest`", 1n]]
  }),
  line("left lateral join", Query.from(User).pipe(Query.leftLateralJoin("latest", latest), Query.select((u, { latest }) => ({ name: u.name, title: latest.title }))), {
    sqlite: unsupported("lateral join"),
    postgresql: [[`select "users"."name", "latest"."title" from "users" left join lateral (select "posts"."id" as "id", "posts"."author_id" as "author_id", "posts"."title" as "title", "posts"."published" as "published" from "posts" where "posts"."author_id" = "users"."id" order by "posts"."id" desc limit $1::bigint) as "latest" on 1 = 1`, "1"]],
    mariadb: unsupported("lateral join"),
    mysql: [["select `users`.`name`, `latest`.`title` from `users` left join lateral (select `posts`.`id` as `id`, `posts`.`author_id` as `author_id`, `posts`.`title` as `title`, `posts`.`published` as `published` from `posts` where `posts`.`author_id` = `users`.`id` order by `posts`.`id` desc limit ?) as `latest` on 1 = 1", 1n]]
  }),
  line("union", ids.pipe(Query.union(titles)), {
    sqlite: [[`select "union"."id", "union"."name" from (select "users"."id" as "id", "users"."name" as "name" from "users" union select "posts"."id" as "id", "posts"."title" as "name" from "posts") as "union"`]],
    postgresql: [[`select "union"."id", "union"."name" from (select "users"."id" as "id", "users"."name" as "name" from "users" union select "posts"."id" as "id", "posts"."title" as "name" from "posts") as "union"`]],
    mariadb: [["select `union`.`id`, `union`.`name` from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` union select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts`) as `union`"]],
    mysql: [["select `union`.`id`, `union`.`name` from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` union select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts`) as `union`"]]
  }),
  line("union all, sorted and cut as a whole", ids.pipe(Query.unionAll(titles), Query.orderBy((r) => Expr.asc(r.name)), Query.limit(3)), {
    sqlite: [[`select "union_all"."id", "union_all"."name" from (select "users"."id" as "id", "users"."name" as "name" from "users" union all select "posts"."id" as "id", "posts"."title" as "name" from "posts") as "union_all" order by "union_all"."name" limit +?`, 3n]],
    postgresql: [[`select "union_all"."id", "union_all"."name" from (select "users"."id" as "id", "users"."name" as "name" from "users" union all select "posts"."id" as "id", "posts"."title" as "name" from "posts") as "union_all" order by "union_all"."name" limit $1::bigint`, "3"]],
    mariadb: [["select `union_all`.`id`, `union_all`.`name` from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` union all select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts`) as `union_all` order by `union_all`.`name` limit ?", 3n]],
    mysql: [["select `union_all`.`id`, `union_all`.`name` from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` union all select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts`) as `union_all` order by `union_all`.`name` limit ?", 3n]]
  }),
  line("union of parts that are sorted and cut", ids.pipe(Query.orderBy((u) => Expr.asc(u.name)), Query.limit(1), Query.union(titles.pipe(Query.limit(2)))), {
    sqlite: [[`select "union"."id", "union"."name" from (select * from (select "users"."id" as "id", "users"."name" as "name" from "users" order by "users"."name" limit +?) as "operand" union select * from (select "posts"."id" as "id", "posts"."title" as "name" from "posts" limit +?) as "operand") as "union"`, 1n, 2n]],
    postgresql: [[`select "union"."id", "union"."name" from (select * from (select "users"."id" as "id", "users"."name" as "name" from "users" order by "users"."name" limit $1::bigint) as "operand" union select * from (select "posts"."id" as "id", "posts"."title" as "name" from "posts" limit $2::bigint) as "operand") as "union"`, "1", "2"]],
    mariadb: [["select `union`.`id`, `union`.`name` from (select * from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` order by `users`.`name` limit ?) as `operand` union select * from (select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts` limit ?) as `operand`) as `union`", 1n, 2n]],
    mysql: [["select `union`.`id`, `union`.`name` from (select * from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` order by `users`.`name` limit ?) as `operand` union select * from (select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts` limit ?) as `operand`) as `union`", 1n, 2n]]
  }),
  line("intersect and except", ids.pipe(Query.intersect(titles), Query.except(ids)), {
    sqlite: [[`select "except"."id", "except"."name" from (select * from (select "users"."id" as "id", "users"."name" as "name" from "users" intersect select "posts"."id" as "id", "posts"."title" as "name" from "posts") as "operand" except select "users_2"."id" as "id", "users_2"."name" as "name" from "users" as "users_2") as "except"`]],
    postgresql: [[`select "except"."id", "except"."name" from (select * from (select "users"."id" as "id", "users"."name" as "name" from "users" intersect select "posts"."id" as "id", "posts"."title" as "name" from "posts") as "operand" except select "users_2"."id" as "id", "users_2"."name" as "name" from "users" as "users_2") as "except"`]],
    mariadb: [["select `except`.`id`, `except`.`name` from (select * from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` intersect select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts`) as `operand` except select `users_2`.`id` as `id`, `users_2`.`name` as `name` from `users` as `users_2`) as `except`"]],
    mysql: [["select `except`.`id`, `except`.`name` from (select * from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` intersect select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts`) as `operand` except select `users_2`.`id` as `id`, `users_2`.`name` as `name` from `users` as `users_2`) as `except`"]]
  }),
  line("intersect all", ids.pipe(Query.intersectAll(titles)), {
    sqlite: unsupported("intersect all"),
    postgresql: [[`select "intersect_all"."id", "intersect_all"."name" from (select "users"."id" as "id", "users"."name" as "name" from "users" intersect all select "posts"."id" as "id", "posts"."title" as "name" from "posts") as "intersect_all"`]],
    mariadb: [["select `intersect_all`.`id`, `intersect_all`.`name` from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` intersect all select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts`) as `intersect_all`"]],
    mysql: [["select `intersect_all`.`id`, `intersect_all`.`name` from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` intersect all select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts`) as `intersect_all`"]]
  }),
  line("except all", ids.pipe(Query.exceptAll(titles)), {
    sqlite: unsupported("except all"),
    postgresql: [[`select "except_all"."id", "except_all"."name" from (select "users"."id" as "id", "users"."name" as "name" from "users" except all select "posts"."id" as "id", "posts"."title" as "name" from "posts") as "except_all"`]],
    mariadb: [["select `except_all`.`id`, `except_all`.`name` from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` except all select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts`) as `except_all`"]],
    mysql: [["select `except_all`.`id`, `except_all`.`name` from (select `users`.`id` as `id`, `users`.`name` as `name` from `users` except all select `posts`.`id` as `id`, `posts`.`title` as `name` from `posts`) as `except_all`"]]
  }),
  line("cte", Query.from(grown).pipe(Query.innerJoin("other", grown, (a, { other }) => Expr.lt(a.id, other.id)), Query.pluck((a) => a.name)), {
    sqlite: [[`with "grown" as (select "users"."id" as "id", "users"."name" as "name", "users"."age" as "age", "users"."nick" as "nick" from "users" where "users"."age" >= ?) select "grown"."name" from "grown" inner join "grown" as "other" on "grown"."id" < "other"."id"`, 18n]],
    postgresql: [[`with "grown" as (select "users"."id" as "id", "users"."name" as "name", "users"."age" as "age", "users"."nick" as "nick" from "users" where "users"."age" >= $1::integer) select "grown"."name" from "grown" inner join "grown" as "other" on "grown"."id" < "other"."id"`, "18"]],
    mariadb: [["with `grown` as (select `users`.`id` as `id`, `users`.`name` as `name`, `users`.`age` as `age`, `users`.`nick` as `nick` from `users` where `users`.`age` >= ?) select `grown`.`name` from `grown` inner join `grown` as `other` on `grown`.`id` < `other`.`id`", 18n]],
    mysql: [["with `grown` as (select `users`.`id` as `id`, `users`.`name` as `name`, `users`.`age` as `age`, `users`.`nick` as `nick` from `users` where `users`.`age` >= ?) select `grown`.`name` from `grown` inner join `grown` as `other` on `grown`.`id` < `other`.`id`", 18n]]
  }),
  line("cte, materialized", Query.from(ids.pipe(Query.cte("kept", { materialized: true }))).pipe(Query.pluck((k) => k.name)), {
    sqlite: [[`with "kept" as materialized (select "users"."id" as "id", "users"."name" as "name" from "users") select "kept"."name" from "kept"`]],
    postgresql: [[`with "kept" as materialized (select "users"."id" as "id", "users"."name" as "name" from "users") select "kept"."name" from "kept"`]],
    mariadb: [["with `kept` as (select `users`.`id` as `id`, `users`.`name` as `name` from `users`) select `kept`.`name` from `kept`"]],
    mysql: [["with `kept` as (select `users`.`id` as `id`, `users`.`name` as `name` from `users`) select `kept`.`name` from `kept`"]]
  }),
  line("cte, not materialized", Query.from(ids.pipe(Query.cte("merged", { materialized: false }))).pipe(Query.pluck((k) => k.name)), {
    sqlite: [[`with "merged" as not materialized (select "users"."id" as "id", "users"."name" as "name" from "users") select "merged"."name" from "merged"`]],
    postgresql: [[`with "merged" as not materialized (select "users"."id" as "id", "users"."name" as "name" from "users") select "merged"."name" from "merged"`]],
    mariadb: [["with `merged` as (select `users`.`id` as `id`, `users`.`name` as `name` from `users`) select `merged`.`name` from `merged`"]],
    mysql: [["with `merged` as (select `users`.`id` as `id`, `users`.`name` as `name` from `users`) select `merged`.`name` from `merged`"]]
  }),
  line("recursive", Query.from(above), {
    sqlite: [[`with recursive "above" as (select "employees"."id" as "id", "employees"."manager_id" as "managerId" from "employees" where "employees"."id" = ? union select "employees_2"."id" as "id", "employees_2"."manager_id" as "managerId" from "employees" as "employees_2" inner join "above" as "a" on "a"."managerId" = "employees_2"."id") select "above"."id", "above"."managerId" from "above"`, 3n]],
    postgresql: [[`with recursive "above" as (select "employees"."id" as "id", "employees"."manager_id" as "managerId" from "employees" where "employees"."id" = $1::integer union select "employees_2"."id" as "id", "employees_2"."manager_id" as "managerId" from "employees" as "employees_2" inner join "above" as "a" on "a"."managerId" = "employees_2"."id") select "above"."id", "above"."managerId" from "above"`, "3"]],
    mariadb: [["with recursive `above` as (select `employees`.`id` as `id`, `employees`.`manager_id` as `managerId` from `employees` where `employees`.`id` = ? union select `employees_2`.`id` as `id`, `employees_2`.`manager_id` as `managerId` from `employees` as `employees_2` inner join `above` as `a` on `a`.`managerId` = `employees_2`.`id`) select `above`.`id`, `above`.`managerId` from `above`", 3n]],
    mysql: [["with recursive `above` as (select `employees`.`id` as `id`, `employees`.`manager_id` as `managerId` from `employees` where `employees`.`id` = ? union select `employees_2`.`id` as `id`, `employees_2`.`manager_id` as `managerId` from `employees` as `employees_2` inner join `above` as `a` on `a`.`managerId` = `employees_2`.`id`) select `above`.`id`, `above`.`managerId` from `above`", 3n]]
  }),
  line("values", Query.from(Query.values("listed", { id: Schema.Int, label: Schema.NullOr(Schema.String) }, [{ id: 1, label: "a" }, { id: 2, label: null }])), {
    sqlite: [[`select "listed"."id", "listed"."label" from (select column1 as "id", column2 as "label" from (values (?, ?), (?, ?))) as "listed"`, 1n, "a", 2n, null]],
    postgresql: [[`select "listed"."id", "listed"."label" from (select * from (values ($1::integer, $2), ($3::integer, $4)) as "list" ("id", "label")) as "listed"`, "1", "a", "2", null]],
    mariadb: [["select `listed`.`id`, `listed`.`label` from (select cast(? as signed) as `id`, cast(? as char) as `label` union all select cast(? as signed), cast(? as char)) as `listed`", 1n, "a", 2n, null]],
    mysql: [["select `listed`.`id`, `listed`.`label` from (select cast(? as signed) as `id`, cast(? as char) as `label` union all select cast(? as signed), cast(? as char)) as `listed`", 1n, "a", 2n, null]]
  }),
  line("values of none", Query.from(Query.values("none", { id: Schema.Int }, [])), {
    sqlite: [[`select "none"."id" from (select strata_integer(null) as "id" where 1 = 0) as "none"`]],
    postgresql: [[`select "none"."id" from (select cast(null as integer) as "id" where 1 = 0) as "none"`]],
    mariadb: [["select `none`.`id` from (select cast(null as signed) as `id` where 1 = 0) as `none`"]],
    mysql: [["select `none`.`id` from (select cast(null as signed) as `id` where 1 = 0) as `none`"]]
  }),
  line("rollup", Query.from(User).pipe(Query.rollup((u) => [u.age, u.name]), Query.select((u) => ({ age: u.age, count: Expr.count() }))), {
    sqlite: unsupported("rollup"),
    postgresql: [[`select "users"."age", count(*) from "users" group by rollup ("users"."age", "users"."name")`]],
    mariadb: [["select `users`.`age`, count(*) from `users` group by `users`.`age`, `users`.`name` with rollup"]],
    mysql: [["select `users`.`age`, count(*) from `users` group by `users`.`age`, `users`.`name` with rollup"]]
  }),
  line("cube", Query.from(User).pipe(Query.cube((u) => [u.age, u.name]), Query.select((u) => ({ age: u.age, count: Expr.count() }))), {
    sqlite: unsupported("cube"),
    postgresql: [[`select "users"."age", count(*) from "users" group by cube ("users"."age", "users"."name")`]],
    mariadb: unsupported("cube"),
    mysql: unsupported("cube")
  }),
  line("grouping sets", Query.from(User).pipe(Query.groupingSets((u) => [[u.age], [u.age, u.name], []]), Query.select((u) => ({ age: u.age, count: Expr.count() }))), {
    sqlite: unsupported("grouping sets"),
    postgresql: [[`select "users"."age", count(*) from "users" group by grouping sets (("users"."age"), ("users"."age", "users"."name"), ())`]],
    mariadb: unsupported("grouping sets"),
    mysql: unsupported("grouping sets")
  }),
  line("distinct on", Query.from(User).pipe(Query.distinctOn((u) => [u.age]), Query.orderBy((u) => [Expr.asc(u.age), Expr.desc(u.id)]), Query.pluck((u) => u.name)), {
    sqlite: unsupported("distinct on"),
    postgresql: [[`select distinct on ("users"."age") "users"."name" from "users" order by "users"."age", "users"."id" desc`]],
    mariadb: unsupported("distinct on"),
    mysql: unsupported("distinct on")
  })
]
