/**
 * What relations and repositories take: names beside rows, values of their conditions, keys, patches, counts.
 */
import * as Effect from "effect/Effect"
import * as Expr from "../../src/Expr.js"
import * as Query from "../../src/Query.js"
import * as Relation from "../../src/Relation.js"
import * as Repository from "../../src/Repository.js"
import type { Entry, Made } from "./entry.js"
import { asking, entry, Row, rows, Written } from "./entry.js"

const text = entry("text", "value")
const word = entry("text", "word")
const name = entry("text", "name")
const count = entry("number", "word")

const own = Relation.hasMany(Row, Row, "id")
const ownName = Relation.belongsTo(Row, Row, "id")
const all = Query.from(Row).pipe(Query.orderBy((row) => Expr.asc(row.id)))
const ids = Query.pluck((row: Expr.Columns<typeof Row>) => row.id)
const rowsOf = Repository.make(Row)
const writtenOf = Repository.make(Written)
const anyRows = rowsOf as any
const anyWritten = writtenOf as any

/** Runs something of which no one statement is known. */
const ran = (run: () => Effect.Effect<unknown, unknown, any>, isRight?: Made["isRight"]): Made => ({
  statement: Effect.fail(undefined as never),
  run: Effect.suspend(run) as Made["run"],
  isRight
})

const namedOf = (value: unknown) => rows.filter((row) => row.name === value).map(({ id }) => id)

export const related: ReadonlyArray<Entry> = [
  text(
    "the condition of a count of a relation",
    (v) =>
      asking(all.pipe(Query.pluck(Relation.count(own, { name: v }))), () => rows.map((row) => row.name === v ? 1 : 0))
  ),
  text("the condition of an aggregate of a relation", (v) =>
    asking(
      all.pipe(Query.pluck(Relation.aggregate(own.pipe(Relation.where({ name: v })), (row) => Expr.max(row.id)))),
      () => rows.map((row) => row.name === v ? row.id : null)
    )),
  text("the condition of a relation through another", (v) =>
    asking(
      all.pipe(Query.where(Relation.some(Relation.through(own, own.pipe(Relation.where({ name: v }))))), ids),
      () => namedOf(v)
    )),
  text("the condition of a relation that is joined", (v) =>
    asking(
      all.pipe(
        Query.include({ own: own.pipe(Relation.where({ name: v }), Relation.limit(1)) }, { strategy: "join" }),
        Query.where(Relation.every(own, { name: v })),
        ids
      )
    ), { allows: ["ConfigurationError"] }),
  text(
    "the condition of a tree",
    (v) =>
      asking(
        all.pipe(Query.where(Relation.none(Relation.descendants(own, { maxDepth: 2 }), { name: v })), ids),
        () => rows.map(({ id }) => id)
      )
  ),
  word(
    "what the depth of a tree is called",
    (v) => asking(all.pipe(Query.include({ up: Relation.ancestors(ownName, { as: v }) })))
  ),
  word("the options of a tree", (v) => asking(all.pipe(Query.include({ up: Relation.ancestors(ownName, v) })))),
  count(
    "the depth of a tree",
    (n) => asking(all.pipe(Query.include({ all: Relation.descendants(own, { maxDepth: n }) })))
  ),
  count("the limit of a relation", (n) => asking(all.pipe(Query.include({ own: own.pipe(Relation.limit(n)) })))),
  count(
    "the offset of a relation",
    (n) => asking(all.pipe(Query.include({ own: own.pipe(Relation.offset(n)) }, { strategy: "join" })))
  ),
  name("the name of an include", (v) => asking(all.pipe(Query.include({ [v]: own } as never, { strategy: "join" })))),
  word("the strategy of an include", (v) => asking(all.pipe(Query.include({ own }, { strategy: v })))),
  word("the key of a relation", (v) => asking(all.pipe(Query.include({ other: Relation.hasMany(Row, Row, v) })))),
  word("rows that relations are loaded onto", (v) => ran(() => Relation.load(v, { own } as never) as never)),
  word("the key of a row that relations are loaded onto", (v) => ran(() => Relation.load([{ id: v }], { own }))),
  word("the row that a relation is loaded of", (v) => ran(() => Relation.lazy(own)(v))),

  word("repository: findById", (v) => ran(() => rowsOf.findById(v)), { allows: ["RowNotFound"] }),
  word("repository: load", (v) => ran(() => rowsOf.load(v)), { allows: ["RowNotFound"] }),
  word(
    "repository: loads at a time",
    (v) => ran(() => Effect.all([rowsOf.load(v), rowsOf.load(1)], { batching: true, concurrency: "unbounded" })),
    { allows: ["RowNotFound"] }
  ),
  text(
    "repository: a value of findBy",
    (v) => ran(() => rowsOf.findBy({ name: v }), (found) => found.length === namedOf(v).length)
  ),
  word("repository: findBy", (v) => ran(() => rowsOf.findBy(v))),
  word("repository: options of findBy", (v) => ran(() => rowsOf.findBy({ id: 1 }, v))),
  word("repository: options of list", (v) => ran(() => rowsOf.list(v))),
  count("repository: the limit of list", (n) => ran(() => rowsOf.list({ limit: n }))),
  word("repository: options of page", (v) => ran(() => rowsOf.page(v))),
  count("repository: count", (v) => ran(() => rowsOf.count(v))),
  word("repository: exists", (v) => ran(() => rowsOf.exists(v))),
  word("repository: insert", (v) => ran(() => writtenOf.insert(v))),
  word("repository: insertMany", (v) => ran(() => writtenOf.insertMany(v))),
  word("repository: a patch", (v) => ran(() => writtenOf.update(1, v)), { allows: ["RowNotFound"] }),
  word("repository: a value of a patch", (v) => ran(() => writtenOf.update(1, { name: v })), {
    allows: ["RowNotFound"]
  }),
  word("repository: a name in a patch", (v) => ran(() => anyWritten.update(1, { [v]: 1 })), {
    allows: ["RowNotFound"]
  }),
  word("repository: save", (v) => ran(() => writtenOf.save(v))),
  word("repository: upsert's options", (v) => ran(() => anyRows.upsert(rows[0], v))),
  word("repository: firstOrInsert", (v) => ran(() => anyRows.firstOrInsert(v))),
  word("repository: firstOrInsert's key", (v) => ran(() => anyRows.firstOrInsert(rows[0], { on: [v] }))),
  word("repository: updateOrInsert's key", (v) => ran(() => anyRows.updateOrInsert(rows[0], { on: v }))),
  count("repository: a step", (n) => ran(() => writtenOf.increment(1, { score: n })), { allows: ["RowNotFound"] }),
  word("repository: steps", (v) => ran(() => writtenOf.increment(1, v)), { allows: ["RowNotFound"] }),
  word("repository: a name of a step", (v) => ran(() => anyWritten.increment(1, { [v]: 1 })), {
    allows: ["RowNotFound"]
  }),
  word("repository: delete", (v) => ran(() => writtenOf.delete(v)), { allows: ["RowNotFound"] })
]
