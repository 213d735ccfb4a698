/**
 * The rows that handlers are told of are the database's, whatever the program makes of its own.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Field, Model, Mutation, Signals, Transaction } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { Post, under, User, user, userPosts } from "./world.js"

class Note extends Model.Class<Note>("Note")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String,
  tags: Schema.Array(Schema.String),
  place: Schema.Struct({ room: Schema.String }),
  on: Schema.DateFromSelf
}, { table: "signal_notes" }) {
  get isLong() {
    return this.text.length > 3
  }
}

const input = (id: number) => ({ id, text: "text", tags: ["a"], place: { room: "r" }, on: new Date(0) })

/** What a program that takes no care does to its row. */
const spoil = (row: any) =>
  Effect.sync(() => {
    row.text = "spoilt"
    row.tags.push("spoilt")
    row.place.room = "spoilt"
    row.on.setTime(1)
    row.more = "spoilt"
  })

describe.each(available)("rows of signals on $name", (database) => {
  it.live("what a program makes of the row that it was given is told to nobody", () => {
    const watched: Array<Note> = []
    const committed: Array<Note> = []
    return Effect.gen(function*() {
      yield* Ddl.create(Note)
      const read = (rows: Array<Note>) =>
        rows.splice(0).map((row) => [row instanceof Note, row.isLong, { ...row }] as const)
      const whole = [[true, true, input(1)] as const]
      const ofOne = { id: 1 }
      const set = Mutation.update(Note).pipe(Mutation.set({ text: "text" }), Mutation.where(ofOne))
      const writes = [
        Mutation.insert(Note, input(1)),
        Effect.map(Mutation.returning(set), ([row]) => row),
        Mutation.upsert(Note, input(1)),
        Effect.map(Mutation.outcomes(Mutation.upsert(Note, input(1))), ({ row }) => row),
        Effect.map(Mutation.returning(Mutation.delete(Note).pipe(Mutation.where(ofOne))), ([row]) => row)
      ]
      for (const write of writes) {
        yield* Transaction.run(Effect.gen(function*() {
          const row = yield* write
          assert.isTrue(row instanceof Note)
          yield* spoil(row)
          assert.strictEqual(row!.text, "spoilt")
        }))
        assert.deepStrictEqual(read(committed), whole)
        assert.deepStrictEqual(read(watched), whole)
      }
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.watch(
          "w",
          Note,
          ["inserted", "updated", "deleted"],
          ({ row }) => Effect.sync(() => void watched.push(row))
        ),
        Signals.afterCommit(
          "c",
          Note,
          ["inserted", "updated", "deleted"],
          ({ row }) => Effect.sync(() => void committed.push(row))
        )
      )
    )))
  })

  it.live("what handlers make of the row that they are told of is not the program's", () =>
    Effect.gen(function*() {
      yield* Ddl.create(Note)
      assert.deepStrictEqual({ ...(yield* Mutation.insert(Note, input(1))) }, input(1))
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.watch("w", Note, "inserted", ({ row }) => spoil(row))
      )
    ))))

  it.live("of a row of a graph its own columns are told, and not what belongs to it", () => {
    const told: Array<object> = []
    const note = ({ row }: { readonly row: object }) => Effect.sync(() => void told.push({ ...row }))
    return Effect.gen(function*() {
      const graph = yield* Mutation.insertGraph(User, { posts: userPosts }, { ...user(1), posts: [{ title: "a" }] })
      assert.deepStrictEqual(graph.posts.map(({ title }) => title), ["a"])
      const own = user(1, { nick: null })
      assert.deepStrictEqual(told, [own, own])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.watch("w", User, "inserted", note),
        Signals.afterCommit("c", User, "inserted", note),
        Signals.watch("p", Post, "deleted", () => Effect.void)
      )
    )))
  })
})
