/**
 * Rows with values that are easily lost on the way through a cursor, and orders of them.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { Expr, Field, Model } from "../../src/index.js"

export class Item extends Model.Class<Item>("Item")({
  id: Schema.Int.pipe(Field.primaryKey),
  few: Schema.Int,
  maybe: Schema.NullOr(Schema.Int),
  name: Schema.String,
  nick: Schema.NullOr(Schema.String),
  score: Schema.Number,
  ratio: Schema.NullOr(Schema.Number),
  at: Schema.NullOr(Schema.DateTimeUtc),
  price: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  exact: Schema.NullOr(Schema.BigDecimal).pipe(Field.decimal(40, 20)),
  large: Schema.BigIntFromSelf,
  isOn: Schema.Boolean,
  key: Schema.UUID,
  day: Field.day,
  bytes: Schema.Uint8ArrayFromSelf
}, { table: "page_items" }) {}

const pick = <A>(...values: ReadonlyArray<A>) => FastCheck.constantFrom(...values)
const maybe = <A>(value: FastCheck.Arbitrary<A>) => FastCheck.option(value, { nil: null, freq: 3 })

const text = FastCheck.oneof(
  pick("", "a", "A", "b", "Ä", "ä", "ß", "😀", "￿", "a b", "a'b", "a\\b", "a\"b", "a%"),
  FastCheck.string({ maxLength: 4 }).map((one) => one.replaceAll("\u0000", "x"))
)
const double = FastCheck.oneof(
  pick(0, 0.1, 0.1 + 0.2, 1 / 3, -1 / 3, 5e-324, 1.7976931348623157e308, 1e21, 123456789.12345678),
  FastCheck.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0)
)

export const values: FastCheck.Arbitrary<Omit<Item, "id">> = FastCheck.record({
  few: pick(1, 2, 3),
  maybe: maybe(FastCheck.integer({ min: -2, max: 2 })),
  name: text,
  nick: maybe(text),
  score: double,
  ratio: maybe(double),
  at: maybe(FastCheck.integer({ min: 0, max: 5000 }).map((ms) => DateTime.unsafeMake(ms))),
  price: FastCheck.integer({ min: -300, max: 300 }).map((cents) => BigDecimal.make(BigInt(cents), 2)),
  exact: maybe(
    FastCheck.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((digits) =>
      BigDecimal.normalize(BigDecimal.make(digits, 20))
    )
  ),
  large: FastCheck.oneof(
    pick(9007199254740993n, 9007199254740992n),
    FastCheck.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  ),
  isOn: FastCheck.boolean(),
  key: FastCheck.uuid(),
  day: pick("2024-02-29", "1999-12-31", "2026-11-22"),
  bytes: FastCheck.uint8Array({ maxLength: 3 })
}) as never

type Columns = Expr.Columns<typeof Item>

const expressions: { readonly [name: string]: (item: Columns) => Expr.Operand<any> } = {
  ...Object.fromEntries(
    ([
      "few",
      "maybe",
      "name",
      "nick",
      "score",
      "ratio",
      "at",
      "price",
      "exact",
      "large",
      "isOn",
      "key",
      "day",
      "bytes",
      "id"
    ] as const).map((name) => [name, (item: Columns) => item[name] as Expr.Operand<any>])
  ),
  "lower name": (item) => Expr.lower(item.name),
  "twice price": (item) => Expr.add(item.price, item.price),
  "few and maybe": (item) => Expr.add(item.few, item.maybe),
  "exact again": (item) => Expr.multiply(item.price, item.price),
  "nick or name": (item) => Expr.coalesce(item.nick, item.name),
  "length of name": (item) => Expr.length(item.name)
}

export interface Term {
  readonly of: string
  readonly direction: "asc" | "desc"
  readonly nulls: "first" | "last"
}

export const terms: FastCheck.Arbitrary<ReadonlyArray<Term>> = FastCheck.array(
  FastCheck.record({
    of: pick(...Object.keys(expressions)),
    direction: pick("asc" as const, "desc" as const),
    nulls: pick("first" as const, "last" as const)
  }),
  { maxLength: 4 }
)

export const orderBy = (all: ReadonlyArray<Term>) => (item: Columns) =>
  all.map(({ direction, nulls, of }) => (direction === "asc" ? Expr.asc : Expr.desc)(expressions[of]!(item), { nulls }))
