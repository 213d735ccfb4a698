/**
 * The golden table of relations through others, with rows of a link, counted and as trees; of rows they are loaded onto; and of a repository's verbs.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query, Relation, Repository } from "effect-strata"
import * as Effect from "effect/Effect"
import { Counter, Employee, manager, Post, PostTag, postTags, reports, Tag, User, userPosts } from "./models.js"
import { line } from "./record.js"

const users = Query.from(User)
const userTags = Relation.through(userPosts, postTags)
const linkedTags = Relation.manyToMany(Post, Tag, { through: PostTag, from: "postId", to: "tagId", as: "link" })
const related = Relation.through(postTags, Relation.manyToMany(Tag, Post, { through: PostTag, from: "tagId", to: "postId" }))

export const relations = [
  line("through: two relations, include", users.pipe(Query.include({ tags: userTags })), {
    sqlite: [
      ["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\""],
      ["select \"tags\".\"id\", \"tags\".\"label\", \"pairs\".\"start0\" from \"tags\" inner join (select distinct \"posts\".\"author_id\" as \"start0\", \"posts_tags\".\"tag_id\" as \"end0\" from \"posts_tags\" inner join \"posts\" on \"posts\".\"id\" = \"posts_tags\".\"post_id\" where \"posts\".\"author_id\" in (?)) as \"pairs\" on \"pairs\".\"end0\" = \"tags\".\"id\"", 1n]
    ],
    postgresql: [
      ["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\""],
      ["select \"tags\".\"id\", \"tags\".\"label\", \"pairs\".\"start0\" from \"tags\" inner join (select distinct \"posts\".\"author_id\" as \"start0\", \"posts_tags\".\"tag_id\" as \"end0\" from \"posts_tags\" inner join \"posts\" on \"posts\".\"id\" = \"posts_tags\".\"post_id\" where \"posts\".\"author_id\" in ($1::integer)) as \"pairs\" on \"pairs\".\"end0\" = \"tags\".\"id\"", "1"]
    ],
    mariadb: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"],
      ["select `tags`.`id`, `tags`.`label`, `pairs`.`start0` from `tags` inner join (select distinct `posts`.`author_id` as `start0`, `posts_tags`.`tag_id` as `end0` from `posts_tags` inner join `posts` on `posts`.`id` = `posts_tags`.`post_id` where `posts`.`author_id` in (?)) as `pairs` on `pairs`.`end0` = `tags`.`id`", 1n]
    ],
    mysql: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"],
      ["select `tags`.`id`, `tags`.`label`, `pairs`.`start0` from `tags` inner join (select distinct `posts`.`author_id` as `start0`, `posts_tags`.`tag_id` as `end0` from `posts_tags` inner join `posts` on `posts`.`id` = `posts_tags`.`post_id` where `posts`.`author_id` in (?)) as `pairs` on `pairs`.`end0` = `tags`.`id`", 1n]
    ]
  }),
  line("through: include by join", users.pipe(Query.include({ tags: userTags }, { strategy: "join" })), {
    sqlite: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\", (select nullif(json_group_array(json_array(\"tags\".\"id\", \"tags\".\"label\")), '[]') from \"tags\" inner join (select distinct \"posts\".\"author_id\" as \"start0\", \"posts_tags\".\"tag_id\" as \"end0\" from \"posts_tags\" inner join \"posts\" on \"posts\".\"id\" = \"posts_tags\".\"post_id\" where \"posts\".\"author_id\" = \"users\".\"id\") as \"pairs\" on \"pairs\".\"end0\" = \"tags\".\"id\" where \"pairs\".\"start0\" = \"users\".\"id\") from \"users\""]],
    postgresql: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\", (select json_agg(json_build_array(\"tags\".\"id\", \"tags\".\"label\")) from \"tags\" inner join (select distinct \"posts\".\"author_id\" as \"start0\", \"posts_tags\".\"tag_id\" as \"end0\" from \"posts_tags\" inner join \"posts\" on \"posts\".\"id\" = \"posts_tags\".\"post_id\" where \"posts\".\"author_id\" = \"users\".\"id\") as \"pairs\" on \"pairs\".\"end0\" = \"tags\".\"id\" where \"pairs\".\"start0\" = \"users\".\"id\") from \"users\""]],
    mariadb: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick`, (select concat('[', group_concat(concat('[', coalesce(cast(`tags`.`id` as char(32)), 'null'), ',', coalesce(cast(json_quote(`tags`.`label`) as char), 'null'), ']') separator ','), ']') from `tags` inner join (select distinct `posts`.`author_id` as `start0`, `posts_tags`.`tag_id` as `end0` from `posts_tags` inner join `posts` on `posts`.`id` = `posts_tags`.`post_id` where 1 = 1) as `pairs` on `pairs`.`end0` = `tags`.`id` where `pairs`.`start0` = `users`.`id`) from `users`"]],
    mysql: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick`, (select concat('[', group_concat(concat('[', coalesce(cast(`tags`.`id` as char(32)), 'null'), ',', coalesce(cast(json_quote(`tags`.`label`) as char), 'null'), ']') separator ','), ']') from `tags` inner join (select distinct `posts`.`author_id` as `start0`, `posts_tags`.`tag_id` as `end0` from `posts_tags` inner join `posts` on `posts`.`id` = `posts_tags`.`post_id` where `posts`.`author_id` = `users`.`id`) as `pairs` on `pairs`.`end0` = `tags`.`id` where `pairs`.`start0` = `users`.`id`) from `users`"]]
  }),
  line("through: some", users.pipe(Query.pluck((u) => u.id), Query.where(Relation.some(userTags, { label: "a" }))), {
    sqlite: [["select \"users\".\"id\" from \"users\" where exists (select 1 from \"tags\" inner join \"posts_tags\" on \"posts_tags\".\"tag_id\" = \"tags\".\"id\" inner join \"posts\" on \"posts\".\"id\" = \"posts_tags\".\"post_id\" where (\"posts\".\"author_id\" = \"users\".\"id\") and (\"tags\".\"label\" = ?))", "a"]],
    postgresql: [["select \"users\".\"id\" from \"users\" where exists (select 1 from \"tags\" inner join \"posts_tags\" on \"posts_tags\".\"tag_id\" = \"tags\".\"id\" inner join \"posts\" on \"posts\".\"id\" = \"posts_tags\".\"post_id\" where (\"posts\".\"author_id\" = \"users\".\"id\") and (\"tags\".\"label\" = $1))", "a"]],
    mariadb: [["select `users`.`id` from `users` where exists (select 1 from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` inner join `posts` on `posts`.`id` = `posts_tags`.`post_id` where (`posts`.`author_id` = `users`.`id`) and (`tags`.`label` = ?))", "a"]],
    mysql: [["select `users`.`id` from `users` where exists (select 1 from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` inner join `posts` on `posts`.`id` = `posts_tags`.`post_id` where (`posts`.`author_id` = `users`.`id`) and (`tags`.`label` = ?))", "a"]]
  }),
  line("through: count", users.pipe(Query.pluck(Relation.count(userTags))), {
    sqlite: [["select (select count(*) from \"tags\" where exists (select 1 from \"posts_tags\" inner join \"posts\" on \"posts\".\"id\" = \"posts_tags\".\"post_id\" where (\"posts\".\"author_id\" = \"users\".\"id\") and (\"posts_tags\".\"tag_id\" = \"tags\".\"id\"))) from \"users\""]],
    postgresql: [["select (select count(*) from \"tags\" where exists (select 1 from \"posts_tags\" inner join \"posts\" on \"posts\".\"id\" = \"posts_tags\".\"post_id\" where (\"posts\".\"author_id\" = \"users\".\"id\") and (\"posts_tags\".\"tag_id\" = \"tags\".\"id\"))) from \"users\""]],
    mariadb: [["select (select count(*) from `tags` where exists (select 1 from `posts_tags` inner join `posts` on `posts`.`id` = `posts_tags`.`post_id` where (`posts`.`author_id` = `users`.`id`) and (`posts_tags`.`tag_id` = `tags`.`id`))) from `users`"]],
    mysql: [["select (select count(*) from `tags` where exists (select 1 from `posts_tags` inner join `posts` on `posts`.`id` = `posts_tags`.`post_id` where (`posts`.`author_id` = `users`.`id`) and (`posts_tags`.`tag_id` = `tags`.`id`))) from `users`"]]
  }),
  line("through: two to one", Query.from(Employee).pipe(Query.include({ above: Relation.through(manager, manager) })), {
    sqlite: [
      ["select \"employees\".\"id\", \"employees\".\"manager_id\" from \"employees\""],
      ["select \"employees\".\"id\", \"employees\".\"manager_id\", \"employees_2\".\"id\" from \"employees\" inner join \"employees\" as \"employees_2\" on \"employees_2\".\"manager_id\" = \"employees\".\"id\" where \"employees_2\".\"id\" in (?)", 1n]
    ],
    postgresql: [
      ["select \"employees\".\"id\", \"employees\".\"manager_id\" from \"employees\""],
      ["select \"employees\".\"id\", \"employees\".\"manager_id\", \"employees_2\".\"id\" from \"employees\" inner join \"employees\" as \"employees_2\" on \"employees_2\".\"manager_id\" = \"employees\".\"id\" where \"employees_2\".\"id\" in ($1::integer)", "1"]
    ],
    mariadb: [
      ["select `employees`.`id`, `employees`.`manager_id` from `employees`"],
      ["select `employees`.`id`, `employees`.`manager_id`, `employees_2`.`id` from `employees` inner join `employees` as `employees_2` on `employees_2`.`manager_id` = `employees`.`id` where `employees_2`.`id` in (?)", 1n]
    ],
    mysql: [
      ["select `employees`.`id`, `employees`.`manager_id` from `employees`"],
      ["select `employees`.`id`, `employees`.`manager_id`, `employees_2`.`id` from `employees` inner join `employees` as `employees_2` on `employees_2`.`manager_id` = `employees`.`id` where `employees_2`.`id` in (?)", 1n]
    ]
  }),
  line("offset: include", users.pipe(Query.include({ posts: userPosts.pipe(Relation.limit(2), Relation.offset(3)) })), {
    sqlite: [
      ["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\""],
      ["select \"ranked\".\"found_row_id\", \"ranked\".\"found_row_author_id\", \"ranked\".\"found_row_title\", \"ranked\".\"found_row_published\", \"ranked\".\"found_keys_i0_k0\" from (select \"posts\".\"id\" as \"found_row_id\", \"posts\".\"author_id\" as \"found_row_author_id\", \"posts\".\"title\" as \"found_row_title\", \"posts\".\"published\" as \"found_row_published\", \"posts\".\"author_id\" as \"found_keys_i0_k0\", row_number() over (partition by \"posts\".\"author_id\" order by \"posts\".\"id\") as \"number\" from \"posts\" where \"posts\".\"author_id\" in (?)) as \"ranked\" where (\"ranked\".\"number\" > ?) and (\"ranked\".\"number\" <= ?) order by \"ranked\".\"number\"", 1n, 3n, 5n]
    ],
    postgresql: [
      ["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\""],
      ["select \"ranked\".\"found_row_id\", \"ranked\".\"found_row_author_id\", \"ranked\".\"found_row_title\", \"ranked\".\"found_row_published\", \"ranked\".\"found_keys_i0_k0\" from (select \"posts\".\"id\" as \"found_row_id\", \"posts\".\"author_id\" as \"found_row_author_id\", \"posts\".\"title\" as \"found_row_title\", \"posts\".\"published\" as \"found_row_published\", \"posts\".\"author_id\" as \"found_keys_i0_k0\", row_number() over (partition by \"posts\".\"author_id\" order by \"posts\".\"id\") as \"number\" from \"posts\" where \"posts\".\"author_id\" in ($1::integer)) as \"ranked\" where (\"ranked\".\"number\" > $2::bigint) and (\"ranked\".\"number\" <= $3::bigint) order by \"ranked\".\"number\"", "1", "3", "5"]
    ],
    mariadb: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"],
      ["select `ranked`.`found_row_id`, `ranked`.`found_row_author_id`, `ranked`.`found_row_title`, `ranked`.`found_row_published`, `ranked`.`found_keys_i0_k0` from (select `posts`.`id` as `found_row_id`, `posts`.`author_id` as `found_row_author_id`, `posts`.`title` as `found_row_title`, `posts`.`published` as `found_row_published`, `posts`.`author_id` as `found_keys_i0_k0`, row_number() over (partition by `posts`.`author_id` order by `posts`.`id`) as `number` from `posts` where `posts`.`author_id` in (?)) as `ranked` where (`ranked`.`number` > ?) and (`ranked`.`number` <= ?) order by `ranked`.`number`", 1n, 3n, 5n]
    ],
    mysql: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users`"],
      ["select `ranked`.`found_row_id`, `ranked`.`found_row_author_id`, `ranked`.`found_row_title`, `ranked`.`found_row_published`, `ranked`.`found_keys_i0_k0` from (select `posts`.`id` as `found_row_id`, `posts`.`author_id` as `found_row_author_id`, `posts`.`title` as `found_row_title`, `posts`.`published` as `found_row_published`, `posts`.`author_id` as `found_keys_i0_k0`, row_number() over (partition by `posts`.`author_id` order by `posts`.`id`) as `number` from `posts` where `posts`.`author_id` in (?)) as `ranked` where (`ranked`.`number` > ?) and (`ranked`.`number` <= ?) order by `ranked`.`number`", 1n, 3n, 5n]
    ]
  }),
  line("offset alone, by join", users.pipe(Query.include({ posts: userPosts.pipe(Relation.offset(3)) }, { strategy: "join" })), {
    sqlite: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\", (select nullif(json_group_array(json_array(\"ranked\".\"found_id\", \"ranked\".\"found_author_id\", \"ranked\".\"found_title\", \"ranked\".\"found_published\") order by \"ranked\".\"number\"), '[]') from (select \"posts\".\"id\" as \"found_id\", \"posts\".\"author_id\" as \"found_author_id\", \"posts\".\"title\" as \"found_title\", \"posts\".\"published\" as \"found_published\", row_number() over (order by \"posts\".\"id\") as \"number\" from \"posts\" where \"posts\".\"author_id\" = \"users\".\"id\" order by \"posts\".\"id\" limit +? offset ?) as \"ranked\") from \"users\"", 2147483647n, 3n]],
    postgresql: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\", (select json_agg(json_build_array(\"ranked\".\"found_id\", \"ranked\".\"found_author_id\", \"ranked\".\"found_title\", \"ranked\".\"found_published\") order by \"ranked\".\"number\") from (select \"posts\".\"id\" as \"found_id\", \"posts\".\"author_id\" as \"found_author_id\", \"posts\".\"title\" as \"found_title\", \"posts\".\"published\" as \"found_published\", row_number() over (order by \"posts\".\"id\") as \"number\" from \"posts\" where \"posts\".\"author_id\" = \"users\".\"id\" order by \"posts\".\"id\" limit $1::bigint offset $2::bigint) as \"ranked\") from \"users\"", "2147483647", "3"]],
    mariadb: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick`, (select concat('[', group_concat(concat('[', coalesce(cast(`posts`.`id` as char(32)), 'null'), ',', coalesce(cast(`posts`.`author_id` as char(32)), 'null'), ',', coalesce(cast(json_quote(`posts`.`title`) as char), 'null'), ',', coalesce(cast(`posts`.`published` as char(32)), 'null'), ']') order by `posts`.`id` separator ',' limit 2147483647 offset 3), ']') from `posts` where `posts`.`author_id` = `users`.`id`) from `users`"]],
    mysql: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick`, (select concat('[', group_concat(concat('[', coalesce(cast(`ranked`.`found_id` as char(32)), 'null'), ',', coalesce(cast(`ranked`.`found_author_id` as char(32)), 'null'), ',', coalesce(cast(json_quote(`ranked`.`found_title`) as char), 'null'), ',', coalesce(cast(`ranked`.`found_published` as char(32)), 'null'), ']') order by `ranked`.`number` separator ','), ']') from (select `posts`.`id` as `found_id`, `posts`.`author_id` as `found_author_id`, `posts`.`title` as `found_title`, `posts`.`published` as `found_published`, row_number() over (order by `posts`.`id`) as `number` from `posts` where `posts`.`author_id` = `users`.`id` order by `posts`.`id` limit ? offset ?) as `ranked`) from `users`", 2147483647n, 3n]]
  }),
  line("rows of a link: include, sorted by them", Query.from(Post).pipe(Query.include({ tags: linkedTags.pipe(Relation.orderBy((_, { link }) => Expr.desc(link.tagId))) })), {
    sqlite: [
      ["select \"posts\".\"id\", \"posts\".\"author_id\", \"posts\".\"title\", \"posts\".\"published\" from \"posts\""],
      ["select \"tags\".\"id\", \"tags\".\"label\", \"posts_tags\".\"post_id\", \"posts_tags\".\"post_id\", \"posts_tags\".\"tag_id\" from \"tags\" inner join \"posts_tags\" on \"posts_tags\".\"tag_id\" = \"tags\".\"id\" where \"posts_tags\".\"post_id\" in (?) order by \"posts_tags\".\"tag_id\" desc, \"tags\".\"id\" desc", 1n]
    ],
    postgresql: [
      ["select \"posts\".\"id\", \"posts\".\"author_id\", \"posts\".\"title\", \"posts\".\"published\" from \"posts\""],
      ["select \"tags\".\"id\", \"tags\".\"label\", \"posts_tags\".\"post_id\", \"posts_tags\".\"post_id\", \"posts_tags\".\"tag_id\" from \"tags\" inner join \"posts_tags\" on \"posts_tags\".\"tag_id\" = \"tags\".\"id\" where \"posts_tags\".\"post_id\" in ($1::integer) order by \"posts_tags\".\"tag_id\" desc, \"tags\".\"id\" desc", "1"]
    ],
    mariadb: [
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts`"],
      ["select `tags`.`id`, `tags`.`label`, `posts_tags`.`post_id`, `posts_tags`.`post_id`, `posts_tags`.`tag_id` from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where `posts_tags`.`post_id` in (?) order by `posts_tags`.`tag_id` desc, `tags`.`id` desc", 1n]
    ],
    mysql: [
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts`"],
      ["select `tags`.`id`, `tags`.`label`, `posts_tags`.`post_id`, `posts_tags`.`post_id`, `posts_tags`.`tag_id` from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where `posts_tags`.`post_id` in (?) order by `posts_tags`.`tag_id` desc, `tags`.`id` desc", 1n]
    ]
  }),
  line("rows of a link: by join", Query.from(Post).pipe(Query.include({ tags: linkedTags }, { strategy: "join" })), {
    sqlite: [["select \"posts\".\"id\", \"posts\".\"author_id\", \"posts\".\"title\", \"posts\".\"published\", (select nullif(json_group_array(json_array(\"tags\".\"id\", \"tags\".\"label\", \"posts_tags\".\"post_id\", \"posts_tags\".\"tag_id\")), '[]') from \"tags\" inner join \"posts_tags\" on \"posts_tags\".\"tag_id\" = \"tags\".\"id\" where \"posts_tags\".\"post_id\" = \"posts\".\"id\") from \"posts\""]],
    postgresql: [["select \"posts\".\"id\", \"posts\".\"author_id\", \"posts\".\"title\", \"posts\".\"published\", (select json_agg(json_build_array(\"tags\".\"id\", \"tags\".\"label\", \"posts_tags\".\"post_id\", \"posts_tags\".\"tag_id\")) from \"tags\" inner join \"posts_tags\" on \"posts_tags\".\"tag_id\" = \"tags\".\"id\" where \"posts_tags\".\"post_id\" = \"posts\".\"id\") from \"posts\""]],
    mariadb: [["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published`, (select concat('[', group_concat(concat('[', coalesce(cast(`tags`.`id` as char(32)), 'null'), ',', coalesce(cast(json_quote(`tags`.`label`) as char), 'null'), ',', coalesce(cast(`posts_tags`.`post_id` as char(32)), 'null'), ',', coalesce(cast(`posts_tags`.`tag_id` as char(32)), 'null'), ']') separator ','), ']') from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where `posts_tags`.`post_id` = `posts`.`id`) from `posts`"]],
    mysql: [["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published`, (select concat('[', group_concat(concat('[', coalesce(cast(`tags`.`id` as char(32)), 'null'), ',', coalesce(cast(json_quote(`tags`.`label`) as char), 'null'), ',', coalesce(cast(`posts_tags`.`post_id` as char(32)), 'null'), ',', coalesce(cast(`posts_tags`.`tag_id` as char(32)), 'null'), ']') separator ','), ']') from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where `posts_tags`.`post_id` = `posts`.`id`) from `posts`"]]
  }),
  line("rows of a link: a test", Query.from(Post).pipe(Query.pluck((p) => p.id), Query.where(Relation.some(linkedTags, (t, { link }) => Expr.and(Expr.eq(t.label, "a"), Expr.gt(link.tagId, 1))))), {
    sqlite: [["select \"posts\".\"id\" from \"posts\" where exists (select 1 from \"tags\" inner join \"posts_tags\" on \"posts_tags\".\"tag_id\" = \"tags\".\"id\" where (\"posts_tags\".\"post_id\" = \"posts\".\"id\") and ((\"tags\".\"label\" = ?) and (\"posts_tags\".\"tag_id\" > ?)))", "a", 1n]],
    postgresql: [["select \"posts\".\"id\" from \"posts\" where exists (select 1 from \"tags\" inner join \"posts_tags\" on \"posts_tags\".\"tag_id\" = \"tags\".\"id\" where (\"posts_tags\".\"post_id\" = \"posts\".\"id\") and ((\"tags\".\"label\" = $1) and (\"posts_tags\".\"tag_id\" > $2::integer)))", "a", "1"]],
    mariadb: [["select `posts`.`id` from `posts` where exists (select 1 from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where (`posts_tags`.`post_id` = `posts`.`id`) and ((`tags`.`label` = ?) and (`posts_tags`.`tag_id` > ?)))", "a", 1n]],
    mysql: [["select `posts`.`id` from `posts` where exists (select 1 from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where (`posts_tags`.`post_id` = `posts`.`id`) and ((`tags`.`label` = ?) and (`posts_tags`.`tag_id` > ?)))", "a", 1n]]
  }),
  line("count", users.pipe(Query.select((u) => ({ id: u.id, posts: Relation.count(userPosts, { published: true })(u) }))), {
    sqlite: [["select \"users\".\"id\", (select count(*) from \"posts\" where (\"posts\".\"author_id\" = \"users\".\"id\") and (\"posts\".\"published\" = ?)) from \"users\"", 1n]],
    postgresql: [["select \"users\".\"id\", (select count(*) from \"posts\" where (\"posts\".\"author_id\" = \"users\".\"id\") and (\"posts\".\"published\" = $1::boolean)) from \"users\"", "true"]],
    mariadb: [["select `users`.`id`, (select count(*) from `posts` where (`posts`.`author_id` = `users`.`id`) and (`posts`.`published` = ?)) from `users`", true]],
    mysql: [["select `users`.`id`, (select count(*) from `posts` where (`posts`.`author_id` = `users`.`id`) and (`posts`.`published` = ?)) from `users`", true]]
  }),
  line("count, over a link, to sort by", Query.from(Post).pipe(Query.pluck((p) => p.id), Query.orderBy((p) => Expr.desc(Relation.count(postTags)(p)))), {
    sqlite: [["select \"posts\".\"id\" from \"posts\" order by (select count(*) from \"tags\" inner join \"posts_tags\" on \"posts_tags\".\"tag_id\" = \"tags\".\"id\" where \"posts_tags\".\"post_id\" = \"posts\".\"id\") desc"]],
    postgresql: [["select \"posts\".\"id\" from \"posts\" order by (select count(*) from \"tags\" inner join \"posts_tags\" on \"posts_tags\".\"tag_id\" = \"tags\".\"id\" where \"posts_tags\".\"post_id\" = \"posts\".\"id\") desc"]],
    mariadb: [["select `posts`.`id` from `posts` order by (select count(*) from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where `posts_tags`.`post_id` = `posts`.`id`) desc"]],
    mysql: [["select `posts`.`id` from `posts` order by (select count(*) from `tags` inner join `posts_tags` on `posts_tags`.`tag_id` = `tags`.`id` where `posts_tags`.`post_id` = `posts`.`id`) desc"]]
  }),
  line("aggregate", users.pipe(Query.pluck(Relation.aggregate(userPosts.pipe(Relation.where({ published: true })), (p) => Expr.max(p.title)))), {
    sqlite: [["select (select max(\"posts\".\"title\") from \"posts\" where (\"posts\".\"author_id\" = \"users\".\"id\") and (\"posts\".\"published\" = ?)) from \"users\"", 1n]],
    postgresql: [["select (select max(\"posts\".\"title\") from \"posts\" where (\"posts\".\"author_id\" = \"users\".\"id\") and (\"posts\".\"published\" = $1::boolean)) from \"users\"", "true"]],
    mariadb: [["select (select max(`posts`.`title`) from `posts` where (`posts`.`author_id` = `users`.`id`) and (`posts`.`published` = ?)) from `users`", true]],
    mysql: [["select (select max(`posts`.`title`) from `posts` where (`posts`.`author_id` = `users`.`id`) and (`posts`.`published` = ?)) from `users`", true]]
  }),
  line("descendants, to a depth", Query.from(Employee).pipe(Query.include({ all: Relation.descendants(reports, { maxDepth: 3 }) })), {
    sqlite: [
      ["select \"employees\".\"id\", \"employees\".\"manager_id\" from \"employees\""],
      ["with recursive \"tree\" as (select \"employees_2\".\"id\" as \"root0\", \"employees\".\"id\" as \"reached0\", 1 as \"depth\", ((',') || (coalesce(hex(\"employees_2\".\"id\"), '-')) || (',')) || ((',') || (coalesce(hex(\"employees\".\"id\"), '-')) || (',')) as \"path\" from \"employees\" inner join \"employees\" as \"employees_2\" on \"employees\".\"manager_id\" = \"employees_2\".\"id\" where (\"employees\".\"id\" <> \"employees_2\".\"id\") and (\"employees_2\".\"id\" in (?)) union all select \"tree\".\"root0\" as \"root0\", \"employees_3\".\"id\" as \"reached0\", \"tree\".\"depth\" + 1 as \"depth\", \"tree\".\"path\" || ((',') || (coalesce(hex(\"employees_3\".\"id\"), '-')) || (',')) as \"path\" from \"employees\" as \"employees_3\" inner join \"tree\" on \"employees_3\".\"manager_id\" = \"tree\".\"reached0\" where (instr(\"tree\".\"path\", (',') || (coalesce(hex(\"employees_3\".\"id\"), '-')) || (',')) = (0)) and (\"tree\".\"depth\" < ?)) select \"employees_4\".\"id\", \"employees_4\".\"manager_id\", \"tree_2\".\"root0\", \"tree_2\".\"depth\" from \"employees\" as \"employees_4\" inner join \"tree\" as \"tree_2\" on \"tree_2\".\"reached0\" = \"employees_4\".\"id\" order by \"tree_2\".\"depth\", \"employees_4\".\"id\"", 1n, 3n]
    ],
    postgresql: [
      ["select \"employees\".\"id\", \"employees\".\"manager_id\" from \"employees\""],
      ["with recursive \"tree\" as (select \"employees_2\".\"id\" as \"root0\", \"employees\".\"id\" as \"reached0\", 1 as \"depth\", cast(((',') || (coalesce(encode(convert_to(cast(\"employees_2\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) || ((',') || (coalesce(encode(convert_to(cast(\"employees\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) as text) collate \"C\" as \"path\" from \"employees\" inner join \"employees\" as \"employees_2\" on \"employees\".\"manager_id\" = \"employees_2\".\"id\" where (\"employees\".\"id\" <> \"employees_2\".\"id\") and (\"employees_2\".\"id\" in ($1::integer)) union all select \"tree\".\"root0\" as \"root0\", \"employees_3\".\"id\" as \"reached0\", \"tree\".\"depth\" + 1 as \"depth\", \"tree\".\"path\" || ((',') || (coalesce(encode(convert_to(cast(\"employees_3\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) as \"path\" from \"employees\" as \"employees_3\" inner join \"tree\" on \"employees_3\".\"manager_id\" = \"tree\".\"reached0\" where (strpos(\"tree\".\"path\", (',') || (coalesce(encode(convert_to(cast(\"employees_3\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) = (0)) and (\"tree\".\"depth\" < $2::bigint)) select \"employees_4\".\"id\", \"employees_4\".\"manager_id\", \"tree_2\".\"root0\", \"tree_2\".\"depth\" from \"employees\" as \"employees_4\" inner join \"tree\" as \"tree_2\" on \"tree_2\".\"reached0\" = \"employees_4\".\"id\" order by \"tree_2\".\"depth\", \"employees_4\".\"id\"", "1", "3"]
    ],
    mariadb: [
      ["select `employees`.`id`, `employees`.`manager_id` from `employees`"],
      ["with recursive `tree` as (select `employees_2`.`id` as `root0`, `employees`.`id` as `reached0`, 1 as `depth`, concat(concat(concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), ','), concat(',', coalesce(hex(cast(`employees`.`id` as char)), '-'), ',')), cast('' as char(1000000))) as `path` from `employees` inner join `employees` as `employees_2` on `employees`.`manager_id` = `employees_2`.`id` where (`employees`.`id` <> `employees_2`.`id`) and (`employees_2`.`id` in (?)) union all select `tree`.`root0` as `root0`, `employees_3`.`id` as `reached0`, `tree`.`depth` + 1 as `depth`, concat(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ',')) as `path` from `employees` as `employees_3` inner join `tree` on `employees_3`.`manager_id` = `tree`.`reached0` where (instr(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ',')) = (0)) and (`tree`.`depth` < ?)) select `employees_4`.`id`, `employees_4`.`manager_id`, `tree_2`.`root0`, `tree_2`.`depth` from `employees` as `employees_4` inner join `tree` as `tree_2` on `tree_2`.`reached0` = `employees_4`.`id` order by `tree_2`.`depth`, `employees_4`.`id`", 1n, 3n]
    ],
    mysql: [
      ["select `employees`.`id`, `employees`.`manager_id` from `employees`"],
      ["with recursive `tree` as (select `employees_2`.`id` as `root0`, `employees`.`id` as `reached0`, 1 as `depth`, concat(concat(concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), ','), concat(',', coalesce(hex(cast(`employees`.`id` as char)), '-'), ',')), cast('' as char(1000000))) as `path` from `employees` inner join `employees` as `employees_2` on `employees`.`manager_id` = `employees_2`.`id` where (`employees`.`id` <> `employees_2`.`id`) and (`employees_2`.`id` in (?)) union all select `tree`.`root0` as `root0`, `employees_3`.`id` as `reached0`, `tree`.`depth` + 1 as `depth`, concat(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ',')) as `path` from `employees` as `employees_3` inner join `tree` on `employees_3`.`manager_id` = `tree`.`reached0` where (instr(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ',')) = (0)) and (`tree`.`depth` < ?)) select `employees_4`.`id`, `employees_4`.`manager_id`, `tree_2`.`root0`, `tree_2`.`depth` from `employees` as `employees_4` inner join `tree` as `tree_2` on `tree_2`.`reached0` = `employees_4`.`id` order by `tree_2`.`depth`, `employees_4`.`id`", 1n, 3n]
    ]
  }),
  line("descendants, by join", Query.from(Employee).pipe(Query.include({ all: Relation.descendants(reports, { maxDepth: 3 }) }, { strategy: "join" })), {
    sqlite: [["select \"employees\".\"id\", \"employees\".\"manager_id\", (with recursive \"tree\" as (select \"employees_3\".\"id\" as \"root0\", \"employees_2\".\"id\" as \"reached0\", 1 as \"depth\", ((',') || (coalesce(hex(\"employees_3\".\"id\"), '-')) || (',')) || ((',') || (coalesce(hex(\"employees_2\".\"id\"), '-')) || (',')) as \"path\" from \"employees\" as \"employees_2\" inner join \"employees\" as \"employees_3\" on \"employees_2\".\"manager_id\" = \"employees_3\".\"id\" where (\"employees_2\".\"id\" <> \"employees_3\".\"id\") and (\"employees_3\".\"id\" = \"employees\".\"id\") union all select \"tree\".\"root0\" as \"root0\", \"employees_4\".\"id\" as \"reached0\", \"tree\".\"depth\" + 1 as \"depth\", \"tree\".\"path\" || ((',') || (coalesce(hex(\"employees_4\".\"id\"), '-')) || (',')) as \"path\" from \"employees\" as \"employees_4\" inner join \"tree\" on \"employees_4\".\"manager_id\" = \"tree\".\"reached0\" where (instr(\"tree\".\"path\", (',') || (coalesce(hex(\"employees_4\".\"id\"), '-')) || (',')) = (0)) and (\"tree\".\"depth\" < ?)) select nullif(json_group_array(json_array(\"employees_5\".\"id\", \"employees_5\".\"manager_id\", \"tree_2\".\"depth\") order by \"tree_2\".\"depth\", \"employees_5\".\"id\"), '[]') from \"employees\" as \"employees_5\" inner join \"tree\" as \"tree_2\" on \"tree_2\".\"reached0\" = \"employees_5\".\"id\" where \"tree_2\".\"root0\" = \"employees\".\"id\") from \"employees\"", 3n]],
    postgresql: [["select \"employees\".\"id\", \"employees\".\"manager_id\", (with recursive \"tree\" as (select \"employees_3\".\"id\" as \"root0\", \"employees_2\".\"id\" as \"reached0\", 1 as \"depth\", cast(((',') || (coalesce(encode(convert_to(cast(\"employees_3\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) || ((',') || (coalesce(encode(convert_to(cast(\"employees_2\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) as text) collate \"C\" as \"path\" from \"employees\" as \"employees_2\" inner join \"employees\" as \"employees_3\" on \"employees_2\".\"manager_id\" = \"employees_3\".\"id\" where (\"employees_2\".\"id\" <> \"employees_3\".\"id\") and (\"employees_3\".\"id\" = \"employees\".\"id\") union all select \"tree\".\"root0\" as \"root0\", \"employees_4\".\"id\" as \"reached0\", \"tree\".\"depth\" + 1 as \"depth\", \"tree\".\"path\" || ((',') || (coalesce(encode(convert_to(cast(\"employees_4\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) as \"path\" from \"employees\" as \"employees_4\" inner join \"tree\" on \"employees_4\".\"manager_id\" = \"tree\".\"reached0\" where (strpos(\"tree\".\"path\", (',') || (coalesce(encode(convert_to(cast(\"employees_4\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) = (0)) and (\"tree\".\"depth\" < $1::bigint)) select json_agg(json_build_array(\"employees_5\".\"id\", \"employees_5\".\"manager_id\", \"tree_2\".\"depth\") order by \"tree_2\".\"depth\", \"employees_5\".\"id\") from \"employees\" as \"employees_5\" inner join \"tree\" as \"tree_2\" on \"tree_2\".\"reached0\" = \"employees_5\".\"id\" where \"tree_2\".\"root0\" = \"employees\".\"id\") from \"employees\"", "3"]],
    mariadb: [["select `employees`.`id`, `employees`.`manager_id`, (with recursive `tree` as (select `employees_3`.`id` as `root0`, `employees_2`.`id` as `reached0`, 1 as `depth`, concat(concat(concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ','), concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), ',')), cast('' as char(1000000))) as `path` from `employees` as `employees_2` inner join `employees` as `employees_3` on `employees_2`.`manager_id` = `employees_3`.`id` where (`employees_2`.`id` <> `employees_3`.`id`) and (1 = 1) union all select `tree`.`root0` as `root0`, `employees_4`.`id` as `reached0`, `tree`.`depth` + 1 as `depth`, concat(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_4`.`id` as char)), '-'), ',')) as `path` from `employees` as `employees_4` inner join `tree` on `employees_4`.`manager_id` = `tree`.`reached0` where (instr(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_4`.`id` as char)), '-'), ',')) = (0)) and (`tree`.`depth` < ?)) select concat('[', group_concat(concat('[', coalesce(cast(`employees_5`.`id` as char(32)), 'null'), ',', coalesce(cast(`employees_5`.`manager_id` as char(32)), 'null'), ',', coalesce(cast(`tree_2`.`depth` as char(32)), 'null'), ']') order by `tree_2`.`depth`, `employees_5`.`id` separator ','), ']') from `employees` as `employees_5` inner join `tree` as `tree_2` on `tree_2`.`reached0` = `employees_5`.`id` where `tree_2`.`root0` = `employees`.`id`) from `employees`", 3n]],
    mysql: [["select `employees`.`id`, `employees`.`manager_id`, (with recursive `tree` as (select `employees_3`.`id` as `root0`, `employees_2`.`id` as `reached0`, 1 as `depth`, concat(concat(concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ','), concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), ',')), cast('' as char(1000000))) as `path` from `employees` as `employees_2` inner join `employees` as `employees_3` on `employees_2`.`manager_id` = `employees_3`.`id` where (`employees_2`.`id` <> `employees_3`.`id`) and (`employees_3`.`id` = `employees`.`id`) union all select `tree`.`root0` as `root0`, `employees_4`.`id` as `reached0`, `tree`.`depth` + 1 as `depth`, concat(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_4`.`id` as char)), '-'), ',')) as `path` from `employees` as `employees_4` inner join `tree` on `employees_4`.`manager_id` = `tree`.`reached0` where (instr(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_4`.`id` as char)), '-'), ',')) = (0)) and (`tree`.`depth` < ?)) select concat('[', group_concat(concat('[', coalesce(cast(`employees_5`.`id` as char(32)), 'null'), ',', coalesce(cast(`employees_5`.`manager_id` as char(32)), 'null'), ',', coalesce(cast(`tree_2`.`depth` as char(32)), 'null'), ']') order by `tree_2`.`depth`, `employees_5`.`id` separator ','), ']') from `employees` as `employees_5` inner join `tree` as `tree_2` on `tree_2`.`reached0` = `employees_5`.`id` where `tree_2`.`root0` = `employees`.`id`) from `employees`", 3n]]
  }),
  line("descendants: count", Query.from(Employee).pipe(Query.pluck(Relation.count(Relation.descendants(reports)))), {
    sqlite: [["select (with recursive \"tree\" as (select \"employees_3\".\"id\" as \"root0\", \"employees_2\".\"id\" as \"reached0\", 1 as \"depth\", ((',') || (coalesce(hex(\"employees_3\".\"id\"), '-')) || (',')) || ((',') || (coalesce(hex(\"employees_2\".\"id\"), '-')) || (',')) as \"path\" from \"employees\" as \"employees_2\" inner join \"employees\" as \"employees_3\" on \"employees_2\".\"manager_id\" = \"employees_3\".\"id\" where (\"employees_2\".\"id\" <> \"employees_3\".\"id\") and (\"employees_3\".\"id\" = \"employees\".\"id\") union all select \"tree\".\"root0\" as \"root0\", \"employees_4\".\"id\" as \"reached0\", \"tree\".\"depth\" + 1 as \"depth\", \"tree\".\"path\" || ((',') || (coalesce(hex(\"employees_4\".\"id\"), '-')) || (',')) as \"path\" from \"employees\" as \"employees_4\" inner join \"tree\" on \"employees_4\".\"manager_id\" = \"tree\".\"reached0\" where instr(\"tree\".\"path\", (',') || (coalesce(hex(\"employees_4\".\"id\"), '-')) || (',')) = (0)) select count(*) from \"employees\" as \"employees_5\" inner join \"tree\" as \"tree_2\" on \"tree_2\".\"reached0\" = \"employees_5\".\"id\" where \"tree_2\".\"root0\" = \"employees\".\"id\") from \"employees\""]],
    postgresql: [["select (with recursive \"tree\" as (select \"employees_3\".\"id\" as \"root0\", \"employees_2\".\"id\" as \"reached0\", 1 as \"depth\", cast(((',') || (coalesce(encode(convert_to(cast(\"employees_3\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) || ((',') || (coalesce(encode(convert_to(cast(\"employees_2\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) as text) collate \"C\" as \"path\" from \"employees\" as \"employees_2\" inner join \"employees\" as \"employees_3\" on \"employees_2\".\"manager_id\" = \"employees_3\".\"id\" where (\"employees_2\".\"id\" <> \"employees_3\".\"id\") and (\"employees_3\".\"id\" = \"employees\".\"id\") union all select \"tree\".\"root0\" as \"root0\", \"employees_4\".\"id\" as \"reached0\", \"tree\".\"depth\" + 1 as \"depth\", \"tree\".\"path\" || ((',') || (coalesce(encode(convert_to(cast(\"employees_4\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) as \"path\" from \"employees\" as \"employees_4\" inner join \"tree\" on \"employees_4\".\"manager_id\" = \"tree\".\"reached0\" where strpos(\"tree\".\"path\", (',') || (coalesce(encode(convert_to(cast(\"employees_4\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) = (0)) select count(*) from \"employees\" as \"employees_5\" inner join \"tree\" as \"tree_2\" on \"tree_2\".\"reached0\" = \"employees_5\".\"id\" where \"tree_2\".\"root0\" = \"employees\".\"id\") from \"employees\""]],
    mariadb: [["select (with recursive `tree` as (select `employees_3`.`id` as `root0`, `employees_2`.`id` as `reached0`, 1 as `depth`, concat(concat(concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ','), concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), ',')), cast('' as char(1000000))) as `path` from `employees` as `employees_2` inner join `employees` as `employees_3` on `employees_2`.`manager_id` = `employees_3`.`id` where (`employees_2`.`id` <> `employees_3`.`id`) and (1 = 1) union all select `tree`.`root0` as `root0`, `employees_4`.`id` as `reached0`, `tree`.`depth` + 1 as `depth`, concat(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_4`.`id` as char)), '-'), ',')) as `path` from `employees` as `employees_4` inner join `tree` on `employees_4`.`manager_id` = `tree`.`reached0` where instr(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_4`.`id` as char)), '-'), ',')) = (0)) select count(*) from `employees` as `employees_5` inner join `tree` as `tree_2` on `tree_2`.`reached0` = `employees_5`.`id` where `tree_2`.`root0` = `employees`.`id`) from `employees`"]],
    mysql: [["select (with recursive `tree` as (select `employees_3`.`id` as `root0`, `employees_2`.`id` as `reached0`, 1 as `depth`, concat(concat(concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ','), concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), ',')), cast('' as char(1000000))) as `path` from `employees` as `employees_2` inner join `employees` as `employees_3` on `employees_2`.`manager_id` = `employees_3`.`id` where (`employees_2`.`id` <> `employees_3`.`id`) and (`employees_3`.`id` = `employees`.`id`) union all select `tree`.`root0` as `root0`, `employees_4`.`id` as `reached0`, `tree`.`depth` + 1 as `depth`, concat(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_4`.`id` as char)), '-'), ',')) as `path` from `employees` as `employees_4` inner join `tree` on `employees_4`.`manager_id` = `tree`.`reached0` where instr(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_4`.`id` as char)), '-'), ',')) = (0)) select count(*) from `employees` as `employees_5` inner join `tree` as `tree_2` on `tree_2`.`reached0` = `employees_5`.`id` where `tree_2`.`root0` = `employees`.`id`) from `employees`"]]
  }),
  line("ancestors, of some", Query.from(Employee).pipe(Query.where({ id: 5 }), Query.include({ above: Relation.ancestors(manager, { as: "level" }).pipe(Relation.where((_, { level }) => Expr.lte(level, 2))) })), {
    sqlite: [
      ["select \"employees\".\"id\", \"employees\".\"manager_id\" from \"employees\" where \"employees\".\"id\" = ?", 5n],
      ["with recursive \"tree\" as (select \"employees_2\".\"id\" as \"root0\", \"employees\".\"id\" as \"reached0\", \"employees\".\"manager_id\" as \"reached1\", 1 as \"depth\", ((',') || (coalesce(hex(\"employees_2\".\"id\"), '-')) || (',')) || ((',') || (coalesce(hex(\"employees\".\"id\"), '-')) || (',')) as \"path\" from \"employees\" inner join \"employees\" as \"employees_2\" on \"employees\".\"id\" = \"employees_2\".\"manager_id\" where (\"employees\".\"id\" <> \"employees_2\".\"id\") and (\"employees_2\".\"id\" in (?)) union all select \"tree\".\"root0\" as \"root0\", \"employees_3\".\"id\" as \"reached0\", \"employees_3\".\"manager_id\" as \"reached1\", \"tree\".\"depth\" + 1 as \"depth\", \"tree\".\"path\" || ((',') || (coalesce(hex(\"employees_3\".\"id\"), '-')) || (',')) as \"path\" from \"employees\" as \"employees_3\" inner join \"tree\" on \"employees_3\".\"id\" = \"tree\".\"reached1\" where instr(\"tree\".\"path\", (',') || (coalesce(hex(\"employees_3\".\"id\"), '-')) || (',')) = (0)) select \"employees_4\".\"id\", \"employees_4\".\"manager_id\", \"tree_2\".\"root0\", \"tree_2\".\"depth\" from \"employees\" as \"employees_4\" inner join \"tree\" as \"tree_2\" on \"tree_2\".\"reached0\" = \"employees_4\".\"id\" where \"tree_2\".\"depth\" <= ? order by \"tree_2\".\"depth\", \"employees_4\".\"id\"", 1n, 2n]
    ],
    postgresql: [
      ["select \"employees\".\"id\", \"employees\".\"manager_id\" from \"employees\" where \"employees\".\"id\" = $1::integer", "5"],
      ["with recursive \"tree\" as (select \"employees_2\".\"id\" as \"root0\", \"employees\".\"id\" as \"reached0\", \"employees\".\"manager_id\" as \"reached1\", 1 as \"depth\", cast(((',') || (coalesce(encode(convert_to(cast(\"employees_2\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) || ((',') || (coalesce(encode(convert_to(cast(\"employees\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) as text) collate \"C\" as \"path\" from \"employees\" inner join \"employees\" as \"employees_2\" on \"employees\".\"id\" = \"employees_2\".\"manager_id\" where (\"employees\".\"id\" <> \"employees_2\".\"id\") and (\"employees_2\".\"id\" in ($1::integer)) union all select \"tree\".\"root0\" as \"root0\", \"employees_3\".\"id\" as \"reached0\", \"employees_3\".\"manager_id\" as \"reached1\", \"tree\".\"depth\" + 1 as \"depth\", \"tree\".\"path\" || ((',') || (coalesce(encode(convert_to(cast(\"employees_3\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) as \"path\" from \"employees\" as \"employees_3\" inner join \"tree\" on \"employees_3\".\"id\" = \"tree\".\"reached1\" where strpos(\"tree\".\"path\", (',') || (coalesce(encode(convert_to(cast(\"employees_3\".\"id\" as text), 'UTF8'), 'hex'), '-')) || (',')) = (0)) select \"employees_4\".\"id\", \"employees_4\".\"manager_id\", \"tree_2\".\"root0\", \"tree_2\".\"depth\" from \"employees\" as \"employees_4\" inner join \"tree\" as \"tree_2\" on \"tree_2\".\"reached0\" = \"employees_4\".\"id\" where \"tree_2\".\"depth\" <= $2::bigint order by \"tree_2\".\"depth\", \"employees_4\".\"id\"", "1", "2"]
    ],
    mariadb: [
      ["select `employees`.`id`, `employees`.`manager_id` from `employees` where `employees`.`id` = ?", 5n],
      ["with recursive `tree` as (select `employees_2`.`id` as `root0`, `employees`.`id` as `reached0`, `employees`.`manager_id` as `reached1`, 1 as `depth`, concat(concat(concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), ','), concat(',', coalesce(hex(cast(`employees`.`id` as char)), '-'), ',')), cast('' as char(1000000))) as `path` from `employees` inner join `employees` as `employees_2` on `employees`.`id` = `employees_2`.`manager_id` where (`employees`.`id` <> `employees_2`.`id`) and (`employees_2`.`id` in (?)) union all select `tree`.`root0` as `root0`, `employees_3`.`id` as `reached0`, `employees_3`.`manager_id` as `reached1`, `tree`.`depth` + 1 as `depth`, concat(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ',')) as `path` from `employees` as `employees_3` inner join `tree` on `employees_3`.`id` = `tree`.`reached1` where instr(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ',')) = (0)) select `employees_4`.`id`, `employees_4`.`manager_id`, `tree_2`.`root0`, `tree_2`.`depth` from `employees` as `employees_4` inner join `tree` as `tree_2` on `tree_2`.`reached0` = `employees_4`.`id` where `tree_2`.`depth` <= ? order by `tree_2`.`depth`, `employees_4`.`id`", 1n, 2n]
    ],
    mysql: [
      ["select `employees`.`id`, `employees`.`manager_id` from `employees` where `employees`.`id` = ?", 5n],
      ["with recursive `tree` as (select `employees_2`.`id` as `root0`, `employees`.`id` as `reached0`, `employees`.`manager_id` as `reached1`, 1 as `depth`, concat(concat(concat(',', coalesce(hex(cast(`employees_2`.`id` as char)), '-'), ','), concat(',', coalesce(hex(cast(`employees`.`id` as char)), '-'), ',')), cast('' as char(1000000))) as `path` from `employees` inner join `employees` as `employees_2` on `employees`.`id` = `employees_2`.`manager_id` where (`employees`.`id` <> `employees_2`.`id`) and (`employees_2`.`id` in (?)) union all select `tree`.`root0` as `root0`, `employees_3`.`id` as `reached0`, `employees_3`.`manager_id` as `reached1`, `tree`.`depth` + 1 as `depth`, concat(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ',')) as `path` from `employees` as `employees_3` inner join `tree` on `employees_3`.`id` = `tree`.`reached1` where instr(`tree`.`path`, concat(',', coalesce(hex(cast(`employees_3`.`id` as char)), '-'), ',')) = (0)) select `employees_4`.`id`, `employees_4`.`manager_id`, `tree_2`.`root0`, `tree_2`.`depth` from `employees` as `employees_4` inner join `tree` as `tree_2` on `tree_2`.`reached0` = `employees_4`.`id` where `tree_2`.`depth` <= ? order by `tree_2`.`depth`, `employees_4`.`id`", 1n, 2n]
    ]
  }),
  line("descendants over a link", Query.from(Post).pipe(Query.include({ all: Relation.descendants(related, { maxDepth: 2 }) })), {
    sqlite: [
      ["select \"posts\".\"id\", \"posts\".\"author_id\", \"posts\".\"title\", \"posts\".\"published\" from \"posts\""],
      ["with recursive \"tree\" as (select \"posts_2\".\"id\" as \"root0\", \"posts\".\"id\" as \"reached0\", 1 as \"depth\" from \"posts\" inner join (select distinct \"posts_tags_2\".\"post_id\" as \"start0\", \"posts_tags\".\"post_id\" as \"end0\" from \"posts_tags\" inner join \"tags\" on \"tags\".\"id\" = \"posts_tags\".\"tag_id\" inner join \"posts_tags\" as \"posts_tags_2\" on \"posts_tags_2\".\"tag_id\" = \"tags\".\"id\") as \"pairs\" on \"pairs\".\"end0\" = \"posts\".\"id\" inner join \"posts\" as \"posts_2\" on \"pairs\".\"start0\" = \"posts_2\".\"id\" where (\"posts\".\"id\" <> \"posts_2\".\"id\") and (\"posts_2\".\"id\" in (?)) union select \"tree\".\"root0\" as \"root0\", \"posts_3\".\"id\" as \"reached0\", \"tree\".\"depth\" + 1 as \"depth\" from \"posts\" as \"posts_3\" inner join (select distinct \"posts_tags_4\".\"post_id\" as \"start0\", \"posts_tags_3\".\"post_id\" as \"end0\" from \"posts_tags\" as \"posts_tags_3\" inner join \"tags\" as \"tags_2\" on \"tags_2\".\"id\" = \"posts_tags_3\".\"tag_id\" inner join \"posts_tags\" as \"posts_tags_4\" on \"posts_tags_4\".\"tag_id\" = \"tags_2\".\"id\") as \"pairs_2\" on \"pairs_2\".\"end0\" = \"posts_3\".\"id\" inner join \"tree\" on \"pairs_2\".\"start0\" = \"tree\".\"reached0\" where (\"posts_3\".\"id\" <> \"tree\".\"root0\") and (\"tree\".\"depth\" < ?)) select \"posts_4\".\"id\", \"posts_4\".\"author_id\", \"posts_4\".\"title\", \"posts_4\".\"published\", \"nearest\".\"root0\", \"nearest\".\"depth\" from \"posts\" as \"posts_4\" inner join (select \"tree_2\".\"root0\" as \"root0\", \"tree_2\".\"reached0\" as \"reached0\", min(\"tree_2\".\"depth\") as \"depth\" from \"tree\" as \"tree_2\" group by \"tree_2\".\"root0\", \"tree_2\".\"reached0\") as \"nearest\" on \"nearest\".\"reached0\" = \"posts_4\".\"id\" order by \"nearest\".\"depth\", \"posts_4\".\"id\"", 1n, 2n]
    ],
    postgresql: [
      ["select \"posts\".\"id\", \"posts\".\"author_id\", \"posts\".\"title\", \"posts\".\"published\" from \"posts\""],
      ["with recursive \"tree\" as (select \"posts_2\".\"id\" as \"root0\", \"posts\".\"id\" as \"reached0\", 1 as \"depth\" from \"posts\" inner join (select distinct \"posts_tags_2\".\"post_id\" as \"start0\", \"posts_tags\".\"post_id\" as \"end0\" from \"posts_tags\" inner join \"tags\" on \"tags\".\"id\" = \"posts_tags\".\"tag_id\" inner join \"posts_tags\" as \"posts_tags_2\" on \"posts_tags_2\".\"tag_id\" = \"tags\".\"id\") as \"pairs\" on \"pairs\".\"end0\" = \"posts\".\"id\" inner join \"posts\" as \"posts_2\" on \"pairs\".\"start0\" = \"posts_2\".\"id\" where (\"posts\".\"id\" <> \"posts_2\".\"id\") and (\"posts_2\".\"id\" in ($1::integer)) union select \"tree\".\"root0\" as \"root0\", \"posts_3\".\"id\" as \"reached0\", \"tree\".\"depth\" + 1 as \"depth\" from \"posts\" as \"posts_3\" inner join (select distinct \"posts_tags_4\".\"post_id\" as \"start0\", \"posts_tags_3\".\"post_id\" as \"end0\" from \"posts_tags\" as \"posts_tags_3\" inner join \"tags\" as \"tags_2\" on \"tags_2\".\"id\" = \"posts_tags_3\".\"tag_id\" inner join \"posts_tags\" as \"posts_tags_4\" on \"posts_tags_4\".\"tag_id\" = \"tags_2\".\"id\") as \"pairs_2\" on \"pairs_2\".\"end0\" = \"posts_3\".\"id\" inner join \"tree\" on \"pairs_2\".\"start0\" = \"tree\".\"reached0\" where (\"posts_3\".\"id\" <> \"tree\".\"root0\") and (\"tree\".\"depth\" < $2::bigint)) select \"posts_4\".\"id\", \"posts_4\".\"author_id\", \"posts_4\".\"title\", \"posts_4\".\"published\", \"nearest\".\"root0\", \"nearest\".\"depth\" from \"posts\" as \"posts_4\" inner join (select \"tree_2\".\"root0\" as \"root0\", \"tree_2\".\"reached0\" as \"reached0\", min(\"tree_2\".\"depth\") as \"depth\" from \"tree\" as \"tree_2\" group by \"tree_2\".\"root0\", \"tree_2\".\"reached0\") as \"nearest\" on \"nearest\".\"reached0\" = \"posts_4\".\"id\" order by \"nearest\".\"depth\", \"posts_4\".\"id\"", "1", "2"]
    ],
    mariadb: [
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts`"],
      ["with recursive `tree` as (select `posts_2`.`id` as `root0`, `posts`.`id` as `reached0`, 1 as `depth` from `posts` inner join (select distinct `posts_tags_2`.`post_id` as `start0`, `posts_tags`.`post_id` as `end0` from `posts_tags` inner join `tags` on `tags`.`id` = `posts_tags`.`tag_id` inner join `posts_tags` as `posts_tags_2` on `posts_tags_2`.`tag_id` = `tags`.`id`) as `pairs` on `pairs`.`end0` = `posts`.`id` inner join `posts` as `posts_2` on `pairs`.`start0` = `posts_2`.`id` where (`posts`.`id` <> `posts_2`.`id`) and (`posts_2`.`id` in (?)) union select `tree`.`root0` as `root0`, `posts_3`.`id` as `reached0`, `tree`.`depth` + 1 as `depth` from `posts` as `posts_3` inner join (select distinct `posts_tags_4`.`post_id` as `start0`, `posts_tags_3`.`post_id` as `end0` from `posts_tags` as `posts_tags_3` inner join `tags` as `tags_2` on `tags_2`.`id` = `posts_tags_3`.`tag_id` inner join `posts_tags` as `posts_tags_4` on `posts_tags_4`.`tag_id` = `tags_2`.`id`) as `pairs_2` on `pairs_2`.`end0` = `posts_3`.`id` inner join `tree` on `pairs_2`.`start0` = `tree`.`reached0` where (`posts_3`.`id` <> `tree`.`root0`) and (`tree`.`depth` < ?)) select `posts_4`.`id`, `posts_4`.`author_id`, `posts_4`.`title`, `posts_4`.`published`, `nearest`.`root0`, `nearest`.`depth` from `posts` as `posts_4` inner join (select `tree_2`.`root0` as `root0`, `tree_2`.`reached0` as `reached0`, min(`tree_2`.`depth`) as `depth` from `tree` as `tree_2` group by `tree_2`.`root0`, `tree_2`.`reached0`) as `nearest` on `nearest`.`reached0` = `posts_4`.`id` order by `nearest`.`depth`, `posts_4`.`id`", 1n, 2n]
    ],
    mysql: [
      ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts`"],
      ["with recursive `tree` as (select `posts_2`.`id` as `root0`, `posts`.`id` as `reached0`, 1 as `depth` from `posts` inner join (select distinct `posts_tags_2`.`post_id` as `start0`, `posts_tags`.`post_id` as `end0` from `posts_tags` inner join `tags` on `tags`.`id` = `posts_tags`.`tag_id` inner join `posts_tags` as `posts_tags_2` on `posts_tags_2`.`tag_id` = `tags`.`id`) as `pairs` on `pairs`.`end0` = `posts`.`id` inner join `posts` as `posts_2` on `pairs`.`start0` = `posts_2`.`id` where (`posts`.`id` <> `posts_2`.`id`) and (`posts_2`.`id` in (?)) union select `tree`.`root0` as `root0`, `posts_3`.`id` as `reached0`, `tree`.`depth` + 1 as `depth` from `posts` as `posts_3` inner join (select distinct `posts_tags_4`.`post_id` as `start0`, `posts_tags_3`.`post_id` as `end0` from `posts_tags` as `posts_tags_3` inner join `tags` as `tags_2` on `tags_2`.`id` = `posts_tags_3`.`tag_id` inner join `posts_tags` as `posts_tags_4` on `posts_tags_4`.`tag_id` = `tags_2`.`id`) as `pairs_2` on `pairs_2`.`end0` = `posts_3`.`id` inner join `tree` on `pairs_2`.`start0` = `tree`.`reached0` where (`posts_3`.`id` <> `tree`.`root0`) and (`tree`.`depth` < ?)) select `posts_4`.`id`, `posts_4`.`author_id`, `posts_4`.`title`, `posts_4`.`published`, `nearest`.`root0`, `nearest`.`depth` from `posts` as `posts_4` inner join (select `tree_2`.`root0` as `root0`, `tree_2`.`reached0` as `reached0`, min(`tree_2`.`depth`) as `depth` from `tree` as `tree_2` group by `tree_2`.`root0`, `tree_2`.`reached0`) as `nearest` on `nearest`.`reached0` = `posts_4`.`id` order by `nearest`.`depth`, `posts_4`.`id`", 1n, 2n]
    ]
  }),
  line("load onto rows", Relation.load([{ id: 7, managerId: 3 }, { id: 8, managerId: 3 }], { manager, reports }), {
    sqlite: [
      ["select \"employees\".\"id\", \"employees\".\"manager_id\" from \"employees\" where \"employees\".\"id\" in (?)", 3n],
      ["select \"employees\".\"id\", \"employees\".\"manager_id\" from \"employees\" where \"employees\".\"manager_id\" in (?, ?)", 7n, 8n]
    ],
    postgresql: [

    ],
    mariadb: [

    ],
    mysql: [

    ]
  }),
  line("lazy", Relation.lazy(userPosts)({ id: 7 }), {
    sqlite: [["select \"posts\".\"id\", \"posts\".\"author_id\", \"posts\".\"title\", \"posts\".\"published\" from \"posts\" where \"posts\".\"author_id\" in (?)", 7n]],
    postgresql: [["select \"posts\".\"id\", \"posts\".\"author_id\", \"posts\".\"title\", \"posts\".\"published\" from \"posts\" where \"posts\".\"author_id\" in ($1::integer)", "7"]],
    mariadb: [["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts` where `posts`.`author_id` in (?)", 7n]],
    mysql: [["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts` where `posts`.`author_id` in (?)", 7n]]
  }),
  line("repository: findById, of several columns", Repository.make(PostTag).findById({ postId: 1, tagId: 2 }), {
    sqlite: [["select \"posts_tags\".\"post_id\", \"posts_tags\".\"tag_id\" from \"posts_tags\" where (\"posts_tags\".\"post_id\" = ?) and (\"posts_tags\".\"tag_id\" = ?)", 1n, 2n]],
    postgresql: [["select \"posts_tags\".\"post_id\", \"posts_tags\".\"tag_id\" from \"posts_tags\" where (\"posts_tags\".\"post_id\" = $1::integer) and (\"posts_tags\".\"tag_id\" = $2::integer)", "1", "2"]],
    mariadb: [["select `posts_tags`.`post_id`, `posts_tags`.`tag_id` from `posts_tags` where (`posts_tags`.`post_id` = ?) and (`posts_tags`.`tag_id` = ?)", 1n, 2n]],
    mysql: [["select `posts_tags`.`post_id`, `posts_tags`.`tag_id` from `posts_tags` where (`posts_tags`.`post_id` = ?) and (`posts_tags`.`tag_id` = ?)", 1n, 2n]]
  }),
  line("repository: findBy, sorted and bounded", Repository.make(User).findBy({ name: { startsWith: "a" } }, { orderBy: (u) => Expr.asc(u.age), limit: 3 }), {
    sqlite: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\" where \"users\".\"name\" like ? escape '\\' order by \"users\".\"age\" limit +?", "a%", 3n]],
    postgresql: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\" where \"users\".\"name\" like $1 order by \"users\".\"age\" limit $2::bigint", "a%", "3"]],
    mariadb: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`name` like ? order by `users`.`age` limit ?", "a%", 3n]],
    mysql: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`name` like ? order by `users`.`age` limit ?", "a%", 3n]]
  }),
  line("repository: update, a patch", Repository.make(Tag).update(7, { label: "new" }), {
    sqlite: [["update \"tags\" set \"label\" = ? where \"tags\".\"id\" = ? returning \"id\", \"label\"", "new", 7n]],
    postgresql: [["update \"tags\" set \"label\" = $1 where \"tags\".\"id\" = $2::integer returning \"id\", \"label\"", "new", "7"]],
    mariadb: [
      ["begin"],
      ["update `tags` set `label` = ? where `tags`.`id` = ?", "new", 7n],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?)", 7n],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["update `tags` set `label` = ? where `tags`.`id` = ?", "new", 7n],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?)", 7n],
      ["commit"]
    ]
  }),
  line("repository: increment", Repository.make(Counter).increment(7, { hits: 2 }), {
    sqlite: [["update \"counters\" set \"hits\" = (\"counters\".\"hits\" + ?) where \"counters\".\"id\" = ? returning \"id\", \"label\", \"hits\"", 2n, 7n]],
    postgresql: [["update \"counters\" set \"hits\" = (\"counters\".\"hits\" + $1::bigint) where \"counters\".\"id\" = $2::integer returning \"id\", \"label\", \"hits\"", "2", "7"]],
    mariadb: [
      ["begin"],
      ["update `counters` set `hits` = (`counters`.`hits` + ?) where `counters`.`id` = ?", 2n, 7n],
      ["select `counters`.`id`, `counters`.`label`, `counters`.`hits` from `counters` where `counters`.`id` in (?)", 7n],
      ["commit"]
    ],
    mysql: [
      ["begin"],
      ["update `counters` set `hits` = (`counters`.`hits` + ?) where `counters`.`id` = ?", 2n, 7n],
      ["select `counters`.`id`, `counters`.`label`, `counters`.`hits` from `counters` where `counters`.`id` in (?)", 7n],
      ["commit"]
    ]
  }),
  line("repository: save, without and with its key", Effect.andThen(Repository.make(Tag).save({ label: "a" }), Repository.make(Tag).save({ id: 3, label: "a" })), {
    sqlite: [
      ["insert into \"tags\" (\"label\") values (?) returning \"id\", \"label\"", "a"],
      ["insert into \"tags\" (\"id\", \"label\") values (?, ?) on conflict (\"id\") do update set \"label\" = excluded.\"label\" returning \"id\", \"label\"", 3n, "a"]
    ],
    postgresql: [
      ["insert into \"tags\" (\"label\") values ($1) returning \"id\", \"label\"", "a"],
      ["insert into \"tags\" (\"id\", \"label\") values ($1::integer, $2) on conflict (\"id\") do update set \"label\" = excluded.\"label\" returning \"id\", \"label\"", "3", "a"]
    ],
    mariadb: [
      ["insert into `tags` (`label`) values (?) returning `id`, `label`", "a"],
      ["insert into `tags` (`id`, `label`) values (?, ?) on duplicate key update `label` = values(`label`) returning `id`, `label`", 3n, "a"]
    ],
    mysql: [
      ["begin"],
      ["insert into `tags` (`label`) values (?)", "a"],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?)", 1n],
      ["commit"],
      ["begin"],
      ["insert into `tags` (`id`, `label`) values (?, ?) on duplicate key update `label` = values(`label`)", 3n, "a"],
      ["select `tags`.`id`, `tags`.`label` from `tags` where `tags`.`id` in (?)", 3n],
      ["commit"]
    ]
  }),
  line("repository: delete", Repository.make(PostTag).delete({ postId: 1, tagId: 2 }), {
    sqlite: [["delete from \"posts_tags\" where (\"posts_tags\".\"post_id\" = ?) and (\"posts_tags\".\"tag_id\" = ?)", 1n, 2n]],
    postgresql: [["delete from \"posts_tags\" where (\"posts_tags\".\"post_id\" = $1::integer) and (\"posts_tags\".\"tag_id\" = $2::integer)", "1", "2"]],
    mariadb: [["delete from `posts_tags` where (`posts_tags`.`post_id` = ?) and (`posts_tags`.`tag_id` = ?)", 1n, 2n]],
    mysql: [["delete from `posts_tags` where (`posts_tags`.`post_id` = ?) and (`posts_tags`.`tag_id` = ?)", 1n, 2n]]
  }),
  line("repository: load, by itself", Repository.make(User).load(3), {
    sqlite: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\" where \"users\".\"id\" = ?", 3n]],
    postgresql: [["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\" where \"users\".\"id\" = $1::integer", "3"]],
    mariadb: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`id` = ?", 3n]],
    mysql: [["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`id` = ?", 3n]]
  }),
  line("repository: load, two at a time", Effect.ignore(Effect.all([Repository.make(User).load(3), Repository.make(User).load(4)], { batching: true, concurrency: "unbounded" })), {
    sqlite: [
      ["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\" where \"users\".\"id\" in (?)", 3n],
      ["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\" where \"users\".\"id\" in (?)", 4n]
    ],
    postgresql: [
      ["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\" where \"users\".\"id\" in ($1::integer)", "3"],
      ["select \"users\".\"id\", \"users\".\"name\", \"users\".\"age\", \"users\".\"nick\" from \"users\" where \"users\".\"id\" in ($1::integer)", "4"]
    ],
    mariadb: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`id` in (?)", 3n],
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`id` in (?)", 4n]
    ],
    mysql: [
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`id` in (?)", 3n],
      ["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` where `users`.`id` in (?)", 4n]
    ]
  })
]
