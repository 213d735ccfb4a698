/**
 * How a column's values are kept: the closed list of storage types, and the type that a Schema asks for.
 */
import type * as Schema from "effect/Schema"

/** The storage types of a column; each dialect has a codec for each. */
export type Storage =
  | { readonly _tag: "text"; readonly maxLength?: number }
  | { readonly _tag: "literal"; readonly values: ReadonlyArray<string> }
  | { readonly _tag: "integer"; readonly wide?: boolean; readonly values?: ReadonlyArray<number> }
  | { readonly _tag: "bigint" }
  | { readonly _tag: "double" }
  | { readonly _tag: "boolean" }
  | { readonly _tag: "decimal"; readonly precision?: number; readonly scale?: number }
  | { readonly _tag: "timestamp" }
  | { readonly _tag: "day" }
  | { readonly _tag: "time" }
  | { readonly _tag: "uuid" }
  /** With `text` as it is written, where a database has another form for what it takes apart: PostgreSQL's `json`. */
  | { readonly _tag: "json"; readonly text?: true }
  | { readonly _tag: "bytes" }
  | { readonly _tag: "array"; readonly item: Storage }
  | { readonly _tag: "vector"; readonly dimensions: number }

/** Whether columns of both keep their values in one way. */
export const isStoredAs = (one: Storage, other: Storage): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Whether its values are whole numbers. */
export const isWhole = ({ _tag }: Storage): boolean => _tag === "integer" || _tag === "bigint"

/**
 * The JavaScript value that stands for a stored one, the same for every dialect (never null):
 * text, literal, uuid: string; integer, double: number; bigint: bigint; boolean: boolean; decimal: plain digits ("-12.5");
 * timestamp: milliseconds since 1970; day: "2026-11-21"; time: "12:30:00.000"; json: the parsed value; bytes: Uint8Array;
 * array, vector: a JavaScript array of these (null for a null item).
 */
export type Stored = string | number | bigint | boolean | Uint8Array | ReadonlyArray<unknown> | object

/** What a dialect does with one storage type. `encode` and `decode` never see null. */
export interface Codec<S extends Storage = Storage> {
  /** The column type in DDL: `varchar(320)`. */
  readonly ddl: (storage: S) => string
  /** To what the driver binds; throws `InvalidValue` for what would not come back equal. */
  readonly encode: (value: any, storage: S) => unknown
  /** From what the driver's positional row holds; throws `InvalidValue` for what cannot be one. */
  readonly decode: (raw: any, storage: S) => Stored
}

/** A dialect's codecs, one for each storage type: a missing one does not compile. */
export type Codecs = { readonly [K in Storage["_tag"]]: Codec<Extract<Storage, { readonly _tag: K }>> }

/** Thrown inside codecs, where an Effect a value would cost too much; it never leaves the executor. */
export class InvalidValue {
  readonly _tag = "InvalidValue"
  constructor(readonly message: string) {}
}

/**
 * Rows within a value, each a list in the order of its columns: as a list of rows, as a record of keys and values, or as the rows of a relation, whose
 * problems are told as those of rows of their own. See nested.ts.
 */
export interface Rows {
  readonly as: "list" | "record" | "relation"
}

/** What is known of a column's or an expression's values. */
export interface ValueType {
  readonly storage: Storage
  readonly nullable: boolean
  /** The Schema whose Type programs see; null included when nullable. */
  readonly schema: Schema.Schema<any, any>
  /** Hidden from messages. */
  readonly sensitive?: boolean
  /** Of a list that is put together by the database: the type of each value. */
  readonly item?: ValueType
  /** Of rows that are put together by the database: what they are made of. */
  readonly rows?: Rows
}
