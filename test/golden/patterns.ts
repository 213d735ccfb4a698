/**
 * The golden table of regular expressions.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query } from "effect-strata"
import { User } from "./models.js"
import { line } from "./record.js"

const value = (of: (columns: Expr.Columns<typeof User>) => Expr.Selectable<unknown>) => Query.from(User).pipe(Query.pluck(of))

export const patterns = [
  line("matches", value((u) => Expr.matches(u.name, "^[a-c]\\d")), {
    sqlite: [[`select strata_matches('', "users"."name", ?) from "users"`, "^[a-c][0-9]"]],
    postgresql: [[`select "users"."name" ~ $1 from "users"`, "^[a-c][0-9]"]],
    mariadb: [["select `users`.`name` regexp concat('(?-i)', ?) from `users`", "^[a-c][0-9]"]],
    mysql: [["select regexp_like(`users`.`name`, ?, 'c') from `users`", "^[a-c][0-9]"]]
  }),
  line("matches, in any case", value((u) => Expr.matches(u.name, "a$", { caseInsensitive: true })), {
    sqlite: [[`select strata_matches('i', "users"."name", ?) from "users"`, "a(?![^\n]|\n)"]],
    postgresql: [[`select "users"."name" collate "und-x-icu" ~* $1 from "users"`, "a(?![^\n]|\n)"]],
    mariadb: [["select `users`.`name` regexp concat('(?i)', ?) from `users`", "a(?![^\n]|\n)"]],
    mysql: [["select regexp_like(`users`.`name`, ?, 'i') from `users`", "a(?![^\n]|\n)"]]
  }),
  line("regexReplace", value((u) => Expr.regexReplace(u.name, "(a)(b)", "$2$$")), {
    sqlite: [[`select strata_regex_replace('', "users"."name", ?, ?) from "users"`, "(a)(b)", "\\2$"]],
    postgresql: [[`select regexp_replace("users"."name", $1, $2) from "users"`, "(a)(b)", "\\2$"]],
    mariadb: [["select regexp_replace(`users`.`name`, concat('(?-i)', ?), ?) from `users`", "^(?s:.*?)\\K(?:(a)(b))", "\\2$"]],
    mysql: [["select regexp_replace(`users`.`name`, ?, ?, 1, 1, 'c') from `users`", "(a)(b)", "$2\\$"]]
  }),
  line("regexReplace, in any case", value((u) => Expr.regexReplace(u.name, "a", "b", { caseInsensitive: true })), {
    sqlite: [[`select strata_regex_replace('i', "users"."name", ?, ?) from "users"`, "a", "b"]],
    postgresql: [[`select regexp_replace("users"."name" collate "und-x-icu", $1, $2, 'i') collate "C" from "users"`, "a", "b"]],
    mariadb: [["select regexp_replace(`users`.`name`, concat('(?i)', ?), ?) from `users`", "^(?s:.*?)\\K(?:a)", "b"]],
    mysql: [["select regexp_replace(`users`.`name`, ?, ?, 1, 1, 'i') from `users`", "a", "b"]]
  }),
  line("regexReplace, all", value((u) => Expr.regexReplace(u.name, "a", "b", { all: true })), {
    sqlite: [[`select strata_regex_replace('g', "users"."name", ?, ?) from "users"`, "a", "b"]],
    postgresql: [[`select regexp_replace("users"."name", $1, $2, 'g') from "users"`, "a", "b"]],
    mariadb: [["select regexp_replace(`users`.`name`, concat('(?-i)', ?), ?) from `users`", "a", "b"]],
    mysql: [["select regexp_replace(`users`.`name`, ?, ?, 1, 0, 'c') from `users`", "a", "b"]]
  }),
  line("regexReplace, all in any case", value((u) => Expr.regexReplace(u.name, "a", "b", { all: true, caseInsensitive: true })), {
    sqlite: [[`select strata_regex_replace('gi', "users"."name", ?, ?) from "users"`, "a", "b"]],
    postgresql: [[`select regexp_replace("users"."name" collate "und-x-icu", $1, $2, 'gi') collate "C" from "users"`, "a", "b"]],
    mariadb: [["select regexp_replace(`users`.`name`, concat('(?i)', ?), ?) from `users`", "a", "b"]],
    mysql: [["select regexp_replace(`users`.`name`, ?, ?, 1, 0, 'i') from `users`", "a", "b"]]
  })
]
