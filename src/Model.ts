/**
 * Models: a Schema class of the select row, with its table and the six variants that `@effect/sql`'s Model has.
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Field, Model } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   email: Schema.NonEmptyString.pipe(Field.unique),
 *   age: Schema.Int.pipe(Schema.nonNegative())
 * }, { table: "users" }) {
 *   get isAdult() {
 *     return this.age >= 18
 *   }
 * }
 *
 * const user = new User({ id: 1, email: "ada@x.org", age: 36 })
 * user.isAdult // true
 * ```
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { Simplify } from "effect/Types"
import type * as Field from "./Field.js"
import type { CurrentActor } from "./CurrentActor.js"
import type { FlagsId } from "./Field.js"
import type * as Source from "./Source.js"
import { ColumnsId, Describe, NeedsId, RowId } from "./Source.js"
import type * as Ast from "./sql/ast.js"
import { rowOf } from "./sql/nodes.js"
import * as Definition from "./model/definition.js"
import type * as Events from "./model/events.js"
import { adopting } from "./model/instance.js"

/** The flags that drop a field from a variant. */
interface Dropped {
  readonly select: never
  readonly insert: "generated" | "computed"
  readonly update: "computed" | "version" | "deletedAt"
  readonly json: "sensitive"
  readonly jsonCreate: "sensitive" | "generated" | "generatedByApp" | "computed"
  readonly jsonUpdate: "sensitive" | "generated" | "generatedByApp" | "computed"
}

/**
 * The six variants of a model.
 *
 * @since 0.1.0
 * @category models
 */
export type Variant = keyof Dropped

type FlagsOf<I> = I extends { readonly [FlagsId]: infer F } ? F : never
type SchemaOf<I> = I extends { readonly [FlagsId]: any; readonly schema: infer S } ? S : I
type InVariant<I, V extends Variant> = [FlagsOf<I> & Dropped[V]] extends [never]
  ? SchemaOf<I> extends { readonly schemas: infer C } ? V extends keyof C ? true : false : true
  : false
type VariantSchemaOf<I, V extends Variant> = SchemaOf<I> extends infer S
  ? S extends { readonly schemas: infer C } ? V extends keyof C ? C[V] : never : S
  : never
type Defaulted<I, V extends Variant> = V extends "insert" | "jsonCreate" ? "default" extends FlagsOf<I> ? true : false
  : false

/** Its type in that variant. A Schema says it by a property, which is found sooner than what it varies by. */
type TypeIn<I, V extends Variant> = VariantSchemaOf<I, V> extends infer S
  ? S extends { readonly Type: infer A } ? A : Schema.Schema.Type<S>
  : never

/**
 * The fields of one variant.
 *
 * @since 0.1.0
 * @category models
 */
export type Struct<F, V extends Variant> = {
  readonly [K in keyof F as InVariant<F[K], V> extends true ? K : never]: VariantSchemaOf<F[K], V> extends
    infer S extends Schema.Struct.Field
    ? Defaulted<F[K], V> extends true ? S extends Schema.Schema.All ? Schema.optionalWith<S, { exact: true }> : S : S
    : never
}

/**
 * The properties of a variant, as a union that is made once: the keys of a mapped type with `as` are made each time they are asked for. What is
 * mapped over them names them as a parameter that extends `keyof F`: so its properties are the fields' own to an editor.
 */
type KeysIn<F, V extends Variant> = { [K in keyof F]: InVariant<F[K], V> extends true ? K : never }[keyof F]

/**
 * The select row.
 *
 * @since 0.1.0
 * @category models
 */
export type Row<F, Keys extends keyof F = KeysIn<F, "select">> = { readonly [K in Keys]: TypeIn<F[K], "select"> }

/** The select row as the database has it; a Schema that renames its property is refused when the model is used. */
type EncodedRow<F> = { readonly [K in KeysIn<F, "select">]: Schema.Schema.Encoded<VariantSchemaOf<F[K], "select">> }

type Flat<T> = { readonly [K in keyof T]: T[K] }

type Optional = Schema.Struct.OptionalTypePropertySignature
type Defaulting = Optional | Schema.Struct.PropertySignatureWithDefault
type AbsentIn<F, V extends Variant, Keys extends keyof F, Signature> = {
  [K in Keys]: Defaulted<F[K], V> extends true ? K :
    VariantSchemaOf<F[K], V> extends infer S
      ? S extends { readonly Type: any } ? never : S extends Signature ? K : never
    : never
}[Keys]

/** What a program gives of a variant. Written out, where `Schema.Struct` intersects a type for each field. */
type Given<F, V extends Variant, Keys extends keyof F, Absent extends keyof F> = Flat<
  & { readonly [K in Exclude<Keys, Absent>]: TypeIn<F[K], V> }
  & { readonly [K in Absent]?: TypeIn<F[K], V> }
>
type PropsOf<F, Keys extends keyof F = KeysIn<F, "select">> = Given<
  F,
  "select",
  Keys,
  AbsentIn<F, "select", Keys, Defaulting>
>
type InsertOf<F, Keys extends keyof F = KeysIn<F, "insert">> = Given<
  F,
  "insert",
  Keys,
  AbsentIn<F, "insert", Keys, Optional>
>
type UpdateOf<F, Keys extends keyof F = KeysIn<F, "update">> = { readonly [K in Keys]?: TypeIn<F[K], "update"> }

type KeysWith<F, Wanted extends Field.Flag> = { [K in keyof F]: Wanted extends FlagsOf<F[K]> ? K : never }[keyof F]
type IsUnion<T, U = T> = [T] extends [never] ? false : T extends any ? [U] extends [T] ? false : true : never
type KeyOf<F, K = KeysWith<F, "primaryKey">> = [K] extends [never] ? never
  : IsUnion<K> extends true ? Simplify<Pick<Row<F>, K & keyof Row<F>>>
  : Row<F>[K & keyof Row<F>]

/**
 * The property that holds the types of a model's primary key and of what an insert and an update take. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const TypesId: unique symbol = Symbol.for("effect-strata/Model/Types")

/** Fields of which the compiler knows nothing need nothing. */
type NeedsOf<Flags> = unknown extends Flags ? never : "actor" extends Flags ? CurrentActor : never

/** An interface, whose members the compiler makes where they are asked for. */
interface Types<F, Refused> {
  readonly key: KeyOf<F>
  readonly keyNames: KeysWith<F, "primaryKey">
  readonly insert: InsertOf<F>
  readonly update: UpdateOf<F>
  readonly refused: Refused
  readonly needs: NeedsOf<FlagsOf<F[keyof F]>>
  readonly versionNames: KeysWith<F, "version">
  readonly keepsDeleted: [KeysWith<F, "deletedAt">] extends [never] ? false : true
}

/**
 * An index of a model: columns or expressions, unique or partial where asked.
 *
 * @since 0.1.0
 * @category models
 */
export interface Index<K extends string = string> {
  readonly columns?: ReadonlyArray<K>
  /** Expressions over the model's columns, after the columns. */
  readonly expressions?: (columns: any) => ReadonlyArray<{ readonly node: Ast.Expression }>
  readonly unique?: boolean
  /** Only rows for which it holds: a partial index. */
  readonly where?: (columns: any) => { readonly node: Ast.Expression }
  /**
   * The words of these columns, and nothing else: `Expr.search` of exactly these columns finds rows by it on SQLite and PostgreSQL, with
   * `{ committed: true }` on MySQL and MariaDB too. There it is a hidden column of the index's name, which holds the texts again, in lower case,
   * and a FULLTEXT index of it. What `Expr.search` means is the same with and without it.
   */
  readonly search?: ReadonlyArray<K>
  /** Default: made of the table's and the columns' names. */
  readonly name?: string
}

/**
 * What a model says of its table.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<F, Refused extends ReadonlyArray<unknown> = ReadonlyArray<any>> {
  /** Default: the model's name in snake_case. */
  readonly table?: string
  /** The schema (PostgreSQL) or database (MySQL, MariaDB) that holds the table. */
  readonly schema?: string
  readonly indexes?: ReadonlyArray<ReadonlyArray<keyof F & string> | Index<keyof F & string>>
  /** Unique constraints of several columns. */
  readonly unique?: ReadonlyArray<ReadonlyArray<keyof F & string>>
  /** Check constraints by name; each callback takes the model's columns. */
  readonly checks?: { readonly [name: string]: (columns: any) => { readonly node: Ast.Expression } }
  /**
   * What is deleted with a row, and comes back with it, where both models keep what is deleted (`Model.softDelete`): `() => [userPosts]`, relations of
   * this model to the rows that hold its key (`hasMany`, `hasOne`). A model with guards of its own, but on inserts, cannot follow: nobody would ask
   * them (ConfigurationError). It is typed `object` as the target of `Field.references` is.
   */
  readonly cascades?: object
  /**
   * Asked before each write on the model, with whichever database, in their order: one that fails refuses the write with its error, before anything
   * is sent; one that gives some columns changes these. `{ name: "adults only", on: "insert", check: ({ row }) => … }`
   */
  readonly guards?: { readonly [I in keyof Refused]: Events.Guard<InsertOf<F>, UpdateOf<F>, KeyOf<F>, Refused[I]> }
}

/**
 * A Schema class of the select row, its six variants, and a source of queries.
 *
 * @since 0.1.0
 * @category models
 */
export interface Class<Self, F, Refused = never> extends Schema.Schema<Self, EncodedRow<F>> {
  new(props: PropsOf<F>, options?: boolean | { readonly disableValidation?: boolean }): Row<F>
  readonly identifier: string
  readonly table: string
  /** The columns by property: name and type in the database. */
  readonly columns: { readonly [K in keyof Row<F>]: Ast.Column }
  readonly fields: Struct<F, "select">
  readonly select: Schema.Struct<Struct<F, "select">>
  readonly insert: Schema.Struct<Struct<F, "insert">>
  readonly update: Schema.Struct<Struct<F, "update">>
  readonly json: Schema.Struct<Struct<F, "json">>
  readonly jsonCreate: Schema.Struct<Struct<F, "jsonCreate">>
  readonly jsonUpdate: Schema.Struct<Struct<F, "jsonUpdate">>
  readonly [Describe]: Source.Description
  readonly [Definition.Define]: Definition.Definition
  readonly [RowId]: Self
  readonly [ColumnsId]: Row<F>
  readonly [NeedsId]: never
  readonly [TypesId]: Types<F, Refused>
}

/**
 * Any model.
 *
 * @since 0.1.0
 * @category models
 */
export interface Any extends Source.Any {
  readonly fields: any
  readonly insert: any
  readonly update: any
  readonly identifier: string
  readonly table: string
  readonly columns: { readonly [property: string]: Ast.Column }
  readonly [Definition.Define]: Definition.Definition
  readonly [TypesId]: any
}

/**
 * What an insert takes.
 *
 * @since 0.1.0
 * @category models
 */
export type Insert<M extends Any> = M[typeof TypesId]["insert"]

/**
 * What an update takes: any of the fields.
 *
 * @since 0.1.0
 * @category models
 */
export type Update<M extends Any> = M[typeof TypesId]["update"]

/**
 * The primary key: the bare value of one column, a record of several.
 *
 * @since 0.1.0
 * @category models
 */
export type Key<M extends Any> = M[typeof TypesId]["key"]

/**
 * What a model's own guards add to the failures of its writes.
 *
 * @since 0.1.0
 * @category models
 */
export type Refusal<M extends Any> = M[typeof TypesId]["refused"]

/**
 * What writes on a model require beside the database: `CurrentActor` where it is audited.
 *
 * @since 0.1.0
 * @category models
 */
export type Needs<M extends Any> = M[typeof TypesId]["needs"]

/**
 * A row as it was read, by which a write finds out whether it still is so: its key and its version (`Model.versioned`); never, of a model without.
 *
 * @since 0.1.0
 * @category models
 */
export type AsRead<M extends Any> = [M[typeof TypesId]["versionNames"]] extends [never] ? never
  : Pick<
    M[typeof ColumnsId],
    (M[typeof TypesId]["keyNames"] | M[typeof TypesId]["versionNames"]) & keyof M[typeof ColumnsId]
  >

type Checked<Self, F, Refused> = [Self] extends [never]
  ? "Missing `Self`: write `class User extends Model.Class<User>(\"User\")({ ... })`"
  : [Schema.Schema.Context<VariantSchemaOf<F[keyof F], "select">>] extends [never] ? Class<Self, F, Refused>
  : "A field's Schema needs services (R is not never): a model must decode without them"

const optional = (schema: unknown): Schema.Struct.Field =>
  Schema.isSchema(schema)
    ? Schema.optionalWith(schema as Schema.Schema.Any, { exact: true })
    : schema as Schema.Struct.Field

const droppedBy: { readonly [V in Variant]: ReadonlyArray<Dropped[Exclude<Variant, "select">]> } = {
  select: [],
  insert: ["generated", "computed"],
  update: ["computed", "version", "deletedAt"],
  json: ["sensitive"],
  jsonCreate: ["sensitive", "generated", "generatedByApp", "computed"],
  jsonUpdate: ["sensitive", "generated", "generatedByApp", "computed"]
}

const structOf = (parts: ReadonlyArray<Definition.Part>, variant: Variant): Schema.Struct.Fields => {
  const fields: Record<string, Schema.Struct.Field> = {}
  for (const { details, property, schema } of parts) {
    if (
      droppedBy[variant].some((flag) => flag === "computed" ? details.computed !== undefined : details[flag] === true)
    ) continue
    const one = Definition.variantSchema(schema, variant)
    if (one === undefined) continue
    const mayBeAbsent = (variant === "insert" || variant === "jsonCreate") && Definition.hasDefault(details)
    fields[property] = mayBeAbsent ? optional(one) : one as Schema.Struct.Field
  }
  return fields
}

/**
 * Makes a model: `class User extends Model.Class<User>("User")({ …fields }, { table: "users" }) {}`.
 *
 * A field is any Schema, a `Field`, or a field of `@effect/sql`'s Model. The class may have methods, getters and field initialisers:
 * rows are its instances, made as Schema's own decode makes them. What contradicts itself (two columns of one name, a reference to
 * nothing, a Schema that cannot be stored) is a `ConfigurationError` of the first statement that uses the model.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Class = <Self = never>(identifier: string) =>
<
  const F extends { readonly [name: string]: Field.Input },
  const Refused extends ReadonlyArray<unknown> = readonly []
>(fields: F, options: Options<F, Refused> = {}): Checked<Self, F, Events.RefusalOf<Refused[number]>> => {
  const parts = Definition.partsOf(fields)
  const Base = adopting(Schema.Class<object>(identifier)(structOf(parts, "select")) as unknown as new() => object)
  const variants = new Map<Variant, unknown>()
  const variant = (name: Variant) => ({
    configurable: true,
    get: () => {
      let found = variants.get(name)
      if (found === undefined) {
        found = Schema.Struct(structOf(parts, name)).annotations({ identifier: `${identifier}.${name}` })
        variants.set(name, found)
      }
      return found
    }
  })
  const definitions = new WeakMap<object, Definition.Definition>()
  const definition = (model: object): Definition.Definition => {
    let found = definitions.get(model)
    if (found === undefined) {
      found = Definition.make(
        identifier,
        parts,
        options as Options<object, any>,
        model as new(...args: ReadonlyArray<unknown>) => object
      )
      definitions.set(model, found)
    }
    return found
  }
  const descriptions = new WeakMap<object, Source.Description>()
  Object.defineProperties(Base, {
    select: variant("select"),
    insert: variant("insert"),
    update: variant("update"),
    json: variant("json"),
    jsonCreate: variant("jsonCreate"),
    jsonUpdate: variant("jsonUpdate"),
    table: { configurable: true, value: options.table ?? Definition.snakeCase(identifier) },
    columns: {
      configurable: true,
      get(this: object) {
        return definition(this).table.byProperty
      }
    },
    [Definition.Define]: {
      configurable: true,
      get(this: object) {
        return definition(this)
      }
    },
    [Describe]: {
      configurable: true,
      get(this: object) {
        let found = descriptions.get(this)
        if (found === undefined) {
          found = describe(definition(this).table)
          descriptions.set(this, found)
        }
        return found
      }
    }
  })
  return Base as never
}

const describe = (table: Ast.Table, rows?: Ast.Rows): Source.Description => ({
  hint: table.name,
  source: (ref) => rows === undefined ? { _tag: "TableSource", ref, table } : { _tag: "TableSource", ref, table, rows },
  columns: table.byProperty,
  row: (ref, optional) => rowOf(table, ref, optional)
})

/**
 * The table of a model, as statements see it.
 *
 * @since 0.1.0
 * @category accessors
 */
export const tableOf = (model: Any): Ast.Table => model[Definition.Define].table

/**
 * Whether something is a model.
 *
 * @since 0.1.0
 * @category guards
 */
export const isModel = (value: unknown): value is Any => Predicate.hasProperty(value, Definition.Define)

/**
 * Models whose deleted rows are kept: those with `Model.softDelete` among their fields, or a `Field.deletedAt`.
 *
 * @since 0.1.0
 * @category models
 */
export interface KeepsDeleted extends Any {
  readonly [TypesId]: { readonly keepsDeleted: true } & { readonly [type: string]: any }
}

/**
 * A model with the rows that were deleted and kept, as a source: `Query.innerJoin("author", Model.withDeleted(User), …)`. Of a query's own rows
 * `Query.withDeleted` says the same, of a relation's `Relation.withDeleted`.
 *
 * @since 0.1.0
 * @category accessors
 */
export const withDeleted = <M extends KeepsDeleted>(
  model: M
): Source.Derived<M[typeof ColumnsId], M[typeof RowId]> => ofRows(model, "all")

/**
 * A model with other rows than those that live, as a source.
 *
 * @since 0.1.0
 * @category accessors
 */
export const ofRows = (model: Any, rows: Ast.Rows): Source.Derived<any, any> => ({
  [Describe]: describe(tableOf(model), rows),
  [RowId]: undefined,
  [ColumnsId]: undefined,
  [NeedsId]: undefined as never
})

export { audited, softDelete, timestamps, versioned } from "./model/mixins.js"
