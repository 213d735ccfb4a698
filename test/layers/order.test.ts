/**
 * The order of Layers around a database: of each two, in both orders, the first in the list is outermost. It sees all that programs ask, and the
 * other one what it lets through; what the other one refuses or answers goes no further in, and what comes back comes to the outer one last.
 */
import { assert, describe, it } from "@effect/vitest"
import { Cache, Database, Ddl, Expr, Field, Model, Monitor, Mutation, Policy, Query, Signals } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll } from "vitest"
import * as DbError from "../../src/DbError.js"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class Note extends Model.Class<Note>("Note")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  text: Schema.String
}, { table: "order_notes" }) {}

const notes = Query.from(Note).pipe(Query.orderBy((note) => Expr.asc(note.id)))

type Run = Database.Service["run"]
type Outcome = "done" | "failed" | "interrupted"

/** What the database does with a call, which the situation decides. */
interface Control {
  mode: "answers" | "is lost" | "never answers"
}

/** Sees what passes a place. */
const probe = (seen: Array<Outcome>): Layer.Layer<Database.Interception> =>
  Layer.succeed(Database.Interception, {
    run: (statement, next) =>
      Effect.onExit(next(statement), (exit) =>
        Effect.sync(() => {
          seen.push(Exit.isSuccess(exit) ? "done" : Exit.isInterrupted(exit) ? "interrupted" : "failed")
        }))
  })

const controlled = (control: Control): Layer.Layer<Database.Interception> =>
  Layer.succeed(Database.Interception, {
    run: (statement, next): ReturnType<Run> => {
      switch (control.mode) {
        case "answers":
          return next(statement)
        case "is lost":
          return Effect.fail(new DbError.ConnectionError({ reason: "lost", isRetryable: false }))
        case "never answers":
          return Effect.never
      }
    }
  })

type Call = Effect.Effect<unknown, unknown, Database.Database>

/** A call, and what makes it what it is. */
interface Situation {
  readonly call: Call
  readonly arrange?: (control: Control) => Effect.Effect<unknown, unknown, Database.Database>
  readonly control?: Control["mode"]
}

const read: Call = Query.option(notes)
const cachedRead: Call = Query.option(notes.pipe(Cache.cached()))
const write: Call = Mutation.insert(Note, { text: "fine" })

const situations = {
  "a write": { call: write },
  "a write that a guard refuses": { call: Mutation.insert(Note, { text: "refused" }) },
  "too many rows": { call: notes },
  "a read that was asked before": { call: cachedRead, arrange: () => cachedRead },
  "no answer": { call: read, control: "never answers" },
  "no turn left": { call: read, arrange: () => read },
  "an outage before": {
    call: read,
    arrange: (control) =>
      Effect.suspend(() => {
        control.mode = "is lost"
        return Effect.exit(read)
      })
  },
  "others at work": {
    call: read,
    arrange: (control) =>
      Effect.suspend(() => {
        control.mode = "never answers"
        return Effect.zipRight(Effect.fork(read), Effect.yieldNow())
      })
  }
} satisfies { readonly [name: string]: Situation }

type Name = keyof typeof situations

type Around = Layer.Layer<Database.Interception, unknown, Database.Database>

/** What a Layer does with the calls that it does not let pass as they are; `around` is narrow where the situation is its own. */
interface Behaviour {
  readonly around: (situation: Name) => Around
  readonly does: { readonly [S in Name]?: "refuses" | "answers" | "fails what came back" | "ends" }
}

const behaviours: { readonly [name: string]: Behaviour } = {
  Signals: {
    around: () =>
      Signals.layer(
        Signals.guard("none of these", Note, "insert", ({ row }) =>
          row.text === "refused" ? Effect.fail("no") : Effect.void)
      ),
    does: { "a write that a guard refuses": "refuses" }
  },
  // It changes nothing, wherever it stands.
  Monitor: { around: () => Monitor.layer(), does: {} },
  readOnly: {
    around: () => Policy.readOnly,
    does: { "a write": "refuses", "a write that a guard refuses": "refuses" }
  },
  maxRows: {
    around: (situation) => Policy.maxRows(situation === "too many rows" ? 2 : 1_000),
    does: { "too many rows": "fails what came back" }
  },
  Cache: { around: () => Cache.layer(), does: { "a read that was asked before": "answers" } },
  timeout: {
    around: (situation) => Policy.timeout(situation === "no answer" ? "30 millis" : "1 hour"),
    does: { "no answer": "ends" }
  },
  rateLimit: {
    around: (situation) =>
      Policy.rateLimit(
        situation === "no turn left"
          ? { limit: 1, interval: "1 hour", maxWait: "10 millis", algorithm: "fixed-window" }
          : { limit: 1_000, interval: "1 hour" }
      ),
    does: { "no turn left": "refuses" }
  },
  circuitBreaker: {
    around: (situation) =>
      Policy.circuitBreaker({ failures: situation === "an outage before" ? 1 : 1_000, cooldown: "1 hour" }),
    does: { "an outage before": "refuses" }
  },
  bulkhead: {
    around: (situation) => Policy.bulkhead({ concurrency: situation === "others at work" ? 1 : 1_000 }),
    does: { "others at work": "refuses" }
  }
}

/** What the three places around two Layers see of a call, the outermost first. */
const expected = (outer: Behaviour, inner: Behaviour, name: Name): ReadonlyArray<ReadonlyArray<Outcome>> => {
  const situation: Situation = situations[name]
  const passed = (layers: ReadonlyArray<Behaviour>): ReadonlyArray<ReadonlyArray<Outcome>> => {
    const [layer, ...rest] = layers
    if (layer === undefined) {
      return situation.control === "never answers" ? [["interrupted"]] : [["done"]]
    }
    const nothing = layers.map((): ReadonlyArray<Outcome> => [])
    switch (layer.does[name]) {
      case "refuses":
        return [["failed"], ...nothing]
      case "answers":
        return [["done"], ...nothing]
      case "ends":
        return [["failed"], ...passed(rest).map((seen) => seen[0] === "failed" ? seen : ["interrupted" as const])]
      case "fails what came back":
        return [["failed"], ...passed(rest)]
      default: {
        const inside = passed(rest)
        return [inside[0]!, ...inside]
      }
    }
  }
  return passed([outer, inner])
}

const pairs = Object.entries(behaviours).flatMap(([outer, a]) =>
  Object.entries(behaviours).flatMap(([inner, b]) => outer === inner ? [] : [{ outer, inner, a, b }])
)

describe.each(available)("two Layers around $name", (database) => {
  let base: Layer.Layer<Database.Database>
  let close = () => Promise.resolve()

  beforeAll(async () => {
    const { url } = await fresh(database)
    const { ManagedRuntime } = await import("effect")
    const runtime = ManagedRuntime.make(layerOf(url, { size: 4 }))
    close = () => runtime.dispose()
    await runtime.runPromise(Effect.zipRight(
      Ddl.create(Note),
      Mutation.insertMany(Note, ["a", "b", "c"].map((text) => ({ text })))
    ))
    base = Layer.succeed(Database.Database, await runtime.runPromise(Database.Database))
  })
  afterAll(() => close())

  for (const { a, b, inner, outer } of pairs) {
    it.live(`${outer} outside of ${inner}`, () =>
      Effect.forEach(
        (Object.keys(situations) as ReadonlyArray<Name>).filter((name) => a.does[name] ?? b.does[name]),
        (name) => {
          const situation: Situation = situations[name]
          const control: Control = { mode: "answers" }
          const seen: ReadonlyArray<Array<Outcome>> = [[], [], []]
          return Effect.gen(function*() {
            yield* situation.arrange?.(control) ?? Effect.void
            control.mode = situation.control ?? "answers"
            for (const place of seen) place.length = 0
            yield* Effect.exit(situation.call)
            assert.deepStrictEqual(seen, expected(a, b, name), name)
          }).pipe(
            Effect.provide(base.pipe(
              Database.with(
                probe(seen[0]!),
                a.around(name),
                probe(seen[1]!),
                b.around(name),
                probe(seen[2]!),
                controlled(control)
              )
            ))
          )
        },
        { discard: true }
      ))
  }
})
