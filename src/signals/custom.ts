/**
 * Events of the program's own.
 */
import type * as Schema from "effect/Schema"

/**
 * An event of the program's own: its name, and the Schema of what it tells.
 *
 * @since 0.1.0
 * @category models
 */
export interface CustomEvent<in out A> {
  readonly name: string
  readonly schema: Schema.Schema<A, any>
}

/**
 * Names an event of the program's own: `const OrderShipped = Signals.event("OrderShipped", Schema.Struct({ order: Schema.Int }))`.
 *
 * It is known by its identity: two of one name are two.
 *
 * @since 0.1.0
 * @category constructors
 */
export const event = <A, I>(name: string, schema: Schema.Schema<A, I>): CustomEvent<A> => ({ name, schema })
