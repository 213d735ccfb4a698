/**
 * Types of functions over texts, numbers, bits and of the user's own.
 */
// @effect-diagnostics floatingEffect:off
import { Expr, Field, Model, Query } from "effect-strata"
import type { Capability } from "effect-strata"
import * as Schema from "effect/Schema"
import { given, is, some } from "./support.js"

class Word extends Model.Class<Word>("Word")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String,
  nick: Schema.NullOr(Schema.String),
  flags: Schema.BigInt,
  count: Schema.NullOr(Schema.Int)
}, { table: "words" }) {}

declare const ranked: Expr.Expr<number, Capability.Capability<"cube">>
declare const named: Expr.Expr<string, Capability.Capability<"rollup">>

Query.from(Word).pipe(Query.select((w) => {
  const padded = Expr.padStart(w.nick, 3)
  is<typeof padded, Expr.Expr<string | null>>(true)
  const at = Expr.position(w.text, w.nick)
  is<typeof at, Expr.Expr<number | null>>(true)
  const found = Expr.position(named, "a")
  is<typeof found, Expr.Expr<number, Capability.Capability<"rollup">>>(true)
  const bits = Expr.bitAnd(w.flags, 1n)
  is<typeof bits, Expr.Expr<bigint>>(true)
  const shifted = Expr.shiftLeft(w.flags, w.count)
  is<typeof shifted, Expr.Expr<bigint | null>>(true)
  const fixed = Expr.shiftLeft(w.flags, 3)
  is<typeof fixed, Expr.Expr<bigint>>(true)
  const root = Expr.sqrt(ranked)
  is<typeof root, Expr.Expr<number | null, Capability.Capability<"cube">>>(true)
  const both = Expr.fn("f", Schema.Int)(ranked, "a", named)
  is<typeof both, Expr.Expr<number, Capability.Capability<"cube"> | Capability.Capability<"rollup">>>(true)
  const plain = Expr.fn("f", Schema.NullOr(Schema.Int))()
  is<typeof plain, Expr.Expr<number | null>>(true)
  const aggregate = Expr.aggregateFn("f", Schema.Int)(ranked)
  is<typeof aggregate, Expr.Aggregate<number, Capability.Capability<"cube">>>(true)

  given(
    // @ts-expect-error a number has no characters
    Expr.padStart(w.id, 3),
    // @ts-expect-error bits of a bigint and of a number
    Expr.bitAnd(w.flags, 1),
    // @ts-expect-error text has no bits
    Expr.bitNot(w.text),
    // @ts-expect-error text has no root
    Expr.sqrt(w.text),
    // @ts-expect-error an object is no argument
    Expr.fn("f", Schema.Int)({}),
    some<Expr.Expr<number>>()
  )
  return { padded, at }
}))

Query.from(Word).pipe(Query.where((w) => {
  const found = Expr.matches(w.nick, "^a", { caseInsensitive: true })
  is<typeof found, Expr.Expr<boolean | null>>(true)
  const replaced = Expr.regexReplace(named, "a", "b", { all: true })
  is<typeof replaced, Expr.Expr<string, Capability.Capability<"rollup">>>(true)
  given(
    // @ts-expect-error a number matches nothing
    Expr.matches(w.id, "1"),
    // @ts-expect-error a pattern is text, not a regular expression of JavaScript
    Expr.matches(w.text, /a/)
  )
  return found
}))
