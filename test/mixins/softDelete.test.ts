/**
 * Rows that are kept when they are deleted, on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Cursors, Expr, Mutation, Query, Relation, Repository, Transaction } from "effect-strata"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Clock from "effect/Clock"
import type { DbError } from "effect-strata"
import { available } from "../support/databases.js"
import { Comment, commentReplies, Note, noteUser, on, Post, postComments, postUser, User, userPosts } from "./models.js"

const failure = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(Effect.flip(effect), (error) => error as any)

const noon = DateTime.unsafeMake("2026-11-22T12:00:00.000Z")

/** A clock whose time is set, and whose waits are those of the machine: servers answer when they do. */
class Watch {
  now = noon.epochMillis
  readonly clock: Clock.Clock = Object.assign(Object.create(Clock.make()) as Clock.Clock, {
    unsafeCurrentTimeMillis: () => this.now,
    currentTimeMillis: Effect.sync(() => this.now)
  })
}

const aMinute = Effect.map(Effect.clock, (clock) => {
  const watch = watches.get(clock)
  if (watch !== undefined) watch.now += 60_000
})
const watches = new WeakMap<Clock.Clock, Watch>()

const watched = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const watch = new Watch()
    watches.set(watch.clock, watch)
    return Effect.withClock(effect, watch.clock)
  })

/** Ada lives with a post of two and a deleted one, Bob was deleted with his post, Cyd lives alone. */
const filled = Effect.gen(function*() {
  const [ada, bob, cyd] = yield* Effect.forEach(
    ["ada", "bob", "cyd"],
    (name) => Mutation.insert(User, { email: `${name}@x.org`, name })
  )
  const [notes, more, bobs] = yield* Effect.forEach(
    [[ada!.id, "notes"], [ada!.id, "more"], [bob!.id, "bobs"]] as const,
    ([userId, slug]) => Mutation.insert(Post, { userId, slug, views: 1 })
  )
  yield* Mutation.insertMany(Comment, [
    { postId: notes!.id, parentId: null, text: "first" },
    { postId: bobs!.id, parentId: null, text: "second" }
  ])
  yield* Mutation.insertMany(Note, [{ userId: ada!.id, text: "of ada" }, { userId: bob!.id, text: "of bob" }])
  yield* Mutation.delete(Post).pipe(Mutation.where({ id: more!.id }))
  yield* aMinute
  yield* Mutation.delete(User).pipe(Mutation.where({ id: bob!.id }))
  yield* aMinute
  return { ada: ada!, bob: bob!, cyd: cyd!, notes: notes!, more: more!, bobs: bobs! }
})

const byId = Query.from(User).pipe(Query.orderBy((user) => Expr.asc(user.id)))
const names = byId.pipe(Query.pluck((user) => user.name))
const slugs = Query.from(Post).pipe(
  Query.orderBy((post) => Expr.asc(post.id)),
  Query.pluck((post) => post.slug)
)
const texts = Query.from(Comment).pipe(
  Query.orderBy((one) => Expr.asc(one.id)),
  Query.pluck((one) => one.text)
)

describe.each(available)("rows that are kept when they are deleted, on $name", (database) => {
  const test = <E>(name: string, effect: Effect.Effect<void, E, any>) =>
    it.live(name, () => on(database)(watched(effect as Effect.Effect<void, E>)), 60_000)

  test(
    "a delete sets the moment, and is about rows that live alone",
    Effect.gen(function*() {
      const { ada, bob } = yield* filled
      const [deleted] = yield* byId.pipe(Query.onlyDeleted)
      assert.deepStrictEqual([deleted!.id, deleted!.version], [bob.id, 2])
      assert.deepStrictEqual(deleted!.deletedAt, DateTime.add(noon, { minutes: 1 }))
      assert.deepStrictEqual(deleted!.updatedAt, deleted!.deletedAt)
      const again = Mutation.delete(User).pipe(Mutation.where({ id: bob.id }))
      assert.strictEqual(yield* again, 0)
      assert.strictEqual(
        yield* Mutation.update(User).pipe(Mutation.set({ name: "x" }), Mutation.where({ id: bob.id })),
        0
      )
      assert.strictEqual(yield* Mutation.updateMany(User, [{ id: bob.id, name: "x" }, { id: ada.id, name: "Ada" }]), 1)
      const many = yield* Mutation.updateMany(User, [{ id: bob.id, name: "y" }, { id: ada.id, name: "ada" }]).pipe(
        Mutation.returning
      )
      assert.deepStrictEqual(many.map(({ id, version }) => [id, version]), [[ada.id, 3]])
      const [same] = yield* byId.pipe(Query.onlyDeleted)
      assert.deepStrictEqual(same, deleted)
      const gone = yield* Mutation.delete(User).pipe(Mutation.where({ id: ada.id }), Mutation.returning)
      assert.deepStrictEqual(gone.map(({ deletedAt, id, version }) => [id, version, deletedAt]), [
        [ada.id, 4, DateTime.add(noon, { minutes: 2 })]
      ])
    })
  )

  test(
    "queries are of rows that live, unless they say otherwise",
    Effect.gen(function*() {
      const { bob } = yield* filled
      assert.deepStrictEqual(yield* names, ["ada", "cyd"])
      assert.deepStrictEqual(yield* names.pipe(Query.withDeleted), ["ada", "bob", "cyd"])
      assert.deepStrictEqual(yield* names.pipe(Query.onlyDeleted), ["bob"])
      assert.strictEqual(yield* Query.count(byId), 2)
      assert.strictEqual(yield* Query.count(byId.pipe(Query.withDeleted)), 3)
      assert.isFalse(yield* Query.exists(byId.pipe(Query.where({ id: bob.id }))))
      assert.isTrue(yield* Query.exists(byId.pipe(Query.where({ id: bob.id }), Query.onlyDeleted)))
      assert.isTrue(Option.isNone(yield* Query.option(byId.pipe(Query.where({ email: "bob@x.org" })))))
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* Stream.runCollect(Query.stream(names))), ["ada", "cyd"])
      const { items, total } = yield* byId.pipe(Query.page({ size: 1 }))
      assert.deepStrictEqual([items.length, total], [1, 2])
      const slice = yield* byId.pipe(
        Query.keyset({ size: 5 }),
        Effect.provide(Cursors.layer({ secret: Redacted.make("0123456789abcdef0123456789abcdef") }))
      )
      assert.deepStrictEqual(slice.items.map(({ name }) => name), ["ada", "cyd"])
      const either = Query.from(User).pipe(Query.where((u) => Expr.or(Expr.eq(u.id, bob.id), Expr.eq(u.name, "cyd"))))
      assert.deepStrictEqual((yield* either).map(({ name }) => name), ["cyd"])
      const union = names.pipe(Query.unionAll(names.pipe(Query.onlyDeleted)))
      assert.strictEqual((yield* union).length, 3)
      const locked = Transaction.run(byId.pipe(Query.forUpdate()))
      assert.strictEqual((yield* locked).length, 2)
    })
  )

  test(
    "joins, queries within others and tables of queries are of rows that live",
    Effect.gen(function*() {
      yield* filled
      const notes = Query.from(Note).pipe(Query.orderBy((note) => Expr.asc(note.id)))
      const on = (note: any, { user }: any) => Expr.eq(note.userId, user.id)
      const both = (
        query: any
      ): Effect.Effect<ReadonlyArray<{ readonly text: string; readonly name: string | null }>> =>
        query.pipe(Query.select((note: any, { user }: any) => ({ text: note.text, name: user.name })) as never)
      assert.deepStrictEqual(yield* both(notes.pipe(Query.innerJoin("user", User, on))), [{
        text: "of ada",
        name: "ada"
      }])
      assert.deepStrictEqual(yield* both(notes.pipe(Query.leftJoin("user", User, on))), [
        { text: "of ada", name: "ada" },
        { text: "of bob", name: null }
      ])
      const right = yield* Query.from(Post).pipe(
        Query.rightJoin("user", User, (post, { user }) => Expr.eq(post.userId, user.id)),
        Query.select((post, { user }) => ({ slug: post.slug, name: user.name })),
        Query.orderBy((_, { user }) => Expr.asc(user.id))
      )
      assert.deepStrictEqual(right, [{ slug: "notes", name: "ada" }, { slug: null, name: "cyd" }])
      const gone = yield* Query.from(Post).pipe(
        Query.onlyDeleted,
        Query.rightJoin("user", User, (post, { user }) => Expr.eq(post.userId, user.id)),
        Query.select((post, { user }) => ({ slug: post.slug, name: user.name })),
        Query.orderBy((_, { user }) => Expr.asc(user.id))
      )
      assert.deepStrictEqual(gone, [{ slug: "more", name: "ada" }, { slug: null, name: "cyd" }])
      const withDeleted = both(
        notes.pipe(Query.innerJoin("user", Query.from(User).pipe(Query.withDeleted, Query.as("all_users")), on))
      )
      assert.strictEqual((yield* withDeleted).length, 2)
      const inside = notes.pipe(
        Query.where((note) => Expr.in(note.userId, Query.from(User).pipe(Query.pluck((user) => user.id))))
      )
      assert.deepStrictEqual((yield* inside).map(({ text }) => text), ["of ada"])
      const derived = Query.from(Query.from(User).pipe(Query.as("living")))
      assert.strictEqual((yield* derived).length, 2)
      const cte = Query.from(Query.from(User).pipe(Query.cte("living")))
      assert.strictEqual((yield* cte).length, 2)
    })
  )

  if (database.name === "sqlite" || database.name === "postgres") {
    test(
      "full joins leave out deleted rows, and none of the others",
      Effect.gen(function*() {
        const { cyd } = yield* filled
        const lonely = yield* Mutation.insert(Post, { userId: cyd.id, slug: "lonely", views: 0 })
        yield* Mutation.delete(Post).pipe(Mutation.where({ id: lonely.id }))
        const full = Query.from(Post).pipe(
          Query.fullJoin("user", User, (post, { user }) => Expr.eq(post.userId, user.id)),
          Query.select((post, { user }) => ({ slug: post.slug, name: user.name })),
          Query.orderBy((_, { user }) => Expr.asc(user.id))
        )
        assert.deepStrictEqual(yield* full as unknown as Effect.Effect<unknown>, [
          { slug: "notes", name: "ada" },
          { slug: null, name: "cyd" }
        ])
        const gone = Query.from(Post).pipe(
          Query.onlyDeleted,
          Query.fullJoin("user", User, (post, { user }) => Expr.eq(post.userId, user.id)),
          Query.select((post, { user }) => ({ slug: post.slug, name: user.name })),
          Query.orderBy((post) => Expr.asc(post.id))
        )
        assert.deepStrictEqual(yield* gone as unknown as Effect.Effect<unknown>, [
          { slug: "more", name: "ada" },
          { slug: "bobs", name: null },
          { slug: "lonely", name: "cyd" }
        ])
      })
    )
  }

  test(
    "relations lead to rows that live, by both strategies, in tests, counts and aggregates",
    Effect.gen(function*() {
      const { ada, bob, notes } = yield* filled
      for (const strategy of ["select", "join"] as const) {
        const users = yield* byId.pipe(Query.include({ posts: userPosts }, { strategy }))
        assert.deepStrictEqual(users.map(({ posts }) => posts.map(({ slug }) => slug)), [["notes"], []])
        const all = yield* byId.pipe(Query.include({ posts: userPosts.pipe(Relation.withDeleted) }, { strategy }))
        assert.deepStrictEqual(
          all.map(({ posts }) => posts.map(({ slug }) => slug).sort()),
          [["more", "notes"], []]
        )
        const owners = yield* Query.from(Note).pipe(
          Query.orderBy((note) => Expr.asc(note.id)),
          Query.include({ user: noteUser, anyUser: noteUser.pipe(Relation.withDeleted) }, { strategy })
        )
        assert.deepStrictEqual(owners.map(({ anyUser, user }) => [user?.name ?? null, anyUser?.name]), [
          ["ada", "ada"],
          [null, "bob"]
        ])
        const comments = yield* byId.pipe(
          Query.withDeleted,
          Query.include({ comments: Relation.through(userPosts, postComments) }, { strategy })
        )
        assert.deepStrictEqual(comments.map(({ comments }) => comments.length), [1, 0, 0])
      }
      assert.deepStrictEqual(
        (yield* byId.pipe(Query.where(Relation.some(userPosts, { slug: "more" })))).length,
        0
      )
      assert.deepStrictEqual(
        (yield* byId.pipe(Query.where(Relation.some(userPosts.pipe(Relation.withDeleted), { slug: "more" })))).length,
        1
      )
      const counted = yield* byId.pipe(Query.select((user) => ({
        living: Relation.count(userPosts)(user),
        all: Relation.count(userPosts.pipe(Relation.withDeleted))(user),
        views: Relation.aggregate(userPosts, (post) => Expr.sum(post.views))(user)
      })))
      assert.deepStrictEqual(counted.map(({ all, living, views }) => [living, all, Number(views ?? 0)]), [[1, 2, 1], [
        0,
        0,
        0
      ]])
      const [loaded] = yield* Relation.load([yield* Query.one(byId.pipe(Query.where({ id: ada.id })))], {
        posts: userPosts
      })
      assert.deepStrictEqual(loaded!.posts.map(({ id }) => id), [notes.id])
      const replies = Relation.descendants(commentReplies)
      assert.strictEqual((yield* Query.from(Comment).pipe(Query.include({ replies }))).length, 1)
      assert.strictEqual(bob.version, 1)
    })
  )

  test(
    "a repository reads rows that live, and all of them with withDeleted",
    Effect.gen(function*() {
      const { bob } = yield* filled
      const users = Repository.make(User)
      assert.strictEqual((yield* users.list()).length, 2)
      assert.strictEqual((yield* failure(users.findById(bob.id)))._tag, "RowNotFound")
      assert.strictEqual((yield* failure(users.load(bob.id)))._tag, "RowNotFound")
      assert.strictEqual((yield* failure(users.delete(bob.id)))._tag, "RowNotFound")
      assert.strictEqual((yield* failure(users.update(bob.id, { name: "x" })))._tag, "RowNotFound")
      assert.strictEqual((yield* users.withDeleted.findById(bob.id)).name, "bob")
      assert.strictEqual((yield* users.withDeleted.load(bob.id)).name, "bob")
      const batched = yield* Effect.forEach([bob.id, 1], users.withDeleted.load, {
        batching: true,
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(batched.map(({ id }) => id), [bob.id, 1])
      assert.strictEqual(yield* users.withDeleted.count(), 3)
      assert.strictEqual(yield* users.count(), 2)
      const back = yield* users.restore(bob.id)
      assert.deepStrictEqual([back.deletedAt, back.version], [null, 3])
      assert.strictEqual((yield* failure(users.restore(bob.id)))._tag, "RowNotFound")
      yield* users.delete(bob.id)
      yield* Mutation.delete(Note).pipe(Mutation.all)
      yield* Mutation.purge(Comment).pipe(Mutation.all)
      yield* Mutation.purge(Post).pipe(Mutation.all)
      yield* users.purge(bob.id)
      assert.strictEqual((yield* failure(users.purge(bob.id)))._tag, "RowNotFound")
      assert.strictEqual(yield* users.withDeleted.count(), 2)
    })
  )

  test(
    "what follows goes at the same moment and comes back with it, and nothing else",
    Effect.gen(function*() {
      const { ada, notes } = yield* filled
      const [first] = yield* Query.from(Comment).pipe(Query.where({ text: "first" }))
      const reply = yield* Mutation.insert(Comment, { postId: notes.id, parentId: first!.id, text: "reply" })
      yield* Mutation.insert(Comment, { postId: notes.id, parentId: reply.id, text: "deeper" })
      const early = yield* Mutation.insert(Comment, { postId: notes.id, parentId: reply.id, text: "early" })
      yield* Mutation.delete(Comment).pipe(Mutation.where({ id: early.id }))
      yield* aMinute
      assert.strictEqual(yield* Mutation.delete(User).pipe(Mutation.where({ id: ada.id })), 1)
      assert.deepStrictEqual([yield* names, yield* slugs, yield* texts], [["cyd"], [], []])
      const moments = new Set(
        (yield* Query.from(Comment).pipe(
          Query.onlyDeleted,
          Query.where({ text: { in: ["first", "reply", "deeper"] } })
        ))
          .map(({ deletedAt }) => deletedAt?.epochMillis)
      )
      assert.deepStrictEqual([...moments], [DateTime.add(noon, { minutes: 3 }).epochMillis])
      yield* aMinute
      assert.strictEqual(yield* Mutation.restore(User).pipe(Mutation.where({ id: ada.id })), 1)
      assert.deepStrictEqual([yield* names, yield* slugs, yield* texts], [
        ["ada", "cyd"],
        ["notes"],
        ["first", "reply", "deeper"]
      ])
      const [post] = yield* Query.from(Post).pipe(Query.where({ slug: "notes" }))
      assert.deepStrictEqual([post!.revision, post!.removedAt], [3, Option.none()])
      // All at once, of several moments.
      yield* Mutation.delete(User).pipe(Mutation.all)
      assert.strictEqual(yield* Mutation.restore(User).pipe(Mutation.all), 3)
      assert.deepStrictEqual([yield* names, yield* slugs], [["ada", "bob", "cyd"], ["notes", "bobs"]])
    })
  )

  test(
    "a cascade is all or nothing, alone and in a transaction that is rolled back",
    Effect.gen(function*() {
      const { ada } = yield* filled
      const gone = Mutation.delete(User).pipe(Mutation.where({ id: ada.id }))
      const stopped = Transaction.run(Effect.zipRight(gone, Effect.fail("stop" as const)))
      assert.strictEqual(yield* Effect.flip(stopped as Effect.Effect<never, "stop">), "stop")
      assert.deepStrictEqual([yield* names, yield* slugs, yield* texts], [["ada", "cyd"], ["notes"], ["first"]])
      // Within a savepoint that is undone.
      yield* Transaction.run(Effect.gen(function*() {
        yield* Effect.ignore(stopped as Effect.Effect<never, "stop">)
        assert.deepStrictEqual(yield* slugs, ["notes"])
      }) as Effect.Effect<void>)
      // What comes back is refused where one that lives has the key by now.
      yield* Mutation.delete(User).pipe(Mutation.where({ id: ada.id }))
      yield* Mutation.insert(User, { email: "ada@x.org", name: "another" })
      const error = yield* failure(Mutation.restore(User).pipe(Mutation.where({ id: ada.id })))
      assert.strictEqual(error._tag, "UniqueViolation")
      assert.isTrue((error as DbError.UniqueViolation).on(User, "email"))
      assert.deepStrictEqual(yield* slugs, [])
    })
  )

  test(
    "what is unique is so among rows that live",
    Effect.gen(function*() {
      const { bob, notes } = yield* filled
      const error = yield* failure(Mutation.insert(User, { email: "ada@x.org", name: "x" }))
      assert.strictEqual(error._tag, "UniqueViolation")
      assert.isTrue((error as DbError.UniqueViolation).on(User, "email"))
      assert.deepStrictEqual(error.columns, ["email"])
      const other = yield* Mutation.insert(User, { email: "bob@x.org", name: "new bob" })
      assert.notStrictEqual(other.id, bob.id)
      const twice = yield* failure(Mutation.insert(Post, { userId: notes.userId, slug: "notes", views: 0 }))
      assert.isTrue((twice as DbError.UniqueViolation).on(Post, "userId", "slug"))
      yield* Mutation.insert(Post, { userId: notes.userId, slug: "more", views: 0 })
    })
  )

  test(
    "upserts by what is unique among rows that live do not see the others",
    Effect.gen(function*() {
      const { bob } = yield* filled
      const input = { email: "bob@x.org", name: "new" }
      const first = yield* Mutation.upsert(User, input, { on: ["email"] }).pipe(Mutation.outcomes)
      assert.deepStrictEqual([first.isNew, first.row.version, first.row.id === bob.id], [true, 1, false])
      const second = yield* Mutation.upsert(User, { ...input, name: "newer" }, { on: ["email"] }).pipe(
        Mutation.outcomes
      )
      assert.deepStrictEqual([second.isNew, second.row.version, second.row.name], [false, 2, "newer"])
      assert.isTrue(Option.isNone(yield* Mutation.insertOrIgnore(User, input, { on: ["email"] })))
      yield* Mutation.delete(User).pipe(Mutation.where({ id: first.row.id }))
      const third = yield* Mutation.insertOrIgnore(User, input, { on: ["email"] })
      assert.strictEqual(Option.getOrThrow(third).version, 1)
      assert.strictEqual(yield* Mutation.insertManyOrIgnore(User, [input], { constraint: "mixin_users_email_key" }), 0)
      const users = Repository.make(User)
      const found = yield* users.firstOrInsert(input, { on: ["email"] })
      assert.deepStrictEqual([found.isNew, found.row.version], [false, 1])
    })
  )

  test(
    "upserts by the primary key bring back the row that was deleted",
    Effect.gen(function*() {
      const { bob } = yield* filled
      const row = yield* Mutation.upsert(User, { id: bob.id, email: "bob@x.org", name: "back" })
      assert.deepStrictEqual([row.id, row.name, row.deletedAt, row.version], [bob.id, "back", null, 3])
      yield* Mutation.delete(User).pipe(Mutation.where({ id: bob.id }))
      assert.isTrue(Option.isNone(yield* Mutation.insertOrIgnore(User, { id: bob.id, email: "b@x.org", name: "x" })))
      assert.deepStrictEqual(yield* names, ["ada", "cyd"])
      const again = yield* Mutation.upsert(User, { id: bob.id, email: "b@x.org", name: "again" }).pipe(
        Mutation.outcomes
      )
      assert.deepStrictEqual([again.isNew, again.row.deletedAt, again.row.email], [false, null, "b@x.org"])
    })
  )

  test(
    "a purge deletes for good, whether rows were deleted before or not",
    Effect.gen(function*() {
      const { bobs } = yield* filled
      assert.strictEqual(yield* Mutation.purge(Post).pipe(Mutation.where({ id: bobs.id })), 1)
      // By the database's own foreign key.
      assert.deepStrictEqual(yield* texts.pipe(Query.withDeleted), ["first"])
      const rows = yield* Mutation.purge(Comment).pipe(Mutation.all, Mutation.returning)
      assert.deepStrictEqual(rows.map(({ text }) => text), ["first"])
      assert.strictEqual(yield* Mutation.purge(Post).pipe(Mutation.all), 2)
      assert.deepStrictEqual(yield* slugs.pipe(Query.withDeleted), [])
    })
  )

  test(
    "writes beside other tables are of rows that live on both sides",
    Effect.gen(function*() {
      yield* filled
      const on = (note: any, { user }: any) => Expr.eq(note.userId, user.id)
      const update = Mutation.update(Note).pipe(
        Mutation.innerJoin("user", User, on),
        Mutation.set((_, { user }) => ({ text: user.name })),
        Mutation.all
      )
      assert.strictEqual(yield* update, 1)
      const rows = yield* Query.from(Note).pipe(Query.orderBy((note) => Expr.asc(note.id)))
      assert.deepStrictEqual(rows.map(({ text }) => text), ["ada", "of bob"])
      const gone = Mutation.delete(Post).pipe(
        Mutation.innerJoin("user", User, (post, { user }) => Expr.eq(post.userId, user.id)),
        Mutation.where((_, { user }) => Expr.eq(user.name, "ada"))
      )
      assert.strictEqual(yield* gone, 1)
      assert.deepStrictEqual([yield* slugs, yield* texts], [[], []])
      assert.strictEqual(yield* Mutation.delete(Note).pipe(Mutation.innerJoin("user", User, on), Mutation.all), 1)
    })
  )

  test(
    "the row that one belongs to is null where it was deleted, in posts as in graphs",
    Effect.gen(function*() {
      const { bob } = yield* filled
      const [post] = yield* Query.from(Post).pipe(
        Query.withDeleted,
        Query.where({ slug: "bobs" }),
        Query.include({ user: postUser })
      )
      assert.isNull(post!.user)
      const graph = Mutation.insertGraph(Note, { user: noteUser }, { text: "x", userId: bob.id })
      assert.strictEqual((yield* failure(graph))._tag, "RowNotFound")
      const none = yield* failure(Mutation.insertGraph(Note, { user: noteUser }, { text: "x" } as never))
      assert.deepStrictEqual([none._tag, none.issues[0].path], ["ValidationError", ["user"]])
      const made = yield* Mutation.insertGraph(User, { posts: userPosts }, {
        email: "dan@x.org",
        name: "dan",
        posts: [{ slug: "one", views: 0 }]
      })
      assert.deepStrictEqual([made.version, made.createdBy, made.posts[0]!.revision], [1, "ada", 1])
    })
  )
})
