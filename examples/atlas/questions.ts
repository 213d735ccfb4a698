/**
 * What one can ask of the atlas. Each question is an Effect that requires a Database, whichever it is.
 */
import { Data, Effect, Stream } from "effect"
import { Expr, Mutation, Query, Relation, Transaction } from "effect-strata"
import {
  City,
  CityId,
  Country,
  countryBorders,
  countryCities,
  CountryCode,
  countryCurrencies,
  CountryLanguage,
  countryLanguages,
  Language,
  models
} from "./models.js"

/** A row of an answer: its names head the columns. */
export type Row = { readonly [heading: string]: string | number | null }

export interface Answer {
  readonly question: string
  readonly rows: ReadonlyArray<Row>
}

const ask = <A extends Row, E, R>(question: string, rows: Effect.Effect<ReadonlyArray<A>, E, R>) =>
  Effect.map(rows, (rows): Answer => ({ question, rows }))

const names = (named: ReadonlyArray<{ readonly name: string }>) => named.map(({ name }) => name).join(", ")

const codes = (...given: ReadonlyArray<string>) => given.map((code) => CountryCode.make(code))

const tableSizes = ask(
  "How much is there?",
  Effect.forEach(
    models,
    (model) => Effect.map(Query.count(Query.from(model)), (rows) => ({ table: model.table, rows }))
  )
)

const citiesWithCountry = Query.from(City).pipe(
  Query.innerJoin("country", Country, (city, { country }) => Expr.eq(city.countryCode, country.code))
)

/** A join: rows are what `select` makes of both sides. */
const largestCities = ask(
  "Which cities have the most inhabitants?",
  citiesWithCountry.pipe(
    Query.orderBy((city) => [Expr.desc(city.population), Expr.asc(city.id)]),
    Query.limit(10),
    Query.select((city, { country }) => ({ city: city.name, country: country.name, inhabitants: city.population }))
  )
)

/** Groups of a join and their aggregates. */
const regions = ask(
  "How do people live, region by region (with more than 500 cities)?",
  citiesWithCountry.pipe(
    Query.groupBy((_, { country }) => [country.region]),
    Query.having(() => Expr.gt(Expr.count(), 500)),
    Query.orderBy((city, { country }) => [Expr.desc(Expr.sum(city.population)), Expr.asc(country.region)]),
    Query.select((city, { country }) => ({
      region: country.region,
      countries: Expr.countDistinct(country.code),
      cities: Expr.count(),
      "in cities": Expr.sum(city.population),
      "on average": Expr.avg(city.population),
      "over a million": Expr.filter(Expr.count(), Expr.gte(city.population, 1_000_000)),
      "of unknown size": Expr.filter(Expr.count(), Expr.isNull(city.population))
    }))
  )
)

/** Two joins along a link. */
const languages = ask(
  "Which languages are official in eight countries or more?",
  Query.from(CountryLanguage).pipe(
    Query.innerJoin("language", Language, (link, { language }) => Expr.eq(link.languageCode, language.code)),
    Query.innerJoin("country", Country, (link, { country }) => Expr.eq(link.countryCode, country.code)),
    Query.groupBy((_, { language }) => [language.code, language.name]),
    Query.having(() => Expr.gte(Expr.count(), 8)),
    Query.orderBy((_, { language }) => [Expr.desc(Expr.count()), Expr.asc(language.code)]),
    Query.select((_, { country, language }) => ({
      language: language.name,
      countries: Expr.count(),
      "km²": Expr.sum(country.area)
    }))
  )
)

/** A query used as a table. */
const largest = Query.from(City).pipe(
  Query.groupBy((city) => [city.countryCode]),
  Query.select((city) => ({ countryCode: city.countryCode, population: Expr.max(city.population) })),
  Query.as("largest")
)

const smallCapitals = ask(
  "Which capitals are dwarfed, at least 20 to 1, by another city of their country?",
  citiesWithCountry.pipe(
    Query.where({ feature: "PPLC" }),
    Query.innerJoin("largest", largest, (city, { largest }) => Expr.eq(largest.countryCode, city.countryCode)),
    Query.where((city, { largest }) => Expr.gte(largest.population, Expr.multiply(city.population, 20))),
    Query.orderBy((city) => [Expr.asc(city.population), Expr.asc(city.id)]),
    Query.select((city, { country, largest }) => ({
      country: country.name,
      capital: city.name,
      inhabitants: city.population,
      "of the largest city": largest.population
    }))
  )
)

/** A filter as plain data, as a form or a request would give it. */
const smallCountries = ask(
  "Which countries of Europe have less than 500 km², or no area that is known?",
  Query.from(Country).pipe(
    Query.where({ region: "Europe", or: [{ area: { lt: 500 } }, { area: { isNull: true } }] }),
    Query.orderBy((country) => [Expr.asc(country.area), Expr.asc(country.code)]),
    Query.select((country) => ({ country: country.name, "km²": country.area }))
  )
)

/** Tests of relations, one inside the other. */
const doublyLandlocked = ask(
  "From which countries must one cross two others to reach the sea?",
  Query.from(Country).pipe(
    Query.where({ isLandlocked: true }),
    Query.where(Relation.some(countryBorders)),
    Query.where(Relation.none(countryBorders, { isLandlocked: false })),
    Query.orderBy((country) => Expr.asc(country.name)),
    Query.include({ borders: countryBorders }),
    Effect.map((countries) => countries.map(({ borders, name }) => ({ country: name, neighbours: names(borders) })))
  )
)

/** Relations of relations: six statements, however many countries there are. */
const manyTongues = Query.from(Country).pipe(
  Query.where({ code: { in: codes("BE", "CH", "LU", "PY", "SG") } }),
  Query.orderBy((country) => Expr.asc(country.name)),
  Query.include({
    languages: countryLanguages,
    currencies: countryCurrencies,
    cities: countryCities.pipe(Relation.limit(3)),
    borders: countryBorders.pipe(Relation.include({ languages: countryLanguages }))
  })
)

const neighbours = ask(
  "Where do people of many tongues share one with their neighbours?",
  Effect.map(manyTongues, (countries) =>
    countries.map(({ borders, cities, currencies, languages, name }) => {
      const own = new Set(languages.map((language) => language.code))
      const understood = borders.filter((neighbour) => neighbour.languages.some(({ code }) => own.has(code)))
      return {
        country: name,
        languages: names(languages),
        currencies: names(currencies),
        "largest cities": names(cities),
        "understood in": names(understood)
      }
    }))
)

class OnlyATrial extends Data.TaggedError("OnlyATrial")<{ readonly cities: number }> {}

const Slovakia = CountryCode.make("SK")
const Czechia = CountryCode.make("CZ")
const czechCities = Query.count(Query.from(City).pipe(Query.where({ countryCode: Czechia })))

/** A transaction that fails leaves nothing behind. */
const reunion = ask(
  "How many cities would Czechoslovakia have (for as long as a transaction lasts)?",
  Effect.gen(function*() {
    const before = yield* czechCities
    const during = yield* Effect.gen(function*() {
      yield* Mutation.update(City).pipe(
        Mutation.set({ countryCode: Czechia }),
        Mutation.where({ countryCode: Slovakia })
      )
      return yield* new OnlyATrial({ cities: yield* czechCities })
    }).pipe(
      Transaction.run(),
      Effect.catchTag("OnlyATrial", ({ cities }) => Effect.succeed(cities))
    )
    const after = yield* czechCities
    return [
      { when: "before", cities: before },
      { when: "in the transaction", cities: during },
      { when: "after its rollback", cities: after }
    ]
  })
)

const atlantis = {
  id: CityId.make(2988507),
  name: "Atlantis",
  countryCode: CountryCode.make("GR"),
  feature: "PPL",
  province: null,
  population: null,
  latitude: 36.4,
  longitude: 25.4
} as const

const found = (city: typeof City.insert.Type) =>
  Mutation.insert(City, city).pipe(
    Effect.as("founded"),
    Effect.catchTags({
      UniqueViolation: (error) =>
        error.on(City, "id") ? Effect.succeed("refused: the id is taken") : Effect.fail(error),
      ForeignKeyViolation: (error) =>
        error.on(City, "countryCode") ? Effect.succeed("refused: there is no such country") : Effect.fail(error),
      ValidationError: (error) =>
        Effect.succeed(`refused: ${error.issues.map((issue) => issue.path).join(", ")} not valid`)
    })
  )

/** What the database refuses is a typed error, the same on every database. */
const refused = ask(
  "Can Atlantis be founded?",
  Effect.gen(function*() {
    return [
      { attempt: "with the id of Paris", outcome: yield* found(atlantis) },
      {
        attempt: "in a country of its own",
        outcome: yield* found({ ...atlantis, id: CityId.make(1), countryCode: CountryCode.make("XA") })
      },
      { attempt: "beyond the pole", outcome: yield* found({ ...atlantis, id: CityId.make(1), latitude: 91 }) }
    ]
  })
)

const isPalindrome = (letters: ReadonlyArray<string>) =>
  letters.every((letter, i) => letter === letters[letters.length - 1 - i])

const palindrome = ({ name }: City) => {
  const letters = [...name.toLowerCase()]
  return isPalindrome(letters) ? letters.length : 0
}

const superlatives: ReadonlyArray<readonly [what: string, score: (city: City) => number]> = [
  ["the northernmost", (city) => city.latitude],
  ["the southernmost", (city) => -city.latitude],
  ["the longest name", (city) => [...city.name].length],
  ["the longest palindrome", palindrome]
]

/** All cities one after the other, of which only some are in memory at a time. */
const everyCity = ask(
  "What does one find who reads through all cities?",
  Query.from(City).pipe(
    Query.orderBy((city) => Expr.asc(city.id)),
    Query.stream,
    Stream.runFold({ cities: 0, best: new Array<City>() }, ({ best, cities }, city) => ({
      cities: cities + 1,
      best: superlatives.map(([, score], i) => {
        const so = best[i]
        return so === undefined || score(city) > score(so) ? city : so
      })
    })),
    Effect.map(({ best, cities }) => [
      { what: "cities", found: cities.toLocaleString("en"), where: null },
      ...best.map((city, i) => ({ what: superlatives[i]?.[0] ?? "", found: city.name, where: city.position }))
    ])
  )
)

export const questions = [
  tableSizes,
  largestCities,
  regions,
  languages,
  smallCapitals,
  smallCountries,
  doublyLandlocked,
  neighbours,
  reunion,
  refused,
  everyCity
] as const
