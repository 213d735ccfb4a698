/**
 * The dynamic query of W7: a page of posts with their authors, of which callers choose the columns, the conditions and the order. Select,
 * join, where, order by, limit and offset are six clauses.
 */

export type Column = "id" | "title" | "body" | "createdAt" | "name" | "email" | "age"

export interface Wanted {
  readonly columns: ReadonlyArray<Column>
  /** What is undefined is not asked for. */
  readonly minimumAge: number | undefined
  readonly active: boolean | undefined
  readonly startsWith: string | undefined
  readonly authors: ReadonlyArray<number> | undefined
  readonly since: Date | undefined
  readonly order: "newest" | "title"
  readonly limit: number
  readonly offset: number
}

export interface Printed {
  readonly sql: string
  readonly parameters: ReadonlyArray<unknown>
}

export interface Builder {
  /** Builds each, and gives the last. */
  readonly build: (wanted: ReadonlyArray<Wanted>) => Promise<Printed> | Printed
}

export type OpenBuilder = () => Promise<Builder>

const columns: ReadonlyArray<Column> = ["id", "title", "body", "createdAt", "name", "email", "age"]
const some: ReadonlyArray<Column> = ["id", "title", "createdAt", "name", "email"]

const epoch = Date.UTC(2020, 0, 1)

/** Bits of `filters` say which conditions there are. */
const wantedOf = (
  call: number,
  filters: number,
  order: Wanted["order"],
  chosen: ReadonlyArray<Column> = some
): Wanted => ({
  columns: chosen,
  minimumAge: filters & 1 ? 18 + call % 40 : undefined,
  active: filters & 2 ? call % 2 === 0 : undefined,
  startsWith: filters & 4 ? `Post ${1 + call % 9}` : undefined,
  authors: filters & 8 ? [1 + call % 10, 11 + call % 10, 21 + call % 10] : undefined,
  since: filters & 16 ? new Date(epoch + call % 1000 * 86_400_000) : undefined,
  order,
  limit: 20,
  offset: 20 * (call % 5)
})

const orders = ["newest", "title"] as const
const orderOf = (number: number): Wanted["order"] => orders[number % 2] ?? "newest"

/** Shapes that are all different: subsets of seven columns, of five conditions, and two orders. */
export const shapes = (2 ** columns.length - 1) * 32 * 2

export const same = (call: number): Wanted => wantedOf(call, 7, "newest")

/** One of sixty-four shapes, in turn. */
export const dynamic = (call: number): Wanted => wantedOf(call, call % 32, orderOf(Math.floor(call / 32)))

/** As many shapes as there are, none of them twice. */
export const different = (call: number): Wanted => {
  const number = call * 4099 % shapes
  const chosen = 1 + Math.floor(number / 64)
  return wantedOf(call, number % 32, orderOf(Math.floor(number / 32)), columns.filter((_, i) => chosen & 1 << i))
}
