/**
 * What is compiled: models of the same eleven columns and ten queries of each, in the words of each contender.
 *
 * The columns: a generated key with a brand, a name that is unique, an age, two texts that may be null, a secret, a role of two, settings as
 * JSON, a reference to the next model (the last refers to the first), and two instants. The name's own name differs from model to model, so
 * that no two tables are of one type.
 *
 * The queries: a filter with `or`; a filter with order and limit; a select with a function; an inner join; a left join with groups, `having`
 * and a count; a subquery to be in; one to exist; one as a table; an insert that gives the row back; an update. A field of each result is read,
 * as a type that nobody asks for costs nothing.
 */
export interface Contender {
  readonly name: string
  /** What its code imports, and where that is found: beside the benchmarks, at the root, or as it was built. */
  readonly packages: { readonly [name: string]: "bench" | "root" | "build" }
  /** Imports alone. */
  readonly imports: string
  readonly model: (i: number, next: number) => string
  /** What stands between the models and the queries. */
  readonly database: (models: number) => string
  /** Undefined where it has none. */
  readonly queries: ((i: number, next: number) => string) | undefined
}

const list = (models: number, part: (i: number, next: number) => string): string =>
  Array.from({ length: models }, (_, i) => part(i, (i + 1) % models)).join("\n")

/** The file for so many models, with their queries or without. */
export const fileOf = (contender: Contender, models: number, withQueries: boolean): string =>
  [
    contender.imports,
    list(models, contender.model),
    ...(withQueries && contender.queries !== undefined
      ? [contender.database(models), list(models, contender.queries)]
      : []),
    "export {}\n"
  ].join("\n")
