/**
 * The type of a column or an expression, and the way of a value between its Schema's Type and what is stored.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { analyze, identity, isNull, Unstorable } from "./analysis.js"
import { InvalidValue, isStoredAs } from "./storage.js"
import type { Storage, ValueType } from "./storage.js"

/** The type of a column or expression of this Schema, or what is wrong with it. */
export const fromSchema = (
  schema: Schema.Schema<any, any>,
  storage?: Storage,
  sensitive?: boolean
): ValueType | Unstorable => {
  try {
    const analysis = analyze(schema.ast)
    return {
      storage: storage ?? analysis.storage,
      nullable: analysis.nullable,
      schema,
      ...(sensitive === true ? { sensitive } : {})
    }
  } catch (problem) {
    if (problem instanceof Unstorable) return problem
    throw problem
  }
}

export const isUnstorable = (type: ValueType | Unstorable): type is Unstorable => "_tag" in type

/** A type with the other answer to NULL, made once: conversions are kept by type. */
const twin = (nullable: boolean) => {
  const twins = new WeakMap<ValueType, ValueType>()
  return (type: ValueType): ValueType => {
    if (type.nullable === nullable) return type
    let found = twins.get(type)
    if (found === undefined) twins.set(type, found = { ...type, nullable })
    return found
  }
}

/** The same values, or NULL. */
export const orNull: (type: ValueType) => ValueType = twin(true)

/** The same values without NULL. */
export const notNull: (type: ValueType) => ValueType = twin(false)

const bareTypes = new WeakMap<object, ValueType>()

/** What an operator gives of such values: an Option of a value is, as in SQL, that value or null. */
export const bare = (type: ValueType): ValueType => {
  const { inner, option } = analyze(type.schema.ast)
  if (!option) return type
  let found = bareTypes.get(type)
  if (found === undefined) {
    found = { ...type, schema: Schema.NullOr(Schema.make(inner)) }
    bareTypes.set(type, found)
  }
  return found
}

const listTypes = new WeakMap<ValueType, ValueType>()

/** The type of a list of such values. */
export const listOf = (item: ValueType): ValueType => {
  let found = listTypes.get(item)
  if (found === undefined) {
    found = {
      storage: { _tag: "array", item: item.storage },
      nullable: true,
      schema: Schema.Array(item.schema),
      item,
      ...(item.sensitive === true ? { sensitive: true } : {})
    }
    listTypes.set(item, found)
  }
  return found
}

/** The two ways of a value: made once a type. */
export interface Conversion {
  /** From a Type (or null) to the stored value; throws `InvalidValue`. */
  readonly toStored: (value: unknown) => unknown
  /** From a stored value (or null) to the Type; throws `InvalidValue`. */
  readonly fromStored: (stored: any) => unknown
  /** Whether the stored value is the Type already, so that nothing has to be done. */
  readonly isIdentity: boolean
  readonly option: boolean
}

const options: AST.ParseOptions = {}

/** What is wrong, in words, without the value that is. */
export const problemOf = (issue: ParseResult.ParseIssue): string =>
  ParseResult.ArrayFormatter.formatIssueSync(issue).map((one) =>
    `${one.path.length === 0 ? "" : `${one.path.map(String).join(".")}: `}${withoutActual(one.message)}`
  ).join("; ")

/** Cuts what was found, which is the value, from Schema's usual messages and from JSON's. */
export const withoutActual = (message: string): string =>
  message.endsWith("is not valid JSON") || /\bin JSON at position\b/.test(message)
    ? "is not JSON"
    : message.replace(/, actual [\s\S]*$/, "").replace(
      /^Unable to (de|en)code [\s\S]* into /,
      "Unable to $1code it into "
    )

const digitsOf = (decimal: BigDecimal.BigDecimal): string => {
  const { scale, value } = decimal
  if (scale < 0 || scale > 100) return BigDecimal.format(decimal)
  const isNegative = value < 0n
  const digits = (isNegative ? -value : value).toString().padStart(scale + 1, "0")
  let end = digits.length
  const point = end - scale
  while (end > point && digits[end - 1] === "0") end--
  return `${isNegative ? "-" : ""}${digits.slice(0, point)}${end === point ? "" : `.${digits.slice(point, end)}`}`
}

/** From a Schema's encoded value to the stored one. */
export const storedFromEncoded = (storage: Storage, encoded: unknown): unknown => {
  if (encoded === null) return null
  if (encoded === undefined) throw new InvalidValue("is undefined, which no column holds: null is NULL")
  switch (storage._tag) {
    case "timestamp":
      if (typeof encoded === "number") return encoded
      if (typeof encoded === "string") return new Date(encoded).getTime()
      if (encoded instanceof Date) return encoded.getTime()
      if (DateTime.isDateTime(encoded)) return encoded.epochMillis
      break
    case "bigint":
      if (typeof encoded === "bigint") return encoded
      if (typeof encoded === "string" && /^-?\d{1,40}$/.test(encoded)) return BigInt(encoded)
      if (typeof encoded === "number" && Number.isSafeInteger(encoded)) return BigInt(encoded)
      break
    case "decimal":
      if (typeof encoded === "string" || typeof encoded === "number") return String(encoded)
      if (BigDecimal.isBigDecimal(encoded)) return digitsOf(encoded)
      break
    case "bytes":
      if (encoded instanceof Uint8Array) return encoded
      if (Array.isArray(encoded)) return Uint8Array.from(encoded)
      break
    case "array":
      if (Array.isArray(encoded)) return Array.from(encoded, (item) => storedFromEncoded(storage.item, item))
      break
    default:
      return encoded
  }
  throw new InvalidValue(`cannot be stored as ${storage._tag}`)
}

/** From the stored value to what the Schema calls encoded. */
const encodedFromStored = (storage: Storage, stored: any, encoded: AST.AST): unknown => {
  switch (storage._tag) {
    case "timestamp":
      if (AST.isNumberKeyword(encoded)) return stored
      return AST.isStringKeyword(encoded) ? new Date(stored).toISOString() : new Date(stored)
    case "bigint":
    case "decimal":
      return AST.isNumberKeyword(encoded) ? Number(stored) : AST.isStringKeyword(encoded) ? String(stored) : stored
    case "bytes":
      return AST.isTupleType(encoded) ? Array.from(stored) : stored
    case "array": {
      const item = itemOf(encoded)
      return item === undefined
        ? stored
        : stored.map((one: unknown) => one === null ? null : encodedFromStored(storage.item, one, item))
    }
    default:
      return stored
  }
}

/** What an array's Schema calls encoded of one item, null taken off. */
const itemOf = (encoded: AST.AST): AST.AST | undefined => {
  if (!AST.isTupleType(encoded)) return undefined
  const item = encoded.rest[0]?.type
  if (item === undefined || !AST.isUnion(item)) return item === undefined ? undefined : unrefined(item)
  const rest = item.types.filter((type) => !isNull(type))
  return rest.length === 1 ? unrefined(rest[0]!) : item
}

/** What values of two types are together: undefined where a column cannot hold both. */
export const commonType = (left: ValueType, right: ValueType): ValueType | undefined => {
  const nullable = left.nullable || right.nullable
  const sensitive = left.sensitive === true || right.sensitive === true ? { sensitive: true } : {}
  const storage = commonStorage(left.storage, right.storage)
  if (storage === undefined) return undefined
  if (left.item !== undefined || left.rows !== undefined || right.item !== undefined || right.rows !== undefined) {
    const isOne = left.rows === right.rows && left.item === right.item
    return isOne ? (nullable ? orNull(right) : right) : undefined
  }
  const [one, other] = [analyze(left.schema.ast), analyze(right.schema.ast)]
  if (String(one.inner) === String(other.inner) && one.option === other.option) {
    return { storage, nullable, schema: right.schema, ...sensitive }
  }
  const ast = unrefined(other.inner)
  if (one.option || other.option) return undefined
  // What is read in one way is of one type, as the bigints of a column and of a sum are, whose Schemas differ in what they call encoded.
  const isReadAlike = one.direct !== undefined && one.direct === other.direct
  if (isReadAlike || String(unrefined(one.inner)) === String(ast)) {
    return { storage, nullable, schema: Schema.make(ast), ...sensitive }
  }
  return storage._tag === "text" ? { storage, nullable, schema: Schema.String, ...sensitive } : undefined
}

const commonStorage = (left: Storage, right: Storage): Storage | undefined => {
  if (left._tag === "integer" && right._tag === "integer") {
    return { _tag: "integer", wide: left.wide === true || right.wide === true }
  }
  if (isStoredAs(left, right)) return left
  // Of other digits each: in the form that holds all of them.
  if (left._tag === "decimal" && right._tag === "decimal") return { _tag: "decimal" }
  const isText = ({ _tag }: Storage) => _tag === "text" || _tag === "literal"
  return isText(left) && isText(right) ? { _tag: "text" } : undefined
}

const texts: ReadonlyArray<Storage["_tag"]> = ["text", "literal", "uuid", "day", "time"]

/** Whether values that a field asks to be stored otherwise still need no Schema to run. */
export const isStoredAlike = (asked: Storage, usual: Storage): boolean =>
  asked._tag === usual._tag || (texts.includes(asked._tag) && texts.includes(usual._tag))

const conversions = new WeakMap<object, Conversion>()

/** The conversion of a type; kept by the type itself. */
export const conversionOf = (type: ValueType): Conversion => {
  let found = conversions.get(type)
  if (found === undefined) {
    found = makeConversion(type)
    conversions.set(type, found)
  }
  return found
}

/** Each value goes its own way, so that lists hold what single values are. */
const listConversion = ({ nullable }: ValueType, item: ValueType): Conversion => {
  const { fromStored, toStored } = conversionOf(item)
  return {
    option: false,
    isIdentity: false,
    toStored: (value) => {
      if (value === null && nullable) return null
      if (!Array.isArray(value)) throw new InvalidValue("is not a list")
      return Array.from(value, toStored)
    },
    fromStored: (stored: ReadonlyArray<unknown> | null) => {
      if (stored !== null) return stored.map(fromStored)
      if (nullable) return null
      throw new InvalidValue("is NULL, and not a list")
    }
  }
}

const makeConversion = (type: ValueType): Conversion => {
  if (type.item !== undefined) return listConversion(type, type.item)
  const analysis = analyze(type.schema.ast)
  const { option, refinements } = analysis
  const direct = isStoredAlike(type.storage, analysis.storage) ? analysis.direct : undefined
  const one: Schema.Schema<any, any> = Schema.make(analysis.inner)
  const encodedAst = unrefined(AST.encodedBoundAST(analysis.inner))
  const decode = ParseResult.decodeUnknownEither(one)
  const encode = ParseResult.encodeUnknownEither(one)
  const inWords = type.sensitive === true ? () => "its value is not shown" : problemOf
  const refined = (refinement: AST.Refinement) => (value: unknown): unknown => {
    const issue = refinement.filter(value, options, refinement)
    if (Option.isNone(issue)) return value
    throw new InvalidValue(inWords(new ParseResult.Refinement(refinement, value, "Predicate", issue.value)))
  }
  const check = refinements.length === 0
    ? undefined
    : refinements.map(refined).reduce((inner, outer) => (value) => outer(inner(value)))
  const fromOne = direct !== undefined
    ? direct === identity
      ? check ?? identity
      : check === undefined
      ? direct
      : (stored: unknown) => check(direct(stored))
    : (stored: unknown) => {
      const result = decode(encodedFromStored(type.storage, stored, encodedAst))
      if (result._tag === "Left") throw new InvalidValue(inWords(result.left))
      return result.right
    }
  const toOne = direct !== undefined
    ? (value: unknown) => storedFromEncoded(type.storage, value)
    : (value: unknown) => {
      const result = encode(value)
      if (result._tag === "Left") throw new InvalidValue(inWords(result.left))
      return storedFromEncoded(type.storage, result.right)
    }
  return {
    option,
    isIdentity: direct === identity && check === undefined && !option && !type.nullable,
    toStored: (value) => {
      if (value === null) {
        if (type.nullable) return null
        throw new InvalidValue("is null: ask for NULL by isNull")
      }
      if (Option.isOption(value) && option) {
        if (Option.isSome(value)) return toOne(value.value)
        if (type.nullable) return null
        throw new InvalidValue("is none: ask for NULL by isNull")
      }
      if (value === undefined) throw new InvalidValue("is undefined")
      return toOne(value)
    },
    fromStored: (stored) => {
      if (stored === null) {
        if (option) return Option.none()
        if (type.nullable) return null
        throw new InvalidValue("is NULL, and its Schema takes no null")
      }
      const value = fromOne(stored)
      return option ? Option.some(value) : value
    }
  }
}

const unrefined = (ast: AST.AST): AST.AST => AST.isRefinement(ast) ? unrefined(ast.from) : ast
