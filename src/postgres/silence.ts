/**
 * A connection of which nothing comes back, which would else be waited for as long as the system does, and that can be forever.
 */
import type { Socket } from "node:net"

/** The server itself ends a statement that takes too long: after so long a silence beyond that there is no answer anymore. */
const answerPatience = 1000

const maxTimer = 2_147_483_647

/** Waits for one answer at a time. */
export class Silence {
  private readonly stream: Socket
  private readonly limit: number | undefined
  private readonly patience: () => number
  private readonly onSilent: () => void
  private timer: ReturnType<typeof setTimeout> | undefined
  private answers = 0

  /** `limit` is what the server itself gives a statement. */
  constructor(stream: Socket, limit: number | undefined, patience: () => number, onSilent: () => void) {
    this.stream = stream
    this.limit = limit
    this.patience = patience
    this.onSilent = onSilent
  }
  /** Whether there is a limit. */
  get isLimited(): boolean {
    return this.limit !== undefined
  }
  /** An answer is to come; that to the one before has. */
  expect(): void {
    this.end()
    if (this.limit !== undefined) this.timer = setTimeout(this.listen, Math.min(maxTimer, this.limit), this.answers)
  }
  /** It has come, or nobody waits for it. */
  end(): void {
    this.answers++
    clearTimeout(this.timer)
  }
  /** The answer is late. A large one can be long in coming after the server is done with it, so only silence ends the wait. */
  private readonly listen = (answer: number, heard?: number): void => {
    if (answer !== this.answers) return
    const { bytesRead } = this.stream
    if (bytesRead === heard) return this.onSilent()
    const read = (): NodeJS.Immediate => setImmediate(this.listen, answer, bytesRead)
    this.timer = setTimeout(read, Math.max(answerPatience, this.patience()))
  }
}
