/**
 * What the golden table says is SQL that the databases take: every program of it runs on each of them.
 */
import { describe, it } from "@effect/vitest"
import { Ddl } from "effect-strata"
import * as Effect from "effect/Effect"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { Article, Box, Counter, Employee, Measure, Note, Page, Post, PostTag, Tag, User } from "./models.js"
import { tables } from "./tables.js"

/** A refusal of the dialect, or of what the rows say, is no mistake of the text. */
const expected = new Set(["UnsupportedError", "RowNotFound", "UniqueViolation"])

const lines = Object.values(tables).flat().filter(({ name }) => !name.endsWith("in a schema"))

describe.each(available.map((database) => [database.name, database] as const))("%s", (_, database) => {
  it.live("takes every line", () =>
    Effect.gen(function*() {
      const own = yield* Effect.promise(() => fresh(database))
      const refused: Array<string> = []
      yield* Effect.gen(function*() {
        yield* Ddl.create(User, Post, Tag, PostTag, Employee, Measure, Counter, Note, Page, Article, Box)
        for (const { name, program } of lines) {
          yield* Effect.catchAll(program, (error) =>
            Effect.sync(() => {
              const { _tag, code, message } = error as {
                readonly _tag: string
                readonly code?: string
                readonly message: string
              }
              if (!expected.has(_tag)) refused.push(`${name}: ${_tag} ${code ?? ""} ${message}`)
            }))
        }
      }).pipe(Effect.provide(layerOf(own.url)))
      if (refused.length > 0) return yield* Effect.fail(refused.join("\n"))
    }), 60_000)
})
