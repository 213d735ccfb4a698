/**
 * Signals: who is asked before writes, and told of them.
 */
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Schema from "effect/Schema"
import type { WriteFailure } from "../DbError.js"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Signals from "../Signals.js"
import * as Transaction from "../Transaction.js"
import type { Services } from "./suite.js"
import { group, same, statementsOf, test, under } from "./suite.js"

class Guest extends Model.Class<Guest>("Guest")({
  id: Schema.Int.pipe(Field.primaryKey),
  email: Schema.String,
  age: Schema.Int,
  nick: Schema.String.pipe(Field.default("none"))
}, { table: "contract_guests" }) {}

type Write = Effect.Effect<unknown, WriteFailure, Services>

const guest = (id: number, age = 30) => ({ id, email: `G${id}@x.org`, age })
const insert = (id: number, age?: number) => Mutation.insert(Guest, guest(id, age))
const aged = (id: number, age: number) => Mutation.update(Guest).pipe(Mutation.set({ age }), Mutation.where({ id }))
const removed = (id: number) => Mutation.delete(Guest).pipe(Mutation.where({ id }))
const old = { age: { gte: 60 } } as const
const never = Effect.fail("no" as const)
const inOrder = Query.from(Guest).pipe(Query.orderBy((g) => Expr.asc(g.id)))
const ages = inOrder.pipe(Query.pluck((g) => g.age))
const emails = inOrder.pipe(Query.pluck((g) => g.email))

/** What is told, as text; `taken` is what was told since it was asked last. */
const notes = () => {
  const told: Array<string> = []
  return { note: (text: string) => Effect.sync(() => void told.push(text)), taken: Effect.sync(() => told.splice(0)) }
}

const textOf = ({ event, row }: { readonly event: string; readonly row: Guest }) =>
  `${event} ${row.id} ${row.age} ${row.nick}`

export const cases = group("signals", [
  test("a guard refuses a write before anything is sent", [Guest], function*() {
    yield* Mutation.insertMany(Guest, [guest(1), guest(2)])
    const writes: ReadonlyArray<readonly [Signals.BeforeKind, Write]> = [
      ["insert", insert(3)],
      ["update", aged(1, 31)],
      ["delete", removed(1)],
      ["save", insert(3)],
      ["save", aged(1, 31)],
      ["save", Mutation.upsert(Guest, guest(1, 31))],
      ["bulkInsert", Mutation.insertMany(Guest, [guest(3), guest(4)])],
      ["bulkUpdate", Mutation.update(Guest).pipe(Mutation.set({ age: 31 }), Mutation.all)],
      ["bulkDelete", Mutation.delete(Guest).pipe(Mutation.all)],
      ["bulkSave", Mutation.insertMany(Guest, [guest(3), guest(4)])],
      ["bulkSave", Mutation.updateMany(Guest, [{ id: 1, age: 31 }])],
      ["bulkSave", Mutation.upsertMany(Guest, [guest(1, 31), guest(2, 31)])]
    ]
    for (const [kind, write] of writes) {
      const refusing = Signals.layer(Signals.guard("refuses", Guest, kind, () => never))
      const { result, texts } = yield* statementsOf(Effect.flip(write)).pipe(under(refusing))
      const refused = result._tag === "Vetoed" ? [result.guard, result.event, result.error] : result
      yield* same(`what refuses ${kind}`, refused, ["refuses", kind, "no"])
      yield* same(`${kind}: nothing was sent`, texts, [])
    }
    yield* same("the rows", yield* ages, [30, 30])
  }),

  test("a guard gives other values, of one row and of many", [Guest], function*() {
    const lower = (email: string | undefined) => email === undefined ? {} : { email: email.toLowerCase() }
    const lowering = Signals.layer(
      Signals.guard("one", Guest, "save", ({ values }) => Effect.succeed(lower(values.email))),
      Signals.guard(
        "many",
        Guest,
        "bulkSave",
        ({ changes, rows }) =>
          Effect.succeed(rows === undefined ? lower(changes?.email) : rows.map(({ email }) => lower(email)))
      )
    )
    yield* Effect.gen(function*() {
      yield* same("inserted", (yield* insert(1)).email, "g1@x.org")
      yield* Mutation.insertMany(Guest, [guest(2), guest(3), guest(4, 60)])
      yield* Mutation.update(Guest).pipe(Mutation.set({ email: "UPDATED" }), Mutation.where({ id: 2 }))
      yield* same("upserted", (yield* Mutation.upsert(Guest, { ...guest(3), email: "UPSERTED" })).email, "upserted")
      yield* Mutation.upsertMany(Guest, [{ ...guest(1), email: "FIRST" }, { ...guest(5, 60), email: "FIFTH" }])
      yield* same("each", yield* emails, ["first", "updated", "upserted", "g4@x.org", "fifth"])
      yield* Mutation.update(Guest).pipe(Mutation.set({ email: "OLD" }), Mutation.where(old))
    }).pipe(under(lowering))
    yield* same("all", yield* emails, ["first", "updated", "upserted", "old", "old"])
  }),

  test("an upsert of many sets what it says where a guard gives nothing", [Guest], function*() {
    yield* Mutation.insertMany(Guest, [guest(1), guest(2)])
    const giving = Signals.guard(
      "nicks",
      Guest,
      "bulkSave",
      ({ rows = [] }) => Effect.succeed(rows.map(({ id }) => (id === 1 ? { nick: "guard's" } : {})))
    )
    yield* Mutation.upsertMany(Guest, [1, 2, 3].map((id) => ({ ...guest(id), nick: "new" })), {
      set: (there) => ({ nick: Expr.upper(there.nick) })
    }).pipe(under(Signals.layer(giving)))
    yield* same("nicks", yield* inOrder.pipe(Query.pluck((g) => g.nick)), ["guard's", "NONE", "new"])
  }),

  test("a watcher is told of a row as the database has it, whatever the program asked for", [Guest], function*() {
    const { note, taken } = notes()
    const watching = Signals.layer(
      Signals.watch("rows", Guest, ["inserted", "updated", "deleted"], (event) => note(textOf(event))),
      Signals.watch("saves", Guest, "saved", ({ created }) => note(created ? "new" : "changed"))
    )
    yield* Effect.gen(function*() {
      yield* insert(1)
      yield* same("an insert", yield* taken, ["inserted 1 30 none", "new"])
      yield* same("the number", yield* aged(1, 31), 1)
      yield* same("an update", yield* taken, ["updated 1 31 none", "changed"])
      yield* Mutation.upsert(Guest, guest(2))
      yield* Mutation.upsert(Guest, guest(2, 32))
      yield* same("upserts", yield* taken, ["inserted 2 30 none", "new", "updated 2 32 none", "changed"])
      yield* Mutation.insertOrIgnore(Guest, guest(2, 99))
      yield* same("none", [yield* aged(9, 9), yield* removed(9)], [0, 0])
      yield* same("what did nothing", yield* taken, [])
      yield* removed(2)
      yield* same("a delete", yield* taken, ["deleted 2 32 none"])
      yield* Effect.exit(insert(1))
      yield* same("a failure", yield* taken, [])
    }).pipe(under(watching))
  }),

  test("what is done to a set is told once, with its number of rows", [Guest], function*() {
    const { note, taken } = notes()
    const kinds = ["bulkInserted", "bulkUpdated", "bulkDeleted", "bulkSaved"] as const
    yield* Effect.gen(function*() {
      yield* Mutation.insertMany(Guest, [guest(1), guest(2, 60), guest(3, 60)])
      yield* Mutation.update(Guest).pipe(Mutation.set({ nick: "old" }), Mutation.where(old))
      yield* Mutation.upsertMany(Guest, [guest(3), guest(4)])
      yield* Mutation.delete(Guest).pipe(Mutation.all)
      const told = [["bulkInserted 3", "bulkSaved 3"], ["bulkUpdated 2", "bulkSaved 2"], ["bulkSaved 2"], [
        "bulkDeleted 4"
      ]]
      const both = told.flatMap((of) => ["watched", "committed"].flatMap((how) => of.map((one) => `${how} ${one}`)))
      yield* same("in order", yield* taken, both)
    }).pipe(under(Signals.layer(
      ...kinds.flatMap((kind) => [
        Signals.watch("watch", Guest, kind, ({ affected, event }) => note(`watched ${event} ${affected}`)),
        Signals.afterCommit("commit", Guest, kind, ({ affected, event }) => note(`committed ${event} ${affected}`))
      ])
    )))
  }),

  test("what is committed is told once, with the last values, and nothing of what was undone", [Guest], function*() {
    const { note, taken } = notes()
    const told = Signals.layer(
      Signals.afterCommit("rows", Guest, ["inserted", "updated", "deleted"], (event) => note(textOf(event)))
    )
    yield* Effect.gen(function*() {
      yield* insert(1)
      yield* same("outside of a transaction", yield* taken, ["inserted 1 30 none"])
      yield* Transaction.run(Effect.gen(function*() {
        yield* insert(2)
        yield* insert(3)
        yield* aged(2, 31)
        yield* Effect.ignore(Transaction.run(Effect.all([aged(1, 99), insert(4), never])))
        yield* Transaction.run(aged(1, 32))
        yield* aged(2, 33)
        yield* removed(3)
        yield* same("before it is committed", yield* taken, [])
      }))
      yield* same("then", yield* taken, ["inserted 2 33 none", "updated 1 32 none"])
      yield* Effect.ignore(Transaction.run(Effect.all([insert(5), removed(1), Transaction.run(aged(2, 99)), never])))
      yield* same("of what was rolled back", yield* taken, [])
    }).pipe(under(told))
    yield* same("the rows", yield* ages, [32, 33])
  }),

  test("the outermost transaction alone begins, and is committed or rolled back", [Guest], function*() {
    const { note, taken } = notes()
    const steps = Signals.watch("steps", Signals.all, ["begin", "commit", "rollback"], ({ event }) => note(event))
    yield* Effect.gen(function*() {
      yield* Transaction.run(Effect.zipRight(Transaction.run(insert(1)), note("body")))
      yield* same("committed", yield* taken, ["begin", "body", "commit"])
      yield* Effect.ignore(Transaction.run(Effect.all([Transaction.run(insert(2)), note("body"), never])))
      yield* same("rolled back", yield* taken, ["begin", "body", "rollback"])
    }).pipe(under(Signals.layer(steps)))
  }),

  test("a watcher that fails takes nothing with it but what it wrote itself", [Guest], function*() {
    const failing = Signals.layer(
      Signals.watch("fails", Guest, "updated", ({ row }) => Effect.zipRight(insert(row.id + 10), insert(row.id)))
    )
    yield* Transaction.run(Effect.gen(function*() {
      yield* insert(1)
      yield* aged(1, 31)
      yield* insert(2)
    })).pipe(under(failing), Logger.withMinimumLogLevel(LogLevel.None))
    yield* same("the rows", yield* ages, [31, 30])
  })
])
