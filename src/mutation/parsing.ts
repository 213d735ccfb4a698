/**
 * How inputs are taken, by a Schema's parser and without it.
 */

/** All that is wrong is told, and nothing that is no column is ignored. */
export const parseOptions = { errors: "all", onExcessProperty: "error" } as const

/** The value is not valid, or only its Schema can tell. */
export const unfit: unique symbol = Symbol()
