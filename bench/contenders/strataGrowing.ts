/**
 * Strata for the curves. Variants: `queue` lets everyone wait for a connection, where the pool would refuse some when all wait for long.
 */
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Database } from "effect-strata/Database"
import * as Expr from "effect-strata/Expr"
import * as Field from "effect-strata/Field"
import * as Model from "effect-strata/Model"
import * as Query from "effect-strata/Query"
import * as Relation from "effect-strata/Relation"
import { keyOf } from "../growing.js"
import type { OpenGrowing } from "../growing.js"
import { columnAt, isNumber } from "../plenty.js"
import { layerOf } from "./strata.js"
import { inOrder, Person } from "./strataReader.js"

class Node extends Model.Class<Node>("Node")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  parentId: Schema.NullOr(Schema.Int),
  depth: Schema.Int,
  name: Schema.NonEmptyString
}, { table: "nodes" }) {}

const children = Relation.hasMany(Node, Node, "parentId").pipe(Relation.orderBy((node) => Expr.asc(node.id)))

/** A model of the first columns of `wide`. */
const wide = (count: number) =>
  class Wide extends Model.Class<Wide>(`Wide${count}`)({
    id: Field.generated(Schema.Int).pipe(Field.primaryKey),
    ...Object.fromEntries(
      Array.from({ length: count - 1 }, (_, i) => [columnAt(i + 1), isNumber(i + 1) ? Schema.Int : Schema.String])
    )
  }, { table: "wide" }) {}

const nested = (levels: number): typeof children =>
  levels === 1 ? children : children.pipe(Relation.include({ children: nested(levels - 1) })) as never

export const growing: OpenGrowing = async ({ engine, url, variant }) => {
  const runtime = ManagedRuntime.make(await layerOf(engine, url, variant === "queue" ? { overload: "queue" } : {}))
  await runtime.runtime()
  const run = <A, E>(effect: Effect.Effect<A, E, Database>) => runtime.runPromise(effect)
  const models = new Map<number, ReturnType<typeof wide>>()
  return {
    rows: (count, isStream) =>
      run<unknown, unknown>(
        isStream
          ? Stream.runLast(Stream.take(Query.stream(inOrder), count)).pipe(Effect.flatten)
          : inOrder.pipe(Query.limit(count))
      ),
    columns: (count) => {
      let model = models.get(count)
      if (model === undefined) models.set(count, model = wide(count))
      return run(Query.from(model).pipe(Query.orderBy((row) => Expr.asc(row.id))))
    },
    includes: (levels) =>
      run(
        Query.from(Node).pipe(
          Query.where({ depth: 0 }),
          Query.orderBy((node) => Expr.asc(node.id)),
          Query.include({ children: nested(levels) })
        )
      ),
    inFlight: (count) =>
      run(
        Effect.forEach(
          Array.from({ length: count }, (_, call) => keyOf(call)),
          (id) => Query.from(Person).pipe(Query.where({ id }), Query.one),
          { concurrency: "unbounded" }
        ).pipe(Effect.map((found) => found.length))
      ),
    close: () => runtime.dispose()
  }
}
