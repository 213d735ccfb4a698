/**
 * Who writes: what audited models keep with each row.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * The one on whose behalf a program writes: the value of `createdBy` and `updatedBy` (`Model.audited`), in the form in which a program has it. Writes on
 * audited models require it.
 *
 * ```ts
 * import { Effect } from "effect"
 * import { CurrentActor } from "effect-strata"
 *
 * const asAda = Effect.provideService(CurrentActor.CurrentActor, "ada")
 * ```
 *
 * @since 0.1.0
 * @category tags
 */
export class CurrentActor extends Context.Tag("effect-strata/CurrentActor")<CurrentActor, unknown>() {}
