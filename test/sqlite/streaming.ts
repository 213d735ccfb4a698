/** A program of its own process, so that its memory is that of a stream: reads one to its end, and says how much it grew at the most. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as driver from "../../src/sqlite/driver.js"

const [filename = "", worker, place] = process.argv.slice(2)

const collect = (globalThis as { readonly gc?: () => void }).gc ?? (() => {})

const program = Effect.gen(function*() {
  const opened = yield* driver.make({ filename, worker: worker === "true" })
  const connection = yield* opened.connect
  const rows = connection.stream("select i, text from t", [])
  if (place === "transaction") {
    yield* connection.begin({ isolation: undefined, access: undefined, deferrable: undefined })
  }
  // Code is compiled and buffers have their size after this.
  yield* Stream.runDrain(Stream.take(rows, 30_000))
  collect()
  const before = process.memoryUsage.rss()
  let peak = before
  let seen = 0
  const sampled = Stream.mapChunks(rows, (chunk) => {
    seen += chunk.length
    if (seen % 2560 === 0) peak = Math.max(peak, process.memoryUsage.rss())
    return chunk
  })
  yield* Stream.runDrain(sampled)
  return { seen, growth: (peak - before) / 2 ** 20 }
})

process.stdout.write(`${JSON.stringify(await Effect.runPromise(Effect.scoped(program)))}\n`)
