/**
 * A model's table as the model's fields and options tell it.
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { ConfigurationError } from "../DbError.js"
import * as Field from "../Field.js"
import type * as Ast from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import * as ValueTypes from "../sql/valueType.js"
import { cascadesOf } from "./cascades.js"
import { adopt } from "./instance.js"

/** The key of a model's definition. */
export const Define: unique symbol = Symbol.for("effect-strata/Model/Definition")

/** One field as it was given. */
export interface Part {
  readonly property: string
  readonly schema: unknown
  readonly details: Field.Details
}

/** A column with all that was said of it. */
export interface ColumnDefinition extends Ast.Column {
  readonly details: Field.Details
}

/** An index, its callbacks not yet called. */
export interface IndexDefinition {
  readonly name: string
  readonly columns: ReadonlyArray<Ast.Column>
  readonly unique: boolean
  readonly expressions: ((columns: any) => ReadonlyArray<{ readonly node: Ast.Expression }>) | undefined
  readonly where: ((columns: any) => { readonly node: Ast.Expression }) | undefined
}

/** A foreign key; the target is looked up when it is asked for, since models may refer to each other. */
export interface ForeignKey {
  readonly name: string
  readonly column: Ast.Column
  readonly target: () => { readonly table: Ast.Table; readonly column: Ast.Column } | string
  readonly onDelete: Field.Action | undefined
  readonly onUpdate: Field.Action | undefined
  readonly deferred: boolean
}

/** A check, its callback not yet called. */
export interface Check {
  readonly name: string
  /** The column that the callback takes; undefined where it takes all columns. */
  readonly column: ColumnDefinition | undefined
  readonly condition: (columns: never) => { readonly node: Ast.Expression }
}

/** All that a model says of its table. */
export interface Definition {
  readonly table: Ast.Table
  readonly columns: ReadonlyArray<ColumnDefinition>
  readonly uniques: ReadonlyArray<Ast.Constraint>
  readonly indexes: ReadonlyArray<IndexDefinition>
  readonly checks: ReadonlyArray<Check>
  readonly foreignKeys: ReadonlyArray<ForeignKey>
}

/** What `Model.Options` looks like from here. */
interface TableOptions {
  readonly table?: string
  readonly schema?: string
  readonly indexes?: ReadonlyArray<
    ReadonlyArray<string> | {
      readonly columns?: ReadonlyArray<string>
      readonly expressions?: (columns: any) => ReadonlyArray<{ readonly node: Ast.Expression }>
      readonly unique?: boolean
      readonly where?: (columns: any) => { readonly node: Ast.Expression }
      readonly search?: ReadonlyArray<string>
      readonly name?: string
    }
  >
  readonly unique?: ReadonlyArray<ReadonlyArray<string>>
  readonly checks?: { readonly [name: string]: (columns: any) => { readonly node: Ast.Expression } }
  readonly cascades?: object
  readonly guards?: ReadonlyArray<Ast.Guard>
}

const filledBy = ({ actor, clock, version }: Field.Details): Pick<Ast.Column, "filled"> => {
  if (version === true) return { filled: { by: "version", when: "insert and update" } }
  if (actor !== undefined) return { filled: { by: "actor", when: actor } }
  return clock === undefined ? {} : { filled: { by: "clock", when: clock } }
}

/** Whether an insert may leave the column out. */
export const hasDefault = (details: Field.Details): boolean =>
  details.default !== undefined || details.clock !== undefined || details.actor !== undefined ||
  details.version === true || details.deletedAt === true

/** `userId` becomes `user_id`, `HTTPServer2` becomes `http_server2`. */
export const snakeCase = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2").toLowerCase()

/** Names that PostgreSQL would cut at 63 bytes end in a hash of the whole instead. */
export const constraintName = (...parts: ReadonlyArray<string>): string => {
  const name = parts.join("_")
  if (name.length <= 60) return name
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0
  return `${name.slice(0, 51)}_${hash.toString(16).padStart(8, "0")}`
}

export const partsOf = (fields: { readonly [name: string]: Field.Input }): ReadonlyArray<Part> =>
  Object.keys(fields).map((property) => {
    const input = fields[property]
    if (Field.isField(input)) {
      return { property, schema: input.schema, details: fromVariants(input.schema, input.details) }
    }
    return { property, schema: input, details: fromVariants(input, {}) }
  })

const isVariantField = (schema: unknown): schema is Field.VariantField =>
  !Schema.isSchema(schema) && Predicate.hasProperty(schema, "schemas") && Predicate.isRecord(schema.schemas)

/** A field of `@effect/sql`'s Model without an insert variant is one that the database generates. */
const fromVariants = (schema: unknown, details: Field.Details): Field.Details =>
  isVariantField(schema) && !("insert" in schema.schemas) ? { generated: true, ...details } : details

/** The Schema of a field in one variant; undefined where it has none. */
export const variantSchema = (schema: unknown, variant: string): unknown =>
  isVariantField(schema) ? schema.schemas[variant] : schema

const unknownType: ValueType = { storage: { _tag: "json" }, nullable: true, schema: Schema.Unknown }

/** Whether a field gives its encoded side another name: a column's name is said by `Field.column`, or a row would lose it. */
const isRenamed = (schema: unknown): boolean => {
  if (Schema.isSchema(schema) || !Predicate.hasProperty(schema, "ast")) return false
  const { ast } = schema
  return Predicate.hasProperty(ast, "from") && Predicate.hasProperty(ast.from, "fromKey") &&
    ast.from.fromKey !== undefined
}

/** A property signature stands for its Schema where it is no more than that. */
const columnSchema = (schema: unknown): Schema.Schema<any, any> | undefined =>
  Schema.isSchema(schema)
    ? schema as Schema.Schema<any, any>
    : Predicate.hasProperty(schema, "from") && Schema.isSchema(schema.from)
    ? schema.from as Schema.Schema<any, any>
    : undefined

export const make = (
  identifier: string,
  parts: ReadonlyArray<Part>,
  options: TableOptions,
  model: new(...args: ReadonlyArray<unknown>) => object
): Definition => {
  const problems: Array<string> = []
  const tableName = options.table ?? snakeCase(identifier)
  const columns: Array<ColumnDefinition> = []
  for (const { details, property, schema } of parts) {
    const select = variantSchema(schema, "select")
    if (select === undefined) continue
    const name = details.name ?? snakeCase(property)
    if (["select", "insert", "update"].some((variant) => isRenamed(variantSchema(schema, variant)))) {
      problems.push(`${property}: its Schema renames it: say the column's name by Field.column`)
    }
    if (property === "__proto__") problems.push("__proto__ cannot be a property")
    const given = columnSchema(select)
    const type = given === undefined
      ? undefined
      : ValueTypes.fromSchema(given, details.storage, details.sensitive)
    if (type === undefined) {
      problems.push(
        `${property}: an optional property cannot be a column: use Schema.NullOr or Schema.OptionFromNullOr`
      )
    } else if (ValueTypes.isUnstorable(type)) {
      problems.push(`${property}: ${type.problem}`)
    }
    // SQLite, MySQL and MariaDB take names of columns that differ in case only for the same.
    const same = columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
    if (same !== undefined) problems.push(`${same.property} and ${property} are both the column ${name}`)
    if (name === "" || tableName === "") problems.push(`${property}: a name is empty`)
    columns.push({
      property,
      name,
      type: type === undefined || ValueTypes.isUnstorable(type) ? unknownType : type,
      generated: details.generated === true,
      ...filledBy(details),
      details
    })
  }
  const byProperty: Record<string, ColumnDefinition> = Object.create(null)
  for (const column of columns) byProperty[column.property] = column
  const pick = (properties: ReadonlyArray<string>, what: string): ReadonlyArray<ColumnDefinition> =>
    properties.flatMap((property) => {
      const column = byProperty[property]
      if (column === undefined) problems.push(`${what} names ${property}, which is no column of the model`)
      return column === undefined ? [] : [column]
    })
  const named = (columns: ReadonlyArray<Ast.Column>, suffix: string): string =>
    constraintName(tableName, ...columns.map((column) => column.name), suffix)

  const primaryKey = columns.filter((column) => column.details.primaryKey === true)
  for (const column of primaryKey) {
    if (column.type.nullable) problems.push(`${column.property} is part of the primary key and may be null`)
  }
  const [deletedAt] = columns.filter(({ details }) => details.deletedAt === true)
  problems.push(...mixinProblems(columns))
  const uniques: Array<Ast.Constraint> = []
  const unique = (of: ReadonlyArray<Ast.Column>) =>
    uniques.push({
      kind: "unique",
      name: named(of, "key"),
      columns: of.map((column) => column.name),
      ...(deletedAt === undefined ? {} : { ofLiving: true })
    })
  for (const column of columns) if (column.details.unique === true) unique([column])
  for (const properties of options.unique ?? []) unique(pick(properties, "a unique constraint"))

  const indexes: Array<IndexDefinition> = columns.filter((column) => column.details.index === true).map((column) => ({
    name: named([column], "idx"),
    columns: [column],
    unique: false,
    expressions: undefined,
    where: undefined
  }))
  const searches: Array<Ast.SearchIndex> = []
  for (const given of options.indexes ?? []) {
    const index = Array.isArray(given)
      ? { columns: given as ReadonlyArray<string> }
      : given as Exclude<typeof given, ReadonlyArray<string>>
    if (index.search !== undefined) {
      const { columns, expressions, name, search, unique, where } = index
      if ((columns ?? expressions ?? unique ?? where) !== undefined) {
        problems.push("an index for search has columns to search and a name, and nothing else")
      }
      const of = pick(search, "an index for search")
      if (of.length === 0 || new Set(of).size < of.length) {
        problems.push("an index for search has no column, or one twice")
      }
      for (const { property, type } of of) {
        if (type.storage._tag !== "text") problems.push(`${property} is no text, so it cannot be searched for words`)
      }
      searches.push({ name: name ?? named(of, "search"), columns: of, key: rowKey(primaryKey) })
      continue
    }
    const of = pick(index.columns ?? [], "an index")
    if (of.length === 0 && index.expressions === undefined) problems.push("an index has no column and no expression")
    indexes.push({
      name: index.name ?? named(of, index.expressions === undefined ? "idx" : "expr_idx"),
      columns: of,
      unique: index.unique === true,
      expressions: index.expressions,
      where: index.where
    })
  }

  const checks: Array<Check> = columns.flatMap((column) =>
    (column.details.check ?? []).map((condition, i) => ({
      name: named([column], i === 0 ? "check" : `check${i + 1}`),
      column,
      condition: condition as Check["condition"]
    }))
  )
  for (const name of Object.keys(options.checks ?? {})) {
    checks.push({ name, column: undefined, condition: options.checks![name] as Check["condition"] })
  }

  const foreignKeys: Array<ForeignKey> = columns.flatMap((column) => {
    const references = column.details.references
    return references === undefined ? [] : [{
      name: named([column], "fkey"),
      column,
      target: () => targetOf(references, column),
      onDelete: references.onDelete,
      onUpdate: references.onUpdate,
      deferred: references.deferred === true
    }]
  })

  let checked: { readonly problem: ConfigurationError | undefined } | undefined
  let cascades: ReadonlyArray<Ast.Cascade | string> | undefined
  const following = () =>
    cascades ??= cascadesOf(
      options.cascades,
      (model) => (model as { readonly [Define]: Definition })[Define].table,
      table
    )
  const table: Ast.Table = {
    identifier,
    name: tableName,
    schema: options.schema,
    columns,
    byProperty,
    primaryKey,
    prototype: model.prototype,
    adopt: adopt(model),
    searches,
    deletedAt,
    cascades: () => following().filter((one): one is Ast.Cascade => typeof one !== "string"),
    references: () =>
      foreignKeys.flatMap(({ onDelete, onUpdate, target }) => {
        const found = target()
        return typeof found === "string"
          ? []
          : [{ table: found.table, changesWithTarget: changesRows(onDelete) || changesRows(onUpdate) }]
      }),
    ...(options.guards === undefined || options.guards.length === 0 ? {} : { guards: options.guards }),
    constraints: [
      ...(primaryKey.length === 0
        ? []
        : [{
          kind: "primaryKey" as const,
          name: constraintName(tableName, "pkey"),
          columns: primaryKey.map((column) => column.name)
        }]),
      ...uniques,
      ...indexes.filter((index) => index.unique).map((index) => ({
        kind: "unique" as const,
        name: index.name,
        columns: index.columns.map((column) => column.name)
      })),
      ...foreignKeys.map((key) => ({ kind: "foreignKey" as const, name: key.name, columns: [key.column.name] })),
      ...checks.map((check) => ({
        kind: "check" as const,
        name: check.name,
        columns: check.column === undefined ? [] : [check.column.name]
      })),
      ...columns.filter((column) => storageCheckable(column.type)).map((column) => ({
        kind: "check" as const,
        name: storageCheckName(tableName, column.name),
        columns: [column.name]
      }))
    ],
    problem: () => {
      if (checked === undefined) {
        const all = [
          ...problems,
          ...foreignKeys.flatMap((key) => {
            const target = key.target()
            return typeof target === "string" ? [`${key.column.property}: ${target}`] : []
          }),
          ...following().filter((one) => typeof one === "string")
        ]
        checked = {
          problem: all.length === 0
            ? undefined
            : new ConfigurationError({ problem: `The model ${identifier} contradicts itself: ${all.join("; ")}` })
        }
      }
      return checked.problem
    }
  }
  return { table, columns, uniques, indexes, checks, foreignKeys }
}

/** What is wrong with columns that writes fill in. */
const mixinProblems = (columns: ReadonlyArray<ColumnDefinition>): ReadonlyArray<string> => {
  const several = (what: "version" | "deletedAt") => {
    const found = columns.filter(({ details }) => details[what] === true)
    return found.length < 2 ? [] : [`${found.map(({ property }) => property).join(" and ")} are both its ${what}`]
  }
  return [
    ...several("version"),
    ...several("deletedAt"),
    ...columns.flatMap(({ details, property, type: { nullable, storage } }) =>
      details.version === true && (nullable || storage._tag !== "integer")
        ? [`${property} counts versions, and is no whole number`]
        : details.deletedAt === true && (!nullable || storage._tag !== "timestamp")
        ? [`${property} says when a row was deleted, and is no moment that may be null`]
        : details.clock !== undefined && storage._tag !== "timestamp"
        ? [`${property} is filled in from the Clock, and is no moment`]
        : []
    )
  ]
}

/** Whether the database changes the rows that refer to one which goes or gets another key. */
const changesRows = (action: Field.Action | undefined): boolean =>
  action === "cascade" || action === "set null" || action === "set default"

/** The key that is one whole number, where its type is not the user's own. */
const rowKey = ([key, ...others]: ReadonlyArray<ColumnDefinition>): Ast.Column | undefined =>
  key !== undefined && others.length === 0 && key.details.types?.["sqlite"] === undefined &&
    (key.type.storage._tag === "integer" || key.type.storage._tag === "bigint")
    ? key
    : undefined

/** Whether the column's own type asks for a check: a closed list of values. */
const storageCheckable = (type: ValueType): boolean =>
  type.storage._tag === "literal" || (type.storage._tag === "integer" && type.storage.values !== undefined)

/** The name of the check that a column's type asks for: its list of values, its JSON. */
export const storageCheckName = (table: string, column: string): string => constraintName(table, column, "values")

const targetOf = (
  references: NonNullable<Field.Details["references"]>,
  column: Ast.Column
): { readonly table: Ast.Table; readonly column: Ast.Column } | string => {
  const target = references.target()
  if (!Predicate.hasProperty(target, Define)) return "it references something that is no model"
  const { table } = target[Define] as Definition
  if (references.column === undefined && table.primaryKey.length !== 1) {
    return `it references ${table.identifier}, whose primary key is not one column: name one with { column }`
  }
  const to = references.column === undefined ? table.primaryKey[0] : table.byProperty[references.column]
  if (to === undefined) return `it references ${table.identifier}.${references.column}, which is no column`
  if (!sameStorage(to.type, column.type)) {
    return `it references ${table.identifier}.${to.property}, which is stored as ${to.type.storage._tag}, not ${column.type.storage._tag}`
  }
  return { table, column: to }
}

/** Whether values of two columns can be compared with each other. */
export const sameStorage = (a: ValueType, b: ValueType): boolean => {
  const kind = (type: ValueType) => type.storage._tag === "literal" ? "text" : type.storage._tag
  return kind(a) === kind(b)
}
