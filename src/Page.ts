/**
 * Pages of rows: by number and with totals (`Page`, of `Query.page`), or from a row on (`Slice`, of `Query.keyset`).
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A page by its number, from 1.
 *
 * @since 0.1.0
 * @category models
 */
export interface Page<out A> {
  readonly items: ReadonlyArray<A>
  readonly number: number
  /** How many items a page has; the last one may have less. */
  readonly size: number
  /** How many items all pages have. */
  readonly total: number
  /** How many pages there are; 0 where there is no item. */
  readonly pages: number
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

/**
 * Rows that follow each other in an order, and the cursors of what is beside them: `null` where there is nothing.
 *
 * @since 0.1.0
 * @category models
 */
export interface Slice<out A> {
  readonly items: ReadonlyArray<A>
  /** What `after` takes for the rows that follow. */
  readonly next: string | null
  /** What `before` takes for the rows before these. */
  readonly previous: string | null
}

/**
 * The Schema of a page, for HTTP APIs: `Page.schema(User.json)`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const schema = <A, I, R>(item: Schema.Schema<A, I, R>) => {
  const whole = Schema.Int.pipe(Schema.nonNegative())
  return Schema.Struct({
    items: Schema.Array(item),
    number: Schema.Int.pipe(Schema.positive()),
    size: Schema.Int.pipe(Schema.positive()),
    total: whole,
    pages: whole,
    hasNext: Schema.Boolean,
    hasPrevious: Schema.Boolean
  })
}

/**
 * The Schema of a slice, for HTTP APIs: `Page.sliceSchema(User.json)`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const sliceSchema = <A, I, R>(item: Schema.Schema<A, I, R>) =>
  Schema.Struct({
    items: Schema.Array(item),
    next: Schema.NullOr(Schema.String),
    previous: Schema.NullOr(Schema.String)
  })

/** A page of the items that were found. */
export const pageOf = <A>(items: ReadonlyArray<A>, number: number, size: number, total: number): Page<A> => {
  const pages = Math.ceil(total / size)
  return { items, number, size, total, pages, hasNext: number < pages, hasPrevious: number > 1 && pages > 0 }
}
