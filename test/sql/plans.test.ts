/**
 * What is learnt of a statement's shape: later ones are not printed, and are as if they had been. That this holds of every line of the
 * golden table, with hostile values too, is asked in test/golden.
 */
import { assert, describe, it } from "@effect/vitest"
import { Expr, Mutation, Query } from "effect-strata"
import * as Effect from "effect/Effect"
import type { Dialect } from "../../src/Dialect.js"
import type { Expression, Select } from "../../src/sql/ast.js"
import type { Statement } from "../../src/sql/statement.js"
import { compile } from "../../src/sql/compile.js"
import { Plans } from "../../src/sql/plans.js"
import { Post, User } from "../golden/models.js"
import { dialects } from "../golden/record.js"

type One = Exclude<Statement, { readonly _tag: "Script" }>

/** A dialect that counts how many placeholders it printed. */
const counting = (base: Dialect = dialects.postgresql) => {
  const printed = { count: 0 }
  const dialect: Dialect = {
    ...base,
    placeholder: (number, type) => {
      printed.count++
      return base.placeholder(number, type)
    }
  }
  return { dialect, plans: new Plans(dialect), printed }
}

const statementOf = (mutation: { readonly statement: Effect.Effect<Statement, unknown> }): One =>
  Effect.runSync(mutation.statement as Effect.Effect<One>)

/** Compiles both; gives whether the second was printed. */
const isPrintedAgain = (first: One, second: One): boolean => {
  const { dialect, plans, printed } = counting()
  plans.compile(first)
  printed.count = 0
  const { parameters, text } = plans.compile(second)
  const isPrinted = printed.count > 0
  const expected = compile(second, dialect)
  assert.deepStrictEqual({ parameters, text }, { parameters: expected.parameters, text: expected.text })
  return isPrinted
}

const byName = (name: string, age = 1) =>
  Query.from(User).pipe(Query.where({ name, age: { gte: age } }), Query.limit(age)).ast

describe("a statement", () => {
  it("of a known shape is not printed", () => {
    assert.isFalse(isPrintedAgain(byName("a"), byName("b", 7)))
    assert.isFalse(isPrintedAgain(
      statementOf(Mutation.insert(Post, { authorId: 1, title: "a", published: true })),
      statementOf(Mutation.insert(Post, { authorId: 2, title: "b", published: false }))
    ))
    assert.isFalse(isPrintedAgain(
      statementOf(Mutation.update(User).pipe(Mutation.set({ age: 1 }), Mutation.where({ name: "a" }))),
      statementOf(Mutation.update(User).pipe(Mutation.set({ age: 2 }), Mutation.where({ name: "b" })))
    ))
    assert.isFalse(isPrintedAgain(
      statementOf(Mutation.delete(User).pipe(Mutation.where({ name: { in: ["a", "b", "c"] } }))),
      statementOf(Mutation.delete(User).pipe(Mutation.where({ name: { in: ["a", "b", "c", "d"] } })))
    ))
  })

  it("of another shape is", () => {
    const others: ReadonlyArray<Select> = [
      Query.from(User).pipe(Query.where({ name: "a", age: { gt: 1 } }), Query.limit(1)).ast,
      Query.from(User).pipe(Query.where({ age: { gte: 1 }, name: "a" }), Query.limit(1)).ast,
      Query.from(User).pipe(Query.where({ name: "a", age: { gte: 1 } }), Query.offset(1)).ast,
      Query.from(User).pipe(Query.where({ name: "a", age: { gte: 1 } }), Query.limit(1), Query.offset(1)).ast,
      Query.from(User).pipe(Query.where({ name: "a", age: { gte: 1 } }), Query.limit(1), Query.pluck((u) => u.id)).ast
    ]
    for (const other of others) assert.isTrue(isPrintedAgain(byName("a"), other))
    const inserted = (count: number) =>
      statementOf(
        Mutation.insertMany(Post, Array.from({ length: count }, () => ({ authorId: 1, title: "a", published: true })))
      )
    assert.isTrue(isPrintedAgain(inserted(2), inserted(3)))
    const sorted = (order: (u: { readonly nick: Expr.OptionExpr<string> }) => Expr.Order) =>
      Query.from(User).pipe(Query.where({ age: 1 }), Query.orderBy((u) => order(u))).ast
    assert.isTrue(isPrintedAgain(sorted((u) => Expr.asc(u.nick)), sorted((u) => Expr.desc(u.nick))))
  })

  it("knows uses of one table apart", () => {
    const joined = (which: "root" | "other") =>
      Query.from(User).pipe(
        Query.innerJoin("other", User, (u, { other }) => Expr.eq(u.id, other.id)),
        Query.where((u, { other }) => Expr.eq(which === "root" ? u.name : other.name, "a"))
      ).ast
    assert.isTrue(isPrintedAgain(joined("root"), joined("other")))
    assert.isFalse(isPrintedAgain(joined("other"), joined("other")))
  })

  it("knows where NULL can come first", () => {
    const inner = Query.from(User).pipe(
      Query.innerJoin("post", Post, (u, { post }) => Expr.eq(u.id, post.authorId)),
      Query.where({ age: 1 }),
      Query.orderBy((_, { post }) => Expr.asc(post.title))
    ).ast
    const left = Query.from(User).pipe(
      Query.leftJoin("post", Post, (u, { post }) => Expr.eq(u.id, post.authorId)),
      Query.where({ age: 1 }),
      Query.orderBy((_, { post }) => Expr.asc(post.title))
    ).ast
    assert.isTrue(isPrintedAgain({ ...inner, joins: [{ ...inner.joins[0]!, kind: "left" }] }, left))
  })

  it("with one expression in two places teaches nothing of two", () => {
    const { dialect, plans } = counting()
    const select = Query.from(User).pipe(Query.where({ age: 1 })).ast
    const call = select.where as Extract<Expression, { readonly _tag: "Call" }>
    const twice = (left: Expression, right: Expression): Select => ({
      ...select,
      where: { ...call, args: [left, right] }
    })
    const value = (value: number): Expression => ({ _tag: "Parameter", value, type: call.args[1]!.type })
    const same = value(1)
    assert.deepStrictEqual(plans.compile(twice(same, same)).parameters, ["1", "1"])
    assert.deepStrictEqual(plans.compile(twice(value(1), value(2))).parameters, ["1", "2"])
    assert.deepStrictEqual(plans.compile(twice(value(3), value(4))).parameters, ["3", "4"])
    assert.deepStrictEqual(
      plans.compile(twice(same, same)).text,
      compile(twice(value(3), value(4)), dialect).text
    )
  })

  it("refuses values as the first one does", () => {
    const { plans } = counting()
    const by = (age: unknown) => Query.from(User).pipe(Query.where({ age: age as number })).ast
    const refusal = (ast: Select) => {
      try {
        plans.compile(ast)
      } catch (problem) {
        return problem
      }
      return assert.fail("it was not refused")
    }
    const first = refusal(by("no number"))
    plans.compile(by(1))
    assert.deepStrictEqual(refusal(by("no number")), first)
    assert.deepStrictEqual(plans.compile(by(2)).parameters, ["2"])
  })

  it("keeps no value, however many shapes there are", () => {
    const { plans } = counting()
    const deep = (i: number) => {
      let query = Query.from(User).pipe(Query.where({ age: i }))
      for (let bit = 0; bit < 12; bit++) {
        const isSet = (i >> bit) % 2 === 1
        query = query.pipe(
          Query.where((u) => isSet ? Expr.eq(u.name, `name ${i}`) : Expr.gt(u.age, i))
        )
      }
      return query.ast
    }
    for (let i = 0; i < 4096; i++) {
      const { parameters } = plans.compile(deep(i))
      assert.strictEqual(parameters[0], String(i))
    }
    assert.notInclude(JSON.stringify(plans, withoutRings()), "name 4095")
    assert.deepStrictEqual(plans.compile(deep(5)).parameters, compile(deep(5), dialects.postgresql).parameters)
  })
})

/** Shows Maps, and each object once. */
const withoutRings = () => {
  const seen = new Set<unknown>()
  return (_: string, value: unknown): unknown => {
    if (typeof value === "bigint" || typeof value === "symbol") return String(value)
    if (typeof value !== "object" || value === null) return value
    if (seen.has(value)) return undefined
    seen.add(value)
    return value instanceof Map ? [...value] : value
  }
}
