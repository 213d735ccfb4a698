/**
 * Statements that are sent before those before them are answered: the server takes them from the socket one after the other, and answers in
 * the same order. For mysql2, which knows one command at a time, all of them are one.
 */
import type { Execution } from "./execution.js"
import type { Internals, Packet, Stepwise } from "./wire.js"

/** One that is sent, and the number of the packet with which its answer begins. */
interface Sent {
  readonly execution: Execution
  readonly sequenceId: number
}

export class Pipeline implements Stepwise {
  private readonly all: Array<Sent> = []
  private connection: Internals | undefined
  private isCorked = false
  private readonly early: Array<Execution>

  constructor(first: Execution) {
    this.early = [first]
  }

  /** Sends one behind the others, which must not have ended. */
  add(execution: Execution): void {
    const { connection } = this
    if (connection === undefined) {
      this.early.push(execution)
      return
    }
    this.cork(connection)
    // mysql2 counts the packets of the answer that it is reading.
    const { sequenceId } = connection
    this.begin(execution, connection)
    connection.sequenceId = sequenceId
  }

  onResult(error: unknown): void {
    for (const { execution } of this.all.splice(0)) execution.onResult(error)
    for (const execution of this.early.splice(0)) execution.onResult(error)
  }

  execute(packet: Packet | undefined, connection: Internals): boolean {
    if (packet === undefined) {
      this.connection = connection
      if (this.early.length > 1) this.cork(connection)
      for (const execution of this.early.splice(0)) this.begin(execution, connection)
    } else {
      const { execution } = this.all[0]!
      const { sent } = execution
      const isEnded = execution.execute(packet, connection)
      if (!isEnded && execution.sent === sent) return false
      this.all.shift()
      // What it has sent now is behind all that was sent before.
      if (!isEnded) this.all.push({ execution, sequenceId: connection.sequenceId })
    }
    const [next] = this.all
    if (next === undefined) return true
    connection.sequenceId = next.sequenceId
    return false
  }

  private begin(execution: Execution, connection: Internals): void {
    if (!execution.execute(undefined, connection)) this.all.push({ execution, sequenceId: connection.sequenceId })
  }

  /** In one piece what is sent by the same turn of the event loop. */
  private cork({ stream }: Internals): void {
    if (this.isCorked) return
    this.isCorked = true
    stream.cork()
    process.nextTick(() => {
      this.isCorked = false
      stream.uncork()
    })
  }
}
