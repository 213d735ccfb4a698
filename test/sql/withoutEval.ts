/**
 * Run where generating code is forbidden: decodes two rows and prints them.
 */
import * as Schema from "effect/Schema"
import { Expr, Field, Model, Query } from "../../src/index.js"
import { makeDecoder } from "../../src/sql/decode.js"
import { dialect } from "../../src/sqlite/dialect.js"

class Pet extends Model.Class<Pet>("Pet")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.NullOr(Schema.String)
}) {}

const canGenerate = (() => {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval
    return new Function("return true")() as boolean
  } catch {
    return false
  }
})()

const { ast } = Query.from(Pet).pipe(
  Query.select((pet) => ({ id: pet.id, pet, isPet: Expr.sql(Schema.Boolean)`true` }))
)
const decoded = makeDecoder(ast.projection, dialect).decode([[1n, 1n, "a", 1n], [2n, 2n, null, 1n]])
process.stdout.write(JSON.stringify({
  canGenerate,
  decoded: decoded.map((row) => {
    const { id, pet } = row as { readonly id: number; readonly pet: unknown }
    return { id, pet, isPet: pet instanceof Pet }
  })
}))
