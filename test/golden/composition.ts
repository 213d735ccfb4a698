/**
 * The golden table of composition: prepared queries, optional clauses, copies without a clause; a column a dialect.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query } from "effect-strata"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Post, Tag, User } from "./models.js"
import { line } from "./record.js"

const ids = Query.from(User).pipe(Query.pluck((u) => u.id))
const older = Query.prepare({ age: Schema.Int }, ({ age }) => ids.pipe(Query.where((u) => Expr.gte(u.age, age))))
const named = Query.prepare(
  { names: Schema.Array(Schema.String), part: Schema.String },
  ({ names, part }) => ids.pipe(Query.where((u) => Expr.and(Expr.in(u.name, names), Expr.startsWith(u.name, part))))
)
const page = Query.prepare({ size: Schema.Int, from: Schema.Int }, ({ from, size }) => ids.pipe(Query.limit(size), Query.offset(from)))
const within = Query.prepare({ title: Schema.String, age: Schema.Int }, ({ age, title }) => {
  const posts = Query.from(Post).pipe(Query.where((p) => Expr.eq(p.title, title)), Query.cte("titled"))
  return Query.from(posts).pipe(
    Query.where((p) => Expr.in(p.authorId, ids.pipe(Query.where((u) => Expr.lt(u.age, age))))),
    Query.select((p) => ({ id: p.id, title }))
  )
})
const tags = Query.from(Tag).pipe(Query.where({ label: "a" }), Query.orderBy((t) => Expr.asc(t.id)), Query.limit(1))

export const composition = [
  line("prepare: a value", older({ age: 18 }), {
    sqlite: [[`select "users"."id" from "users" where "users"."age" >= ?`, 18n]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" >= $1::integer`, "18"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` >= ?", 18n]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` >= ?", 18n]]
  }),
  line("prepare: a list and a pattern", named({ names: ["a", "b", "c"], part: "50%" }), {
    sqlite: [["select \"users\".\"id\" from \"users\" where (\"users\".\"name\" in (?, ?, ?, ?)) and (\"users\".\"name\" like ? escape '\\')", "a", "b", "c", "c", "50\\%%"]],
    postgresql: [[`select "users"."id" from "users" where ("users"."name" = any($1)) and ("users"."name" like $2)`, "{a,b,c}", "50\\%%"]],
    mariadb: [["select `users`.`id` from `users` where (`users`.`name` in (?, ?, ?, ?)) and (`users`.`name` like ?)", "a", "b", "c", "c", "50\\%%"]],
    mysql: [["select `users`.`id` from `users` where (`users`.`name` in (?, ?, ?, ?)) and (`users`.`name` like ?)", "a", "b", "c", "c", "50\\%%"]]
  }),
  line("prepare: limit and offset", page({ size: 10, from: 20 }), {
    sqlite: [[`select "users"."id" from "users" limit +? offset ?`, 10n, 20n]],
    postgresql: [[`select "users"."id" from "users" limit $1::bigint offset $2::bigint`, "10", "20"]],
    mariadb: [["select `users`.`id` from `users` limit ? offset ?", 10n, 20n]],
    mysql: [["select `users`.`id` from `users` limit ? offset ?", 10n, 20n]]
  }),
  line("prepare: in a common table expression, a subquery and the row", within({ title: "t", age: 3 }), {
    sqlite: [[`with "titled" as (select "posts"."id" as "id", "posts"."author_id" as "author_id", "posts"."title" as "title", "posts"."published" as "published" from "posts" where "posts"."title" = ?) select "titled"."id", ? from "titled" where "titled"."author_id" in (select "users"."id" from "users" where "users"."age" < ?)`, "t", "t", 3n]],
    postgresql: [[`with "titled" as (select "posts"."id" as "id", "posts"."author_id" as "author_id", "posts"."title" as "title", "posts"."published" as "published" from "posts" where "posts"."title" = $1) select "titled"."id", $2 from "titled" where "titled"."author_id" in (select "users"."id" from "users" where "users"."age" < $3::integer)`, "t", "t", "3"]],
    mariadb: [["with `titled` as (select `posts`.`id` as `id`, `posts`.`author_id` as `author_id`, `posts`.`title` as `title`, `posts`.`published` as `published` from `posts` where `posts`.`title` = ?) select `titled`.`id`, ? from `titled` where `titled`.`author_id` in (select `users`.`id` from `users` where `users`.`age` < ?)", "t", "t", 3n]],
    mysql: [["with `titled` as (select `posts`.`id` as `id`, `posts`.`author_id` as `author_id`, `posts`.`title` as `title`, `posts`.`published` as `published` from `posts` where `posts`.`title` = ?) select `titled`.`id`, ? from `titled` where `titled`.`author_id` in (select `users`.`id` from `users` where `users`.`age` < ?)", "t", "t", 3n]]
  }),
  line("prepare: with more clauses", Query.count(older({ age: 18 }).pipe(Query.where({ name: "Ada" }))), {
    sqlite: [[`select count(*) from "users" where ("users"."age" >= ?) and ("users"."name" = ?)`, 18n, "Ada"]],
    postgresql: [[`select count(*) from "users" where ("users"."age" >= $1::integer) and ("users"."name" = $2)`, "18", "Ada"]],
    mariadb: [["select count(*) from `users` where (`users`.`age` >= ?) and (`users`.`name` = ?)", 18n, "Ada"]],
    mysql: [["select count(*) from `users` where (`users`.`age` >= ?) and (`users`.`name` = ?)", 18n, "Ada"]]
  }),
  line("when: a clause that is there", ids.pipe(Query.when(true, Query.where((u) => Expr.gte(u.age, 18)))), {
    sqlite: [[`select "users"."id" from "users" where "users"."age" >= ?`, 18n]],
    postgresql: [[`select "users"."id" from "users" where "users"."age" >= $1::integer`, "18"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`age` >= ?", 18n]],
    mysql: [["select `users`.`id` from `users` where `users`.`age` >= ?", 18n]]
  }),
  line("when: a clause that is not", ids.pipe(Query.when(false, Query.where((u) => Expr.gte(u.age, 18)))), {
    sqlite: [[`select "users"."id" from "users"`]],
    postgresql: [[`select "users"."id" from "users"`]],
    mariadb: [["select `users`.`id` from `users`"]],
    mysql: [["select `users`.`id` from `users`"]]
  }),
  line("whenSome: of an Option", ids.pipe(Query.whenSome(Option.some("Ada"), (name) => Query.where({ name })), Query.whenSome(Option.none<number>(), (age) => Query.where({ age }))), {
    sqlite: [[`select "users"."id" from "users" where "users"."name" = ?`, "Ada"]],
    postgresql: [[`select "users"."id" from "users" where "users"."name" = $1`, "Ada"]],
    mariadb: [["select `users`.`id` from `users` where `users`.`name` = ?", "Ada"]],
    mysql: [["select `users`.`id` from `users` where `users`.`name` = ?", "Ada"]]
  }),
  line("without: the condition and the limit", tags.pipe(Query.without("where", "limit"), Query.where({ id: 1 })), {
    sqlite: [[`select "tags"."id", "tags"."label" from "tags" where "tags"."id" = ? order by "tags"."id"`, 1n]],
    postgresql: [[`select "tags"."id", "tags"."label" from "tags" where "tags"."id" = $1::integer order by "tags"."id"`, "1"]],
    mariadb: [["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` = ? order by `tags`.`id`", 1n]],
    mysql: [["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` = ? order by `tags`.`id`", 1n]]
  }),
  line("without: the order", tags.pipe(Query.without("orderBy"), Query.orderBy((t) => Expr.desc(t.label))), {
    sqlite: [[`select "tags"."id", "tags"."label" from "tags" where "tags"."label" = ? order by "tags"."label" desc limit +?`, "a", 1n]],
    postgresql: [[`select "tags"."id", "tags"."label" from "tags" where "tags"."label" = $1 order by "tags"."label" desc limit $2::bigint`, "a", "1"]],
    mariadb: [["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`label` = ? order by `tags`.`label` desc limit ?", "a", 1n]],
    mysql: [["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`label` = ? order by `tags`.`label` desc limit ?", "a", 1n]]
  })
]
