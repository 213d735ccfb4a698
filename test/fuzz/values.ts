/**
 * What takes a value: it is bound, so that the text is the same for all, and means what it means in JavaScript.
 */
import * as Schema from "effect/Schema"
import * as Expr from "../../src/Expr.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import type { Entry, Made } from "./entry.js"
import { asking, each, entry, Row, rows, where, writing, Written } from "./entry.js"

const text = entry("text", "value")

const number = entry("number", "value")

/** By code point, as databases compare here. */
const compared = (a: string, b: string): number => {
  const [one, other] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < one.length && i < other.length; i++) {
    const difference = one[i]!.codePointAt(0)! - other[i]!.codePointAt(0)!
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

const likeOf = (pattern: string): RegExp | undefined => {
  let source = ""
  const points = Array.from(pattern)
  for (let i = 0; i < points.length; i++) {
    const point = points[i]!
    if (point === "\\") {
      // An escape at the end is an error on some databases, and none on others.
      if (++i === points.length) return undefined
      source += points[i]!.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")
    } else source += point === "%" ? "[^]*" : point === "_" ? "[^]" : point.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")
  }
  return new RegExp(`^${source}$`, "u")
}

const written = (changes: object, isRight?: (row: any) => boolean): Made =>
  writing(
    Mutation.insert(Written, { name: "a", nick: null, age: 1, score: 1, data: null, ...changes } as never),
    isRight
  )

export const values: ReadonlyArray<Entry> = [
  text("a filter", (v) => where({ name: v }, (row) => row.name === v)),
  text("a filter: eq", (v) => where({ name: { eq: v } }, (row) => row.name === v)),
  text("a filter: ne", (v) => where({ name: { ne: v } }, (row) => row.name !== v)),
  text("a filter: in", (v) => where({ name: { in: [v, "plain"] } }, (row) => row.name === v || row.name === "plain")),
  text("a filter: notIn", (v) => where({ name: { notIn: [v] } }, (row) => row.name !== v)),
  text("a filter: gte", (v) => where({ name: { gte: v } }, (row) => compared(row.name, v) >= 0)),
  text("a filter: lt", (v) => where({ name: { lt: v } }, (row) => compared(row.name, v) < 0)),
  text("a filter: contains", (v) => where({ name: { contains: v } }, (row) => row.name.includes(v))),
  text("a filter: startsWith", (v) => where({ name: { startsWith: v } }, (row) => row.name.startsWith(v))),
  text("a filter: endsWith", (v) => where({ name: { endsWith: v } }, (row) => row.name.endsWith(v))),
  text("a filter: like", (v) => {
    const pattern = typeof v === "string" ? likeOf(v) : undefined
    return where({ name: { like: v } }, pattern && ((row) => pattern.test(row.name)))
  }, { allows: ["QueryError/data"] }),
  text("a filter: ilike", (v) => where({ name: { ilike: v } }), { allows: ["QueryError/data"] }),
  text("a filter of what may be null", (v) => where({ nick: v }, (row) => row.nick === v)),
  text("a filter in or, and, not", (v) =>
    where(
      { or: [{ name: v }, { and: [{ not: { name: { contains: v } } }, { age: 20 }] }] },
      (row) => row.name === v || (!row.name.includes(v) && row.age === 20)
    )),
  text("Expr.eq", (v) => where((row) => Expr.eq(row.name, v), (row) => row.name === v)),
  text("Expr.gt", (v) => where((row) => Expr.gt(row.name, v), (row) => compared(row.name, v) > 0)),
  text("Expr.between", (v) => where((row) => Expr.between(row.name, v, v), (row) => row.name === v)),
  text("Expr.in", (v) => where((row) => Expr.in(row.name, [v]), (row) => row.name === v)),
  text(
    "Expr.in of rows",
    (v) =>
      where(
        (row) => Expr.in(Expr.row(row.name, row.age), [[v, 10]] as never),
        (row) => row.name === v && row.age === 10
      )
  ),
  text("Expr.concat", (v) => each((row) => Expr.concat(row.name, v), (row) => `${row.name}${v}`)),
  text(
    "Expr.replace, what",
    (v) => each((row) => Expr.replace(row.name, v, "x"), (row) => v === "" ? row.name : row.name.split(v).join("x"))
  ),
  text(
    "Expr.replace, by what",
    (v) => each((row) => Expr.replace(row.name, "a", v), (row) => row.name.split("a").join(v))
  ),
  text("Expr.position", (v) => each((row) => Expr.position(row.name, v))),
  text("Expr.padStart", (v) => each((row) => Expr.padStart(row.name, 12, v))),
  text("Expr.coalesce", (v) => each((row) => Expr.coalesce(row.nick, v), (row) => row.nick ?? v)),
  text("Expr.nullIf", (v) => each((row) => Expr.nullIf(row.name, v), (row) => row.name === v ? null : row.name)),
  text(
    "Expr.when",
    (v) => each((row) => Expr.when(Expr.gt(row.age, 20), row.name, v), (row) => row.age > 20 ? row.name : v)
  ),
  text("Expr.cases", (v) => each((row) => Expr.cases([[Expr.eq(row.name, v), row.name]], v), () => v)),
  text(
    "Expr.greatest",
    (v) => each((row) => Expr.greatest(row.name, v), (row) => compared(row.name, v) > 0 ? row.name : v)
  ),
  text("Expr.param", (v) => each(() => Expr.param(Schema.String, v), () => v)),
  text(
    "Expr.sql",
    (v) =>
      where((row) => Expr.sql(Schema.Boolean)`${row.name} = ${Expr.param(Schema.String, v)}`, (row) => row.name === v)
  ),
  text(
    "Expr.fn",
    (v) =>
      each(
        (row) => Expr.fn("nullif", Schema.NullOr(Schema.String))(row.name, Expr.param(Schema.String, v)),
        (row) => row.name === v ? null : row.name
      )
  ),
  text("Expr.stringAgg", (v) =>
    asking(
      Query.from(Row).pipe(Query.pluck((row) => Expr.ordered(Expr.stringAgg(row.name, v), Expr.asc(row.id)))),
      () => [rows.map((row) => row.name).join(v)]
    )),
  text("a having", (v) =>
    asking(
      Query.from(Row).pipe(
        Query.groupBy((row) => [row.name]),
        Query.having((row) => Expr.eq(Expr.max(row.name), v)),
        Query.pluck(() => Expr.count())
      ),
      () => rows.filter((row) => row.name === v).map(() => 1)
    )),
  text("an order", (v) =>
    asking(
      Query.from(Row).pipe(
        Query.orderBy((row) => [Expr.asc(Expr.eq(row.name, v)), Expr.asc(row.id)]),
        Query.pluck((row) => row.id)
      ),
      () => [...rows].sort((a, b) => Number(a.name === v) - Number(b.name === v) || a.id - b.id).map(({ id }) => id)
    )),
  text("Query.values", (v) =>
    asking(
      Query.from(Query.values("v", { a: Schema.String, b: Schema.Int }, [{ a: v, b: 1 }, { a: "x", b: 2 }])).pipe(
        Query.orderBy((one) => Expr.asc(one.b))
      ),
      () => [{ a: v, b: 1 }, { a: "x", b: 2 }]
    )),
  text("Query.whenSome", (v) => where((row) => Expr.eq(row.name, v), (row) => row.name === v)),
  text("a subquery", (v) =>
    where((row) =>
      Expr.exists(
        Query.from(Row).pipe(
          Query.where((other) => Expr.and(Expr.eq(other.id, row.id), Expr.ne(other.name, v)))
        )
      ), (row) => row.name !== v)),
  text("a union", (v) =>
    asking(
      Query.from(Row).pipe(
        Query.where({ name: v }),
        Query.select((row) => ({ n: row.name })),
        Query.unionAll(Query.from(Row).pipe(Query.where({ name: v }), Query.select((row) => ({ n: row.name }))))
      ),
      () => rows.filter((row) => row.name === v).flatMap((row) => [{ n: row.name }, { n: row.name }])
    )),
  text("an insert", (v) => written({ name: v }, (row) => row.name === v)),
  text("an insert of what may be null", (v) => written({ nick: v }, (row) => row.nick === v), { takesAlso: null }),
  text(
    "an insert of JSON",
    (v) => written({ data: typeof v === "string" ? { a: [v] } : Symbol() }, (row) => row.data.a[0] === v)
  ),
  text("an insert of many", (v) =>
    writing(
      Mutation.insertMany(Written, [
        { name: v, nick: v, age: 1, score: 1, data: v },
        { name: "a", nick: null, age: 1, score: 1, data: null }
      ]),
      (count) => count === 2
    )),
  text(
    "an update",
    (v) =>
      writing(
        Mutation.update(Written).pipe(Mutation.set({ name: v, nick: v }), Mutation.where({ id: -1 })),
        (count) => count === 0
      )
  ),
  text("an update by an expression", (v) =>
    writing(
      Mutation.update(Written).pipe(
        Mutation.set((row) => ({ name: Expr.concat(row.name, v) })),
        Mutation.where({ id: -1 })
      ),
      (count) => count === 0
    )),
  text(
    "a condition of an update",
    (v) =>
      writing(
        Mutation.update(Written).pipe(Mutation.set({ age: 2 }), Mutation.where({ name: v, id: -1 })),
        (count) => count === 0
      )
  ),
  text(
    "a condition of a delete",
    (v) => writing(Mutation.delete(Written).pipe(Mutation.where({ nick: v, id: -1 })), (count) => count === 0)
  ),

  number("a filter of a number", (n) => where({ score: n }, (row) => row.score === n)),
  number("a filter of a whole number", (n) => where({ age: { gte: n } }, (row) => row.age >= n)),
  number("Expr.lt", (n) => where((row) => Expr.lt(row.score, n), (row) => row.score < n)),
  number("Expr.add", (n) => each((row) => Expr.add(row.score, n)), { allows: ["QueryError/data"] }),
  number("Expr.round", (n) => each((row) => Expr.round(row.score, n)), {
    allows: ["QueryError/data"],
    takesAlso: undefined
  }),
  number("Expr.trunc", (n) => each((row) => Expr.trunc(row.score, n)), {
    allows: ["QueryError/data"],
    takesAlso: undefined
  }),
  number("Expr.power", (n) => each((row) => Expr.power(row.score, n)), { allows: ["QueryError/data", "DecodeError"] }),
  number(
    "Expr.substring, from",
    (n) => each((row) => Expr.substring(row.name, n, 2), (row) => Array.from(row.name).slice(n - 1, n + 1).join(""))
  ),
  number(
    "Expr.substring, length",
    (n) => each((row) => Expr.substring(row.name, 2, n), (row) => Array.from(row.name).slice(1, 1 + n).join(""))
  ),
  number("Expr.left", (n) => each((row) => Expr.left(row.name, n))),
  number(
    "Expr.padEnd",
    (n) => each((row) => Expr.length(Expr.padEnd(row.name, typeof n === "number" && n > 5000 ? 5000 : n, "ab")))
  ),
  number("Expr.shiftLeft", (n) => each((row) => Expr.shiftLeft(row.age, n)), { allows: ["DecodeError"] }),
  number("a limit", (n) =>
    asking(
      Query.from(Row).pipe(Query.orderBy((row) => Expr.asc(row.id)), Query.limit(n), Query.pluck((row) => row.id)),
      () => rows.slice(0, n).map(({ id }) => id)
    )),
  number("an offset", (n) =>
    asking(
      Query.from(Row).pipe(
        Query.orderBy((row) => Expr.asc(row.id)),
        Query.limit(10),
        Query.offset(n),
        Query.pluck((row) => row.id)
      ),
      () => rows.slice(n).map(({ id }) => id)
    )),
  number("an insert of a number", (n) => written({ score: n }, (row) => Object.is(row.score, n))),
  number("an insert of a whole number", (n) => written({ age: n }, (row) => row.age === n))
]
