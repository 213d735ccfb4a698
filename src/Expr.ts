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
  OrderedAggregate,
  Parameter,
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

export { collate } from "./expr/collation.js"
export type { Collations } from "./expr/collation.js"

export { all, any, row } from "./expr/comparand.js"
export type { RowOf } from "./expr/comparand.js"

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

export { left, padEnd, padStart, position, repeat, reverse, right } from "./expr/characters.js"

export { exp, ln, log10, power, random, sign, sqrt, trunc } from "./expr/powers.js"

export { bitAnd, bitNot, bitOr, bitXor, shiftLeft, shiftRight } from "./expr/bits.js"

export { difference, extract, inTimeZone, today, truncate } from "./expr/time.js"
export type { ZoneNeeds, ZoneOptions } from "./expr/moments.js"

export { minus, plus } from "./expr/spans.js"
export type { Amounts } from "./expr/spans.js"

export { matches, regexReplace } from "./expr/pattern.js"
export type { PatternOptions, ReplaceOptions } from "./expr/pattern.js"

export { aggregateFn, fn } from "./expr/function.js"

export { abs, add, ceil, divide, floor, modulo, multiply, negate, now, round, subtract } from "./expr/number.js"

export { avg, count, countDistinct, distinct, filter, grouping, max, min, ordered, sum } from "./expr/aggregate.js"

export { arrayAgg, jsonAgg, objectAgg, stringAgg } from "./expr/lists.js"

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

export { at, jsonContains, jsonHas, jsonKeys, jsonLength, jsonRemove, jsonSet, jsonType } from "./expr/json.js"
export type { JsonAt, JsonKey, JsonPart, JsonPath, JsonPut } from "./expr/json.js"

export {
  arrayAppend,
  arrayAt,
  arrayConcat,
  arrayContains,
  arrayLength,
  arrayOverlaps,
  arrayRemove
} from "./expr/arrays.js"

export { search, searchRank } from "./expr/search.js"
export type { SearchOptions } from "./expr/search.js"
