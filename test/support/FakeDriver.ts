/**
 * A database in memory that does what a test tells it: it records each call, and fails, hangs or dies on request.
 *
 * It knows enough of transactions to tell kept work from lost work: `insert x` adds x, savepoints nest and hide each other
 * by name as they do in SQL, and a connection that two fibers use at once notices. `set x` changes the session until it is reset.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { BeginOptions, Connection, Driver, Failure } from "../../src/Driver.js"

export type Kind = Failure["kind"]

export const failure = (
  kind: Kind,
  code?: string,
  cause: unknown = new Error("canary: driver says secret")
): Failure => ({
  _tag: "Failure",
  kind,
  code,
  hint: undefined,
  cause
})

export const lost = failure({ error: "ConnectionError", reason: "lost", isRetryable: false }, "57P01")
export const other = failure({ error: "QueryError", reason: "other" }, "XX000")

/** What happens instead of the operation. */
export type Instead =
  /** The server refuses; a transaction stays as it is, unless `ends` says that the server rolled it back. */
  | { readonly fail: Failure; readonly ends?: boolean }
  /** The connection dies. */
  | "die"
  /** Nothing ever comes back. */
  | "hang"
  /** Takes this many milliseconds and then works. */
  | { readonly delay: number }
  /** The server commits the transaction by itself, as MySQL does on DDL. */
  | "commitsImplicitly"
  | { readonly defect: unknown }

interface Rule {
  readonly matches: (operation: string, connection: number) => boolean
  readonly instead: Instead
  left: number
}

export interface FakeDriver extends Driver {
  /** Each call in its order: `1 begin`, `1 insert a`. */
  readonly log: ReadonlyArray<string>
  /** What has been committed. */
  readonly rows: ReadonlyArray<string>
  /** Connections that are open or being opened: now, and the most there ever were. */
  readonly open: () => number
  readonly mostOpen: () => number
  /** How often two fibers used one connection at once. */
  readonly collisions: () => number
  readonly openTransactions: () => number
  /** Numbers of the connections that were closed. */
  readonly closed: ReadonlyArray<number>
  /** The next `times` operations (1 unless told) that equal the text, or match, go wrong; on one connection, if said. */
  readonly on: (
    operation: string | RegExp,
    instead: Instead,
    options?: { readonly times?: number; readonly connection?: number }
  ) => void
  readonly forget: () => void
}

export const make = (options: { readonly maxConnections?: number; readonly latency?: number } = {}): FakeDriver => {
  const log: Array<string> = []
  const rows: Array<string> = []
  const closed: Array<number> = []
  const connections: Array<{ readonly isInTransaction: () => boolean; readonly isClosed: () => boolean }> = []
  let rules: Array<Rule> = []
  let count = 0
  let open = 0
  let mostOpen = 0
  let collisions = 0

  const ruleFor = (operation: string, connection: number): Instead | undefined => {
    const rule = rules.find((rule) => rule.left > 0 && rule.matches(operation, connection))
    if (rule === undefined) return undefined
    rule.left--
    return rule.instead
  }

  const connection = (id: number): Connection => {
    let work: Array<string> | undefined
    let savepoints: Array<{ readonly name: string; readonly length: number }> = []
    let isBroken = false
    let isClosed = false
    let isBusy = false
    let isDirty = false

    const end = (keeps: boolean) => {
      if (keeps && work !== undefined) rows.push(...work)
      work = undefined
      savepoints = []
    }
    const refuse = (code: string) => Effect.fail(failure({ error: "QueryError", reason: "other" }, code))

    const call = <A>(operation: string, works: () => Effect.Effect<A, Failure>): Effect.Effect<A, Failure> =>
      Effect.suspend(() => {
        log.push(`${id} ${operation}`)
        if (isBroken || isClosed) return Effect.fail(lost)
        if (isBusy) collisions++
        isBusy = true
        const tick = options.latency === undefined ? Effect.yieldNow() : Effect.sleep(options.latency)
        return Effect.ensuring(Effect.zipRight(tick, answer(operation, works)), Effect.sync(() => (isBusy = false)))
      })

    const answer = <A>(operation: string, works: () => Effect.Effect<A, Failure>): Effect.Effect<A, Failure> =>
      Effect.suspend(() => {
        const instead = ruleFor(operation, id)
        if (instead === undefined) return works()
        if (instead === "hang") return Effect.never
        if (instead === "die") {
          end(false)
          isBroken = true
          return Effect.fail(lost)
        }
        if (instead === "commitsImplicitly") {
          end(true)
          return works()
        }
        if ("delay" in instead) return Effect.zipRight(Clock.sleep(instead.delay), Effect.suspend(works))
        if ("defect" in instead) return Effect.die(instead.defect)
        if (instead.ends === true) end(false)
        return Effect.fail(instead.fail)
      })

    const execute = (text: string): Effect.Effect<void, Failure> => {
      const words = text.split(" ")
      const name = words[words.length - 1]!
      if (words[0] === "set") {
        isDirty = true
      } else if (words[0] === "insert") {
        if (work === undefined) rows.push(name)
        else work.push(name)
      } else if (/savepoint/.test(text)) {
        if (work === undefined) return refuse("25P01")
        if (words[0] === "savepoint") {
          savepoints.push({ name, length: work.length })
          return Effect.void
        }
        const index = savepoints.map((savepoint) => savepoint.name).lastIndexOf(name)
        if (index < 0) return refuse("3B001")
        if (words[0] === "rollback") {
          work.length = savepoints[index]!.length
          savepoints.length = index + 1
        } else savepoints.length = index
      }
      return Effect.void
    }

    const self: Connection = {
      run: (text) => call(text, () => Effect.as(execute(text), { rows: [], affected: 0, insertId: undefined })),
      stream: (text) => Stream.fromEffect(call(text, () => Effect.succeed([]))),
      nativeStream: (text) => Stream.fromEffect(call(text, () => Effect.as(execute(text), {}))),
      native: (text) => call(text, () => Effect.as(execute(text), { rows: [], raw: undefined })),
      begin: (begin) =>
        call(`begin${said(begin)}`, () => {
          if (work !== undefined) return refuse("25001")
          work = []
          return Effect.void
        }),
      commit: call("commit", () => Effect.sync(() => end(true))),
      rollback: call("rollback", () => Effect.sync(() => end(false))),
      isInTransaction: () => work !== undefined,
      isBroken: () => isBroken,
      isDirty: () => isDirty,
      reset: call("reset", () => Effect.sync(() => (isDirty = false))),
      readOnlyReason: call("readOnlyReason", () => Effect.succeed(undefined)),
      ping: call("ping", () => Effect.void),
      close: Effect.suspend(() => {
        log.push(`${id} close`)
        const done = Effect.sync(() => {
          if (isClosed) return
          isClosed = true
          open--
          closed.push(id)
          end(false)
        })
        return ruleFor("close", id) === "hang" ? Effect.never : done
      })
    }
    connections.push({ isInTransaction: () => work !== undefined, isClosed: () => isClosed })
    return self
  }

  return {
    dialect: {} as never,
    server: { name: "fake", version: "1" },
    sqlClient: {} as never,
    describeConstraint: () => Effect.succeedNone,
    streaming: "shared",
    advisoryLocks: undefined,
    maxConnections: options.maxConnections ?? Number.POSITIVE_INFINITY,
    connect: Effect.suspend(() => {
      const id = ++count
      let isOpened = false
      open++
      mostOpen = Math.max(open, mostOpen)
      log.push(`${id} connect`)
      const opened = Effect.sync(() => {
        isOpened = true
        return connection(id)
      })
      const connect = Effect.suspend((): Effect.Effect<Connection, Failure> => {
        const instead = ruleFor("connect", id)
        if (instead === undefined) return opened
        if (instead === "hang") return Effect.never
        if (typeof instead === "object" && "delay" in instead) {
          return Effect.zipRight(Clock.sleep(instead.delay), opened)
        }
        if (typeof instead === "object" && "defect" in instead) return Effect.die(instead.defect)
        return Effect.fail(typeof instead === "object" ? instead.fail : lost)
      })
      return Effect.onExit(Effect.zipRight(Effect.yieldNow(), connect), (exit) =>
        Effect.sync(() => {
          if (exit._tag === "Success") return
          open--
          if (isOpened) closed.push(id)
        }))
    }),
    log,
    rows,
    closed,
    open: () => open,
    mostOpen: () => mostOpen,
    collisions: () => collisions,
    openTransactions: () =>
      connections.filter((connection) => !connection.isClosed() && connection.isInTransaction()).length,
    on: (operation, instead, { connection, times = 1 } = {}) => {
      rules.push({
        matches: (asked, on) =>
          (connection === undefined || connection === on) &&
          (typeof operation === "string" ? asked === operation : operation.test(asked)),
        instead,
        left: times
      })
    },
    forget: () => {
      rules = []
    }
  }
}

const said = ({ access, deferrable, isolation }: BeginOptions): string =>
  [isolation, access, deferrable === undefined ? undefined : deferrable ? "deferrable" : "not deferrable"]
    .map((word) => (word === undefined ? "" : ` ${word}`)).join("")
