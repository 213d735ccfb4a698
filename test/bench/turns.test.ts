/**
 * Contenders that are measured together take turns.
 */
import { assert, describe, it } from "@effect/vitest"
import type { ChildProcess } from "node:child_process"
import { EventEmitter } from "node:events"
import { Turns } from "../../bench/turns.js"

const three = () => {
  const turns = new Turns(3)
  const ran: Array<string> = []
  const child = (name: string) => {
    const emitter = new EventEmitter()
    turns.join(Object.assign(emitter, { send: () => ran.push(name) }) as unknown as ChildProcess)
    return {
      asks: (place: number) => emitter.emit("message", { place }),
      ends: () => emitter.emit("exit")
    }
  }
  return { ran, a: child("a"), b: child("b"), c: child("c") }
}

describe("turns", () => {
  it("nobody runs before all have asked", () => {
    const { a, b, c, ran } = three()
    a.asks(0)
    b.asks(0)
    assert.deepStrictEqual(ran, [])
    c.asks(0)
    assert.deepStrictEqual(ran, ["a"])
  })

  it("one runs at a time, in turn, and a round of pieces is over before the next begins", () => {
    const { a, b, c, ran } = three()
    for (const one of [a, b, c]) one.asks(0)
    for (const place of [1, 2]) for (const one of [a, b, c]) one.asks(place)
    assert.deepStrictEqual(ran, ["a", "b", "c", "a", "b", "c", "a"])
  })

  it("who left something out waits until the others are there", () => {
    const { a, b, c, ran } = three()
    for (const one of [a, b, c]) one.asks(0)
    a.asks(1000)
    b.asks(1)
    c.asks(1)
    b.asks(1000)
    c.asks(1000)
    assert.deepStrictEqual(ran, ["a", "b", "c", "b", "c", "a"])
  })

  it("nobody waits for one that has ended, in its turn or out of it", () => {
    const { a, b, c, ran } = three()
    for (const one of [a, b, c]) one.asks(0)
    a.ends()
    b.asks(1)
    c.ends()
    assert.deepStrictEqual(ran, ["a", "b", "c", "b"])
  })
})
