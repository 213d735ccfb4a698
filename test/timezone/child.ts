/**
 * Writes the events and tells what it reads, in the zone that the environment names.
 */
import * as Effect from "effect/Effect"
import { layerOf } from "../support/layers.js"
import { read, write } from "./events.js"

const [, , url = ""] = process.argv

Effect.zipRight(write, read).pipe(
  Effect.map((seen) => {
    const offset = new Date("2026-01-01T00:00:00Z").getTimezoneOffset()
    process.stdout.write(JSON.stringify({ ...seen, offset }))
  }),
  Effect.provide(layerOf(url)),
  Effect.runPromise
).catch((error: unknown) => {
  process.stderr.write(String(error))
  process.exitCode = 1
})
