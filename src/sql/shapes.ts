/**
 * The shape of a statement: all of it but its values. Statements of one shape have one text.
 *
 * A shape is a path of tokens through a tree that grows with the program's statements. Each part of a statement gives its tokens in a fixed
 * order, and the tokens so far say what the next one means, so that two statements are at one node exactly if they differ in values alone.
 */
import type { ListForm } from "../Dialect.js"
import type {
  Assignment,
  Body,
  Cte,
  Expression,
  Insert,
  Order,
  Projection,
  Ref,
  Select,
  Source,
  Update,
  Window
} from "./ast.js"
import type { Statement } from "./statement.js"
import type { Script } from "./definitions.js"
import { Default, isSource } from "./ast.js"
import type { Storage } from "./storage.js"

/** A place in the tree, with what is kept for the statements that end there. */
export class Shape<A> {
  kept: A | undefined = undefined
  /** Most places lead to one other only. */
  private token: unknown = undefined
  private only: Shape<A> | undefined = undefined
  private others: Map<unknown, Shape<A>> | undefined = undefined

  /** The place after a token; undefined where there is none yet. */
  get(token: unknown): Shape<A> | undefined {
    return this.token === token ? this.only : this.others?.get(token)
  }

  add(token: unknown): Shape<A> {
    const next = new Shape<A>()
    if (this.only === undefined) {
      this.token = token
      this.only = next
    } else (this.others ??= new Map()).set(token, next)
    return next
  }
}

/** A value of a statement: what it stands in, and which of its values it is. */
export interface Slot {
  readonly holder: Expression
  readonly index: number
}

/** Values of lists of this length and longer go as one parameter. */
export const longestList = 256

/** The length that a list is filled up to, so that a program's lists have few texts and the databases few plans. */
export const paddedLength = (length: number): number => {
  let padded = 1
  while (padded < length) padded *= 2
  return padded
}

/** Whether a list is one parameter: one of one value is a plain comparison, whose rows an index gives in order. */
export const isOneParameter = (
  form: ListForm | undefined,
  { length }: ReadonlyArray<unknown>,
  storage: Storage
): boolean => form !== undefined && length > 1 && form.holds(storage)

/** How many places a tree has at the most; a program that makes more up starts again. */
const most = 20_000

const descending = { first: "desc first", last: "desc last" } as const

/** Follows one statement. */
class Walk<A> {
  readonly values: Array<unknown> = []
  private readonly refs: Array<Ref> = []
  private readonly ctes: Array<Cte> = []
  private readonly windows: Array<Window> = []
  private inserted: Insert | undefined = undefined

  constructor(
    private shape: Shape<A>,
    private readonly tree: Shapes<A>,
    private readonly slots: Array<Slot> | undefined
  ) {}

  /** The place of a statement; undefined where its text depends on more than its shape. */
  statement(statement: Exclude<Statement, Script>): Shape<A> | undefined {
    return this.whole(statement) ? this.shape : undefined
  }

  private whole(statement: Exclude<Statement, Script>): boolean {
    switch (statement._tag) {
      case "Select":
        return this.select(statement)
      case "Insert":
        return this.insert(statement)
      case "Update":
        this.step("Update")
        this.step(statement.table)
        if (statement.rows !== undefined) this.step(statement.rows)
        this.ref(statement.ref)
        // Its rows are too many to be looked at one by one.
        if (statement.each !== undefined || !this.joined(statement.joins)) return false
        return this.assignments(statement.set) && this.optional(statement.where) && this.returning(statement.returning)
      case "Delete":
        this.step("Delete")
        this.step(statement.table)
        if (statement.rows !== undefined) this.step(statement.rows)
        this.ref(statement.ref)
        if (!this.joined(statement.joins)) return false
        return this.optional(statement.where) && this.returning(statement.returning)
    }
  }

  private step(token: unknown): void {
    this.shape = this.shape.get(token) ?? this.tree.grow(this.shape, token)
  }

  private value(value: unknown, holder: Expression, index: number): void {
    this.values.push(value)
    this.slots?.push({ holder, index })
  }

  /** A use of a source: by its number among those of the statement, and at first by the name that it would like. */
  private ref(ref: Ref): void {
    const { refs } = this
    const number = refs.indexOf(ref)
    if (number !== -1) return this.step(number)
    this.step(refs.push(ref) - 1)
    this.step(ref.hint)
  }

  private insert(insert: Insert): boolean {
    const { columns, conflict, returning, rows, table } = insert
    this.step("Insert")
    this.step(insert.isUndone)
    this.step(table)
    this.ref(insert.ref)
    this.step(columns.length)
    for (const column of columns) this.step(column)
    this.step(rows.length)
    // They stand in their order, and are too many to be looked at one by one.
    for (const row of rows) if (row.includes(Default)) return false
    if (insert.from !== undefined && !this.select(insert.from)) return false
    this.inserted = insert
    if (conflict === undefined) this.step(-1)
    else {
      this.step(conflict.target.length)
      for (const column of conflict.target) this.step(column)
      if (!this.assignments(conflict.set)) return false
      this.step(conflict.tellsNew)
      if (!this.optional(conflict.where)) return false
    }
    return this.returning(returning)
  }

  private joined(joins: Update["joins"]): boolean {
    if (joins === undefined) return true
    this.step("joins")
    this.step(joins.length)
    for (const { on, source } of joins) if (!this.source(source) || !this.expression(on)) return false
    return true
  }

  private assignments(set: ReadonlyArray<Assignment>): boolean {
    this.step(set.length)
    for (const { column, value } of set) {
      this.step(column)
      if (!this.expression(value)) return false
    }
    return true
  }

  private returning(projection: Projection | undefined): boolean {
    if (projection !== undefined) return this.projection(projection)
    this.step("nothing")
    return true
  }

  private optional(expression: Expression | undefined): boolean {
    if (expression !== undefined) return this.expression(expression)
    this.step("none")
    return true
  }

  private list(expressions: ReadonlyArray<Expression>): boolean {
    this.step(expressions.length)
    for (const one of expressions) if (!this.expression(one)) return false
    return true
  }

  private orders(orders: ReadonlyArray<Order>): boolean {
    this.step(orders.length)
    for (const { direction, expression, nulls } of orders) {
      this.step(direction === "asc" ? nulls : descending[nulls])
      if (!this.expression(expression)) return false
    }
    return true
  }

  private window(window: Window): boolean {
    const { frame, name, orderBy, partitionBy } = window
    if (name !== undefined) {
      const number = this.windows.indexOf(window)
      this.step(number)
      if (number !== -1) return true
      this.windows.push(window)
    }
    this.step(name)
    if (!this.list(partitionBy) || !this.orders(orderBy)) return false
    if (frame === undefined) this.step("none")
    else {
      this.step(frame.mode)
      this.step(frame.exclude)
      for (const { kind, offset } of [frame.from, frame.to]) {
        this.step(kind)
        if (!this.optional(offset)) return false
      }
    }
    return true
  }

  private source(source: Source): boolean {
    this.step(source._tag)
    if (source._tag === "TableSource") {
      this.step(source.table)
      if (source.rows !== undefined) this.step(source.rows)
      this.ref(source.ref)
      return true
    }
    this.ref(source.ref)
    if (source._tag === "CteSource") return this.cte(source.cte)
    if (source._tag === "ElementsSource") return this.expression(source.of)
    this.step(source.lateral)
    return this.body(source.body)
  }

  private body(body: Body): boolean {
    switch (body._tag) {
      case "Select":
        return this.select(body)
      case "Compound":
        this.step(body.operator)
        return this.body(body.left) && this.body(body.right)
      case "Written":
        this.step("Written")
        this.step(body.strings.length)
        for (const string of body.strings) this.step(string)
        return body.args.every((arg) => isSource(arg) ? this.source(arg) : this.expression(arg))
      // They are too many to be looked at one by one.
      case "Values":
      case "Listed":
        return false
    }
  }

  /** By its number among those of the statement, and at first by all that it says. */
  private cte(cte: Cte): boolean {
    const number = this.ctes.indexOf(cte)
    if (number !== -1) {
      this.step(number)
      return true
    }
    this.step(this.ctes.push(cte) - 1)
    this.step(cte.hint)
    this.step(cte.isRecursive)
    this.step(cte.materialized)
    return this.body(cte.body)
  }

  private select(select: Select): boolean {
    const { distinct, from, groupBy, having, joins, limit, lock, offset, orderBy, projection, where } = select
    // Which parts of such a select are the same expression depends on values too.
    if (distinct !== false || groupBy.length > 0) return false
    this.step("Select")
    if (!this.source(from) || !this.projection(projection)) return false
    this.step(joins.length)
    for (const { kind, on, source } of joins) {
      this.step(kind)
      if (!this.source(source) || !this.optional(on)) return false
    }
    if (!this.optional(where) || !this.optional(having) || !this.orders(orderBy)) return false
    if (!this.optional(limit) || !this.optional(offset)) return false
    if (lock === undefined) this.step("none")
    else {
      this.step(lock.strength)
      this.step(lock.locked)
      this.step(lock.of?.length)
      for (const ref of lock.of ?? []) this.ref(ref)
    }
    return true
  }

  private projection(projection: Projection): boolean {
    this.step(projection._tag)
    switch (projection._tag) {
      case "Value":
        return this.expression(projection.expression)
      case "Instance":
        this.step(projection.table)
        this.step(projection.optional)
        if (projection.ref === undefined) return this.list(projection.columns)
        this.ref(projection.ref)
        return true
      default: {
        const names = Object.keys(projection.fields)
        this.step(names.length)
        for (const name of names) {
          this.step(name)
          if (!this.projection(projection.fields[name]!)) return false
        }
        return true
      }
    }
  }

  /** The type decides how a value is decoded, and of a column also how it is sorted. */
  private expression(expression: Expression): boolean {
    const { type } = expression
    switch (expression._tag) {
      // The commonest begin with a token that no other does: a number, an operator, a type.
      case "Column":
        this.ref(expression.ref)
        this.step(expression.name)
        this.step(type)
        return true
      case "Call":
        this.step(expression.operator)
        this.step(type)
        return this.list(expression.args)
      case "Parameter":
        if (expression.isUntyped === true) this.step("Untyped")
        this.step(type)
        this.value(expression.value, expression, 0)
        return true
    }
    this.step(expression._tag)
    this.step(type)
    switch (expression._tag) {
      case "Stored":
        this.step(expression.column)
        this.value(expression.value, expression, 0)
        return true
      case "Aggregate":
        this.step(expression.operator)
        this.step(expression.distinct)
        if (expression.bounds !== undefined) {
          // They are part of the text.
          this.step("bounds")
          this.step(expression.bounds.limit)
          this.step(expression.bounds.offset)
        }
        return this.list(expression.args) && this.orders(expression.orderBy) && this.optional(expression.filter)
      case "Case":
        this.step(expression.branches.length)
        for (const { then, when } of expression.branches) {
          if (!this.expression(when) || !this.expression(then)) return false
        }
        return this.optional(expression.otherwise)
      case "Cast":
        return this.expression(expression.expression)
      case "Collate":
        this.step(JSON.stringify(expression.names))
        return this.expression(expression.expression)
      case "InValues": {
        const { left, rows } = expression
        // Of several columns, or many rows, all values are one parameter.
        if (left.length !== 1 || rows.length > longestList) return false
        if (isOneParameter(this.tree.list, rows, left[0]!.type.storage)) {
          this.step("list")
          this.value(rows, expression, 0)
          return this.expression(left[0]!)
        }
        const padded = rows.length === 0 ? 0 : paddedLength(rows.length)
        this.step(padded)
        for (let i = 0; i < padded; i++) this.value(rows[Math.min(i, rows.length - 1)]![0], expression, i)
        return this.expression(left[0]!)
      }
      case "InSelect":
        return this.expression(expression.left) && this.select(expression.select)
      case "Exists":
      case "Scalar":
        return this.select(expression.select)
      case "Over":
        return this.expression(expression.function) && this.window(expression.window)
      case "Fragment":
        this.step(expression.strings.length)
        for (const string of expression.strings) this.step(string)
        return this.list(expression.args)
      case "Inserted":
        this.step(expression.column)
        return this.inserted !== undefined
      case "ColumnDefault":
        this.step(expression.column)
        return this.optional(expression.declared)
      case "InForm":
        return this.expression(expression.expression)
      case "Given":
      case "Invalid":
        return false
    }
  }
}

/** What is found of a statement. */
export interface Found<A> {
  readonly shape: Shape<A>
  /** All that is not part of the shape, in the order of walking; without the rows of an insert. */
  readonly values: ReadonlyArray<unknown>
}

/** The shapes of a program's statements on one dialect. */
export class Shapes<A> {
  private root = new Shape<A>()
  private places = 0

  /** `list` is the form of lists that are one parameter. */
  constructor(readonly list: ListForm | undefined) {}

  /** The shape of a statement, and its values; undefined where its text depends on more. With `slots` it tells where the values stand. */
  find(statement: Exclude<Statement, Script>, slots?: Array<Slot>): Found<A> | undefined {
    if (this.places > most) {
      this.root = new Shape<A>()
      this.places = 0
    }
    const walk = new Walk(this.root, this, slots)
    const shape = walk.statement(statement)
    return shape === undefined ? undefined : { shape, values: walk.values }
  }

  grow(shape: Shape<A>, token: unknown): Shape<A> {
    this.places++
    return shape.add(token)
  }
}
