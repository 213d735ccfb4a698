import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { barrelOf, check, importsOf, rankOf } from "./support/architecture.js"

const src = fileURLToPath(new URL("../src/", import.meta.url))

const files: ReadonlyMap<string, string> = new Map(
  readdirSync(src, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => [file, readFileSync(`${src}/${file}`, "utf8")])
)

describe("the house", () => {
  it("keeps its rules", () => assert.deepStrictEqual(check(files), []))

  it("exports its public modules", () => {
    const { actual, expected } = barrelOf(files)
    assert.deepStrictEqual(actual, expected)
  })
})

describe("the checker", () => {
  const problems = (sources: Record<string, string>) => check(new Map(Object.entries(sources)))

  it("lets a clean house be", () => {
    assert.deepStrictEqual(
      problems({
        "DbError.ts": `import * as Schema from "effect/Schema"\n`,
        "sql/ast.ts": `import type { DbError } from "../DbError.js"\n`,
        "Query.ts": `import type * as Ast from "./sql/ast.js"\nexport { make } from "./query/make.js"\n`,
        "query/make.ts": `/**\n * @example\n * import { Query } from "effect-strata"\n */\nexport const make = 1\n`,
        "postgres/driver.ts": `import Pg from "pg"\nimport * as Client from "@effect/sql/SqlClient"\n`
      }),
      []
    )
  })

  it("sees an unknown file", () => {
    assert.match(problems({ "Surprise.ts": "" }).join(), /^Surprise\.ts: no rank; add it to the list/)
    assert.match(problems({ "sql/surprise.ts": "" }).join(), /^sql\/surprise\.ts: no rank/)
  })

  for (
    const [form, statement] of Object.entries({
      value: `import * as Query from "./Query.js"`,
      type: `import type { Query } from "./Query.js"`,
      mixed: `import Query, {\n  type A,\n  b\n} from "./Query.js"`,
      effect: `import "./Query.js"`,
      reexport: `export type { Query } from "./Query.js"`,
      "re-export of all": `export * from "./Query.js"`,
      dynamic: `export const load = () => import("./Query.js")`,
      "type query": `export type Q = import("./Query.js").Query`
    })
  ) {
    it(`sees a step up (${form})`, () => {
      assert.deepStrictEqual(problems({ "Model.ts": `${statement}\n`, "Query.ts": "" }), [
        "Model.ts (rank 2): imports Query.ts (rank 5), a step up"
      ])
    })
  }

  it("sees a ring within a rank, types included", () => {
    assert.deepStrictEqual(
      problems({
        "Query.ts": `import type { A } from "./query/a.js"\n`,
        "query/a.ts": `import type { B } from "./b.js"\n`,
        "query/b.ts": `import type { Q } from "../Query.js"\n`
      }),
      ["ring: Query.ts -> query/a.ts -> query/b.ts -> Query.ts"]
    )
  })

  it("sees barrels", () => {
    assert.deepStrictEqual(
      problems({
        "index.ts": `export * as Cache from "./Cache.js"\n`,
        "Testing.ts": `import { Effect } from "effect"\nimport type { Model } from "@effect/platform"\n`,
        "Cache.ts": `export * as all from "./index.js"\nimport { Query } from "effect-strata"\n`
      }),
      [
        "Testing.ts: imports the barrel effect; import its modules",
        "Testing.ts: imports the barrel @effect/platform; import its modules",
        "Cache.ts: imports the barrel index.ts",
        "Cache.ts (rank 11): imports index.ts (rank 16), a step up",
        "Cache.ts: imports the package by its name",
        "ring: index.ts -> Cache.ts -> index.ts"
      ]
    )
  })

  it("sees drivers where they do not belong", () => {
    for (const name of ["@effect/sql/SqlClient", "@effect/sql-pg/PgClient", "@effect/experimental/Reactivity", "pg"]) {
      assert.deepStrictEqual(problems({ "Query.ts": `import type { X } from "${name}"\n` }), [
        `Query.ts: imports ${name}, which only the driver side may`
      ])
      assert.deepStrictEqual(problems({ "mysql/driver.ts": `import type { X } from "${name}"\n` }), [])
    }
  })

  it("sees long files, and imports that lead nowhere", () => {
    assert.deepStrictEqual(problems({ "Query.ts": "\n".repeat(501) }), ["Query.ts: 501 lines, more than 500"])
    assert.deepStrictEqual(problems({ "Query.ts": "// x\n".repeat(500) }), [])
    assert.deepStrictEqual(problems({ "Query.ts": `import { A } from "./Model"\n` }), [
      "Query.ts: imports ./Model without the .js suffix",
      "Query.ts: imports Model, which is not there"
    ])
  })

  it("takes the exact name before the pattern", () => {
    assert.deepStrictEqual(["transaction/scope.ts", "transaction/runner.ts"].map(rankOf), [1, 9])
  })

  it("compares the barrel with the modules", () => {
    const sources = {
      "Query.ts": "",
      "Sqlite.ts": "",
      "sql/ast.ts": "",
      "index.ts": `export * as Mutation from "./Mutation.js"\n`
    }
    assert.deepStrictEqual(barrelOf(new Map(Object.entries(sources))), { expected: ["Query"], actual: ["Mutation"] })
  })

  it("reads no import out of comments and strings", () => {
    const source = `// import("a")\n * import("b")\nconst text = "import x"\nexport const c = "d"\n`
    assert.deepStrictEqual(importsOf(source), [])
  })
})
