/**
 * The world: countries, what is spoken and paid in them, their land borders, and their cities.
 */
import { Schema } from "effect"
import { Expr, Field, Model, Relation } from "effect-strata"

const Name = Schema.NonEmptyTrimmedString.pipe(Schema.maxLength(100))

const code = <const Brand extends string>(pattern: RegExp, length: number, brand: Brand) =>
  Schema.String.pipe(Schema.pattern(pattern), Schema.maxLength(length), Schema.brand(brand))

export const CountryCode = code(/^[A-Z]{2}$/, 2, "CountryCode")
export const LanguageCode = code(/^[a-z]{3}$/, 3, "LanguageCode")
export const CurrencyCode = code(/^[A-Z]{3}$/, 3, "CurrencyCode")
export const CityId = Schema.Int.pipe(Schema.positive(), Schema.brand("CityId"))

/** The features of GeoNames that are populated places: PPLC is a capital, PPLA the seat of a province, PPLX a part of a city… */
// dprint-ignore
export const Feature = Schema.Literal(
  "PPL", "PPLA", "PPLA2", "PPLA3", "PPLA4", "PPLA5", "PPLC", "PPLCH", "PPLF", "PPLG",
  "PPLH", "PPLL", "PPLQ", "PPLR", "PPLS", "PPLW", "PPLX", "STLMT"
)

export class Country extends Model.Class<Country>("Country")({
  code: CountryCode.pipe(Field.primaryKey),
  name: Name.pipe(Field.unique),
  region: Schema.Literal("Africa", "Americas", "Antarctic", "Asia", "Europe", "Oceania"),
  /** In square kilometres. */
  area: Schema.NullOr(Schema.Positive),
  isLandlocked: Schema.Boolean,
  isIndependent: Schema.NullOr(Schema.Boolean)
}, { table: "atlas_countries" }) {}

export class Language extends Model.Class<Language>("Language")({
  code: LanguageCode.pipe(Field.primaryKey),
  name: Name
}, { table: "atlas_languages" }) {}

export class Currency extends Model.Class<Currency>("Currency")({
  code: CurrencyCode.pipe(Field.primaryKey),
  name: Name,
  symbol: Name
}, { table: "atlas_currencies" }) {}

export class City extends Model.Class<City>("City")({
  id: CityId.pipe(Field.primaryKey),
  name: Name,
  countryCode: CountryCode.pipe(Field.references(() => Country)),
  feature: Feature,
  province: Schema.NullOr(Name),
  population: Schema.NullOr(Schema.Int.pipe(Schema.positive())),
  latitude: Schema.Number.pipe(Schema.between(-90, 90)),
  longitude: Schema.Number.pipe(Schema.between(-180, 180))
}, { table: "atlas_cities", indexes: [["countryCode", "population"]] }) {
  get position() {
    const { latitude, longitude } = this
    return `${Math.abs(latitude).toFixed(2)}° ${latitude < 0 ? "S" : "N"}, ` +
      `${Math.abs(longitude).toFixed(2)}° ${longitude < 0 ? "W" : "E"}`
  }
}

export class CountryLanguage extends Model.Class<CountryLanguage>("CountryLanguage")({
  countryCode: CountryCode.pipe(Field.references(() => Country), Field.primaryKey),
  languageCode: LanguageCode.pipe(Field.references(() => Language), Field.primaryKey)
}, { table: "atlas_country_languages", indexes: [["languageCode"]] }) {}

export class CountryCurrency extends Model.Class<CountryCurrency>("CountryCurrency")({
  countryCode: CountryCode.pipe(Field.references(() => Country), Field.primaryKey),
  currencyCode: CurrencyCode.pipe(Field.references(() => Currency), Field.primaryKey)
}, { table: "atlas_country_currencies", indexes: [["currencyCode"]] }) {}

/** One direction of a border; each border is there twice. */
export class Border extends Model.Class<Border>("Border")({
  countryCode: CountryCode.pipe(Field.references(() => Country), Field.primaryKey),
  neighbourCode: CountryCode.pipe(Field.references(() => Country), Field.primaryKey)
}, { table: "atlas_borders", indexes: [["neighbourCode"]] }) {}

export const models = [Country, Language, Currency, City, CountryLanguage, CountryCurrency, Border] as const

export const countryLanguages = Relation.manyToMany(Country, Language, {
  through: CountryLanguage,
  from: "countryCode",
  to: "languageCode"
}).pipe(Relation.orderBy((language) => [Expr.asc(language.name), Expr.asc(language.code)]))

export const countryCurrencies = Relation.manyToMany(Country, Currency, {
  through: CountryCurrency,
  from: "countryCode",
  to: "currencyCode"
}).pipe(Relation.orderBy((currency) => [Expr.asc(currency.name), Expr.asc(currency.code)]))

export const countryBorders = Relation.manyToMany(Country, Country, {
  through: Border,
  from: "countryCode",
  to: "neighbourCode"
}).pipe(Relation.orderBy((neighbour) => Expr.asc(neighbour.name)))

export const countryCities = Relation.hasMany(Country, City, "countryCode").pipe(
  Relation.orderBy((city) => [Expr.desc(city.population), Expr.asc(city.id)])
)
