/**
 * Kysely for bulk: a thousand rows a statement.
 */
import { Kysely, sql } from "kysely"
import type { OpenBulk } from "../bulk.js"
import { rowsAtOnce } from "../crud.js"
import type { UserInput } from "../crud.js"
import { dialectOf, rowOf } from "./kysely.js"
import type { Tables } from "./kysely.js"

export const bulk: OpenBulk = async ({ engine, url }) => {
  const database = new Kysely<{ members: Tables["users"] }>({ dialect: await dialectOf(engine, url) })
  const written = (name: string) =>
    engine === "mysql" ? sql<never>`values(${sql.ref(name)})` : sql.ref<never>(`excluded.${name}`)
  const all = {
    name: written("name"),
    age: written("age"),
    active: written("active"),
    created_at: written("created_at")
  }
  const write = (inputs: ReadonlyArray<UserInput>, isUpsert: boolean) =>
    database.transaction().execute(async (tx) => {
      for (let start = 0; start < inputs.length; start += rowsAtOnce) {
        const query = tx.insertInto("members").values(inputs.slice(start, start + rowsAtOnce).map(rowOf(engine)))
        await (!isUpsert
          ? query
          : engine === "mysql"
          ? query.onDuplicateKeyUpdate(all)
          : query.onConflict((conflict) => conflict.column("email").doUpdateSet(all))).execute()
      }
    })
  return {
    insert: (inputs) => write(inputs, false),
    upsert: (inputs) => write(inputs, true),
    update: () => database.updateTable("members").set((member) => ({ age: member("age", "+", 1) })).execute(),
    close: () => database.destroy()
  }
}
