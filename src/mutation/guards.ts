/**
 * Guards are asked before a write, one after the other: each may refuse it, or change its values for those after it.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Vetoed } from "../DbError.js"
import type { WriteFailure } from "../DbError.js"
import type * as Model from "../Model.js"
import type * as Ast from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import { eventOf, isWrite, occasionOf } from "./occasion.js"
import type { BeforeKind, Write } from "./occasion.js"
import { patched } from "./patch.js"

/** One that is asked of a kind of write. */
export interface Asked<E, R> {
  readonly name: string
  readonly kind: BeforeKind
  /** Undefined for one of all models, which changes nothing. */
  readonly model: Model.Any | undefined
  readonly check: (event: object) => Effect.Effect<unknown, E, R>
}

/** A write as all guards let it pass. */
export const passing = Effect.fnUntraced(
  function*<E, R>(write: Write, guards: ReadonlyArray<Asked<E, R>>): Effect.fn.Return<Write, E | WriteFailure, R> {
    let passed = write
    for (const { check, kind, model, name } of guards) {
      const event = yield* eventOf(kind, passed, occasionOf(passed))
      const patch = yield* check(event)
      if (patch !== undefined) passed = yield* patched(model, passed, kind, name, patch)
    }
    return passed
  }
)

/** What a guard that threw, died or gave no Effect refuses with: what it threw may quote values. */
export const died = (guard: string, event: string, table: string, cause: Cause.Cause<unknown>): Vetoed =>
  new Vetoed({
    guard,
    event,
    table,
    error: Redacted.make(Cause.squash(cause)),
    hint: "the guard itself failed of a defect, which `error` holds redacted: correct the guard"
  })

/** A guard's answer; what it throws or dies of refuses. */
export const asked = <E, R>(
  { name, on }: { readonly name: string; readonly on: string },
  table: string,
  check: () => Effect.Effect<unknown, E, R>
): Effect.Effect<unknown, E | Vetoed, R> =>
  Effect.catchAllCause(
    Effect.suspend(check),
    (cause): Effect.Effect<never, E | Vetoed> =>
      // A fiber that is interrupted from outside does not come here.
      Cause.failureOption(cause)._tag === "None"
        ? Effect.fail(died(name, on, table, cause))
        : Effect.failCause(cause)
  )

const isOf = (on: string, statement: Write): on is BeforeKind =>
  (occasionOf(statement).before as ReadonlyArray<string>).includes(on)

const guarded = (
  model: Model.Any,
  write: Write,
  guards: ReadonlyArray<Ast.Guard>
): Effect.Effect<Statement, WriteFailure> =>
  passing(
    write,
    guards.flatMap((guard): ReadonlyArray<Asked<never, never>> => {
      const { check, name, on } = guard
      return isOf(on, write)
        // Its failure is in the type of the mutation, as `Model.Refusal`.
        ? [{ name, kind: on, model, check: (event) => asked(guard, write.table.name, () => check(event)) as never }]
        : []
    })
  )

/** The guards of a statement's model, if it has any. */
export const ownOf = (statement: Statement): ReadonlyArray<Ast.Guard> | undefined =>
  isWrite(statement) ? statement.table.guards : undefined

/** A statement as the guards of its model let it pass. */
export const passed = (model: Model.Any, statement: Statement): Effect.Effect<Statement, WriteFailure> => {
  const own = ownOf(statement)
  return own === undefined ? Effect.succeed(statement) : guarded(model, statement as Write, own)
}
