/**
 * When what is written goes to the server: each write to the socket takes longer than what is written.
 */
import type { Socket } from "node:net"
import type { Incoming } from "./incoming.js"
import type { Outgoing } from "./outgoing.js"

/** What waits for others is no more than so many bytes: with what the network adds, they are one packet. */
const packetSize = 1024

export class Sending {
  private isWaiting = false

  constructor(
    private readonly out: Outgoing,
    private readonly incoming: Incoming,
    private readonly stream: Socket
  ) {}

  /** In one piece with what else the answers have led to that came at once. */
  now(): void {
    if (!this.incoming.isReading) this.flush()
  }

  /** With what is asked until the end of this turn: for when the server has something to do already. */
  soon(): void {
    if (this.out.length >= packetSize) return this.now()
    if (this.isWaiting || this.incoming.isReading) return
    this.isWaiting = true
    queueMicrotask(() => {
      this.isWaiting = false
      this.flush()
    })
  }

  private flush(): void {
    if (this.out.length > 0) this.stream.write(this.out.take())
  }
}
