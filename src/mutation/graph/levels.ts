/**
 * The input of a graph, taken apart into the rows of each model and level, all of them checked before anything is sent.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { ValidationError } from "../../DbError.js"
import type { Issue, WriteFailure } from "../../DbError.js"
import type * as Model from "../../Model.js"
import { tableOf } from "../../Model.js"
import type { Linking as Link, Plan } from "../../relation/definition.js"
import { refused } from "../../relation/definition.js"
import type * as Ast from "../../sql/ast.js"
import { Default } from "../../sql/ast.js"
import type { Key } from "../../sql/keys.js"
import type { Filling } from "../filling.js"
import * as Input from "../input.js"
import { targetOf } from "./targets.js"

type Path = ReadonlyArray<string | number>
type Plans = { readonly [name: string]: Plan }

/** An input, and where it stands in the whole. */
interface Item {
  readonly input: unknown
  readonly path: Path
}

/** Rows of one model that are inserted together, and what hangs on them; places are those of its rows. */
export interface Level {
  readonly model: Model.Any
  readonly columns: ReadonlyArray<Ast.Column>
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
  /** Whether they are a set, however many these are. */
  readonly many: boolean
  readonly paths: ReadonlyArray<Path>
  readonly names: ReadonlyArray<string>
  /** Rows that these belong to: written before, as these hold their keys. */
  readonly before: ReadonlyArray<Branch>
  /** Rows that belong to these. */
  readonly after: ReadonlyArray<Branch>
  readonly linked: ReadonlyArray<LinkedBranch>
}

/** `owners` are the places of the rows that each row of the branch belongs to, or that belong to it. */
export interface Branch {
  readonly name: string
  readonly plan: Plan
  readonly level: Level
  readonly owners: ReadonlyArray<number>
}

/** A branch by way of rows that link: at the far end new rows, by their places in the level, and some that are there. */
export interface LinkedBranch extends Branch {
  readonly link: Link
  readonly targets: ReadonlyArray<number | Key>
  readonly targetPaths: ReadonlyArray<Path>
  /** The rows that link, without the keys. */
  readonly links: Level
}

const isBefore = ({ write }: Plan): boolean => write === "before"
const linkOf = ({ write }: Plan): Link | undefined => typeof write === "object" ? write : undefined

const problemOf = (plan: Plan) => {
  if (plan.problem !== undefined) return plan.problem
  const { limit, offset, scopes, write } = plan
  return write === undefined || scopes.length > 0 || limit !== undefined || offset !== undefined
    ? refused(plan, "is not all of hasMany, hasOne, belongsTo or manyToMany, so nothing is written through it")
    : undefined
}

const schemas = new WeakMap<object, Map<string, Schema.Schema<any, any>>>()

/** The insert schema without the columns that relations fill; those that may be given in their stead are optional. */
const schemaOf = (
  model: Model.Any,
  filled: ReadonlyArray<Ast.Column>,
  optional: ReadonlyArray<Ast.Column>
): Schema.Schema<any, any> => {
  if (filled.length === 0 && optional.length === 0) return model.insert
  let known = schemas.get(model)
  if (known === undefined) schemas.set(model, known = new Map())
  const names = (columns: ReadonlyArray<Ast.Column>) => columns.map(({ property }) => property)
  const id = JSON.stringify([names(filled), names(optional)])
  let schema = known.get(id)
  if (schema === undefined) {
    const fields = model.insert.fields as Schema.Struct.Fields
    schema = Schema.Struct(Object.fromEntries(
      Object.keys(fields).filter((name) => !names(filled).includes(name)).map((name) => {
        const field = fields[name]!
        return [
          name,
          names(optional).includes(name) && Schema.isSchema(field)
            ? Schema.optionalWith(field as Schema.Schema.Any, { exact: true })
            : field
        ]
      })
    )) as unknown as Schema.Schema<any, any>
    known.set(id, schema)
  }
  return schema
}

/** Takes the inputs of one run apart, and gathers what is wrong with any of them. */
class Reader {
  readonly issues: Array<Issue> = []
  problem: WriteFailure | undefined

  constructor(private readonly filling: Filling) {}

  level(
    model: Model.Any,
    plans: Plans,
    items: ReadonlyArray<Item>,
    filled: ReadonlyArray<Ast.Column>,
    many: boolean
  ): Level {
    const names = Object.keys(plans)
    for (const name of names) this.problem ??= problemOf(plans[name]!)
    const before = names.filter((name) => isBefore(plans[name]!))
    const held = before.flatMap((name) => plans[name]!.parent)
    const inputs = items.map((item) => this.columnsOf(item, names, filled))
    const givesBranch = (at: number, name: string): boolean => {
      const { input } = items[at]!
      return Predicate.isRecord(input) && Object.hasOwn(input, name) && input[name] !== null
    }
    items.forEach(({ path }, at) => {
      for (const name of before) {
        const { parent } = plans[name]!
        // Which the relation need not be: the row that it belongs to may have been deleted, and kept.
        const isRequired = parent.every(({ type }) => !type.nullable)
        const given = parent.filter(({ property }) => Object.hasOwn(inputs[at]!, property))
        if (givesBranch(at, name)) {
          for (const { property } of given) this.refuse([...path, property], `is set by ${name}`)
        } else if (given.length === 0) {
          const isOptional = parent.every(({ property }) => isLeftOut(model, property))
          if (isRequired && !isOptional) this.refuse([...path, name], "is missing")
        }
      }
    })
    const { columns, rows } = this.checked(model, schemaOf(model, filled, held), inputs, items)
    const branches = (name: string) => this.branch(name, plans[name]!, items, many)
    return {
      model,
      columns,
      rows,
      many,
      paths: items.map(({ path }) => path),
      names,
      before: before.map(branches),
      after: names.filter((name) => plans[name]!.write === "after").map(branches),
      linked: names.flatMap((name) => {
        const link = linkOf(plans[name]!)
        return link === undefined ? [] : [this.linked(name, plans[name]!, link, items)]
      })
    }
  }

  private refuse(path: Path, message: string): void {
    this.issues.push({ path, message })
  }

  /** An input without its branches. */
  private columnsOf({ input, path }: Item, names: ReadonlyArray<string>, filled: ReadonlyArray<Ast.Column>): object {
    if (!Predicate.isRecord(input)) {
      this.refuse(path, "is no record of columns")
      return {}
    }
    for (const { property } of filled) {
      if (Object.hasOwn(input, property)) this.refuse([...path, property], "is set by the relation")
    }
    return Object.fromEntries(
      Object.entries(input).filter(([name]) =>
        !names.includes(name) && !filled.some(({ property }) => property === name)
      )
    )
  }

  private checked(
    model: Model.Any,
    schema: Schema.Schema<any, any>,
    inputs: ReadonlyArray<object>,
    items: ReadonlyArray<Item>
  ): Input.RowsToInsert {
    if (inputs.length === 0 || this.problem !== undefined) return { columns: [], rows: [] }
    const outcome = Effect.runSync(Effect.either(Input.rowsToInsert(model, schema, inputs, this.filling, true)))
    if (Either.isRight(outcome)) return outcome.right
    if (outcome.left._tag === "ValidationError") {
      this.issues.push(...within(items.map(({ path }) => path), outcome.left))
    } else this.problem = outcome.left
    return { columns: [], rows: [] }
  }

  /** What the items give for a relation, each with the place of its item. */
  private given(name: string, { cardinality }: Plan, items: ReadonlyArray<Item>) {
    return items.flatMap(({ input, path }, owner): ReadonlyArray<Item & { readonly owner: number }> => {
      const own: Path = [...path, name]
      if (!Predicate.isRecord(input) || !Object.hasOwn(input, name)) return []
      const value = input[name]
      if (cardinality !== "many") return value === null ? [] : [{ input: value, path: own, owner }]
      if (Array.isArray(value)) return value.map((one: unknown, i) => ({ input: one, path: [...own, i], owner }))
      this.refuse(own, "takes a list of rows")
      return []
    })
  }

  private branch(name: string, plan: Plan, items: ReadonlyArray<Item>, many: boolean): Branch {
    const given = this.given(name, plan, items)
    const filled = isBefore(plan) ? [] : plan.child
    return {
      name,
      plan,
      level: this.level(plan.to, plan.includes, given, filled, many || plan.cardinality === "many"),
      owners: given.map(({ owner }) => owner)
    }
  }

  private linked(name: string, plan: Plan, link: Link, items: ReadonlyArray<Item>): LinkedBranch {
    const fresh: Array<Item> = []
    const given = this.given(name, plan, items).map((item) => ({ ...item, target: targetOf(item.input) }))
    const { primaryKey } = tableOf(plan.to)
    const targets = given.map(({ path, target }): number | Key => {
      if (target.key === undefined) return fresh.push({ input: target.input, path }) - 1
      const { value } = target.key
      const key = primaryKey.length === 1
        ? [value]
        : primaryKey.map(({ property }) => Predicate.isRecord(value) ? value[property] : undefined)
      if (key.some((part) => part === undefined || part === null)) this.refuse(path, "is no key of a row that is there")
      return key
    })
    const links = given.map(({ path, target }) => ({ input: target.columns, path }))
    return {
      name,
      plan,
      link,
      owners: given.map(({ owner }) => owner),
      targets,
      targetPaths: given.map(({ path }) => path),
      level: this.level(plan.to, plan.includes, fresh, [], true),
      links: this.level(link.model, {}, links, [...link.from, ...link.to], true)
    }
  }
}

/** Whether an insert may say nothing of a column. */
const isLeftOut = (model: Model.Any, property: string): boolean => {
  const field = (model.insert.fields as Schema.Struct.Fields)[property]
  return field === undefined || !Schema.isSchema(field)
}

/** The issues of rows that were inserted together, where they stand in the whole. */
export const within = (paths: ReadonlyArray<Path>, { issues }: ValidationError): ReadonlyArray<Issue> =>
  issues.map(({ message, path: [first, ...rest] }) =>
    typeof first === "number"
      ? { path: [...paths[first]!, ...rest], message }
      : { path: [...paths[0]!, ...(first === undefined ? [] : [first, ...rest])], message }
  )

/** A column of a level that nothing was said of, by its place; it is added where no row gives it. */
export const withColumns = (
  { columns, rows }: Pick<Level, "columns" | "rows">,
  added: ReadonlyArray<Ast.Column>
): { readonly columns: ReadonlyArray<Ast.Column>; readonly rows: ReadonlyArray<Array<unknown>> } => {
  const missing = added.filter((column) => !columns.includes(column))
  return {
    columns: [...columns, ...missing],
    rows: rows.map((row) => [...row, ...missing.map(() => Default)])
  }
}

/** The levels of inputs, or all that is wrong with them. */
export const levelsOf = (
  model: Model.Any,
  plans: Plans,
  inputs: unknown,
  many: boolean,
  filling: Filling
): Either.Either<Level, WriteFailure> => {
  const invalid = (issues: ReadonlyArray<Issue>) =>
    Either.left(new ValidationError({ subject: `The input of an insert of ${model.identifier}`, issues }))
  if (many && !Array.isArray(inputs)) return invalid([{ path: [], message: "takes a list of rows" }])
  const reader = new Reader(filling)
  const items = (many ? inputs as ReadonlyArray<unknown> : [inputs]).map((input, i) => ({
    input,
    path: many ? [i] : []
  }))
  const level = reader.level(model, plans, items, [], many)
  if (reader.problem !== undefined) return Either.left(reader.problem)
  return reader.issues.length > 0 ? invalid(reader.issues) : Either.right(level)
}
