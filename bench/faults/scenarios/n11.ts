/**
 * N11: a process that writes to a file of SQLite is killed; a second one writes; a reader keeps the WAL from its checkpoint.
 */
import BetterSqlite from "better-sqlite3"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import type { ChildProcess } from "node:child_process"
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as Ddl from "../../../src/Ddl.js"
import * as Expr from "../../../src/Expr.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import * as Sqlite from "../../../src/Sqlite.js"
import * as Transaction from "../../../src/Transaction.js"
import { canary } from "../canary.js"
import { marks } from "../writing.js"
import type { Argument } from "../writing.js"
import { nameOf, rowsOf, tally } from "../figures.js"
import { Entry } from "../ledger.js"
import type { Scenario, Target } from "../scenario.js"

const root = fileURLToPath(new URL("../../..", import.meta.url))

/**
 * The writing program in plain JavaScript, until the scope closes: it is started more than a hundred times, and loading TypeScript takes
 * most of a second.
 */
const compiled = Effect.gen(function*() {
  const cache = join(root, "node_modules", ".cache")
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => {
      mkdirSync(cache, { recursive: true })
      return mkdtempSync(join(cache, "strata-n11-"))
    }),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
  )
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { noEmit: false, noCheck: true, rootDir: root, outDir: directory },
    // A thread is started by the name of its file.
    include: ["bench/faults/children/writer.ts", "src/sqlite/worker.ts"].map((file) => join(root, file))
  }
  yield* Effect.tryPromise(async () => {
    writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config))
    await promisify(execFile)(join(root, "node_modules", ".bin", "tsc"), ["-p", directory])
  })
  return join(directory, "bench", "faults", "children", "writer.js")
})

const fileOf = ({ url }: Target): string => url.slice("sqlite:".length)

/** What writers have told. */
interface Book {
  readonly begun: Set<string>
  readonly acknowledged: Set<string>
  readonly failures: Array<string>
}

const emptyBook = (): Book => ({ begun: new Set(), acknowledged: new Set(), failures: [] })

const note = (book: Book, line: string): void => {
  const [ids = "", failure = ""] = line.slice(1).split(" ")
  if (line.startsWith(marks.failed)) book.failures.push(failure)
  else for (const id of ids.split(",")) (line.startsWith(marks.begun) ? book.begun : book.acknowledged).add(id)
}

/** A process that has loaded its program and waits to be told to begin; what it says goes into the book. */
class Writer {
  private readonly child: ChildProcess
  private readonly ready: Promise<void>
  private readonly wrote: Promise<void>
  private readonly closed: Promise<unknown>

  constructor(program: string, argument: Argument, book: Book) {
    this.child = spawn(process.execPath, [program, JSON.stringify(argument)], { stdio: ["pipe", "pipe", "inherit"] })
    this.closed = once(this.child, "close")
    let rest = ""
    let isReady = () => {}
    let hasWritten = () => {}
    this.ready = new Promise((resolve) => (isReady = resolve))
    this.wrote = new Promise((resolve) => (hasWritten = resolve))
    this.child.stdin?.on("error", () => {})
    this.child.stdout?.on("data", (data: Buffer) => {
      const lines = (rest + data.toString()).split("\n")
      // Of a line that the kill has cut nothing is known.
      rest = lines.pop() ?? ""
      for (const line of lines) {
        if (line === "ready") isReady()
        else note(book, line)
        if (line.startsWith(marks.acknowledged)) hasWritten()
      }
    })
  }

  readonly begin = Effect.promise(async () => {
    await Promise.race([this.ready, this.closed])
    this.child.stdin?.write("go\n")
  })

  /** Until the first row is acknowledged, or the process has ended. */
  readonly hasWritten = Effect.promise(() => Promise.race([this.wrote, this.closed]))

  readonly kill = Effect.promise(() => {
    this.child.kill("SIGKILL")
    return this.closed
  })

  readonly ended = Effect.promise(async () => {
    await this.closed
    return this.child.exitCode
  })
}

const startWriter = (program: string, argument: Argument, book: Book) =>
  Effect.acquireRelease(Effect.sync(() => new Writer(program, argument, book)), (writer) => writer.kill)

const prepare = (target: Target) =>
  Effect.provide(
    Effect.zipRight(Ddl.drop([Entry], { ifExists: true }), Ddl.create(Entry)),
    Sqlite.layer({ filename: fileOf(target) })
  )

/** What another program finds in the file. */
const found = (target: Target) =>
  Effect.sync(() => {
    const database = new BetterSqlite(fileOf(target))
    try {
      return {
        integrity: String(database.pragma("integrity_check", { simple: true })),
        ids: new Set(database.prepare("select id from ledger").pluck().all() as Array<string>)
      }
    } finally {
      database.close()
    }
  })

/** What is wrong with the file by what the writers said. */
const verdictOf = (book: Book, ids: ReadonlySet<string>) => ({
  lost: [...book.acknowledged].filter((id) => !ids.has(id)).length,
  phantom: [...ids].filter((id) => !book.begun.has(id)).length,
  torn: [...book.begun].filter((id) => id.endsWith("-a") && ids.has(id) !== ids.has(`${id.slice(0, -1)}b`)).length
})

/** So many processes, one after the other, each killed at some moment of its writing; the next ones load their programs meanwhile. */
const kills = (program: string, target: Target, count: number, options: Pick<Argument, "synchronous" | "worker">) =>
  Effect.scoped(Effect.gen(function*() {
    yield* prepare(target)
    const book = emptyBook()
    const start = (run: number) =>
      startWriter(program, {
        ...options,
        filename: fileOf(target),
        name: `${canary.parameter}-${options.synchronous}-${run}`,
        writeFor: undefined
      }, book)
    const writers: Array<Writer> = []
    let started = 0
    const total = { sound: 0, inFlight: 0, lost: 0, phantom: 0, torn: 0 }
    for (let run = 0; run < count; run++) {
      for (; started < Math.min(count, run + 3); started++) writers.push(yield* start(started))
      const writer = writers.shift()
      if (writer === undefined) break
      const before = book.acknowledged.size
      yield* writer.begin
      yield* writer.hasWritten
      yield* Effect.sleep(yield* Random.nextIntBetween(0, 40))
      yield* writer.kill
      const { ids, integrity } = yield* found(target)
      const { lost, phantom, torn } = verdictOf(book, ids)
      if (integrity === "ok" && book.acknowledged.size > before) total.sound++
      if ([...book.begun].some((id) => id.includes(`-${run}-`) && !book.acknowledged.has(id))) total.inFlight++
      // They stay: what was lost once is lost in the end as well.
      Object.assign(total, { lost, phantom, torn })
    }
    return { ...total, acknowledged: book.acknowledged.size, failures: book.failures }
  }))

const isClean = ({ failures, lost, phantom, torn }: Effect.Effect.Success<ReturnType<typeof kills>>): boolean =>
  lost === 0 && phantom === 0 && torn === 0 && failures.length === 0

const wrong = (failures: ReadonlyArray<string>): string =>
  `errors ${failures.length}${failures.length > 0 ? ` (${tally(failures)})` : ""}`

const told = (run: Effect.Effect.Success<ReturnType<typeof kills>>, count: number): string =>
  `integrity ${run.sound}/${count}, lost ${run.lost}, phantom ${run.phantom}, torn ${run.torn} of ${
    run.acknowledged.toLocaleString("en")
  } acknowledged, ${wrong(run.failures)}; ${run.inFlight} kills met a write`

/** Two processes that write for a while. */
const together = (program: string, target: Target, writeFor: number) =>
  Effect.scoped(Effect.gen(function*() {
    yield* prepare(target)
    const book = emptyBook()
    const writers = yield* Effect.forEach(["a", "b"], (name) =>
      startWriter(program, {
        filename: fileOf(target),
        name: `${canary.parameter}-${name}`,
        synchronous: "full",
        worker: false,
        writeFor
      }, book))
    yield* Effect.forEach(writers, (writer) => writer.begin, { concurrency: "unbounded" })
    const codes = yield* Effect.forEach(writers, (writer) => writer.ended, { concurrency: "unbounded" })
    const { ids, integrity } = yield* found(target)
    return {
      ...verdictOf(book, ids),
      integrity,
      codes,
      failures: book.failures,
      acknowledged: ["a", "b"].map((name) =>
        [...book.acknowledged].filter((id) => id.startsWith(`${canary.parameter}-${name}-`)).length
      )
    }
  }))

class Page extends Model.Class<Page>("Page")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  bytes: Schema.Uint8ArrayFromSelf
}, { table: "n11_pages" }) {}

const megabyte = 2 ** 20

/** A reader that stays at its snapshot while so many megabytes are written; and the WAL then, and after a few more writes. */
const starvation = (target: Target, megabytes: number) =>
  Effect.gen(function*() {
    const wal = Effect.sync(() => statSync(`${fileOf(target)}-wal`).size / megabyte)
    const write = Mutation.insert(Page, { bytes: new Uint8Array(megabyte / 4) })
    const writes = megabytes * 4
    const count = Effect.map(Query.one(Query.from(Page).pipe(Query.select(() => ({ n: Expr.count() })))), ({ n }) => n)
    yield* Ddl.create(Page)
    yield* write
    const isReading = yield* Deferred.make<void>()
    // Outside of the reader's transaction.
    const writing = yield* Effect.fork(
      Effect.zipRight(Deferred.await(isReading), Effect.partition(Array.from({ length: writes }), () => write))
    )
    const [grown, isSame, failures] = yield* Transaction.run(
      Effect.gen(function*() {
        const before = yield* count
        yield* Deferred.succeed(isReading, undefined)
        const [failures] = yield* Fiber.join(writing)
        return [yield* wal, before === (yield* count), failures.map(nameOf)] as const
      }),
      { access: "read only" }
    )
    // The first one copies the WAL into the file, the second begins the WAL anew.
    yield* Effect.replicateEffect(write, 3)
    return { writes, grown, isSame, failures, shrunk: yield* wal, isWhole: (yield* count) === writes + 4 }
  }).pipe(Effect.provide(Sqlite.layer({ filename: fileOf(target), size: 2 })))

const forms = {
  short: { full: 5, normal: 2, worker: 2, writeFor: 300, megabytes: 20 },
  long: { full: 100, normal: 20, worker: 20, writeFor: 3000, megabytes: 64 }
}

export const n11: Scenario = {
  id: "N11",
  title: "SQLite: kill -9 in the middle of writes, a second writing process, a reader that holds the WAL",
  databases: ["sqlite"],
  run: (target, form) =>
    Effect.gen(function*() {
      const row = rowsOf("N11", target)
      const program = yield* compiled
      const { full, megabytes, normal, worker, writeFor } = forms[form]
      const killed = (action: string, count: number, options: Pick<Argument, "synchronous" | "worker">) =>
        Effect.map(kills(program, target, count, options), (run) =>
          row(action, `integrity ${count}/${count}, lost 0, phantom 0, errors 0`, {
            observed: told(run, count),
            count,
            ok: run.sound === count && isClean(run)
          }))
      const rows = [
        yield* killed("kill -9 of a writing process, synchronous full", full, { synchronous: "full", worker: false }),
        yield* killed("the same with statements in threads", worker, { synchronous: "full", worker: true }),
        yield* killed(
          "the same with synchronous normal, which only a loss of power can make forget",
          normal,
          { synchronous: "normal", worker: false }
        )
      ]
      const two = yield* together(program, target, writeFor)
      const written = yield* starvation(target, megabytes)
      return [
        ...rows,
        row("two processes write at the same time", "errors 0, lost 0, phantom 0", {
          observed: `${
            two.acknowledged.join(" and ")
          } rows, lost ${two.lost}, phantom ${two.phantom}, torn ${two.torn}, ${wrong(two.failures)}`,
          count: two.acknowledged.reduce((sum, one) =>
            sum + one, 0),
          ok: two.integrity === "ok" && two.lost + two.phantom + two.torn + two.failures.length === 0 &&
            two.acknowledged.every((count) =>
              count > 0
            ) && two.codes.every((code) => code === 0)
        }),
        row(
          `a reader keeps its snapshot while ${megabytes} MB are written`,
          "errors 0; the WAL grows, and shrinks when the reader has ended",
          {
            observed: `WAL ${written.grown.toFixed(0)} MB, then ${written.shrunk.toFixed(0)} MB; snapshot ${
              written.isSame ? "unchanged" : "changed"
            }, ${wrong(written.failures)}`,
            count: written.writes,
            ok: written.grown >= megabytes && written.shrunk <= 16.1 && written.isSame && written.isWhole &&
              written.failures.length === 0
          }
        )
      ]
    })
}
