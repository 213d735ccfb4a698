/**
 * Whole statements of the caller's own as queries.
 */
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type { Literal } from "../expr/conditional.js"
import { invalid, isExpression, selectOf, typeOf, untyped } from "../expr/core.js"
import type { NeedsOf, Operand } from "../expr/core.js"
import type * as Source from "../Source.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { selectOver } from "../sql/nodes.js"
import { build, readable, refused } from "./built.js"
import type { Any, Query } from "./built.js"
import { derivedOf, sourceOf } from "./derived.js"
import { Scope } from "./scope.js"

/**
 * What can stand in a statement of the caller's own: values, which are bound; expressions; models and other sources, of which the name is printed
 * (or the query, where they have none); queries, in parentheses.
 *
 * @since 0.1.0
 * @category models
 */
export type Part = Operand<any, any> | Literal | Source.Any | Query<any, any, any, any>

const isQuery = (part: unknown): part is Any => selectOf(part) !== undefined

const sourceIn = (source: { readonly [Describe]: Source.Description }): Ast.Source => {
  const description = source[Describe]
  return description.source({ hint: description.hint })
}

const partOf = (part: unknown): Ast.Expression | Ast.Source => {
  if (isExpression(part)) return part.node
  if (isQuery(part)) return sourceIn(derivedOf("query", readable(part)))
  return Predicate.hasProperty(part, Describe) ? sourceIn(part as Source.Any) : untyped(part)
}

const problemOf = (names: ReadonlyArray<string>, strings: unknown): string | undefined => {
  if (!Array.isArray(strings) || !Object.hasOwn(strings, "raw") || !strings.every(Predicate.isString)) {
    return "fromSql is a template: put the statement between backticks after it"
  }
  if (names.length === 0) return "fromSql was given no columns, of which a row would hold nothing"
  return names.some((name) => name === "" || name.includes("\u0000"))
    ? "fromSql was given a column without a name, or with one that no database takes"
    : undefined
}

/**
 * A statement of the caller's own as a query, with the Schemas of its columns by their names:
 * `` Query.fromSql("top", { id: Schema.Int })`select id from ${User} where age > ${18}` ``. It is read as `select … from (…) as top`, so that all that
 * can be done with a query can be done with it.
 *
 * Values are bound as parameters, of which the database finds the type by what stands around (`Expr.param` tells it); the text itself must never
 * come from input. A column that the statement has not is the database's error; one whose values its Schema does not take is a DecodeError.
 *
 * @since 0.1.0
 * @category sources
 */
export const fromSql = <const F extends { readonly [column: string]: Schema.Schema<any, any> }>(
  name: string,
  columns: F
) =>
<X extends ReadonlyArray<Part>>(
  strings: TemplateStringsArray,
  ...parts: X
): Query<
  { readonly [K in keyof F]: Schema.Schema.Type<F[K]> },
  Source.Derived<
    { readonly [K in keyof F]: Schema.Schema.Type<F[K]> },
    { readonly [K in keyof F]: Schema.Schema.Type<F[K]> }
  >,
  {},
  NeedsOf<X>
> => {
  const names = Object.keys(columns)
  const problem = problemOf(names, strings)
  const ref: Ast.Ref = { hint: name }
  const projection: Ast.Projection = {
    _tag: "Record",
    fields: Object.fromEntries(names.map((column) => [
      column,
      { _tag: "Value", expression: { _tag: "Column", ref, name: column, type: typeOf(columns[column]!) } }
    ]))
  }
  const body: Ast.Written = {
    _tag: "Written",
    strings: problem === undefined ? [...strings] : [],
    args: parts.map(partOf)
  }
  const source = sourceOf(name, projection, (ref) => ({ _tag: "DerivedSource", ref, body, lateral: false }), names)
  const description = source[Describe]
  const row: Ast.Projection = names.length === 0
    ? { _tag: "Value", expression: invalid(problem ?? "") }
    : description.row(ref, false)
  const query = build(selectOver(description.source(ref), row), new Scope({ description, ref, optional: false }, row))
  return (problem === undefined ? query : refused(query, problem)) as never
}
