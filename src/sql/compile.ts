/**
 * From a statement to text and bindings: pure, and a function of the statement's shape alone, as no value ever reaches the text.
 */
import { ConfigurationError, UnsupportedError } from "../DbError.js"
import type { ValidationError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import { forExistence, freshName, one, outputNames, withoutOuterLimit } from "../query/derived.js"
import type {
  Column,
  Delete,
  Expression,
  Insert,
  Projection,
  Ref,
  Script,
  Select,
  Statement,
  Table,
  TableName,
  Update
} from "./ast.js"
import { Default } from "./ast.js"
import { printSelect } from "./clauses.js"
import type { ClauseForm } from "./clauses.js"
import { byOutput, output } from "./grouping.js"
import { checkLock, refuseNested } from "./locking.js"
import type { Storage, ValueType } from "./storage.js"
import type { InvalidValue } from "./storage.js"
import { conversionOf, notNull } from "./valueType.js"
import type { Writer } from "./writer.js"

/** A parameter, not yet encoded. */
export type Binding =
  /** A value in the form of its type. */
  | { readonly _tag: "Typed"; readonly value: unknown; readonly type: ValueType }
  /** A stored value of a column. */
  | { readonly _tag: "Stored"; readonly value: unknown; readonly column: Column; readonly row: number }
  /** A value that the driver takes as it is. */
  | { readonly _tag: "Bound"; readonly value: unknown }

/** A printed statement. */
export interface Compiled {
  readonly text: string
  readonly bindings: ReadonlyArray<Binding>
  /** What a row holds; undefined for a statement without rows. */
  readonly projection: Projection | undefined
}

/** What printing can refuse; thrown within this module, caught by `compile`'s callers. */
export type Refusal = ConfigurationError | UnsupportedError | ValidationError | InvalidValue

/** How many values an IN list has at most; longer ones go as one parameter. */
const longestList = 256

/** Prints text and collects parameters. */
export class TextWriter implements Writer {
  sql = ""
  readonly bindings: Array<Binding> = []
  private readonly aliases = new Map<Ref, string>()
  private readonly taken = new Set<string>()
  private unqualified = false
  /** The names that the next projection gives its parts. */
  private outputs: ReadonlyArray<string> | undefined
  private rowNumber = 0

  private readonly form: ClauseForm

  constructor(protected readonly dialect: Dialect) {
    this.form = dialect.print
  }

  text(sql: string): this {
    this.sql += sql
    return this
  }
  identifier(name: string): this {
    this.sql += this.dialect.quote(name)
    return this
  }
  table(table: TableName): this {
    if (table.schema !== undefined) this.identifier(table.schema).text(".")
    return this.identifier(table.name)
  }
  alias(ref: Ref): this {
    return this.identifier(this.aliasOf(ref))
  }
  parameter(value: unknown, type: ValueType): this {
    this.bindings.push({ _tag: "Typed", value, type })
    return this.text(this.dialect.placeholder(this.bindings.length, type))
  }
  /** The database finds the type by what stands around it. */
  untyped(value: unknown, type: ValueType): this {
    this.bindings.push({ _tag: "Typed", value, type })
    return this.text(this.dialect.placeholder(this.bindings.length, undefined))
  }
  stored(value: unknown, column: Column): this {
    this.bindings.push({ _tag: "Stored", value, column, row: this.rowNumber })
    return this.text(this.dialect.placeholder(this.bindings.length, column.type))
  }
  bound(value: unknown): this {
    this.bindings.push({ _tag: "Bound", value })
    return this.text(this.dialect.placeholder(this.bindings.length, undefined))
  }
  list<A>(items: ReadonlyArray<A>, print: (item: A) => void, separator = ", "): this {
    for (let i = 0; i < items.length; i++) {
      if (i > 0) this.sql += separator
      print(items[i]!)
    }
    return this
  }
  unsupported(feature: string, hint?: string): never {
    throw new UnsupportedError({
      feature,
      dialect: this.dialect.name,
      supportedBy: [],
      ...(hint === undefined ? {} : { hint })
    })
  }
  declare(ref: Ref, table: Table): this {
    this.aliases.set(ref, table.name)
    this.taken.add(table.name.toLowerCase())
    return this
  }
  source(ref: Ref, table: Table): this {
    checkTable(table)
    this.table(table)
    const alias = this.aliasOf(ref)
    return alias === table.name ? this : this.text(" as ").identifier(alias)
  }
  expression(expression: Expression): this {
    printExpression(this, this.dialect, expression)
    return this
  }
  operand(expression: Expression): this {
    return needsParentheses(expression) ? this.text("(").expression(expression).text(")") : this.expression(expression)
  }
  select(select: Select, named = false): this {
    refuseNested(select)
    this.text("(")
    this.selectBody(select, named)
    return this.text(")")
  }
  /** Sources are known by reference, so a query can stand inside itself: inside, its references mean the inner use. */
  selectBody(select: Select, named: boolean): void {
    const refs = [select.from.ref, ...select.joins.map((join) => join.source.ref)]
    const outer = refs.map((ref) => this.aliases.get(ref))
    for (const ref of refs) this.aliases.set(ref, this.fresh(ref.hint))
    const grouped = byOutput(select, named)
    this.outputs = grouped?.names
    printSelect(this, grouped?.select ?? select, this.form, named)
    refs.forEach((ref, i) => {
      if (outer[i] === undefined) this.aliases.delete(ref)
      else this.aliases.set(ref, outer[i])
    })
  }
  projection(projection: Projection, options: { readonly unqualified?: boolean; readonly named?: boolean } = {}): this {
    const names = options.named === true ? outputNames(projection) : this.outputs
    this.outputs = undefined
    this.unqualified = options.unqualified === true
    this.list(leavesOf(projection).map((leaf, i) => ({ leaf, i })), ({ i, leaf }) => {
      this.expression(leaf.expression)
      if (names !== undefined) this.text(" as ").identifier(names[i]!)
    })
    this.unqualified = false
    return this
  }
  column(ref: Ref, name: string): void {
    if (!this.unqualified && ref !== output) this.alias(ref).text(".")
    this.identifier(name)
  }
  row(number: number): void {
    this.rowNumber = number
  }
  private aliasOf(ref: Ref): string {
    const alias = this.aliases.get(ref)
    if (alias === undefined) {
      throw new ConfigurationError({
        problem:
          `The statement uses a column of ${ref.hint}, which it does not read from: a callback's columns are good within that callback's query only`
      })
    }
    return alias
  }
  private fresh(hint: string): string {
    return freshName(hint, "source", this.taken)
  }
}

const checkTable = (table: Table): void => {
  const problem = table.problem()
  if (problem !== undefined) throw problem
}

const needsParentheses = (expression: Expression): boolean => {
  switch (expression._tag) {
    case "Call":
      return expression.operator.form !== "function"
    case "InValues":
    case "InSelect":
    case "Fragment":
      return true
    default:
      return false
  }
}

/** One part of a row that is a column of the result. */
export interface Leaf {
  readonly path: ReadonlyArray<string>
  readonly table: Table | undefined
  readonly expression: Expression
}

/** The columns of a result, in the order of printing. */
export const leavesOf = (projection: Projection): ReadonlyArray<Leaf> => {
  const leaves: Array<Leaf> = []
  const walk = (part: Projection, path: ReadonlyArray<string>): void => {
    switch (part._tag) {
      case "Value":
        leaves.push({ path, table: undefined, expression: part.expression })
        return
      case "Instance":
        part.columns.forEach((expression, i) => {
          leaves.push({ path: [...path, part.table.columns[i]!.name], table: part.table, expression })
        })
        return
      default:
        for (const name of Object.keys(part.fields)) walk(part.fields[name]!, [...path, name])
    }
  }
  walk(projection, [])
  return leaves
}

const printExpression = (writer: TextWriter, dialect: Dialect, expression: Expression): void => {
  switch (expression._tag) {
    case "Column":
      return writer.column(expression.ref, expression.name)
    case "Parameter":
      if (expression.isUntyped === true) writer.untyped(expression.value, expression.type)
      else writer.parameter(expression.value, expression.type)
      return
    case "Stored":
      writer.stored(expression.value, expression.column)
      return
    case "Call":
      return printCall(writer, dialect, expression)
    case "Aggregate":
      return printAggregate(writer, dialect, expression)
    case "Case":
      writer.text("case")
      for (const { then, when } of expression.branches) {
        printInForm(writer.text(" when ").expression(when).text(" then "), dialect, then, expression.type)
      }
      if (expression.otherwise !== undefined) {
        printInForm(writer.text(" else "), dialect, expression.otherwise, expression.type)
      }
      writer.text(" end")
      return
    case "Cast":
      return dialect.print.cast(writer, expression.expression, expression.type)
    case "InValues":
      return printInValues(writer, dialect, expression.left, expression.rows)
    case "InSelect":
      writer.operand(expression.left).text(" in ").select(withoutOuterLimit(expression.select))
      return
    case "Exists":
      writer.text("exists ").select(forExistence(expression.select))
      return
    case "Scalar":
      writer.select(expression.select)
      return
    case "RowNumber":
      writer.text("row_number() over (")
      if (expression.partitionBy.length > 0) {
        writer.text("partition by ").list(expression.partitionBy, (one) => writer.expression(one)).text(" ")
      }
      if (expression.orderBy.length > 0) {
        writer.text("order by ").list(expression.orderBy, (order) => dialect.print.order(writer, order))
      }
      writer.text(")")
      return
    case "Fragment":
      expression.strings.forEach((part, i) => {
        writer.text(part)
        const arg = expression.args[i]
        if (arg !== undefined) writer.operand(arg)
      })
      return
    case "Inserted":
      return dialect.print.inserted(writer, expression.column.name)
    case "Invalid":
      throw expression.error
  }
}

const printCall = (
  writer: TextWriter,
  dialect: Dialect,
  { args, operator, type }: Extract<Expression, { readonly _tag: "Call" }>
): void => {
  const own = dialect.operators[operator.name]
  if (own !== undefined) return own(writer, args, type)
  switch (operator.form) {
    case "infix":
      writer.list(args, (arg) => writer.operand(arg), ` ${operator.text} `)
      return
    case "prefix":
      writer.text(operator.text)
      for (const arg of args) writer.text(" ").operand(arg)
      return
    case "postfix":
      for (const arg of args) writer.operand(arg)
      writer.text(` ${operator.text}`)
      return
    case "function":
      writer.text(`${operator.text}(`).list(args, (arg) => writer.expression(arg)).text(")")
      return
    case "dialect":
      return writer.unsupported(operator.name)
  }
}

const printAggregate = (
  writer: TextWriter,
  dialect: Dialect,
  { args, distinct, filter, operator, type }: Extract<Expression, { readonly _tag: "Aggregate" }>
): void => {
  const byCase = filter !== undefined && !dialect.capabilities.aggregateFilter
  const given = byCase ? (args.length === 0 ? [one] : args).map((arg) => onlyWhere(filter, arg)) : args
  const own = dialect.operators[operator.name]
  if (own !== undefined && !distinct) own(writer, given, type)
  else if (operator.form === "function") {
    writer.text(`${operator.text}(${distinct ? "distinct " : ""}`)
    if (given.length === 0) writer.text("*")
    else writer.list(given, (arg) => writer.expression(arg))
    writer.text(")")
  }
  if (filter !== undefined && !byCase) writer.text(" filter (where ").expression(filter).text(")")
}

/** A value in the form of what it becomes, where the dialect has several forms of one type. */
const printInForm = (writer: Writer, { print }: Dialect, value: Expression, type: ValueType): void => {
  if (print.assigned === undefined) writer.operand(value)
  else print.assigned(writer, value, type)
}

const onlyWhere = (when: Expression, then: Expression): Expression => ({
  _tag: "Case",
  branches: [{ when, then }],
  otherwise: undefined,
  type: then.type
})

const printInValues = (
  writer: TextWriter,
  dialect: Dialect,
  left: ReadonlyArray<Expression>,
  rows: ReadonlyArray<ReadonlyArray<unknown>>
): void => {
  if (rows.length === 0) {
    writer.text("1 = 0")
    return
  }
  const first = left[0]!
  if (left.length === 1 && rows.length <= longestList) {
    // Lists are filled up to a power of two, so that a program's lists have few texts and the databases few plans.
    const padded = rows.slice()
    while (!isPowerOfTwo(padded.length)) padded.push(rows[rows.length - 1]!)
    const type = notNull(first.type)
    writer.operand(first).text(" in (").list(padded, (row) => writer.parameter(row[0], type)).text(")")
    return
  }
  const types = left.map((expression) => notNull(expression.type))
  const stored = rows.map((row) => row.map((value, i) => conversionOf(types[i]!).toStored(value)))
  if (left.length === 1) writer.operand(first)
  else writer.text("(").list(left, (expression) => writer.expression(expression)).text(")")
  writer.text(" in ")
  dialect.print.manyRows(writer, types, stored)
}

const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0

const printInsert = (writer: TextWriter, dialect: Dialect, insert: Insert): void => {
  checkTable(insert.table)
  writer.declare(insert.ref, insert.table).text("insert into ").table(insert.table)
  if (insert.columns.length === 0) writer.text(` ${dialect.print.defaultValues}`)
  else {
    writer.text(" (").list(insert.columns, (column) => writer.identifier(column.name)).text(") values ")
    insert.rows.forEach((row, number) => {
      writer.row(number)
      writer.text(number === 0 ? "(" : ", (")
      for (let i = 0; i < insert.columns.length; i++) {
        if (i > 0) writer.text(", ")
        if (row[i] === Default) writer.text("default")
        else writer.stored(row[i], insert.columns[i]!)
      }
      writer.text(")")
    })
    writer.row(0)
  }
  // A row of defaults has no key to be there already by, and SQLite no words for it.
  if (insert.conflict !== undefined && insert.columns.length > 0) {
    writer.text(" ")
    dialect.print.conflict(writer, insert)
  }
  printReturning(writer, insert)
}

const printUpdate = (writer: TextWriter, dialect: Dialect, update: Update): void => {
  checkTable(update.table)
  writer.declare(update.ref, update.table).text("update ").table(update.table).text(" set ")
  writer.list(update.set, ({ column, value }) => {
    printInForm(writer.identifier(column.name).text(" = "), dialect, value, column.type)
  })
  if (update.where !== undefined) writer.text(" where ").expression(update.where)
  printReturning(writer, update)
}

const printDelete = (writer: TextWriter, statement: Delete): void => {
  checkTable(statement.table)
  writer.declare(statement.ref, statement.table).text("delete from ").table(statement.table)
  if (statement.where !== undefined) writer.text(" where ").expression(statement.where)
  printReturning(writer, statement)
}

const printReturning = (writer: TextWriter, { returning }: Insert | Update | Delete): void => {
  if (returning !== undefined) writer.text(" returning ").projection(returning, { unqualified: true })
}

/** Prints a statement; throws a `Refusal` for one that cannot be said, or not on this dialect. */
export const compile = (statement: Exclude<Statement, Script>, dialect: Dialect): Compiled => {
  const writer = new TextWriter(dialect)
  switch (statement._tag) {
    case "Select":
      checkLock(statement, dialect)
      writer.selectBody(statement, false)
      break
    case "Insert":
      printInsert(writer, dialect, statement)
      break
    case "Update":
      printUpdate(writer, dialect, statement)
      break
    case "Delete":
      printDelete(writer, statement)
      break
  }
  if (writer.bindings.length > dialect.maxParameters) {
    throw new UnsupportedError({
      feature: `statement of ${writer.bindings.length} parameters`,
      dialect: dialect.name,
      supportedBy: [],
      hint: `at most ${dialect.maxParameters} fit: split it`
    })
  }
  return {
    text: writer.sql,
    bindings: writer.bindings,
    projection: statement._tag === "Select" ? statement.projection : statement.returning
  }
}

/** What the driver binds for each parameter; throws `InvalidValue` or a refusal that names the field. */
export const encodeBinding = (binding: Binding, dialect: Dialect): unknown => {
  switch (binding._tag) {
    case "Bound":
      return binding.value
    case "Typed": {
      const stored = conversionOf(binding.type).toStored(binding.value)
      return stored === null ? null : encodeStored(stored, binding.type.storage, dialect)
    }
    case "Stored":
      return binding.value === null ? null : encodeStored(binding.value, binding.column.type.storage, dialect)
  }
}

const encodeStored = (stored: unknown, storage: Storage, dialect: Dialect): unknown =>
  (dialect.codecs[storage._tag].encode as (value: unknown, storage: Storage) => unknown)(stored, storage)
