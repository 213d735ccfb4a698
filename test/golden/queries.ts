/**
 * The golden table of queries: clauses, filters, joins, subqueries, derived tables, relations and terminals; a column a dialect.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query, Relation } from "effect-strata"
import * as Effect from "effect/Effect"
import { Employee, manager, Odd, Post, postAuthor, postTags, PostTag, reports, Tag, User, userPosts } from "./models.js"
import { line } from "./record.js"

const ids = <A, S extends typeof User | typeof Post | typeof Employee, J, R>(query: Query.Query<A, S, J, R>) =>
  Query.pluck<S, J, number, never>((columns) => columns.id as Expr.Expr<number>)(query)
const adults = Query.scope(User, (u) => Expr.gte(u.age, 18))
const young = ids(Query.from(User).pipe(Query.where((u) => Expr.lt(u.age, 18))))
const perAuthor = Query.from(Post).pipe(
  Query.groupBy((p) => [p.authorId]),
  Query.select((p) => ({ authorId: p.authorId, posts: Expr.count() }))
)

export const queries = [
  line("from: the whole row", Query.from(User), {
    sqlite: [[`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`]],
    postgresql: [[`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`]],
    mariadb: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"]],
    mysql: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"]]
  }),
  line("from: names that have to be quoted, in a schema", Query.from(Odd).pipe(Query.where({ dotted: 1, quoted: { gt: 2 } })), {
    sqlite: [["select \"order\".\"id\", \"order\".\"select\", \"order\".\"a.b\", \"order\".\"it's \"\"so\"\" `odd`\" from \"my schema\".\"order\" where (\"order\".\"a.b\" = ?) and (\"order\".\"it's \"\"so\"\" `odd`\" > ?)", 1n, 2n]],
    postgresql: [["select \"order\".\"id\", \"order\".\"select\", \"order\".\"a.b\", \"order\".\"it's \"\"so\"\" `odd`\" from \"my schema\".\"order\" where (\"order\".\"a.b\" = $1::integer) and (\"order\".\"it's \"\"so\"\" `odd`\" > $2::integer)", "1", "2"]],
    mariadb: [["select `order`.`id`, `order`.`select`, `order`.`a.b`, `order`.`it's \"so\" ``odd``` from `my schema`.`order` where (`order`.`a.b` = ?) and (`order`.`it's \"so\" ``odd``` > ?)", 1n, 2n]],
    mysql: [["select `order`.`id`, `order`.`select`, `order`.`a.b`, `order`.`it's \"so\" ``odd``` from `my schema`.`order` where (`order`.`a.b` = ?) and (`order`.`it's \"so\" ``odd``` > ?)", 1n, 2n]]
  }),
  line("where: several", ids(Query.from(User).pipe(Query.where((u) => Expr.gt(u.age, 1)), Query.where({ name: "Ada" }))), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age" > ?) and ("users"."name" = ?)`, 1n, "Ada"]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age" > $1::integer) and ("users"."name" = $2)`, "1", "Ada"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age` > ?) and (`users`.`name` = ?)", 1n, "Ada"]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age` > ?) and (`users`.`name` = ?)", 1n, "Ada"]]
  }),
  line("filter: a bare value, and tests", ids(Query.from(User).pipe(Query.where({ name: "Ada", age: { gte: 1, lt: 9, ne: 5 } }))), {
    sqlite: [[`select "users"."id" from "users" where ("users"."name" = ?) and ("users"."age" >= ?) and ("users"."age" < ?) and ("users"."age" <> ?)`, "Ada", 1n, 9n, 5n]],
    postgresql: [[`select "users"."id" from "users" where ("users"."name" = $1) and ("users"."age" >= $2::integer) and ("users"."age" < $3::integer) and ("users"."age" <> $4::integer)`, "Ada", "1", "9", "5"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`name` = ?) and (`users`.`age` >= ?) and (`users`.`age` < ?) and (`users`.`age` <> ?)", "Ada", 1n, 9n, 5n]],
    mysql: [["select `users`.`id` from `users` where (`users`.`name` = ?) and (`users`.`age` >= ?) and (`users`.`age` < ?) and (`users`.`age` <> ?)", "Ada", 1n, 9n, 5n]]
  }),
  line("filter: in, notIn, between", ids(Query.from(User).pipe(Query.where({ age: { in: [1, 2], notIn: [3], between: [4, 5] } }))), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age" in (?, ?)) and (not ("users"."age" in (?))) and ("users"."age" >= ?) and ("users"."age" <= ?)`, 1n, 2n, 3n, 4n, 5n]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age" = any($1::integer[])) and (not ("users"."age" in ($2::integer))) and ("users"."age" >= $3::integer) and ("users"."age" <= $4::integer)`, "{1,2}", "3", "4", "5"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age` in (?, ?)) and (not (`users`.`age` in (?))) and (`users`.`age` >= ?) and (`users`.`age` <= ?)", 1n, 2n, 3n, 4n, 5n]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age` in (?, ?)) and (not (`users`.`age` in (?))) and (`users`.`age` >= ?) and (`users`.`age` <= ?)", 1n, 2n, 3n, 4n, 5n]]
  }),
  line("filter: isNull, texts", ids(Query.from(User).pipe(Query.where({ nick: { isNull: false }, name: { contains: "a", startsWith: "b", endsWith: "c", like: "d%", ilike: "e%" } }))), {
    sqlite: [["select \"users\".\"id\" from \"users\" where (\"users\".\"nick\" is not null) and (\"users\".\"name\" like ? escape '\\') and (\"users\".\"name\" like ? escape '\\') and (\"users\".\"name\" like ? escape '\\') and (\"users\".\"name\" like ? escape '\\') and (lower(\"users\".\"name\") like lower(?) escape '\\')", "%a%", "b%", "%c", "d%", "e%"]],
    postgresql: [[`select "users"."id" from "users" where ("users"."nick" is not null) and ("users"."name" like $1) and ("users"."name" like $2) and ("users"."name" like $3) and ("users"."name" like $4) and ("users"."name" collate "und-x-icu" ilike $5 collate "und-x-icu")`, "%a%", "b%", "%c", "d%", "e%"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`nick` is not null) and (`users`.`name` like ?) and (`users`.`name` like ?) and (`users`.`name` like ?) and (`users`.`name` like ?) and ((lower(convert(`users`.`name` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin like lower(convert(? using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin))", "%a%", "b%", "%c", "d%", "e%"]],
    mysql: [["select `users`.`id` from `users` where (`users`.`nick` is not null) and (`users`.`name` like ?) and (`users`.`name` like ?) and (`users`.`name` like ?) and (`users`.`name` like ?) and ((lower(convert(`users`.`name` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin like lower(convert(? using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin))", "%a%", "b%", "%c", "d%", "e%"]]
  }),
  line("filter: and, or, not", ids(Query.from(User).pipe(Query.where({ or: [{ age: 1 }, { and: [{ age: 2 }, { not: { nick: { isNull: true } } }] }] }))), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age" = ?) or (("users"."age" = ?) and (not ("users"."nick" is null)))`, 1n, 2n]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age" = $1::integer) or (("users"."age" = $2::integer) and (not ("users"."nick" is null)))`, "1", "2"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age` = ?) or ((`users`.`age` = ?) and (not (`users`.`nick` is null)))", 1n, 2n]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age` = ?) or ((`users`.`age` = ?) and (not (`users`.`nick` is null)))", 1n, 2n]]
  }),
  line("filter: an empty list, an empty filter", ids(Query.from(User).pipe(Query.where({ age: { in: [] } }), Query.where({}))), {
    sqlite: [[`select "users"."id" from "users" where (1 = 0) and (1 = 1)`]],
    postgresql: [[`select "users"."id" from "users" where (1 = 0) and (1 = 1)`]],
    mariadb: [["select `users`.`id` from `users` where (1 = 0) and (1 = 1)"]],
    mysql: [["select `users`.`id` from `users` where (1 = 0) and (1 = 1)"]]
  }),
  line("scope: a reusable piece", ids(Query.from(User).pipe(adults)), {
    sqlite: [[`select "users"."id" from "users" where "users"."age" >= ?`, 18n]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" >= $1::integer`, "18"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` >= ?", 18n]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` >= ?", 18n]]
  }),
  line("select: values and a whole source", Query.from(User).pipe(Query.select((u) => ({ name: u.name, user: u }))), {
    sqlite: [[`select "users"."name", "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`]],
    postgresql: [[`select "users"."name", "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`]],
    mariadb: [["select `users`.`name`, `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"]],
    mysql: [["select `users`.`name`, `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"]]
  }),
  line("distinct", Query.from(User).pipe(Query.pluck((u) => u.name), Query.distinct), {
    sqlite: [[`select distinct "users"."name" from "users"`]],
    postgresql: [[`select distinct "users"."name" from "users"`]],
    mariadb: [["select distinct `users`.`name` from `users`"]],
    mysql: [["select distinct `users`.`name` from `users`"]]
  }),
  line("orderBy: several", ids(Query.from(User).pipe(Query.orderBy((u) => Expr.desc(u.age)), Query.orderBy((u) => Expr.asc(u.id)))), {
    sqlite: [[`select "users"."id" from "users" order by "users"."age" desc, "users"."id"`]],
    postgresql: [[`select "users"."id" from "users" order by "users"."age" desc, "users"."id"`]],
    mariadb: [["select `users`.`id` from `users` order by `users`.`age` desc, `users`.`id`"]],
    mysql: [["select `users`.`id` from `users` order by `users`.`age` desc, `users`.`id`"]]
  }),
  line("limit", ids(Query.from(User).pipe(Query.limit(20))), {
    sqlite: [[`select "users"."id" from "users" limit +?`, 20n]],
    postgresql: [[`select "users"."id" from "users" limit $1::bigint`, "20"]],
    mariadb: [["select `users`.`id` from `users` limit ?", 20n]],
    mysql: [["select `users`.`id` from `users` limit ?", 20n]]
  }),
  line("offset", ids(Query.from(User).pipe(Query.offset(40))), {
    sqlite: [[`select "users"."id" from "users" limit -1 offset ?`, 40n]],
    postgresql: [[`select "users"."id" from "users" offset $1::bigint`, "40"]],
    mariadb: [["select `users`.`id` from `users` limit 18446744073709551615 offset ?", 40n]],
    mysql: [["select `users`.`id` from `users` limit 18446744073709551615 offset ?", 40n]]
  }),
  line("limit and offset", ids(Query.from(User).pipe(Query.limit(20), Query.offset(40))), {
    sqlite: [[`select "users"."id" from "users" limit +? offset ?`, 20n, 40n]],
    postgresql: [[`select "users"."id" from "users" limit $1::bigint offset $2::bigint`, "20", "40"]],
    mariadb: [["select `users`.`id` from `users` limit ? offset ?", 20n, 40n]],
    mysql: [["select `users`.`id` from `users` limit ? offset ?", 20n, 40n]]
  }),
  line("groupBy, having", Query.from(Post).pipe(Query.groupBy((p) => [p.authorId, p.published]), Query.having(() => Expr.gt(Expr.count(), 3)), Query.select((p) => ({ id: p.authorId, posts: Expr.count() }))), {
    sqlite: [[`select "posts"."author_id", count(*) from "posts" group by "posts"."author_id", "posts"."published" having count(*) > ?`, 3n]],
    postgresql: [[`select "posts"."author_id", count(*) from "posts" group by "posts"."author_id", "posts"."published" having count(*) > $1::bigint`, "3"]],
    mariadb: [["select `posts`.`author_id`, count(*) from `posts` group by `posts`.`author_id`, `posts`.`published` having count(*) > ?", 3n]],
    mysql: [["select `posts`.`author_id`, count(*) from `posts` group by `posts`.`author_id`, `posts`.`published` having count(*) > ?", 3n]]
  }),
  line("innerJoin", Query.from(Post).pipe(Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)), Query.select((p, { author }) => ({ title: p.title, name: author.name }))), {
    sqlite: [[`select "posts"."title", "author"."name" from "posts" inner join "users" as "author" on "posts"."author_id" = "author"."id"`]],
    postgresql: [[`select "posts"."title", "author"."name" from "posts" inner join "users" as "author" on "posts"."author_id" = "author"."id"`]],
    mariadb: [["select `posts`.`title`, `author`.`name` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id`"]],
    mysql: [["select `posts`.`title`, `author`.`name` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id`"]]
  }),
  line("leftJoin: the joined row may be absent", Query.from(Tag).pipe(Query.leftJoin("link", PostTag, (t, { link }) => Expr.eq(link.tagId, t.id)), Query.select((t, { link }) => ({ label: t.label, link }))), {
    sqlite: [[`select "tags"."label", "link"."post_id", "link"."tag_id" from "tags" left join "posts_tags" as "link" on "link"."tag_id" = "tags"."id"`]],
    postgresql: [[`select "tags"."label", "link"."post_id", "link"."tag_id" from "tags" left join "posts_tags" as "link" on "link"."tag_id" = "tags"."id"`]],
    mariadb: [["select `tags`.`label`, `link`.`post_id`, `link`.`tag_id` from `tags` left join `posts_tags` as `link` on `link`.`tag_id` = `tags`.`id`"]],
    mysql: [["select `tags`.`label`, `link`.`post_id`, `link`.`tag_id` from `tags` left join `posts_tags` as `link` on `link`.`tag_id` = `tags`.`id`"]]
  }),
  line("innerJoin: three tables", Query.from(Post).pipe(Query.innerJoin("link", PostTag, (p, { link }) => Expr.eq(link.postId, p.id)), Query.innerJoin("tag", Tag, (_, { link, tag }) => Expr.eq(tag.id, link.tagId)), Query.where((_, { tag }) => Expr.eq(tag.label, "a")), Query.pluck((p) => p.title)), {
    sqlite: [[`select "posts"."title" from "posts" inner join "posts_tags" as "link" on "link"."post_id" = "posts"."id" inner join "tags" as "tag" on "tag"."id" = "link"."tag_id" where "tag"."label" = ?`, "a"]],
    postgresql: [[`select "posts"."title" from "posts" inner join "posts_tags" as "link" on "link"."post_id" = "posts"."id" inner join "tags" as "tag" on "tag"."id" = "link"."tag_id" where "tag"."label" = $1`, "a"]],
    mariadb: [["select `posts`.`title` from `posts` inner join `posts_tags` as `link` on `link`.`post_id` = `posts`.`id` inner join `tags` as `tag` on `tag`.`id` = `link`.`tag_id` where `tag`.`label` = ?", "a"]],
    mysql: [["select `posts`.`title` from `posts` inner join `posts_tags` as `link` on `link`.`post_id` = `posts`.`id` inner join `tags` as `tag` on `tag`.`id` = `link`.`tag_id` where `tag`.`label` = ?", "a"]]
  }),
  line("innerJoin: a table with itself", Query.from(Employee).pipe(Query.innerJoin("boss", Employee, (e, { boss }) => Expr.eq(e.managerId, boss.id)), Query.innerJoin("employees", Employee, (e, { employees }) => Expr.eq(employees.id, e.id)), Query.select((e, { boss }) => ({ id: e.id, boss: boss.id }))), {
    sqlite: [[`select "employees"."id", "boss"."id" from "employees" inner join "employees" as "boss" on "employees"."manager_id" = "boss"."id" inner join "employees" as "employees_2" on "employees_2"."id" = "employees"."id"`]],
    postgresql: [[`select "employees"."id", "boss"."id" from "employees" inner join "employees" as "boss" on "employees"."manager_id" = "boss"."id" inner join "employees" as "employees_2" on "employees_2"."id" = "employees"."id"`]],
    mariadb: [["select `employees`.`id`, `boss`.`id` from `employees` inner join `employees` as `boss` on `employees`.`manager_id` = `boss`.`id` inner join `employees` as `employees_2` on `employees_2`.`id` = `employees`.`id`"]],
    mysql: [["select `employees`.`id`, `boss`.`id` from `employees` inner join `employees` as `boss` on `employees`.`manager_id` = `boss`.`id` inner join `employees` as `employees_2` on `employees_2`.`id` = `employees`.`id`"]]
  }),
  line("as: a query as a table", Query.from(perAuthor.pipe(Query.as("counted"))).pipe(Query.where((c) => Expr.gt(c.posts, 3)), Query.pluck((c) => c.authorId)), {
    sqlite: [[`select "counted"."authorId" from (select "posts"."author_id" as "authorId", count(*) as "posts" from "posts" group by "posts"."author_id") as "counted" where "counted"."posts" > ?`, 3n]],
    postgresql: [[`select "counted"."authorId" from (select "posts"."author_id" as "authorId", count(*) as "posts" from "posts" group by "posts"."author_id") as "counted" where "counted"."posts" > $1::bigint`, "3"]],
    mariadb: [["select `counted`.`authorId` from (select `posts`.`author_id` as `authorId`, count(*) as `posts` from `posts` group by `posts`.`author_id`) as `counted` where `counted`.`posts` > ?", 3n]],
    mysql: [["select `counted`.`authorId` from (select `posts`.`author_id` as `authorId`, count(*) as `posts` from `posts` group by `posts`.`author_id`) as `counted` where `counted`.`posts` > ?", 3n]]
  }),
  line("as: a join with a query", Query.from(User).pipe(Query.leftJoin("counted", perAuthor.pipe(Query.as("counted")), (u, { counted }) => Expr.eq(counted.authorId, u.id)), Query.select((u, { counted }) => ({ name: u.name, counted }))), {
    sqlite: [[`select "users"."name", "counted"."authorId", "counted"."posts" from "users" left join (select "posts"."author_id" as "authorId", count(*) as "posts" from "posts" group by "posts"."author_id") as "counted" on "counted"."authorId" = "users"."id"`]],
    postgresql: [[`select "users"."name", "counted"."authorId", "counted"."posts" from "users" left join (select "posts"."author_id" as "authorId", count(*) as "posts" from "posts" group by "posts"."author_id") as "counted" on "counted"."authorId" = "users"."id"`]],
    mariadb: [["select `users`.`name`, `counted`.`authorId`, `counted`.`posts` from `users` left join (select `posts`.`author_id` as `authorId`, count(*) as `posts` from `posts` group by `posts`.`author_id`) as `counted` on `counted`.`authorId` = `users`.`id`"]],
    mysql: [["select `users`.`name`, `counted`.`authorId`, `counted`.`posts` from `users` left join (select `posts`.`author_id` as `authorId`, count(*) as `posts` from `posts` group by `posts`.`author_id`) as `counted` on `counted`.`authorId` = `users`.`id`"]]
  }),
  line("as: a query of whole rows", Query.from(Query.from(Tag).pipe(Query.limit(2), Query.as("few"))).pipe(Query.orderBy((t) => Expr.asc(t.label))), {
    sqlite: [[`select "few"."id", "few"."label" from (select "tags"."id" as "id", "tags"."label" as "label" from "tags" limit +?) as "few" order by "few"."label"`, 2n]],
    postgresql: [[`select "few"."id", "few"."label" from (select "tags"."id" as "id", "tags"."label" as "label" from "tags" limit $1::bigint) as "few" order by "few"."label"`, "2"]],
    mariadb: [["select `few`.`id`, `few`.`label` from (select `tags`.`id` as `id`, `tags`.`label` as `label` from `tags` limit ?) as `few` order by `few`.`label`", 2n]],
    mysql: [["select `few`.`id`, `few`.`label` from (select `tags`.`id` as `id`, `tags`.`label` as `label` from `tags` limit ?) as `few` order by `few`.`label`", 2n]]
  }),
  line("as: names that meet", Query.from(Query.from(User).pipe(Query.select((u) => ({ a_b: u.id, a: Expr.record({ b: u.age }) })), Query.as("t"))).pipe(Query.where((t) => Expr.eq(t.a_b, 1))), {
    sqlite: [[`select "t"."a_b", "t"."a_b_2" from (select "users"."id" as "a_b", "users"."age" as "a_b_2" from "users") as "t" where "t"."a_b" = ?`, 1n]],
    postgresql: [[`select "t"."a_b", "t"."a_b_2" from (select "users"."id" as "a_b", "users"."age" as "a_b_2" from "users") as "t" where "t"."a_b" = $1::integer`, "1"]],
    mariadb: [["select `t`.`a_b`, `t`.`a_b_2` from (select `users`.`id` as `a_b`, `users`.`age` as `a_b_2` from `users`) as `t` where `t`.`a_b` = ?", 1n]],
    mysql: [["select `t`.`a_b`, `t`.`a_b_2` from (select `users`.`id` as `a_b`, `users`.`age` as `a_b_2` from `users`) as `t` where `t`.`a_b` = ?", 1n]]
  }),
  line("a query inside itself", young.pipe(Query.where((u) => Expr.in(u.id, ids(young)))), {
    sqlite: [[`select "users"."id" from "users" where ("users"."age" < ?) and ("users"."id" in (select "users_2"."id" from "users" as "users_2" where "users_2"."age" < ?))`, 18n, 18n]],
    postgresql: [[`select "users"."id" from "users" where ("users"."age" < $1::integer) and ("users"."id" in (select "users_2"."id" from "users" as "users_2" where "users_2"."age" < $2::integer))`, "18", "18"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`age` < ?) and (`users`.`id` in (select `users_2`.`id` from `users` as `users_2` where `users_2`.`age` < ?))", 18n, 18n]],
    mysql: [["select `users`.`id` from `users` where (`users`.`age` < ?) and (`users`.`id` in (select `users_2`.`id` from `users` as `users_2` where `users_2`.`age` < ?))", 18n, 18n]]
  }),
  line("some", ids(Query.from(User).pipe(Query.where(Relation.some(userPosts)))), {
    sqlite: [[`select "users"."id" from "users" where exists (select 1 from "posts" where "posts"."author_id" = "users"."id")`]],
    postgresql: [[`select "users"."id" from "users" where exists (select 1 from "posts" where "posts"."author_id" = "users"."id")`]],
    mariadb: [["select `users`.`id` from `users` where exists (select 1 from `posts` where `posts`.`author_id` = `users`.`id`)"]],
    mysql: [["select `users`.`id` from `users` where exists (select 1 from `posts` where `posts`.`author_id` = `users`.`id`)"]]
  }),
  line("some, with a filter", ids(Query.from(User).pipe(Query.where(Relation.some(userPosts, { published: true })))), {
    sqlite: [[`select "users"."id" from "users" where exists (select 1 from "posts" where ("posts"."author_id" = "users"."id") and ("posts"."published" = ?))`, 1n]],
    postgresql: [[`select "users"."id" from "users" where exists (select 1 from "posts" where ("posts"."author_id" = "users"."id") and ("posts"."published" = $1::boolean))`, "true"]],
    mariadb: [["select `users`.`id` from `users` where exists (select 1 from `posts` where (`posts`.`author_id` = `users`.`id`) and (`posts`.`published` = ?))", true]],
    mysql: [["select `users`.`id` from `users` where exists (select 1 from `posts` where (`posts`.`author_id` = `users`.`id`) and (`posts`.`published` = ?))", true]]
  }),
  line("none", ids(Query.from(User).pipe(Query.where(Relation.none(userPosts, { published: true })))), {
    sqlite: [[`select "users"."id" from "users" where not exists (select 1 from "posts" where ("posts"."author_id" = "users"."id") and ("posts"."published" = ?))`, 1n]],
    postgresql: [[`select "users"."id" from "users" where not exists (select 1 from "posts" where ("posts"."author_id" = "users"."id") and ("posts"."published" = $1::boolean))`, "true"]],
    mariadb: [["select `users`.`id` from `users` where not exists (select 1 from `posts` where (`posts`.`author_id` = `users`.`id`) and (`posts`.`published` = ?))", true]],
    mysql: [["select `users`.`id` from `users` where not exists (select 1 from `posts` where (`posts`.`author_id` = `users`.`id`) and (`posts`.`published` = ?))", true]]
  }),
  line("every", ids(Query.from(User).pipe(Query.where(Relation.every(userPosts, (p) => Expr.eq(p.published, true))))), {
    sqlite: [[`select "users"."id" from "users" where not exists (select 1 from "posts" where ("posts"."author_id" = "users"."id") and (not coalesce("posts"."published" = ?, ?)))`, 1n, 0n]],
    postgresql: [[`select "users"."id" from "users" where not exists (select 1 from "posts" where ("posts"."author_id" = "users"."id") and (not coalesce("posts"."published" = $1::boolean, $2::boolean)))`, "true", "false"]],
    mariadb: [["select `users`.`id` from `users` where not exists (select 1 from `posts` where (`posts`.`author_id` = `users`.`id`) and (not coalesce(`posts`.`published` = ?, ?)))", true, false]],
    mysql: [["select `users`.`id` from `users` where not exists (select 1 from `posts` where (`posts`.`author_id` = `users`.`id`) and (not coalesce(`posts`.`published` = ?, ?)))", true, false]]
  }),
  line("some, over a link", ids(Query.from(Post).pipe(Query.where(Relation.some(postTags, { label: "a" })))), {
    sqlite: [[`select "posts"."id" from "posts" where exists (select 1 from "tags" inner join "posts_tags" on "posts_tags"."tag_id" = "tags"."id" where ("posts_tags"."post_id" = "posts"."id") and ("tags"."label" = ?))`, "a"]],
    postgresql: [[`select "posts"."id" from "posts" where exists (select 1 from "tags" inner join "posts_tags" on "posts_tags"."tag_id" = "tags"."id" where ("posts_tags"."post_id" = "posts"."id") and ("tags"."label" = $1))`, "a"]],
    mariadb: [["select `posts`.`id` from `posts` where exists (select 1 from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where (`posts_tags`.`post_id` = `posts`.`id`) and (`tags`.`label` = ?))", "a"]],
    mysql: [["select `posts`.`id` from `posts` where exists (select 1 from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where (`posts_tags`.`post_id` = `posts`.`id`) and (`tags`.`label` = ?))", "a"]]
  }),
  line("some, of a table with itself, nested", ids(Query.from(Employee).pipe(Query.where(Relation.some(reports, Relation.some(reports, { id: 7 }))))), {
    sqlite: [[`select "employees"."id" from "employees" where exists (select 1 from "employees" as "employees_2" where ("employees_2"."manager_id" = "employees"."id") and exists (select 1 from "employees" as "employees_3" where ("employees_3"."manager_id" = "employees_2"."id") and ("employees_3"."id" = ?)))`, 7n]],
    postgresql: [[`select "employees"."id" from "employees" where exists (select 1 from "employees" as "employees_2" where ("employees_2"."manager_id" = "employees"."id") and exists (select 1 from "employees" as "employees_3" where ("employees_3"."manager_id" = "employees_2"."id") and ("employees_3"."id" = $1::integer)))`, "7"]],
    mariadb: [["select `employees`.`id` from `employees` where exists (select 1 from `employees` as `employees_2` where (`employees_2`.`manager_id` = `employees`.`id`) and exists (select 1 from `employees` as `employees_3` where (`employees_3`.`manager_id` = `employees_2`.`id`) and (`employees_3`.`id` = ?)))", 7n]],
    mysql: [["select `employees`.`id` from `employees` where exists (select 1 from `employees` as `employees_2` where (`employees_2`.`manager_id` = `employees`.`id`) and exists (select 1 from `employees` as `employees_3` where (`employees_3`.`manager_id` = `employees_2`.`id`) and (`employees_3`.`id` = ?)))", 7n]]
  }),
  line("include: many", Query.from(User).pipe(Query.include({ posts: userPosts })), {
    sqlite: [
      [`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`],
      [`select "posts"."id", "posts"."author_id", "posts"."title", "posts"."published" from "posts" where "posts"."author_id" in (?)`, 1n]
    ],
    postgresql: [
      [`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`],
      [`select "posts"."id", "posts"."author_id", "posts"."title", "posts"."published" from "posts" where "posts"."author_id" in ($1::integer)`, "1"]
    ],
    mariadb: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"],
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts` where `posts`.`author_id` in (?)", 1n]
    ],
    mysql: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"],
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts` where `posts`.`author_id` in (?)", 1n]
    ]
  }),
  line("include: one, a table with itself", Query.from(Employee).pipe(Query.include({ manager })), {
    sqlite: [
      [`select "employees"."id", "employees"."manager_id" from "employees"`],
      [`select "employees"."id", "employees"."manager_id" from "employees" where "employees"."id" in (?)`, 1n]
    ],
    postgresql: [
      [`select "employees"."id", "employees"."manager_id" from "employees"`],
      [`select "employees"."id", "employees"."manager_id" from "employees" where "employees"."id" in ($1::integer)`, "1"]
    ],
    mariadb: [
      ["select `employees`.`id`, `employees`.`manager_id` from `employees`"],
      ["select `employees`.`id`, `employees`.`manager_id` from `employees` where `employees`.`id` in (?)", 1n]
    ],
    mysql: [
      ["select `employees`.`id`, `employees`.`manager_id` from `employees`"],
      ["select `employees`.`id`, `employees`.`manager_id` from `employees` where `employees`.`id` in (?)", 1n]
    ]
  }),
  line("include: scoped, sorted, nested", Query.from(User).pipe(Query.include({ posts: userPosts.pipe(Relation.where({ published: true }), Relation.orderBy((p) => Expr.desc(p.id)), Relation.include({ author: postAuthor })) })), {
    sqlite: [
      [`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`],
      [`select "posts"."id", "posts"."author_id", "posts"."title", "posts"."published" from "posts" where ("posts"."published" = ?) and ("posts"."author_id" in (?)) order by "posts"."id" desc`, 1n, 1n],
      [`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users" where "users"."id" in (?)`, 1n]
    ],
    postgresql: [
      [`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`],
      [`select "posts"."id", "posts"."author_id", "posts"."title", "posts"."published" from "posts" where ("posts"."published" = $1::boolean) and ("posts"."author_id" in ($2::integer)) order by "posts"."id" desc`, "true", "1"],
      [`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users" where "users"."id" in ($1::integer)`, "1"]
    ],
    mariadb: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"],
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts` where (`posts`.`published` = ?) and (`posts`.`author_id` in (?)) order by `posts`.`id` desc", true, 1n],
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`id` in (?)", 1n]
    ],
    mysql: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"],
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts` where (`posts`.`published` = ?) and (`posts`.`author_id` in (?)) order by `posts`.`id` desc", true, 1n],
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`id` in (?)", 1n]
    ]
  }),
  line("include: over a link", Query.from(Post).pipe(Query.where({ id: 1 }), Query.include({ tags: postTags })), {
    sqlite: [
      [`select "posts"."id", "posts"."author_id", "posts"."title", "posts"."published" from "posts" where "posts"."id" = ?`, 1n],
      [`select "tags"."id", "tags"."label", "posts_tags"."post_id" from "tags" inner join "posts_tags" on "posts_tags"."tag_id" = "tags"."id" where "posts_tags"."post_id" in (?)`, 1n]
    ],
    postgresql: [
      [`select "posts"."id", "posts"."author_id", "posts"."title", "posts"."published" from "posts" where "posts"."id" = $1::integer`, "1"],
      [`select "tags"."id", "tags"."label", "posts_tags"."post_id" from "tags" inner join "posts_tags" on "posts_tags"."tag_id" = "tags"."id" where "posts_tags"."post_id" in ($1::integer)`, "1"]
    ],
    mariadb: [
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts` where `posts`.`id` = ?", 1n],
      ["select `tags`.`id`, `tags`.`label`, `posts_tags`.`post_id` from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where `posts_tags`.`post_id` in (?)", 1n]
    ],
    mysql: [
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts` where `posts`.`id` = ?", 1n],
      ["select `tags`.`id`, `tags`.`label`, `posts_tags`.`post_id` from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where `posts_tags`.`post_id` in (?)", 1n]
    ]
  }),
  line("include: a limit a parent", Query.from(User).pipe(Query.include({ posts: userPosts.pipe(Relation.orderBy((p) => Expr.desc(p.title)), Relation.limit(3)) })), {
    sqlite: [
      [`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`],
      [`select "ranked"."found_row_id", "ranked"."found_row_author_id", "ranked"."found_row_title", "ranked"."found_row_published", "ranked"."found_keys_i0_k0" from (select "posts"."id" as "found_row_id", "posts"."author_id" as "found_row_author_id", "posts"."title" as "found_row_title", "posts"."published" as "found_row_published", "posts"."author_id" as "found_keys_i0_k0", row_number() over (partition by "posts"."author_id" order by "posts"."title" desc, "posts"."id" desc) as "number" from "posts" where "posts"."author_id" in (?)) as "ranked" where "ranked"."number" <= ? order by "ranked"."number"`, 1n, 3n]
    ],
    postgresql: [
      [`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`],
      [`select "ranked"."found_row_id", "ranked"."found_row_author_id", "ranked"."found_row_title", "ranked"."found_row_published", "ranked"."found_keys_i0_k0" from (select "posts"."id" as "found_row_id", "posts"."author_id" as "found_row_author_id", "posts"."title" as "found_row_title", "posts"."published" as "found_row_published", "posts"."author_id" as "found_keys_i0_k0", row_number() over (partition by "posts"."author_id" order by "posts"."title" desc, "posts"."id" desc) as "number" from "posts" where "posts"."author_id" in ($1::integer)) as "ranked" where "ranked"."number" <= $2::bigint order by "ranked"."number"`, "1", "3"]
    ],
    mariadb: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"],
      ["select `ranked`.`found_row_id`, `ranked`.`found_row_author_id`, `ranked`.`found_row_title`, `ranked`.`found_row_published`, `ranked`.`found_keys_i0_k0` from (select `posts`.`id` as `found_row_id`, `posts`.`author_id` as `found_row_author_id`, `posts`.`title` as `found_row_title`, `posts`.`published` as `found_row_published`, `posts`.`author_id` as `found_keys_i0_k0`, row_number() over (partition by `posts`.`author_id` order by `posts`.`title` desc, `posts`.`id` desc) as `number` from `posts` where `posts`.`author_id` in (?)) as `ranked` where `ranked`.`number` <= ? order by `ranked`.`number`", 1n, 3n]
    ],
    mysql: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"],
      ["select `ranked`.`found_row_id`, `ranked`.`found_row_author_id`, `ranked`.`found_row_title`, `ranked`.`found_row_published`, `ranked`.`found_keys_i0_k0` from (select `posts`.`id` as `found_row_id`, `posts`.`author_id` as `found_row_author_id`, `posts`.`title` as `found_row_title`, `posts`.`published` as `found_row_published`, `posts`.`author_id` as `found_keys_i0_k0`, row_number() over (partition by `posts`.`author_id` order by `posts`.`title` desc, `posts`.`id` desc) as `number` from `posts` where `posts`.`author_id` in (?)) as `ranked` where `ranked`.`number` <= ? order by `ranked`.`number`", 1n, 3n]
    ]
  }),
  line("include: a limit over a link", Query.from(Post).pipe(Query.include({ tags: postTags.pipe(Relation.limit(2)) })), {
    sqlite: [
      [`select "posts"."id", "posts"."author_id", "posts"."title", "posts"."published" from "posts"`],
      [`select "ranked"."found_row_id", "ranked"."found_row_label", "ranked"."found_keys_i0_k0" from (select "tags"."id" as "found_row_id", "tags"."label" as "found_row_label", "posts_tags"."post_id" as "found_keys_i0_k0", row_number() over (partition by "posts_tags"."post_id" order by "tags"."id") as "number" from "tags" inner join "posts_tags" on "posts_tags"."tag_id" = "tags"."id" where "posts_tags"."post_id" in (?)) as "ranked" where "ranked"."number" <= ? order by "ranked"."number"`, 1n, 2n]
    ],
    postgresql: [
      [`select "posts"."id", "posts"."author_id", "posts"."title", "posts"."published" from "posts"`],
      [`select "ranked"."found_row_id", "ranked"."found_row_label", "ranked"."found_keys_i0_k0" from (select "tags"."id" as "found_row_id", "tags"."label" as "found_row_label", "posts_tags"."post_id" as "found_keys_i0_k0", row_number() over (partition by "posts_tags"."post_id" order by "tags"."id") as "number" from "tags" inner join "posts_tags" on "posts_tags"."tag_id" = "tags"."id" where "posts_tags"."post_id" in ($1::integer)) as "ranked" where "ranked"."number" <= $2::bigint order by "ranked"."number"`, "1", "2"]
    ],
    mariadb: [
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts`"],
      ["select `ranked`.`found_row_id`, `ranked`.`found_row_label`, `ranked`.`found_keys_i0_k0` from (select `tags`.`id` as `found_row_id`, `tags`.`label` as `found_row_label`, `posts_tags`.`post_id` as `found_keys_i0_k0`, row_number() over (partition by `posts_tags`.`post_id` order by `tags`.`id`) as `number` from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where `posts_tags`.`post_id` in (?)) as `ranked` where `ranked`.`number` <= ? order by `ranked`.`number`", 1n, 2n]
    ],
    mysql: [
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts`"],
      ["select `ranked`.`found_row_id`, `ranked`.`found_row_label`, `ranked`.`found_keys_i0_k0` from (select `tags`.`id` as `found_row_id`, `tags`.`label` as `found_row_label`, `posts_tags`.`post_id` as `found_keys_i0_k0`, row_number() over (partition by `posts_tags`.`post_id` order by `tags`.`id`) as `number` from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where `posts_tags`.`post_id` in (?)) as `ranked` where `ranked`.`number` <= ? order by `ranked`.`number`", 1n, 2n]
    ]
  }),
  line("first", Query.first(ids(Query.from(User))), {
    sqlite: [[`select "users"."id" from "users" limit 1`]],
    postgresql: [[`select "users"."id" from "users" limit 1`]],
    mariadb: [["select `users`.`id` from `users` limit 1"]],
    mysql: [["select `users`.`id` from `users` limit 1"]]
  }),
  line("one", Effect.ignore(Query.one(ids(Query.from(User).pipe(Query.limit(1))))), {
    sqlite: [[`select "users"."id" from "users" limit +?`, 1n]],
    postgresql: [[`select "users"."id" from "users" limit $1::bigint`, "1"]],
    mariadb: [["select `users`.`id` from `users` limit ?", 1n]],
    mysql: [["select `users`.`id` from `users` limit ?", 1n]]
  }),
  line("option", Query.option(ids(Query.from(User).pipe(Query.limit(5)))), {
    sqlite: [[`select "users"."id" from "users" limit 1`]],
    postgresql: [[`select "users"."id" from "users" limit 1`]],
    mariadb: [["select `users`.`id` from `users` limit 1"]],
    mysql: [["select `users`.`id` from `users` limit 1"]]
  }),
  line("count", Query.count(Query.from(User).pipe(Query.where({ age: 1 }), Query.orderBy((u) => Expr.asc(u.id)))), {
    sqlite: [[`select count(*) from "users" where "users"."age" = ?`, 1n]],
    postgresql: [[`select count(*) from "users" where "users"."age" = $1::integer`, "1"]],
    mariadb: [["select count(*) from `users` where `users`.`age` = ?", 1n]],
    mysql: [["select count(*) from `users` where `users`.`age` = ?", 1n]]
  }),
  line("count, of groups", Query.count(perAuthor), {
    sqlite: [[`select count(*) from (select "posts"."author_id" as "authorId", count(*) as "posts" from "posts" group by "posts"."author_id") as "counted"`]],
    postgresql: [[`select count(*) from (select "posts"."author_id" as "authorId", count(*) as "posts" from "posts" group by "posts"."author_id") as "counted"`]],
    mariadb: [["select count(*) from (select `posts`.`author_id` as `authorId`, count(*) as `posts` from `posts` group by `posts`.`author_id`) as `counted`"]],
    mysql: [["select count(*) from (select `posts`.`author_id` as `authorId`, count(*) as `posts` from `posts` group by `posts`.`author_id`) as `counted`"]]
  }),
  line("count, with a limit", Query.count(ids(Query.from(User)).pipe(Query.limit(5))), {
    sqlite: [[`select count(*) from (select "users"."id" as "value" from "users" limit +?) as "counted"`, 5n]],
    postgresql: [[`select count(*) from (select "users"."id" as "value" from "users" limit $1::bigint) as "counted"`, "5"]],
    mariadb: [["select count(*) from (select `users`.`id` as `value` from `users` limit ?) as `counted`", 5n]],
    mysql: [["select count(*) from (select `users`.`id` as `value` from `users` limit ?) as `counted`", 5n]]
  }),
  line("exists", Query.exists(Query.from(User).pipe(Query.where({ age: 1 }), Query.orderBy((u) => Expr.asc(u.id)))), {
    sqlite: [[`select 1 = 1 from "users" where "users"."age" = ? limit 1`, 1n]],
    postgresql: [[`select 1 = 1 from "users" where "users"."age" = $1::integer limit 1`, "1"]],
    mariadb: [["select 1 = 1 from `users` where `users`.`age` = ? limit 1", 1n]],
    mysql: [["select 1 = 1 from `users` where `users`.`age` = ? limit 1", 1n]]
  }),
  line("exists, of groups", Query.exists(perAuthor), {
    sqlite: [[`select "posts"."author_id", count(*) from "posts" group by "posts"."author_id" limit 1`]],
    postgresql: [[`select "posts"."author_id", count(*) from "posts" group by "posts"."author_id" limit 1`]],
    mariadb: [["select `posts`.`author_id`, count(*) from `posts` group by `posts`.`author_id` limit 1"]],
    mysql: [["select `posts`.`author_id`, count(*) from `posts` group by `posts`.`author_id` limit 1"]]
  })
]
