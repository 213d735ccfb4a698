/**
 * Relations: by one statement a level, keyed by the parents, whatever their number, or within the statement of their parents.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ConfigurationError, ReadFailure } from "./DbError.js"
import { attach, onto } from "./loader/attaching.js"
import type { Run } from "./loader/children.js"
import { withParts } from "./loader/parts.js"
import type { Form, Keyed } from "./loader/parts.js"
import { problemOf } from "./loader/problems.js"
import type { Include, Select } from "./sql/ast.js"

/** A select as it is sent, and what puts the relations on its rows. */
interface Prepared {
  readonly select: Select
  readonly attach: (rows: ReadonlyArray<any>, run: Run) => Effect.Effect<ReadonlyArray<any>, ReadFailure>
}

/**
 * What loads relations.
 *
 * @since 0.1.0
 * @category models
 */
export interface Loader {
  /** The select to read rows by, all at once or in chunks, and what loads the relations of such rows. */
  readonly prepare: (select: Select) => Effect.Effect<Prepared, ConfigurationError>
  /** Runs a select and loads its relations; `run` knows of none. */
  readonly load: (select: Select, run: Run) => Effect.Effect<ReadonlyArray<any>, ReadFailure>
  /** Loads relations onto rows that are there already, where these do not have them. */
  readonly onto: (
    rows: ReadonlyArray<object>,
    includes: ReadonlyArray<Include>,
    run: Run
  ) => Effect.Effect<void, ReadFailure>
}

/**
 * Loads relations on databases of some form.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (form: Form): Loader => {
  /** A query that is kept is put together once. */
  const known = new WeakMap<Select, Prepared>()
  const prepare = (given: Select): Effect.Effect<Prepared, ConfigurationError> => {
    const kept = known.get(given)
    if (kept !== undefined) return Effect.succeed(kept)
    const problem = problemOf(given)
    if (problem !== undefined) return Effect.fail(problem)
    const made: Prepared = {
      select: withParts(given, [], form),
      attach: (rows: ReadonlyArray<Keyed>, run) =>
        Effect.map(attach(rows, given.includes, form, run), () => rows.map(({ row }) => row))
    }
    known.set(given, made)
    return Effect.succeed(made)
  }
  return {
    prepare,
    load: (given, run) =>
      given.includes.length === 0
        ? run(given)
        : Effect.flatMap(
          prepare(given),
          ({ attach, select }) => Effect.flatMap(run(select), (rows) => attach(rows, run))
        ),
    onto: (rows, includes, run) => onto(rows, includes, form, run)
  }
}
