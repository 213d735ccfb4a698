/**
 * Fields that come together, to be spread into a model.
 */
import * as Schema from "effect/Schema"
import * as Field from "../Field.js"

/**
 * `createdAt` and `updatedAt`, filled in from Effect's Clock where the input says nothing: the one on insert, the other on insert and on
 * each update.
 *
 * @since 0.1.0
 * @category fields
 */
export const timestamps: {
  readonly createdAt: Field.Field<typeof Schema.DateTimeUtc, "default" | "generatedByApp">
  readonly updatedAt: Field.Field<typeof Schema.DateTimeUtc, "default" | "generatedByApp">
} = {
  createdAt: Field.fromClock("insert")(Schema.DateTimeUtc),
  updatedAt: Field.fromClock("insert and update")(Schema.DateTimeUtc)
}

/**
 * `deletedAt`: rows are kept when they are deleted, with the time of Effect's Clock. All that reads, updates or deletes is about the rows that live,
 * unless it says otherwise (`Query.withDeleted`, `Query.onlyDeleted`); `Mutation.restore` brings rows back, `Mutation.purge` deletes them for good.
 *
 * What is unique (`Field.unique`, the option `unique`) is so among the rows that live; an index with `unique: true` is of all rows, and so is the
 * primary key. Another name: `removedAt: Field.deletedAt(Schema.NullOr(Schema.DateTimeUtc))`.
 *
 * @since 0.1.0
 * @category fields
 */
export const softDelete: {
  readonly deletedAt: Field.Field<
    Schema.NullOr<typeof Schema.DateTimeUtc>,
    "default" | "generatedByApp" | "deletedAt"
  >
} = { deletedAt: Field.deletedAt(Schema.NullOr(Schema.DateTimeUtc)) }

/**
 * `version`: 1 when a row is inserted, and one more with each update, so that a write which was meant for an older row is refused (`StaleRow`) where
 * it says which one it was meant for: `Repository.update(row, …)`, `Mutation.atVersion(row)`. Another name: `revision: Field.version(Schema.Int)`.
 *
 * @since 0.1.0
 * @category fields
 */
export const versioned: {
  readonly version: Field.Field<typeof Schema.Int, "default" | "generatedByApp" | "version">
} = { version: Field.version(Schema.Int) }

/**
 * `createdBy` and `updatedBy`, filled in from the `CurrentActor` service where the input says nothing: the one on insert, the other on insert and on
 * each update. Writes on the model require the service; an actor that does not fit the Schema is a ValidationError.
 *
 * @since 0.1.0
 * @category fields
 */
export const audited = <A, I>(
  actor: Schema.Schema<A, I>
): {
  readonly createdBy: Field.Field<Schema.Schema<A, I>, "default" | "generatedByApp" | "actor">
  readonly updatedBy: Field.Field<Schema.Schema<A, I>, "default" | "generatedByApp" | "actor">
} => ({
  createdBy: Field.fromActor("insert")(actor),
  updatedBy: Field.fromActor("insert and update")(actor)
})
