/**
 * What programs give to be written: checked by the model's schemas, and made into stored values.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { ValidationError } from "../DbError.js"
import type { Issue, WriteFailure } from "../DbError.js"
import { isExpression } from "../expr/core.js"
import * as Definition from "../model/definition.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type * as Ast from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import { InvalidValue } from "../sql/storage.js"
import { storedFromEncoded, withoutActual } from "../sql/valueType.js"

/** Whether an upsert's columns exist, and there is a key by which a row is there already. */
export const checkTarget = (
  model: Model.Any,
  options: { readonly on?: ReadonlyArray<string>; readonly update?: ReadonlyArray<string> }
): Effect.Effect<void, ValidationError> => {
  const table = tableOf(model)
  const issues: Array<Issue> = (["on", "update"] as const).flatMap((option) =>
    (options[option] ?? []).flatMap((property) =>
      table.byProperty[property] === undefined
        ? [{ path: [option], message: `${property} is no column of ${model.identifier}` }]
        : []
    )
  )
  const target = options.on?.map((property) => table.byProperty[property]?.name) ??
    table.primaryKey.map((column) => column.name)
  if (target.length === 0) {
    issues.push({ path: ["on"], message: "names no column, and the model has no primary key" })
  } else if (
    issues.length === 0 &&
    !table.constraints.some(({ columns, kind }) =>
      (kind === "primaryKey" || kind === "unique") && columns.length === target.length &&
      target.every((name) => columns.includes(name!))
    )
  ) {
    issues.push({ path: ["on"], message: `${model.identifier} has no unique constraint of just these columns` })
  }
  return issues.length === 0
    ? Effect.void
    : Effect.fail(new ValidationError({ subject: "The options of the upsert", issues }))
}

const detailsOf = (model: Model.Any, column: Ast.Column) =>
  model[Definition.Define].columns.find((one) => one.name === column.name)?.details ?? {}

/** `createdAt` is not touched by an upsert of a row that is there. */
export const isSetOnInsertOnly = (model: Model.Any, column: Ast.Column): boolean =>
  detailsOf(model, column).clock === "insert"

const issuesOf = (
  model: Model.Any,
  issue: ParseResult.ParseIssue,
  prefix: ReadonlyArray<string | number>
): ReadonlyArray<Issue> => {
  const { byProperty } = tableOf(model)
  const issues = ParseResult.ArrayFormatter.formatIssueSync(issue).map((one): Issue => {
    const path = one.path.map((part) => typeof part === "symbol" ? String(part) : part)
    // A Schema's own message may quote what it was given, and so may the keys within it.
    return byProperty[path[0] ?? ""]?.type.sensitive === true && one._tag !== "Missing"
      ? { path: [...prefix, path[0]!], message: "is not valid: its value is not shown" }
      : { path: [...prefix, ...path], message: withoutActual(one.message) }
  })
  return onePerPath(issues)
}

/** Each member of a union has its say; a form wants one issue a field. */
const onePerPath = (issues: ReadonlyArray<Issue>): ReadonlyArray<Issue> => {
  const byPath = new Map<string, Issue>()
  for (const issue of issues) {
    const key = JSON.stringify(issue.path)
    const first = byPath.get(key)
    byPath.set(
      key,
      first === undefined || first.message === issue.message
        ? issue
        : { path: issue.path, message: `${first.message}; ${issue.message}` }
    )
  }
  return [...byPath.values()]
}

const parseOptions = { errors: "all", onExcessProperty: "error" } as const

const subject = (model: Model.Any, kind: string): string => `The input of ${kind} ${model.identifier}`

const validationError = (model: Model.Any, kind: string, issues: ReadonlyArray<Issue>): ValidationError =>
  new ValidationError({ subject: subject(model, kind), issues })

const encoders = new WeakMap<object, (input: unknown) => Effect.Effect<unknown, ParseResult.ParseIssue>>()

const encoderOf = (schema: Schema.Schema<any, any>) => {
  let encode = encoders.get(schema)
  if (encode === undefined) {
    encode = ParseResult.encodeUnknown(schema, parseOptions)
    encoders.set(schema, encode)
  }
  return encode
}

/** The columns that at least one row gives, and the rows' stored values for them. */
export interface RowsToInsert {
  readonly columns: ReadonlyArray<Ast.Column>
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
}

const upsertSchemas = new WeakMap<object, Schema.Schema<any, any>>()

/** What an upsert takes: an insert's input, and what the database generates where the row is known by it. */
export const upsertSchema = (model: Model.Any): Schema.Schema<any, any> => {
  let schema = upsertSchemas.get(model)
  if (schema === undefined) {
    const insert = model.insert.fields as Schema.Struct.Fields
    const update = model.update.fields as Schema.Struct.Fields
    const further = Object.keys(update).flatMap((property) => {
      const field = update[property]
      return Object.hasOwn(insert, property) || !Schema.isSchema(field)
        ? []
        : [[property, Schema.optionalWith(field as Schema.Schema.Any, { exact: true })] as const]
    })
    schema = Schema.Struct({ ...Object.fromEntries(further), ...insert }) as unknown as Schema.Schema<any, any>
    upsertSchemas.set(model, schema)
  }
  return schema
}

/** Checks inputs by a schema of the model; all that is wrong with any of them is told at once. */
export const rowsToInsert = (
  model: Model.Any,
  schema: Schema.Schema<any, any>,
  inputs: ReadonlyArray<unknown>,
  now: number,
  many: boolean
): Effect.Effect<RowsToInsert, WriteFailure> => {
  const table = tableOf(model)
  const problem = table.problem()
  if (problem !== undefined) return Effect.fail(problem)
  const encode = encoderOf(schema)
  return Effect.flatMap(allOf(inputs.map(encode)), (results) => {
    const issues = results.flatMap((result, row) =>
      Either.isLeft(result) ? issuesOf(model, result.left, many ? [row] : []) : []
    )
    if (issues.length > 0) return Effect.fail(validationError(model, "an insert of", issues))
    const encoded = results.map((result) =>
      (Either.isRight(result) ? result.right : {}) as { readonly [property: string]: unknown }
    )
    return toRows(model, table, encoded, now, many)
  })
}

/** PostgreSQL refuses to insert and update a row in one statement, and others keep parts of both: so none is asked to. */
export const checkRepeated = (
  model: Model.Any,
  target: ReadonlyArray<Ast.Column>,
  { columns, rows }: RowsToInsert
): Effect.Effect<void, ValidationError> => {
  const at = target.map((column) => columns.indexOf(column))
  if (rows.length < 2 || at.includes(-1)) return Effect.void
  const seen = new Map<string, number>()
  const issues: Array<Issue> = []
  rows.forEach((row, number) => {
    const key = at.map((i) => row[i])
    if (key.some((value) => value === null || value === Default)) return
    const text = JSON.stringify(
      key.map((value) => typeof value === "bigint" ? `${value}n` : value instanceof Uint8Array ? [...value] : value)
    )
    const first = seen.get(text)
    if (first === undefined) seen.set(text, number)
    else issues.push({ path: [number], message: `has the key of row ${first}` })
  })
  return issues.length === 0 ? Effect.void : Effect.fail(validationError(model, "an upsert of", issues))
}

type Encoded = Either.Either<unknown, ParseResult.ParseIssue>

/** Most Schemas encode at once, and then no Effect has to run for each row. */
const allOf = (
  results: ReadonlyArray<Effect.Effect<unknown, ParseResult.ParseIssue>>
): Effect.Effect<ReadonlyArray<Encoded>> =>
  results.every((result): result is Encoded & Effect.Effect<unknown, ParseResult.ParseIssue> => Either.isEither(result))
    ? Effect.succeed(results)
    : Effect.forEach(results, Effect.either)

const toRows = (
  model: Model.Any,
  table: Ast.Table,
  encoded: ReadonlyArray<{ readonly [property: string]: unknown }>,
  now: number,
  many: boolean
): Effect.Effect<RowsToInsert, ValidationError> => {
  const columns = model[Definition.Define].columns.filter((column) =>
    column.details.clock !== undefined || encoded.some((row) => Object.hasOwn(row, column.property))
  )
  const issues: Array<Issue> = []
  const rows = encoded.map((row, number) =>
    columns.map((column) => {
      if (!Object.hasOwn(row, column.property)) return column.details.clock === undefined ? Default : now
      try {
        return storedFromEncoded(column.type.storage, row[column.property])
      } catch (problem) {
        if (!(problem instanceof InvalidValue)) throw problem
        issues.push({ path: [...(many ? [number] : []), column.property], message: problem.message })
        return null
      }
    })
  )
  return issues.length > 0
    ? Effect.fail(validationError(model, "an insert of", issues))
    : Effect.succeed({ columns: columns.map((column) => table.byProperty[column.property]!), rows })
}

const partial = new WeakMap<object, Map<string, Schema.Schema<any, any>>>()

/** The update schema of some fields; made once for each set of them. */
const updateSchema = (model: Model.Any, properties: ReadonlyArray<string>): Schema.Schema<any, any> => {
  let schemas = partial.get(model)
  if (schemas === undefined) partial.set(model, schemas = new Map())
  const key = properties.join("\u0000")
  let schema = schemas.get(key)
  if (schema === undefined) {
    const fields = model.update.fields as Schema.Struct.Fields
    schema = Schema.Struct(
      Object.fromEntries(
        properties.flatMap((property) => Object.hasOwn(fields, property) ? [[property, fields[property]!]] : [])
      )
    ) as unknown as Schema.Schema<any, any>
    schemas.set(key, schema)
  }
  return schema
}

/** What an update sets: plain values checked by the `update` schema, expressions as they are. */
export const assignments = (
  model: Model.Any,
  given: unknown,
  now: number
): Effect.Effect<ReadonlyArray<Ast.Assignment>, WriteFailure> => {
  const table = tableOf(model)
  const problem = table.problem()
  if (problem !== undefined) return Effect.fail(problem)
  if (!Predicate.isRecord(given)) {
    return Effect.fail(validationError(model, "an update of", [{ path: [], message: "is not a record of columns" }]))
  }
  const properties = Object.keys(given)
  const expressions = properties.filter((property) => isExpression(given[property]))
  const plain = properties.filter((property) => !isExpression(given[property]))
  const unknown = properties.filter((property) =>
    !Object.hasOwn(model.update.fields, property) || table.byProperty[property] === undefined
  )
  if (unknown.length > 0) {
    return Effect.fail(validationError(
      model,
      "an update of",
      unknown.map((property) => ({
        path: [property],
        message: "is no column that an update can set"
      }))
    ))
  }
  if (properties.length === 0) {
    return Effect.fail(validationError(model, "an update of", [{ path: [], message: "sets nothing" }]))
  }
  const input = Object.fromEntries(plain.map((property) => [property, given[property]]))
  return Effect.matchEffect(encoderOf(updateSchema(model, plain))(input), {
    onFailure: (issue) => Effect.fail(validationError(model, "an update of", issuesOf(model, issue, []))),
    onSuccess: (encoded) => {
      const { columns, rows } = { columns: plain, rows: encoded as { readonly [property: string]: unknown } }
      const assigned: Array<Ast.Assignment> = []
      for (const property of columns) {
        const column = table.byProperty[property]!
        try {
          assigned.push({
            column,
            value: {
              _tag: "Stored",
              column,
              value: storedFromEncoded(column.type.storage, rows[property]),
              type: column.type
            }
          })
        } catch (problem) {
          if (!(problem instanceof InvalidValue)) throw problem
          return Effect.fail(validationError(model, "an update of", [{ path: [property], message: problem.message }]))
        }
      }
      for (const property of expressions) {
        assigned.push({
          column: table.byProperty[property]!,
          value: (given[property] as { readonly node: Ast.Expression }).node
        })
      }
      for (const column of model[Definition.Define].columns) {
        if (column.details.clock === "insert and update" && !properties.includes(column.property)) {
          const own = table.byProperty[column.property]!
          assigned.push({ column: own, value: { _tag: "Stored", column: own, value: now, type: own.type } })
        }
      }
      return Effect.succeed(assigned)
    }
  })
}
