/**
 * The golden table of pages: rows with their total, and what is beyond a place in an order.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Database, Expr, Filter, Query } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { exactText } from "../../src/expr/exact.js"
import { beyond } from "../../src/query/place.js"
import { Post, User, userPosts } from "./models.js"
import { decimal, line } from "./record.js"

/** The text that a database has for a value. */
const textOf = (server: string, value: string | number | null): string | null =>
  value === null || server !== "sqlite" ? value === null ? null : String(value) : `${typeof value === "number" ? "i" : "t"}${JSON.stringify(value)}`

/** The rows of a query beyond a place in its order, with the texts of their own place. */
const from = (query: Query.Query<any, any>, ...values: ReadonlyArray<string | number | null>) =>
  Effect.flatMap(Database.Database, ({ run, server }) => {
    const fields = query.ast.orderBy.map(({ expression }, i) => [`${i}`, { _tag: "Value", expression: exactText(expression) }] as const)
    const place = { values: values.map((value) => textOf(server.name, value)), isIncluded: false }
    return run({ ...query.ast, projection: { _tag: "Record", fields: Object.fromEntries(fields) }, where: beyond(query.ast.orderBy, place) })
  })
const users = Query.from(User)
const UserFilter = Filter.schema(User, { fields: { name: "usual", nick: "usual" }, relations: { posts: Filter.related(userPosts, ["id"]) } })

export const pages = [
  line("page: rows and their total", users.pipe(Query.where({ age: { gt: 1 } }), Query.orderBy((u) => Expr.asc(u.name)), Query.page({ number: 3, size: 10 })), {
    sqlite: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\", (select count(*) from \"users\" as \"users_2\" where \"users_2\".\"age\" > ?) from \"users\" where \"users\".\"age\" > ? order by \"users\".\"name\" limit +? offset ?", 1n, 1n, 10n, 20n]],
    postgresql: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\", (select count(*) from \"users\" as \"users_2\" where \"users_2\".\"age\" > $1::integer) from \"users\" where \"users\".\"age\" > $2::integer order by \"users\".\"name\" limit $3::bigint offset $4::bigint", "1", "1", "10", "20"]],
    mariadb: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick`, (select count(*) from `users` as `users_2` where `users_2`.`age` > ?) from `users` where `users`.`age` > ? order by `users`.`name` limit ? offset ?", 1n, 1n, 10n, 20n]],
    mysql: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick`, (select count(*) from `users` as `users_2` where `users_2`.`age` > ?) from `users` where `users`.`age` > ? order by `users`.`name` limit ? offset ?", 1n, 1n, 10n, 20n]]
  }),
  line("keyset: one way, never NULL", from(users.pipe(Query.orderBy((u) => [Expr.desc(u.name), Expr.desc(u.id)])), "Ada", 1), {
    sqlite: [["select strata_exact_text(\"users\".\"name\"), strata_exact_text(\"users\".\"id\") from \"users\" where (\"users\".\"name\", \"users\".\"id\") < ((strata_exact_value(?)), (strata_exact_value(?))) order by \"users\".\"name\" desc, \"users\".\"id\" desc", "t\"Ada\"", "i1"]],
    postgresql: [["select cast(\"users\".\"name\" as text), cast(\"users\".\"id\" as text) from \"users\" where (\"users\".\"name\", \"users\".\"id\") < (($1), (cast($2 as bigint))) order by \"users\".\"name\" desc, \"users\".\"id\" desc", "Ada", "1"]],
    mariadb: [["select `users`.`name`, cast(`users`.`id` as char) from `users` where (`users`.`name` < (?)) or ((`users`.`name` = (?)) and (`users`.`id` < (?))) order by `users`.`name` desc, `users`.`id` desc", "Ada", "Ada", 1n]],
    mysql: [["select `users`.`name`, cast(`users`.`id` as char) from `users` where (`users`.`name` < (?)) or ((`users`.`name` = (?)) and (`users`.`id` < (?))) order by `users`.`name` desc, `users`.`id` desc", "Ada", "Ada", 1n]]
  }),
  line("keyset: one expression", from(users.pipe(Query.orderBy((u) => Expr.asc(u.id))), 1), {
    sqlite: [["select strata_exact_text(\"users\".\"id\") from \"users\" where \"users\".\"id\" > (strata_exact_value(?)) order by \"users\".\"id\"", "i1"]],
    postgresql: [["select cast(\"users\".\"id\" as text) from \"users\" where \"users\".\"id\" > (cast($1 as bigint)) order by \"users\".\"id\"", "1"]],
    mariadb: [["select cast(`users`.`id` as char) from `users` where `users`.`id` > (?) order by `users`.`id`", 1n]],
    mysql: [["select cast(`users`.`id` as char) from `users` where `users`.`id` > (?) order by `users`.`id`", 1n]]
  }),
  line("keyset: up and down", from(users.pipe(Query.orderBy((u) => [Expr.asc(u.name), Expr.desc(u.id)])), "Ada", 1), {
    sqlite: [["select strata_exact_text(\"users\".\"name\"), strata_exact_text(\"users\".\"id\") from \"users\" where (\"users\".\"name\" >= (strata_exact_value(?))) and ((\"users\".\"name\" > (strata_exact_value(?))) or ((\"users\".\"name\" = (strata_exact_value(?))) and (\"users\".\"id\" < (strata_exact_value(?))))) order by \"users\".\"name\", \"users\".\"id\" desc", "t\"Ada\"", "t\"Ada\"", "t\"Ada\"", "i1"]],
    postgresql: [["select cast(\"users\".\"name\" as text), cast(\"users\".\"id\" as text) from \"users\" where (\"users\".\"name\" >= ($1)) and ((\"users\".\"name\" > ($2)) or ((\"users\".\"name\" = ($3)) and (\"users\".\"id\" < (cast($4 as bigint))))) order by \"users\".\"name\", \"users\".\"id\" desc", "Ada", "Ada", "Ada", "1"]],
    mariadb: [["select `users`.`name`, cast(`users`.`id` as char) from `users` where (`users`.`name` >= (?)) and ((`users`.`name` > (?)) or ((`users`.`name` = (?)) and (`users`.`id` < (?)))) order by `users`.`name`, `users`.`id` desc", "Ada", "Ada", "Ada", 1n]],
    mysql: [["select `users`.`name`, cast(`users`.`id` as char) from `users` where (`users`.`name` >= (?)) and ((`users`.`name` > (?)) or ((`users`.`name` = (?)) and (`users`.`id` < (?)))) order by `users`.`name`, `users`.`id` desc", "Ada", "Ada", "Ada", 1n]]
  }),
  line("keyset: what may be NULL", from(users.pipe(Query.orderBy((u) => [Expr.asc(u.nick), Expr.asc(u.id)])), "x", 1), {
    sqlite: [["select strata_exact_text(\"users\".\"nick\"), strata_exact_text(\"users\".\"id\") from \"users\" where ((\"users\".\"nick\" > (strata_exact_value(?))) or (\"users\".\"nick\" is null)) or ((\"users\".\"nick\" = (strata_exact_value(?))) and (\"users\".\"id\" > (strata_exact_value(?)))) order by \"users\".\"nick\" nulls last, \"users\".\"id\"", "t\"x\"", "t\"x\"", "i1"]],
    postgresql: [["select cast(\"users\".\"nick\" as text), cast(\"users\".\"id\" as text) from \"users\" where ((\"users\".\"nick\" > ($1)) or (\"users\".\"nick\" is null)) or ((\"users\".\"nick\" = ($2)) and (\"users\".\"id\" > (cast($3 as bigint)))) order by \"users\".\"nick\", \"users\".\"id\"", "x", "x", "1"]],
    mariadb: [["select `users`.`nick`, cast(`users`.`id` as char) from `users` where ((`users`.`nick` > (?)) or (`users`.`nick` is null)) or ((`users`.`nick` = (?)) and (`users`.`id` > (?))) order by `users`.`nick` is null, `users`.`nick`, `users`.`id`", "x", "x", 1n]],
    mysql: [["select `users`.`nick`, cast(`users`.`id` as char) from `users` where ((`users`.`nick` > (?)) or (`users`.`nick` is null)) or ((`users`.`nick` = (?)) and (`users`.`id` > (?))) order by `users`.`nick` is null, `users`.`nick`, `users`.`id`", "x", "x", 1n]]
  }),
  line("keyset: NULLs first, from a NULL on", from(users.pipe(Query.orderBy((u) => [Expr.desc(u.nick, { nulls: "first" }), Expr.asc(u.id)])), null, 1), {
    sqlite: [["select strata_exact_text(\"users\".\"nick\"), strata_exact_text(\"users\".\"id\") from \"users\" where (\"users\".\"nick\" is not null) or ((\"users\".\"nick\" is null) and (\"users\".\"id\" > (strata_exact_value(?)))) order by \"users\".\"nick\" desc nulls first, \"users\".\"id\"", "i1"]],
    postgresql: [["select cast(\"users\".\"nick\" as text), cast(\"users\".\"id\" as text) from \"users\" where (\"users\".\"nick\" is not null) or ((\"users\".\"nick\" is null) and (\"users\".\"id\" > (cast($1 as bigint)))) order by \"users\".\"nick\" desc, \"users\".\"id\"", "1"]],
    mariadb: [["select `users`.`nick`, cast(`users`.`id` as char) from `users` where (`users`.`nick` is not null) or ((`users`.`nick` is null) and (`users`.`id` > (?))) order by `users`.`nick` is not null, `users`.`nick` desc, `users`.`id`", 1n]],
    mysql: [["select `users`.`nick`, cast(`users`.`id` as char) from `users` where (`users`.`nick` is not null) or ((`users`.`nick` is null) and (`users`.`id` > (?))) order by `users`.`nick` is not null, `users`.`nick` desc, `users`.`id`", 1n]]
  }),
  line("keyset: an expression", from(Query.from(Post).pipe(Query.orderBy((p) => Expr.asc(Expr.add(p.id, p.authorId)))), 3), {
    sqlite: [["select strata_exact_text(\"posts\".\"id\" + \"posts\".\"author_id\") from \"posts\" where (\"posts\".\"id\" + \"posts\".\"author_id\") > (strata_exact_value(?)) order by \"posts\".\"id\" + \"posts\".\"author_id\"", "i3"]],
    postgresql: [["select cast(\"posts\".\"id\"::bigint + \"posts\".\"author_id\" as text) from \"posts\" where (\"posts\".\"id\"::bigint + \"posts\".\"author_id\") > (cast($1 as numeric)) order by \"posts\".\"id\"::bigint + \"posts\".\"author_id\"", "3"]],
    mariadb: [["select cast(`posts`.`id` + `posts`.`author_id` as char) from `posts` where (`posts`.`id` + `posts`.`author_id`) > (?) order by `posts`.`id` + `posts`.`author_id`", decimal("3")]],
    mysql: [["select cast(`posts`.`id` + `posts`.`author_id` as char) from `posts` where (`posts`.`id` + `posts`.`author_id`) > (?) order by `posts`.`id` + `posts`.`author_id`", decimal("3")]]
  }),
  line("filter from outside: tests, logic, relations", users.pipe(Query.where(Schema.decodeUnknownSync(UserFilter)({ or: [{ name: { contains: "a" } }, { not: { nick: { isNull: true } } }], posts: { some: { id: { in: [1, 2] } } } }))), {
    sqlite: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\" where ((\"users\".\"name\" like ? escape '\\') or (not (\"users\".\"nick\" is null))) and exists (select 1 from \"posts\" where (\"posts\".\"author_id\" = \"users\".\"id\") and (\"posts\".\"id\" in (?, ?)))", "%a%", 1n, 2n]],
    postgresql: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\" where ((\"users\".\"name\" like $1) or (not (\"users\".\"nick\" is null))) and exists (select 1 from \"posts\" where (\"posts\".\"author_id\" = \"users\".\"id\") and (\"posts\".\"id\" = any($2::integer[])))", "%a%", "{1,2}"]],
    mariadb: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where ((`users`.`name` like ?) or (not (`users`.`nick` is null))) and exists (select 1 from `posts` where (`posts`.`author_id` = `users`.`id`) and (`posts`.`id` in (?, ?)))", "%a%", 1n, 2n]],
    mysql: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where ((`users`.`name` like ?) or (not (`users`.`nick` is null))) and exists (select 1 from `posts` where (`posts`.`author_id` = `users`.`id`) and (`posts`.`id` in (?, ?)))", "%a%", 1n, 2n]]
  })
]
