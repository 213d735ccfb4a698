/**
 * What guards and watchers are told, and what they add to programs.
 */
import { Field, Model, Mutation, Query, Signals, Transaction } from "effect-strata"
import type { Connect, Database, DbError } from "effect-strata"
import { with as around } from "effect-strata/Database"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { given, is, some } from "./support.js"

class TooYoung extends Schema.TaggedError<TooYoung>()("TooYoung", { age: Schema.Number }) {}
class Kept extends Schema.TaggedError<Kept>()("Kept", { at: Schema.Number }) {}
class Frozen extends Schema.TaggedError<Frozen>()("Frozen", {}) {}

class User extends Model.Class<User>("User")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  age: Schema.Int
}, {
  guards: [
    {
      name: "adults only",
      on: "insert",
      check: ({ row }) => row.age < 18 ? Effect.fail(new TooYoung({ age: row.age })) : Effect.void
    },
    { name: "trim", on: "save", check: ({ values }) => Effect.succeed({ name: values.name?.trim() ?? "" }) },
    {
      name: "keep",
      on: "delete",
      check: ({ key }) =>
        key === 1 ? Effect.fail(new Frozen()) : key === 2 ? Effect.fail(new Kept({ at: 2 })) : Effect.void
    }
  ]
}) {}

class Post extends Model.Class<Post>("Post")({
  place: Schema.Int.pipe(Field.primaryKey),
  page: Schema.Int.pipe(Field.primaryKey),
  title: Schema.NullOr(Schema.String)
}) {}

class Mailer
  extends Context.Tag("Mailer")<Mailer, { readonly mail: (to: string) => Effect.Effect<void, "bounced"> }>()
{}
class Clerk extends Context.Tag("Clerk")<Clerk, { readonly note: (text: string) => Effect.Effect<void> }>() {}

// ---- a model's own guards: their errors are those of the model's writes, and of nothing else
is<Model.Refusal<typeof User>, TooYoung | Frozen | Kept>(true)
is<Model.Refusal<typeof Post>, never>(true)
const insert = Mutation.insert(User, { name: "Ada", age: 3 })
type ErrorOf<X extends Effect.Effect<any, any, any>> = Effect.Effect.Error<X>
is<ErrorOf<typeof insert>, DbError.WriteFailure | TooYoung | Frozen | Kept>(true)
const update = Mutation.update(User).pipe(Mutation.set({ age: 4 }), Mutation.where({ id: 1 }))
is<ErrorOf<typeof update>, ErrorOf<typeof insert>>(true)
is<ErrorOf<ReturnType<typeof Mutation.upsert<typeof Post>>>, DbError.WriteFailure>(true)
const within = Transaction.run(insert)
is<ErrorOf<typeof within>, ErrorOf<typeof insert> | DbError.TransactionFailure>(true)
const query = Query.from(User)
is<Extract<ErrorOf<typeof query>, TooYoung | DbError.Vetoed>, never>(true)
const caught = insert.pipe(Effect.catchTag("TooYoung", ({ age }) => Effect.succeed(age)))
is<Effect.Effect.Success<typeof caught>, User | number>(true)
is<ErrorOf<typeof caught>, DbError.WriteFailure | Frozen | Kept>(true)
// @ts-expect-error of a model without guards nothing is known of it
given(Mutation.insert(Post, { place: 1, page: 1, title: null }).pipe(Effect.catchTag("TooYoung", () => Effect.void)))

// ---- what handlers are told, by model and kind
const ignored = () => Effect.void
Signals.watch("one", User, ["inserted", "deleted"], (event) => {
  is<typeof event.event, "inserted" | "deleted">(true)
  is<typeof event.row, User>(true)
  return Effect.void
})
Signals.watch("before", User, "update", ({ changes, computed, key }) => {
  is<typeof key, number>(true)
  is<typeof changes, Model.Update<typeof User>>(true)
  is<typeof computed, ReadonlyArray<string>>(true)
  return Effect.void
})
Signals.guard("keys of several columns", Post, "delete", ({ key }) => {
  is<typeof key, Model.Key<typeof Post>>(true)
  return Effect.void
})
Signals.afterCommit("two models", [User, Post], "saved", ({ created, row }) => {
  is<typeof row, User | Post>(true)
  is<typeof created, boolean>(true)
  return Effect.void
})
Signals.afterCommit("many", User, "bulkUpdated", ({ affected, changes, rows }) => {
  is<typeof affected, number>(true)
  is<typeof changes, Model.Update<typeof User>>(true)
  is<typeof rows, ReadonlyArray<Model.Update<typeof User>> | undefined>(true)
  return Effect.void
})
Signals.watch("all", Signals.all, ["inserted", "begin"], (event) => {
  if (event.event === "begin") return Effect.void
  is<typeof event.row, object>(true)
  return Effect.void
})
const Shipped = Signals.event("Shipped", Schema.Struct({ order: Schema.NumberFromString }))
Signals.afterCommit("own", Shipped, (payload) => {
  is<typeof payload, { readonly order: number }>(true)
  return Effect.void
})
is<ErrorOf<ReturnType<typeof Signals.emit<{ readonly order: number }>>>, DbError.ValidationError>(true)
given(Signals.emit(Shipped, { order: 7 }))
// @ts-expect-error what is told is what the Schema decodes
given(Signals.emit(Shipped, { order: "7" }))

// ---- what guards may give
Signals.guard("insert", User, "insert", ({ row }) => Effect.succeed({ name: row.name.trim() }))
Signals.guard("rows", User, "bulkInsert", ({ rows = [] }) => Effect.succeed(rows.map(() => ({ age: 1 }))))
// @ts-expect-error no value of that column
Signals.guard("text", User, "insert", () => Effect.succeed({ age: "3" }))
// @ts-expect-error a delete has no values
Signals.guard("delete", User, "delete", () => Effect.succeed({ age: 3 }))
// @ts-expect-error one of all models changes nothing
Signals.guard("all", Signals.all, "insert", () => Effect.succeed({ age: 3 }))
// @ts-expect-error no Effect
Signals.guard("no effect", User, "insert", ({ row }) => row.age > 3)

export class Wrong extends Model.Class<Wrong>("Wrong")({ id: Schema.Int.pipe(Field.primaryKey) }, {
  guards: [
    { name: "fine", on: "delete", check: () => Effect.void },
    // @ts-expect-error a delete has no values
    { name: "values", on: "delete", check: () => Effect.succeed({ id: 3 }) },
    // @ts-expect-error no kind
    { name: "after", on: "deleted", check: () => Effect.void }
  ]
}) {}

// ---- what cannot be told
// @ts-expect-error a guard is asked before
Signals.guard("after", User, "inserted", ignored)
// @ts-expect-error a commit is told after
Signals.afterCommit("before", User, "insert", ignored)
// @ts-expect-error what is read is committed already
Signals.afterCommit("loaded", User, "loaded", ignored)
// @ts-expect-error transactions are of all models
Signals.watch("begin", User, "begin", ignored)
// @ts-expect-error no kind
Signals.watch("kind", User, "created", ignored)
// @ts-expect-error no model
Signals.watch("users", "users", "inserted", ignored)
// @ts-expect-error no row of a set
Signals.watch("row", User, "bulkInserted", ({ row }) => Effect.succeed(row))
// @ts-expect-error no column of it
Signals.watch("title", User, "inserted", ({ row }) => Effect.succeed(row.title))
// @ts-expect-error an event of one's own has one thing to tell
Signals.watch("both", Shipped, "inserted", ignored)

// ---- what the Layer requires: what its handlers do, but for the database that it is around
const greeting = Signals.afterCommit(
  "mail",
  User,
  "inserted",
  ({ row }) =>
    row.age > 3
      ? Effect.flatMap(Mailer, ({ mail }) => mail(row.name))
      : Effect.flatMap(Clerk, ({ note }) => note(row.name))
)
is<typeof greeting, Signals.Handler<Mailer | Clerk>>(true)
const counting = Signals.watch("count", User, "saved", () => Query.count(query))
is<typeof counting, Signals.Handler<Database.Database>>(true)
const telling = Signals.watch("tell", User, "saved", () => Signals.emit(Shipped, { order: 1 }))
const layer = Signals.layer(greeting, counting, telling)
is<
  typeof layer,
  Layer.Layer<
    Database.Interception | Signals.Signals,
    DbError.ConfigurationError,
    Mailer | Clerk | Database.Database
  >
>(true)
is<Layer.Layer.Context<ReturnType<typeof Signals.layer<[]>>>, Database.Database>(true)
const database = some<Layer.Layer<Connect.Services>>()
const live = database.pipe(around(layer))
is<typeof live, Layer.Layer<Connect.Services | Signals.Signals, DbError.ConfigurationError, Mailer | Clerk>>(true)
// what guards of a Layer refuse widens no program: it is `Vetoed` already
const refusing = database.pipe(around(Signals.layer(
  Signals.guard("no", Post, "insert", () => Effect.fail(new Frozen()))
)))
const guarded = Effect.provide(Mutation.insert(Post, { place: 1, page: 1, title: null }), refusing)
is<ErrorOf<typeof guarded>, DbError.WriteFailure | DbError.ConfigurationError>(true)
// @ts-expect-error no way to run
Signals.layerWith({ order: "random" }, greeting)
// @ts-expect-error no duration
Signals.layerWith({ timeout: "soon" }, greeting)
// @ts-expect-error no handler
Signals.layer(ignored)

// ---- streams
const changes = Signals.stream(User, ["inserted", "deleted"])
is<Stream.Stream.Success<typeof changes>["row"], User>(true)
is<Stream.Stream.Error<typeof changes>, Signals.Lagged | DbError.ConfigurationError>(true)
is<Stream.Stream.Context<typeof changes>, Signals.Signals>(true)
is<Stream.Stream.Success<ReturnType<typeof Signals.stream<{ readonly order: number }>>>, { readonly order: number }>(
  true
)
// @ts-expect-error what is not committed yet
given(Signals.stream(User, "insert"))
