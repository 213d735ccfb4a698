/**
 * Filters and orders from outside: what they decode to on each database, and what is refused with its path.
 */
import { assert, describe, it } from "@effect/vitest"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as JSONSchema from "effect/JSONSchema"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Ddl, Expr, Field, Filter, Model, Mutation, Query, Relation } from "../../src/index.js"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class User extends Model.Class<User>("User")({
  id: Schema.Int.pipe(Schema.brand("UserId"), Field.primaryKey),
  name: Schema.NonEmptyString,
  nick: Schema.NullOr(Schema.String),
  bio: Schema.OptionFromNullOr(Schema.String),
  age: Schema.Int.pipe(Schema.nonNegative()),
  score: Schema.Number,
  role: Schema.Literal("admin", "member"),
  isActive: Schema.Boolean,
  joined: Schema.DateTimeUtc,
  born: Field.day,
  large: Schema.BigIntFromSelf,
  price: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  key: Schema.Uint8ArrayFromSelf,
  settings: Schema.Struct({ theme: Schema.String }),
  secret: Schema.String.pipe(Field.sensitive)
}, { table: "ff_users" }) {}

class Post extends Model.Class<Post>("Post")({
  id: Schema.Int.pipe(Field.primaryKey),
  authorId: Schema.Int.pipe(Schema.brand("UserId")),
  title: Schema.String,
  published: Schema.Boolean
}, { table: "ff_posts" }) {}

const userPosts = Relation.hasMany(User, Post, "authorId")
const postAuthor = Relation.belongsTo(Post, User, "authorId")

const users = Array.from({ length: 5 }, (_, i) => ({
  id: (i + 1) as typeof User.Type.id,
  name: `user ${i + 1}`,
  nick: i % 2 === 0 ? null : `n${i}`,
  bio: i === 1 ? Option.some("hello") : Option.none(),
  age: 10 * (i + 1),
  score: i / 2,
  role: i === 0 ? "admin" as const : "member" as const,
  isActive: i < 3,
  joined: DateTime.unsafeMake(Date.UTC(2026, i, 1)),
  born: `200${i}-01-01`,
  large: 9007199254740993n + BigInt(i),
  price: BigDecimal.unsafeFromString(`${i}.25`),
  key: Uint8Array.of(i),
  settings: { theme: "dark" },
  secret: `s${i}`
}))
const posts = [
  { id: 1, authorId: users[0]!.id, title: "An engine", published: true },
  { id: 2, authorId: users[0]!.id, title: "A draft", published: false },
  { id: 3, authorId: users[1]!.id, title: "Another engine", published: true }
]

const UserFilter = Filter.schema(User, {
  fields: {
    id: "usual",
    name: ["eq", "contains", "startsWith", "ilike", "in"],
    nick: "usual",
    bio: "usual",
    age: "usual",
    score: "usual",
    role: "usual",
    isActive: "usual",
    joined: "usual",
    born: "usual",
    large: "usual",
    price: "usual",
    key: "usual",
    settings: ["eq"]
  },
  relations: {
    posts: Filter.related(userPosts, {
      fields: ["title", "published"],
      relations: { author: Filter.related(postAuthor, ["age"]) }
    })
  }
})
const FromUrl = Filter.fromUrl(UserFilter, { except: ["page"] })
const UserOrder = Filter.order(User, ["age", "name", "nick"])
const narrow = Filter.schema(User, ["age", "name"])

const said: ReadonlyArray<readonly [json: Filter.Json, url: string | undefined, ids: ReadonlyArray<number>]> = [
  [{}, "page=3", [1, 2, 3, 4, 5]],
  [{ age: { gte: 30 } }, "age[gte]=30", [3, 4, 5]],
  [{ age: 20 }, "age=20", [2]],
  [{ age: { gt: 10, lt: 40, ne: 20 } }, "age__gt=10&age__lt=40&age[ne]=20", [3]],
  [{ age: { between: [20, 30] } }, "age[between]=20,30", [2, 3]],
  [{ age: { in: [10, 50, 70] } }, "age__in=10,50,70", [1, 5]],
  [{ name: { in: ["user 1", "user 2,3"] } }, "name[in][]=user%201&name[in][]=user%202,3", [1]],
  [{ id: { notIn: [1, 2] } }, "id[notIn]=1&id[notIn]=2", [3, 4, 5]],
  [{ name: { startsWith: "user", contains: "3" } }, "name__startsWith=user&name[contains]=3", [3]],
  [{ name: { ilike: "USER 4" } }, "name[ilike]=USER+4", [4]],
  [{ nick: { isNull: true } }, "nick[isNull]=true", [1, 3, 5]],
  [{ nick: "n1" }, "nick=n1", [2]],
  [{ bio: { contains: "ell" } }, "bio[contains]=ell", [2]],
  [{ bio: "hello" }, "bio=hello", [2]],
  [{ bio: { isNull: false } }, "bio__isNull=false", [2]],
  [{ score: { lte: 0.5 } }, "score[lte]=0.5", [1, 2]],
  [{ role: "admin" }, "role=admin", [1]],
  [{ isActive: false }, "isActive=false", [4, 5]],
  [{ joined: { lt: "2026-02-01T01:00:00+01:00" } }, "joined[lt]=2026-02-01T01:00:00%2B01:00", [1]],
  [{ joined: "2026-02-01T00:00:00.000Z" }, "joined=2026-02-01T00:00:00Z", [2]],
  [{ born: { gte: "2003-01-01" } }, "born[gte]=2003-01-01", [4, 5]],
  [{ large: "9007199254740994" }, "large=9007199254740994", [2]],
  [{ price: { gte: "3.25" } }, "price[gte]=3.25", [4, 5]],
  [{ price: 0.25 }, "price=0.25", [1]],
  [{ key: "Ag==" }, "key=Ag%3D%3D", [3]],
  [{ or: [{ age: 10 }, { age: { gt: 40 } }] }, "or[0][age]=10&or[1][age][gt]=40", [1, 5]],
  [{ not: { age: 10 }, isActive: true }, "not[age]=10&isActive=true", [2, 3]],
  [{ and: [{ not: { or: [{ age: 10 }, { age: 20 }] } }, { age: { lt: 50 } }] }, undefined, [3, 4]],
  [{ posts: { some: {} } }, undefined, [1, 2]],
  [{ posts: { some: { title: { contains: "engine" } } } }, "posts[some][title][contains]=engine", [1, 2]],
  [{ posts: { none: { published: false } } }, "posts__none__published=false", [2, 3, 4, 5]],
  [{ posts: { every: { published: true }, some: {} } }, undefined, [2]],
  [{ posts: { some: { author: { some: { age: 20 } } } } }, "posts[some][author][some][age]=20", [2]]
]

for (const database of available) {
  describe(`filters from outside on ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(User, Post)
        yield* Mutation.insertMany(User, users)
        yield* Mutation.insertMany(Post, posts)
      })
    )
    const found = (filter: Filter.Decoded<typeof User>) =>
      runtime.runPromise(
        Effect.map(
          Query.from(User).pipe(Query.where(filter), Query.orderBy((u) => Expr.asc(u.id))),
          (rows) => rows.map((row) => Number(row.id))
        )
      )
    for (const [json, url, ids] of said) {
      it(JSON.stringify(json), async () => {
        const filter = Schema.decodeUnknownSync(UserFilter)(json)
        assert.deepStrictEqual(await found(filter), ids)
        const encoded = Schema.encodeSync(UserFilter)(filter)
        assert.deepStrictEqual(
          await found(Schema.decodeUnknownSync(UserFilter)(JSON.parse(JSON.stringify(encoded)))),
          ids
        )
        if (url === undefined) return
        const params = new URLSearchParams(url)
        const ofUrl = Schema.decodeUnknownSync(FromUrl)(params)
        assert.deepStrictEqual(await found(ofUrl), ids)
        assert.deepStrictEqual(await found(Schema.decodeUnknownSync(FromUrl)(Schema.encodeSync(FromUrl)(filter))), ids)
      })
    }
    it("records of JSON columns, beside other filters, of joined rows", async () => {
      const dark = Schema.decodeUnknownSync(UserFilter)({ settings: { eq: { theme: "dark" } } })
      assert.deepStrictEqual(await found(dark), [1, 2, 3, 4, 5])
      const active = Schema.decodeUnknownSync(UserFilter)({ isActive: true })
      const both = Query.from(User).pipe(Query.where({ and: [active, { age: { gt: 10 } }] }))
      assert.strictEqual((await runtime.runPromise(both)).length, 2)
      const joined = Query.from(Post).pipe(
        Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)),
        Query.where((_, { author }) => Schema.decodeUnknownSync(UserFilter)({ age: 20 })(author))
      )
      assert.deepStrictEqual((await runtime.runPromise(joined)).map((p) => p.id), [3])
    })
    it("orders", async () => {
      const sorted = (input: unknown) =>
        runtime.runPromise(
          Effect.map(
            Query.from(User).pipe(Query.orderBy(Schema.decodeUnknownSync(UserOrder)(input))),
            (rows) => rows.map((row) => Number(row.id))
          )
        )
      assert.deepStrictEqual(await sorted("-age"), [5, 4, 3, 2, 1])
      assert.deepStrictEqual(await sorted("nick:first,-age"), [5, 3, 1, 2, 4])
      assert.deepStrictEqual(await sorted([{ field: "nick", direction: "desc" }, { field: "age" }]), [4, 2, 1, 3, 5])
      const order = Schema.decodeUnknownSync(UserOrder)([{ field: "nick", nulls: "first" }, {
        field: "age",
        direction: "desc"
      }])
      assert.strictEqual(Schema.encodeSync(UserOrder)(order), "nick:first,-age")
    })
  })
}

const issuesOf = (schema: Schema.Schema<any, any>) => (input: unknown) => {
  const outcome = Effect.runSync(Effect.either(Filter.decode(schema)(input)))
  return outcome._tag === "Right"
    ? "a filter"
    : outcome.left.issues.map(({ message, path }) => `${path.join(".")}: ${message}`)
}
const issues = issuesOf(UserFilter)
const nested = (depth: number, json: unknown = { age: 1 }): any => {
  let filter = json
  for (let i = 0; i < depth; i++) filter = i % 2 === 0 ? { not: filter } : { and: [filter] }
  return filter
}

describe("what filters from outside may not say", () => {
  const refused: ReadonlyArray<readonly [input: unknown, issues: ReadonlyArray<string | RegExp>]> = [
    [{ secret: "s1" }, [/^secret: is nothing to filter by: there are id, name, /]],
    [{ toString: 1 }, [/^toString: is nothing/]],
    [JSON.parse("{\"__proto__\": { \"age\": 1 }}"), [/^__proto__: is nothing/]],
    [JSON.parse("{\"age\": { \"__proto__\": 1 }}"), [/^age\.__proto__: is no test that may be asked for/]],
    [{ constructor: { age: 1 } }, [/^constructor: is nothing/]],
    [{ age: { constructor: 1 } }, [/^age\.constructor: is no test/]],
    [{ age: { gte: "18" } }, ["age.gte: is not a whole number"]],
    [{ age: 1.5 }, ["age: is not a whole number"]],
    [{ age: -1 }, [/^age: Expected a non-negative number/]],
    [{ age: { contains: "1" } }, [/^age\.contains: is no test/]],
    [{ name: { like: "%" } }, [
      /^name\.like: is no test that may be asked for: there are eq, contains, startsWith, ilike, in$/
    ]],
    [{ name: { contains: "" } }, ["name.contains: is empty, which every text fits"]],
    [{ name: "" }, [/^name: Expected a non empty string/]],
    [{ name: { contains: "a\u0000" } }, [/^name\.contains: /]],
    [{ name: { contains: "\ud800" } }, [/^name\.contains: /]],
    [{ role: "root" }, ["role: is none of admin, member"]],
    [{ isActive: "true" }, ["isActive: is neither true nor false"]],
    [{ joined: "2026-02-01T00:00:00" }, [/^joined: is not a moment/]],
    [{ joined: "2026-02-30T00:00:00Z" }, [/^joined: is not a day/]],
    [{ born: "2026-13-01" }, [/^born: is not a day/]],
    [{ large: 1e300 }, [/^large: /]],
    [{ price: "1.234" }, [/^price: has more digits/]],
    [{ key: "?" }, ["key: is not base64"]],
    [{ score: Number.NaN }, ["score: is not a number"]],
    [{ settings: { theme: "x" } }, [/^settings\.theme: is no test/]],
    [{ age: null }, ["age: is null: ask for NULL by { isNull: true }"]],
    [{ nick: { eq: null } }, [/^nick\.eq: /]],
    [{ age: undefined }, ["age: is undefined: leave it out"]],
    [{ age: {} }, ["age: says nothing: give a value or a test"]],
    [{ age: [] }, ["age: is not a whole number"]],
    [{ age: { in: [] } }, ["age.in: takes from 1 to 100 values"]],
    [{ age: { notIn: [] } }, ["age.notIn: takes from 1 to 100 values"]],
    [{ age: { in: Array.from({ length: 1e6 }, (_, i) => i) } }, ["age.in: takes from 1 to 100 values"]],
    [{ age: { in: [1, "2"] } }, ["age.in.1: is not a whole number"]],
    [{ age: { between: [1] } }, ["age.between: takes 2 values"]],
    [{ nick: { isNull: 1 } }, ["nick.isNull: is neither true nor false"]],
    [{ and: [] }, ["and: says nothing"]],
    [{ or: [{}] }, ["or.0: says nothing"]],
    [{ or: [{ age: 1 }, {}] }, ["or.1: says nothing"]],
    [{ or: { age: 1 } }, ["or: takes a list of filters"]],
    [{ not: {} }, ["not: says nothing"]],
    [{ posts: {} }, ["posts: says nothing: it takes some, none or every"]],
    [{ posts: { every: {} } }, ["posts.every: says nothing"]],
    [{ posts: { any: {} } }, [/^posts\.any: is no test of a relation/]],
    [{ posts: { some: { authorId: 1 } } }, [
      "posts.some.authorId: is nothing to filter by: there are title, published, author"
    ]],
    [{ posts: { some: { author: { some: { name: "x" } } } } }, [
      "posts.some.author.some.name: is nothing to filter by: there are age"
    ]],
    [[], [/^: is not a filter/]],
    [null, [/^: is not a filter/]],
    ["age", [/^: is not a filter/]],
    [new Map(), [/^: is not a filter/]],
    [
      new (class Foo {
        age = 1
      })(),
      [/^: is not a filter/]
    ],
    [{ name: { eq: "x".repeat(1001) } }, ["name.eq: is too long: at most 1000 characters"]],
    [{ or: Array.from({ length: 1e5 }, () => ({ age: 1 })) }, ["or: has too many filters: at most 50"]],
    [{ or: Array.from({ length: 50 }, () => ({ age: { gt: 1, lt: 2 } })) }, [
      /^or\.25\.age\.gt: is one condition too many/
    ]],
    [nested(1000), [/^not\.and\.0\.not\.and\.0\.not\.and|is nested too deep: at most 5$/]],
    [nested(100_000), [/is nested too deep: at most 5$/]],
    [{ age: "x", name: 1 }, ["age: is not a whole number", "name: is not a text"]]
  ]
  for (const [input, expected] of refused) {
    it(String(expected), () => {
      const found = issues(input)
      assert.strictEqual(found.length, expected.length, String(found))
      expected.forEach((one, i) =>
        typeof one === "string" ? assert.strictEqual(found[i], one) : assert.match(found[i]!, one)
      )
    })
  }
  it("many problems are some", () => {
    const found = issues(Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [`a${i}`, 1])))
    assert.strictEqual(found.length, 20)
  })
  it("depth is what nests", () => {
    assert.strictEqual(issues(nested(5)), "a filter")
    assert.match(issues(nested(6))[0]!, /too deep/)
  })
  it("in URLs", () => {
    const ofUrl = issuesOf(FromUrl)
    const cases: ReadonlyArray<readonly [string, RegExp]> = [
      ["age[gte]=x", /^age\.gte: is not a number$/],
      ["age=1&age=2", /^age: is given several times$/],
      ["age=1&age[gt]=2", /^age\[gt\]: is a value and a record at once$/],
      ["age[gt]=2&age=1", /^age: is a value and a record at once$/],
      ["age[gt=1", /^age\[gt: has brackets that are not closed$/],
      ["[age]=1", /brackets/],
      ["age[][gt]=1", /empty name/],
      ["__proto__[age]=1", /^__proto__: |empty name/],
      ["secret=1", /^secret: is nothing/],
      ["sort=age", /^sort: is nothing/],
      ["age=", /^age: is not a number$/],
      ["isActive=1", /^isActive: is neither/],
      ["or=1", /^or: takes a list of filters$/],
      ["or[1][age]=1", /^or: takes a list of filters$/],
      [`${"not__".repeat(1000)}age=1`, /too deep/],
      ["name[in]=", /^name\.in\.0: Expected a non empty string/],
      [Array.from({ length: 10_000 }, () => "age=1").join("&"), /too many/]
    ]
    for (const [url, expected] of cases) assert.match(String(ofUrl(new URLSearchParams(url))[0]), expected, url)
    assert.strictEqual(ofUrl({ "age[in]": ["1", "2"], name: "x" }), "a filter")
    assert.match(String(ofUrl(null)), /no parameters/)
    assert.match(String(ofUrl({ age: 1 })), /./)
    const prefixed = Filter.fromUrl(narrow, { prefix: "filter" })
    const encoded = Schema.encodeSync(prefixed)(
      Schema.decodeUnknownSync(prefixed)({ "filter[age][gte]": "1", sort: "x" })
    )
    assert.deepStrictEqual(encoded, { "filter[age][gte]": "1" })
  })
  it("as orders", () => {
    const ofOrder = issuesOf(UserOrder)
    for (
      const input of [
        "",
        "secret",
        "-",
        "age,age",
        "age,-age",
        "age;drop",
        "age:up",
        "__proto__",
        "constructor",
        "x".repeat(1e6),
        ",".repeat(1e5),
        [],
        [{}],
        [{ field: "secret" }],
        [{ field: "age", direction: "up" }],
        [{ field: "age", nulls: 1 }],
        [{ field: "age", extra: 1 }],
        ["age"],
        {},
        null,
        1,
        Array.from({ length: 1e5 }, () => ({ field: "age" }))
      ]
    ) assert.notStrictEqual(ofOrder(input), "a filter", String(input).slice(0, 50))
    assert.deepStrictEqual(ofOrder("-age,secret"), ["1: is nothing to sort by: there are age, name, nick"])
  })
  it("by lists that cannot be meant", () => {
    for (
      const wrong of [
        Filter.schema(User, ["nothing" as never]),
        Filter.schema(User, { fields: { age: ["contains" as never] } }),
        Filter.schema(User, { fields: ["age"], relations: { age: Filter.related(userPosts, ["title"]) } })
      ]
    ) assert.match(issuesOf(wrong)({})[0]!, /^: .*UserFilter/s)
  })
  it("as JSON Schema", () => {
    const json = JSONSchema.make(narrow) as any
    assert.strictEqual(json.$ref, "#/$defs/UserFilter")
    const { properties } = json.$defs.UserFilter
    assert.deepStrictEqual(Object.keys(properties), ["age", "name", "and", "or", "not"])
    assert.strictEqual(properties.not.$ref, "#/$defs/UserFilter")
    assert.isOk((JSONSchema.make(UserFilter) as any).$defs.UserFilterPosts)
    assert.isOk(JSONSchema.make(UserOrder))
  })
})
