/**
 * What guards and watchers are told, and what they add to programs.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"

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

type Refused = Model.Refusal<typeof User>
const refused: [Refused] extends [TooYoung | Frozen | Kept]
  ? [TooYoung | Frozen | Kept] extends [Refused] ? true : false
  : false = true
export const insert = Mutation.insert(User, { name: "Ada", age: 3 }).pipe(
  Effect.catchTag("TooYoung", ({ age }) => Effect.succeed(age))
)
export { refused }
