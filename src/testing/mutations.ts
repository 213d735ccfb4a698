/**
 * Writes: one and many rows, their number or the rows themselves, and what is refused.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import { failsWith, group, holds, refuses, same, statementsOf, test } from "./suite.js"

class User extends Model.Class<User>("User")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  email: Schema.NonEmptyString.pipe(Schema.maxLength(100), Field.unique),
  age: Schema.Int.pipe(Schema.nonNegative()),
  nick: Schema.NullOr(Schema.String.pipe(Schema.maxLength(20))).pipe(Field.unique),
  settings: Schema.Struct({ theme: Schema.Literal("light", "dark"), sizes: Schema.Array(Schema.Int) })
}, { table: "contract_users" }) {}

class Cell extends Model.Class<Cell>("Cell")({
  id: Schema.Int.pipe(Field.primaryKey),
  a: Schema.Int,
  b: Schema.NullOr(Schema.Int),
  price: Schema.NullOr(Schema.BigDecimal).pipe(Field.decimal(12, 2))
}, { table: "contract_cells" }) {}

class Keyless extends Model.Class<Keyless>("Keyless")({
  name: Schema.String
}, { table: "contract_keyless" }) {}

const user = (email: string, age = 1): Model.Insert<typeof User> => ({
  email,
  age,
  nick: null,
  settings: { theme: "dark", sizes: [] }
})

const cell = (id: number, a: number, b: number | null = null) => ({ id, a, b, price: null })
const cells = Query.from(Cell).pipe(
  Query.orderBy((c) => Expr.asc(c.id)),
  Query.select((c) => ({ id: c.id, a: c.a, b: c.b }))
)
const emails = Query.from(User).pipe(Query.orderBy((u) => Expr.asc(u.email)), Query.pluck((u) => u.email))

const byId = (rows: ReadonlyArray<{ readonly id: number }>) => rows.map(({ id }) => id).sort((a, b) => a - b)

export const cases = group("mutations", [
  test("insert gives the row, or with affected the number", [User], function*() {
    const row = yield* Mutation.insert(User, user("a"))
    yield* same("the row", row, new User({ id: row.id, ...user("a") }))
    yield* same("the number", yield* Mutation.insert(User, user("b")).pipe(Mutation.affected), 1)
    yield* same("all", yield* emails, ["a", "b"])
  }),

  test("a mutation is a value: it runs as often as it is asked to", [User], function*() {
    let n = 0
    const insert = Effect.suspend(() => Mutation.insert(User, user(`x${n++}`)))
    yield* insert
    yield* insert
    const touch = Mutation.update(User).pipe(Mutation.set((u) => ({ age: Expr.add(u.age, 1) })), Mutation.all)
    yield* touch
    yield* touch
    yield* same("the ages", yield* Query.from(User).pipe(Query.pluck((u) => u.age)), [3, 3])
  }),

  test("insertMany gives the number, with returning the rows in their order", [User, Keyless], function*() {
    yield* same("the number", yield* Mutation.insertMany(User, [user("b"), user("a")]), 2)
    const rows = yield* Mutation.insertMany(User, [user("z"), user("y"), user("x")]).pipe(Mutation.returning)
    yield* same("the rows", rows.map(({ email }) => email), ["z", "y", "x"])
    yield* holds("are instances", rows.every((row) => row instanceof User))
    yield* same("none", yield* Mutation.insertMany(User, []), 0)
    yield* same("none, returned", yield* Mutation.insertMany(User, []).pipe(Mutation.returning), [])
    yield* same("into a table without a key", yield* Mutation.insertMany(Keyless, [{ name: "a" }, { name: "a" }]), 2)
  }),

  test("insertMany of 10,000 rows, all or none", [User], function*() {
    const many = Array.from({ length: 10_000 }, (_, i) => user(`u${i}`, i))
    yield* same("the number", yield* Mutation.insertMany(User, many), 10_000)
    const sums = Query.from(User).pipe(Query.select((u) => ({ rows: Expr.count(), ages: Expr.sum(u.age) })))
    yield* same("what is there", yield* sums, [{ rows: 10_000, ages: 49_995_000 }])
    const again = Array.from({ length: 10_000 }, (_, i) => user(i === 9_999 ? "u5" : `v${i}`))
    const error = yield* failsWith("one that is there already", Mutation.insertMany(User, again), "UniqueViolation")
    yield* holds("on the column", error.on(User, "email"), error)
    yield* same("none of them was kept", yield* Query.count(Query.from(User)), 10_000)
    const returned = yield* Mutation.insertMany(User, Array.from({ length: 10_000 }, (_, i) => user(`w${i}`, i))).pipe(
      Mutation.returning
    )
    yield* same("returned in order", returned.findIndex(({ age, email }, i) => age !== i || email !== `w${i}`), -1)
    yield* same("how many were returned", returned.length, 10_000)
  }),

  test("insertMany: one row that is wrong, and nothing is sent", [User], function*() {
    yield* refuses(
      "two issues",
      Mutation.insertMany(User, [
        user("a"),
        { ...user(""), age: -1 },
        { ...user("c"), settings: { theme: "dim", sizes: [1.5] } } as never
      ]),
      [1, "email"],
      [1, "age"],
      [2, "settings", "theme"],
      [2, "settings", "sizes", 0]
    )
    yield* same("none was kept", yield* emails, [])
  }),

  test("input is checked: a path for each field, and no value is told", [User], function*() {
    const secret = "x".repeat(101)
    const wrong = Mutation.insert(
      User,
      { email: secret, age: -1, nick: 5, settings: { theme: "light", sizes: ["1"] }, extra: 1 } as never
    )
    yield* refuses("all issues at once", wrong, ["extra"], ["email"], ["age"], ["nick"], ["settings", "sizes", 0])
    const error = yield* failsWith("a long email", Mutation.insert(User, user(secret)), "ValidationError")
    yield* holds("the value is not told", !`${String(error)}${JSON.stringify(error)}`.includes("xxxx"), String(error))
    yield* refuses("a missing field", Mutation.insert(User, { email: "a" } as never), ["age"], ["nick"], ["settings"])
    yield* refuses("no record at all", Mutation.insert(User, null as never), [])
    yield* refuses("a lone surrogate in JSON", Mutation.insert(User, { ...user("a"), nick: "\ud800" }), ["nick"])
  }),

  test("update gives the number of rows that it found, changed or not", [Cell], function*() {
    yield* Mutation.insertMany(Cell, [cell(1, 1), cell(2, 1), cell(3, 5)])
    const set = (a: number) => Mutation.update(Cell).pipe(Mutation.set({ a }), Mutation.where({ id: { lte: 2 } }))
    yield* same("changed", yield* set(2), 2)
    yield* same("not changed", yield* set(2), 2)
    yield* same("none found", yield* Mutation.update(Cell).pipe(Mutation.set({ a: 1 }), Mutation.where({ id: 99 })), 0)
    yield* same("all", yield* Mutation.update(Cell).pipe(Mutation.set({ b: 7 }), Mutation.all), 3)
    yield* same("the rows", yield* cells, [{ id: 1, a: 2, b: 7 }, { id: 2, a: 2, b: 7 }, { id: 3, a: 5, b: 7 }])
  }),

  test("update returning gives the rows as they are after it", [Cell], function*() {
    yield* Mutation.insertMany(Cell, [cell(1, 1), cell(2, 2), cell(3, 3)])
    const rows = yield* Mutation.update(Cell).pipe(
      Mutation.set({ a: 9 }),
      Mutation.where({ a: { gte: 2 } }),
      Mutation.returning
    )
    yield* same("the rows", [...rows].sort((x, y) => x.id - y.id), [new Cell(cell(2, 9)), new Cell(cell(3, 9))])
    const none = Mutation.update(Cell).pipe(Mutation.set({ a: 9 }), Mutation.where({ a: 77 }), Mutation.returning)
    yield* same("none", yield* none, [])
    const unchanged = Mutation.update(Cell).pipe(Mutation.set({ a: 9 }), Mutation.where({ a: 9 }), Mutation.returning)
    yield* same("unchanged", byId(yield* unchanged), [2, 3])
    const away = Mutation.update(Cell).pipe(Mutation.set({ a: 1 }), Mutation.where({ a: 9 }), Mutation.returning)
    yield* same("that the condition no longer finds", byId(yield* away), [2, 3])
  }),

  test("update sets expressions, of the row as it was", [Cell], function*() {
    yield* Mutation.insertMany(Cell, [cell(1, 1, 10), cell(2, 2, null)])
    yield* Mutation.update(Cell).pipe(
      Mutation.set((c) => ({ a: Expr.coalesce(c.b, 0), b: c.a })),
      Mutation.all
    )
    yield* same("exchanged", yield* cells, [{ id: 1, a: 10, b: 1 }, { id: 2, a: 0, b: 2 }])
    yield* Mutation.update(Cell).pipe(
      Mutation.set((c) => ({
        a: Expr.when(Expr.gt(c.a, 5), Expr.subtract(c.a, 5), Expr.negate(c.id)),
        b: Expr.nullIf(c.b, 2)
      })),
      Mutation.where((c) => Expr.isNotNull(c.b))
    )
    yield* same("computed", yield* cells, [{ id: 1, a: 5, b: 1 }, { id: 2, a: -2, b: null }])
    const price = BigDecimal.unsafeFromString
    yield* Mutation.update(Cell).pipe(Mutation.set({ price: price("0.10") }), Mutation.all)
    const [sum] = yield* Mutation.update(Cell).pipe(
      Mutation.set((c) => ({ price: Expr.add(c.price, price("0.20")) })),
      Mutation.where({ id: 1 }),
      Mutation.returning
    )
    yield* same("a decimal", sum?.price, price("0.3"))
  }),

  test("update: what cannot be set is refused", [Cell], function*() {
    const set = (values: unknown) =>
      Mutation.update(Cell).pipe(Mutation.set(values as never), Mutation.where({ id: 1 }))
    yield* refuses("undefined", set({ a: undefined }), ["a"])
    yield* refuses("another type", set({ a: "1" }), ["a"])
    yield* refuses("null where none is", set({ a: null }), ["a"])
    yield* refuses("nothing", set({}), [])
    yield* refuses("an unknown column", set({ c: 1 }), ["c"])
    yield* refuses("an unknown column by an expression", set(() => ({ c: Expr.now() })), ["c"])
    yield* refuses("too many digits", set({ price: BigDecimal.unsafeFromString("0.001") }), ["price"])
    yield* refuses(
      "a value in an expression",
      set((c: Expr.Columns<typeof Cell>) => ({ a: Expr.add(c.a, Number.NaN) }))
    )
    yield* refuses("no record", set(1), [])
  }),

  test("no predicate is not all rows", [Cell], function*() {
    yield* Mutation.insert(Cell, cell(1, 1))
    yield* refuses("an update where {}", Mutation.update(Cell).pipe(Mutation.set({ a: 2 }), Mutation.where({})), [])
    yield* refuses("a delete where {}", Mutation.delete(Cell).pipe(Mutation.where({})), [])
    yield* refuses("a delete where undefined", Mutation.delete(Cell).pipe(Mutation.where(undefined as never)), [])
    const forced = Mutation.delete(Cell) as unknown as { readonly commit?: unknown }
    yield* same("without a where it is no Effect", [Effect.isEffect(forced), Effect.isEffect(Mutation.update(Cell))], [
      false,
      false
    ])
    yield* same("nothing happened", yield* cells, [{ id: 1, a: 1, b: null }])
  }),

  test("delete gives the number, with returning the rows as they were", [Cell], function*() {
    yield* Mutation.insertMany(Cell, [1, 2, 3, 4, 5].map((id) => cell(id, id * 10)))
    yield* same("the number", yield* Mutation.delete(Cell).pipe(Mutation.where({ id: { in: [1, 2, 99] } })), 2)
    const rows = yield* Mutation.delete(Cell).pipe(Mutation.where((c) => Expr.gt(c.a, 40)), Mutation.returning)
    yield* same("the rows", rows, [new Cell(cell(5, 50))])
    yield* same("none", yield* Mutation.delete(Cell).pipe(Mutation.where({ id: 99 })), 0)
    yield* same("none, returned", yield* Mutation.delete(Cell).pipe(Mutation.where({ id: 99 }), Mutation.returning), [])
    yield* same("all, returned", byId(yield* Mutation.delete(Cell).pipe(Mutation.all, Mutation.returning)), [3, 4])
    yield* same("nothing is left", yield* cells, [])
  }),

  test("updates and deletes by a subquery", [Cell, Keyless], function*() {
    yield* Mutation.insertMany(Cell, [cell(1, 1), cell(2, 2)])
    yield* Mutation.insertMany(Keyless, [{ name: "2" }])
    const named = (c: Expr.Columns<typeof Cell>) =>
      Expr.exists(Query.from(Keyless).pipe(Query.where((k) => Expr.eq(k.name, Expr.cast(c.id, Schema.String)))))
    yield* same("an update", yield* Mutation.update(Cell).pipe(Mutation.set({ a: 7 }), Mutation.where(named)), 1)
    yield* same("the rows", yield* cells, [{ id: 1, a: 1, b: null }, { id: 2, a: 7, b: null }])
    const gone = yield* Mutation.delete(Cell).pipe(Mutation.where(named), Mutation.returning)
    yield* same("a delete", byId(gone), [2])
  }),

  test("upsert inserts, or updates what the input gives", [User, Cell], function*() {
    const first = yield* Mutation.upsert(User, user("a", 1), { on: ["email"] })
    const second = yield* Mutation.upsert(User, { ...user("a", 2), nick: "n" }, { on: ["email"] })
    yield* same("one row", yield* Query.count(Query.from(User)), 1)
    yield* same("updated", second, new User({ id: first.id, ...user("a", 2), nick: "n" }))
    const third = yield* Mutation.upsert(User, { ...user("a", 3), nick: "m" }, { on: ["email"], update: ["age"] })
    yield* same("of some columns", [third.age, third.nick], [3, "n"])
    const kept = yield* Mutation.upsert(User, user("a", 4), { on: ["email"], update: [] })
    yield* same("of none", [kept.id, kept.age], [first.id, 3])
    yield* same("the number", yield* Mutation.upsert(User, user("a", 5), { on: ["email"] }).pipe(Mutation.affected), 1)
    yield* same("by the key", yield* Mutation.upsert(Cell, cell(1, 1, 1)), new Cell(cell(1, 1, 1)))
    yield* same("again", yield* Mutation.upsert(Cell, cell(1, 2, null)), new Cell(cell(1, 2, null)))
    yield* same("unchanged", yield* Mutation.upsert(Cell, cell(1, 2, null)).pipe(Mutation.affected), 1)
  }),

  test("upsertMany gives the number of rows, or the rows in order", [User, Cell], function*() {
    yield* Mutation.insertMany(Cell, [cell(1, 1), cell(3, 3)])
    yield* same("the number", yield* Mutation.upsertMany(Cell, [cell(1, 10), cell(2, 20), cell(3, 3)]), 3)
    yield* same("the rows", yield* cells, [{ id: 1, a: 10, b: null }, { id: 2, a: 20, b: null }, {
      id: 3,
      a: 3,
      b: null
    }])
    const rows = yield* Mutation.upsertMany(Cell, [cell(9, 9), cell(2, 22), cell(1, 11)]).pipe(Mutation.returning)
    yield* same("in order", rows.map(({ a, id }) => [id, a]), [[9, 9], [2, 22], [1, 11]])
    const many = Array.from({ length: 3000 }, (_, i) => cell(i, 0 - i))
    yield* same("many", yield* Mutation.upsertMany(Cell, many), 3000)
    yield* same(
      "what is there",
      yield* Query.from(Cell).pipe(Query.select((c) => ({ n: Expr.count(), a: Expr.sum(c.a) }))),
      [
        { n: 3000, a: -4_498_500 }
      ]
    )
    yield* same("none", yield* Mutation.upsertMany(Cell, []), 0)
  }),

  test("an upsert that hits another unique constraint fails, and changes nothing", [User], function*() {
    yield* Mutation.insertMany(User, [{ ...user("a"), nick: "x" }, { ...user("b"), nick: "y" }])
    const error = yield* failsWith(
      "the nick is taken",
      Mutation.upsert(User, { ...user("c", 9), nick: "x" }, { on: ["email"] }),
      "UniqueViolation"
    )
    yield* holds("on the nick", error.on(User, "nick"), error)
    yield* failsWith(
      "in the update",
      Mutation.upsert(User, { ...user("b", 9), nick: "x" }, { on: ["email"] }),
      "UniqueViolation"
    )
    yield* same(
      "as it was",
      yield* Query.from(User).pipe(
        Query.orderBy((u) => Expr.asc(u.email)),
        Query.select((u) => ({ e: u.email, a: u.age, n: u.nick }))
      ),
      [
        { e: "a", a: 1, n: "x" },
        { e: "b", a: 1, n: "y" }
      ]
    )
  }),

  test("rows of a table without a key are returned, or that is unsupported", [Keyless], function*() {
    const inserted = yield* Effect.either(Mutation.insert(Keyless, { name: "a" }))
    yield* holds(
      "the row or UnsupportedError",
      inserted._tag === "Right" ? inserted.right.name === "a" : inserted.left._tag === "UnsupportedError",
      inserted
    )
    yield* same("nothing half done", yield* Query.count(Query.from(Keyless)), inserted._tag === "Right" ? 1 : 0)
  }),

  test("one row needs few statements", [Cell], function*() {
    const { texts } = yield* statementsOf(Mutation.insert(Cell, cell(1, 1)))
    yield* holds("an insert: at most two", texts.length <= 2, texts)
    const update = yield* statementsOf(
      Mutation.update(Cell).pipe(Mutation.set({ a: 2 }), Mutation.where({ id: 1 }), Mutation.returning)
    )
    yield* holds(
      "an update: at most three, each seen",
      update.texts.length >= 1 && update.texts.length <= 3,
      update.texts
    )
    const plain = yield* statementsOf(Mutation.delete(Cell).pipe(Mutation.where({ id: 1 })))
    yield* same("a delete", plain.texts.length, 1)
  })
])
