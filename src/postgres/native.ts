/**
 * Statements whose parameters `pg` itself writes and whose rows it reads, for an SqlClient: rows as objects or arrays, values of its usual types.
 */
import type * as Pg from "pg"
import type { NativeRow } from "../Driver.js"
import { changeOf } from "./changes.js"
import { FetchPortal, OpenPortal, Work } from "./work.js"
import type { Target, Wire } from "./work.js"

/** The handlers of a query of `pg`, which its types leave out. */
interface Reader {
  readonly handleRowDescription: (message: unknown) => void
  readonly handleDataRow: (message: unknown) => void
  readonly handleCommandComplete: (message: unknown, connection: unknown) => void
  readonly handleReadyForQuery: (connection: unknown) => void
}

const readerOf = (query: Pg.Query): Reader => query as unknown as Reader

const doNothing = (): void => {}

/** Has a query of `pg` write to where works are written; `changed` are methods that it is to find otherwise. */
const submit = (query: Pg.Query, { out, wire }: Target, changed: object): void => {
  const asking: Wire = Object.assign(Object.create(wire) as Wire, {
    // It corks the socket, which gets nothing before all is written.
    stream: { cork: doNothing, uncork: doNothing },
    parsedStatements: {},
    submittedNamedStatements: {},
    _send: (messages: Uint8Array) => out.written(messages),
    ...changed
  })
  query.submit(asking as unknown as Pg.Connection)
}

/** The rows of a portal as `pg` itself makes them, whichever work reads them. */
export class NativeRows {
  readonly query: Pg.Query
  error: unknown
  private rows: Array<NativeRow> = []

  constructor(pg: typeof Pg, portal: string, text: string, values: ReadonlyArray<unknown>) {
    // The simple protocol, which it would choose without values, has no portals.
    const config = { text, values: [...values], portal, queryMode: "extended" }
    this.query = new pg.Query(config)
    this.query.on("row", (row: NativeRow) => this.rows.push(row))
    this.query.on("error", (error) => {
      this.error ??= error
    })
  }
  take(): ReadonlyArray<NativeRow> {
    const { rows } = this
    this.rows = []
    return rows
  }
}

/** Opens a portal, and lets `pg` write its parameters and read its rows. */
export class OpenNativePortal extends OpenPortal {
  override readonly isPositional = false
  private readonly found: NativeRows

  constructor(portal: string, text: string, found: NativeRows, count: number) {
    super(portal, text, [], count)
    this.found = found
  }
  override write(target: Target): void {
    const { count, found, portal } = this
    this.change = changeOf(this.text)
    this.opening(target)
    this.parsing(undefined)
    // It asks for all rows.
    submit(found.query, target, { execute: () => target.out.execute(portal, count) })
  }
  override onRowDescription(message: unknown): void {
    readerOf(this.found.query).handleRowDescription(message)
  }
  override onNativeRow(message: unknown): void {
    readerOf(this.found.query).handleDataRow(message)
  }
  override onReady(): void {
    super.onReady()
    if (this.error === undefined) readerOf(this.found.query).handleReadyForQuery(undefined)
    this.error ??= this.found.error
  }
}

/** Reads more rows of a portal as `pg` itself makes them. */
export class FetchNativePortal extends FetchPortal {
  override readonly isPositional = false
  private readonly found: NativeRows

  constructor(portal: string, found: NativeRows, count: number) {
    super(portal, count)
    this.found = found
  }
  override onNativeRow(message: unknown): void {
    readerOf(this.found.query).handleDataRow(message)
  }
  override onReady(): void {
    super.onReady()
    if (this.error === undefined) readerOf(this.found.query).handleReadyForQuery(undefined)
    this.error ??= this.found.error
  }
}

/** A statement as `pg` itself runs it. */
export class Native extends Work {
  override readonly isPositional = false
  result: Pg.QueryResult | undefined
  readonly pg: typeof Pg
  override readonly text: string
  readonly values: ReadonlyArray<unknown>
  readonly isKept: boolean
  readonly isInArrays: boolean
  private query: Reader | undefined

  constructor(pg: typeof Pg, text: string, values: ReadonlyArray<unknown>, isKept: boolean, isInArrays: boolean) {
    super()
    this.isInArrays = isInArrays
    this.pg = pg
    this.text = text
    this.values = values
    this.isKept = isKept
  }
  override write(target: Target): void {
    const { text } = this
    const named = this.isKept ? target.named?.use(text, target.out) : undefined
    this.change = named?.change ?? changeOf(text)
    this.opening(target)
    const config = {
      text,
      values: [...this.values],
      // The simple protocol, which it would choose without values, takes several statements in one text.
      queryMode: "extended",
      ...(named === undefined ? {} : { name: named.name }),
      ...(this.isInArrays ? { rowMode: "array" } : {})
    }
    const query = new this.pg.Query(
      config,
      (error: unknown, result: Pg.QueryResult) => {
        if (error !== null && error !== undefined) this.error ??= error
        else this.result = result
      }
    )
    this.query = readerOf(query)
    const parsedStatements = named?.isParsed === true ? { [named.name]: text } : {}
    if (named?.isParsed !== true) this.parsing(named)
    submit(query, target, { parsedStatements })
  }
  override onRowDescription(message: unknown): void {
    this.query?.handleRowDescription(message)
  }
  override onNativeRow(message: unknown): void {
    this.query?.handleDataRow(message)
  }
  override onNativeComplete(message: { readonly text: string }): void {
    const isBegin = this.begin !== undefined && !this.hasBegun
    super.onNativeComplete(message)
    if (!isBegin) this.query?.handleCommandComplete(message, undefined)
  }
  override onReady(): void {
    super.onReady()
    if (this.error === undefined) this.query?.handleReadyForQuery(undefined)
  }
  override onCopyIn(target: Target): void {
    super.onCopyIn(target)
    target.out.sync()
  }
}
