/**
 * Strata while somebody looks on. Variants: `noop` has a tracer that keeps nothing, `tracer` one that keeps every span with all that is
 * said of it, as an exporter does until it sends, `leakThreshold` watches for connections that are held for long, and `monitor` has a
 * `Monitor` with its defaults.
 */
import type * as Context from "effect/Context"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import * as Database from "effect-strata/Database"
import * as Monitor from "effect-strata/Monitor"
import type { Contender, Open, Operations } from "../crud.js"
import { asked, layerOf } from "./strata.js"

let numbers = 0
const id = (digits: number): string => (++numbers).toString(16).padStart(digits, "0")

/** How many spans an exporter keeps until it sends them. */
const batch = 4096
const ended: Array<KeptSpan> = []

class KeptSpan implements Tracer.Span {
  readonly _tag = "Span"
  readonly spanId = id(16)
  readonly traceId: string
  readonly sampled = true
  readonly attributes = new Map<string, unknown>()
  readonly events: Array<readonly [string, bigint, Record<string, unknown>]> = []
  status: Tracer.SpanStatus

  constructor(
    readonly name: string,
    readonly parent: Option.Option<Tracer.AnySpan>,
    readonly context: Context.Context<never>,
    readonly links: Array<Tracer.SpanLink>,
    readonly startTime: bigint,
    readonly kind: Tracer.SpanKind
  ) {
    this.traceId = parent._tag === "Some" ? parent.value.traceId : id(32)
    this.status = { _tag: "Started", startTime }
  }

  end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    this.status = { _tag: "Ended", startTime: this.startTime, endTime, exit }
    if (ended.length >= batch) ended.length = 0
    ended.push(this)
  }

  attribute(key: string, value: unknown): void {
    this.attributes.set(key, value)
  }

  event(name: string, startTime: bigint, attributes: Record<string, unknown> = {}): void {
    this.events.push([name, startTime, attributes])
  }

  addLinks(links: ReadonlyArray<Tracer.SpanLink>): void {
    this.links.push(...links)
  }
}

class LostSpan extends KeptSpan {
  override end(): void {}
  override attribute(): void {}
  override event(): void {}
  override addLinks(): void {}
}

const tracerOf = (Made: typeof KeptSpan): Tracer.Tracer =>
  Tracer.make({
    span: (name, parent, context, links, startTime, kind) =>
      new Made(name, parent, context, [...links], startTime, kind),
    context: (execution) => execution()
  })

export const contender: Open = async ({ engine, url, variant }): Promise<Contender> => {
  const layer = await layerOf(engine, url, variant === "leakThreshold" ? { leakThreshold: "1 minute" } : {})
  const runtime = ManagedRuntime.make(
    variant === "leakThreshold"
      ? layer
      : variant === "monitor"
      // The answers of this process are on its standard output, where the warning of so many finds would be too.
      ? Layer.merge(Database.with(Monitor.layer())(layer), Logger.minimumLogLevel(LogLevel.Error))
      : Layer.merge(layer, Layer.setTracer(tracerOf(variant === "noop" ? LostSpan : KeptSpan)))
  )
  await runtime.runtime()
  return {
    style: "effect",
    operations: asked as unknown as Operations<"effect">,
    run: (effect) => runtime.runPromise(effect),
    close: async () => {
      await runtime.dispose()
      if (variant === "tracer" && ended.length === 0) throw new Error("no span was made")
    }
  }
}
