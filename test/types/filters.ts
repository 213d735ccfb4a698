/**
 * `undefined` never means "no filter", and a filter names only what there is. Checked with `exactOptionalPropertyTypes` on, and
 * off (loose/tsconfig.json).
 */
import type * as DateTime from "effect/DateTime"
import { Expr, Mutation, Query, Relation } from "effect-strata"
import type { Filter, Model } from "effect-strata"
import { Post, User } from "./models.js"
import type { UserId } from "./models.js"
import { given, is, some } from "./support.js"
import type { RowOf } from "./support.js"

const users = Query.from(User)
const userPosts = Relation.hasMany(User, Post, "authorId")
declare const age: number | undefined
declare const isAdult: boolean
declare const date: DateTime.Utc
declare const filter: Filter.Filter<typeof User>
declare const id: UserId

// ---- what a filter can say
is<RowOf<typeof said>, User>(true)
export const said = users.pipe(
  Query.where({ age: 18 }),
  Query.where({ id, role: "admin", createdAt: date, updatedAt: { gt: date }, bio: "x", nick: { isNull: true } }),
  Query.where({ age: { gte: 18, lt: 30, ne: 20 }, name: { contains: "a", startsWith: "b", endsWith: "c" } }),
  Query.where({ name: { like: "a%", ilike: "A%" }, bio: { contains: "x", isNull: false } }),
  Query.where({ age: { in: [1, 2], notIn: [3], between: [1, 9] }, role: { in: ["admin"] } }),
  Query.where({ or: [{ nick: "b" }, { and: [{ age: 3 }, { not: { role: { eq: "admin" } } }] }] }),
  Query.where({ settings: { eq: { theme: "dark" } } }),
  Query.where({}),
  Query.where((u) => Expr.gte(u.age, 18)),
  Query.where((u, _joined) => Expr.gte(u.age, 18))
)
// values that are put together elsewhere
export const composed = users.pipe(
  Query.where(filter),
  Query.where({ and: [filter, { not: filter }] }),
  Query.where(isAdult ? { age: { gte: 18 } } : {}),
  Query.where({ name: "x", ...(age === undefined ? {} : { age }) }),
  Query.where({ or: [...(age === undefined ? [] : [{ age }]), { name: "x" }] }),
  Query.where({ age: { in: some<ReadonlyArray<number>>() } })
)
export const annotated = (given: Filter.Filter<typeof User>) => users.pipe(Query.where(given))
export const update: Model.Update<typeof User> = { age: 3 }
export const elsewhere = [
  userPosts.pipe(Relation.where({ published: true, title: { contains: "x" } })),
  Relation.some(userPosts, { or: [{ published: true }] }),
  Mutation.delete(Post).pipe(Mutation.where({ id: { in: [1] } })),
  Mutation.update(User).pipe(Mutation.set({ age: 3, nick: null, role: "admin" }), Mutation.where({ id })),
  Mutation.update(User).pipe(Mutation.set(update), Mutation.where(filter)),
  Mutation.update(User).pipe(Mutation.set(isAdult ? { age: 3 } : { nick: "x" }), Mutation.where(filter))
]

// callbacks, and so tests of relations, within a filter
is<RowOf<typeof within>, User>(true)
export const within = users.pipe(
  Query.where({ age: { gte: 18 }, and: [Relation.some(userPosts, { published: true })] }),
  Query.where({ or: [{ name: "Ada" }, Relation.none(userPosts), (u) => Expr.gt(u.age, 90)] }),
  Query.where({ not: Relation.every(userPosts, { or: [{ published: true }, (p) => Expr.eq(p.title, "x")] }) }),
  Query.where({ not: { and: [(u) => Expr.eq(u.name, "x"), { not: (u) => Expr.isNull(u.nick) }] } })
)
export const composedWithin: Filter.Filter<typeof User> = {
  and: [Relation.some(userPosts), filter, { or: [Relation.none(userPosts)] }]
}
// @ts-expect-error the test of another model's relation
given(Query.from(Post).pipe(Query.where({ and: [Relation.some(userPosts)] })))
// @ts-expect-error an unknown column in the filter of a test
given(users.pipe(Query.where({ and: [Relation.some(userPosts, { publishd: true })] })))
// @ts-expect-error undefined beside a test
given(users.pipe(Query.where({ and: [Relation.some(userPosts), { age: undefined }] })))
// @ts-expect-error an unknown column in a callback
given(users.pipe(Query.where({ or: [{ name: "x" }, (u) => Expr.eq(u.agee, 1)] })))
// @ts-expect-error a callback of no condition
given(users.pipe(Query.where({ or: [(u) => u.age] })))
// @ts-expect-error a test is no column
given(users.pipe(Query.where({ name: Relation.some(userPosts) })))

// ---- undefined
// @ts-expect-error undefined
given(users.pipe(Query.where({ age: undefined })))
// @ts-expect-error perhaps undefined
given(users.pipe(Query.where({ age })))
// @ts-expect-error beside another column
given(users.pipe(Query.where({ name: "x", age })))
// @ts-expect-error in a test
given(users.pipe(Query.where({ age: { gte: undefined } })))
// @ts-expect-error in a test, perhaps
given(users.pipe(Query.where({ age: { gte: age } })))
// @ts-expect-error in a test beside another
given(users.pipe(Query.where({ age: { gte: 1, lte: age } })))
// @ts-expect-error in a list
given(users.pipe(Query.where({ age: { in: [1, undefined] } })))
// @ts-expect-error in a pair
given(users.pipe(Query.where({ age: { between: [1, age] } })))
// @ts-expect-error in a test of text
given(users.pipe(Query.where({ name: { contains: undefined } })))
// @ts-expect-error isNull needs an answer
given(users.pipe(Query.where({ name: { isNull: undefined } })))
// @ts-expect-error in and
given(users.pipe(Query.where({ and: [{ age: undefined }] })))
// @ts-expect-error in or, beside another
given(users.pipe(Query.where({ or: [{ name: "x" }, { age }] })))
// @ts-expect-error in not
given(users.pipe(Query.where({ not: { age: undefined } })))
// @ts-expect-error deep down
given(users.pipe(Query.where({ and: [{ or: [{ not: { age: { lt: age } } }] }] })))
// @ts-expect-error and, or and not themselves
given(users.pipe(Query.where({ and: undefined })))
// @ts-expect-error a filter that may be absent
given(users.pipe(Query.where({ not: some<Filter.Filter<typeof User> | undefined>() })))
// @ts-expect-error no filter at all
given(users.pipe(Query.where(undefined)))
// @ts-expect-error perhaps a filter
given(users.pipe(Query.where(some<Filter.Filter<typeof User> | undefined>())))
// @ts-expect-error after a join
given(users.pipe(Query.leftJoin("p", Post, (u, { p }) => Expr.eq(p.authorId, u.id)), Query.where({ age })))
// @ts-expect-error in a scope
given(Query.scope(User, { age: undefined }))
// @ts-expect-error in a relation
given(userPosts.pipe(Relation.where({ published: undefined })))
// @ts-expect-error in a test of a relation
given(Relation.some(userPosts, { published: undefined }))
// @ts-expect-error in an update's where
given(Mutation.update(User).pipe(Mutation.set({ age: 3 }), Mutation.where({ age })))
// @ts-expect-error in a delete's where
given(Mutation.delete(User).pipe(Mutation.where({ age })))
// @ts-expect-error in set
given(Mutation.update(User).pipe(Mutation.set({ age: undefined }), Mutation.all))
// @ts-expect-error in set beside another
given(Mutation.update(User).pipe(Mutation.set({ age, name: "x" }), Mutation.all))
// @ts-expect-error in what a callback of set gives
given(Mutation.update(User).pipe(Mutation.set((u) => ({ nick: u.name, age: undefined })), Mutation.all))

// ---- null: isNull asks for it
// @ts-expect-error a column that may be null
given(users.pipe(Query.where({ nick: null })))
// @ts-expect-error a column that may not
given(users.pipe(Query.where({ age: null })))
// @ts-expect-error an Option column
given(users.pipe(Query.where({ bio: null })))
// @ts-expect-error in a test
given(users.pipe(Query.where({ nick: { eq: null } })))
// @ts-expect-error in a list
given(users.pipe(Query.where({ nick: { in: [null] } })))

// ---- what there is not
// @ts-expect-error an unknown column
given(users.pipe(Query.where({ agee: 18 })))
// @ts-expect-error an unknown column beside a known one
given(users.pipe(Query.where({ age: 18, agee: 18 })))
// @ts-expect-error an unknown column in or
given(users.pipe(Query.where({ or: [{ age: 18, agee: 18 }] })))
// @ts-expect-error an unknown column in not
given(users.pipe(Query.where({ not: { agee: 18 } })))
// @ts-expect-error an unknown test
given(users.pipe(Query.where({ age: { above: 3 } })))
// @ts-expect-error a test of text on a number
given(users.pipe(Query.where({ age: { like: "x" } })))
// @ts-expect-error a test of text on a number, beside another
given(users.pipe(Query.where({ age: { gte: 1, like: "x" } })))
// @ts-expect-error another type
given(users.pipe(Query.where({ age: "18" })))
// @ts-expect-error another type in a test
given(users.pipe(Query.where({ age: { gte: "18" } })))
// @ts-expect-error a bare record, which is read as tests
given(users.pipe(Query.where({ settings: { theme: "dark" } })))
// @ts-expect-error a literal that is none
given(users.pipe(Query.where({ role: "guest" })))
// @ts-expect-error a key without its brand
given(users.pipe(Query.where({ id: 3 })))
// @ts-expect-error a list of filters
given(users.pipe(Query.where({ and: { age: 3 } })))
// @ts-expect-error another model's filter
given(Query.from(Post).pipe(Query.where(filter)))
