import { describe, expect, it } from "vitest"
import { isAsked, read } from "../../bench/arguments.js"

const known = { workloads: ["W1", "W1.a", "W1.b"], peers: ["raw", "strata", "drizzle prepared"] }
const given = (...args: ReadonlyArray<string>) => {
  const wish = read(args, known)
  if (wish === undefined) throw new Error("help was asked for")
  return wish
}

describe("the command line of the benchmarks", () => {
  it("asks for everything unless told", () => {
    expect(given()).toEqual({
      engines: ["none", "sqlite", "postgres", "mysql"],
      workloads: [],
      peers: [],
      isQuick: false,
      rounds: 7,
      json: undefined,
      compare: undefined,
      report: "bench/report.html",
      from: []
    })
  })

  it("takes several engines, workloads and peers", () => {
    const wish = given("--engine", "mysql", "--engine", "sqlite", "--workload", "w1.A", "--peer", "drizzle prepared")
    expect(wish.engines).toEqual(["sqlite", "mysql"])
    expect(wish.workloads).toEqual(["W1.a"])
    expect(wish.peers).toEqual(["drizzle prepared"])
  })

  it("is quick with two rounds of W1, or as many as it is told", () => {
    expect(given("--quick")).toMatchObject({ isQuick: true, rounds: 2, workloads: ["W1"] })
    expect(given("--quick", "--rounds", "5").rounds).toBe(5)
  })

  it("draws everything where it is asked for, or where figures are given", () => {
    expect(given("--engine", "sqlite").report).toBeUndefined()
    expect(given("--quick").report).toBeUndefined()
    expect(given("--engine", "sqlite", "--report", "a.html").report).toBe("a.html")
    expect(given("--from", "a.json", "--from", "b.json")).toMatchObject({
      from: ["a.json", "b.json"],
      report: "bench/report.html"
    })
  })

  it("takes a workload for its parts, and a part for itself", () => {
    expect(isAsked(given("--workload", "W1"), "W1.b")).toBe(true)
    expect(isAsked(given("--workload", "W1.a"), "W1.b")).toBe(false)
    expect(isAsked(given(), "W1.b")).toBe(true)
  })

  it("gives help where it is asked for", () => {
    expect(read(["--help"], known)).toBeUndefined()
  })

  it.each([
    [["--engine", "oracle"], "there is no engine oracle"],
    [["--workload", "W99"], "there is no workload W99"],
    [["--peer", "nobody"], "there is no peer nobody"],
    [["--rounds", "0"], "--rounds wants a whole number"],
    [["--rounds", "many"], "--rounds wants a whole number"],
    [["--unknown"], "--unknown"]
  ])("refuses %s", (args, message) => {
    expect(() => read(args, known)).toThrow(message)
  })
})
