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

const project = (name: string, test: UserWorkspaceConfig["test"]): TestProjectConfiguration => ({
  resolve: {
    alias: [
      { find: /^effect-strata$/, replacement: source("index.ts") },
      { find: /^effect-strata\/(.+)$/, replacement: source("$1.ts") }
    ]
  },
  test: { name, testTimeout: 30_000, hookTimeout: 60_000, ...test }
})

export default defineConfig({
  test: {
    globalSetup: ["test/support/servers.ts"],
    teardownTimeout: 30_000,
    // Vitest would leave one processor to itself, and it has little to do.
    poolOptions: { forks: { minForks: 1, maxForks: availableParallelism() } },
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
