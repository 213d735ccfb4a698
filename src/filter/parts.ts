/**
 * A filter that came from outside, decoded: what it says, part by part.
 */
import { make, nodeOf, refOf } from "../expr/core.js"
import { allOf, anyOf } from "../expr/logic.js"
import * as Comparison from "../expr/comparison.js"
import { every, none, some } from "../relation/tests.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { Allowed } from "./allowed.js"
import { condition } from "./definition.js"
import { encode } from "./values.js"

/** All parts have to hold. */
export type Parts = ReadonlyArray<Part>

export type Part =
  | { readonly _tag: "Test"; readonly field: string; readonly operator: string; readonly value: unknown }
  | {
    readonly _tag: "Related"
    readonly relation: string
    readonly quantifier: keyof typeof quantifiers
    readonly parts: Parts
  }
  | { readonly _tag: "All" | "Any"; readonly filters: ReadonlyArray<Parts> }
  | { readonly _tag: "Not"; readonly parts: Parts }

/** Tests of relations, by name. */
export const quantifiers = { some, none, every }

/** The condition of the parts over columns of the model. */
export const conditionOf = (allowed: Allowed, parts: Parts, columns: any): Ast.Expression => {
  const one = (part: Part): Ast.Expression => {
    switch (part._tag) {
      case "Test":
        return condition(allowed.model[Describe], refOf(columns), { [part.field]: { [part.operator]: part.value } })
      case "Related": {
        const { allowed: of, relation } = allowed.relations.get(part.relation)!
        const scope = part.parts.length === 0
          ? []
          : [(related: unknown) => make<boolean>(conditionOf(of, part.parts, related))]
        return nodeOf(quantifiers[part.quantifier](relation, ...scope as never)(columns))
      }
      case "All":
        return allOf(part.filters.map((filter) => conditionOf(allowed, filter, columns)))
      case "Any":
        return anyOf(part.filters.map((filter) => conditionOf(allowed, filter, columns)))
      case "Not":
        return nodeOf(Comparison.not(make<boolean>(conditionOf(allowed, part.parts, columns))))
    }
  }
  return allOf(parts.map(one))
}

const lists = ["in", "notIn", "between"]
const texts = ["contains", "startsWith", "endsWith", "like", "ilike", "isNull"]

/** As JSON has it, with each test by its name. */
export const toJson = (allowed: Allowed, parts: Parts): { readonly [key: string]: unknown } => {
  const json: Record<string, any> = {}
  const within = (name: string): Record<string, unknown> => json[name] ??= {}
  for (const part of parts) {
    switch (part._tag) {
      case "Test": {
        const { type } = allowed.fields.get(part.field)!
        const value = lists.includes(part.operator)
          ? (part.value as ReadonlyArray<unknown>).map((one) => encode(type, one))
          : texts.includes(part.operator)
          ? part.value
          : encode(type, part.value)
        within(part.field)[part.operator] = value
        break
      }
      case "Related":
        within(part.relation)[part.quantifier] = toJson(allowed.relations.get(part.relation)!.allowed, part.parts)
        break
      case "All":
      case "Any":
        json[part._tag === "All" ? "and" : "or"] = part.filters.map((filter) => toJson(allowed, filter))
        break
      case "Not":
        json["not"] = toJson(allowed, part.parts)
    }
  }
  return json
}
