/**
 * Schemas of what came from outside and is decoded by hand, so that the work is bounded and each problem has its path.
 */
import * as Effect from "effect/Effect"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { ValidationError } from "../DbError.js"
import type { Issue } from "../DbError.js"

/** What is wrong, by path. */
export class Refused {
  constructor(readonly issues: ReadonlyArray<Issue>) {}
}

/** Problems as a Schema has them; the input is not among them, as messages would show it. */
const issueOf = (ast: AST.AST, issues: ReadonlyArray<Issue>): ParseResult.ParseIssue => {
  const [first, ...rest] = issues.map(({ message, path }): ParseResult.ParseIssue => {
    const one = new ParseResult.Type(ast, undefined, message)
    const [head, ...tail] = path
    return head === undefined ? one : new ParseResult.Pointer([head, ...tail], undefined, one)
  })
  return rest.length === 0 ? first! : new ParseResult.Composite(ast, undefined, [first!, ...rest])
}

/**
 * A Schema from what it decodes and encodes by itself; `description` is the Schema that its JSON Schema is made of.
 */
export const fromOutside = <A, I>(options: {
  readonly identifier: string
  readonly description: Schema.Schema<any, any>
  readonly is: (value: unknown) => value is A
  readonly decode: (input: unknown) => A | Refused
  readonly encode: (value: A) => I | Refused
}): Schema.Schema<A, I> => {
  const wire = Schema.declare((_: unknown): _ is I => true).annotations({
    [AST.SurrogateAnnotationId]: options.description.ast
  })
  const decoded = Schema.declare(options.is).annotations({
    identifier: `${options.identifier}Decoded`,
    description: `a decoded ${options.identifier}`
  })
  const either = <B>(ast: AST.AST, outcome: B | Refused) =>
    outcome instanceof Refused ? ParseResult.fail(issueOf(ast, outcome.issues)) : ParseResult.succeed(outcome)
  return Schema.transformOrFail(wire, decoded, {
    strict: true,
    decode: (input, _, ast) => either(ast, options.decode(input)),
    encode: (value, _, ast) => either(ast, options.encode(value))
  })
}

/**
 * Decodes what came from outside; what is wrong with it is a ValidationError with the path of each problem.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Field, Filter, Model, Query } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.String,
 *   age: Schema.Int
 * }, { table: "users" }) {}
 *
 * const UserFilter = Filter.schema(User, ["age", "name"])
 * const list = (body: unknown) =>
 *   Filter.decode(UserFilter)(body).pipe(
 *     Effect.flatMap((filter) => Query.from(User).pipe(Query.where(filter)))
 *   )
 * // Effect<ReadonlyArray<User>, ReadFailure, Database>
 * ```
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = <A, I>(schema: Schema.Schema<A, I>): (input: unknown) => Effect.Effect<A, ValidationError> => {
  const parse = ParseResult.decodeUnknown(schema, { errors: "all" })
  return (input) =>
    Effect.mapError(parse(input), (issue) =>
      new ValidationError({
        subject: "The input",
        issues: ParseResult.ArrayFormatter.formatIssueSync(issue).map(({ message, path }) => ({
          path: path.map((one) => typeof one === "number" ? one : String(one)),
          message
        }))
      }))
}
