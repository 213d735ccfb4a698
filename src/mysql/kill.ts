/**
 * How a session is ended from outside: while a statement runs, the server takes no word on its own connection, so KILL is sent over one
 * more, which is opened for it.
 *
 * The number of a session says nothing by itself: behind a name or a load balancer there may be another server now, or the same one,
 * started again, on which the number is somebody else's. So the server is asked first who it is and how long it has been running.
 */
import type { Kind } from "./codecs.js"
import type { Target } from "./options.js"
import { create, isNothing } from "./protocol.js"
import type { Library, Raw, Way } from "./protocol.js"
import { firstRow } from "./results.js"

/** The session that is to be ended. */
export interface Victim {
  readonly threadId: number
  /** What its server answered to `identity`. */
  readonly server: string
  readonly kind: Kind
  readonly address: Way["address"]
  /** When it was opened, by `performance.now`. */
  readonly since: number
}

/** What became of a kill; of an `unknown` one the server may still hear. */
export type Answer = "done" | "nothing" | "unknown"

/** What tells a server from others that the same address may lead to. */
export const identity = "select concat_ws('/', @@hostname, @@port, @@server_id)"

const identityAndUptime: { readonly [kind in Kind]: string } = {
  mariadb: `${identity}, (select variable_value from information_schema.global_status where variable_name = 'UPTIME')`,
  mysql: `${identity}, (select variable_value from performance_schema.global_status where variable_name = 'Uptime')`
}

/** That the server refused something, where the others are the network's. */
const isRefusal = (error: unknown): boolean => {
  const { errno } = error as { readonly errno?: unknown }
  return typeof errno === "number" && errno > 0
}

/** Uptime is counted in whole seconds. */
const isStillTheSame = (victim: Victim, [server, uptime]: ReadonlyArray<unknown>): boolean =>
  server === victim.server && Number(uptime) + 1 >= (performance.now() - victim.since) / 1_000

/** One KILL on its way: of what the session runs, or of the session. */
export class Kill {
  readonly whenAnswered: Promise<Answer>
  /** When there is nothing left to wait for. */
  readonly whenOver: Promise<void>
  private readonly victim: Victim
  private what: "query" | "connection"
  private state: "asking" | "sent" | "over" = "asking"
  private answer: (answer: Answer) => void = () => {}
  private over: () => void = () => {}
  private timer: ReturnType<typeof setTimeout> | undefined
  private raw: Raw | undefined

  constructor(library: Library, target: Target, victim: Victim, what: "query" | "connection", limit: number) {
    this.victim = victim
    this.what = what
    this.whenAnswered = new Promise((resolve) => {
      this.answer = resolve
    })
    this.whenOver = new Promise((resolve) => {
      this.over = resolve
    })
    this.extend(limit)
    try {
      this.open(create(library, target, { connectTimeout: 0, address: victim.address }))
    } catch {
      this.end("nothing")
    }
  }

  /** The session itself is to end, for which there is another limit; false where the kill is over already. */
  widen(limit: number): boolean {
    if (this.state === "over") return false
    this.answer("unknown")
    this.extend(limit)
    if (this.what === "query") {
      this.what = "connection"
      if (this.state === "sent") this.send()
    }
    return true
  }

  giveUp(): void {
    this.end(this.state === "sent" ? "unknown" : "nothing")
  }

  private extend(limit: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.giveUp(), limit)
  }

  private open(raw: Raw): void {
    this.raw = raw
    raw.connect((error) => {
      if (!isNothing(error)) return this.end("nothing")
      raw.query({ sql: identityAndUptime[this.victim.kind], values: [], rowsAsArray: true }, (error, results) => {
        if (isNothing(error) && isStillTheSame(this.victim, firstRow(results))) this.send()
        else this.end("nothing")
      })
    })
  }

  private send(): void {
    if (this.state === "over") return
    this.state = "sent"
    const { what } = this
    this.raw?.query({ sql: `kill ${what} ${this.victim.threadId}`, values: [] }, (error) => {
      if (what === this.what) this.end(isNothing(error) ? "done" : isRefusal(error) ? "nothing" : "unknown")
    })
  }

  private end(answer: Answer): void {
    if (this.state === "over") return
    this.state = "over"
    clearTimeout(this.timer)
    this.raw?.stream.destroy()
    this.answer(answer)
    this.over()
  }
}

/** The kills of a database: those that nobody waits for must not outlive it. */
export class Kills {
  private readonly running = new Set<Kill>()
  private readonly library: Library
  private readonly target: Target

  constructor(library: Library, target: Target) {
    this.library = library
    this.target = target
  }

  start(victim: Victim, what: "query" | "connection", limit: number): Kill {
    const kill = new Kill(this.library, this.target, victim, what, limit)
    this.running.add(kill)
    void kill.whenOver.then(() => this.running.delete(kill))
    return kill
  }

  /** Waits a moment for those that are on their way, and gives up the others. */
  async close(limit: number): Promise<void> {
    const kills = [...this.running]
    const timer = setTimeout(() => {
      for (const kill of kills) kill.giveUp()
    }, limit)
    await Promise.all(kills.map((kill) => kill.whenOver))
    clearTimeout(timer)
  }
}
