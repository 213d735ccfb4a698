/**
 * Typed expressions: the types that carry a column's type through operators, and the values behind them.
 */
import type { BigDecimal } from "effect/BigDecimal"
import type * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { ConfigurationError } from "../DbError.js"
import type * as Source from "../Source.js"
import type { ColumnsId, NeedsId, RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import { fromSchema, isUnstorable, notNull, orNull } from "../sql/valueType.js"

/**
 * What select can yield: an expression, a whole source, a nested record.
 *
 * @since 0.1.0
 * @category models
 */
export interface Selectable<out A, out R = never> {
  readonly [RowId]: A
  readonly [NeedsId]: R
}

/**
 * What an operator can take: `A` is the SQL value, null included.
 *
 * @since 0.1.0
 * @category models
 */
export interface Operand<out A, out R = never> {
  readonly [ColumnsId]: A
  readonly [NeedsId]: R
}

/**
 * An expression; `R` names what it requires beside the database.
 *
 * @since 0.1.0
 * @category models
 */
export interface Expr<out A, out R = never> extends Selectable<A, R>, Operand<A, R> {
  readonly node: Ast.Expression
}

/**
 * A column whose Schema decodes to an Option: operators see `A | null`, select yields `Option<A>`.
 *
 * @since 0.1.0
 * @category models
 */
export interface OptionExpr<out A> extends Selectable<Option.Option<A>>, Operand<A | null> {
  readonly node: Ast.Expression
}

/**
 * An aggregate of a group.
 *
 * @since 0.1.0
 * @category models
 */
export interface Aggregate<out A, out R = never> extends Expr<A, R> {
  readonly aggregate: true
}

/**
 * An aggregate whose result depends on the order of what it takes: texts that are joined, lists, records.
 *
 * @since 0.1.0
 * @category models
 */
export interface OrderedAggregate<out A, out R = never> extends Aggregate<A, R> {
  readonly ordered: true
}

/**
 * A condition: true, false or unknown (null).
 *
 * @since 0.1.0
 * @category models
 */
export type Condition<R = never> = Operand<boolean | null, R>

/**
 * What select takes: names and what stands for them.
 *
 * @since 0.1.0
 * @category models
 */
export type Shape = { readonly [name: string]: Selectable<any, any> }

/**
 * What the parts of a shape require.
 *
 * @since 0.1.0
 * @category models
 */
export type ShapeNeeds<X extends Shape> = X[keyof X][typeof NeedsId]

/**
 * A query, seen from inside of an expression.
 *
 * @since 0.1.0
 * @category models
 */
export interface Subquery<out A, out R = never> {
  readonly [RowId]: A
  readonly [NeedsId]: R
  readonly ast: Ast.Select
}

export type NonNull<A> = A & {}

type ColumnOf<A> = [A & {}] extends [Option.Option<infer X>] ? OptionExpr<X> : Expr<A>

/** What a column is to an operator: of an Option its value, or null. */
export type ValueOf<A> = [A & {}] extends [Option.Option<infer X>] ? X | null : A

const PartId: unique symbol = Symbol.for("effect-strata/Expr/Part")

/**
 * A whole source in a callback; selecting it yields its row.
 *
 * @since 0.1.0
 * @category models
 */
export interface Whole<out S extends Source.Any> extends Selectable<S[typeof RowId]> {
  readonly [PartId]: { readonly ref: Ast.Ref; readonly source?: S }
}

/**
 * What a callback receives for one source: its columns. Selecting it whole yields its row.
 *
 * @since 0.1.0
 * @category models
 */
export type Columns<S extends Source.Any> =
  & Whole<S>
  & { readonly [K in keyof S[typeof ColumnsId]]: ColumnOf<S[typeof ColumnsId][K]> }

/**
 * What a callback receives, by alias, for what was joined.
 *
 * @since 0.1.0
 * @category models
 */
export type Joined<J> = { readonly [K in keyof J]: J[K] extends Source.Any ? Columns<J[K]> : never }

/** An operand's value at run time. */
export class Expression {
  constructor(readonly node: Ast.Expression) {}
}

const ParameterId: unique symbol = Symbol.for("effect-strata/Expr/Parameter")

/**
 * A parameter of a prepared query: it stands wherever an expression can, and where a query takes a list, a pattern, a limit or an offset.
 *
 * @since 0.1.0
 * @category models
 */
export interface Parameter<out A> extends Selectable<A>, Operand<ValueOf<A>> {
  readonly node: Ast.Expression
  readonly [ParameterId]: Ast.Given
}

class Given extends Expression {
  readonly [ParameterId]: Ast.Given
  constructor(parameter: Ast.Given, type: ValueType) {
    super({ _tag: "Given", parameter, make: (value) => ({ _tag: "Parameter", value, type }), type })
    this[ParameterId] = parameter
  }
}

/** A parameter of a prepared query. */
export const given = (parameter: Ast.Given, type: ValueType): object => new Given(parameter, type)

/** What becomes of a value: at once, or of a parameter when it has one. */
export const whenGiven = (
  value: unknown,
  type: ValueType,
  make: (value: any) => Ast.Expression
): Ast.Expression => value instanceof Given ? { _tag: "Given", parameter: value[ParameterId], make, type } : make(value)

export const isParameter = (value: unknown): boolean => value instanceof Given

/** What marks a query at run time: a symbol, which nothing that came as data can have. */
export const SubqueryId: unique symbol = Symbol.for("effect-strata/Query")

/** The select of a query; undefined of what is none. */
export const selectOf = (value: unknown): Ast.Select | undefined =>
  Predicate.hasProperty(value, SubqueryId) ? (value as unknown as Subquery<unknown>).ast : undefined

/** An expression of a node; its type is the caller's word. */
export const make = <A, R = never>(node: Ast.Expression): Expr<A, R> => new Expression(node) as unknown as Expr<A, R>

/** One use of a source; its row is made where it is selected whole. */
class Part {
  constructor(
    private readonly description: Source.Description,
    readonly ref: Ast.Ref,
    private readonly optional: boolean
  ) {}

  get row(): Ast.Projection {
    return this.description.row(this.ref, this.optional)
  }
}

type ColumnEntry = readonly [property: string, column: Source.Description["columns"][string]]

const entries = new WeakMap<object, ReadonlyArray<ColumnEntry>>()

const entriesOf = ({ columns }: Source.Description): ReadonlyArray<ColumnEntry> => {
  let found = entries.get(columns)
  if (found === undefined) entries.set(columns, found = Object.entries(columns))
  return found
}

const define = (target: Record<PropertyKey, unknown>, name: string, value: unknown): void => {
  if (name !== "__proto__") target[name] = value
  else Object.defineProperty(target, name, { value, enumerable: true })
}

/** The columns of a source for a callback. */
export const columnsOf = (description: Source.Description, ref: Ast.Ref, optional: boolean): object => {
  const target: Record<PropertyKey, unknown> = { [PartId]: new Part(description, ref, optional) }
  for (const [property, { name, read, type }] of entriesOf(description)) {
    const column: Ast.Expression = { _tag: "Column", ref, name, type: optional ? orNull(type) : type }
    define(target, property, new Expression(read === undefined ? column : read(column)))
  }
  return target
}

/** A nested record of a select. */
export const recordPart = (shape: Shape): object => ({ [PartId]: { row: recordOf(shape) } })

/** The projection of a shape; an empty one selects nothing, which SQL has no words for. */
export const recordOf = (shape: Shape): Ast.Projection => {
  const names = Object.keys(shape)
  if (names.length === 0) return { _tag: "Value", expression: invalid("a select was given a record of nothing") }
  const fields: Record<string, Ast.Projection> = {}
  for (const name of names) define(fields, name, projectionOf(shape[name]))
  return { _tag: "Record", fields }
}

/** What cannot be said. */
export const invalid = (problem: string): Ast.Expression => ({
  _tag: "Invalid",
  error: new ConfigurationError({ problem }),
  type: booleanType
})

/** The use of a source that columns belong to. */
export const refOf = (columns: Whole<any>): Ast.Ref => columns[PartId].ref

/** The projection of what a select was given. */
export const projectionOf = (value: unknown): Ast.Projection => {
  if (value instanceof Expression) return { _tag: "Value", expression: value.node }
  if (Predicate.hasProperty(value, PartId)) return (value[PartId] as { readonly row: Ast.Projection }).row
  return {
    _tag: "Value",
    expression: invalid("a select was given something that is neither a column nor an expression")
  }
}

/** The node of an operand; what is no expression fails when the statement runs. */
export const nodeOf = (value: unknown): Ast.Expression =>
  value instanceof Expression
    ? value.node
    : invalid("an operator was given something that is neither a column nor an expression")

export const isExpression = (value: unknown): value is Expr<unknown, unknown> => value instanceof Expression

/** An operand or a plain value, which is bound as a value of the given type. */
export const operandOr = (value: unknown, type: ValueType): Ast.Expression =>
  value instanceof Expression ? value.node : { _tag: "Parameter", value, type: notNull(type) }

export const parameter = (value: unknown, type: ValueType): Ast.Expression => ({ _tag: "Parameter", value, type })

/** Made once for each: statements are of one shape where their types are the same. */
const types = new WeakMap<object, ValueType>()

/** The type of a Schema; one that cannot be stored is taken as JSON, and fails when a value is encoded. */
export const typeOf = (schema: Schema.Schema<any, any>): ValueType => {
  let found = types.get(schema)
  if (found === undefined) {
    const type = fromSchema(schema)
    types.set(schema, found = isUnstorable(type) ? { storage: { _tag: "json" }, nullable: true, schema } : type)
  }
  return found
}

export const booleanType: ValueType = { storage: { _tag: "boolean" }, nullable: false, schema: Schema.Boolean }
export const textType: ValueType = { storage: { _tag: "text" }, nullable: false, schema: Schema.String }
/** Whole numbers of up to 53 bits, as counts and lengths are. */
export const integerType: ValueType = {
  storage: { _tag: "integer", wide: true },
  nullable: false,
  schema: Schema.Number
}
export const doubleType: ValueType = { storage: { _tag: "double" }, nullable: false, schema: Schema.Number }
export const bigintType: ValueType = { storage: { _tag: "bigint" }, nullable: false, schema: Schema.BigIntFromSelf }
export const decimalType: ValueType = {
  storage: { _tag: "decimal" },
  nullable: false,
  schema: Schema.BigDecimalFromSelf
}
const bytesType: ValueType = { storage: { _tag: "bytes" }, nullable: false, schema: Schema.Uint8ArrayFromSelf }
export const timestampType: ValueType = {
  storage: { _tag: "timestamp" },
  nullable: false,
  schema: Schema.DateTimeUtcFromSelf
}

/** A whole number that is part of the text. */
export const literal = (count: number): Ast.Expression => ({
  _tag: "Fragment",
  strings: [String(count)],
  args: [],
  type: integerType
})

/** The type, NULL when one of the arguments may be. */
export const nullableWith = (type: ValueType, args: ReadonlyArray<Ast.Expression>): ValueType => {
  for (const arg of args) if (arg.type.nullable) return orNull(type)
  return type
}

/** The type of a value that stands alone in a case; of numbers all are doubles, as text must not follow from a value. */
export const typeOfValue = (value: unknown): ValueType => {
  switch (typeof value) {
    case "string":
      return textType
    case "boolean":
      return booleanType
    case "bigint":
      return bigintType
    case "number":
      return doubleType
    default:
      return value instanceof Uint8Array
        ? bytesType
        : textType
  }
}

/** A value in a fragment: the database finds its type from what stands around it. */
export const untyped = (value: unknown): Ast.Expression => ({
  _tag: "Parameter",
  value,
  type: Number.isSafeInteger(value) ? integerType : typeOfValue(value),
  isUntyped: true
})

export const call = (
  operator: Ast.Operator,
  args: ReadonlyArray<Ast.Expression>,
  type: ValueType
): Ast.Expression => ({ _tag: "Call", operator, args, type: nullableWith(type, args) })

/** Numbers that arithmetic takes; the result of an operation has no brand. */
export type Numeric = number | bigint | BigDecimal
export type Widen<A> = A extends number ? number : A extends bigint ? bigint : A

/** What operands require, of those that are no values; `any` is a value. */
export type NeedsOf<X extends ReadonlyArray<unknown>> = {
  [I in keyof X]: 0 extends 1 & X[I] ? never : X[I] extends { readonly [NeedsId]: infer R } ? R : never
}[number]
