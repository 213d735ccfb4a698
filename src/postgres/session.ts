/**
 * One `pg` client: what is on the wire, what the transaction's state is, and how a statement that nobody wants anymore ends.
 *
 * A statement ends when the server says ReadyForQuery, not when it says what went wrong, so that neither the state of the
 * transaction nor a late cancel can be mistaken for the next one's.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Pg from "pg"
import type { Failure } from "../Driver.js"
import { cancel } from "./cancel.js"
import { classify } from "./classify.js"
import type { Target } from "./options.js"
import type { Wire, Work } from "./work.js"
import { Simple, Statements } from "./work.js"

/** How many named statements a connection keeps. */
export const maxStatements = 256

/** The server took the cancel: how long the statement may still take to notice, before the connection is given up. */
const cancelPatience = 2000

const closePatience = 1000

/** The server itself ends a statement that takes too long: one that is this late with it answers no more. */
const answerPatience = 5000

/** Silence after which the system asks whether the other side is still there. */
const keepAliveDelay = 10_000

const maxTimer = 2_147_483_647

/** What `pg` has beside its types. */
interface Internals {
  getStartupConf: () => { [setting: string]: string }
  readonly processID: number | null
  readonly secretKey: number | null
}

const lost = new Error("the connection was lost")

export class Session {
  readonly statements = new Statements(maxStatements)
  isBroken = false
  /** The byte of ReadyForQuery: idle, in a transaction, in a failed one. */
  status: "I" | "T" | "E" = "I"
  readonly pg: typeof Pg
  readonly client: Pg.Client
  readonly connectMillis: number
  private readonly statementTimeout: number | undefined
  private readonly address: string | undefined
  private current: Work | undefined
  private waiting: Array<Work> = []
  private isHeld = false
  private loss: unknown = lost
  private silence: ReturnType<typeof setTimeout> | undefined

  constructor(pg: typeof Pg, client: Pg.Client, connectMillis: number, statementTimeout: number | undefined) {
    this.pg = pg
    this.client = client
    this.connectMillis = connectMillis
    this.statementTimeout = statementTimeout
    this.address = this.wire.stream.remoteAddress
    this.wire.on("readyForQuery", (message: { readonly status: "I" | "T" | "E" }) => {
      this.status = message.status
      this.settle()
    })
    client.on("error", (error) => this.lose(error))
    client.on("end", () => this.lose(this.loss))
  }

  get wire(): Wire {
    return this.client.connection as unknown as Wire
  }

  /** Runs one work after those before it. */
  perform<W extends Work>(work: W): Effect.Effect<W, Failure> {
    return Effect.async<W, Failure>((resume) => {
      work.onSettled = () =>
        resume(
          work.error === undefined
            ? Effect.succeed(work)
            : Effect.fail(classify(work.error, "statement", work.isUnsent))
        )
      this.submit(work)
      return Effect.promise(() => this.abandon(work))
    })
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.isBroken = true
    this.wire.stream.destroy()
    this.lose(this.loss)
  }

  /** Says goodbye to the server, if that is quick. */
  close(): Promise<void> {
    if (this.isBroken || this.current !== undefined) {
      this.destroy()
      return Promise.resolve()
    }
    this.isBroken = true
    return new Promise((resolve) => {
      const timer = setTimeout(finish, closePatience)
      const wire = this.wire
      function finish(): void {
        clearTimeout(timer)
        wire.stream.destroy()
        resolve()
      }
      this.client.end().then(finish, finish)
    })
  }

  private submit(work: Work): void {
    if (this.isBroken) {
      work.isUnsent = true
      this.finish(work, this.loss)
    } else if (this.current !== undefined || this.isHeld) {
      this.waiting.push(work)
    } else {
      this.current = work
      this.expectAnswer()
      try {
        work.start(this.client)
      } catch (error) {
        // Half of it may be on the wire.
        this.finish(work, error)
        this.destroy()
      }
    }
  }

  /** A connection of which nothing comes back would else be waited for as long as the system does, which can be forever. */
  private expectAnswer(): void {
    if (this.statementTimeout === undefined) return
    const limit = Math.min(maxTimer, this.statementTimeout + answerPatience)
    this.silence = setTimeout(() => this.destroy(), limit)
  }

  private finish(work: Work, error?: unknown): void {
    if (work.isSettled) return
    work.isSettled = true
    if (error !== undefined) work.error ??= error
    work.onSettled()
  }

  private settle(): void {
    clearTimeout(this.silence)
    const work = this.current
    this.current = undefined
    if (work !== undefined) this.finish(work)
    this.next()
  }

  private next(): void {
    if (this.current !== undefined || this.isHeld) return
    const work = this.waiting.shift()
    if (work !== undefined) this.submit(work)
  }

  private lose(error: unknown): void {
    clearTimeout(this.silence)
    this.isBroken = true
    this.loss = error
    const work = this.current
    const waiting = this.waiting
    this.current = undefined
    this.waiting = []
    if (work !== undefined) this.finish(work, error)
    for (const one of waiting) {
      one.isUnsent = true
      this.finish(one, error)
    }
  }

  /** After this the work is over: cancelled, done, or the connection with it. */
  private async abandon(work: Work): Promise<void> {
    if (work.isSettled) return
    const index = this.waiting.indexOf(work)
    if (index >= 0) {
      this.waiting.splice(index, 1)
      return
    }
    this.isHeld = true
    const { processID, secretKey } = this.client as unknown as Internals
    const settled = new Promise<boolean>((resolve) => {
      work.onSettled = () => resolve(true)
    })
    const wasTaken = processID !== null && secretKey !== null && await cancel(this.pg, {
      host: this.client.host,
      port: this.client.port,
      address: this.address,
      ssl: this.wire.ssl,
      processId: processID,
      secretKey
    }, Math.max(250, 3 * this.connectMillis))
    // A cancel that may still be on its way would hit the next statement.
    if (!wasTaken || !await within(cancelPatience, settled)) return this.destroy()
    if (work.error === undefined && !this.isBroken && !await this.drain()) return this.destroy()
    this.isHeld = false
    this.next()
  }

  /** The statement ended by itself: an empty one takes the cancel that came too late. */
  private drain(): Promise<boolean> {
    const work = new Simple("")
    return within(
      cancelPatience,
      new Promise((resolve) => {
        work.onSettled = () => resolve(true)
        this.isHeld = false
        this.submit(work)
        this.isHeld = true
      })
    )
  }
}

const within = (milliseconds: number, event: Promise<boolean>): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds, false)
    void event.then((value) => {
      clearTimeout(timer)
      resolve(value)
    })
  })

/** What every session asks of the server, whatever its roles and databases are set to. */
const startupSettings = (target: Target): { readonly [setting: string]: string } => ({
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  standard_conforming_strings: "on",
  // Poolers refuse what they do not follow themselves.
  ...(target.prepare === "named" ? { extra_float_digits: "1", bytea_output: "hex" } : {})
})

/** Opens one connection and makes of it what is asked for at once: interrupted, it leaves none behind. */
export const open = <A>(pg: typeof Pg, target: Target, use: (session: Session) => A): Effect.Effect<A, Failure> =>
  Effect.async<A, Failure>((resume) => {
    const start = performance.now()
    let client: Pg.Client
    try {
      client = new pg.Client({
        host: target.host,
        port: target.port,
        database: target.database,
        user: target.user,
        password: target.password === undefined ? undefined : Redacted.value(target.password),
        // A copy, as pg hides the key in it.
        ssl: typeof target.ssl === "object" ? { ...target.ssl } : target.ssl,
        application_name: target.applicationName,
        statement_timeout: target.statementTimeout,
        connectionTimeoutMillis: target.connectTimeout,
        keepAlive: true,
        keepAliveInitialDelayMillis: keepAliveDelay
      })
    } catch (cause) {
      return resume(Effect.fail(classify(cause, "connect")))
    }
    const internals = client as unknown as Internals
    const settings = internals.getStartupConf.bind(client)
    internals.getStartupConf = () => ({ ...settings(), ...startupSettings(target) })
    const wire = client.connection as unknown as Wire
    // Before it is connected it tells its errors twice.
    const ignore = (): void => {}
    client.on("error", ignore)
    client.connect((error: Error | null) => {
      if (error === null || error === undefined) {
        resume(Effect.succeed(use(new Session(pg, client, performance.now() - start, target.statementTimeout))))
      } else {
        wire.stream.destroy()
        resume(Effect.fail(classify(error, "connect")))
      }
    })
    return Effect.sync(() => {
      wire.stream.destroy()
    })
  })
