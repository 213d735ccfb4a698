/**
 * N11 in a process of its own, to be killed: writes by statement and by transaction, and says of each what it is about to do and what was
 * acknowledged. It says that it is ready, and begins when it is told.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { writeSync } from "node:fs"
import { once } from "node:events"
import * as Mutation from "../../../src/Mutation.js"
import * as Sqlite from "../../../src/Sqlite.js"
import * as Transaction from "../../../src/Transaction.js"
import { argument } from "../child.js"
import { nameOf } from "../figures.js"
import { Entry } from "../ledger.js"
import { marks } from "../writing.js"
import type { Argument } from "../writing.js"

const { filename, name, synchronous, worker, writeFor } = argument<Argument>()

// At once and to the end, so that what was acknowledged is told before the process can be killed.
const say = (line: string) => Effect.sync(() => void writeSync(1, `${line}\n`))

let isOver = false

const writer = (fiber: number) =>
  Effect.gen(function*() {
    for (let n = 0; !isOver; n++) {
      const id = `${name}-${fiber}-${n}`
      const ids = n % 2 === 1 ? [`${id}-a`, `${id}-b`] : [id]
      const insert = Effect.forEach(ids, (id) => Mutation.insert(Entry, { id }), { discard: true })
      yield* say(marks.begun + ids.join())
      yield* Effect.matchEffect(n % 2 === 1 ? Transaction.run(insert) : insert, {
        onFailure: (error) => say(`${marks.failed}${ids.join()} ${nameOf(error)}`),
        onSuccess: () => say(marks.acknowledged + ids.join())
      })
    }
  })

const program = Effect.gen(function*() {
  const writers = yield* Effect.forkAll([0, 1, 2].map(writer))
  if (writeFor !== undefined) {
    yield* Effect.sleep(writeFor)
    isOver = true
  }
  yield* Fiber.join(writers)
}).pipe(Effect.provide(Sqlite.layer({ filename, synchronous, worker, size: 2, lockTimeout: "30 seconds" })))

writeSync(1, "ready\n")
await once(process.stdin, "data")
process.stdin.destroy()
await Effect.runPromise(program)
