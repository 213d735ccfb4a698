/**
 * The code blocks of the documents, as modules that are compiled and run.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export interface Snippet {
  /** Where it stands: `README.md`, `src/Query.ts:12`. */
  readonly origin: string
  readonly code: string
}

const fence = /^```ts\n([\s\S]*?)^```$/gm

/** All blocks of a document as one module: they build on each other. */
export const ofDocument = (root: string, file: string): Snippet => ({
  origin: file,
  code: hoisted([...readFileSync(join(root, file), "utf8").matchAll(fence)].map((match) => match[1]!).join("\n"))
})

/** Imports first, each once. */
const hoisted = (code: string): string => {
  const imports = new Set(code.match(/^import .*$/gm) ?? [])
  return `${[...imports].join("\n")}\n${code.replaceAll(/^import .*$/gm, "")}`
}

const docComment = /\/\*\*[\s\S]*?\*\//g

/** The blocks in the comments of the sources, each a module of its own. */
export const ofSources = (root: string): ReadonlyArray<Snippet> =>
  readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .toSorted()
    .flatMap((file) => {
      const source = readFileSync(join(root, "src", file), "utf8")
      return [...source.matchAll(docComment)].flatMap((comment) => {
        const text = comment[0].replaceAll(/^[ \t]*\* ?/gm, "")
        return [...text.matchAll(fence)].map((match) => ({
          origin: `src/${file}:${source.slice(0, comment.index).split("\n").length}`,
          code: match[1]!
        }))
      })
    })
