/**
 * From inputs to stored values without a Schema's parser over the whole, wherever the outcome is certain to be the same. What does not fit
 * is left to the Schema, which knows what to say of it.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { analyze, isNull } from "../sql/analysis.js"
import type { Column, Table } from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import type { Storage } from "../sql/storage.js"
import { isStoredAlike, storedFromEncoded } from "../sql/valueType.js"
import { copyOf } from "./json.js"
import { parseOptions, unfit } from "./parsing.js"

/** A row gives a column that it was not asked for. */
export const elsewhere: unique symbol = Symbol()

/** From a value to what is stored, or `unfit`; throws `InvalidValue`. */
type Store = (value: unknown) => unknown

/** By the Schema's own parser. */
const bySchema = (ast: AST.AST, storage: Storage): Store => {
  const encode = ParseResult.encodeUnknownEither(Schema.make(ast), parseOptions)
  return (value) => {
    const encoded = encode(value)
    return encoded._tag === "Left" ? unfit : storedFromEncoded(storage, encoded.right)
  }
}

const isOf = (ast: AST.AST): (value: unknown) => boolean => {
  const copy = copyOf(ast)
  return copy === undefined ? ParseResult.is(Schema.make(ast), parseOptions) : (value) => copy(value) !== unfit
}

/** An Option over what may be null: its two sides are known, and the way between them is asked for each value. */
const ofOption = (ast: AST.AST, storage: Storage): Store | undefined => {
  if (!AST.isTransformation(ast) || !AST.isUnion(ast.from) || !AST.isDeclaration(ast.to)) return undefined
  const { from, to, transformation } = ast
  const members = from.types.filter((type) => !isNull(type))
  if (transformation._tag !== "FinalTransformation" || members.length !== 1) return undefined
  const isInside = isOf(to.typeParameters[0]!)
  const one = storeOf(members[0]!, storage)
  return (value) => {
    if (!Option.isOption(value) || (Option.isSome(value) && !isInside(value.value))) return unfit
    const encoded = transformation.encode(value, parseOptions, ast, value)
    if (!Either.isEither(encoded) || Either.isLeft(encoded)) return unfit
    return encoded.right === null ? null : one(encoded.right)
  }
}

const ofJson = (ast: AST.AST, isNullable: boolean): Store | undefined => {
  const copy = copyOf(ast)
  return copy && ((value) => value === null && isNullable ? null : copy(value))
}

const storeOf = (ast: AST.AST, storage: Storage): Store => {
  const analysis = analyze(ast)
  const { accepts, inner, nullable, option, refinements } = analysis
  if (accepts === undefined || !isStoredAlike(storage, analysis.storage)) {
    return (option
      ? ofOption(ast, storage)
      : storage._tag === "json" && analysis.storage._tag === "json"
      ? ofJson(inner, nullable)
      : undefined) ?? bySchema(ast, storage)
  }
  return (value) => {
    if (value === null) return nullable ? null : unfit
    if (!accepts(value)) return unfit
    for (const refinement of refinements) {
      if (Option.isSome(refinement.filter(value, parseOptions, refinement))) return unfit
    }
    return storedFromEncoded(storage, value)
  }
}

/** A property that inputs have. */
interface Field {
  /** The place of its column among those of the table. */
  readonly at: number
  readonly isOptional: boolean
  readonly store: Store
}

type Fields = ReadonlyMap<string, Field>

/** The fields of a Schema over the columns of a table; undefined where it is not a plain record of them. */
const fieldsOf = ({ ast }: Schema.Schema.Any, { columns }: Table): Fields | undefined => {
  if (!AST.isTypeLiteral(ast) || ast.indexSignatures.length > 0) return undefined
  const fields = new Map<string, Field>()
  for (const { isOptional, name, type } of ast.propertySignatures) {
    const at = columns.findIndex((column) => column.property === name)
    if (typeof name !== "string" || at === -1) return undefined
    fields.set(name, { at, isOptional, store: storeOf(type, columns[at]!.type.storage) })
  }
  return fields
}

/** Inputs of one Schema of a model, for its table. */
export class Encoder {
  private readonly fields: Fields | undefined
  private readonly required: number
  /** Where a row of all columns has each. */
  private readonly everywhere: ReadonlyArray<number>
  /** A row that gives nothing. */
  private readonly blank: ReadonlyArray<unknown>

  constructor(schema: Schema.Schema.Any, table: Table) {
    this.fields = fieldsOf(schema, table)
    this.required = this.fields === undefined
      ? 0
      : [...this.fields.values()].filter(({ isOptional }) => !isOptional).length
    this.everywhere = table.columns.map((_, at) => at)
    this.blank = this.everywhere.map(() => Default)
  }

  /** A row's stored values by the columns of the table, `Default` where it gives none; undefined where the Schema has to be asked. */
  row(input: unknown): Array<unknown> | undefined {
    const row = this.encoded(input, this.everywhere, this.blank)
    return row === elsewhere ? undefined : row
  }

  /**
   * Rows by some columns of the table, `Default` where one gives none. `elsewhere` where a row gives other columns, undefined where the Schema
   * has to be asked.
   */
  rows(
    inputs: ReadonlyArray<unknown>,
    columns: ReadonlyArray<number>
  ): Array<Array<unknown>> | typeof elsewhere | undefined {
    const places = this.everywhere.map((at) => columns.indexOf(at))
    const blank = this.blank.slice(0, columns.length)
    const rows: Array<Array<unknown>> = []
    for (const input of inputs) {
      const row = this.encoded(input, places, blank)
      if (row === undefined || row === elsewhere) return row
      rows.push(row)
    }
    return rows
  }

  /** The stored value of one column; undefined where the Schema has to be asked. */
  value({ property }: Column, input: unknown): unknown {
    const stored = this.fields?.get(property)?.store(input)
    return stored === unfit ? undefined : stored
  }

  private encoded(
    input: unknown,
    places: ReadonlyArray<number>,
    blank: ReadonlyArray<unknown>
  ): Array<unknown> | typeof elsewhere | undefined {
    const { fields } = this
    if (fields === undefined || !isRecord(input)) return undefined
    // A copy is as long as its row; what grows has room for many more values.
    const row = blank.slice()
    let { required } = this
    for (const property of Object.keys(input)) {
      const field = fields.get(property)
      if (field === undefined) return undefined
      const stored = field.store(input[property])
      if (stored === unfit) return undefined
      const place = places[field.at]!
      if (place === -1) return elsewhere
      row[place] = stored
      if (!field.isOptional) required--
    }
    return required === 0 ? row : undefined
  }
}

const isRecord = (input: unknown): input is { readonly [property: string]: unknown } =>
  typeof input === "object" && input !== null && !Array.isArray(input) &&
  Object.getOwnPropertySymbols(input).length === 0
