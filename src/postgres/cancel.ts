/**
 * Cancels what a connection is doing, as the protocol has it: by a message on a connection of its own.
 */
import type * as Pg from "pg"
import { isIP } from "node:net"
import type { Wire } from "./work.js"

/** Where to send it, and about whom. */
export interface CancelTarget {
  readonly host: string
  readonly port: number
  /** The address that the name of the host gave when the connection was made: another server would not know it. */
  readonly address: string | undefined
  readonly ssl: boolean | object
  readonly processId: number
  readonly secretKey: number
}

/**
 * Whether the server took the message, in so many milliseconds. It closes the connection after it has sent the signal, so that a cancel
 * that was taken is not on its way anymore.
 */
export const cancel = (pg: typeof Pg, target: CancelTarget, limit: number): Promise<boolean> =>
  new Promise((resolve) => {
    const isSocketFile = target.host.startsWith("/")
    const name = isIP(target.host) === 0 && !isSocketFile ? { servername: target.host } : {}
    const ssl = target.ssl === false
      ? false
      : target.ssl === true
      ? name
      : { ...name, ...target.ssl }
    const Connection = pg.Connection as unknown as new(options: { readonly ssl: boolean | object }) => Wire
    const wire = new Connection({ ssl })
    let isSent = false
    let isClean = true
    const finish = (wasTaken: boolean): void => {
      clearTimeout(timer)
      wire.stream.destroy()
      resolve(wasTaken)
    }
    const giveUp = (): void => finish(false)
    const timer = setTimeout(giveUp, limit)
    const send = (): void => {
      wire.cancel(target.processId, target.secretKey)
      isSent = true
    }
    wire.on("error", () => {
      isClean = false
      if (!isSent) giveUp()
    })
    wire.on("end", () => finish(isSent && isClean))
    wire.on("connect", () => ssl === false ? send() : wire.requestSsl())
    wire.on("sslconnect", send)
    if (isSocketFile) wire.connect(`${target.host}/.s.PGSQL.${target.port}`)
    else wire.connect(target.port, target.address ?? target.host)
  })
