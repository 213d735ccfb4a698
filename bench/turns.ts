/**
 * Processes that are measured beside each other: one of them runs at a time, each for a piece of what it is asked, so that what slows the
 * machine for a while slows all of them alike.
 */
import type { ChildProcess } from "node:child_process"
import type { Ready } from "./process.js"

/** Who is furthest behind goes on next; of several, who has waited longest. */
export class Turns {
  /** Where each is, in the order of their last turns; undefined for one that has not asked yet. */
  private readonly places = new Map<ChildProcess, number | undefined>()
  private running: ChildProcess | undefined = undefined
  private joined = 0

  /** Nobody runs before all have been started: that takes the machine from who runs. */
  constructor(private readonly expected: number) {}

  join(child: ChildProcess): void {
    this.joined++
    this.places.set(child, undefined)
    child.on("message", (message) => {
      this.places.set(child, (message as Ready).place)
      if (this.running === child) this.running = undefined
      this.next()
    })
    child.once("exit", () => {
      this.places.delete(child)
      if (this.running === child) this.running = undefined
      this.next()
    })
  }

  private next(): void {
    if (this.running !== undefined || this.joined < this.expected) return
    let first: ChildProcess | undefined
    let least = Infinity
    for (const [child, place] of this.places) {
      if (place === undefined) return
      if (place < least) {
        first = child
        least = place
      }
    }
    if (first === undefined) return
    this.running = first
    this.places.delete(first)
    this.places.set(first, least)
    first.send({})
  }
}
