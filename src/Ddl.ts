/**
 * Tables of models: what makes them and what drops them, as values that run as Effects and print as SQL.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Ddl, Field, Model } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   email: Schema.NonEmptyString.pipe(Schema.maxLength(320), Field.unique)
 * }, { table: "users" }) {}
 *
 * const program = Effect.gen(function*() {
 *   yield* Effect.log(yield* Ddl.toSql(Ddl.create(User)))
 *   yield* Ddl.create([User], { ifNotExists: true })
 * })
 * ```
 *
 * Models can be given in any order, and may refer to themselves and to each other. All is done or nothing, in a transaction, where the
 * database has tables in transactions (SQLite, PostgreSQL). MySQL and MariaDB commit with each table: what was made before a failure
 * stays, and inside of a transaction it is refused.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Database from "./Database.js"
import { ConfigurationError } from "./DbError.js"
import type { WriteFailure } from "./DbError.js"
import * as Plan from "./ddl/plan.js"
import type * as Model from "./Model.js"
import type * as Definitions from "./sql/definitions.js"

/**
 * What making or dropping tables can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type Failure = WriteFailure

/**
 * Tables to make or to drop; `yield*` does it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ddl extends Effect.Effect<void, Failure, Database.Database> {
  readonly models: ReadonlyArray<Model.Any>
  /** The steps, the same for every database; a model that contradicts itself is its failure. */
  readonly script: Effect.Effect<Definitions.Script, ConfigurationError>
}

/**
 * How tables are made.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreateOptions {
  /** Leaves a table that is there as it is, whatever its columns are. Default false: it is a QueryError. */
  readonly ifNotExists?: boolean
}

/**
 * How tables are dropped.
 *
 * @since 0.1.0
 * @category models
 */
export interface DropOptions {
  /** Passes over a table that is not there. Default true; false makes it a QueryError. */
  readonly ifExists?: boolean
}

const proto = {
  ...Effectable.CommitPrototype,
  commit(this: Ddl) {
    return Effect.flatMap(Database.Database, (database) => Effect.asVoid(Effect.flatMap(this.script, database.run)))
  }
}

const make = (models: ReadonlyArray<Model.Any>, plan: () => Definitions.Script): Ddl =>
  Object.assign(Object.create(proto), {
    models,
    script: Effect.suspend(() => {
      try {
        return Effect.succeed(plan())
      } catch (problem) {
        return problem instanceof ConfigurationError ? Effect.fail(problem) : Effect.die(problem)
      }
    })
  })

/** Models one by one, or in an array with options after it. */
type Given = ReadonlyArray<Model.Any | ReadonlyArray<Model.Any> | object | undefined>

const read = <Options>(given: Given): readonly [ReadonlyArray<Model.Any>, Options | undefined] =>
  Array.isArray(given[0]) ? [given[0], given[1] as Options | undefined] : [given as ReadonlyArray<Model.Any>, undefined]

/**
 * Makes the tables of models with their keys, constraints and indexes, each after those that it refers to.
 *
 * Takes the models one by one, or in an array with options after it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const create: {
  (...models: ReadonlyArray<Model.Any>): Ddl
  (models: ReadonlyArray<Model.Any>, options?: CreateOptions): Ddl
} = (...given: Given): Ddl => {
  const [models, options] = read<CreateOptions>(given)
  return make(models, () => Plan.create(models, options?.ifNotExists === true))
}

/**
 * Drops the tables of models, rows and all, each before those that it refers to.
 *
 * Takes the models one by one, or in an array with options after it. A table that others still refer to stays, and its failure says so; SQLite instead does to their rows first what their references
 * say (`onDelete`), and fails where they say nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const drop: {
  (...models: ReadonlyArray<Model.Any>): Ddl
  (models: ReadonlyArray<Model.Any>, options?: DropOptions): Ddl
} = (...given: Given): Ddl => {
  const [models, options] = read<DropOptions>(given)
  return make(models, () => Plan.drop(models, options?.ifExists !== false))
}

/**
 * The SQL for the database at hand, a statement after the other, each ended by a semicolon; nothing is sent.
 *
 * @since 0.1.0
 * @category accessors
 */
export const toSql = (self: Ddl): Effect.Effect<string, Failure, Database.Database> =>
  Effect.flatMap(
    Database.Database,
    (database) => Effect.flatMap(self.script, (script) => Effect.map(database.print(script), ({ sql }) => sql))
  )
