/**
 * Paths into JSON: how many keys and indexes they have is part of a statement's text, what these are is bound.
 */
import * as Schema from "effect/Schema"
import type { Expression } from "./ast.js"
import type { Storage, ValueType } from "./storage.js"
import type { Writer } from "./writer.js"

/** Keys of objects and indexes of arrays, outermost first. */
export type Path = ReadonlyArray<string | number>

/**
 * What each part of a path is, a letter each: the key of an object or the index of an array; in upper case where it may be neither.
 */
export type Kinds = string

/** The kinds of a key and of an index, told whether they are certainly those of an object and of an array. */
export const kindOfPart = (part: string | number, isSure: boolean): Kinds => {
  const kind = typeof part === "string" ? "k" : "i"
  return isSure ? kind : kind.toUpperCase()
}

export const isKey = (kinds: Kinds, at: number): boolean => kinds[at]?.toLowerCase() === "k"

/** Whether each part of a path is certainly the key of an object or the index of an array, if these are there at all. */
export const isSure = (kinds: Kinds): boolean => kinds === kinds.toLowerCase()

/** Whether it is the index of what may be no array. */
export const isUnsureIndex = (kinds: Kinds, at: number): boolean => kinds[at] === "I"

interface PathType extends ValueType {
  readonly kinds: Kinds
}

/** Made once for each: statements are of one shape where their types are the same. */
const types = new Map<Kinds, PathType>()

const typeOf = (kinds: Kinds): PathType => {
  let found = types.get(kinds)
  if (found === undefined) {
    types.set(kinds, found = { storage: { _tag: "json" }, nullable: false, schema: Schema.Unknown, kinds })
  }
  return found
}

/** A path as a value that is bound. */
export const parameterOf = (path: Path, kinds: Kinds): Expression => ({
  _tag: "Parameter",
  value: path,
  type: typeOf(kinds)
})

/** A path as it stands in a statement. */
export interface Located {
  readonly parameter: Extract<Expression, { readonly _tag: "Parameter" }>
  readonly path: Path
  readonly kinds: Kinds
}

/** The path of a node that `parameterOf` made. */
export const locatedOf = (expression: Expression | undefined): Located => {
  if (expression?._tag !== "Parameter" || !("kinds" in expression.type)) throw new TypeError("no path")
  return { parameter: expression, path: expression.value as Path, kinds: (expression.type as PathType).kinds }
}

export const textType: ValueType = { storage: { _tag: "text" }, nullable: false, schema: Schema.String }

/** `$."key"[0]`, as SQLite, MySQL and MariaDB read it: a key is a JSON string. */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, part) => text + (typeof part === "number" ? `[${part}]` : `.${JSON.stringify(part)}`), "$")

/** Binds the first parts of a path, or all of it, as one text. */
export const printPath = (
  writer: Writer,
  { parameter, path }: Located,
  end = path.length,
  toText: (path: Path) => string = pathText
): Writer => writer.converted(parameter, textType, (path) => toText((path as Path).slice(0, end)))

/** What is read at the end of a path, by what JSON it is. */
export type Kind = "text" | "number" | "boolean" | "json"

export const kindOf = ({ _tag }: Storage): Kind => {
  switch (_tag) {
    case "text":
    case "literal":
    case "uuid":
    case "day":
    case "time":
      return "text"
    case "double":
    case "integer":
      return "number"
    case "boolean":
      return "boolean"
    default:
      return "json"
  }
}
