/**
 * That what tests compare is not taken for equal where it is not.
 */
import { assert, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

const differing: ReadonlyArray<readonly [what: string, one: unknown, other: unknown]> = [
  ["None and Some", Option.none(), Option.some("a")],
  ["Some and None", Option.some("a"), Option.none()],
  ["Some of others", Option.some([1]), Option.some([2])],
  ["Options in rows", [{ name: Option.none() }], [{ name: Option.some("a") }]],
  ["Options in Options", Option.some(Option.none()), Option.some(Option.some(1))],
  ["Redacted", { secret: Redacted.make("a") }, { secret: Redacted.make("b") }],
  ["Redacted in Options", Option.some(Redacted.make("a")), Option.some(Redacted.make("b"))]
]

it.each(differing)("tells apart %s", (_, one, other) => {
  assert.throws(() => assert.deepStrictEqual(one, other))
  assert.notDeepEqual(one, other)
  assert.deepStrictEqual(one, one)
})

it("takes for equal what is", () => {
  const make = () => [{ none: Option.none(), some: Option.some(new Date(1)), secret: Redacted.make("a") }]
  assert.deepStrictEqual(make(), make())
})
