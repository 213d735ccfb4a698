/**
 * Makes the tables anew and fills them.
 */
import { Array as Arr, Context, Effect } from "effect"
import type { Scope } from "effect"
import { Ddl, Mutation, Transaction } from "effect-strata"
import type { Model } from "effect-strata"
import type { Atlas } from "./data.js"
import { Border, City, Country, CountryCurrency, CountryLanguage, Currency, Language, models } from "./models.js"

/** Who is told how far the loading is; nobody, unless somebody is provided. */
export class Progress extends Context.Reference<Progress>()("atlas/Progress", {
  defaultValue: () => ({
    start: (_total: number): Effect.Effect<(rows: number) => Effect.Effect<void>, never, Scope.Scope> =>
      Effect.succeed(() => Effect.void)
  })
}) {}

const chunkSize = 2_000

const insertAll = (atlas: Omit<Atlas, "findings">, advance: (rows: number) => Effect.Effect<void>) => {
  const insert = <M extends Model.Any>(model: M, rows: ReadonlyArray<Model.Insert<M>>) =>
    Effect.forEach(
      Arr.chunksOf(rows, chunkSize),
      (chunk) => Mutation.insertMany(model, chunk).pipe(Effect.flatMap(advance))
    )
  return Effect.gen(function*() {
    yield* insert(Country, atlas.countries)
    yield* insert(Language, atlas.languages)
    yield* insert(Currency, atlas.currencies)
    yield* insert(CountryLanguage, atlas.countryLanguages)
    yield* insert(CountryCurrency, atlas.countryCurrencies)
    yield* insert(Border, atlas.borders)
    yield* insert(City, atlas.cities)
  })
}

/** All rows or none: who interrupts it finds empty tables. */
export const load = ({ findings: _, ...atlas }: Atlas) =>
  Effect.gen(function*() {
    yield* Ddl.drop(models)
    yield* Ddl.create(models)
    const progress = yield* Progress
    const advance = yield* progress.start(Object.values(atlas).reduce((total, rows) => total + rows.length, 0))
    yield* Transaction.run(insertAll(atlas, advance))
  }).pipe(Effect.scoped)
