/**
 * Writes as values: a statement that is made when it runs, and what is given of its outcome.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Database from "../Database.js"
import type { WriteFailure } from "../DbError.js"
import * as Settled from "../effect/settled.js"
import type * as Model from "../Model.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import type { Filling } from "./filling.js"
import { ownOf, passed } from "./guards.js"

/**
 * A write on a model: an Effect of `A`, which requires `R` beside the database.
 *
 * @since 0.1.0
 * @category models
 */
export interface Mutation<out A, out M extends Model.Any, out R = never>
  extends Effect.Effect<A, WriteFailure | Model.Refusal<M>, Database.Database | Model.Needs<M> | R>
{
  readonly model: M
  /** The statement, once its input has been checked. */
  readonly statement: Effect.Effect<Statement, WriteFailure>
  readonly gives: Gives
}

/** What a mutation gives of its outcome. */
export type Gives = keyof typeof given

/** Makes the statement of what there is to fill in, usually at once. */
export type Make = (filling: Filling) => Effect.Effect<Statement, WriteFailure>

/** What a fiber fills in. */
export const fillingOf = (fiber: Fiber.RuntimeFiber<any, any>): Filling => ({
  now: Context.get(fiber.currentDefaultServices, Clock.Clock).unsafeCurrentTimeMillis(),
  context: fiber.currentContext as Context.Context<never>
})

const given = {
  affected: ({ affected }: Database.Outcome) => Effect.succeed<unknown>(affected),
  rows: ({ rows }: Database.Outcome) => Effect.succeed<unknown>(rows),
  row: ({ rows }: Database.Outcome) => Effect.succeed<unknown>(rows[0]),
  option: ({ rows }: Database.Outcome) =>
    Effect.succeed<unknown>(rows.length === 0 ? Option.none() : Option.some(rows[0]))
}

class Made extends Effectable.Class<unknown, WriteFailure, Database.Database> {
  constructor(readonly model: Model.Any, private readonly make: Make, readonly gives: Gives) {
    super()
  }

  get statement(): Effect.Effect<Statement, WriteFailure> {
    return Effect.withFiberRuntime((fiber) => this.make(fillingOf(fiber)))
  }

  /** The same with another statement. */
  with(change: (statement: Statement) => Statement, gives: Gives): Made {
    return new Made(
      this.model,
      (filling) => Settled.flatMap(this.make(filling), (made) => Effect.succeed(change(made))),
      gives
    )
  }

  commit() {
    return Effect.withFiberRuntime<unknown, WriteFailure, Database.Database>((fiber) =>
      Settled.flatMap(
        this.make(fillingOf(fiber)),
        (statement) =>
          ownOf(statement) === undefined
            ? Database.runOn(fiber, statement, given[this.gives])
            : Effect.flatMap(passed(this.model, statement), (one) => Database.run(one, given[this.gives]))
      )
    )
  }
}

export const make = (model: Model.Any, statement: Make, gives: Gives): any => new Made(model, statement, gives)

/** The mutation with another statement. */
export const changed = (
  self: Mutation<any, any, any>,
  change: (statement: Statement) => Statement,
  gives: Gives
): any => (self as unknown as Made).with(change, gives)

export const rowOf = (model: Model.Any, ref: Ast.Ref): Ast.Projection => model[Describe].row(ref, false)

export const refOf = (model: Model.Any): Ast.Ref => ({ hint: model.table })
