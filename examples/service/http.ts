/**
 * The service over HTTP: each endpoint is a program of the service, with the database's failures as the API tells them.
 */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import { Monitor, Repository } from "effect-strata"
import { Effect, Layer, Option } from "effect"
import { Actor, Api, NotFound, Unauthorized } from "./api.js"
import * as Articles from "./articles.js"
import { told } from "./failures.js"
import { Author } from "./models.js"

const ActorLive = Layer.succeed(
  Actor,
  Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) => {
    const name = headers["x-actor"]
    return name === undefined || name === ""
      ? Effect.fail(new Unauthorized({ message: "say who you are: x-actor" }))
      : Effect.succeed(name)
  })
)

const authors = Repository.make(Author)

const AuthorsLive = HttpApiBuilder.group(Api, "authors", (handlers) =>
  handlers
    .handle("create", ({ payload }) => told(authors.insert(payload)))
    .handle("find", ({ path }) => told(authors.findById(path.id))))

const ArticlesLive = HttpApiBuilder.group(Api, "articles", (handlers) =>
  handlers
    .handle("create", ({ payload }) => told(Articles.create(payload)))
    .handle("find", ({ path }) => told(Articles.find(path.id)))
    .handle("list", ({ request }) => told(Articles.list(new URL(request.url, "http://service").searchParams)))
    .handle("change", ({ path, payload }) => told(Articles.change(path.id, payload)))
    .handle("publish", ({ path }) => told(Articles.publish(path.id)))
    .handle("restore", ({ path }) => told(Articles.restore(path.id)))
    .handle("remove", ({ path }) => told(Articles.remove(path.id))))

const OperationsLive = HttpApiBuilder.group(
  Api,
  "operations",
  (handlers) =>
    handlers.handle("metrics", () =>
      Effect.flatMap(
        Monitor.find,
        Option.match({ onNone: () => Effect.fail(new NotFound()), onSome: ({ prometheus }) => prometheus })
      ))
)

export const HttpLive = HttpApiBuilder.api(Api).pipe(
  Layer.provide([AuthorsLive, ArticlesLive, OperationsLive]),
  Layer.provide(ActorLive)
)
