import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import Summary from "./test/support/reporter.js"

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^effect-strata$/, replacement: source("index.ts") },
      { find: /^effect-strata\/(.+)$/, replacement: source("$1.ts") }
    ]
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/servers.ts"],
    reporters: ["default", new Summary()],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000
  }
})
