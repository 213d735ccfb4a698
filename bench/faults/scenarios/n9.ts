/**
 * N9: tables that change under statements that were prepared for what they were.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Connect from "../../../src/Connect.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import * as Transaction from "../../../src/Transaction.js"
import { canary } from "../canary.js"
import { outcomeOf, rowsOf, tally } from "../figures.js"
import type { Scenario, Target } from "../scenario.js"
import { administer } from "../targets.js"

class Page extends Model.Class<Page>("Page")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String.pipe(Schema.maxLength(100))
}, { table: "n9_pages" }) {}

/** What changes the answer's type, and what only the table. */
const changes = ({ name }: Target): ReadonlyArray<string> =>
  name === "postgres"
    ? [
      "alter table n9_pages alter column text type text",
      "alter table n9_pages add column more int",
      "alter table n9_pages alter column text type varchar(100)",
      "alter table n9_pages drop column more"
    ]
    : [
      "alter table n9_pages modify column text longtext not null",
      "alter table n9_pages add column more int",
      "alter table n9_pages modify column text varchar(100) not null",
      "alter table n9_pages drop column more"
    ]

const read = Query.from(Page).pipe(Query.where({ id: 1 }))

export const n9: Scenario = {
  id: "N9",
  title: "ALTER TABLE under readers with prepared statements",
  databases: ["postgres", "mariadb"],
  run: (target, form) =>
    Effect.gen(function*() {
      const row = rowsOf("N9", target)
      const rounds = form === "long" ? 10 : 2
      const alter = (statement: string) => administer(target.name, target.url, statement)
      yield* Effect.gen(function*() {
        yield* Ddl.create(Page)
        yield* Mutation.insert(Page, { id: 1, text: canary.parameter })
      }).pipe(Effect.provide(Connect.layer(target.url)))

      const outside = yield* Effect.gen(function*() {
        const outcomes: Array<string> = []
        let isOver = false
        const reader = Effect.gen(function*() {
          while (!isOver) {
            const exit = yield* Effect.exit(read)
            const isRight = Exit.isSuccess(exit) && exit.value.length === 1 && exit.value[0]?.text === canary.parameter
            outcomes.push(Exit.isSuccess(exit) && !isRight ? "another row" : outcomeOf(exit))
            yield* Effect.sleep(1)
          }
        })
        const readers = yield* Effect.fork(
          Effect.all(Array.from({ length: 4 }, () => reader), { concurrency: "unbounded" })
        )
        for (let round = 0; round < rounds; round++) {
          for (const change of changes(target)) {
            yield* alter(change)
            yield* Effect.sleep(30)
          }
        }
        isOver = true
        yield* Fiber.join(readers)
        return outcomes
      }).pipe(Effect.provide(Connect.layer(target.url, { size: 4 })))

      const inside = yield* Effect.gen(function*() {
        const outcomes: Array<string> = []
        const after: Array<string> = []
        for (let round = 0; round < rounds; round++) {
          for (const change of changes(target)) {
            yield* Transaction.run(read)
            yield* alter(change)
            outcomes.push(outcomeOf(yield* Effect.exit(Transaction.run(read))))
            after.push(outcomeOf(yield* Effect.exit(Transaction.run(read))))
          }
        }
        return { outcomes, after }
      }).pipe(Effect.provide(Connect.layer(target.url, { size: 1 })))

      return [
        row("readers outside of transactions, while columns come, go and change their type", "0 user-visible errors", {
          observed: tally(outside),
          count: outside.length,
          ok: outside.length > 0 && outside.every((outcome) => outcome === "ok")
        }),
        row(
          "the next transaction on the same connection, and the one after it",
          "ok or QueryError/stalePlan once, then ok",
          {
            observed: `next: ${tally(inside.outcomes)}; after it: ${tally(inside.after)}`,
            count: inside.outcomes.length,
            ok: inside.outcomes.every((outcome) => outcome === "ok" || outcome === "QueryError/stalePlan") &&
              inside.after.every((outcome) => outcome === "ok")
          }
        )
      ]
    })
}
