/**
 * The golden table of text by its characters, of powers, of bits and of functions of the user's own.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query } from "effect-strata"
import * as Schema from "effect/Schema"
import { Measure, User } from "./models.js"
import { line } from "./record.js"

const value = (of: (columns: Expr.Columns<typeof User>) => Expr.Selectable<unknown>) => Query.from(User).pipe(Query.pluck(of))
const number = (of: (columns: Expr.Columns<typeof Measure>) => Expr.Selectable<unknown>) => Query.from(Measure).pipe(Query.pluck(of))

export const scalars = [
  line("padStart", value((u) => Expr.padStart(u.name, 5, "-")), {
    sqlite: [[`select strata_pad_start("users"."name", ?, ?) from "users"`, 5n, "-"]],
    postgresql: [[`select lpad("users"."name", greatest(cast($1::bigint as integer), length("users"."name")), $2) from "users"`, "5", "-"]],
    mariadb: [["select lpad(`users`.`name`, greatest(?, char_length(`users`.`name`)), ?) from `users`", 5n, "-"]],
    mysql: [["select lpad(`users`.`name`, greatest(?, char_length(`users`.`name`)), ?) from `users`", 5n, "-"]]
  }),
  line("padEnd", value((u) => Expr.padEnd(u.name, 5)), {
    sqlite: [[`select strata_pad_end("users"."name", ?, ?) from "users"`, 5n, " "]],
    postgresql: [[`select rpad("users"."name", greatest(cast($1::bigint as integer), length("users"."name")), $2) from "users"`, "5", " "]],
    mariadb: [["select rpad(`users`.`name`, greatest(?, char_length(`users`.`name`)), ?) from `users`", 5n, " "]],
    mysql: [["select rpad(`users`.`name`, greatest(?, char_length(`users`.`name`)), ?) from `users`", 5n, " "]]
  }),
  line("repeat", value((u) => Expr.repeat(u.name, 2)), {
    sqlite: [[`select strata_repeat("users"."name", ?) from "users"`, 2n]],
    postgresql: [[`select repeat("users"."name", cast($1::bigint as integer)) from "users"`, "2"]],
    mariadb: [["select repeat(`users`.`name`, ?) from `users`", 2n]],
    mysql: [["select repeat(`users`.`name`, ?) from `users`", 2n]]
  }),
  line("reverse", value((u) => Expr.reverse(u.name)), {
    sqlite: [[`select strata_reverse("users"."name") from "users"`]],
    postgresql: [[`select reverse("users"."name") from "users"`]],
    mariadb: [["select reverse(`users`.`name`) from `users`"]],
    mysql: [["select reverse(`users`.`name`) from `users`"]]
  }),
  line("position", value((u) => Expr.position(u.name, "a")), {
    sqlite: [[`select instr("users"."name", ?) from "users"`, "a"]],
    postgresql: [[`select strpos("users"."name", $1) from "users"`, "a"]],
    mariadb: [["select instr(`users`.`name`, ?) from `users`", "a"]],
    mysql: [["select instr(`users`.`name`, ?) from `users`", "a"]]
  }),
  line("position, of a column", value((u) => Expr.position(u.name, u.nick)), {
    sqlite: [[`select instr("users"."name", "users"."nick") from "users"`]],
    postgresql: [[`select strpos("users"."name", "users"."nick") from "users"`]],
    mariadb: [["select instr(`users`.`name`, `users`.`nick`) from `users`"]],
    mysql: [["select instr(`users`.`name`, `users`.`nick`) from `users`"]]
  }),
  line("left", value((u) => Expr.left(u.name, 2)), {
    sqlite: [[`select substr("users"."name", 1, ?) from "users"`, 2n]],
    postgresql: [[`select left("users"."name", cast($1::bigint as integer)) from "users"`, "2"]],
    mariadb: [["select left(`users`.`name`, ?) from `users`", 2n]],
    mysql: [["select left(`users`.`name`, ?) from `users`", 2n]]
  }),
  line("right", value((u) => Expr.right(u.name, 2)), {
    sqlite: [[`select strata_right("users"."name", ?) from "users"`, 2n]],
    postgresql: [[`select right("users"."name", cast($1::bigint as integer)) from "users"`, "2"]],
    mariadb: [["select right(`users`.`name`, ?) from `users`", 2n]],
    mysql: [["select right(`users`.`name`, ?) from `users`", 2n]]
  }),
  line("power", number((m) => Expr.power(m.ratio, 2)), {
    sqlite: [[`select strata_power("measures"."ratio", ?) from "measures"`, 2]],
    postgresql: [[`select case when "measures"."ratio" < 0 and $1::double precision <> trunc($2::double precision) or "measures"."ratio" = 0 and $3::double precision < 0 then null else power("measures"."ratio", $4::double precision) end from "measures"`, "2", "2", "2", "2"]],
    mariadb: [["select case when `measures`.`ratio` < 0 and ? <> truncate(?, 0) or `measures`.`ratio` = 0 and ? < 0 then null else power(`measures`.`ratio`, ?) end from `measures`", 2, 2, 2, 2]],
    mysql: [["select case when `measures`.`ratio` < 0 and ? <> truncate(?, 0) or `measures`.`ratio` = 0 and ? < 0 then null else power(`measures`.`ratio`, ?) end from `measures`", 2, 2, 2, 2]]
  }),
  line("power, of a whole number", value((u) => Expr.power(u.age, u.age)), {
    sqlite: [[`select strata_power("users"."age", "users"."age") from "users"`]],
    postgresql: [[`select case when "users"."age" < 0 and "users"."age" <> trunc(cast("users"."age" as double precision)) or "users"."age" = 0 and "users"."age" < 0 then null else power(cast("users"."age" as double precision), cast("users"."age" as double precision)) end from "users"`]],
    mariadb: [["select case when `users`.`age` < 0 and `users`.`age` <> truncate(`users`.`age`, 0) or `users`.`age` = 0 and `users`.`age` < 0 then null else power(`users`.`age`, `users`.`age`) end from `users`"]],
    mysql: [["select case when `users`.`age` < 0 and `users`.`age` <> truncate(`users`.`age`, 0) or `users`.`age` = 0 and `users`.`age` < 0 then null else power(`users`.`age`, `users`.`age`) end from `users`"]]
  }),
  line("sqrt", number((m) => Expr.sqrt(m.ratio)), {
    sqlite: [[`select sqrt("measures"."ratio") from "measures"`]],
    postgresql: [[`select sqrt(case when "measures"."ratio" >= 0 then "measures"."ratio" end) from "measures"`]],
    mariadb: [["select sqrt(`measures`.`ratio`) from `measures`"]],
    mysql: [["select sqrt(`measures`.`ratio`) from `measures`"]]
  }),
  line("sqrt, of a whole number", value((u) => Expr.sqrt(u.age)), {
    sqlite: [[`select sqrt("users"."age") from "users"`]],
    postgresql: [[`select sqrt(case when "users"."age" >= 0 then cast("users"."age" as double precision) end) from "users"`]],
    mariadb: [["select sqrt(`users`.`age`) from `users`"]],
    mysql: [["select sqrt(`users`.`age`) from `users`"]]
  }),
  line("ln", number((m) => Expr.ln(m.ratio)), {
    sqlite: [[`select ln("measures"."ratio") from "measures"`]],
    postgresql: [[`select ln(case when "measures"."ratio" > 0 then "measures"."ratio" end) from "measures"`]],
    mariadb: [["select ln(`measures`.`ratio`) from `measures`"]],
    mysql: [["select ln(`measures`.`ratio`) from `measures`"]]
  }),
  line("log10", number((m) => Expr.log10(m.ratio)), {
    sqlite: [[`select log10("measures"."ratio") from "measures"`]],
    postgresql: [[`select log(case when "measures"."ratio" > 0 then "measures"."ratio" end) from "measures"`]],
    mariadb: [["select log10(`measures`.`ratio`) from `measures`"]],
    mysql: [["select log10(`measures`.`ratio`) from `measures`"]]
  }),
  line("exp", number((m) => Expr.exp(m.ratio)), {
    sqlite: [[`select strata_exp("measures"."ratio") from "measures"`]],
    postgresql: [[`select case when "measures"."ratio" < -745 then 0 else exp("measures"."ratio") end from "measures"`]],
    mariadb: [["select exp(`measures`.`ratio`) from `measures`"]],
    mysql: [["select exp(`measures`.`ratio`) from `measures`"]]
  }),
  line("sign", number((m) => Expr.sign(m.ratio)), {
    sqlite: [[`select sign("measures"."ratio") from "measures"`]],
    postgresql: [[`select cast(sign("measures"."ratio") as integer) from "measures"`]],
    mariadb: [["select sign(`measures`.`ratio`) from `measures`"]],
    mysql: [["select sign(`measures`.`ratio`) from `measures`"]]
  }),
  line("trunc", number((m) => Expr.trunc(m.ratio, 1)), {
    sqlite: [[`select strata_trunc("measures"."ratio", ?) from "measures"`, 1n]],
    postgresql: [[`select cast(trunc(cast(cast("measures"."ratio" as text) as numeric), cast($1::bigint as integer)) as double precision) from "measures"`, "1"]],
    mariadb: [["select case when abs(`measures`.`ratio`) < 1e30 then cast(truncate(cast(`measures`.`ratio` as decimal(65, 30)), ?) as double) else `measures`.`ratio` end from `measures`", 1n]],
    mysql: [["select case when abs(`measures`.`ratio`) < 1e30 then cast(truncate(cast(`measures`.`ratio` as decimal(65, 30)), ?) as double) else `measures`.`ratio` end from `measures`", 1n]]
  }),
  line("random", value(() => Expr.random()), {
    sqlite: [[`select ((random() >> 11) & 9007199254740991) / 9007199254740992.0 from "users"`]],
    postgresql: [[`select random() from "users"`]],
    mariadb: [["select rand() from `users`"]],
    mysql: [["select rand() from `users`"]]
  }),
  line("bitAnd", value((u) => Expr.bitAnd(u.age, 6)), {
    sqlite: [[`select "users"."age" & ? from "users"`, 6n]],
    postgresql: [[`select cast("users"."age" as bigint) & $1::bigint from "users"`, "6"]],
    mariadb: [["select cast(`users`.`age` & ? as signed) from `users`", 6n]],
    mysql: [["select cast(`users`.`age` & ? as signed) from `users`", 6n]]
  }),
  line("bitOr", number((m) => Expr.bitOr(m.total, 6n)), {
    sqlite: [[`select "measures"."total" | ? from "measures"`, 6n]],
    postgresql: [[`select cast("measures"."total" as bigint) | $1::bigint from "measures"`, "6"]],
    mariadb: [["select cast(`measures`.`total` | ? as signed) from `measures`", 6n]],
    mysql: [["select cast(`measures`.`total` | ? as signed) from `measures`", 6n]]
  }),
  line("bitXor", value((u) => Expr.bitXor(u.age, 6)), {
    sqlite: [[`select ("users"."age" | ?) - ("users"."age" & ?) from "users"`, 6n, 6n]],
    postgresql: [[`select cast("users"."age" as bigint) # $1::bigint from "users"`, "6"]],
    mariadb: [["select cast(`users`.`age` ^ ? as signed) from `users`", 6n]],
    mysql: [["select cast(`users`.`age` ^ ? as signed) from `users`", 6n]]
  }),
  line("bitNot", value((u) => Expr.bitNot(u.age)), {
    sqlite: [[`select ~"users"."age" from "users"`]],
    postgresql: [[`select ~cast("users"."age" as bigint) from "users"`]],
    mariadb: [["select cast(~`users`.`age` as signed) from `users`"]],
    mysql: [["select cast(~`users`.`age` as signed) from `users`"]]
  }),
  line("shiftLeft", value((u) => Expr.shiftLeft(u.age, 3)), {
    sqlite: [[`select "users"."age" << ? from "users"`, 3n]],
    postgresql: [[`select cast("users"."age" as bigint) << cast($1::bigint as integer) from "users"`, "3"]],
    mariadb: [["select cast(`users`.`age` << ? as signed) from `users`", 3n]],
    mysql: [["select cast(`users`.`age` << ? as signed) from `users`", 3n]]
  }),
  line("shiftLeft, by a column", value((u) => Expr.shiftLeft(Expr.add(u.age, 1), u.age)), {
    sqlite: [[`select ("users"."age" + ?) << case when ("users"."age" >= ?) and ("users"."age" <= ?) then "users"."age" end from "users"`, 1n, 0n, 63n]],
    postgresql: [[`select cast("users"."age" + $1::bigint as bigint) << cast(case when ("users"."age" >= $2::integer) and ("users"."age" <= $3::integer) then "users"."age" end as integer) from "users"`, "1", "0", "63"]],
    mariadb: [["select cast((`users`.`age` + ?) << case when (`users`.`age` >= ?) and (`users`.`age` <= ?) then `users`.`age` end as signed) from `users`", 1n, 0n, 63n]],
    mysql: [["select cast((`users`.`age` + ?) << case when (`users`.`age` >= ?) and (`users`.`age` <= ?) then `users`.`age` end as signed) from `users`", 1n, 0n, 63n]]
  }),
  line("shiftRight", value((u) => Expr.shiftRight(u.age, 3)), {
    sqlite: [[`select "users"."age" >> ? from "users"`, 3n]],
    postgresql: [[`select cast("users"."age" as bigint) >> cast($1::bigint as integer) from "users"`, "3"]],
    mariadb: [["select cast(case when `users`.`age` < 0 then ~((~`users`.`age`) >> ?) else `users`.`age` >> ? end as signed) from `users`", 3n, 3n]],
    mysql: [["select cast(case when `users`.`age` < 0 then ~((~`users`.`age`) >> ?) else `users`.`age` >> ? end as signed) from `users`", 3n, 3n]]
  }),
  line("fn", value((u) => Expr.fn("replace", Schema.String)(u.name, "a", "b")), {
    sqlite: [[`select replace("users"."name", ?, ?) from "users"`, "a", "b"]],
    postgresql: [[`select replace("users"."name", $1, $2) from "users"`, "a", "b"]],
    mariadb: [["select replace(`users`.`name`, ?, ?) from `users`", "a", "b"]],
    mysql: [["select replace(`users`.`name`, ?, ?) from `users`", "a", "b"]]
  }),
  line("fn, in an expression", value((u) => Expr.multiply(Expr.fn("abs", Schema.Int)(Expr.subtract(u.age, 9)), 2)), {
    sqlite: [[`select abs("users"."age" - ?) * ? from "users"`, 9n, 2n]],
    postgresql: [[`select abs("users"."age" - $1::bigint) * $2::bigint from "users"`, "9", "2"]],
    mariadb: [["select abs(`users`.`age` - ?) * ? from `users`", 9n, 2n]],
    mysql: [["select abs(`users`.`age` - ?) * ? from `users`", 9n, 2n]]
  }),
  line("aggregateFn", value((u) => Expr.aggregateFn("max", Schema.NullOr(Schema.Int))(u.age)), {
    sqlite: [[`select max("users"."age") from "users"`]],
    postgresql: [[`select max("users"."age") from "users"`]],
    mariadb: [["select max(`users`.`age`) from `users`"]],
    mysql: [["select max(`users`.`age`) from `users`"]]
  }),
  line("aggregateFn, filtered and over a window", value((u) => Expr.over(Expr.filter(Expr.aggregateFn("max", Schema.NullOr(Schema.Int))(u.age), Expr.gt(u.age, 1)), { partitionBy: [u.name] })), {
    sqlite: [[`select max("users"."age") filter (where "users"."age" > ?) over (partition by "users"."name") from "users"`, 1n]],
    postgresql: [[`select max("users"."age") filter (where "users"."age" > $1::integer) over (partition by "users"."name") from "users"`, "1"]],
    mariadb: [["select max(case when `users`.`age` > ? then `users`.`age` end) over (partition by `users`.`name`) from `users`", 1n]],
    mysql: [["select max(case when `users`.`age` > ? then `users`.`age` end) over (partition by `users`.`name`) from `users`", 1n]]
  })
]
