/**
 * What a contender does in W8: writes many rows of `members`, all or none.
 */
import type { Engine, UserInput } from "./crud.js"
import { joined, numbers } from "./plenty.js"
import { types } from "./seed.js"

export interface Bulk {
  readonly insert: (inputs: ReadonlyArray<UserInput>) => Promise<unknown>
  /** Inserts rows, and sets everything else of those whose email is there. */
  readonly upsert: (inputs: ReadonlyArray<UserInput>) => Promise<unknown>
  /** Makes everyone a year older. */
  readonly update: () => Promise<unknown>
  readonly close: () => Promise<void>
}

export type OpenBulk = (target: {
  readonly engine: Engine
  readonly url: string
  readonly variant: string
}) => Promise<Bulk>

/** Makes `members` anew, without rows. */
export const createMembers = (engine: Engine): ReadonlyArray<string> => {
  const { boolean, end, instant, integer, key, short } = types[engine]
  return [
    "drop table if exists members",
    `create table members (id ${key}, name ${short} not null, email ${short} not null unique, age ${integer} not null, ` +
    `active ${boolean} not null, created_at ${instant} not null)${end}`
  ]
}

export const emptyMembers = (engine: Engine): string =>
  engine === "sqlite" ? "delete from members" : engine === "postgres" ? "truncate members" : "truncate table members"

/** Puts members there before, with the emails of the first users. */
export const fillMembers = (engine: Engine, count: number): string =>
  `insert into members (name, email, age, active, created_at) ${numbers[engine](count)} 'Before', ${
    joined(engine, "user", "@example.org")
  }, 18 + n % 60, n % 2 = 0, '${engine === "mysql" ? "2020-01-01 00:00:00" : "2020-01-01T00:00:00.000Z"}' from numbers`

/** Everything of all members, in one row. */
export const membersSeen = "select count(*) as rows_, sum(age) as ages, sum(case when active then 1 else 0 end) as " +
  "active_, count(distinct name) as names, min(email) as first_, max(email) as last_, min(created_at) as earliest, " +
  "max(created_at) as latest from members"
