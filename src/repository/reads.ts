/**
 * What a repository reads.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type { Cursors } from "../Cursors.js"
import type { Database } from "../Database.js"
import { RowNotFound, ValidationError } from "../DbError.js"
import type { ReadFailure, TooManyRows } from "../DbError.js"
import type { Order } from "../expr/conditional.js"
import { make } from "../expr/core.js"
import type { Columns } from "../expr/core.js"
import * as Filter from "../Filter.js"
import type * as Model from "../Model.js"
import type * as Page from "../Page.js"
import { asking, change } from "../query/built.js"
import * as Query from "../Query.js"
import type { RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { withKey } from "./keys.js"
import { loading } from "./load.js"

/**
 * In which order, and how many of the rows.
 *
 * @since 0.1.0
 * @category models
 */
export interface Listed<M extends Model.Any> {
  readonly orderBy?: (columns: Columns<M>) => Order | ReadonlyArray<Order>
  readonly limit?: number
  readonly offset?: number
}

/**
 * Which rows, in which order, and how many; default: all.
 *
 * @since 0.1.0
 * @category models
 */
export interface ListOptions<M extends Model.Any, X = Filter.Filter<M>> extends Listed<M> {
  readonly where?: Filter.Scope<M, X>
}

/**
 * Of which rows there are pages, and in which order.
 *
 * @since 0.1.0
 * @category models
 */
export type Paged<M extends Model.Any, X = Filter.Filter<M>> = Pick<ListOptions<M, X>, "where" | "orderBy">

/**
 * The rows of a model, to be read. `R` is what reading them requires: the database, or nothing where the repository is a service.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReadRepository<in out M extends Model.Any, out R = Database> {
  /** The row with this key; RowNotFound where there is none. Of a composite key a record is given. One statement. */
  readonly findById: (id: Model.Key<M>) => Effect.Effect<M[typeof RowId], ReadFailure | RowNotFound, R>
  /** The row with this key, if there is one. One statement. */
  readonly findOption: (id: Model.Key<M>) => Effect.Effect<Option.Option<M[typeof RowId]>, ReadFailure, R>
  /** The rows for which a filter or a callback over the columns holds. One statement. */
  readonly findBy: <const X extends Filter.Draft<M>>(
    where: Filter.Scope<M, X>,
    options?: Listed<M>
  ) => Effect.Effect<ReadonlyArray<M[typeof RowId]>, ReadFailure, R>
  /** The one row for which it holds; RowNotFound or TooManyRows where there is not exactly one. One statement, which reads two rows at most. */
  readonly findOneBy: <const X extends Filter.Draft<M>>(
    where: Filter.Scope<M, X>
  ) => Effect.Effect<M[typeof RowId], ReadFailure | RowNotFound | TooManyRows, R>
  /** All rows, or those that the options say. One statement. */
  readonly list: <const X extends Filter.Draft<M>>(
    options?: ListOptions<M, X>
  ) => Effect.Effect<ReadonlyArray<M[typeof RowId]>, ReadFailure, R>
  /** A page by its number, with the number of all rows. As `Query.page`: one statement, and a ValidationError for a size or number that is none. */
  readonly page: <const X extends Filter.Draft<M>>(
    options?: Query.PageOptions & Paged<M, X>
  ) => Effect.Effect<Page.Page<M[typeof RowId]>, ReadFailure, R>
  /** Rows from a cursor on, which stay right while others come and go. As `Query.keyset`: one statement; it requires `Cursors`. */
  readonly keyset: <const X extends Filter.Draft<M>>(
    options?: Query.KeysetOptions & Paged<M, X>
  ) => Effect.Effect<Page.Slice<M[typeof RowId]>, ReadFailure, R | Cursors>
  /** The number of all rows, or of those for which it holds. One statement. */
  readonly count: {
    (): Effect.Effect<number, ReadFailure, R>
    <const X extends Filter.Draft<M>>(where: Filter.Scope<M, X>): Effect.Effect<number, ReadFailure, R>
  }
  /** Whether there is any row, or one for which it holds. One statement, which reads no column. */
  readonly exists: {
    (): Effect.Effect<boolean, ReadFailure, R>
    <const X extends Filter.Draft<M>>(where: Filter.Scope<M, X>): Effect.Effect<boolean, ReadFailure, R>
  }
  /** The rows one by one, in bounded memory. One statement. */
  readonly stream: <const X extends Filter.Draft<M>>(
    options?: ListOptions<M, X>
  ) => Stream.Stream<M[typeof RowId], ReadFailure, R>
  /** The rows in lists of so many, in bounded memory. One statement. A size that is no whole number from 1 is a ValidationError. */
  readonly chunk: <const X extends Filter.Draft<M>>(
    size: number,
    options?: ListOptions<M, X>
  ) => Stream.Stream<ReadonlyArray<M[typeof RowId]>, ReadFailure, R>
  /**
   * `findById` that batches: under `{ batching: true }` the fibers of Effect's `forEach` and `all` share one statement (up to 10,000 keys, then
   * one for each 10,000), and those that ask for the same key share its row.
   *
   * A key that is unknown or no key at all fails its own request only. In a transaction the requests are read by its connection, and see
   * what it has written; they are never put together with those of others. Nothing is kept after the batch, unless Effect's cache of requests is on
   * (`Effect.withRequestCaching(true)`).
   */
  readonly load: (id: Model.Key<M>) => Effect.Effect<M[typeof RowId], ReadFailure | RowNotFound, R>
}

type AnyQuery = Query.Query<any, any, any, any>

const noOrder = () => make<boolean>(Filter.invalid(["orderBy"], "takes a callback over the columns"))
const noOptions = () => make<boolean>(Filter.invalid(["options"], "are no record"))

/** What an option says is said of the query, `undefined` too, which it then refuses: it never means that the option was left out. */
const narrowed = (query: AnyQuery, options: ListOptions<any, any>): Query.Query<any> => {
  if (!Predicate.isRecord(options)) return Query.where(noOptions)(query) as Query.Query<any>
  let found = query
  if ("where" in options) found = Query.where(options.where as never)(found)
  if ("orderBy" in options) {
    const { orderBy } = options
    found = typeof orderBy === "function" ? Query.orderBy(orderBy as never)(found) : Query.where(noOrder)(found)
  }
  if ("limit" in options) found = Query.limit(options.limit as never)(found)
  if ("offset" in options) found = Query.offset(options.offset as never)(found)
  return found as Query.Query<any>
}

/** Some of the options, where they are said. */
const only = (options: object, ...names: ReadonlyArray<string>): ListOptions<any, any> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)))

const chunked = (size: number, rows: Stream.Stream<any, ReadFailure, Database>) =>
  Number.isSafeInteger(size) && size > 0
    ? Stream.map(Stream.grouped(rows, size), Chunk.toReadonlyArray)
    : Stream.fail(
      new ValidationError({
        subject: "The size of the chunks",
        issues: [{ path: [], message: "takes a whole number from 1" }]
      })
    )

/** The reading verbs of a model; of which of its rows, where it keeps those that were deleted. */
export const readsOf = (model: Model.Any, rows?: Ast.Rows): ReadRepository<any> => {
  const all: Query.Query<any, any> = rows === undefined
    ? Query.from(model)
    : change(Query.from(model), (draft) => {
      if (draft.from._tag === "TableSource") draft.from = { ...draft.from, rows }
    })
  const byKey = (id: unknown): Ast.Select =>
    (change(all, (draft) => (draft.where = withKey(model, draft.from.ref, id))) as AnyQuery).ast
  const findById = (id: unknown) =>
    asking(byKey(id), (rows) => rows.length === 0 ? Effect.fail(new RowNotFound({})) : Effect.succeed(rows[0]))
  const list = (options: ListOptions<any, any> = {}) => narrowed(all, options)
  const paged = (options: object, page: (options: object) => (query: any) => unknown) => {
    if (!Predicate.isRecord(options)) return page(options)(all)
    const { orderBy: _, where: __, ...given } = options as ListOptions<any, any>
    return page(given)(narrowed(all, only(options, "where", "orderBy")))
  }
  const by = (where: ReadonlyArray<unknown>) => where.length === 0 ? all : narrowed(all, { where: where[0] } as never)
  return {
    findById,
    findOption: (id: unknown) =>
      asking(byKey(id), (rows) => Effect.succeed(rows.length === 0 ? Option.none() : Option.some(rows[0]))),
    findBy: (where: never, options: Listed<any> = {}) =>
      list(Predicate.isRecord(options) ? { ...options, where } : options),
    findOneBy: (where: never) => Query.one(list({ where })),
    list,
    page: (options: object = {}) => paged(options, Query.page),
    keyset: (options: object = {}) => paged(options, Query.keyset),
    count: (...where: ReadonlyArray<unknown>) => Query.count(by(where)),
    exists: (...where: ReadonlyArray<unknown>) => Query.exists(by(where)),
    stream: (options?: ListOptions<any, any>) => Query.stream(list(options)),
    chunk: (size: number, options?: ListOptions<any, any>) => chunked(size, Query.stream(list(options))),
    load: loading(model, findById, rows)
  } as never
}
