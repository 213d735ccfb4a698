/**
 * A client in a zone with a half hour and with daylight saving, a server in UTC: every instant is the same on both sides.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl } from "effect-strata"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { Event, instants, read, timezone } from "./events.js"

type Seen = Effect.Effect.Success<typeof read>

const program = fileURLToPath(new URL("./child.ts", import.meta.url))

const child = (url: string) =>
  Effect.promise(async (): Promise<Seen & { readonly offset: number }> => {
    const env = { ...process.env, TZ: timezone }
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program, url], { env })
    return JSON.parse(stdout)
  })

const check = ({ chronological, found, lateness, plain, rows }: Seen): void => {
  const times = instants.map((instant) => Date.parse(instant))
  assert.deepStrictEqual(
    rows,
    instants.map((instant, i) => [times[i]!, times[i]!, instant.slice(0, 10), instant.slice(11, 23)] as const)
  )
  assert.deepStrictEqual(found, instants.map(() => 1))
  assert.deepStrictEqual(chronological, [...times].sort((a, b) => a - b))
  assert.deepStrictEqual(plain, times)
  for (const late of lateness) assert.isBelow(late, 60_000)
}

describe.each(available.map((database) => [database.name, database] as const))("%s", (_, database) => {
  it.live(`a client in another zone than ${database.name} reads and writes the same instants`, () =>
    Effect.gen(function*() {
      const { url } = yield* Effect.promise(() => fresh(database))
      yield* Effect.provide(Ddl.create(Event), layerOf(url))
      const far = yield* child(url)
      assert.strictEqual(far.offset, 210)
      check(far)
      check(yield* Effect.provide(read, layerOf(url)))
    }))
})
