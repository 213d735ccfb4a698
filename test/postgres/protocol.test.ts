import { assert, describe, it } from "@effect/vitest"
import type { Receiver, Row } from "../../src/postgres/incoming.js"
import { Incoming } from "../../src/postgres/incoming.js"
import { Outgoing } from "../../src/postgres/outgoing.js"
import { message } from "./server.js"

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const rowMessage = (row: Row): Buffer =>
  message(
    "D",
    Buffer.from([row.length >> 8, row.length & 255]),
    ...row.flatMap((field) => field === null ? [int(-1)] : [int(Buffer.byteLength(field)), Buffer.from(field)])
  )

/** What is seen of some bytes that come in chunks. */
const seenOf = (chunks: ReadonlyArray<Buffer>, isPositional = true) => {
  const seen: Array<unknown> = []
  const receiver: Receiver = {
    isPositional: () => isPositional,
    onRow: (row) => seen.push(row),
    onParsed: () => seen.push("parsed"),
    onComplete: (tag) => seen.push(tag),
    onSuspended: () => seen.push("suspended"),
    onReady: (status) => seen.push(status),
    onRead: () => {},
    onMalformed: () => seen.push("malformed")
  }
  const incoming = new Incoming((bytes) => seen.push(bytes.toString("latin1", 0, 1)))
  incoming.receiver = receiver
  for (const chunk of chunks) incoming.push(chunk)
  return seen
}

describe("what a server sends", () => {
  const rows: ReadonlyArray<Row> = [
    ["1", "Ada", null, ""],
    [],
    ["é", "😀 and more", "a".repeat(127), "b".repeat(128)],
    ["x".repeat(2000), "ü".repeat(700), null],
    Array.from({ length: 300 }, (_, i) => String(i))
  ]
  const all = Buffer.concat([
    message("1"),
    message("2"),
    ...rows.map(rowMessage),
    message("C", "SELECT 5"),
    message("s"),
    message("3"),
    message("I"),
    message("n"),
    message("S", "TimeZone", "UTC"),
    message("Z", Buffer.from("T"))
  ])
  const expected = ["parsed", ...rows, "SELECT 5", "suspended", "S", "T"]

  it("is read wherever it is cut in two", () => {
    for (let at = 0; at <= all.length; at += at < 800 ? 1 : 37) {
      assert.deepStrictEqual(seenOf([all.subarray(0, at), all.subarray(at)]), expected)
    }
  })

  it("is read in pieces of any length", () => {
    for (const length of [1, 2, 3, 5, 7, 64, 1000]) {
      const chunks = Array.from(
        { length: Math.ceil(all.length / length) },
        (_, i) => all.subarray(i * length, (i + 1) * length)
      )
      assert.deepStrictEqual(seenOf(chunks), expected)
    }
  })

  it("is left to pg but for what is said of the session", () => {
    assert.deepStrictEqual(
      seenOf([all], false),
      ["parsed", "1", "2", "D", "D", "D", "D", "D", "C", "s", "3", "I", "n", "S", "T"]
    )
  })

  it("is none of PostgreSQL's where a length says less than itself, or more than can be", () => {
    for (const length of [0, 3, -1]) {
      assert.deepStrictEqual(
        seenOf([Buffer.concat([message("1"), Buffer.from("D"), int(length), Buffer.alloc(20)])]),
        ["parsed", "malformed"]
      )
    }
  })
})

describe("what is sent", () => {
  const cstring = (text: string) => Buffer.from(`${text}\u0000`)
  const int16 = (value: number) => Buffer.from([value >> 8, value & 255])

  it("is the protocol's, however long its parts", () => {
    const out = new Outgoing()
    assert.strictEqual(out.length, 0)
    for (const length of [0, 1, 23, 24, 25, 4000, 4090, 4096, 5000, 100_000, 3]) {
      for (const letter of ["a", "é", "€", "😀"]) {
        const text = letter.repeat(length)
        const bytes = Buffer.from(text)
        out.parse("name", `select ${text}`)
        out.bind("", "name", [text, null, bytes, ""])
        out.execute("p", 7)
        out.sync()
        assert.isAbove(out.length, 0)
        const expected = Buffer.concat([
          message("P", cstring("name"), cstring(`select ${text}`), int16(0)),
          message(
            "B",
            cstring(""),
            cstring("name"),
            int16(4),
            int16(0),
            int16(0),
            int16(1),
            int16(0),
            int16(4),
            int(bytes.length),
            bytes,
            int(-1),
            int(bytes.length),
            bytes,
            int(0),
            int16(0)
          ),
          message("E", cstring("p"), int(7)),
          message("S")
        ])
        assert.isTrue(out.take().equals(expected))
        assert.strictEqual(out.length, 0)
      }
    }
  })

  it("stays as it is while more is written", () => {
    const out = new Outgoing()
    const taken: Array<readonly [Buffer, Buffer]> = []
    for (let i = 0; i < 500; i++) {
      out.query(`select ${i}`)
      out.close("S", `name ${i}`)
      out.written(Buffer.from("raw"))
      taken.push([
        out.take(),
        Buffer.concat([message("Q", `select ${i}`), message("C", Buffer.from("S"), `name ${i}`), Buffer.from("raw")])
      ])
    }
    for (const [bytes, expected] of taken) assert.isTrue(bytes.equals(expected))
  })
})
