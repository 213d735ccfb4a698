/**
 * The golden table of writes that a query, another table or a row that is there already has a part in; a column a dialect.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Mutation, Query } from "effect-strata"
import { Counter, Note, Post, PostTag, Tag, User } from "./models.js"
import { line } from "./record.js"

export const writing = [
  line("insert from a query", Mutation.insertFrom(Tag, Query.from(User).pipe(Query.where({ age: 3 }), Query.select((u) => ({ label: u.name })))), {
    sqlite: [[`insert into "tags" ("label") select "users"."name" from "users" where "users"."age" = ?`, 3n]],
    postgresql: [[`insert into "tags" ("label") select "users"."name" from "users" where "users"."age" = $1::integer`, "3"]],
    mariadb: [["insert into `tags` (`label`) select `users`.`name` from `users` where `users`.`age` = ?", 3n]],
    mysql: [["insert into `tags` (`label`) select `users`.`name` from `users` where `users`.`age` = ?", 3n]]
  }),
  line("insert from a query: what the Clock fills in", Mutation.insertFrom(Note, Query.from(Tag).pipe(Query.select((t) => ({ id: t.id, text: Expr.upper(t.label) })))), {
    sqlite: [[`insert into "notes" ("id", "text", "created_at", "updated_at") select "tags"."id", upper("tags"."label"), ?, ? from "tags"`, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"]],
    postgresql: [[`insert into "notes" ("id", "text", "created_at", "updated_at") select "tags"."id", upper("tags"."label" collate "und-x-icu") collate "C", $1::timestamptz, $2::timestamptz from "tags"`, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"]],
    mariadb: [["insert into `notes` (`id`, `text`, `created_at`, `updated_at`) select `tags`.`id`, upper(convert(`tags`.`label` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin, ?, ? from `tags`", "1970-01-01 00:00:00.000", "1970-01-01 00:00:00.000"]],
    mysql: [["insert into `notes` (`id`, `text`, `created_at`, `updated_at`) select `tags`.`id`, upper(convert(`tags`.`label` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin, ?, ? from `tags`", "1970-01-01 00:00:00.000", "1970-01-01 00:00:00.000"]]
  }),
  line("insert from a query: groups", Mutation.insertFrom(Tag, Query.from(User).pipe(Query.groupBy((u) => [u.name]), Query.select((u) => ({ label: u.name })))), {
    sqlite: [[`insert into "tags" ("label") select "source"."label" from (select "users"."name" as "label" from "users" group by "users"."name") as "source"`]],
    postgresql: [[`insert into "tags" ("label") select "source"."label" from (select "users"."name" as "label" from "users" group by "users"."name") as "source"`]],
    mariadb: [["insert into `tags` (`label`) select `source`.`label` from (select `users`.`name` as `label` from `users` group by `users`.`name`) as `source`"]],
    mysql: [["insert into `tags` (`label`) select `source`.`label` from (select `users`.`name` as `label` from `users` group by `users`.`name`) as `source`"]]
  }),
  line("insert from a query: a common table expression", Mutation.insertFrom(Tag, Query.from(Query.from(User).pipe(Query.cte("named"))).pipe(Query.select((u) => ({ label: u.name })))), {
    sqlite: [[`insert into "tags" ("label") with "named" as (select "users"."id" as "id", "users"."name" as "name", "users"."age" as "age", "users"."nick" as "nick" from "users") select "named"."name" from "named"`]],
    postgresql: [[`insert into "tags" ("label") with "named" as (select "users"."id" as "id", "users"."name" as "name", "users"."age" as "age", "users"."nick" as "nick" from "users") select "named"."name" from "named"`]],
    mariadb: [["insert into `tags` (`label`) with `named` as (select `users`.`id` as `id`, `users`.`name` as `name`, `users`.`age` as `age`, `users`.`nick` as `nick` from `users`) select `named`.`name` from `named`"]],
    mysql: [["insert into `tags` (`label`) with `named` as (select `users`.`id` as `id`, `users`.`name` as `name`, `users`.`age` as `age`, `users`.`nick` as `nick` from `users`) select `named`.`name` from `named`"]]
  }),
  line("insert from a query: returning", Mutation.insertFrom(PostTag, Query.from(Post).pipe(Query.select((p) => ({ postId: p.id, tagId: p.authorId })))).pipe(Mutation.returningAs((n) => ({ twice: Expr.multiply(n.tagId, 2) }))), {
    sqlite: [[`insert into "posts_tags" ("post_id", "tag_id") select "posts"."id", "posts"."author_id" from "posts" returning "tag_id" * ?`, 2n]],
    postgresql: [[`insert into "posts_tags" ("post_id", "tag_id") select "posts"."id", "posts"."author_id" from "posts" returning "tag_id" * $1::bigint`, "2"]],
    mariadb: [["insert into `posts_tags` (`post_id`, `tag_id`) select `posts`.`id`, `posts`.`author_id` from `posts` returning `tag_id` * ?", 2n]],
    mysql: [
      ["begin"],
      ["select `posts`.`id`, `posts`.`author_id` from `posts`"],
      ["begin"],
      ["insert into `posts_tags` (`post_id`, `tag_id`) values (?, ?)", 1n, 1n],
      ["select `posts_tags`.`tag_id` * ?, `posts_tags`.`post_id`, `posts_tags`.`tag_id` from `posts_tags` where (`posts_tags`.`post_id`, `posts_tags`.`tag_id`) in (select c0, c1 from (select distinct c0, c1 from json_table(?, '$[*]' columns (c0 bigint path '$[0]', c1 bigint path '$[1]')) as many_rows) as distinct_rows)", 2n, `[["1","1"]]`],
      ["commit"],
      ["commit"]
    ]
  }),
  line("update: a default", Mutation.update(Counter).pipe(Mutation.set({ hits: Mutation.Default }), Mutation.where({ id: 1 })), {
    sqlite: [[`update "counters" set "hits" = ? where "counters"."id" = ?`, 0n, 1n]],
    postgresql: [[`update "counters" set "hits" = default where "counters"."id" = $1::integer`, "1"]],
    mariadb: [["update `counters` set `hits` = default where `counters`.`id` = ?", 1n]],
    mysql: [["update `counters` set `hits` = default where `counters`.`id` = ?", 1n]]
  }),
  line("update: beside another table", Mutation.update(Post).pipe(Mutation.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)), Mutation.set((p, { author }) => ({ title: Expr.concat(author.name, p.title) })), Mutation.where((_, { author }) => Expr.gt(author.age, 3))), {
    sqlite: [[`update "posts" set "title" = ("author"."name" || "posts"."title") from "users" as "author" where ("posts"."author_id" = "author"."id") and ("author"."age" > ?)`, 3n]],
    postgresql: [[`update "posts" set "title" = ("author"."name" || "posts"."title") from "users" as "author" where ("posts"."author_id" = "author"."id") and ("author"."age" > $1::integer)`, "3"]],
    mariadb: [["update `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id` set `posts`.`title` = (concat(`author`.`name`, `posts`.`title`)) where `author`.`age` > ?", 3n]],
    mysql: [["update `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id` set `posts`.`title` = (concat(`author`.`name`, `posts`.`title`)) where `author`.`age` > ?", 3n]]
  }),
  line("update: beside the table itself, returning", Mutation.update(User).pipe(Mutation.innerJoin("other", User, (u, { other }) => Expr.eq(u.age, other.id)), Mutation.set({ age: 5 }), Mutation.all, Mutation.returningAs((u) => ({ name: Expr.upper(u.name) }))), {
    sqlite: [[`update "users" set "age" = ? from "users" as "other" where "users"."age" = "other"."id" returning upper("users"."name")`, 5n]],
    postgresql: [[`update "users" set "age" = $1::integer from "users" as "other" where "users"."age" = "other"."id" returning upper("users"."name" collate "und-x-icu") collate "C"`, "5"]],
    mariadb: [
      ["begin"],
      ["select `users`.`id` from `users` inner join `users` as `other` on `users`.`age` = `other`.`id` for update"],
      ["update `users` inner join `users` as `other` on `users`.`age` = `other`.`id` set `users`.`age` = ? where `users`.`id` in (?)", 5n, 1n],
      ["select upper(convert(`users`.`name` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin, `users`.`id` from `users` where `users`.`id` in (?)", 1n],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["select `users`.`id` from `users` inner join `users` as `other` on `users`.`age` = `other`.`id` for update of `users`"],
      ["update `users` inner join `users` as `other` on `users`.`age` = `other`.`id` set `users`.`age` = ? where `users`.`id` in (?)", 5n, 1n],
      ["select upper(convert(`users`.`name` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin, `users`.`id` from `users` where `users`.`id` in (?)", 1n],
      ["commit"]
    ]
  }),
  line("update: beside a common table expression", Mutation.update(User).pipe(Mutation.innerJoin("t", Query.from(Tag).pipe(Query.where({ label: "x" }), Query.cte("tagged")), (u, { t }) => Expr.eq(u.id, t.id)), Mutation.set((_, { t }) => ({ name: t.label })), Mutation.all), {
    sqlite: [[`update "users" set "name" = "t"."label" from (with "tagged" as (select "tags"."id" as "id", "tags"."label" as "label" from "tags" where "tags"."label" = ?) select "tagged"."id" as "id", "tagged"."label" as "label" from "tagged") as "t" where "users"."id" = "t"."id"`, "x"]],
    postgresql: [[`update "users" set "name" = "t"."label" from (with "tagged" as (select "tags"."id" as "id", "tags"."label" as "label" from "tags" where "tags"."label" = $1) select "tagged"."id" as "id", "tagged"."label" as "label" from "tagged") as "t" where "users"."id" = "t"."id"`, "x"]],
    mariadb: [["update `users` inner join (with `tagged` as (select `tags`.`id` as `id`, `tags`.`label` as `label` from `tags` where `tags`.`label` = ?) select `tagged`.`id` as `id`, `tagged`.`label` as `label` from `tagged`) as `t` on `users`.`id` = `t`.`id` set `users`.`name` = `t`.`label`", "x"]],
    mysql: [["update `users` inner join (with `tagged` as (select `tags`.`id` as `id`, `tags`.`label` as `label` from `tags` where `tags`.`label` = ?) select `tagged`.`id` as `id`, `tagged`.`label` as `label` from `tagged`) as `t` on `users`.`id` = `t`.`id` set `users`.`name` = `t`.`label`", "x"]]
  }),
  line("update: by a query of the table itself", Mutation.update(Tag).pipe(Mutation.set((t) => ({ label: Expr.coalesce(Expr.scalar(Query.from(Tag).pipe(Query.where((o) => Expr.lt(o.id, t.id)), Query.pluck((o) => Expr.max(o.label)))), "x") })), Mutation.all), {
    sqlite: [[`update "tags" set "label" = coalesce((select max("tags_2"."label") from "tags" as "tags_2" where "tags_2"."id" < "tags"."id"), ?) from (select 1)`, "x"]],
    postgresql: [[`update "tags" set "label" = coalesce((select max("tags_2"."label") from "tags" as "tags_2" where "tags_2"."id" < "tags"."id"), $1)`, "x"]],
    mariadb: [["update `tags` set `label` = coalesce((select max(`tags_2`.`label`) from `tags` as `tags_2` where `tags_2`.`id` < `tags`.`id`), ?)", "x"]],
    mysql: [["update `tags` set `label` = coalesce((select max(`tags_2`.`label`) from (select * from `tags` limit 18446744073709551615) as `tags_2` where `tags_2`.`id` < `tags`.`id`), ?)", "x"]]
  }),
  line("delete: beside other tables", Mutation.delete(Post).pipe(Mutation.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)), Mutation.innerJoin("other", Post, (p, { other }) => Expr.eq(other.authorId, p.id)), Mutation.where((_, { author }) => Expr.eq(author.name, "x"))), {
    sqlite: [[`delete from "posts" where exists (select 1 from "users" as "author", "posts" as "other" where ("posts"."author_id" = "author"."id") and ("other"."author_id" = "posts"."id") and ("author"."name" = ?))`, "x"]],
    postgresql: [[`delete from "posts" using "users" as "author", "posts" as "other" where ("posts"."author_id" = "author"."id") and ("other"."author_id" = "posts"."id") and ("author"."name" = $1)`, "x"]],
    mariadb: [["delete `posts` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id` inner join `posts` as `other` on `other`.`author_id` = `posts`.`id` where `author`.`name` = ?", "x"]],
    mysql: [["delete `posts` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id` inner join `posts` as `other` on `other`.`author_id` = `posts`.`id` where `author`.`name` = ?", "x"]]
  }),
  line("delete: beside another table, all", Mutation.delete(Post).pipe(Mutation.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)), Mutation.all), {
    sqlite: [[`delete from "posts" where exists (select 1 from "users" as "author" where "posts"."author_id" = "author"."id")`]],
    postgresql: [[`delete from "posts" using "users" as "author" where "posts"."author_id" = "author"."id"`]],
    mariadb: [["delete `posts` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id`"]],
    mysql: [["delete `posts` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id`"]]
  }),
  line("delete: beside another table, returning", Mutation.delete(Post).pipe(Mutation.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)), Mutation.where({ id: 1 }), Mutation.returningAs((p) => ({ id: p.id }))), {
    sqlite: [[`delete from "posts" where exists (select 1 from "users" as "author" where ("posts"."author_id" = "author"."id") and ("posts"."id" = ?)) returning "posts"."id"`, 1n]],
    postgresql: [[`delete from "posts" using "users" as "author" where ("posts"."author_id" = "author"."id") and ("posts"."id" = $1::integer) returning "posts"."id"`, "1"]],
    mariadb: [
      ["begin"],
      ["select `posts`.`id` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id` where `posts`.`id` = ? for update", 1n],
      ["select `posts`.`id`, `posts`.`id` from `posts` where `posts`.`id` in (?)", 1n],
      ["delete from `posts` where `posts`.`id` in (?)", 1n],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["select `posts`.`id` from `posts` inner join `users` as `author` on `posts`.`author_id` = `author`.`id` where `posts`.`id` = ? for update of `posts`", 1n],
      ["select `posts`.`id`, `posts`.`id` from `posts` where `posts`.`id` in (?)", 1n],
      ["delete from `posts` where `posts`.`id` in (?)", 1n],
      ["commit"]
    ]
  }),
  line("delete: by a query of the table itself", Mutation.delete(Tag).pipe(Mutation.where((t) => Expr.in(t.id, Query.from(Tag).pipe(Query.where({ label: "x" }), Query.pluck((o) => o.id))))), {
    sqlite: [[`delete from "tags" where "tags"."id" in (select "tags_2"."id" from "tags" as "tags_2" where "tags_2"."label" = ?)`, "x"]],
    postgresql: [[`delete from "tags" where "tags"."id" in (select "tags_2"."id" from "tags" as "tags_2" where "tags_2"."label" = $1)`, "x"]],
    mariadb: [["delete from `tags` where `tags`.`id` in (select `tags_2`.`id` from `tags` as `tags_2` where `tags_2`.`label` = ?)", "x"]],
    mysql: [["delete from `tags` where `tags`.`id` in (select `tags_2`.`id` from (select * from `tags` limit 18446744073709551615) as `tags_2` where `tags_2`.`label` = ?)", "x"]]
  }),
  line("delete: by a query of the table itself, beside another", Mutation.delete(Tag).pipe(Mutation.innerJoin("link", PostTag, (t, { link }) => Expr.eq(t.id, link.tagId)), Mutation.where((t) => Expr.exists(Query.from(Tag).pipe(Query.where((o) => Expr.gt(o.id, t.id)))))), {
    sqlite: [[`delete from "tags" where exists (select 1 from "posts_tags" as "link" where ("tags"."id" = "link"."tag_id") and exists (select 1 from "tags" as "tags_2" where "tags_2"."id" > "tags"."id"))`]],
    postgresql: [[`delete from "tags" using "posts_tags" as "link" where ("tags"."id" = "link"."tag_id") and exists (select 1 from "tags" as "tags_2" where "tags_2"."id" > "tags"."id")`]],
    mariadb: [["delete `tags` from `tags` inner join `posts_tags` as `link` on `tags`.`id` = `link`.`tag_id` where exists (select 1 from (select * from `tags` limit 18446744073709551615) as `tags_2` where `tags_2`.`id` > `tags`.`id`)"]],
    mysql: [["delete `tags` from `tags` inner join `posts_tags` as `link` on `tags`.`id` = `link`.`tag_id` where exists (select 1 from (select * from `tags` limit 18446744073709551615) as `tags_2` where `tags_2`.`id` > `tags`.`id`)"]]
  }),
  line("updateMany", Mutation.updateMany(User, [{ id: 1, name: "a", age: 3 }, { id: 2, name: "b", age: 4 }]), {
    sqlite: [[`update "users" set "name" = "changes"."name", "age" = "changes"."age" from (select value ->> 0 as "id", value ->> 1 as "name", value ->> 2 as "age" from json_each(?)) as "changes" where "users"."id" = "changes"."id"`, `[[1,"a",3],[2,"b",4]]`]],
    postgresql: [[`update "users" set "name" = "changes"."name", "age" = "changes"."age" from (select "id", "name", "age" from unnest($1::integer[], $2::text[], $3::integer[]) as "list" ("id", "name", "age")) as "changes" where "users"."id" = "changes"."id"`, "{1,2}", "{a,b}", "{3,4}"]],
    mariadb: [["update `users` inner join (select c0 as `id`, c1 as `name`, c2 as `age` from json_table(?, '$[*]' columns (c0 bigint path '$[0]' error on error, c1 longtext character set utf8mb4 collate utf8mb4_nopad_bin path '$[1]' error on error, c2 bigint path '$[2]' error on error)) as many_rows) as `changes` on `users`.`id` = `changes`.`id` set `users`.`name` = `changes`.`name`, `users`.`age` = `changes`.`age`", `[["1","a","3"],["2","b","4"]]`]],
    mysql: [["update `users` inner join (select c0 as `id`, c1 as `name`, c2 as `age` from json_table(?, '$[*]' columns (c0 bigint path '$[0]' error on error, c1 longtext character set utf8mb4 collate utf8mb4_0900_bin path '$[1]' error on error, c2 bigint path '$[2]' error on error)) as many_rows) as `changes` on `users`.`id` = `changes`.`id` set `users`.`name` = `changes`.`name`, `users`.`age` = `changes`.`age`", `[["1","a","3"],["2","b","4"]]`]]
  }),
  line("updateMany: from the Clock, returning", Mutation.updateMany(Note, [{ id: 1, text: "a" }]).pipe(Mutation.returningAs((n) => ({ text: n.text }))), {
    sqlite: [
      ["begin"],
      [`update "notes" set "text" = "changes"."text", "updated_at" = ? from (select value ->> 0 as "id", value ->> 1 as "text" from json_each(?)) as "changes" where "notes"."id" = "changes"."id"`, "1970-01-01T00:00:00.000Z", `[[1,"a"]]`],
      [`select "notes"."text", "notes"."id" from "notes" where "notes"."id" in (?)`, 1n],
      ["commit"]
    ],
    postgresql: [
      ["begin"],
      [`update "notes" set "text" = "changes"."text", "updated_at" = $1::timestamptz from (select "id", "text" from unnest($2::integer[], $3::text[]) as "list" ("id", "text")) as "changes" where "notes"."id" = "changes"."id"`, "1970-01-01T00:00:00.000Z", "{1}", "{a}"],
      [`select "notes"."text", "notes"."id" from "notes" where "notes"."id" in ($1::integer)`, "1"],
      ["commit"]
    ],
    mariadb: [
      ["begin"],
      ["update `notes` inner join (select c0 as `id`, c1 as `text` from json_table(?, '$[*]' columns (c0 bigint path '$[0]' error on error, c1 longtext character set utf8mb4 collate utf8mb4_nopad_bin path '$[1]' error on error)) as many_rows) as `changes` on `notes`.`id` = `changes`.`id` set `notes`.`text` = `changes`.`text`, `notes`.`updated_at` = ?", `[["1","a"]]`, "1970-01-01 00:00:00.000"],
      ["select `notes`.`text`, `notes`.`id` from `notes` where `notes`.`id` in (?)", 1n],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["update `notes` inner join (select c0 as `id`, c1 as `text` from json_table(?, '$[*]' columns (c0 bigint path '$[0]' error on error, c1 longtext character set utf8mb4 collate utf8mb4_0900_bin path '$[1]' error on error)) as many_rows) as `changes` on `notes`.`id` = `changes`.`id` set `notes`.`text` = `changes`.`text`, `notes`.`updated_at` = ?", `[["1","a"]]`, "1970-01-01 00:00:00.000"],
      ["select `notes`.`text`, `notes`.`id` from `notes` where `notes`.`id` in (?)", 1n],
      ["commit"]
    ]
  })
]
