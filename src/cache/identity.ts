/**
 * What two selects that ask for the same have in common: all that their text and their rows depend on, values included, as one text.
 *
 * It is a key, and never shown to anybody: values stand in it as they are.
 */
import type {
  Body,
  Cte,
  Expression,
  Given,
  Include,
  Operator,
  Order,
  Projection,
  Ref,
  Select,
  Source,
  Table,
  Window
} from "../sql/ast.js"
import { isSource } from "../sql/ast.js"
import type { NamedTable } from "../sql/cached.js"
import type { ValueType } from "../sql/storage.js"
import { InvalidValue } from "../sql/storage.js"
import { conversionOf } from "../sql/valueType.js"
import { nameOf } from "./generations.js"

/** How what is no part of the statement is called in a key. */
export interface Names {
  readonly table: (table: Table) => string
  readonly type: (type: ValueType) => string
  readonly operator: (operator: Operator) => string
  /** Whether values are written in their stored form: where a name does not say all of how a type makes it. */
  readonly isStored: boolean
}

/** Numbers in the order of first use: for keys that stay within this process. */
export const numbered = (): Names => {
  const numbers = new WeakMap<object, string>()
  let last = 0
  const numberOf = (known: object): string => {
    let number = numbers.get(known)
    if (number === undefined) numbers.set(known, number = `${++last}`)
    return number
  }
  return { table: numberOf, type: numberOf, operator: numberOf, isStored: false }
}

const described = <A extends object>(describe: (of: A) => string): (of: A) => string => {
  const known = new WeakMap<A, string>()
  return (of) => {
    let found = known.get(of)
    if (found === undefined) {
      const text = describe(of)
      known.set(of, found = `${text.length}:${text}`)
    }
    return found
  }
}

const typeText = ({ item, nullable, schema, storage }: ValueType): string =>
  `${JSON.stringify(storage)}${nullable ? "?" : ""}${item === undefined ? "" : `[${typeText(item)}]`} ${
    String(schema.ast)
  }`

/** All that is known of them: the same in every process that has the same models. */
export const descriptive: Names = {
  table: described(({ columns, identifier, name, schema }) =>
    [
      schema ?? "",
      name,
      identifier,
      ...columns.map((column) => `${column.property} ${column.name} ${typeText(column.type)}`)
    ].join("\n")
  ),
  type: described(typeText),
  operator: described((operator) => `${operator.name} ${operator.form === "dialect" ? "" : operator.text}`),
  isStored: true
}

type Keys<T> = T extends unknown ? keyof T : never
type None<T extends never> = T

/** Does not compile where a statement has parts that a key may have to tell. */
export type Told = [
  None<
    Exclude<
      keyof Select,
      | ("_tag" | "projection" | "distinct" | "from" | "joins" | "where" | "groupBy" | "having" | "orderBy" | "limit")
      | ("offset" | "lock" | "includes" | "lazy" | "cached" | "filled")
    >
  >,
  None<
    Exclude<
      keyof Include,
      | (
        | "name"
        | "cardinality"
        | "parent"
        | "child"
        | "select"
        | "childRef"
        | "limit"
        | "offset"
        | "beside"
        | "parents"
      )
      | ("strategy" | "problem")
    >
  >,
  None<Exclude<Keys<Source>, "_tag" | "ref" | "table" | "rows" | "body" | "lateral" | "cte" | "of">>,
  None<Exclude<Keys<Projection>, "_tag" | "expression" | "fields" | "table" | "columns" | "optional" | "ref">>,
  None<
    Exclude<
      Keys<Exclude<Body, Select>>,
      "_tag" | "operator" | "left" | "right" | "columns" | "rows" | "strings" | "args"
    >
  >,
  None<
    Exclude<
      Keys<Expression>,
      | (
        | "_tag"
        | "ref"
        | "name"
        | "type"
        | "value"
        | "isUntyped"
        | "parameter"
        | "make"
        | "column"
        | "operator"
        | "args"
      )
      | ("distinct" | "orderBy" | "filter" | "bounds" | "branches" | "otherwise" | "expression" | "names" | "left")
      | ("rows" | "select" | "function" | "window" | "strings" | "error" | "declared")
    >
  >
]

/** Thrown where a select cannot be told from others. */
class Unknown {
  readonly _tag = "Unknown"
}

const unknown = (): never => {
  // No Error: thrown for each read that passes by, and nobody looks at its stack.
  // oxlint-disable-next-line no-throw-literal
  throw new Unknown()
}

const escaped = (text: string): string => `${text.length}:${text}`

/** A value as a key has it: texts say how long they are, so that none can be taken for something else. */
const valueText = (value: unknown): string => {
  switch (typeof value) {
    case "string":
      return `s${value.length}:${value}`
    case "number":
      return `n${value};`
    case "bigint":
      return `b${value};`
    case "boolean":
      return value ? "T" : "F"
    case "object":
      if (value === null) return "N"
      if (value instanceof Uint8Array) return `x${escaped(Buffer.from(value).toString("base64"))}`
      if (Array.isArray(value)) return `[${value.map(valueText).join("")}]`
      return `j${escaped(jsonOf(value))}`
    default:
      return unknown()
  }
}

const jsonOf = (value: object): string =>
  JSON.stringify(value, (_, inner: unknown) => typeof inner === "bigint" ? `${inner}n` : inner) ?? unknown()

/** What a select is known by. */
export interface Identity {
  readonly text: string
  /** Whether it will be the same when the select is run again: nothing of it is an object that the program may change meanwhile. */
  readonly isLasting: boolean
}

/** Writes what one select is known by. */
class Writing {
  text = ""
  isLasting = true
  private readonly refs: Array<Ref> = []
  private readonly ctes: Array<Cte> = []
  private readonly windows: Array<Window> = []
  private readonly givens: Array<Given> = []

  constructor(private readonly names: Names) {}

  private ref(ref: Ref): void {
    let number = this.refs.indexOf(ref)
    if (number === -1) number = this.refs.push(ref) - 1
    this.text += `@${number}`
  }

  private value(value: unknown, type: ValueType): void {
    if (typeof value === "object" && value !== null) this.isLasting = false
    const isDecoded = value !== null && (this.names.isStored || typeof value === "object")
    this.text += valueText(isDecoded ? conversionOf(type).toStored(value) : value)
  }

  select(select: Select): void {
    const { distinct, from, groupBy, having, includes, joins, lazy, limit, lock, offset, orderBy, projection, where } =
      select
    if (lock !== undefined) unknown()
    this.text += lazy === undefined ? "(S" : lazy === "row" ? "(L" : "(P"
    this.source(from)
    this.projection(projection)
    if (distinct !== false) {
      this.text += "D"
      if (distinct !== true) this.list(distinct)
    }
    for (const { kind, on, source } of joins) {
      this.text += `J${kind}`
      this.source(source)
      if (on !== undefined) this.expression(on)
    }
    if (where !== undefined) this.part("W", where)
    for (const one of groupBy) {
      this.text += "G"
      if (one._tag !== "Grouping") this.expression(one)
      else {
        this.text += one.kind
        for (const set of one.sets) this.list(set)
      }
    }
    if (having !== undefined) this.part("H", having)
    if (orderBy.length > 0) this.orders(orderBy)
    if (limit !== undefined) this.part("M", limit)
    if (offset !== undefined) this.part("O", offset)
    for (const include of includes) this.include(include)
    this.text += ")"
  }

  private part(name: string, expression: Expression): void {
    this.text += name
    this.expression(expression)
  }

  private include(include: Include): void {
    const { beside, cardinality, child, childRef, limit, name, offset, parent, parents, problem, select, strategy } =
      include
    if (problem !== undefined) unknown()
    this.text += `I${escaped(name)}${cardinality},${strategy},${limit ?? ""},${offset ?? ""}`
    for (const column of [...parent, ...child]) this.text += escaped(column.name)
    if (parents !== undefined) this.givens.push(parents)
    this.select(select)
    this.ref(childRef)
    this.projection({ _tag: "Record", fields: beside })
  }

  private source(source: Source): void {
    switch (source._tag) {
      case "TableSource":
        this.text += `t${this.names.table(source.table)}${source.rows ?? ""}`
        break
      case "CteSource":
        this.text += "c"
        this.cte(source.cte)
        break
      case "ElementsSource":
        this.part("e", source.of)
        break
      case "DerivedSource":
        this.text += source.lateral ? "l" : "d"
        this.body(source.body)
    }
    this.ref(source.ref)
  }

  private cte(cte: Cte): void {
    const number = this.ctes.indexOf(cte)
    if (number !== -1) {
      this.text += `#${number}`
      return
    }
    this.text += `#${this.ctes.push(cte) - 1}${cte.isRecursive ? "r" : ""}${cte.materialized ?? ""}`
    this.body(cte.body)
  }

  private body(body: Body): void {
    switch (body._tag) {
      case "Select":
        this.select(body)
        return
      case "Compound":
        this.text += `(C${body.operator},`
        this.body(body.left)
        this.body(body.right)
        break
      case "Values":
        this.text += "(V"
        for (const { name, type } of body.columns) this.text += `${escaped(name)}${this.names.type(type)};`
        for (const row of body.rows) row.forEach((value, i) => this.value(value, body.columns[i]!.type))
        break
      case "Listed":
        this.text += "(K"
        for (const { name, type } of body.columns) this.text += `${escaped(name)}${this.names.type(type)};`
        for (const row of body.rows) this.text += row.map(valueText).join("")
        this.isLasting = false
        break
      case "Written":
        this.text += "(X"
        body.strings.forEach((string, i) => {
          this.text += escaped(string)
          const arg = body.args[i]
          if (arg === undefined) return
          if (isSource(arg)) this.source(arg)
          else this.expression(arg)
        })
    }
    this.text += ")"
  }

  private projection(projection: Projection): void {
    switch (projection._tag) {
      case "Value":
        this.part("v", projection.expression)
        return
      case "Instance":
        this.text += `${projection.optional ? "o" : "i"}${this.names.table(projection.table)}`
        if (projection.ref === undefined) this.list(projection.columns)
        else this.ref(projection.ref)
        return
      default:
        this.text += projection._tag === "Record" ? "{" : "?{"
        for (const name of Object.keys(projection.fields)) {
          this.text += escaped(name)
          this.projection(projection.fields[name]!)
        }
        this.text += "}"
    }
  }

  private list(expressions: ReadonlyArray<Expression>): void {
    this.text += "["
    for (const one of expressions) this.expression(one)
    this.text += "]"
  }

  private orders(orders: ReadonlyArray<Order>): void {
    this.text += "["
    for (const { direction, expression, nulls } of orders) {
      this.text += `${direction}${nulls}`
      this.expression(expression)
    }
    this.text += "]"
  }

  private window(window: Window): void {
    const known = this.windows.indexOf(window)
    if (known !== -1) {
      this.text += `~${known}`
      return
    }
    this.windows.push(window)
    const { frame, orderBy, partitionBy } = window
    this.text += "~"
    this.list(partitionBy)
    this.orders(orderBy)
    if (frame === undefined) return
    this.text += `${frame.mode}${frame.exclude ?? ""}`
    for (const { kind, offset } of [frame.from, frame.to]) {
      this.text += kind
      if (offset !== undefined) this.expression(offset)
    }
  }

  private expression(expression: Expression): void {
    const { type } = expression
    switch (expression._tag) {
      case "Column":
        this.ref(expression.ref)
        this.text += `.${escaped(expression.name)}${this.names.type(type)};`
        return
      case "Parameter":
        this.text += `p${expression.isUntyped === true ? "u" : ""}${this.names.type(type)};`
        this.value(expression.value, type)
        return
      case "Call":
        this.text += `f${this.names.operator(expression.operator)};${this.names.type(type)};`
        this.list(expression.args)
        return
    }
    this.text += `${expression._tag}${this.names.type(type)};`
    switch (expression._tag) {
      case "Stored":
        this.text += `${escaped(expression.column.name)}${valueText(expression.value)}`
        if (typeof expression.value === "object") this.isLasting = false
        return
      case "Given": {
        const number = this.givens.indexOf(expression.parameter)
        if (number === -1) unknown()
        this.text += number
        return
      }
      case "Aggregate": {
        const { args, bounds, distinct, filter, operator, orderBy } = expression
        this.text += `${this.names.operator(operator)}${distinct ? "d" : ""}`
        if (bounds !== undefined) this.text += `${bounds.limit},${bounds.offset}`
        this.list(args)
        this.orders(orderBy)
        if (filter !== undefined) this.part("w", filter)
        return
      }
      case "Case":
        for (const { then, when } of expression.branches) {
          this.part("w", when)
          this.expression(then)
        }
        if (expression.otherwise !== undefined) this.part("o", expression.otherwise)
        this.text += "."
        return
      case "Cast":
      case "InForm":
        this.expression(expression.expression)
        return
      case "Collate":
        this.text += escaped(JSON.stringify(expression.names))
        this.isLasting = false
        this.expression(expression.expression)
        return
      case "InValues":
        this.list(expression.left)
        this.isLasting = false
        for (const row of expression.rows) {
          row.forEach((value, i) => this.value(value, expression.left[i]!.type))
        }
        this.text += "."
        return
      case "InSelect":
        this.expression(expression.left)
        this.select(expression.select)
        return
      case "Exists":
      case "Scalar":
        this.select(expression.select)
        return
      case "Over":
        this.expression(expression.function)
        this.window(expression.window)
        return
      case "Fragment":
        this.text += expression.strings.map(escaped).join("")
        this.list(expression.args)
        return
      case "ColumnDefault":
      case "Inserted":
      case "Invalid":
        unknown()
    }
  }
}

/** What a select is known by; undefined where it cannot be told from others, or is one that fails. */
export const identityOf = (select: Select, names: Names): Identity | undefined => {
  const writing = new Writing(names)
  try {
    writing.select(select)
    const { isLasting, text } = writing
    return { text, isLasting }
  } catch (problem) {
    if (problem instanceof Unknown || problem instanceof InvalidValue) return undefined
    throw problem
  }
}

/** The whole of a key: whose it is, and what is said to be read beside what is seen. */
export const keyOf = (
  { text }: Identity,
  tenant: string | undefined,
  tables: ReadonlyArray<NamedTable> | undefined
): string => {
  const whose = tenant === undefined ? text : `${escaped(tenant)}${text}`
  return tables === undefined ? whose : `${whose}${tables.map((table) => escaped(nameOf(table))).join("")}`
}
