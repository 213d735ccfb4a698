/**
 * Filters as plain data: each operator, and what is refused.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import type * as Filter from "../Filter.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import { group, refuses, same, test } from "./suite.js"

class Person extends Model.Class<Person>("Person")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  age: Schema.NullOr(Schema.Int),
  nick: Schema.OptionFromNullOr(Schema.String),
  active: Schema.Boolean,
  or: Schema.NullOr(Schema.Int)
}, { table: "contract_people" }) {}

const write = Mutation.insertMany(Person, [
  { id: 1, name: "Ada", age: 36, nick: Option.some("a%"), active: true, or: null },
  { id: 2, name: "Bob", age: 12, nick: Option.none(), active: false, or: null },
  { id: 3, name: "ada", age: null, nick: Option.some("A_"), active: true, or: null },
  { id: 4, name: "Éva", age: 50, nick: Option.none(), active: false, or: 1 }
])

const kept = (filter: Filter.Filter<typeof Person>) =>
  Query.from(Person).pipe(Query.where(filter), Query.orderBy((p) => Expr.asc(p.id)), Query.pluck((p) => p.id))

const expected: ReadonlyArray<
  readonly [name: string, filter: Filter.Filter<typeof Person>, ids: ReadonlyArray<number>]
> = [
  ["nothing", {}, [1, 2, 3, 4]],
  ["a bare value", { name: "Ada" }, [1]],
  ["a bare boolean", { active: false }, [2, 4]],
  ["several entries", { active: true, age: 36 }, [1]],
  ["a bare value of an Option", { nick: "a%" }, [1]],
  ["eq", { age: { eq: 12 } }, [2]],
  ["ne", { age: { ne: 12 } }, [1, 4]],
  ["gt", { age: { gt: 36 } }, [4]],
  ["gte", { age: { gte: 36 } }, [1, 4]],
  ["lt", { age: { lt: 36 } }, [2]],
  ["lte", { age: { lte: 36 } }, [1, 2]],
  ["two tests of a column", { age: { gt: 12, lt: 50 } }, [1]],
  ["in", { name: { in: ["Ada", "Bob", "x"] } }, [1, 2]],
  ["in nothing", { name: { in: [] } }, []],
  ["notIn", { name: { notIn: ["Ada", "Bob"] } }, [3, 4]],
  ["notIn nothing", { name: { notIn: [] } }, [1, 2, 3, 4]],
  ["notIn leaves NULL out", { age: { notIn: [36] } }, [2, 4]],
  ["between", { age: { between: [12, 36] } }, [1, 2]],
  ["isNull", { age: { isNull: true } }, [3]],
  ["isNull false", { age: { isNull: false } }, [1, 2, 4]],
  ["isNull of an Option", { nick: { isNull: true } }, [2, 4]],
  ["contains", { name: { contains: "d" } }, [1, 3]],
  ["contains of an Option takes % as it is", { nick: { contains: "%" } }, [1]],
  ["startsWith", { name: { startsWith: "A" } }, [1]],
  ["endsWith", { name: { endsWith: "b" } }, [2]],
  ["endsWith takes _ as it is", { nick: { endsWith: "_" } }, [3]],
  ["like", { name: { like: "_d%" } }, [1, 3]],
  ["ilike", { name: { ilike: "é%" } }, [4]],
  ["and", { and: [{ active: true }, { name: "ada" }] }, [3]],
  ["and of nothing", { and: [] }, [1, 2, 3, 4]],
  ["not", { not: { name: "Ada" } }, [2, 3, 4]],
  ["not of NULL", { not: { age: 36 } }, [2, 4]],
  ["not of nothing", { not: {} }, []],
  ["a callback in and", { and: [(p) => Expr.isNull(p.age), { active: true }] }, [3]],
  ["a callback deeper in", { not: { not: { and: [(p) => Expr.gt(p.age, 12), { age: { lt: 50 } }] } } }, [1]],
  ["a callback in not", { not: (p) => Expr.eq(p.name, "Ada") }, [2, 3, 4]],
  ["nested", { not: { and: [{ active: true }, { not: { name: "Ada" } }] }, age: { gte: 0 } }, [1, 2, 4]]
]

class Plain extends Model.Class<Plain>("Plain")({
  id: Schema.Int.pipe(Field.primaryKey),
  a: Schema.Int
}, { table: "contract_plain" }) {}

export const cases = group("filters", [
  ...expected.map(([name, filter, ids]) =>
    test(name, [Person], function*() {
      yield* write
      yield* same("the rows", yield* kept(filter), ids)
      yield* same("their number", yield* Query.count(Query.from(Person).pipe(Query.where(filter))), ids.length)
    })
  ),

  test("a column is preferred to the word or", [Person], function*() {
    yield* write
    yield* same("the column", yield* kept({ or: 1 } as never), [4])
  }),

  test("or", [Plain], function*() {
    yield* Mutation.insertMany(Plain, [{ id: 1, a: 1 }, { id: 2, a: 2 }, { id: 3, a: 3 }])
    const ids = (filter: Filter.Filter<typeof Plain>) =>
      Query.from(Plain).pipe(Query.where(filter), Query.orderBy((p) => Expr.asc(p.id)), Query.pluck((p) => p.id))
    yield* same("either", yield* ids({ or: [{ a: 1 }, { id: 3 }] }), [1, 3])
    yield* same("none", yield* ids({ or: [] }), [])
    yield* same("beside another entry", yield* ids({ or: [{ a: 1 }, { a: 2 }], id: { gt: 1 } }), [2])
    yield* same("in an and", yield* ids({ and: [{ or: [{ a: 1 }, { a: 2 }] }, { or: [{ a: 2 }, { a: 3 }] }] }), [2])
  }),

  test("several where must all hold, whatever their form", [Person], function*() {
    yield* write
    const query = Query.from(Person).pipe(
      Query.where({ active: true }),
      Query.where((p) => Expr.isNotNull(p.age)),
      Query.where((p) => Expr.or(Expr.eq(p.id, 1), Expr.eq(p.id, 3))),
      Query.pluck((p) => p.id)
    )
    yield* same("the rows", yield* query, [1])
  }),

  test("undefined, null and what is unknown are refused", [], function*() {
    const wrong: ReadonlyArray<readonly [filter: unknown, path: ReadonlyArray<string | number>]> = [
      [{ age: undefined }, ["age"]],
      [{ age: null }, ["age"]],
      [{ age: { gte: undefined } }, ["age", "gte"]],
      [{ age: { gte: null } }, ["age", "gte"]],
      [{ ages: 1 }, ["ages"]],
      [{ age: { gtee: 1 } }, ["age", "gtee"]],
      [{ age: { in: 1 } }, ["age", "in"]],
      [{ age: { between: [1] } }, ["age", "between"]],
      [{ age: { isNull: 1 } }, ["age", "isNull"]],
      [{ age: {} }, ["age"]],
      [{ name: { contains: 1 } }, ["name", "contains"]],
      [{ and: { age: 1 } }, ["and"]],
      [{ and: [{ age: 1 }, { age: undefined }] }, ["and", 1, "age"]],
      [{ not: { age: undefined } }, ["not", "age"]],
      [{ and: [{ active: true }, "age"] }, ["and", 1]],
      [undefined, []],
      [null, []],
      [[], []],
      ["age = 1", []]
    ]
    for (const [filter, path] of wrong) {
      const claim = `the filter ${JSON.stringify(filter)} ${path.join(".")}`
      yield* refuses(claim, Query.from(Person).pipe(Query.where(filter as never)), path)
      yield* refuses(`${claim} of a delete`, Mutation.delete(Person).pipe(Mutation.where(filter as never)), path)
    }
    yield* Effect.forEach(
      [{ in: [1, null] }, { eq: "1" }, { between: [1, "2"] }, { gt: 1.5 }],
      (age) =>
        refuses(
          `a value of another type: ${JSON.stringify(age)}`,
          Query.from(Person).pipe(Query.where({ age } as never))
        ),
      { discard: true }
    )
  })
])
