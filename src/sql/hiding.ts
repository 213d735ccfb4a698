/**
 * Which parameters of a statement nobody is to see: the values of sensitive columns, and what they are compared with.
 */
import type { Dialect, ListForm } from "../Dialect.js"
import type { Assignment, Column, Expression } from "./ast.js"
import type { Statement } from "./statement.js"
import type { Script } from "./definitions.js"
import { compile } from "./compile.js"
import { atoms } from "./nodes.js"
import type { ValueType } from "./storage.js"
import { TextWriter } from "./textWriter.js"

/** A statement as text, and of each of its parameters whether it is to be hidden. */
export interface Marked {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
  readonly isHidden: ReadonlyArray<boolean>
}

/** Each of their arguments is a condition of its own. */
const logic = new Set(["and", "or", "not"])

/** What an expression is not made of. */
const apart = new Set([...atoms, "ref", "select"])

/** A node and those that it is made of, whatever its kind. */
const partsOf = (node: unknown, found = new Set<unknown>()): Set<unknown> => {
  if (typeof node !== "object" || node === null || found.has(node)) return found
  found.add(node)
  for (const [key, part] of Object.entries(node)) if (!apart.has(key)) partsOf(part, found)
  return found
}

const isSensitive = (node: unknown): boolean =>
  (node as { readonly type?: ValueType } | undefined)?.type?.sensitive === true

const holdsSensitive = (expression: Expression): boolean => [...partsOf(expression)].some(isSensitive)

/** Of a value beside a sensitive column the type says nothing: all that an expression with such a column holds is hidden. */
class Marking extends TextWriter {
  readonly isHidden: Array<boolean> = []
  private depth: number

  /** `assigned` is what sensitive columns are set to; whether a table of the statement has one decides where nothing else does. */
  constructor(
    dialect: Dialect,
    private readonly assigned: Set<unknown>,
    private readonly isAnySensitive: boolean,
    isAllHidden: boolean
  ) {
    super(dialect)
    this.depth = isAllHidden ? 1 : 0
  }

  override expression(expression: Expression): this {
    const isLogic = expression._tag === "Call" && logic.has(expression.operator.name)
    const isHidden = this.assigned.has(expression) || (!isLogic && holdsSensitive(expression))
    if (isHidden) this.depth++
    super.expression(expression)
    if (isHidden) this.depth--
    return this
  }
  override parameter(value: unknown, type: ValueType): this {
    this.mark(type.sensitive === true)
    return super.parameter(value, type)
  }
  override untyped(value: unknown, type: ValueType): this {
    this.mark(type.sensitive === true)
    return super.untyped(value, type)
  }
  override among(rows: ReadonlyArray<ReadonlyArray<unknown>>, type: ValueType, form: ListForm): this {
    this.mark(type.sensitive === true)
    return super.among(rows, type, form)
  }
  override stored(value: unknown, column: Column, row?: number): this {
    this.mark(column.type.sensitive === true)
    return super.stored(value, column, row)
  }
  override bound(value: unknown): this {
    this.mark(this.isAnySensitive)
    return super.bound(value)
  }

  private mark(isHidden: boolean): void {
    this.isHidden.push(isHidden || this.depth > 0)
  }
}

/** The statement's assignments. */
const assignmentsOf = (statement: Exclude<Statement, Script>): ReadonlyArray<Assignment> => {
  switch (statement._tag) {
    case "Insert":
      return statement.conflict?.set ?? []
    case "Update":
      return statement.set
    default:
      return []
  }
}

/** Prints a statement as `compile` does. */
export const marked = (statement: Exclude<Statement, Script>, dialect: Dialect): Marked => {
  const assigned = new Set<unknown>()
  for (const { column, value } of assignmentsOf(statement)) {
    if (column.type.sensitive === true) partsOf(value, assigned)
  }
  const isHiding = (columns: ReadonlyArray<Column>) => columns.some(({ type }) => type.sensitive === true)
  const writer = new Marking(
    dialect,
    assigned,
    statement._tag !== "Select" && isHiding(statement.table.columns),
    // What a query gives may be anything that it holds.
    statement._tag === "Insert" && statement.from !== undefined && isHiding(statement.columns)
  )
  const { parameters, text } = compile(statement, dialect, writer)
  return { text, parameters, isHidden: writer.isHidden }
}
