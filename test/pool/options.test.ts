import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Pool from "../../src/Pool.js"
import * as FakeDriver from "../support/FakeDriver.js"
import type { Kind } from "../support/FakeDriver.js"
import { idleState, now, test } from "./world.js"

describe("options", () => {
  const refusal = (options: Pool.Options, max?: number) => {
    const result = Pool.validate(options, max)
    assert.isTrue(Either.isLeft(result), JSON.stringify(options))
    return Either.isLeft(result) ? result.left : assert.fail()
  }

  it("have the documented defaults", () => {
    assert.deepStrictEqual(Either.getOrThrow(Pool.validate({})), {
      minimum: 0,
      size: 10,
      overflow: 0,
      acquireTimeout: Duration.seconds(30),
      overload: "shed",
      waitTarget: Duration.millis(50),
      waitInterval: Duration.seconds(2),
      prePing: Duration.seconds(1),
      idleCheck: Duration.minutes(1),
      idleTimeout: Duration.minutes(10),
      maxLifetime: Duration.minutes(30),
      leakThreshold: undefined,
      shutdownTimeout: Duration.seconds(5),
      statementTimeout: undefined
    })
    assert.strictEqual(Either.getOrThrow(Pool.validate({}, 1)).size, 1)
  })

  it("are read as they were meant", () => {
    const read = (options: Pool.Options) => Either.getOrThrow(Pool.validate(options))
    assert.deepStrictEqual(read({ statementTimeout: "3 seconds" }).statementTimeout, Duration.seconds(3))
    assert.deepStrictEqual(read({ leakThreshold: 500 }).leakThreshold, Duration.millis(500))
    assert.deepStrictEqual(read({ prePing: true }).prePing, Duration.zero)
    assert.deepStrictEqual(read({ prePing: false }).prePing, Duration.infinity)
    assert.deepStrictEqual(read({ prePing: "5 seconds" }).prePing, Duration.seconds(5))
    assert.strictEqual(read({ overload: "queue" }).overload, "queue")
  })

  for (
    const [options, says] of [
      [{ size: 0 }, "size"],
      [{ size: -1 }, "size"],
      [{ size: 2.5 }, "size"],
      [{ size: Number.NaN }, "size"],
      [{ size: Number.POSITIVE_INFINITY }, "size"],
      [{ minimum: -1 }, "minimum"],
      [{ minimum: 11 }, "minimum"],
      [{ minimum: 3, size: 2 }, "size"],
      [{ overflow: -1 }, "overflow"],
      [{ overflow: 0.5 }, "overflow"],
      [{ acquireTimeout: 0 }, "acquireTimeout"],
      [{ acquireTimeout: -5 }, "acquireTimeout"],
      [{ acquireTimeout: "-5 seconds" }, "acquireTimeout"],
      [{ idleTimeout: Number.NaN }, "idleTimeout"],
      [{ maxLifetime: "soon" as "1 second" }, "maxLifetime"],
      [{ statementTimeout: 0 }, "statementTimeout"],
      [{ waitTarget: 0 }, "waitTarget"],
      [{ waitInterval: "-1 seconds" }, "waitInterval"],
      [{ idleCheck: 0 }, "idleCheck"],
      [{ leakThreshold: -1 }, "leakThreshold"],
      [{ shutdownTimeout: Number.NaN }, "shutdownTimeout"],
      [{ prePing: "yes" as never }, "prePing"],
      [{ prePing: 0 }, "prePing"],
      [{ overload: "drop" as never }, "overload"],
      [{ poolSize: 3 } as never, "poolSize"]
    ] as ReadonlyArray<[Pool.Options, string]>
  ) {
    it(`refuse ${says}: ${String(Object.values(options))}`, () => {
      const error = refusal(options)
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.include(error.problem, says)
      assert.match(error.hint ?? "", /^set /)
    })
  }

  it("refuse more than the database takes, and say how many that is", () => {
    assert.include(refusal({ size: 2 }, 1).hint, "at most 1")
    assert.include(refusal({ overflow: 1 }, 1).hint, "at most 1")
  })

  test("are checked before anything is opened", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make({ maxConnections: 1 })
      const error = yield* Effect.flip(Pool.make(driver, { size: 2 }))
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.deepStrictEqual(driver.log, [])
    }))
})

describe("defaults", () => {
  for (
    const [title, own, defaults, max, both] of [
      ["stand where the database says nothing", {}, { size: 20, overload: "queue" }, Infinity, {
        size: 20,
        overload: "queue"
      }],
      ["stand below the database's own", { size: 2, waitTarget: 9 }, { size: 20, waitTarget: 5 }, Infinity, {
        size: 2,
        waitTarget: 9
      }],
      ["are not replaced by undefined", { size: undefined } as never, { size: 20 }, Infinity, { size: 20 }],
      ["are lowered to what the database takes", {}, { size: 20, overflow: 5, minimum: 3 }, 1, {
        size: 1,
        overflow: 0,
        minimum: 1
      }],
      ["leave room for its own overflow", { overflow: 3 }, { size: 20 }, 8, { size: 5, overflow: 3 }],
      ["leave room for its own size", { size: 6 }, { overflow: 20 }, 8, { size: 6, overflow: 2 }],
      ["do not contradict its own size", { size: 2 }, { size: 9, minimum: 4 }, Infinity, { size: 2, minimum: 2 }],
      ["do not contradict its own minimum", { minimum: 5 }, { size: 3 }, Infinity, { size: 5, minimum: 5 }]
    ] as ReadonlyArray<[string, Pool.Options, Pool.Defaults, number, Pool.Options]>
  ) {
    it(title, () => {
      const made = Either.getOrThrow(Pool.withDefaults(own, defaults, max))
      assert.deepStrictEqual(made, both)
      assert.isTrue(Either.isRight(Pool.validate(made, max)))
    })
  }

  it("are checked as a database's own are", () => {
    for (const defaults of [{ size: 0 }, { size: Number.NaN }, { poolSize: 3 } as never, { minimum: 30 }]) {
      const made = Either.getOrThrow(Pool.withDefaults({}, defaults, Infinity))
      assert.isTrue(Either.isLeft(Pool.validate(made)), JSON.stringify(defaults))
    }
  })

  it("hold no statementTimeout, which some databases could not keep", () => {
    const made = Pool.withDefaults(
      { statementTimeout: "1 second" },
      { statementTimeout: "2 seconds" } as never,
      Infinity
    )
    assert.isTrue(Either.isLeft(made) && /Layer/.test(made.left.hint ?? ""))
    const own = Pool.withDefaults({ statementTimeout: "1 second" }, {}, Infinity)
    assert.deepStrictEqual(Either.getOrThrow(own), { statementTimeout: "1 second" })
  })

  it.effect("come by a Layer, the nearest above the others", () =>
    Effect.gen(function*() {
      const read = Layer.effectDiscard(Effect.map(Pool.PoolDefaults, (defaults) => seen.push(defaults)))
      const seen: Array<Pool.Defaults> = []
      yield* Effect.scoped(Layer.build(read))
      yield* Effect.scoped(Layer.build(read.pipe(Layer.provide(Pool.layer({ size: 20 })))))
      yield* Effect.scoped(Layer.build(read.pipe(
        Layer.provide(Pool.layer({ size: 20 })),
        Layer.provide(Pool.layer({ size: 5, overflow: 1 }))
      )))
      assert.deepStrictEqual(seen, [{}, { size: 20 }, { size: 20, overflow: 1 }])
    }))
})

describe("resize", () => {
  test("refuses what cannot be, and then changes nothing", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make({ maxConnections: 8 }), { minimum: 2, size: 4 })
      for (
        const [size, says] of [
          [{ size: 0 }, "size"],
          [{ size: 1 }, "minimum (2) is greater than size (1)"],
          [{ minimum: 5 }, "minimum (5)"],
          [{ size: 3, overflow: 6 }, "more than this database takes"],
          [{ overflow: Number.NaN }, "overflow"],
          [{ acquireTimeout: 5 } as never, "acquireTimeout"]
        ] as ReadonlyArray<[Pool.Size, string]>
      ) {
        const error = yield* Effect.flip(pool.resize(size))
        assert.strictEqual(error._tag, "ConfigurationError")
        assert.include(error.problem, says)
        assert.match(error.hint ?? "", /^set /)
        assert.deepStrictEqual(yield* now(pool), idleState(2))
      }
    }))
})

describe("toConnectError", () => {
  const became = (kind: Kind) => {
    const error = Pool.toConnectError(FakeDriver.failure(kind, "C1"))
    assert.include(error.message, "C1")
    assert.notInclude(error.message, "canary")
    assert.isTrue(Redacted.isRedacted(error.cause))
    return error._tag === "ConnectionError" ? `${error.reason} ${error.isRetryable}` : error._tag
  }
  const rows: ReadonlyArray<[Kind, string]> = [
    [{ error: "ConnectionError", reason: "refused", isRetryable: false }, "refused true"],
    [{ error: "ConnectionError", reason: "lost", isRetryable: false }, "lost true"],
    [{ error: "ConnectionError", reason: "authentication", isRetryable: false }, "authentication false"],
    [{ error: "ConnectionError", reason: "tls", isRetryable: false }, "tls false"],
    [{ error: "TimeoutError" }, "refused true"],
    [{ error: "ConflictError", reason: "lockTimeout" }, "refused true"],
    [{ error: "QueryError", reason: "resources" }, "refused true"],
    [{ error: "QueryError", reason: "permission" }, "authentication false"],
    [{ error: "QueryError", reason: "undefinedObject" }, "ConfigurationError"],
    [{ error: "QueryError", reason: "other" }, "ConfigurationError"],
    [{ error: "UnsupportedError", feature: "TLS 1.3" }, "ConfigurationError"],
    [{ error: "CheckViolation", constraint: undefined, table: undefined, columns: [] }, "ConfigurationError"]
  ]
  for (const [kind, expected] of rows) {
    it(`${JSON.stringify(kind)} is ${expected}`, () => assert.strictEqual(became(kind), expected))
  }
})
