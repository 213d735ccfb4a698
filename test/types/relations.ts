/**
 * Relations: what they are keyed by, nested includes, tests.
 */
import * as Effect from "effect/Effect"
import { Expr, Query, Relation } from "effect-strata"
import { Comment, Group, Membership, Post, User } from "./models.js"
import { given, is } from "./support.js"
import type { RowOf } from "./support.js"

export const userPosts = Relation.hasMany(User, Post, "authorId")
export const postAuthor = Relation.belongsTo(Post, User, "authorId")
export const postComments = Relation.hasMany(Post, Comment, "postId")
export const commentAuthor = Relation.belongsTo(Comment, User, "authorId")
export const userManager = Relation.belongsTo(User, User, "managerId")
export const userPost = Relation.hasOne(User, Post, "authorId")
export const favouritePost = Relation.belongsTo(User, Post, "favouritePostId")
export const userGroups = Relation.manyToMany(User, Group, { through: Membership, from: "userId", to: "groupId" })
export const byRecord = Relation.hasMany(User, Post, { authorId: "id" })

// ---- what each loads to
export const all = Query.from(User).pipe(
  Query.include({ posts: userPosts, manager: userManager, first: userPost, best: favouritePost, groups: userGroups })
)
is<RowOf<typeof all>["posts"], ReadonlyArray<Post>>(true)
is<RowOf<typeof all>["manager"], User | null>(true)
is<RowOf<typeof all>["first"], Post | null>(true)
is<RowOf<typeof all>["best"], Post | null>(true)
is<RowOf<typeof all>["groups"], ReadonlyArray<Group>>(true)
is<RowOf<ReturnType<typeof one>>["author"], User>(true)
export const one = () => Query.from(Post).pipe(Query.include({ author: postAuthor }))
// the row stays an instance of the model
export const asUser: (row: RowOf<typeof all>) => User = (row) => row

// ---- nested
export const deep = Query.from(User).pipe(
  Query.where({ age: { gte: 18 } }),
  Query.include({
    manager: userManager,
    groups: userGroups,
    posts: userPosts.pipe(
      Relation.where({ published: true }),
      Relation.where((p) => Expr.eq(p.title, "x")),
      Relation.orderBy((p) => Expr.desc(p.id)),
      Relation.limit(3),
      Relation.include({
        comments: postComments.pipe(
          Relation.include({
            author: commentAuthor.pipe(
              Relation.include({
                groups: userGroups,
                posts: userPosts.pipe(Relation.include({ author: postAuthor }))
              })
            )
          })
        )
      })
    )
  })
)
export const use = Effect.gen(function*() {
  const rows = yield* deep
  const row = rows[0]!
  const five: string = row.posts[0]!.comments[0]!.author.posts[0]!.author.label
  is<typeof row.manager, User | null>(true)
  is<typeof row.groups, ReadonlyArray<Group>>(true)
  is<typeof row.label, string>(true)
  // @ts-expect-error not included
  given(row.posts[0]!.author)
  return five
})

// ---- tests of relations: callbacks, and inside one
export const writers = Query.from(User).pipe(
  Query.where(Relation.some(userPosts, { published: true })),
  Query.where(Relation.none(userPosts)),
  Query.where((u) =>
    Expr.or(Relation.none(userGroups)(u), Relation.every(userPosts, (p) => Expr.eq(p.published, true))(u))
  )
)
is<RowOf<typeof writers>, User>(true)
export const throughJoin = Query.from(Post).pipe(
  Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)),
  Query.where((_, { author }) => Relation.some(userGroups, { name: "x" })(author))
)

// ---- refused
// @ts-expect-error another model's relation
given(Query.from(User).pipe(Query.include({ author: postAuthor })))
// @ts-expect-error hides a column
given(Query.from(User).pipe(Query.include({ name: userPosts })))
// @ts-expect-error hides a column of the related model
given(userPosts.pipe(Relation.include({ title: postAuthor })))
// @ts-expect-error a column that cannot hold a UserId
given(Relation.hasMany(User, Post, "title"))
// @ts-expect-error a column that does not exist
given(Relation.hasMany(User, Post, "authorID"))
// @ts-expect-error a column that cannot hold the key
given(Relation.belongsTo(Post, User, "title"))
// @ts-expect-error a column of the link that cannot hold the key
given(Relation.manyToMany(User, Group, { through: Membership, from: "groupId", to: "userId" }))
// @ts-expect-error a record that names no column of the other model
given(Relation.hasMany(User, Post, { nope: "id" }))
// @ts-expect-error a limit needs many
given(postAuthor.pipe(Relation.limit(3)))
// @ts-expect-error the test of another model's relation
given(Query.from(Post).pipe(Query.where(Relation.some(userPosts))))
// @ts-expect-error a column that the related model has not
given(Query.from(User).pipe(Query.where(Relation.some(userPosts, (p) => Expr.eq(p.age, 3)))))
// @ts-expect-error an order over a column that the related model has not
given(userPosts.pipe(Relation.orderBy((p) => Expr.asc(p.age))))

// ---- composite keys, checked on both sides
export const commentOfAuthor = Relation.belongsTo(Comment, Post, { postId: "id", authorId: "authorId" })
is<(typeof commentOfAuthor)[typeof Relation.LoadedId], Post>(true)
export const maybeNull = Relation.belongsTo(User, Post, { favouritePostId: "id", id: "authorId" })
is<(typeof maybeNull)[typeof Relation.LoadedId], Post | null>(true)
export const recorded = Relation.manyToMany(User, Group, {
  through: Membership,
  from: { userId: "id" },
  to: { groupId: "id" }
})
is<(typeof recorded)[typeof Relation.LoadedId], ReadonlyArray<Group>>(true)
// @ts-expect-error a column that cannot hold the other
given(Relation.belongsTo(Comment, Post, { postId: "id", authorId: "title" }))
// @ts-expect-error a column of the other side that does not exist
given(Relation.belongsTo(Comment, Post, { postId: "ID" }))
// @ts-expect-error a column that does not exist beside one that does
given(Relation.belongsTo(Comment, Post, { postId: "id", nope: "id" }))
// @ts-expect-error a column of the link that cannot hold the key
given(Relation.manyToMany(User, Group, { through: Membership, from: { groupId: "id" }, to: "groupId" }))

// ---- the rows of a link
export const joinedGroups = Relation.manyToMany(User, Group, {
  through: Membership,
  from: "userId",
  to: "groupId",
  as: "membership"
})
export const withLinks = Query.from(User).pipe(
  Query.include({
    groups: joinedGroups.pipe(
      Relation.where({ name: "x" }),
      Relation.where((g, { membership }) => Expr.and(Expr.eq(g.name, "x"), Expr.isNotNull(membership.since))),
      Relation.orderBy((_, { membership }) => Expr.desc(membership.since)),
      Relation.offset(1),
      Relation.limit(3)
    )
  }),
  Query.where(Relation.some(joinedGroups, (_, { membership }) => Expr.isNotNull(membership.since))),
  Query.where({ and: [Relation.none(joinedGroups, { name: "y" })] })
)
is<RowOf<typeof withLinks>["groups"], ReadonlyArray<Group & { readonly membership: Membership }>>(true)
// @ts-expect-error the link under the name of a column
given(Relation.manyToMany(User, Group, { through: Membership, from: "userId", to: "groupId", as: "name" }))
// @ts-expect-error a column that the link has not
given(joinedGroups.pipe(Relation.orderBy((_, { membership }) => Expr.desc(membership.until))))
// @ts-expect-error a relation that gives no rows of a link
given(userGroups.pipe(Relation.orderBy((_, { membership }) => Expr.desc(membership.since))))
// @ts-expect-error an offset needs many
given(postAuthor.pipe(Relation.offset(3)))

// ---- through others
export const userComments = Relation.through(userPosts, postComments)
is<typeof userComments, Relation.Relation<typeof User, typeof Comment, "many", Comment>>(true)
export const authorsManager = Relation.through(postAuthor, userManager)
is<typeof authorsManager, Relation.Relation<typeof Post, typeof User, "option", User>>(true)
export const ofAuthor = Relation.through(
  commentAuthor,
  userPosts.pipe(Relation.include({ author: postAuthor }))
)
is<
  typeof ofAuthor,
  Relation.Relation<typeof Comment, typeof Post, "many", Post & { readonly author: User }>
>(true)
// @ts-expect-error relations that do not meet
given(Relation.through(userPosts, userComments))

// ---- counts and aggregates
export const counted = Query.from(User).pipe(
  Query.orderBy((u) => Expr.desc(Relation.count(userPosts)(u))),
  Query.where((u) => Expr.gt(Relation.count(userPosts, { published: true })(u), 2)),
  Query.select((u) => ({
    posts: Relation.count(userPosts)(u),
    stars: Relation.aggregate(userComments, (c) => Expr.sum(c.stars))(u),
    last: Relation.aggregate(joinedGroups, (_, { membership }) => Expr.max(membership.since))(u)
  }))
)
is<RowOf<typeof counted>["posts"], number>(true)
is<RowOf<typeof counted>["stars"], number | null>(true)
// @ts-expect-error the count of another model's relation
given(Query.from(Post).pipe(Query.pluck(Relation.count(userPosts))))
// @ts-expect-error a condition that is undefined, which is not the same as none
given(Relation.count(userPosts, undefined))
// @ts-expect-error nor in a test
given(Relation.some(userPosts, undefined))
// @ts-expect-error a column that the related model has not
given(Relation.aggregate(userPosts, (p) => Expr.sum(p.views)))

// ---- trees
const reports = Relation.hasMany(User, User, "managerId")
export const trees = Query.from(User).pipe(
  Query.include({
    above: Relation.ancestors(userManager),
    below: Relation.descendants(reports, { maxDepth: 3, as: "level" }).pipe(
      Relation.where((_, { level }) => Expr.gt(level, 1)),
      Relation.include({ posts: userPosts })
    ),
    posts: Relation.through(Relation.descendants(reports), userPosts)
  })
)
is<RowOf<typeof trees>["above"], ReadonlyArray<User & { readonly depth: number }>>(true)
is<RowOf<typeof trees>["below"][number]["level"], number>(true)
is<RowOf<typeof trees>["below"][number]["posts"], ReadonlyArray<Post>>(true)
is<RowOf<typeof trees>["posts"], ReadonlyArray<Post>>(true)
// @ts-expect-error a relation that does not lead back
given(Relation.descendants(userPosts))
// @ts-expect-error ancestors follow a relation to one
given(Relation.ancestors(reports))
