/**
 * Makes the tables anew and fills them.
 */
import { Array as Arr, Context, Effect } from "effect"
import type { Scope } from "effect"
import { Ddl, Mutation } from "effect-strata"
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

export const load = (atlas: Atlas) =>
  Effect.gen(function*() {
    yield* Ddl.drop(...models)
    yield* Ddl.create(...models)

    const progress = yield* Progress
    const advance = yield* progress.start(
      Object.values(atlas).reduce((total, rows) => total + rows.length, -atlas.findings.length)
    )
    const insertAll = <M extends Model.Any>(model: M, rows: ReadonlyArray<Model.Insert<M>>) =>
      Effect.forEach(Arr.chunksOf(rows, chunkSize), (chunk) =>
        Effect.flatMap(Mutation.insertMany(model, chunk), advance), { discard: true })

    yield* insertAll(Country, atlas.countries)
    yield* insertAll(Language, atlas.languages)
    yield* insertAll(Currency, atlas.currencies)
    yield* insertAll(CountryLanguage, atlas.countryLanguages)
    yield* insertAll(CountryCurrency, atlas.countryCurrencies)
    yield* insertAll(Border, atlas.borders)
    yield* insertAll(City, atlas.cities)
  }).pipe(Effect.scoped)
