/**
 * Models: variants, keys, what makes a model and what is refused.
 */
import type * as SqlModel from "@effect/sql/Model"
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as BigDecimal from "effect/BigDecimal"
import { Field, Model } from "effect-strata"
import { User } from "./models.js"
import type { Event, Group, Legacy, LegacyId, Membership, Post, UserId } from "./models.js"
import { given, is, some } from "./support.js"

// ---- the select row
is<User["bio"], Option.Option<string>>(true)
is<User["nick"], string | null>(true)
is<User["createdAt"], DateTime.Utc>(true)
is<User["id"], UserId>(true)
is<Post["slug"], string>(true)
is<Schema.Schema.Type<typeof User>, User>(true)
is<Schema.Schema.Encoded<typeof User>["bio"], string | null>(true)
is<Schema.Schema.Encoded<typeof User>["createdAt"], string>(true)
is<Schema.Schema.Context<typeof User>, never>(true)
is<User["label"], string>(true)
is<User["seenAt"], 0>(true)
export const made: User = new User(some<Omit<User, "label" | "seenAt" | "olderThan">>())
// @ts-expect-error a column is missing
given(new User({ id: 1 }))

// ---- the six variants
type Written =
  | "email"
  | "name"
  | "age"
  | "nick"
  | "bio"
  | "password"
  | "role"
  | "settings"
  | "favouritePostId"
  | "managerId"
is<keyof typeof User.select.Type, Written | "id" | "createdAt" | "updatedAt">(true)
is<keyof typeof User.insert.Type, Written | "createdAt" | "updatedAt">(true)
is<keyof typeof User.update.Type, Written | "id" | "createdAt" | "updatedAt">(true)
is<keyof typeof User.json.Type, Exclude<Written, "password"> | "id" | "createdAt" | "updatedAt">(true)
is<keyof typeof User.jsonCreate.Type, Exclude<Written, "password">>(true)
is<keyof typeof User.jsonUpdate.Type, Exclude<Written, "password">>(true)
is<typeof Post.insert.Type, { readonly authorId: UserId; readonly title: string; readonly published: boolean }>(true)
is<
  typeof Post.update.Type,
  { readonly id: number; readonly authorId: UserId; readonly title: string; readonly published: boolean }
>(true)
is<typeof Post.jsonCreate.Type, { readonly authorId: UserId; readonly title: string; readonly published: boolean }>(
  true
)
is<keyof typeof Post.json.Type, "id" | "authorId" | "title" | "published" | "slug">(true)

// ---- a default may be absent where a row is made, and only there
is<Pick<typeof User.insert.Type, "role">, { readonly role?: "admin" | "member" }>(true)
is<Pick<typeof User.jsonCreate.Type, "role">, { readonly role?: "admin" | "member" }>(true)
is<Pick<typeof User.update.Type, "role">, { readonly role: "admin" | "member" }>(true)
is<Pick<typeof User.json.Type, "role">, { readonly role: "admin" | "member" }>(true)
is<Pick<typeof User.insert.Type, "createdAt">, { readonly createdAt?: DateTime.Utc }>(true)
is<Pick<typeof Event.insert.Type, "kind">, { readonly kind?: "start" | "stop" }>(true)
is<Pick<typeof Event.insert.Type, "by">, { readonly by: string }>(true)
is<keyof typeof Event.jsonCreate.Type, "kind" | "day" | "at" | "price" | "tags" | "size" | "data" | "raw" | "place">(
  true
)
is<Event["price"], BigDecimal.BigDecimal>(true)
is<Event["tags"], ReadonlyArray<string>>(true)
is<Event["day"], string>(true)
is<Event["data"], unknown>(true)
is<Event["place"], ReadonlyArray<number>>(true)

// ---- the model helpers that an insert and an update take
is<Model.Insert<typeof Post>, typeof Post.insert.Type>(true)
is<Model.Update<typeof Group>, { readonly id?: string; readonly name?: string }>(true)

// ---- keys
is<Model.Key<typeof User>, UserId>(true)
is<Model.Key<typeof Membership>, { readonly userId: UserId; readonly groupId: string }>(true)
is<Model.Key<typeof Legacy>, number>(true)
is<Model.Key<typeof Event>, never>(true)
// @ts-expect-error a plain number is no UserId
export const branded: Model.Key<typeof User> = 3

// ---- fields of @effect/sql, by shape
is<keyof typeof Legacy.select.Type, keyof Legacy>(true)
is<
  keyof typeof Legacy.insert.Type,
  "uuid" | "origin" | "token" | "note" | "settings" | "active" | "internal" | "createdAt" | "updatedAt"
>(true)
is<
  keyof typeof Legacy.update.Type,
  "id" | "origin" | "token" | "note" | "settings" | "active" | "updatedAt" | "uuid"
>(true)
is<
  keyof typeof Legacy.json.Type,
  "id" | "uuid" | "origin" | "note" | "settings" | "active" | "createdAt" | "updatedAt"
>(true)
is<keyof typeof Legacy.jsonCreate.Type, "note" | "settings" | "active">(true)
is<Legacy["note"], Option.Option<string>>(true)
is<Legacy["settings"], { readonly dark: boolean }>(true)
is<Legacy["active"], boolean>(true)
is<Legacy["uuid"], typeof LegacyId.Type>(true)
is<Legacy["createdAt"], DateTime.Utc>(true)

// ---- a model is a Schema, and a Model of @effect/sql
export const sqlModel: SqlModel.Any = User
export const decode: (input: unknown) => Effect.Effect<User, unknown> = Schema.decodeUnknown(User)
const Users = Schema.Array(User)
is<typeof Users.Type, ReadonlyArray<User>>(true)
const Page = Schema.Struct({ users: Schema.Array(User), best: Schema.NullOr(User) })
is<(typeof Page.Type)["best"], User | null>(true)
export const refined = User.pipe(Schema.filter((user) => user.olderThan(user)))
export const input: Effect.Effect<typeof User.jsonCreate.Type, unknown> = Schema.decodeUnknown(User.jsonCreate)({})

// ---- refused
// @ts-expect-error no such column in the index
export class BadIndex extends Model.Class<BadIndex>("X")({ id: Schema.Int }, { table: "x", indexes: [["nope"]] }) {}
// @ts-expect-error no such column in the index of the long form
export class BadIndex2 extends Model.Class<BadIndex2>("X")({ id: Schema.Int }, { indexes: [{ columns: ["nope"] }] }) {}
// @ts-expect-error no such column in the unique constraint
export class BadUnique extends Model.Class<BadUnique>("X")({ id: Schema.Int }, { table: "x", unique: [["nope"]] }) {}
// @ts-expect-error Self is missing
export class NoSelf extends Model.Class("X")({ id: Schema.Int }, { table: "x" }) {}
// @ts-expect-error no Schema
export class NoSchema extends Model.Class<NoSchema>("X")({ id: 3 }, { table: "x" }) {}

class Clockwork extends Context.Tag("Clockwork")<Clockwork, { readonly now: Effect.Effect<string> }>() {}
const Stamped = Schema.transformOrFail(Schema.String, Schema.String, {
  decode: () => Effect.flatMap(Clockwork, (clockwork) => clockwork.now),
  encode: Effect.succeed
})
is<Schema.Schema.Context<typeof Stamped>, Clockwork>(true)
// @ts-expect-error a model decodes without services
export class Needy extends Model.Class<Needy>("Needy")({ id: Schema.Int, stamp: Stamped }) {}
// @ts-expect-error so does a field that was said more of
export class Needy2 extends Model.Class<Needy2>("Needy")({ id: Schema.Int, stamp: Stamped.pipe(Field.unique) }) {}
