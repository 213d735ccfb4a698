/**
 * What types cost the compiler: `npm run bench:types -- --help`.
 */
import Table from "cli-table3"
import { execFileSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { cpus, release, tmpdir, totalmem } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { installPeers, version } from "../install.js"
import { plain, short } from "../tables.js"
import type { Contender } from "./contender.js"
import { fileOf } from "./contender.js"
import { drizzle } from "./drizzle.js"
import { kysely } from "./kysely.js"
import { schemaClass, strata } from "./strata.js"

const root = fileURLToPath(new URL("../..", import.meta.url))
const compiler = join(root, "node_modules/typescript/bin/tsc")
const contenders: ReadonlyArray<Contender> = [strata, drizzle, kysely, schemaClass]

const usage = `npm run bench:types -- [options]

  --models NUMBER   how many; several times for several; default: 20, 100 and 300
  --peer NAME       only these: ${contenders.map(({ name }) => name).join(", ")}; several times for several
  --rounds NUMBER   how often each file is checked; times are the medians; default 3
  --json FILE       writes the figures
  --keep            keeps the folder with the files, to look at them or to trace the compiler there`

/** What the compiler says of one file. */
interface Cost {
  readonly instantiations: number
  readonly types: number
  /** MiB. */
  readonly memory: number
  /** Seconds, of which a run says the median. */
  readonly checkTime: number
}

interface Figure extends Cost {
  readonly contender: string
  readonly content: "imports" | "models" | "models and queries"
  readonly models: number
}

const number = (output: string, name: string): number => {
  const found = new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(output)
  if (found === null) throw new Error(`the compiler says nothing of ${name}:\n${output}`)
  return Number(found[1])
}

/** Compiles without threads: each of them would instantiate for itself what all use. */
const compile = (folder: string, ...options: ReadonlyArray<string>): string => {
  try {
    return execFileSync(process.execPath, [compiler, "-p", folder, "--singleThreaded", ...options], {
      encoding: "utf8",
      maxBuffer: 2 ** 26
    })
  } catch (error) {
    throw new Error(`${folder} does not compile:\n${(error as { readonly stdout: string }).stdout.slice(0, 5_000)}`)
  }
}

const check = (folder: string): Cost => {
  const output = compile(folder, "--extendedDiagnostics")
  return {
    instantiations: number(output, "Instantiations"),
    types: number(output, "Types"),
    memory: number(output, "Memory used") / 1024,
    checkTime: number(output, "Check time")
  }
}

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN

/** Strata's declarations, as users have them. */
const build = (folder: string): void => {
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(root, "package.json"), join(folder, "package.json"))
  compile(join(root, "tsconfig.build.json"), "--emitDeclarationOnly", "--outDir", join(folder, "dist"))
}

/** A folder with the file, in which the packages are found. */
const project = (folder: string, contender: Contender, content: string): void => {
  for (const [name, place] of Object.entries(contender.packages)) {
    const link = join(folder, "node_modules", name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(
      place === "build"
        ? join(folder, "../../node_modules", name)
        : join(root, place === "bench" ? "bench" : "", "node_modules", name),
      link
    )
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
  writeFileSync(join(folder, "models.ts"), content)
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: {
        plugins: [],
        types: [],
        paths: {},
        noUnusedLocals: false,
        lib: ["ES2023", "ESNext.Disposable", "DOM"]
      },
      files: ["models.ts"],
      include: []
    })
  )
}

interface Wish {
  readonly models: ReadonlyArray<number>
  readonly contenders: ReadonlyArray<Contender>
  readonly rounds: number
  readonly json: string | undefined
  readonly keeps: boolean
}

const whole = (text: string, option: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} wants a whole number from 1: ${text}`)
  return value
}

const read = (): Wish | undefined => {
  const { values } = parseArgs({
    options: {
      models: { type: "string", multiple: true, default: [] },
      peer: { type: "string", multiple: true, default: [] },
      rounds: { type: "string", default: "3" },
      json: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false }
    }
  })
  if (values.help) return undefined
  for (const peer of values.peer) {
    if (!contenders.some(({ name }) => name === peer)) throw new Error(`there is no peer ${peer}`)
  }
  return {
    models: values.models.length === 0 ? [20, 100, 300] : values.models.map((text) => whole(text, "--models")),
    contenders: contenders.filter(({ name }) => values.peer.length === 0 || values.peer.includes(name)),
    rounds: whole(values.rounds, "--rounds"),
    json: values.json,
    keeps: values.keep
  }
}

const measure = (wish: Wish, folder: string): ReadonlyArray<Figure> => {
  build(join(folder, "node_modules/effect-strata"))
  for (const name of ["effect", "@effect"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name))
  }
  const plans = wish.contenders.flatMap((contender) =>
    [0, ...wish.models].flatMap((models) =>
      [false, true].flatMap((withQueries) => {
        if (withQueries && (models === 0 || contender.queries === undefined)) return []
        const place = join(folder, "projects", `${contender.name}-${models}-${withQueries ? "queries" : "models"}`)
        project(place, contender, fileOf(contender, models, withQueries))
        const what = { contender: contender.name, models }
        const content: Figure["content"] = models === 0 ? "imports" : withQueries ? "models and queries" : "models"
        return [{ place, what, content, costs: [] as Array<Cost> }]
      })
    )
  )
  for (let round = 0; round < wish.rounds; round++) {
    for (const { costs, place } of plans) costs.push(check(place))
  }
  return plans.map(({ content, costs, what }) => ({
    ...what,
    content,
    instantiations: median(costs.map(({ instantiations }) => instantiations)),
    types: median(costs.map(({ types }) => types)),
    memory: median(costs.map(({ memory }) => memory)),
    checkTime: median(costs.map(({ checkTime }) => checkTime))
  }))
}

const shown = ({ checkTime, instantiations, memory }: Cost): ReadonlyArray<string> => [
  `${short(instantiations / 1_000)} k`,
  `${checkTime.toFixed(2)} s`,
  `${short(memory)} MiB`
]

const print = (figures: ReadonlyArray<Figure>, sizes: ReadonlyArray<number>): void => {
  for (const content of ["imports", "models", "models and queries"] as const) {
    const some = figures.filter((figure) => figure.content === content)
    const columns = content === "imports" ? [0] : sizes
    const table = new Table({
      head: [
        content,
        ...columns.flatMap((models) => [content === "imports" ? "instantiations" : String(models), "check", "memory"])
      ],
      colAligns: ["left", ...columns.flatMap(() => ["right", "right", "right"] as const)],
      style: plain
    })
    for (const name of new Set(some.map(({ contender }) => contender))) {
      table.push([
        name,
        ...columns.flatMap((models) =>
          some.filter((figure) => figure.contender === name && figure.models === models).flatMap(shown)
        )
      ])
    }
    console.log(`\n${table.toString()}`)
  }
}

const run = async (wish: Wish): Promise<void> => {
  const missing = ["drizzle-orm", "kysely"].filter((name) => !existsSync(join(root, "bench/node_modules", name)))
  if (missing.length > 0) await installPeers()
  const folder = mkdtempSync(join(tmpdir(), "strata-types-"))
  try {
    const startedAt = new Date().toISOString()
    const figures = measure(wish, folder)
    const versions = Object.fromEntries(
      ["typescript", "effect", "drizzle-orm", "kysely"].map((name) => [name, version(name)])
    )
    const machine = {
      platform: `${process.platform} ${release()} ${process.arch}`,
      processor: cpus()[0]?.model.trim() ?? "unknown",
      cores: cpus().length,
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`
    }
    console.log(Object.entries(versions).map((one) => one.join(" ")).join(", "), machine.processor)
    print(figures, wish.models)
    if (wish.json !== undefined) {
      writeFileSync(wish.json, `${JSON.stringify({ machine, versions, startedAt, figures }, null, 2)}\n`)
    }
    if (wish.keeps) console.log(`\nkept: ${folder}`)
  } finally {
    if (!wish.keeps) rmSync(folder, { recursive: true })
  }
}

try {
  const wish = read()
  if (wish === undefined) console.log(usage)
  else await run(wish)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
