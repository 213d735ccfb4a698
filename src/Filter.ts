/**
 * Filters as plain data: `{ age: { gte: 18 }, or: [{ name: "Ada" }, { nick: { isNull: true } }] }`.
 *
 * `undefined` never means "no filter": it does not compile, and at run time it is a `ValidationError`. NULL is asked for by
 * `{ isNull: true }`.
 *
 * Filters and orders that come from outside, as JSON or in a URL, are decoded by Schemas of what may be asked for: `schema`, `fromUrl`, `order`.
 *
 * @since 0.1.0
 */
export { condition, invalid, ofScope } from "./filter/definition.js"
export type { Checked, Draft, Filter, Scope, Tests, TextTests } from "./filter/definition.js"
export type { Fields, Limits, Operator, Options, Related } from "./filter/allowed.js"
export { decode } from "./filter/outside.js"
export { fromUrl, related, schema } from "./filter/schema.js"
export type { Decoded, FilterSchema, Json } from "./filter/schema.js"
export type { Params, UrlOptions } from "./filter/url.js"
export { order } from "./filter/order.js"
export type { DecodedOrder, OrderInput } from "./filter/order.js"
