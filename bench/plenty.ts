/**
 * The tables of what reads a lot: a million people, rows of 200 columns, and a tree. The first process of a run that asks for them makes them.
 */
import { dirname, join } from "node:path"
import { administer } from "./admin.js"
import type { Admin } from "./admin.js"
import type { Engine } from "./crud.js"
import { types } from "./seed.js"

export const people = 1_000_000

/** Columns of `wide` beside its key: `c1` and every other one are numbers, the others texts. */
export const wideColumns = 199
export const wideRows = 100

/** Levels of `nodes` below the first, each node with one child. */
export const levels = 5
export const nodesEach = 100

/** The name of a column of `wide`, from 1. */
export const columnAt = (number: number): string => `c${number}`

export const isNumber = (number: number): boolean => number % 2 === 1

const minutes = "n * 60"
const epoch = 1_577_836_800

/** Numbers from 1 on as a query, and what a person's instant is made of them. */
export const numbers = {
  sqlite: (count: number) =>
    `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count}) select`,
  postgres: (count: number) => `with numbers as (select n from generate_series(1, ${count}) as n) select`,
  mysql: (count: number) => `with numbers as (select cast(seq as signed) as n from seq_1_to_${count}) select`
} as const satisfies { readonly [E in Engine]: unknown }

const instants = {
  sqlite: `strftime('%Y-%m-%dT%H:%M:%S.000Z', ${epoch} + ${minutes}, 'unixepoch')`,
  postgres: `to_timestamp(${epoch} + ${minutes})`,
  mysql: `date_add('2020-01-01', interval ${minutes} second)`
} as const satisfies { readonly [E in Engine]: string }

export const joined = (engine: Engine, prefix: string, suffix = ""): string =>
  engine === "mysql" ? `concat('${prefix}', n, '${suffix}')` : `'${prefix}' || n || '${suffix}'`

/** Makes the tables, with so many people. */
export const making = (engine: Engine, people: number): ReadonlyArray<string> => {
  const { boolean, end, instant, integer, key, short } = types[engine]

  const all = Array.from({ length: wideColumns }, (_, i) => i + 1)
  // Where rows would not fit into a page otherwise, its texts are short.
  const declared = all.map((i) => `${columnAt(i)} ${isNumber(i) ? integer : short.replace("191", "16")} not null`)
  const given = all.map((i) => isNumber(i) ? `n + ${i}` : joined(engine, `${columnAt(i)} of `))
  const made: ReadonlyArray<readonly [string, string, number, ReadonlyArray<string>]> = [
    [
      "people",
      `name ${short} not null, email ${short} not null, age ${integer} not null, active ${boolean} not null, ` +
      `created_at ${instant} not null`,
      people,
      [
        joined(engine, "Person "),
        joined(engine, "person", "@example.org"),
        "18 + n % 60",
        "n % 3 = 0",
        instants[engine]
      ]
    ],
    ["wide", declared.join(", "), wideRows, given],
    [
      "nodes",
      `parent_id ${integer}, depth ${integer} not null, name ${short} not null`,
      nodesEach * (levels + 1),
      [
        `case when n > ${nodesEach} then n - ${nodesEach} end`,
        engine === "mysql" ? `(n - 1) div ${nodesEach}` : `(n - 1) / ${nodesEach}`,
        joined(engine, "Node ")
      ]
    ]
  ]
  return [
    ...made.flatMap(([table, columns, count, values]) => [
      `drop table if exists ${table}`,
      `create table ${table} (id ${key}, ${columns})${end}`,
      `insert into ${table} ${numbers[engine](count)} n, ${values.join(", ")} from numbers`
    ]),
    "create index nodes_parent on nodes (parent_id)",
    ...(engine === "postgres" ? ["vacuum analyze people", "vacuum analyze wide", "vacuum analyze nodes"] : []),
    ...(engine === "mysql" ? ["analyze table people, wide, nodes"] : []),
    ...(engine === "sqlite" ? ["analyze", "pragma wal_checkpoint(truncate)"] : []),
    // The last, so that what was left half-way is made again.
    "create table plenty (id integer)"
  ]
}

const isThere = (admin: Admin): Promise<boolean> => admin.ask("select id from plenty").then(() => true, () => false)

/** Makes the tables unless they are there; gives where they are: on SQLite in a file of their own, which outlives the process's own one. */
export const prepare = async (engine: Engine, url: string): Promise<string> => {
  const place = engine === "sqlite" ? join(dirname(url), "plenty.db") : url
  const admin = await administer(engine, place)
  if (!await isThere(admin)) { for (const statement of making(engine, people)) await admin.ask(statement) }
  await admin.close()
  return place
}
