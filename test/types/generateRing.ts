/**
 * Writes ring.ts: `npx tsx test/types/generateRing.ts`.
 */
import { writeFileSync } from "node:fs"

const count = 100

const model = (i: number): string => {
  const next = `Ring${(i + 1) % count}`
  const before = `Ring${(i + count - 1) % count}`
  return `
export class Ring${i} extends Model.Class<Ring${i}>("Ring${i}")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nextId: Schema.NullOr(Schema.Int).pipe(Field.references(() => ${next})),
  beforeId: Schema.Int.pipe(Field.references(() => ${before}, { onDelete: "cascade" })),
  selfId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Ring${i}))
}, { table: "ring_${i}" }) {}
`
}

writeFileSync(
  new URL("ring.ts", import.meta.url),
  `/**
 * A ring of ${count} models, each of which refers to the next, the one before and itself: a form of \`Field.references\` that looks at its
 * target's type either does not compile here or overflows the compiler's stack. Written by generateRing.ts.
 */
import * as Schema from "effect/Schema"
import { Field, Model, Query, Relation } from "effect-strata"
${Array.from({ length: count }, (_, i) => model(i)).join("")}
export const around = Query.from(Ring0).pipe(
  Query.include({
    next: Relation.belongsTo(Ring0, Ring1, "nextId").pipe(
      Relation.include({ next: Relation.belongsTo(Ring1, Ring2, "nextId") })
    ),
    before: Relation.belongsTo(Ring0, Ring${count - 1}, "beforeId"),
    self: Relation.belongsTo(Ring0, Ring0, "selfId")
  })
)
`
)
