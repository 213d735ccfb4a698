/**
 * Statements as text, for who looks at them: nothing is sent.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Printed } from "../Database.js"
import type { WriteFailure } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import * as Loader from "../Loader.js"
import type { Insert } from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import { scriptText } from "../sql/ddl.js"
import { Plans } from "../sql/plans.js"
import { InvalidInput } from "../sql/textWriter.js"
import { partsOf } from "./changes.js"
import * as Definitions from "./definitions.js"
import { sentFor } from "./kept.js"
import { needsEmulation, refusal } from "./returning.js"
import { invalidInput, refused } from "./statements.js"
import type { Plain } from "./statements.js"
import { firstOf } from "./upserts.js"
import { split } from "./writes.js"

const nothing: Printed = { sql: "", parameters: [] }

/** What is sent first: of an insert in several statements one of them, and without its rows where others read them. */
const first = (given: Exclude<Plain, { readonly _tag: "Select" }>, dialect: Dialect): Plain | undefined => {
  const statement = sentFor(given)
  if (statement._tag === "Update" && statement.each !== undefined) return partsOf(statement, statement.each)[0]
  const isEmulated = needsEmulation(statement, dialect)
  const problem = isEmulated ? refusal(statement, dialect) : undefined
  if (problem !== undefined) throw problem
  const asked = statement._tag === "Insert" && statement.rows.length > 0 ? firstOf(statement, dialect) : statement
  const plain = isEmulated ? { ...asked, returning: undefined } : asked
  if (plain._tag !== "Insert" || plain.from !== undefined) return plain
  if (plain.rows.length === 0) return undefined
  const parts = split(plain, dialect)
  const insert: Insert = parts[0]!.insert
  return parts.length === 1 ? insert : { ...insert, isUndone: true }
}

const printed = (statement: Plain | undefined, plans: Plans): Printed => {
  if (statement === undefined) return nothing
  try {
    const { isHidden, parameters, text } = plans.marked(statement)
    return { sql: text, parameters: parameters.map((value, i) => isHidden[i] === true ? Redacted.make(value) : value) }
  } catch (problem) {
    throw problem instanceof InvalidInput ? invalidInput(statement, undefined, problem) : problem
  }
}

/** Prints for one dialect. */
export const make =
  (dialect: Dialect, loader = Loader.make(dialect.capabilities), plans = new Plans(dialect)) =>
  (statement: Statement): Effect.Effect<Printed, WriteFailure> => {
    if (statement._tag === "Script") {
      return Effect.map(
        Definitions.print(statement, { dialect, refused }),
        (all) => ({ sql: scriptText(all), parameters: [] })
      )
    }
    const attempt = (print: () => Printed) =>
      Effect.suspend(() => {
        try {
          return Effect.succeed(print())
        } catch (problem) {
          return refused(problem)
        }
      })
    if (statement._tag !== "Select") return attempt(() => printed(first(statement, dialect), plans))
    return statement.includes.length === 0
      ? attempt(() => printed(statement, plans))
      : Effect.flatMap(loader.prepare(statement), ({ select }) => attempt(() => printed(select, plans)))
  }
