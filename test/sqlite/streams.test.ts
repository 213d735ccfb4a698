/** What streams hold: little memory while they are read, and nothing after that. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { execFile } from "node:child_process"
import { existsSync, readdirSync, readlinkSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as driver from "../../src/sqlite/driver.js"
import { connect, newFile, rows, runAll } from "./databases.js"

const total = process.env["STRATA_LONG"] === undefined ? 200_000 : 1_000_000

const filled = (filename: string, count: number) =>
  Effect.scoped(Effect.gen(function*() {
    const connection = yield* Effect.flatMap(driver.make({ filename }), connect)
    yield* runAll(
      connection,
      "create table t (i integer primary key, text text)",
      `insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
       select i, printf('%01000d', i) from n`
    )
  }))

const descriptors = "/proc/self/fd"

/** How often this process has a file open; always 0 where the system does not tell. */
const openings = (filename: string): number => {
  if (!existsSync(descriptors)) return 0
  return readdirSync(descriptors).filter((descriptor) => {
    try {
      return readlinkSync(`${descriptors}/${descriptor}`) === filename
    } catch {
      return false
    }
  }).length
}

for (const worker of [false, true]) {
  describe(`streams ${worker ? "from a thread" : "on the program's own thread"}`, () => {
    for (const place of ["alone", "transaction"]) {
      it.scopedLive(
        `of ${total} rows take little memory, ${place === "alone" ? "alone" : "in a transaction"}`,
        () =>
          Effect.gen(function*() {
            const filename = yield* newFile
            yield* filled(filename, total)
            const program = fileURLToPath(new URL("streaming.ts", import.meta.url))
            const { stdout } = yield* Effect.promise(() =>
              promisify(execFile)(process.execPath, [
                "--expose-gc",
                "--import",
                "tsx",
                program,
                filename,
                String(worker),
                place
              ])
            )
            const { growth, seen } = JSON.parse(stdout) as { readonly growth: number; readonly seen: number }
            assert.strictEqual(seen, total)
            // They are 200 MB at least.
            assert.isBelow(growth, 120)
          }),
        60_000
      )
    }

    it.scopedLive("free their handle when they end early, fail or are interrupted", () =>
      Effect.gen(function*() {
        const filename = yield* newFile
        yield* filled(filename, 2_000)
        const connection = yield* Effect.flatMap(driver.make({ filename, worker }), connect)
        const stream = connection.stream("select a.i from t a, t b", [])
        // The thread closes it when the fiber goes on already; a call that follows comes after that.
        const opened = Effect.map(connection.ping, () => openings(filename))
        yield* Stream.runDrain(Stream.take(stream, 10))
        // SQLite keeps a descriptor for the next handle while another one of the process has a lock.
        const before = yield* opened
        yield* Stream.runDrain(Stream.take(stream, 10))
        assert.strictEqual(yield* opened, before)
        yield* Effect.flip(Stream.runForEach(stream, () => Effect.fail("enough")))
        assert.strictEqual(yield* opened, before)
        const reading = yield* Effect.fork(Stream.runDrain(stream))
        yield* Effect.sleep("50 millis")
        yield* Fiber.interrupt(reading)
        assert.strictEqual(yield* opened, before)
        assert.deepStrictEqual(yield* rows(connection, "select name from sqlite_temp_schema"), [])
      }))

    it.scopedLive("obey a timeout between their rows", () =>
      Effect.gen(function*() {
        const connection = yield* Effect.flatMap(driver.make({ filename: yield* newFile, worker }), connect)
        const endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n"
        const [elapsed, ended] = yield* Effect.timed(
          Effect.timeoutOption(Stream.runDrain(connection.stream(endless, [])), "200 millis")
        )
        assert.strictEqual(ended._tag, "None")
        assert.isBelow(Duration.toMillis(elapsed), 1_000)
        yield* connection.ping
      }))
  })
}
