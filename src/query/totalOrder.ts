/**
 * An order in which no two rows of a query are equal: its own, and after it what tells rows apart.
 */
import { orNull } from "../sql/valueType.js"
import type * as Ast from "../sql/ast.js"
import type { Scope, Use } from "./scope.js"

/** A row of a table, or of a group: expressions of which no two rows have the same values. */
type Key = ReadonlyArray<Ast.Expression>

const isSame = (one: Ast.Expression, other: Ast.Expression): boolean =>
  one === other ||
  (one._tag === "Column" && other._tag === "Column" && one.ref === other.ref && one.name === other.name)

const isAmong = (one: Ast.Expression, all: Key): boolean => all.some((other) => isSame(one, other))

/** The keys that a table has: the primary one, and what is unique and never NULL. */
const keysOf = (
  { ref, rows, table }: Extract<Ast.Source, { readonly _tag: "TableSource" }>,
  optional: boolean
): ReadonlyArray<Key> => {
  const key = (columns: ReadonlyArray<Ast.Column>): Key =>
    columns.map(({ name, type }) => ({ _tag: "Column", ref, name, type: optional ? orNull(type) : type }))
  const keys: Array<Key> = table.primaryKey.length === 0 ? [] : [key(table.primaryKey)]
  for (const { columns, kind, ofLiving } of table.constraints) {
    if (ofLiving === true && rows !== undefined) continue
    const found = columns.map((name) => table.columns.find((column) => column.name === name))
    if (kind === "unique" && found.every((column) => column !== undefined && !column.type.nullable)) {
      keys.push(key(found as ReadonlyArray<Ast.Column>))
    }
  }
  return keys
}

/** What the columns of a source are said to be equal to, where it certainly is so. */
const equalTo = (condition: Ast.Expression | undefined, ref: Ast.Ref): ReadonlyArray<Ast.Expression> => {
  if (condition?._tag !== "Call") return []
  const { args, operator } = condition
  if (operator.name === "and") return args.flatMap((one) => equalTo(one, ref))
  if (operator.name !== "eq") return []
  const [left, right] = args as readonly [Ast.Expression, Ast.Expression]
  const isOwn = (one: Ast.Expression) => one._tag === "Column" && one.ref === ref
  // Beside another column of the same row it says nothing of how many rows there are.
  if (isOwn(left) === isOwn(right)) return []
  return [isOwn(left) ? left : right]
}

/** Whether at most one row of a joined source stands beside each row. */
const isToOne = ({ kind, on }: Ast.Join, keys: ReadonlyArray<Key>, ref: Ast.Ref): boolean => {
  if (kind !== "inner" && kind !== "left") return false
  const equal = equalTo(on, ref)
  return keys.some((key) => key.every((one) => isAmong(one, equal)))
}

/** What tells the rows of a select apart, or in words why nothing is known that does. */
const keyOf = (ast: Ast.Select, scope: Scope, ordered: Key): Key | string => {
  if (ast.groupBy.length > 0) {
    const groups = ast.groupBy.filter((one): one is Ast.Expression => one._tag !== "Grouping")
    return groups.length === ast.groupBy.length ? groups : "several groupings have equal rows"
  }
  const uses = [scope.use, ...scope.uses.values()]
  const key: Array<Ast.Expression> = []
  const joins = new Map(ast.joins.map((join) => [join.source.ref, join]))
  for (const source of [ast.from, ...ast.joins.map((join) => join.source)]) {
    const { ref } = source
    const use = uses.find((use: Use) => use.ref === ref)
    if (source._tag !== "TableSource") return `nothing is known of ${ref.hint} that tells its rows apart`
    const keys = keysOf(source, use?.optional ?? true)
    const join = joins.get(ref)
    if (join !== undefined && isToOne(join, keys, ref)) continue
    const chosen = keys.find((key) => key.every((one) => isAmong(one, ordered))) ?? keys[0]
    if (chosen === undefined) return `${source.table.name} has no primary key that would tell its rows apart`
    key.push(...chosen)
  }
  return key
}

/** The order with what it lacks, or in words why that is not known. What is added goes as the last term does, so that one index serves. */
export const totalOrder = (ast: Ast.Select, scope: Scope): ReadonlyArray<Ast.Order> | string => {
  const ordered = ast.orderBy.map(({ expression }) => expression)
  const key = keyOf(ast, scope, ordered)
  if (typeof key === "string") return key
  const last = ast.orderBy.at(-1)
  return [
    ...ast.orderBy,
    ...key.filter((one) => !isAmong(one, ordered)).map((expression): Ast.Order => ({
      expression,
      direction: last?.direction ?? "asc",
      nulls: last?.nulls ?? "last"
    }))
  ]
}
