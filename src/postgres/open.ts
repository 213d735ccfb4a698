/**
 * How a connection is opened: what the session starts with, and what becomes of one that fails or is interrupted on the way.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Pg from "pg"
import { cancellable } from "../driver/cancellable.js"
import { EventEmitter } from "node:events"
import type { Failure } from "../Driver.js"
import { classify } from "./classify.js"
import { Incoming } from "./incoming.js"
import type { Target } from "./options.js"
import type { Server } from "./session.js"
import { Session } from "./session.js"
import { askFor } from "./tls.js"
import type { Wire } from "./work.js"

/** Silence after which the system asks whether the other side is still there. */
const keepAliveDelay = 10_000

/** What `pg` has beside its types. */
interface Internals {
  getStartupConf: () => { [setting: string]: string }
}
interface ConnectionInternals {
  attachListeners: (stream: EventEmitter) => void
}

/** Has a connection of `pg` read only what is left to it. */
const readBy = (wire: Wire): Incoming => {
  const rest = new EventEmitter()
  const incoming = new Incoming((messages) => rest.emit("data", messages))
  const internals = wire as unknown as ConnectionInternals
  const attach = internals.attachListeners.bind(wire)
  internals.attachListeners = (stream) => {
    attach(rest)
    stream.on("data", (chunk: Buffer) => incoming.push(chunk))
  }
  return incoming
}

/** What every session asks of the server, whatever its roles and databases are set to. */
const startupSettings = (target: Target): { readonly [setting: string]: string } => ({
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  standard_conforming_strings: "on",
  // Poolers refuse what they do not follow themselves.
  ...(target.prepare === "named" ? { extra_float_digits: "1", bytea_output: "hex" } : {})
})

/** Opens connections and makes of each what is asked for at once: interrupted, it leaves none behind. */
export const opener = (pg: typeof Pg, target: Target) => {
  const server: Server = { pg, target, roundTrip: Number.POSITIVE_INFINITY }
  return <A>(use: (session: Session) => A): Effect.Effect<A, Failure> => open(server, use)
}

const open = <A>(server: Server, use: (session: Session) => A): Effect.Effect<A, Failure> =>
  cancellable<A, Failure>((resume) => {
    const { pg, target } = server
    const start = performance.now()
    let client: Pg.Client
    try {
      client = new pg.Client({
        host: target.host,
        port: target.port,
        database: target.database,
        user: target.user,
        password: target.password === undefined ? undefined : Redacted.value(target.password),
        ssl: target.ssl,
        application_name: target.applicationName,
        statement_timeout: target.statementTimeout,
        lock_timeout: target.lockTimeout,
        connectionTimeoutMillis: target.connectTimeout,
        keepAlive: true,
        keepAliveInitialDelayMillis: keepAliveDelay
      })
    } catch (cause) {
      resume(Effect.fail(classify(cause, "connect")))
      return Effect.void
    }
    const internals = client as unknown as Internals
    const settings = internals.getStartupConf.bind(client)
    internals.getStartupConf = () => ({ ...settings(), ...startupSettings(target) })
    const wire = client.connection as unknown as Wire
    const incoming = readBy(wire)
    if (target.ssl !== false) askFor(wire, target.ssl)
    // Before it is connected it tells its errors twice.
    const ignore = (): void => {}
    client.on("error", ignore)
    client.connect((error: Error | null) => {
      if (error === null || error === undefined) {
        server.roundTrip = Math.min(server.roundTrip, performance.now() - start)
        resume(Effect.succeed(use(new Session(server, client, incoming))))
      } else {
        wire.stream.destroy()
        resume(Effect.fail(classify(error, "connect")))
      }
    })
    return Effect.sync(() => {
      wire.stream.destroy()
    })
  })
