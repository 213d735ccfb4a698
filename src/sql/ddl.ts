/**
 * From steps of DDL to text: pure. No parameter can stand there, so values are printed as the dialect's literals, and columns
 * without the name of their table.
 */
import { ConfigurationError, UnsupportedError } from "../DbError.js"
import type { DdlForm, Dialect, SearchIndexParts } from "../Dialect.js"
import { constraintName, storageCheckName } from "../model/definition.js"
import type { Column, Expression, Ref, SearchIndex, Table, TableName } from "./ast.js"
import type {
  AddForeignKey,
  ColumnSpec,
  CreateIndex,
  CreateSearchIndex,
  CreateTable,
  DropTables,
  ForeignKey,
  Script,
  Step
} from "./definitions.js"
import type { Storage, ValueType } from "./storage.js"
import { InvalidValue } from "./storage.js"
import { TextWriter } from "./textWriter.js"
import { conversionOf, notNull } from "./valueType.js"

/** One statement to send, with what a span says of it. */
export interface Definition {
  readonly text: string
  readonly operation: string
  readonly table: Table | undefined
}

/** Prints expressions over the columns of one table. */
class DdlWriter extends TextWriter {
  constructor(dialect: Dialect, private readonly own: Ref) {
    super(dialect)
  }
  override untyped(value: unknown, type: ValueType): this {
    return this.parameter(value, type)
  }
  override parameter(value: unknown, type: ValueType): this {
    return this.text(this.dialect.ddl.literal(conversionOf(type).toStored(value), type))
  }
  override stored(value: unknown, { type }: Column): this {
    return this.text(this.dialect.ddl.literal(value, type))
  }
  override bound(): never {
    return this.unsupported("a list of rows in a table's definition", "compare the columns one by one")
  }
  override column(ref: Ref, name: string): void {
    if (ref === this.own) this.identifier(name)
    else super.column(ref, name)
  }
  override expression(expression: Expression): this {
    if (expression._tag !== "InValues" || expression.left.length !== 1 || expression.rows.length === 0) {
      return super.expression(expression)
    }
    // Lists of queries are filled up to be of few lengths; this text is read by people.
    const left = expression.left[0]!
    return this.operand(left).text(" in (").list(
      expression.rows,
      ([value]) => this.parameter(value, notNull(left.type))
    )
      .text(")")
  }
}

/** A table with all that is printed inside its parentheses on the given dialect. */
interface Whole extends CreateTable {
  readonly indexes: ReadonlyArray<CreateIndex>
}

type Foldable = CreateIndex | AddForeignKey

/** Puts indexes and foreign keys into the tables that they belong to, where the dialect cannot or need not have them apart. */
const fold = (steps: ReadonlyArray<Step>, form: DdlForm): ReadonlyArray<Whole | Exclude<Step, CreateTable>> => {
  const created = new Set(steps.flatMap((step) => step._tag === "CreateTable" ? [step.table] : []))
  const isFolded = (step: Step): step is Foldable =>
    (step._tag === "CreateIndex" && form.inlineIndexes || step._tag === "AddForeignKey" && !form.alterAddForeignKey) &&
    created.has(step.table)
  const folded = steps.filter(isFolded)
  return steps.filter((step): step is Exclude<Step, Foldable> | Foldable => !isFolded(step)).map((step) => {
    if (step._tag !== "CreateTable") return step
    const own = folded.filter((one) => one.table === step.table)
    return {
      ...step,
      foreignKeys: [...step.foreignKeys, ...own.flatMap((one) => one._tag === "AddForeignKey" ? [one.key] : [])],
      indexes: own.flatMap((one) => one._tag === "CreateIndex" ? [one] : [])
    }
  })
}

/** Runs a printer, and says what it printed when it fails: a codec may refuse a value, an expression may be none. */
const at = <A>(place: string, print: () => A): A => {
  try {
    return print()
  } catch (problem) {
    if (problem instanceof InvalidValue) {
      throw new ConfigurationError({ problem: `${place} cannot be made: a value ${problem.message}` })
    }
    if (!(problem instanceof ConfigurationError)) throw problem
    throw new ConfigurationError({ ...problem, problem: `${place}: ${problem.problem}` })
  }
}

class Printer {
  private readonly form: DdlForm

  constructor(private readonly dialect: Dialect) {
    this.form = dialect.ddl
  }

  step(step: Whole | Exclude<Step, CreateTable>): ReadonlyArray<Definition> {
    switch (step._tag) {
      case "CreateTable":
        return [{ operation: "CREATE TABLE", table: step.table, text: this.createTable(step) }]
      case "CreateIndex":
        return [{ operation: "CREATE INDEX", table: step.table, text: this.createIndex(step) }]
      case "CreateSearchIndex":
        return this.createSearchIndex(step)
      case "AddForeignKey":
        return [{ operation: "ALTER TABLE", table: step.table, text: this.addForeignKey(step) }]
      case "DropTables":
        return this.dropTables(step)
    }
  }

  private unsupported(feature: string, supportedBy: ReadonlyArray<string>, hint: string): never {
    throw new UnsupportedError({ feature, dialect: this.dialect.name, supportedBy, hint })
  }

  /** A longer name would be cut by some databases, and then be another one. */
  private name(name: string): string {
    const { maxIdentifier } = this.dialect
    if (new TextEncoder().encode(name).length > maxIdentifier) {
      throw new ConfigurationError({
        problem: `The name ${name} is longer than ${maxIdentifier} bytes, the most that ${this.dialect.name} takes`,
        hint: "give the table, the column, the index or the check a shorter one"
      })
    }
    return this.dialect.quote(name)
  }

  private table({ name, schema }: TableName): string {
    return schema === undefined ? this.name(name) : `${this.name(schema)}.${this.name(name)}`
  }

  private names(columns: ReadonlyArray<{ readonly name: string }>): string {
    return `(${columns.map((column) => this.name(column.name)).join(", ")})`
  }

  private expression(expression: Expression, ref: Ref): string {
    return new DdlWriter(this.dialect, ref).expression(expression).sql
  }

  /** How much of a column all of its keys can hold, where its own type has no limit that fits. */
  private limitOf({ column: { type }, keys, types }: ColumnSpec): number | undefined {
    const limits = this.form.keys
    if (limits === undefined || types[this.form.ownType] !== undefined) return undefined
    const lengths = keys.map((key) => limits.lengthOf(type, key.map((column) => column.type)))
      .filter((length) => length !== undefined)
    return lengths.length === 0 ? undefined : Math.min(...lengths)
  }

  private typeOf(spec: ColumnSpec): string {
    const { storage } = spec.column.type
    const limit = this.limitOf(spec)
    const type = spec.types[this.form.ownType]
    if (type !== undefined) return type
    const found = limit === undefined
      ? (this.dialect.codecs[storage._tag].ddl as (storage: Storage) => string)(storage)
      : this.form.keys!.limited(spec.column.type, limit)
    return storage._tag === "text" || storage._tag === "literal" ? `${found}${this.form.collate}` : found
  }

  private column(spec: ColumnSpec, { primaryKey }: Table, ref: Ref): string {
    const { column, computed, types } = spec
    const { type } = column
    const name = this.name(column.name)
    if (isGeneratedKey(spec)) {
      const generated = this.form.generatedKey(type)
      if (generated.isPrimaryKey && !isSole(primaryKey, column)) {
        return this.unsupported(
          "generated column beside others in the primary key, or outside of it",
          ["postgresql"],
          `make ${column.property} the whole primary key`
        )
      }
      return `${name} ${types[this.form.ownType] ?? generated.type}${generated.suffix}${
        generated.isPrimaryKey ? "" : " not null"
      }`
    }
    if (computed !== undefined) {
      return `${name} ${this.typeOf(spec)} ${this.form.computed(this.expression(computed, ref), type.nullable)}`
    }
    return `${name} ${this.typeOf(spec)}${type.nullable ? "" : " not null"}${this.default(spec, ref)}`
  }

  private default({ column, default: given }: ColumnSpec, ref: Ref): string {
    if (given === undefined) return ""
    return "stored" in given
      ? ` default ${this.form.literal(given.stored, column.type)}`
      : ` default (${this.expression(given.expression, ref)})`
  }

  /** What the column's type asks for: its list of values, its form. */
  private storageCheck({ column: { name, type } }: ColumnSpec, table: Table): ReadonlyArray<string> {
    const { storage } = type
    const values = storage._tag === "literal" || storage._tag === "integer" ? storage.values : undefined
    const condition = this.form.storageCheck(name, type) ??
      (values === undefined
        ? undefined
        : `${this.name(name)} in (${values.map((value) => this.form.literal(value, type)).join(", ")})`)
    return condition === undefined ? [] : [this.constraint(storageCheckName(table.name, name), `check (${condition})`)]
  }

  private constraint(name: string, text: string): string {
    return `constraint ${this.name(name)} ${text}`
  }

  private createTable({ checks, columns, foreignKeys, ifNotExists, indexes, ref, table, uniques }: Whole): string {
    const isKeyInColumn = columns.some((spec) =>
      isGeneratedKey(spec) && this.form.generatedKey(spec.column.type).isPrimaryKey
    )
    const named = (constraint: { readonly name: string; readonly columns: ReadonlyArray<string> }, kind: string) =>
      this.constraint(constraint.name, `${kind} (${constraint.columns.map((column) => this.name(column)).join(", ")})`)
    const lines = [
      ...columns.map((spec) => at(`${table.identifier}.${spec.column.property}`, () => this.column(spec, table, ref))),
      ...table.constraints.filter(({ kind }) => kind === "primaryKey" && !isKeyInColumn).map((key) =>
        named(key, "primary key")
      ),
      ...uniques.map((unique) => named(unique, "unique")),
      ...columns.flatMap((spec) => this.storageCheck(spec, table)),
      ...checks.map((check) =>
        at(
          `The check ${check.name}`,
          () => this.constraint(check.name, `check (${this.expression(check.condition, ref)})`)
        )
      ),
      ...foreignKeys.map((key) => this.constraint(key.name, this.references(key))),
      ...indexes.map((index) =>
        `${index.unique ? "unique " : ""}index ${this.name(index.name)} ${this.indexed(index)}`
      ),
      ...table.searches.flatMap((index) => this.form.search?.inTable?.(this.partsOf(index, table, ifNotExists)) ?? [])
    ]
    const ofLiving = indexes.find((index) => index.ofLiving !== undefined)?.ofLiving
    if (ofLiving !== undefined && !this.dialect.capabilities.partialIndexes && this.form.livingColumn !== undefined) {
      lines.push(this.form.livingColumn(this.name(livingName(table)), this.name(ofLiving.name)))
    }
    return `create table ${ifNotExists ? "if not exists " : ""}${this.table(table)} (\n  ${
      lines.join(",\n  ")
    }\n)${this.form.tableSuffix}`
  }

  private references({ columns, deferred, name, onDelete, onUpdate, target, targetColumns }: ForeignKey): string {
    if (deferred && !this.form.deferredForeignKeys) {
      this.unsupported(
        `foreign key that is checked at COMMIT (${name})`,
        ["postgresql", "sqlite"],
        "leave out `deferred`"
      )
    }
    if ((onDelete === "set default" || onUpdate === "set default") && !this.form.setDefault) {
      this.unsupported(`foreign key that sets the default (${name})`, ["postgresql", "sqlite"], "take another action")
    }
    return `foreign key ${this.names(columns)} references ${this.table(target)} ${this.names(targetColumns)}${
      onDelete === undefined ? "" : ` on delete ${onDelete}`
    }${onUpdate === undefined ? "" : ` on update ${onUpdate}`}${deferred ? " deferrable initially deferred" : ""}`
  }

  /** The parts of an index, in parentheses, and its condition. */
  private indexed({ columns, expressions, name, ofLiving, ref, table, where: given }: CreateIndex): string {
    const { expressionIndexes, partialIndexes } = this.dialect.capabilities
    const byColumn = ofLiving !== undefined && !partialIndexes && this.form.livingColumn !== undefined
    const where = byColumn ? undefined : given
    if (expressions.length > 0 && !expressionIndexes) {
      this.unsupported(
        `index of expressions (${name})`,
        ["postgresql", "sqlite", "mysql"],
        "add a column with Field.computed, and an index of that"
      )
    }
    if (where !== undefined && !partialIndexes) {
      this.unsupported(`partial index (${name})`, ["postgresql", "sqlite"], "leave out `where`")
    }
    const types = columns.map((spec) => spec.column.type)
    const parts = [
      ...columns.map((spec) => {
        const most = spec.types[this.form.ownType] === undefined
          ? this.form.keys?.lengthOf(spec.column.type, types)
          : undefined
        const isWhole = most === undefined || (this.limitOf(spec) ?? Number.POSITIVE_INFINITY) <= most
        return `${this.name(spec.column.name)}${isWhole ? "" : `(${most})`}`
      }),
      ...expressions.map((expression) => at(`The index ${name}`, () => `(${this.expression(expression, ref)})`)),
      ...(byColumn ? [this.name(livingName(table))] : [])
    ]
    const condition = where === undefined
      ? ""
      : ` where ${at(`The index ${name}`, () => this.expression(where, ref))}`
    return `(${parts.join(", ")})${condition}`
  }

  private createIndex(index: CreateIndex): string {
    return `create ${index.unique ? "unique " : ""}index ${index.ifNotExists ? "if not exists " : ""}${
      this.name(index.name)
    } on ${this.table(index.table)} ${this.indexed(index)}`
  }

  private createSearchIndex({ ifNotExists, index, table }: CreateSearchIndex): ReadonlyArray<Definition> {
    const texts = this.form.search?.create(this.partsOf(index, table, ifNotExists)) ?? []
    return texts.map((text) => ({ operation: "CREATE INDEX", table, text }))
  }

  private partsOf({ columns, key, name }: SearchIndex, table: TableName, ifNotExists: boolean): SearchIndexParts {
    return {
      name: (suffix) => this.name(`${name}${suffix}`),
      schema: table.schema === undefined ? "" : `${this.name(table.schema)}.`,
      table: this.name(table.name),
      columns: columns.map((column) => this.name(column.name)),
      key: key === undefined ? undefined : this.name(key.name),
      condition: ifNotExists ? "if not exists " : ""
    }
  }

  private addForeignKey({ ifNotExists, key, table }: AddForeignKey): string {
    const { addMissingForeignKey, alterAddForeignKey } = this.form
    if (!alterAddForeignKey) {
      return this.unsupported(
        `foreign key of a table that is there already (${key.name})`,
        ["postgresql", "mysql", "mariadb"],
        "make the table anew"
      )
    }
    const clause = this.references(key)
    if (!ifNotExists) return `alter table ${this.table(table)} add ${this.constraint(key.name, clause)}`
    if (addMissingForeignKey === undefined) {
      return this.unsupported(
        `foreign key that is only added if it is missing (${key.name})`,
        ["postgresql", "sqlite", "mariadb"],
        "leave out `ifNotExists`: the models refer to each other in a ring"
      )
    }
    return addMissingForeignKey(this.table(table), this.name(key.name), clause)
  }

  private dropTables(step: DropTables): ReadonlyArray<Definition> {
    return [
      ...this.dropOnlyTables(step),
      ...step.tables.flatMap((table) =>
        table.searches.flatMap((index) => {
          const name = this.table({ name: index.name, schema: table.schema })
          const texts = this.form.search?.drop(index, name) ?? []
          return texts.map((text) => ({ operation: "DROP TABLE", table, text }))
        })
      )
    ]
  }

  private dropOnlyTables({ ifExists, ring, tables }: DropTables): ReadonlyArray<Definition> {
    const names = tables.map((table) => this.table(table))
    if (ring.length === 0) {
      return tables.map((table, i) => ({
        operation: "DROP TABLE",
        table,
        text: `drop table ${ifExists ? "if exists " : ""}${names[i]}`
      }))
    }
    const keys = ring.map(({ name, table }) => ({ table: this.table(table), name: this.name(name) }))
    return this.form.dropRing(names, keys, ifExists).map((text) => ({
      operation: "DROP TABLE",
      table: undefined,
      text
    }))
  }
}

/** The name of the hidden column of rows that live. */
const livingName = ({ name }: TableName): string => constraintName(name, "living")

/** A column that the database counts up; what is generated otherwise has a default or is filled in by a trigger. */
const isGeneratedKey = ({ column, computed, default: given }: ColumnSpec): boolean => {
  const { storage } = column.type
  return column.generated && given === undefined && computed === undefined &&
    (storage._tag === "bigint" || (storage._tag === "integer" && storage.values === undefined))
}

const isSole = (primaryKey: ReadonlyArray<Column>, column: Column): boolean =>
  primaryKey.length === 1 && primaryKey[0]?.name === column.name

/** Prints a script for a dialect; throws a `Refusal` for one that cannot be said, or not there. */
export const printScript = ({ steps }: Script, dialect: Dialect): ReadonlyArray<Definition> => {
  const printer = new Printer(dialect)
  return fold(steps, dialect.ddl).flatMap((step) => printer.step(step))
}

/** The statements of a script as one text. */
export const scriptText = (definitions: ReadonlyArray<Definition>): string =>
  definitions.map(({ text }) => `${text};\n`).join("")
