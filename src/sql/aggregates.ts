/**
 * Aggregates: what they take, in what order and which of it, in the words that a dialect has for it.
 */
import { ConfigurationError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import { one } from "../query/derived.js"
import type { Expression, Window } from "./ast.js"
import { isSame } from "./groupKeys.js"
import { functionOf } from "./operators.js"
import type { Writer } from "./writer.js"

type Aggregate = Extract<Expression, { readonly _tag: "Aggregate" }>

/** A dialect's printer may have called it where the call of the function ends; else it is called after it. */
export const once = (print: () => void) => {
  let isDone = false
  return (): void => {
    if (!isDone) print()
    isDone = true
  }
}

const onlyWhere = (when: Expression, then: Expression): Expression => ({
  _tag: "Case",
  branches: [{ when, then }],
  otherwise: undefined,
  type: then.type
})

/** An aggregate leaves out a row whose first argument is NULL. */
const withCase = (filter: Expression, [first = one, ...others]: Aggregate["args"]): Aggregate["args"] => [
  onlyWhere(filter, first),
  ...others
]

/** Of a value that comes once it is not known beside which of the others it stood. */
const checkOrder = ({ args: [value], orderBy }: Aggregate): void => {
  const taken = value?._tag === "Call" && value.operator.name === "listItem" ? value.args[0] : value
  if (orderBy.every(({ expression }) => expression._tag === "Invalid" || isSame(expression, taken))) return
  throw new ConfigurationError({
    problem: "Distinct values of an aggregate can be sorted only by themselves",
    hint: "order them by the value that the aggregate takes"
  })
}

/** `over`, which prints the window, is called where the call of the function ends. */
export const printAggregate = (
  writer: Writer,
  dialect: Dialect,
  aggregate: Aggregate,
  window?: Window,
  over?: () => void
): void => {
  const { args, bounds, distinct, filter, operator, orderBy, type } = aggregate
  if (operator.requires !== undefined) writer.requires(operator.requires)
  if (distinct) checkOrder(aggregate)
  if (bounds !== undefined && dialect.capabilities.correlatedTables) writer.unsupported("limit of an aggregate")
  const byCase = filter !== undefined && !dialect.capabilities.aggregateFilter
  const end = once(() => {
    if (filter !== undefined && !byCase) writer.text(" filter (where ").expression(filter).text(")")
    over?.()
  })
  const order = (): void => {
    if (orderBy.length > 0) writer.text(" order by ").list(orderBy, (one) => dialect.print.order(writer, one))
  }
  const print = dialect.operators[operator.name] ??
    (operator.form === "function" ? functionOf(operator.text) : () => writer.unsupported(operator.name))
  print(writer, byCase ? withCase(filter, args) : args, type, {
    distinct,
    orderBy,
    bounds,
    window,
    order,
    end
  })
  end()
}
