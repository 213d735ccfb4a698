/**
 * What handlers are asked and told about the calls of a database.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Interceptor, Outcome, Service } from "../Database.js"
import type { WriteFailure } from "../DbError.js"
import { passing } from "../mutation/guards.js"
import type { Asked } from "../mutation/guards.js"
import { eventOf, isWrite, occasionOf } from "../mutation/occasion.js"
import type { Occasion, Write } from "../mutation/occasion.js"
import type { Select, Table } from "../sql/ast.js"
import type { Channel } from "./channel.js"
import { Commits, outside } from "./commits.js"
import type { Change, RowKind } from "./commits.js"
import { afterOf } from "./events.js"
import type { BeforeKind } from "./events.js"
import type { Registered } from "./handlers.js"
import { instancesOf, takeOf } from "./loaded.js"
import type { Entry, Registry } from "./registry.js"
import { atDepth, currentDepth } from "./running.js"
import type { Running } from "./running.js"
import { telling } from "./told.js"
import type { Read, Telling, Written } from "./told.js"

/** What a Layer of handlers stands around. */
export interface Parts {
  readonly channel: Channel
  readonly database: Service
  /** Whether the channel is told of changes by this Layer. */
  readonly isPublisher: boolean
  readonly registry: Registry
  readonly running: Running
}

/** Something that was done, for those who are told of its kind. */
interface Said {
  readonly event: { readonly event: string; readonly table: string }
}

const rowKinds: ReadonlyArray<string> = ["inserted", "updated", "deleted", "saved"]

const isOf = (handler: Registered, kinds: ReadonlyArray<string>): boolean =>
  handler.kinds?.some((kind) => kinds.includes(kind)) === true

const rowEvents = (table: Table, kind: RowKind, row: object): ReadonlyArray<Said["event"]> => {
  const about = { model: table.identifier, table: table.name }
  const own = { ...about, event: kind, row }
  return kind === "deleted"
    ? [own]
    : [own, { ...about, event: "saved", row, created: kind === "inserted" } as Said["event"]]
}

const kindOf = ({ operation }: Occasion, { created }: Written): RowKind =>
  operation === "delete" ? "deleted" : operation === "update" || !created ? "updated" : "inserted"

export const interceptorOf = ({ channel, database, isPublisher, registry, running }: Parts): Interceptor => {
  const tasksOf = (handlers: ReadonlyArray<Registered>, events: ReadonlyArray<Said["event"]>) =>
    handlers.flatMap((handler) =>
      events.flatMap((event) =>
        handler.kinds?.includes(event.event) === true ? [running.tell(handler, event, event)] : []
      )
    )

  const deliver = (changes: ReadonlyArray<Change>): Effect.Effect<void> =>
    Effect.forEach(changes, ({ context, depth, event, row }) => {
      const { events, table } = row === undefined
        ? event as { readonly events: ReadonlyArray<Said["event"]>; readonly table: Table }
        : { events: rowEvents(row.table, row.kind, row.value), table: row.table }
      if (isPublisher) { for (const one of events) channel.publish(table, one.event, one) }
      const tasks = tasksOf(registry.of(table)?.commits ?? [], events)
      return tasks.length === 0
        ? Effect.void
        : Effect.provide(atDepth(running.tellAll(tasks), depth), context)
    }, { discard: true })

  const commits = new Commits(deliver)

  /** Whether anybody is told of these kinds once they are committed. */
  const isKept = (table: Table, entry: Entry | undefined, kinds: ReadonlyArray<string>): boolean =>
    (isPublisher && channel.isHeard(table, kinds)) || entry?.commits.some((one) => isOf(one, kinds)) === true

  const keep = (
    change: Pick<Change, "event" | "row">,
    watchers: Effect.Effect<void> | undefined
  ): Effect.Effect<void> =>
    Effect.withFiberRuntime((fiber) => {
      const context = fiber.currentContext as Context.Context<never>
      const scope = database.scopeOf(context)
      return commits.add(scope, [{
        ...change,
        context: outside(context, scope),
        depth: fiber.getFiberRef(currentDepth)
      }], watchers)
    })

  const guardsOf = (entry: Entry, { before }: Occasion): ReadonlyArray<Asked<WriteFailure, never>> =>
    entry.guards.flatMap((guard) =>
      before.flatMap((kind) =>
        guard.kinds?.includes(kind) === true
          ? [{
            name: guard.name,
            kind,
            model: guard.model,
            check: (event: object) => running.ask(guard, event as Said["event"])
          }]
          : []
      )
    )

  /** Tells of a write that is done, and goes on with what the program asked for. */
  const afterwards = <A>(
    sent: Effect.Effect<A, WriteFailure>,
    entry: Entry | undefined,
    isCommitTold: boolean,
    read: (given: A) => {
      readonly outcome: Outcome
      readonly events: ReadonlyArray<Said["event"]>
      readonly change: Pick<Change, "event" | "row"> | undefined
    }
  ): Effect.Effect<Outcome, WriteFailure> => {
    const told = (events: ReadonlyArray<Said["event"]>): Effect.Effect<void> | undefined => {
      const tasks = tasksOf(entry?.watchers ?? [], events)
      return tasks.length === 0 ? undefined : running.tellAll(tasks)
    }
    if (!isCommitTold) {
      return Effect.flatMap(sent, (given) => {
        const { events, outcome } = read(given)
        return Effect.as(told(events) ?? Effect.void, outcome)
      })
    }
    // What is committed is told even where the program is interrupted meanwhile.
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(sent), (given) => {
        const { change, events, outcome } = read(given)
        const watchers = told(events)
        const apart = watchers === undefined ? undefined : restore(watchers)
        return Effect.as(change === undefined ? apart ?? Effect.void : keep(change, apart), outcome)
      })
    )
  }

  const sentWith = (
    { otherwise, read, write }: Telling,
    next: Service["run"]
  ): Effect.Effect<Read, WriteFailure> => {
    const sent = Effect.map(next(write), read)
    return otherwise === undefined ? sent : database.transact(
      Effect.flatMap(sent, (told) =>
        told.written === undefined
          ? Effect.map(next(otherwise.statement), (given): Read => ({
            outcome: otherwise.read(given),
            written: undefined
          }))
          : Effect.succeed(told)),
      { savepoint: "lazy" }
    )
  }

  const ofOne = (write: Write, occasion: Occasion, entry: Entry | undefined, next: Service["run"]) => {
    const kinds: ReadonlyArray<string> = occasion.operation === "upsert"
      ? ["inserted", "updated", "saved"]
      : occasion.before.map((kind) => afterOf[kind])
    const told = (isCommitTold: boolean) => {
      if (!isCommitTold && entry?.watchers.some((one) => isOf(one, kinds)) !== true) return next(write)
      return afterwards(sentWith(telling(write, occasion), next), entry, isCommitTold, ({ outcome, written }) => {
        if (written === undefined) return { outcome, events: [], change: undefined }
        const kind = kindOf(occasion, written)
        return {
          outcome,
          events: rowEvents(write.table, kind, written.row),
          change: { event: undefined, row: { table: write.table, kind, value: written.row } }
        }
      })
    }
    if (isKept(write.table, entry, kinds)) return told(true)
    // In a transaction it may be the end of what is told of the row, which another statement began.
    return isKept(write.table, entry, rowKinds)
      ? Effect.withFiberRuntime<Outcome, WriteFailure>((fiber) =>
        told(database.scopeOf(fiber.currentContext as Context.Context<never>) !== undefined)
      )
      : told(false)
  }

  const ofMany = (write: Write, occasion: Occasion, entry: Entry | undefined, next: Service["run"]) => {
    const kinds = occasion.before.map((kind) => afterOf[kind])
    const isCommitTold = isKept(write.table, entry, kinds)
    if (!isCommitTold && entry?.watchers.some((one) => isOf(one, kinds)) !== true) return next(write)
    return Effect.flatMap(
      Effect.forEach(occasion.before, (kind) => eventOf(kind, write, occasion)),
      (before) =>
        afterwards(next(write), entry, isCommitTold, (outcome) => {
          const events = before.map((event, i) =>
            ({ ...event, event: kinds[i]!, affected: outcome.affected }) as unknown as Said["event"]
          )
          return { outcome, events, change: { event: { events, table: write.table }, row: undefined } }
        })
    )
  }

  const send = (write: Write, entry: Entry | undefined, next: Service["run"]): Effect.Effect<Outcome, WriteFailure> => {
    const occasion = occasionOf(write)
    const told = occasion.isOne ? ofOne(write, occasion, entry, next) : ofMany(write, occasion, entry, next)
    const watchers = entry?.watchers.filter((one) => isOf(one, occasion.before)) ?? []
    if (watchers.length === 0) return told
    const wanted: ReadonlyArray<BeforeKind> = occasion.before.filter((kind) =>
      watchers.some(({ kinds }) => kinds?.includes(kind))
    )
    return Effect.flatMap(
      Effect.forEach(wanted, (kind) => eventOf(kind, write, occasion)),
      (events) => Effect.zipRight(running.tellAll(tasksOf(watchers, events as ReadonlyArray<Said["event"]>)), told)
    )
  }

  const rewrites: NonNullable<Interceptor["rewrites"]> = (statement) =>
    isWrite(statement) &&
    registry.of(statement.table)?.guards.some((guard) =>
        guard.model !== undefined && isOf(guard, occasionOf(statement).before)
      ) === true

  const write = (statement: Write, next: Service["run"]): Effect.Effect<Outcome, WriteFailure> => {
    const entry = registry.of(statement.table)
    const guards = entry === undefined || entry.guards.length === 0 ? [] : guardsOf(entry, occasionOf(statement))
    return guards.length === 0
      ? send(statement, entry, next)
      : Effect.flatMap(passing(statement, guards), (passed) => send(passed, entry, next))
  }

  const isLoadTold = (table: Table): boolean =>
    registry.of(table)?.watchers.some(({ kinds }) => kinds?.includes("loaded")) === true

  const loaded = (take: NonNullable<ReturnType<typeof takeOf>>, rows: Iterable<unknown>): Effect.Effect<void> =>
    running.tellAll(
      [...instancesOf(take, rows)].flatMap(([table, rows]) => {
        const event = { event: "loaded", model: table.identifier, table: table.name, rows }
        return tasksOf(registry.of(table)?.watchers ?? [], [event])
      })
    )

  const read = (select: Select, next: Service["run"]): Effect.Effect<Outcome, WriteFailure> => {
    const take = takeOf(select, isLoadTold)
    return take === undefined ? next(select) : Effect.tap(next(select), ({ rows }) => loaded(take, rows))
  }

  const [begin, commit, rollback] = (["begin", "commit", "rollback"] as const).map((step) => {
    const handlers = registry.ofTransaction(step)
    return handlers.length === 0
      ? undefined
      : running.tellAll(handlers.map((handler) => running.tell(handler, { event: step }, { event: step })))
  })

  /** Tells of a transaction from within, each time that it is tried. */
  const begun = Effect.withFiberRuntime<void>((fiber) => {
    const context = fiber.currentContext as Context.Context<never>
    const scope = database.scopeOf(context)
    if (scope === undefined || scope.depth > 0) return Effect.void
    const later = (told: Effect.Effect<void> | undefined, when: "afterCommit" | "afterRollback") =>
      told === undefined ? Effect.void : scope[when](Effect.provide(told, outside(context, scope)))
    return Effect.all([later(commit, "afterCommit"), later(rollback, "afterRollback"), begin ?? Effect.void], {
      discard: true
    })
  })

  return {
    concerns: (statement) =>
      isWrite(statement)
        ? registry.of(statement.table) !== undefined || (isPublisher && channel.hasListeners(statement.table))
        : registry.readsAny && statement._tag === "Select" && takeOf(statement, isLoadTold) !== undefined,
    placed: running.placed,
    ...(registry.rewritesAny ? { rewrites } : {}),
    run: (statement, next) =>
      isWrite(statement)
        ? write(statement, next)
        : statement._tag === "Select"
        ? read(statement, next)
        : next(statement),
    ...(registry.readsAny
      ? {
        stream: (select, next) => {
          const take = takeOf(select, isLoadTold)
          return take === undefined
            ? next(select)
            : Stream.mapChunksEffect(next(select), (chunk) => Effect.as(loaded(take, chunk), chunk))
        }
      }
      : {}),
    ...(begin === undefined && commit === undefined && rollback === undefined
      ? {}
      : { transact: (effect, options, next) => next(Effect.zipRight(begun, effect), options) })
  }
}
