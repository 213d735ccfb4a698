/**
 * Writes the rows of a graph, level by level, and puts together what was written.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Database from "../../Database.js"
import { RowNotFound, ValidationError } from "../../DbError.js"
import type { WriteFailure } from "../../DbError.js"
import * as Definition from "../../model/definition.js"
import { give } from "../../model/instance.js"
import { tableOf } from "../../Model.js"
import { rowsByKeys } from "../../query/byKeys.js"
import type * as Ast from "../../sql/ast.js"
import { Default } from "../../sql/ast.js"
import { placing } from "../../sql/keys.js"
import type { Key } from "../../sql/keys.js"
import { conversionOf } from "../../sql/valueType.js"
import { passed } from "../guards.js"
import { refOf, rowOf } from "../made.js"
import { within } from "./levels.js"
import type { Branch, Level, LinkedBranch } from "./levels.js"

type Row = { [property: string]: unknown }
type Written<A> = Effect.Effect<A, WriteFailure | RowNotFound, Database.Database>

/** The rows of a level, to which the keys of others are added. */
class Filled {
  readonly columns: Array<Ast.Column>
  readonly rows: ReadonlyArray<Array<unknown>>

  constructor(readonly level: Level) {
    this.columns = [...level.columns]
    this.rows = level.rows.map((row) => [...row])
  }

  /** Puts the values that a row has into the columns that hold them. */
  set(at: number, columns: ReadonlyArray<Ast.Column>, from: ReadonlyArray<Ast.Column>, row: Row): void {
    this.setKey(at, columns, from.map(({ property, type }) => conversionOf(type).toStored(row[property])))
  }

  setKey(at: number, columns: ReadonlyArray<Ast.Column>, stored: ReadonlyArray<unknown>): void {
    columns.forEach((column, i) => {
      let place = this.columns.indexOf(column)
      if (place === -1) {
        place = this.columns.push(column) - 1
        for (const row of this.rows) row.push(Default)
      }
      this.rows[at]![place] = stored[i]
    })
  }

  /** Where a row says nothing of a column whose default is null, it says so: some databases insert rows with and without defaults apart. */
  setNull(columns: ReadonlyArray<Ast.Column>): void {
    const { columns: all } = this.level.model[Definition.Define]
    for (const column of columns) {
      const place = this.columns.indexOf(column)
      const hasDefault = all.find(({ name }) => name === column.name)?.details.default !== undefined
      if (place === -1 || hasDefault || !column.type.nullable) continue
      for (const row of this.rows) if (row[place] === Default) row[place] = null
    }
  }

  /** The stored values of columns; undefined where a row leaves one to the database, or to null. */
  key(at: number, columns: ReadonlyArray<Ast.Column>): Key | undefined {
    const row = this.rows[at]!
    const key = columns.map((column) => {
      const place = this.columns.indexOf(column)
      return place === -1 ? Default : row[place]
    })
    return key.some((value) => value === Default || value === null) ? undefined : key
  }

  insert(isGiven: boolean): Written<ReadonlyArray<Row>> {
    const { many, model, paths } = this.level
    if (this.rows.length === 0) return Effect.succeed([])
    const ref = refOf(model)
    const insert: Ast.Insert = {
      _tag: "Insert",
      table: tableOf(model),
      ref,
      columns: this.columns,
      rows: this.rows,
      conflict: undefined,
      returning: isGiven ? rowOf(model, ref) : undefined,
      many
    }
    return Effect.mapError(
      Effect.flatMap(
        passed(model, insert),
        (one) => Database.run(one, ({ rows }) => Effect.succeed(rows as ReadonlyArray<Row>))
      ),
      (error) =>
        error._tag === "ValidationError"
          ? new ValidationError({ subject: error.subject, issues: within(paths, error) })
          : error
    )
  }
}

/** Rows that are there, in the order of their stored keys, each an object of its own. */
const rowsThere = (
  { plan }: Branch,
  columns: ReadonlyArray<Ast.Column>,
  keys: ReadonlyArray<Key>
): Written<ReadonlyArray<Row>> => {
  if (keys.length === 0) return Effect.succeed([])
  const place = placing(columns)
  return Effect.flatMap(rowsByKeys(plan.to, columns, keys), (found) => {
    const rows = keys.map((key) => found.get(place(key)) as Row | undefined)
    return rows.includes(undefined)
      ? Effect.fail(new RowNotFound({ hint: `${plan.to.identifier}: a row that the input refers to is not there` }))
      : Effect.succeed(rows.map((row) => Object.assign(Object.create(Object.getPrototypeOf(row)) as Row, row)))
  })
}

/** Stored values of a key as programs have them; of an Option what it holds. */
const keyOf = (columns: ReadonlyArray<Ast.Column>, stored: Key): Key =>
  stored.map((one, i) => {
    const value = conversionOf(columns[i]!.type).fromStored(one)
    return Option.isOption(value) ? Option.getOrNull(value) : value
  })

/** Gives each of the owners what belongs to it. */
const giveAll = (
  { name, owners, plan }: Branch,
  to: ReadonlyArray<Row>,
  rows: ReadonlyArray<Row>
): void => {
  if (plan.cardinality !== "many") rows.forEach((row, i) => give(to[owners[i]!], name, row))
  else rows.forEach((row, i) => (to[owners[i]!]![name] as Array<Row>).push(row))
}

/** What a row has of a relation of which nothing was given. */
const nothing = ({ plan }: Branch): unknown => plan.cardinality === "many" ? [] : null

const before = (branch: Branch, filled: Filled): Written<ReadonlyArray<Row>> =>
  Effect.map(write(branch.level), (rows) => {
    const { owners, plan } = branch
    rows.forEach((row, i) => filled.set(owners[i]!, plan.parent, plan.child, row))
    return rows
  })

/** The rows that inputs belong to by a key that they give themselves. */
const belonging = (branch: Branch, filled: Filled, to: ReadonlyArray<Row>): Written<void> => {
  const { name, owners, plan } = branch
  const others = to.flatMap((_, at): ReadonlyArray<readonly [number, Key]> => {
    const key = owners.includes(at) ? undefined : filled.key(at, plan.parent)
    return key === undefined ? [] : [[at, keyOf(plan.parent, key)]]
  })
  return Effect.map(rowsThere(branch, plan.child, others.map(([, key]) => key)), (rows) => {
    rows.forEach((row, i) => give(to[others[i]![0]], name, row))
  })
}

const after = (branch: Branch, to: ReadonlyArray<Row>): Written<void> => {
  const { level, owners, plan } = branch
  const rows = Effect.suspend(() =>
    write(level, (filled) => {
      owners.forEach((owner, i) => filled.set(i, plan.child, plan.parent, to[owner]!))
    })
  )
  return Effect.map(rows, (written) => giveAll(branch, to, written))
}

const linked = (branch: LinkedBranch, to: ReadonlyArray<Row>): Written<void> => {
  const { level, link, links, owners, plan, targets } = branch
  const { primaryKey } = tableOf(plan.to)
  const keys = targets.filter((target) => typeof target !== "number")
  return Effect.flatMap(write(level), (fresh) =>
    Effect.flatMap(rowsThere(branch, primaryKey, keys), (there) => {
      let next = 0
      const rows = targets.map((target) => typeof target === "number" ? fresh[target]! : there[next++]!)
      const filled = new Filled(links)
      owners.forEach((owner, i) => {
        filled.set(i, link.from, plan.parent, to[owner]!)
        filled.set(i, link.to, primaryKey, rows[i]!)
      })
      return Effect.map(filled.insert(link.as !== undefined), (linking) => {
        if (link.as !== undefined) linking.forEach((one, i) => give(rows[i], link.as!, one))
        giveAll(branch, to, rows)
      })
    }))
}

/** Writes a level and what hangs on it: its rows as they were given. */
const write = (level: Level, fill: (filled: Filled) => void = () => {}): Written<ReadonlyArray<Row>> => {
  if (level.rows.length === 0) return Effect.succeed([])
  return Effect.gen(function*() {
    const filled = new Filled(level)
    fill(filled)
    const owned = yield* Effect.forEach(level.before, (branch) => before(branch, filled))
    filled.setNull(level.before.flatMap(({ plan }) => plan.parent))
    const rows = yield* filled.insert(true)
    for (const branch of [...level.before, ...level.after, ...level.linked]) {
      for (const row of rows) give(row, branch.name, nothing(branch))
    }
    level.before.forEach((branch, i) => giveAll(branch, rows, owned[i]!))
    yield* Effect.forEach(level.before, (branch) => belonging(branch, filled, rows), { discard: true })
    yield* Effect.forEach(level.after, (branch) => after(branch, rows), { discard: true })
    yield* Effect.forEach(level.linked, (branch) => linked(branch, rows), { discard: true })
    return rows
  })
}

/** Whether one statement writes it all. */
const isOne = ({ after, before, linked }: Level): boolean =>
  [...before, ...after, ...linked].every(({ owners, plan }) => owners.length === 0 && plan.write !== "before")

/** Writes a graph, all or nothing. */
export const writeAll = (level: Level): Written<ReadonlyArray<Row>> =>
  isOne(level)
    ? write(level)
    : Effect.flatMap(Database.Database, (database) => database.transact(write(level), undefined))
