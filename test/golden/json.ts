/**
 * The golden table of JSON: a line an operator, a column a dialect.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Mutation, Query } from "effect-strata"
import { Page } from "./models.js"
import { line, unsupported } from "./record.js"

const value = (of: (columns: Expr.Columns<typeof Page>) => Expr.Selectable<unknown>) => Query.from(Page).pipe(Query.pluck(of))
const where = (of: (columns: Expr.Columns<typeof Page>) => Expr.Condition) =>
  Query.from(Page).pipe(Query.where(of), Query.pluck((p) => p.id))
const options = (of: (columns: Expr.Columns<typeof Page>) => Expr.Operand<Page["options"]>) =>
  Mutation.update(Page).pipe(Mutation.set((p) => ({ options: of(p) })), Mutation.all)
const extra = (of: (columns: Expr.Columns<typeof Page>) => Expr.Operand<unknown>) =>
  Mutation.update(Page).pipe(Mutation.set((p) => ({ extra: of(p) })), Mutation.all)

export const json = [
  line("at: a text", where((p) => Expr.eq(Expr.at(p.options, "theme"), "dark")), {
    sqlite: [[`select "pages"."id" from "pages" where (case when json_type("pages"."options", ?) = 'text' then "pages"."options" ->> ? end) = ?`, "$.\"theme\"", "$.\"theme\"", "dark"]],
    postgresql: [[`select "pages"."id" from "pages" where (case when jsonb_typeof("pages"."options" -> $1::text) = 'string' then "pages"."options" ->> $2::text end) = $3`, "theme", "theme", "dark"]],
    mariadb: [["select `pages`.`id` from `pages` where (case when json_type(json_extract(`pages`.`options`, ?)) = 'STRING' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_nopad_bin end) = ?", "$.\"theme\"", "$.\"theme\"", "dark"]],
    mysql: [["select `pages`.`id` from `pages` where (case when json_type(json_extract(`pages`.`options`, ?)) = 'STRING' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_0900_bin end) = ?", "$.\"theme\"", "$.\"theme\"", "dark"]]
  }),
  line("at: a number", where((p) => Expr.gt(Expr.at(p.options, "size"), 2)), {
    sqlite: [[`select "pages"."id" from "pages" where (case when json_type("pages"."options", ?) in ('integer', 'real') then cast("pages"."options" ->> ? as real) end) > ?`, "$.\"size\"", "$.\"size\"", 2]],
    postgresql: [[`select "pages"."id" from "pages" where (case when jsonb_typeof("pages"."options" -> $1::text) = 'number' then cast("pages"."options" -> $2::text as double precision) end) > $3::double precision`, "size", "size", "2"]],
    mariadb: [["select `pages`.`id` from `pages` where (case when json_type(json_extract(`pages`.`options`, ?)) in ('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL') then cast(json_extract(`pages`.`options`, ?) as double) end) > ?", "$.\"size\"", "$.\"size\"", 2]],
    mysql: [["select `pages`.`id` from `pages` where (case when json_type(json_extract(`pages`.`options`, ?)) in ('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL') then cast(json_extract(`pages`.`options`, ?) as double) end) > ?", "$.\"size\"", "$.\"size\"", 2]]
  }),
  line("at: a boolean", where((p) => Expr.at(p.options, "isOpen")), {
    sqlite: [[`select "pages"."id" from "pages" where case json_type("pages"."options", ?) when 'true' then 1 when 'false' then 0 end`, "$.\"isOpen\""]],
    postgresql: [[`select "pages"."id" from "pages" where case when jsonb_typeof("pages"."options" -> $1::text) = 'boolean' then cast("pages"."options" -> $2::text as boolean) end`, "isOpen", "isOpen"]],
    mariadb: [["select `pages`.`id` from `pages` where case when json_type(json_extract(`pages`.`options`, ?)) = 'BOOLEAN' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_nopad_bin = 'true' end", "$.\"isOpen\"", "$.\"isOpen\""]],
    mysql: [["select `pages`.`id` from `pages` where case when json_type(json_extract(`pages`.`options`, ?)) = 'BOOLEAN' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_0900_bin = 'true' end", "$.\"isOpen\"", "$.\"isOpen\""]]
  }),
  line("at: an element", value((p) => Expr.at(p.options, "tags", 0)), {
    sqlite: [[`select case when json_type("pages"."options", ?) = 'text' then "pages"."options" ->> ? end from "pages"`, "$.\"tags\"[0]", "$.\"tags\"[0]"]],
    postgresql: [[`select case when jsonb_typeof("pages"."options" -> $1::text -> $2::integer) = 'string' then "pages"."options" -> $3::text ->> $4::integer end from "pages"`, "tags", "0", "tags", "0"]],
    mariadb: [["select case when json_type(json_extract(`pages`.`options`, ?)) = 'STRING' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_nopad_bin end from `pages`", "$.\"tags\"[0]", "$.\"tags\"[0]"]],
    mysql: [["select case when json_type(json_extract(`pages`.`options`, ?)) = 'STRING' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_0900_bin end from `pages`", "$.\"tags\"[0]", "$.\"tags\"[0]"]]
  }),
  line("at: on from another", value((p) => Expr.at(Expr.at(p.options, "inner"), "note")), {
    sqlite: [[`select case when json_type("pages"."options", ?) = 'text' then "pages"."options" ->> ? end from "pages"`, "$.\"inner\".\"note\"", "$.\"inner\".\"note\""]],
    postgresql: [[`select case when jsonb_typeof("pages"."options" -> $1::text -> $2::text) = 'string' then "pages"."options" -> $3::text ->> $4::text end from "pages"`, "inner", "note", "inner", "note"]],
    mariadb: [["select case when json_type(json_extract(`pages`.`options`, ?)) = 'STRING' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_nopad_bin end from `pages`", "$.\"inner\".\"note\"", "$.\"inner\".\"note\""]],
    mysql: [["select case when json_type(json_extract(`pages`.`options`, ?)) = 'STRING' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_0900_bin end from `pages`", "$.\"inner\".\"note\"", "$.\"inner\".\"note\""]]
  }),
  line("at: JSON", value((p) => Expr.at(p.options, "tags")), {
    sqlite: [[`select case when json_type("pages"."options", ?) <> 'null' then "pages"."options" -> ? end from "pages"`, "$.\"tags\"", "$.\"tags\""]],
    postgresql: [[`select nullif("pages"."options" -> $1::text, 'null') from "pages"`, "tags"]],
    mariadb: [["select case when json_type(json_extract(`pages`.`options`, ?)) <> 'NULL' then json_extract(`pages`.`options`, ?) end from `pages`", "$.\"tags\"", "$.\"tags\""]],
    mysql: [["select case when json_type(json_extract(`pages`.`options`, ?)) <> 'NULL' then json_extract(`pages`.`options`, ?) end from `pages`", "$.\"tags\"", "$.\"tags\""]]
  }),
  line("at: what may be no array", value((p) => Expr.at(p.extra, "a\"b", 1, "$.*")), {
    sqlite: [[`select case when json_type("pages"."extra", ?) <> 'null' then "pages"."extra" -> ? end from "pages"`, "$.\"a\\\"b\"[1].\"$.*\"", "$.\"a\\\"b\"[1].\"$.*\""]],
    postgresql: [[`select nullif(case when jsonb_typeof("pages"."extra" -> $1::text) = 'array' then "pages"."extra" -> $2::text -> $3::integer -> $4::text end, 'null') from "pages"`, "a\"b", "a\"b", "1", "$.*"]],
    mariadb: [["select case when json_type(case when json_type(json_extract(`pages`.`extra`, ?)) = 'ARRAY' then json_extract(`pages`.`extra`, ?) end) <> 'NULL' then json_extract(`pages`.`extra`, ?) end from `pages`", "$.\"a\\\"b\"", "$.\"a\\\"b\"[1].\"$.*\"", "$.\"a\\\"b\"[1].\"$.*\""]],
    mysql: [["select case when json_type(case when json_type(json_extract(`pages`.`extra`, ?)) = 'ARRAY' then json_extract(`pages`.`extra`, ?) end) <> 'NULL' then json_extract(`pages`.`extra`, ?) end from `pages`", "$.\"a\\\"b\"", "$.\"a\\\"b\"[1].\"$.*\"", "$.\"a\\\"b\"[1].\"$.*\""]]
  }),
  line("at: sorted by", Query.from(Page).pipe(Query.orderBy((p) => Expr.asc(Expr.at(p.options, "theme"))), Query.pluck((p) => p.id)), {
    sqlite: [[`select "pages"."id" from "pages" order by case when json_type("pages"."options", ?) = 'text' then "pages"."options" ->> ? end`, "$.\"theme\"", "$.\"theme\""]],
    postgresql: [[`select "pages"."id" from "pages" order by (case when jsonb_typeof("pages"."options" -> $1::text) = 'string' then "pages"."options" ->> $2::text end) collate "C"`, "theme", "theme"]],
    mariadb: [["select `pages`.`id` from `pages` order by case when json_type(json_extract(`pages`.`options`, ?)) = 'STRING' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_nopad_bin end", "$.\"theme\"", "$.\"theme\""]],
    mysql: [["select `pages`.`id` from `pages` order by case when json_type(json_extract(`pages`.`options`, ?)) = 'STRING' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_0900_bin end", "$.\"theme\"", "$.\"theme\""]]
  }),
  line("jsonType", value((p) => Expr.jsonType(p.options, ["inner"])), {
    sqlite: [[`select case json_type("pages"."options", ?) when 'integer' then 'number' when 'real' then 'number' when 'text' then 'string' when 'true' then 'boolean' when 'false' then 'boolean' else json_type("pages"."options", ?) end from "pages"`, "$.\"inner\"", "$.\"inner\""]],
    postgresql: [[`select jsonb_typeof("pages"."options" -> $1::text) from "pages"`, "inner"]],
    mariadb: [["select case when json_type(json_extract(`pages`.`options`, ?)) in ('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL') then 'number' else lower(json_type(json_extract(`pages`.`options`, ?))) end from `pages`", "$.\"inner\"", "$.\"inner\""]],
    mysql: [["select case when json_type(json_extract(`pages`.`options`, ?)) in ('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL') then 'number' else lower(json_type(json_extract(`pages`.`options`, ?))) end from `pages`", "$.\"inner\"", "$.\"inner\""]]
  }),
  line("jsonHas", where((p) => Expr.jsonHas(p.options, ["inner", "note"])), {
    sqlite: [[`select "pages"."id" from "pages" where json_type("pages"."options", ?) is not null`, "$.\"inner\".\"note\""]],
    postgresql: [[`select "pages"."id" from "pages" where ("pages"."options" -> $1::text -> $2::text) is not null`, "inner", "note"]],
    mariadb: [["select `pages`.`id` from `pages` where json_type(json_extract(`pages`.`options`, ?)) is not null", "$.\"inner\".\"note\""]],
    mysql: [["select `pages`.`id` from `pages` where json_type(json_extract(`pages`.`options`, ?)) is not null", "$.\"inner\".\"note\""]]
  }),
  line("jsonKeys", value((p) => Expr.jsonKeys(p.options)), {
    sqlite: [[`select case json_type("pages"."options") when 'object' then (select json_group_array(key) from json_each("pages"."options")) end from "pages"`]],
    postgresql: [[`select case jsonb_typeof("pages"."options") when 'object' then jsonb_path_query_array("pages"."options", '$.keyvalue().key') end from "pages"`]],
    mariadb: [["select json_keys(`pages`.`options`) from `pages`"]],
    mysql: [["select json_keys(`pages`.`options`) from `pages`"]]
  }),
  line("jsonLength", value((p) => Expr.jsonLength(p.extra)), {
    sqlite: [[`select case json_type("pages"."extra") when 'array' then json_array_length("pages"."extra") when 'object' then (select count(*) from json_each("pages"."extra")) end from "pages"`]],
    postgresql: [[`select case jsonb_typeof("pages"."extra") when 'array' then jsonb_array_length("pages"."extra") when 'object' then jsonb_array_length(jsonb_path_query_array("pages"."extra", '$.keyvalue().key')) end from "pages"`]],
    mariadb: [["select case when json_type(`pages`.`extra`) in ('OBJECT', 'ARRAY') then json_length(`pages`.`extra`) end from `pages`"]],
    mysql: [["select case when json_type(`pages`.`extra`) in ('OBJECT', 'ARRAY') then json_length(`pages`.`extra`) end from `pages`"]]
  }),
  line("jsonContains", where((p) => Expr.jsonContains(p.options, { theme: "dark", tags: ["it's \"x\""] })), {
    sqlite: [[`select "pages"."id" from "pages" where strata_json_contains("pages"."options", ?)`, "{\"tags\":[\"it's \\\"x\\\"\"],\"theme\":\"dark\"}"]],
    postgresql: [[`select "pages"."id" from "pages" where "pages"."options" @> $1::jsonb`, "{\"tags\":[\"it's \\\"x\\\"\"],\"theme\":\"dark\"}"]],
    mariadb: [["select `pages`.`id` from `pages` where json_contains(`pages`.`options`, ?)", "{\"tags\":[\"it's \\\"x\\\"\"],\"theme\":\"dark\"}"]],
    mysql: [["select `pages`.`id` from `pages` where json_contains(`pages`.`options`, ?)", "{\"tags\":[\"it's \\\"x\\\"\"],\"theme\":\"dark\"}"]]
  }),
  line("jsonContains: where an array may stand beside other values", where((p) => Expr.jsonContains(p.extra, [1])), {
    sqlite: [[`select "pages"."id" from "pages" where strata_json_contains("pages"."extra", ?)`, "[1]"]],
    postgresql: [[`select "pages"."id" from "pages" where "pages"."extra" @> $1::jsonb`, "[1]"]],
    mariadb: unsupported("containment in JSON whose Schema lets an array stand where something else may"),
    mysql: unsupported("containment in JSON whose Schema lets an array stand where something else may")
  }),
  line("jsonSet: a key", options((p) => Expr.jsonSet(p.options, ["theme"], "dark")), {
    sqlite: [[`update "pages" set "options" = (json_set("pages"."options", ?, json(?)))`, "$.\"theme\"", "\"dark\""]],
    postgresql: [[`update "pages" set "options" = (jsonb_set("pages"."options", $1::text[], coalesce($2::jsonb, 'null')))`, "{theme}", "\"dark\""]],
    mariadb: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, json_extract(?, '$')))", "$.\"theme\"", "\"dark\""]],
    mysql: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, json_extract(?, '$')))", "$.\"theme\"", "\"dark\""]]
  }),
  line("jsonSet: a key further in", options((p) => Expr.jsonSet(p.options, ["inner", "note"], null)), {
    sqlite: [[`update "pages" set "options" = ((select case when json_type(kept.value, ?) = 'object' then json_set(kept.value, ?, json(kept.put)) else kept.value end from (select "pages"."options" as value, ? as put) as kept))`, "$.\"inner\"", "$.\"inner\".\"note\"", null]],
    postgresql: [[`update "pages" set "options" = (jsonb_set("pages"."options", $1::text[], coalesce($2::jsonb, 'null')))`, "{inner,note}", null]],
    mariadb: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, json_extract(?, '$')))", "$.\"inner\".\"note\"", null]],
    mysql: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, json_extract(?, '$')))", "$.\"inner\".\"note\"", null]]
  }),
  line("jsonSet: an element", options((p) => Expr.jsonSet(p.options, ["tags", 1], "b")), {
    sqlite: [[`update "pages" set "options" = ((select case when json_type(kept.value, ?) = 'array' then json_set(kept.value, case when json_type(kept.value, ?) is null then ? || '[#]' else ? end, json(kept.put)) else kept.value end from (select "pages"."options" as value, ? as put) as kept))`, "$.\"tags\"", "$.\"tags\"[1]", "$.\"tags\"", "$.\"tags\"[1]", "\"b\""]],
    postgresql: [[`update "pages" set "options" = (jsonb_set("pages"."options", $1::text[], coalesce($2::jsonb, 'null')))`, "{tags,1}", "\"b\""]],
    mariadb: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, json_extract(?, '$')))", "$.\"tags\"[1]", "\"b\""]],
    mysql: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, json_extract(?, '$')))", "$.\"tags\"[1]", "\"b\""]]
  }),
  line("jsonSet: a number that is an expression", options((p) => Expr.jsonSet(p.options, ["size"], Expr.add(Expr.at(p.options, "size"), 1))), {
    sqlite: [[`update "pages" set "options" = (json_set("pages"."options", ?, (case when json_type("pages"."options", ?) in ('integer', 'real') then cast("pages"."options" ->> ? as real) end) + ?))`, "$.\"size\"", "$.\"size\"", "$.\"size\"", 1]],
    postgresql: [[`update "pages" set "options" = (jsonb_set("pages"."options", $1::text[], coalesce(to_jsonb((case when jsonb_typeof("pages"."options" -> $2::text) = 'number' then cast("pages"."options" -> $3::text as double precision) end) + $4::double precision), 'null')))`, "{size}", "size", "size", "1"]],
    mariadb: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, (case when json_type(json_extract(`pages`.`options`, ?)) in ('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL') then cast(json_extract(`pages`.`options`, ?) as double) end) + ?))", "$.\"size\"", "$.\"size\"", "$.\"size\"", 1]],
    mysql: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, (case when json_type(json_extract(`pages`.`options`, ?)) in ('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL') then cast(json_extract(`pages`.`options`, ?) as double) end) + ?))", "$.\"size\"", "$.\"size\"", "$.\"size\"", 1]]
  }),
  line("jsonSet: a text that is an expression", options((p) => Expr.jsonSet(p.options, ["tags", 0], Expr.at(p.options, "theme"))), {
    sqlite: [[`update "pages" set "options" = ((select case when json_type(kept.value, ?) = 'array' then json_set(kept.value, case when json_type(kept.value, ?) is null then ? || '[#]' else ? end, kept.put) else kept.value end from (select "pages"."options" as value, case when json_type("pages"."options", ?) = 'text' then "pages"."options" ->> ? end as put) as kept))`, "$.\"tags\"", "$.\"tags\"[0]", "$.\"tags\"", "$.\"tags\"[0]", "$.\"theme\"", "$.\"theme\""]],
    postgresql: [[`update "pages" set "options" = (jsonb_set("pages"."options", $1::text[], coalesce(to_jsonb(cast(case when jsonb_typeof("pages"."options" -> $2::text) = 'string' then "pages"."options" ->> $3::text end as text)), 'null')))`, "{tags,0}", "theme", "theme"]],
    mariadb: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, case when json_type(json_extract(`pages`.`options`, ?)) = 'STRING' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_nopad_bin end))", "$.\"tags\"[0]", "$.\"theme\"", "$.\"theme\""]],
    mysql: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, case when json_type(json_extract(`pages`.`options`, ?)) = 'STRING' then json_unquote(json_extract(`pages`.`options`, ?)) collate utf8mb4_0900_bin end))", "$.\"tags\"[0]", "$.\"theme\"", "$.\"theme\""]]
  }),
  line("jsonSet: a condition", options((p) => Expr.jsonSet(p.options, ["isOpen"], Expr.gt(p.id, 1))), {
    sqlite: [[`update "pages" set "options" = (json_set("pages"."options", ?, json(case "pages"."id" > ? when 1 then 'true' when 0 then 'false' end)))`, "$.\"isOpen\"", 1n]],
    postgresql: [[`update "pages" set "options" = (jsonb_set("pages"."options", $1::text[], coalesce(to_jsonb("pages"."id" > $2::integer), 'null')))`, "{isOpen}", "1"]],
    mariadb: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, json_extract(case `pages`.`id` > ? when 1 then 'true' when 0 then 'false' end, '$')))", "$.\"isOpen\"", 1n]],
    mysql: [["update `pages` set `options` = (json_set(`pages`.`options`, ?, json_extract(case `pages`.`id` > ? when 1 then 'true' when 0 then 'false' end, '$')))", "$.\"isOpen\"", 1n]]
  }),
  line("jsonSet: what may be no array", extra((p) => Expr.jsonSet(p.extra, [0], { a: 1 })), {
    sqlite: [[`update "pages" set "extra" = ((select case when json_type(kept.value, ?) = 'array' then json_set(kept.value, case when json_type(kept.value, ?) is null then ? || '[#]' else ? end, json(kept.put)) else kept.value end from (select "pages"."extra" as value, ? as put) as kept))`, "$", "$[0]", "$", "$[0]", "{\"a\":1}"]],
    postgresql: [[`update "pages" set "extra" = ((select case when jsonb_typeof(kept.value) = 'array' then jsonb_set(kept.value, $1::text[], coalesce(kept.put, 'null')) else kept.value end from (select "pages"."extra" as value, $2::jsonb as put) as kept))`, "{0}", "{\"a\":1}"]],
    mariadb: [["update `pages` set `extra` = (case when json_type(`pages`.`extra`) = 'ARRAY' then json_set(`pages`.`extra`, ?, json_extract(?, '$')) else `pages`.`extra` end)", "$[0]", "{\"a\":1}"]],
    mysql: [["update `pages` set `extra` = (case when json_type(`pages`.`extra`) = 'ARRAY' then json_set(`pages`.`extra`, ?, json_extract(?, '$')) else `pages`.`extra` end)", "$[0]", "{\"a\":1}"]]
  }),
  line("jsonRemove", options((p) => Expr.jsonRemove(p.options, ["inner"])), {
    sqlite: [[`update "pages" set "options" = (json_remove("pages"."options", ?))`, "$.\"inner\""]],
    postgresql: [[`update "pages" set "options" = ("pages"."options" #- $1::text[])`, "{inner}"]],
    mariadb: [["update `pages` set `options` = (json_remove(`pages`.`options`, ?))", "$.\"inner\""]],
    mysql: [["update `pages` set `options` = (json_remove(`pages`.`options`, ?))", "$.\"inner\""]]
  }),
  line("jsonRemove: what may be no array", extra((p) => Expr.jsonRemove(p.extra, ["a", 0])), {
    sqlite: [[`update "pages" set "extra" = (json_remove("pages"."extra", ?))`, "$.\"a\"[0]"]],
    postgresql: [[`update "pages" set "extra" = ((select case when jsonb_typeof(kept.value -> $1::text) = 'array' then kept.value #- $2::text[] else kept.value end from (select "pages"."extra" as value) as kept))`, "a", "{a,0}"]],
    mariadb: [["update `pages` set `extra` = (case when json_type(json_extract(`pages`.`extra`, ?)) = 'ARRAY' then json_remove(`pages`.`extra`, ?) else `pages`.`extra` end)", "$.\"a\"", "$.\"a\"[0]"]],
    mysql: [["update `pages` set `extra` = (case when json_type(json_extract(`pages`.`extra`, ?)) = 'ARRAY' then json_remove(`pages`.`extra`, ?) else `pages`.`extra` end)", "$.\"a\"", "$.\"a\"[0]"]]
  }),
  line("elements", Query.from(Page).pipe(Query.elements("tag", (p) => Expr.at(p.options, "tags")), Query.where((_, { tag }) => Expr.gt(tag.value, "a")), Query.select((p, { tag }) => ({ id: p.id, tag: tag.value, at: tag.ordinal }))), {
    sqlite: [[`select "pages"."id", case when "tag".type = 'text' then "tag".value end, "tag".key from "pages" cross join json_each(case json_type(case when json_type("pages"."options", ?) <> 'null' then "pages"."options" -> ? end) when 'array' then case when json_type("pages"."options", ?) <> 'null' then "pages"."options" -> ? end end) as "tag" where (case when "tag".type = 'text' then "tag".value end) > ?`, "$.\"tags\"", "$.\"tags\"", "$.\"tags\"", "$.\"tags\"", "a"]],
    postgresql: [[`select "pages"."id", case when jsonb_typeof("tag"."value") = 'string' then "tag"."value" #>> '{}' end, "tag".ordinality - 1 from "pages" cross join jsonb_array_elements(case jsonb_typeof(nullif("pages"."options" -> $1::text, 'null')) when 'array' then nullif("pages"."options" -> $2::text, 'null') end) with ordinality as "tag" where (case when jsonb_typeof("tag"."value") = 'string' then "tag"."value" #>> '{}' end) collate "C" > $3`, "tags", "tags", "a"]],
    mariadb: [["select `pages`.`id`, case when json_type(`tag`.`value`) = 'STRING' then json_unquote(`tag`.`value`) collate utf8mb4_nopad_bin end, `tag`.`ordinal` - 1 from `pages` cross join json_table(case when json_type(json_extract(`pages`.`options`, ?)) <> 'NULL' then json_extract(`pages`.`options`, ?) end, '$[*]' columns (ordinal for ordinality, value json path '$')) as `tag` where (case when json_type(`tag`.`value`) = 'STRING' then json_unquote(`tag`.`value`) collate utf8mb4_nopad_bin end) > ?", "$.\"tags\"", "$.\"tags\"", "a"]],
    mysql: [["select `pages`.`id`, case when json_type(`tag`.`value`) = 'STRING' then json_unquote(`tag`.`value`) collate utf8mb4_0900_bin end, `tag`.`ordinal` - 1 from `pages` cross join json_table(case when json_type(json_extract(`pages`.`options`, ?)) <> 'NULL' then json_extract(`pages`.`options`, ?) end, '$[*]' columns (ordinal for ordinality, value json path '$')) as `tag` where (case when json_type(`tag`.`value`) = 'STRING' then json_unquote(`tag`.`value`) collate utf8mb4_0900_bin end) > ?", "$.\"tags\"", "$.\"tags\"", "a"]]
  }),
  line("elements: JSON", Query.from(Page).pipe(Query.elements("one", (p) => p.extra as unknown as Expr.Expr<ReadonlyArray<unknown>>), Query.pluck((_, { one }) => one)), {
    sqlite: [[`select case when "one".type in ('object', 'array') then "one".value when "one".type in ('true', 'false') then "one".type when "one".type <> 'null' then json_quote("one".value) end, "one".key from "pages" cross join json_each(case json_type("pages"."extra") when 'array' then "pages"."extra" end) as "one"`]],
    postgresql: [[`select nullif("one"."value", 'null'), "one".ordinality - 1 from "pages" cross join jsonb_array_elements(case jsonb_typeof("pages"."extra") when 'array' then "pages"."extra" end) with ordinality as "one"`]],
    mariadb: [["select case when json_type(`one`.`value`) <> 'NULL' then `one`.`value` end, `one`.`ordinal` - 1 from `pages` cross join json_table(`pages`.`extra`, '$[*]' columns (ordinal for ordinality, value json path '$')) as `one`"]],
    mysql: [["select case when json_type(`one`.`value`) <> 'NULL' then `one`.`value` end, `one`.`ordinal` - 1 from `pages` cross join json_table(`pages`.`extra`, '$[*]' columns (ordinal for ordinality, value json path '$')) as `one`"]]
  })
]
