/**
 * Expressions over plain values: text, numbers, choices, NULL.
 */
import { Schema } from "effect"
import { Expr, Query } from "effect-strata"
import { Customer, Order, OrderLine, Product } from "./models.js"

/** Texts by code point: case, length, parts, replacement. */
export const texts = Query.from(Customer).pipe(
  Query.orderBy((c) => Expr.asc(c.id)),
  Query.select((c) => ({
    length: Expr.length(c.name),
    start: Expr.substring(c.name, 1, 3),
    email: Expr.upper(c.email),
    small: Expr.lower(c.email),
    replaced: Expr.replace(c.email, "@shop.", "@"),
    greeting: Expr.concat(Expr.param(Schema.String, "Hello "), c.name)
  }))
)

/** Tests of text, in which the signs of a pattern are plain. */
export const hundredPercent = Query.from(Customer).pipe(
  Query.where((c) =>
    Expr.or(Expr.contains(c.name, "100%_"), Expr.startsWith(c.name, "Ada"), Expr.endsWith(c.name, "😀"))
  ),
  Query.orderBy((c) => Expr.asc(c.name)),
  Query.pluck((c) => c.name)
)

/** like, and ilike, which takes upper and lower case as one. */
export const adas = Query.from(Customer).pipe(
  Query.where((c) => Expr.and(Expr.ilike(c.name, "ADA %"), Expr.not(Expr.like(c.name, "Ada%")))),
  Query.pluck((c) => c.name)
)

/** Arithmetic: of integers toward zero, by zero NULL. */
export const sums = Query.from(Product).pipe(
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.select((p) => ({
    half: Expr.divide(p.stock, 2),
    rest: Expr.modulo(p.stock, 5),
    per: Expr.divide(Expr.param(Schema.Int, 100), p.stock),
    without: Expr.abs(p.stock),
    turned: Expr.negate(p.stock),
    up: Expr.ceil(p.weight),
    down: Expr.floor(p.weight),
    rounded: Expr.round(p.weight, 1)
  }))
)

/** Decimals are exact. */
export const totals = Query.from(OrderLine).pipe(
  Query.orderBy((l) => [Expr.asc(l.orderId), Expr.asc(l.line)]),
  Query.select((l) => ({ total: Expr.multiply(l.price, l.price), more: Expr.add(l.price, l.price) }))
)

/** Choices: case, coalesce, nullif, greatest, least. */
export const choices = Query.from(Order).pipe(
  Query.orderBy((o) => Expr.asc(o.id)),
  Query.select((o) => ({
    state: Expr.cases([[Expr.eq(o.status, "new"), "open"], [Expr.eq(o.status, "returned"), "over"]], "going"),
    note: Expr.coalesce(o.note, "no note"),
    told: Expr.nullIf(o.note, ""),
    later: Expr.greatest(o.dueOn, "2025-02-03"),
    earlier: Expr.least(o.id, o.customerId),
    noteIs: Expr.when(Expr.isNull(o.note), "missing", o.note)
  }))
)

/** Casts, nested records, and SQL of one's own. */
export const cast = Query.from(Order).pipe(
  Query.orderBy((o) => Expr.asc(o.id)),
  Query.select((o) => ({
    id: Expr.cast(o.id, Schema.String),
    of: Expr.record({ customer: o.customerId, twice: Expr.sql(Schema.Int)`${o.id} * 2` })
  }))
)

/** Columns of JSON and arrays come back as they went in. */
export const addresses = Query.from(Customer).pipe(
  Query.orderBy((c) => Expr.asc(c.id)),
  Query.select((c) => ({
    address: c.address,
    active: c.isActive,
    joined: c.joinedAt,
    born: c.bornOn,
    points: c.points
  }))
)

/** Texts by character: filled up, repeated, turned, found. */
export const characters = Query.from(Customer).pipe(
  Query.orderBy((c) => Expr.asc(c.id)),
  Query.select((c) => ({
    filled: Expr.padStart(c.name, 15, "*"),
    after: Expr.padEnd(c.name, 14, "."),
    twice: Expr.repeat(c.name, 2),
    turned: Expr.reverse(c.name),
    at: Expr.position(c.name, "a"),
    first: Expr.left(c.name, 2),
    last: Expr.right(c.name, 2)
  }))
)

/** Powers and roots; what has no root has NULL. */
export const powers = Query.from(Product).pipe(
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.select((p) => ({
    square: Expr.power(p.weight, 2),
    root: Expr.sqrt(p.stock),
    sign: Expr.sign(p.stock),
    cut: Expr.trunc(p.weight, 1)
  }))
)

/** Bits: what a product needs, and which products need the same. */
export const bits = Query.from(Product).pipe(
  Query.where((p) => Expr.ne(Expr.bitAnd(p.flags, 1), 0)),
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.select((p) => ({
    both: Expr.bitOr(p.flags, 8),
    others: Expr.bitXor(p.flags, 15),
    none: Expr.bitNot(p.flags),
    up: Expr.shiftLeft(p.flags, 4),
    down: Expr.shiftRight(p.stock, 1)
  }))
)

/** Any function, with the Schema of its result. */
export const functions = Query.from(Product).pipe(
  Query.groupBy((p) => [Expr.fn("abs", Schema.Int)(p.stock)]),
  Query.orderBy((p) => Expr.asc(Expr.fn("abs", Schema.Int)(p.stock))),
  Query.select((p) => ({
    stock: Expr.fn("abs", Schema.Int)(p.stock),
    heaviest: Expr.aggregateFn("max", Schema.NullOr(Schema.Number))(p.weight)
  }))
)
