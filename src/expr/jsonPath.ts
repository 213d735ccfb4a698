/**
 * The Schema of a place in a JSON column: found by walking the column's own Schema along a path.
 */
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { isNull } from "../sql/analysis.js"
import type { Kinds, Path } from "../sql/jsonPaths.js"
import { kindOfPart } from "../sql/jsonPaths.js"
import type { Storage, ValueType } from "../sql/storage.js"
import { fromSchema, isUnstorable, orNull } from "../sql/valueType.js"

/** What stands one step further. */
interface Step {
  readonly types: ReadonlyArray<AST.AST>
  /** There may be nothing. */
  readonly isMissing: boolean
  /** It is certainly a key of an object, or an index of an array, that it was asked for. */
  readonly isSure: boolean
}

/** A problem in words, or undefined where a Schema has no such place. */
type Stepped = Step | string | undefined

const isAbsent = (ast: AST.AST): boolean => isNull(ast) || AST.isUndefinedKeyword(ast)

/** Whether it is the Type of an Option, however it is declared. */
export const isOption = (ast: AST.AST): boolean =>
  AST.isDeclaration(ast) && ast.typeParameters.length === 1 && ParseResult.is(Schema.make(ast))(Option.none())

export const isClass = (ast: AST.AST): boolean => AST.SurrogateAnnotationId in ast.annotations

const anything: Step = { types: [AST.unknownKeyword], isMissing: true, isSure: false }

const intoObject = (ast: AST.TypeLiteral, key: string | number): Stepped => {
  if (typeof key === "number") return undefined
  const signature = ast.propertySignatures.find(({ name }) => name === key)
  if (signature !== undefined) return { types: [signature.type], isMissing: signature.isOptional, isSure: true }
  const types = ast.indexSignatures.map(({ type }) => type)
  return types.length === 0 ? undefined : { types, isMissing: true, isSure: true }
}

const intoArray = ({ elements, rest }: AST.TupleType, at: string | number): Stepped => {
  if (typeof at !== "number") return undefined
  const element = elements[at]
  if (element !== undefined) return { types: [element.type], isMissing: element.isOptional, isSure: true }
  return rest.length === 0 ? undefined : { types: rest.map(({ type }) => type), isMissing: true, isSure: true }
}

const intoUnion = ({ types }: AST.Union, key: string | number): Stepped => {
  const found: Array<Step> = []
  const present = types.filter((type) => !isAbsent(type))
  for (const type of present) {
    const one = into(type, key)
    if (typeof one === "string") return one
    if (one !== undefined) found.push(one)
  }
  return found.length === 0 ? undefined : {
    types: [...new Set(found.flatMap((one) => one.types))],
    isMissing: found.length < types.length || found.some(({ isMissing }) => isMissing),
    isSure: found.length === present.length && !types.some(isNull) && found.every((one) => one.isSure)
  }
}

const byItself = (name: string | number): string =>
  `${name} is made by the Schema itself, and is not what is kept: select the whole column`

const intoRenamed = (ast: AST.Transformation, key: string | number): Stepped => {
  if (!AST.isTypeLiteralTransformation(ast.transformation)) return byItself(key)
  const change = ast.transformation.propertySignatureTransformations.find(({ to }) => to === String(key))
  if (change === undefined) return into(ast.from, key)
  const to = AST.getPropertySignatures(ast.to).find(({ name }) => name === change.to)
  const from = AST.getPropertySignatures(ast.from).find(({ name }) => name === change.from)
  // A value that the Schema puts where nothing is cannot be known to the database.
  if (to !== undefined && from?.isOptional === true && !to.isOptional && !isOption(to.type)) return byItself(key)
  return change.from === change.to ? into(ast.from, key) : `${key} has another name in JSON: select the whole column`
}

/** The parts of arrays and objects, whatever is said of these as a whole. */
const into = (ast: AST.AST, key: string | number): Stepped => {
  switch (ast._tag) {
    case "Suspend":
      return into(ast.f(), key)
    case "Refinement":
      return into(ast.from, key)
    case "TypeLiteral":
      // Of no properties at all it is anything.
      return ast.propertySignatures.length + ast.indexSignatures.length === 0 ? anything : intoObject(ast, key)
    case "TupleType":
      return intoArray(ast, key)
    case "Union":
      return intoUnion(ast, key)
    case "Transformation":
      return isClass(ast) || (isOption(ast.to) && AST.isUnion(ast.from)) ? into(ast.from, key) : intoRenamed(ast, key)
    case "UnknownKeyword":
    case "AnyKeyword":
    case "ObjectKeyword":
      return anything
    default:
      return undefined
  }
}

/** Unions of the same parts, made once. */
const unions = new WeakMap<AST.AST, Array<{ readonly types: ReadonlyArray<AST.AST>; readonly union: AST.AST }>>()

const together = (types: ReadonlyArray<AST.AST>): AST.AST => {
  const first = types[0]!
  if (types.length === 1) return first
  const known = unions.get(first) ?? []
  unions.set(first, known)
  const found = known.find((one) =>
    one.types.length === types.length && one.types.every((type, i) => type === types[i])
  )
  if (found !== undefined) return found.union
  const union = AST.Union.make(types)
  known.push({ types, union })
  return union
}

/** What JSON a value becomes. */
const storageOf = (ast: AST.AST): Storage => {
  switch (ast._tag) {
    case "StringKeyword":
    case "TemplateLiteral":
      return { _tag: "text" }
    case "NumberKeyword":
      return { _tag: "double" }
    case "BooleanKeyword":
      return { _tag: "boolean" }
    case "Refinement":
      return storageOf(ast.from)
    case "Literal":
      return ofValue(ast.literal)
    case "Enums":
      return common(ast.enums.map(([, value]) => ofValue(value)))
    case "Union":
      return common(ast.types.map(storageOf))
    default:
      return { _tag: "json" }
  }
}

const ofValue = (value: unknown): Storage => {
  switch (typeof value) {
    case "string":
      return { _tag: "text" }
    case "number":
      return { _tag: "double" }
    case "boolean":
      return { _tag: "boolean" }
    default:
      return { _tag: "json" }
  }
}

const common = (storages: ReadonlyArray<Storage>): Storage =>
  storages.length > 0 && storages.every(({ _tag }) => _tag === storages[0]!._tag) ? storages[0]! : { _tag: "json" }

/** What a place holds: `isNullable` where its Schema says null, be it there or not. */
export interface Leaf {
  readonly type: ValueType
  readonly isNullable: boolean
}

const leaves = new WeakMap<AST.AST, Leaf | string>()
const hidden = new WeakMap<ValueType, ValueType>()

const valueOf = (ast: AST.AST): { readonly inner: AST.AST; readonly isNullable: boolean } | string => {
  if (AST.isSuspend(ast)) return valueOf(ast.f())
  if (AST.isTransformation(ast) && isOption(ast.to)) {
    return AST.isUnion(ast.from) && ast.from.types.some(isAbsent)
      ? valueOf(ast.from)
      : "an Option that is kept as an object: take Schema.OptionFromNullOr, or select the whole column"
  }
  if (!AST.isUnion(ast) || !ast.types.some(isAbsent)) return { inner: ast, isNullable: false }
  const inner = AST.Union.make(ast.types.filter((type) => !isAbsent(type)))
  return AST.isNeverKeyword(inner) ? "nothing but null" : { inner, isNullable: ast.types.some(isNull) }
}

const makeLeaf = (ast: AST.AST): Leaf | string => {
  const value = valueOf(ast)
  if (typeof value === "string") return value
  const { inner, isNullable } = value
  const type = fromSchema(Schema.make(inner), storageOf(AST.encodedAST(inner)))
  if (isUnstorable(type)) return type.problem
  return { type: { ...type, nullable: AST.isUnknownKeyword(inner) || AST.isAnyKeyword(inner) }, isNullable }
}

const leafOf = (ast: AST.AST): Leaf | string => {
  let found = leaves.get(ast)
  if (found === undefined) leaves.set(ast, found = makeLeaf(ast))
  return found
}

/** The same, hidden from messages. */
const hide = (type: ValueType): ValueType => {
  let found = hidden.get(type)
  if (found === undefined) hidden.set(type, found = { ...type, sensitive: true })
  return found
}

/** A place in a JSON value. */
export interface Place extends Leaf {
  readonly kinds: Kinds
  /** The last key of the path need not be there. */
  readonly isOptional: boolean
}

/** Follows a path through the Schema of a JSON value, or tells why it cannot. */
export const follow = (type: ValueType, path: Path): Place | string => {
  let { ast } = type.schema
  let isMissing = type.nullable
  let isOptional = false
  let kinds = ""
  for (const [i, key] of path.entries()) {
    const step = into(ast, key)
    if (step === undefined) return `its Schema has no ${path.slice(0, i + 1).join(".")}`
    if (typeof step === "string") return step
    isMissing ||= step.isMissing
    isOptional = step.isMissing
    kinds += kindOfPart(key, step.isSure)
    ast = together(step.types)
  }
  const leaf = leafOf(ast)
  if (typeof leaf === "string") return `its Schema has ${leaf}`
  const { isNullable } = leaf
  const own = type.sensitive === true ? hide(leaf.type) : leaf.type
  return { type: isMissing || isNullable ? orNull(own) : own, isNullable, isOptional, kinds }
}
