/**
 * What a monitor gives, what its budgets add to a program, and what its Layers require.
 */
// @effect-diagnostics missingEffectContext:off
// @effect-diagnostics missingEffectError:off
import { Database, Monitor, Query } from "effect-strata"
import type { Connect, DbError } from "effect-strata"
import type * as ConfigError from "effect/ConfigError"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import type * as Option from "effect/Option"
import { User } from "./models.js"
import { given, is, run, some } from "./support.js"

const query = Query.from(User)
type EffectOf<X> = X extends Effect.Effect<infer A, infer E, infer R> ? { readonly a: A; readonly e: E; readonly r: R }
  : never

// ---- what it knows
is<typeof Monitor.snapshot, Effect.Effect<Monitor.Snapshot, never, Monitor.Monitor>>(true)
is<typeof Monitor.prometheus, Effect.Effect<string, never, Monitor.Monitor>>(true)
is<ReturnType<typeof Monitor.report>, Effect.Effect<string, DbError.ConfigurationError, Monitor.Monitor>>(true)
is<typeof Monitor.find, Effect.Effect<Option.Option<Monitor.Service>, never, Database.Database>>(true)
const shape = Effect.map(Monitor.snapshot, ({ shapes }) => shapes[0]!)
is<Effect.Effect.Success<typeof shape>["errors"], Readonly<Record<string, number>>>(true)
is<Effect.Effect.Success<typeof shape>["total"], Monitor.Times>(true)
// @ts-expect-error what it has seen is plain data that nobody changes
given(Effect.map(shape, (one) => (one.count = 0)))
// @ts-expect-error without a monitor there is none to ask
run(Monitor.snapshot)

// ---- budgets
const limited = query.pipe(Monitor.budget(3))
is<EffectOf<typeof limited>, {
  readonly a: ReadonlyArray<User>
  readonly e: Effect.Effect.Error<typeof query> | Monitor.QueryBudgetExceeded
  readonly r: Database.Database
}>(true)
const told = Monitor.tally(query)
is<EffectOf<typeof told>, {
  readonly a: readonly [value: ReadonlyArray<User>, sent: ReadonlyArray<Monitor.Tally>]
  readonly e: Effect.Effect.Error<typeof query>
  readonly r: Database.Database
}>(true)
const caught = limited.pipe(
  Effect.catchTag("QueryBudgetExceeded", ({ limit, refused, sent }) => Effect.succeed([limit, refused, sent] as const))
)
is<Effect.Effect.Error<typeof caught>, Effect.Effect.Error<typeof query>>(true)
const nothingSent = Monitor.budget(3)(Effect.void)
is<Effect.Effect.Error<typeof nothingSent>, Monitor.QueryBudgetExceeded | DbError.ConfigurationError>(true)
// @ts-expect-error a budget is of a program, which is no query any more
given(limited.pipe(Query.limit(1)))
// @ts-expect-error so many, and not of what
Monitor.budget("3")
// @ts-expect-error nothing is known of the error before there is a budget
given(query.pipe(Effect.catchTag("QueryBudgetExceeded", () => Effect.void)))

// ---- what says something of a program leaves its type
is<ReturnType<typeof Monitor.request<string, "e", "r">>, Effect.Effect<string, "e", "r">>(true)
const correlated = query.pipe(Monitor.correlate("request 7"))
is<EffectOf<typeof correlated>, EffectOf<typeof query>>(true)

// ---- Layers
type Bare = Layer.Layer<Database.Interception, DbError.ConfigurationError, Database.Database>
type Monitoring = Layer.Layer<Database.Interception | Monitor.Monitor, DbError.ConfigurationError, Database.Database>
is<ReturnType<typeof Monitor.layer>, Monitoring>(true)
is<ReturnType<typeof Monitor.budgetLayer>, Bare>(true)
const configured = Monitor.layerConfig({ slowAfter: Config.duration("SLOW"), shapes: Config.integer("SHAPES") })
is<Layer.Layer.Error<typeof configured>, DbError.ConfigurationError | ConfigError.ConfigError>(true)
const database = some<Layer.Layer<Connect.Services>>()
const live = database.pipe(Database.with(Monitor.layer(), Monitor.budgetLayer(100)))
is<typeof live, Layer.Layer<Connect.Services | Monitor.Monitor, DbError.ConfigurationError>>(true)
const watched = Effect.provide(Effect.zipRight(limited, Monitor.snapshot), live)
is<Effect.Effect.Context<typeof watched>, never>(true)
const unwatched = Effect.provide(Monitor.snapshot, database)
is<Effect.Effect.Context<typeof unwatched>, Monitor.Monitor>(true)

Monitor.layer({ slowLevel: LogLevel.Error, slowAfter: "2 seconds", repeats: 0 })
// @ts-expect-error no duration
Monitor.layer({ slowAfter: "soon" })
// @ts-expect-error no level
Monitor.layer({ queryLevel: "Debug" })
// @ts-expect-error no option
Monitor.layer({ slowThreshold: 5 })
// @ts-expect-error a limit is said
Monitor.budgetLayer()
