/**
 * Random graphs of rows, and random trees of relations over them.
 */
import { Expr, Field, Model, Query, Relation } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Choices } from "../random/choices.js"

export class Place extends Model.Class<Place>("Place")({
  country: Schema.String.pipe(Schema.maxLength(8), Field.primaryKey),
  code: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "places" }) {}

export class Person extends Model.Class<Person>("Person")({
  id: Schema.Int.pipe(Field.primaryKey),
  bossId: Schema.NullOr(Schema.Int),
  country: Schema.NullOr(Schema.String.pipe(Schema.maxLength(8))),
  code: Schema.OptionFromNullOr(Schema.Int),
  name: Schema.String
}, { table: "people", indexes: [["bossId"], ["country", "code"]] }) {}

export class Badge extends Model.Class<Badge>("Badge")({
  id: Schema.BigIntFromSelf.pipe(Field.primaryKey),
  personId: Schema.Int,
  until: Field.day
}, { table: "badges", indexes: [["personId"]] }) {}

export class Thing extends Model.Class<Thing>("Thing")({
  id: Schema.Int.pipe(Field.primaryKey),
  ownerId: Schema.OptionFromNullOr(Schema.Int),
  name: Schema.String,
  isOld: Schema.Boolean,
  ratio: Schema.NullOr(Schema.Number),
  count: Schema.BigIntFromSelf,
  price: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  exact: Schema.NullOr(Schema.BigDecimal),
  at: Schema.NullOr(Schema.DateTimeUtc),
  time: Field.time,
  code: Schema.UUID,
  kind: Schema.Literal("chair", "it's \"odd\""),
  data: Schema.Struct({ any: Schema.Unknown }),
  bytes: Schema.Uint8ArrayFromSelf,
  more: Schema.OptionFromNullOr(Schema.Uint8ArrayFromSelf),
  note: Schema.OptionFromNullOr(Schema.String)
}, { table: "things", indexes: [["ownerId"]] }) {}

export class Tag extends Model.Class<Tag>("Tag")({
  id: Schema.UUID.pipe(Field.primaryKey),
  label: Schema.NullOr(Schema.String)
}, { table: "tags" }) {}

export class ThingTag extends Model.Class<ThingTag>("ThingTag")({
  thingId: Schema.Int.pipe(Field.primaryKey),
  tagId: Schema.UUID.pipe(Field.primaryKey)
}, { table: "thing_tags", indexes: [["tagId"]] }) {}

export const models = [Place, Person, Badge, Thing, Tag, ThingTag]

const staff = Relation.hasMany(Place, Person, { country: "country", code: "code" } as never)
const boss = Relation.belongsTo(Person, Person, "bossId")
const team = Relation.hasMany(Person, Person, "bossId")
const badge = Relation.hasOne(Person, Badge, "personId")
const things = Relation.hasMany(Person, Thing, "ownerId")
const holder = Relation.belongsTo(Badge, Person, "personId")
const owner = Relation.belongsTo(Thing, Person, "ownerId")
const tags = Relation.manyToMany(Thing, Tag, { through: ThingTag, from: "thingId", to: "tagId", as: "link" })
const tagged = Relation.manyToMany(Tag, Thing, { through: ThingTag, from: "tagId", to: "thingId" })

const home = Relation.belongsTo(Person, Place, { country: "country", code: "code" } as never)
const belongings = Relation.through(staff as never, things as never)
const ownedTags = Relation.through(
  things,
  Relation.manyToMany(Thing, Tag, { through: ThingTag, from: "thingId", to: "tagId" })
)
const below = Relation.descendants(team)
const above = Relation.ancestors(boss, { maxDepth: 3 })

type Name = "place" | "person" | "badge" | "thing" | "tag"

interface Kind {
  readonly model: Model.Any
  readonly key: ReadonlyArray<string>
  /** What it can be sorted by beside its key. */
  readonly sorts: ReadonlyArray<string>
  readonly wheres: ReadonlyArray<(columns: any) => Expr.Condition>
  readonly relations: ReadonlyArray<readonly [name: string, relation: any, to: Name, isMany: boolean]>
}

const kinds: Readonly<Record<Name, Kind>> = {
  place: {
    model: Place,
    key: ["country", "code"],
    sorts: ["name"],
    wheres: [(p) => Expr.gt(p.code, 1), (p) => Expr.ne(p.name, "")],
    relations: [["staff", staff, "person", true], ["belongings", belongings, "thing", true]]
  },
  person: {
    model: Person,
    key: ["id"],
    sorts: ["name", "bossId", "country", "code"],
    wheres: [(p) => Expr.isNull(p.bossId), (p) => Expr.gt(p.id, 3), (p) => Expr.contains(p.name, "a")],
    relations: [
      ["things", things, "thing", true],
      ["boss", boss, "person", false],
      ["team", team, "person", true],
      ["badge", badge, "badge", false],
      ["home", home, "place", false],
      ["ownedTags", ownedTags, "tag", true],
      ["below", below, "person", true],
      ["above", above, "person", true]
    ]
  },
  badge: {
    model: Badge,
    key: ["id"],
    sorts: ["until"],
    wheres: [(b) => Expr.gt(b.until, "2020-01-01")],
    relations: [["holder", holder, "person", false]]
  },
  thing: {
    model: Thing,
    key: ["id"],
    sorts: ["name", "isOld", "ratio", "count", "price", "exact", "at", "time", "code", "kind", "note"],
    wheres: [
      (t) => Expr.eq(t.isOld, true),
      (t) => Expr.isNotNull(t.note),
      (t) => Expr.lt(t.price, BigDecimal.unsafeFromString("10.5")),
      (t) => Relation.some(tags)(t)
    ],
    relations: [["tags", tags, "tag", true], ["owner", owner, "person", false]]
  },
  tag: {
    model: Tag,
    key: ["id"],
    sorts: ["label"],
    wheres: [(t) => Expr.isNotNull(t.label)],
    relations: [["things", tagged, "thing", true]]
  }
}

const texts = [
  "",
  "a",
  "A",
  "b",
  "null",
  "a\"b",
  "it's",
  "back\\slash",
  "\u{1F600}",
  "\n\t",
  "\u0001",
  "\u2028",
  "[1,2]",
  "é"
]
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)
const uuid = (n: number): string => `${n.toString(16).padStart(8, "0")}-89ab-4cde-8f01-23456789abcd`
const decimal = BigDecimal.unsafeFromString

const json = (choices: Choices, depth: number): unknown =>
  choices.of<() => unknown>([
    () => 1,
    () => null,
    () => true,
    () => choices.of(texts),
    () => choices.of([0.1, -1e21, 9_007_199_254_740_991, 1e-7]),
    () => depth === 0 ? [] : choices.some(0, 3, () => json(choices, depth - 1)),
    () => depth === 0 ? {} : Object.fromEntries(choices.some(0, 3, (i) => [`k${i}"'`, json(choices, depth - 1)]))
  ])()

/** The rows of a graph: keys that lead nowhere or are NULL, values that come twice. */
export const rowsOf = (choices: Choices) => {
  const people = choices.below(9)
  const count = choices.below(14)
  const tagCount = choices.below(5)
  const orNull = <A>(value: A): A | null => choices.oneIn(3) ? null : value
  return {
    places: choices.some(0, 5, (i) => ({ country: choices.of(["at", "de"]), code: i, name: choices.of(texts) })),
    people: upTo(people).map((id) => ({
      id,
      bossId: orNull(choices.below(people + 1)),
      country: orNull(choices.of(["at", "de", "xx"])),
      code: Option.fromNullable(orNull(choices.below(5))),
      name: choices.of(texts)
    })),
    badges: upTo(people).filter(() => choices.oneIn(2)).map((id) => ({
      id: 9_007_199_254_740_993n + BigInt(id),
      personId: id,
      until: choices.of(["1999-12-31", "2026-11-22", "2024-02-29"])
    })),
    things: upTo(count).map((id) => ({
      id,
      ownerId: Option.fromNullable(orNull(choices.below(people + 1))),
      name: choices.of(texts),
      isOld: choices.oneIn(2),
      ratio: orNull(choices.of([0, 0.1, -1.5, 1e300, 5e-324, 123456789.125])),
      count: choices.of([0n, 1n, -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n, 9_007_199_254_740_993n]),
      price: decimal(choices.of(["0", "10.5", "-9999999999.99", "0.01", "9999999999.99"])),
      exact: orNull(
        decimal(choices.of(["0", "1.5", "-12345678901234567890.123456789", "0.000000000000000000001", "10"]))
      ),
      at: orNull(
        DateTime.unsafeMake(choices.of([0, 1_763_800_000_123, -86_400_000, -30_000_000_000_000, 253_402_300_799_999]))
      ),
      time: choices.of(["00:00:00.000", "23:59:59.999", "12:30:00.050"]),
      code: uuid(choices.below(4)),
      kind: choices.of(["chair", "it's \"odd\""] as const),
      data: { any: json(choices, 3) },
      bytes: Uint8Array.from(choices.some(0, 5, () => choices.below(256))),
      more: Option.fromNullable(orNull(Uint8Array.from([0, 255, choices.below(256)]))),
      note: Option.fromNullable(orNull(choices.of(texts)))
    })),
    tags: upTo(tagCount).map((id) => ({ id: uuid(id), label: orNull(choices.of(texts)) })),
    thingTags: upTo(count).flatMap((thingId) =>
      upTo(tagCount).filter(() => choices.oneIn(3)).map((tagId) => ({ thingId, tagId: uuid(tagId) }))
    )
  }
}

/** How each relation of a tree is loaded; undefined leaves it to what is said of the whole tree. */
type Way = (at: number) => Relation.Strategy | undefined

/** A tree of relations, to be made with several ways of loading: the same choices make the same tree. */
export interface Tree {
  readonly query: (way: Way, usual: Relation.Strategy) => Query.Query<any, any, any>
  readonly relations: number
}

interface Node {
  readonly make: (way: Way) => any
}

const orderOf = (choices: Choices, { key, sorts }: Kind) => {
  const by = choices.some(0, 2, () => [choices.of(sorts), choices.oneIn(2)] as const)
  const last = choices.oneIn(2)
  return (columns: any): ReadonlyArray<Expr.Order> => [
    ...by.map(([name, isDown]) => isDown ? Expr.desc(columns[name]) : Expr.asc(columns[name])),
    ...key.map((name) => last ? Expr.desc(columns[name]) : Expr.asc(columns[name]))
  ]
}

export const treeOf = (choices: Choices, depth: number): Tree => {
  let relations = 0
  const level = (name: Name, left: number): ReadonlyArray<readonly [string, Node]> => {
    const { relations: known } = kinds[name]
    if (left === 0) return []
    return choices.some(left === depth ? 1 : 0, Math.min(3, known.length + 1), (i) => {
      const [as, relation, to, isMany] = choices.of(known)
      const at = relations++
      const kind = kinds[to]
      const where = choices.oneIn(3) ? choices.of(kind.wheres) : undefined
      const order = isMany ? orderOf(choices, kind) : undefined
      const limit = isMany && choices.oneIn(3) ? choices.below(4) : undefined
      const offset = isMany && choices.oneIn(5) ? choices.below(3) : undefined
      const inner = level(to, left - 1)
      return [`${as}_${i}`, {
        make: (way) => {
          let made = relation
          if (where !== undefined) made = made.pipe(Relation.where(where as never))
          if (order !== undefined) made = made.pipe(Relation.orderBy(order as never))
          if (limit !== undefined) made = made.pipe(Relation.limit(limit))
          if (offset !== undefined) made = made.pipe(Relation.offset(offset))
          if (inner.length > 0) {
            made = made.pipe(
              Relation.include(Object.fromEntries(inner.map(([name, node]) => [name, node.make(way)])) as never)
            )
          }
          const strategy = way(at)
          return strategy === undefined ? made : made.pipe(Relation.strategy(strategy))
        }
      }] as const
    })
  }
  const root = choices.of(Object.keys(kinds) as ReadonlyArray<Name>)
  const kind = kinds[root]
  const order = orderOf(choices, kind)
  const where = choices.oneIn(4) ? choices.of(kind.wheres) : undefined
  const limit = choices.oneIn(4) ? choices.below(4) : undefined
  const isPicked = choices.oneIn(5)
  const tree = level(root, depth)
  return {
    relations,
    query: (way, usual) => {
      let query: any = Query.from(kind.model).pipe(Query.orderBy(order as never))
      if (where !== undefined) query = query.pipe(Query.where(where as never))
      if (limit !== undefined) query = query.pipe(Query.limit(limit))
      if (isPicked) query = query.pipe(Query.select((columns: any) => ({ picked: columns[kind.key[0]!] })))
      const included = Object.fromEntries(tree.map(([name, node]) => [name, node.make(way)]))
      return query.pipe(Query.include(included as never, { strategy: usual }))
    }
  }
}
