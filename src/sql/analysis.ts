/**
 * What a Schema's AST tells of how its values are stored.
 *
 * The Schema's encoded side decides; the Schemas for instants, decimals, big integers and bytes that Effect itself gives are known
 * and go straight between the stored value and the Type, as their text form would only be made to be parsed again.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import type { Storage } from "./storage.js"

/** What reading a Schema's AST tells. */
export interface Analysis {
  readonly storage: Storage
  readonly nullable: boolean
  /** The Type is an Option: null is none. */
  readonly option: boolean
  /** From a stored value to the Type, where no Schema has to run; undefined where one has to. */
  readonly direct: ((stored: any) => unknown) | undefined
  /** Whether a value is of the Type, its refinements left aside, where the stored value is then certain; undefined where a Schema has to run. */
  readonly accepts: ((value: unknown) => boolean) | undefined
  /** Checks of the Type that come after `direct`, innermost first. */
  readonly refinements: ReadonlyArray<AST.Refinement>
  /** The Schema of one value, null and Option taken off. */
  readonly inner: AST.AST
}

export const identity = (value: unknown): unknown => value

const toDate = (ms: number) => new Date(ms)
const toDateTime = (ms: number) => DateTime.unsafeMake(ms)
const toDecimal = (text: string) => BigDecimal.normalize(BigDecimal.unsafeFromString(text))

type Accepts = NonNullable<Analysis["accepts"]>

const isTime = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime())
const isUtc: Accepts = (value) => DateTime.isDateTime(value) && DateTime.isUtc(value)
const isBigint = (value: unknown): boolean => typeof value === "bigint"
const isBytes = (value: unknown): boolean => value instanceof Uint8Array

interface Known {
  readonly storage: Storage
  readonly direct: (stored: any) => unknown
  /** Missing where the encoded side does not hold every value of the Type. */
  readonly accepts?: Accepts
}

const dates: Known = { storage: { _tag: "timestamp" }, direct: toDate, accepts: isTime }
const dateTimes: Known = { storage: { _tag: "timestamp" }, direct: toDateTime, accepts: isUtc }
const bigints: Known = { storage: { _tag: "bigint" }, direct: identity }
const decimals: Known = { storage: { _tag: "decimal" }, direct: toDecimal }
const bytes: Known = { storage: { _tag: "bytes" }, direct: identity, accepts: isBytes }

/** What stays of a Schema whatever is said of it by annotations: its transformation, or how it is declared. */
const essence = (ast: AST.AST): unknown =>
  AST.isTransformation(ast) ? ast.transformation : AST.isDeclaration(ast) ? ast.decodeUnknown : undefined

/** Schemas of Effect's own, with what they are stored as and how their Type is made of it. */
const known = new Map<unknown, Known>(
  ([
    [Schema.DateTimeUtc, dateTimes],
    [Schema.DateTimeUtcFromSelf, dateTimes],
    [Schema.DateTimeUtcFromNumber, dateTimes],
    [Schema.DateTimeUtcFromDate, dateTimes],
    [Schema.DateFromString, dates],
    [Schema.DateFromNumber, dates],
    [Schema.DateFromSelf, dates],
    [Schema.BigInt, { ...bigints, accepts: isBigint }],
    [Schema.BigIntFromNumber, bigints],
    [Schema.BigDecimal, { ...decimals, accepts: BigDecimal.isBigDecimal }],
    [Schema.BigDecimalFromNumber, decimals],
    [Schema.BigDecimalFromSelf, { ...decimals, accepts: BigDecimal.isBigDecimal }],
    [Schema.Uint8Array, bytes],
    [Schema.Uint8ArrayFromSelf, bytes]
  ] as ReadonlyArray<readonly [Schema.Schema.Any, Known]>).map(([schema, how]) => [essence(schema.ast), how])
)

/** Why a Schema cannot be a column. */
export class Unstorable {
  readonly _tag = "Unstorable"
  constructor(readonly problem: string) {}
}

export const isNull = (ast: AST.AST): boolean => AST.isLiteral(ast) && ast.literal === null

const isOptionOfNullable = (ast: AST.AST): ast is AST.Transformation & { readonly from: AST.Union } =>
  AST.isTransformation(ast) && AST.isUnion(ast.from) && ast.from.types.some(isNull) && AST.isDeclaration(ast.to) &&
  ast.to.typeParameters.length === 1 && String(ast.to).startsWith("Option<")

const scalar = (ast: AST.AST, refinements: ReadonlyArray<AST.Refinement>): Storage | undefined => {
  switch (ast._tag) {
    case "StringKeyword":
    case "TemplateLiteral":
      return text(refinements)
    case "NumberKeyword":
      return number(refinements)
    case "BooleanKeyword":
      return { _tag: "boolean" }
    case "BigIntKeyword":
      return { _tag: "bigint" }
    case "Literal":
      return literals([ast.literal])
    case "Enums":
      return literals(ast.enums.map(([, value]) => value))
    case "Union":
      return literals(ast.types.flatMap((type) => AST.isLiteral(type) ? [type.literal] : [undefined]))
    case "TypeLiteral":
    case "TupleType":
    case "UnknownKeyword":
    case "AnyKeyword":
    case "ObjectKeyword":
      return { _tag: "json" }
    default:
      return undefined
  }
}

const literals = (values: ReadonlyArray<AST.LiteralValue | undefined>): Storage => {
  if (values.every((value) => typeof value === "string")) {
    return { _tag: "literal", values: values as ReadonlyArray<string> }
  }
  if (values.every((value) => Number.isSafeInteger(value))) {
    return {
      _tag: "integer",
      wide: values.some((value) => Math.abs(value as number) > 0x7fffffff),
      values: values as ReadonlyArray<number>
    }
  }
  if (values.every((value) => typeof value === "bigint")) return { _tag: "bigint" }
  if (values.every((value) => typeof value === "boolean")) return { _tag: "boolean" }
  return { _tag: "json" }
}

const bound = (refinements: ReadonlyArray<AST.Refinement>, key: string): number | undefined => {
  let found: number | undefined
  for (const refinement of refinements) {
    const schema = Option.getOrUndefined(AST.getJSONSchemaAnnotation(refinement)) as
      | { readonly [key: string]: unknown }
      | undefined
    const value = schema?.[key]
    if (typeof value === "number") found = value
  }
  return found
}

const hasId = (refinements: ReadonlyArray<AST.Refinement>, id: symbol): boolean =>
  refinements.some((refinement) => Option.getOrUndefined(AST.getSchemaIdAnnotation(refinement)) === id)

/** What Schemas of days and of times of day are known by, whatever is built of them: there are columns for these. */
export const DayId: unique symbol = Symbol.for("effect-strata/Day")
export const TimeOfDayId: unique symbol = Symbol.for("effect-strata/TimeOfDay")

const text = (refinements: ReadonlyArray<AST.Refinement>): Storage => {
  if (hasId(refinements, Schema.UUIDSchemaId)) return { _tag: "uuid" }
  if (hasId(refinements, DayId)) return { _tag: "day" }
  if (hasId(refinements, TimeOfDayId)) return { _tag: "time" }
  const maxLength = bound(refinements, "maxLength")
  return maxLength === undefined ? { _tag: "text" } : { _tag: "text", maxLength }
}

const number = (refinements: ReadonlyArray<AST.Refinement>): Storage => {
  if (!hasId(refinements, Schema.IntSchemaId)) return { _tag: "double" }
  const least = bound(refinements, "minimum") ?? 0
  const most = bound(refinements, "maximum") ?? 0
  return least < -0x80000000 || most > 0x7fffffff ? { _tag: "integer", wide: true } : { _tag: "integer" }
}

const analyzeValue = (ast: AST.AST): Analysis => {
  const refinements: Array<AST.Refinement> = []
  let current = ast
  for (;;) {
    if (AST.isRefinement(current)) {
      refinements.unshift(current)
      current = current.from
    } else if (AST.isSuspend(current)) {
      current = current.f()
    } else break
  }
  // What may be anything may be null, and JSON's null is NULL.
  const nullable = AST.isUnknownKeyword(current) || AST.isAnyKeyword(current)
  const base = { nullable, option: false, refinements, inner: ast }
  const found = known.get(essence(current) ?? current)
  if (found !== undefined) return { ...base, storage: found.storage, direct: found.direct, accepts: found.accepts }
  const storage = scalar(current, refinements)
  if (storage !== undefined) {
    return {
      ...base,
      storage,
      direct: storage._tag === "json" || isDirectScalar(current) ? directOf(storage) : undefined,
      accepts: acceptsOf(current)
    }
  }
  if (AST.isTransformation(current)) {
    const encoded = analyzeValue(AST.encodedBoundAST(current.from))
    return { ...base, storage: encoded.storage, direct: undefined, accepts: undefined, refinements: [] }
  }
  if (AST.isUndefinedKeyword(current) || AST.isVoidKeyword(current)) {
    throw new Unstorable("a column holds NULL, not undefined: use Schema.NullOr or Schema.OptionFromNullOr")
  }
  throw new Unstorable(
    `a value of ${String(current)} cannot be stored: give its Schema an encoded side of text, numbers or JSON`
  )
}

/** JSON is decoded by its Schema; the rest holds what its Type is. */
const directOf = (storage: Storage): ((stored: any) => unknown) | undefined =>
  storage._tag === "json" ? undefined : identity

const acceptsOf = (ast: AST.AST): Accepts | undefined => {
  switch (ast._tag) {
    case "StringKeyword":
      return (value) => typeof value === "string"
    case "NumberKeyword":
      return (value) => typeof value === "number"
    case "BooleanKeyword":
      return (value) => typeof value === "boolean"
    case "BigIntKeyword":
      return isBigint
    case "Literal":
      return (value) => value === ast.literal
    case "Union": {
      const values = new Set<unknown>(ast.types.map((type) => AST.isLiteral(type) ? type.literal : ast))
      return values.has(ast) ? undefined : (value) => values.has(value)
    }
    default:
      return undefined
  }
}

const isDirectScalar = (ast: AST.AST): boolean =>
  !AST.isTemplateLiteral(ast) && !AST.isLiteral(ast) && !AST.isUnion(ast) && !AST.isEnums(ast)

export const analyze = (ast: AST.AST): Analysis => {
  if (AST.isSuspend(ast)) return analyze(ast.f())
  if (isOptionOfNullable(ast)) {
    const inside = analyze(ast.from)
    return { ...inside, nullable: true, option: true, accepts: undefined }
  }
  if (AST.isUnion(ast)) {
    if (ast.types.some((type) => AST.isUndefinedKeyword(type))) {
      throw new Unstorable("a column holds NULL, not undefined: use Schema.NullOr or Schema.OptionFromNullOr")
    }
    if (ast.types.some(isNull)) {
      const rest = ast.types.filter((type) => !isNull(type))
      const one = rest.length === 1 ? rest[0]! : AST.Union.make(rest)
      return { ...analyzeValue(one), nullable: true }
    }
  }
  return analyzeValue(ast)
}
