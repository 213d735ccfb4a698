/**
 * What surrounds the sending of a statement: it is compiled and its parameters encoded before, its rows decoded after.
 */
import * as Effect from "effect/Effect"
import { ConfigurationError, DecodeError, UnsupportedError, ValidationError } from "../DbError.js"
import type { WriteFailure } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import type { Result } from "../Driver.js"
import type { Table } from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import type { Script } from "../sql/definitions.js"
import type { Compiled } from "../sql/compile.js"
import { Decoders, makeDecoder, RowProblem } from "../sql/decode.js"
import type { Decoder, Explain, Mode } from "../sql/decode.js"
import { InvalidOperand } from "../sql/expressions.js"
import { makeLazyDecoder } from "../sql/lazyRows.js"
import { Plans } from "../sql/plans.js"
import { InvalidValue } from "../sql/storage.js"
import { InvalidInput } from "../sql/textWriter.js"
import { placeOf } from "./writes.js"
import type { Part } from "./writes.js"

/** A statement with parameters or rows. */
export type Plain = Exclude<Statement, Script>

/** The table that a statement is about, if it is one. */
export const tableOf = (statement: Plain): Table | undefined =>
  statement._tag === "Select"
    ? statement.from._tag === "TableSource" ? statement.from.table : undefined
    : statement.table

/** A statement as it would be sent. */
export interface Prepared {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
  /** Of its rows; undefined for a statement that has none. */
  readonly decoder: Decoder | undefined
}

/** What was refused before anything was sent, as a typed error. */
export const refused = (problem: unknown): Effect.Effect<never, WriteFailure> => {
  if (problem instanceof InvalidValue) {
    return Effect.fail(
      new ValidationError({
        subject: "A value of the statement",
        issues: [{
          path: problem instanceof InvalidOperand && problem.property !== undefined ? [problem.property] : [],
          message: problem.message
        }]
      })
    )
  }
  if (
    problem instanceof ConfigurationError || problem instanceof UnsupportedError ||
    problem instanceof ValidationError ||
    problem instanceof DecodeError
  ) return Effect.fail(problem)
  return Effect.die(problem)
}

/** What is wrong with a row's value: `places` are those of the rows among those that were given; undefined for all of them, or one alone. */
export const invalidInput = (
  statement: Plain,
  places: Part["places"] | undefined,
  { column, message, row }: InvalidInput
): ValidationError => {
  if (statement._tag === "Update" && statement.each !== undefined) {
    return new ValidationError({
      subject: "The input",
      issues: [{ path: [statement.each.first + row, column.property], message }]
    })
  }
  const isOne = statement._tag !== "Insert" || statement.rows.length === 1
  const path = places === undefined && isOne ? [column.property] : [placeOf(places ?? 0, row), column.property]
  return new ValidationError({ subject: "The input", issues: [{ path, message }] })
}

/** The two ends of a statement's way, for one dialect. */
export const make = (dialect: Dialect, mode: Mode) => {
  const decoders = new Decoders((projection) => makeDecoder(projection, dialect, mode))
  const lazyDecoders = {
    row: new Decoders((projection) => makeLazyDecoder(projection, dialect, mode, "row")),
    part: new Decoders((projection) => makeLazyDecoder(projection, dialect, mode, "part"))
  }
  const decodersOf = (statement: Plain): Decoders =>
    statement._tag === "Select" && statement.lazy !== undefined ? lazyDecoders[statement.lazy] : decoders
  const plans = new Plans(dialect)
  const decode = (
    statement: Plain,
    { decoder, text }: Prepared,
    { rows }: Pick<Result, "rows">,
    from = 0
  ): ReadonlyArray<unknown> => {
    if (decoder === undefined) return []
    const explain: Explain = ({ leaf, problem, row }) => {
      const table = leaf.table ?? tableOf(statement)
      return new DecodeError({
        ...(table === undefined ? {} : { table: table.name }),
        column: leaf.path.length === 0 ? "value" : leaf.path[leaf.path.length - 1]!,
        row: from + row,
        problem,
        sql: text
      })
    }
    try {
      return decoder.decode(rows, explain)
    } catch (problem) {
      throw problem instanceof RowProblem ? explain(problem) : problem
    }
  }

  const compile = (statement: Plain, places?: Part["places"]): Compiled => {
    try {
      return plans.compile(statement)
    } catch (problem) {
      if (problem instanceof InvalidOperand && statement._tag !== "Select") problem.readFrom([statement])
      throw problem instanceof InvalidInput ? invalidInput(statement, places, problem) : problem
    }
  }

  /**
   * A statement as it would be sent, or why it is not, for `refused`. Of part of an insert, `places` are those of its rows in the whole.
   */
  const prepare = (statement: Plain, places?: Part["places"]): Prepared => {
    const { parameters, projection, text } = compile(statement, places)
    return { text, parameters, decoder: projection === undefined ? undefined : decodersOf(statement).of(projection) }
  }

  /** The same as an Effect. */
  const prepared = (statement: Plain, places?: Part["places"]): Effect.Effect<Prepared, WriteFailure> =>
    Effect.suspend(() => {
      try {
        return Effect.succeed(prepare(statement, places))
      } catch (problem) {
        return refused(problem)
      }
    })

  return { decode, prepare, prepared }
}
