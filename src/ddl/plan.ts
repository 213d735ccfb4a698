/**
 * From models to the steps that make their tables, or drop them, in an order that references allow.
 */
import { ConfigurationError } from "../DbError.js"
import { isNull } from "../expr/comparison.js"
import { columnsOf, make, nodeOf } from "../expr/core.js"
import type * as Model from "../Model.js"
import type { ColumnDefinition, Definition, ForeignKey } from "../model/definition.js"
import { Define } from "../model/definition.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type * as Definitions from "../sql/definitions.js"
import { columnOf } from "../sql/nodes.js"
import { InvalidValue } from "../sql/storage.js"
import { conversionOf } from "../sql/valueType.js"

interface Key {
  readonly definition: ForeignKey
  readonly target: { readonly table: Ast.Table; readonly column: Ast.Column }
}

/** A model with its references looked up. */
interface Part {
  readonly model: Model.Any
  readonly definition: Definition
  readonly keys: ReadonlyArray<Key>
}

interface Sorted {
  readonly parts: ReadonlyArray<Part>
  /** References to a table that comes later. */
  readonly late: ReadonlySet<Key>
}

/** One table can be known under several classes, as a model and its subclass. */
const idOf = ({ name, schema }: Ast.TableName): string => JSON.stringify([schema ?? null, name])

const refuse = (problem: string): never => {
  throw new ConfigurationError({ problem })
}

const isUnique = ({ constraints, primaryKey }: Ast.Table, { name }: Ast.Column): boolean =>
  primaryKey.length === 1 && primaryKey[0]?.name === name ||
  constraints.some(({ columns, kind, ofLiving }) =>
    kind === "unique" && ofLiving !== true && columns.length === 1 && columns[0] === name
  )

const keyOf = (definition: ForeignKey, { identifier }: Ast.Table): Key => {
  const target = definition.target()
  const { column, onDelete, onUpdate } = definition
  const place = `${identifier}.${column.property}`
  if (typeof target === "string") return refuse(`${place}: ${target}`)
  if (!isUnique(target.table, target.column)) {
    return refuse(
      `${place} references ${target.table.identifier}.${target.column.property}, which is neither unique nor the primary key`
    )
  }
  if ((onDelete === "set null" || onUpdate === "set null") && !column.type.nullable) {
    return refuse(`${place} is to be set to null when its target goes, and may not be null`)
  }
  return { definition, target }
}

const partsOf = (models: ReadonlyArray<Model.Any>): ReadonlyArray<Part> => {
  const parts = new Map<string, Part>()
  for (const model of models) {
    const definition = model[Define]
    const { table } = definition
    const problem = table.problem()
    if (problem !== undefined) throw problem
    if (table.columns.length === 0) refuse(`The model ${table.identifier} has no column`)
    const known = parts.get(idOf(table))
    if (known !== undefined && known.model !== model) {
      refuse(`${known.definition.table.identifier} and ${table.identifier} are both the table ${table.name}`)
    }
    parts.set(idOf(table), { model, definition, keys: definition.foreignKeys.map((key) => keyOf(key, table)) })
  }
  return [...parts.values()]
}

/** Each table after those that it refers to, else in the order given. */
const sort = (models: ReadonlyArray<Model.Any>): Sorted => {
  const given = partsOf(models)
  const byId = new Map(given.map((part) => [idOf(part.definition.table), part]))
  const parts: Array<Part> = []
  const late = new Set<Key>()
  const begun = new Set<Part>()
  const done = new Set<Part>()
  const visit = (part: Part): void => {
    begun.add(part)
    for (const key of part.keys) {
      const target = byId.get(idOf(key.target.table))
      if (target === undefined || target === part) continue
      if (!begun.has(target)) visit(target)
      if (!done.has(target)) late.add(key)
    }
    done.add(part)
    parts.push(part)
  }
  for (const part of given) if (!begun.has(part)) visit(part)
  return { parts, late }
}

const foreignKeyOf = ({ definition, target }: Key): Definitions.ForeignKey => ({
  name: definition.name,
  columns: [definition.column],
  target: target.table,
  targetColumns: [target.column],
  onDelete: definition.onDelete,
  onUpdate: definition.onUpdate,
  deferred: definition.deferred
})

const defaultOf = (
  { details, property, type }: ColumnDefinition,
  table: Ast.Table
): Definitions.ColumnSpec["default"] => {
  const given = details.default
  if (given === undefined || "expression" in given) return given
  try {
    return { stored: conversionOf(type).toStored(given.value) }
  } catch (problem) {
    if (!(problem instanceof InvalidValue)) throw problem
    return refuse(`The default of ${table.identifier}.${property} does not fit its Schema: it ${problem.message}`)
  }
}

/** The keys of a table, each with its columns. */
const keysOf = (
  { columns, foreignKeys, indexes, table, uniques }: Definition
): ReadonlyArray<ReadonlyArray<Ast.Column>> => [
  table.primaryKey,
  // Beside them stands the column by which a database tells rows that live, where it has no partial indexes.
  ...uniques.map((unique) =>
    columns.filter((column) =>
      unique.columns.includes(column.name) || (unique.ofLiving === true && column === table.deletedAt)
    )
  ),
  ...indexes.filter(({ unique }) => unique).map((index) => index.columns),
  ...foreignKeys.map(({ column }) => [column])
]

const stepsOf = (
  { definition, keys, model }: Part,
  late: ReadonlySet<Key>,
  ifNotExists: boolean
): ReadonlyArray<Definitions.Step> => {
  const { checks, columns, indexes, table, uniques } = definition
  const ref: Ast.Ref = { hint: table.name }
  const given = columnsOf(model[Describe], ref, false) as { readonly [property: string]: unknown }
  const all = keysOf(definition)
  const specs = new Map(columns.map((column): [string, Definitions.ColumnSpec] => [column.name, {
    column,
    types: { ...column.details.types },
    keys: all.filter((key) => key.some(({ name }) => name === column.name)),
    default: defaultOf(column, table),
    computed: column.details.computed === undefined ? undefined : nodeOf(column.details.computed(given as never))
  }]))
  return [
    {
      _tag: "CreateTable",
      table,
      ref,
      ifNotExists,
      columns: [...specs.values()],
      uniques: uniques.filter(({ ofLiving }) => ofLiving !== true),
      checks: checks.map(({ column, condition, name }) => ({
        name,
        condition: nodeOf(condition((column === undefined ? given : given[column.property]) as never))
      })),
      foreignKeys: keys.filter((key) => !late.has(key)).map(foreignKeyOf)
    },
    ...indexes.map((index): Definitions.CreateIndex => ({
      _tag: "CreateIndex",
      table,
      ref,
      ifNotExists,
      name: index.name,
      unique: index.unique,
      columns: index.columns.map(({ name }) => specs.get(name)!),
      expressions: (index.expressions?.(given) ?? []).map(nodeOf),
      where: index.where === undefined ? undefined : nodeOf(index.where(given))
    })),
    ...uniques.flatMap(({ columns, name, ofLiving }): ReadonlyArray<Definitions.CreateIndex> => {
      const { deletedAt } = table
      return ofLiving !== true || deletedAt === undefined ? [] : [{
        _tag: "CreateIndex",
        table,
        ref,
        ifNotExists,
        name,
        unique: true,
        columns: columns.map((column) => specs.get(column)!),
        expressions: [],
        where: nodeOf(isNull(make<unknown>(columnOf(ref, deletedAt)))),
        ofLiving: deletedAt
      }]
    }),
    ...table.searches.map((index): Definitions.CreateSearchIndex => ({
      _tag: "CreateSearchIndex",
      table,
      ifNotExists,
      index
    }))
  ]
}

/** Makes the tables; throws a ConfigurationError for models that contradict themselves or each other. */
export const create = (models: ReadonlyArray<Model.Any>, ifNotExists: boolean): Definitions.Script => {
  const { late, parts } = sort(models)
  return {
    _tag: "Script",
    steps: [
      ...parts.flatMap((part) => stepsOf(part, late, ifNotExists)),
      ...parts.flatMap(({ definition: { table }, keys }) =>
        keys.filter((key) => late.has(key)).map((key): Definitions.AddForeignKey => ({
          _tag: "AddForeignKey",
          table,
          ifNotExists,
          key: foreignKeyOf(key)
        }))
      )
    ]
  }
}

/** Drops the tables, each before those that it refers to; throws as `create` does. */
export const drop = (models: ReadonlyArray<Model.Any>, ifExists: boolean): Definitions.Script => {
  const { late, parts } = sort(models)
  const tables = parts.map(({ definition }) => definition.table).reverse()
  // A table whose rows hold on to each other cannot just be dropped on SQLite, which deletes them one by one.
  const holds = ({ definition, target }: Key, table: Ast.Table): boolean =>
    definition.onDelete === "restrict" && idOf(target.table) === idOf(table)
  const ring = parts.flatMap(({ definition: { table }, keys }) =>
    keys.filter((key) => late.has(key) || holds(key, table)).map(({ definition }) => ({ table, name: definition.name }))
  )
  return { _tag: "Script", steps: tables.length === 0 ? [] : [{ _tag: "DropTables", tables, ring, ifExists }] }
}
