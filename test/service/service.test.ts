/**
 * The example service over real HTTP, on every database: with none, each and all of the Layers that may stand around its database.
 */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServer from "@effect/platform/HttpServer"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import { Connect, Cursors, Database, Ddl } from "effect-strata"
import type { DbError } from "effect-strata"
import * as RedisStore from "effect-strata/RedisStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import * as Around from "../../examples/service/around.js"
import { HttpLive } from "../../examples/service/http.js"
import { models } from "../../examples/service/models.js"
import { available, fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { freshPrefix, redisUrl } from "../support/redis.js"
import { client } from "./requests.js"

type One = Layer.Layer<Database.Interception, DbError.ConfigurationError, Database.Database>

const sharedCache = Layer.suspend(() =>
  Layer.provide(Around.sharedCache, RedisStore.layer({ url: Redacted.make(redisUrl), prefix: freshPrefix() }))
)

const { cache, circuitBreaker, maxRows, monitor, signals, timeout } = Around

const each: { readonly [name: string]: One } = {
  signals,
  cache,
  sharedCache,
  monitor,
  timeout,
  maxRows,
  circuitBreaker
}

/** As `examples/service.ts` has them, with Redis. */
const all: ReadonlyArray<One> = [signals, sharedCache, maxRows, circuitBreaker, timeout, monitor]

/** The service on a fresh database; gives its URL. */
const serving = (database: AvailableDatabase, layers: ReadonlyArray<One>) =>
  Effect.gen(function*() {
    const { url } = yield* Effect.promise(() => fresh(database))
    const around = layers.reduceRight<Layer.Layer<Connect.Services, unknown>>(
      (inner, one) => Database.with(one)(inner) as Layer.Layer<Connect.Services, unknown>,
      Connect.layer(url)
    )
    const service = HttpApiBuilder.serve().pipe(
      Layer.provide(HttpLive),
      Layer.provide(Layer.effectDiscard(Ddl.create(...models))),
      Layer.provide([around, Cursors.layerRandom]),
      Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0 }))
    )
    const context = yield* Layer.build(service)
    return yield* HttpServer.addressFormattedWith((address) => Effect.succeed(address)).pipe(Effect.provide(context))
  })

type Request = Parameters<Effect.Effect.Success<ReturnType<typeof client>>["ask"]>

/** A day in the life of the service: requests, and what is answered to each, whatever stands around the database. */
const day: ReadonlyArray<readonly [answer: string, ...Request]> = [
  ["201 ada@x.org", "POST", "/authors", { email: "ada@x.org", name: "Ada" }],
  ["409 Conflict", "POST", "/authors", { email: "ada@x.org", name: "Ada again" }],
  ["400 HttpApiDecodeError", "POST", "/authors", { email: "", name: "Nobody" }],
  ["201 Notes, draft 1 by ada", "POST", "/articles", { authorId: 1, title: "Notes", body: "…" }],
  ["201 Letters, draft 1 by bob", "POST", "/articles", { authorId: 1, title: "Letters", body: "…" }, "bob"],
  ["409 Conflict", "POST", "/articles", { authorId: 9, title: "Lost", body: "…" }],
  ["401 Unauthorized", "POST", "/articles", { authorId: 1, title: "Unsigned", body: "…" }, ""],
  ["200 Notes, draft 1 by ada (Ada)", "GET", "/articles/1"],
  ["200 Notes, draft 1 by ada (Ada)", "GET", "/articles/1"],
  ["400 HttpApiDecodeError", "GET", "/articles/x"],
  ["404 NotFound", "GET", "/articles/99"],
  ["200 More notes, draft 2 by bob", "PATCH", "/articles/1", { version: 1, title: "More notes" }, "bob"],
  ["409 Conflict", "PATCH", "/articles/1", { version: 1, title: "Too late" }],
  ["404 NotFound", "PATCH", "/articles/99", { version: 1, title: "Nowhere" }],
  ["400 BadRequest", "PATCH", "/articles/1", { version: 2 }],
  ["200 More notes, draft 2 by bob (Ada)", "GET", "/articles/1"],
  ["200 Letters, published 2 by ada", "POST", "/articles/2/publish"],
  ["200 Letters, published 2 by ada (Ada)", "GET", "/articles?status=published&size=5"],
  ["400 BadRequest", "GET", "/articles?passwordHash=x"],
  ["400 BadRequest", "GET", "/articles?size=1000"],
  ["400 BadRequest", "GET", "/articles?after=made-up"],
  ["200 Letters, published 2 by ada (Ada), …", "GET", "/articles?size=1"],
  ["204", "DELETE", "/articles/1"],
  ["404 NotFound", "GET", "/articles/1"],
  ["404 NotFound", "DELETE", "/articles/1"],
  ["200 Letters, published 2 by ada (Ada)", "GET", "/articles"],
  ["200 More notes, draft 4 by cleo", "POST", "/articles/1/restore", undefined, "cleo"],
  ["200 More notes, draft 4 by cleo (Ada)", "GET", "/articles/1"]
]

describe.each(available)("the service on $name", (database) => {
  for (
    const [name, layers] of [
      ["none", []] as const,
      ...Object.entries(each).map(([name, layer]) => [name, [layer]] as const),
      ["all", all] as const
    ]
  ) {
    it.live(`answers the same with ${name} of the Layers around its database`, () =>
      Effect.gen(function*() {
        const { answer } = yield* Effect.flatMap(serving(database, layers), client)
        const answers = yield* Effect.forEach(day, ([, ...request]) => answer(...request))
        assert.deepStrictEqual(answers, day.map(([answer]) => answer))
      }).pipe(Effect.scoped))
  }

  it.live("lets one of many writers win, and reads what it wrote", () =>
    Effect.gen(function*() {
      const { answer, ask } = yield* Effect.flatMap(serving(database, all), client)
      yield* ask("POST", "/authors", { email: "ada@x.org", name: "Ada" })
      yield* ask("POST", "/articles", { authorId: 1, title: "Notes", body: "…" })
      for (const version of [1, 2, 3]) {
        const answers = yield* Effect.forEach(
          Array.from({ length: 12 }, (_, i) => i),
          (i) => answer("PATCH", "/articles/1", { version, title: `Title ${i}` }, `writer ${i}`),
          { concurrency: "unbounded" }
        )
        const won = answers.filter((one) => one.startsWith("200"))
        assert.strictEqual(won.length, 1, answers.join("; "))
        assert.isTrue(answers.every((one) => /^(200|409|503)/.test(one)), answers.join("; "))
        assert.strictEqual(yield* answer("GET", "/articles/1"), `${won[0]} (Ada)`)
      }
    }).pipe(Effect.scoped))

  it.live("asks its guards, and announces what was committed, once", () =>
    Effect.gen(function*() {
      const announced: Array<string> = []
      const { answer, ask } = yield* Effect.flatMap(serving(database, all), client).pipe(
        Effect.provideService(Around.Announcements, {
          published: (articleId, by) => Effect.sync(() => void announced.push(`${articleId} by ${by}`))
        })
      )
      yield* ask("POST", "/authors", { email: "ada@x.org", name: "Ada" })
      assert.strictEqual(
        yield* answer("POST", "/articles", { authorId: 1, title: "NOTES", body: "…" }),
        "403 Forbidden"
      )
      yield* ask("POST", "/articles", { authorId: 1, title: "Notes", body: "…" })
      assert.strictEqual(yield* answer("PATCH", "/articles/1", { version: 1, title: "LOUD" }), "403 Forbidden")
      assert.strictEqual(yield* answer("POST", "/articles/9/publish"), "404 NotFound")
      assert.deepStrictEqual(announced, [])
      assert.strictEqual(yield* answer("POST", "/articles/1/publish"), "200 Notes, published 2 by ada")
      assert.deepStrictEqual(announced, ["1 by ada"])
    }).pipe(Effect.scoped))

  it.live("tells its metrics where it is monitored", () =>
    Effect.gen(function*() {
      const bare = yield* Effect.flatMap(serving(database, []), client)
      assert.strictEqual((yield* bare.ask("GET", "/metrics")).status, 404)
      const { ask } = yield* Effect.flatMap(serving(database, [Around.monitor]), client)
      yield* ask("POST", "/authors", { email: "ada@x.org", name: "Ada" })
      const { status, text } = yield* ask("GET", "/metrics")
      assert.strictEqual(status, 200)
      assert.match(text, /^db_client_operation_duration_seconds_count\{.*db_operation_name="INSERT".*\} 1$/m)
      assert.notInclude(text, "ada@x.org")
    }).pipe(Effect.scoped))
})
