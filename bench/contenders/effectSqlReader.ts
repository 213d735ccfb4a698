/**
 * The streams of `@effect/sql`, with rows mapped by hand; its client of SQLite has none.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Stream from "effect/Stream"
import type { OpenReader } from "../reading.js"
import { toUser } from "./effectSql.js"
import { layerOf } from "./sqlClient.js"

export const reader: OpenReader = async ({ engine, url }) => {
  const runtime = ManagedRuntime.make(await layerOf(engine, url))
  const sql = await runtime.runPromise(SqlClient.SqlClient)
  return {
    read: (count, onPerson) => {
      const people = sql<Record<string, unknown>>`select * from people order by id`.stream
      return runtime.runPromise(
        Stream.runForEach(
          count === Infinity ? people : Stream.take(people, count),
          (row) => Effect.sync(() => onPerson(toUser(row)))
        )
      )
    },
    close: () => runtime.dispose()
  }
}
