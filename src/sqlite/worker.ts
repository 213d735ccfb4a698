/**
 * What a thread of SQLite runs: a session, whose calls come as messages, one at a time.
 */
import BetterSqlite from "better-sqlite3"
import { workerData } from "node:worker_threads"
import type { MessagePort } from "node:worker_threads"
import type { Constructor, Settings } from "./handle.js"
import { openHandle } from "./handle.js"
import type { Answer, Request, Start } from "./messages.js"
import { progress, toMessage } from "./messages.js"
import { refusalOf } from "./refusals.js"
import { Session } from "./session.js"

const { cell, port, settings: given } = workerData as Start & { readonly port: MessagePort }

const settings: Settings = {
  ...given,
  Database: BetterSqlite as unknown as Constructor,
  control: {
    isCancelled: () => {
      const now = Atomics.load(cell, 0)
      return now === progress.cancelled || now === progress.abandoned
    },
    settle: () => {
      const before = Atomics.compareExchange(cell, 0, progress.running, progress.settled)
      return before === progress.running || before === progress.settled
    }
  }
}

let session: Session | undefined

const call = ({ args, name }: Request): unknown => {
  if (name === "connect") {
    session = new Session(openHandle(settings), settings)
    return undefined
  }
  return (session as unknown as { [name: string]: (...args: ReadonlyArray<unknown>) => unknown })[name]!(...args)
}

const outcome = (request: Request): Pick<Answer, "value" | "refusal"> => {
  try {
    return { value: call(request) }
  } catch (cause) {
    return { refusal: toMessage(refusalOf(cause)) }
  }
}

port.on("message", (request: Request) => {
  const found = outcome(request)
  if (Atomics.exchange(cell, 0, progress.settled) === progress.abandoned && session?.isInTransaction() === true) {
    session.rollback()
  }
  const answer: Answer = {
    ...found,
    isInTransaction: session?.isInTransaction() ?? false,
    isDirty: session?.isDirty() ?? false,
    isBroken: session?.isBroken() ?? false
  }
  port.postMessage(answer)
})
