/**
 * W1: what services do all day, with the arguments of each call and how its result is checked.
 */
import type { Admin } from "../admin.js"
import type { Engine, Operation, Page } from "../crud.js"
import { user, users } from "../seed.js"

export interface CrudWorkload {
  readonly id: string
  readonly name: string
  readonly operation: Operation
  /** Calls of one measurement at the most. */
  readonly most: number
  readonly engines: ReadonlyArray<Engine>
  /** Calls that are started at once; one after the other where undefined. */
  readonly inFlight?: number
  /** Calls after which V8 has compiled what there is to compile: they are made even where that takes up to four times as long. */
  readonly warmAfter?: number
  /** The arguments of the call with a number. */
  readonly given: (call: number) => readonly [unknown, unknown?]
  /** What a call left behind, as another connection sees it. */
  readonly left?: (admin: Admin, call: number) => Promise<unknown>
  /** Rows with keys from `removable` on must be there before. */
  readonly needsRows?: true
  /** New rows are taken away after each call, out of the time that is measured. */
  readonly clearsEach?: true
}

const all = ["sqlite", "postgres", "mysql"] as const
const servers = ["postgres", "mysql"] as const

/** The key of the first row that is there only to be deleted. */
export const removable = 1_000_001

/** Numbers of users that nobody has inserted yet in this process. */
let fresh = users

/** Begins a workload's own numbers, so that a contender that fails in another inserts the same rows as one that does not. */
export const begin = (index: number): void => {
  fresh = users + index * 1_000_000
}

const key = (call: number): number => 1 + call * 7919 % users

const pages: ReadonlyArray<Omit<Page, "offset">> = [
  { minimumAge: 40, active: true, startsWith: undefined },
  { minimumAge: undefined, active: true, startsWith: "Gra" },
  { minimumAge: 30, active: undefined, startsWith: undefined },
  { minimumAge: 25, active: false, startsWith: "Ed" }
]

const bulk = 10_000

const userOf = (where: string): string => `select name, email, age from users where ${where}`

export const crud: ReadonlyArray<CrudWorkload> = [
  {
    id: "W1.a",
    name: "find by key",
    operation: "find",
    most: 10_000,
    engines: all,
    given: (call) => [key(call)]
  },
  {
    id: "W1.b",
    name: "select 1,000 rows, decoded",
    operation: "select",
    most: 200,
    engines: all,
    given: (call) => [call * 997 % (users - 1000)]
  },
  {
    id: "W1.c",
    name: "insert returning",
    operation: "insert",
    most: 2_000,
    engines: all,
    given: () => [user(++fresh)]
  },
  {
    id: "W1.d",
    name: "bulk insert of 10,000 rows",
    operation: "insertMany",
    most: 4,
    engines: all,
    given: () => [Array.from({ length: bulk }, () => user(++fresh))],
    left: (admin) =>
      admin.ask(`select count(*) as rows_, sum(age) as ages, min(email) as first_ from users where id > ${users}`),
    clearsEach: true
  },
  {
    id: "W1.e",
    name: "100 parents with 500 children",
    operation: "withPosts",
    most: 200,
    engines: all,
    given: (call) => [call * 97 % (users - 100)]
  },
  {
    id: "W1.f",
    name: "update by key",
    operation: "update",
    most: 4_000,
    engines: all,
    given: (call) => [key(call), 18 + call % 60],
    left: (admin, call) => admin.ask(userOf(`id = ${key(call)}`))
  },
  {
    id: "W1.g",
    name: "transaction of 3 statements",
    operation: "transaction",
    most: 1_500,
    warmAfter: 5_000,
    engines: all,
    given: (call) => [user(++fresh), 18 + call % 60],
    left: (admin) => admin.ask(userOf(`email = 'user${fresh}@example.org'`))
  },
  {
    id: "W1.h",
    name: "dynamic page of 20",
    operation: "page",
    most: 800,
    engines: all,
    given: (call) => [{ ...pages[call % pages.length], offset: 20 * (call % 5) }]
  },
  {
    id: "W1.i",
    name: "count",
    operation: "count",
    most: 400,
    engines: all,
    given: (call) => [30 + call % 10]
  },
  {
    id: "W1.j",
    name: "delete by key",
    operation: "remove",
    most: 1_500,
    engines: all,
    given: (call) => [removable + call],
    left: (admin, call) => admin.ask(userOf(`id = ${removable + call}`)),
    needsRows: true
  },
  {
    id: "W1.k",
    name: "upsert by a unique column",
    operation: "upsert",
    most: 2_000,
    engines: all,
    given: (call) => {
      const there = user(key(call))
      return [call % 2 === 0 ? { ...there, age: 18 + call % 60 } : user(++fresh)]
    },
    left: (admin, call) => admin.ask(userOf(`email = 'user${call % 2 === 0 ? key(call) : fresh}@example.org'`))
  },
  {
    id: "W1.l",
    name: "exists",
    operation: "exists",
    most: 4_000,
    engines: all,
    given: (call) => [`user${call % 2 === 0 ? key(call) : -call}@example.org`]
  },
  {
    id: "W1.m",
    name: "update of about 160 rows",
    operation: "updateMany",
    most: 200,
    engines: all,
    given: (call) => [20 + call % 50, `Renamed ${call}`],
    left: (admin, call) => admin.ask(`select count(*) as rows_ from users where name = 'Renamed ${call}'`)
  },
  {
    id: "W1.n",
    name: "1,000 finds in flight on 10 connections",
    operation: "find",
    most: 4_000,
    engines: servers,
    inFlight: 1000,
    given: (call) => [key(call)]
  }
]

/** Of these the geometric mean is made. */
export const meant = ["W1.a", "W1.b", "W1.c", "W1.d", "W1.e", "W1.f", "W1.g", "W1.h", "W1.i"] as const

/** Those that are measured while somebody looks on. */
export const observed: ReadonlyArray<CrudWorkload> = crud
  .filter(({ id }) => id === "W1.a" || id === "W1.g")
  .map((workload) => ({ ...workload, id: workload.id.replace("W1", "W13") }))
