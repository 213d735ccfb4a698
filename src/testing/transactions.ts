/**
 * Transactions: all or nothing, savepoints, siblings, what runs after the end, and who may use them.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Database from "../Database.js"
import { ConflictError } from "../DbError.js"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Transaction from "../Transaction.js"
import { failsWith, group, holds, same, test } from "./suite.js"

class Entry extends Model.Class<Entry>("Entry")({
  id: Schema.Int.pipe(Field.primaryKey),
  note: Schema.String
}, { table: "contract_entries" }) {}

const add = (id: number) => Mutation.insert(Entry, { id, note: `n${id}` })
const ids = Query.from(Entry).pipe(Query.orderBy((e) => Expr.asc(e.id)), Query.pluck((e) => e.id))
const never = Effect.fail("no" as const)

class Second extends Database.Tag("effect-strata/contract/Second")<Second>() {}

export const cases = group("transactions", [
  test("commits when the body succeeds, and gives what it gave", [Entry], function*() {
    const given = yield* Transaction.run(Effect.as(Effect.zipRight(add(1), add(2)), "value"))
    yield* same("what it gave", given, "value")
    yield* same("the rows", yield* ids, [1, 2])
    yield* Effect.zipRight(add(3), ids).pipe(
      Effect.tap((inside) => same("its own rows are seen inside", inside, [1, 2, 3])),
      Transaction.run()
    )
    yield* same("an empty one", yield* Transaction.run(Effect.succeed(1)), 1)
  }),

  test("rolls back when the body fails, dies or is interrupted", [Entry], function*() {
    yield* same("its failure", yield* Effect.flip(Transaction.run(Effect.zipRight(add(1), never))), "no")
    const died = yield* Effect.exit(Transaction.run(Effect.zipRight(add(1), Effect.die("broken"))))
    yield* holds("its defect", Exit.isFailure(died) && died.cause._tag === "Die", died)
    const interrupted = yield* Effect.exit(Transaction.run(Effect.zipRight(add(1), Effect.interrupt)))
    yield* holds("its interruption", Exit.isInterrupted(interrupted), interrupted)
    const reached = yield* Deferred.make<void>()
    const fiber = yield* Effect.fork(Transaction.run(
      add(1).pipe(
        Effect.zipRight(Deferred.succeed(reached, undefined)),
        Effect.zipRight(Effect.never)
      )
    ))
    yield* Deferred.await(reached)
    yield* Fiber.interrupt(fiber)
    yield* same("the rows", yield* ids, [])
    yield* Transaction.run(add(1))
    yield* same("and the next one works", yield* ids, [1])
  }),

  test("takes every isolation and access mode", [Entry], function*() {
    const isolations = ["read uncommitted", "read committed", "repeatable read", "serializable"] as const
    for (const [i, isolation] of isolations.entries()) {
      yield* add(i).pipe(Transaction.run({ isolation }))
      yield* add(i + 10).pipe(Transaction.run({ isolation, access: "read write" }))
      yield* same(
        `${isolation}, read only`,
        (yield* ids.pipe(Transaction.run({ isolation, access: "read only" }))).length,
        2 * i + 2
      )
    }
    yield* add(99)
    yield* same("and leaves none behind", (yield* ids).length, 9)
  }),

  test("a write in a read only one is refused, typed", [Entry], function*() {
    const error = yield* failsWith("an insert", add(1).pipe(Transaction.run({ access: "read only" })), "QueryError")
    yield* same("its reason", error.reason, "readOnly")
    yield* same("nothing was written", yield* ids, [])
    yield* add(2)
    yield* same("the next statement may write", yield* ids, [2])
  }),

  test("a savepoint undoes its own work only", [Entry], function*() {
    const program = Effect.gen(function*() {
      yield* add(1)
      yield* same("its failure", yield* Effect.flip(Transaction.run(Effect.zipRight(add(2), never))), "no")
      yield* Transaction.run(add(3))
      yield* Effect.exit(Transaction.run(Effect.zipRight(add(4), Effect.die("broken"))))
      yield* add(5)
    })
    yield* Transaction.run(program)
    yield* same("the rows", yield* ids, [1, 3, 5])
    yield* Effect.flip(Transaction.run(Effect.zipRight(Transaction.run(add(6)), never)))
    yield* same("a kept savepoint goes with its transaction", yield* ids, [1, 3, 5])
  }),

  test("savepoints within savepoints", [Entry], function*() {
    const inner = Effect.zipRight(add(3), never).pipe(Transaction.run(), Effect.ignore)
    const middle = add(2).pipe(Effect.zipRight(inner), Effect.zipRight(add(4)), Transaction.run())
    yield* Transaction.run(Effect.zipRight(add(1), middle))
    yield* same("the innermost is gone", yield* ids, [1, 2, 4])
    const failing = add(6).pipe(
      Effect.zipRight(Transaction.run(add(7))),
      Effect.zipRight(never),
      Transaction.run(),
      Effect.ignore
    )
    yield* Transaction.run(add(5).pipe(Effect.zipRight(failing), Effect.zipRight(add(8))))
    yield* same("the middle takes the innermost with it", yield* ids, [1, 2, 4, 5, 8])
  }),

  test("a violation inside a savepoint leaves the transaction usable", [Entry], function*() {
    yield* add(1)
    yield* Transaction.run(Effect.gen(function*() {
      yield* add(2)
      yield* failsWith("the same key", Transaction.run(Effect.zipRight(add(3), add(1))), "UniqueViolation")
      yield* add(4)
    }))
    yield* same("the rows", yield* ids, [1, 2, 4])
  }),

  test("many savepoints, one after the other", [Entry], function*() {
    const numbers = Array.from({ length: 200 }, (_, i) => i)
    yield* Transaction.run(
      Effect.forEach(
        numbers,
        (i) => Transaction.run(Effect.zipRight(add(i), i % 2 === 0 ? Effect.void : never)).pipe(Effect.ignore),
        {
          discard: true
        }
      )
    )
    yield* same("every other", yield* ids, numbers.filter((i) => i % 2 === 0))
  }),

  test("siblings at once: each keeps or loses its own work", [Entry], function*() {
    const numbers = Array.from({ length: 12 }, (_, i) => i)
    const sibling = (i: number) =>
      Transaction.run(
        add(i).pipe(
          Effect.zipRight(Effect.yieldNow()),
          Effect.zipRight(add(i + 100)),
          Effect.zipRight(i % 3 === 0 ? never : Effect.void)
        )
      ).pipe(Effect.ignore)
    yield* Transaction.run(
      Effect.forEach(numbers, (i) => i === 7 ? Effect.asVoid(add(7)) : sibling(i), {
        concurrency: "unbounded",
        discard: true
      })
    )
    const kept = numbers.filter((i) => i % 3 !== 0 && i !== 7)
    yield* same("the rows", yield* ids, [...kept, 7, ...kept.map((i) => i + 100)].sort((a, b) => a - b))
  }),

  test("statements at once in one transaction", [Entry], function*() {
    const numbers = Array.from({ length: 30 }, (_, i) => i)
    const notes = Transaction.run(Effect.zipRight(
      Effect.forEach(numbers, add, { concurrency: "unbounded", discard: true }),
      Effect.forEach(
        numbers,
        (id) => Query.one(Query.from(Entry).pipe(Query.where({ id }), Query.pluck((e) => e.note))),
        {
          concurrency: "unbounded"
        }
      )
    ))
    yield* same("each its own result", yield* notes, numbers.map((i) => `n${i}`))
  }),

  test("a savepoint cannot ask for what its transaction has not", [Entry], function*() {
    const inner = add(2).pipe(Transaction.run({ isolation: "serializable" }))
    const program = Effect.gen(function*() {
      yield* add(1)
      const error = yield* failsWith("another isolation", inner, "TransactionError")
      yield* same("its reason", [error.reason, error.state], ["begin", "open"])
    })
    yield* program.pipe(Transaction.run({ isolation: "read committed" }))
    yield* same("the rest is kept", yield* ids, [1])
    yield* inner.pipe(Transaction.run({ isolation: "serializable" }))
    yield* same("the same isolation", yield* ids, [1, 2])
  }),

  test("a savepoint cannot be read only in a transaction that may write", [Entry], function*() {
    const program = Effect.gen(function*() {
      yield* add(1)
      const error = yield* failsWith(
        "read only",
        ids.pipe(Transaction.run({ access: "read only" })),
        "TransactionError"
      )
      yield* same("its reason", [error.reason, error.state], ["begin", "open"])
      yield* add(2)
    })
    yield* Transaction.run(program)
    yield* same("the rest is kept", yield* ids, [1, 2])
    const reading = Transaction.run(ids, { access: "read only" })
    yield* same("within one that is read only too", yield* reading.pipe(Transaction.run({ access: "read only" })), [
      1,
      2
    ])
  }),

  test("a timeout rolls back, of a savepoint its own work only", [Entry], function*() {
    const slow = (id: number) => Effect.zipRight(add(id), Effect.sleep("1 minute"))
    yield* failsWith("a transaction", slow(1).pipe(Transaction.run({ timeout: "20 millis" })), "TimeoutError")
    yield* same("nothing is kept", yield* ids, [])
    yield* Transaction.run(Effect.gen(function*() {
      yield* add(2)
      yield* failsWith("a savepoint", slow(3).pipe(Transaction.run({ timeout: "20 millis" })), "TimeoutError")
      yield* add(4)
    }))
    yield* same("the rest is kept", yield* ids, [2, 4])
    yield* add(5).pipe(Transaction.run({ timeout: "1 minute" }))
    yield* same("one that is in time", yield* ids, [2, 4, 5])
  }),

  test("a conflict is tried again as the schedule says, and nothing else is", [Entry], function*() {
    const seen: Array<string> = []
    const note = (what: string) => Effect.sync(() => void seen.push(what))
    const failing = <E>(error: E, times: number) => {
      let bodies = 0
      return Effect.suspend(() => {
        bodies++
        const registered = Effect.zipRight(
          Transaction.afterCommit(note(`commit ${bodies}`)),
          Transaction.afterRollback(note(`rollback ${bodies}`))
        )
        return add(bodies).pipe(
          Effect.zipRight(registered),
          Effect.zipRight(bodies <= times ? Effect.fail(error) : Effect.succeed(bodies))
        )
      }).pipe(Transaction.run({ retry: Schedule.recurs(3), onRetry: (_, count) => note(`conflict ${count}`) }))
    }
    const conflict = new ConflictError({ reason: "serialization" })
    yield* same("its tries", yield* failing(conflict, 2), 3)
    yield* same("the rows of the last one", yield* ids, [3])
    yield* same("what it told", seen, ["rollback 1", "conflict 1", "rollback 2", "conflict 2", "commit 3"])
    seen.length = 0
    yield* failsWith("when the schedule ends", failing(conflict, 2).pipe(Transaction.run()), "ConflictError")
    yield* same("of a savepoint it is not asked", seen, ["rollback 1"])
    seen.length = 0
    yield* same("another failure", yield* Effect.flip(failing("no" as const, 9)), "no")
    yield* same("is told once", seen, ["rollback 1"])
    yield* same("the rows", yield* ids, [3])
  }),

  test("defaults of Transaction.layer", [Entry], function*() {
    const readOnly = Transaction.layer({ access: "read only" })
    const error = yield* failsWith("a write", Effect.provide(Transaction.run(add(1)), readOnly), "QueryError")
    yield* same("its reason", error.reason, "readOnly")
    yield* Effect.provide(add(2).pipe(Transaction.run({ access: "read write" })), readOnly)
    yield* Transaction.run(Effect.provide(Transaction.run(add(3)), readOnly))
    yield* same("what says otherwise, and a savepoint", yield* ids, [2, 3])
  }),

  test("afterCommit and afterRollback", [Entry], function*() {
    const seen: Array<string> = []
    const note = (what: string) => Effect.sync(() => void seen.push(what))
    yield* Transaction.run(Effect.gen(function*() {
      yield* Transaction.afterCommit(Effect.flatMap(ids, (rows) => note(`commit ${rows.join()}`)))
      yield* Transaction.afterRollback(note("never"))
      yield* add(1)
      yield* Transaction.run(Transaction.afterCommit(note("of a savepoint")))
      yield* Effect.ignore(Transaction.run(
        Transaction.afterCommit(note("never")).pipe(
          Effect.zipRight(Transaction.afterRollback(note("of one that was undone"))),
          Effect.zipRight(never)
        )
      ))
      yield* note("body")
    }))
    yield* same("of a commit", seen, ["body", "commit 1", "of a savepoint", "of one that was undone"])
    seen.length = 0
    yield* Effect.ignore(Transaction.run(Effect.gen(function*() {
      yield* Transaction.afterCommit(note("never"))
      yield* Transaction.afterRollback(Effect.flatMap(ids, (rows) => note(`rollback ${rows.join()}`)))
      yield* add(2)
      return yield* never
    })))
    yield* same("of a rollback", seen, ["rollback 1"])
    seen.length = 0
    yield* Transaction.afterCommit(note("at once"))
    yield* Transaction.afterRollback(note("never"))
    yield* same("outside of one", seen, ["at once"])
    yield* Transaction.run(Transaction.afterCommit(Effect.zipRight(add(3), Transaction.run(add(4)))))
    yield* same("what runs after it may write", yield* ids, [1, 3, 4])
  }),

  test("a fiber that outlives its transaction cannot use it", [Entry], function*() {
    const ended = yield* Deferred.make<void>()
    const fiber = yield* Transaction.run(Effect.gen(function*() {
      yield* add(1)
      return yield* Effect.forkDaemon(Effect.zipRight(Deferred.await(ended), Effect.exit(add(2))))
    }))
    yield* Deferred.succeed(ended, undefined)
    const exit = yield* Fiber.join(fiber)
    const error = yield* failsWith("its statement", exit, "TransactionError")
    yield* same("its reason", [error.reason, error.state], ["ownership", "committed"])
    yield* same("nothing was written", yield* ids, [1])
  }),

  test("a plain statement of SqlClient joins it", [Entry], function*() {
    const sql = yield* SqlClient.SqlClient
    const plain = (id: number) => sql`insert into contract_entries (id, note) values (${id}, ${"plain"})`
    yield* Effect.ignore(Transaction.run(Effect.gen(function*() {
      yield* plain(1)
      yield* same("seen inside", yield* ids, [1])
      const rows = yield* sql<{ id: number }>`select id from contract_entries`
      yield* same("by a plain select", rows.map(({ id }) => id), [1])
      return yield* never
    })))
    yield* same("rolled back with it", yield* ids, [])
    yield* Transaction.run(plain(2))
    yield* same("committed with it", yield* ids, [2])
  }),

  test("a plain statement that would end it is refused, and it goes on", [Entry], function*() {
    const sql = yield* SqlClient.SqlClient
    yield* Transaction.run(Effect.gen(function*() {
      yield* add(1)
      for (const text of ["commit", "rollback", "begin", "START TRANSACTION", "/* a comment */ commit"]) {
        const { cause } = yield* failsWith(text, sql.unsafe(text), "SqlError")
        yield* same("its cause", (cause as { readonly _tag: string })._tag, "QueryError")
      }
      yield* sql`savepoint mine`
      yield* add(2)
      yield* sql`rollback to savepoint mine`
    }))
    yield* same("the rows", yield* ids, [1])
  }),

  test("withTransaction of SqlClient is one too", [Entry], function*() {
    const sql = yield* SqlClient.SqlClient
    const plain = (id: number) => sql`insert into contract_entries (id, note) values (${id}, ${"plain"})`
    yield* same("its failure", yield* Effect.flip(sql.withTransaction(Effect.zipRight(add(1), never))), "no")
    yield* same("rolled back", yield* ids, [])
    yield* sql.withTransaction(Effect.gen(function*() {
      yield* add(1)
      yield* Effect.ignore(sql.withTransaction(Effect.zipRight(plain(2), never)))
      yield* Effect.ignore(Transaction.run(Effect.zipRight(plain(3), never)))
      yield* Transaction.run(plain(4))
    }))
    yield* same("nested both ways", yield* ids, [1, 4])
  }),

  test("writes that take several statements are undone as one", [Entry], function*() {
    yield* Effect.forEach([1, 2, 3], add, { discard: true })
    yield* Effect.ignore(Transaction.run(Effect.gen(function*() {
      const rows = yield* Mutation.update(Entry).pipe(
        Mutation.set({ note: "x" }),
        Mutation.where({ id: { gte: 2 } }),
        Mutation.returning
      )
      yield* same("updated", rows.map((row) => row.note), ["x", "x"])
      const gone = yield* Mutation.delete(Entry).pipe(Mutation.where({ note: "x" }), Mutation.returning)
      yield* same("deleted", gone.length, 2)
      yield* Mutation.insertMany(Entry, Array.from({ length: 20_000 }, (_, i) => ({ id: i + 10, note: "many" })))
      yield* same("inserted", yield* Query.count(Query.from(Entry)), 20_001)
      return yield* never
    })))
    yield* same(
      "as before",
      yield* Query.from(Entry).pipe(Query.orderBy((e) => Expr.asc(e.id)), Query.pluck((e) => e.note)),
      ["n1", "n2", "n3"]
    )
  }),

  test("transactions at once, each on its own", [Entry], function*() {
    const numbers = Array.from({ length: 8 }, (_, i) => i)
    const one = (i: number) =>
      Transaction.run(
        add(i).pipe(Effect.zipRight(Effect.yieldNow()), Effect.zipRight(i % 2 === 0 ? Effect.void : never))
      ).pipe(
        Effect.catchAll((error) => error === "no" ? Effect.void : Effect.fail(error))
      )
    yield* Effect.forEach(numbers, one, { concurrency: 4, discard: true })
    yield* same("the rows", yield* ids, [0, 2, 4, 6])
  }),

  test("Database.use runs an effect against a named database", [Entry], function*() {
    const service = yield* Database.Database
    const onSecond = Database.use(Second)(Effect.zipRight(add(1), ids))
    yield* same("the rows", yield* Effect.provideService(onSecond, Second, service), [1])
  })
])
