/**
 * Upserts: what they take, give and require.
 */
import type { Capability, Database } from "effect-strata"
import { Expr, Mutation } from "effect-strata"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { User } from "./models.js"
import { given, is, some } from "./support.js"

const ada = some<typeof User.insert.Type>()

// ---- set
export const set = Mutation.upsert(User, ada, {
  on: ["email"],
  set: (old, proposed) => ({ age: Expr.add(old.age, proposed.age), role: Mutation.Default })
})
is<Effect.Effect.Success<typeof set>, User>(true)
is<Effect.Effect.Context<typeof set>, Database.Database>(true)
// @ts-expect-error another type
given(Mutation.upsert(User, ada, { set: (old) => ({ age: old.name }) }))
// @ts-expect-error an unknown column
given(Mutation.upsert(User, ada, { set: (old) => ({ agee: old.age }) }))
// @ts-expect-error a column of the proposed row that there is not
given(Mutation.upsert(User, ada, { set: (_, proposed) => ({ age: proposed.agee }) }))
// @ts-expect-error a column without a default
given(Mutation.upsert(User, ada, { set: () => ({ age: Mutation.Default }) }))

// ---- where
export const where = Mutation.upsert(User, ada, { where: (old, proposed) => Expr.lt(old.age, proposed.age) })
is<Effect.Effect.Success<typeof where>, Option.Option<User>>(true)
export const both = Mutation.upsert(User, ada, {
  set: (_, proposed) => ({ age: proposed.age }),
  where: (old) => Expr.lt(old.age, 3)
})
is<Effect.Effect.Success<typeof both>, Option.Option<User>>(true)
export const many = Mutation.upsertMany(User, [ada], { where: (old) => Expr.lt(old.age, 3) })
is<Effect.Effect.Success<typeof many>, number>(true)
is<Effect.Effect.Context<typeof many>, Database.Database>(true)
// @ts-expect-error no condition
given(Mutation.upsertMany(User, [ada], { where: (old) => old.name }))
declare const special: Expr.Expr<boolean, Capability.Capability<"time zones">>
export const needing = Mutation.upsert(User, ada, { where: () => special })
is<Effect.Effect.Context<typeof needing>, Database.Database | Capability.Capability<"time zones">>(true)
export const needingMany = Mutation.upsertMany(User, [ada], { where: () => special })
is<Effect.Effect.Context<typeof needingMany>, Database.Database | Capability.Capability<"time zones">>(true)
declare const number: Expr.Expr<number, Capability.Capability<"time zones">>
export const needingSet = Mutation.upsert(User, ada, { set: () => ({ age: number }) })
is<Effect.Effect.Context<typeof needingSet>, Database.Database | Capability.Capability<"time zones">>(true)

// ---- rows that are ignored
export const ignored = Mutation.insertOrIgnore(User, ada, { constraint: "users_email_key" })
is<Effect.Effect.Success<typeof ignored>, Option.Option<User>>(true)
export const shorter = ignored.pipe(Mutation.returningAs((u) => ({ id: u.id })))
is<Effect.Effect.Success<typeof shorter>, Option.Option<{ readonly id: User["id"] }>>(true)
export const counted = Mutation.insertManyOrIgnore(User, [ada], { on: ["email"] })
is<Effect.Effect.Success<typeof counted>, number>(true)
// @ts-expect-error an unknown column
given(Mutation.insertOrIgnore(User, ada, { on: ["mail"] }))
// @ts-expect-error what is ignored sets nothing
given(Mutation.insertOrIgnore(User, ada, { update: ["age"] }))

// ---- which rows are new
export const one = set.pipe(Mutation.outcomes)
is<Effect.Effect.Success<typeof one>, Mutation.Outcome<User>>(true)
export const perhaps = where.pipe(Mutation.outcomes)
is<Effect.Effect.Success<typeof perhaps>, Option.Option<Mutation.Outcome<User>>>(true)
export const all = many.pipe(Mutation.outcomes)
is<Effect.Effect.Success<typeof all>, ReadonlyArray<Mutation.Outcome<User>>>(true)
// @ts-expect-error no upsert
given(Mutation.insert(User, ada).pipe(Mutation.outcomes))
// @ts-expect-error no upsert either
given(Mutation.update(User).pipe(Mutation.set({ age: 3 }), Mutation.all, Mutation.outcomes))
