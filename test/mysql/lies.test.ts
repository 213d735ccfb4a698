/** A server that does not keep to the protocol: its connection is given up, and nobody waits for what does not come. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { make } from "../../src/mysql/driver.js"
import { opened, pretend, timed } from "./server.js"

/** A packet with its header. */
const frame = (sequenceId: number, ...body: ReadonlyArray<number | string>): Buffer => {
  const payload = Buffer.concat(
    body.map((part) => typeof part === "number" ? Buffer.of(part) : Buffer.from(part, "latin1"))
  )
  return Buffer.concat([Buffer.from([payload.length & 0xff, payload.length >> 8, 0, sequenceId]), payload])
}

const column = (sequenceId: number, type: number): Buffer =>
  frame(
    sequenceId,
    "\u0003def\u0000\u0000\u0000\u0001a\u0000\u000c",
    45,
    0,
    "\u0000\u0000\u0000\u0000",
    type,
    0,
    0,
    0,
    0,
    0
  )

const eof = (sequenceId: number, status = 2): Buffer => frame(sequenceId, 0xfe, 0, 0, status, 0)

/** A statement without parameters and columns of which it would speak now. */
const prepared = frame(1, 0, "\u0001\u0000\u0000\u0000", 0, 0, 0, 0, 0, 0, 0)

/** Answers to each preparation and execution of a text, by what it gives. */
const answering = (preparation: Buffer, execution: ReadonlyArray<Buffer>) =>
  Effect.map(
    pretend("8.4.3", (sql: string, client) => {
      if (!sql.startsWith("select lie")) return client.writeOk()
      client.stream.write(preparation)
      client.removeAllListeners("stmt_execute")
      client.on("stmt_execute", () => client.stream.write(Buffer.concat(execution)))
    }),
    ({ port }) => ({ host: "127.0.0.1", port, username: "u" })
  )

const lies: ReadonlyArray<readonly [what: string, preparation: Buffer, execution: ReadonlyArray<Buffer>]> = [
  ["a preparation that says nothing", frame(1, 0), []],
  ["a preparation that is none", frame(1, 7, "no statement"), []],
  ["an empty answer", prepared, [frame(1)]],
  ["the wish for a file of the client's", prepared, [frame(1, 0xfb, "/etc/passwd")]],
  ["an OK that ends too early", prepared, [frame(1, 0, 1)]],
  ["a column that ends too early", prepared, [frame(1, 1), frame(2, "\u0003def\u0000")]],
  ["a row where the end of the columns is due", prepared, [frame(1, 1), column(2, 3), frame(3, 0, 0, 1, 0, 0, 0)]],
  ["neither a row nor the end", prepared, [frame(1, 1), column(2, 3), eof(3), frame(4, 7, 7, 7)]],
  ["a row that ends too early", prepared, [frame(1, 1), column(2, 3), eof(3), frame(4, 0, 0, 1)]],
  ["a row without values", prepared, [frame(1, 1), column(2, 3), eof(3), frame(4, 0)]],
  ["a text longer than its row", prepared, [frame(1, 1), column(2, 253), eof(3), frame(4, 0, 0, 200, "short")]],
  ["a text longer than memory", prepared, [
    frame(1, 1),
    column(2, 253),
    eof(3),
    frame(4, 0, 0, 0xfe, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f")
  ]]
]

const refusal = (code: number): Buffer => frame(1, 0xff, code & 0xff, code >> 8, "#HY000no")

describe("a server that has forgotten a statement", () => {
  it.live.each([[1243, "stalePlan"], [1615, "stalePlan"], [1140, "syntax"]])(
    "prepares it anew, once (%d)",
    ([code, reason]) =>
      Effect.scoped(Effect.gen(function*() {
        let preparations = 0
        let refusals = 0
        const { port } = yield* pretend("8.4.3", (sql: string, client) => {
          if (!sql.startsWith("select lie")) return client.writeOk()
          preparations++
          client.stream.write(prepared)
          client.removeAllListeners("stmt_execute")
          client.on("stmt_execute", () => {
            if (refusals-- > 0) return client.stream.write(refusal(Number(code)))
            client.stream.write(Buffer.concat([frame(1, 1), column(2, 3), eof(3), frame(4, 0, 0, 7, 0, 0, 0), eof(5)]))
          })
          // It does not know how a statement is closed, and says so.
          if (client.listenerCount("packet") === 0) client.on("packet", () => {})
        })
        const db = yield* opened(yield* make({ host: "127.0.0.1", port, username: "u" }))
        const select = Effect.map(db.run("select lie", []), ({ rows }) => rows)
        assert.deepStrictEqual(yield* select, [[7]])
        refusals = 1
        assert.deepStrictEqual(yield* select, [[7]])
        assert.strictEqual(preparations, 2)
        assert.deepStrictEqual(yield* select, [[7]])
        assert.strictEqual(preparations, 2)
        refusals = 2
        const failure = yield* Effect.flip(select)
        assert.deepStrictEqual<unknown>(failure.kind, { error: "QueryError", reason })
        assert.strictEqual(preparations, 3)
      }))
  )
})

describe("a server that lies", () => {
  it.live("is understood where it does not", () =>
    Effect.scoped(Effect.gen(function*() {
      const options = yield* answering(prepared, [
        frame(1, 2),
        column(2, 3),
        column(3, 253),
        eof(4),
        frame(5, 0, 0, 7, 0, 0, 0, 2, "ab"),
        frame(6, 0, 8, 8, 0, 0, 0),
        eof(7)
      ])
      const db = yield* opened(yield* make(options))
      for (let i = 0; i < 3; i++) {
        const { rows } = yield* db.run("select lie", [])
        assert.deepStrictEqual(rows, [[7, "ab"], [8, null]])
      }
    })))

  it.live.each(lies)("by %s is left", ([, preparation, execution]) =>
    Effect.scoped(Effect.gen(function*() {
      const db = yield* opened(yield* make(yield* answering(preparation, execution)))
      const [took, failure] = yield* timed(Effect.flip(db.run("select lie", [])))
      assert.deepStrictEqual<unknown>(failure.kind, { error: "ConnectionError", reason: "lost", isRetryable: false })
      assert.isTrue(db.isBroken())
      assert.isBelow(took, 1_000)
    })))
})
