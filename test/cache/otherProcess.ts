/**
 * Another process with a cache of its own over the same database and Redis: it does what each line of its input asks for, answers with a line, and ends
 * with its input.
 */
import { Database, Transaction } from "effect-strata"
import * as Effect from "effect/Effect"
import { createInterface } from "node:readline"
import { layerOf } from "../support/layers.js"
import { nameOf, rename, stats } from "./models.js"
import { connected, sharing } from "./sharing.js"

/** To read a user's name, or to change it. */
export type Request =
  | { readonly read: number }
  | { readonly rename: number; readonly name: string; readonly how: "alone" | "committed" | "undone" }

/** What it read, if it was asked to, and what its cache has done since it began. */
export interface Answer {
  readonly name: string | undefined
  readonly hits: number
  readonly sharedHits: number
}

const doing = (request: Request) => {
  if ("read" in request) return nameOf(request.read)
  const renaming = Effect.as(rename(request.rename, request.name), undefined)
  if (request.how === "alone") return renaming
  return request.how === "committed"
    ? Transaction.run(renaming)
    : Effect.orElseSucceed(Transaction.run(Effect.zipRight(renaming, Effect.fail("undone"))), () => undefined)
}

const told = (answer: unknown) => Effect.sync(() => void process.stdout.write(`${JSON.stringify(answer)}\n`))

const [database, redis, prefix] = process.argv.slice(2) as [string, string, string]

const program = Effect.gen(function*() {
  yield* connected
  yield* told("ready")
  const requests = createInterface(process.stdin)[Symbol.asyncIterator]()
  while (true) {
    const next = yield* Effect.promise(() => requests.next())
    if (next.done === true) return
    const name = yield* doing(JSON.parse(next.value) as Request)
    const { hits, sharedHits } = yield* stats
    yield* told({ name, hits, sharedHits } satisfies Answer)
  }
})

await Effect.runPromise(
  Effect.provide(program, layerOf(database, { size: 2 }).pipe(Database.with(sharing(redis, prefix))))
)
