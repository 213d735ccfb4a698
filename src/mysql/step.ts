/**
 * The command for a text of Strata's own that gives no rows, as the steps of a transaction are. mysql2's looks for values to put into
 * the text, and is ready for rows and files.
 */
import { readHeader } from "./header.js"
import type { Done } from "./protocol.js"
import { begin, malformed, queryCode, tellsChanges, text } from "./wire.js"
import type { Internals, Packet, Stepwise } from "./wire.js"

export class Step implements Stepwise {
  constructor(private readonly sql: string, private readonly done: Done) {}

  onResult(error: unknown): void {
    this.done(error)
  }

  execute(packet: Packet | undefined, connection: Internals): boolean {
    if (packet === undefined) {
      begin(connection, text(queryCode, this.sql))
      return false
    }
    if (packet.isError()) {
      this.done(Object.assign(packet.asError(connection.clientEncoding), { sql: this.sql }))
      return true
    }
    if (packet.buffer[packet.offset] !== 0) throw malformed()
    this.done(undefined, readHeader(packet, tellsChanges(connection)))
    return true
  }
}
