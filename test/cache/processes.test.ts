/**
 * Two processes, each with a cache of its own, over one database and one Redis.
 */
import { assert, describe, it } from "@effect/vitest"
import { Database, Ddl, Transaction } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { freshPrefix, redisUrl } from "../support/redis.js"
import { insert, nameOf, rename, stats, User } from "./models.js"
import type { Answer, Request } from "./otherProcess.js"
import { connected, eventually, sharing } from "./sharing.js"

const program = fileURLToPath(new URL("otherProcess.ts", import.meta.url))

/** Starts the other one, which ends with the scope. */
const started = (database: string, prefix: string) =>
  Effect.gen(function*() {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, ["--import", "tsx", program, database, redisUrl, prefix], {
          stdio: ["pipe", "pipe", "inherit"]
        })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const lines = createInterface(child.stdout)
    const line = Effect.map(
      Effect.promise(() => once(lines, "line")),
      ([text]) => JSON.parse(text as string) as unknown
    )
    assert.strictEqual(yield* line, "ready")
    return {
      ask: (request: Request) =>
        Effect.zipRight(
          Effect.sync(() => child.stdin.write(`${JSON.stringify(request)}\n`)),
          line as Effect.Effect<Answer>
        ),
      end: Effect.promise(async () => {
        child.stdin.end()
        return (await once(child, "exit"))[0] as number | null
      })
    }
  })

describe.each(available)("the cache of another process on $name", (database) => {
  it.scopedLive(
    "answers by what this one has read, and each sees what the other commits",
    () =>
      Effect.gen(function*() {
        const prefix = freshPrefix()
        const { url } = yield* Effect.promise(() => fresh(database))
        const context = yield* Layer.build(
          Layer.tap(
            layerOf(url, { size: 2 }),
            (context) =>
              Effect.provide(Effect.zipRight(Ddl.create(User), Effect.forEach([1, 2, 3, 4], insert)), context)
          ).pipe(
            Database.with(sharing(redisUrl, prefix))
          )
        )
        yield* Effect.gen(function*() {
          yield* connected
          const { ask, end } = yield* started(url, prefix)

          for (const id of [1, 2, 3, 4]) yield* nameOf(id)
          // Values are kept after the answer is given.
          yield* Effect.sleep("100 millis")
          for (const id of [1, 2, 3, 4]) assert.strictEqual((yield* ask({ read: id })).name, `user ${id}`)
          const warm = yield* ask({ read: 1 })
          assert.isAtLeast(warm.sharedHits, 1)
          assert.isAtLeast(warm.hits, 1)

          yield* rename(1, "by this one")
          yield* eventually(ask({ read: 1 }), ({ name }) => name === "by this one")
          yield* Transaction.run(rename(2, "by this one"))
          yield* eventually(ask({ read: 2 }), ({ name }) => name === "by this one")

          const { hits } = yield* stats
          assert.strictEqual(yield* nameOf(3), "user 3")
          assert.strictEqual((yield* stats).hits, hits + 1)
          yield* ask({ rename: 3, name: "never", how: "undone" })
          assert.strictEqual(yield* nameOf(3), "user 3")
          yield* ask({ rename: 3, name: "by the other", how: "alone" })
          yield* eventually(nameOf(3), (name) => name === "by the other")
          yield* ask({ rename: 4, name: "by the other", how: "committed" })
          yield* eventually(nameOf(4), (name) => name === "by the other")
          assert.strictEqual((yield* ask({ read: 4 })).name, "by the other")

          // Neither its timers nor its connections keep it once its Layers are closed.
          assert.strictEqual(yield* end, 0)
        }).pipe(Effect.provide(context))
      }),
    60_000
  )
})
