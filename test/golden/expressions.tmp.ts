/**
 * The golden table of expressions: a line an operator, a column a dialect.
 */
import { Expr, Field, Query } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { Measure, Post, twice, User } from "./models.js"
import { decimal, line, unsupported } from "./record.js"

const user = (where: (columns: Expr.Columns<typeof User>) => Expr.Condition) =>
  Query.from(User).pipe(Query.where(where), Query.pluck((u) => u.id))
const measure = (where: (columns: Expr.Columns<typeof Measure>) => Expr.Condition) =>
  Query.from(Measure).pipe(Query.where(where), Query.pluck((m) => m.day))
const value = (of: (columns: Expr.Columns<typeof User>) => Expr.Selectable<unknown>) => Query.from(User).pipe(Query.pluck(of))
const number = (of: (columns: Expr.Columns<typeof Measure>) => Expr.Selectable<unknown>) =>
  Query.from(Measure).pipe(Query.pluck(of))
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

void [decimal, unsupported, line]
export const cases: ReadonlyArray<readonly [string, any]> = [
["eq", user((u) => Expr.eq(u.age, 1))],
["ne", user((u) => Expr.ne(u.age, 1))],
["gt, of texts of which one is no column", user((u) => Expr.gt(Expr.trim(Expr.param(Schema.String, "b")), "a"))],
["gte, of a column and another", user((u) => Expr.gte(u.age, u.id))],
["lt", user((u) => Expr.lt(u.name, "m"))],
["lte, of decimals of one scale", measure((m) => Expr.lte(m.amount, BigDecimal.unsafeFromString("1.5")))],
["lte, of decimals kept as text", measure((m) => Expr.lte(m.exact, BigDecimal.unsafeFromString("1.5")))],
["between", user((u) => Expr.between(u.age, 18, 65))],
["and, or, not", user((u) => Expr.not(Expr.and(Expr.eq(u.age, 1), Expr.or(Expr.eq(u.age, 2), Expr.eq(u.age, 3)))))],
["and, or of nothing", user(() => Expr.and(Expr.and(), Expr.or()))],
["isNull", user((u) => Expr.isNull(u.nick))],
["isNotNull, of an expression", user((u) => Expr.isNotNull(Expr.add(u.age, 1)))],
["in, of nothing", user((u) => Expr.in(u.age, []))],
["in, of one value", user((u) => Expr.in(u.age, [1]))],
["in, filled up to a power of two", user((u) => Expr.in(u.age, [1, 2, 3]))],
["in, of more than a list has: one parameter", user((u) => Expr.in(u.age, numbers(257).map((n) => n % 2)))],
["in, of many texts", user((u) => Expr.in(u.name, numbers(257).map((n) => n === 0 ? `"it's"` : "")))],
["in, of many bytes", measure((m) => Expr.in(m.raw, numbers(257).map(() => Uint8Array.of(1, 255))))],
["in, of a query", user((u) => Expr.in(u.id, Query.from(Post).pipe(Query.where((p) => p.published), Query.pluck((p) => p.authorId))))],
["in, of a query with a limit", user((u) => Expr.in(u.id, Query.from(Post).pipe(Query.pluck((p) => p.authorId), Query.limit(3))))],
["exists, of a query that uses the row around it", user((u) => Expr.exists(Query.from(Post).pipe(Query.where((p) => Expr.eq(p.authorId, u.id)))))],
["scalar", value((u) => Expr.scalar(Query.from(Post).pipe(Query.where((p) => Expr.eq(p.authorId, u.id)), Query.pluck((p) => Expr.max(p.id)))))],
["like", user((u) => Expr.like(u.name, "a_%"))],
["ilike", user((u) => Expr.ilike(u.name, "É%"))],
["contains, which takes the meaning from wildcards", user((u) => Expr.contains(u.name, "100%_\\"))],
["startsWith", user((u) => Expr.startsWith(u.name, "a%"))],
["endsWith", user((u) => Expr.endsWith(u.name, "_z"))],
["lower", value((u) => Expr.lower(u.name))],
["upper", value((u) => Expr.upper(u.name))],
["length", value((u) => Expr.length(u.name))],
["trim, trimStart, trimEnd", value((u) => Expr.trim(Expr.trimStart(Expr.trimEnd(u.name))))],
["substring", value((u) => Expr.substring(u.name, 2, 3))],
["replace", value((u) => Expr.replace(u.name, "a", u.nick))],
["concat", value((u) => Expr.concat(Expr.concat(u.name, " "), u.nick))],
["add, subtract, multiply", value((u) => Expr.multiply(Expr.add(u.age, 1), Expr.subtract(u.age, u.id)))],
["add, of decimals of one scale", number((m) => Expr.add(m.amount, m.amount))],
["multiply, of decimals of different scales", number((m) => Expr.multiply(m.amount, m.exact))],
["subtract, of bigints", number((m) => Expr.subtract(m.total, 9007199254740993n))],
["divide, of integers", value((u) => Expr.divide(u.age, 2))],
["divide, of doubles", number((m) => Expr.divide(m.ratio, 0.5))],
["divide, of a sum of bigints", number((m) => Expr.divide(Expr.sum(m.total), 2n))],
["modulo", value((u) => Expr.modulo(u.age, 2))],
["modulo, of doubles", number((m) => Expr.modulo(m.ratio, 2.5))],
["negate", value((u) => Expr.negate(Expr.negate(u.age)))],
["abs", value((u) => Expr.abs(u.age))],
["ceil, floor", number((m) => Expr.ceil(Expr.floor(m.ratio)))],
["round", number((m) => Expr.round(m.ratio, 2))],
["now", user(() => Expr.gt(Expr.now(), Expr.param(Schema.DateTimeUtc, DateTime.unsafeMake(0))))],
["count, countDistinct", Query.from(User).pipe(Query.select((u) => ({ all: Expr.count(), named: Expr.count(u.nick), names: Expr.countDistinct(u.name) })))],
["sum, of integers, decimals and doubles", Query.from(Measure).pipe(Query.select((m) => ({ total: Expr.sum(m.total), amount: Expr.sum(m.amount), exact: Expr.sum(m.exact), ratio: Expr.sum(m.ratio) })))],
["avg", Query.from(Measure).pipe(Query.select((m) => ({ total: Expr.avg(m.total), amount: Expr.avg(m.amount), ratio: Expr.avg(m.ratio) })))],
["min, max", Query.from(Measure).pipe(Query.select((m) => ({ day: Expr.min(m.day), exact: Expr.max(m.exact), id: Expr.max(m.id) })))],
["min, max of a boolean", Query.from(Post).pipe(Query.select((p) => ({ all: Expr.min(p.published), any: Expr.max(p.published) })))],
["filter, of an aggregate", Query.from(User).pipe(Query.select((u) => ({ adults: Expr.filter(Expr.count(), Expr.gte(u.age, 18)), oldest: Expr.filter(Expr.max(u.age), Expr.isNull(u.nick)) })))],
["coalesce", value((u) => Expr.coalesce(u.nick, u.name))],
["nullIf", value((u) => Expr.nullIf(u.name, ""))],
["greatest, least", value((u) => Expr.greatest(Expr.least(u.age, 5), u.id))],
["greatest, of what may be null", value((u) => Expr.greatest(u.name, u.nick))],
["when", value((u) => Expr.when(Expr.gte(u.age, 18), "adult", "minor"))],
["cases", value((u) => Expr.cases([[Expr.lt(u.age, 13), "child"], [Expr.lt(u.age, 18), "minor"]], "adult"))],
["cast to text", value((u) => Expr.cast(u.age, Schema.String))],
["cast to a decimal and to a double", Query.from(User).pipe(Query.select((u) => ({ exact: Expr.cast(u.age, Schema.BigDecimal), double: Expr.cast(u.age, Schema.Number) })))],
["cast of a boolean and to one", Query.from(Post).pipe(Query.select((p) => ({ text: Expr.cast(p.published, Schema.String), back: Expr.cast(p.id, Schema.Boolean) })))],
["cast of a time to a day", number((m) => Expr.cast(m.at, Field.day.schema))],
["param", value(() => Expr.param(Schema.DateTimeUtc, DateTime.unsafeMake(0)))],
["param, of each storage type", Query.from(User).pipe(Query.select(() => ({
  bigint: Expr.param(Schema.BigInt, 1n),
  double: Expr.param(Schema.Number, 0.5),
  boolean: Expr.param(Schema.Boolean, true),
  decimal: Expr.param(Schema.BigDecimal, BigDecimal.unsafeFromString("1.50")),
  day: Expr.param(Field.day.schema, "2026-11-21"),
  time: Expr.param(Field.time.schema, "12:30:00.000"),
  uuid: Expr.param(Schema.UUID, "0b1c7a5e-0000-4000-8000-000000000000"),
  json: Expr.param(Schema.Struct({ a: Schema.Number }), { a: 1 }),
  bytes: Expr.param(Schema.Uint8ArrayFromSelf, Uint8Array.of(1, 2))
})))],
["sql, with a column, a value and an expression inside", value((u) => Expr.sql(Schema.Int)`${u.age} + ${7} * ${twice(Expr.add(u.age, 1))}`)],
["record", Query.from(User).pipe(Query.select((u) => ({ id: u.id, about: Expr.record({ name: u.name, age: Expr.record({ years: u.age }) }) })))],
["asc and desc, NULLs last", Query.from(User).pipe(Query.orderBy((u) => [Expr.asc(u.nick), Expr.desc(u.nick), Expr.asc(u.age)]), Query.pluck((u) => u.id))],
["asc and desc, NULLs first", Query.from(User).pipe(Query.orderBy((u) => [Expr.asc(u.nick, { nulls: "first" }), Expr.desc(u.nick, { nulls: "first" })]), Query.pluck((u) => u.id))],
["asc, of a decimal kept as text", Query.from(Measure).pipe(Query.orderBy((m) => Expr.asc(m.exact)), Query.pluck((m) => m.id))]
]
