/**
 * A small HTTP service on `@effect/platform-node`: articles and their authors, on whichever database `DATABASE_URL` names.
 *
 * ```sh
 * DATABASE_URL=sqlite::memory: npx tsx examples/service.ts
 * curl -H 'x-actor: ada' -H 'content-type: application/json' -d '{"email":"ada@x.org","name":"Ada"}' localhost:3000/authors
 * ```
 *
 * `test/service` drives it over HTTP on every database, with none, each and all of the Layers in `service/around.ts`.
 */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpServer from "@effect/platform/HttpServer"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Connect, Cursors, Database, Ddl } from "effect-strata"
import * as RedisStore from "effect-strata/RedisStore"
import { Config, Effect, Layer, Option } from "effect"
import { createServer } from "node:http"
import * as Around from "./service/around.js"
import { HttpLive } from "./service/http.js"
import { models } from "./service/models.js"

/** Shared with other processes where there is a Redis. */
const CacheLive = Layer.unwrapEffect(
  Effect.map(
    Config.option(Config.redacted("REDIS_URL")),
    Option.match({
      onNone: () => Around.cache,
      onSome: (url) => Layer.provide(Around.sharedCache, RedisStore.layer({ url }))
    })
  )
)

/**
 * The first is outermost: guards are asked of all that programs do, what is answered from memory neither waits nor counts as a failure, and a statement that
 * takes too long is a failure for the circuit breaker.
 */
const DatabaseLive = Connect.layerConfig(Config.redacted("DATABASE_URL")).pipe(
  Database.with(
    Around.signals,
    CacheLive,
    Around.maxRows,
    Around.circuitBreaker,
    Around.timeout,
    Around.monitor
  )
)

const CursorsLive = Layer.unwrapEffect(
  Effect.map(
    Config.option(Config.redacted("CURSOR_SECRET")),
    (secret) => secret._tag === "Some" ? Cursors.layer({ secret: secret.value }) : Cursors.layerRandom
  )
)

const TablesLive = Layer.effectDiscard(Ddl.create(models, { ifNotExists: true }))

const ServiceLive = HttpApiBuilder.serve(HttpMiddleware.logger).pipe(
  HttpServer.withLogAddress,
  Layer.provide(HttpLive),
  Layer.provide(TablesLive),
  Layer.provide([DatabaseLive, CursorsLive]),
  Layer.provide(
    Layer.unwrapEffect(
      Effect.map(Config.withDefault(Config.port("PORT"), 3000), (port) => NodeHttpServer.layer(createServer, { port }))
    )
  )
)

NodeRuntime.runMain(Layer.launch(ServiceLive))
