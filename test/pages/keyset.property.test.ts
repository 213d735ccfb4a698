/**
 * While rows come and go, going through the slices of a random order gives each row that stays exactly once, and no row twice, in both directions;
 * on each database. Some 15 orders, 1,000 with `STRATA_LONG=1`; a failure names its seed (`STRATA_SEED`).
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { Cursors, Ddl, Expr, Mutation, Query } from "../../src/index.js"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"
import { Item, orderBy, terms, values } from "./rows.js"

const isLong = process.env["STRATA_LONG"] === "1"
const rounds = isLong ? 1000 : 15
const seed = Number(process.env["STRATA_SEED"] ?? 77)
/** Rows of these numbers stay; those of greater ones come and go. */
const staying = 40
let next = staying + 1

const sample = <A>(arbitrary: FastCheck.Arbitrary<A>, count: number, at: number): ReadonlyArray<A> =>
  FastCheck.sample(arbitrary, { numRuns: count, seed: seed + at })

const items = (count: number, at: number, first: number) =>
  sample(values, count, at).map((one, i) => ({ ...one, id: first + i })) as ReadonlyArray<any>

/** Some rows come, some go. */
const change = (at: number) =>
  Effect.gen(function*() {
    const gone = sample(FastCheck.integer({ min: Math.max(staying + 1, next - 30), max: next }), 6, at)
    yield* Mutation.delete(Item).pipe(Mutation.where({ id: { in: gone } }))
    const first = next
    next += 3
    yield* Mutation.insertMany(Item, items(3, at, first))
  })

for (const database of available) {
  describe(`keyset pages on ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.andThen(Ddl.create(Item), Mutation.insertMany(Item, items(staying, 0, 1)))
    )
    it(`give each row once, seed ${seed}`, async () => {
      for (let round = 0; round < rounds; round++) {
        const order = sample(terms, 1, round)[0]!
        const sizes = sample(FastCheck.integer({ min: 1, max: 17 }), 200, round)
        const query = Query.from(Item).pipe(Query.orderBy(orderBy(order)))
        const name = `round ${round}: ${JSON.stringify(order)}`
        const walk = (isBackward: boolean, start: string | null) =>
          Effect.gen(function*() {
            const found: Array<number> = []
            let cursor = start
            let last: string | null = null
            for (let at = 0; at === 0 || cursor !== null; at++) {
              const slice = yield* query.pipe(Query.keyset({
                size: sizes[at % sizes.length]!,
                ...(isBackward ? { before: cursor } : { after: cursor })
              }))
              const ids = slice.items.map((item) => item.id)
              if (isBackward) found.unshift(...ids)
              else found.push(...ids)
              cursor = isBackward ? slice.previous : slice.next
              last = isBackward ? slice.next : slice.previous
              // Not for ever, as rows would then come as fast as they are read.
              if (at < 12) yield* change(round * 1000 + at + (isBackward ? 500 : 0))
            }
            return { found, last }
          })
        const last = order.at(-1)
        const total = query.pipe(
          Query.orderBy((item) => last?.direction === "desc" ? Expr.desc(item.id) : Expr.asc(item.id))
        )
        const whole = Effect.map(total, (rows) => rows.map((row) => row.id).filter((id) => id <= staying))
        const program = Effect.gen(function*() {
          yield* Mutation.delete(Item).pipe(Mutation.where({ id: { gt: staying } }))
          const forward = yield* walk(false, null)
          const backward = yield* walk(true, forward.last)
          return { forward, backward, whole: yield* whole }
        }).pipe(Effect.provide(Cursors.layerRandom))
        const { backward, forward, whole: expected } = await runtime.runPromise(program)
        const stayed = (ids: ReadonlyArray<number>) => ids.filter((id) => id <= staying)
        assert.strictEqual(expected.length, staying)
        assert.deepStrictEqual(stayed(forward.found), expected, name)
        assert.strictEqual(new Set(forward.found).size, forward.found.length, `${name}: a row came twice`)
        // Back from the last slice, whose own rows are not before it.
        const back = stayed(backward.found)
        assert.deepStrictEqual(back, stayed(forward.found).slice(0, back.length), `${name}: backwards`)
        assert.isAtMost(staying - back.length, 17, name)
        assert.strictEqual(
          new Set(backward.found).size,
          backward.found.length,
          `${name}: a row came twice on the way back`
        )
      }
    }, isLong ? 1_200_000 : 120_000)
  })
}
