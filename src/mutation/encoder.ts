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

/** What inputs with the same properties in the same order have in common, as most of those that come together do. */
interface Form {
  readonly properties: ReadonlyArray<string>
  /** Of each of the properties. */
  readonly stores: ReadonlyArray<Store>
  /** Where a row has each; undefined where it has them in their order and nothing else. */
  readonly places: ReadonlyArray<number> | undefined
}

const isFormOf = ({ properties }: Form, keys: ReadonlyArray<string>): boolean => {
  if (keys.length !== properties.length) return false
  for (let i = 0; i < keys.length; i++) if (keys[i] !== properties[i]) return false
  return true
}

/** Makes rows of some columns of a table. */
class Rows {
  private readonly required: number
  /** A row that gives nothing. */
  private readonly blank: ReadonlyArray<unknown>
  /** Of the last input. */
  private form: Form | undefined = undefined

  /** `places` are those that a row has for each column of the table, -1 for none. */
  constructor(private readonly fields: Fields, private readonly places: ReadonlyArray<number>) {
    this.required = [...fields.values()].filter(({ isOptional }) => !isOptional).length
    this.blank = places.filter((place) => place !== -1).map(() => Default)
  }

  /** A row's stored values, `Default` where it gives none. `elsewhere` where it gives other columns, undefined where the Schema has to be asked. */
  row(input: unknown): Array<unknown> | typeof elsewhere | undefined {
    if (!isRecord(input)) return undefined
    const keys = Object.keys(input)
    let { form } = this
    if (form === undefined || !isFormOf(form, keys)) {
      const found = this.formOf(keys)
      if (found === undefined || found === elsewhere) return found
      form = this.form = found
    }
    const { places, stores } = form
    // The list of the keys becomes the row: of thousands of them, each list more is one that is collected.
    const row: Array<unknown> = places === undefined ? keys : this.blank.slice()
    for (let i = 0; i < stores.length; i++) {
      const stored = stores[i]!(input[keys[i]!])
      if (stored === unfit) return undefined
      row[places === undefined ? i : places[i]!] = stored
    }
    return row
  }

  private formOf(properties: ReadonlyArray<string>): Form | typeof elsewhere | undefined {
    const stores: Array<Store> = []
    const places: Array<number> = []
    let { required } = this
    for (const property of properties) {
      const field = this.fields.get(property)
      if (field === undefined) return undefined
      if (!field.isOptional) required--
      stores.push(field.store)
      places.push(this.places[field.at]!)
    }
    if (required !== 0) return undefined
    if (places.includes(-1)) return elsewhere
    const isInOrder = places.length === this.blank.length && places.every((place, i) => place === i)
    return { properties: [...properties], stores, places: isInOrder ? undefined : places }
  }
}

/** Inputs of one Schema of a model, for its table. */
export class Encoder {
  private readonly fields: Fields | undefined
  /** Rows of all columns. */
  private readonly whole: Rows | undefined

  constructor(schema: Schema.Schema.Any, private readonly table: Table) {
    this.fields = fieldsOf(schema, table)
    this.whole = this.fields && new Rows(this.fields, table.columns.map((_, at) => at))
  }

  /** A row's stored values by the columns of the table, `Default` where it gives none; undefined where the Schema has to be asked. */
  row(input: unknown): Array<unknown> | undefined {
    const row = this.whole?.row(input)
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
    if (this.fields === undefined) return undefined
    const some = new Rows(this.fields, this.table.columns.map((_, at) => columns.indexOf(at)))
    const rows = new Array<Array<unknown>>(inputs.length)
    for (let i = 0; i < inputs.length; i++) {
      const row = some.row(inputs[i])
      if (row === undefined || row === elsewhere) return row
      rows[i] = row
    }
    return rows
  }

  /** The stored value of one column; undefined where the Schema has to be asked. */
  value({ property }: Column, input: unknown): unknown {
    const stored = this.fields?.get(property)?.store(input)
    return stored === unfit ? undefined : stored
  }
}

const isRecord = (input: unknown): input is { readonly [property: string]: unknown } =>
  typeof input === "object" && input !== null && !Array.isArray(input) &&
  Object.getOwnPropertySymbols(input).length === 0
