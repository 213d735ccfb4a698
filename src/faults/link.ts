/**
 * One connection through a proxy: two sockets, and a lane between them for each direction.
 *
 * @since 0.1.0
 */
import type { Socket } from "node:net"
import type { Direction, Rules } from "./conditions.js"

/** What a link needs of its proxy. */
export interface Surroundings {
  readonly rules: () => Rules
  readonly onBytes: (direction: Direction, bytes: number) => void
  readonly onCut: () => void
  readonly onClosed: (link: Link) => void
}

/** Something on its way: bytes, or one of the two ways in which they end. */
interface Piece {
  readonly bytes: Buffer | "end" | "reset"
  /** When it arrives. */
  readonly due: number
}

const sizeOf = ({ bytes }: Piece): number => typeof bytes === "string" ? 0 : bytes.length

/** How much may be on its way before the sender has to wait. */
const highWater = 256 * 1024

/** How much of what a client said is kept, for a text that comes in two chunks. */
const tailLength = 64

/** One direction. */
class Lane {
  /** Bytes were lost here, so that none goes through any more. */
  isSilent = false
  /** The sender is gone, and the receiver was not told. */
  isEndUntold = false
  private readonly queue: Array<Piece> = []
  private queued = 0
  private lastDue = 0
  private freeAt = 0
  private timer: NodeJS.Timeout | undefined
  private isBlocked = false

  constructor(
    readonly direction: Direction,
    readonly source: Socket,
    readonly sink: Socket,
    private readonly around: Surroundings,
    private readonly onReset: () => void
  ) {
    sink.on("drain", () => {
      this.isBlocked = false
      this.flush()
    })
  }

  push(bytes: Piece["bytes"]): void {
    const rules = this.around.rules()
    const rate = rules.bandwidth(this.direction)
    const now = performance.now()
    // Both directions know no overtaking.
    this.lastDue = Math.max(this.lastDue, now + rules.delay(this.direction))
    if (typeof bytes === "string" || !Number.isFinite(rate)) {
      this.put({ bytes, due: Math.max(this.lastDue, this.freeAt) })
    } else {
      // In pieces, so that a narrow way gives a trickle and not one lump at the end.
      const step = Math.max(1, Math.floor(rate * 20))
      for (let at = 0; at < bytes.length; at += step) {
        const piece = bytes.subarray(at, at + step)
        this.freeAt = Math.max(this.freeAt, this.lastDue) + piece.length / rate
        this.put({ bytes: piece, due: this.freeAt })
      }
    }
    this.flush()
  }

  clear(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.queue.length = 0
    this.queued = 0
  }

  private put(piece: Piece): void {
    this.queue.push(piece)
    this.queued += sizeOf(piece)
  }

  private flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const now = performance.now()
    while (!this.isBlocked && this.queue.length > 0 && this.queue[0]!.due <= now) {
      const piece = this.queue.shift()!
      const { bytes } = piece
      this.queued -= sizeOf(piece)
      if (bytes === "reset") {
        // What was written before has to be read before it: Node can miss a reset that comes together with bytes.
        if (this.sink.writable) this.sink.write("", () => setTimeout(this.onReset, 5))
        else this.onReset()
      } else if (!this.sink.writable) continue
      else if (bytes === "end") this.sink.end()
      else {
        this.around.onBytes(this.direction, bytes.length)
        this.isBlocked = !this.sink.write(bytes)
      }
    }
    if (!this.isBlocked && this.queue.length > 0) {
      this.timer = setTimeout(() => this.flush(), Math.max(1, Math.ceil(this.queue[0]!.due - now)))
    }
    if (this.isBlocked || this.queued > highWater) this.source.pause()
    else if (this.source.isPaused()) this.source.resume()
  }
}

/** A client's connection and the one to the server that belongs to it. */
export class Link {
  private readonly up: Lane
  private readonly down: Lane
  private said = ""
  private heard = 0
  private isCut = false
  private isForgotten = false
  private open = 2

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly around: Surroundings
  ) {
    const reset = () => this.reset()
    this.up = new Lane("up", client, server, around, reset)
    this.down = new Lane("down", server, client, around, reset)
    this.listen(this.up, this.fromClient)
    this.listen(this.down, this.fromServer)
  }

  /** RST to both sides. */
  reset(): void {
    this.isCut = true
    this.up.clear()
    this.down.clear()
    this.client.resetAndDestroy()
    this.server.resetAndDestroy()
  }

  /** FIN to both sides, after what is on its way. */
  end(): void {
    this.up.push("end")
    this.down.push("end")
  }

  /** Nothing goes through any more, and until the rules are new nobody is told of an end. */
  silence(): void {
    this.isForgotten = true
    this.up.isSilent = true
    this.down.isSilent = true
  }

  /** The rules are new: counts begin anew, and an end that was swallowed is told where it can be now. */
  renew(): void {
    this.heard = 0
    this.said = ""
    this.isForgotten = false
    if ([this.up, this.down].some((lane) => lane.isEndUntold && !this.isSwallowed(lane))) this.reset()
  }

  private listen(lane: Lane, receive: (chunk: Buffer) => void): void {
    const { source } = lane
    source.setNoDelay(true)
    source.on("data", (chunk: Buffer) => {
      if (this.isCut || this.isLost(lane)) return
      receive(chunk)
    })
    source.on("end", () => this.finish(lane, "end"))
    source.on("error", () => this.finish(lane, "reset"))
    source.on("close", () => {
      this.open--
      if (this.open > 0) return
      this.up.clear()
      this.down.clear()
      this.around.onClosed(this)
    })
  }

  /** The sender is gone. */
  private finish(lane: Lane, how: "end" | "reset"): void {
    if (this.isCut) return
    if (this.isSwallowed(lane)) lane.isEndUntold = true
    else lane.push(lane.isSilent ? "reset" : how)
  }

  private isSwallowed({ direction }: Lane): boolean {
    return this.isForgotten || this.around.rules().isSwallowed(direction)
  }

  /** Whether bytes get lost; what they leave is a gap, so that no later ones can go through. */
  private isLost(lane: Lane): boolean {
    if (this.isSwallowed(lane)) lane.isSilent = true
    return lane.isSilent
  }

  private readonly fromClient = (chunk: Buffer): void => {
    const rules = this.around.rules()
    const { trigger } = rules
    if (trigger === undefined) return this.up.push(chunk)
    const text = this.said + chunk.toString("latin1")
    if (!trigger.isIn(text) || !rules.take()) {
      this.said = text.slice(-tailLength)
      return this.up.push(chunk)
    }
    this.said = ""
    this.around.onCut()
    if (trigger.when === "after") this.up.push(chunk)
    if (trigger.action === "hang") this.silence()
    else if (trigger.when === "before") this.reset()
    else this.abandon()
  }

  private readonly fromServer = (chunk: Buffer): void => {
    const rules = this.around.rules()
    const left = rules.cutBytes - this.heard
    this.heard += chunk.length
    if (chunk.length < left || !rules.take()) return this.down.push(chunk)
    this.around.onCut()
    this.isCut = true
    if (left > 0) this.down.push(chunk.subarray(0, left))
    this.down.push("reset")
  }

  /** The client is cut off; the server finishes what it was told, and then finds the connection ended. */
  private abandon(): void {
    this.isCut = true
    this.down.clear()
    this.client.resetAndDestroy()
    this.up.push("end")
  }
}
