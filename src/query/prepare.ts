/**
 * Queries with parameters: put together once, run with many values.
 */
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { ValidationError } from "../DbError.js"
import type { Issue } from "../DbError.js"
import { booleanType, given, typeOf } from "../expr/core.js"
import type { Parameter } from "../expr/core.js"
import type * as Ast from "../sql/ast.js"
import { problemOf } from "../sql/valueType.js"
import { build, change, scopeOf } from "./built.js"
import type { Any, Query } from "./built.js"
import { Template } from "./template.js"

/**
 * The parameters of a prepared query, as its callback sees them.
 *
 * @since 0.1.0
 * @category models
 */
export type Given<P extends { readonly [name: string]: Schema.Schema.AnyNoContext }> = {
  readonly [K in keyof P]: Parameter<Schema.Schema.Type<P[K]>>
}

/**
 * A query that waits for its parameters: a function of them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Prepared<in P, out A, out S, out J, out R> {
  (values: P): Query<A, S, J, R>
}

/** One parameter: how its values are checked. */
interface Checked {
  readonly name: string
  readonly validate: (value: unknown) => ParseResult.ParseIssue | undefined
}

const options: AST.ParseOptions = {}

/** Whether a value fits its Schema for certain, where that is seen without running the Schema, which takes ten times as long. */
const quickly = (ast: AST.AST): (value: unknown) => boolean => {
  const refinements: Array<AST.Refinement> = []
  let inner = ast
  for (; AST.isRefinement(inner); inner = inner.from) refinements.unshift(inner)
  const type = AST.isStringKeyword(inner)
    ? "string"
    : AST.isNumberKeyword(inner)
    ? "number"
    : AST.isBooleanKeyword(inner)
    ? "boolean"
    : undefined
  if (type === undefined) return () => false
  return (value) => {
    if (typeof value !== type) return false
    for (const refinement of refinements) {
      if (Option.isSome(refinement.filter(value, options, refinement))) return false
    }
    return true
  }
}

const checkedBy = (name: string, schema: Schema.Schema.AnyNoContext): Checked => {
  const fits = quickly(schema.ast)
  const validate = ParseResult.validateEither(schema)
  return {
    name,
    validate: (value) => {
      if (fits(value)) return undefined
      const found = validate(value)
      return found._tag === "Left" ? found.left : undefined
    }
  }
}

/** What is wrong with the values; they are read once each, into `into`. */
const issuesOf = (
  parameters: ReadonlyArray<Checked>,
  known: ReadonlySet<string>,
  values: unknown,
  into: Array<unknown>
): ReadonlyArray<Issue> => {
  if (!Predicate.isRecord(values)) return [{ path: [], message: "are no record of values" }]
  const issues: Array<Issue> = []
  for (const name of Object.keys(values)) {
    if (!known.has(name)) {
      issues.push({
        path: [name],
        message: `is no parameter: there ${known.size === 0 ? "is none" : `are ${[...known].join(", ")}`}`
      })
    }
  }
  for (const { name, validate } of parameters) {
    if (!Object.hasOwn(values, name)) {
      issues.push({ path: [name], message: "is missing" })
      continue
    }
    const value = values[name]
    const issue = value === undefined ? undefined : validate(value)
    if (value === undefined) issues.push({ path: [name], message: "is undefined, which no parameter can be" })
    else if (issue !== undefined) issues.push({ path: [name], message: problemOf(issue) })
    into.push(value)
  }
  return issues
}

const refusedBy = (query: Any, issues: ReadonlyArray<Issue>): any =>
  change(query, (draft) => {
    draft.where = {
      _tag: "Invalid",
      error: new ValidationError({ subject: "The values of the prepared query", issues }),
      type: booleanType
    }
    draft.includes = []
  })

/**
 * A query with named, typed parameters, which is put together once and printed once for each database; it is a function from their values to the
 * query.
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Expr, Field, Model, Query } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.String,
 *   age: Schema.Int
 * }, { table: "users" }) {}
 *
 * const older = Query.prepare({ age: Schema.Int, names: Schema.Array(Schema.String), most: Schema.Int }, (p) =>
 *   Query.from(User).pipe(
 *     Query.where((u) => Expr.and(Expr.gte(u.age, p.age), Expr.in(u.name, p.names))),
 *     Query.limit(p.most)
 *   ))
 *
 * const adults = older({ age: 18, names: ["Ada", "Bob"], most: 10 })
 * ```
 *
 * A parameter is an expression of its Schema, and stands for a list (`Expr.in`), a pattern (`Expr.contains`), a limit or an offset as well. Values
 * are checked by the Schemas: one that does not fit, is missing, undefined or of no parameter is a ValidationError that names it, when the query
 * runs. They are sent as parameters, as all values are.
 *
 * @since 0.1.0
 * @category composition
 */
export const prepare = <
  P extends { readonly [name: string]: Schema.Schema.AnyNoContext },
  A,
  S,
  J,
  R
>(
  parameters: P,
  query: (parameters: Given<P>) => Query<A, S, J, R>
): Prepared<{ readonly [K in keyof P]: Schema.Schema.Type<P[K]> }, A, S, J, R> => {
  const names = Object.keys(parameters)
  const identities = names.map((name): Ast.Given => ({ name }))
  const places: Record<string, unknown> = Object.create(null)
  names.forEach((name, i) => (places[name] = given(identities[i]!, typeOf(parameters[name]!))))
  const built: Any = query(places as Given<P>)
  const template = new Template(built.ast, identities)
  const checked = names.map((name) => checkedBy(name, parameters[name]!))
  const known = new Set(names)
  const scope = scopeOf(built)
  return (values) => {
    const inOrder: Array<unknown> = []
    const issues = issuesOf(checked, known, values, inOrder)
    return issues.length > 0 ? refusedBy(built, issues) : build(template.fill(inOrder), scope)
  }
}
