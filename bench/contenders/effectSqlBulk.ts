/**
 * `@effect/sql` for bulk: a thousand rows a statement.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { OpenBulk } from "../bulk.js"
import { rowsAtOnce } from "../crud.js"
import type { UserInput } from "../crud.js"
import { rowOf } from "./effectSql.js"
import { layerOf } from "./sqlClient.js"

const columns = ["name", "age", "active", "created_at"]

export const bulk: OpenBulk = async ({ engine, url }) => {
  const runtime = ManagedRuntime.make(await layerOf(engine, url))
  const sql = await runtime.runPromise(SqlClient.SqlClient)
  const set = (value: (name: string) => string) =>
    sql.literal(columns.map((name) => `${name} = ${value(name)}`).join(", "))
  const conflict = engine === "mysql"
    ? sql`on duplicate key update ${set((name) => `values(${name})`)}`
    : sql`on conflict (email) do update set ${set((name) => `excluded.${name}`)}`
  const write = (inputs: ReadonlyArray<UserInput>, isUpsert: boolean) =>
    runtime.runPromise(sql.withTransaction(Effect.gen(function*() {
      for (let start = 0; start < inputs.length; start += rowsAtOnce) {
        const rows = sql.insert(inputs.slice(start, start + rowsAtOnce).map(rowOf(engine)))
        yield* isUpsert ? sql`insert into members ${rows} ${conflict}` : sql`insert into members ${rows}`
      }
    })))
  return {
    insert: (inputs) => write(inputs, false),
    upsert: (inputs) => write(inputs, true),
    update: () => runtime.runPromise(sql`update members set age = age + 1`),
    close: () => runtime.dispose()
  }
}
