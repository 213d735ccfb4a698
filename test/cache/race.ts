/**
 * Readers and writers side by side: nobody is to be told of what was before a commit of which anybody has been told.
 */
import { assert } from "@effect/vitest"
import { Cache, Expr, Mutation, Query, Transaction } from "effect-strata"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { all, User, users } from "./models.js"

const total = Query.from(User).pipe(Query.select((user) => ({ total: Expr.sum(user.balance) })))

const increment = (id: number) =>
  Mutation.update(User).pipe(
    Mutation.set((user) => ({ balance: Expr.add(user.balance, 1) })),
    Mutation.where({ id })
  )

class Undone {
  readonly _tag = "Undone"
}

const rounds = process.env["STRATA_LONG"] === "1" ? 400 : 40

/** Writers that add one to balances, each in one of the ways of writing, and readers that compare with what was told to be committed. */
export const race = Effect.gen(function*() {
  const ids = [1, 2, 3, 4, 5]
  /** What is certainly committed, and what may be. */
  const least = new Map(ids.map((id) => [id, 100]))
  const most = new Map(ids.map((id) => [id, 100]))
  let isOver = false
  let reads = 0
  const add = (map: Map<number, number>, id: number) => map.set(id, map.get(id)! + 1)

  const write = Effect.gen(function*() {
    const id = yield* Random.nextIntBetween(1, 6)
    const other = 1 + id % 5
    const way = yield* Random.nextIntBetween(0, 6)
    add(most, id)
    switch (way) {
      case 0:
      case 1:
        yield* increment(id)
        add(least, id)
        return
      case 2:
        yield* Transaction.run(Effect.zipRight(increment(id), all), { retry: Transaction.retryConflicts })
        add(least, id)
        return
      case 3:
        yield* Effect.ignore(Transaction.run(Effect.zipRight(increment(id), Effect.fail(new Undone()))))
        return
      case 4:
        // A savepoint that is undone, and work that stays.
        add(most, other)
        yield* Transaction.run(
          Effect.zipRight(
            increment(id),
            Effect.ignore(Transaction.run(Effect.zipRight(increment(other), Effect.fail(new Undone()))))
          ),
          { retry: Transaction.retryConflicts }
        )
        add(least, id)
        return
      case 5: {
        const fiber = Effect.timeout(
          Transaction.run(Effect.zipRight(increment(id), Effect.sleep("2 millis"))),
          "3 millis"
        )
        yield* Effect.matchEffect(fiber, {
          onFailure: () => Effect.void,
          onSuccess: () => Effect.sync(() => add(least, id))
        })
      }
    }
  }).pipe(
    // Those that lose against others have written nothing.
    Effect.catchTag("ConflictError", () => Effect.void)
  )

  const check = (id: number, floor: number, found: number) => {
    reads++
    if (found < floor) assert.fail(`of user ${id} ${found} was read after ${floor} was committed`)
    if (found > most.get(id)!) assert.fail(`of user ${id} ${found} was read, which nobody has written`)
  }

  const read = Effect.gen(function*() {
    const id = yield* Random.nextIntBetween(1, 6)
    const floors = new Map(least)
    const way = yield* Random.nextIntBetween(0, 3)
    if (way === 0) check(id, floors.get(id)!, (yield* users.findById(id)).balance)
    else if (way === 1) { for (const user of yield* all) check(user.id, floors.get(user.id)!, user.balance) }
    else {
      const [sum] = yield* total
      const floor = Array.reduce([...floors.values()], 0, (sum: number, one: number) => sum + one)
      if (Number(sum!.total) < floor) assert.fail(`a total of ${sum!.total} was read after ${floor} was committed`)
    }
  })

  const writer = Effect.repeatN(Effect.zipRight(write, Effect.yieldNow()), rounds - 1)
  const reader = Effect.repeat(Effect.zipRight(read, Effect.yieldNow()), { until: () => isOver })
  yield* Effect.all([
    Effect.ensuring(
      Effect.all([writer, writer, writer, writer], { concurrency: "unbounded" }),
      Effect.sync(() => {
        isOver = true
      })
    ),
    ...Array.makeBy(6, () => reader)
  ], { concurrency: "unbounded", discard: true })
  const end = yield* Cache.uncached(all)
  const kept = yield* all
  assert.deepStrictEqual(kept, end)
  return reads
}).pipe(Effect.withRandom(Random.make("cache 77")))
