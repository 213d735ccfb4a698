/**
 * A program of W11 by itself: `node start.js REQUEST`. It loads nothing of its own but what lists modules, where they are listed.
 */
import type { Start, StartAnswer, StartRequest } from "../starting.js"

const request = JSON.parse(process.argv[2] ?? "{}") as StartRequest

const modules: Array<string> = []
if (request.does === "list") {
  const { Session } = await import("node:inspector")
  const session = new Session()
  session.connect()
  session.on("Debugger.scriptParsed", ({ params }) => void modules.push(params.url))
  session.post("Debugger.enable")
}

const began = performance.now()
if (request.module !== "") {
  const { start } = await import(new URL(`../${request.module}`, import.meta.url).href) as { readonly start: Start }
  const { find } = await start(request.engine, request.url, request.tables)
  const row = await find(1) as { readonly id?: unknown } | undefined
  if (row?.id !== 1) throw new Error("the row is not there")
}
const time = performance.now() - began
const resident = process.memoryUsage.rss() / 2 ** 20
const answer: StartAnswer = { resident, time, modules: modules.filter((url) => /^(file:|\/)/.test(url)) }
process.stdout.write(JSON.stringify(answer), () => process.exit(0))
