import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import type { TestProjectConfiguration, UserWorkspaceConfig } from "vitest/config"
import { defineConfig } from "vitest/config"
import Summary from "./test/support/reporter.js"

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

/** How soon a program hears of a fault is part of them: they have the machine to themselves. */
const timed = [
  "test/faults/**/*.test.ts",
  "test/{mysql,postgres}/{interruption,steps}.test.ts",
  "test/sqlite/{locks,streams,threads}.test.ts"
]

/** Whether all that runs here, and what it starts, may not make functions of text (`npm run test:no-codegen`). */
const forbidsCodeGeneration = process.env["STRATA_NO_CODEGEN"] === "1"
const forbidding = "--disallow-code-generation-from-strings"
const preload = fileURLToPath(new URL("./test/support/tinypool.js", import.meta.url))

const project = (name: string, test: UserWorkspaceConfig["test"]): TestProjectConfiguration => ({
  resolve: {
    alias: [
      { find: /^effect-strata$/, replacement: source("index.ts") },
      { find: /^effect-strata\/(.+)$/, replacement: source("$1.ts") }
    ]
  },
  test: {
    name,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    setupFiles: ["test/support/equality.ts"],
    // What tests start reads it there.
    env: forbidsCodeGeneration ? { NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} ${forbidding}` } : {},
    ...test
  }
})

export default defineConfig({
  test: {
    globalSetup: ["test/support/servers.ts"],
    teardownTimeout: 30_000,
    // Vitest would leave one processor to itself, and it has little to do.
    poolOptions: {
      forks: {
        minForks: 1,
        maxForks: availableParallelism(),
        execArgv: forbidsCodeGeneration ? [forbidding, "--import", preload] : []
      }
    },
    reporters: ["default", new Summary()],
    projects: [
      project("strata", { include: ["test/**/*.test.ts"], exclude: timed, sequence: { groupOrder: 0 } }),
      project("faults", {
        include: timed,
        poolOptions: { forks: { singleFork: true } },
        sequence: { groupOrder: 1 }
      })
    ]
  }
})
