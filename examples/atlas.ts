/**
 * An atlas of the world: `npm run quickstart` loads 250 countries and 135,233 cities into a database, and asks it eleven questions.
 *
 * - `atlas/models.ts`: the tables, as Effect Schemas, and how they are related
 * - `atlas/data.ts` and `atlas/load.ts`: from two npm packages into the tables
 * - `atlas/questions.ts`: joins, groups, nested relations, a transaction, typed errors, a stream
 * - `atlas/profiles.ts`: relations of relations in one expression, loaded by five statements or by one
 *
 * `npm run quickstart -- --database postgres://…` runs the same program on another database: only the Layer is another one.
 */
import { Clock, Console, Effect, Layer } from "effect"
import { Connect, Database } from "effect-strata"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Data from "./atlas/data.js"
import { load } from "./atlas/load.js"
import { compared, profiles } from "./atlas/profiles.js"
import { questions } from "./atlas/questions.js"
import * as Terminal from "./atlas/terminal.js"

const timed = <A, E, R>(what: string, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const result = yield* effect
    const end = yield* Clock.currentTimeMillis
    const ms = end - start
    yield* Console.error(`${what} in ${ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`}`)
    return result
  })

const program = Effect.gen(function*() {
  const { server } = yield* Database.Database
  yield* Console.error(`${server.name} ${server.version}`)

  const atlas = Data.read(yield* Data.packages)
  yield* timed("loaded", load(atlas))
  yield* Console.log(Terminal.print(Terminal.findings(atlas.findings)))

  yield* timed(
    "answered",
    Effect.forEach(questions, Effect.flatMap((answer) => Console.log(Terminal.print(answer))), { discard: true })
  )

  yield* compared((strategy) =>
    timed(`250 countries with languages, neighbours and cities loaded by ${strategy}`, profiles(strategy))
  )
})

const temporaryFile = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "strata-atlas-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
).pipe(Effect.map((folder) => `sqlite:${join(folder, "atlas.db")}`))

const database = (url: string | undefined) =>
  Layer.unwrapScoped(Effect.map(url === undefined ? temporaryFile : Effect.succeed(url), Connect.layer))

const main = Effect.gen(function*() {
  const options = yield* Terminal.options
  if (options.help === true) return yield* Console.log(Terminal.usage)
  yield* Effect.provide(program, Layer.merge(database(options.database), Terminal.progressLayer))
})

Terminal.run(main)
