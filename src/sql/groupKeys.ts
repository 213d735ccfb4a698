/**
 * What a select is grouped by, where it stands within larger expressions of the select, of `having` and of the order.
 */
import * as Equal from "effect/Equal"
import type { Expression, Grouping, Operator, Order, Projection, Select, Window } from "./ast.js"
import type { ValueType } from "./storage.js"

/**
 * The expression that a select is grouped by, in `group by` and as a column of its own; and the value of it that a group has. A dialect prints
 * them such that the database knows both for the same; one that needs no help has no printers for them.
 */
const operators: { readonly [K in "key" | "value" | "joined"]: Operator } = {
  key: { name: "groupKey", form: "dialect" },
  value: { name: "groupValue", form: "dialect" },
  joined: { name: "joinedGroup", form: "dialect" }
}

const isExpression = (group: Expression | Grouping): group is Expression => group._tag !== "Grouping"

/** Puts what a select is grouped by under those operators; what it does not change stays the very same. */
export class Keys {
  private readonly windows = new Map<Window, Window>()
  /** Those that are a column: the group is by the first that is. */
  private readonly placed = new Set<Expression>()

  private constructor(private readonly keys: ReadonlyArray<Expression>, private readonly value: Operator) {}

  /** Copies, as what has been printed is known by its identity, and a select may be printed twice. */
  static of(groups: ReadonlyArray<Expression | Grouping>): Keys | undefined {
    const keys = groups.filter(isExpression).map((key) => ({ ...key }))
    return keys.length === 0 ? undefined : new Keys(keys, operators.value)
  }

  /** Columns of a group, as `having` names them where a database takes one that a join makes equal to another for not grouped. */
  static joined(columns: ReadonlyArray<Expression>): Keys {
    return new Keys(columns, operators.joined)
  }

  condition(having: Expression): Expression {
    return this.within(having)
  }

  select(select: Select): Select {
    const projection = this.projection(select.projection)
    const groupBy = this.all(select.groupBy, (one) => isExpression(one) ? this.found(one, operators.key) ?? one : one)
    const having = select.having === undefined ? undefined : this.within(select.having)
    const orderBy = this.orders(select.orderBy)
    return projection === select.projection && groupBy === select.groupBy && having === select.having &&
        orderBy === select.orderBy
      ? select
      : { ...select, projection, groupBy, having, orderBy }
  }

  private column(expression: Expression): Expression | undefined {
    const found = this.found(expression, operators.key)
    if (found === undefined || this.placed.has(found.args[0]!)) return undefined
    this.placed.add(found.args[0]!)
    return found
  }

  private found(
    expression: Expression,
    operator: Operator
  ): Extract<Expression, { readonly _tag: "Call" }> | undefined {
    const key = this.keys.find((one) => isSame(one, expression))
    return key === undefined ? undefined : { _tag: "Call", operator, args: [key], type: expression.type }
  }

  private projection(part: Projection): Projection {
    switch (part._tag) {
      case "Value": {
        const expression = this.column(part.expression) ?? this.within(part.expression)
        return expression === part.expression ? part : { ...part, expression }
      }
      case "Instance":
        return part
      default: {
        const names = Object.keys(part.fields)
        const given = names.map((name) => part.fields[name]!)
        const made = this.all(given, (one) => this.projection(one))
        if (made === given) return part
        const fields: { [name: string]: Projection } = Object.create(null)
        for (const [i, name] of names.entries()) fields[name] = made[i]!
        return { ...part, fields }
      }
    }
  }

  private within(expression: Expression): Expression {
    // A value is the same in all rows.
    const found = expression._tag === "Parameter" ? undefined : this.found(expression, this.value)
    if (found !== undefined) return found
    switch (expression._tag) {
      case "Call":
      case "Fragment": {
        const args = this.list(expression.args)
        return args === expression.args ? expression : { ...expression, args }
      }
      case "Cast":
      case "Collate":
      case "InForm": {
        const inner = this.within(expression.expression)
        return inner === expression.expression ? expression : { ...expression, expression: inner }
      }
      case "Case": {
        const branches = this.all(expression.branches, (branch) => {
          const when = this.within(branch.when)
          const then = this.within(branch.then)
          return when === branch.when && then === branch.then ? branch : { when, then }
        })
        const otherwise = expression.otherwise === undefined ? undefined : this.within(expression.otherwise)
        return branches === expression.branches && otherwise === expression.otherwise
          ? expression
          : { ...expression, branches, otherwise }
      }
      case "InValues": {
        const left = this.list(expression.left)
        return left === expression.left ? expression : { ...expression, left }
      }
      case "InSelect": {
        const left = this.within(expression.left)
        return left === expression.left ? expression : { ...expression, left }
      }
      // Over a window it takes groups, each with one value; by itself an aggregate takes rows.
      case "Over": {
        const args = this.list(expression.function.args)
        const window = this.window(expression.window)
        return args === expression.function.args && window === expression.window
          ? expression
          : { ...expression, function: { ...expression.function, args }, window }
      }
      default:
        return expression
    }
  }

  /** One copy a window, as one with a name is known by its identity. */
  private window(window: Window): Window {
    const known = this.windows.get(window)
    if (known !== undefined) return known
    const partitionBy = this.list(window.partitionBy)
    const orderBy = this.orders(window.orderBy)
    const made = partitionBy === window.partitionBy && orderBy === window.orderBy
      ? window
      : { ...window, partitionBy, orderBy }
    this.windows.set(window, made)
    return made
  }

  private orders(orders: ReadonlyArray<Order>): ReadonlyArray<Order> {
    return this.all(orders, (order) => {
      const expression = this.within(order.expression)
      return expression === order.expression ? order : { ...order, expression }
    })
  }

  private list(expressions: ReadonlyArray<Expression>): ReadonlyArray<Expression> {
    return this.all(expressions, (one) => this.within(one))
  }

  private all<A>(items: ReadonlyArray<A>, change: (item: A) => A): ReadonlyArray<A> {
    const made = items.map(change)
    return made.every((one, i) => one === items[i]) ? items : made
  }
}

/** What identity tells apart: uses of tables, and queries within. */
const identities = new Set(["ref", "select", "table"])

const storageOf = (type: unknown): unknown => (type as ValueType | undefined)?.storage

/** Whether two expressions are the same, their values included. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b) || Equal.equals(a, b)) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => {
    const [left, right] = [(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]]
    if (identities.has(key)) return left === right
    return key === "type" ? isSame(storageOf(left), storageOf(right)) : isSame(left, right)
  })
}
