/**
 * What the cases of the contract are written with: tables for the time of a case, claims about values, and statements
 * counted.
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as BigDecimal from "effect/BigDecimal"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import type { YieldWrap } from "effect/Utils"
import * as Database from "../Database.js"
import { withCause } from "../DbError.js"
import * as Ddl from "../Ddl.js"
import type * as Model from "../Model.js"

/**
 * A database does not do what the contract says.
 *
 * @since 0.1.0
 * @category errors
 */
export class ContractViolation
  extends Schema.TaggedError<ContractViolation>("effect-strata/ContractViolation")("ContractViolation", {
    claim: Schema.String,
    expected: Schema.Unknown,
    actual: Schema.Unknown
  })
{
  override get message(): string {
    return `${this.claim}\n  expected: ${show(this.expected)}\n  actual:   ${show(this.actual)}`
  }
}

/**
 * One case of the contract: it makes its own tables, drops them, and needs nothing but a database.
 *
 * @since 0.1.0
 * @category models
 */
export interface Case {
  readonly group: string
  readonly name: string
  readonly run: Effect.Effect<void, ContractViolation, Services>
}

/** What every Layer of a database provides. */
export type Services = Database.Database | SqlClient.SqlClient

const longest = 2000

const show = (value: unknown): string => {
  if (value instanceof Error) return String(value)
  const text = typeof value === "string" ?
    JSON.stringify(value) :
    JSON.stringify(
      value,
      (_, inner: unknown) =>
        typeof inner === "bigint" ? `${inner}n` : inner instanceof Uint8Array ? `bytes ${[...inner].join(" ")}` : inner
    )
  return text === undefined ? String(value) : text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** Values that know themselves when they are equal; the others are compared part by part. */
const isValue = (value: object): boolean =>
  DateTime.isDateTime(value) || BigDecimal.isBigDecimal(value) || Redacted.isRedacted(value)

/** Equal in kind and in all parts; 0 and -0 are one number. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (a === b || Object.is(a, b)) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (isValue(a)) return Equal.equals(a, b)
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (a instanceof Date) return a.getTime() === (b as Date).getTime()
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) =>
    Object.hasOwn(b, key) &&
    isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
  )
}

/** Claims that two values are the same. */
export const same = (claim: string, actual: unknown, expected: unknown): Effect.Effect<void, ContractViolation> =>
  isSame(actual, expected) ? Effect.void : Effect.fail(new ContractViolation({ claim, expected, actual }))

/** Claims that something holds. */
export const holds = (
  claim: string,
  condition: boolean,
  actual: unknown = condition
): Effect.Effect<void, ContractViolation> =>
  condition ? Effect.void : Effect.fail(new ContractViolation({ claim, expected: true, actual }))

type Tagged = { readonly _tag: string }

/** Claims that an effect fails with an error of this tag, and gives that. */
export const failsWith = <A, E, R, const T extends (E & Tagged)["_tag"]>(
  claim: string,
  effect: Effect.Effect<A, E, R>,
  tag: T
): Effect.Effect<Extract<E, { readonly _tag: T }>, ContractViolation, R> =>
  Effect.matchEffect(effect, {
    onSuccess: (actual) => Effect.fail(new ContractViolation({ claim, expected: tag, actual })),
    onFailure: (error) =>
      (error as Tagged)._tag === tag
        ? Effect.succeed(error as Extract<E, { readonly _tag: T }>)
        : Effect.fail(withCause(new ContractViolation({ claim, expected: tag, actual: error }), error))
  })

/** Claims that input is refused before anything is sent, and where. */
export const refuses = <A, E, R>(
  claim: string,
  effect: Effect.Effect<A, E, R>,
  ...paths: ReadonlyArray<ReadonlyArray<string | number>>
): Effect.Effect<void, ContractViolation, R> =>
  Effect.gen(function*() {
    const { result, texts } = yield* statementsOf(Effect.either(effect))
    const error = result._tag === "Left" ? result.left as unknown as Tagged : undefined
    if (error?._tag !== "ValidationError") {
      return yield* Effect.fail(
        new ContractViolation({
          claim,
          expected: "ValidationError",
          actual: result._tag === "Left" ? result.left : result.right
        })
      )
    }
    if (paths.length > 0) {
      const { issues } = error as unknown as {
        readonly issues: ReadonlyArray<{ readonly path: ReadonlyArray<string | number> }>
      }
      yield* same(`${claim}: the paths of its issues`, issues.map((issue) => issue.path), paths)
    }
    yield* same(`${claim}: nothing was sent`, texts, [])
  })

/** What an effect gives, and the text of each statement that it sends through models, in order. */
export const statementsOf = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<{ readonly result: A; readonly texts: ReadonlyArray<string> }, E, R> =>
  Effect.suspend(() => {
    const texts: Array<string> = []
    const span = (name: string, parent: Option.Option<Tracer.AnySpan>, kind: Tracer.SpanKind): Tracer.Span => {
      const attributes = new Map<string, unknown>()
      return {
        _tag: "Span",
        name,
        parent,
        kind,
        attributes,
        links: [],
        context: Context.empty(),
        spanId: `${name} ${texts.length}`,
        traceId: "contract",
        sampled: true,
        status: { _tag: "Started", startTime: 0n },
        attribute: (key, value) => {
          if (key === "db.query.text" && typeof value === "string") texts.push(value)
          attributes.set(key, value)
        },
        event: () => {},
        addLinks: () => {},
        end: () => {}
      }
    }
    const tracer = Tracer.make({
      span: (name, parent, _context, _links, _startTime, kind) => span(name, parent, kind),
      context: (f) => f()
    })
    return Effect.map(Effect.withTracer(effect, tracer), (result) => ({ result, texts }))
  })

/** Runs an effect with a Layer around the database of the case. */
export const under =
  <P, E>(layer: Layer.Layer<P | Database.Interception, E, Database.Database>) =>
  <A, E2, R extends P | Services>(effect: Effect.Effect<A, E2, R>): Effect.Effect<A, E | E2, Services> =>
    Effect.flatMap(Effect.context<Services>(), (context) =>
      Effect.provide(
        effect,
        Database.with(layer)(Layer.succeedContext(context)) as Layer.Layer<P | Services, E>
      )) as Effect.Effect<A, E | E2, Services>

/** A clock that stands still for who asks for the time; waiting takes the time that it takes. */
export const at = (iso: string) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  const ms = Date.parse(iso)
  const real = Clock.make()
  return Effect.withClock(effect, {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => ms,
    unsafeCurrentTimeNanos: () => BigInt(ms) * 1_000_000n,
    currentTimeMillis: Effect.succeed(ms),
    currentTimeNanos: Effect.succeed(BigInt(ms) * 1_000_000n),
    sleep: (duration) => real.sleep(duration)
  })
}

/** Runs an effect with the tables of some models, which are dropped in the end. */
const withTables = <A, E, R>(models: ReadonlyArray<Model.Any>, effect: Effect.Effect<A, E, R>) =>
  models.length === 0 ? effect : Effect.uninterruptibleMask((restore) =>
    // What an earlier run left when it was killed.
    Effect.ignore(Ddl.drop(models)).pipe(
      Effect.zipRight(Ddl.create(models)),
      Effect.zipRight(Effect.exit(restore(effect))),
      Effect.flatMap((exit): Effect.Effect<A, E | Ddl.Failure, Database.Database> =>
        Exit.isSuccess(exit)
          ? Effect.zipRight(Ddl.drop(models), exit)
          : Effect.zipRight(Effect.ignore(Ddl.drop(models)), exit)
      )
    )
  )

/** A case before it has a group. */
export interface Unnamed extends Omit<Case, "group"> {}

/** A case: its models' tables are there while it runs. */
export const test = <Eff extends YieldWrap<Effect.Effect<any, any, Services>>>(
  name: string,
  models: ReadonlyArray<Model.Any>,
  body: () => Generator<Eff, void, never>
): Unnamed => ({
  name,
  run: withTables(models, Effect.gen(body) as Effect.Effect<void, unknown, Services>).pipe(
    Effect.mapError((error) =>
      error instanceof ContractViolation
        ? error
        : withCause(
          new ContractViolation({ claim: "the case runs without a failure", expected: "success", actual: error }),
          error
        )
    ),
    // A test's clock that stands still would let a wait for a connection never end.
    Effect.withClock(Clock.make())
  )
})

/** Cases of one group. */
export const group = (name: string, cases: ReadonlyArray<Unnamed>): ReadonlyArray<Case> =>
  cases.map((one) => ({ group: name, ...one }))
