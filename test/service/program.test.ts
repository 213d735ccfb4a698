/**
 * The example service as its own process, with all that its file puts around the database.
 */
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { redisUrl } from "../support/redis.js"

const root = fileURLToPath(new URL("../..", import.meta.url))

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

describe("examples/service.ts", () => {
  it("starts, answers, and ends when it is told to", { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "strata-service-"))
    const port = await freePort()
    const child = spawn(process.execPath, ["--import", "tsx", "examples/service.ts"], {
      cwd: root,
      env: {
        ...process.env,
        PORT: `${port}`,
        DATABASE_URL: `sqlite:${join(folder, "service.db")}`,
        REDIS_URL: redisUrl,
        CURSOR_SECRET: "a secret of a test, and nobody else's"
      }
    })
    let output = ""
    const listening = new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text
          if (output.includes("Listening on")) resolve()
        })
      }
      child.on("exit", () => reject(new Error(output)))
    })
    try {
      await listening
      const created = await fetch(`http://127.0.0.1:${port}/authors`, {
        method: "POST",
        headers: { "x-actor": "ada", "content-type": "application/json", connection: "close" },
        body: JSON.stringify({ email: "ada@x.org", name: "Ada" })
      })
      assert.strictEqual(created.status, 201)
      const metrics = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: "close" } })
      assert.include(await metrics.text(), "db_client_operation_duration_seconds")
      const ended = once(child, "exit")
      child.kill("SIGTERM")
      const [code, signal] = await ended
      assert.isTrue(code === 0 || code === 130 || code === 143 || signal === "SIGTERM", `${code} ${signal} ${output}`)
    } finally {
      child.kill("SIGKILL")
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
