/**
 * Encryption with `pg`, which asks every server for the host that it connects to.
 */
import type { ConnectionOptions } from "node:tls"

/** What `pg` has beside its types. */
interface Internals {
  upgradeToSSL: (host: string | undefined, onError: unknown) => void
}

/** Asks for the name that the options give, which is another one behind a tunnel or a proxy. */
export const askFor = (wire: object, { servername }: ConnectionOptions): void => {
  if (servername === undefined) return
  const raw = wire as Internals
  const upgrade = raw.upgradeToSSL.bind(raw)
  raw.upgradeToSSL = (_, onError) => upgrade(servername, onError)
}
