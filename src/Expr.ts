/**
 * Typed expressions: columns and every operator over them. An operator takes expressions and plain values, which are bound as parameters.
 *
 * @since 0.1.0
 */
export type {
  Aggregate,
  Columns,
  Condition,
  Expr,
  Joined,
  Operand,
  OptionExpr,
  Selectable,
  Shape,
  Subquery,
  Whole
} from "./expr/core.js"

export {
  and,
  between,
  eq,
  exists,
  gt,
  gte,
  in,
  isNotNull,
  isNull,
  lt,
  lte,
  ne,
  not,
  or,
  scalar
} from "./expr/comparison.js"
export type { Comparison } from "./expr/comparison.js"

export {
  concat,
  contains,
  endsWith,
  ilike,
  length,
  like,
  lower,
  replace,
  startsWith,
  substring,
  trim,
  trimEnd,
  trimStart,
  upper
} from "./expr/text.js"

export { abs, add, ceil, divide, floor, modulo, multiply, negate, now, round, subtract } from "./expr/number.js"

export { avg, count, countDistinct, filter, max, min, sum } from "./expr/aggregate.js"

export {
  asc,
  cases,
  cast,
  coalesce,
  desc,
  greatest,
  least,
  nullIf,
  param,
  record,
  sql,
  when
} from "./expr/conditional.js"
export type { Order } from "./expr/conditional.js"

export {
  cumeDist,
  denseRank,
  excluding,
  firstValue,
  groups,
  lag,
  lastValue,
  lead,
  nthValue,
  ntile,
  over,
  percentRank,
  range,
  rank,
  rowNumber,
  rows,
  window
} from "./expr/window.js"

export type { Bound, Frame, Window, WindowFunction, WindowOptions } from "./expr/window.js"
