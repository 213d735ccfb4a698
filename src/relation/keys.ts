/**
 * What relations are keyed by: the columns of one side that hold those of the other.
 */
import type * as Option from "effect/Option"
import type { ConfigurationError } from "../DbError.js"
import * as Definition from "../model/definition.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type * as Source from "../Source.js"
import type { ColumnsId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { refused } from "./definition.js"
import type { Plan } from "./definition.js"

/** What a column holds in the database: an Option of a value is that value or null. */
export type Held<A> = [A & {}] extends [Option.Option<infer X>] ? X | null : A

/** Columns of `M` that can hold a `T`: what a bad key's error message lists. */
export type ColumnsHolding<M extends Source.Any, T> = {
  [K in keyof M[typeof ColumnsId]]: [T] extends [Held<M[typeof ColumnsId][K]>] ? K
    : [Held<M[typeof ColumnsId][K]> & {}] extends [T] ? K
    : never
}[keyof M[typeof ColumnsId]]

/**
 * What a relation over a composite key is keyed by: a record from the columns of `To` that hold the key to those of `From` that are held.
 *
 * @since 0.1.0
 * @category models
 */
export type Link<From extends Model.Any, To extends Model.Any> = {
  readonly [K in keyof To[typeof ColumnsId]]?: ColumnsHolding<From, Held<To[typeof ColumnsId][K]> & {}> & string
}

/** What a key is refused as that names what is no column. An interface, as two different texts are `never` together, which says nothing. */
export interface IsNoColumn<Name> {
  readonly isNoColumn: Name
}

/** Refuses what is no column of `Holder` in a record. */
export type Known<Holder extends Model.Any, K> = K extends string ? unknown
  : [Exclude<keyof K, keyof Holder[typeof ColumnsId]>] extends [never] ? unknown
  : { readonly [P in Exclude<keyof K, keyof Holder[typeof ColumnsId]>]: IsNoColumn<P> }

type Pair = readonly [Ast.Column | undefined, Ast.Column | undefined]

const paired = (
  left: ReadonlyArray<Ast.Column>,
  right: ReadonlyArray<Ast.Column>
): ReadonlyArray<Pair> => left.map((column, i) => [column, right[i]])

/** What is wrong with the keys of a relation. */
export const problemOf = (
  plan: Pick<Plan, "from" | "to" | "parent" | "child" | "links">
): ConfigurationError | undefined => {
  if (plan.parent.length === 0 || plan.parent.length !== plan.child.length) {
    return refused(plan, "does not cover the whole key: give a record of columns for a composite key")
  }
  const pairs = [
    ...paired(plan.parent, plan.child),
    ...plan.links.flatMap(({ columns, next }) => paired(columns, next))
  ]
  if (plan.links.some(({ columns, next }) => columns.length === 0 || columns.length !== next.length)) {
    return refused(plan, `does not cover the whole key of ${plan.to.identifier}`)
  }
  for (const [a, b] of pairs) {
    if (a === undefined || b === undefined) {
      return refused(plan, "names a column that does not exist")
    }
    if (!Definition.sameStorage(a.type, b.type)) {
      return refused(
        plan,
        `joins ${a.property}, stored as ${a.type.storage._tag}, with ${b.property}, stored as ${b.type.storage._tag}`
      )
    }
  }
  return undefined
}

/** Whether all columns of a key are among them. */
export const covers = (
  columns: ReadonlyArray<{ readonly name: string }>,
  key: ReadonlyArray<{ readonly name: string }>
): boolean => key.length > 0 && key.every(({ name }) => columns.some((column) => column.name === name))

const isRecord = (key: unknown): key is { readonly [to: string]: string } => typeof key === "object" && key !== null

/** The two sides of a key: the columns of `holder` that hold the key, and what they hold. */
export const sides = (
  holder: Model.Any,
  held: Model.Any,
  key: unknown
): readonly [ReadonlyArray<Ast.Column>, ReadonlyArray<Ast.Column>, string | undefined] => {
  const holderTable = tableOf(holder)
  const heldTable = tableOf(held)
  const names = isRecord(key) ? Object.entries(key) : [[String(key), undefined] as const]
  const holding: Array<Ast.Column> = []
  const of: Array<Ast.Column> = []
  for (const [name, target] of names) {
    const column = holderTable.byProperty[name]
    const other = target === undefined ? heldTable.primaryKey[0] : heldTable.byProperty[target]
    if (column === undefined) return [[], [], `names ${holder.identifier}.${name}, which is no column`]
    if (other === undefined) {
      return [
        [],
        [],
        target === undefined
          ? `needs a primary key on ${held.identifier}`
          : `names ${held.identifier}.${target}, which is no column`
      ]
    }
    holding.push(column)
    of.push(other)
  }
  if (!isRecord(key) && heldTable.primaryKey.length > 1) {
    return [holding, of, `needs the whole key of ${held.identifier}: give a record of its columns`]
  }
  return [holding, of, undefined]
}
