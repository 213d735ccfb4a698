/**
 * The README's table of what only some databases can do, made of `src/Capability.ts`: `npm run docs` writes it.
 */
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Capability from "../../src/Capability.js"

const root = fileURLToPath(new URL("../..", import.meta.url))
const begin = "<!-- capabilities: written by npm run docs -->"
const end = "<!-- /capabilities -->"
const names = { sqlite: "SQLite", postgresql: "PostgreSQL", mysql: "MySQL", mariadb: "MariaDB" } as const

/** Its rows, as Markdown has them. */
export const table = (): string =>
  [
    ["Capability", ...Object.values(names)],
    ["-", "-", "-", "-", "-"],
    ...Object.entries(Capability.databases).map(([capability, having]: readonly [string, ReadonlyArray<string>]) => [
      `\`${capability}\``,
      ...Object.keys(names).map((name) => having.includes(name) ? "yes" : "")
    ])
  ].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

const cells = (line: string): string => line.split("|").map((cell) => cell.trim().replace(/^-+$/, "-")).join("|")

/** Whether a document has the table, however wide its columns are. */
export const isCurrent = (document: string): boolean => {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from < 0 || to < from) return false
  const written = document.slice(from + begin.length, to).trim().split("\n").map(cells)
  return written.join("\n") === table().split("\n").map(cells).join("\n")
}

/** The document with the table. */
export const updated = (document: string): string => {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from < 0 || to < from) throw new Error("the document has no place for the table")
  return `${document.slice(0, from + begin.length)}\n\n${table()}\n\n${document.slice(to)}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = `${root}README.md`
  writeFileSync(readme, updated(readFileSync(readme, "utf8")))
  execFileSync("npx", ["dprint", "fmt", "README.md"], { cwd: root, stdio: "inherit" })
}
