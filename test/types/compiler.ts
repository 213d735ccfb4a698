/**
 * What the compiler says of a program.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

/** What the compiler says of each line, by its number. */
export const diagnose = (lines: ReadonlyArray<string>): ReadonlyMap<number, string> => {
  const directory = mkdtempSync(join(tmpdir(), "strata-messages-"))
  try {
    symlinkSync(join(root, "node_modules"), join(directory, "node_modules"))
    writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }))
    writeFileSync(join(directory, "fixture.ts"), lines.join("\n"))
    writeFileSync(
      join(directory, "tsconfig.json"),
      JSON.stringify({
        extends: join(root, "tsconfig.json"),
        compilerOptions: { plugins: [], types: [], noErrorTruncation: false },
        files: ["fixture.ts"],
        include: []
      })
    )
    const { stdout } = spawnSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "-p", directory, "--pretty", "false"],
      { encoding: "utf8" }
    )
    const said = new Map<number, string>()
    let at = 0
    for (const line of stdout.split("\n")) {
      const place = /fixture\.ts\((\d+),\d+\)/.exec(line)
      if (place !== null) at = Number(place[1])
      said.set(at, `${said.get(at) ?? ""}${line}\n`)
    }
    return said
  } finally {
    rmSync(directory, { recursive: true })
  }
}
