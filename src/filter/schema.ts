/**
 * Filters from outside: Schemas of what may be asked for.
 */
import type * as Schema from "effect/Schema"
import type { Columns, Condition } from "../expr/core.js"
import { make } from "../expr/core.js"
import type { Cardinality, Relation } from "../relation/definition.js"
import type * as Model from "../Model.js"
import type { ColumnsId } from "../Source.js"
import type * as Source from "../Source.js"
import { allow } from "./allowed.js"
import type { Allowed, Limits, Options, Related } from "./allowed.js"
import { decodeParts } from "./decoding.js"
import { describe } from "./description.js"
import { fromOutside, Refused } from "./outside.js"
import { conditionOf, toJson } from "./parts.js"
import type { Parts } from "./parts.js"
import { fromParams, toParams } from "./url.js"
import type { Params, UrlOptions } from "./url.js"

const AllowedId: unique symbol = Symbol.for("effect-strata/Filter/Allowed")
const PartsId: unique symbol = Symbol.for("effect-strata/Filter/Parts")

/**
 * A filter that came from outside and was found to say only what it may: a function of the columns, as `Query.where`, `Relation.where`,
 * `Mutation.where` and `and`, `or`, `not` of other filters take it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Decoded<in S extends Source.Any> {
  (columns: Columns<S>): Condition
  readonly [PartsId]: { readonly allowed: Allowed; readonly parts: Parts }
}

/**
 * The JSON of a filter.
 *
 * @since 0.1.0
 * @category models
 */
export type Json = { readonly [name: string]: unknown }

/**
 * The Schema of filters from outside.
 *
 * @since 0.1.0
 * @category models
 */
export interface FilterSchema<in out M extends Source.Any> extends Schema.Schema<Decoded<M>, Json> {
  readonly [AllowedId]: { readonly allowed: Allowed; readonly limits: Required<Limits> }
}

const usualLimits: Required<Limits> = { depth: 5, conditions: 50, list: 100, text: 1000 }

const decodedOf = (allowed: Allowed, parts: Parts): Decoded<any> =>
  Object.assign((columns: any): Condition => make(conditionOf(allowed, parts, columns)), {
    [PartsId]: { allowed, parts }
  })

const isOf = (allowed: Allowed) => (value: unknown): value is Decoded<any> =>
  typeof value === "function" && PartsId in value && (value as Decoded<any>)[PartsId].allowed === allowed

/** A list of what may be said that cannot be meant: nothing is decoded by it. */
const problemOf = ({ problem }: Allowed): Refused | undefined =>
  problem === undefined ? undefined : new Refused([{ path: [], message: problem.message }])

/**
 * What a filter may say of a relation: `{ posts: Filter.related(userPosts, ["title"]) }` lets it ask
 * `{ posts: { some: { title: { contains: "x" } } } }`, and `none` and `every` as well.
 *
 * @since 0.1.0
 * @category schemas
 */
export const related = <F extends Model.Any, T extends Model.Any, C extends keyof Cardinality<any>>(
  relation: Relation<F, T, C, any>,
  allowed: ReadonlyArray<keyof T[typeof ColumnsId] & string> | Options<T>
): Related<F> => ({ from: relation.from, relation, options: optionsOf(allowed) })

const optionsOf = (allowed: ReadonlyArray<string> | Options<any>): Options<any> =>
  Array.isArray(allowed) ? { fields: allowed } : allowed as Options<any>

/**
 * The Schema of filters that come as JSON: it decodes to a filter for `Query.where`.
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Field, Filter, Model, Relation } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.String,
 *   age: Schema.Int
 * }, { table: "users" }) {}
 *
 * class Post extends Model.Class<Post>("Post")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   authorId: Schema.Int,
 *   title: Schema.String
 * }, { table: "posts" }) {}
 *
 * const userPosts = Relation.hasMany(User, Post, "authorId")
 *
 * const UserFilter = Filter.schema(User, {
 *   fields: { age: "usual", name: ["eq", "contains"] },
 *   relations: { posts: Filter.related(userPosts, ["title"]) }
 * })
 * const filter = Schema.decodeUnknownSync(UserFilter)({
 *   age: { gte: 18 },
 *   or: [{ name: "Ada" }, { posts: { some: { title: { contains: "engine" } } } }]
 * })
 * ```
 *
 * Nothing may be asked for that is not listed. The usual tests of a column are `eq`, `ne`, `in`, `notIn`; of numbers, times and texts also `gt`,
 * `gte`, `lt`, `lte`, `between`; of texts `contains`, `startsWith`, `endsWith`; of what may be NULL `isNull`. `like` and `ilike` are allowed by name
 * alone, and JSON and arrays have `eq` and `ne`, by name as well. `and`, `or` and `not` are always there.
 *
 * Values are decoded by the column's own Schema, refinements included: moments come as texts with an offset (`2026-11-22T10:00:00Z`), bigints and
 * decimals as texts or numbers, bytes as base64. An unknown name, a test that is not allowed, a value of another type, and whatever says nothing
 * (`{}` within another filter, an empty list, an empty text) is a ParseError with its path; so is a filter over a limit (`Limits`). An empty
 * filter as a whole is one that asks for nothing.
 *
 * `JSONSchema.make` gives its JSON Schema, under the name `identifier` (`UserFilter`); what was decoded can be encoded again.
 *
 * @since 0.1.0
 * @category schemas
 */
export const schema = <M extends Model.Any>(
  model: M,
  allowed:
    | ReadonlyArray<keyof M[typeof ColumnsId] & string>
    | (Options<M> & { readonly limits?: Limits; readonly identifier?: string })
): FilterSchema<M> => {
  const options: Options<any> & { readonly limits?: Limits; readonly identifier?: string } = optionsOf(allowed as never)
  const { identifier = `${model.identifier}Filter` } = options
  const limits = { ...usualLimits, ...options.limits }
  const list = allow(identifier, model, options)
  const made = fromOutside<Decoded<M>, Json>({
    identifier,
    description: describe(list, limits),
    is: isOf(list),
    decode: (input) => {
      const problem = problemOf(list)
      if (problem !== undefined) return problem
      const { issues, parts } = decodeParts(list, limits, input)
      return issues.length > 0 ? new Refused(issues) : decodedOf(list, parts)
    },
    encode: (value) => toJson(list, value[PartsId].parts)
  })
  return Object.assign(made, { [AllowedId]: { allowed: list, limits } })
}

/**
 * The same filters as parameters of a URL, of a `URLSearchParams`, a record of texts or a list of pairs: `age[gte]=18`, or `age__gte=18`.
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Field, Filter, Model } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.String,
 *   age: Schema.Int
 * }, { table: "users" }) {}
 *
 * const UserFilter = Filter.schema(User, ["age", "name"])
 * const FromUrl = Filter.fromUrl(UserFilter, { except: ["page", "order"] })
 * const url = new URL("https://example.org/users?age[gte]=18&name__in=Ada,Bob&page=2")
 * const filter = Schema.decodeUnknownSync(FromUrl)(url.searchParams)
 * ```
 *
 * Names within names stand in brackets or after two underscores: `posts[some][title][contains]=x`, `or[0][name]=Ada&or[1][age][gt]=18`. A list stands
 * between commas, or a value each in a parameter of its own, which takes values with commas: `name[in][]=a,b&name[in][]=c`. Texts become numbers,
 * booleans and what else the column holds. All parameters are the filter but those that `except` lists; with `prefix` those in it alone:
 * `filter[age][gte]=18`. One that is given twice, and anything that the Schema itself refuses, is a ParseError.
 *
 * @since 0.1.0
 * @category schemas
 */
export const fromUrl = <M extends Source.Any>(
  filter: FilterSchema<M>,
  options: UrlOptions = {}
): Schema.Schema<Decoded<M>, Params> => {
  const { allowed, limits } = filter[AllowedId]
  return fromOutside<Decoded<M>, Params>({
    identifier: `${allowed.identifier}Params`,
    description: describe(allowed, limits),
    is: isOf(allowed),
    decode: (params) => {
      const problem = problemOf(allowed)
      if (problem !== undefined) return problem
      const read = fromParams(allowed, limits, options, params as Params)
      if (read.issues.length > 0) return new Refused(read.issues)
      const { issues, parts } = decodeParts(allowed, limits, read.input)
      return issues.length > 0 ? new Refused(issues) : decodedOf(allowed, parts)
    },
    encode: (value) => toParams(toJson(allowed, value[PartsId].parts), options.prefix)
  })
}
