/**
 * Rows inserted with those that belong to them.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Relation from "../Relation.js"
import * as Transaction from "../Transaction.js"
import { failsWith, group, holds, refuses, same, statementsOf, test } from "./suite.js"

const text = Schema.NonEmptyString.pipe(Schema.maxLength(50))

class Maker extends Model.Class<Maker>("Maker")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: text,
  bossId: Schema.NullOr(Schema.Int)
}, { table: "contract_makers" }) {}

class Badge extends Model.Class<Badge>("Badge")({
  makerId: Schema.Int.pipe(Field.primaryKey, Field.references(() => Maker)),
  code: text
}, { table: "contract_badges" }) {}

class Toy extends Model.Class<Toy>("Toy")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  makerId: Schema.Int.pipe(Field.references(() => Maker)),
  label: text
}, { table: "contract_toys" }) {}

class Note extends Model.Class<Note>("Note")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  toyId: Schema.Int.pipe(Field.references(() => Toy)),
  writerId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Maker)),
  body: text
}, { table: "contract_notes" }) {}

class Tag extends Model.Class<Tag>("Tag")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  word: text.pipe(Field.unique)
}, { table: "contract_tags" }) {}

class ToyTag extends Model.Class<ToyTag>("ToyTag")({
  toyId: Schema.Int.pipe(Field.primaryKey, Field.references(() => Toy)),
  tagId: Schema.Int.pipe(Field.primaryKey, Field.references(() => Tag)),
  weight: Schema.Int.pipe(Field.default(1))
}, { table: "contract_toy_tags" }) {}

class Coin extends Model.Class<Coin>("Coin")({
  worth: Schema.BigDecimalFromSelf.pipe(Field.decimal(12, 2), Field.primaryKey),
  land: text.pipe(Field.primaryKey),
  name: text
}, { table: "contract_coins" }) {}

class Find extends Model.Class<Find>("Find")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  worth: Schema.OptionFromNullOr(Schema.BigDecimalFromSelf).pipe(Field.decimal(12, 2)),
  land: Schema.OptionFromNullOr(text),
  place: text
}, { table: "contract_finds" }) {}

const models = [Maker, Badge, Toy, Note, Tag, ToyTag]

const boss = Relation.belongsTo(Maker, Maker, "bossId")
const team = Relation.hasMany(Maker, Maker, "bossId")
const badge = Relation.hasOne(Maker, Badge, "makerId")
const toys = Relation.hasMany(Maker, Toy, "makerId")
const maker = Relation.belongsTo(Toy, Maker, "makerId")
const notes = Relation.hasMany(Toy, Note, "toyId")
const writer = Relation.belongsTo(Note, Maker, "writerId")
const tags = Relation.manyToMany(Toy, Tag, { through: ToyTag, from: "toyId", to: "tagId", as: "link" })

const whole = {
  badge,
  toys: toys.pipe(Relation.include({ notes: notes.pipe(Relation.include({ writer })), tags }))
}

const loaded = (id: number) =>
  Query.one(
    Query.from(Maker).pipe(
      Query.where({ id }),
      Query.include({
        badge,
        toys: toys.pipe(
          Relation.orderBy((t) => Expr.asc(t.id)),
          Relation.include({
            notes: notes.pipe(Relation.orderBy((n) => Expr.asc(n.id)), Relation.include({ writer })),
            tags: tags.pipe(Relation.orderBy((_, { link }) => Expr.asc(link.weight)))
          })
        )
      })
    )
  )

const inserts = (texts: ReadonlyArray<string>) => texts.filter((text) => text.startsWith("insert"))
const names = Query.from(Maker).pipe(Query.orderBy((m) => Expr.asc(m.id)), Query.pluck((m) => m.name))

export const cases = group("graphs", [
  test("a row with all that belongs to it, as it is loaded", models, function*() {
    const sea = yield* Mutation.insert(Tag, { word: "sea" })
    const guest = yield* Mutation.insert(Maker, { name: "guest", bossId: null })
    const { result, texts } = yield* statementsOf(Mutation.insertGraph(Maker, whole, {
      name: "Ann",
      bossId: null,
      badge: { code: "A1" },
      toys: [
        {
          label: "boat",
          notes: [{ body: "one", writer: { name: "Eve", bossId: null } }, { body: "two", writerId: guest.id }],
          tags: [Mutation.existing(sea.id), Mutation.linked({ word: "wood" }, { weight: 2 })]
        },
        { label: "kite", notes: [{ body: "three", writer: null }] },
        { label: "top", tags: [Mutation.linked(Mutation.existing(sea.id), { weight: 5 })] }
      ]
    }))
    yield* same("as it is loaded", result, yield* loaded(result.id))
    yield* same("instances", [result instanceof Maker, result.toys[0]!.notes[0] instanceof Note], [true, true])
    yield* same("the link's columns", result.toys[0]!.tags.map((tag) => [tag.word, tag.link.weight]), [["sea", 1], [
      "wood",
      2
    ]])
    // maker, badge, toys, writers, notes, tags, links; where a default is no value, links with and without it apart
    yield* holds("an insert for each relation and level", inserts(texts).length <= 8, texts)
    yield* holds("and few reads", texts.length <= 18, texts)
  }),

  test("as few statements for many as for one", models, function*() {
    const input = (i: number) => ({
      name: `m${i}`,
      bossId: null,
      toys: Array.from(
        { length: 3 },
        (_, j) => ({ label: `t${i}.${j}`, notes: [{ body: `n${i}.${j}`, writer: null }] })
      )
    })
    const { result, texts } = yield* statementsOf(
      Mutation.insertGraphs(Maker, whole, Array.from({ length: 10 }, (_, i) => input(i)))
    )
    yield* same("in their order", result.map(({ name }) => name), Array.from({ length: 10 }, (_, i) => `m${i}`))
    yield* same("with what is theirs", result[7]!.toys.map((toy) => [toy.label, toy.notes[0]?.body]), [
      ["t7.0", "n7.0"],
      ["t7.1", "n7.1"],
      ["t7.2", "n7.2"]
    ])
    yield* same("three inserts", inserts(texts).length, 3)
    yield* same("keys of their own", new Set(result.flatMap((m) => m.toys.map(({ id }) => id))).size, 30)
    yield* same("none of none", yield* Mutation.insertGraphs(Maker, whole, []), [])
    const plain = yield* statementsOf(Mutation.insertGraph(Maker, { toys }, { name: "alone", bossId: null }))
    yield* same("nothing that belongs to it", plain.result.toys, [])
  }),

  test("its own model, and what a row belongs to", models, function*() {
    const tree = yield* Mutation.insertGraph(
      Maker,
      { boss, team: team.pipe(Relation.include({ team })) },
      { name: "b", boss: { name: "a", bossId: null }, team: [{ name: "c", team: [{ name: "e" }] }, { name: "d" }] }
    )
    yield* same("the boss", [tree.boss?.name, tree.bossId], ["a", tree.boss?.id])
    yield* same("the team", tree.team.map((one) => [one.name, one.bossId === tree.id, one.team.length]), [
      ["c", true, 1],
      ["d", true, 0]
    ])
    yield* same("in the order of their keys", yield* names, ["a", "b", "c", "d", "e"])
    const toy = yield* Mutation.insertGraph(Toy, { maker }, { label: "x", maker: { name: "f", bossId: null } })
    yield* same("what it belongs to", [toy.maker.name, toy.makerId], ["f", toy.maker.id])
    const known = yield* Mutation.insertGraph(Toy, { maker }, { label: "y", makerId: tree.id })
    yield* same("by its key", [known.maker.name, known.maker instanceof Maker], ["b", true])
  }),

  test("all that is not valid is told at once, where it stands, and nothing is sent", models, function*() {
    yield* refuses(
      "of one",
      Mutation.insertGraph(Maker, whole, {
        name: "",
        bossId: null,
        badge: { code: "" },
        toys: [
          { label: "ok", notes: [{ body: "ok", writer: { name: "", bossId: null } }, { body: "", writer: null }] },
          { label: "", tags: [{ word: "" }, Mutation.linked({ word: "ok" }, { weight: 1.5 })] }
        ]
      }),
      ["name"],
      ["badge", "code"],
      ["toys", 1, "label"],
      ["toys", 0, "notes", 1, "body"],
      ["toys", 0, "notes", 0, "writer", "name"],
      ["toys", 1, "tags", 0, "word"],
      ["toys", 1, "tags", 1, "weight"]
    )
    yield* refuses(
      "of several",
      Mutation.insertGraphs(Maker, whole, [{ name: "a", bossId: null }, {
        name: "b",
        bossId: null,
        toys: [{ label: "" }]
      }]),
      [1, "toys", 0, "label"]
    )
    const wrong = (input: unknown) => Mutation.insertGraph(Maker, whole, input as never)
    yield* refuses("a list that is none", wrong({ name: "a", bossId: null, toys: { label: "x" } }), ["toys"])
    yield* refuses("a row that is none", wrong({ name: "a", bossId: null, toys: ["x"] }), ["toys", 0], [
      "toys",
      0,
      "label"
    ])
    yield* refuses("what is no column", wrong({ name: "a", bossId: null, toy: [] }), ["toy"])
    yield* refuses("a key that is filled", wrong({ name: "a", bossId: null, toys: [{ label: "x", makerId: 1 }] }), [
      "toys",
      0,
      "makerId"
    ])
    yield* refuses(
      "no key",
      wrong({ name: "a", bossId: null, toys: [{ label: "x", tags: [Mutation.existing(null)] }] }),
      [
        "toys",
        0,
        "tags",
        0
      ]
    )
    yield* refuses("nothing that it belongs to", Mutation.insertGraph(Toy, { maker }, { label: "x" } as never), [
      "maker"
    ])
    yield* refuses(
      "both",
      Mutation.insertGraph(Toy, { maker }, { label: "x", makerId: 1, maker: { name: "a", bossId: null } }),
      ["makerId"]
    )
    yield* refuses("no record", Mutation.insertGraphs(Maker, whole, {} as never), [])
    yield* failsWith(
      "a relation that is narrowed",
      Mutation.insertGraph(Maker, { toys: toys.pipe(Relation.where({ label: "x" })) }, { name: "a", bossId: null }),
      "ConfigurationError"
    )
    yield* failsWith(
      "one of which some rows are left out",
      Mutation.insertGraph(Maker, { toys: toys.pipe(Relation.offset(1)) }, { name: "a", bossId: null }),
      "ConfigurationError"
    )
  }),

  test("all or nothing", models, function*() {
    yield* Mutation.insert(Tag, { word: "sea" })
    const graph = (word: string) =>
      Mutation.insertGraph(Maker, whole, { name: "a", bossId: null, toys: [{ label: "x", tags: [{ word }] }] })
    yield* failsWith("a tag that is there", graph("sea"), "UniqueViolation")
    yield* same("nothing is there", yield* names, [])
    yield* failsWith(
      "one that is not there",
      Mutation.insertGraph(Maker, whole, {
        name: "a",
        bossId: null,
        toys: [{ label: "x", tags: [Mutation.existing(-1)] }]
      }),
      "RowNotFound"
    )
    yield* same("still nothing", yield* names, [])
    const outcome = yield* Transaction.run(Effect.gen(function*() {
      yield* Mutation.insert(Maker, { name: "before", bossId: null })
      const failed = yield* Effect.either(graph("sea"))
      yield* graph("land")
      return Either.isLeft(failed)
    }))
    yield* same("in a transaction it is a savepoint", [outcome, yield* names], [true, ["before", "a"]])
  }),

  test("keys that are Options", [Coin, Find], function*() {
    const coin = Relation.belongsTo(Find, Coin, { worth: "worth", land: "land" })
    const finds = Relation.hasMany(Coin, Find, { worth: "worth", land: "land" })
    const worth = BigDecimal.unsafeFromString("1.50")
    yield* Mutation.insertGraph(Coin, { finds }, { worth, land: "at", name: "old", finds: [{ place: "a" }] })
    const put = (worth: string, land: string | undefined) =>
      Mutation.insertGraph(Find, { coin }, {
        place: "b",
        worth: Option.some(BigDecimal.unsafeFromString(worth)),
        land: Option.fromNullable(land)
      })
    yield* same("by its key", (yield* put("1.5", "at")).coin?.name, "old")
    yield* same("by half a key, which is none", (yield* put("1.5", undefined)).coin, null)
    yield* failsWith("by the key of none", put("1.51", "at"), "RowNotFound")
    for (const strategy of ["select", "join"] as const) {
      const all = yield* Query.from(Find).pipe(Query.include({ coin }, { strategy }))
      yield* same(`the coin of each: ${strategy}`, all.map((find) => find.coin?.name), ["old", "old", undefined])
      const [old] = yield* Query.from(Coin).pipe(Query.include({ finds }, { strategy }))
      yield* same(`the finds: ${strategy}`, old?.finds.map(({ place }) => place).toSorted(), ["a", "b"])
    }
  })
])
