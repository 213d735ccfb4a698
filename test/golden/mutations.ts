/**
 * The golden table of inserts, updates and deletes; a column a dialect. Where rows are returned by a database that has no RETURNING,
 * a line has all statements of the transaction.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Mutation, Relation } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { Counter, Measure, Note, Odd, PostTag, Tag, User, userPosts } from "./models.js"
import { decimal, line, listed, unsupported } from "./record.js"

const everything = {
  id: "0b1c7a5e-0000-4000-8000-000000000000",
  ratio: 0.1,
  total: 9_007_199_254_740_993n,
  amount: BigDecimal.unsafeFromString("12.50"),
  exact: BigDecimal.unsafeFromString("0.1"),
  at: DateTime.unsafeMake("2026-11-21T05:36:00Z"),
  day: "2026-11-21",
  time: "12:30:00.000",
  kind: "in",
  data: { depth: 1 },
  raw: Uint8Array.of(0, 255)
} as const

export const mutations = [
  line("update: a column that another one takes the value of", Mutation.update(PostTag).pipe(Mutation.set((p) => ({ tagId: Expr.add(p.tagId, 1), postId: p.tagId })), Mutation.where({ postId: 1 })), {
    sqlite: [[`update "posts_tags" set "tag_id" = ("posts_tags"."tag_id" + ?), "post_id" = "posts_tags"."tag_id" where "posts_tags"."post_id" = ?`, 1n, 1n]],
    postgresql: [[`update "posts_tags" set "tag_id" = ("posts_tags"."tag_id" + $1::bigint), "post_id" = "posts_tags"."tag_id" where "posts_tags"."post_id" = $2::integer`, "1", "1"]],
    mariadb: [["update `posts_tags` set `tag_id` = (`posts_tags`.`tag_id` + ?), `post_id` = `posts_tags`.`tag_id` where `posts_tags`.`post_id` = ?", 1n, 1n]],
    mysql: [["update `posts_tags` set `post_id` = `posts_tags`.`tag_id`, `tag_id` = (`posts_tags`.`tag_id` + ?) where `posts_tags`.`post_id` = ?", 1n, 1n]]
  }),
  line("update: columns that take each other's values", Mutation.update(PostTag).pipe(Mutation.set((p) => ({ tagId: p.postId, postId: p.tagId })), Mutation.where({ postId: 1 })), {
    sqlite: [[`update "posts_tags" set "tag_id" = "posts_tags"."post_id", "post_id" = "posts_tags"."tag_id" where "posts_tags"."post_id" = ?`, 1n]],
    postgresql: [[`update "posts_tags" set "tag_id" = "posts_tags"."post_id", "post_id" = "posts_tags"."tag_id" where "posts_tags"."post_id" = $1::integer`, "1"]],
    mariadb: [["update `posts_tags` set `tag_id` = `posts_tags`.`post_id`, `post_id` = `posts_tags`.`tag_id` where `posts_tags`.`post_id` = ?", 1n]],
    mysql: unsupported("an update whose columns take each other's values")
  }),
  line("insert", Mutation.insert(Tag, { label: "it's" }), {
    sqlite: [[`insert into "tags" ("label") values (?) returning "id", "label"`, "it's"]],
    postgresql: [[`insert into "tags" ("label") values ($1) returning "id", "label"`, "it's"]],
    mariadb: [["insert into `tags` (`label`) values (?) returning `id`, `label`", "it's"]],
    mysql: [
      ["begin"],
      ["insert into `tags` (`label`) values (?)", "it's"],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?)", 1n],
      ["commit"]
    ]
  }),
  line("insert: names that have to be quoted, in a schema", Mutation.insert(Odd, { id: 1, select: 2, dotted: 3, quoted: 4 }).pipe(Mutation.affected), {
    sqlite: [["insert into \"my schema\".\"order\" (\"id\", \"select\", \"a.b\", \"it's \"\"so\"\" `odd`\") values (?, ?, ?, ?)", 1n, 2n, 3n, 4n]],
    postgresql: [["insert into \"my schema\".\"order\" (\"id\", \"select\", \"a.b\", \"it's \"\"so\"\" `odd`\") values ($1::integer, $2::integer, $3::integer, $4::integer)", "1", "2", "3", "4"]],
    mariadb: [["insert into `my schema`.`order` (`id`, `select`, `a.b`, `it's \"so\" ``odd```) values (?, ?, ?, ?)", 1n, 2n, 3n, 4n]],
    mysql: [["insert into `my schema`.`order` (`id`, `select`, `a.b`, `it's \"so\" ``odd```) values (?, ?, ?, ?)", 1n, 2n, 3n, 4n]]
  }),
  line("insert: a default where nothing is said", Mutation.insert(Counter, { hits: 1 }).pipe(Mutation.affected), {
    sqlite: [[`insert into "counters" ("hits") values (?)`, 1n]],
    postgresql: [[`insert into "counters" ("hits") values ($1::integer)`, "1"]],
    mariadb: [["insert into `counters` (`hits`) values (?)", 1n]],
    mysql: [["insert into `counters` (`hits`) values (?)", 1n]]
  }),
  line("insert: defaults only", Mutation.insert(Counter, {}).pipe(Mutation.affected), {
    sqlite: [[`insert into "counters" default values`]],
    postgresql: [[`insert into "counters" default values`]],
    mariadb: [["insert into `counters` () values ()"]],
    mysql: [["insert into `counters` () values ()"]]
  }),
  line("insert: from the clock", Mutation.insert(Note, { id: 1, text: "a" }).pipe(Mutation.affected), {
    sqlite: [[`insert into "notes" ("id", "text", "created_at", "updated_at") values (?, ?, ?, ?)`, 1n, "a", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"]],
    postgresql: [[`insert into "notes" ("id", "text", "created_at", "updated_at") values ($1::integer, $2, $3::timestamptz, $4::timestamptz)`, "1", "a", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"]],
    mariadb: [["insert into `notes` (`id`, `text`, `created_at`, `updated_at`) values (?, ?, ?, ?)", 1n, "a", "1970-01-01 00:00:00.000", "1970-01-01 00:00:00.000"]],
    mysql: [["insert into `notes` (`id`, `text`, `created_at`, `updated_at`) values (?, ?, ?, ?)", 1n, "a", "1970-01-01 00:00:00.000", "1970-01-01 00:00:00.000"]]
  }),
  line("insert: a value of each storage type", Mutation.insert(Measure, everything).pipe(Mutation.affected), {
    sqlite: [[`insert into "measures" ("id", "ratio", "total", "amount", "exact", "at", "day", "time", "kind", "data", "raw") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, "0b1c7a5e-0000-4000-8000-000000000000", 0.1, 9007199254740993n, 1250n, "0.1", "2026-11-21T05:36:00.000Z", "2026-11-21", "12:30:00.000", "in", `{"depth":1}`, Uint8Array.of(0, 255)]],
    postgresql: [[`insert into "measures" ("id", "ratio", "total", "amount", "exact", "at", "day", "time", "kind", "data", "raw") values ($1, $2::double precision, $3::bigint, $4::numeric, $5::numeric, $6::timestamptz, $7::date, $8::time, $9, $10::jsonb, $11::bytea)`, "0b1c7a5e-0000-4000-8000-000000000000", "0.1", "9007199254740993", "12.5", "0.1", "2026-11-21T05:36:00.000Z", "2026-11-21", "12:30:00.000", "in", `{"depth":1}`, Buffer.of(0, 255)]],
    mariadb: [["insert into `measures` (`id`, `ratio`, `total`, `amount`, `exact`, `at`, `day`, `time`, `kind`, `data`, `raw`) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "0b1c7a5e-0000-4000-8000-000000000000", 0.1, 9007199254740993n, decimal("12.5"), decimal("0.1"), "2026-11-21 05:36:00.000", "2026-11-21", "12:30:00.000", "in", `{"depth":1}`, Uint8Array.of(0, 255)]],
    mysql: [["insert into `measures` (`id`, `ratio`, `total`, `amount`, `exact`, `at`, `day`, `time`, `kind`, `data`, `raw`) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "0b1c7a5e-0000-4000-8000-000000000000", 0.1, 9007199254740993n, decimal("12.5"), decimal("0.1"), "2026-11-21 05:36:00.000", "2026-11-21", "12:30:00.000", "in", `{"depth":1}`, Uint8Array.of(0, 255)]]
  }),
  line("insertMany", Mutation.insertMany(PostTag, [{ postId: 1, tagId: 2 }, { postId: 1, tagId: 3 }]), {
    sqlite: [[`insert into "posts_tags" ("post_id", "tag_id") values (?, ?), (?, ?)`, 1n, 2n, 1n, 3n]],
    postgresql: [[`insert into "posts_tags" ("post_id", "tag_id") values ($1::integer, $2::integer), ($3::integer, $4::integer)`, "1", "2", "1", "3"]],
    mariadb: [["insert into `posts_tags` (`post_id`, `tag_id`) values (?, ?), (?, ?)", 1n, 2n, 1n, 3n]],
    mysql: [["insert into `posts_tags` (`post_id`, `tag_id`) values (?, ?), (?, ?)", 1n, 2n, 1n, 3n]]
  }),
  line("insertMany: some defaults", Mutation.insertMany(Counter, [{ label: "a" }, { hits: 2 }, { label: "c" }]), {
    sqlite: [
      ["begin"],
      [`insert or fail into "counters" ("label") values (?), (?)`, "a", "c"],
      [`insert or fail into "counters" ("hits") values (?)`, 2n],
      ["commit"]
    ],
    postgresql: [[`insert into "counters" ("label", "hits") values ($1, default), (default, $2::integer), ($3, default)`, "a", "2", "c"]],
    mariadb: [["insert into `counters` (`label`, `hits`) values (?, default), (default, ?), (?, default)", "a", 2n, "c"]],
    mysql: [["insert into `counters` (`label`, `hits`) values (?, default), (default, ?), (?, default)", "a", 2n, "c"]]
  }),
  line("insertMany: defaults only", Mutation.insertMany(Counter, [{}, {}]), {
    sqlite: [
      ["begin"],
      [`insert or fail into "counters" default values`],
      [`insert or fail into "counters" default values`],
      ["commit"]
    ],
    postgresql: [
      ["begin"],
      [`insert into "counters" default values`],
      [`insert into "counters" default values`],
      ["commit"]
    ],
    mariadb: [
      ["begin"],
      ["insert into `counters` () values ()"],
      ["insert into `counters` () values ()"],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["insert into `counters` () values ()"],
      ["insert into `counters` () values ()"],
      ["commit"]
    ]
  }),
  line("insertMany: nothing", Mutation.insertMany(Counter, []), {
    sqlite: [

    ],
    postgresql: [

    ],
    mariadb: [

    ],
    mysql: [

    ]
  }),
  line("insertMany: returning", Mutation.insertMany(PostTag, [{ postId: 1, tagId: 2 }]).pipe(Mutation.returning), {
    sqlite: [[`insert into "posts_tags" ("post_id", "tag_id") values (?, ?) returning "post_id", "tag_id"`, 1n, 2n]],
    postgresql: [[`insert into "posts_tags" ("post_id", "tag_id") values ($1::integer, $2::integer) returning "post_id", "tag_id"`, "1", "2"]],
    mariadb: [["insert into `posts_tags` (`post_id`, `tag_id`) values (?, ?) returning `post_id`, `tag_id`", 1n, 2n]],
    mysql: [
      ["begin"],
      ["insert into `posts_tags` (`post_id`, `tag_id`) values (?, ?)", 1n, 2n],
      ["select `posts_tags`.`post_id`, `posts_tags`.`tag_id` from `posts_tags` where (`posts_tags`.`post_id`, `posts_tags`.`tag_id`) in (select c0, c1 from (select distinct c0, c1 from json_table(?, '$[*]' columns (c0 bigint path '$[0]', c1 bigint path '$[1]')) as many_rows) as distinct_rows)", `[["1","2"]]`],
      ["commit"]
    ]
  }),
  line("upsert: by the key", Mutation.upsert(Note, { id: 1, text: "b" }).pipe(Mutation.affected), {
    sqlite: [[`insert into "notes" ("id", "text", "created_at", "updated_at") values (?, ?, ?, ?) on conflict ("id") do update set "text" = excluded."text", "updated_at" = excluded."updated_at"`, 1n, "b", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"]],
    postgresql: [[`insert into "notes" ("id", "text", "created_at", "updated_at") values ($1::integer, $2, $3::timestamptz, $4::timestamptz) on conflict ("id") do update set "text" = excluded."text", "updated_at" = excluded."updated_at"`, "1", "b", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"]],
    mariadb: [["insert into `notes` (`id`, `text`, `created_at`, `updated_at`) values (?, ?, ?, ?) on duplicate key update `text` = values(`text`), `updated_at` = values(`updated_at`)", 1n, "b", "1970-01-01 00:00:00.000", "1970-01-01 00:00:00.000"]],
    mysql: [["insert into `notes` (`id`, `text`, `created_at`, `updated_at`) values (?, ?, ?, ?) on duplicate key update `text` = values(`text`), `updated_at` = values(`updated_at`)", 1n, "b", "1970-01-01 00:00:00.000", "1970-01-01 00:00:00.000"]]
  }),
  line("upsert: by a unique column, some columns", Mutation.upsert(User, { name: "Ada", age: 1, nick: Option.none() }, { on: ["name"], update: ["age"] }).pipe(Mutation.affected), {
    sqlite: [[`insert into "users" ("name", "age", "nick") values (?, ?, ?) on conflict ("name") do update set "age" = excluded."age"`, "Ada", 1n, null]],
    postgresql: [[`insert into "users" ("name", "age", "nick") values ($1, $2::integer, $3) on conflict ("name") do update set "age" = excluded."age"`, "Ada", "1", null]],
    mariadb: [["insert into `users` (`name`, `age`, `nick`) values (?, ?, ?) on duplicate key update `age` = values(`age`)", "Ada", 1n, null]],
    mysql: [["insert into `users` (`name`, `age`, `nick`) values (?, ?, ?) on duplicate key update `age` = values(`age`)", "Ada", 1n, null]]
  }),
  line("upsert: nothing but the key", Mutation.upsert(PostTag, { postId: 1, tagId: 2 }).pipe(Mutation.affected), {
    sqlite: [[`insert into "posts_tags" ("post_id", "tag_id") values (?, ?) on conflict ("post_id", "tag_id") do update set "post_id" = "posts_tags"."post_id"`, 1n, 2n]],
    postgresql: [[`insert into "posts_tags" ("post_id", "tag_id") values ($1::integer, $2::integer) on conflict ("post_id", "tag_id") do update set "post_id" = "posts_tags"."post_id"`, "1", "2"]],
    mariadb: [["insert into `posts_tags` (`post_id`, `tag_id`) values (?, ?) on duplicate key update `post_id` = `posts_tags`.`post_id`", 1n, 2n]],
    mysql: [["insert into `posts_tags` (`post_id`, `tag_id`) values (?, ?) on duplicate key update `post_id` = `posts_tags`.`post_id`", 1n, 2n]]
  }),
  line("update: values", Mutation.update(User).pipe(Mutation.set({ age: 37, nick: Option.some("a") }), Mutation.where({ id: 1 })), {
    sqlite: [[`update "users" set "age" = ?, "nick" = ? where "users"."id" = ?`, 37n, "a", 1n]],
    postgresql: [[`update "users" set "age" = $1::integer, "nick" = $2 where "users"."id" = $3::integer`, "37", "a", "1"]],
    mariadb: [["update `users` set `age` = ?, `nick` = ? where `users`.`id` = ?", 37n, "a", 1n]],
    mysql: [["update `users` set `age` = ?, `nick` = ? where `users`.`id` = ?", 37n, "a", 1n]]
  }),
  line("update: expressions", Mutation.update(User).pipe(Mutation.set((u) => ({ age: Expr.add(u.age, 1) })), Mutation.where((u) => Expr.lt(u.age, 5))), {
    sqlite: [[`update "users" set "age" = ("users"."age" + ?) where "users"."age" < ?`, 1n, 5n]],
    postgresql: [[`update "users" set "age" = ("users"."age" + $1::bigint) where "users"."age" < $2::integer`, "1", "5"]],
    mariadb: [["update `users` set `age` = (`users`.`age` + ?) where `users`.`age` < ?", 1n, 5n]],
    mysql: [["update `users` set `age` = (`users`.`age` + ?) where `users`.`age` < ?", 1n, 5n]]
  }),
  line("update: a decimal by an expression", Mutation.update(Measure).pipe(Mutation.set((m) => ({ amount: Expr.multiply(m.amount, m.amount) })), Mutation.where({ kind: "in" })), {
    sqlite: [[`update "measures" set "amount" = strata_decimal_scaled(strata_decimal(strata_decimal_multiply(strata_decimal("measures"."amount", 2), strata_decimal("measures"."amount", 2)), 0), 2) where "measures"."kind" = ?`, "in"]],
    postgresql: [[`update "measures" set "amount" = ("measures"."amount" * "measures"."amount") where "measures"."kind" = $1`, "in"]],
    mariadb: [["update `measures` set `amount` = (`measures`.`amount` * `measures`.`amount`) where `measures`.`kind` = ?", "in"]],
    mysql: [["update `measures` set `amount` = (`measures`.`amount` * `measures`.`amount`) where `measures`.`kind` = ?", "in"]]
  }),
  line("update: from the clock", Mutation.update(Note).pipe(Mutation.set({ text: "b" }), Mutation.where({ id: 1 })), {
    sqlite: [[`update "notes" set "text" = ?, "updated_at" = ? where "notes"."id" = ?`, "b", "1970-01-01T00:00:00.000Z", 1n]],
    postgresql: [[`update "notes" set "text" = $1, "updated_at" = $2::timestamptz where "notes"."id" = $3::integer`, "b", "1970-01-01T00:00:00.000Z", "1"]],
    mariadb: [["update `notes` set `text` = ?, `updated_at` = ? where `notes`.`id` = ?", "b", "1970-01-01 00:00:00.000", 1n]],
    mysql: [["update `notes` set `text` = ?, `updated_at` = ? where `notes`.`id` = ?", "b", "1970-01-01 00:00:00.000", 1n]]
  }),
  line("update: all", Mutation.update(Tag).pipe(Mutation.set({ label: "x" }), Mutation.all), {
    sqlite: [[`update "tags" set "label" = ?`, "x"]],
    postgresql: [[`update "tags" set "label" = $1`, "x"]],
    mariadb: [["update `tags` set `label` = ?", "x"]],
    mysql: [["update `tags` set `label` = ?", "x"]]
  }),
  line("update: by a relation", Mutation.update(User).pipe(Mutation.set({ age: 0 }), Mutation.where(Relation.some(userPosts))), {
    sqlite: [[`update "users" set "age" = ? where exists (select 1 from "posts" where "posts"."author_id" = "users"."id")`, 0n]],
    postgresql: [[`update "users" set "age" = $1::integer where exists (select 1 from "posts" where "posts"."author_id" = "users"."id")`, "0"]],
    mariadb: [["update `users` set `age` = ? where exists (select 1 from `posts` where `posts`.`author_id` = `users`.`id`)", 0n]],
    mysql: [["update `users` set `age` = ? where exists (select 1 from `posts` where `posts`.`author_id` = `users`.`id`)", 0n]]
  }),
  line("update: returning", Mutation.update(Tag).pipe(Mutation.set({ label: "x" }), Mutation.where({ label: "y" }), Mutation.returning), {
    sqlite: [[`update "tags" set "label" = ? where "tags"."label" = ? returning "id", "label"`, "x", "y"]],
    postgresql: [[`update "tags" set "label" = $1 where "tags"."label" = $2 returning "id", "label"`, "x", "y"]],
    mariadb: [
      ["begin"],
      ["select `tags`.`id` from `tags` where `tags`.`label` = ? for update", "y"],
      ["update `tags` set `label` = ? where `tags`.`id` in (?)", "x", 1n],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?)", 1n],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["select `tags`.`id` from `tags` where `tags`.`label` = ? for update", "y"],
      ["update `tags` set `label` = ? where `tags`.`id` in (?)", "x", 1n],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?)", 1n],
      ["commit"]
    ]
  }),
  line("delete", Mutation.delete(Tag).pipe(Mutation.where({ label: "y" })), {
    sqlite: [[`delete from "tags" where "tags"."label" = ?`, "y"]],
    postgresql: [[`delete from "tags" where "tags"."label" = $1`, "y"]],
    mariadb: [["delete from `tags` where `tags`.`label` = ?", "y"]],
    mysql: [["delete from `tags` where `tags`.`label` = ?", "y"]]
  }),
  line("delete: names that have to be quoted, in a schema", Mutation.delete(Odd).pipe(Mutation.where({ select: 1 })), {
    sqlite: [[`delete from "my schema"."order" where "order"."select" = ?`, 1n]],
    postgresql: [[`delete from "my schema"."order" where "order"."select" = $1::integer`, "1"]],
    mariadb: [["delete from `my schema`.`order` where `order`.`select` = ?", 1n]],
    mysql: [["delete from `my schema`.`order` where `order`.`select` = ?", 1n]]
  }),
  line("delete: all", Mutation.delete(Tag).pipe(Mutation.all), {
    sqlite: [[`delete from "tags"`]],
    postgresql: [[`delete from "tags"`]],
    mariadb: [["delete from `tags`"]],
    mysql: [["delete from `tags`"]]
  }),
  line("delete: by a composite key", Mutation.delete(PostTag).pipe(Mutation.where({ postId: 1, tagId: { in: [2, 3] } })), {
    sqlite: [[`delete from "posts_tags" where ("posts_tags"."post_id" = ?) and ("posts_tags"."tag_id" in (?, ?))`, 1n, 2n, 3n]],
    postgresql: [[`delete from "posts_tags" where ("posts_tags"."post_id" = $1::integer) and ("posts_tags"."tag_id" = any($2::integer[]))`, "1", "{2,3}"]],
    mariadb: [["delete from `posts_tags` where (`posts_tags`.`post_id` = ?) and (`posts_tags`.`tag_id` in (?, ?))", 1n, 2n, 3n]],
    mysql: [["delete from `posts_tags` where (`posts_tags`.`post_id` = ?) and (`posts_tags`.`tag_id` in (?, ?))", 1n, 2n, 3n]]
  }),
  line("delete: returning", Mutation.delete(Tag).pipe(Mutation.where({ label: "y" }), Mutation.returning), {
    sqlite: [[`delete from "tags" where "tags"."label" = ? returning "id", "label"`, "y"]],
    postgresql: [[`delete from "tags" where "tags"."label" = $1 returning "id", "label"`, "y"]],
    mariadb: [["delete from `tags` where `tags`.`label` = ? returning `id`, `label`", "y"]],
    mysql: [
      ["begin"],
      ["select `tags`.`id` from `tags` where `tags`.`label` = ? for update", "y"],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?)", 1n],
      ["delete from `tags` where `tags`.`id` in (?)", 1n],
      ["commit"]
    ]
  }),
  line("delete: returning, by a composite key", Mutation.delete(PostTag).pipe(Mutation.where({ postId: 1 }), Mutation.returning), {
    sqlite: [[`delete from "posts_tags" where "posts_tags"."post_id" = ? returning "post_id", "tag_id"`, 1n]],
    postgresql: [[`delete from "posts_tags" where "posts_tags"."post_id" = $1::integer returning "post_id", "tag_id"`, "1"]],
    mariadb: [["delete from `posts_tags` where `posts_tags`.`post_id` = ? returning `post_id`, `tag_id`", 1n]],
    mysql: [
      ["begin"],
      ["select `posts_tags`.`post_id`, `posts_tags`.`tag_id` from `posts_tags` where `posts_tags`.`post_id` = ? for update", 1n],
      ["select `posts_tags`.`post_id`, `posts_tags`.`tag_id` from `posts_tags` where (`posts_tags`.`post_id`, `posts_tags`.`tag_id`) in (select c0, c1 from (select distinct c0, c1 from json_table(?, '$[*]' columns (c0 bigint path '$[0]', c1 bigint path '$[1]')) as many_rows) as distinct_rows)", `[["1","1"]]`],
      ["delete from `posts_tags` where (`posts_tags`.`post_id`, `posts_tags`.`tag_id`) in (select c0, c1 from (select distinct c0, c1 from json_table(?, '$[*]' columns (c0 bigint path '$[0]', c1 bigint path '$[1]')) as many_rows) as distinct_rows)", `[["1","1"]]`],
      ["commit"]
    ]
  }),
  line("delete: by many keys", Mutation.delete(Tag).pipe(Mutation.where({ id: { in: Array.from({ length: 257 }, () => 5) } })), {
    sqlite: [[`delete from "tags" where "tags"."id" in (select value from json_each(?))`, listed("[", "5", "]")]],
    postgresql: [[`delete from "tags" where "tags"."id" in (select * from unnest($1::integer[]))`, listed("{", "5", "}")]],
    mariadb: [["delete from `tags` where `tags`.`id` in (select c0 from (select distinct c0 from json_table(?, '$[*]' columns (c0 bigint path '$[0]')) as many_rows) as distinct_rows)", listed("[", `["5"]`, "]")]],
    mysql: [["delete from `tags` where `tags`.`id` in (select c0 from (select distinct c0 from json_table(?, '$[*]' columns (c0 bigint path '$[0]')) as many_rows) as distinct_rows)", listed("[", `["5"]`, "]")]]
  })
]
