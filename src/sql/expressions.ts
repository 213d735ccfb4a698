/**
 * Expressions, one case each.
 */
import { ConfigurationError } from "../DbError.js"
import type { Dialect, FunctionCall, ListForm } from "../Dialect.js"
import { forExistence, withoutOuterLimit } from "../query/derived.js"
import type { Expression, Frame, FrameBound, Ref, Table, Window } from "./ast.js"
import { once, printAggregate } from "./aggregates.js"
import { isOneParameter, longestList, paddedLength } from "./shapes.js"
import { InvalidValue } from "./storage.js"
import type { ValueType } from "./storage.js"
import { conversionOf, notNull } from "./valueType.js"
import type { Writer } from "./writer.js"

/** What printing an expression needs beside what dialects may call. */
export interface ExpressionWriter extends Writer {
  readonly column: (ref: Ref, name: string) => void
  /** A value whose type the database finds by what stands around it. */
  readonly untyped: (value: unknown, type: ValueType) => void
  /** The name of a window of the select around that has one and can still be said there. */
  readonly windowName: (window: Window) => string | undefined
  /** What a window begins with, its parts and their order, apart from those of the other windows of the select where the dialect asks for that. */
  readonly windowStart: (print: () => void) => void
  /** All values of a list in one parameter, and that what stands before it is one of them. */
  readonly among: (rows: ReadonlyArray<ReadonlyArray<unknown>>, type: ValueType, form: ListForm) => void
}

/** A value of an expression that its type does not take. What it stands beside is looked for only then, on the way out of the printers. */
export class InvalidOperand extends InvalidValue {
  /** The model's property that it is compared with, once it is known. */
  property: string | undefined = undefined
  private beside: Expression | undefined
  constructor(message: string, readonly value: unknown, beside?: Expression) {
    super(message)
    this.beside = beside
  }
  /** It is among these arguments. */
  within(args: ReadonlyArray<Expression>): void {
    if (args.some((arg) => arg._tag === "Parameter" && Object.is(arg.value, this.value))) {
      this.beside ??= args.find((arg) => arg._tag === "Column" || arg._tag === "Inserted")
    }
  }
  /** These sources are those of a statement around it. */
  readFrom(sources: ReadonlyArray<{ readonly ref: Ref; readonly table?: Table }>): void {
    const { beside } = this
    if (beside?._tag === "Inserted") this.property = beside.column.property
    if (beside?._tag !== "Column") return
    for (const source of sources) {
      if (source.ref === beside.ref) {
        this.property = source.table?.columns.find(({ name }) => name === beside.name)?.property
      }
    }
  }
}

/** Whether it has to stand in parentheses as an operand. */
export const needsParentheses = (expression: Expression): boolean => {
  switch (expression._tag) {
    case "Call":
      return expression.operator.form !== "function"
    case "InValues":
    case "InSelect":
    case "Fragment":
    case "Over":
    case "Collate":
      return true
    default:
      return false
  }
}

export const printExpression = (writer: ExpressionWriter, dialect: Dialect, expression: Expression): void => {
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
      try {
        return printCall(writer, dialect, expression)
      } catch (problem) {
        if (problem instanceof InvalidOperand) problem.within(expression.args)
        throw problem
      }
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
    case "Collate": {
      const name = expression.names[dialect.ddl.ownType]
      if (name === undefined) writer.unsupported("a collation that has no name there", "give its name for the dialect")
      writer.operand(expression.expression).text(" collate ").identifier(name)
      return
    }
    case "InValues":
      try {
        return printInValues(writer, dialect, expression.left, expression.rows)
      } catch (problem) {
        const [left, ...others] = expression.left
        // Of several columns it is not known which one refused.
        throw problem instanceof InvalidValue && others.length === 0 && left?._tag === "Column"
          ? new InvalidOperand(problem.message, undefined, left)
          : problem
      }
    case "InSelect":
      writer.operand(expression.left).text(" in ").select(withoutOuterLimit(expression.select))
      return
    case "Exists":
      writer.text("exists ").select(forExistence(expression.select))
      return
    case "Scalar":
      writer.select(expression.select)
      return
    case "Over":
      return printOver(writer, dialect, expression)
    case "Fragment":
      expression.strings.forEach((part, i) => {
        writer.text(part)
        const arg = expression.args[i]
        if (arg !== undefined) writer.operand(arg)
      })
      return
    case "Inserted":
      return dialect.print.inserted(writer, expression.column.name)
    case "Given":
      throw new ConfigurationError({
        problem: `The parameter ${expression.parameter.name} of a prepared query is used outside of that query`
      })
    case "ColumnDefault":
      return printDefault(writer, dialect, expression)
    case "InForm":
      return printInForm(writer, dialect, expression.expression, expression.type)
    case "Invalid":
      throw expression.error
  }
}

const printCall = (
  writer: ExpressionWriter,
  dialect: Dialect,
  { args, operator, type }: Extract<Expression, { readonly _tag: "Call" }>,
  call?: FunctionCall
): void => {
  if (operator.requires !== undefined) writer.requires(operator.requires)
  const own = dialect.operators[operator.name]
  if (own !== undefined) return own(writer, args, type, call)
  switch (operator.form) {
    case "infix":
      for (let i = 0; i < args.length; i++) {
        if (i > 0) writer.text(" ").text(operator.text).text(" ")
        writer.operand(args[i]!)
      }
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

const printOver = (
  writer: ExpressionWriter,
  dialect: Dialect,
  { function: inner, window }: Extract<Expression, { readonly _tag: "Over" }>
): void => {
  const over = (): void => {
    writer.text(" over ")
    const name = writer.windowName(window)
    if (name !== undefined) {
      writer.identifier(name)
      return
    }
    writer.text("(")
    printWindow(writer, dialect, window)
    writer.text(")")
  }
  const { requiresOver } = inner.operator
  if (requiresOver !== undefined) writer.requires(requiresOver)
  if (inner._tag === "Aggregate") return printAggregate(writer, dialect, inner, window, over)
  const end = once(over)
  printCall(writer, dialect, inner, {
    distinct: false,
    bounds: undefined,
    orderBy: [],
    window,
    order: () => undefined,
    end
  })
  end()
}

/** What stands in the parentheses of a window. */
export const printWindow = (
  writer: ExpressionWriter,
  { print }: Dialect,
  { frame, orderBy, partitionBy }: Window
): void => {
  const noted = writer.noted(() =>
    writer.windowStart(() => {
      if (partitionBy.length > 0) writer.text("partition by ").list(partitionBy, (one) => writer.expression(one))
      if (partitionBy.length > 0 && orderBy.length > 0) writer.text(" ")
      if (orderBy.length > 0) writer.text("order by ").list(orderBy, (one) => print.order(writer, one))
    })
  )
  if (frame !== undefined) printFrame(noted === "" ? writer : writer.text(" "), frame)
}

const printFrame = (writer: Writer, { exclude, from, mode, to }: Frame): void => {
  const bound = ({ kind, offset }: FrameBound): void => {
    if (offset !== undefined) writer.expression(offset).text(" ")
    writer.text(kind)
  }
  if (mode === "groups") writer.requires("groups frame")
  bound((writer.text(`${mode} between `), from))
  bound((writer.text(" and "), to))
  if (exclude !== undefined) writer.requires("frame exclusion").text(` exclude ${exclude}`)
}

const printDefault = (
  writer: ExpressionWriter,
  dialect: Dialect,
  { column, declared }: Extract<Expression, { readonly _tag: "ColumnDefault" }>
): void => {
  if (dialect.capabilities.defaultAsValue) writer.text("default")
  else if (declared !== undefined) printInForm(writer, dialect, declared, column.type)
  else writer.unsupported(`the default of a column about which the model says nothing`)
}

/** An expression, or an operand, in the form of columns of its type. */
export const printKept = (writer: Writer, { print }: Dialect, value: Expression, isOperand = true): Writer => {
  if (print.isKept === undefined || print.isKept(value)) {
    return isOperand ? writer.operand(value) : writer.expression(value)
  }
  print.assigned?.(writer, value, value.type)
  return writer
}

/** A value in the form of what it becomes, where the dialect has several forms of one type. */
export const printInForm = (writer: Writer, { print }: Dialect, value: Expression, type: ValueType): void => {
  if (print.assigned === undefined) writer.operand(value)
  else print.assigned(writer, value, type)
}

const printInValues = (
  writer: ExpressionWriter,
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
    const type = notNull(first.type)
    const { list } = dialect.print
    if (list !== undefined && isOneParameter(list, rows, type.storage)) {
      printKept(writer, dialect, first)
      writer.among(rows, type, list)
      return
    }
    const padded = rows.slice()
    for (let i = paddedLength(rows.length) - rows.length; i > 0; i--) padded.push(rows[rows.length - 1]!)
    printKept(writer, dialect, first).text(" in (").list(padded, (row) => writer.parameter(row[0], type)).text(")")
    return
  }
  const types = left.map((expression) => notNull(expression.type))
  const stored = rows.map((row) => row.map((value, i) => conversionOf(types[i]!).toStored(value)))
  if (left.length === 1) printKept(writer, dialect, first)
  else writer.text("(").list(left, (expression) => printKept(writer, dialect, expression, false)).text(")")
  writer.text(" in ")
  dialect.print.manyRows(writer, types, stored)
}
