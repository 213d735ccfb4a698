/**
 * The golden table of locking reads; a column a dialect.
 */
// dprint-ignore-file: a line a dialect, whatever its length
import { Expr, Query, Transaction } from "effect-strata"
import { Post, Tag, User, userPosts } from "./models.js"
import type { Sent } from "./record.js"
import { line, unsupported } from "./record.js"

const locked = <A, S extends typeof User | typeof Post | typeof Tag, J, R>(query: Query.Query<A, S, J, R>) =>
  Transaction.run(Query.pluck<S, J, number, never>((columns) => columns.id as Expr.Expr<number>)(query))
const within = (...sent: ReadonlyArray<Sent>): ReadonlyArray<Sent> => [["begin"], ...sent, ["commit"]]
const postsOfUsers = Query.from(Post).pipe(Query.leftJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)))

export const locking = [
  line("forUpdate", locked(Query.from(Tag).pipe(Query.where({ label: "a" }), Query.orderBy((t) => Expr.asc(t.id)), Query.limit(1), Query.forUpdate())), {
    sqlite: within([`select "tags"."id" from "tags" where "tags"."label" = ? order by "tags"."id" limit +?`, "a", 1n]),
    postgresql: within([`select "tags"."id" from "tags" where "tags"."label" = $1 order by "tags"."id" limit $2::bigint for update`, "a", "1"]),
    mariadb: within(["select `tags`.`id` from `tags` where `tags`.`label` = ? order by `tags`.`id` limit ? for update", "a", 1n]),
    mysql: within(["select `tags`.`id` from `tags` where `tags`.`label` = ? order by `tags`.`id` limit ? for update", "a", 1n])
  }),
  line("forUpdate: skipLocked", locked(Query.from(Tag).pipe(Query.forUpdate({ skipLocked: true }))), {
    sqlite: within([`select "tags"."id" from "tags"`]),
    postgresql: within([`select "tags"."id" from "tags" for update skip locked`]),
    mariadb: within(["select `tags`.`id` from `tags` for update skip locked"]),
    mysql: within(["select `tags`.`id` from `tags` for update skip locked"])
  }),
  line("forUpdate: noWait", locked(Query.from(Tag).pipe(Query.forUpdate({ noWait: true }))), {
    sqlite: within([`select "tags"."id" from "tags"`]),
    postgresql: within([`select "tags"."id" from "tags" for update nowait`]),
    mariadb: within(["select `tags`.`id` from `tags` for update nowait"]),
    mysql: within(["select `tags`.`id` from `tags` for update nowait"])
  }),
  line("forUpdate: the joined rows stay free", locked(postsOfUsers.pipe(Query.forUpdate())), {
    sqlite: within([`select "posts"."id" from "posts" left join "users" as "author" on "posts"."author_id" = "author"."id"`]),
    postgresql: within([`select "posts"."id" from "posts" left join "users" as "author" on "posts"."author_id" = "author"."id" for update of "posts"`]),
    mariadb: within(["select `posts`.`id` from `posts` left join `users` as `author` on `posts`.`author_id` = `author`.`id` for update"]),
    mysql: within(["select `posts`.`id` from `posts` left join `users` as `author` on `posts`.`author_id` = `author`.`id` for update of `posts`"])
  }),
  line("forUpdate: skipLocked beside a join", locked(postsOfUsers.pipe(Query.forUpdate({ skipLocked: true }))), {
    sqlite: within([`select "posts"."id" from "posts" left join "users" as "author" on "posts"."author_id" = "author"."id"`]),
    postgresql: within([`select "posts"."id" from "posts" left join "users" as "author" on "posts"."author_id" = "author"."id" for update of "posts" skip locked`]),
    mariadb: unsupported("skip locked beside a join"),
    mysql: within(["select `posts`.`id` from `posts` left join `users` as `author` on `posts`.`author_id` = `author`.`id` for update of `posts` skip locked"])
  }),
  line("forUpdate: relations are read as ever", Query.from(User).pipe(Query.include({ posts: userPosts }), Query.forUpdate(), Transaction.run()), {
    sqlite: within([`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users"`], [`select "posts"."id", "posts"."author_id", "posts"."title", "posts"."published" from "posts" where "posts"."author_id" in (?)`, 1n]),
    postgresql: within([`select "users"."id", "users"."name", "users"."age", "users"."nick" from "users" for update`], [`select "posts"."id", "posts"."author_id", "posts"."title", "posts"."published" from "posts" where "posts"."author_id" in ($1::integer)`, "1"]),
    mariadb: within(["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` for update"], ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts` where `posts`.`author_id` in (?)", 1n]),
    mysql: within(["select `users`.`id`, `users`.`name`, `users`.`age`, `users`.`nick` from `users` for update"], ["select `posts`.`id`, `posts`.`author_id`, `posts`.`title`, `posts`.`published` from `posts` where `posts`.`author_id` in (?)", 1n])
  }),
  line("forUpdate: exists", Query.exists(Query.from(Tag).pipe(Query.where({ id: 1 }), Query.forUpdate())).pipe(Transaction.run()), {
    sqlite: within([`select 1 = 1 from "tags" where "tags"."id" = ? limit 1`, 1n]),
    postgresql: within([`select 1 = 1 from "tags" where "tags"."id" = $1::integer limit 1 for update`, "1"]),
    mariadb: within(["select 1 = 1 from `tags` where `tags`.`id` = ? limit 1 for update", 1n]),
    mysql: within(["select 1 = 1 from `tags` where `tags`.`id` = ? limit 1 for update", 1n])
  }),
  line("forShare", locked(Query.from(Tag).pipe(Query.forShare())), {
    sqlite: within([`select "tags"."id" from "tags"`]),
    postgresql: within([`select "tags"."id" from "tags" for share`]),
    mariadb: within(["select `tags`.`id` from `tags` lock in share mode"]),
    mysql: within(["select `tags`.`id` from `tags` for share"])
  }),
  line("forShare: noWait", locked(Query.from(Tag).pipe(Query.forShare({ noWait: true }))), {
    sqlite: within([`select "tags"."id" from "tags"`]),
    postgresql: within([`select "tags"."id" from "tags" for share nowait`]),
    mariadb: within(["select `tags`.`id` from `tags` lock in share mode nowait"]),
    mysql: within(["select `tags`.`id` from `tags` for share nowait"])
  }),
  line("forNoKeyUpdate", locked(Query.from(Tag).pipe(Query.forNoKeyUpdate({ skipLocked: true }))), {
    sqlite: unsupported("for no key update"),
    postgresql: within([`select "tags"."id" from "tags" for no key update skip locked`]),
    mariadb: unsupported("for no key update"),
    mysql: unsupported("for no key update")
  }),
  line("forKeyShare", locked(Query.from(Tag).pipe(Query.forKeyShare())), {
    sqlite: unsupported("for key share"),
    postgresql: within([`select "tags"."id" from "tags" for key share`]),
    mariadb: unsupported("for key share"),
    mysql: unsupported("for key share")
  })
]
