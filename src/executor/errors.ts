/**
 * From what a driver says to the typed errors, with what the model knows of the constraint where the database tells less.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as DbError from "../DbError.js"
import type { WriteFailure } from "../DbError.js"
import type { Driver, Failure } from "../Driver.js"
import type { Constraint, Insert, Table } from "../sql/ast.js"

type Violation = Extract<Failure["kind"], { readonly columns: ReadonlyArray<string> }>

const violations = {
  UniqueViolation: DbError.UniqueViolation,
  ForeignKeyViolation: DbError.ForeignKeyViolation,
  NotNullViolation: DbError.NotNullViolation,
  CheckViolation: DbError.CheckViolation,
  ExclusionViolation: DbError.ExclusionViolation
} as const

const kinds: { readonly [E in Violation["error"]]: ReadonlyArray<Constraint["kind"]> } = {
  UniqueViolation: ["unique", "primaryKey"],
  ForeignKeyViolation: ["foreignKey"],
  NotNullViolation: [],
  CheckViolation: ["check"],
  ExclusionViolation: []
}

const isViolation = (kind: Failure["kind"]): kind is Violation => "columns" in kind

/** The error of a failure, as far as the failure itself tells. */
export const toError = (failure: Failure, sql: string | undefined): WriteFailure => {
  const { code, hint, kind } = failure
  const origin = {
    ...(sql === undefined ? {} : { sql }),
    ...(code === undefined ? {} : { code }),
    ...(hint === undefined ? {} : { hint })
  }
  return DbError.withCause(make(kind, origin), failure.cause)
}

const make = (
  kind: Failure["kind"],
  origin: { readonly sql?: string; readonly code?: string; readonly hint?: string }
): WriteFailure => {
  switch (kind.error) {
    case "ConnectionError":
      return new DbError.ConnectionError({ reason: kind.reason, isRetryable: kind.isRetryable, ...origin })
    case "QueryError":
      return new DbError.QueryError({ reason: kind.reason, ...origin })
    case "TimeoutError":
      return new DbError.TimeoutError(origin)
    case "ConflictError":
      return new DbError.ConflictError({ reason: kind.reason, ...origin })
    case "UnsupportedError":
      return new DbError.UnsupportedError({
        feature: kind.feature,
        dialect: "The database",
        supportedBy: [],
        ...(origin.hint === undefined ? {} : { hint: origin.hint })
      })
    default: {
      const { columns, constraint, table } = kind
      return new violations[kind.error]({
        columns,
        ...(constraint === undefined ? {} : { constraint }),
        ...(table === undefined ? {} : { table }),
        ...origin
      })
    }
  }
}

const sameNames = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean =>
  a.length === b.length && a.every((name) => b.includes(name))

/**
 * MySQL and MariaDB tell of an upsert only that the row is there by another key than the one it names: which one is known
 * where there is but one.
 */
const otherKey = (kind: Violation, { columns, conflict, table }: Insert): Violation => {
  const target = conflict?.target.map((column) => column.name) ?? []
  const others = table.constraints.filter((one) =>
    kinds.UniqueViolation.includes(one.kind) && !sameNames(one.columns, target) &&
    one.columns.some((name) => columns.some((column) => column.name === name))
  )
  const [other] = others
  return other === undefined || others.length > 1
    ? { ...kind, table: table.name }
    : { ...kind, constraint: other.name, table: table.name, columns: other.columns }
}

/** A violation with what the statement's own table declares of the constraint. */
const fromModel = (kind: Violation, table: Table | undefined, insert: Insert | undefined): Violation => {
  if (
    insert?.conflict !== undefined && kind.error === "UniqueViolation" && kind.constraint === undefined &&
    kind.columns.length === 0
  ) return otherKey(kind, insert)
  if (table === undefined || (kind.table !== undefined && kind.table !== table.name)) return kind
  if (kind.error === "NotNullViolation") {
    // MySQL and MariaDB tell the column alone.
    const isOwn = kind.columns.length > 0 &&
      kind.columns.every((name) => table.columns.some((one) => one.name === name))
    return isOwn ? { ...kind, table: table.name } : kind
  }
  const wanted = kinds[kind.error]
  const candidates = table.constraints.filter((one) => wanted.includes(one.kind))
  // MySQL and MariaDB call every primary key PRIMARY.
  const found = kind.constraint === "PRIMARY"
    ? candidates.find((one) => one.kind === "primaryKey")
    : kind.constraint !== undefined
    ? candidates.find((one) => one.name === kind.constraint)
    : kind.columns.length > 0
    ? candidates.find((one) => sameNames(one.columns, kind.columns))
    : undefined
  if (found === undefined) return kind
  return {
    ...kind,
    constraint: found.name,
    table: table.name,
    columns: kind.columns.length > 0 ? kind.columns : found.columns
  }
}

/** Fails with the error of a failure; asks the catalogue for a constraint's columns when nothing nearer tells them. */
export const failWith = (
  failure: Failure,
  sql: string,
  table: Table | undefined,
  driver: Pick<Driver, "describeConstraint">,
  insert?: Insert
): Effect.Effect<never, WriteFailure> => {
  const { kind } = failure
  if (!isViolation(kind)) return Effect.fail(toError(failure, sql))
  const known = fromModel(kind, table, insert)
  const { constraint } = known
  if (
    constraint === undefined || (known.table !== undefined && known.columns.length > 0) ||
    kind.error === "NotNullViolation"
  ) {
    return Effect.fail(toError({ ...failure, kind: known }, sql))
  }
  return Effect.flatMap(driver.describeConstraint(constraint, known.table), (found) =>
    Effect.fail(toError({
      ...failure,
      kind: Option.match(found, {
        onNone: () => known,
        onSome: (described) => ({
          ...known,
          table: known.table ?? described.table,
          columns: known.columns.length > 0 ? known.columns : described.columns
        })
      })
    }, sql)))
}

/** Told by a driver; where the pool says so, nothing would be won by asking it once more. */
export const isUnsent = (cause: Cause.Cause<unknown>): boolean => {
  const error = Cause.failureOption(cause)
  const { _tag, kind } = (error._tag === "Some" ? error.value : {}) as Partial<Failure>
  return _tag === "Failure" && kind?.error === "ConnectionError" && kind.isRetryable
}
