/**
 * After-commit handlers over random transactions: exactly what was committed, once each, with the final values.
 */
import { assert, describe, it } from "@effect/vitest"
import { DbError, Mutation, Query, Signals, Transaction } from "effect-strata"
import type { Database } from "effect-strata"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { available } from "../support/databases.js"
import { failure, under, User, user } from "./world.js"

/** One thing that a random transaction does. */
type Step =
  | { readonly _tag: "insert" | "update" | "upsert" | "delete"; readonly id: number; readonly age: number }
  | {
    readonly _tag: "savepoint"
    readonly steps: ReadonlyArray<Step>
    readonly fails: boolean
    readonly isPlain: boolean
  }

const ids = 6

const stepsOf = (depth: number): Effect.Effect<ReadonlyArray<Step>> =>
  Effect.gen(function*() {
    const count = yield* Random.nextIntBetween(depth === 0 ? 0 : 1, 6)
    return yield* Effect.replicateEffect(
      Effect.gen(function*() {
        if (depth < 3 && (yield* Random.nextIntBetween(0, 4)) === 0) {
          return {
            _tag: "savepoint",
            steps: yield* stepsOf(depth + 1),
            fails: (yield* Random.nextIntBetween(0, 3)) === 0,
            isPlain: yield* Random.nextBoolean
          } as Step
        }
        const tag = yield* Random.choice(["insert", "update", "upsert", "delete"] as const)
        return {
          _tag: tag,
          id: yield* Random.nextIntBetween(0, ids),
          age: yield* Random.nextIntBetween(18, 10_000)
        } as Step
      }).pipe(Effect.orDie),
      count
    )
  })

type Table = Map<number, number>

/** What the steps do to a table; steps that the database refuses do nothing, as each is a savepoint then. */
const applied = (table: Table, steps: ReadonlyArray<Step>): Table => {
  let now = new Map(table)
  for (const step of steps) {
    if (step._tag === "savepoint") {
      const inside = applied(now, step.steps)
      if (!step.fails) now = inside
    } else if (step._tag === "delete") now.delete(step.id)
    else if (step._tag === "upsert" || now.has(step.id) !== (step._tag === "insert")) now.set(step.id, step.age)
  }
  return now
}

const touched = (table: Table, steps: ReadonlyArray<Step>): ReadonlySet<number> => {
  const found = new Set<number>()
  let now = new Map(table)
  for (const step of steps) {
    if (step._tag === "savepoint") {
      if (!step.fails) { for (const id of touched(now, step.steps)) found.add(id) }
      now = applied(now, [step])
    } else {
      if (step._tag === "upsert" || now.has(step.id) !== (step._tag === "insert")) found.add(step.id)
      now = applied(now, [step])
    }
  }
  return found
}

/** What is to be told of a transaction: of each row that it touched, what it comes to. */
const expectedOf = (before: Table, steps: ReadonlyArray<Step>): ReadonlyArray<string> => {
  const after = applied(before, steps)
  return [...touched(before, steps)].flatMap((id) => {
    const age = after.get(id)
    if (!before.has(id)) return age === undefined ? [] : [`inserted ${id} ${age}`]
    return age === undefined ? [`deleted ${id}`] : [`updated ${id} ${age}`]
  }).sort()
}

const run = (steps: ReadonlyArray<Step>): Effect.Effect<void, unknown, Database.Database> =>
  Effect.forEach(steps, (step): Effect.Effect<unknown, unknown, Database.Database> => {
    switch (step._tag) {
      case "insert":
        // refused where it is there: on PostgreSQL the transaction would be lost without a savepoint
        return Effect.exit(Transaction.run(Mutation.insert(User, user(step.id, { age: step.age }))))
      case "update":
        return Mutation.update(User).pipe(Mutation.set({ age: step.age }), Mutation.where({ id: step.id }))
      case "upsert":
        return Mutation.upsert(User, user(step.id, { age: step.age }))
      case "delete":
        return Mutation.delete(User).pipe(Mutation.where({ id: step.id }))
      case "savepoint":
        return Effect.exit(Transaction.run(
          Effect.zipRight(run(step.steps), step.fails ? Effect.fail("the savepoint") : Effect.void),
          step.isPlain ? {} : { savepoint: "lazy" }
        ))
    }
  }, { discard: true })

const conflict = new DbError.ConflictError({ reason: "serialization" })

/** How a transaction goes. */
interface Fate {
  readonly steps: ReadonlyArray<Step>
  /** How many tries meet a conflict, after how many steps. */
  readonly conflicts: ReadonlyArray<number>
  readonly end: "commits" | "fails" | "dies" | "is interrupted" | "gives up"
}

const fate: Effect.Effect<Fate> = Effect.gen(function*() {
  const steps = yield* stepsOf(0)
  const conflicts = yield* Effect.replicateEffect(
    Random.nextIntBetween(0, steps.length + 1),
    (yield* Random.nextIntBetween(0, 3)) === 0 ? yield* Random.nextIntBetween(1, 4) : 0
  )
  const end = yield* Random.choice(
    ["commits", "commits", "commits", "fails", "dies", "is interrupted", "gives up"] as const
  )
  return { steps, conflicts, end }
}).pipe(Effect.orDie)

const retry = Schedule.recurs(3)

const transaction = ({ conflicts, end, steps }: Fate) => {
  let tries = 0
  const body = Effect.suspend(() => {
    const at = conflicts[tries++]
    if (end === "gives up") return Effect.zipRight(run(steps), Effect.fail(conflict))
    return at !== undefined ? Effect.zipRight(run(steps.slice(0, at)), Effect.fail(conflict)) : Effect.zipRight(
      run(steps),
      end === "fails"
        ? Effect.fail("the transaction")
        : end === "dies"
        ? Effect.die("the transaction")
        : end === "is interrupted"
        ? Effect.interrupt
        : Effect.void
    )
  })
  return Effect.exit(Transaction.run(body, { retry }))
}

describe.each(available)("after-commit handlers on $name", (database) => {
  it.live("over 1,000 random transactions: exactly what was committed, once each, with the final values", () => {
    const told: Array<string> = []
    const saved: Array<string> = []
    const lineOf = (event: string, { age, id }: User) => event === "deleted" ? `deleted ${id}` : `${event} ${id} ${age}`
    return Effect.gen(function*() {
      const streamed: Array<string> = []
      const listening = yield* Effect.fork(
        Stream.runForEach(
          Signals.stream(User, ["inserted", "updated", "deleted"], { buffer: 100_000 }),
          ({ event, row }) => Effect.sync(() => streamed.push(lineOf(event, row)))
        )
      )
      yield* Effect.sleep("10 millis")
      let table: Table = new Map()
      const all: Array<string> = []
      const ends = new Map<string, number>()
      for (let i = 0; i < 1000; i++) {
        const one = yield* fate
        ends.set(one.end, (ends.get(one.end) ?? 0) + 1)
        yield* transaction(one)
        const isCommitted = one.end === "commits"
        const expected = isCommitted ? expectedOf(table, one.steps) : []
        assert.deepStrictEqual(told.splice(0).sort(), expected, `transaction ${i}: ${JSON.stringify(one)}`)
        assert.deepStrictEqual(
          saved.splice(0).sort(),
          expected.filter((line) => !line.startsWith("deleted")),
          `transaction ${i}: ${JSON.stringify(one)}`
        )
        if (isCommitted) table = applied(table, one.steps)
        all.push(...expected)
      }
      const rows = yield* Query.from(User)
      assert.deepStrictEqual(new Map(rows.map(({ age, id }) => [id, age] as const)), new Map([...table].sort()))
      assert.isTrue(all.length > 500 && Math.min(...ends.values()) > 50, `${all.length} ${JSON.stringify([...ends])}`)
      yield* Effect.repeat(Effect.yieldNow(), { until: () => streamed.length >= all.length, times: 10_000 })
      assert.deepStrictEqual(Arr.sort(streamed, order), Arr.sort(all, order))
      yield* Fiber.interrupt(listening)
    }).pipe(
      Effect.provide(under(
        database,
        Signals.layer(
          Signals.afterCommit(
            "changes",
            User,
            ["inserted", "updated", "deleted"],
            ({ event, row }) => Effect.sync(() => told.push(lineOf(event, row)))
          ),
          Signals.afterCommit(
            "saved",
            User,
            "saved",
            ({ created, row }) => Effect.sync(() => saved.push(lineOf(created ? "inserted" : "updated", row)))
          )
        )
      )),
      Effect.withRandom(Random.make(77))
    )
  }, 240_000)

  it.live("with many writers at once: as many as were committed, and none of what was not", () => {
    const told: Array<number> = []
    return Effect.gen(function*() {
      const outcomes = yield* Effect.forEach(
        Arr.range(1, 120),
        (id) =>
          Effect.map(
            Effect.exit(Transaction.run(
              Effect.gen(function*() {
                yield* Mutation.insert(User, user(id))
                yield* Effect.yieldNow()
                yield* Effect.exit(
                  Transaction.run(Effect.zipRight(Mutation.insert(User, user(id + 1000)), Effect.fail("no")))
                )
                if (id % 3 === 0) yield* Effect.fail("no")
              }),
              { retry: Transaction.retryConflicts }
            )),
            (exit) => exit._tag === "Success" ? [id] : []
          ),
        { concurrency: 8 }
      )
      const committed = outcomes.flat()
      assert.strictEqual(committed.length, 80)
      assert.deepStrictEqual(told.slice().sort((a, b) => a - b), committed)
      assert.strictEqual((yield* failure(Mutation.insert(User, user(committed[0]!))))._tag, "UniqueViolation")
      assert.strictEqual(told.length, committed.length)
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.afterCommit("ids", User, "inserted", ({ row }) => Effect.sync(() => told.push(row.id)))
      )
    )))
  }, 60_000)
})

const order = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0
