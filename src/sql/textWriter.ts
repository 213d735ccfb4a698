/**
 * Prints text, and encodes the values that stand in it as parameters.
 */
import * as Capability from "../Capability.js"
import { ConfigurationError, UnsupportedError } from "../DbError.js"
import type { Dialect, ListForm } from "../Dialect.js"
import { freshName, outputNames } from "../query/derived.js"
import type { Body, Column, Cte, Expression, Listed, Projection, Ref, Select, Table, TableName, Window } from "./ast.js"
import { Ctes, printBody, printWith } from "./bodies.js"
import { printSelect } from "./clauses.js"
import type { ClauseForm } from "./clauses.js"
import type { ExpressionWriter } from "./expressions.js"
import { InvalidOperand, needsParentheses, printExpression, printKept } from "./expressions.js"
import { byOutput, output } from "./grouping.js"
import { meantOf } from "./living.js"
import { refuseNested } from "./locking.js"
import { namesOf } from "./names.js"
import type { Names } from "./names.js"
import { layoutOf, leavesOf } from "./projection.js"
import type { Codec, ValueType } from "./storage.js"
import { InvalidValue } from "./storage.js"
import { conversionOf } from "./valueType.js"
import { Windows } from "./windows.js"
import type { UsedSearchIndex } from "./writer.js"

/** A stored value that its column does not take. */
export class InvalidInput {
  readonly _tag = "InvalidInput"
  /** `row` is the place of its row among those of the insert. */
  constructor(readonly column: Column, readonly row: number, readonly message: string) {}
}

/** From the rows of a list of one column to its one parameter; throws `InvalidValue`. */
export const encodeList = (type: ValueType, form: ListForm) => {
  const { toStored } = conversionOf(type)
  return (rows: unknown): unknown =>
    form.encode((rows as ReadonlyArray<ReadonlyArray<unknown>>).map(([value]) => toStored(value)), type.storage)
}

type OwnTable = ReturnType<NonNullable<Dialect["print"]["ownTable"]>>

/** Prints text and collects parameters, encoded as the driver takes them. */
export class TextWriter implements ExpressionWriter {
  sql = ""
  readonly parameters: Array<unknown> = []
  /** The sources of the selects around, innermost last: one that stands inside itself means the inner use. */
  private readonly refs: Array<Ref> = []
  private readonly aliases: Array<string> = []
  private readonly tables = new Map<Ref, Table>()
  private readonly taken = new Set<string>()
  private readonly names: Names
  private readonly ctes = new Ctes()
  /** The windows of the select that is printed, until they are said. */
  private used: Windows | undefined = undefined
  /** What the windows of the select begin with, so far, each at its number; those with values are no others' text. */
  private begun: Array<string | undefined> = []
  /** What has been printed to be said again. */
  private readonly said = new Map<Expression, string>()
  private unqualified = false
  private changed: Table | undefined = undefined
  private readChanged: OwnTable | undefined = undefined
  /** How many selects there are around. */
  private nesting = 0
  /** The names that the next projection gives its parts. */
  private outputs: ReadonlyArray<string> | undefined = undefined
  /** Whether others read the parts of the next projection. */
  private isRead = false
  private readonly form: ClauseForm

  constructor(protected readonly dialect: Dialect) {
    this.form = dialect.print
    this.names = namesOf(dialect)
  }

  text(sql: string): this {
    this.sql += sql
    return this
  }
  identifier(name: string): this {
    this.sql += this.names.quoted(name)
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
    this.parameters.push(this.encoded(value, type))
    return this.text(this.dialect.placeholder(this.parameters.length, type))
  }
  converted(
    { value }: Extract<Expression, { readonly _tag: "Parameter" }>,
    type: ValueType,
    change: (value: unknown) => unknown
  ): this {
    return this.parameter(change(value), type)
  }
  untyped(value: unknown, type: ValueType): this {
    this.parameters.push(this.encoded(value, type))
    return this.text(this.dialect.placeholder(this.parameters.length, undefined))
  }
  among(rows: ReadonlyArray<ReadonlyArray<unknown>>, type: ValueType, form: ListForm): this {
    this.parameters.push(encodeList(type, form)(rows))
    return this.text(form.among(this.parameters.length, type))
  }
  /** A value of a row to insert, where `row` is given. */
  stored(value: unknown, column: Column, row = 0): this {
    const { type } = column
    const { storage } = type
    try {
      this.parameters.push(value === null ? null : (this.dialect.codecs[storage._tag] as Codec).encode(value, storage))
    } catch (problem) {
      throw problem instanceof InvalidValue ? new InvalidInput(column, row, problem.message) : problem
    }
    return this.text(this.dialect.placeholder(this.parameters.length, type))
  }
  bound(value: unknown): this {
    this.parameters.push(value)
    return this.text(this.dialect.placeholder(this.parameters.length, undefined))
  }
  noted(print: () => void): string {
    const before = this.sql.length
    print()
    return this.sql.slice(before)
  }
  again(expression: Expression): this {
    const words = this.said.get(expression)
    if (words !== undefined) return this.text(words)
    this.said.set(expression, this.noted(() => this.expression(expression)))
    return this
  }
  list<A>(items: ReadonlyArray<A>, print: (item: A) => void, separator = ", "): this {
    for (let i = 0; i < items.length; i++) {
      if (i > 0) this.sql += separator
      print(items[i]!)
    }
    return this
  }
  requires(capability: Capability.Name): this {
    const { name, provides } = this.dialect
    if (provides.has(capability)) return this
    throw new UnsupportedError({
      feature: capability,
      dialect: name,
      supportedBy: [...Capability.databases[capability]]
    })
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
    checkTable(table)
    this.taken.add(table.name.toLowerCase())
    this.tables.set(ref, table)
    return this.enter(ref, table.name)
  }
  beside(refs: ReadonlyArray<Ref>): this {
    for (const ref of refs) this.enter(ref, this.fresh(ref))
    return this
  }
  /** The statement changes a table, which queries within it read in a way of their own. */
  changes(table: Table, read: OwnTable | undefined): this {
    this.changed = table
    this.readChanged = read
    return this
  }
  source(ref: Ref, table: Table): this {
    checkTable(table)
    this.ctes.refuse(table)
    const copy = this.copyOf(table)
    if (copy !== undefined) {
      copy(this, table)
      return this.text(" as ").identifier(this.aliasOf(ref))
    }
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
  select(select: Select): this {
    refuseNested(select)
    this.text("(").selectBody(select, false, true)
    return this.text(")")
  }
  body(body: Body): this {
    this.text("(")
    try {
      printBody(this, this.dialect, body, this.ctes)
    } catch (problem) {
      throw problem instanceof InvalidValue && body._tag === "Listed" ? this.invalidOf(body) ?? problem : problem
    }
    return this.text(")")
  }
  cte(ref: Ref, cte: Cte): this {
    const name = this.ctes.nameOf(cte)
    const alias = this.aliasOf(ref)
    return alias === name ? this.identifier(name) : this.identifier(name).text(" as ").identifier(alias)
  }
  windowName(window: Window): string | undefined {
    return this.used?.nameOf(window)
  }
  windowStart(print: () => void): void {
    const { windowApart } = this.dialect.print
    const [before, values] = [this.sql.length, this.parameters.length]
    print()
    if (windowApart === undefined) return
    const start = this.sql.slice(before)
    const hasValues = this.parameters.length > values
    const known = hasValues ? -1 : this.begun.indexOf(start)
    const number = known === -1 ? this.begun.push(hasValues ? undefined : start) - 1 : known
    if (number > 0) this.sql = this.sql.slice(0, before) + windowApart(start, number)
  }
  windows(): this {
    const { used } = this
    this.used = undefined
    used?.print(this, this.dialect)
    return this
  }
  selectBody(given: Select, named: boolean, isRead = named): void {
    const select = meantOf(given)
    const outside = this.refs.length
    const { begun, unqualified, used } = this
    const before = this.ctes.size
    this.unqualified = false
    this.nesting++
    printWith(this, this.dialect, select, this.ctes)
    this.used = new Windows()
    this.begun = []
    for (const source of [select.from, ...select.joins.map(({ source }) => source)]) {
      this.enter(source.ref, this.fresh(source.ref))
      // A copy has no index.
      if (source._tag === "TableSource" && this.copyOf(source.table) === undefined) {
        this.tables.set(source.ref, source.table)
      }
    }
    const grouped = byOutput(select, named, this.dialect.operators)
    this.outputs = grouped?.names
    this.isRead = isRead
    try {
      printSelect(this, grouped?.select ?? select, this.form, named)
    } catch (problem) {
      if (problem instanceof InvalidOperand) {
        problem.readFrom([select.from])
        problem.readFrom(select.joins.map(({ source }) => source))
      }
      throw problem
    }
    this.refs.length = outside
    this.aliases.length = outside
    this.ctes.leave(before)
    this.nesting--
    this.used = used
    this.begun = begun
    this.unqualified = unqualified
  }
  searchIndex(columns: ReadonlyArray<Expression>): UsedSearchIndex | undefined {
    const [first] = columns
    const table = first?._tag === "Column" ? this.tables.get(first.ref) : undefined
    if (first?._tag !== "Column" || table === undefined) return undefined
    const { ref } = first
    const byName = new Map(columns.map((one) => [one._tag === "Column" && one.ref === ref ? one.name : undefined, one]))
    const index = table.searches.find((index) =>
      index.columns.length === byName.size && index.columns.every(({ name }) => byName.has(name))
    )
    return index === undefined
      ? undefined
      : { index, table, ref, columns: index.columns.map(({ name }) => byName.get(name)!) }
  }
  projection(projection: Projection, options: { readonly unqualified?: boolean; readonly named?: boolean } = {}): this {
    const names = options.named === true ? outputNames(projection) : this.outputs
    const isRead = names !== undefined || this.isRead
    this.outputs = undefined
    this.isRead = false
    this.unqualified = options.unqualified === true
    const { positions, printed } = layoutOf(projection)
    if (names !== undefined) {
      const leaves = leavesOf(projection)
      const isWhole = options.named === true
      let last = -1
      leaves.forEach(({ expression }, i) => {
        if (!isWhole && positions[i]! <= last) return
        last = positions[i]!
        this.text(i === 0 ? "" : ", ").part(expression, true).text(" as ").identifier(names[i]!)
      })
    } else if (printed.length < positions.length) this.list(printed, ({ expression }) => this.part(expression, isRead))
    else this.parts(projection, isRead)
    this.unqualified = false
    return this
  }
  column(ref: Ref, name: string): void {
    if (!this.unqualified && ref !== output) this.sql += `${this.names.quoted(this.aliasOf(ref))}.`
    this.sql += this.names.quoted(name)
  }
  /** One column; where others read it in the form of its type. */
  private part(expression: Expression, isRead: boolean): this {
    if (isRead) printKept(this, this.dialect, expression, false)
    else printExpression(this, this.dialect, expression)
    return this
  }
  private parts(part: Projection, isRead: boolean): void {
    switch (part._tag) {
      case "Value":
        this.part(part.expression, isRead)
        return
      case "Instance":
        if (part.ref === undefined) this.list(part.columns, (column) => this.expression(column))
        else this.sql += this.names.row(part.table, this.unqualified ? undefined : this.aliasOf(part.ref))
        return
      default:
        this.list(Object.keys(part.fields), (name) => this.parts(part.fields[name]!, isRead))
    }
  }
  private encoded(value: unknown, type: ValueType): unknown {
    try {
      const stored = conversionOf(type).toStored(value)
      const { storage } = type
      return stored === null ? null : (this.dialect.codecs[storage._tag] as Codec).encode(stored, storage)
    } catch (problem) {
      throw problem instanceof InvalidValue ? new InvalidOperand(problem.message, value) : problem
    }
  }
  /** The first value of a list that its column does not take. */
  private invalidOf({ columns, rows }: Listed): InvalidInput | undefined {
    for (const [number, row] of rows.entries()) {
      for (const [at, column] of columns.entries()) {
        try {
          const { storage } = column.type
          if (row[at] !== null) (this.dialect.codecs[storage._tag] as Codec).encode(row[at], storage)
        } catch (problem) {
          if (problem instanceof InvalidValue) return new InvalidInput(column, number, problem.message)
          throw problem
        }
      }
    }
    return undefined
  }
  /** How a query within the statement reads its table, if in a way of its own. */
  private copyOf({ name, schema }: Table): OwnTable | undefined {
    const { changed, readChanged } = this
    return this.nesting > 0 && changed?.name === name && changed.schema === schema ? readChanged : undefined
  }
  private enter(ref: Ref, alias: string): this {
    this.refs.push(ref)
    this.aliases.push(alias)
    return this
  }
  private aliasOf(ref: Ref): string {
    const at = this.refs.lastIndexOf(ref)
    if (at === -1) {
      throw new ConfigurationError({
        problem:
          `The statement uses a column of ${ref.hint}, which it does not read from: a callback's columns are good within that callback's query only`
      })
    }
    return this.aliases[at]!
  }
  private fresh(ref: Ref): string {
    return freshName(ref.hint, "source", this.taken)
  }
}

const checkTable = (table: Table): void => {
  const problem = table.problem()
  if (problem !== undefined) throw problem
}
