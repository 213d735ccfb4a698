/**
 * All countries with what belongs to each: their languages, their neighbours with the languages of those, and their five largest cities.
 */
import { Array, Data, Effect } from "effect"
import { Expr, Query, Relation } from "effect-strata"
import { Country, countryBorders, countryCities, countryLanguages } from "./models.js"

export const strategies = ["select", "join"] as const

/** By `select` a statement for each relation of each level, five in all; by `join` one. */
export const profiles = (strategy: typeof strategies[number]) =>
  Query.from(Country).pipe(
    Query.orderBy((country) => Expr.asc(country.name)),
    Query.include({
      languages: countryLanguages,
      borders: countryBorders.pipe(Relation.include({ languages: countryLanguages })),
      cities: countryCities.pipe(Relation.limit(5))
    }, { strategy })
  )

export class Differ extends Data.TaggedError("Differ")<{ readonly message: string }> {}

/** The same by both ways, or a failure. */
export const compared = <E, R>(
  load: (strategy: typeof strategies[number]) => Effect.Effect<unknown, E, R>
) =>
  Effect.flatMap(
    Effect.forEach(strategies, load),
    (loaded) =>
      Array.dedupe(loaded.map((rows) => JSON.stringify(rows))).length === 1
        ? Effect.void
        : new Differ({ message: "Countries loaded by select and by join are not the same" })
  )
