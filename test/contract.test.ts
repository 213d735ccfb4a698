/**
 * The contract on every database that is there; once more on drivers that can do less than they could, so that what is
 * emulated is proven where it can be compared, and once more with rows decoded part by part.
 */
import { describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { assert } from "vitest"
import type { Connection, Driver } from "../src/Driver.js"
import * as Executor from "../src/Executor.js"
import * as Mysql from "../src/mysql/driver.js"
import * as Postgres from "../src/postgres/driver.js"
import * as Sqlite from "../src/sqlite/driver.js"
import * as SqliteLayer from "../src/Sqlite.js"
import { contract } from "../src/Testing.js"
import type { AvailableDatabase } from "./support/databases.js"
import { available, find, fresh, sqliteFile } from "./support/databases.js"
import { layerOf } from "./support/layers.js"

const groups = [...new Set(contract.map(({ group }) => group))]

/** A database of its own for each run of the contract. */
const onFresh = (database: AvailableDatabase, layerOf: (url: string) => ReturnType<typeof Executor.layer<never>>) =>
  Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url)))

const contractOf = (title: string, services: ReturnType<typeof onFresh>) => {
  layer(services, { excludeTestServices: true, timeout: 60_000 })(title, (it) => {
    for (const group of groups) {
      describe(group, () => {
        for (const one of contract.filter((candidate) => candidate.group === group)) {
          it.effect(one.name, () => one.run, 60_000)
        }
      })
    }
  })
}

const open = (name: AvailableDatabase["name"], url: string): Executor.Options["open"] => {
  switch (name) {
    case "sqlite":
      return Sqlite.make({ filename: sqliteFile(url) })
    case "postgres":
      return Postgres.make({ url: Redacted.make(url) })
    default:
      return Mysql.make({ url: Redacted.make(url) })
  }
}

/** SQLite tells the last generated key of an insert; others without RETURNING tell the first. */
const tellsFirstKey = (connection: Connection): Connection => ({
  ...connection,
  run: (text, parameters, options) =>
    Effect.flatMap(
      connection.run(text, parameters, options),
      (result) =>
        result.insertId !== undefined || !text.startsWith("insert")
          ? Effect.succeed(result)
          : Effect.map(connection.run("select last_insert_rowid()", []), ({ rows }) => ({
            ...result,
            insertId: Number(rows[0]?.[0]) - result.affected + 1
          }))
    )
})

/** The same driver, which no longer knows what others do not know either. */
const lesser = (driver: Driver): Driver => ({
  ...driver,
  // What is told by a second statement is not told at once.
  runsNow: false,
  connect: driver.server.name === "sqlite" ? Effect.map(driver.connect, tellsFirstKey) : driver.connect,
  dialect: {
    ...driver.dialect,
    capabilities: {
      ...driver.dialect.capabilities,
      insertReturning: false,
      updateReturning: false,
      deleteReturning: false,
      defaultAsValue: false,
      aggregateFilter: false
    }
  }
})

for (const database of available) {
  const { name } = database
  contractOf(`the contract on ${name}`, onFresh(database, (url) => layerOf(url)))
  contractOf(
    `the contract on ${name}, rows decoded part by part`,
    onFresh(database, (url) => Executor.layer({ open: open(name, url), pool: { size: 4 }, decoding: "interpreted" }))
  )
  // PostgreSQL tells a generated key by its RETURNING alone.
  if (name !== "postgres") {
    contractOf(
      `the contract on ${name} without RETURNING, DEFAULT as a value and aggregates with a filter`,
      onFresh(database, (url) => Executor.layer({ open: Effect.map(open(name, url), lesser), pool: { size: 4 } }))
    )
  }
}

contractOf(
  "the contract on sqlite in memory",
  onFresh({ name: "sqlite", url: "sqlite::memory:.db", version: "" }, () => layerOf("sqlite::memory:"))
)

for (const [place, path] of [["a file", undefined], ["memory", ":memory:"]] as const) {
  contractOf(
    `the contract on sqlite in ${place}, in threads`,
    onFresh({ name: "sqlite", url: find("sqlite")!.url, version: "" }, (url) => {
      const filename = path ?? sqliteFile(url)
      return SqliteLayer.layer({ filename, worker: true, size: path === undefined ? 4 : 1 })
    })
  )
}

describe("the contract itself", () => {
  it("names each case once", () => {
    const names = contract.map(({ group, name }) => `${group}: ${name}`)
    assert.deepStrictEqual(names.filter((name, i) => names.indexOf(name) !== i), [])
  })
})
