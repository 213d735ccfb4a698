/**
 * From what came from outside to parts that are allowed: a bounded amount of work, whatever came.
 */
import type { Issue } from "../DbError.js"
import { isPlain } from "../sql/nodes.js"
import { InvalidValue } from "../sql/storage.js"
import type { Allowed, Field, Limits } from "./allowed.js"
import { quantifiers } from "./parts.js"
import type { Part, Parts } from "./parts.js"
import { decode, decodeBoolean, decodeText, itemsOf, Texts } from "./values.js"

type Path = Issue["path"]

const mostIssues = 20

/** Thrown when so much is wrong that the rest is not looked at. */
const enough = Symbol()

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value) && isPlain(value)

const listOf = (names: Iterable<string>): string => {
  const all = [...names]
  return all.length === 0 ? "there is none" : `there are ${all.join(", ")}`
}

/** A name as a message may show it. */
const shown = (name: string): string => name.length > 60 ? `${name.slice(0, 60)}…` : name

class Decoding {
  readonly issues: Array<Issue> = []
  private conditions = 0

  constructor(private readonly limits: Required<Limits>) {}

  private refuse(path: Path, message: string): void {
    this.issues.push({ path, message })
    if (this.issues.length >= mostIssues) throw enough
  }

  /** What a value is; what it is not is an issue. */
  private attempt<A>(path: Path, read: () => A): A | undefined {
    try {
      return read()
    } catch (problem) {
      if (!(problem instanceof InvalidValue)) throw problem
      this.refuse(path, problem.message)
      return undefined
    }
  }

  /** The parts of a filter; where it may not be empty, an empty one would be a condition that says nothing. */
  filter(allowed: Allowed, input: unknown, path: Path, depth: number, mayBeEmpty: boolean): Parts {
    if (depth > this.limits.depth) {
      this.refuse(path, `is nested too deep: at most ${this.limits.depth}`)
      return []
    }
    if (!isRecord(input)) {
      this.refuse(path, "is not a filter: a record is expected")
      return []
    }
    const parts: Array<Part> = []
    const names = Object.keys(input)
    if (Object.getOwnPropertySymbols(input).length > 0) this.refuse(path, "has a symbol for a name")
    if (names.length === 0 && !mayBeEmpty) this.refuse(path, "says nothing")
    for (const name of names) {
      const at = [...path, shown(name)]
      const value = input[name]
      const field = allowed.fields.get(name)
      const related = allowed.relations.get(name)
      if (value === undefined) this.refuse(at, "is undefined: leave it out")
      else if (field !== undefined) this.tests(field, value, at, parts)
      else if (related !== undefined) this.related(name, related.allowed, value, at, depth, parts)
      else if (name === "and" || name === "or") {
        parts.push({ _tag: name === "and" ? "All" : "Any", filters: this.filters(allowed, value, at, depth) })
      } else if (name === "not") {
        parts.push({ _tag: "Not", parts: this.filter(allowed, value, at, depth + 1, false) })
      } else {
        this.refuse(at, `is nothing to filter by: ${listOf([...allowed.fields.keys(), ...allowed.relations.keys()])}`)
      }
    }
    return parts
  }

  private filters(allowed: Allowed, input: unknown, path: Path, depth: number): ReadonlyArray<Parts> {
    if (!Array.isArray(input)) this.refuse(path, "takes a list of filters")
    else if (input.length === 0) this.refuse(path, "says nothing")
    else if (input.length > this.limits.conditions) {
      this.refuse(path, `has too many filters: at most ${this.limits.conditions}`)
    } else return Array.from(input, (one, i) => this.filter(allowed, one, [...path, i], depth + 1, false))
    return []
  }

  private related(name: string, allowed: Allowed, input: unknown, path: Path, depth: number, into: Array<Part>): void {
    if (!isRecord(input)) return this.refuse(path, "takes some, none or every")
    const names = Object.keys(input)
    if (names.length === 0) this.refuse(path, "says nothing: it takes some, none or every")
    for (const quantifier of names) {
      const at = [...path, shown(quantifier)]
      if (!Object.hasOwn(quantifiers, quantifier)) {
        this.refuse(at, "is no test of a relation: there are some, none, every")
        continue
      }
      this.count(at)
      const one = quantifier as keyof typeof quantifiers
      // Every row is one of which nothing is asked.
      const parts = this.filter(allowed, input[quantifier], at, depth + 1, one !== "every")
      into.push({ _tag: "Related", relation: name, quantifier: one, parts })
    }
  }

  private count(path: Path): void {
    this.conditions++
    if (this.conditions <= this.limits.conditions) return
    this.issues.push({ path, message: `is one condition too many: at most ${this.limits.conditions}` })
    throw enough
  }

  private tests(field: Field, input: unknown, path: Path, into: Array<Part>): void {
    if (input === null) return this.refuse(path, "is null: ask for NULL by { isNull: true }")
    if (!isRecord(input) || input instanceof Texts) return this.test(field, "eq", input, path, into)
    const operators = Object.keys(input)
    if (operators.length === 0) this.refuse(path, "says nothing: give a value or a test")
    for (const operator of operators) this.test(field, operator, input[operator], [...path, shown(operator)], into)
  }

  private test(field: Field, operator: string, input: unknown, path: Path, into: Array<Part>): void {
    this.count(path)
    if (!field.operators.has(operator)) {
      return this.refuse(path, `is no test that may be asked for: ${listOf(field.operators)}`)
    }
    const value = this.attempt(path, () => this.value(field, operator, input, path))
    if (value !== undefined) into.push({ _tag: "Test", field: field.name, operator, value })
  }

  private value({ type }: Field, operator: string, input: unknown, path: Path): unknown {
    switch (operator) {
      case "in":
      case "notIn":
        return this.list(type, input, path, 1, this.limits.list)
      case "between":
        return this.list(type, input, path, 2, 2)
      case "isNull":
        return decodeBoolean(input)
      case "contains":
      case "startsWith":
      case "endsWith":
      case "like":
      case "ilike": {
        const text = this.short(decodeText(input))
        if (text === "") throw new InvalidValue("is empty, which every text fits")
        return text
      }
      default:
        return decode(type, this.short(input))
    }
  }

  private list(type: Field["type"], input: unknown, path: Path, least: number, most: number): ReadonlyArray<unknown> {
    const items = itemsOf(input)
    if (items.length < least || items.length > most) {
      throw new InvalidValue(least === most ? `takes ${most} values` : `takes from ${least} to ${most} values`)
    }
    return Array.from(items, (item, i) => this.attempt([...path, i], () => decode(type, this.short(item))))
  }

  /** Refuses a long text. */
  private short<A>(input: A): A {
    const { text: most } = this.limits
    const lengths = input instanceof Texts
      ? input.values.map((text) => text.length)
      : [typeof input === "string" ? input.length : 0]
    if (lengths.some((length) => length > most)) throw new InvalidValue(`is too long: at most ${most} characters`)
    return input
  }
}

/** What came, part by part, or what is wrong with it. */
export const decodeParts = (
  allowed: Allowed,
  limits: Required<Limits>,
  input: unknown
): { readonly parts: Parts; readonly issues: ReadonlyArray<Issue> } => {
  const decoding = new Decoding(limits)
  try {
    return { parts: decoding.filter(allowed, input, [], 0, true), issues: decoding.issues }
  } catch (problem) {
    if (problem !== enough) throw problem
    return { parts: [], issues: decoding.issues }
  }
}
