/**
 * What stands for a row at the far end of a many-to-many relation: one that is there already, or one with columns of the link.
 */

declare const existingId: unique symbol
declare const linkedId: unique symbol

/**
 * A row that is there already, known by its key.
 *
 * @since 0.1.0
 * @category models
 */
export interface Existing<out K> {
  readonly [existingId]: true
  readonly key: K
}

/**
 * A row with what the row that links it says beside the two keys.
 *
 * @since 0.1.0
 * @category models
 */
export interface Linked<out T, out L> {
  readonly [linkedId]: true
  readonly target: T
  readonly columns: L
}

class ExistingRow {
  constructor(readonly key: unknown) {}
}

class LinkedRow {
  constructor(readonly target: unknown, readonly columns: unknown) {}
}

/**
 * In the input of `insertGraph`, the row with this key instead of a new one: of a many-to-many relation.
 *
 * @since 0.1.0
 * @category constructors
 */
export const existing = <const K>(key: K): Existing<K> => new ExistingRow(key) as never

/**
 * In the input of `insertGraph`, a row of a many-to-many relation with the columns of the row that links it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const linked = <const T, const L>(target: T, columns: L): Linked<T, L> => new LinkedRow(target, columns) as never

/** What was given for a row at the far end. */
export interface Target {
  /** The key of one that is there. */
  readonly key: { readonly value: unknown } | undefined
  readonly input: unknown
  readonly columns: unknown
}

export const targetOf = (given: unknown): Target => {
  const { columns, target } = given instanceof LinkedRow ? given : { columns: {}, target: given }
  return target instanceof ExistingRow
    ? { key: { value: target.key }, input: undefined, columns }
    : { key: undefined, input: target, columns }
}
