/**
 * Rows that stay as they came until a field of them is read.
 */
import * as Either from "effect/Either"
import { NodeInspectSymbol } from "effect/Inspectable"
import type { DecodeError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import { TypeId } from "../LazyRow.js"
import type { Projection } from "./ast.js"
import { fieldsOf, makeDecoder, RowProblem } from "./decode.js"
import type { Decoder, Explain, Mode } from "./decode.js"

type Raw = ReadonlyArray<unknown>
type Read = (raw: Raw, number: number) => unknown
type Result = Either.Either<unknown, DecodeError>

/** What comes of a reading, and is kept: a row is read again neither where it fits nor where it does not. */
const outcome = (read: Read, raw: Raw, number: number, explain: Explain): Result => {
  try {
    return Either.right(read(raw, number))
  } catch (problem) {
    if (problem instanceof RowProblem) return Either.left(explain(problem))
    throw problem
  }
}

/** One row; each shape has a subclass with a getter for each of its fields. */
class Row {
  readonly #raw: Raw
  readonly #number: number
  readonly #explain: Explain
  /** By the field's place; the whole row comes last. */
  #known: Array<Result | undefined> | undefined = undefined

  constructor(raw: Raw, number: number, explain: Explain) {
    this.#raw = raw
    this.#number = number
    this.#explain = explain
  }

  /** Undefined of what is no row, as the prototype itself. */
  static read(row: Row, at: number, read: Read): Result | undefined {
    if (!(#known in row)) return undefined
    const known = row.#known ??= []
    return known[at] ??= outcome(read, row.#raw, row.#number, row.#explain)
  }
}

/** A method that no field of the same name gives way to. */
const define = (prototype: object, name: PropertyKey, value: (this: Row) => unknown): void => {
  if (!Object.hasOwn(prototype, name)) {
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true })
  }
}

const rowClass = (fields: ReadonlyArray<readonly [name: string, read: Read]>, whole: Read): typeof Row => {
  const made = class LazyRow extends Row {}
  // Of a field called `constructor`, too.
  const { prototype } = made
  fields.forEach(([name, read], at) =>
    Object.defineProperty(prototype, name, {
      get(this: Row) {
        return Row.read(this, at, read)
      },
      enumerable: true,
      configurable: true
    })
  )
  const names = fields.map(([name]) => name)
  const describe = function(this: Row): object {
    return { _id: "LazyRow", fields: names, ...this }
  }
  define(prototype, TypeId, function() {
    return Row.read(this, names.length, whole)
  })
  define(prototype, "toJSON", describe)
  define(prototype, NodeInspectSymbol, describe)
  return made
}

const unexplained: Explain = (problem) => {
  throw problem
}

/** Makes rows whose fields are decoded when they are read, or whose part called `row` is such a row. */
export const makeLazyDecoder = (
  projection: Projection,
  dialect: Dialect,
  mode: Mode,
  lazy: "row" | "part"
): Decoder => {
  const eager = makeDecoder(projection, dialect, mode)
  const { fields, keys } = fieldsOf(projection, dialect, lazy)
  const whole: Read = (raw, number) => {
    try {
      const [row] = eager.decode([raw])
      return lazy === "row" ? row : (row as { readonly row: unknown }).row
    } catch (problem) {
      throw problem instanceof RowProblem ? new RowProblem(number, problem.leaf, problem.problem) : problem
    }
  }
  const LazyRow = rowClass(fields, whole)
  return {
    exactIntegers: eager.exactIntegers,
    decode: (rows, explain = unexplained) =>
      rows.map((raw, number) => {
        const row = new LazyRow(raw, number, explain)
        return keys === undefined ? row : { row, keys: keys(raw, number) }
      })
  }
}
