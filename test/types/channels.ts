/**
 * The error and requirement channels: what can fail is named, what is needed is asked for.
 */
// @effect-diagnostics missingEffectContext:off
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import { Database, Mutation, Query, Transaction } from "effect-strata"
import type { DbError } from "effect-strata"
import { Post, User } from "./models.js"
import { insert } from "./mutations.js"
import { adults } from "./queries.js"
import { given, is, run, some } from "./support.js"

declare const layer: Layer.Layer<Database.Database, DbError.ConfigurationError>
type Violation =
  | "UniqueViolation"
  | "ForeignKeyViolation"
  | "NotNullViolation"
  | "CheckViolation"
  | "ExclusionViolation"

// ---- reads hold no violation, writes hold all
is<Extract<DbError.ReadFailure["_tag"], Violation>, never>(true)
is<Extract<DbError.WriteFailure["_tag"], Violation>, Violation>(true)
is<Exclude<DbError.ReadFailure, DbError.WriteFailure>, never>(true)
// @ts-expect-error a read fails with no constraint violation
given(adults.pipe(Effect.catchTag("UniqueViolation", () => Effect.succeed(1))))

// ---- terminals
const one = Query.one(adults)
is<Effect.Effect.Success<typeof one>, User>(true)
is<Effect.Effect.Error<typeof one>, DbError.ReadFailure | DbError.RowNotFound | DbError.TooManyRows>(true)
is<Effect.Effect.Context<typeof one>, Database.Database>(true)
const first = Query.first(adults)
is<Effect.Effect.Success<typeof first>, User>(true)
is<Effect.Effect.Error<typeof first>, DbError.ReadFailure | DbError.RowNotFound>(true)
const option = adults.pipe(Query.option)
is<Effect.Effect.Success<typeof option>, Option.Option<User>>(true)
is<Effect.Effect.Error<typeof option>, DbError.ReadFailure>(true)
is<Effect.Effect.Success<ReturnType<typeof count>>, number>(true)
export const count = () => Query.count(adults)
is<Effect.Effect.Success<ReturnType<typeof exists>>, boolean>(true)
export const exists = () => Query.exists(adults)
export const streamed: Stream.Stream<User, DbError.ReadFailure, Database.Database> = Query.stream(adults)

// ---- catching one violation, about the columns of one model
export const caught = insert.pipe(
  Effect.catchTag("UniqueViolation", (e) => e.on(User, "email") ? Effect.succeed("taken") : Effect.fail(e))
)
is<Effect.Effect.Success<typeof caught>, User | string>(true)
is<Effect.Effect.Error<typeof caught>, DbError.WriteFailure>(true)
const narrowed = insert.pipe(Effect.catchTag("UniqueViolation", () => Effect.succeed("taken")))
is<Effect.Effect.Error<typeof narrowed>, Exclude<DbError.WriteFailure, DbError.UniqueViolation>>(true)
declare const violation: DbError.UniqueViolation
given(violation.on(User, "email", "role"), violation.on(User))
// @ts-expect-error a property that the model has not
given(violation.on(User, "mail"))
// @ts-expect-error a property of another model
given(violation.on(Post, "email"))

// ---- requirements
// @ts-expect-error nothing provides the database
run(adults)
run(adults.pipe(Effect.provide(layer)))
export const inside = insert.pipe(Transaction.run({ isolation: "serializable" }))
is<Effect.Effect.Error<typeof inside>, DbError.WriteFailure | DbError.TransactionFailure>(true)
is<Effect.Effect.Context<typeof inside>, Database.Database>(true)
is<Effect.Effect.Success<typeof inside>, User>(true)
const locked = some<Effect.Effect<User, DbError.ReadFailure, Database.Database | Transaction.Transaction>>()
export const lockedInside = Transaction.run(locked)
is<Effect.Effect.Context<typeof lockedInside>, Database.Database>(true)
is<Effect.Effect.Error<typeof lockedInside>, DbError.ReadFailure | DbError.TransactionFailure>(true)
run(locked.pipe(Transaction.run(), Effect.provide(layer)))
// @ts-expect-error outside of a transaction
run(locked.pipe(Effect.provide(layer)))
// @ts-expect-error no isolation of this name
given(insert.pipe(Transaction.run({ isolation: "chaos" })))
// what else is required stays
class Mailer extends Effect.Service<Mailer>()("Mailer", { succeed: {} }) {}
export const mailed = Effect.zipRight(Mailer, locked).pipe(Transaction.run())
is<Effect.Effect.Context<typeof mailed>, Database.Database | Mailer>(true)

// ---- a second database
class Reports extends Database.Tag("Reports")<Reports>() {}
export const onReports = adults.pipe(Database.use(Reports))
is<Effect.Effect.Context<typeof onReports>, Reports>(true)
export const reports = Reports.layer(layer)
is<Layer.Layer.Success<typeof reports>, Reports>(true)
// @ts-expect-error the first database is not the second
run(onReports.pipe(Effect.provide(layer)))
run(onReports.pipe(Effect.provide(reports)))
// @ts-expect-error an error that the program does not have
given(Mutation.delete(Post).pipe(Mutation.all, Effect.catchTag("RowNotFound", () => Effect.void)))
