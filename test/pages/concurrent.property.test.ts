/**
 * While others insert and delete rows on connections of their own, going through the slices of a random order gives each row that stays exactly once,
 * and no row twice, in both directions; on each database. 4 orders, 100 with `STRATA_LONG=1`; a failure names its seed (`STRATA_SEED`).
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import type { DbError } from "../../src/index.js"
import { Cursors, Ddl, Expr, Mutation, Query, Transaction } from "../../src/index.js"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"
import { Item, orderBy, terms, values } from "./rows.js"

const isLong = process.env["STRATA_LONG"] === "1"
const rounds = isLong ? 100 : 4
const seed = Number(process.env["STRATA_SEED"] ?? 77)
const staying = 60
const writers = 3
/** As many rows of a writer are there at a time. */
const coming = 30
/** No more of a writer than that: rows that come where a reader is would come for ever where writers are faster. */
const changes = 300

const sample = <A>(arbitrary: FastCheck.Arbitrary<A>, count: number, at: number): ReadonlyArray<A> =>
  FastCheck.sample(arbitrary, { numRuns: count, seed: seed + at })

const rowsFrom = (first: number, count: number, at: number) =>
  sample(values, count, at).map((one, i) => ({ ...one, id: first + i })) as ReadonlyArray<any>

/** A conflict with another writer, and a pool that is overloaded, as on a machine that has other work to do. */
const again = {
  times: 1000,
  while: (error: DbError.WriteFailure) => "isRetryable" in error && error.isRetryable
}

/** How much was written, and how often between two slices. */
interface Told {
  writes: number
  between: number
}

/** Rows of numbers that never come again: three come, and three that it wrote before go, in a transaction or one after the other. */
const writer = (number: number, at: number, told: Told) =>
  Effect.gen(function*() {
    const start = staying + 1 + number * 1_000_000
    for (let count = 0; count < changes; count++) {
      const first = start + 3 * count
      const gone = [0, 1, 2].map((i) => first - coming + i)
      const change = Effect.andThen(
        Mutation.delete(Item).pipe(Mutation.where({ id: { in: gone.filter((id) => id >= start) } })),
        Mutation.insertMany(Item, rowsFrom(first, 3, at * 1000 + count * writers + number))
      )
      yield* Effect.retry(count % 2 === 0 ? change : Transaction.run()(change), again)
      told.writes++
      yield* Effect.yieldNow()
    }
    return yield* Effect.never
  })

const idsOf = (items: ReadonlyArray<Item>) => items.map(({ id }) => id)

/** The numbers of all rows, in the order of the query, a slice after the other. */
const walk = (query: Query.Query<Item, typeof Item>, isBackward: boolean, start: string | null, told: Told) =>
  Effect.gen(function*() {
    const found: Array<number> = []
    let cursor = start
    let slices = 0
    do {
      const before = told.writes
      const slice = yield* query.pipe(
        Query.keyset({ size: 3 + slices % 7, ...(isBackward ? { before: cursor } : { after: cursor }) }),
        Effect.retry(again)
      )
      if (isBackward) found.unshift(...idsOf(slice.items))
      else found.push(...idsOf(slice.items))
      cursor = isBackward ? slice.previous : slice.next
      slices++
      yield* Effect.sleep(slices % 3)
      if (told.writes > before) told.between++
    } while (cursor !== null && slices < 1000)
    return found
  })

for (const database of available) {
  describe(`keyset pages beside writers on ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.andThen(Ddl.create(Item), Mutation.insertMany(Item, rowsFrom(1, staying, 0)))
    )
    it(`give each row once, seed ${seed}`, async () => {
      const told: Told = { between: 0, writes: 0 }
      let seen = 0
      for (let round = 0; round < rounds; round++) {
        const order = sample(terms, 1, round)[0]!
        const name = `round ${round}: ${JSON.stringify(order)}`
        const query = Query.from(Item).pipe(Query.orderBy(orderBy(order)))
        const program = Effect.gen(function*() {
          yield* Mutation.delete(Item).pipe(Mutation.where({ id: { gt: staying } }))
          const isDown = order.at(-1)?.direction === "desc"
          const expected = idsOf(
            yield* query.pipe(Query.orderBy((item) => isDown ? Expr.desc(item.id) : Expr.asc(item.id)))
          )
          const most = yield* query.pipe(Query.keyset({ size: staying - 1 }))
          const last = yield* query.pipe(Query.keyset({ size: 1, after: most.next }))
          const fibers = yield* Effect.forEach(
            Array.from({ length: writers }, (_, i) => i),
            (number) => Effect.fork(writer(number, round, told))
          )
          const found = yield* Effect.all([walk(query, false, null, told), walk(query, true, last.previous, told)], {
            concurrency: "unbounded"
          })
          // A writer that has failed says so here.
          const ends = yield* Effect.forEach(fibers, (fiber) => fiber.poll)
          yield* Fiber.interruptAll(fibers)
          return { ends, expected, found }
        })
        const { ends, expected, found } = await runtime.runPromise(program.pipe(Effect.provide(Cursors.layerRandom)))
        assert.deepStrictEqual(ends.map(({ _tag }) => _tag), ends.map(() => "None"), `${name}: ${JSON.stringify(ends)}`)
        assert.strictEqual(expected.length, staying)
        // Before the cursor that the way back starts from is all but the last row.
        for (const [i, stays] of [expected, expected.slice(0, -1)].entries()) {
          const ids = found[i]!
          assert.deepStrictEqual(ids.filter((id) => id <= staying), stays, `${name}, way ${i}`)
          assert.strictEqual(new Set(ids).size, ids.length, `${name}, way ${i}: a row came twice`)
          seen += ids.length - stays.length
        }
      }
      assert.isAbove(told.between, 5 * rounds)
      assert.isAbove(seen, rounds)
    }, isLong ? 1_200_000 : 120_000)
  })
}
