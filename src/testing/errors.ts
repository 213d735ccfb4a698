/**
 * Failures: each its own tag, with constraint, table and columns, and without any value.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Database from "../Database.js"
import type { WriteFailure } from "../DbError.js"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import { ContractViolation, failsWith, group, holds, refuses, same, test } from "./suite.js"

class Owner extends Model.Class<Owner>("Owner")({
  id: Schema.Int.pipe(Field.primaryKey),
  email: Schema.String.pipe(Schema.maxLength(100), Field.column("e_mail"), Field.unique),
  first: Schema.String.pipe(Schema.maxLength(50)),
  last: Schema.String.pipe(Schema.maxLength(50)),
  age: Schema.Int.pipe(Field.check((age) => Expr.gte<number>(age, 0))),
  kind: Schema.Literal("a", "b"),
  secret: Schema.String.pipe(Schema.maxLength(50), Field.sensitive),
  code: Schema.String.pipe(Schema.maxLength(20))
}, {
  table: "contract_owners",
  unique: [["first", "last"]],
  indexes: [{ columns: ["code"], unique: true, name: "contract_owner_code" }],
  checks: { contract_adult_b: (o) => Expr.or(Expr.ne<string>(o.kind, "b"), Expr.gte<number>(o.age, 18)) }
}) {}

class Pet extends Model.Class<Pet>("Pet")({
  id: Schema.Int.pipe(Field.primaryKey),
  ownerId: Schema.Int.pipe(Field.references(() => Owner)),
  sitterId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Owner)),
  name: Schema.NonEmptyString.pipe(Schema.maxLength(5)),
  pin: Schema.Redacted(Schema.NonEmptyString).pipe(Field.sensitive)
}, { table: "contract_pets" }) {}

class Passage extends Model.Class<Passage>("Passage")({
  hall: Schema.String.pipe(Schema.maxLength(5), Field.primaryKey),
  row: Schema.Int.pipe(Field.primaryKey)
}, { table: "contract_passages" }) {}

/** A table that is never made. */
class Missing extends Model.Class<Missing>("Missing")({
  id: Schema.Int.pipe(Field.primaryKey)
}, { table: "contract_missing" }) {}

/** What the table really has, less than this. */
class Wider extends Model.Class<Wider>("Wider")({
  id: Schema.Int.pipe(Field.primaryKey),
  more: Schema.Int
}, { table: "contract_passages" }) {}

const owner = (id: number, changes: Partial<Model.Insert<typeof Owner>> = {}): Model.Insert<typeof Owner> => ({
  id,
  email: `hidden-value-${id}`,
  first: `first-${id}`,
  last: "hidden-value",
  age: 30,
  kind: "a",
  secret: "hidden-value",
  code: `c${id}`,
  ...changes
})

const pet = (id: number, ownerId: number, sitterId: number | null = null): Model.Insert<typeof Pet> => ({
  id,
  ownerId,
  sitterId,
  name: "Rex",
  pin: Redacted.make("hidden-value")
})

/** No value of a row stands in what an error shows, however it is shown. */
const tellsNothing = (error: unknown) => {
  const shown = [String(error), JSON.stringify(error), Cause.pretty(Cause.fail(error)), (error as Error).stack ?? ""]
    .join("\n")
  return holds("no value is told", !shown.includes("hidden-value"), shown)
}

interface Violated {
  readonly constraint?: string
  readonly table?: string
  readonly columns: ReadonlyArray<string>
}

const violates = (claim: string, error: Violated, expected: Violated) =>
  Effect.zipRight(
    same(claim, { constraint: error.constraint, table: error.table, columns: error.columns }, { ...expected }),
    tellsNothing(error)
  )

/** What a plain statement of `SqlClient` fails with. */
const nativeFailure = <A, R>(
  effect: Effect.Effect<A, SqlError, R>
): Effect.Effect<WriteFailure, ContractViolation, R> =>
  Effect.matchEffect(effect, {
    onSuccess: (actual) =>
      Effect.fail(new ContractViolation({ claim: "the statement fails", expected: "SqlError", actual })),
    onFailure: (error) => Effect.succeed(error.cause as WriteFailure)
  })

const tables = [Owner, Pet]

export const cases = group("errors", [
  test("a unique column", tables, function*() {
    yield* Mutation.insert(Owner, owner(1))
    const error = yield* failsWith(
      "an insert",
      Mutation.insert(Owner, owner(2, { email: "hidden-value-1" })),
      "UniqueViolation"
    )
    const expected = { constraint: "contract_owners_e_mail_key", table: "contract_owners", columns: ["e_mail"] }
    yield* violates("of an insert", error, expected)
    yield* same("on", [error.on(Owner), error.on(Owner, "email"), error.on(Owner, "first"), error.on(Pet)], [
      true,
      true,
      false,
      false
    ])
    yield* Mutation.insert(Owner, owner(2))
    const set = Mutation.update(Owner).pipe(Mutation.set({ email: "hidden-value-1" }), Mutation.where({ id: 2 }))
    yield* violates("of an update", yield* failsWith("an update", set, "UniqueViolation"), expected)
    const many = Mutation.insertMany(Owner, [owner(3), owner(4, { email: "hidden-value-3" })])
    yield* violates("of many", yield* failsWith("many", many, "UniqueViolation"), expected)
    yield* same("none of the many", yield* Query.count(Query.from(Owner)), 2)
  }),

  test("a primary key", [Owner, Passage], function*() {
    yield* Mutation.insert(Owner, owner(1))
    const error = yield* failsWith(
      "an insert",
      Mutation.insert(Owner, owner(1, { email: "x", first: "x", code: "x" })),
      "UniqueViolation"
    )
    yield* violates("a column", error, {
      constraint: "contract_owners_pkey",
      table: "contract_owners",
      columns: ["id"]
    })
    yield* Mutation.insert(Passage, { hall: "a", row: 1 })
    const both = yield* failsWith("a composite one", Mutation.insert(Passage, { hall: "a", row: 1 }), "UniqueViolation")
    yield* violates("two columns", both, {
      constraint: "contract_passages_pkey",
      table: "contract_passages",
      columns: ["hall", "row"]
    })
    yield* holds("on both", both.on(Passage, "row", "hall"))
  }),

  test("a composite unique constraint, and a unique index", tables, function*() {
    yield* Mutation.insert(Owner, owner(1))
    const error = yield* failsWith(
      "an insert",
      Mutation.insert(Owner, owner(2, { first: "first-1" })),
      "UniqueViolation"
    )
    yield* violates("the constraint", error, {
      constraint: "contract_owners_first_last_key",
      table: "contract_owners",
      columns: ["first", "last"]
    })
    const index = yield* failsWith("an insert", Mutation.insert(Owner, owner(2, { code: "c1" })), "UniqueViolation")
    yield* violates("the index", index, {
      constraint: "contract_owner_code",
      table: "contract_owners",
      columns: ["code"]
    })
  }),

  test("foreign keys, of an insert, an update and a delete", tables, function*() {
    yield* Mutation.insertMany(Owner, [owner(1), owner(2)])
    const first = { constraint: "contract_pets_owner_id_fkey", table: "contract_pets", columns: ["owner_id"] }
    const second = { constraint: "contract_pets_sitter_id_fkey", table: "contract_pets", columns: ["sitter_id"] }
    const insert = yield* failsWith("an insert", Mutation.insert(Pet, pet(1, 9)), "ForeignKeyViolation")
    yield* violates("the first key", insert, first)
    yield* same("on", [insert.on(Pet, "ownerId"), insert.on(Pet, "sitterId"), insert.on(Owner)], [true, false, false])
    yield* violates(
      "the second key",
      yield* failsWith("an insert", Mutation.insert(Pet, pet(1, 1, 9)), "ForeignKeyViolation"),
      second
    )
    yield* Mutation.insert(Pet, pet(1, 1, 2))
    const update = Mutation.update(Pet).pipe(Mutation.set({ ownerId: 9 }), Mutation.where({ id: 1 }))
    yield* violates("of an update", yield* failsWith("an update", update, "ForeignKeyViolation"), first)
    const remove = (id: number) => Mutation.delete(Owner).pipe(Mutation.where({ id }))
    yield* violates("of a delete", yield* failsWith("a delete", remove(1), "ForeignKeyViolation"), first)
    yield* violates(
      "of a delete, the other key",
      yield* failsWith("a delete", remove(2), "ForeignKeyViolation"),
      second
    )
    yield* same("nothing was deleted", yield* Query.count(Query.from(Owner)), 2)
  }),

  test("checks of a column, of the table and of a list of values", tables, function*() {
    const sql = yield* SqlClient.SqlClient
    const column = yield* failsWith("a column", Mutation.insert(Owner, owner(1, { age: -1 })), "CheckViolation")
    yield* violates("a column", column, {
      constraint: "contract_owners_age_check",
      table: "contract_owners",
      columns: ["age"]
    })
    yield* holds("on the column", column.on(Owner, "age"))
    const table = yield* failsWith(
      "the table",
      Mutation.insert(Owner, owner(1, { age: 17, kind: "b" })),
      "CheckViolation"
    )
    yield* same("the table", [table.constraint, table.table], ["contract_adult_b", "contract_owners"])
    yield* Mutation.insert(Owner, owner(1))
    const update = Mutation.update(Owner).pipe(Mutation.set((o) => ({ age: Expr.subtract(o.age, 31) })), Mutation.all)
    yield* holds("of an update", (yield* failsWith("an update", update, "CheckViolation")).on(Owner, "age"))
    const literal = yield* nativeFailure(sql`update contract_owners set kind = ${"c"} where id = ${1}`)
    yield* same("a list of values", literal._tag, "CheckViolation")
  }),

  test("not null, by a plain statement", tables, function*() {
    const sql = yield* SqlClient.SqlClient
    yield* Mutation.insert(Owner, owner(1))
    const error = yield* nativeFailure(sql`update contract_owners set e_mail = ${null} where id = ${1}`)
    yield* same("its tag", error._tag, "NotNullViolation")
    if (error._tag === "NotNullViolation") yield* same("its column", error.columns, ["e_mail"])
    const insert = yield* nativeFailure(
      sql`insert into contract_pets (id, owner_id, name, pin) values (${1}, ${1}, ${null}, ${"b"})`
    )
    yield* same("an insert", insert._tag === "NotNullViolation" && insert.columns, ["name"])
    const unset = Mutation.update(Owner).pipe(
      Mutation.set((o) => ({ age: Expr.sql(Schema.Int)`nullif(${o.age}, ${30})` })),
      Mutation.where({ id: 1 })
    )
    const own = yield* failsWith("an update by an expression", unset, "NotNullViolation")
    yield* same("its table and column", [own.table, own.columns, own.on(Owner, "age")], [
      "contract_owners",
      ["age"],
      true
    ])
  }),

  test("violations of plain statements tell as much", tables, function*() {
    const sql = yield* SqlClient.SqlClient
    yield* Mutation.insertMany(Owner, [owner(1), owner(2)])
    const unique = yield* nativeFailure(sql`update contract_owners set e_mail = ${"hidden-value-1"} where id = ${2}`)
    yield* same("unique", unique._tag, "UniqueViolation")
    yield* same("its columns", unique._tag === "UniqueViolation" && [unique.table, unique.columns], [
      "contract_owners",
      ["e_mail"]
    ])
    const key = yield* nativeFailure(
      sql`insert into contract_pets (id, owner_id, name, pin) values (${1}, ${9}, ${"a"}, ${"b"})`
    )
    yield* same("foreign key", key._tag, "ForeignKeyViolation")
    yield* same("its columns", key._tag === "ForeignKeyViolation" && [key.table, key.columns], ["contract_pets", [
      "owner_id"
    ]])
    yield* tellsNothing(unique)
  }),

  test("a value that is too long for its column", tables, function*() {
    yield* refuses("is refused before", Mutation.insert(Pet, { ...pet(1, 1), name: "hidden-value" }), ["name"])
    yield* Mutation.insert(Owner, owner(1))
    yield* Mutation.insert(Pet, pet(1, 1))
    const longer = Mutation.update(Pet).pipe(
      Mutation.set((p) => ({ name: Expr.concat(p.name, "hidden-value") })),
      Mutation.where({ id: 1 })
    )
    const error = yield* Effect.flip(longer)
    yield* holds(
      "by an expression: data, or the check that stands for the length",
      error._tag === "CheckViolation" || (error._tag === "QueryError" && error.reason === "data"),
      error
    )
    yield* tellsNothing(error)
  }),

  test("tables, columns and functions that do not exist; syntax", [Passage], function*() {
    const missing = yield* failsWith("a table", Query.from(Missing), "QueryError")
    yield* same("a table", missing.reason, "undefinedObject")
    yield* holds("tells the statement", missing.sql?.includes("contract_missing") === true, missing)
    const insert = yield* failsWith("an insert", Mutation.insert(Missing, { id: 1 }), "QueryError")
    yield* same("an insert", insert.reason, "undefinedObject")
    const column = yield* failsWith("a column", Query.from(Wider), "QueryError")
    yield* same("a column", column.reason, "undefinedObject")
    const of = (fragment: Expr.Expr<number>) => Query.from(Passage).pipe(Query.pluck(() => fragment))
    const inFragment = yield* failsWith("in a fragment", of(Expr.sql(Schema.Int)`no_such_column`), "QueryError")
    yield* same("in a fragment", inFragment.reason, "undefinedObject")
    const called = yield* failsWith("a function", of(Expr.sql(Schema.Int)`no_such_function(1)`), "QueryError")
    yield* same("a function", called.reason, "undefinedObject")
    const syntax = yield* failsWith("syntax", of(Expr.sql(Schema.Int)`1 +`), "QueryError")
    yield* same("syntax", syntax.reason, "syntax")
    const sql = yield* SqlClient.SqlClient
    const native = yield* nativeFailure(sql`selec 1`)
    yield* same("of a plain statement", native._tag === "QueryError" && native.reason, "syntax")
  }),

  test("a row that does not fit its schema: table, column, row, and no hidden value", tables, function*() {
    const sql = yield* SqlClient.SqlClient
    yield* Mutation.insert(Owner, owner(1))
    yield* Mutation.insertMany(Pet, [1, 2, 3].map((id) => pet(id, 1)))
    yield* sql`update contract_pets set name = ${""} where id = ${3}`
    const all = Query.from(Pet).pipe(Query.orderBy((p) => Expr.asc(p.id)))
    const error = yield* failsWith("a select", all, "DecodeError")
    yield* same("where", [error.table, error.column, error.row], ["contract_pets", "name", 2])
    const selected = yield* failsWith(
      "a value of a select",
      all.pipe(Query.select((p) => ({ called: p.name }))),
      "DecodeError"
    )
    yield* same("its name", [selected.column, selected.row], ["called", 2])
    yield* same("what fits is read", yield* Query.count(all), 3)
    const returned = Mutation.update(Pet).pipe(
      Mutation.set({ sitterId: 1 }),
      Mutation.where({ id: 3 }),
      Mutation.returning
    )
    yield* failsWith("of a write", returned, "DecodeError")
    yield* sql`update contract_pets set name = ${"ok"}, pin = ${""} where id = ${3}`
    const hidden = yield* failsWith("a sensitive column", all, "DecodeError")
    yield* same("its column", [hidden.table, hidden.column], ["contract_pets", "pin"])
    yield* holds("its problem is not told", !/empty|NonEmpty|length/i.test(hidden.problem), hidden.problem)
    yield* tellsNothing(hidden)
    const streamed = yield* failsWith("a stream", Stream.runDrain(Query.stream(all)), "DecodeError")
    yield* same("its row", streamed.row, 2)
  }),

  test("a model that contradicts itself fails before anything is sent", [], function*() {
    const twice = Model.Class<any>("Twice")({
      a: Schema.Int,
      b: Schema.Int.pipe(Field.column("a"))
    }) as unknown as typeof Missing
    const nowhere = Model.Class<any>("Nowhere")({
      id: Schema.Int.pipe(Field.references(() => ({})))
    }) as unknown as typeof Missing
    const wrongType = Model.Class<any>("WrongType")({
      id: Schema.String.pipe(Field.references(() => Missing))
    }) as unknown as typeof Missing
    const unstorable = Model.Class<any>("Unstorable")({ id: Schema.SymbolFromSelf }) as unknown as typeof Missing
    const nullKey = Model.Class<any>("NullKey")({
      id: Schema.NullOr(Schema.Int).pipe(Field.primaryKey)
    }) as unknown as typeof Missing
    for (const model of [twice, nowhere, wrongType, unstorable, nullKey]) {
      yield* failsWith(`a select of ${model.identifier}`, Query.from(model), "ConfigurationError")
      yield* failsWith(
        `a delete of ${model.identifier}`,
        Mutation.delete(model).pipe(Mutation.all),
        "ConfigurationError"
      )
    }
    const taken: Array<Expr.Expr<number>> = []
    const passages = Query.from(Passage).pipe(Query.pluck((p) => {
      taken.push(p.row)
      return p.row
    }))
    const stray = passages.pipe(Query.where(() => Expr.and(...taken.map((row) => Expr.eq(row, 1)))))
    const other = Query.from(Missing).pipe(Query.where(() => Expr.and(...taken.map((row) => Expr.eq(row, 1)))))
    yield* failsWith("a column of another query", other, "ConfigurationError")
    const printed = yield* Effect.flatMap(Database.Database, (database) => database.print(stray.ast))
    yield* holds("and of its own is none", printed.sql.includes("contract_passages"), printed.sql)
  })
])
