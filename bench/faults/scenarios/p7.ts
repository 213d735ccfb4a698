/**
 * P7: streams of a large table that are read to the end, left early, interrupted, or read slowly.
 */
import * as Effect from "effect/Effect"
import { run } from "../child.js"
import type { Answer, Argument } from "../children/stream.js"
import { ms, rowsOf } from "../figures.js"
import type { Scenario, Target } from "../scenario.js"
import { observe } from "../sessions.js"

const backLimit = 200
const growthLimit = 50

/** The table, made by the server itself. */
const fill = ({ name }: Target, rows: number): ReadonlyArray<string> => {
  const note = name === "sqlite" ? "printf('%0100d', i)" : "repeat('x', 100)"
  const source = name === "postgres"
    ? `select i, ${note} from generate_series(1, ${rows}) as i`
    : name === "sqlite"
    ? `with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${rows}) select i, ${note} from numbers`
    : `select seq, ${note} from seq_1_to_${rows}`
  return [
    "drop table if exists p7_rows",
    "create table p7_rows (id integer not null primary key, note varchar(200) not null)",
    `insert into p7_rows (id, note) ${source}`
  ]
}

export const p7: Scenario = {
  id: "P7",
  title: "Streams: bounded memory, early stop, interruption, a slow consumer",
  databases: ["postgres", "mariadb", "sqlite"],
  isTimed: true,
  run: (target, form) =>
    Effect.gen(function*() {
      const rows = form === "short" ? 50_000 : 1_000_000
      const observer = yield* observe(target)
      yield* Effect.forEach(fill(target, rows), observer.ask, { discard: true })
      const given: Argument = { target, slowFor: form === "short" ? 500 : 5_000 }
      const { told } = yield* run<Answer>("stream", given)
      const row = rowsOf("P7", target)
      const within = (time: number) => time >= 0 && time <= backLimit
      const memory = (what: string, growth: number, count: number, complete = true) =>
        row(what, `memory grows by less than ${growthLimit} MB`, {
          observed: `${count.toLocaleString("en")} rows, ${growth.toFixed(1)} MB at the peak`,
          count,
          ok: growth < growthLimit && complete
        })
      const back = (what: string, time: number) =>
        row(what, `cursor closed and connection back within ${backLimit} ms`, {
          observed: time < 0 ? "never" : ms(time),
          count: 1,
          ok: within(time)
        })
      return [
        memory(
          `a stream of ${rows.toLocaleString("en")} rows, read to its end`,
          told.readGrowth,
          told.rows,
          told.rows === rows
        ),
        memory("a consumer that takes 10 ms for 100 rows", told.slowGrowth, told.slowRows),
        back("10 rows are taken", told.taken),
        back("the reader is interrupted", told.interrupted),
        back("the slow consumer stops", told.slowBack)
      ]
    })
}
