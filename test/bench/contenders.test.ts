/**
 * What contenders of this folder's own packages do with few rows: the same, on each database.
 */
import { assert, describe, it } from "vitest"
import { administer } from "../../bench/admin.js"
import { createMembers, emptyMembers, fillMembers, membersSeen } from "../../bench/bulk.js"
import { bulk as effectSqlBulk } from "../../bench/contenders/effectSqlBulk.js"
import { reader as effectSqlReader } from "../../bench/contenders/effectSqlReader.js"
import { bulk as rawBulk } from "../../bench/contenders/rawBulk.js"
import { growing as rawGrowing } from "../../bench/contenders/rawGrowing.js"
import { including as rawIncluding } from "../../bench/contenders/rawIncluding.js"
import { reader as rawReader } from "../../bench/contenders/rawReader.js"
import { bulk as strataBulk } from "../../bench/contenders/strataBulk.js"
import { growing as strataGrowing } from "../../bench/contenders/strataGrowing.js"
import { including as strataIncluding } from "../../bench/contenders/strataIncluding.js"
import { reader as strataReader } from "../../bench/contenders/strataReader.js"
import type { Engine } from "../../bench/crud.js"
import type { OpenIncluding } from "../../bench/including.js"
import { making } from "../../bench/plenty.js"
import type { OpenReader } from "../../bench/reading.js"
import { canonical } from "../../bench/results.js"
import { insertPosts, insertUsers, tables, user } from "../../bench/seed.js"
import { ofMysql2 } from "../support/ask.js"
import { available, fresh, sqliteFile } from "../support/databases.js"

const people = 1_500

const engines: { readonly [name: string]: Engine } = { sqlite: "sqlite", postgres: "postgres", mariadb: "mysql" }

const run = async (reader: OpenReader, engine: Engine, url: string, variant: string, count: number) => {
  const { close, read } = await reader({ engine, url, variant })
  const seen: Array<unknown> = []
  await read(count, (person) => void seen.push(person))
  // Whoever has left a stream can read again.
  await read(1, (person) => void seen.push(person))
  await close()
  return canonical(seen, true)
}

for (const database of available) {
  const engine = engines[database.name]
  if (engine === undefined) continue

  describe(`contenders on ${database.name}`, () => {
    /** `plain` is the URL for the drivers themselves. */
    const prepared = async (statements: ReadonlyArray<string>) => {
      const own = await fresh(database)
      const url = engine === "sqlite" ? sqliteFile(own.url) : own.url
      const plain = engine === "mysql" ? ofMysql2(url) : url
      const admin = await administer(engine, plain)
      for (const statement of statements) await admin.ask(statement)
      return { admin, plain, url }
    }

    it("read the same people by their cursors, all of them and some", async () => {
      const { admin, plain, url } = await prepared(making(engine, people))
      for (const count of [Infinity, 1_000, 700]) {
        const raw = await run(rawReader, engine, plain, "", count)
        assert.strictEqual(raw.split("person").length - 1, Math.min(count, people) + 1)
        assert.strictEqual(await run(strataReader, engine, url, "row", count), raw)
        assert.strictEqual(await run(strataReader, engine, url, "pull", count), raw)
        if (engine !== "sqlite") assert.strictEqual(await run(effectSqlReader, engine, plain, "", count), raw)
      }
      await admin.close()
    }, 60_000)

    it("load the same relations, by a statement a level and by JSON", async () => {
      const { admin, plain, url } = await prepared([
        ...tables(engine),
        ...insertUsers(engine, 1, 30),
        ...insertPosts(engine, 140)
      ])
      const loaded = async (open: OpenIncluding, place: string, variant: string) => {
        const including = await open({ engine, url: place, variant })
        // The last users have no posts.
        const found = [
          await including.include(3, 10, 1),
          await including.include(3, 10, 2),
          await including.include(25, 9, 2)
        ]
        await including.close()
        return canonical(found, true)
      }
      const raw = await loaded(rawIncluding, plain, "in")
      assert.strictEqual(raw.split("authorId").length - 1, 50 + 50 + 15)
      assert.strictEqual(await loaded(rawIncluding, plain, "json"), raw)
      assert.strictEqual(await loaded(strataIncluding, url, ""), raw)
      await admin.close()
    }, 60_000)

    it("give the same for the points of curves", async () => {
      const { admin, plain, url } = await prepared(making(engine, people))
      const raw = await rawGrowing({ engine, url: plain, variant: "" })
      const strata = await strataGrowing({ engine, url, variant: "" })
      for (
        const  of of[
          (growing: typeof raw) => growing.rows(1_000, false),
            (growing: typeof raw) => growing.rows(people, true),
            (growing: typeof raw) => growing.columns(6),
            (growing: typeof raw) => growing.columns(200),
            (growing: typeof raw) => growing.includes(1),
            (growing: typeof raw) => growing.includes(5),
            (growing: typeof raw) => growing.inFlight(1)
        ]
      ) {
        assert.strictEqual(canonical(await of(strata), true), canonical(await of(raw), true))
      }
      await raw.close()
      await strata.close()
      await admin.close()
    }, 60_000)

    it("write the same members in bulk", async () => {
      const { admin, plain, url } = await prepared(createMembers(engine))
      const inputs = Array.from({ length: people }, (_, i) => user(i + 1))
      const expected = new Map<string, string>()
      for (
        const [open, place, variant] of [
          [rawBulk, plain, ""],
          [rawBulk, plain, "floor"],
          [strataBulk, url, ""],
          [effectSqlBulk, plain, ""]
        ] as const
      ) {
        const contender = await open({ engine, url: place, variant })
        for (const does of ["insert", "upsert", "update"] as const) {
          await admin.ask(emptyMembers(engine))
          if (does !== "insert") await admin.ask(fillMembers(engine, people / 2))
          await contender[does](inputs)
          const seen = canonical(await admin.ask(membersSeen), true)
          expected.set(does, expected.get(does) ?? seen)
          assert.strictEqual(seen, expected.get(does))
        }
        await contender.close()
      }
      await admin.close()
    }, 60_000)
  })
}
