/**
 * What is put on the wire between two ReadyForQuery messages: the forms that `pg` can submit, made for positional text rows.
 */
import type * as Pg from "pg"
import type { Socket } from "node:net"

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

const noCopy = "Strata sends no data to COPY … FROM STDIN"

/**
 * One round trip. `pg` calls the handlers; the session calls `onSettled` once the server is ready for the next one, or the
 * connection is lost.
 */
export abstract class Work implements Pg.Submittable {
  readonly rows: Array<ReadonlyArray<string | null>> = []
  tag = ""
  /** What the server, or the loss of the connection, said. */
  error: unknown
  isSettled = false
  /** True when it was never put on the wire. */
  isUnsent = false
  /** True when a portal has more rows. */
  isSuspended = false
  onSettled: () => void = () => {}

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
  handleRowDescription(): void {}
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
  handleReadyForQuery(): void {}
  handleCopyData(): void {}
  handleCopyInResponse(connection: unknown): void {
    ;(connection as Wire).sendCopyFail(noCopy)
  }
  handleError(error: unknown): void {
    this.error ??= error
  }
}

/** One text by the simple protocol. */
export class Simple extends Work {
  readonly text: string
  constructor(text: string) {
    super()
    this.text = text
  }
  protected override send(wire: Wire): void {
    wire.query(this.text)
  }
}

/** Which names a connection has given to statements: the least recently used makes room. */
export class Statements {
  private readonly names = new Map<string, string>()
  private readonly limit: number
  private counter = 0

  constructor(limit: number) {
    this.limit = limit
  }
  /** The name of a text; a name that makes room for it is closed on the wire. */
  name(text: string, wire: Wire): string {
    const known = this.names.get(text)
    if (known !== undefined) {
      this.names.delete(text)
      this.names.set(text, known)
      return known
    }
    const oldest = this.names.size >= this.limit ? this.names.keys().next().value : undefined
    if (oldest !== undefined) this.forget(oldest, wire)
    const name = `strata_${++this.counter}`
    this.names.set(text, name)
    return name
  }
  /** Closes the statement of a text, so that its next use parses it again. */
  forget(text: string, wire: Wire): void {
    const name = this.names.get(text)
    if (name === undefined) return
    this.names.delete(text)
    delete wire.parsedStatements[name]
    wire.close({ type: "S", name })
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
    this.name = this.statements === undefined ? "" : this.statements.name(this.text, wire)
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

/** Lets a portal go before its end. */
export class ClosePortal extends Work {
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

/** A statement as `pg` itself runs it: rows as objects, values of its usual types, several results for several statements. */
export class Native extends Work {
  result: Pg.QueryResult | ReadonlyArray<Pg.QueryResult> | undefined
  readonly pg: typeof Pg
  readonly text: string
  readonly values: ReadonlyArray<unknown>
  readonly statements: Statements | undefined

  constructor(pg: typeof Pg, text: string, values: ReadonlyArray<unknown>, statements: Statements | undefined) {
    super()
    this.pg = pg
    this.text = text
    this.values = values
    this.statements = statements
  }
  override start(client: Pg.Client): void {
    const wire = client.connection as unknown as Wire
    const query = new this.pg.Query(
      {
        text: this.text,
        values: [...this.values],
        ...(this.statements === undefined ? {} : { name: this.statements.name(this.text, wire) })
      },
      (error: unknown, result: Pg.QueryResult) => {
        if (error !== null && error !== undefined) this.error ??= error
        else this.result = result
      }
    )
    // By pg's own handler a prepared COPY would wait forever.
    Object.assign(query, {
      handleCopyInResponse: (connection: Wire) => {
        connection.sendCopyFail(noCopy)
        if (this.statements !== undefined || this.values.length > 0) connection.sync()
      }
    })
    client.query(query)
  }
  protected override send(): void {}
}
