/**
 * Who is asked and told about which table.
 */
import { ConfigurationError } from "../DbError.js"
import type * as Model from "../Model.js"
import { isModel, tableOf } from "../Model.js"
import type { Table } from "../sql/ast.js"
import * as Predicate from "effect/Predicate"
import { beforeKinds, changeKinds, transactionKinds } from "./events.js"
import { isAll, modelsOf } from "./handlers.js"
import type { Registered } from "./handlers.js"

/** A handler of one model; undefined for all. */
interface OfModel extends Registered {
  readonly model: Model.Any | undefined
}

/** Who has to do with one table, in the order of the Layer. */
export interface Entry {
  readonly guards: ReadonlyArray<OfModel>
  readonly watchers: ReadonlyArray<Registered>
  readonly commits: ReadonlyArray<Registered>
}

const rolesOf: { readonly [role: string]: ReadonlyArray<string> } = {
  guard: beforeKinds,
  watch: [...beforeKinds, ...changeKinds, "loaded", ...transactionKinds],
  afterCommit: changeKinds
}

/** What is wrong with a handler, which the compiler tells typed programs. */
export const problemOf = (registered: Registered): ConfigurationError | undefined => {
  if (!Predicate.isRecord(registered)) return new ConfigurationError({ problem: "Signals has what is no handler" })
  const { handle, kinds, name, role, subject } = registered
  const refuse = (problem: string) => new ConfigurationError({ problem: `The handler ${name} of Signals ${problem}` })
  if (typeof handle !== "function") return refuse("is no function of an event")
  if (kinds === undefined) {
    return role !== "guard" && Predicate.hasProperty(subject, "schema") ? undefined : refuse("is told of nothing")
  }
  if (!isAll(subject) && (modelsOf(subject).length === 0 || !modelsOf(subject).every(isModel))) {
    return refuse("is of something that is no model")
  }
  const known = isAll(subject) ? rolesOf[role] : rolesOf[role]?.filter((kind) => !transactionKinds.includes(kind))
  const unknown = kinds.find((kind) => known?.includes(kind) !== true)
  return unknown === undefined && kinds.length > 0
    ? undefined
    : refuse(`is of ${kinds.length === 0 ? "nothing" : `${unknown}, of which a ${role} cannot be`}`)
}

/** The handlers of a Layer by table: one look-up a statement. */
export class Registry {
  private readonly byTable = new Map<Table, Entry | undefined>()
  private readonly every: ReadonlyArray<Registered>
  private readonly isOfAny: boolean
  /** Whether anybody is told of what is read. */
  readonly readsAny: boolean
  /** Whether anybody may change what is written: guards of all models do not. */
  readonly rewritesAny: boolean

  constructor(private readonly handlers: ReadonlyArray<Registered>) {
    this.every = handlers.filter(({ subject }) => isAll(subject))
    this.isOfAny = this.every.some(({ kinds }) => kinds?.some((kind) => !transactionKinds.includes(kind)))
    this.readsAny = handlers.some(({ kinds }) => kinds?.includes("loaded") === true)
    this.rewritesAny = handlers.some(({ role, subject }) => role === "guard" && !isAll(subject))
    for (const { kinds, subject } of handlers) {
      if (kinds !== undefined && !isAll(subject)) {
        for (const model of modelsOf(subject)) this.byTable.set(tableOf(model), undefined)
      }
    }
    for (const table of this.byTable.keys()) this.byTable.set(table, this.make(table))
  }

  of(table: Table): Entry | undefined {
    const found = this.byTable.get(table)
    if (found !== undefined || !this.isOfAny) return found
    const made = this.make(table)
    this.byTable.set(table, made)
    return made
  }

  /** Those of a step of transactions. */
  ofTransaction(step: "begin" | "commit" | "rollback"): ReadonlyArray<Registered> {
    return this.every.filter(({ kinds }) => kinds?.includes(step))
  }

  private make(table: Table): Entry {
    const own = this.handlers.flatMap((one): ReadonlyArray<OfModel> => {
      if (one.kinds === undefined) return []
      if (isAll(one.subject)) return [{ ...one, model: undefined }]
      const model = modelsOf(one.subject).find((model) => tableOf(model) === table)
      return model === undefined ? [] : [{ ...one, model }]
    })
    const ofRole = (role: Registered["role"]) => own.filter((one) => one.role === role)
    return { guards: ofRole("guard"), watchers: ofRole("watch"), commits: ofRole("afterCommit") }
  }
}
