/**
 * Repositories: each verb, in how many statements, and against others who do the same at the same time.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Cursors from "../Cursors.js"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Query from "../Query.js"
import * as Repository from "../Repository.js"
import * as Transaction from "../Transaction.js"
import { failsWith, group, holds, refuses, same, statementsOf, test } from "./suite.js"

class Member extends Model.Class<Member>("Member")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  email: Schema.NonEmptyString.pipe(Schema.maxLength(100), Field.unique),
  name: Schema.String.pipe(Schema.maxLength(50)),
  visits: Schema.Int,
  points: Schema.BigIntFromSelf,
  balance: Schema.BigDecimalFromSelf.pipe(Field.decimal(12, 2)),
  nick: Schema.OptionFromNullOr(Schema.String.pipe(Schema.maxLength(50))).pipe(Field.unique),
  ...Model.timestamps
}, { table: "contract_members" }) {
  get label(): string {
    return `${this.name} <${this.email}>`
  }
}

class Seat extends Model.Class<Seat>("Seat")({
  hall: Schema.String.pipe(Schema.maxLength(10), Field.primaryKey),
  number: Schema.Int.pipe(Field.primaryKey),
  taken: Schema.Boolean
}, { table: "contract_seats" }) {}

const members = Repository.make(Member)
const seats = Repository.make(Seat)

const member = (email: string, visits = 0): Model.Insert<typeof Member> => ({
  email,
  name: email.toUpperCase(),
  visits,
  points: 0n,
  balance: BigDecimal.unsafeFromString("0.00"),
  nick: Option.none()
})

/** What an effect gives, and how many statements it takes at most. */
const within = <A, E, R>(claim: string, most: number, effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    statementsOf(effect),
    ({ result, texts }) => Effect.as(holds(`${claim}: ${texts.length} statements`, texts.length <= most, texts), result)
  )

const byEmail = (email: Expr.Expr<string>) => Expr.asc(email)
const emails = (rows: ReadonlyArray<Member>) => rows.map(({ email }) => email)

class Members extends Repository.Service<Members>()("contract/Members", Member, (members) => ({
  findByEmail: (email: string) => Query.option(Query.from(Member).pipe(Query.where({ email }))),
  frequent: (visits: number) => members.findBy({ visits: { gte: visits } }, { orderBy: (m) => Expr.asc(m.email) }),
  names: Query.from(Member).pipe(Query.orderBy((m) => Expr.asc(m.email)), Query.pluck((m) => m.name)),
  each: () => members.stream({ orderBy: (m) => Expr.asc(m.email) }),
  most: 3
})) {
  get shout(): Effect.Effect<number, Effect.Effect.Error<ReturnType<typeof members.count>>> {
    return Effect.map(this.count(), (count) => count * this.most)
  }
}

export const cases = group("repositories", [
  test("reading: one statement each", [Member], function*() {
    yield* members.insertMany([member("a", 1), member("b", 2), member("c", 3)])
    const all = yield* within("list", 1, members.list({ orderBy: (m) => byEmail(m.email) }))
    yield* same("all of them", emails(all), ["a", "b", "c"])
    const { id } = all[1]!
    yield* same("findById", (yield* within("findById", 1, members.findById(id))).label, "B <b>")
    yield* same("findOption", Option.map(yield* members.findOption(id), (m) => m.email), Option.some("b"))
    yield* same("findOption of none", Option.isNone(yield* members.findOption(-1)), true)
    yield* failsWith("findById of none", members.findById(-1), "RowNotFound")
    yield* same(
      "findBy",
      emails(yield* members.findBy({ visits: { gte: 2 } }, { orderBy: (m) => Expr.desc(m.email), limit: 1 })),
      ["c"]
    )
    yield* same("findBy a callback", emails(yield* members.findBy((m) => Expr.eq(m.visits, 1))), ["a"])
    yield* same("findOneBy", (yield* members.findOneBy({ email: "c" })).visits, 3)
    yield* failsWith("findOneBy of none", members.findOneBy({ email: "x" }), "RowNotFound")
    yield* failsWith("findOneBy of several", members.findOneBy({ visits: { gte: 2 } }), "TooManyRows")
    yield* same(
      "a page of it",
      emails(yield* members.list({ orderBy: (m) => byEmail(m.email), limit: 1, offset: 1 })),
      ["b"]
    )
    const page = yield* within(
      "page",
      1,
      members.page({ orderBy: (m) => byEmail(m.email), size: 2, where: { visits: { gte: 2 } } })
    )
    yield* same("a page with its total", [emails(page.items), page.total, page.hasNext], [["b", "c"], 2, false])
    const slices = Effect.gen(function*() {
      const first = yield* members.keyset({ orderBy: (m) => Expr.desc(m.email), size: 2 })
      const second = yield* members.keyset({ orderBy: (m) => Expr.desc(m.email), size: 2, after: first.next })
      return [emails(first.items), emails(second.items)]
    })
    yield* same("slices", yield* Effect.provide(slices, Cursors.layerRandom), [["c", "b"], ["a"]])
    yield* same("count", yield* within("count", 1, members.count()), 3)
    yield* same("count of some", yield* members.count({ visits: { lt: 3 } }), 2)
    yield* same("exists", yield* within("exists", 1, members.exists()), true)
    yield* same("exists not", yield* members.exists({ email: "x" }), false)
    const streamed = yield* Stream.runCollect(
      members.stream({ where: { visits: { ne: 2 } }, orderBy: (m) => byEmail(m.email) })
    )
    yield* same("stream", emails([...streamed]), ["a", "c"])
    const chunks = yield* Stream.runCollect(members.chunk(2, { orderBy: (m) => byEmail(m.email) }))
    yield* same("chunk", [...chunks].map(emails), [["a", "b"], ["c"]])
  }),

  test("what is no key, no filter, no size is refused", [Member, Seat], function*() {
    const never = undefined as never
    yield* refuses("a key that is undefined", members.findById(never), ["id"])
    yield* refuses("a key that is null", members.findOption(null as never), ["id"])
    yield* refuses("a text for a number", members.findById("1 or 1=1" as never), ["id"])
    yield* refuses("a record for a number", members.findById({ id: 1 } as never))
    yield* refuses("part of a key", seats.findById({ hall: "A" } as never), ["number"])
    yield* refuses("no record", seats.delete("A" as never), [])
    yield* refuses("a filter that is undefined", members.findBy(never))
    yield* refuses("of count", members.count(never))
    yield* refuses("of exists", members.exists(never))
    yield* refuses("in options", members.list({ where: undefined } as never))
    yield* refuses("a limit", members.list({ limit: -1 }))
    yield* refuses("an offset that is undefined", members.list({ offset: undefined } as never))
    yield* refuses("a page of -1", members.page({ size: -1 }), ["size"])
    yield* refuses("a page of no order", members.page({ orderBy: undefined } as never))
    for (const size of [0, -1, 1.5, NaN, Infinity, "2" as never]) {
      yield* refuses(`chunks of ${size}`, Stream.runDrain(members.chunk(size)))
    }
    for (const option of ["on", "constraint", "update", "set", "where"]) {
      yield* refuses(`an upsert's ${option}`, members.upsert(member("u"), { [option]: undefined } as never), [option])
    }
    yield* refuses("a key that is undefined", members.firstOrInsert(member("u"), { on: undefined } as never), ["on"])
    yield* refuses("a delete of nothing", members.delete(never), ["id"])
    yield* refuses("an update of undefined", members.update(never, { visits: 1 }), ["id"])
    yield* refuses("a patch of nothing", members.update(1, {}))
    yield* refuses("a patch of what is no column", members.update(1, { visit: 1 } as never), ["visit"])
    yield* refuses("a patch of another key", members.update(1, { id: 2 } as never), ["id"])
    yield* refuses("an increment of nothing", members.increment(1, {}))
    yield* refuses("of a text", members.increment(1, { name: 1 } as never), ["name"])
    yield* refuses("of the key", seats.increment({ hall: "A", number: 1 }, { number: 1 } as never), ["number"])
    yield* refuses("by undefined", members.increment(1, { visits: undefined } as never), ["visits"])
    yield* refuses("by a text", members.increment(1, { visits: "1" } as never))
    yield* refuses("by NaN", members.increment(1, { visits: NaN }))
    yield* refuses("an insert", members.insert({ ...member("a"), email: "" }), ["email"])
    yield* refuses("one of many", members.insertMany([member("a"), { ...member("b"), email: "" }]), [1, "email"])
  }),

  test("insert, update, delete", [Member], function*() {
    const ada = yield* within("insert", 2, members.insert(member("ada")))
    const [bob, cyd] = yield* within("insertMany", 2, members.insertMany([member("bob"), member("cyd")]))
    yield* same("in order", [bob!.email, cyd!.email], ["bob", "cyd"])
    const renamed = yield* within("update", 2, members.update(ada.id, { name: "Lovelace" }))
    yield* same("updated", [renamed.id, renamed.name, renamed.email], [ada.id, "Lovelace", "ada"])
    yield* same("an instance", renamed instanceof Member, true)
    yield* same("with its own key", (yield* members.update(ada.id, { id: ada.id, visits: 9 })).visits, 9)
    yield* same("to what it is", (yield* members.update(ada.id, { visits: 9 })).visits, 9)
    yield* failsWith("update of none", members.update(-1, { name: "x" }), "RowNotFound")
    yield* failsWith("to a taken email", members.update(ada.id, { email: "bob" }), "UniqueViolation")
    yield* within("delete", 1, members.delete(bob!.id))
    yield* failsWith("delete of none", members.delete(bob!.id), "RowNotFound")
    yield* same("what is left", yield* members.count(), 2)
  }),

  test("composite keys", [Seat], function*() {
    yield* seats.insertMany([{ hall: "A", number: 1, taken: false }, { hall: "B", number: 1, taken: false }])
    const seat = yield* within("update", 2, seats.update({ hall: "A", number: 1 }, { taken: true }))
    yield* same("the one", [seat.hall, seat.taken], ["A", true])
    yield* same("not the other", (yield* seats.findById({ hall: "B", number: 1 })).taken, false)
    yield* same("a row is its key", (yield* seats.findById(seat)).taken, true)
    yield* seats.save({ hall: "C", number: 2, taken: true })
    yield* seats.save(new Seat({ hall: "C", number: 2, taken: false }))
    yield* same("saved twice", (yield* seats.findById({ hall: "C", number: 2 })).taken, false)
    yield* seats.delete(seat)
    yield* same("deleted", (yield* seats.list({ orderBy: (s) => Expr.asc(s.hall) })).map(({ hall }) => hall), [
      "B",
      "C"
    ])
  }),

  test("save: the primary key decides", [Member], function*() {
    const ada = yield* within("without a key it is inserted", 2, members.save(member("ada")))
    const row = yield* members.findById(ada.id)
    const saved = yield* within("with one it is updated", 2, members.save(new Member({ ...row, name: "Lovelace" })))
    yield* same("the same row", [saved.id, saved.name, yield* members.count()], [ada.id, "Lovelace", 1])
    yield* same("made once", saved.createdAt, ada.createdAt)
    yield* holds("changed by the Clock", saved.updatedAt.epochMillis >= ada.updatedAt.epochMillis)
    const plain = yield* members.save({ ...member("ada", 5), id: ada.id })
    yield* same("a plain input too", [plain.id, plain.visits], [ada.id, 5])
    yield* members.delete(ada.id)
    const again = yield* members.save(row)
    yield* same("a row that is gone comes back with its key", [again.id, again.name], [ada.id, row.name])
    yield* members.insert(member("bob"))
    yield* failsWith("another key that is met", members.save({ ...member("bob"), id: ada.id }), "UniqueViolation")
    yield* refuses("what is no column", members.save({ ...member("x"), nme: "x" } as never), ["nme"])
  }),

  test("upsert, firstOrInsert, updateOrInsert", [Member], function*() {
    const on = { on: ["email"] } as const
    const first = yield* within("new", 5, members.firstOrInsert(member("ada", 1), on))
    yield* same("inserted", [first.isNew, first.row.visits], [true, 1])
    const second = yield* within("there", 1, members.firstOrInsert(member("ada", 7), on))
    yield* same("as it was", [second.isNew, second.row.id, second.row.visits], [false, first.row.id, 1])
    const third = yield* members.updateOrInsert(member("ada", 7), on)
    yield* same("updated", [third.isNew, third.row.id, third.row.visits], [false, first.row.id, 7])
    const fourth = yield* members.updateOrInsert(member("bob", 7), on)
    yield* same("inserted", [fourth.isNew, fourth.row.visits], [true, 7])
    yield* same("upsert", (yield* members.upsert(member("bob", 8), on)).visits, 8)
    yield* same("some columns", (yield* members.upsert(member("bob", 9), { ...on, update: ["name"] })).visits, 8)
    yield* same(
      "what is set",
      (yield* members.upsert(member("bob", 9), { ...on, set: (old) => ({ visits: Expr.add(old.visits, 1) }) })).visits,
      9
    )
    yield* refuses("by what is no key", members.firstOrInsert(member("x"), { on: ["name"] }), ["on"])
    yield* refuses("what is not valid", members.firstOrInsert({ ...member(""), id: -1 }), ["email"])
    const generated = yield* Effect.either(members.firstOrInsert(member("cyd")))
    yield* holds(
      "by the key that is generated, or UnsupportedError",
      generated._tag === "Right" ? generated.right.isNew : generated.left._tag === "UnsupportedError",
      generated
    )
  }),

  test("increment", [Member, Seat], function*() {
    const ada = yield* members.insert(member("ada", 5))
    const up = yield* within(
      "increment",
      2,
      members.increment(ada.id, { visits: 2, points: 9007199254740993n, balance: BigDecimal.unsafeFromString("0.10") })
    )
    yield* same("the sums", [up.visits, up.points, BigDecimal.format(up.balance)], [7, 9007199254740993n, "0.1"])
    yield* same("down", (yield* members.increment(ada.id, { visits: -10 })).visits, -3)
    yield* failsWith("of none", members.increment(-1, { visits: 1 }), "RowNotFound")
  }),

  test("many at the same time", [Member], function*() {
    const on = { on: ["email"] } as const
    const outcomes = yield* Effect.all(
      Array.from({ length: 20 }, (_, i) => members.firstOrInsert(member("one", i), on)),
      { concurrency: "unbounded" }
    )
    yield* same("one is new", outcomes.filter(({ isNew }) => isNew).length, 1)
    yield* same("one row", new Set(outcomes.map(({ row }) => row.id)).size, 1)
    const { id } = outcomes[0]!.row
    const { visits } = yield* members.findById(id)
    yield* Effect.all(Array.from({ length: 50 }, () => members.increment(id, { visits: 1 })), { concurrency: 10 })
    yield* same("no increment is lost", (yield* members.findById(id)).visits, visits + 50)
    const saves = Array.from({ length: 20 }, (_, i) => members.save({ ...member("saved", i), id: id + 1_000 }))
    yield* Effect.all(saves, { concurrency: 10 })
    yield* same("saved once", yield* members.count({ email: "saved" }), 1)
    yield* Effect.all(
      Array.from({ length: 10 }, (_, i) => members.updateOrInsert(member("two", i), on)),
      { concurrency: 10 }
    )
    yield* same("upserted once", yield* members.count({ email: "two" }), 1)
  }),

  test("what a transaction does is undone with it", [Member], function*() {
    const failed = yield* Effect.either(Transaction.run(Effect.gen(function*() {
      const { id } = yield* members.save(member("a"))
      yield* members.firstOrInsert(member("b"), { on: ["email"] })
      yield* members.increment(id, { visits: 1 })
      yield* members.update(id, { name: "x" })
      return yield* Effect.fail("no")
    })))
    yield* same("it failed", failed, Either.left("no"))
    yield* same("nothing is there", yield* members.exists(), false)
    yield* failsWith(
      "a batch of inserts",
      members.insertMany([member("a"), member("b"), member("a")]),
      "UniqueViolation"
    )
    yield* same("all or none", yield* members.count(), 0)
  }),

  test("a service has the database", [Member], function*() {
    const program = Effect.gen(function*() {
      const members = yield* Members
      yield* members.insertMany([member("a", 1), member("b", 2)])
      yield* same("a method", Option.map(yield* members.findByEmail("b"), (m) => m.visits), Option.some(2))
      yield* same("one of verbs", emails(yield* members.frequent(2)), ["b"])
      yield* same("an effect", yield* members.names, ["A", "B"])
      yield* same("a stream", emails([...yield* Stream.runCollect(members.each())]), ["a", "b"])
      yield* same("a value", members.most, 3)
      yield* same("of its class", [members instanceof Members, yield* members.shout], [true, 6])
    })
    yield* Effect.provide(program, Members.Default)
    const undone = yield* Effect.flatMap(
      Members,
      (members) => Effect.either(Transaction.run(Effect.zipRight(members.insert(member("c")), Effect.fail("no"))))
    ).pipe(
      Effect.provide(Members.Default)
    )
    yield* same("it is in the transaction around it", [Either.isLeft(undone), yield* members.count()], [true, 2])
    const fake = Layer.mock(Members, { findByEmail: () => Effect.succeed(Option.none()), most: 1 } as never)
    const found = yield* Effect.flatMap(Members, (members) => members.findByEmail("b")).pipe(Effect.provide(fake))
    yield* same("a fake", Option.isNone(found), true)
  })
])
