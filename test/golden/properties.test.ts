/**
 * What holds of every statement: its text follows from its shape alone, combinators leave what they are given as it was, a query can
 * stand inside itself, and clauses stand in SQL's order.
 */
import { assert, describe, it } from "@effect/vitest"
import { Expr, Mutation, Query, Relation } from "effect-strata"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Select } from "../../src/sql/ast.js"
import { Employee, Post, postTags, reports, Tag, User, userPosts } from "./models.js"
import type { DialectName, Sent } from "./record.js"
import { compiled, dialects, sentBy } from "./record.js"

const names = Object.keys(dialects) as ReadonlyArray<DialectName>

const textOf = (query: { readonly ast: Select }, dialect: DialectName): string =>
  compiled(query.ast, dialects[dialect]).text

/** The text on every dialect. */
const texts = (query: { readonly ast: Select }): ReadonlyArray<string> => names.map((name) => textOf(query, name))

/** What breaks out of SQL text, where something was not bound. */
const hostile = FastCheck.oneof(
  FastCheck.string(),
  FastCheck.constantFrom(
    "'; drop table users; --",
    "\" or \"\"=\"",
    "` -- ",
    "\\' or 1=1 #",
    "$1",
    "?",
    "${x}",
    "%_\\",
    "*/ /*",
    "a\nb\r\u2028",
    "😀",
    ":name",
    "@@version",
    ""
  )
)
const int = FastCheck.integer()

interface Values {
  readonly a: string
  readonly b: string
  readonly n: number
  readonly m: number
  readonly list: ReadonlyArray<number>
  readonly limit: number
}

const values: FastCheck.Arbitrary<Values> = FastCheck.record({
  a: hostile,
  b: hostile,
  n: int,
  m: int,
  list: FastCheck.array(int, { minLength: 5, maxLength: 8 }),
  limit: FastCheck.nat(1000)
})

const plain = ({ a, b, limit, list, m, n }: Values) =>
  Query.from(User).pipe(
    Query.innerJoin("post", Post, (u, { post }) => Expr.and(Expr.eq(post.authorId, u.id), Expr.ne(post.title, a))),
    Query.where((u, { post }) =>
      Expr.or(
        Expr.in(u.age, list),
        Expr.like(u.name, `${a}%`),
        Expr.contains(post.title, b),
        Expr.eq(Expr.replace(u.name, a, b), Expr.concat(u.name, b)),
        Expr.gt(Expr.add(u.age, n), m),
        Expr.in(u.id, Query.from(Post).pipe(Query.where({ title: { in: [a, b, a] } }), Query.pluck((p) => p.authorId))),
        Expr.eq(Expr.sql(Schema.String)`coalesce(${u.nick}, ${a})`, b)
      )
    ),
    Query.where({ name: { ne: a, contains: b, startsWith: a, endsWith: b, ilike: `${a}%` }, age: { between: [n, m] } }),
    Query.where(Relation.some(userPosts, { title: b })),
    Query.orderBy((u) => [Expr.asc(Expr.coalesce(u.nick, b)), Expr.desc(u.nick)]),
    Query.limit(limit),
    Query.offset(limit)
  )

const aQuery = (given: Values) => {
  const { a, b, limit, n } = given
  return plain(given).pipe(
    Query.groupBy((u) => [u.age]),
    Query.having((u) => Expr.gt(Expr.max(u.name), a)),
    Query.orderBy((u) => Expr.asc(Expr.coalesce(Expr.min(u.nick), b))),
    Query.select((u) => ({
      age: u.age,
      label: Expr.when(Expr.eq(u.age, n), a, b),
      cut: Expr.min(Expr.substring(u.name, limit + 1, limit))
    }))
  )
}

const programs = ({ a, b, limit, m, n }: Values) => [
  Mutation.insert(User, { name: `${a}.`, age: n, nick: Option.some(b) }),
  Mutation.insertMany(Post, [{ authorId: n, title: a, published: n > 0 }, { authorId: m, title: b, published: false }]),
  Mutation.upsert(User, { name: `${b}.`, age: m, nick: Option.none() }, { on: ["name"] }),
  Mutation.update(User).pipe(
    Mutation.set((u) => ({ name: Expr.concat(u.name, a), age: Expr.add(u.age, n) })),
    Mutation.where({ name: b, nick: { contains: a } }),
    Mutation.returning
  ),
  Mutation.delete(Tag).pipe(Mutation.where({ label: { in: [a, b] } })),
  plain({ a, b, limit, list: [n, m, n, m, n], m, n }),
  Query.from(User).pipe(
    Query.where({ name: a }),
    Query.include({ posts: userPosts.pipe(Relation.where({ title: b }), Relation.limit(limit + 1)) })
  )
]

describe("a statement's text", () => {
  it("is the same for the same shape, whatever the values", () => {
    const one = texts(aQuery({ a: "a", b: "b", n: 1, m: 2, list: [1, 2, 3, 4, 5, 6, 7, 8], limit: 3 }))
    FastCheck.assert(
      FastCheck.property(values, (given) => {
        assert.deepStrictEqual(texts(aQuery(given)), one)
      }),
      { numRuns: 300 }
    )
  })

  it.effect("is so for writes and for what relations load", () =>
    Effect.gen(function*() {
      const plain = { a: "a", b: "b", n: 1, m: 2, list: [], limit: 3 }
      for (const given of FastCheck.sample(values, 50)) {
        for (const name of names) {
          const same = programs(plain)
          for (const [i, program] of programs(given).entries()) {
            const [sent, expected] = yield* Effect.all([
              sentBy(program, dialects[name]),
              sentBy(same[i]!, dialects[name])
            ]) as Effect.Effect<readonly [ReadonlyArray<Sent>, ReadonlyArray<Sent>], unknown>
            assert.deepStrictEqual(sent.map(([sql]) => sql), expected.map(([sql]) => sql))
          }
        }
      }
    }))

  it("has few forms for lists of many lengths", () => {
    for (const name of names) {
      const forms = new Set<string>()
      for (let length = 0; length <= 1000; length++) {
        forms.add(textOf(Query.from(User).pipe(Query.where({ id: { in: Array.from({ length }, (_, i) => i) } })), name))
      }
      // None, 1, 2, 4, … 256, and all longer ones; where a list is one parameter, those from 2 to 256 are of one form.
      assert.strictEqual(forms.size, dialects[name].print.list === undefined ? 11 : 4)
    }
  })

  it("has balanced parentheses and as many placeholders as parameters", () => {
    FastCheck.assert(
      FastCheck.property(values, (given) => {
        for (const name of names) {
          const { parameters, text } = compiled(aQuery(given).ast, dialects[name])
          const bare = text.replace(/"[^"]*"|`[^`]*`|'[^']*'/g, "")
          assert.strictEqual(bare.split("(").length, bare.split(")").length)
          const placeholders = bare.match(name === "postgresql" ? /\$\d+/g : /\?/g) ?? []
          assert.strictEqual(placeholders.length, parameters.length)
        }
      }),
      { numRuns: 20 }
    )
  })
})

const base = Query.from(User).pipe(
  Query.innerJoin("post", Post, (u, { post }) => Expr.eq(post.authorId, u.id)),
  Query.where({ age: { gt: 1 } })
)

type Base = typeof base
type Step = (query: Base) => Query.Query<any, typeof User, any>

/** A combinator each; none needs another. */
const steps: ReadonlyArray<readonly [clause: string, step: Step]> = [
  ["joins", (query) =>
    query.pipe(
      Query.leftJoin("other", Post, (u, { other, post }) =>
        Expr.and(Expr.eq(other.authorId, u.id), Expr.ne(other.id, post.id)))
    )],
  ["where", Query.where((_, { post }) => post.published)],
  ["groupBy", Query.groupBy((u) => [u.id, u.age])],
  ["having", Query.having(() => Expr.gt(Expr.count(), 3))],
  ["orderBy", Query.orderBy((u) => Expr.desc(u.age))],
  ["limit", Query.limit(7)],
  ["offset", Query.offset(8)],
  ["distinct", Query.distinct],
  ["select", (query) => query.pipe(Query.select((u, { post }) => ({ age: u.age, first: Expr.min(post.id) })))]
]

const apply = (order: ReadonlyArray<readonly [string, Step]>): Base =>
  order.reduce((query, [, step]) => step(query) as Base, base)

describe("combinators", () => {
  it("leave the query they are given as it was", () => {
    const before = texts(base)
    const tree = JSON.stringify(base.ast)
    const frozen = deepFreeze(base.ast)
    const derived = [
      ...steps.map(([, step]) => step(base)),
      apply(steps),
      Query.from(base.pipe(Query.select((u) => ({ id: u.id })), Query.as("t"))),
      base.pipe(Query.include({ posts: userPosts }))
    ]
    assert.strictEqual(derived.length, steps.length + 3)
    assert.strictEqual(JSON.stringify(frozen), tree)
    assert.deepStrictEqual(texts(base), before)
  })

  it("give clauses in SQL's order, whatever their own", () => {
    const expected = texts(apply(steps))
    FastCheck.assert(
      FastCheck.property(FastCheck.shuffledSubarray([...steps], { minLength: steps.length }), (order) => {
        // Names are given in the order of joins, and there is one more join only.
        assert.deepStrictEqual(texts(apply(order)), expected)
      }),
      { numRuns: 200 }
    )
    const places = [
      "select distinct ",
      " from ",
      " inner join ",
      " left join ",
      " where ",
      " group by ",
      " having ",
      " order by ",
      " limit ",
      " offset "
    ].map((clause) => expected[0]!.indexOf(clause))
    assert.isTrue(places.every((place, i) => place >= 0 && (i === 0 || place > places[i - 1]!)), String(places))
  })

  it("of any choice give each clause once", () => {
    FastCheck.assert(FastCheck.property(FastCheck.shuffledSubarray([...steps]), (order) => {
      const text = textOf(apply(order), "sqlite")
      for (const clause of [" from ", " where ", " group by ", " having ", " order by ", " limit ", " offset "]) {
        assert.isAtMost(text.split(clause).length, 2)
      }
    }))
  })
})

describe("a query inside itself", () => {
  const adults = Query.from(User).pipe(Query.where({ age: { gte: 18 } }), Query.pluck((u) => u.id))

  it("is another use of its tables", () => {
    const nested = adults.pipe(Query.where((u) => Expr.in(u.id, adults)))
    assert.strictEqual(
      textOf(nested.pipe(Query.where((u) => Expr.in(u.id, nested))), "sqlite"),
      `select "users"."id" from "users" where (("users"."age" >= ?) and ("users"."id" in ` +
        `(select "users_2"."id" from "users" as "users_2" where "users_2"."age" >= ?))) and ("users"."id" in ` +
        `(select "users_3"."id" from "users" as "users_3" where ("users_3"."age" >= ?) and ("users_3"."id" in ` +
        `(select "users_4"."id" from "users" as "users_4" where "users_4"."age" >= ?))))`
    )
  })

  it("twice beside itself as a table", () => {
    const t = Query.from(User).pipe(Query.select((u) => ({ id: u.id })), Query.as("t"))
    assert.strictEqual(
      textOf(Query.from(t).pipe(Query.innerJoin("t", t, (one, { t }) => Expr.eq(one.id, t.id))), "sqlite"),
      `select "t"."id" from (select "users"."id" as "id" from "users") as "t" ` +
        `inner join (select "users_2"."id" as "id" from "users" as "users_2") as "t_2" on "t"."id" = "t_2"."id"`
    )
  })

  it("of a relation in itself, as deep as it goes", () => {
    const deep = Relation.some(
      reports,
      Relation.some(reports, Relation.every(reports, Relation.none(reports, { id: 1 })))
    )
    const text = textOf(Query.from(Employee).pipe(Query.where(deep)), "postgresql")
    for (
      const [inner, outer] of [["employees_2", "employees"], ["employees_3", "employees_2"], [
        "employees_4",
        "employees_3"
      ], ["employees_5", "employees_4"]]
    ) {
      assert.include(text, `"${inner}"."manager_id" = "${outer}"."id"`)
    }
  })

  it("of one value of a relation, twice in one condition", () => {
    const tagged = Relation.some(postTags, { label: "a" })
    const text = textOf(Query.from(Post).pipe(Query.where(tagged), Query.where(tagged)), "sqlite")
    assert.include(text, `from "tags" inner join "posts_tags"`)
    assert.include(text, `from "tags" as "tags_2" inner join "posts_tags" as "posts_tags_2"`)
  })
})

const deepFreeze = <A>(value: A): A => {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value) && isPlain(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}

/** The tree's own objects; Schemas and models are not its own. */
const isPlain = (value: object): boolean => {
  if ("byProperty" in value || "schema" in value) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || Array.isArray(value)
}
