/**
 * What a run needs before it begins: the peers, Prisma's client where it can be had, and Strata and the contenders compiled as users have
 * them, since a loader that compiles on the way adds calls to what is measured.
 */
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const here = fileURLToPath(new URL(".", import.meta.url))
const root = join(here, "..")
const run = promisify(execFile)

/** What a compiled contender is run as. */
export const child = (file: string): string => join(here, ".build", file)

const output = (error: unknown): string => {
  const { message, stderr, stdout } = error as { message?: string; stderr?: string; stdout?: string }
  return [stdout, stderr, message].find((text) => text !== undefined && text.trim() !== "")?.trim() ?? "unknown"
}

/** Installs what a folder's lock names, unless that has been done. */
const installIn = async (folder: string): Promise<boolean> => {
  const lock = createHash("sha256").update(readFileSync(join(folder, "package-lock.json"))).digest("hex")
  const stamp = join(folder, "node_modules/.installed")
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return false
  await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, maxBuffer: 2 ** 26 })
  // The copy of the lock has no binary, as no scripts ran: the root's is found in its stead.
  rmSync(join(folder, "node_modules/better-sqlite3"), { recursive: true, force: true })
  writeFileSync(stamp, lock)
  return true
}

const compile = async (project: string, options: ReadonlyArray<string>): Promise<void> => {
  await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", project, ...options], { cwd: here })
}

/** Installs the peers; the build of Strata goes beside them, like a package. */
export const installPeers = (): Promise<boolean> => installIn(here)

export const build = async (): Promise<void> => {
  const strata = join(here, "node_modules/effect-strata")
  rmSync(strata, { recursive: true, force: true })
  rmSync(child(""), { recursive: true, force: true })
  mkdirSync(strata, { recursive: true })
  copyFileSync(join(root, "package.json"), join(strata, "package.json"))
  await Promise.all([
    compile(join(root, "tsconfig.build.json"), [
      "--noCheck",
      "--declaration",
      "false",
      "--declarationMap",
      "false",
      "--sourceMap",
      "false",
      "--outDir",
      join(strata, "dist")
    ]),
    compile("tsconfig.build.json", [])
  ]).catch((error) => {
    throw new Error(output(error))
  })
}

/** Why Prisma cannot be measured here; undefined where it can. */
export const installPrisma = async (): Promise<string | undefined> => {
  const folder = join(here, "prisma")
  try {
    const isNew = await installIn(folder)
    if (isNew || !existsSync(join(folder, "generated/index.js"))) {
      // It generates without the engine that it would download, if only it finds one.
      const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true" }
      const cli = join(folder, "node_modules/prisma/build/index.js")
      await run(process.execPath, [cli, "generate", "--schema", "schema.prisma"], { cwd: folder, env })
    }
    return undefined
  } catch (error) {
    return output(error).split("\n")[0]
  }
}

/** The version of a package, as a contender finds it. */
export const version = (name: string, folder = ""): string => {
  for (const place of [join(here, folder), here, root]) {
    const file = join(place, "node_modules", name, "package.json")
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version
  }
  return "unknown"
}

/** The copies of `effect` that a process of Strata's would load: there must be one. */
export const effectCopies = (): ReadonlySet<string> =>
  new Set(
    ["", "node_modules/effect-strata/dist/", "node_modules/drizzle-orm/"].map((place) =>
      createRequire(join(here, place, "any.js")).resolve("effect")
    )
  )
