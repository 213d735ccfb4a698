/**
 * Filters in URLs: `age[gte]=18`, or `age__gte=18`.
 */
import type { Issue } from "../DbError.js"
import type { Allowed, Limits } from "./allowed.js"
import { Texts } from "./values.js"

/**
 * The parameters of a URL.
 *
 * @since 0.1.0
 * @category models
 */
export type Params =
  | URLSearchParams
  | { readonly [name: string]: string | ReadonlyArray<string> }
  | Iterable<readonly [name: string, value: string]>

/**
 * Which parameters are the filter: all, `except` those of other meanings; or those in `prefix`, as `filter[age][gte]=18`.
 *
 * @since 0.1.0
 * @category models
 */
export interface UrlOptions {
  readonly except?: ReadonlyArray<string>
  readonly prefix?: string
}

/** Parameters by name: a tree, whose leaves are what was said. */
type Tree = Map<string, Tree | { readonly values: Array<string>; isListed: boolean }>

const isIterable = (params: object): params is Iterable<readonly [string, string]> => Symbol.iterator in params

/** Names and values, which may not be texts. */
const pairsOf = function*(params: Params): Iterable<readonly [name: unknown, value: unknown]> {
  if (isIterable(params)) {
    for (const pair of params) yield Array.isArray(pair) ? [pair[0], pair[1]] : [undefined, undefined]
  } else {
    for (const name of Object.keys(params)) {
      const value: unknown = params[name]
      if (!Array.isArray(value)) yield [name, value]
      else for (const one of value) yield [name, one]
    }
  }
}

/** The names in a parameter's name; undefined where brackets are open. */
const segmentsOf = (name: string, allowed: Allowed, prefix: string | undefined): ReadonlyArray<string> | undefined => {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name)
  if (match === null) return undefined
  const [, first, rest] = match as unknown as [string, string, string]
  if (rest !== "") return [first, ...rest.slice(1, -1).split("][")]
  return prefix === undefined && allowed.fields.has(first) ? [first] : first.split("__")
}

/** The value of a leaf or a branch: a record, or a list where a list of filters stands. */
const valueOf = (tree: Tree): unknown => {
  const record: Record<string, unknown> = Object.create(null)
  for (const [name, node] of tree) {
    const isList = (name === "and" || name === "or") && node instanceof Map &&
      [...node.keys()].every((key, i) => key === String(i))
    record[name] = !(node instanceof Map)
      ? new Texts(node.values, node.isListed)
      : isList
      ? Array.from(node.values(), (one) => one instanceof Map ? valueOf(one) : new Texts(one.values, one.isListed))
      : valueOf(node)
  }
  return record
}

/** What parameters say, for `decodeParts`. */
export const fromParams = (
  allowed: Allowed,
  limits: Required<Limits>,
  { except = [], prefix }: UrlOptions,
  params: Params
): { readonly input: unknown; readonly issues: ReadonlyArray<Issue> } => {
  const issues: Array<Issue> = []
  const tree: Tree = new Map()
  const most = limits.conditions * (limits.list + 1)
  const deepest = 2 * limits.depth + 4
  let count = 0
  if (typeof params !== "object" || params === null) {
    return { input: undefined, issues: [{ path: [], message: "are no parameters of a URL" }] }
  }
  for (const [name, value] of pairsOf(params)) {
    const refuse = (message: string): void => void issues.push({ path: [String(name).slice(0, 60)], message })
    if (++count > most || issues.length > 20) {
      refuse(`is one parameter too many`)
      break
    }
    if (typeof name !== "string" || typeof value !== "string") {
      refuse("is not a text")
      continue
    }
    const segments = segmentsOf(name, allowed, prefix)
    if (segments === undefined) {
      if (prefix === undefined || name.startsWith(prefix)) refuse("has brackets that are not closed")
      continue
    }
    if (prefix === undefined ? except.includes(segments[0]!) : segments[0] !== prefix) continue
    const path = prefix === undefined ? segments : segments.slice(1)
    if (path.length > deepest) {
      refuse(`is nested too deep: at most ${limits.depth}`)
      continue
    }
    const isListed = path.at(-1) === ""
    const names = isListed ? path.slice(0, -1) : path
    if (names.length === 0 || names.includes("")) {
      refuse("has an empty name")
      continue
    }
    let at = tree
    let clash = false
    for (const one of names.slice(0, -1)) {
      const next = at.get(one)
      if (next instanceof Map) at = next
      else if (next === undefined) {
        const made: Tree = new Map()
        at.set(one, made)
        at = made
      } else clash = true
    }
    const last = names.at(-1)!
    const leaf = at.get(last)
    if (clash || leaf instanceof Map) refuse("is a value and a record at once")
    else if (leaf === undefined) at.set(last, { values: [value], isListed })
    else {
      leaf.values.push(value)
      leaf.isListed ||= isListed
    }
  }
  return { input: valueOf(tree), issues }
}

/** The parameters of a filter as JSON has it. */
export const toParams = (
  json: { readonly [name: string]: unknown },
  prefix: string | undefined
): { readonly [name: string]: string | ReadonlyArray<string> } => {
  const params: Record<string, string | ReadonlyArray<string>> = {}
  const walk = (name: string | undefined, value: unknown): void => {
    const isTexts = Array.isArray(value) && value.every((one) => typeof one !== "object")
    if (isTexts) params[`${name}[]`] = (value as ReadonlyArray<unknown>).map(String)
    else if (typeof value === "object" && value !== null) {
      for (const [key, one] of Object.entries(value)) walk(name === undefined ? key : `${name}[${key}]`, one)
    } else if (name !== undefined) params[name] = String(value)
  }
  walk(prefix, json)
  return params
}
