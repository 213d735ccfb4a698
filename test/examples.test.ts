/**
 * The quickstart: its data, its answers on each database, and what a stranger sees when something is wrong.
 *
 * Part of the cities in the short form, all of them in the long one.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { execFile, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Data from "../examples/atlas/data.js"
import { load, Progress } from "../examples/atlas/load.js"
import { City, models } from "../examples/atlas/models.js"
import { profiles, strategies } from "../examples/atlas/profiles.js"
import { questions } from "../examples/atlas/questions.js"
import type { Answer } from "../examples/atlas/questions.js"
import * as Terminal from "../examples/atlas/terminal.js"
import * as Connect from "../src/Connect.js"
import * as Query from "../src/Query.js"
import { statementsOf } from "../src/testing/suite.js"
import { available, fresh } from "./support/databases.js"
import type { AvailableDatabase } from "./support/databases.js"

const isLong = process.env["STRATA_LONG"] === "1"
const timeout = isLong ? 180_000 : 60_000

const packages = Effect.map(Data.packages, ({ cities, countries }): Data.Packages => ({
  countries,
  cities: isLong
    ? cities
    : cities.filter((city, i) =>
      i % 25 === 0 || city.population >= 50_000 || city.featureCode === "PPLC" || /^(CZ|SK)$/.test(city.country)
    )
}))

const connect = (database: AvailableDatabase) =>
  Effect.map(Effect.promise(() => fresh(database)), ({ url }) => Connect.layer(url))

const answersOn = (database: AvailableDatabase) =>
  Effect.gen(function*() {
    const layer = yield* connect(database)
    const atlas = Data.read(yield* packages)
    yield* Effect.provide(load(atlas), layer)
    const ways = yield* Effect.provide(
      Effect.forEach(strategies, (strategy) => statementsOf(profiles(strategy))),
      layer
    )
    return { answers: yield* Effect.provide(Effect.all(questions), layer), ways }
  })

interface Found {
  readonly answers: ReadonlyArray<Answer>
  readonly ways: ReadonlyArray<{ readonly result: unknown; readonly texts: ReadonlyArray<string> }>
}

const running = new Map<string, Promise<Found>>()

/** Asked once on each database, by whichever test comes first. */
const found = (database: AvailableDatabase) =>
  Effect.promise(() => {
    const asked = running.get(database.name) ?? Effect.runPromise(answersOn(database))
    running.set(database.name, asked)
    return asked
  })

const answers = (database: AvailableDatabase) => Effect.map(found(database), ({ answers }) => answers)

const rowsOf = (answers: ReadonlyArray<Answer>, question: RegExp) => {
  const found = answers.find((answer) => question.test(answer.question))
  assert.isDefined(found, String(question))
  return found?.rows ?? []
}

describe("the data", () => {
  it.effect("has 250 countries and 135,233 cities, all of which fit", () =>
    Effect.gen(function*() {
      const given = yield* Data.packages
      const { borders, cities, countries, findings } = Data.read(given)
      assert.strictEqual(countries.length, 250)
      assert.strictEqual(cities.length, 135_233)
      assert.strictEqual(borders.length, 648)
      assert.deepStrictEqual(
        findings.map(({ outcome, problem, rows, table }) => [table, problem, rows, outcome]),
        [
          ["countries", "does not say whether it is independent", 1, "loaded as unknown"],
          ["countries", "has an area of -1", 1, "loaded, area unknown"],
          ["languages", "is not the same in all countries", 2, "loaded as most countries have it"],
          ["currencies", "is not the same in all countries", 9, "loaded as most countries have it"],
          ["borders", "is named by one side only", 1, "left out"],
          ["cities", "has a population of 0", 12_788, "loaded, population unknown"],
          ["cities", "is in no province", 25, "loaded without one"]
        ]
      )
    }))

  it.effect("reports each row that does not fit, and why", () =>
    Effect.gen(function*() {
      const given = yield* Data.packages
      const [city] = given.cities
      const [country] = given.countries
      if (city === undefined || country === undefined) return assert.fail("no data")
      const wrongCities = [
        { ...city, country: "XX" },
        { ...city, name: "Double" },
        { ...city, cityId: 1, name: "" },
        { ...city, cityId: 2, name: "Beyond", loc: { coordinates: [0, 90.5] as const } },
        { ...city, cityId: 3, name: "Nowhere", loc: { coordinates: [Number.NaN, 0] as const } },
        { ...city, cityId: 4, name: "Ghost", featureCode: "GHOST" },
        { ...city, cityId: 5, name: "Half", population: 1.5 },
        { ...city, cityId: 6, name: "n".repeat(101) }
      ]
      const moon = { ...country, cca2: "XM", cca3: "XXM", region: "Moon", borders: [] }
      const strait = {
        ...country,
        cca2: "XS",
        cca3: "XXS",
        name: { ...country.name, common: "Strait" },
        borders: ["XXM"]
      }
      const untold = {
        ...strait,
        cca2: "XU",
        cca3: "XXU",
        name: { ...country.name, common: "Untold" },
        borders: [],
        languages: { x: "" }
      }
      const { borders, cities, countries, findings } = Data.read({
        countries: [...given.countries, moon, strait, untold],
        cities: [city, ...wrongCities]
      })
      assert.deepStrictEqual(cities.map(({ name }) => name), [city.name])
      assert.strictEqual(countries.length, 252)
      assert.strictEqual(borders.length, 648)
      const leftOut = findings.filter(({ outcome }) => outcome === "left out")
      const count = (table: string) =>
        leftOut.filter((finding) => finding.table === table).reduce((rows, finding) => rows + finding.rows, 0)
      assert.strictEqual(count("cities"), wrongCities.length)
      assert.strictEqual(count("countries"), 1)
      assert.strictEqual(count("borders"), 2)
      assert.strictEqual(count("languages"), 1)
      assert.strictEqual(count("country languages"), 1)
      const problems = leftOut.map(({ examples, problem, table }) => `${table}: ${examples.join()}: ${problem}`).join(
        "\n"
      )
      for (
        const expected of [
          /cities: .* \(XX\): is in no country that is known/,
          /cities: Double \(AD\): has the id of a city before it/,
          /Beyond .*latitude: /,
          /Nowhere .*longitude: /,
          /Ghost .*feature: /,
          /Half .*population: /,
          /countries: Aruba: region: /,
          /borders: .*Strait – XXM: leads to no country that is known/
        ]
      ) assert.match(problems, expected)
    }))
})

describe.each(available)("the atlas on $name", (database) => {
  it.live("answers as the data says", () =>
    Effect.gen(function*() {
      const given = yield* packages
      const found = yield* answers(database)
      const largest = [...given.cities].sort((a, b) => b.population - a.population).slice(0, 10)
      const inCountry = (code: string) => given.cities.filter(({ country }) => country === code).length
      const bohemian = inCountry("CZ")
      const northernmost = given.cities.reduce((a, b) => a.loc.coordinates[1] >= b.loc.coordinates[1] ? a : b)

      const sizes = new Map(rowsOf(found, /How much/).map((row) => [row["table"], row["rows"]]))
      assert.strictEqual(sizes.get("atlas_countries"), 250)
      assert.strictEqual(sizes.get("atlas_cities"), given.cities.length)
      assert.deepStrictEqual(rowsOf(found, /most inhabitants/).map(({ city }) => city), largest.map(({ name }) => name))
      const regionOf = new Map(given.countries.map(({ cca2, region }) => [cca2, region]))
      for (
        const { cities, "in cities": inhabitants, "of unknown size": unknown, region } of rowsOf(
          found,
          /region by region/
        )
      ) {
        const inRegion = given.cities.filter(({ country }) => regionOf.get(country) === region)
        assert.strictEqual(cities, inRegion.length)
        assert.strictEqual(inhabitants, inRegion.reduce((sum, { population }) => sum + population, 0))
        assert.strictEqual(unknown, inRegion.filter(({ population }) => population === 0).length)
      }
      assert.deepStrictEqual(rowsOf(found, /reach the sea/).map(({ country }) => country), [
        "Liechtenstein",
        "Uzbekistan"
      ])
      assert.deepStrictEqual(
        rowsOf(found, /many tongues/).map(({ country, "understood in": understood }) => [country, understood]),
        [
          ["Belgium", "France, Germany, Luxembourg, Netherlands"],
          ["Luxembourg", "Belgium, France, Germany"],
          ["Paraguay", "Argentina, Bolivia"],
          ["Singapore", ""],
          ["Switzerland", "France, Italy"]
        ]
      )
      assert.deepStrictEqual(
        rowsOf(found, /Czechoslovakia/).map(({ cities }) => cities),
        [bohemian, bohemian + inCountry("SK"), bohemian]
      )
      assert.deepStrictEqual(rowsOf(found, /Atlantis/).map(({ outcome }) => outcome), [
        "refused: the id is taken",
        "refused: there is no such country",
        "refused: latitude not valid"
      ])
      const read = new Map(rowsOf(found, /reads through/).map((row) => [row["what"], row["found"]]))
      assert.strictEqual(read.get("cities"), given.cities.length.toLocaleString("en"))
      assert.strictEqual(read.get("the northernmost"), northernmost.name)
    }), timeout)

  it.live("leaves the tables empty when loading is interrupted, and can load again", () =>
    Effect.gen(function*() {
      const layer = yield* connect(database)
      const atlas = Data.read(yield* packages)
      const few = { ...atlas, cities: atlas.cities.slice(0, 3_000) }
      yield* Effect.gen(function*() {
        let advanced = 0
        const interrupted = yield* load(few).pipe(
          Effect.provideService(Progress, {
            start: () => Effect.succeed((rows) => (advanced += rows) > 3_000 ? Effect.interrupt : Effect.void)
          }),
          Effect.exit
        )
        assert.isTrue(Exit.isInterrupted(interrupted))
        assert.isAbove(advanced, 3_000)
        for (const model of models) assert.strictEqual(yield* Query.count(Query.from(model)), 0, model.table)
        yield* load(few)
        assert.strictEqual(yield* Query.count(Query.from(City)), few.cities.length)
      }).pipe(Effect.provide(layer))
    }), timeout)
})

const print = (answers: ReadonlyArray<Answer>) => answers.map(Terminal.print).join("\n")

describe("the atlas", () => {
  it.live("has the same answers on every database", () =>
    Effect.gen(function*() {
      const all = yield* Effect.forEach(available, (database) => Effect.map(answers(database), print))
      for (const other of all.slice(1)) assert.strictEqual(other, all[0])
    }), timeout)

  it.live(
    "has the same countries with all that belongs to them, by five statements or one, on every database",
    () =>
      Effect.gen(function*() {
        const { countries } = yield* packages
        const all = yield* Effect.forEach(available, (database) => Effect.map(found(database), ({ ways }) => ways))
        for (const ways of all) assert.deepStrictEqual(ways.map(({ texts }) => texts.length), [5, 1])
        const [first, ...others] = all.flat().map(({ result }) =>
          JSON.parse(JSON.stringify(result)) as ReadonlyArray<any>
        )
        for (const other of others) assert.deepStrictEqual(other, first)
        const numberOf = (countries: ReadonlyArray<any>, part: string): number =>
          countries.reduce((sum, country) => sum + Object.keys(country[part]).length, 0)
        assert.strictEqual(first?.length, 250)
        assert.strictEqual(numberOf(first ?? [], "languages"), numberOf(countries, "languages"))
        assert.strictEqual(numberOf(first ?? [], "borders"), 648)
        const austria = first?.find(({ code }) => code === "AT")
        assert.deepStrictEqual(austria?.cities.map(({ name }: { name: string }) => name), [
          "Vienna",
          "Graz",
          "Linz",
          "Favoriten",
          "Donaustadt"
        ])
        assert.deepStrictEqual(
          austria?.borders.find(({ code }: { code: string }) => code === "CH").languages.map((
            { name }: { name: string }
          ) => name),
          ["French", "Italian", "Romansh", "Swiss German"]
        )
      }),
    timeout
  )

  const quickstart = (...args: ReadonlyArray<string>) =>
    Effect.async<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resume) => {
      const child = execFile(
        process.execPath,
        ["--import", "tsx", "examples/atlas.ts", ...args],
        (_, stdout, stderr) => resume(Effect.succeed({ code: child.exitCode ?? -1, stdout, stderr }))
      )
      return Effect.sync(() => child.kill())
    })

  it.live("ends with 1 and a typed error in words, which holds no password", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* quickstart("--database", "oracle://atlas:hunter2@localhost/atlas")
      assert.strictEqual(code, 1)
      assert.strictEqual(stdout, "")
      assert.match(stderr, /ConfigurationError: The database URL is none that is understood/)
      assert.notInclude(stderr, "hunter2")
      const misspelt = yield* quickstart("--databse", "sqlite:atlas.db")
      assert.strictEqual(misspelt.code, 1)
      assert.match(misspelt.stderr, /UsageError: .*--databse[\s\S]*npm run quickstart/)
    }), timeout)

  it.live("is ended by Ctrl-C, and leaves no file behind", () =>
    Effect.gen(function*() {
      const folder = mkdtempSync(join(tmpdir(), "strata-examples-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true, force: true })))
      const { code, stderr } = yield* Effect.async<{ readonly code: number | null; readonly stderr: string }>(
        (resume) => {
          const child = spawn(process.execPath, ["--import", "tsx", "examples/atlas.ts"], {
            env: { ...process.env, TMPDIR: folder }
          })
          let stderr = ""
          child.stderr.on("data", (part: Buffer) => {
            const isFirst = !stderr.includes("loading")
            stderr += String(part)
            if (isFirst && stderr.includes("loading")) child.kill("SIGINT")
          })
          child.on("close", (code) => resume(Effect.succeed({ code, stderr })))
          return Effect.sync(() => child.kill())
        }
      )
      assert.match(stderr, /Interrupted/)
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(readdirSync(folder).filter((name) => name.startsWith("strata-atlas-")), [])
    }).pipe(Effect.scoped), timeout)
})
