/**
 * JSON columns, asked and changed by their Schemas' paths: the same rows on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Connect } from "effect-strata"
import { Ddl, Expr, Field, Model, Mutation, Query, Transaction } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import type { DatabaseName } from "../support/databases.js"
import { gives as givesOn, onFresh } from "../support/onFresh.js"

const Settings = Schema.Struct({
  theme: Schema.Literal("light", "dark"),
  size: Schema.Number,
  isNew: Schema.Boolean,
  tags: Schema.Array(Schema.String),
  note: Schema.NullOr(Schema.String),
  nested: Schema.optional(Schema.Struct({ at: Schema.DateFromString, deep: Schema.Array(Schema.Array(Schema.Int)) })),
  nick: Schema.optionalWith(Schema.String, { as: "Option" }),
  people: Schema.Array(Schema.Struct({ name: Schema.String, age: Schema.Int }))
})

class Doc extends Model.Class<Doc>("Doc")({
  id: Schema.Int.pipe(Field.primaryKey),
  settings: Settings,
  maybe: Schema.OptionFromNullOr(Schema.Struct({ a: Schema.Int, b: Schema.optional(Schema.String) })),
  map: Schema.Record({ key: Schema.String, value: Schema.Union(Schema.Number, Schema.String) }),
  any: Schema.Unknown
}, { table: "docs" }) {}

/** Keys that mean something in a path, or look like a part of a text. */
const hostile = [
  "a.b",
  "a b",
  "a\"b",
  "a\\b",
  "\\\"",
  "$",
  "$.x",
  "*",
  "**",
  "[0]",
  "0",
  "#",
  "[#]",
  "a]b",
  "a\"].b",
  "'",
  "';--",
  "?",
  "%",
  "{}",
  ",",
  "null",
  "last",
  "constructor",
  "é",
  "😀",
  "\n",
  "\u0001",
  "\u2028",
  "\\u0041",
  "A",
  "a",
  ""
]

const map = JSON.parse(`{${hostile.map((key, i) => `${JSON.stringify(key)}:${i}`).join(",")}}`) as {
  readonly [key: string]: number
}

const settings = {
  theme: "dark" as const,
  size: 7,
  isNew: true,
  tags: ["b", "a"],
  note: "x",
  nested: { at: new Date("2026-01-02T03:04:05.000Z"), deep: [[1, 2], [3]] },
  nick: Option.some("Q"),
  people: [{ name: "Ann", age: 30 }, { name: "Bob", age: 4 }]
}

const docs = [
  { id: 1, settings, maybe: Option.some({ a: 1, b: "B" }), map, any: { k: [10, { z: true }], 0: "zero" } },
  {
    id: 2,
    settings: {
      theme: "light" as const,
      size: -1.5,
      isNew: false,
      tags: [],
      note: null,
      nick: Option.none(),
      people: []
    },
    maybe: Option.none(),
    map: { A: "text" },
    any: ["first", 2, null]
  },
  {
    id: 3,
    settings: { ...settings, size: 10, theme: "light" as const, tags: ["c\"'\\é😀\n"], note: "é" },
    maybe: Option.some({ a: 3 }),
    map: {},
    any: null
  }
]

const only = (...names: ReadonlyArray<DatabaseName>) => names
const exactly = only("sqlite", "postgres")

for (const database of available) {
  describe(`JSON: ${database.name}`, () => {
    const runtime = onFresh(database, Effect.zipRight(Ddl.create(Doc), Mutation.insertMany(Doc, docs)))

    const gives = givesOn(runtime, database)

    const byId = Query.from(Doc).pipe(Query.orderBy((d) => Expr.asc(d.id)))
    const each = <A>(
      what: string,
      of: (d: Expr.Columns<typeof Doc>) => Expr.Selectable<A>,
      expected: ReadonlyArray<NoInfer<A>>
    ) => gives(what, byId.pipe(Query.pluck(of)), expected)
    const which = (
      what: string,
      of: (d: Expr.Columns<typeof Doc>) => Expr.Condition,
      expected: ReadonlyArray<number>,
      on?: ReadonlyArray<DatabaseName>
    ) => gives(what, byId.pipe(Query.where(of), Query.pluck((d) => d.id)), expected, on)
    const fails = (
      what: string,
      query: Effect.Effect<unknown, { readonly _tag: string }, Connect.Services>,
      tag: string
    ) =>
      it(what, async () => {
        const error = await runtime.runPromise(Effect.flip(query))
        assert.strictEqual(error._tag, tag, JSON.stringify(error))
      })

    each("at: a text", (d) => Expr.at(d.settings, "theme"), ["dark", "light", "light"])
    each("at: a number", (d) => Expr.at(d.settings, "size"), [7, -1.5, 10])
    each("at: a boolean", (d) => Expr.at(d.settings, "isNew"), [true, false, true])
    each("at: null and what is missing are NULL", (d) => Expr.at(d.settings, "note"), ["x", null, "é"])
    each("at: an element", (d) => Expr.at(d.settings, "tags", 0), ["b", null, "c\"'\\é😀\n"])
    each("at: beyond the end", (d) => Expr.at(d.settings, "tags", 1), ["a", null, null])
    each("at: deeper", (d) => Expr.at(d.settings, "nested", "deep", 0, 1), [2, null, 2])
    each("at: by the Schema of the place", (d) => Expr.at(d.settings, "nested", "at"), [
      settings.nested.at,
      null,
      settings.nested.at
    ])
    each("at: an object", (d) => Expr.at(d.settings, "nested"), [settings.nested, null, settings.nested])
    each("at: an array", (d) => Expr.at(d.settings, "people"), [settings.people, [], settings.people])
    each("at: on from another", (d) => Expr.at(Expr.at(d.settings, "people"), 1, "name"), ["Bob", null, "Bob"])
    each("at: an Option is a value or NULL", (d) => Expr.at(d.settings, "nick"), ["Q", null, "Q"])
    each("at: in a column that is an Option", (d) => Expr.at(d.maybe, "a"), [1, null, 3])
    each("at: an optional property", (d) => Expr.at(d.maybe, "b"), ["B", null, null])
    each("at: of several kinds", (d) => Expr.at(d.map, "A"), [hostile.indexOf("A"), "text", null])
    each("at: an index is no key", (d) => Expr.at(d.any, 0), [null, "first", null])
    each("at: a key is no index", (d) => Expr.at(d.any, "0"), ["zero", null, null])
    each("at: into what no Schema says", (d) => Expr.at(d.any, "k", 1, "z"), [true, null, null])
    each("at: an index of what is no array", (d) => Expr.at(d.any, "k", 0, 0), [null, null, null])
    each(
      "at: each key is that key and no other",
      (d) => Expr.record(Object.fromEntries(hostile.map((key, i) => [`k${i}`, Expr.at(d.map, key)]))),
      [
        Object.fromEntries(hostile.map((_, i) => [`k${i}`, i])),
        Object.fromEntries(hostile.map((key, i) => [`k${i}`, key === "A" ? "text" : null])),
        Object.fromEntries(hostile.map((_, i) => [`k${i}`, null]))
      ]
    )
    which("a number compares as a number", (d) => Expr.lt(Expr.at(d.settings, "size"), 10), [1, 2])
    which("numbers divide as numbers", (d) => Expr.eq(Expr.divide(Expr.at(d.settings, "size"), 2), 3.5), [1])
    which("a text compares by code point", (d) => Expr.gt(Expr.at(d.settings, "note"), "z"), [3])
    which("a boolean is a condition", (d) => Expr.eq(Expr.at(d.settings, "isNew"), false), [2])
    which("a literal", (d) => Expr.in(Expr.at(d.settings, "theme"), ["light"]), [2, 3])
    which(
      "an instant compares in its form",
      (d) => Expr.gte(Expr.at(d.settings, "nested", "at"), new Date("2026-01-02T03:04:05.000Z")),
      [1, 3]
    )
    gives(
      "sorts by a number",
      Query.from(Doc).pipe(
        Query.orderBy((d) => Expr.desc(Expr.at(d.settings, "size"))),
        Query.pluck((d) => d.id)
      ),
      [3, 1, 2]
    )
    gives(
      "sorts by a text",
      Query.from(Doc).pipe(
        Query.orderBy((d) => [Expr.asc(Expr.at(d.settings, "note"))]),
        Query.pluck((d) => d.id)
      ),
      [1, 3, 2]
    )
    gives(
      "groups by a place",
      Query.from(Doc).pipe(
        Query.groupBy((d) => [Expr.at(d.settings, "theme")]),
        Query.orderBy((d) => Expr.asc(Expr.at(d.settings, "theme"))),
        Query.select((d) => ({
          theme: Expr.at(d.settings, "theme"),
          n: Expr.count(),
          s: Expr.sum(Expr.at(d.settings, "size"))
        }))
      ),
      [{ theme: "dark", n: 1, s: 7 }, { theme: "light", n: 2, s: 8.5 }]
    )

    each("jsonType: of places", (d) => Expr.jsonType(d.settings, ["note"]), ["string", "null", "string"])
    each("jsonType: of the whole", (d) => Expr.jsonType(d.any), ["object", "array", null])
    each(
      "jsonType: of every kind",
      (d) =>
        Expr.record({
          n: Expr.jsonType(d.settings, ["size"]),
          b: Expr.jsonType(d.settings, ["isNew"]),
          a: Expr.jsonType(d.settings, ["tags"]),
          o: Expr.jsonType(d.settings, ["nested"])
        }),
      [
        { n: "number", b: "boolean", a: "array", o: "object" },
        { n: "number", b: "boolean", a: "array", o: null },
        { n: "number", b: "boolean", a: "array", o: "object" }
      ]
    )
    each("jsonHas: null is something", (d) => Expr.jsonHas(d.settings, ["note"]), [true, true, true])
    each("jsonHas: nothing", (d) => Expr.jsonHas(d.settings, ["nested"]), [true, false, true])
    each("jsonHas: in NULL", (d) => Expr.jsonHas(d.maybe, ["a"]), [true, false, true])
    each("jsonHas: an index of what is no array", (d) => Expr.jsonHas(d.any, [0]), [false, true, false])
    each("jsonKeys", (d) => Expr.jsonKeys(d.maybe), [["a", "b"], null, ["a"]])
    each("jsonKeys: by code point", (d) => Expr.jsonKeys(d.map), [
      Object.keys(map).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      ["A"],
      []
    ])
    each("jsonLength: of arrays", (d) => Expr.jsonLength(Expr.at(d.settings, "tags")), [2, 0, 1])
    each("jsonLength: of objects", (d) => Expr.jsonLength(d.map), [hostile.length, 1, 0])
    each("jsonLength: of what is neither", (d) => Expr.jsonLength(Expr.at(d.any, "k", 0)), [null, null, null])

    which("jsonContains: a property", (d) => Expr.jsonContains(d.settings, { theme: "light" }), [2, 3])
    which("jsonContains: elements in any order", (d) => Expr.jsonContains(d.settings, { tags: ["a", "b", "a"] }), [1])
    which("jsonContains: of objects in arrays a part", (d) => Expr.jsonContains(d.settings, { people: [{ age: 4 }] }), [
      1,
      3
    ])
    which(
      "jsonContains: no part of two",
      (d) => Expr.jsonContains(d.settings, { people: [{ name: "Ann", age: 4 }] }),
      []
    )
    which("jsonContains: null is null", (d) => Expr.jsonContains(d.settings, { note: null }), [2])
    which("jsonContains: nothing is in all", (d) => Expr.jsonContains(d.settings, {}), [1, 2, 3])
    which("jsonContains: by the Schema", (d) => Expr.jsonContains(d.settings, { nested: { at: settings.nested.at } }), [
      1,
      3
    ])
    which("jsonContains: hostile text", (d) => Expr.jsonContains(Expr.at(d.settings, "tags"), ["c\"'\\é😀\n"]), [3])
    which("jsonContains: in NULL", (d) => Expr.not(Expr.jsonContains(d.maybe, { a: 1 })), [3])
    which(
      "jsonContains: another column",
      (d) => Expr.jsonContains(Expr.at(d.settings, "tags"), Expr.at(d.settings, "tags")),
      [1, 2, 3]
    )
    which("jsonContains: an array is not a value of it", (d) => Expr.jsonContains(d.any, { k: 10 }), [], exactly)
    which("jsonContains: arrays in arrays", (d) => Expr.jsonContains(d.any, { k: [{ z: true }] }), [1], exactly)
    fails(
      "jsonContains: what the Schema has not is refused",
      byId.pipe(Query.where((d) => Expr.jsonContains(d.settings, { thme: "dark" } as never))),
      "ValidationError"
    )

    class Undone {
      constructor(readonly rows: ReadonlyArray<unknown>) {}
    }
    /** What rows are after an update, which is then undone. */
    const changed = <A>(
      what: string,
      update: Mutation.Mutation<unknown, typeof Doc>,
      of: (d: Expr.Columns<typeof Doc>) => Expr.Selectable<A>,
      expected: ReadonlyArray<NoInfer<A>>
    ) =>
      gives(
        what,
        Effect.gen(function*() {
          yield* update
          const rows = yield* byId.pipe(Query.pluck(of))
          return yield* Effect.fail(new Undone(rows))
        }).pipe(
          Transaction.run(),
          Effect.catchIf((error) => error instanceof Undone, ({ rows }) => Effect.succeed(rows))
        ),
        expected
      )
    const update = Mutation.update(Doc)

    changed(
      "jsonSet: a text",
      update.pipe(Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["theme"], "light") })), Mutation.all),
      (d) => Expr.at(d.settings, "theme"),
      ["light", "light", "light"]
    )
    changed(
      "jsonSet: leaves the rest as it was",
      update.pipe(
        Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["size"], 1) })),
        Mutation.where({ id: 1 })
      ),
      (d) => d.settings,
      docs.map((doc) => doc.id === 1 ? { ...doc.settings, size: 1 } : doc.settings)
    )
    changed(
      "jsonSet: null",
      update.pipe(Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["note"], null) })), Mutation.all),
      (d) => Expr.jsonType(d.settings, ["note"]),
      ["null", "null", "null"]
    )
    changed(
      "jsonSet: an expression",
      update.pipe(
        Mutation.set((d) => ({
          settings: Expr.jsonSet(d.settings, ["size"], Expr.add(Expr.at(d.settings, "size"), d.id))
        })),
        Mutation.all
      ),
      (d) => Expr.at(d.settings, "size"),
      [8, 0.5, 13]
    )
    changed(
      "jsonSet: a condition",
      update.pipe(
        Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["isNew"], Expr.gt(d.id, 1)) })),
        Mutation.all
      ),
      (d) => d.settings,
      docs.map((doc) => ({ ...doc.settings, isNew: doc.id > 1 }))
    )
    changed(
      "jsonSet: a text that is an expression",
      update.pipe(
        Mutation.set((d) => ({
          settings: Expr.jsonSet(
            d.settings,
            ["note"],
            Expr.concat(Expr.coalesce(Expr.at(d.settings, "note"), "n"), "/\"\\\n😀")
          )
        })),
        Mutation.all
      ),
      (d) =>
        Expr.record({ note: Expr.at(d.settings, "note"), isIn: Expr.jsonContains(d.settings, { note: "n/\"\\\n😀" }) }),
      ["x", "n", "é"].map((note) => ({ note: `${note}/"\\\n😀`, isIn: note === "n" }))
    )
    changed(
      "jsonSet: an object",
      update.pipe(
        Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["people", 0], { name: "New", age: 1 }) })),
        Mutation.all
      ),
      (d) => Expr.at(d.settings, "people"),
      [[{ name: "New", age: 1 }, settings.people[1]!], [{ name: "New", age: 1 }], [
        { name: "New", age: 1 },
        settings.people[1]!
      ]]
    )
    changed(
      "jsonSet: beyond the end",
      update.pipe(Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["tags", 9], "end") })), Mutation.all),
      (d) => Expr.at(d.settings, "tags"),
      docs.map((doc) => [...doc.settings.tags, "end"])
    )
    changed(
      "jsonSet: only where the object is",
      update.pipe(
        Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["nested", "deep"], [[9]]) })),
        Mutation.all
      ),
      (d) => Expr.at(d.settings, "nested", "deep"),
      [[[9]], null, [[9]]]
    )
    changed(
      "jsonSet: an index is no key, a key no index",
      update.pipe(
        Mutation.set((d) => ({ any: Expr.jsonSet(Expr.jsonSet(d.any, [0], "i"), ["0"], "k") })),
        Mutation.all
      ),
      (d) => d.any,
      [{ k: [10, { z: true }], 0: "k" }, ["i", 2, null], null]
    )
    changed(
      "jsonSet: hostile keys",
      update.pipe(
        Mutation.set((d) => ({
          map: hostile.reduce<Expr.Operand<Doc["map"]>>((to, key, i) => Expr.jsonSet(to, [key], i + 100), d.map)
        })),
        Mutation.all
      ),
      (d) => d.map,
      docs.map(() =>
        JSON.parse(`{${hostile.map((key, i) => `${JSON.stringify(key)}:${i + 100}`).join(",")}}`) as Doc["map"]
      )
    )
    changed(
      "jsonRemove: a key",
      update.pipe(Mutation.set((d) => ({ settings: Expr.jsonRemove(d.settings, ["nested"]) })), Mutation.all),
      (d) => Expr.jsonHas(d.settings, ["nested"]),
      [false, false, false]
    )
    changed(
      "jsonRemove: an element",
      update.pipe(Mutation.set((d) => ({ settings: Expr.jsonRemove(d.settings, ["people", 0]) })), Mutation.all),
      (d) => Expr.at(d.settings, "people"),
      docs.map((doc) => doc.settings.people.slice(1))
    )
    changed(
      "jsonRemove: hostile keys",
      update.pipe(
        Mutation.set((d) => ({
          map: hostile.reduce<Expr.Operand<Doc["map"]>>((to, key) => Expr.jsonRemove(to, [key]), d.map)
        })),
        Mutation.all
      ),
      (d) => d.map,
      [{}, {}, {}]
    )
    changed(
      "jsonRemove: an index of what is no array",
      update.pipe(Mutation.set((d) => ({ any: Expr.jsonRemove(d.any, [0]) })), Mutation.all),
      (d) => d.any,
      [docs[0]!.any, [2, null], null]
    )

    const elements = <A, B>(
      what: string,
      query: Effect.Effect<A, { readonly _tag: string }, Connect.Services>,
      expected: B
    ) => gives(`elements: ${what}`, Effect.map(query, (rows) => JSON.parse(JSON.stringify(rows)) as A), expected)
    elements(
      "texts with their places",
      Query.from(Doc).pipe(
        Query.elements("tag", (d) => Expr.at(d.settings, "tags")),
        Query.orderBy((d, { tag }) => [Expr.asc(d.id), Expr.asc(tag.ordinal)]),
        Query.select((d, { tag }) => ({ id: d.id, tag: tag.value, at: tag.ordinal }))
      ),
      [{ id: 1, tag: "b", at: 0 }, { id: 1, tag: "a", at: 1 }, { id: 3, tag: "c\"'\\é😀\n", at: 0 }]
    )
    elements(
      "objects, asked further",
      Query.from(Doc).pipe(
        Query.elements("person", (d) => Expr.at(d.settings, "people")),
        Query.where((_, { person }) => Expr.lt(Expr.at(person.value, "age"), 10)),
        Query.orderBy((d) => Expr.asc(d.id)),
        Query.select((d, { person }) => ({ id: d.id, person: person.value, whole: person }))
      ),
      [1, 3].map((id) => ({
        id,
        person: { name: "Bob", age: 4 },
        whole: { value: { name: "Bob", age: 4 }, ordinal: 1 }
      }))
    )
    elements(
      "of elements, numbers as numbers",
      Query.from(Doc).pipe(
        Query.elements("row", (d) => Expr.at(d.settings, "nested", "deep")),
        Query.elements("n", (_, { row }) => row.value),
        Query.where((d) => Expr.eq(d.id, 1)),
        Query.orderBy((_, { n }) => Expr.desc(n.value)),
        Query.pluck((_, { n }) => Expr.divide(n.value, 2))
      ),
      [1.5, 1, 0.5]
    )
    elements(
      "texts by code point",
      Query.from(Doc).pipe(
        Query.elements("tag", (d) => Expr.at(d.settings, "tags")),
        Query.where((_, { tag }) => Expr.lt(tag.value, "B")),
        Query.pluck((_, { tag }) => tag.value)
      ),
      []
    )
    elements(
      "counted",
      Query.from(Doc).pipe(
        Query.elements("tag", (d) => Expr.at(d.settings, "tags")),
        Query.where((_, { tag }) => Expr.gt(tag.value, "a")),
        Query.groupBy((d) => [d.id]),
        Query.orderBy((d) => Expr.asc(d.id)),
        Query.select((d) => ({ id: d.id, n: Expr.count() }))
      ),
      [{ id: 1, n: 1 }, { id: 3, n: 1 }]
    )
    elements(
      "of whatever is an array",
      Query.from(Doc).pipe(
        Query.elements("one", (d) => d.any as unknown as Expr.Expr<ReadonlyArray<unknown>>),
        Query.orderBy((_, { one }) => Expr.asc(one.ordinal)),
        Query.pluck((_, { one }) => one.value)
      ),
      ["first", 2, null]
    )
    fails(
      "elements: of what is no JSON",
      Query.from(Doc).pipe(Query.elements("one", (d) => d.id as never)),
      "ConfigurationError"
    )

    fails(
      "jsonRemove: what has to be there",
      update.pipe(Mutation.set((d) => ({ settings: Expr.jsonRemove(d.settings, ["theme"]) })), Mutation.all),
      "ConfigurationError"
    )
    fails(
      "jsonSet: what the Schema refuses",
      update.pipe(
        Mutation.set((d) => ({ settings: Expr.jsonSet(d.settings, ["people", 0, "age"], 1.5) })),
        Mutation.all
      ),
      "ValidationError"
    )
    const refuses = (what: string, key: unknown) =>
      fails(what, byId.pipe(Query.pluck((d) => Expr.at(d.any, key as string))), "ValidationError")
    refuses("a key that no database takes", "a\u0000b")
    refuses("a key that is no text", "\ud800")
    refuses("an index below 0", -1)
    refuses("an index that is no whole number", 1.5)
    refuses("an index without end", Infinity)
    refuses("a key that is neither", null)
    fails(
      "a path without end",
      byId.pipe(Query.pluck((d) => (Expr.at as any)(d.any, ...Array.from({ length: 10_000 }, () => "a")))) as never,
      "ValidationError"
    )
    fails(
      "a path that the Schema has not",
      byId.pipe(Query.pluck((d) => Expr.at(d.settings, "thme" as "theme"))),
      "ConfigurationError"
    )
    fails("no JSON", byId.pipe(Query.pluck((d) => Expr.at(d.id as never, "a" as never))), "ConfigurationError")
  })
}
