/**
 * What `pg` reads of a server's answers, for the work that they answer.
 */
import type { Wire, Work } from "./work.js"

/** Messages that a client of `pg` would take for answers to queries of its own. */
const taken = [
  "errorMessage",
  "readyForQuery",
  "rowDescription",
  "dataRow",
  "portalSuspended",
  "emptyQuery",
  "commandComplete",
  "parseComplete",
  "copyInResponse",
  "copyData"
]

/** Whom the answers are for. */
export interface Answered {
  /** What is answered now. */
  readonly current: Work | undefined
  readonly onSuspended: () => void
  /** The server waits for data. */
  readonly onCopyIn: (work: Work | undefined) => void
  /** The server ends the connection. */
  readonly onFatal: (error: unknown) => void
}

/** Has a connection's answers told to whom they are for, and no more to its client. */
export const takeOver = (wire: Wire, to: Answered): void => {
  for (const event of taken) wire.removeAllListeners(event)
  wire.on("errorMessage", (error) => to.current === undefined ? to.onFatal(error) : to.current.onError(error))
  wire.on("rowDescription", (message) => to.current?.onRowDescription(message))
  wire.on("dataRow", (message) => to.current?.onNativeRow(message))
  wire.on("commandComplete", (message) => to.current?.onNativeComplete(message))
  wire.on("portalSuspended", () => to.onSuspended())
  wire.on("copyData", () => to.current?.onCopyOut())
  wire.on("copyInResponse", () => to.onCopyIn(to.current))
}
