/**
 * Encryption with mysql2, which by itself takes any certificate for `localhost` as one for an address, asks for no other name than the
 * host's, and forgets why an encryption failed.
 */
import type * as Mysql2 from "mysql2"
import { isIP } from "node:net"
import type { TLSSocket } from "node:tls"
import * as Tls from "../network/tls.js"

/** What mysql2 has beside its types. */
interface Internals {
  readonly config: { host: string }
  readonly stream: TLSSocket
  startTLS: (onSecure: (error?: Error) => void) => void
}

/** As mysql2 takes it. */
export const optionsOf = (target: Tls.Target): Mysql2.SslOptions =>
  ({
    ...Tls.material(target),
    rejectUnauthorized: target.mode !== "require",
    verifyIdentity: false
  }) as Mysql2.SslOptions

/** Sees to it that the server's identity is proved before it hears of the user and the password. */
export const secure = (connection: object, target: Tls.Target): void => {
  const raw = connection as Internals
  const startTls = raw.startTLS.bind(raw)
  raw.startTLS = (onSecure) => {
    // The socket is on its way to the host already: from here on this is only the name to ask for.
    if (isIP(target.serverName) === 0) raw.config.host = target.serverName
    startTls((error) => {
      const problem = error ?? Tls.identityProblem(target, raw.stream.getPeerCertificate())
      if (problem === undefined) return onSecure()
      raw.stream.destroy()
      onSecure(new Error(problem.message, { cause: problem }))
    })
  }
}
