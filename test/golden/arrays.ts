/**
 * The golden table of native arrays: a line an operator, a column a dialect.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Mutation, Query } from "effect-strata"
import { Box } from "./models.js"
import { line } from "./record.js"

const value = (of: (columns: Expr.Columns<typeof Box>) => Expr.Selectable<unknown>) => Query.from(Box).pipe(Query.pluck(of))
const where = (of: (columns: Expr.Columns<typeof Box>) => Expr.Condition) =>
  Query.from(Box).pipe(Query.where(of), Query.pluck((b) => b.id))
const set = <R>(of: (columns: Expr.Columns<typeof Box>) => R & object) =>
  Mutation.update(Box).pipe(Mutation.set(of as never), Mutation.all)

export const arrays = [
  line("arrayContains: values", where((b) => Expr.arrayContains(b.tags, ["a", "b"])), {
    sqlite: [[`select "boxes"."id" from "boxes" where strata_array_contains("boxes"."tags", ?)`, "[\"a\",\"b\"]"]],
    postgresql: [[`select "boxes"."id" from "boxes" where cast("boxes"."tags" as text[]) @> $1::text[]`, "{a,b}"]],
    mariadb: [["select `boxes`.`id` from `boxes` where json_contains(`boxes`.`tags`, ?)", "[\"a\",\"b\"]"]],
    mysql: [["select `boxes`.`id` from `boxes` where json_contains(`boxes`.`tags`, ?)", "[\"a\",\"b\"]"]]
  }),
  line("arrayContains: a column", where((b) => Expr.arrayContains(b.tags, b.name)), {
    sqlite: [[`select "boxes"."id" from "boxes" where strata_array_contains("boxes"."tags", json_array("boxes"."name"))`]],
    postgresql: [[`select "boxes"."id" from "boxes" where cast("boxes"."tags" as text[]) @> (cast(array["boxes"."name"] as text[]))`]],
    mariadb: [["select `boxes`.`id` from `boxes` where json_contains(`boxes`.`tags`, json_array(`boxes`.`name`))"]],
    mysql: [["select `boxes`.`id` from `boxes` where json_contains(`boxes`.`tags`, json_array(`boxes`.`name`))"]]
  }),
  line("arrayContains: what may be NULL", where((b) => Expr.arrayContains(b.sizes, [1])), {
    sqlite: [[`select "boxes"."id" from "boxes" where strata_array_contains("boxes"."sizes", ?)`, "[1]"]],
    postgresql: [[`select "boxes"."id" from "boxes" where "boxes"."sizes" @> $1::integer[]`, "{1}"]],
    mariadb: [["select `boxes`.`id` from `boxes` where case when json_contains(?, 'null') then json_contains(`boxes`.`sizes`, '[]') = 0 else json_contains(`boxes`.`sizes`, ?) end", "[1]", "[1]"]],
    mysql: [["select `boxes`.`id` from `boxes` where case when json_contains(?, 'null') then json_contains(`boxes`.`sizes`, '[]') = 0 else json_contains(`boxes`.`sizes`, ?) end", "[1]", "[1]"]]
  }),
  line("arrayOverlaps", where((b) => Expr.arrayOverlaps(b.tags, ["a"])), {
    sqlite: [[`select "boxes"."id" from "boxes" where strata_array_overlaps("boxes"."tags", ?)`, "[\"a\"]"]],
    postgresql: [[`select "boxes"."id" from "boxes" where cast("boxes"."tags" as text[]) && $1::text[]`, "{a}"]],
    mariadb: [["select `boxes`.`id` from `boxes` where exists (select 1 from json_table(?, '$[*]' columns (value json path '$')) as strata_item where json_contains(`boxes`.`tags`, strata_item.value))", "[\"a\"]"]],
    mysql: [["select `boxes`.`id` from `boxes` where exists (select 1 from json_table(?, '$[*]' columns (value json path '$')) as strata_item where json_contains(`boxes`.`tags`, strata_item.value))", "[\"a\"]"]]
  }),
  line("arrayOverlaps: what may be NULL", where((b) => Expr.arrayOverlaps(b.sizes, [1])), {
    sqlite: [[`select "boxes"."id" from "boxes" where strata_array_overlaps("boxes"."sizes", ?)`, "[1]"]],
    postgresql: [[`select "boxes"."id" from "boxes" where "boxes"."sizes" && $1::integer[]`, "{1}"]],
    mariadb: [["select `boxes`.`id` from `boxes` where case when `boxes`.`sizes` is not null then exists (select 1 from json_table(?, '$[*]' columns (value json path '$')) as strata_item where json_type(strata_item.value) <> 'NULL' and json_contains(`boxes`.`sizes`, strata_item.value)) end", "[1]"]],
    mysql: [["select `boxes`.`id` from `boxes` where case when `boxes`.`sizes` is not null then exists (select 1 from json_table(?, '$[*]' columns (value json path '$')) as strata_item where json_type(strata_item.value) <> 'NULL' and json_contains(`boxes`.`sizes`, strata_item.value)) end", "[1]"]]
  }),
  line("arrayLength", value((b) => Expr.arrayLength(b.sizes)), {
    sqlite: [[`select json_array_length("boxes"."sizes") from "boxes"`]],
    postgresql: [[`select cardinality("boxes"."sizes") from "boxes"`]],
    mariadb: [["select json_length(`boxes`.`sizes`) from `boxes`"]],
    mysql: [["select json_length(`boxes`.`sizes`) from `boxes`"]]
  }),
  line("arrayAt: a text", value((b) => Expr.arrayAt(b.tags, 1)), {
    sqlite: [[`select "boxes"."tags" ->> ? from "boxes"`, "$[1]"]],
    postgresql: [[`select ("boxes"."tags")[$1::integer] from "boxes"`, "2"]],
    mariadb: [["select case when json_type(json_extract(`boxes`.`tags`, ?)) = 'STRING' then json_unquote(json_extract(`boxes`.`tags`, ?)) collate utf8mb4_nopad_bin end from `boxes`", "$[1]", "$[1]"]],
    mysql: [["select case when json_type(json_extract(`boxes`.`tags`, ?)) = 'STRING' then json_unquote(json_extract(`boxes`.`tags`, ?)) collate utf8mb4_0900_bin end from `boxes`", "$[1]", "$[1]"]]
  }),
  line("arrayAt: an integer", value((b) => Expr.arrayAt(b.sizes, 0)), {
    sqlite: [[`select "boxes"."sizes" ->> ? from "boxes"`, "$[0]"]],
    postgresql: [[`select ("boxes"."sizes")[$1::integer] from "boxes"`, "1"]],
    mariadb: [["select cast(case when json_type(json_extract(`boxes`.`sizes`, ?)) <> 'NULL' then json_extract(`boxes`.`sizes`, ?) end as signed) from `boxes`", "$[0]", "$[0]"]],
    mysql: [["select cast(case when json_type(json_extract(`boxes`.`sizes`, ?)) <> 'NULL' then json_extract(`boxes`.`sizes`, ?) end as signed) from `boxes`", "$[0]", "$[0]"]]
  }),
  line("arrayAt: a bigint", value((b) => Expr.arrayAt(b.totals, 0)), {
    sqlite: [[`select cast("boxes"."totals" ->> ? as integer) from "boxes"`, "$[0]"]],
    postgresql: [[`select ("boxes"."totals")[$1::integer] from "boxes"`, "1"]],
    mariadb: [["select cast(case when json_type(json_extract(`boxes`.`totals`, ?)) = 'STRING' then json_unquote(json_extract(`boxes`.`totals`, ?)) collate utf8mb4_nopad_bin end as signed) from `boxes`", "$[0]", "$[0]"]],
    mysql: [["select cast(case when json_type(json_extract(`boxes`.`totals`, ?)) = 'STRING' then json_unquote(json_extract(`boxes`.`totals`, ?)) collate utf8mb4_0900_bin end as signed) from `boxes`", "$[0]", "$[0]"]]
  }),
  line("arrayAt: an instant", value((b) => Expr.arrayAt(b.times, 0)), {
    sqlite: [[`select "boxes"."times" ->> ? from "boxes"`, "$[0]"]],
    postgresql: [[`select ("boxes"."times")[$1::integer] from "boxes"`, "1"]],
    mariadb: [["select cast(trim(trailing 'Z' from case when json_type(json_extract(`boxes`.`times`, ?)) = 'STRING' then json_unquote(json_extract(`boxes`.`times`, ?)) collate utf8mb4_nopad_bin end) as datetime(3)) from `boxes`", "$[0]", "$[0]"]],
    mysql: [["select cast(trim(trailing 'Z' from case when json_type(json_extract(`boxes`.`times`, ?)) = 'STRING' then json_unquote(json_extract(`boxes`.`times`, ?)) collate utf8mb4_0900_bin end) as datetime(3)) from `boxes`", "$[0]", "$[0]"]]
  }),
  line("arrayAppend: a value", set((b) => ({ tags: Expr.arrayAppend(b.tags, "a") })), {
    sqlite: [[`update "boxes" set "tags" = (strata_array_concat("boxes"."tags", ?))`, "[\"a\"]"]],
    postgresql: [[`update "boxes" set "tags" = (cast("boxes"."tags" as text[]) || $1::text[])`, "{a}"]],
    mariadb: [["update `boxes` set `tags` = (json_compact(json_merge_preserve(`boxes`.`tags` collate utf8mb4_bin, ?)))", "[\"a\"]"]],
    mysql: [["update `boxes` set `tags` = (json_merge_preserve(`boxes`.`tags`, ?))", "[\"a\"]"]]
  }),
  line("arrayAppend: a column", set((b) => ({ totals: Expr.arrayAppend(b.totals, b.total), times: Expr.arrayAppend(b.times, b.at) })), {
    sqlite: [[`update "boxes" set "totals" = (strata_array_concat("boxes"."totals", json_array(cast("boxes"."total" as text)))), "times" = (strata_array_concat("boxes"."times", json_array("boxes"."at")))`]],
    postgresql: [[`update "boxes" set "totals" = ("boxes"."totals" || (cast(array["boxes"."total"] as bigint[]))), "times" = ("boxes"."times" || (cast(array["boxes"."at"] as timestamptz[])))`]],
    mariadb: [["update `boxes` set `totals` = (json_compact(json_merge_preserve(`boxes`.`totals` collate utf8mb4_bin, (json_array(cast(`boxes`.`total` as char))) collate utf8mb4_bin))), `times` = (json_compact(json_merge_preserve(`boxes`.`times` collate utf8mb4_bin, (json_array(concat(left(date_format(`boxes`.`at`, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z'))) collate utf8mb4_bin)))"]],
    mysql: [["update `boxes` set `totals` = (json_merge_preserve(`boxes`.`totals`, json_array(cast(`boxes`.`total` as char)))), `times` = (json_merge_preserve(`boxes`.`times`, json_array(concat(left(date_format(`boxes`.`at`, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z'))))"]]
  }),
  line("arrayConcat", set((b) => ({ sizes: Expr.arrayConcat(b.sizes, [2, null]) })), {
    sqlite: [[`update "boxes" set "sizes" = (strata_array_concat("boxes"."sizes", ?))`, "[2,null]"]],
    postgresql: [[`update "boxes" set "sizes" = (case when "boxes"."sizes" is not null then "boxes"."sizes" || $1::integer[] end)`, "{2,NULL}"]],
    mariadb: [["update `boxes` set `sizes` = (json_compact(json_merge_preserve(`boxes`.`sizes` collate utf8mb4_bin, ?)))", "[2,null]"]],
    mysql: [["update `boxes` set `sizes` = (json_merge_preserve(`boxes`.`sizes`, ?))", "[2,null]"]]
  }),
  line("arrayRemove", set((b) => ({ tags: Expr.arrayRemove(b.tags, "a"), sizes: Expr.arrayRemove(b.sizes, null) })), {
    sqlite: [[`update "boxes" set "tags" = (strata_array_remove("boxes"."tags", json_array(?))), "sizes" = (strata_array_remove("boxes"."sizes", json_array(?)))`, "a", null]],
    postgresql: [[`update "boxes" set "tags" = (array_remove(cast("boxes"."tags" as text[]), cast($1 as text))), "sizes" = (array_remove("boxes"."sizes", cast($2::integer as integer)))`, "a", null]],
    mariadb: [["update `boxes` set `tags` = ((select concat('[', coalesce(group_concat(strata_item.value order by strata_item.ordinal separator ','), ''), ']') from json_table(`boxes`.`tags`, '$[*]' columns (ordinal for ordinality, value json path '$')) as strata_item where not json_contains(strata_item.value, json_extract(json_array(?), '$[0]')))), `sizes` = (case when `boxes`.`sizes` is not null then (select concat('[', coalesce(group_concat(strata_item.value order by strata_item.ordinal separator ','), ''), ']') from json_table(`boxes`.`sizes`, '$[*]' columns (ordinal for ordinality, value json path '$')) as strata_item where not json_contains(strata_item.value, json_extract(json_array(?), '$[0]'))) end)", "a", null]],
    mysql: [["update `boxes` set `tags` = (cast((select concat('[', coalesce(group_concat(strata_item.value order by strata_item.ordinal separator ','), ''), ']') from json_table(`boxes`.`tags`, '$[*]' columns (ordinal for ordinality, value json path '$')) as strata_item where not json_contains(strata_item.value, json_extract(json_array(?), '$[0]'))) as json)), `sizes` = (case when `boxes`.`sizes` is not null then cast((select concat('[', coalesce(group_concat(strata_item.value order by strata_item.ordinal separator ','), ''), ']') from json_table(`boxes`.`sizes`, '$[*]' columns (ordinal for ordinality, value json path '$')) as strata_item where not json_contains(strata_item.value, json_extract(json_array(?), '$[0]'))) as json) end)", "a", null]]
  }),
  line("elements: texts", Query.from(Box).pipe(Query.elements("tag", (b) => b.tags), Query.where((_, { tag }) => Expr.gt(tag.value, "a")), Query.select((b, { tag }) => ({ id: b.id, tag: tag.value, at: tag.ordinal }))), {
    sqlite: [[`select "boxes"."id", "tag"."value", "tag".key from "boxes" cross join json_each("boxes"."tags") as "tag" where ("tag"."value") > ?`, "a"]],
    postgresql: [[`select "boxes"."id", "tag"."tag", "tag".ordinality - 1 from "boxes" cross join unnest("boxes"."tags") with ordinality as "tag" where ("tag"."tag") collate "C" > $1`, "a"]],
    mariadb: [["select `boxes`.`id`, case when json_type(`tag`.`value`) = 'STRING' then json_unquote(`tag`.`value`) collate utf8mb4_nopad_bin end, `tag`.`ordinal` - 1 from `boxes` cross join json_table(`boxes`.`tags`, '$[*]' columns (ordinal for ordinality, value json path '$')) as `tag` where (case when json_type(`tag`.`value`) = 'STRING' then json_unquote(`tag`.`value`) collate utf8mb4_nopad_bin end) > ?", "a"]],
    mysql: [["select `boxes`.`id`, case when json_type(`tag`.`value`) = 'STRING' then json_unquote(`tag`.`value`) collate utf8mb4_0900_bin end, `tag`.`ordinal` - 1 from `boxes` cross join json_table(`boxes`.`tags`, '$[*]' columns (ordinal for ordinality, value json path '$')) as `tag` where (case when json_type(`tag`.`value`) = 'STRING' then json_unquote(`tag`.`value`) collate utf8mb4_0900_bin end) > ?", "a"]]
  }),
  line("elements: bigints", Query.from(Box).pipe(Query.elements("one", (b) => b.totals), Query.pluck((_, { one }) => one.value)), {
    sqlite: [[`select cast("one"."value" as integer) from "boxes" cross join json_each("boxes"."totals") as "one"`]],
    postgresql: [[`select "one"."one" from "boxes" cross join unnest("boxes"."totals") with ordinality as "one"`]],
    mariadb: [["select cast(case when json_type(`one`.`value`) = 'STRING' then json_unquote(`one`.`value`) collate utf8mb4_nopad_bin end as signed) from `boxes` cross join json_table(`boxes`.`totals`, '$[*]' columns (ordinal for ordinality, value json path '$')) as `one`"]],
    mysql: [["select cast(case when json_type(`one`.`value`) = 'STRING' then json_unquote(`one`.`value`) collate utf8mb4_0900_bin end as signed) from `boxes` cross join json_table(`boxes`.`totals`, '$[*]' columns (ordinal for ordinality, value json path '$')) as `one`"]]
  })
]
