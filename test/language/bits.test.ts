/**
 * Bits of whole numbers: 64 of them in two's complement on every database, against JavaScript's own.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Flags extends Model.Class<Flags>("Flags")({
  id: Schema.Int.pipe(Field.primaryKey),
  a: Schema.BigInt,
  b: Schema.BigInt,
  small: Schema.Int,
  by: Schema.NullOr(Schema.Int)
}, { table: "flags" }) {}

const edges = [
  0n,
  1n,
  -1n,
  5n,
  -6n,
  0x7fffffffn,
  -0x80000000n,
  0x100000000n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  0x123456789abcdefn
]
const rows = edges.flatMap((a, i) =>
  edges.map((b, j) => ({
    id: i * edges.length + j,
    a,
    b,
    small: i - 6,
    by: [0, 1, 31, 32, 62, 63, 64, -1, 1000, -64, null, 7][j]!
  }))
)
const signed = (value: bigint) => BigInt.asIntN(64, value)

for (const database of available) {
  describe(`bits: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Flags)
        yield* Mutation.insertMany(Flags, rows)
      })
    )

    const all = <A>(of: (flags: Expr.Columns<typeof Flags>) => Expr.Expr<A>) =>
      Query.from(Flags).pipe(Query.orderBy((f) => Expr.asc(f.id)), Query.pluck(of))

    const gives = <A>(
      what: string,
      of: (flags: Expr.Columns<typeof Flags>) => Expr.Expr<A>,
      expected: (row: (typeof rows)[number]) => NoInfer<A>
    ) => it(what, async () => assert.deepStrictEqual(await runtime.runPromise(all(of)), rows.map(expected)))

    gives("bitAnd", (f) => Expr.bitAnd(f.a, f.b), ({ a, b }) => a & b)
    gives("bitOr", (f) => Expr.bitOr(f.a, f.b), ({ a, b }) => a | b)
    gives("bitXor", (f) => Expr.bitXor(f.a, f.b), ({ a, b }) => a ^ b)
    gives("bitNot", (f) => Expr.bitNot(f.a), ({ a }) => ~a)
    gives("with values", (f) => Expr.bitXor(Expr.bitAnd(f.a, -2n), 3n), ({ a }) => (a & -2n) ^ 3n)
    for (const bits of [0, 1, 7, 31, 32, 63]) {
      gives(`shiftLeft by ${bits}`, (f) => Expr.shiftLeft(f.a, bits), ({ a }) => signed(a << BigInt(bits)))
      gives(`shiftRight by ${bits}`, (f) => Expr.shiftRight(f.a, bits), ({ a }) => a >> BigInt(bits))
    }
    const outside = (by: number | null): by is null => by === null || by < 0 || by > 63
    gives(
      "shiftLeft by a column",
      (f) => Expr.shiftLeft(f.a, f.by),
      ({ a, by }) => outside(by) ? null : signed(a << BigInt(by!))
    )
    gives(
      "shiftRight by a column",
      (f) => Expr.shiftRight(f.a, f.by),
      ({ a, by }) => outside(by) ? null : a >> BigInt(by!)
    )
    gives("of small numbers", (f) => Expr.bitOr(Expr.bitAnd(f.small, 3), 4), ({ small }) => (small & 3) | 4)
    gives("of small numbers, beyond 32 bits", (f) => Expr.shiftLeft(f.small, 40), ({ small }) => small * 2 ** 40 + 0)
    gives("of small numbers, the others", (f) => Expr.bitNot(f.small), ({ small }) => ~small)
    gives("in a condition", (f) => Expr.eq(Expr.bitAnd(f.small, 1), 1), ({ small }) => (small & 1) === 1)

    for (const bits of [-1, 64, 0.5, Number.NaN]) {
      it(`refuses a shift by ${bits}`, async () => {
        const outcome = await runtime.runPromise(Effect.either(all((f) => Expr.shiftLeft(f.a, bits))))
        assert.strictEqual(outcome._tag === "Left" ? outcome.left._tag : "a result", "ValidationError")
      })
    }
  })
}
