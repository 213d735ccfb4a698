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
import * as Settled from "../effect/settled.js"
import { isExpression } from "../expr/core.js"
import * as Definition from "../model/definition.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import { elsewhere, Encoder } from "./encoder.js"
import * as Filling from "./filling.js"
import { parseOptions } from "./parsing.js"
import type * as Ast from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import { InvalidValue } from "../sql/storage.js"
import { storedFromEncoded, withoutActual } from "../sql/valueType.js"

/** By what a row is there already, and what is set then. */
export interface Target {
  readonly on?: ReadonlyArray<string> | undefined
  readonly constraint?: string | undefined
  readonly update?: ReadonlyArray<string> | undefined
  readonly set?: ((old: object, proposed: object) => unknown) | undefined
  readonly where?: ((old: object, proposed: object) => unknown) | undefined
}

const isUnique = ({ columns, kind }: Ast.Constraint): boolean =>
  (kind === "primaryKey" || kind === "unique") && columns.length > 0

/** Whether an upsert's columns exist, and there is a key by which a row is there already: the columns of that. */
export const targetOf = (
  model: Model.Any,
  options: Target
): Either.Either<ReadonlyArray<Ast.Column>, ValidationError> => {
  const table = tableOf(model)
  const refuse = (...issues: ReadonlyArray<Issue>) =>
    Either.left(new ValidationError({ subject: "The options of the upsert", issues }))
  // A Map has a `set` that is no option.
  if (!Predicate.isRecord(options as unknown) || Symbol.iterator in options) {
    return refuse({ path: [], message: "are no record of options" })
  }
  const issues: ReadonlyArray<Issue> = [
    // It would mean all columns, or all rows that are there.
    ...(["on", "constraint", "update", "set", "where"] as const).flatMap((option) =>
      option in options && options[option] === undefined
        ? [{ path: [option], message: "is undefined: leave it out" }]
        : []
    ),
    ...(["on", "update"] as const).flatMap((option) =>
      options[option] !== undefined && !Array.isArray(options[option])
        ? [{ path: [option], message: "takes a list of columns" }]
        : (options[option] ?? []).flatMap((property) =>
          table.byProperty[property] === undefined
            ? [{ path: [option], message: `${String(property)} is no column of ${model.identifier}` }]
            : []
        )
    ),
    ...(["set", "where"] as const).flatMap((option) =>
      options[option] === undefined || typeof options[option] === "function"
        ? []
        : [{ path: [option], message: "takes a function of the row that is there and the one to insert" }]
    )
  ]
  if (issues.length > 0) return refuse(...issues)
  if (options.constraint !== undefined) {
    if (options.on !== undefined) return refuse({ path: ["constraint"], message: "says again what on says" })
    const found = table.constraints.find((one) => one.name === options.constraint && isUnique(one))
    return found === undefined
      ? refuse({
        path: ["constraint"],
        message: `${model.identifier} has no unique constraint of that name: it has ${
          table.constraints.filter(isUnique).map(({ name }) => name).join(", ")
        }`
      })
      : Either.right(found.columns.map((name) => table.columns.find((column) => column.name === name)!))
  }
  const target = options.on?.map((property) => table.byProperty[property]!) ?? table.primaryKey
  if (target.length === 0) {
    return refuse({ path: ["on"], message: "names no column, and the model has no primary key" })
  }
  const isDeclared = table.constraints.some((one) =>
    isUnique(one) && one.columns.length === target.length && target.every(({ name }) => one.columns.includes(name))
  )
  return isDeclared
    ? Either.right(target)
    : refuse({ path: ["on"], message: `${model.identifier} has no unique constraint of just these columns` })
}

const detailsOf = (model: Model.Any, column: Ast.Column) =>
  model[Definition.Define].columns.find((one) => one.name === column.name)?.details ?? {}

/** Whether the columns of an upsert are unique among rows that live alone, so that a deleted one is not there to it. */
export const isOfLiving = ({ constraints, deletedAt }: Ast.Table, target: ReadonlyArray<Ast.Column>): boolean =>
  deletedAt !== undefined &&
  !constraints.some((one) =>
    isUnique(one) && one.ofLiving !== true && one.columns.length === target.length &&
    target.every(({ name }) => one.columns.includes(name))
  )

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

const subject = (model: Model.Any, kind: string): string => `The input of ${kind} ${model.identifier}`

export const validationError = (model: Model.Any, kind: string, issues: ReadonlyArray<Issue>): ValidationError =>
  new ValidationError({ subject: subject(model, kind), issues })

const parsers = new WeakMap<object, (input: unknown) => Effect.Effect<unknown, ParseResult.ParseIssue>>()

const parserOf = (schema: Schema.Schema<any, any>) => {
  let encode = parsers.get(schema)
  if (encode === undefined) {
    encode = ParseResult.encodeUnknown(schema, parseOptions)
    parsers.set(schema, encode)
  }
  return encode
}

const encoders = new WeakMap<object, Encoder>()

/** What goes wrong here, goes wrong again when the Schema is asked, which says what it is. */
export const quickly = <A>(
  model: Model.Any,
  schema: Schema.Schema<any, any>,
  encode: (encoder: Encoder) => A | undefined
): A | undefined => {
  try {
    let encoder = encoders.get(schema)
    if (encoder === undefined) encoders.set(schema, encoder = new Encoder(schema, tableOf(model)))
    return encode(encoder)
  } catch {
    return undefined
  }
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
  filling: Filling.Filling,
  many: boolean
): Effect.Effect<RowsToInsert, WriteFailure> => {
  const problem = tableOf(model).problem()
  if (problem !== undefined) return Effect.fail(problem)
  if (!Array.isArray(inputs)) {
    return Effect.fail(validationError(model, "an insert of", [{ path: [], message: "takes a list of rows" }]))
  }
  const { problem: unfilled, values } = Filling.valuesOnInsert(tableOf(model), filling)
  const quick = quickly(model, schema, (encoder) => encodedRows(model, encoder, inputs, values))
  const rows = quick === undefined
    ? Effect.map(parsedRows(model, schema, inputs, many), (parsed) => givenOf(model, parsed, values))
    : Effect.succeed(quick)
  return unfilled === undefined ?
    rows :
    Settled.flatMap(
      rows,
      (found) => found.rows.some((row) => row.includes(Filling.missing)) ? Effect.fail(unfilled) : Effect.succeed(found)
    )
}

/** Most inputs give the columns that the first of them gives. */
const encodedRows = (
  model: Model.Any,
  encoder: Encoder,
  inputs: ReadonlyArray<unknown>,
  filled: ReadonlyArray<unknown>
): RowsToInsert | undefined => {
  const first = encoder.row(inputs[0])
  if (first === undefined) return undefined
  const table = tableOf(model)
  const { columns } = table
  const { onInsert } = Filling.filledOf(table)
  if (inputs.length === 1) return givenOf(model, [first], filled)
  const given = columns.flatMap((_, at) => first[at] !== Default || onInsert.includes(at) ? [at] : [])
  const rows = encoder.rows(inputs, given)
  if (rows === undefined) return undefined
  if (rows === elsewhere) {
    const all = encoder.rows(inputs, columns.map((_, at) => at))
    return all === undefined || all === elsewhere ? undefined : givenOf(model, all, filled)
  }
  for (let i = 0; i < onInsert.length; i++) {
    const place = given.indexOf(onInsert[i]!)
    for (const row of rows) if (row[place] === Default) row[place] = filled[i]
  }
  return { columns: given.length === columns.length ? columns : given.map((at) => columns[at]!), rows }
}

/** The column of a property that an insert takes. */
export const insertable = (model: Model.Any, property: string): Ast.Column | undefined =>
  Object.hasOwn(model.insert.fields, property) ? tableOf(model).byProperty[property] : undefined

/** The columns that one of the rows gives; those that are filled in have their values where a row does not. */
const givenOf = (
  model: Model.Any,
  rows: ReadonlyArray<Array<unknown>>,
  filled: ReadonlyArray<unknown>
): RowsToInsert => {
  const table = tableOf(model)
  const { columns } = table
  const { onInsert } = Filling.filledOf(table)
  for (const row of rows) {
    for (let i = 0; i < onInsert.length; i++) if (row[onInsert[i]!] === Default) row[onInsert[i]!] = filled[i]
  }
  const given: Array<number> = []
  for (let at = 0; at < columns.length; at++) {
    for (const row of rows) {
      if (row[at] !== Default) {
        given.push(at)
        break
      }
    }
  }
  return given.length === columns.length
    ? { columns, rows }
    : { columns: given.map((at) => columns[at]!), rows: rows.map((row) => given.map((at) => row[at])) }
}

const parsedRows = (
  model: Model.Any,
  schema: Schema.Schema<any, any>,
  inputs: ReadonlyArray<unknown>,
  many: boolean
): Effect.Effect<ReadonlyArray<Array<unknown>>, WriteFailure> =>
  Effect.flatMap(allOf(inputs.map(parserOf(schema))), (results) => {
    const issues = results.flatMap((result, row) =>
      Either.isLeft(result) ? issuesOf(model, result.left, many ? [row] : []) : []
    )
    if (issues.length > 0) return Effect.fail(validationError(model, "an insert of", issues))
    const encoded = results.map((result) =>
      (Either.isRight(result) ? result.right : {}) as { readonly [property: string]: unknown }
    )
    return storedRows(model, encoded, many)
  })

/** PostgreSQL refuses to insert and update a row in one statement, and others keep parts of both: so none is asked to. */
export const checkRepeated = (
  model: Model.Any,
  target: ReadonlyArray<Ast.Column>,
  { columns, rows }: RowsToInsert,
  kind = "an upsert of"
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
  return issues.length === 0 ? Effect.void : Effect.fail(validationError(model, kind, issues))
}

type Encoded = Either.Either<unknown, ParseResult.ParseIssue>

/** Most Schemas encode at once, and then no Effect has to run for each row. */
const allOf = (
  results: ReadonlyArray<Effect.Effect<unknown, ParseResult.ParseIssue>>
): Effect.Effect<ReadonlyArray<Encoded>> =>
  results.every((result): result is Encoded & Effect.Effect<unknown, ParseResult.ParseIssue> => Either.isEither(result))
    ? Effect.succeed(results)
    : Effect.forEach(results, Effect.either)

/** The stored values of what a Schema has made, by the columns of the table. */
const storedRows = (
  model: Model.Any,
  encoded: ReadonlyArray<{ readonly [property: string]: unknown }>,
  many: boolean
): Either.Either<ReadonlyArray<Array<unknown>>, ValidationError> => {
  const issues: Array<Issue> = []
  const rows = encoded.map((row, number) =>
    tableOf(model).columns.map(({ property, type }) => {
      if (!Object.hasOwn(row, property)) return Default
      try {
        return storedFromEncoded(type.storage, row[property])
      } catch (problem) {
        if (!(problem instanceof InvalidValue)) throw problem
        issues.push({ path: [...(many ? [number] : []), property], message: problem.message })
        return null
      }
    })
  )
  return issues.length > 0 ? Either.left(validationError(model, "an insert of", issues)) : Either.right(rows)
}

const partial = new WeakMap<object, Map<string, Schema.Schema<any, any>>>()

/** What a kind of write takes. */
export interface Taken {
  readonly kind: string
  readonly fields: Schema.Struct.Fields
}

/** The schema of some of the fields; made once for each set of them. */
const partialSchema = (fields: Schema.Struct.Fields, properties: ReadonlyArray<string>): Schema.Schema<any, any> => {
  let schemas = partial.get(fields)
  if (schemas === undefined) partial.set(fields, schemas = new Map())
  const key = properties.join("\u0000")
  let schema = schemas.get(key)
  if (schema === undefined) {
    schema = Schema.Struct(
      Object.fromEntries(
        properties.flatMap((property) => Object.hasOwn(fields, property) ? [[property, fields[property]!]] : [])
      )
    ) as unknown as Schema.Schema<any, any>
    schemas.set(key, schema)
  }
  return schema
}

const unknownColumns = (model: Model.Any, properties: ReadonlyArray<string>): ValidationError =>
  validationError(
    model,
    "an update of",
    properties.flatMap((property) =>
      Object.hasOwn(model.update.fields, property) && tableOf(model).byProperty[property] !== undefined
        ? []
        : [{ path: [property], message: "is no column that an update can set" }]
    )
  )

export const assignment = (column: Ast.Column, stored: unknown): Ast.Assignment => ({
  column,
  value: { _tag: "Stored", column, value: stored, type: column.type }
})

/** What the Schema makes of the values of these properties. */
export const parsedAssignments = (
  model: Model.Any,
  given: { readonly [property: string]: unknown },
  properties: ReadonlyArray<string>,
  { fields, kind }: Taken = { kind: "an update of", fields: model.update.fields }
): Effect.Effect<ReadonlyArray<Ast.Assignment>, WriteFailure> => {
  const input = Object.fromEntries(properties.map((property) => [property, given[property]]))
  return Effect.matchEffect(parserOf(partialSchema(fields, properties))(input), {
    onFailure: (issue) => Effect.fail(validationError(model, kind, issuesOf(model, issue, []))),
    onSuccess: (encoded) => {
      const assigned: Array<Ast.Assignment> = []
      for (const property of properties) {
        const column = tableOf(model).byProperty[property]!
        try {
          const value = (encoded as { readonly [property: string]: unknown })[property]
          assigned.push(assignment(column, storedFromEncoded(column.type.storage, value)))
        } catch (problem) {
          if (!(problem instanceof InvalidValue)) throw problem
          return Effect.fail(validationError(model, kind, [{ path: [property], message: problem.message }]))
        }
      }
      return Effect.succeed(assigned)
    }
  })
}

/** What an insert puts into a column about which it says nothing. */
const defaultOf = (
  model: Model.Any,
  column: Ast.Column,
  filling: Filling.Filling
): Either.Either<Ast.Assignment, WriteFailure> => {
  const { default: given } = detailsOf(model, column)
  if (column.filled !== undefined) {
    return Either.map(Filling.valueOnInsert(tableOf(model), column, filling), (value) => assignment(column, value))
  }
  const declared: Ast.Expression | undefined = given === undefined
    ? undefined
    : "expression" in given
    ? given.expression
    : { _tag: "Parameter", value: given.value, type: column.type }
  return Either.right({ column, value: { _tag: "ColumnDefault", column, declared, type: column.type } })
}

/** What an update sets: plain values checked by the `update` schema, expressions as they are. */
export const assignments = (
  model: Model.Any,
  ref: Ast.Ref,
  given: unknown,
  filling: Filling.Filling
): Effect.Effect<ReadonlyArray<Ast.Assignment>, WriteFailure> => {
  const table = tableOf(model)
  const problem = table.problem()
  if (problem !== undefined) return Effect.fail(problem)
  if (!Predicate.isRecord(given)) {
    return Effect.fail(validationError(model, "an update of", [{ path: [], message: "is not a record of columns" }]))
  }
  const properties = Object.keys(given)
  const plain: Array<string> = []
  const stored: Array<Ast.Assignment> = []
  const expressions: Array<Ast.Assignment> = []
  for (const property of properties) {
    const column = Object.hasOwn(model.update.fields, property) ? table.byProperty[property] : undefined
    if (column === undefined) return Effect.fail(unknownColumns(model, properties))
    const value = given[property]
    if (isExpression(value)) expressions.push({ column, value: (value as { readonly node: Ast.Expression }).node })
    else if (value === Default) {
      const one = defaultOf(model, column, filling)
      if (Either.isLeft(one)) return Effect.fail(one.left)
      expressions.push(one.right)
    } else {
      plain.push(property)
      const one = quickly(model, model.update, (encoder) => encoder.value(column, value))
      if (one !== undefined) stored.push(assignment(column, one))
    }
  }
  if (properties.length === 0) {
    return Effect.fail(validationError(model, "an update of", [{ path: [], message: "sets nothing" }]))
  }
  const filled = Filling.assignmentsOnUpdate(table, ref, ({ property }) => Object.hasOwn(given, property), filling)
  if (Either.isLeft(filled)) return Effect.fail(filled.left)
  for (const one of filled.right) expressions.push(one)
  return stored.length === plain.length
    ? Effect.succeed(stored.length === 0 ? expressions : [...stored, ...expressions])
    : Effect.map(parsedAssignments(model, given, plain), (parsed) => [...parsed, ...expressions])
}
