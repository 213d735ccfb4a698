/**
 * What is known of each shape of statement, of so many shapes at the most.
 */
import type { Sent } from "../database/observer.js"
import { Histogram } from "./histogram.js"
import type { AllSeries, Series } from "./series.js"

/** Of a longer text only so much is kept, and told apart. */
const longest = 2_000

/** Statements of one shape, or of all that have no line of their own. */
export class Shape {
  count = 0
  rows = 0
  affected = 0
  /** In how many trees of fibers it came again and again. */
  repeated = 0
  /** Whether somebody was warned of that. */
  isReported = false
  plan: { readonly text: string; readonly at: number } | undefined = undefined
  errors: Map<string, number> | undefined = undefined
  readonly total = new Histogram()
  readonly acquire = new Histogram()
  readonly execute = new Histogram()
  readonly decode = new Histogram()

  constructor(
    readonly text: string,
    readonly operation: string,
    readonly table: string | undefined,
    private readonly series: Series | undefined
  ) {}

  record({ acquire, affected, decode, error, execute, rows }: Sent, series: AllSeries): number {
    const total = acquire + execute + decode
    this.count++
    this.rows += rows
    this.affected += affected
    this.total.record(total)
    this.acquire.record(acquire)
    this.execute.record(execute)
    this.decode.record(decode)
    if (error === undefined) this.series?.record(total)
    else {
      this.errors ??= new Map()
      this.errors.set(error, (this.errors.get(error) ?? 0) + 1)
      series.of(this.operation, this.table, error).record(total)
    }
    return total
  }

  merge(other: Shape): void {
    this.count += other.count
    this.rows += other.rows
    this.affected += other.affected
    this.repeated += other.repeated
    for (const [tag, count] of other.errors ?? []) {
      this.errors ??= new Map()
      this.errors.set(tag, (this.errors.get(tag) ?? 0) + count)
    }
    this.total.merge(other.total)
    this.acquire.merge(other.acquire)
    this.execute.merge(other.execute)
    this.decode.merge(other.decode)
  }
}

/** The shapes of one database. */
export class Shapes {
  /** All that gave up their lines, in one. */
  readonly other = new Shape("", "", undefined, undefined)
  /** How often a line was given up. */
  folded = 0
  private readonly kept = new Map<string, Shape>()
  private readonly slack: number

  constructor(private readonly most: number, private readonly series: AllSeries) {
    // Those that cost least are looked for once for many newcomers.
    this.slack = Math.max(1, Math.floor(most / 4))
  }

  of({ operation, table, text }: Sent): Shape {
    // Joined with something, so that it keeps nothing of the whole.
    const key = text.length <= longest ? text : `${text.slice(0, longest)}…`
    const known = this.kept.get(key)
    if (known !== undefined) return known
    if (this.kept.size >= this.most + this.slack) this.fold(this.most)
    const made = new Shape(key, operation, table, this.series.of(operation, table, undefined))
    this.kept.set(key, made)
    return made
  }

  /** Those that cost most first. */
  all(): ReadonlyArray<Shape> {
    this.fold(this.most)
    return [...this.kept.values()].sort((a, b) => b.total.sum - a.total.sum)
  }

  /** Gives the cheapest lines up, so that there is no more than a number of them. */
  private fold(most: number): void {
    if (this.kept.size <= most) return
    const byCost = [...this.kept].sort(([, a], [, b]) => a.total.sum - b.total.sum)
    for (const [key, shape] of byCost.slice(0, this.kept.size - most)) {
      this.other.merge(shape)
      this.folded++
      this.kept.delete(key)
    }
  }
}
