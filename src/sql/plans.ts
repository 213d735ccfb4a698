/**
 * Statements ready to be sent: the first one of a shape is printed, and later ones fill their values into what was learnt from it.
 */
import type { Dialect, ListForm } from "../Dialect.js"
import type { Column, Expression, Filled, Projection, Select } from "./ast.js"
import type { Statement } from "./statement.js"
import type { Script } from "./definitions.js"
import { compile } from "./compile.js"
import type { Compiled } from "./compile.js"
import { marked } from "./hiding.js"
import type { Marked } from "./hiding.js"
import type { Shape, Slot } from "./shapes.js"
import { Shapes } from "./shapes.js"
import type { Codec, ValueType } from "./storage.js"
import { InvalidValue } from "./storage.js"
import { encodeList, TextWriter } from "./textWriter.js"
import { conversionOf } from "./valueType.js"

/** From a value of a statement to what the driver binds; throws `InvalidValue`. */
type Encode = (value: unknown) => unknown

const none: ReadonlyArray<never> = []

/** What is kept of a shape. */
interface Plan {
  readonly text: string
  /** Of an insert, how each column is encoded: its rows come first. */
  readonly columns: ReadonlyArray<Encode>
  /** One for each parameter after them: which of the values it is, and how that is encoded. */
  readonly sources: ReadonlyArray<number>
  readonly encoders: ReadonlyArray<Encode>
  readonly projection: Projection | undefined
  /** Of each parameter whether it is to be hidden; told when it was asked for. */
  isHidden?: ReadonlyArray<boolean>
}

/** What is kept of a prepared query: the place of a parameter, or a value of the query's own, for each parameter of the statement. */
interface FilledPlan {
  readonly plan: Plan
  readonly sources: ReadonlyArray<number | { readonly value: unknown }>
}

/** The text of a shape may still depend on its values: then there is no plan. */
type Kept = Plan | "unplanned"

/** Where a parameter came from: a value of the statement, or the next one of its rows. */
type Origin = (Slot & { readonly encode: Encode }) | "row"

/** Prints, and notes where each parameter comes from. */
class Recorder extends TextWriter {
  /** Undefined where it is not one value of the statement as it is. */
  readonly origins: Array<Origin | undefined> = []
  private current: Expression | undefined = undefined
  private inList = 0

  constructor(dialect: Dialect, private readonly codecs: Encoders) {
    super(dialect)
  }

  override expression(expression: Expression): this {
    const { current, inList } = this
    this.current = expression
    this.inList = 0
    super.expression(expression)
    this.current = current
    this.inList = inList
    return this
  }
  override parameter(value: unknown, type: ValueType): this {
    this.origins.push(this.originOf(value, type))
    return super.parameter(value, type)
  }
  override converted(
    holder: Extract<Expression, { readonly _tag: "Parameter" }>,
    type: ValueType,
    change: (value: unknown) => unknown
  ): this {
    const encode = this.codecs.ofType(type)
    this.origins.push({ holder, index: 0, encode: (value) => encode(change(value)) })
    return super.parameter(change(holder.value), type)
  }
  override untyped(value: unknown, type: ValueType): this {
    this.origins.push(this.originOf(value, type))
    return super.untyped(value, type)
  }
  override stored(value: unknown, column: Column, row?: number): this {
    const { current } = this
    this.origins.push(
      current === undefined
        ? "row"
        : current._tag === "Stored"
        ? { holder: current, index: 0, encode: this.codecs.ofColumn(column) }
        : undefined
    )
    return super.stored(value, column, row)
  }
  override among(rows: ReadonlyArray<ReadonlyArray<unknown>>, type: ValueType, form: ListForm): this {
    const { current } = this
    this.origins.push(
      current?._tag === "InValues" ? { holder: current, index: 0, encode: encodeList(type, form) } : undefined
    )
    return super.among(rows, type, form)
  }
  override bound(value: unknown): this {
    this.origins.push(undefined)
    return super.bound(value)
  }

  private originOf(value: unknown, type: ValueType): Origin | undefined {
    const { current } = this
    const encode = this.codecs.ofType(type)
    if (current?._tag === "InValues") return { holder: current, index: this.inList++, encode }
    return current?._tag === "Parameter" && Object.is(current.value, value)
      ? { holder: current, index: 0, encode }
      : undefined
  }
}

/** How values of a type and of a column are encoded; made once for each. */
class Encoders {
  private readonly byType = new WeakMap<ValueType, Encode>()
  private readonly byColumn = new WeakMap<Column, Encode>()

  constructor(private readonly dialect: Dialect) {}

  ofType(type: ValueType): Encode {
    let found = this.byType.get(type)
    if (found === undefined) {
      const { storage } = type
      const { toStored } = conversionOf(type)
      const codec = this.dialect.codecs[storage._tag] as Codec
      found = (value) => {
        const stored = toStored(value)
        return stored === null ? null : codec.encode(stored, storage)
      }
      this.byType.set(type, found)
    }
    return found
  }

  ofColumn(column: Column): Encode {
    let found = this.byColumn.get(column)
    if (found === undefined) {
      const { storage } = column.type
      const codec = this.dialect.codecs[storage._tag] as Codec
      found = (value) => value === null ? null : codec.encode(value, storage)
      this.byColumn.set(column, found)
    }
    return found
  }
}

/** What the places of a statement's values mean for its parameters; undefined where a parameter is more than one value. */
const planOf = (
  { projection, text }: Compiled,
  rows: { readonly count: number; readonly columns: ReadonlyArray<Encode> },
  origins: ReadonlyArray<Origin | undefined>,
  slots: ReadonlyArray<Slot>
): Plan | undefined => {
  const before = rows.count * rows.columns.length
  const first = new Map<Slot["holder"], number>()
  slots.forEach(({ holder, index }, i) => {
    if (index === 0) first.set(holder, i)
  })
  const sources: Array<number> = []
  const encoders: Array<Encode> = []
  const printed = new Set<number>()
  for (const [i, origin] of origins.entries()) {
    if ((origin === "row") !== (i < before)) return undefined
    if (origin === "row") continue
    const start = origin === undefined ? undefined : first.get(origin.holder)
    if (origin === undefined || start === undefined) return undefined
    const source = start + origin.index
    if (slots[source]?.holder !== origin.holder) return undefined
    sources.push(source)
    encoders.push(origin.encode)
    printed.add(source)
  }
  return printed.size === slots.length ? { text, columns: rows.columns, sources, encoders, projection } : undefined
}

/** An expression object that stands in a statement twice: another statement may have two in its places. */
const isShared = (slots: ReadonlyArray<Slot>): boolean => {
  const seen = new Set<Slot["holder"]>()
  return slots.some(({ holder, index }) => index === 0 && seen.size === seen.add(holder).size)
}

/** The plans of one dialect. */
export class Plans {
  private readonly shapes: Shapes<Kept>
  private readonly encoders: Encoders
  /** Of prepared queries, by what they are made of. */
  private readonly filled = new WeakMap<object, FilledPlan | "unplanned">()

  constructor(private readonly dialect: Dialect) {
    this.shapes = new Shapes(dialect.print.list)
    this.encoders = new Encoders(dialect)
  }

  /** As `compile`, which it asks where no plan says it. */
  compile(statement: Exclude<Statement, Script>): Compiled {
    if (statement._tag === "Select" && statement.filled?.select === statement) {
      const compiled = this.fill(statement.filled)
      if (compiled !== undefined) return compiled
    }
    const found = this.shapes.find(statement)
    if (found === undefined) return compile(statement, this.dialect)
    const { shape, values } = found
    const { kept } = shape
    if (kept === undefined) return this.learn(statement, shape)
    if (kept === "unplanned") return compile(statement, this.dialect)
    return this.withValues(kept, statement, values) ?? compile(statement, this.dialect)
  }

  /** As `marked`, which it asks once for each plan. */
  marked(statement: Exclude<Statement, Script>): Marked {
    const found = this.shapes.find(statement)
    if (found === undefined) return marked(statement, this.dialect)
    const { shape, values } = found
    if (shape.kept === undefined) this.learn(statement, shape)
    const { kept } = shape
    if (kept === undefined || kept === "unplanned") return marked(statement, this.dialect)
    const compiled = this.withValues(kept, statement, values)
    if (compiled === undefined) return marked(statement, this.dialect)
    kept.isHidden ??= marked(statement, this.dialect).isHidden
    return { text: compiled.text, parameters: compiled.parameters, isHidden: kept.isHidden }
  }

  /** A statement with its values in its plan; undefined where one is refused. */
  private withValues(
    { columns, encoders, projection, sources, text }: Plan,
    statement: Exclude<Statement, Script>,
    values: ReadonlyArray<unknown>
  ): Compiled | undefined {
    const rows = statement._tag === "Insert" ? statement.rows : none
    const parameters = new Array<unknown>(rows.length * columns.length + sources.length)
    let at = 0
    try {
      for (const row of rows) {
        for (let i = 0; i < columns.length; i++) parameters[at++] = columns[i]!(row[i])
      }
      for (let i = 0; i < sources.length; i++) parameters[at++] = encoders[i]!(values[sources[i]!])
    } catch (problem) {
      if (problem instanceof InvalidValue) return undefined
      throw problem
    }
    return { text, parameters, projection }
  }

  /** A prepared query, whose shape is known without a look at it; undefined where it is not, or a value is refused. */
  private fill({ made, select, template }: Filled): Compiled | undefined {
    let known = this.filled.get(template)
    if (known === undefined) this.filled.set(template, known = this.filledPlanOf(select, made))
    if (known === "unplanned") return undefined
    const { plan: { encoders, projection, text }, sources } = known
    const parameters = new Array<unknown>(sources.length)
    try {
      for (let i = 0; i < sources.length; i++) {
        const source = sources[i]!
        const value = typeof source === "number" ? (made[source] as { readonly value?: unknown }).value : source.value
        parameters[i] = encoders[i]!(value)
      }
    } catch (problem) {
      if (problem instanceof InvalidValue) return undefined
      throw problem
    }
    return { text, parameters, projection }
  }

  private filledPlanOf(select: Select, made: ReadonlyArray<Expression>): FilledPlan | "unplanned" {
    const slots: Array<Slot> = []
    const found = this.shapes.find(select, slots)
    if (found === undefined) return "unplanned"
    if (found.shape.kept === undefined) this.learn(select, found.shape)
    const { kept } = found.shape
    if (kept === undefined || kept === "unplanned") return "unplanned"
    return {
      plan: kept,
      sources: kept.sources.map((source) => {
        const place = made.indexOf(slots[source]!.holder)
        return place === -1 ? { value: found.values[source] } : place
      })
    }
  }

  private learn(statement: Exclude<Statement, Script>, shape: Shape<Kept>): Compiled {
    const slots: Array<Slot> = []
    this.shapes.find(statement, slots)
    if (isShared(slots)) return compile(statement, this.dialect)
    const recorder = new Recorder(this.dialect, this.encoders)
    const compiled = compile(statement, this.dialect, recorder)
    const rows = statement._tag === "Insert"
      ? { count: statement.rows.length, columns: statement.columns.map((column) => this.encoders.ofColumn(column)) }
      : { count: 0, columns: none }
    shape.kept = planOf(compiled, rows, recorder.origins, slots) ?? "unplanned"
    return compiled
  }
}
