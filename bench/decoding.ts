/**
 * The rows of W6, in the forms in which contenders are given them, and what a contender does with them.
 *
 * `users` are those of W1. `kinds` has a column of each kind that is not stored as it is seen, and `wide` four of each kind there is.
 */
import { user } from "./seed.js"

export type Shape = "users" | "kinds" | "wide"

export type Positional = ReadonlyArray<unknown>
export type Named = { readonly [property: string]: unknown }

export interface Coder {
  /** Rows as programs see them. */
  readonly decode: (given: Given) => Promise<ReadonlyArray<unknown>> | ReadonlyArray<unknown>
  /** Two fields of each wide row: `text1` and `json2`. */
  readonly read: (given: Given) => Promise<ReadonlyArray<unknown>> | ReadonlyArray<unknown>
  /** What is bound for rows as programs see them, generated keys left out, in the order of columns. */
  readonly encode: (rows: ReadonlyArray<Named>) => Promise<ReadonlyArray<unknown>> | ReadonlyArray<unknown>
}

export type OpenCoder = (shape: Shape, variant: string) => Promise<Coder>

export interface Given {
  /** As the driver gives rows in arrays; where there are bigints, all integers are. */
  readonly positional: ReadonlyArray<Positional>
  /** As objects, with an integer as what its Schema decodes. */
  readonly named: ReadonlyArray<Named>
}

type Kind = "key" | "text" | "flag" | "instant" | "big" | "decimal" | "json" | "optional"

/** Columns by name. */
export const columns: { readonly [S in Shape]: ReadonlyArray<readonly [string, Kind]> } = {
  users: [
    ["id", "key"],
    ["name", "text"],
    ["email", "text"],
    ["age", "key"],
    ["active", "flag"],
    ["createdAt", "instant"]
  ],
  kinds: [
    ["id", "key"],
    ["at", "instant"],
    ["big", "big"],
    ["amount", "decimal"],
    ["settings", "json"],
    ["nick", "optional"]
  ],
  wide: Array.from({ length: 32 }, (_, i) => {
    const kinds = ["key", "text", "flag", "instant", "big", "decimal", "json", "optional"] as const
    const kind = kinds[i % 8] ?? "key"
    return [`${kind}${Math.floor(i / 8)}`, kind]
  })
}

/** The raw value of a column, as it is read with exact integers. */
const raw = (kind: Kind, number: number): unknown => {
  switch (kind) {
    case "key":
      return BigInt(number)
    case "text":
      return `Text ${number} of a column`
    case "flag":
      return BigInt(number % 2)
    case "instant":
      return new Date(Date.UTC(2020, 0, 1) + number * 86_461_007).toISOString()
    case "big":
      return 9_007_199_254_740_993n + BigInt(number)
    case "decimal":
      return `${number * 7919}.${11 + 2 * (number % 44)}`
    case "json":
      return JSON.stringify({ size: number, theme: number % 2 === 0 ? "light" : "dark" })
    case "optional":
      return number % 3 === 0 ? null : `Nick ${number}`
  }
}

const userRow = (number: number): Positional => {
  const { active, age, createdAt, email, name } = user(number)
  return [number, name, email, age, Number(active), createdAt.toISOString()]
}

/** Different rows: more than these are the same again. */
const different = 1000

/** Many rows of a shape. */
export const rowsOf = (shape: Shape, count: number): Given => {
  const some = Array.from(
    { length: Math.min(count, different) },
    (_, i): Positional =>
      shape === "users" ? userRow(i + 1) : columns[shape].map(([, kind], at) => raw(kind, i + 1 + at))
  )
  const named = some.map((row) =>
    Object.fromEntries(
      columns[shape].map(([name, kind], at) => [
        name,
        kind === "key" || kind === "flag" ? Number(row[at]) : row[at]
      ])
    )
  )
  const repeated = <A>(rows: ReadonlyArray<A>) => Array.from({ length: count }, (_, i) => rows[i % rows.length] as A)
  return { positional: repeated(some), named: repeated(named) }
}
