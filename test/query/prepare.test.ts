/**
 * Prepared queries: put together once, with the meaning that they have when values stand in them from the beginning.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query, Relation } from "effect-strata"
import type { Connect, DbError } from "effect-strata"
import * as Testing from "effect-strata/Testing"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Dialect } from "../../src/Dialect.js"
import { compile } from "../../src/sql/compile.js"
import { Plans } from "../../src/sql/plans.js"
import { dialects } from "../golden/record.js"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Person extends Model.Class<Person>("Person")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  age: Schema.Int,
  bossId: Schema.NullOr(Schema.Int),
  nick: Schema.OptionFromNullOr(Schema.String),
  since: Schema.DateTimeUtc,
  wage: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  team: Schema.Literal("red", "blue")
}, { table: "people" }) {}

const staff = Relation.hasMany(Person, Person, "bossId")

const at = (day: number) => DateTime.unsafeMake(`2024-01-0${day}T12:00:00.000Z`)
const wage = (text: string) => Schema.decodeSync(Schema.BigDecimal)(text)
const people = [
  { id: 1, name: "Ann", age: 30, bossId: null, nick: Option.none(), since: at(1), wage: wage("10.50"), team: "red" },
  { id: 2, name: "Bob", age: 40, bossId: 1, nick: Option.some("b"), since: at(2), wage: wage("20"), team: "red" },
  { id: 3, name: "C%d", age: 50, bossId: 2, nick: Option.none(), since: at(3), wage: wage("20.01"), team: "blue" },
  { id: 4, name: "Dan", age: 20, bossId: 2, nick: Option.some("d"), since: at(4), wage: wage("5"), team: "blue" }
] as const

const ids = Query.from(Person).pipe(Query.orderBy((p) => Expr.asc(p.id)), Query.pluck((p) => p.id))

const older = Query.prepare({ age: Schema.Int }, ({ age }) => ids.pipe(Query.where((p) => Expr.gte(p.age, age))))
const among = Query.prepare(
  { ids: Schema.Array(Schema.Int), least: Schema.Int },
  (given) => ids.pipe(Query.where((p) => Expr.and(Expr.in(p.id, given.ids), Expr.gt(p.age, given.least))))
)
const containing = Query.prepare(
  { part: Schema.String },
  ({ part }) => ids.pipe(Query.where((p) => Expr.contains(p.name, part)))
)
const page = Query.prepare(
  { size: Schema.Int, from: Schema.Int },
  ({ from, size }) => ids.pipe(Query.limit(size), Query.offset(from))
)
const typed = Query.prepare(
  {
    since: Schema.DateTimeUtc,
    wage: Schema.BigDecimal,
    team: Schema.Literal("red", "blue"),
    nick: Schema.OptionFromNullOr(Schema.String)
  },
  (given) =>
    ids.pipe(Query.where((p) =>
      Expr.or(
        Expr.and(Expr.gt(p.since, given.since), Expr.lt(p.wage, given.wage), Expr.eq(p.team, given.team)),
        Expr.eq(p.nick, given.nick)
      )
    ))
)
/** In each place that a statement has. */
const everywhere = Query.prepare(
  { age: Schema.Int, more: Schema.Int, name: Schema.String },
  ({ age, more, name }) => {
    const elders = Query.from(Person).pipe(Query.where((p) => Expr.gte(p.age, age)), Query.cte("elders"))
    const chain = Query.recursive(
      "chain",
      Query.from(Person).pipe(Query.where((p) => Expr.eq(p.name, name)), Query.select((p) => ({ id: p.id }))),
      (self) =>
        Query.from(Person).pipe(
          Query.innerJoin("above", self, (p, { above }) => Expr.eq(p.bossId, above.id)),
          Query.where((p) => Expr.gte(p.age, age)),
          Query.select((p) => ({ id: p.id }))
        )
    )
    return Query.from(elders).pipe(
      Query.innerJoin("link", chain, (p, { link }) => Expr.and(Expr.eq(p.id, link.id), Expr.gte(p.age, age))),
      Query.where((p) =>
        Expr.exists(Query.from(elders).pipe(Query.where((other) => Expr.lte(other.id, Expr.add(p.id, more)))))
      ),
      Query.select((p) => ({
        id: p.id,
        sum: Expr.add(p.age, more),
        name: Expr.when(Expr.eq(p.name, name), name, p.name)
      })),
      Query.orderBy((p) => Expr.desc(Expr.add(p.id, more)))
    )
  }
)
const grouped = Query.prepare({ step: Schema.Int, least: Schema.Int }, ({ least, step }) =>
  Query.from(Person).pipe(
    Query.groupBy((p) => [Expr.modulo(p.age, step)]),
    Query.having(() => Expr.gte(Expr.count(), least)),
    Query.select((p) => ({ rest: Expr.modulo(p.age, step), count: Expr.count() })),
    Query.orderBy((p) => Expr.asc(Expr.modulo(p.age, step)))
  ))
const loaded = Query.prepare({ age: Schema.Int }, ({ age }) =>
  Query.from(Person).pipe(
    Query.where((p) => Expr.gte(p.age, age)),
    Query.include({ staff }),
    Query.orderBy((p) => Expr.asc(p.id))
  ))

for (const database of available) {
  describe(`prepared queries: ${database.name}`, () => {
    const runtime = onFresh(database, Effect.zipRight(Ddl.create(Person), Mutation.insertMany(Person, people)))
    const gives = async (query: Effect.Effect<unknown, unknown, Connect.Services>, expected: unknown) =>
      assert.deepStrictEqual(JSON.parse(JSON.stringify(await runtime.runPromise(query))), expected)

    it("give the rows for each of their values", async () => {
      for (let time = 0; time < 2; time++) {
        await gives(older({ age: 40 }), [2, 3])
        await gives(older({ age: 51 }), [])
        await gives(older({ age: 0 }), [1, 2, 3, 4])
      }
    })

    it("run in every way that a query does", async () => {
      const adults = older({ age: 40 })
      await gives(Query.first(adults), 2)
      await gives(Effect.flip(Query.one(adults)).pipe(Effect.map((error) => error._tag)), "TooManyRows")
      await gives(Query.one(older({ age: 50 })), 3)
      await gives(Query.option(older({ age: 99 })), { _id: "Option", _tag: "None" })
      await gives(Query.count(adults), 2)
      await gives(Query.count(older({ age: 20 })), 4)
      await gives(Query.exists(older({ age: 99 })), false)
      await gives(Effect.map(Stream.runCollect(Query.stream(adults)), Chunk.toReadonlyArray), [2, 3])
      await gives(adults.pipe(Query.where((p) => Expr.lt(p.id, 3))), [2])
      await gives(adults.pipe(Query.without("where"), Query.limit(1)), [1])
      await gives(ids.pipe(Query.where((p) => Expr.in(p.id, older({ age: 50 })))), [3])
    })

    it("take lists of any length", async () => {
      await gives(among({ ids: [], least: 0 }), [])
      await gives(among({ ids: [2], least: 0 }), [2])
      await gives(among({ ids: [4, 2, 2], least: 25 }), [2])
      await gives(among({ ids: Array.from({ length: 300 }, (_, i) => i), least: 25 }), [1, 2, 3])
      await gives(among({ ids: [1, 2, 3, 4, 5], least: 45 }), [3])
    })

    it("take patterns, limits and offsets", async () => {
      await gives(containing({ part: "a" }), [4])
      await gives(containing({ part: "%" }), [3])
      await gives(containing({ part: "' or 1 = 1 --" }), [])
      await gives(page({ size: 2, from: 1 }), [2, 3])
      await gives(page({ size: 0, from: 0 }), [])
      await gives(page({ size: 9, from: 3 }), [4])
    })

    it("send values by the codecs of their Schemas", async () => {
      const given = { since: at(1), wage: wage("20.01"), team: "red" as const, nick: Option.some("d") }
      await gives(typed(given), [2, 4])
      await gives(typed({ ...given, nick: Option.none() }), [2])
      await gives(typed({ ...given, team: "blue", nick: Option.none() }), [4])
    })

    it("have parameters in each part of a statement", async () => {
      for (const more of [0, 1]) {
        await gives(everywhere({ age: 40, more, name: "Bob" }), [
          { id: 3, sum: 50 + more, name: "C%d" },
          { id: 2, sum: 40 + more, name: "Bob" }
        ])
        await gives(everywhere({ age: 50, more, name: "Bob" }), [{ id: 3, sum: 50 + more, name: "C%d" }])
      }
      await gives(grouped({ step: 20, least: 1 }), [{ rest: 0, count: 2 }, { rest: 10, count: 2 }])
      await gives(grouped({ step: 30, least: 2 }), [{ rest: 20, count: 2 }])
      // Two parameters of one value are two.
      await gives(grouped({ step: 2, least: 2 }), [{ rest: 0, count: 4 }])
    })

    it("load relations", async () => {
      const found = await runtime.runPromise(loaded({ age: 40 }))
      assert.deepStrictEqual(found.map((p) => [p.id, p.staff.map(({ id }) => id)]), [[2, [3, 4]], [3, []]])
    })

    it("refuse values that do not fit, whatever is asked of them", async () => {
      const refused = older({ age: 1.5 })
      for (
        const asked of [refused, Query.count(refused), Query.exists(refused), Stream.runCollect(Query.stream(refused))]
      ) {
        await gives(
          Effect.map(
            Effect.flip(asked as Effect.Effect<unknown, DbError.ReadFailure, Connect.Services>),
            (e) => e._tag
          ),
          "ValidationError"
        )
      }
    })
  })
}

const on = Testing.printing("postgresql")
const problemOf = (query: Query.Query<any, any, any>) =>
  Effect.runSync(Effect.flip(Effect.provide(Query.toSql(query), on)))

/** What is wrong with the values of parameters. */
const issuesOf = (query: Query.Query<any, any, any>) => {
  const problem = problemOf(query)
  return problem._tag === "ValidationError"
    ? problem.issues.map(({ message, path }) => [path.join("."), message])
    : problem
}

describe("a prepared query", () => {
  const any = older as (values: unknown) => ReturnType<typeof older>

  it("names each parameter that does not fit", () => {
    assert.deepStrictEqual(issuesOf(any({})), [["age", "is missing"]])
    assert.deepStrictEqual(issuesOf(any({ age: undefined })), [["age", "is undefined, which no parameter can be"]])
    const [path] = (issuesOf(any({ age: "18" })) as Array<Array<string>>)[0]!
    assert.strictEqual(path, "age")
    assert.deepStrictEqual(issuesOf(any({ age: 1, other: 2 })), [["other", "is no parameter: there are age"]])
    for (const values of [undefined, null, 1, "age"]) {
      assert.deepStrictEqual(issuesOf(any(values)), [["", "are no record of values"]])
    }
    assert.deepStrictEqual(
      (issuesOf(among({ ids: ["a"] as never, least: 1.5 })) as Array<Array<string>>).map(([path]) => path),
      ["ids", "least"]
    )
  })

  it("shows no value in a message", () => {
    const secret = Query.prepare(
      { pin: Schema.String.pipe(Schema.minLength(9)) },
      ({ pin }) => ids.pipe(Query.where((p) => Expr.eq(p.name, pin)))
    )
    assert.notInclude(problemOf(secret({ pin: "s3cret" })).message, "s3cret")
  })

  it("is not misled by names of prototypes", () => {
    assert.deepStrictEqual(issuesOf(any(Object.create({ age: 1 }))), [["age", "is missing"]])
    assert.deepStrictEqual(issuesOf(any(JSON.parse(`{ "age": 1, "__proto__": {} }`))), [[
      "__proto__",
      "is no parameter: there are age"
    ]])
    const odd = Query.prepare(
      { ["__proto__"]: Schema.Int, constructor: Schema.Int, toString: Schema.Int },
      (p) =>
        ids.pipe(
          Query.where((one) =>
            Expr.and(Expr.eq(one.id, p["__proto__"]), Expr.eq(one.age, p.constructor), Expr.lt(one.age, p.toString))
          )
        )
    )
    const values = JSON.parse(`{ "__proto__": 1, "constructor": 2, "toString": 3 }`)
    assert.deepStrictEqual(
      Effect.runSync(Effect.provide(Query.toSql(odd(values), { values: true }), on)).parameters,
      ["1", "2", "3"]
    )
    assert.strictEqual((issuesOf(odd({} as never)) as Array<unknown>).length, 3)
  })

  it("takes whole numbers from 0 alone for a limit", () => {
    assert.deepStrictEqual(issuesOf(page({ size: -1, from: 0 })), [["limit", "takes a whole number from 0"]])
  })

  it("refuses parameters of another query", () => {
    let leaked: Expr.Parameter<number> | undefined
    Query.prepare({ age: Schema.Int }, ({ age }) => {
      leaked = age
      return ids
    })
    const bare = ids.pipe(Query.where((p) => Expr.eq(p.age, leaked!)))
    assert.strictEqual(problemOf(bare)._tag, "ConfigurationError")
    const within = Query.prepare(
      { age: Schema.Int },
      ({ age }) => ids.pipe(Query.where((p) => Expr.and(Expr.eq(p.age, leaked!), Expr.eq(p.age, age))))
    )
    assert.strictEqual(problemOf(within({ age: 1 }))._tag, "ConfigurationError")
    assert.strictEqual(problemOf(ids.pipe(Query.limit(leaked!)))._tag, "ConfigurationError")
  })

  it("leaves the prepared one as it is", () => {
    const first = older({ age: 1 })
    const second = older({ age: 2 })
    const sent = (query: typeof first) =>
      Effect.runSync(Effect.provide(Query.toSql(query, { values: true }), on)).parameters
    assert.deepStrictEqual([sent(first), sent(second), sent(first)], [["1"], ["2"], ["1"]])
  })
})

describe("the plan of a prepared query", () => {
  const queries: ReadonlyArray<readonly [name: string, ReadonlyArray<Query.Query<any, any, any>>]> = [
    ["older", [older({ age: 1 }), older({ age: 2 }), older({ age: 1 })]],
    ["among", [
      among({ ids: [1, 2, 3], least: 1 }),
      among({ ids: [5, 6, 7, 8], least: 2 }),
      among({ ids: [], least: 2 })
    ]],
    ["containing", [containing({ part: "a" }), containing({ part: "%" }), containing({ part: "\\" })]],
    ["page", [page({ size: 1, from: 2 }), page({ size: 3, from: 4 })]],
    ["everywhere", [everywhere({ age: 1, more: 2, name: "a" }), everywhere({ age: 3, more: 3, name: "b" })]],
    ["grouped", [grouped({ step: 1, least: 1 }), grouped({ step: 2, least: 3 }), grouped({ step: 1, least: 1 })]],
    ["with more", [older({ age: 1 }).pipe(Query.limit(2)), older({ age: 3 }).pipe(Query.limit(4))]]
  ]
  for (const [dialectName, dialect] of Object.entries(dialects)) {
    it(`says what printing says: ${dialectName}`, () => {
      const plans = new Plans(dialect)
      for (let time = 0; time < 2; time++) {
        for (const [name, all] of queries) {
          for (const { ast } of all) {
            const { parameters, text } = plans.compile(ast)
            const expected = compile(ast, dialect)
            assert.deepStrictEqual([text, parameters], [expected.text, expected.parameters], name)
          }
        }
      }
    })
  }

  it("is printed once", () => {
    let printed = 0
    const dialect: Dialect = {
      ...dialects.postgresql,
      placeholder: (number, type) => {
        printed++
        return dialects.postgresql.placeholder(number, type)
      }
    }
    const plans = new Plans(dialect)
    plans.compile(everywhere({ age: 1, more: 2, name: "a" }).ast)
    assert.isAbove(printed, 0)
    printed = 0
    for (let i = 0; i < 10; i++) plans.compile(everywhere({ age: i, more: 3, name: "b" }).ast)
    assert.strictEqual(printed, 0)
  })

  it("is not that of a copy with other clauses", () => {
    const plans = new Plans(dialects.postgresql)
    const { ast } = older({ age: 1 })
    plans.compile(ast)
    for (const other of [{ ...ast, where: undefined }, { ...ast, orderBy: [] }]) {
      assert.deepStrictEqual(plans.compile(other).text, compile(other, dialects.postgresql).text)
    }
  })
})
