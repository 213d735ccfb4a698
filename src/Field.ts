/**
 * Columns: a Schema and what a Schema cannot say (key, unique, reference, default, generated, name in the database).
 *
 * Every combinator takes a Schema, another field, or a field of `@effect/sql`'s Model:
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Field } from "effect-strata"
 *
 * const id = Field.generated(Schema.Int).pipe(Field.primaryKey)
 * const email = Schema.NonEmptyString.pipe(Schema.maxLength(320), Field.unique)
 * ```
 *
 * @since 0.1.0
 */
import type * as Pipeable from "effect/Pipeable"
import { pipeArguments } from "effect/Pipeable"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { DayId, TimeOfDayId } from "./sql/analysis.js"
import type * as Ast from "./sql/ast.js"
import type { Storage } from "./sql/storage.js"

/**
 * The property that holds the flags of a field. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const FlagsId: unique symbol = Symbol.for("effect-strata/Field/Flags")

const TypeId: unique symbol = Symbol.for("effect-strata/Field")

/**
 * What can be said of a column that changes a type somewhere.
 *
 * @since 0.1.0
 * @category models
 */
export type Flag =
  | "generated"
  | "generatedByApp"
  | "default"
  | "computed"
  | "sensitive"
  | "primaryKey"
  | "unique"
  | "references"
  | "actor"
  | "version"
  | "deletedAt"

/**
 * A column: the Schema (or a field of `@effect/sql`'s Model) and a union of what has been said about it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Field<out S, out F extends Flag = never> extends Pipeable.Pipeable {
  readonly schema: S
  readonly details: Details
  readonly [FlagsId]: F
}

/**
 * A field of `@effect/sql`'s Model, by its shape.
 *
 * @since 0.1.0
 * @category models
 */
export interface VariantField {
  readonly schemas: { readonly [variant: string]: any }
}

/**
 * What `Model.Class` takes as a field.
 *
 * @since 0.1.0
 * @category models
 */
export type Input = Schema.Schema.All | Schema.PropertySignature.All | VariantField | Field<any, any>

/**
 * A combinator of fields: takes a Schema or a field and adds a flag.
 *
 * @since 0.1.0
 * @category models
 */
export type Add<Added extends Flag> = <S, F extends Flag = never>(self: S | Field<S, F>) => Field<S, F | Added>

/**
 * A combinator that is called with a Schema or a field where fields are given, too: what it gives depends on nothing but what it is given.
 *
 * @since 0.1.0
 * @category models
 */
export type Mark<Added extends Flag> = <X>(
  self: X
) => X extends Field<infer S, infer F> ? Field<S, F | Added> : Field<X, Added>

/**
 * What a database does with rows that refer to one that goes or changes its key.
 *
 * @since 0.1.0
 * @category models
 */
export type Action = "cascade" | "restrict" | "set null" | "set default" | "no action"

/**
 * Options of `Field.references`.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReferenceOptions {
  /** Default: the database's, "no action". */
  readonly onDelete?: Action
  readonly onUpdate?: Action
  /** A property of the target; default: its primary key. */
  readonly column?: string
  /** Checked at COMMIT instead of at once (PostgreSQL and SQLite). */
  readonly deferred?: boolean
}

/**
 * A column type of the user's own, by dialect; the others keep the type that follows from the Schema.
 *
 * @since 0.1.0
 * @category models
 */
export interface ColumnTypes {
  readonly sqlite?: string
  readonly postgres?: string
  readonly mysql?: string
  readonly mariadb?: string
}

/** Any expression, by its node: Expr.ts stands above this file. */
interface Expressed {
  readonly node: Ast.Expression
}

/**
 * Everything that was said of a column.
 *
 * @since 0.1.0
 * @category models
 */
export interface Details {
  readonly name?: string
  readonly types?: ColumnTypes
  readonly storage?: Storage
  readonly primaryKey?: boolean
  readonly unique?: boolean
  readonly index?: boolean
  readonly sensitive?: boolean
  readonly generated?: boolean
  readonly generatedByApp?: boolean
  readonly default?: { readonly value: unknown } | { readonly expression: Ast.Expression }
  readonly computed?: (columns: never) => Expressed
  readonly check?: ReadonlyArray<(column: never) => Expressed>
  readonly references?: ReferenceOptions & { readonly target: () => unknown }
  /** Filled in from Effect's Clock where the input has none. */
  readonly clock?: "insert" | "insert and update"
  /** Filled in from `CurrentActor` where the input has none. */
  readonly actor?: "insert" | "insert and update"
  /** Counts the writes of a row. */
  readonly version?: boolean
  /** When a row that is kept was deleted. */
  readonly deletedAt?: boolean
}

const proto = {
  [TypeId]: TypeId,
  pipe() {
    return pipeArguments(this, arguments)
  }
}

/**
 * Whether a value is a field of Strata.
 *
 * @since 0.1.0
 * @category guards
 */
export const isField = (value: unknown): value is Field<unknown, Flag> => Predicate.hasProperty(value, TypeId)

const make = (schema: unknown, details: Details): Field<any, never> =>
  Object.assign(Object.create(proto), { schema, details })

const extend = (self: unknown, details: Details): Field<any, never> =>
  isField(self) ? make(self.schema, { ...self.details, ...details }) : make(self, details)

/**
 * A column that the database fills in on insert, as an identity column or an auto-increment key does; it is not part of the
 * input of an insert.
 *
 * @since 0.1.0
 * @category constructors
 */
export const generated = <S>(schema: S): Field<S, "generated"> => make(schema, { generated: true })

/**
 * A column that the program fills in, never a client of its API: absent from `jsonCreate` and `jsonUpdate`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const generatedByApp = <S>(schema: S): Field<S, "generatedByApp"> => make(schema, { generatedByApp: true })

/**
 * Part of the primary key; several fields make a composite key, in the order of the model.
 *
 * @since 0.1.0
 * @category combinators
 */
export const primaryKey: Add<"primaryKey"> = (self) => extend(self, { primaryKey: true })

/**
 * No two rows have the same value: a unique constraint of this column alone.
 *
 * @since 0.1.0
 * @category combinators
 */
export const unique: Add<"unique"> = (self) => extend(self, { unique: true })

/**
 * An index of this column alone.
 *
 * @since 0.1.0
 * @category combinators
 */
export const index: Add<never> = (self) => extend(self, { index: true })

/**
 * Never shown: absent from the `json` variants, and its values from messages, logs and spans.
 *
 * @since 0.1.0
 * @category combinators
 */
export const sensitive: Add<"sensitive"> = (self) => extend(self, { sensitive: true })

/**
 * The column's name in the database; default: the property in snake_case.
 *
 * @since 0.1.0
 * @category combinators
 */
export const column = (name: string): Add<never> => (self) => extend(self, { name })

/**
 * The column's type in the database, by dialect. Values keep the codec of their Schema, so the type must take its form.
 *
 * @since 0.1.0
 * @category combinators
 */
export const columnType = (types: ColumnTypes): Add<never> => (self) => extend(self, { types })

const defaultTo =
  <A>(value: A | { readonly node: Ast.Expression }) =>
  <S extends Schema.Schema<any, any, any>, F extends Flag = never>(self: S | Field<S, F>): Field<S, F | "default"> =>
    extend(self, {
      default: Predicate.hasProperty(value, "node") && Predicate.hasProperty(value.node, "_tag")
        ? { expression: value.node as Ast.Expression }
        : { value }
    })

export {
  /**
   * What the database fills in where an insert says nothing: a constant, or an SQL expression.
   *
   * @since 0.1.0
   * @category combinators
   */
  defaultTo as default
}

/**
 * A column that the database computes from the others of its row, and stores; the callback takes the model's columns.
 *
 * @since 0.1.0
 * @category combinators
 */
export const computed = (expression: (columns: any) => Expressed): Add<"computed"> => (self) =>
  extend(self, { computed: expression as never })

/**
 * A check constraint of this column; the callback takes the column.
 *
 * @since 0.1.0
 * @category combinators
 */
export const check = (condition: (column: any) => Expressed): Add<never> => (self) =>
  extend(self, { check: [...(isField(self) ? self.details.check ?? [] : []), condition as never] })

/**
 * A foreign key: the column holds the key of a row of another model.
 *
 * `target` is a thunk, `() => User`. It is typed `object` on purpose: a model as its result makes mutual references an error of the
 * compiler (TS2506). What it gives is checked when the model is first used (ConfigurationError).
 *
 * @since 0.1.0
 * @category combinators
 */
export const references = (target: object, options: ReferenceOptions = {}): Add<"references"> => (self) =>
  extend(self, { references: { ...options, target: target as () => unknown } })

/**
 * A JSON column, whatever the Schema's encoded side is.
 *
 * @since 0.1.0
 * @category combinators
 */
export const json: Add<never> = (self) => extend(self, { storage: { _tag: "json" } })

/**
 * A decimal with so many digits in all, so many of them after the point.
 *
 * @since 0.1.0
 * @category combinators
 */
export const decimal = (precision: number, scale: number): Add<never> => (self) =>
  extend(self, { storage: { _tag: "decimal", precision, scale } })

/**
 * A native array column where the database has one (PostgreSQL), JSON elsewhere; `item` is how one item is stored.
 *
 * @since 0.1.0
 * @category combinators
 */
export const nativeArray = (item: Storage): Add<never> => (self) => extend(self, { storage: { _tag: "array", item } })

/**
 * A vector of so many numbers (pgvector).
 *
 * @since 0.1.0
 * @category combinators
 */
export const vector = (dimensions: number): Field<Schema.Array$<typeof Schema.Number>> =>
  make(Schema.Array(Schema.Number), { storage: { _tag: "vector", dimensions } })

/**
 * A day without a time, `"2026-11-21"`: a `date` column. It is a Schema, so `Schema.NullOr(Field.day)` is one that may be NULL.
 *
 * @since 0.1.0
 * @category schemas
 */
export const day: Schema.Schema<string> = Schema.String.pipe(
  Schema.pattern(/^\d{4}-\d{2}-\d{2}$/),
  Schema.annotations({ schemaId: DayId, identifier: "Day", description: "a day as YYYY-MM-DD" })
)

/**
 * A time of day with milliseconds, `"12:30:00.000"`: a `time(3)` column. It is a Schema, as `Field.day` is.
 *
 * @since 0.1.0
 * @category schemas
 */
export const time: Schema.Schema<string> = Schema.String.pipe(
  Schema.pattern(/^\d{2}:\d{2}:\d{2}\.\d{3}$/),
  Schema.annotations({ schemaId: TimeOfDayId, identifier: "TimeOfDay", description: "a time of day as HH:MM:SS.mmm" })
)

/**
 * Filled in from Effect's Clock where the input says nothing: on insert, or on insert and each update. A moment, as `Schema.DateTimeUtc` and `Schema.Date`
 * are; a model in which it is something else is a ConfigurationError.
 *
 * @since 0.1.0
 * @category combinators
 */
export const fromClock = (when: "insert" | "insert and update"): Mark<"default" | "generatedByApp"> => (self) =>
  extend(self, { clock: when, generatedByApp: true }) as never

/**
 * Filled in from `CurrentActor` where the input says nothing: on insert, or on insert and each update. Writes on its model require the service.
 *
 * @since 0.1.0
 * @category combinators
 */
export const fromActor =
  (when: "insert" | "insert and update"): Mark<"default" | "generatedByApp" | "actor"> => (self) =>
    extend(self, { actor: when, generatedByApp: true }) as never

/**
 * Counts the writes of a row: 1 when it is inserted, and one more with each update. A whole number, which no update sets; by it a write finds out
 * that somebody else was faster (`StaleRow`).
 *
 * @since 0.1.0
 * @category combinators
 */
export const version: Mark<"default" | "generatedByApp" | "version"> = (self) =>
  extend(self, { version: true, generatedByApp: true }) as never

/**
 * When a row was deleted: deletes of its model keep their rows and set it. A moment that may be null, which no update sets. Queries are about the rows
 * in which it is null, unless they say otherwise (`Query.withDeleted`).
 *
 * @since 0.1.0
 * @category combinators
 */
export const deletedAt: Mark<"default" | "generatedByApp" | "deletedAt"> = (self) =>
  extend(self, { deletedAt: true, generatedByApp: true }) as never
