/**
 * What is put on the wire between two ReadyForQuery messages: the forms that `pg` can submit, made for positional text rows.
 */
import type * as Pg from "pg"
import type { Socket } from "node:net"
import type { NativeRow } from "../Driver.js"
import { Change, changeOf } from "./changes.js"
import { failure } from "./classify.js"

/** The protocol of `pg`'s connection, of which its types show a part. */
export interface Wire {
  readonly stream: Socket
  /** Texts of named statements that the server has parsed. */
  readonly parsedStatements: { [name: string]: string | undefined }
  readonly ssl: boolean | object
  readonly on: (event: string, listener: (message: any) => void) => unknown
  readonly connect: (portOrPath: number | string, host?: string) => void
  readonly requestSsl: () => void
  readonly cancel: (processId: number, secretKey: number) => void
  readonly query: (text: string) => void
  readonly parse: (message: { readonly name: string; readonly text: string }) => void
  readonly bind: (message: {
    readonly portal: string
    readonly statement: string
    readonly values: ReadonlyArray<Bindable>
  }) => void
  readonly execute: (message: { readonly portal: string; readonly rows: number }) => void
  readonly close: (message: { readonly type: "S" | "P"; readonly name: string }) => void
  readonly sync: () => void
  readonly sendCopyFail: (reason: string) => void
}

/** What goes on the wire as it is. */
export type Bindable = string | Buffer | null

type Row = ReadonlyArray<string | null>

/**
 * What is copied. V8 takes the arrays of a literal for lasting ones when many of them are seen alive, and puts later ones among the old,
 * where they keep their rows long after anybody needs them.
 */
const noRows: ReadonlyArray<Row> = []

const noCopy = "Strata sends no data to COPY … FROM STDIN"

const copyOut = failure({ error: "UnsupportedError", feature: "COPY … TO STDOUT through a statement" })

/**
 * One round trip. `pg` calls the handlers; the session calls `onSettled` once the server is ready for the next one, or the
 * connection is lost.
 */
export abstract class Work implements Pg.Submittable {
  private rows: Array<Row> = noRows.slice()
  tag = ""
  /** What the server, or the loss of the connection, said. */
  error: unknown
  isSettled = false
  /** True when it was never put on the wire. */
  isUnsent = false
  /** True when a portal has more rows. */
  isSuspended = false
  /** What it may change of the session; known once it is sent. */
  change: Change = Change.none
  onSettled: () => void = () => {}

  /** Whether it is a step of a transaction, or an upkeep: short as a rule, and never to be left half done. */
  readonly isStep: boolean = false

  protected abstract send(wire: Wire): void

  submit(connection: unknown): void {
    const wire = connection as Wire
    // One packet for several messages.
    wire.stream.cork()
    try {
      this.send(wire)
    } finally {
      wire.stream.uncork()
    }
  }
  start(client: Pg.Client): void {
    client.query(this)
  }
  /** Gives the rows away, so that a work that is done keeps none. */
  take(): ReadonlyArray<Row> {
    const { rows } = this
    this.rows = noRows.slice()
    return rows
  }
  handleRowDescription(_message?: unknown): void {}
  handleDataRow(message: { readonly fields: ReadonlyArray<string | null> }): void {
    this.rows.push(message.fields)
  }
  handleCommandComplete(message: { readonly text: string }): void {
    this.tag = message.text
  }
  handlePortalSuspended(): void {
    this.isSuspended = true
  }
  handleEmptyQuery(): void {}
  handleReadyForQuery(_connection?: unknown): void {}
  handleCopyData(): void {
    // Its rows would be lost without a word.
    this.error ??= copyOut
  }
  handleCopyInResponse(connection: unknown): void {
    ;(connection as Wire).sendCopyFail(noCopy)
  }
  handleError(error: unknown): void {
    this.error ??= error
  }
}

/** A text of Strata's own by the simple protocol: a step of a transaction, or an upkeep of the session. */
export class Simple extends Work {
  override readonly isStep = true
  readonly text: string
  constructor(text: string) {
    super()
    this.text = text
  }
  protected override send(wire: Wire): void {
    wire.query(this.text)
  }
}

/** A statement that the server keeps under a name. */
interface Named {
  readonly name: string
  readonly change: Change
}

/** Which names a connection has given to statements: the least recently used makes room. */
export class Statements {
  private readonly names = new Map<string, Named>()
  private readonly limit: number
  private counter = 0

  constructor(limit: number) {
    this.limit = limit
  }
  /** The statement of a text; one that makes room for it is closed on the wire. */
  use(text: string, wire: Wire): Named {
    const known = this.names.get(text)
    if (known !== undefined) {
      this.names.delete(text)
      this.names.set(text, known)
      return known
    }
    const oldest = this.names.size >= this.limit ? this.names.keys().next().value : undefined
    if (oldest !== undefined) this.forget(oldest, wire)
    const named = { name: `strata_${++this.counter}`, change: changeOf(text) }
    this.names.set(text, named)
    return named
  }
  /** Closes the statement of a text, so that its next use parses it again. */
  forget(text: string, wire: Wire): void {
    const named = this.names.get(text)
    if (named === undefined) return
    const { name } = named
    this.names.delete(text)
    delete wire.parsedStatements[name]
    wire.close({ type: "S", name })
  }
  /** The server has none of them anymore. */
  clear(wire: Wire): void {
    for (const { name } of this.names.values()) delete wire.parsedStatements[name]
    this.names.clear()
  }
}

/** One statement by the extended protocol. Rows are not described, as they are read by position and as text. */
export class Extended extends Work {
  /** Read by `pg`, which notes that the server has parsed it. */
  name = ""
  readonly text: string
  readonly values: ReadonlyArray<Bindable>
  /** Undefined for a text that will not come again. */
  readonly statements: Statements | undefined

  constructor(text: string, values: ReadonlyArray<Bindable>, statements: Statements | undefined) {
    super()
    this.text = text
    this.values = values
    this.statements = statements
  }
  protected override send(wire: Wire): void {
    const named = this.statements?.use(this.text, wire)
    this.name = named?.name ?? ""
    this.change = named?.change ?? changeOf(this.text)
    if (this.name === "" || wire.parsedStatements[this.name] === undefined) {
      wire.parse({ name: this.name, text: this.text })
    }
    wire.bind({ portal: "", statement: this.name, values: this.values })
    wire.execute({ portal: "", rows: 0 })
    wire.sync()
  }
  override handleCopyInResponse(connection: unknown): void {
    super.handleCopyInResponse(connection) // The server passed over the first one while it waited for data.
    ;(connection as Wire).sync()
  }
}

/** Opens a portal and reads its first rows; inside of a transaction it stays open after the Sync. */
export class OpenPortal extends Work {
  readonly portal: string
  readonly text: string
  readonly values: ReadonlyArray<Bindable>
  readonly count: number

  constructor(portal: string, text: string, values: ReadonlyArray<Bindable>, count: number) {
    super()
    this.portal = portal
    this.text = text
    this.values = values
    this.count = count
  }
  protected override send(wire: Wire): void {
    this.change = changeOf(this.text)
    wire.parse({ name: "", text: this.text })
    wire.bind({ portal: this.portal, statement: "", values: this.values })
    wire.execute({ portal: this.portal, rows: this.count })
    wire.sync()
  }
  override handleCopyInResponse(connection: unknown): void {
    super.handleCopyInResponse(connection)
    ;(connection as Wire).sync()
  }
}

/** Reads more rows of a portal. */
export class FetchPortal extends Work {
  readonly portal: string
  readonly count: number

  constructor(portal: string, count: number) {
    super()
    this.portal = portal
    this.count = count
  }
  protected override send(wire: Wire): void {
    wire.execute({ portal: this.portal, rows: this.count })
    wire.sync()
  }
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
  private readonly found: NativeRows

  constructor(portal: string, text: string, found: NativeRows, count: number) {
    super(portal, text, [], count)
    this.found = found
  }
  protected override send(wire: Wire): void {
    this.change = changeOf(this.text)
    const { count, found, portal } = this
    // It asks for all rows.
    const asking: Pick<Wire, "execute"> = { execute: () => wire.execute({ portal, rows: count }) }
    found.query.submit(Object.assign(Object.create(wire) as Pg.Connection, asking))
  }
  override handleRowDescription(message?: unknown): void {
    readerOf(this.found).handleRowDescription(message)
  }
  override handleDataRow(message: unknown): void {
    readerOf(this.found).handleDataRow(message)
  }
  override handleReadyForQuery(connection?: unknown): void {
    readerOf(this.found).handleReadyForQuery(connection)
    this.error ??= this.found.error
  }
}

/** Reads more rows of a portal as `pg` itself makes them. */
export class FetchNativePortal extends FetchPortal {
  private readonly found: NativeRows

  constructor(portal: string, found: NativeRows, count: number) {
    super(portal, count)
    this.found = found
  }
  override handleDataRow(message: unknown): void {
    readerOf(this.found).handleDataRow(message)
  }
  override handleReadyForQuery(connection?: unknown): void {
    readerOf(this.found).handleReadyForQuery(connection)
    this.error ??= this.found.error
  }
}

/** The handlers of a query of `pg`, which its types leave out. */
interface Reader {
  readonly handleRowDescription: (message: unknown) => void
  readonly handleDataRow: (message: unknown) => void
  readonly handleReadyForQuery: (connection: unknown) => void
}

const readerOf = ({ query }: NativeRows): Reader => query as unknown as Reader

/** Lets a portal go before its end. */
export class ClosePortal extends Work {
  override readonly isStep = true
  readonly portal: string

  constructor(portal: string) {
    super()
    this.portal = portal
  }
  protected override send(wire: Wire): void {
    wire.close({ type: "P", name: this.portal })
    wire.sync()
  }
}

/** A statement as `pg` itself runs it: rows as objects or arrays, values of its usual types. */
export class Native extends Work {
  result: Pg.QueryResult | undefined
  readonly pg: typeof Pg
  readonly text: string
  readonly values: ReadonlyArray<unknown>
  readonly statements: Statements | undefined
  readonly isInArrays: boolean

  constructor(
    pg: typeof Pg,
    text: string,
    values: ReadonlyArray<unknown>,
    statements: Statements | undefined,
    isInArrays: boolean
  ) {
    super()
    this.isInArrays = isInArrays
    this.pg = pg
    this.text = text
    this.values = values
    this.statements = statements
  }
  override start(client: Pg.Client): void {
    const named = this.statements?.use(this.text, client.connection as unknown as Wire)
    this.change = named?.change ?? changeOf(this.text)
    const config = {
      text: this.text,
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
    // By pg's own handler a prepared COPY would wait forever.
    Object.assign(query, {
      handleCopyInResponse: (connection: Wire) => {
        connection.sendCopyFail(noCopy)
        connection.sync()
      },
      handleCopyData: () => this.handleCopyData()
    })
    client.query(query)
  }
  protected override send(): void {}
}
