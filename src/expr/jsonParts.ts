/**
 * Parts of JSON values: the Schema of a part that another value is to have in it, and what is certain of a Schema's JSON.
 */
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import type { ValueType } from "../sql/storage.js"
import { isClass, isOption } from "./jsonPath.js"

const parts = new WeakMap<AST.AST, AST.AST>()

/** The same with every property optional, at any depth; what is refined as a whole loses that. */
const partialOf = (ast: AST.AST): AST.AST => {
  let found = parts.get(ast)
  if (found === undefined) parts.set(ast, found = makePartial(ast))
  return found
}

const makePartial = (ast: AST.AST): AST.AST => {
  switch (ast._tag) {
    case "TypeLiteral":
      return new AST.TypeLiteral(
        ast.propertySignatures.map(({ isReadonly, name, type }) =>
          new AST.PropertySignature(name, partialOf(type), true, isReadonly)
        ),
        ast.indexSignatures.map(({ isReadonly, parameter, type }) =>
          new AST.IndexSignature(parameter, partialOf(type), isReadonly)
        )
      )
    case "TupleType": {
      const types = [...ast.elements, ...ast.rest].map(({ type }) => partialOf(type))
      return types.length === 0
        ? ast
        : new AST.TupleType([], [new AST.Type(AST.Union.make([...new Set(types)]))], ast.isReadonly)
    }
    case "Union":
      return AST.Union.make(ast.types.map(partialOf))
    case "Refinement":
      return isContainer(ast.from) ? partialOf(ast.from) : ast
    case "Suspend":
      return new AST.Suspend(() => partialOf(ast.f()))
    case "Transformation":
      return isClass(ast) || AST.isTypeLiteralTransformation(ast.transformation) || isOption(ast.to)
        ? partialOf(ast.from)
        : ast
    default:
      return ast
  }
}

const types = new WeakMap<ValueType, ValueType>()

/** What a value of the type can be asked to have in it: a property that the Schema has not is refused, never passed over. */
export const partOf = (type: ValueType): ValueType => {
  let found = types.get(type)
  if (found === undefined) {
    const schema = Schema.make<any, any, never>(partialOf(type.schema.ast)).annotations({
      parseOptions: { onExcessProperty: "error" }
    })
    types.set(type, found = { ...type, nullable: false, schema })
  }
  return found
}

const isNullish = (ast: AST.AST): boolean => (AST.isLiteral(ast) && ast.literal === null) || AST.isUndefinedKeyword(ast)

const isAny = (ast: AST.AST): boolean => AST.isUnknownKeyword(ast) || AST.isAnyKeyword(ast) || AST.isObjectKeyword(ast)

const certainly = (isSo: (ast: AST.AST) => boolean) => {
  const all = (ast: AST.AST): boolean => {
    switch (ast._tag) {
      case "Union":
        return ast.types.every((type) => isNullish(type) || all(type))
      case "Refinement":
      case "Transformation":
        return all(ast.from)
      case "Suspend":
        return all(ast.f())
      default:
        return isSo(ast)
    }
  }
  return all
}

const hasKeys = (ast: AST.AST): boolean =>
  AST.isTypeLiteral(ast) && ast.propertySignatures.length + ast.indexSignatures.length > 0

/** Whether its JSON is certainly an object, or null. */
export const isObject = certainly(hasKeys)

/** Whether its JSON is certainly an object or an array, or null. */
export const isContainer = certainly((ast) => AST.isTupleType(ast) || hasKeys(ast))

/** Whether an array may stand where something else may stand too. */
export const isMixed = (ast: AST.AST): boolean => mixed(AST.encodedAST(ast), new Set())

const mixed = (ast: AST.AST, seen: Set<AST.AST>): boolean => {
  if (seen.has(ast)) return false
  seen.add(ast)
  const within = (one: AST.AST): boolean => mixed(one, seen)
  switch (ast._tag) {
    case "TypeLiteral":
      return ast.propertySignatures.length + ast.indexSignatures.length === 0 ||
        [...ast.propertySignatures, ...ast.indexSignatures].some(({ type }) => within(type))
    case "TupleType":
      // Of elements that differ, one may be an array and the next one none.
      return within(AST.Union.make([...ast.elements, ...ast.rest].map(({ type }) => type)))
    case "Union": {
      const types = ast.types.filter((type) => !isNullish(type))
      return types.some(within) || (types.some(AST.isTupleType) && !types.every(AST.isTupleType))
    }
    case "Refinement":
      return within(ast.from)
    case "Suspend":
      return within(ast.f())
    default:
      return isAny(ast)
  }
}

const byCodePoint = (a: string, b: string): number => {
  const [left, right] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** The keys of an object in an order that does not depend on the database. */
export const Keys: Schema.Schema<ReadonlyArray<string>> = Schema.transform(
  Schema.Array(Schema.String),
  Schema.Array(Schema.String),
  { strict: true, decode: (keys) => keys.toSorted(byCodePoint), encode: (keys) => keys }
)
