/**
 * The violations of constraints, a tag each, because programs catch them one by one.
 */
import * as Schema from "effect/Schema"
import { describe, violated } from "./message.js"
import type { Violation } from "./message.js"
import { origin } from "./origin.js"

const constraint = {
  constraint: Schema.optionalWith(Schema.String, { exact: true }),
  table: Schema.optionalWith(Schema.String, { exact: true }),
  /** Names of columns in the database, in the constraint's order; empty where the database tells none. */
  columns: Schema.Array(Schema.String),
  ...origin
}

/**
 * What `error.on(User, "email")` takes: a model and names of its properties.
 *
 * @since 0.1.0
 * @category models
 */
export interface OnModel {
  readonly table: string
  readonly columns: { readonly [property: string]: { readonly name: string } }
}

/** Whether a violation is about this model's table and the given properties of it. */
function on<M extends OnModel>(
  this: Violation,
  model: M,
  ...properties: ReadonlyArray<keyof M["columns"] & string>
): boolean {
  return this.table === model.table &&
    properties.every((property) => this.columns.includes(model.columns[property]?.name ?? property))
}

/**
 * A unique constraint or index, or a primary key, refused a second row with the same values.
 *
 * @since 0.1.0
 * @category errors
 */
export class UniqueViolation
  extends Schema.TaggedError<UniqueViolation>("effect-strata/UniqueViolation")("UniqueViolation", constraint)
{
  /** Whether it is about this model's table and the given properties. */
  declare readonly on: typeof on
  static {
    Object.defineProperty(this.prototype, "on", { value: on })
  }
  override get message(): string {
    return describe(violated("The unique constraint", this), this)
  }
}

/**
 * A row refers to one that does not exist, or a row that others refer to was to go.
 *
 * @since 0.1.0
 * @category errors
 */
export class ForeignKeyViolation extends Schema.TaggedError<ForeignKeyViolation>("effect-strata/ForeignKeyViolation")(
  "ForeignKeyViolation",
  constraint
) {
  /** Whether it is about this model's table and the given properties. */
  declare readonly on: typeof on
  static {
    Object.defineProperty(this.prototype, "on", { value: on })
  }
  override get message(): string {
    return describe(violated("The foreign key", this), this)
  }
}

/**
 * A column that must hold a value was given none.
 *
 * @since 0.1.0
 * @category errors
 */
export class NotNullViolation
  extends Schema.TaggedError<NotNullViolation>("effect-strata/NotNullViolation")("NotNullViolation", constraint)
{
  /** Whether it is about this model's table and the given properties. */
  declare readonly on: typeof on
  static {
    Object.defineProperty(this.prototype, "on", { value: on })
  }
  override get message(): string {
    return describe(violated("The not-null rule", this), this)
  }
}

/**
 * A check constraint refused a row.
 *
 * @since 0.1.0
 * @category errors
 */
export class CheckViolation
  extends Schema.TaggedError<CheckViolation>("effect-strata/CheckViolation")("CheckViolation", constraint)
{
  /** Whether it is about this model's table and the given properties. */
  declare readonly on: typeof on
  static {
    Object.defineProperty(this.prototype, "on", { value: on })
  }
  override get message(): string {
    return describe(violated("The check", this), this)
  }
}

/**
 * An exclusion constraint (PostgreSQL) refused a row.
 *
 * @since 0.1.0
 * @category errors
 */
export class ExclusionViolation
  extends Schema.TaggedError<ExclusionViolation>("effect-strata/ExclusionViolation")("ExclusionViolation", constraint)
{
  /** Whether it is about this model's table and the given properties. */
  declare readonly on: typeof on
  static {
    Object.defineProperty(this.prototype, "on", { value: on })
  }
  override get message(): string {
    return describe(violated("The exclusion constraint", this), this)
  }
}
