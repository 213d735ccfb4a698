/**
 * Related rows are put on the rows that they belong to.
 */
import * as Effect from "effect/Effect"
import { ConfigurationError, DecodeError } from "../DbError.js"
import type { ReadFailure } from "../DbError.js"
import { give } from "../model/instance.js"
import { placing } from "../sql/keys.js"
import type { Key } from "../sql/keys.js"
import { refused } from "../executor/statements.js"
import type { Include } from "../sql/ast.js"
import { children } from "./children.js"
import type { Run } from "./children.js"
import { bareKey, hasParts, partName, rowsName } from "./parts.js"
import type { Form, Keyed } from "./parts.js"
import { problemOfInclude } from "./problems.js"

/** Gives rows what they are to carry beside their own. */
const giveBeside = (all: ReadonlyArray<Keyed>): void => {
  for (const { beside, row } of all) for (const name in beside) give(row, name, beside[name])
}

/** Puts on each row what was found for it; the number of the row whose one is missing, or nothing. */
const putAll = (
  rows: ReadonlyArray<any>,
  { cardinality, name, select }: Include,
  found: (at: number) => ReadonlyArray<any>
): DecodeError | undefined => {
  for (let i = 0; i < rows.length; i++) {
    const related = found(i)
    if (cardinality === "one" && related.length === 0) {
      return new DecodeError({
        table: select.from.ref.hint,
        column: name,
        row: i,
        problem: "the row that it belongs to is missing"
      })
    }
    // Each row has an array of its own, which programs may change.
    give(rows[i], name, cardinality !== "many" ? related[0] ?? null : related.length === 0 ? [] : related)
  }
  return undefined
}

const outcome = (problem: DecodeError | undefined): Effect.Effect<void, DecodeError> =>
  problem === undefined ? Effect.void : Effect.fail(problem)

/** By a statement for all rows; `keyAt` is what the relation starts from in a row. */
const select = (
  rows: ReadonlyArray<any>,
  include: Include,
  keyAt: (at: number) => Key,
  form: Form,
  run: Run
): Effect.Effect<void, ReadFailure> => {
  const wanted = new Map<unknown, Key>()
  const placeOf = placing(include.parent)
  const places = rows.map((_, i) => {
    const key = keyAt(i)
    if (key.includes(null)) return undefined
    const place = placeOf(key)
    wanted.set(place, key)
    return place
  })
  return Effect.flatMap(
    children(include, [...wanted.values()], form, run),
    ({ all, of }) => {
      giveBeside(all)
      return Effect.flatMap(
        attach(all, include.select.includes, form, run),
        () =>
          outcome(putAll(rows, include, (i) => {
            const place = places[i]
            return place === undefined ? none : of(place)
          }))
      )
    }
  )
}

const none: ReadonlyArray<never> = []

/** What came with the rows themselves. */
const unfold = (
  parents: ReadonlyArray<Keyed>,
  include: Include,
  at: number,
  form: Form,
  run: Run
): Effect.Effect<void, ReadFailure> => {
  const name = rowsName(at)
  const { includes } = include.select
  const cameWith = (i: number): ReadonlyArray<any> => (parents[i]!.keys[name] as ReadonlyArray<any> | null) ?? none
  const rows = parents.map(({ row }) => row)
  if (!hasParts(include)) return outcome(putAll(rows, include, cameWith))
  const all: Array<Keyed> = []
  for (let i = 0; i < parents.length; i++) for (const one of cameWith(i) as ReadonlyArray<Keyed>) all.push(one)
  giveBeside(all)
  return Effect.flatMap(
    attach(all, includes, form, run),
    () => outcome(putAll(rows, include, (i) => (cameWith(i) as ReadonlyArray<Keyed>).map(({ row }) => row)))
  )
}

/** Loads the relations of rows that were read with the parts for them. */
export const attach = (
  parents: ReadonlyArray<Keyed>,
  includes: ReadonlyArray<Include>,
  form: Form,
  run: Run
): Effect.Effect<void, ReadFailure> =>
  Effect.forEach(includes, (include, at) =>
    Effect.suspend(() => {
      if (include.strategy === "join") return unfold(parents, include, at, form, run)
      const names = include.parent.map((_, part) => partName(at, part))
      return select(
        parents.map(({ row }) => row),
        include,
        (i) => names.map((name) => bareKey(parents[i]!.keys[name])),
        form,
        run
      )
    }), { discard: true })

/** What a relation starts from in a row that programs have had. */
const keyOf = (row: any, { name, parent }: Include): Key =>
  parent.map(({ property }) => {
    const value: unknown = bareKey(row[property])
    if (value === undefined) {
      throw new ConfigurationError({ problem: `A row has no ${property}, which the relation ${name} starts from` })
    }
    return value
  })

const frozen = ({ name }: Include): ConfigurationError =>
  new ConfigurationError({
    problem: `A row that is frozen cannot have ${name} loaded onto it`,
    hint: "load onto a copy"
  })

/** Loads relations onto rows that are there already, where these do not have them. */
export const onto = (
  given: ReadonlyArray<any>,
  includes: ReadonlyArray<Include>,
  form: Form,
  run: Run
): Effect.Effect<void, ReadFailure> =>
  Effect.forEach(includes, (include) =>
    Effect.suspend(() => {
      const problem = problemOfInclude(include)
      if (problem !== undefined) return Effect.fail(problem)
      const rows = [...new Set(given)]
      const lacking = rows.filter((row) => !Object.hasOwn(row, include.name))
      if (!lacking.every(Object.isExtensible)) return Effect.fail(frozen(include))
      const having = rows.flatMap((row) => Object.hasOwn(row, include.name) ? row[include.name] ?? [] : [])
      try {
        const keys = lacking.map((row) => keyOf(row, include))
        return Effect.zipRight(
          select(lacking, include, (i) => keys[i]!, form, run),
          onto(having, include.select.includes, form, run)
        )
      } catch (problem) {
        return refused(problem) as Effect.Effect<never, ReadFailure>
      }
    }), { discard: true })
