/**
 * The golden table of upserts; a column a dialect.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Mutation } from "effect-strata"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Counter, Page, Tag, User } from "./models.js"
import { line, unsupported } from "./record.js"

const options = { theme: "light", size: 1, isOpen: true, tags: [] } as const

export const upsert = [
  line("upsert: set, of the old row and the proposed one", Mutation.upsert(User, { name: "Ada", age: 1, nick: Option.none() }, { on: ["name"], set: (old, proposed) => ({ age: Expr.add(old.age, proposed.age), nick: Expr.upper(old.name) }) }).pipe(Mutation.affected), {
    sqlite: [[`insert into "users" ("name", "age", "nick") values (?, ?, ?) on conflict ("name") do update set "age" = ("users"."age" + excluded."age"), "nick" = upper("users"."name")`, "Ada", 1n, null]],
    postgresql: [[`insert into "users" ("name", "age", "nick") values ($1, $2::integer, $3) on conflict ("name") do update set "age" = "users"."age"::bigint + excluded."age", "nick" = upper("users"."name" collate "und-x-icu") collate "C"`, "Ada", "1", null]],
    mariadb: [["insert into `users` (`name`, `age`, `nick`) values (?, ?, ?) on duplicate key update `age` = `users`.`age` + values(`age`), `nick` = upper(convert(`users`.`name` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin", "Ada", 1n, null]],
    mysql: [["insert into `users` (`name`, `age`, `nick`) values (?, ?, ?) on duplicate key update `age` = `users`.`age` + values(`age`), `nick` = upper(convert(`users`.`name` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin", "Ada", 1n, null]]
  }),
  line("upsert: set, in an order in which every value is the old one", Mutation.upsert(Counter, { id: 1, label: "a", hits: 2 }, { set: (old, proposed) => ({ hits: proposed.hits, label: Expr.cast(old.hits, Schema.String) }) }).pipe(Mutation.affected), {
    sqlite: [[`insert into "counters" ("id", "label", "hits") values (?, ?, ?) on conflict ("id") do update set "hits" = excluded."hits", "label" = strata_text("counters"."hits")`, 1n, "a", 2n]],
    postgresql: [[`insert into "counters" ("id", "label", "hits") values ($1::integer, $2, $3::integer) on conflict ("id") do update set "hits" = excluded."hits", "label" = cast("counters"."hits" as text) collate "C"`, "1", "a", "2"]],
    mariadb: [["insert into `counters` (`id`, `label`, `hits`) values (?, ?, ?) on duplicate key update `label` = cast(`counters`.`hits` as char), `hits` = values(`hits`)", 1n, "a", 2n]],
    mysql: [["insert into `counters` (`id`, `label`, `hits`) values (?, ?, ?) on duplicate key update `label` = cast(`counters`.`hits` as char), `hits` = values(`hits`)", 1n, "a", 2n]]
  }),
  line("upsert: columns that take each other's values", Mutation.upsert(Page, { id: 1, options, extra: 1 }, { set: (old) => ({ extra: old.options as never, options: old.extra as never }) }).pipe(Mutation.affected), {
    sqlite: [[`insert into "pages" ("id", "options", "extra") values (?, ?, ?) on conflict ("id") do update set "extra" = "pages"."options", "options" = "pages"."extra"`, 1n, `{"isOpen":true,"size":1,"tags":[],"theme":"light"}`, "1"]],
    postgresql: [[`insert into "pages" ("id", "options", "extra") values ($1::integer, $2::jsonb, $3::jsonb) on conflict ("id") do update set "extra" = "pages"."options", "options" = "pages"."extra"`, "1", `{"isOpen":true,"size":1,"tags":[],"theme":"light"}`, "1"]],
    mariadb: unsupported("an upsert whose columns take each other's values"),
    mysql: unsupported("an upsert whose columns take each other's values")
  }),
  line("upsert: where", Mutation.upsert(Counter, { id: 1, hits: 2 }, { set: (old, proposed) => ({ hits: proposed.hits, label: Mutation.Default }), where: (old, proposed) => Expr.gt(proposed.hits, Expr.add(old.hits, 1)) }).pipe(Mutation.affected), {
    sqlite: [[`insert into "counters" ("id", "hits") values (?, ?) on conflict ("id") do update set "hits" = excluded."hits", "label" = ? where excluded."hits" > ("counters"."hits" + ?)`, 1n, 2n, "none", 1n]],
    postgresql: [[`insert into "counters" ("id", "hits") values ($1::integer, $2::integer) on conflict ("id") do update set "hits" = excluded."hits", "label" = default where excluded."hits" > ("counters"."hits" + $3::bigint)`, "1", "2", "1"]],
    mariadb: [["insert into `counters` (`id`, `hits`) values (?, ?) on duplicate key update `id` = if(last_insert_id(if(values(`hits`) > (`counters`.`hits` + ?), 9223372036854775806, 9223372036854775807)), `id`, `id`), `hits` = if(last_insert_id() = 9223372036854775806, values(`hits`), `hits`), `label` = if(last_insert_id() = 9223372036854775806, ?, `label`)", 1n, 2n, 1n, "none"]],
    mysql: [["insert into `counters` (`id`, `hits`) values (?, ?) on duplicate key update `id` = if(last_insert_id(if(values(`hits`) > (`counters`.`hits` + ?), 9223372036854775806, 9223372036854775807)), `id`, `id`), `hits` = if(last_insert_id() = 9223372036854775806, values(`hits`), `hits`), `label` = if(last_insert_id() = 9223372036854775806, ?, `label`)", 1n, 2n, 1n, "none"]]
  }),
  line("upsert: where, the row", Mutation.upsert(User, { id: 1, name: "Ada", age: 1, nick: Option.none() }, { where: (old) => Expr.lt(old.age, 9) }), {
    sqlite: [[`insert into "users" ("id", "name", "age", "nick") values (?, ?, ?, ?) on conflict ("id") do update set "name" = excluded."name", "age" = excluded."age", "nick" = excluded."nick" where "users"."age" < ? returning "id", "name", "age", "nick"`, 1n, "Ada", 1n, null, 9n]],
    postgresql: [[`insert into "users" ("id", "name", "age", "nick") values ($1::integer, $2, $3::integer, $4) on conflict ("id") do update set "name" = excluded."name", "age" = excluded."age", "nick" = excluded."nick" where "users"."age" < $5::integer returning "id", "name", "age", "nick"`, "1", "Ada", "1", null, "9"]],
    mariadb: [
      ["begin"],
      ["insert into `users` (`id`, `name`, `age`, `nick`) values (?, ?, ?, ?) on duplicate key update `id` = if((`id` <=> values(`id`) or cast(concat('effect-strata: another unique key', if(`id` is null, '', '')) as signed)), if(last_insert_id(if(`users`.`age` < ?, 9223372036854775806, 9223372036854775807)), `id`, `id`), `id`), `name` = if(last_insert_id() = 9223372036854775806, values(`name`), `name`), `age` = if(last_insert_id() = 9223372036854775806, values(`age`), `age`), `nick` = if(last_insert_id() = 9223372036854775806, values(`nick`), `nick`)", 1n, "Ada", 1n, null, 9n],
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`id` in (?) for update", 1n],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["insert into `users` (`id`, `name`, `age`, `nick`) values (?, ?, ?, ?) on duplicate key update `id` = if((`id` <=> values(`id`) or cast(concat('effect-strata: another unique key', if(`id` is null, '', '')) as signed)), if(last_insert_id(if(`users`.`age` < ?, 9223372036854775806, 9223372036854775807)), `id`, `id`), `id`), `name` = if(last_insert_id() = 9223372036854775806, values(`name`), `name`), `age` = if(last_insert_id() = 9223372036854775806, values(`age`), `age`), `nick` = if(last_insert_id() = 9223372036854775806, values(`nick`), `nick`)", 1n, "Ada", 1n, null, 9n],
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`id` in (?) for update", 1n],
      ["commit"]
    ]
  }),
  line("upsert: where, many", Mutation.upsertMany(Counter, [{ id: 1, hits: 2 }, { id: 2, hits: 3 }], { update: ["hits"], where: (old, proposed) => Expr.lt(old.hits, proposed.hits) }), {
    sqlite: [[`insert into "counters" ("id", "hits") values (?, ?), (?, ?) on conflict ("id") do update set "hits" = excluded."hits" where "counters"."hits" < excluded."hits"`, 1n, 2n, 2n, 3n]],
    postgresql: [[`insert into "counters" ("id", "hits") values ($1::integer, $2::integer), ($3::integer, $4::integer) on conflict ("id") do update set "hits" = excluded."hits" where "counters"."hits" < excluded."hits"`, "1", "2", "2", "3"]],
    mariadb: [
      ["begin"],
      ["insert into `counters` (`id`, `hits`) values (?, ?) on duplicate key update `id` = if(last_insert_id(if(`counters`.`hits` < values(`hits`), 9223372036854775806, 9223372036854775807)), `id`, `id`), `hits` = if(last_insert_id() = 9223372036854775806, values(`hits`), `hits`)", 1n, 2n],
      ["insert into `counters` (`id`, `hits`) values (?, ?) on duplicate key update `id` = if(last_insert_id(if(`counters`.`hits` < values(`hits`), 9223372036854775806, 9223372036854775807)), `id`, `id`), `hits` = if(last_insert_id() = 9223372036854775806, values(`hits`), `hits`)", 2n, 3n],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["insert into `counters` (`id`, `hits`) values (?, ?) on duplicate key update `id` = if(last_insert_id(if(`counters`.`hits` < values(`hits`), 9223372036854775806, 9223372036854775807)), `id`, `id`), `hits` = if(last_insert_id() = 9223372036854775806, values(`hits`), `hits`)", 1n, 2n],
      ["insert into `counters` (`id`, `hits`) values (?, ?) on duplicate key update `id` = if(last_insert_id(if(`counters`.`hits` < values(`hits`), 9223372036854775806, 9223372036854775807)), `id`, `id`), `hits` = if(last_insert_id() = 9223372036854775806, values(`hits`), `hits`)", 2n, 3n],
      ["commit"]
    ]
  }),
  line("upsert: by a constraint's name", Mutation.upsert(User, { name: "Ada", age: 1, nick: Option.none() }, { constraint: "users_name_key", update: ["age"] }).pipe(Mutation.affected), {
    sqlite: [[`insert into "users" ("name", "age", "nick") values (?, ?, ?) on conflict ("name") do update set "age" = excluded."age"`, "Ada", 1n, null]],
    postgresql: [[`insert into "users" ("name", "age", "nick") values ($1, $2::integer, $3) on conflict ("name") do update set "age" = excluded."age"`, "Ada", "1", null]],
    mariadb: [["insert into `users` (`name`, `age`, `nick`) values (?, ?, ?) on duplicate key update `age` = values(`age`)", "Ada", 1n, null]],
    mysql: [["insert into `users` (`name`, `age`, `nick`) values (?, ?, ?) on duplicate key update `age` = values(`age`)", "Ada", 1n, null]]
  }),
  line("upsert: outcomes", Mutation.upsert(Tag, { id: 1, label: "x" }).pipe(Mutation.outcomes), {
    sqlite: [
      ["begin"],
      [`select "tags"."id" from "tags" where "tags"."id" in (?)`, 1n],
      [`insert into "tags" ("id", "label") values (?, ?) on conflict ("id") do update set "label" = excluded."label" returning "id", "label"`, 1n, "x"],
      ["commit"]
    ],
    postgresql: [[`insert into "tags" ("id", "label") values ($1::integer, $2) on conflict ("id") do update set "label" = excluded."label" returning "id", "label", xmax = 0`, "1", "x"]],
    mariadb: [
      ["begin"],
      ["insert into `tags` (`id`, `label`) values (?, ?) on duplicate key update `id` = if(last_insert_id(9223372036854775806), `id`, `id`), `label` = values(`label`)", 1n, "x"],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?) for update", 1n],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["insert into `tags` (`id`, `label`) values (?, ?) on duplicate key update `id` = if(last_insert_id(9223372036854775806), `id`, `id`), `label` = values(`label`)", 1n, "x"],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?) for update", 1n],
      ["commit"]
    ]
  }),
  line("insert or ignore", Mutation.insertOrIgnore(Tag, { id: 1, label: "x" }), {
    sqlite: [[`insert into "tags" ("id", "label") values (?, ?) on conflict ("id") do nothing returning "id", "label"`, 1n, "x"]],
    postgresql: [[`insert into "tags" ("id", "label") values ($1::integer, $2) on conflict ("id") do nothing returning "id", "label"`, "1", "x"]],
    mariadb: [
      ["begin"],
      ["insert into `tags` (`id`, `label`) values (?, ?) on duplicate key update `id` = if(last_insert_id(9223372036854775807), `id`, `id`)", 1n, "x"],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?) for update", 1n],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["insert into `tags` (`id`, `label`) values (?, ?) on duplicate key update `id` = if(last_insert_id(9223372036854775807), `id`, `id`)", 1n, "x"],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?) for update", 1n],
      ["commit"]
    ]
  }),
  line("insert or ignore: beside another unique key", Mutation.insertOrIgnore(User, { id: 1, name: "Ada", age: 1, nick: Option.none() }, { on: ["name"] }).pipe(Mutation.affected), {
    sqlite: [[`insert into "users" ("id", "name", "age", "nick") values (?, ?, ?, ?) on conflict ("name") do nothing`, 1n, "Ada", 1n, null]],
    postgresql: [[`insert into "users" ("id", "name", "age", "nick") values ($1::integer, $2, $3::integer, $4) on conflict ("name") do nothing`, "1", "Ada", "1", null]],
    mariadb: [["insert into `users` (`id`, `name`, `age`, `nick`) values (?, ?, ?, ?) on duplicate key update `name` = if((`name` <=> values(`name`) or cast(concat('effect-strata: another unique key', if(`name` is null, '', '')) as signed)), if(last_insert_id(9223372036854775807), `name`, `name`), `name`)", 1n, "Ada", 1n, null]],
    mysql: [["insert into `users` (`id`, `name`, `age`, `nick`) values (?, ?, ?, ?) on duplicate key update `name` = if((`name` <=> values(`name`) or cast(concat('effect-strata: another unique key', if(`name` is null, '', '')) as signed)), if(last_insert_id(9223372036854775807), `name`, `name`), `name`)", 1n, "Ada", 1n, null]]
  }),
  line("insert many or ignore", Mutation.insertManyOrIgnore(Tag, [{ id: 1, label: "x" }, { id: 2, label: "y" }]), {
    sqlite: [[`insert into "tags" ("id", "label") values (?, ?), (?, ?) on conflict ("id") do nothing`, 1n, "x", 2n, "y"]],
    postgresql: [[`insert into "tags" ("id", "label") values ($1::integer, $2), ($3::integer, $4) on conflict ("id") do nothing`, "1", "x", "2", "y"]],
    mariadb: [["insert into `tags` (`id`, `label`) values (?, ?), (?, ?) on duplicate key update `id` = if(last_insert_id(9223372036854775807), `id`, `id`)", 1n, "x", 2n, "y"]],
    mysql: [["insert into `tags` (`id`, `label`) values (?, ?), (?, ?) on duplicate key update `id` = if(last_insert_id(9223372036854775807), `id`, `id`)", 1n, "x", 2n, "y"]]
  })
]
