/**
 * The golden table of search: a line an operator, a column a dialect.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query } from "effect-strata"
import { Article, Post, User } from "./models.js"
import { line } from "./record.js"

export const search = [
  line("search", Query.from(Post).pipe(Query.where((p) => Expr.search([p.title], "It's \"TWO\" -words")), Query.pluck((p) => p.id)), {
    sqlite: [[`select "posts"."id" from "posts" where strata_search(lower("posts"."title"), ?)`, "it s two words"]],
    postgresql: [[`select "posts"."id" from "posts" where regexp_split_to_array(lower("posts"."title" collate "und-x-icu") collate "C" collate "und-x-icu", '[^[:alnum:]]+') @> $1::text[]`, "{it,s,two,words}"]],
    mariadb: [["select `posts`.`id` from `posts` where lower(convert(`posts`.`title` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin regexp ?", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])it(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])s(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])two(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])words(?![\\p{L}\\p{Nd}]))"]],
    mysql: [["select `posts`.`id` from `posts` where lower(convert(`posts`.`title` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin regexp ?", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])it(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])s(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])two(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])words(?![\\p{L}\\p{Nd}]))"]]
  }),
  line("search: several texts, which may be NULL", Query.from(User).pipe(Query.where((u) => Expr.search([u.name, u.nick], "ann")), Query.pluck((u) => u.id)), {
    sqlite: [[`select "users"."id" from "users" where strata_search(lower(("users"."name" || ?) || coalesce("users"."nick", ?)), ?)`, " ", "", "ann"]],
    postgresql: [[`select "users"."id" from "users" where regexp_split_to_array(lower((("users"."name" || $1) || coalesce("users"."nick", $2)) collate "und-x-icu") collate "C" collate "und-x-icu", '[^[:alnum:]]+') @> $3::text[]`, " ", "", "{ann}"]],
    mariadb: [["select `users`.`id` from `users` where lower(convert(concat(concat(`users`.`name`, ?), coalesce(`users`.`nick`, ?)) using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin regexp ?", " ", "", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])ann(?![\\p{L}\\p{Nd}]))"]],
    mysql: [["select `users`.`id` from `users` where lower(convert(concat(concat(`users`.`name`, ?), coalesce(`users`.`nick`, ?)) using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin regexp ?", " ", "", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])ann(?![\\p{L}\\p{Nd}]))"]]
  }),
  line("search: no word", Query.from(Post).pipe(Query.where((p) => Expr.search([p.title], "*")), Query.pluck((p) => p.id)), {
    sqlite: [[`select "posts"."id" from "posts" where strata_search(lower("posts"."title"), ?)`, ""]],
    postgresql: [[`select "posts"."id" from "posts" where regexp_split_to_array(lower("posts"."title" collate "und-x-icu") collate "C" collate "und-x-icu", '[^[:alnum:]]+') @> $1::text[]`, "{\u0001}"]],
    mariadb: [["select `posts`.`id` from `posts` where lower(convert(`posts`.`title` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin regexp ?", "(?!)"]],
    mysql: [["select `posts`.`id` from `posts` where lower(convert(`posts`.`title` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin regexp ?", "(?!)"]]
  }),
  line("search: by an index", Query.from(Article).pipe(Query.where((p) => Expr.search([p.body, p.title], "One été")), Query.pluck((p) => p.id)), {
    sqlite: [[`select "articles"."id" from "articles" where "articles"."id" in (select rowid from "articles_search" where "articles_search" match ?) and strata_search(lower((coalesce("articles"."body", ?) || ?) || "articles"."title"), ?)`, "\"one\" AND \"uc3a974c3a9\"", "", " ", "one été"]],
    postgresql: [[`select "articles"."id" from "articles" where regexp_split_to_array(regexp_replace(lower((coalesce("articles"."title", '') || ' ' || coalesce("articles"."body", '')) collate "und-x-icu"), '[[:alnum:]]{65,}', '', 'g'), '[^[:alnum:]]+') collate "C" @> $1::text[]`, "{one,été}"]],
    mariadb: [["select `articles`.`id` from `articles` where lower(convert(concat(concat(coalesce(`articles`.`body`, ?), ?), `articles`.`title`) using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin regexp ?", "", " ", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])one(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])été(?![\\p{L}\\p{Nd}]))"]],
    mysql: [["select `articles`.`id` from `articles` where lower(convert(concat(concat(coalesce(`articles`.`body`, ?), ?), `articles`.`title`) using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin regexp ?", "", " ", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])one(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])été(?![\\p{L}\\p{Nd}]))"]]
  }),
  line("search: by an index, no word", Query.from(Article).pipe(Query.where((p) => Expr.search([p.body, p.title], "*")), Query.pluck((p) => p.id)), {
    sqlite: [[`select "articles"."id" from "articles" where "articles"."id" in (select rowid from "articles_search" where "articles_search" match ?) and strata_search(lower((coalesce("articles"."body", ?) || ?) || "articles"."title"), ?)`, "\"0\"", "", " ", ""]],
    postgresql: [[`select "articles"."id" from "articles" where regexp_split_to_array(regexp_replace(lower((coalesce("articles"."title", '') || ' ' || coalesce("articles"."body", '')) collate "und-x-icu"), '[[:alnum:]]{65,}', '', 'g'), '[^[:alnum:]]+') collate "C" @> $1::text[]`, "{\u0001}"]],
    mariadb: [["select `articles`.`id` from `articles` where lower(convert(concat(concat(coalesce(`articles`.`body`, ?), ?), `articles`.`title`) using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin regexp ?", "", " ", "(?!)"]],
    mysql: [["select `articles`.`id` from `articles` where lower(convert(concat(concat(coalesce(`articles`.`body`, ?), ?), `articles`.`title`) using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin regexp ?", "", " ", "(?!)"]]
  }),
  line("search: of what is committed, by an index", Query.from(Article).pipe(Query.where((p) => Expr.search([p.body, p.title], "One the x été ٣٤٥ ꚠb", { committed: true })), Query.pluck((p) => p.id)), {
    sqlite: [[`select "articles"."id" from "articles" where "articles"."id" in (select rowid from "articles_search" where "articles_search" match ?) and strata_search(lower((coalesce("articles"."body", ?) || ?) || "articles"."title"), ?)`, "\"one\" AND \"the\" AND \"x\" AND \"uc3a974c3a9\" AND \"ud9a3d9a4d9a5\" AND \"uea9aa062\"", "", " ", "one the x été ٣٤٥ ꚠb"]],
    postgresql: [[`select "articles"."id" from "articles" where regexp_split_to_array(regexp_replace(lower((coalesce("articles"."title", '') || ' ' || coalesce("articles"."body", '')) collate "und-x-icu"), '[[:alnum:]]{65,}', '', 'g'), '[^[:alnum:]]+') collate "C" @> $1::text[]`, "{one,the,x,été,٣٤٥,ꚠb}"]],
    mariadb: [["select `articles`.`id` from `articles` where (@@innodb_ft_min_token_size > 3 or @@innodb_ft_max_token_size < 64 or ? = '' or match(`articles`.`articles_search`) against (? in boolean mode)) and lower(convert(concat(concat(coalesce(`articles`.`body`, ?), ?), `articles`.`title`) using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin regexp ?", "(+one +été) strata_odd", "(+one +été) strata_odd", "", " ", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])one(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])the(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])x(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])été(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])٣٤٥(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])ꚠb(?![\\p{L}\\p{Nd}]))"]],
    mysql: [["select `articles`.`id` from `articles` where (@@innodb_ft_min_token_size > 3 or @@innodb_ft_max_token_size < 64 or ? = '' or match(`articles`.`articles_search`) against (? in boolean mode)) and lower(convert(concat(concat(coalesce(`articles`.`body`, ?), ?), `articles`.`title`) using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin regexp ?", "(+one +été) strata_odd", "(+one +été) strata_odd", "", " ", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])one(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])the(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])x(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])été(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])٣٤٥(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])ꚠb(?![\\p{L}\\p{Nd}]))"]]
  }),
  line("search: of what is committed, no word of an index", Query.from(Article).pipe(Query.where((p) => Expr.search([p.body, p.title], "the x", { committed: true })), Query.pluck((p) => p.id)), {
    sqlite: [[`select "articles"."id" from "articles" where "articles"."id" in (select rowid from "articles_search" where "articles_search" match ?) and strata_search(lower((coalesce("articles"."body", ?) || ?) || "articles"."title"), ?)`, "\"the\" AND \"x\"", "", " ", "the x"]],
    postgresql: [[`select "articles"."id" from "articles" where regexp_split_to_array(regexp_replace(lower((coalesce("articles"."title", '') || ' ' || coalesce("articles"."body", '')) collate "und-x-icu"), '[[:alnum:]]{65,}', '', 'g'), '[^[:alnum:]]+') collate "C" @> $1::text[]`, "{the,x}"]],
    mariadb: [["select `articles`.`id` from `articles` where (@@innodb_ft_min_token_size > 3 or @@innodb_ft_max_token_size < 64 or ? = '' or match(`articles`.`articles_search`) against (? in boolean mode)) and lower(convert(concat(concat(coalesce(`articles`.`body`, ?), ?), `articles`.`title`) using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin regexp ?", "", "", "", " ", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])the(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])x(?![\\p{L}\\p{Nd}]))"]],
    mysql: [["select `articles`.`id` from `articles` where (@@innodb_ft_min_token_size > 3 or @@innodb_ft_max_token_size < 64 or ? = '' or match(`articles`.`articles_search`) against (? in boolean mode)) and lower(convert(concat(concat(coalesce(`articles`.`body`, ?), ?), `articles`.`title`) using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin regexp ?", "", "", "", " ", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])the(?![\\p{L}\\p{Nd}]))(?=.*(?<![\\p{L}\\p{Nd}])x(?![\\p{L}\\p{Nd}]))"]]
  }),
  line("search: of what is committed, of other columns", Query.from(Article).pipe(Query.where((p) => Expr.search([p.title], "one", { committed: true })), Query.pluck((p) => p.id)), {
    sqlite: [[`select "articles"."id" from "articles" where strata_search(lower("articles"."title"), ?)`, "one"]],
    postgresql: [[`select "articles"."id" from "articles" where regexp_split_to_array(lower("articles"."title" collate "und-x-icu") collate "C" collate "und-x-icu", '[^[:alnum:]]+') @> $1::text[]`, "{one}"]],
    mariadb: [["select `articles`.`id` from `articles` where lower(convert(`articles`.`title` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin regexp ?", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])one(?![\\p{L}\\p{Nd}]))"]],
    mysql: [["select `articles`.`id` from `articles` where lower(convert(`articles`.`title` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin regexp ?", "(?s)^(?=.*(?<![\\p{L}\\p{Nd}])one(?![\\p{L}\\p{Nd}]))"]]
  }),
  line("searchRank", Query.from(Post).pipe(Query.orderBy((p) => Expr.desc(Expr.searchRank([p.title], "one two"))), Query.pluck((p) => p.id)), {
    sqlite: [[`select "posts"."id" from "posts" order by strata_search_rank(lower("posts"."title"), ?) desc`, "one two"]],
    postgresql: [[`select "posts"."id" from "posts" order by (select count(*) from unnest(regexp_split_to_array(lower("posts"."title" collate "und-x-icu") collate "C" collate "und-x-icu", '[^[:alnum:]]+')) as word where word = any($1::text[])) desc`, "{one,two}"]],
    mariadb: [["select `posts`.`id` from `posts` order by char_length(regexp_replace(lower(convert(`posts`.`title` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin, ?, '\\\\0.')) - char_length(lower(convert(`posts`.`title` using utf8mb4) collate utf8mb4_uca1400_as_cs) collate utf8mb4_nopad_bin) desc", "(?<![\\p{L}\\p{Nd}])(?:one|two)(?![\\p{L}\\p{Nd}])"]],
    mysql: [["select `posts`.`id` from `posts` order by char_length(regexp_replace(lower(convert(`posts`.`title` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin, ?, '$0.')) - char_length(lower(convert(`posts`.`title` using utf8mb4) collate utf8mb4_0900_as_cs) collate utf8mb4_0900_bin) desc", "(?<![\\p{L}\\p{Nd}])(?:one|two)(?![\\p{L}\\p{Nd}])"]]
  })
]
