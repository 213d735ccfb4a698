/**
 * TypeORM on SQLite.
 */
import "reflect-metadata"
import { DataSource, EntitySchema } from "typeorm"
import type { Start } from "../starting.js"

const entityOf = (tableName: string) =>
  new EntitySchema<{ id: number }>({
    name: tableName,
    tableName,
    columns: {
      id: { type: "integer", primary: true, generated: "increment" },
      name: { type: "varchar" },
      email: { type: "varchar", unique: true },
      age: { type: "integer" },
      active: { type: "boolean" },
      createdAt: { type: "datetime", name: "created_at" }
    } as never
  })

export const start: Start = async (_engine, url, tables) => {
  const entities = Array.from({ length: tables + 1 }, (_, i) => entityOf(i === 0 ? "users" : `users${i}`))
  const source = new DataSource({ type: "better-sqlite3", database: url, entities })
  await source.initialize()
  const users = source.getRepository(entities[0]!)
  return { find: (id) => users.findOneBy({ id }) }
}
