/**
 * C14: a password and a parameter that must never be told. A program with a failure of each kind runs on each database, and all that
 * anyone could have been told of it is searched for them.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { randomBytes } from "node:crypto"
import { inspect } from "node:util"
import { outcomeOf, tally } from "../../bench/faults/figures.js"
import { forger, misspelt } from "../../bench/faults/forger.js"
import { observe, sessionText, sleeping } from "../../bench/faults/sessions.js"
import * as Connect from "../../src/Connect.js"
import * as Ddl from "../../src/Ddl.js"
import * as Expr from "../../src/Expr.js"
import * as Faults from "../../src/Faults.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import type * as Pool from "../../src/Pool.js"
import * as Query from "../../src/Query.js"
import * as Transaction from "../../src/Transaction.js"
import type { AvailableDatabase } from "../support/databases.js"
import { available, fresh } from "../support/databases.js"

/** Of letters alone, so that no way of quoting hides them. */
const password = "canarypassword"
const parameter = "canaryparameter"

class Owner extends Model.Class<Owner>("Owner")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String.pipe(Schema.maxLength(60), Field.unique)
}, { table: "canary_owners" }) {}

class Pet extends Model.Class<Pet>("Pet")({
  id: Schema.Int.pipe(Field.primaryKey),
  owner: Schema.String.pipe(Schema.maxLength(60), Field.references(() => Owner, { column: "name" })),
  note: Schema.NullOr(Schema.String.pipe(Schema.maxLength(60))),
  age: Schema.Int
}, { table: "canary_pets", checks: { canary_age: (p) => Expr.lt(p.age, 100) } }) {}

/** Reads what the database lets in, and the Schema does not. */
class Strict extends Model.Class<Strict>("Strict")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.Literal("known")
}, { table: "canary_owners" }) {}

/** Keeps all that is logged, traced or given as an error, in every way in which it can be shown. */
const recorder = () => {
  const told: Array<string> = []
  const tell = (what: unknown) => {
    told.push(inspect(what, { depth: 12 }))
    for (const show of [String, JSON.stringify]) {
      try {
        told.push(show(what) ?? "")
      } catch {
        // What cannot be written in this way cannot be leaked by it.
      }
    }
    if (what instanceof Error) {
      told.push(what.message, what.stack ?? "")
      if (what.cause !== undefined && !Redacted.isRedacted(what.cause)) tell(what.cause)
    }
  }
  const tellExit = (exit: Exit.Exit<unknown, unknown>) => {
    // What a program asked for is its own.
    if (Exit.isSuccess(exit)) return
    tell(exit)
    told.push(Cause.pretty(exit.cause), Cause.pretty(exit.cause, { renderErrorCause: true }))
    for (const error of [...Cause.failures(exit.cause), ...Cause.defects(exit.cause)]) tell(error)
  }
  const logger = Logger.make(({ annotations, cause, message, spans }) => {
    tell(message)
    tell(Object.fromEntries(annotations))
    tell([...spans].map(({ label }) => label))
    told.push(Cause.pretty(cause, { renderErrorCause: true }))
  })
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      tell(name)
      const attributes = new Map<string, unknown>()
      return {
        _tag: "Span",
        name,
        spanId: "s",
        traceId: "t",
        parent,
        context,
        links,
        kind,
        sampled: true,
        status: { _tag: "Started", startTime },
        attributes,
        end: (_, exit) => tellExit(exit),
        attribute: (key, value) => {
          attributes.set(key, value)
          tell([key, value])
        },
        event: (...all) => tell(all),
        addLinks: () => {}
      }
    },
    context: (execution) => execution()
  })
  const layer = Layer.mergeAll(
    Logger.replace(Logger.defaultLogger, logger),
    Logger.minimumLogLevel(LogLevel.All),
    Layer.setTracer(tracer)
  )
  return { told, tellExit, layer }
}

describe("C14", () => {
  it.live("what is logged, traced or given as an error is found", () =>
    Effect.gen(function*() {
      const ways: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
        Effect.log(parameter),
        Effect.logDebug({ nested: [parameter] }),
        Effect.annotateLogs(Effect.log("x"), "key", parameter),
        Effect.logError("x", Cause.fail(new Error("y", { cause: new Error(parameter) }))),
        Effect.withSpan(Effect.void, parameter),
        Effect.withSpan(Effect.void, "x", { attributes: { key: parameter } }),
        Effect.withSpan(Effect.fail({ _tag: "X", rows: [{ name: parameter }] }), "x"),
        Effect.die(new Error(parameter))
      ]
      for (const way of ways) {
        const { layer, tellExit, told } = recorder()
        tellExit(yield* Effect.exit(Effect.provide(way, layer)))
        assert.isTrue(told.some((text) => text.includes(parameter)), told.join("\n"))
      }
      const { tellExit, told } = recorder()
      tellExit(Exit.fail(Redacted.make(parameter)))
      assert.isFalse(told.some((text) => text.includes(parameter)))
    }))
})

describe.each(available)("C14 on $name", (database) => {
  it.live("neither the password nor a parameter is in anything that is told", () =>
    Effect.gen(function*() {
      const isServer = database.name !== "sqlite"
      const { layer: recording, tellExit, told } = recorder()
      const outcomes: Array<string> = []
      const own = yield* Effect.promise(() => fresh(database))
      const observer = yield* observe(own)
      const proxy = isServer ? yield* Faults.proxy({ port: Number(new URL(own.url).port) }) : undefined
      const forged = isServer ? yield* forger(own.url) : undefined
      const url = yield* withPassword(own, observer.ask)
      const at = (port: number | undefined, from = url) => {
        if (!isServer || port === undefined) return from
        const through = new URL(from)
        through.hostname = "127.0.0.1"
        through.port = String(port)
        return through.href
      }
      const layerOf = (where: string, options: Pool.Options = {}) => Connect.layer(Redacted.make(where), options)

      /** Runs it as a program would, and keeps what that was told; an error goes through the log as well. */
      const attempt = <A, E>(
        name: string,
        effect: Effect.Effect<A, E, Connect.Services>,
        layer: Layer.Layer<Connect.Services, unknown>
      ) =>
        Effect.gen(function*() {
          const exit = yield* Effect.exit(
            effect.pipe(
              Effect.tapErrorCause((cause) => Effect.logError(name, cause)),
              Effect.withSpan(name),
              Effect.provide(layer)
            )
          )
          tellExit(exit)
          outcomes.push(`${name} ${outcomeOf(exit)}`)
        }).pipe(Effect.provide(recording))

      const base = layerOf(url, { size: 2 })
      const sql = <A>(use: (sql: SqlClient.SqlClient) => Effect.Effect<A, unknown, Connect.Services>) =>
        Effect.flatMap(SqlClient.SqlClient, use)
      const add = (id: number, name: string) => Mutation.insert(Owner, { id, name })

      yield* attempt("create", Ddl.create([Owner, Pet]), base)
      yield* attempt("insert", add(1, parameter), base)
      yield* attempt("read", Query.from(Owner).pipe(Query.where({ name: parameter })), base)
      yield* attempt("unique", add(2, parameter), base)
      yield* attempt(
        "foreign key",
        Mutation.insert(Pet, { id: 1, owner: `${parameter}x`, note: parameter, age: 1 }),
        base
      )
      yield* attempt("check", Mutation.insert(Pet, { id: 1, owner: parameter, note: parameter, age: 200 }), base)
      yield* attempt(
        "not null",
        sql((sql) => sql`insert into canary_pets (id, owner) values (null, ${parameter})`),
        base
      )
      yield* attempt("syntax", sql((sql) => sql`selec ${parameter}`), base)
      yield* attempt("missing", sql((sql) => sql`select * from canary_missing where name = ${parameter}`), base)
      yield* attempt(
        "data",
        sql((sql) => sql`insert into canary_pets (id, owner, age) values (2, 'x', ${parameter})`),
        base
      )
      yield* attempt("too long", sql((sql) => sql`insert into canary_owners values (3, ${parameter.repeat(9)})`), base)
      yield* attempt("no scalar", sql((sql) => sql`select ${{ secret: parameter } as never}`), base)
      yield* attempt("validation", add(4, parameter.repeat(9)), base)
      yield* attempt("validation of a filter", Query.from(Strict).pipe(Query.where({ name: parameter as never })), base)
      yield* attempt("validation of bytes", add(4, `${parameter}\u0000`), base)
      yield* attempt("decoding", Query.from(Strict), base)
      yield* attempt("decoding a stream", Stream.runDrain(Query.stream(Query.from(Strict))), base)
      yield* attempt("none", Query.one(Query.from(Owner).pipe(Query.where({ name: `${parameter}y` }))), base)
      yield* attempt("rolled back", Transaction.run(Effect.zipRight(add(5, `${parameter}5`), Effect.fail("no"))), base)
      yield* attempt(
        "after commit",
        Transaction.run(
          Transaction.afterCommit(Effect.ignore(add(1, parameter)).pipe(Effect.zipRight(add(1, parameter))))
        ),
        base
      )
      yield* attempt(
        "after commit that dies",
        Transaction.run(Transaction.afterCommit(Effect.orDie(add(1, parameter)))),
        base
      )
      yield* attempt("a savepoint", Transaction.run(Transaction.run(add(1, parameter))), base)
      yield* attempt(
        "ownership",
        Effect.gen(function*() {
          const ended = yield* Deferred.make<void>()
          const fiber = yield* Transaction.run(
            Effect.forkDaemon(Effect.zipRight(Deferred.await(ended), add(6, `${parameter}6`)))
          )
          yield* Deferred.succeed(ended, undefined)
          return yield* Fiber.join(fiber)
        }),
        base
      )
      yield* attempt(
        "pool timeout",
        Effect.all([
          Transaction.run(Effect.zipRight(add(7, `${parameter}7`), Effect.sleep(300))),
          Effect.delay(add(8, `${parameter}8`), 50)
        ], { concurrency: 2 }),
        layerOf(url, { size: 1, acquireTimeout: 100 })
      )
      yield* attempt(
        "leak",
        Transaction.run(Effect.zipRight(add(9, `${parameter}9`), Effect.sleep(200))),
        layerOf(url, { size: 1, leakThreshold: 50 })
      )
      yield* attempt(
        "interrupted",
        Effect.timeout(Transaction.run(Effect.zipRight(add(10, `${parameter}10`), Effect.never)), 50),
        base
      )

      if (proxy !== undefined && forged !== undefined) {
        const slow = sql((sql) => sql`select ${parameter} as a, ${sql.literal(sleeping(database, 5).slice(7))}`)
        yield* attempt("statement timeout", slow, layerOf(url, { size: 1, statementTimeout: 100 }))
        yield* attempt("statement interrupted", Effect.timeout(slow, 50), base)
        yield* attempt("deadlock or lock timeout", contend(add), base)
        yield* attempt(
          "killed",
          Transaction.run(Effect.gen(function*() {
            yield* add(11, `${parameter}11`)
            const [row] = yield* sql((sql) => sql.unsafe<{ readonly id: number }>(sessionText(database)))
            yield* observer.kill(Number((row as { readonly id: number }).id))
            yield* Effect.sleep(50)
            yield* add(12, `${parameter}12`)
          })),
          base
        )
        yield* attempt(
          "reset",
          Transaction.run(
            Effect.zipRight(add(13, `${parameter}13`), Effect.zipRight(proxy.reset, add(14, `${parameter}14`)))
          ),
          layerOf(at(proxy.port), { size: 1 })
        )
        yield* attempt(
          "unknown outcome",
          Effect.gen(function*() {
            yield* Transaction.run(add(15, `${parameter}15`))
            yield* proxy.set({ cut: { before: /\bcommit\b/i } })
            yield* Transaction.run(add(16, `${parameter}16`))
          }),
          layerOf(at(proxy.port), { size: 1 })
        )
        yield* proxy.set({})
        const word = /\bcommit\b/i
        yield* attempt(
          "a COMMIT that the server refuses",
          Effect.suspend(() => {
            forged.arm({ word, answer: misspelt(word) })
            return Transaction.run(add(17, `${parameter}17`))
          }),
          layerOf(at(Number(new URL(forged.url).port)), { size: 1 })
        )
        yield* proxy.set({ refuse: true })
        yield* attempt("refused", add(18, parameter), layerOf(at(proxy.port)))
        yield* proxy.set({})
        yield* attempt(
          "unknown user",
          add(18, parameter),
          layerOf(withUser(url, `nobody_${randomBytes(3).toString("hex")}`))
        )
        yield* attempt("unknown database", add(18, parameter), layerOf(withPath(url, "/canary_missing")))
        yield* attempt("tls", add(18, parameter), Connect.layer(Redacted.make(url), { tls: true } as never))
      }
      // What is no URL at all, and what is one of nobody's.
      for (
        const wrong of [
          `nobody:${password}@host`,
          `postgres:${password}`,
          `mysql://u:${password}@h:99999999/x`,
          `x://${password}`
        ]
      ) {
        yield* attempt("configuration", add(18, parameter), layerOf(wrong))
      }
      const failed = outcomes.filter((outcome) => !outcome.endsWith(" ok"))
      assert.isAtLeast(failed.length, isServer ? 24 : 18, tally(outcomes))
      assert.deepStrictEqual(outcomes.filter((outcome) => outcome.endsWith(" defect")), [])
      for (const secret of [password, parameter]) {
        const hits = told.filter((text) => text.includes(secret))
        assert.deepStrictEqual(
          hits.slice(0, 3).map((text) => text.slice(0, 1_500)),
          [],
          `${hits.length} times ${secret}`
        )
      }
      // That anything was told at all.
      assert.isAbove(told.join("").length, 10_000)
    }).pipe(Effect.scoped), 60_000)
})

/** Two transactions that want each other's rows. */
const contend = (add: (id: number, name: string) => Effect.Effect<unknown, unknown, Connect.Services>) =>
  Effect.gen(function*() {
    yield* Effect.forEach([20, 21], (id) => add(id, `${parameter}${id}`))
    const locked = [yield* Deferred.make<void>(), yield* Deferred.make<void>()] as const
    const change = (id: number) =>
      Mutation.update(Owner).pipe(
        Mutation.set({ name: parameter + "z" + id }),
        Mutation.where({ id })
      )
    const one = (mine: 0 | 1) =>
      Transaction.run(Effect.gen(function*() {
        yield* change(20 + mine)
        yield* Deferred.succeed(locked[mine], undefined)
        yield* Deferred.await(locked[mine === 0 ? 1 : 0])
        yield* change(21 - mine)
      }))
    return yield* Effect.all([one(0), one(1)], { concurrency: 2 })
  })

/** An address with the password in it: of a user that has it, where the server asks for one. */
const withPassword = (
  { name, url }: AvailableDatabase,
  ask: (sql: string) => Effect.Effect<unknown>
): Effect.Effect<string, never, Scope.Scope> => {
  if (name === "sqlite") return Effect.succeed(url)
  const to = new URL(url)
  to.password = password
  // The test server trusts whoever comes from this machine, and does not look at the password.
  if (name === "postgres") return Effect.succeed(to.href)
  const user = `canary_${randomBytes(4).toString("hex")}`
  to.username = user
  return Effect.as(
    Effect.acquireRelease(
      Effect.zipRight(
        ask(`create user '${user}'@'%' identified by '${password}'`),
        ask(`grant all on \`${to.pathname.slice(1)}\`.* to '${user}'@'%'`)
      ),
      () => ask(`drop user '${user}'@'%'`)
    ),
    to.href
  )
}

const withUser = (url: string, user: string): string => {
  const to = new URL(url)
  to.username = user
  return to.href
}

const withPath = (url: string, path: string): string => {
  const to = new URL(url)
  to.pathname = path
  return to.href
}
