import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll } from "vitest"
import { running } from "./modules.js"
import type { Running } from "./modules.js"
import * as Snippets from "./snippets.js"

const root = fileURLToPath(new URL("../..", import.meta.url))
const pages = readdirSync(join(root, "docs")).filter((file) => file.endsWith(".md")).sort()
const documents = ["README.md", ...pages.map((page) => `docs/${page}`)].map((file) => Snippets.ofDocument(root, file))
const snippets = [...documents, ...Snippets.ofSources(root)]

/** Below the project, so that packages and the compiler's settings are found; not in node_modules, where paths mean nothing. */
let folder = ""

const fileOf = (i: number) => join(folder, `snippet${i}.ts`)

const command = (command: string, args: ReadonlyArray<string>) =>
  new Promise<{ readonly isSuccess: boolean; readonly output: string }>((resolve) => {
    execFile(command, [...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ isSuccess: error === null, output: `${stdout}${stderr}` })
    })
  })

/** A test runs within its runner only; here it is compiled. */
const runnable = [...snippets.keys()].filter((i) => !snippets[i]!.code.includes("vitest"))

let run: Running | undefined

beforeAll(() => {
  mkdirSync(join(root, ".cache"), { recursive: true })
  folder = mkdtempSync(join(root, ".cache/snippets-"))
  snippets.forEach(({ code }, i) => writeFileSync(fileOf(i), `${code}\nexport {}\n`))
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: {
        noUnusedLocals: false,
        paths: { "effect-strata": [join(root, "src/index.ts")], "effect-strata/*": [join(root, "src/*.ts")] }
      },
      include: [`${folder}/*.ts`]
    })
  )
  run = running(root, runnable.map(fileOf))
})

afterAll(() => {
  run?.kill()
  rmSync(folder, { recursive: true, force: true })
})

describe("the documents", () => {
  it("have code in them", () => {
    assert.isAtLeast(documents[0]!.code.split("\n").length, 100)
    assert.isAtLeast(snippets.length, 4)
  })

  it("compile", { timeout: 120_000 }, async () => {
    const { isSuccess, output } = await command(process.execPath, [
      join(root, "node_modules/typescript/bin/tsc"),
      "--noEmit",
      "-p",
      folder
    ])
    const named = output.replaceAll(/snippet(\d+)\.ts/g, (_, i) => `${snippets[Number(i)]!.origin} (snippet ${i})`)
    assert.isTrue(isSuccess, named)
  })

  runnable.forEach((i, place) => {
    it(`runs: ${snippets[i]!.origin}`, { timeout: 90_000 }, async () => {
      assert.strictEqual(await run?.outcomes[place], "")
    })
  })
})
