/**
 * Values of JSON columns, checked and copied without a Schema's parser, where their encoded side is what they are.
 */
import * as Option from "effect/Option"
import * as AST from "effect/SchemaAST"
import { isNull } from "../sql/analysis.js"
import { parseOptions, unfit } from "./parsing.js"

/** A copy of a value that holds what its Schema says and no more, else `unfit`. */
type Copy = (value: unknown) => unknown

/** Annotations that change how a Schema's parser takes a value. */
const isParsedOtherwise = (ast: AST.AST): boolean =>
  Option.isSome(AST.getParseOptionsAnnotation(ast)) || Option.isSome(AST.getDecodingFallbackAnnotation(ast))

const when = (accepts: (value: unknown) => boolean): Copy => (value) => accepts(value) ? value : unfit

/** Undefined where a Schema has to run: something in it is stored as another value than it is, or is not said here. */
export const copyOf = (ast: AST.AST): Copy | undefined => {
  if (isParsedOtherwise(ast)) return undefined
  switch (ast._tag) {
    case "StringKeyword":
      return when((value) => typeof value === "string")
    case "NumberKeyword":
      return when((value) => typeof value === "number")
    case "BooleanKeyword":
      return when((value) => typeof value === "boolean")
    case "Literal":
      return typeof ast.literal === "bigint" ? undefined : when((value) => value === ast.literal)
    case "Union":
      return ast.types.length === 2 && ast.types.some(isNull) ? copyOfNullable(ast.types) : copyOfScalars(ast.types)
    case "Refinement":
      return copyOfRefined(ast)
    case "TupleType":
      return ast.elements.length === 0 && ast.rest.length === 1 ? copyOfArray(ast.rest[0]!) : undefined
    case "TypeLiteral":
      return copyOfRecord(ast)
    default:
      return undefined
  }
}

const copyOfNullable = (types: ReadonlyArray<AST.AST>): Copy | undefined => {
  const inside = copyOf(types.find((type) => !isNull(type)) ?? types[0]!)
  return inside && ((value) => value === null ? null : inside(value))
}

const isScalar = (ast: AST.AST): boolean =>
  AST.isLiteral(ast) || AST.isStringKeyword(ast) || AST.isNumberKeyword(ast) || AST.isBooleanKeyword(ast) ||
  (AST.isUnion(ast) && ast.types.every(isScalar))

const copyOfScalars = (types: ReadonlyArray<AST.AST>): Copy | undefined => {
  const copies: Array<Copy> = []
  for (const type of types) {
    const copy = isScalar(type) ? copyOf(type) : undefined
    if (copy === undefined) return undefined
    copies.push(copy)
  }
  return when((value) => copies.some((copy) => copy(value) !== unfit))
}

const copyOfRefined = (ast: AST.Refinement): Copy | undefined => {
  const inside = copyOf(ast.from)
  return inside && ((value) => {
    const copy = inside(value)
    return copy === unfit || Option.isSome(ast.filter(copy, parseOptions, ast)) ? unfit : copy
  })
}

const copyOfArray = ({ type }: AST.Type): Copy | undefined => {
  const item = copyOf(type)
  return item && ((value) => {
    if (!Array.isArray(value)) return unfit
    const copies: Array<unknown> = []
    for (let i = 0; i < value.length; i++) {
      const copy = item(value[i])
      if (copy === unfit) return unfit
      copies.push(copy)
    }
    return copies
  })
}

interface Field {
  readonly name: string
  readonly isOptional: boolean
  readonly copy: Copy
}

const copyOfRecord = ({ indexSignatures, propertySignatures }: AST.TypeLiteral): Copy | undefined => {
  // Of no properties at all it is not a record: anything but null is let through.
  if (indexSignatures.length > 0 || propertySignatures.length === 0) return undefined
  const fields: Array<Field> = []
  for (const { isOptional, name, type } of propertySignatures) {
    const copy = copyOf(type)
    if (copy === undefined || typeof name !== "string" || name === "__proto__") return undefined
    fields.push({ name, isOptional, copy })
  }
  return (value) => {
    if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return unfit
    const made: Record<string, unknown> = {}
    let count = 0
    for (const { copy, isOptional, name } of fields) {
      if (!Object.hasOwn(value, name)) {
        if (isOptional) continue
        return unfit
      }
      const one = copy((value as { readonly [name: string]: unknown })[name])
      if (one === unfit) return unfit
      made[name] = one
      count++
    }
    return count === Object.keys(value).length && Object.getOwnPropertySymbols(value).length === 0 ? made : unfit
  }
}
