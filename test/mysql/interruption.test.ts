/** What is interrupted, or takes too long, ends: here, and on the server; and whatever the network does, nobody waits long for that. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import Mysql2 from "mysql2"
import type { BeginOptions, Connection, Failure } from "../../src/Driver.js"
import type { Direction } from "../../src/Faults.js"
import { make } from "../../src/mysql/driver.js"
import { identity, Kills } from "../../src/mysql/kill.js"
import type { Victim } from "../../src/mysql/kill.js"
import { resolve } from "../../src/mysql/options.js"
import { interruptedAt } from "../support/interruptions.js"
import {
  behindProxy,
  connection,
  driver,
  kindOf,
  opened,
  rows,
  running,
  server,
  table,
  timed,
  until,
  url
} from "./server.js"

const plain: BeginOptions = { isolation: undefined, access: undefined, deferrable: undefined }

/** From the interruption on, until its fiber goes on. */
const patience = 100

const lost = { error: "ConnectionError", reason: "lost", isRetryable: false }

const runs = (observer: Connection, mark: string) => until(Effect.map(running(observer, mark), (count) => count === 1))
const ended = (observer: Connection, mark: string) => until(Effect.map(running(observer, mark), (count) => count === 0))

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("interruption", () => {
  it.live("ends the statement on the server and leaves the connection and its transaction as they were", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* driver()
      const db = yield* opened(one)
      const observer = yield* opened(one)
      yield* table(db, "interrupted", "id int primary key")
      yield* db.begin(plain)
      yield* db.run("insert into interrupted values (1)", [])
      const fiber = yield* Effect.fork(db.run("select sleep(30) /* mark one */", []))
      yield* runs(observer, "mark one")
      const [took] = yield* timed(Fiber.interrupt(fiber))
      assert.isBelow(took, patience)
      assert.strictEqual(yield* running(observer, "mark one"), 0)
      assert.isFalse(db.isBroken())
      assert.isTrue(db.isInTransaction())
      assert.deepStrictEqual(yield* rows(db, "select * from interrupted"), [[1]])
      yield* db.rollback
    })))

  it.live("never hits the next statement", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* driver()
      let db = yield* opened(one)
      for (let i = 0; i < 60; i++) {
        const fiber = yield* Effect.fork(db.run(`select sleep(${(i % 6) * 0.004})`, []))
        yield* Effect.sleep(`${i % 25} millis`)
        yield* Fiber.interrupt(fiber)
        if (db.isBroken()) db = yield* opened(one)
        assert.deepStrictEqual(yield* rows(db, "select sleep(0.001), ?", [BigInt(i)]), [[0, i]])
      }
    })), 30_000)

  it.live("at whatever step leaves nothing that runs on the connection", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* driver()
      let db = yield* opened(one)
      for (let step = 1; step < 60; step++) {
        yield* interruptedAt(step, db.run("select sleep(0.05)", []))
        if (db.isBroken()) db = yield* opened(one)
        assert.deepStrictEqual(yield* rows(db, "select ?", [BigInt(step)]), [[step]])
      }
    })), 30_000)

  it.live("keeps a statement timeout, for writes as well", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* driver({ statementTimeout: "100 millis" })
      const db = yield* opened(one)
      const free = yield* connection()
      yield* table(free, "slow", "id int primary key")
      yield* free.run("insert into slow values (1), (2), (3)", [])
      const [took, failure] = yield* timed(Effect.flip(db.run("update slow set id = id + 10 + sleep(30)", [])))
      assert.deepStrictEqual<unknown>(failure.kind, { error: "TimeoutError" })
      assert.match(failure.hint ?? "", /statementTimeout of 100 ms/)
      assert.isBelow(took, 100 + patience)
      assert.deepStrictEqual(yield* rows(db, "select max(id) from slow"), [[3]])
      yield* db.begin(plain)
      yield* db.run("insert into slow values (4)", [])
      assert.deepStrictEqual<unknown>(yield* kindOf(db.native("select sleep(30)", [])), { error: "TimeoutError" })
      assert.isTrue(db.isInTransaction())
      yield* db.commit
      assert.deepStrictEqual(yield* rows(db, "select max(id) from slow"), [[4]])
    })), 30_000)

  it.live(
    "waits longer for a server that is far away, and keeps its connection",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const observer = yield* connection()
        const { through } = yield* behindProxy({}, { delay: "30 millis" })
        const db = yield* opened(through)
        const fiber = yield* Effect.fork(db.run("select sleep(30) /* mark far */", []))
        yield* runs(observer, "mark far")
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(yield* running(observer, "mark far"), 0)
        assert.isFalse(db.isBroken())
        assert.deepStrictEqual(yield* rows(db, "select 1"), [[1]])
      })),
    30_000
  )
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a black hole", () => {
  const directions: ReadonlyArray<Direction | "both"> = ["up", "down", "both"]

  it.live.each(directions)("%s keeps nobody who stops waiting", (blackHole) =>
    Effect.scoped(Effect.gen(function*() {
      const { proxy, through } = yield* behindProxy()
      for (const text of ["select 1", "select sleep(0.02)"]) {
        const db = yield* opened(through)
        yield* proxy.set({ blackHole })
        const [took, answer] = yield* timed(Effect.timeoutOption(db.run(text, []), "150 millis"))
        assert.isTrue(Option.isNone(answer))
        assert.isBelow(took, 150 + patience)
        assert.isTrue(db.isBroken())
        yield* proxy.set({})
      }
      const db = yield* opened(through)
      assert.deepStrictEqual(yield* rows(db, "select 1"), [[1]])
    })))

  it.live.each(directions)(
    "%s makes a statement timeout no later",
    (blackHole) =>
      Effect.scoped(Effect.gen(function*() {
        const { proxy, through } = yield* behindProxy({ statementTimeout: "150 millis" })
        const step = (of: (db: Connection) => Effect.Effect<unknown, Failure>) =>
          Effect.gen(function*() {
            const db = yield* opened(through)
            yield* proxy.set({ blackHole })
            const [took, failure] = yield* timed(Effect.flip(of(db)))
            assert.deepStrictEqual<unknown>(failure.kind, lost)
            assert.match(failure.hint ?? "", /statementTimeout of 150 ms/)
            assert.isBelow(took, 150 + patience)
            assert.isTrue(db.isBroken())
            yield* proxy.set({})
          })
        yield* step((db) => db.run("select 1", []))
        yield* step((db) => db.begin(plain))
        yield* step((db) => db.commit)
      }))
  )

  it.live("leaves no statement on the server, where it can be reached in another way", () =>
    Effect.scoped(Effect.gen(function*() {
      const observer = yield* connection()
      const { proxy, through } = yield* behindProxy()
      yield* table(observer, "forgotten", "id int primary key")
      const db = yield* opened(through)
      yield* db.begin(plain)
      yield* db.run("insert into forgotten values (1)", [])
      yield* proxy.set({ hang: { after: "mark silent" } })
      const fiber = yield* Effect.fork(db.run("select sleep(30) /* mark silent */", [], { prepare: false }))
      yield* runs(observer, "mark silent")
      const [took] = yield* timed(Fiber.interrupt(fiber))
      assert.isBelow(took, patience)
      assert.isTrue(db.isBroken())
      const [until] = yield* timed(ended(observer, "mark silent"))
      assert.isBelow(took + until, 200)
      // With the session its locks are gone.
      yield* observer.run("insert into forgotten values (1)", [])
    })))

  it.live("does not keep a database from being closed", () =>
    Effect.scoped(Effect.gen(function*() {
      const { proxy, url } = yield* behindProxy()
      const inside = yield* Scope.make()
      const db = yield* Effect.flatMap(Scope.extend(make({ url }), inside), ({ connect }) => connect)
      yield* proxy.set({ blackHole: "both" })
      yield* Effect.timeoutOption(db.run("select 1", []), "20 millis")
      const [took] = yield* timed(Scope.close(inside, Exit.void))
      assert.isBelow(took, 700)
    })))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("steps of a transaction", () => {
  const steps: ReadonlyArray<readonly [name: string, step: (db: Connection) => Effect.Effect<unknown, Failure>]> = [
    ["begin", (db) => db.begin(plain)],
    ["begin with an isolation", (db) => db.begin({ ...plain, isolation: "serializable" })],
    ["commit", (db) => db.commit],
    ["rollback", (db) => db.rollback],
    ["savepoint", (db) => db.run("savepoint a", [], { prepare: false, isStep: true })]
  ]

  /** A fiber that cannot be interrupted, and what its effect ends with. */
  const stubborn = (effect: Effect.Effect<unknown, Failure>) =>
    Effect.gen(function*() {
      const told = yield* Deferred.make<unknown, Failure>()
      const fiber = yield* Effect.fork(Effect.uninterruptible(Effect.intoDeferred(effect, told)))
      return { fiber, told: Deferred.await(told) }
    })

  it.live.each(steps)(
    "%s is lost in a black hole, even for who cannot be interrupted",
    ([name, step]) =>
      Effect.scoped(Effect.gen(function*() {
        for (const blackHole of ["up", "down"] as const) {
          const { proxy, through } = yield* behindProxy()
          const db = yield* opened(through)
          if (!name.startsWith("begin")) yield* db.begin(plain)
          yield* proxy.set({ blackHole })
          const { fiber, told } = yield* stubborn(step(db))
          yield* Effect.sleep("50 millis")
          const [took] = yield* timed(Fiber.interrupt(fiber))
          assert.isBelow(took, patience)
          assert.deepStrictEqual<unknown>((yield* Effect.flip(told)).kind, lost)
          assert.isTrue(db.isBroken())
        }
      }))
  )

  it.live.each(steps)(
    "%s is sent and answered also when its fiber was interrupted before",
    ([name, step]) =>
      Effect.scoped(Effect.gen(function*() {
        const db = yield* connection()
        if (!name.startsWith("begin")) yield* db.begin(plain)
        const told = yield* Deferred.make<Exit.Exit<unknown, Failure>>()
        const fiber = yield* Effect.fork(
          Effect.onInterrupt(
            Effect.never,
            () => Effect.flatMap(Effect.exit(step(db)), (exit) => Deferred.succeed(told, exit))
          )
        )
        yield* Effect.sleep("10 millis")
        yield* Fiber.interrupt(fiber)
        assert.isTrue(Exit.isSuccess(yield* Deferred.await(told)))
        assert.isFalse(db.isBroken())
        assert.strictEqual(db.isInTransaction(), name.startsWith("begin") || name === "savepoint")
      }))
  )

  it.live("a COMMIT without an answer ends with its connection, and is never killed", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* connection()
      const two = yield* connection()
      yield* table(one, "held", "id int primary key")
      yield* two.begin(plain)
      yield* two.run("insert into held values (1)", [])
      // It makes the other's COMMIT wait.
      yield* one.run("flush tables with read lock", [], { prepare: false })
      const { fiber, told } = yield* stubborn(two.commit)
      yield* Effect.sleep("100 millis")
      const [took] = yield* timed(Fiber.interrupt(fiber))
      assert.isBelow(took, patience)
      assert.deepStrictEqual<unknown>((yield* Effect.flip(told)).kind, lost)
      assert.isTrue(two.isBroken())
      assert.strictEqual(yield* running(one, "commit"), 1)
      yield* one.run("unlock tables", [], { prepare: false })
      yield* until(Effect.map(rows(one, "select * from held"), (found) => found.length === 1))
    })))

  it.live("a COMMIT that hangs after the server has it keeps its rows", () =>
    Effect.scoped(Effect.gen(function*() {
      const observer = yield* connection()
      const { proxy, through } = yield* behindProxy()
      yield* table(observer, "hanging", "id int primary key")
      const db = yield* opened(through)
      yield* db.begin(plain)
      yield* db.run("insert into hanging values (1)", [])
      yield* proxy.set({ hang: { after: "commit" } })
      const { fiber, told } = yield* stubborn(db.commit)
      yield* Effect.sleep("50 millis")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual<unknown>((yield* Effect.flip(told)).kind, lost)
      assert.deepStrictEqual(yield* rows(observer, "select * from hanging"), [[1]])
    })))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("closing", () => {
  it.live("ends what runs on the server too", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* driver()
      const observer = yield* opened(one)
      const db = yield* one.connect
      const fiber = yield* Effect.fork(Effect.exit(db.run("select sleep(30) /* mark closed */", [])))
      yield* runs(observer, "mark closed")
      const [took] = yield* timed(db.close)
      assert.isBelow(took, 500)
      yield* ended(observer, "mark closed")
      const exit = yield* Fiber.join(fiber)
      assert.deepStrictEqual<unknown>(Exit.isFailure(exit) && exit.cause._tag === "Fail" && exit.cause.error.kind, {
        error: "ConnectionError",
        reason: "closed",
        isRetryable: false
      })
    })))

  it.live("lets a COMMIT finish", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* driver()
      const observer = yield* opened(one)
      const db = yield* one.connect
      yield* table(observer, "finished", "id int primary key")
      yield* db.begin(plain)
      yield* db.run("insert into finished values (1)", [])
      yield* observer.run("flush tables with read lock", [], { prepare: false })
      const fiber = yield* Effect.fork(db.commit)
      yield* Effect.sleep("50 millis")
      const closing = yield* Effect.fork(db.close)
      yield* Effect.sleep("50 millis")
      yield* observer.run("unlock tables", [], { prepare: false })
      yield* Fiber.join(fiber)
      yield* Fiber.join(closing)
      assert.deepStrictEqual(yield* rows(observer, "select * from finished"), [[1]])
    })))

  it.live("waits for no black hole", () =>
    Effect.scoped(Effect.gen(function*() {
      const { proxy, through } = yield* behindProxy()
      const busy = yield* through.connect
      const idle = yield* through.connect
      const fiber = yield* Effect.fork(Effect.exit(busy.run("select sleep(30)", [])))
      yield* Effect.sleep("50 millis")
      yield* proxy.set({ blackHole: "both" })
      const [took] = yield* timed(Effect.all([busy.close, idle.close], { concurrency: "unbounded" }))
      assert.isBelow(took, 600)
      assert.isTrue(Exit.isFailure(yield* Fiber.join(fiber)))
      yield* proxy.set({})
    })))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a kill", () => {
  const prepare = Effect.gen(function*() {
    const target = yield* Effect.flatMap(url, (url) => resolve({ url }))
    const kills = new Kills(Mysql2, target)
    yield* Effect.addFinalizer(() => Effect.promise(() => kills.close(100)))
    const db = yield* connection()
    const [[threadId]] = (yield* rows(db, "select connection_id()")) as [[string]]
    const [[name]] = (yield* rows(db, identity)) as [[string]]
    const victim: Victim = {
      threadId: Number(threadId),
      server: name,
      kind: server?.name === "mysql" ? "mysql" : "mariadb",
      address: undefined,
      since: performance.now()
    }
    return { db, kills, victim }
  })

  it.live("goes to the server that it is meant for, and to none that has been started since", () =>
    Effect.scoped(Effect.gen(function*() {
      const { db, kills, victim } = yield* prepare
      const observer = yield* connection()
      const fiber = yield* Effect.fork(Effect.exit(db.run("select sleep(30) /* mark victim */", [])))
      yield* runs(observer, "mark victim")
      const year = 365 * 24 * 3_600_000
      for (
        const other of [{ server: "elsewhere/3306/1" }, { since: victim.since - year }, { threadId: 4_000_000_000 }]
      ) {
        const kill = kills.start({ ...victim, ...other }, "query", 2_000)
        assert.strictEqual(yield* Effect.promise(() => kill.whenAnswered), "nothing")
        yield* Effect.promise(() => kill.whenOver)
      }
      assert.strictEqual(yield* running(observer, "mark victim"), 1)
      const kill = kills.start(victim, "query", 2_000)
      assert.strictEqual(yield* Effect.promise(() => kill.whenAnswered), "done")
      assert.isTrue(Exit.isFailure(yield* Fiber.join(fiber)) || !db.isBroken())
      assert.isFalse(kill.widen(100))
    })))

  it.live("can become one of the session, at any moment", () =>
    Effect.scoped(Effect.gen(function*() {
      for (const after of [0, 2, 4, 6, 8]) {
        const { db, kills, victim } = yield* prepare
        const fiber = yield* Effect.fork(Effect.exit(db.run("select sleep(30)", [])))
        yield* Effect.sleep("20 millis")
        const kill = kills.start(victim, "query", 2_000)
        yield* Effect.sleep(`${after} millis`)
        if (!kill.widen(2_000)) continue
        yield* Effect.promise(() => kill.whenOver)
        yield* Fiber.join(fiber)
        yield* until(Effect.sync(() => db.isBroken()))
      }
    })))
})
