/**
 * Functions in JavaScript as SQLite calls them.
 */

/** What SQLite hands over; integers come as bigints. */
export type Raw = string | number | bigint | Buffer | null

export type Scalar = (...args: ReadonlyArray<Raw>) => Raw

/** Functions by name, with their number of arguments (-1 for any). */
export interface Scalars {
  readonly [name: string]: readonly [length: number, run: Scalar]
}

/** NULL when an argument is. */
export const strict = (run: (...args: ReadonlyArray<Exclude<Raw, null>>) => Raw): Scalar => (...args) =>
  args.includes(null) ? null : run(...args as ReadonlyArray<Exclude<Raw, null>>)
