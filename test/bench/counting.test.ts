import { describe, expect, it } from "vitest"
import { reader } from "../../bench/counting.js"

const postgres = (letter: string, body = "") => {
  const message = Buffer.alloc(5 + body.length)
  message.write(letter, 0)
  message.writeUInt32BE(4 + body.length, 1)
  message.write(body, 5)
  return message
}

const mysql = (number: number, command: number) => Buffer.from([1, 0, 0, number, command])

describe("statements counted on the wire", () => {
  it("are simple queries and executions of PostgreSQL, wherever its messages are cut", () => {
    const read = reader("postgres")
    const startup = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0])
    const sent = Buffer.concat([
      startup,
      ..."PBDES".split("").map((letter) => postgres(letter, "x")),
      postgres("Q", "y")
    ])
    let statements = 0
    for (const byte of sent) statements += read(Buffer.from([byte]))
    expect(statements).toBe(2)
    expect(read(postgres("E"))).toBe(1)
  })

  it("are queries and executions of MySQL, not what prepares them or logs in", () => {
    const read = reader("mysql")
    expect(read(mysql(1, 0x03))).toBe(0)
    expect(read(Buffer.concat([mysql(0, 0x16), mysql(0, 0x17)]))).toBe(1)
    expect(read(mysql(0, 0x03))).toBe(1)
  })
})
