import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { canary, recorder, under } from "../../bench/faults/canary.js"

const { parameter, password } = canary

const leaks: ReadonlyArray<readonly [string, Effect.Effect<unknown, unknown>]> = [
  ["a log", Effect.log(`to ${password}`)],
  ["a log below the usual level", Effect.logTrace(parameter)],
  ["a part of a log", Effect.log("a", { deep: [{ er: parameter }] })],
  ["the cause of a log", Effect.logError("a", Cause.fail(new Error("b", { cause: new Error(parameter) })))],
  ["an annotation", Effect.annotateLogs(Effect.log("a"), "b", parameter)],
  ["a log span", Effect.withLogSpan(Effect.log("a"), parameter)],
  ["a span", Effect.withSpan(Effect.void, parameter)],
  ["an attribute", Effect.withSpan(Effect.annotateCurrentSpan("a", [parameter]), "a")],
  ["the failure of a span", Effect.ignore(Effect.withSpan(Effect.fail({ rows: [[parameter]] }), "a"))],
  ["a defect", Effect.exit(Effect.withSpan(Effect.die(new Error(parameter)), "a"))],
  ["a fiber of its own", Effect.flatMap(Effect.forkDaemon(Effect.log(parameter)), (fiber) => fiber.await)],
  ["a result", Effect.succeed({ observed: parameter })],
  ["an error", Effect.fail({ reason: parameter })]
]

describe("the canary's recorder", () => {
  for (const [place, leak] of leaks) {
    it.effect(`finds it in ${place}`, () =>
      Effect.gen(function*() {
        const watching = recorder()
        yield* Effect.exit(under(watching)(leak))
        assert.isNotEmpty(watching.hits())
      }))
  }

  it.effect("finds nothing in what is redacted, or does not hold it", () =>
    Effect.gen(function*() {
      const watching = recorder()
      yield* Effect.exit(
        under(watching)(
          Effect.withSpan(Effect.fail({ cause: Redacted.make(parameter), password: Redacted.make(password) }), "a")
        )
      )
      assert.isAbove(watching.searched(), 3)
      assert.deepStrictEqual(watching.hits(), [])
    }))
})
