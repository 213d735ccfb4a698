/**
 * What a program would send: a `Database` that prints each statement for a dialect and answers every read with one row.
 */
import { assert } from "@effect/vitest"
import type { Capability } from "effect-strata"
import { Database } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type { UnsupportedError } from "../../src/DbError.js"
import type { Dialect } from "../../src/Dialect.js"
import * as Writes from "../../src/executor/writes.js"
import * as Loader from "../../src/Loader.js"
import { DecimalParameter } from "../../src/mysql/codecs.js"
import * as MysqlDialect from "../../src/mysql/dialect.js"
import * as PostgresDialect from "../../src/postgres/dialect.js"
import type { Statement } from "../../src/sql/statement.js"
import { compile } from "../../src/sql/compile.js"
import type { Compiled } from "../../src/sql/compile.js"
import { marked } from "../../src/sql/hiding.js"
import { Plans } from "../../src/sql/plans.js"
import * as SqliteDialect from "../../src/sqlite/dialect.js"

export const dialects = {
  sqlite: SqliteDialect.dialect,
  postgresql: PostgresDialect.dialect,
  mariadb: MysqlDialect.make({ kind: "mariadb", version: [10, 11, 6] }),
  mysql: MysqlDialect.make({ kind: "mysql", version: [8, 0, 36] })
} satisfies { readonly [name: string]: Dialect }

export type DialectName = keyof typeof dialects

/** A statement as it is sent: its text and its parameters. */
export type Sent = readonly [sql: string, ...parameters: ReadonlyArray<unknown>]

/** What a dialect makes of a program: the statements, in order, or the feature that it refuses. */
export type Expected = ReadonlyArray<Sent> | { readonly unsupported: string }

/** What a line says; what some databases lack, they refuse. */
export type Program = Effect.Effect<unknown, unknown, Database.Database | Capability.All>

/** A line of the golden table. A dialect that is left out does not compile. */
export interface Line {
  readonly name: string
  readonly program: Program
  readonly expected: { readonly [D in DialectName]: Expected }
}

export const line = (
  name: string,
  program: Program,
  expected: Line["expected"]
): Line => ({ name, program, expected })

/** The dialect refuses, and nothing is sent. */
export const unsupported = (feature: string): Expected => ({ unsupported: feature })

/** MySQL's form of a decimal that is bound. */
export const decimal = (digits: string): unknown => new DecimalParameter(digits)

/** The one parameter of a list that is too long for a list: 257 times the same item. */
export const listed = (open: string, item: string, close: string): string =>
  `${open}${Array.from({ length: 257 }, () => item).join(",")}${close}`

const keys: Record<string, unknown> = { k0: 1, k1: 1, i0_k0: 1, i0_k1: 1, i1_k0: 1, i1_k1: 1 }

/** Related rows that came with it; each has more of them. */
keys["i0"] = [{ row: {}, keys }]

/** Fits every statement that goes on with what an earlier one found. */
const row = (): object => ({ ...keys, key: keys, keys, row: {}, found: { row: {}, keys } })

type One = Exclude<Statement, { readonly _tag: "Script" }>

const plans = new Map<Dialect, Plans>()

/** What a statement becomes; the same with what was learnt of all statements before it, and with what is learnt of itself. */
export const compiled = (statement: One, dialect: Dialect): Compiled => {
  const known = plans.get(dialect) ?? new Plans(dialect)
  plans.set(dialect, known)
  const { parameters, text, ...rest } = compile(statement, dialect)
  for (let time = 0; time < 2; time++) {
    const planned = known.compile(statement)
    assert.deepStrictEqual([planned.text, planned.parameters], [text, parameters])
    assert.deepStrictEqual(known.marked(statement), marked(statement, dialect))
  }
  return { parameters, text, ...rest }
}

const printed = (statement: One, dialect: Dialect): Sent => {
  const { parameters, text } = compiled(statement, dialect)
  return [text, ...parameters]
}

const noScript = Effect.die("no line is about tables")

/** Everything that the program sends to a database of the dialect. */
export const sentBy = (
  program: Program,
  dialect: Dialect
): Effect.Effect<Expected, unknown> =>
  Effect.suspend(() => {
    const sent: Array<Sent> = []
    const send = (statement: Statement): Effect.Effect<any, any> => {
      if (statement._tag === "Script") return noScript
      return Effect.flatMap(
        Effect.suspend(() => {
          try {
            return Effect.succeed(printed(statement, dialect))
          } catch (problem) {
            return Effect.fail(problem)
          }
        }),
        (one) => {
          sent.push(one)
          const rows = statement._tag === "Select" || statement.returning !== undefined ? [row()] : []
          return Effect.succeed({ rows, affected: 1, insertId: 1 })
        }
      )
    }
    const transact: Database.Service["transact"] = (effect) => {
      sent.push(["begin"])
      return Effect.tap(effect, () => void sent.push(["commit"])) as never
    }
    const write = Writes.make({
      dialect,
      isAnsweredNow: false,
      send,
      prepare: (insert) => Effect.succeed(insert),
      sendReady: send,
      sendAll: (all) => Effect.forEach(all, send),
      transact: (effect) => transact(effect, undefined)
    })
    const rows = (statement: Statement) => Effect.map(send(statement), (outcome) => outcome.rows)
    const loader = Loader.make(dialect.capabilities)
    const service: Database.Service = {
      scopeOf: () => undefined,
      server: { name: dialect.name, version: "" },
      run: (statement): Effect.Effect<any, any> => {
        switch (statement._tag) {
          case "Select":
            return Effect.map(loader.load(statement, rows), (found) => ({ rows: found, affected: found.length }))
          case "Script":
            return noScript
          default:
            return write.run(statement)
        }
      },
      stream: (select) => Stream.fromIterableEffect(rows(select)),
      transact,
      pool: { state: Effect.die("not needed"), resize: () => Effect.die("not needed") },
      readOnlyReason: Effect.die("not needed"),
      lock: () => Effect.die("not needed"),
      explain: () => Effect.die("not needed"),
      print: () => Effect.die("not needed"),
      load: (parents, includes) => loader.onto(parents, includes, rows),
      observers: { list: [], add: () => Effect.void }
    }
    return Effect.provideService(
      program as Effect.Effect<unknown, unknown, Database.Database>,
      Database.Database,
      service
    ).pipe(
      Effect.either,
      Effect.flatMap((outcome): Effect.Effect<Expected, unknown> =>
        Either.isRight(outcome)
          ? Effect.succeed(sent)
          : isUnsupported(outcome.left)
          ? Effect.succeed({ unsupported: outcome.left.feature })
          : Effect.fail(outcome.left)
      )
    )
  })

const isUnsupported = (error: unknown): error is UnsupportedError =>
  (error as { readonly _tag?: unknown })._tag === "UnsupportedError"
