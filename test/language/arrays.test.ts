/**
 * Native arrays, asked and changed: the same rows on every database, whatever keeps them there.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Connect } from "effect-strata"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

const array = <A, I>(item: Schema.Schema<A, I>) => Schema.Array(item)

class Doc extends Model.Class<Doc>("Doc")({
  id: Schema.Int.pipe(Field.primaryKey),
  tags: array(Schema.String).pipe(Field.nativeArray({ _tag: "text" })),
  short: array(Schema.String).pipe(Schema.maxItems(2), Field.nativeArray({ _tag: "text", maxLength: 8 })),
  maybe: array(Schema.NullOr(Schema.Int)).pipe(Schema.NullOr, Field.nativeArray({ _tag: "integer" })),
  option: array(Schema.Int).pipe(Schema.OptionFromNullOr, Field.nativeArray({ _tag: "integer" })),
  doubles: array(Schema.Number).pipe(Field.nativeArray({ _tag: "double" })),
  flags: array(Schema.NullOr(Schema.Boolean)).pipe(Field.nativeArray({ _tag: "boolean" })),
  bigs: array(Schema.BigInt).pipe(Field.nativeArray({ _tag: "bigint" })),
  times: array(Schema.DateTimeUtc).pipe(Field.nativeArray({ _tag: "timestamp" })),
  days: array(Schema.String).pipe(Field.nativeArray({ _tag: "day" })),
  hours: array(Schema.String).pipe(Field.nativeArray({ _tag: "time" })),
  ids: array(Schema.UUID).pipe(Field.nativeArray({ _tag: "uuid" })),
  kinds: array(Schema.Literal("in", "out")).pipe(Field.nativeArray({ _tag: "literal", values: ["in", "out"] })),
  decimals: array(Schema.BigDecimal).pipe(Field.nativeArray({ _tag: "decimal" })),
  blobs: array(Schema.Uint8Array).pipe(Field.nativeArray({ _tag: "bytes" })),
  name: Schema.NullOr(Schema.String),
  count: Schema.NullOr(Schema.Int),
  ratio: Schema.Number,
  isNew: Schema.Boolean,
  big: Schema.BigInt,
  at: Schema.DateTimeUtc,
  day: Field.day,
  hour: Field.time,
  uid: Schema.UUID
}, { table: "docs" }) {}

class Json extends Model.Class<Json>("Json")({
  id: Schema.Int.pipe(Field.primaryKey),
  tags: array(Schema.String),
  nested: array(array(Schema.Int)).pipe(Field.nativeArray({ _tag: "array", item: { _tag: "integer" } })),
  pair: Schema.Tuple(Schema.Int, Schema.String).pipe(Field.nativeArray({ _tag: "text" }) as never) as never
}, { table: "jsons" }) {}

/** Items that mean something in a literal of an array, in JSON or in a text. */
const hostile = [
  "",
  "a,b",
  "{}",
  "\"",
  "\\",
  "\\\"",
  "NULL",
  "null",
  "'",
  "a/b",
  "é",
  "😀",
  "\n",
  "\u0001",
  "[0]",
  "A",
  "a",
  "a "
]

const utc = (text: string) => DateTime.unsafeMake(text)
const uuid = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-000000000000`
const most = 2n ** 63n - 1n

const docs = [
  {
    id: 1,
    tags: ["b", "a", "b"],
    short: ["x", "y"],
    maybe: [1, null, 2],
    option: Option.some([7, 8]),
    doubles: [1.5, 2],
    flags: [true, null],
    bigs: [most, 2n],
    times: [utc("2026-01-02T03:04:05.006Z")],
    days: ["2026-01-02"],
    hours: ["12:30:00.500"],
    ids: [uuid("a"), uuid("b")],
    kinds: ["in" as const],
    decimals: [BigDecimal.unsafeFromString("1.50")],
    blobs: [Uint8Array.of(1, 255)],
    name: "a",
    count: 2,
    ratio: 2,
    isNew: true,
    big: most,
    at: utc("2026-01-02T03:04:05.006Z"),
    day: "2026-01-02",
    hour: "12:30:00.500",
    uid: uuid("b")
  },
  {
    id: 2,
    tags: [],
    short: [],
    maybe: null,
    option: Option.none(),
    doubles: [],
    flags: [],
    bigs: [],
    times: [],
    days: [],
    hours: [],
    ids: [],
    kinds: [],
    decimals: [],
    blobs: [],
    name: null,
    count: null,
    ratio: 0,
    isNew: false,
    big: 0n,
    at: utc("2026-01-01T00:00:00.000Z"),
    day: "2026-01-01",
    hour: "00:00:00.000",
    uid: uuid("c")
  },
  {
    id: 3,
    tags: hostile,
    short: ["a"],
    maybe: [null],
    option: Option.some([]),
    doubles: [1e300, -0.1],
    flags: [false],
    bigs: [-5n],
    times: [utc("0999-12-31T23:59:59.999Z"), utc("2026-06-01T00:00:00.000Z")],
    days: ["2026-06-01", "0999-12-31"],
    hours: ["00:00:00.000"],
    ids: [uuid("c")],
    kinds: ["out" as const, "in" as const],
    decimals: [BigDecimal.unsafeFromString("-2")],
    blobs: [],
    name: "\\\"",
    count: null,
    ratio: -0.1,
    isNew: false,
    big: -5n,
    at: utc("0999-12-31T23:59:59.999Z"),
    day: "0999-12-31",
    hour: "00:00:00.000",
    uid: uuid("d")
  }
]

for (const database of available) {
  describe(`arrays: ${database.name}`, () => {
    const runtime = onFresh(database, Effect.zipRight(Ddl.create(Doc), Mutation.insertMany(Doc, docs)))

    const gives = <A>(
      what: string,
      query: Effect.Effect<A, { readonly _tag: string }, Connect.Services>,
      expected: unknown
    ) =>
      it(what, async () => {
        const outcome = await runtime.runPromise(Effect.either(query))
        assert.strictEqual(outcome._tag, "Right", outcome._tag === "Left" ? JSON.stringify(outcome.left) : "")
        assert.deepStrictEqual(outcome._tag === "Right" ? outcome.right : undefined, expected as A)
      })

    const byId = Query.from(Doc).pipe(Query.orderBy((d) => Expr.asc(d.id)))
    const each = <A>(
      what: string,
      of: (d: Expr.Columns<typeof Doc>) => Expr.Selectable<A>,
      expected: ReadonlyArray<NoInfer<A>>
    ) => gives(what, byId.pipe(Query.pluck(of)), expected)
    const which = (
      what: string,
      of: (d: Expr.Columns<typeof Doc>) => Expr.Condition,
      expected: ReadonlyArray<number>
    ) => gives(what, byId.pipe(Query.where(of), Query.pluck((d) => d.id)), expected)
    const fails = (
      what: string,
      query: Effect.Effect<unknown, { readonly _tag: string }, Connect.Services>,
      tag: string
    ) =>
      it(what, async () => {
        const error = await runtime.runPromise(Effect.flip(query))
        assert.strictEqual(error._tag, tag, JSON.stringify(error))
      })

    which("contains: an item", (d) => Expr.arrayContains(d.tags, "a"), [1, 3])
    which("contains: items in any order, and more often", (d) => Expr.arrayContains(d.tags, ["a", "b", "a", "a"]), [1])
    which("contains: each hostile item", (d) => Expr.and(...hostile.map((one) => Expr.arrayContains(d.tags, one))), [3])
    which("contains: all hostile items", (d) => Expr.arrayContains(d.tags, hostile), [3])
    which("contains: of other case", (d) => Expr.arrayContains(d.tags, "B"), [])
    each("contains: nothing is in each", (d) => Expr.arrayContains(d.tags, []), [true, true, true])
    each("contains: of NULL", (d) => Expr.arrayContains(d.maybe, []), [true, null, true])
    each("contains: NULL is in none", (d) => Expr.arrayContains(d.maybe, null), [false, null, false])
    each("contains: NULL among others", (d) => Expr.arrayContains(d.maybe, [1, null]), [false, null, false])
    each("contains: a column", (d) => Expr.arrayContains(d.tags, d.name), [true, false, true])
    each("contains: a column's number", (d) => Expr.arrayContains(d.maybe, d.count), [true, null, false])
    each("contains: another array", (d) => Expr.arrayContains(d.tags, d.short), [false, true, true])
    each("contains: in one of limited texts", (d) => Expr.arrayContains(d.short, d.tags), [false, true, false])
    each("contains: itself", (d) => Expr.arrayContains(d.maybe, d.maybe), [false, null, false])
    each("contains: in an Option", (d) => Expr.arrayContains(d.option, 7), [true, null, false])
    each("contains: a double", (d) => Expr.arrayContains(d.doubles, d.ratio), [true, false, true])
    each("contains: a boolean", (d) => Expr.arrayContains(d.flags, d.isNew), [true, false, true])
    each("contains: a bigint", (d) => Expr.arrayContains(d.bigs, d.big), [true, false, true])
    each("contains: an instant", (d) => Expr.arrayContains(d.times, d.at), [true, false, true])
    each("contains: a day", (d) => Expr.arrayContains(d.days, d.day), [true, false, true])
    each("contains: a time", (d) => Expr.arrayContains(d.hours, d.hour), [true, false, true])
    each("contains: a UUID", (d) => Expr.arrayContains(d.ids, d.uid), [true, false, false])
    each("contains: what is computed", (d) => Expr.arrayContains(d.doubles, Expr.multiply(d.ratio, 0.75)), [
      true,
      false,
      false
    ])
    which("contains: a value of each kind", (d) =>
      Expr.and(
        Expr.arrayContains(d.doubles, 2),
        Expr.arrayContains(d.flags, true),
        Expr.arrayContains(d.bigs, [2n, most]),
        Expr.arrayContains(d.times, utc("2026-01-02T03:04:05.006Z")),
        Expr.arrayContains(d.days, "2026-01-02"),
        Expr.arrayContains(d.hours, "12:30:00.500"),
        Expr.arrayContains(d.ids, uuid("a")),
        Expr.arrayContains(d.kinds, "in"),
        Expr.arrayContains(d.decimals, BigDecimal.unsafeFromString("1.5")),
        Expr.arrayContains(d.blobs, [Uint8Array.of(1, 255)])
      ), [1])

    each("overlaps: with items", (d) => Expr.arrayOverlaps(d.tags, ["b", "é", "z"]), [true, false, true])
    each("overlaps: with nothing", (d) => Expr.arrayOverlaps(d.tags, []), [false, false, false])
    each("overlaps: NULLs are not the same", (d) => Expr.arrayOverlaps(d.maybe, [null, 3]), [false, null, false])
    each("overlaps: beside a NULL", (d) => Expr.arrayOverlaps(d.maybe, [null, 2]), [true, null, false])
    each("overlaps: another array", (d) => Expr.arrayOverlaps(d.short, d.tags), [false, false, true])
    each("overlaps: one that may be NULL", (d) => Expr.arrayOverlaps(d.option, d.maybe), [false, null, false])
    each("overlaps: bigints", (d) => Expr.arrayOverlaps(d.bigs, [2n, -5n]), [true, false, true])

    each("length", (d) => Expr.arrayLength(d.tags), [3, 0, hostile.length])
    each("length: NULLs are items", (d) => Expr.arrayLength(d.maybe), [3, null, 1])
    each("length: of an Option", (d) => Expr.arrayLength(d.option), [2, null, 0])
    which("length: compares", (d) => Expr.gt(Expr.arrayLength(d.tags), 2), [1, 3])

    each("at: the first", (d) => Expr.arrayAt(d.tags, 0), ["b", null, ""])
    each("at: beyond the end", (d) => Expr.arrayAt(d.tags, 5), [null, null, "\\\""])
    for (const [i, one] of hostile.entries()) {
      each(`at: ${JSON.stringify(one)}`, (d) => Expr.arrayAt(Expr.arrayAppend(d.tags, "x"), i), [
        i === 3 ? "x" : i < 3 ? ["b", "a", "b"][i]! : null,
        i === 0 ? "x" : null,
        one
      ])
    }
    each("at: a number", (d) => Expr.arrayAt(d.maybe, 0), [1, null, null])
    each("at: a NULL", (d) => Expr.arrayAt(d.maybe, 1), [null, null, null])
    each("at: in an Option", (d) => Expr.arrayAt(d.option, 1), [8, null, null])
    each("at: a double", (d) => Expr.arrayAt(d.doubles, 0), [1.5, null, 1e300])
    each("at: a boolean", (d) => Expr.arrayAt(d.flags, 0), [true, null, false])
    each("at: a boolean that is NULL", (d) => Expr.arrayAt(d.flags, 1), [null, null, null])
    each("at: a bigint", (d) => Expr.arrayAt(d.bigs, 0), [most, null, -5n])
    each("at: an instant", (d) => Expr.arrayAt(d.times, 0), [docs[0]!.at, null, docs[2]!.at])
    each("at: a day", (d) => Expr.arrayAt(d.days, 0), ["2026-01-02", null, "2026-06-01"])
    each("at: a time", (d) => Expr.arrayAt(d.hours, 0), ["12:30:00.500", null, "00:00:00.000"])
    each("at: a UUID", (d) => Expr.arrayAt(d.ids, 1), [uuid("b"), null, null])
    each("at: a literal", (d) => Expr.arrayAt(d.kinds, 0), ["in", null, "out"])
    each("at: integers divide as integers", (d) => Expr.divide(Expr.arrayAt(d.option, 0), 2), [3, null, null])
    each("at: doubles divide as doubles", (d) => Expr.divide(Expr.arrayAt(d.doubles, 1), 4), [0.5, null, -0.025])
    which("at: compares", (d) => Expr.gt(Expr.arrayAt(d.bigs, 0), 10n), [1])
    which("at: instants compare", (d) => Expr.lt(Expr.arrayAt(d.times, 0), d.at), [])
    which(
      "at: equals a column",
      (d) => Expr.and(Expr.eq(Expr.arrayAt(d.times, 0), d.at), Expr.eq(Expr.arrayAt(d.hours, 0), d.hour)),
      [1, 3]
    )
    which("at: a condition", (d) => Expr.arrayAt(d.flags, 0), [1])
    gives(
      "at: sorts by code point",
      Query.from(Doc).pipe(
        Query.orderBy((d) => [Expr.asc(Expr.arrayAt(d.short, 0)), Expr.asc(d.id)]),
        Query.pluck((d) => d.id)
      ),
      [2, 3, 1].sort((a, b) => Number(a === 2) - Number(b === 2))
    )

    each("append", (d) => Expr.arrayAppend(d.maybe, 5), [[1, null, 2, 5], null, [null, 5]])
    each("append: a NULL", (d) => Expr.arrayAppend(d.maybe, null), [[1, null, 2, null], null, [null, null]])
    each("append: a column", (d) => Expr.arrayAppend(d.maybe, d.count), [[1, null, 2, 2], null, [null, null]])
    each("append: to an Option", (d) => Expr.arrayAppend(d.option, 1), [[7, 8, 1], null, [1]])
    each("append: what is computed", (d) => Expr.arrayAppend(d.doubles, Expr.add(d.ratio, 1)), [
      [1.5, 2, 3],
      [1],
      [1e300, -0.1, 0.9]
    ])
    each(
      "append: a bigint, an instant, a boolean",
      (d) =>
        Expr.record({
          bigs: Expr.arrayAppend(d.bigs, d.big),
          times: Expr.arrayAppend(d.times, d.at),
          flags: Expr.arrayAppend(d.flags, d.isNew),
          days: Expr.arrayAppend(d.days, d.day),
          hours: Expr.arrayAppend(d.hours, d.hour),
          ids: Expr.arrayAppend(d.ids, d.uid)
        }),
      docs.map((d) => ({
        bigs: [...d.bigs, d.big],
        times: [...d.times, d.at],
        flags: [...d.flags, d.isNew],
        days: [...d.days, d.day],
        hours: [...d.hours, d.hour],
        ids: [...d.ids, d.uid]
      }))
    )
    each("append: decimals and bytes", (d) =>
      Expr.record({
        decimals: Expr.arrayLength(Expr.arrayAppend(d.decimals, BigDecimal.unsafeFromString("0.1"))),
        blobs: Expr.arrayAppend(d.blobs, Uint8Array.of(7))
      }), docs.map((d) => ({ decimals: d.decimals.length + 1, blobs: [...d.blobs, Uint8Array.of(7)] })))
    each("concat: items", (d) => Expr.arrayConcat(d.tags, ["x", "\"'\\"]), docs.map((d) => [...d.tags, "x", "\"'\\"]))
    each("concat: nothing", (d) => Expr.arrayConcat(d.tags, []), docs.map((d) => d.tags))
    each("concat: another array", (d) => Expr.arrayConcat(d.tags, d.short), docs.map((d) => [...d.tags, ...d.short]))
    each("concat: itself", (d) => Expr.arrayConcat(d.bigs, d.bigs), [
      [most, 2n, most, 2n],
      [],
      [-5n, -5n]
    ])
    each("concat: one that is NULL", (d) => Expr.arrayConcat(d.maybe, d.option), [[1, null, 2, 7, 8], null, [null]])

    each(
      "one within the other",
      (d) => Expr.arrayAppend(Expr.arrayConcat(Expr.arrayRemove(d.tags, d.name), Expr.arrayAppend(d.short, "x")), "z"),
      docs.map((d) => [...d.tags.filter((one) => one !== d.name), ...d.short, "x", "z"])
    )
    each(
      "concat: a list that was collected",
      (d) =>
        Expr.arrayConcat(
          d.bigs,
          Expr.scalar(
            Query.from(Doc).pipe(Query.where((o) => Expr.eq(o.id, 3)), Query.pluck((o) => Expr.arrayAgg(o.big)))
          )
        ),
      [[most, 2n, -5n], [-5n], [-5n, -5n]]
    )
    each("append: a text", (d) => Expr.arrayAppend(d.tags, Expr.coalesce(d.name, "n")), [
      ["b", "a", "b", "a"],
      ["n"],
      [...hostile, "\\\""]
    ])

    each("remove: each of it", (d) => Expr.arrayRemove(d.tags, "b"), [["a"], [], hostile])
    each("remove: NULLs", (d) => Expr.arrayRemove(d.maybe, null), [[1, 2], null, []])
    each("remove: a number beside NULLs", (d) => Expr.arrayRemove(d.maybe, 2), [[1, null], null, [null]])
    each("remove: a column", (d) => Expr.arrayRemove(d.tags, d.name), [
      ["b", "b"],
      [],
      hostile.filter((one) => one !== "\\\"")
    ])
    each("remove: of limited texts", (d) => Expr.arrayRemove(d.short, "x"), [["y"], [], ["a"]])
    each("remove: of each kind", (d) =>
      Expr.record({
        bigs: Expr.arrayRemove(d.bigs, most),
        times: Expr.arrayRemove(d.times, d.at),
        flags: Expr.arrayRemove(d.flags, true),
        doubles: Expr.arrayRemove(d.doubles, 2),
        ids: Expr.arrayRemove(d.ids, uuid("a"))
      }), [
      { bigs: [2n], times: [], flags: [null], doubles: [1.5], ids: [uuid("b")] },
      { bigs: [], times: [], flags: [], doubles: [], ids: [] },
      { bigs: [-5n], times: [docs[2]!.times[1]!], flags: [false], doubles: [1e300, -0.1], ids: [uuid("c")] }
    ])

    const elements = <X>(
      what: string,
      of: (d: Expr.Columns<typeof Doc>) => Expr.Operand<ReadonlyArray<X> | null>,
      expected: ReadonlyArray<readonly [id: number, ordinal: number, value: NoInfer<X>]>
    ) =>
      gives(
        `elements: ${what}`,
        byId.pipe(
          Query.elements("one", of),
          Query.orderBy((_, { one }) => Expr.asc(one.ordinal)),
          Query.select((d, { one }) => ({ id: d.id, one })),
          Effect.map((rows) => rows.map(({ id, one }) => [id, one.ordinal, one.value]))
        ),
        expected
      )
    elements("texts", (d) => d.short, [[1, 0, "x"], [1, 1, "y"], [3, 0, "a"]])
    elements("hostile texts", (d) => d.tags, [
      [1, 0, "b"],
      [1, 1, "a"],
      [1, 2, "b"],
      ...hostile.map((one, i) => [3, i, one] as const)
    ])
    elements("NULLs", (d) => d.maybe, [[1, 0, 1], [1, 1, null], [1, 2, 2], [3, 0, null]])
    elements("doubles", (d) => d.doubles, [[1, 0, 1.5], [1, 1, 2], [3, 0, 1e300], [3, 1, -0.1]])
    elements("booleans", (d) => d.flags, [[1, 0, true], [1, 1, null], [3, 0, false]])
    elements("bigints", (d) => d.bigs, [[1, 0, most], [1, 1, 2n], [3, 0, -5n]])
    elements("instants", (d) => d.times, [[1, 0, docs[0]!.at], [3, 0, docs[2]!.at], [3, 1, docs[2]!.times[1]!]])
    elements("of what is put together", (d) => Expr.arrayConcat(d.short, ["z"]), [
      [1, 0, "x"],
      [1, 1, "y"],
      [1, 2, "z"],
      [2, 0, "z"],
      [3, 0, "a"],
      [3, 1, "z"]
    ])
    gives(
      "elements: compared and counted",
      Query.from(Doc).pipe(
        Query.elements("tag", (d) => d.tags),
        Query.where((_, { tag }) => Expr.in(tag.value, ["a", "b"])),
        Query.groupBy((_, { tag }) => [tag.value]),
        Query.orderBy((_, { tag }) => Expr.desc(tag.value)),
        Query.select((_, { tag }) => ({ tag: tag.value, n: Expr.count() }))
      ),
      [{ tag: "b", n: 2 }, { tag: "a", n: 2 }]
    )

    gives(
      "of a list that was collected",
      Query.from(Doc).pipe(
        Query.where((d) =>
          Expr.arrayContains(
            Expr.scalar(
              Query.from(Doc).pipe(Query.where((o) => Expr.lt(o.id, 3)), Query.pluck((o) => Expr.arrayAgg(o.id)))
            ),
            d.id
          )
        ),
        Query.orderBy((d) => Expr.asc(d.id)),
        Query.pluck((d) => d.id)
      ),
      [1, 2]
    )

    it("a prepared query takes an item, or a list", async () => {
      const one = Query.prepare(
        { tag: Schema.String },
        ({ tag }) => byId.pipe(Query.where((d) => Expr.arrayContains(d.tags, tag)), Query.pluck((d) => d.id))
      )
      const some = Query.prepare(
        { tags: Schema.Array(Schema.String) },
        ({ tags }) => byId.pipe(Query.where((d) => Expr.arrayOverlaps(d.tags, tags)), Query.pluck((d) => d.id))
      )
      const all = await runtime.runPromise(Effect.all([
        one({ tag: "b" }),
        one({ tag: "é" }),
        some({ tags: ["b", "é"] }),
        some({ tags: [] })
      ]))
      assert.deepStrictEqual(all, [[1], [3], [1, 3], []])
    })

    it("sets what was put together, which equals what was written", async () => {
      const after = await runtime.runPromise(Effect.gen(function*() {
        yield* Mutation.update(Doc).pipe(
          Mutation.set((d) => ({
            ids: Expr.arrayAppend(d.ids, uuid("e")),
            short: Expr.arrayRemove(d.short, "x"),
            maybe: Expr.arrayConcat(d.maybe, [4, null]),
            doubles: Expr.arrayAppend(d.doubles, d.ratio),
            kinds: Expr.arrayConcat(d.kinds, ["out"])
          })),
          Mutation.all
        )
        const found = yield* byId.pipe(
          Query.select((d) => ({ ids: d.ids, short: d.short, maybe: d.maybe, doubles: d.doubles, kinds: d.kinds }))
        )
        const same = yield* byId.pipe(
          Query.where((d) => Expr.and(Expr.eq(d.ids, [uuid("e")]), Expr.eq(d.kinds, ["out"]))),
          Query.pluck((d) => d.id)
        )
        return { found, same }
      }))
      assert.deepStrictEqual(after.same, [2])
      assert.deepStrictEqual(
        after.found,
        docs.map((d) => ({
          ids: [...d.ids, uuid("e")],
          short: d.short.filter((one) => one !== "x"),
          maybe: d.maybe === null ? null : [...d.maybe, 4, null],
          doubles: [...d.doubles, d.ratio],
          kinds: [...d.kinds, "out"]
        }))
      )
    })

    const asked = (of: (d: Expr.Columns<typeof Doc>) => Expr.Selectable<unknown>) =>
      Query.from(Doc).pipe(Query.pluck(of))
    for (const index of [-1, 1.5, 2 ** 31 - 1, NaN, "0" as never]) {
      fails(`at: no index ${index}`, asked((d) => Expr.arrayAt(d.tags, index)), "ValidationError")
    }
    fails("a value that is none of the Schema", asked((d) => Expr.arrayContains(d.option, 1.5)), "ValidationError")
    fails("a NULL where items are none", asked((d) => Expr.arrayContains(d.tags, null as never)), "ValidationError")
    fails("an item of another kind", asked((d) => Expr.arrayContains(d.tags, d.id as never)), "ConfigurationError")
    fails("an array of another kind", asked((d) => Expr.arrayConcat(d.tags, d.bigs as never)), "ConfigurationError")
    fails("an array that is appended", asked((d) => Expr.arrayAppend(d.tags, ["a"] as never)), "ConfigurationError")
    fails("an item that is concatenated", asked((d) => Expr.arrayConcat(d.tags, "a" as never)), "ConfigurationError")
    fails("one decimal", asked((d) => Expr.arrayAt(d.decimals, 0)), "ConfigurationError")
    fails("elements of bytes", byId.pipe(Query.elements("one", (d) => d.blobs)), "ConfigurationError")
    fails("no array", asked((d) => Expr.arrayLength(d.name as never)), "ConfigurationError")
    const json = Query.from(Json)
    fails("an array of JSON", json.pipe(Query.pluck((d) => Expr.arrayLength(d.tags))), "ConfigurationError")
    fails("arrays of arrays", json.pipe(Query.pluck((d) => Expr.arrayLength(d.nested))), "ConfigurationError")
    fails("a native array as JSON", asked((d) => Expr.at(d.tags, 0)), "ConfigurationError")
  })
}
