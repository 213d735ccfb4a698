/**
 * Rows mapped by hand, and nothing checked.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Option from "effect/Option"
import type { UserInput } from "../crud.js"
import type { Named, OpenCoder, Positional, Shape } from "../decoding.js"

type Instant = Date
type Decimal = BigDecimal.BigDecimal
type Nick = Option.Option<string>

const user = (r: Positional) => ({
  id: r[0] as number,
  name: r[1] as string,
  email: r[2] as string,
  age: r[3] as number,
  active: r[4] === 1,
  createdAt: new Date(r[5] as string)
})

const kinds = (r: Positional) => ({
  id: Number(r[0]),
  at: new Date(r[1] as string),
  big: r[2] as bigint,
  amount: BigDecimal.unsafeFromString(r[3] as string),
  settings: JSON.parse(r[4] as string),
  nick: Option.fromNullable(r[5])
})

const wide = (r: Positional) => ({
  key0: Number(r[0]),
  text0: r[1] as string,
  flag0: Number(r[2]) === 1,
  instant0: new Date(r[3] as string),
  big0: r[4] as bigint,
  decimal0: BigDecimal.unsafeFromString(r[5] as string),
  json0: JSON.parse(r[6] as string),
  optional0: Option.fromNullable(r[7]),
  key1: Number(r[8]),
  text1: r[9] as string,
  flag1: Number(r[10]) === 1,
  instant1: new Date(r[11] as string),
  big1: r[12] as bigint,
  decimal1: BigDecimal.unsafeFromString(r[13] as string),
  json1: JSON.parse(r[14] as string),
  optional1: Option.fromNullable(r[15]),
  key2: Number(r[16]),
  text2: r[17] as string,
  flag2: Number(r[18]) === 1,
  instant2: new Date(r[19] as string),
  big2: r[20] as bigint,
  decimal2: BigDecimal.unsafeFromString(r[21] as string),
  json2: JSON.parse(r[22] as string),
  optional2: Option.fromNullable(r[23]),
  key3: Number(r[24]),
  text3: r[25] as string,
  flag3: Number(r[26]) === 1,
  instant3: new Date(r[27] as string),
  big3: r[28] as bigint,
  decimal3: BigDecimal.unsafeFromString(r[29] as string),
  json3: JSON.parse(r[30] as string),
  optional3: Option.fromNullable(r[31])
})

const bindUser = (r: UserInput, bound: Array<unknown>) => {
  bound.push(r.name, r.email, r.age, r.active ? 1 : 0, r.createdAt.toISOString())
}

const bindKinds = (
  r: {
    readonly at: Instant
    readonly big: bigint
    readonly amount: Decimal
    readonly settings: unknown
    readonly nick: Nick
  },
  bound: Array<unknown>
) => {
  bound.push(
    r.at.toISOString(),
    r.big,
    BigDecimal.format(r.amount),
    JSON.stringify(r.settings),
    Option.getOrNull(r.nick)
  )
}

type Four = 0 | 1 | 2 | 3

/** What the properties of a wide row hold, by what their names begin with. */
type WideRow =
  & { readonly [N in `key${Four}` | `text${Four}` | `flag${Four}` | `big${Four}` | `json${Four}`]: unknown }
  & { readonly [N in `instant${Four}`]: Instant }
  & { readonly [N in `decimal${Four}`]: Decimal }
  & { readonly [N in `optional${Four}`]: Nick }

const bindWide = (r: WideRow, bound: Array<unknown>) => {
  bound.push(
    r.text0,
    r.flag0 ? 1 : 0,
    r.instant0.toISOString(),
    r.big0,
    BigDecimal.format(r.decimal0),
    JSON.stringify(r.json0),
    Option.getOrNull(r.optional0),
    r.key1,
    r.text1,
    r.flag1 ? 1 : 0,
    r.instant1.toISOString(),
    r.big1,
    BigDecimal.format(r.decimal1),
    JSON.stringify(r.json1),
    Option.getOrNull(r.optional1),
    r.key2,
    r.text2,
    r.flag2 ? 1 : 0,
    r.instant2.toISOString(),
    r.big2,
    BigDecimal.format(r.decimal2),
    JSON.stringify(r.json2),
    Option.getOrNull(r.optional2),
    r.key3,
    r.text3,
    r.flag3 ? 1 : 0,
    r.instant3.toISOString(),
    r.big3,
    BigDecimal.format(r.decimal3),
    JSON.stringify(r.json3),
    Option.getOrNull(r.optional3)
  )
}

const shapes: {
  readonly [S in Shape]: {
    readonly map: (row: Positional) => unknown
    readonly bind: (row: never, bound: Array<unknown>) => void
  }
} = {
  users: { map: user, bind: bindUser },
  kinds: { map: kinds, bind: bindKinds },
  wide: { map: wide, bind: bindWide }
}

export const open: OpenCoder = async (shape) => {
  const { bind, map } = shapes[shape]
  return {
    decode: ({ positional }) => positional.map(map),
    read: ({ positional }) => positional.map((r) => ({ text1: r[9], json2: JSON.parse(r[22] as string) })),
    encode: (rows: ReadonlyArray<Named>) => {
      const bound: Array<unknown> = []
      for (const row of rows) bind(row as never, bound)
      return bound
    }
  }
}
