/**
 * What writes fill in by themselves: the time, who writes, the number of writes.
 */
import * as Context from "effect/Context"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import { CurrentActor } from "../CurrentActor.js"
import { ConfigurationError, ValidationError } from "../DbError.js"
import * as Expr from "../expr/core.js"
import { add } from "../expr/number.js"
import type * as Ast from "../sql/ast.js"
import { columnOf } from "../sql/nodes.js"
import { InvalidValue } from "../sql/storage.js"
import { problemOf, storedFromEncoded } from "../sql/valueType.js"

/** What there is to fill in when a statement is made. */
export interface Filling {
  readonly now: number
  /** Who writes is looked up in it where a table keeps that. */
  readonly context: Context.Context<never>
}

/** The places of a table's columns that are filled in where an input says nothing. */
export interface Filled {
  readonly onInsert: ReadonlyArray<number>
  readonly onUpdate: ReadonlyArray<number>
  readonly isAudited: boolean
}

const known = new WeakMap<Ast.Table, Filled>()

export const filledOf = (table: Ast.Table): Filled => {
  let found = known.get(table)
  if (found === undefined) {
    const places = (isSo: (filled: NonNullable<Ast.Column["filled"]>) => boolean) =>
      table.columns.flatMap(({ filled }, at) => filled !== undefined && isSo(filled) ? [at] : [])
    found = {
      onInsert: places(() => true),
      onUpdate: places(({ when }) => when === "insert and update"),
      isAudited: places(({ by }) => by === "actor").length > 0
    }
    known.set(table, found)
  }
  return found
}

/** The columns that are filled in where an insert says nothing. */
export const columnsOnInsert = (table: Ast.Table): ReadonlyArray<Ast.Column> =>
  filledOf(table).onInsert.map((at) => table.columns[at]!)

export const columnsOnUpdate = (table: Ast.Table): ReadonlyArray<Ast.Column> =>
  filledOf(table).onUpdate.map((at) => table.columns[at]!)

type Refused = ConfigurationError | ValidationError

/** The one who writes, as a column stores it. */
const actorOf = (table: Ast.Table, column: Ast.Column, { context }: Filling): Either.Either<unknown, Refused> => {
  const actor = Context.getOption(context as Context.Context<CurrentActor>, CurrentActor)
  if (Option.isNone(actor)) {
    return Either.left(
      new ConfigurationError({
        problem: `${table.identifier} keeps who writes it, and there is no CurrentActor`,
        hint: "provide it where the program runs: Effect.provideService(CurrentActor.CurrentActor, actor)"
      })
    )
  }
  const refuse = (message: string) =>
    Either.left(
      new ValidationError({
        subject: `The CurrentActor of a write on ${table.identifier}`,
        issues: [{ path: [column.property], message }]
      })
    )
  const { schema, storage } = column.type
  const encoded = ParseResult.encodeUnknownEither(schema)(actor.value)
  if (Either.isLeft(encoded)) return refuse(problemOf(encoded.left))
  try {
    return Either.right(storedFromEncoded(storage, encoded.right))
  } catch (problem) {
    if (!(problem instanceof InvalidValue)) throw problem
    return refuse(problem.message)
  }
}

/** The stored value that an insert puts into a column which is filled in. */
export const valueOnInsert = (
  table: Ast.Table,
  column: Ast.Column,
  filling: Filling
): Either.Either<unknown, Refused> => {
  switch (column.filled?.by) {
    case "actor":
      return actorOf(table, column, filling)
    case "version":
      return Either.right(1)
    default:
      return Either.right(filling.now)
  }
}

/** What an insert fills in: a value for each of `onInsert`, and why one is missing if it is. */
export const valuesOnInsert = (
  table: Ast.Table,
  filling: Filling
): { readonly values: ReadonlyArray<unknown>; readonly problem: Refused | undefined } => {
  const { isAudited, onInsert } = filledOf(table)
  let problem: Refused | undefined
  const values = onInsert.map((at) => {
    const column = table.columns[at]!
    if (!isAudited) return column.filled?.by === "version" ? 1 : filling.now
    const value = valueOnInsert(table, column, filling)
    if (Either.isRight(value)) return value.right
    problem ??= value.left
    return missing
  })
  return { values, problem }
}

/** Stands for a value that could not be filled in. */
export const missing: unique symbol = Symbol()

const stored = (column: Ast.Column, value: unknown): Ast.Assignment => ({
  column,
  value: { _tag: "Stored", column, value, type: column.type }
})

const none: Either.Either<ReadonlyArray<Ast.Assignment>> = Either.right([])

/** What an update sets beside what it says. */
export const assignmentsOnUpdate = (
  table: Ast.Table,
  ref: Ast.Ref,
  isSet: (column: Ast.Column) => boolean,
  filling: Filling
): Either.Either<ReadonlyArray<Ast.Assignment>, Refused> => {
  const { onUpdate } = filledOf(table)
  if (onUpdate.length === 0) return none
  const assigned: Array<Ast.Assignment> = []
  for (const at of onUpdate) {
    const column = table.columns[at]!
    if (isSet(column)) continue
    if (column.filled?.by === "version") assigned.push(oneMore(column, ref))
    else {
      const value = valueOnInsert(table, column, filling)
      if (Either.isLeft(value)) return Either.left(value.left)
      assigned.push(stored(column, value.right))
    }
  }
  return Either.right(assigned)
}

/** `version = version + 1` */
export const oneMore = (column: Ast.Column, ref: Ast.Ref): Ast.Assignment => ({
  column,
  value: Expr.nodeOf(add(Expr.make<number>(columnOf(ref, column)), Expr.make<number>(Expr.literal(1))))
})

/** What is set in rows of a table that go and are kept, or come back, and in those that follow them. */
export const changeOf = (
  table: Ast.Table,
  deletedAt: Ast.Column,
  ref: Ast.Ref,
  isDeleted: boolean,
  filling: Filling
): Either.Either<Ast.Change, Refused> => {
  const made = new Map<Ast.Table, Ast.Change>()
  let problem: Refused | undefined
  const make = (table: Ast.Table, deletedAt: Ast.Column, ref: Ast.Ref): Ast.Change => {
    const follow: Array<Ast.Following> = []
    problem ??= table.problem()
    const assigned = assignmentsOnUpdate(table, ref, () => false, filling)
    if (Either.isLeft(assigned)) problem ??= assigned.left
    const change: Ast.Change = {
      ref,
      set: [stored(deletedAt, isDeleted ? filling.now : null), ...Either.getOrElse(assigned, () => [])],
      follow
    }
    // Tables may hold on to each other, or to themselves.
    made.set(table, change)
    for (const cascade of table.cascades?.() ?? []) {
      const own = cascade.table
      if (own.deletedAt === undefined) continue
      follow.push({ ...cascade, change: made.get(own) ?? make(own, own.deletedAt, { hint: own.name }) })
    }
    return change
  }
  const change = make(table, deletedAt, ref)
  return problem === undefined ? Either.right(change) : Either.left(problem)
}
