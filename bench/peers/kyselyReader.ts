/**
 * Kysely's streams, with rows mapped by hand.
 */
import { Kysely } from "kysely"
import type { OpenReader } from "../reading.js"
import { rowsInPiece } from "../reading.js"
import { dialectOf, toUser } from "./kysely.js"
import type { Tables } from "./kysely.js"

export const reader: OpenReader = async ({ engine, url }) => {
  const database = new Kysely<{ people: Tables["users"] }>({ dialect: await dialectOf(engine, url, true) })
  return {
    read: async (count, onPerson) => {
      let left = count
      for await (const row of database.selectFrom("people").selectAll().orderBy("id").stream(rowsInPiece)) {
        onPerson(toUser(row))
        if (--left === 0) break
      }
    },
    close: () => database.destroy()
  }
}
