/**
 * P10: fibers and transactions. One that escapes, several that share one, and siblings that nest.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Connect from "../../../src/Connect.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import * as Transaction from "../../../src/Transaction.js"
import { outcomeOf, rowsOf, tally } from "../figures.js"
import type { Scenario } from "../scenario.js"

class Entry extends Model.Class<Entry>("Entry")({
  id: Schema.Int.pipe(Field.primaryKey)
}, { table: "p10_entries" }) {}

const insert = (id: number) => Mutation.insert(Entry, { id })
const range = (length: number) => Array.from({ length }, (_, i) => i)
const no = Effect.fail("no" as const)

/** Rows that have to be there and are not, and those that must not be there and are. */
const compare = (expected: ReadonlySet<number>) =>
  Effect.map(Query.from(Entry).pipe(Query.pluck((entry) => entry.id)), (rows) => {
    const seen = new Set(rows)
    return {
      lost: [...expected].filter((id) => !seen.has(id)).length,
      phantom: [...seen].filter((id) => !expected.has(id)).length
    }
  })

export const p10: Scenario = {
  id: "P10",
  title: "Fibers that outlive a transaction, share one, or nest in it side by side",
  databases: ["postgres", "mariadb", "sqlite"],
  run: (target, form) => {
    const rounds = form === "short" ? 20 : 300
    const row = rowsOf("P10", target)
    const anew = Effect.zipRight(Ddl.drop(Entry), Ddl.create(Entry))

    /** The escaped statement comes while a stranger's transaction, which will roll back, has the only connection. */
    const escapes = Effect.gen(function*() {
      yield* anew
      const outcomes: Array<string> = []
      const expected = new Set<number>()
      for (const round of range(rounds)) {
        const [strangerIsIn, hasTried] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const escaped = yield* Transaction.run(Effect.gen(function*() {
          yield* insert(3 * round)
          expected.add(3 * round)
          return yield* Effect.forkDaemon(
            Deferred.await(strangerIsIn).pipe(
              Effect.zipRight(Effect.exit(insert(3 * round + 1))),
              Effect.ensuring(Deferred.succeed(hasTried, undefined))
            )
          )
        }))
        yield* Effect.ignore(Transaction.run(Effect.gen(function*() {
          yield* insert(3 * round + 2)
          yield* Deferred.succeed(strangerIsIn, undefined)
          yield* Deferred.await(hasTried)
          return yield* no
        })))
        const exit = yield* Fiber.join(escaped)
        outcomes.push(outcomeOf(exit))
        if (exit._tag === "Success") expected.add(3 * round + 1)
      }
      const { lost, phantom } = yield* compare(expected)
      return row(
        "a fiber uses its transaction after the end, while a stranger's has the connection",
        "TransactionError/ownership each time; lost 0, phantom 0",
        {
          observed: `${tally(outcomes)}; lost ${lost}, phantom ${phantom}`,
          count: rounds,
          ok: lost === 0 && phantom === 0 && outcomes.every((outcome) => outcome === "TransactionError/ownership")
        }
      )
    })

    /** Fibers of one transaction write and read at once: each has to be given its own answer. */
    const shared = Effect.gen(function*() {
      yield* anew
      let mixed = 0
      const expected = new Set<number>()
      for (const round of range(rounds)) {
        const kept = round % 2 === 0
        const ids = range(8).map((i) => 8 * round + i)
        yield* Effect.ignore(Transaction.run(Effect.gen(function*() {
          yield* Effect.forEach(ids, (id) =>
            Effect.gen(function*() {
              yield* insert(id)
              const seen = yield* Query.from(Entry).pipe(Query.where({ id }), Query.pluck((entry) => entry.id))
              if (seen.length !== 1 || seen[0] !== id) mixed++
            }), { concurrency: "unbounded", discard: true })
          if (!kept) return yield* no
        })))
        if (kept) ids.forEach((id) => expected.add(id))
      }
      const { lost, phantom } = yield* compare(expected)
      return row("eight fibers use one transaction at once", "statements in turn: lost 0, phantom 0, mixed up 0", {
        observed: `lost ${lost}, phantom ${phantom}, mixed up ${mixed}`,
        count: rounds * 8,
        ok: lost === 0 && phantom === 0 && mixed === 0
      })
    })

    /** Siblings that are open at the same time; one in three fails, or is interrupted. */
    const siblings = Effect.gen(function*() {
      yield* anew
      const expected = new Set<number>()
      let untrue = 0
      for (const round of range(rounds)) {
        const exits = yield* Transaction.run(Effect.forEach(range(6), (i) => {
          const id = 20 * round + 2 * i
          const one = Transaction.run(Effect.gen(function*() {
            yield* insert(id)
            yield* Effect.yieldNow()
            yield* insert(id + 1)
            if (i % 3 === 1) return yield* no
            if (i === 2) return yield* Effect.interrupt
          }))
          return Effect.exit(one)
        }, { concurrency: "unbounded" }))
        exits.forEach((exit, i) => {
          const succeeded = exit._tag === "Success"
          if (succeeded) [0, 1].forEach((n) => expected.add(20 * round + 2 * i + n))
          if (succeeded === (i % 3 === 1 || i === 2)) untrue++
        })
      }
      const { lost, phantom } = yield* compare(expected)
      return row("six siblings nest at once, of which three fail", "who succeeds keeps its work: lost 0, phantom 0", {
        observed: `lost ${lost}, phantom ${phantom}, wrong outcomes ${untrue}`,
        count: rounds * 6,
        ok: lost === 0 && phantom === 0 && untrue === 0
      })
    })

    return Effect.all([escapes, shared, siblings]).pipe(
      Effect.provide(Connect.layer(target.url, { size: 1 }))
    )
  }
}
