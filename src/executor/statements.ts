/**
 * What surrounds the sending of a statement: it is compiled and its parameters encoded before, its rows decoded after.
 */
import * as Effect from "effect/Effect"
import { ConfigurationError, DecodeError, UnsupportedError, ValidationError } from "../DbError.js"
import type { WriteFailure } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import type { Result } from "../Driver.js"
import type { Script, Statement, Table } from "../sql/ast.js"
import { compile, encodeBinding } from "../sql/compile.js"
import type { Binding, Compiled } from "../sql/compile.js"
import { Decoders, RowProblem } from "../sql/decode.js"
import type { Mode } from "../sql/decode.js"
import { InvalidValue } from "../sql/storage.js"

/** A statement with parameters or rows. */
export type Plain = Exclude<Statement, Script>

/** The table that a statement is about, if it is one. */
export const tableOf = (statement: Plain): Table | undefined =>
  statement._tag === "Select"
    ? statement.from._tag === "TableSource" ? statement.from.table : undefined
    : statement.table

/** A statement as it would be sent. */
export interface Prepared {
  readonly printed: Compiled
  readonly parameters: ReadonlyArray<unknown>
  readonly exactIntegers: boolean
}

/** What was refused before anything was sent, as a typed error. */
export const refused = (problem: unknown): Effect.Effect<never, WriteFailure> => {
  if (problem instanceof InvalidValue) {
    return Effect.fail(
      new ValidationError({ subject: "A value of the statement", issues: [{ path: [], message: problem.message }] })
    )
  }
  if (
    problem instanceof ConfigurationError || problem instanceof UnsupportedError ||
    problem instanceof ValidationError ||
    problem instanceof DecodeError
  ) return Effect.fail(problem)
  return Effect.die(problem)
}

const invalidBinding = (
  binding: Binding,
  problem: InvalidValue,
  places: ReadonlyArray<number> | undefined
): ValidationError => {
  const stored = binding._tag === "Stored"
  return new ValidationError({
    subject: stored ? "The input" : "A value of the statement",
    issues: [{
      path: stored ? [...(places === undefined ? [] : [places[binding.row]!]), binding.column.property] : [],
      message: problem.message
    }]
  })
}

/** The places of an insert's rows among those that were given; undefined for one row alone. */
const placesOf = (statement: Plain): ReadonlyArray<number> | undefined =>
  statement._tag === "Insert" && statement.rows.length > 1 ? statement.rows.map((_, i) => i) : undefined

/** The two ends of a statement's way, for one dialect. */
export const make = (dialect: Dialect, mode: Mode) => {
  const decoders = new Decoders(dialect, mode)
  const compiled = new WeakMap<Plain, Compiled>()

  const compileOnce = (statement: Plain): Compiled => {
    let found = compiled.get(statement)
    if (found === undefined) compiled.set(statement, found = compile(statement, dialect))
    return found
  }

  const encode = (
    statement: Plain,
    { bindings }: Compiled,
    places: ReadonlyArray<number> | undefined
  ): Array<unknown> => {
    const parameters = new Array<unknown>(bindings.length)
    for (let i = 0; i < bindings.length; i++) {
      const binding = bindings[i]!
      try {
        parameters[i] = encodeBinding(binding, dialect)
      } catch (problem) {
        if (!(problem instanceof InvalidValue)) throw problem
        throw invalidBinding(binding, problem, places ?? placesOf(statement))
      }
    }
    return parameters
  }

  const decode = (
    statement: Plain,
    { projection, text }: Compiled,
    result: Result,
    from = 0
  ): ReadonlyArray<unknown> => {
    if (projection === undefined) return []
    try {
      return decoders.of(projection).decode(result.rows)
    } catch (problem) {
      if (!(problem instanceof RowProblem)) throw problem
      const { leaf, problem: what, row } = problem
      const table = leaf.table ?? tableOf(statement)
      throw new DecodeError({
        ...(table === undefined ? {} : { table: table.name }),
        column: leaf.path.length === 0 ? "value" : leaf.path[leaf.path.length - 1]!,
        row: from + row,
        problem: what,
        sql: text
      })
    }
  }

  /** A statement as it would be sent; nothing is. Of part of an insert, `places` are those of its rows in the whole. */
  const prepared = (statement: Plain, places?: ReadonlyArray<number>): Effect.Effect<Prepared, WriteFailure> =>
    Effect.suspend(() => {
      try {
        const printed = compileOnce(statement)
        return Effect.succeed({
          printed,
          parameters: encode(statement, printed, places),
          exactIntegers: printed.projection !== undefined && decoders.of(printed.projection).exactIntegers
        })
      } catch (problem) {
        return refused(problem)
      }
    })

  return { decode, prepared }
}
