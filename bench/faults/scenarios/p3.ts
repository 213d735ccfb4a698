/**
 * P3 and P4: operations of every kind that are interrupted at random points, and readers beside them that nobody interrupts.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { PCGRandom } from "effect/Utils"
import * as Connect from "../../../src/Connect.js"
import * as Database from "../../../src/Database.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import * as Transaction from "../../../src/Transaction.js"
import { nameOf, outcomeOf, rowsOf, tally, unwrapped } from "../figures.js"
import type { Row, Scenario, Target } from "../scenario.js"
import { observe, sessionText, sleeping, until } from "../sessions.js"

const size = 4
const workers = 6
const readers = 2

class Entry extends Model.Class<Entry>("Entry")({
  id: Schema.Int.pipe(Field.primaryKey)
}, { table: "p3_entries" }) {}

class Item extends Model.Class<Item>("Item")({
  id: Schema.Int.pipe(Field.primaryKey),
  note: Schema.String
}, { table: "p3_items" }) {}

const insert = (id: number) => Mutation.insert(Entry, { id })

/** What is known of the row that an operation writes: it has to be there, it must not be there, or nobody was told. */
type Fate = "kept" | "gone" | "unknown"

const oneRun = (target: Target, operations: number, run: number, withReaders: boolean) =>
  Effect.gen(function*() {
    const observer = yield* observe(target)
    const sql = yield* SqlClient.SqlClient
    const { pool } = yield* Database.Database
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = new PCGRandom(seed)

    /** Sessions that a transaction has to itself: nobody else may be given one of them. */
    const held = new Set<number>()
    let lentTwice = 0
    const session = target.name === "sqlite"
      ? Effect.succeed(0)
      : Effect.map(sql.unsafe<{ readonly id: number }>(sessionText(target)), ([row]) => Number(row?.id))
    const alone = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.flatMap(session, (id) =>
        Effect.acquireUseRelease(
          Effect.sync(() => {
            const isTaken = held.has(id)
            if (isTaken) lentTwice++
            held.add(id)
            return isTaken
          }),
          () => effect,
          (isTaken) => Effect.sync(() => isTaken || held.delete(id))
        ))

    const fates = new Map<number, Fate>()
    const outcomes: Array<string> = []
    let stuck = 0

    const kinds: ReadonlyArray<(id: number, reached: () => void) => Effect.Effect<unknown, unknown, Connect.Services>> =
      [
        (id, reached) => Effect.zipRight(Effect.sync(reached), insert(id)),
        () => sql.unsafe(target.name === "sqlite" ? "select 1 as one" : sleeping(target, 0.003)),
        (id, reached) => Transaction.run(alone(Effect.zipRight(insert(id), Effect.sync(reached)))),
        (id) => Transaction.run(alone(Effect.zipRight(insert(id), Effect.fail("no")))),
        (id, reached) =>
          Transaction.run(alone(Effect.gen(function*() {
            yield* insert(id)
            yield* Effect.ignore(Transaction.run(Effect.zipRight(insert(-id), Effect.fail("no"))))
            yield* Transaction.run(sql.unsafe("select 1 as one"))
            yield* Effect.sync(reached)
          }))),
        () => Stream.runDrain(Query.stream(Query.from(Item))),
        () => Transaction.run(Stream.runDrain(Stream.take(Query.stream(Query.from(Item)), 300))),
        () =>
          Effect.scoped(
            Effect.flatMap(
              sql.reserve,
              (own) => Effect.replicateEffect(own.execute("select 1 as one", [], undefined), 3)
            )
          )
      ]

    /** How long operations of each kind take here, so that about half of them get to their end. */
    const times = kinds.map(() => 10)

    /** Some points are a few turns of the event loop away, and some a few milliseconds. */
    const pause = (time: number) =>
      Effect.suspend(() =>
        random.number() < 0.2
          ? Effect.replicateEffect(Effect.yieldNow(), random.integer(30))
          : Effect.sleep(random.number() * 2 * time)
      )

    const operation = (id: number) =>
      Effect.gen(function*() {
        let hasReached = false
        const kind = random.integer(kinds.length)
        const time = times[kind] ?? 0
        const effect = kinds[kind]?.(id, () => hasReached = true) ?? Effect.void
        const fiber = yield* Effect.forkDaemon(effect)
        yield* pause(time)
        const isDone = (yield* Fiber.poll(fiber))._tag === "Some"
        times[kind] = Math.min(500, Math.max(1, time * (isDone ? 0.9 : 1.1)))
        yield* Fiber.interruptFork(fiber)
        const ended = yield* Effect.timeoutOption(Effect.disconnect(Fiber.await(fiber)), "10 seconds")
        if (ended._tag === "None") {
          stuck++
          return
        }
        const exit = ended.value
        // The body's own failure is what that kind of operation is for.
        const isBody = Exit.isFailure(exit) && Option.contains(Cause.failureOption(exit.cause), "no")
        outcomes.push(isBody ? "rolled back" : outcomeOf(exit))
        fates.set(id, Exit.isSuccess(exit) && hasReached ? "kept" : hasReached ? "unknown" : "gone")
      })

    /** Statements of fibers that nobody interrupts. */
    const innocent: Array<string> = []
    let innocentCancelled = 0
    let isOver = false
    const reader = Effect.gen(function*() {
      while (!isOver) {
        const seen = yield* Effect.either(
          Effect.zipRight(
            sql.unsafe(target.name === "sqlite" ? "select 1 as one" : sleeping(target, 0.001)),
            Query.count(Query.from(Entry))
          )
        )
        innocent.push(seen._tag === "Right" ? "ok" : nameOf(seen.left))
        if (seen._tag === "Left" && ["57014", "1317"].includes(unwrapped(seen.left).code ?? "")) innocentCancelled++
        yield* Effect.yieldNow()
      }
    })

    const reading = yield* Effect.forkAll(Array.from({ length: withReaders ? readers : 0 }, () => reader))
    yield* Effect.forEach(Array.from({ length: operations }, (_, i) => i + 1), operation, {
      concurrency: workers,
      discard: true
    })
    isOver = true
    yield* Fiber.join(reading)

    // Connections that had to be ended are ended behind the scenes.
    yield* until(Effect.map(pool.state, ({ inUse, size, idle }) => inUse === 0 && size === idle), 2_000)
    const state = yield* pool.state
    yield* until(Effect.map(observer.openTransactions, (open) => open.length === 0), 2_000)
    const openTransactions = (yield* observer.openTransactions).length
    const sessions = yield* observer.sessions
    const leaked = state.inUse + (target.name === "sqlite" ? 0 : Math.max(0, sessions.length - state.size))
    const usable = yield* usableSlots(pool)

    const rows = new Set(yield* Query.from(Entry).pipe(Query.pluck((entry) => entry.id)))
    let lost = 0
    let phantom = [...rows].filter((id) => !fates.has(id)).length
    for (const [id, fate] of fates) {
      if (fate === "kept" && !rows.has(id)) lost++
      if (fate === "gone" && rows.has(id)) phantom++
    }
    const kept = [...fates.values()].filter((fate) => fate === "kept").length
    const unexpected = outcomes.filter((outcome) => !["ok", "interrupted", "rolled back"].includes(outcome))

    const row = rowsOf("P3", target)
    const name = `run ${run}: ${operations.toLocaleString("en")} operations interrupted at random points`
    const found: Array<Row> = [
      row(
        withReaders ? `${name}, readers beside them` : name,
        "leaked slots 0, open transactions 0, lent twice 0, stuck fibers 0; every slot usable",
        {
          observed:
            `leaked ${leaked}, open transactions ${openTransactions}, lent twice ${lentTwice}, stuck ${stuck}; ` +
            `${usable} of ${size} slots usable (${tally(outcomes)}; seed ${seed})`,
          count: operations,
          ok: leaked === 0 && openTransactions === 0 && lentTwice === 0 && stuck === 0 && usable === size &&
            unexpected.length === 0
        }
      ),
      row(`run ${run}: what they wrote`, "lost 0, phantom 0", {
        observed: `lost ${lost}, phantom ${phantom} of ${rows.size.toLocaleString("en")} rows (${
          kept.toLocaleString("en")
        } acknowledged)`,
        count: fates.size,
        ok: lost === 0 && phantom === 0 && kept > 0
      })
    ]
    if (withReaders) {
      found.push(
        rowsOf("P4", target)(
          `run ${run}: plain readers beside operations that are interrupted`,
          "innocent statements cancelled (57014, 1317) 0, errors 0",
          {
            observed: `cancelled ${innocentCancelled}; ${tally(innocent)}`,
            count: innocent.length,
            ok: innocentCancelled === 0 && innocent.length > 0 && innocent.every((outcome) => outcome === "ok")
          }
        )
      )
    }
    return found
  }).pipe(
    Effect.scoped,
    Effect.provide(Connect.layer(target.url, { size, overload: "queue" }))
  )

/** How many of the pool's connections can be had at once, and used. */
const usableSlots = (pool: Database.Service["pool"]) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const one = Effect.scoped(Effect.gen(function*() {
      const own = yield* sql.reserve
      yield* own.execute("select 1 as one", [], undefined)
      yield* until(Effect.map(pool.state, ({ inUse }) => inUse === size), 3_000)
      yield* own.execute("select 1 as one", [], undefined)
    }))
    const exits = yield* Effect.all(Array.from({ length: size }, () => Effect.exit(one)), { concurrency: size })
    return exits.filter(Exit.isSuccess).length
  })

export const p3: Scenario = {
  id: "P3",
  title: "Interruption at random points, and readers beside it (P4)",
  databases: ["postgres", "mariadb", "sqlite"],
  run: (target, form) => {
    const runs = form === "short" ? [[1, true] as const] : [[1, false] as const, [2, true] as const, [3, true] as const]
    const operations = form === "short" ? 300 : 10_000
    const prepare = Effect.gen(function*() {
      yield* Ddl.drop([Entry, Item])
      yield* Ddl.create([Entry, Item])
      yield* Mutation.insertMany(Item, Array.from({ length: 2_000 }, (_, id) => ({ id, note: "x".repeat(50) })))
    }).pipe(Effect.provide(Connect.layer(target.url)))
    return Effect.map(
      Effect.forEach(
        runs,
        ([run, withReaders]) => Effect.zipRight(prepare, oneRun(target, operations, run, withReaders))
      ),
      (rows) => rows.flat()
    )
  }
}
