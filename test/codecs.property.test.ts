/**
 * A value of a column comes back equal, and is found by what it equals; or it is refused before anything is sent.
 *
 * About 60 values a type a database, 1,000 with `STRATA_LONG=1`; a failure names the seed, `STRATA_SEED` asks for it again.
 */
import { assert, describe, it } from "@effect/vitest"
import { Database, Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { ValidationError } from "../src/DbError.js"
import type { Driver, OpenFailure } from "../src/Driver.js"
import * as Executor from "../src/Executor.js"
import * as MysqlDriver from "../src/mysql/driver.js"
import * as PostgresDriver from "../src/postgres/driver.js"
import * as SqliteDriver from "../src/sqlite/driver.js"
import type { Kind } from "./codecs/values.js"
import { kinds } from "./codecs/values.js"
import type { AvailableDatabase } from "./support/databases.js"
import { available, fresh, sqliteFile } from "./support/databases.js"
import { same } from "./support/same.js"

const isLong = process.env["STRATA_LONG"] === "1"
const cases = isLong ? 1000 : 60
const seed = Number(process.env["STRATA_SEED"] ?? Math.floor(Math.random() * 2 ** 31))

const open = ({ name, url }: AvailableDatabase): Executor.Options["open"] => {
  switch (name) {
    case "sqlite":
      return SqliteDriver.make({ filename: sqliteFile(url), synchronous: "off" })
    case "postgres":
      return PostgresDriver.make({ url: Redacted.make(url) })
    default:
      return MysqlDriver.make({ url: Redacted.make(url) })
  }
}

/** What was sent through the Layer so far. */
interface Count {
  sent: number
}

/** The driver, counting what is sent. */
const counting = (driver: Driver, count: Count): Driver => ({
  ...driver,
  runsNow: false,
  asks: false,
  connect: Effect.map(driver.connect, (connection) => {
    const run = connection.run.bind(connection)
    return Object.assign(connection, {
      run: (...given: Parameters<typeof run>) => {
        count.sent++
        return run(...given)
      }
    })
  })
})

const layerOf = (database: AvailableDatabase, count: Count) =>
  Executor.layer({
    open: Effect.map(
      open(database) as Effect.Effect<Driver, OpenFailure>,
      (driver) => counting(driver, count)
    ) as never,
    pool: { size: 1 }
  })

/** A value in an assertion's message, at most so long. */
const show = (value: unknown): string => {
  try {
    return FastCheck.stringify(value).slice(0, 200)
  } catch {
    return "what is nested too deep to be shown"
  }
}

const withSchema = <S>(field: Field.Field<unknown, Field.Flag>, schema: S): Field.Field<S> =>
  Object.assign(Object.create(Object.getPrototypeOf(field)), field, { schema })

const modelOf = (table: string, field: Field.Input) => {
  const schema = Field.isField(field) ? field.schema as Schema.Schema<unknown> : field as Schema.Schema<unknown>
  const nullable = Schema.NullOr(schema) as Schema.Schema<unknown>
  return class extends Model.Class<{ readonly id: number; readonly value: unknown }>("Row")({
    id: Schema.Int.pipe(Field.primaryKey),
    value: Field.isField(field) ? withSchema(field, nullable) : nullable
  }, { table }) {}
}

type Rows = ReturnType<typeof modelOf>

const insertAll = (model: Rows, rows: ReadonlyArray<{ readonly id: number; readonly value: unknown }>) =>
  Effect.forEach(
    Array.from({ length: Math.ceil(rows.length / 250) }, (_, i) => rows.slice(i * 250, (i + 1) * 250)),
    (some) =>
      Mutation.insertMany(model, some).pipe(
        // One by one, to tell which it was.
        Effect.catchAll(() =>
          Effect.forEach(some, (row) =>
            Effect.mapError(
              Mutation.insertMany(model, [row]),
              (error) => `${show(row.value)}: ${error._tag} ${error.message}`
            ))
        )
      ),
    { discard: true }
  )

const check = (table: string, { extremes, field, refused, values }: Kind, count: Count) =>
  Effect.gen(function*() {
    const model = modelOf(table, field)
    yield* Ddl.create(model)
    const database = yield* Database.Database
    const given = [null, ...extremes, ...FastCheck.sample(values, { numRuns: cases, seed })].map((value, id) => ({
      id,
      value
    }))
    const kept: Array<{ readonly id: number; readonly value: unknown }> = []
    let refusedExtremes = 0
    for (const row of given) {
      const insert = Mutation.insert(model, row)
      const printed = yield* Effect.either(Effect.flatMap(insert.statement, database.print))
      if (printed._tag === "Right") {
        kept.push(row)
        continue
      }
      if (row.id <= extremes.length) refusedExtremes++
      const before = count.sent
      const error = yield* Effect.flip(insert)
      assert.strictEqual(error._tag, "ValidationError", show(row.value))
      assert.strictEqual(count.sent, before, `something was sent for ${show(row.value)}`)
      const { issues } = error as ValidationError
      assert.isTrue(issues.length > 0 && issues.every(({ path }) => path[0] === "value"), show(row.value))
    }
    assert.strictEqual(refusedExtremes, refused, "extremes refused")

    assert.isAtLeast(kept.length, given.length / 10, "values kept")
    const sentBefore = count.sent
    yield* insertAll(model, kept)
    assert.isAbove(count.sent, sentBefore)
    const found = yield* Query.from(model).pipe(Query.orderBy((row) => Expr.asc(row.id)))
    assert.strictEqual(found.length, kept.length)
    found.forEach((row, i) => {
      assert.isTrue(same(row.value, kept[i]!.value), `${show(kept[i]!.value)} came back as ${show(row.value)}`)
    })

    for (const { id, value } of kept) {
      const ids = yield* Query.from(model).pipe(
        Query.where((row) => value === null ? Expr.isNull(row.value) : Expr.eq(row.value, value as {})),
        Query.pluck((row) => row.id)
      )
      assert.include(ids, id, `${show(value)} is not found by what it equals`)
      for (const other of ids) {
        assert.isTrue(same(given[other]!.value, value), `${show(given[other]!.value)} was found by ${show(value)}`)
      }
    }

    // More than a list has: they go as one parameter. PostgreSQL refuses a list of arrays.
    const longList = kept.filter(({ value }) => value !== null)
    const all = Array.from({ length: 300 }, (_, i) => longList[i % longList.length]!.value)
    if (!(table.startsWith("array") && database.server.name.startsWith("postgres"))) {
      const ids = yield* Query.from(model).pipe(
        Query.where((row) => Expr.in(row.value, all as never)),
        Query.pluck((row) => row.id)
      )
      for (const { id, value } of longList.slice(0, 300)) {
        assert.include(ids, id, `${show(value)} is not found in a list`)
      }
    }

    // One alone, given back as the database has it.
    for (const { id, value } of kept.slice(0, 20)) {
      const row = yield* Mutation.insert(model, { id: id + 100_000, value })
      assert.isTrue(same(row.value, value), `${show(value)} was given back as ${show(row.value)}`)
    }
  })

for (const database of available) {
  describe(database.name, () => {
    const count: Count = { sent: 0 }
    const layer = Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), (own) => layerOf(own, count)))
    it.layer(layer, { timeout: 60_000 })((it) => {
      for (const [name, kind] of Object.entries(kinds)) {
        it.effect(`${name} (seed ${seed})`, () => check(name.replaceAll(" ", "_"), kind, count), {
          timeout: isLong ? 600_000 : 60_000
        })
      }
    })
  })
}
