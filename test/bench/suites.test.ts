import { existsSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { different, dynamic, shapes } from "../../bench/building.js"
import type { Wanted } from "../../bench/building.js"
import { columns, rowsOf } from "../../bench/decoding.js"
import { baseline } from "../../bench/suite.js"
import { suites } from "../../bench/suites.js"

const source = (file: string) => new URL(`../../bench/${file.replace(/\.js$/, ".ts")}`, import.meta.url)

describe("suites", () => {
  it("measure everything once", () => {
    const ids = suites.flatMap(({ measurements }) => measurements.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    for (const { id, measurements } of suites) {
      for (const measurement of measurements) expect(measurement.id.startsWith(`${id}.`)).toBe(true)
    }
  })

  it("have a program, and modules of contenders that are there", () => {
    for (const { entries, file } of suites) {
      expect(existsSync(source(file)), file).toBe(true)
      for (const { module } of entries) if (module !== "") expect(existsSync(source(module)), module).toBe(true)
    }
  })

  it("have one contender of a name on an engine, with raw and Strata among them", () => {
    for (const { entries, id, measurements } of suites) {
      for (const engine of new Set(measurements.flatMap(({ engines }) => engines))) {
        const names = entries.filter(({ engines }) => engines.includes(engine)).map(({ name }) => name)
        expect(new Set(names).size, `${id} ${engine}`).toBe(names.length)
        expect(names, `${id} ${engine}`).toContain(baseline)
        expect(names, `${id} ${engine}`).toContain("strata")
      }
    }
  })
})

const shapeOf = ({ active, authors, columns, minimumAge, order, since, startsWith }: Wanted) =>
  JSON.stringify([columns, order, ...[active, authors, minimumAge, since, startsWith].map((one) => one === undefined)])

describe("queries that are built", () => {
  it("have as many shapes as are said, none of them twice", () => {
    expect(new Set(Array.from({ length: shapes }, (_, call) => shapeOf(different(call)))).size).toBe(shapes)
  })

  it("come in sixty-four shapes where they are dynamic", () => {
    expect(new Set(Array.from({ length: 1000 }, (_, call) => shapeOf(dynamic(call)))).size).toBe(64)
  })
})

describe("rows that are decoded", () => {
  it("have their columns, as arrays and as objects, and as many as are asked for", () => {
    for (const shape of ["users", "kinds", "wide"] as const) {
      const { named, positional } = rowsOf(shape, 2500)
      expect([named.length, positional.length]).toEqual([2500, 2500])
      expect(Object.keys(named[2499] ?? {})).toEqual(columns[shape].map(([name]) => name))
      expect(positional[2499]).toHaveLength(columns[shape].length)
    }
    expect(columns.users).toHaveLength(6)
    expect(columns.wide).toHaveLength(32)
  })
})
