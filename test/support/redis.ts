/**
 * Redis for tests: the server that is there (`STRATA_TEST_REDIS_URL`, else localhost:6379), and servers of a test's own, which it may kill.
 */
import { Redis } from "ioredis"
import { execFileSync, spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

export const redisUrl = process.env["STRATA_TEST_REDIS_URL"] ?? "redis://localhost:6379"

/** What no other test's keys begin with. */
export const freshPrefix = (): string => `strata-test-${randomBytes(6).toString("hex")}`

/** Whether servers can be started: Debian's package `redis-server` has the program. */
export const canStart = ((): boolean => {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
})()

/** A client for looking into a server. */
export const clientOf = (url: string): Redis => {
  const client = new Redis(url, { maxRetriesPerRequest: 1, retryStrategy: (times) => times > 5 ? null : 50 })
  client.on("error", () => {})
  return client
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

/** A server of a test's own. */
export interface OwnRedis {
  readonly url: string
  /** Ends it at once, what it has in memory with it. */
  readonly kill: () => Promise<void>
  readonly start: () => Promise<void>
  /** Has it answer nobody, and then everybody. */
  readonly pause: () => void
  readonly goOn: () => void
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Starts a server that keeps its data on disk only when it is told to. */
export const startRedis = async (): Promise<OwnRedis> => {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), "strata-redis-"))
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const start = async () => {
    child = spawn("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", directory], {
      stdio: "ignore"
    })
    for (let tries = 0; tries < 100; tries++) {
      const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
      client.on("error", () => {})
      try {
        await client.connect()
        await client.ping()
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 30))
      } finally {
        client.disconnect()
      }
    }
    throw new Error("redis-server does not answer")
  }
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  }
  await start()
  return {
    url,
    start,
    kill,
    pause: () => child?.kill("SIGSTOP"),
    goOn: () => child?.kill("SIGCONT"),
    flush: async () => {
      const client = clientOf(url)
      try {
        await client.flushall()
      } finally {
        client.disconnect()
      }
    },
    close: async () => {
      await kill()
      rmSync(directory, { recursive: true, force: true })
    }
  }
}
