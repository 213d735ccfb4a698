/**
 * What is put on the wire between two ReadyForQuery messages, made for positional text rows.
 */
import type { Socket } from "node:net"
import { Change, changeOf } from "./changes.js"
import { failure } from "./classify.js"
import type { Row } from "./incoming.js"
import type { Bindable, Outgoing } from "./outgoing.js"
import type { Sending } from "./sending.js"
import type { Silence } from "./silence.js"
import type { Named, Statements } from "./statements.js"

/** The protocol of `pg`'s connection, of which its types show a part. */
export interface Wire {
  readonly stream: Socket
  readonly ssl: boolean | object
  readonly on: (event: string, listener: (message: any) => void) => unknown
  readonly removeAllListeners: (event: string) => unknown
  readonly connect: (portOrPath: number | string, host?: string) => void
  readonly requestSsl: () => void
  readonly cancel: (processId: number, secretKey: number) => void
}

/**
 * What is copied. V8 takes the arrays of a literal for lasting ones when many of them are seen alive, and puts later ones among the old,
 * where they keep their rows long after anybody needs them.
 */
const noRows: ReadonlyArray<Row> = []

const noCopy = "Strata sends no data to COPY … FROM STDIN"

const copyOut = failure({ error: "UnsupportedError", feature: "COPY … TO STDOUT through a statement" })

/** Where a work is written, and what it may find there. */
export interface Target {
  readonly out: Outgoing
  readonly wire: Wire
  /** Undefined where the server keeps none under names. */
  readonly named: Statements | undefined
  readonly sending: Pick<Sending, "now">
  readonly silence: Pick<Silence, "isLimited">
}

/** One round trip. The session tells it what comes back, and calls `onSettled` once the server is ready for the next one, or the connection is lost. */
export abstract class Work {
  private rows: Array<Row> = noRows.slice()
  private readonly parses: Array<Named | undefined> = []
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
  /** The BEGIN that goes before it in one message, and whether that has worked. */
  begin: string | undefined
  hasBegun = false

  isRead = false
  /** Whether others of this kind may be sent behind it before it is answered, and it behind them: reads that have proved to be quick. */
  isShared = false
  /** Whether nobody waits for it any more, and it goes on only since others do for what was sent with it. */
  isAbandoned = false

  /** Whether it is a step of a transaction, or an upkeep: short as a rule, and never to be left half done. */
  readonly isStep: boolean = false
  /** Whether its answers are positional rows; else `pg` reads them. */
  readonly isPositional: boolean = true

  /** The statement that it runs. */
  readonly text: string | undefined = undefined

  get texts(): ReadonlyArray<string> {
    return this.text === undefined ? [] : [this.text]
  }
  /** Whether the server works on another of its statements after the one that it has told of last. */
  get hasMore(): boolean {
    return false
  }

  abstract write(target: Target): void

  /** Gives the rows away, so that a work that is done keeps none. */
  take(): ReadonlyArray<Row> {
    const { rows } = this
    this.rows = noRows.slice()
    return rows
  }
  onRow(row: Row): void {
    this.rows.push(row)
  }
  onComplete(tag: string): void {
    if (this.begin !== undefined && !this.hasBegun) this.hasBegun = true
    else this.tag = tag
  }
  onParsed(): void {
    this.parses.shift()
  }
  /** After all that came of it: what was to be parsed and was not must be so the next time. */
  onReady(): void {
    for (const named of this.parses) if (named !== undefined) named.isParsed = false
  }
  onCopyOut(): void {
    // Its rows would be lost without a word.
    this.error ??= copyOut
  }
  onCopyIn({ out }: Target): void {
    out.copyFail(noCopy)
  }
  onError(error: unknown): void {
    this.error ??= error
  }
  /** Of what `pg` reads. */
  onRowDescription(_message: unknown): void {}
  onNativeRow(_message: unknown): void {}
  onNativeComplete(message: { readonly text: string }): void {
    this.onComplete(message.text)
  }

  /** A statement up to its portal; one without a name is parsed each time. */
  protected bind(
    { out }: Target,
    portal: string,
    text: string,
    named: Named | undefined,
    values?: ReadonlyArray<Bindable>
  ): void {
    const name = named?.name ?? ""
    if (named?.isParsed !== true) {
      out.parse(name, text)
      this.parses.push(named)
      if (named !== undefined) named.isParsed = true
    }
    out.bind(portal, name, values)
  }
  /** BEGIN, after which all up to the next Sync is left out where it fails. */
  protected opening(target: Target): void {
    if (this.begin === undefined) return
    this.bind(target, "", this.begin, target.named?.use(this.begin, target.out))
    target.out.execute("", 0)
  }
  /** That a statement which is not written here is parsed. */
  protected parsing(named: Named | undefined): void {
    this.parses.push(named)
    if (named !== undefined) named.isParsed = true
  }
}

/** A text of Strata's own by the simple protocol: a step of a transaction, or an upkeep of the session. */
export class Simple extends Work {
  override readonly isStep = true
  override readonly text: string
  constructor(text: string) {
    super()
    this.text = text
  }
  override write({ out }: Target): void {
    out.query(this.text)
  }
}

/** One statement by the extended protocol. Rows are not described, as they are read by position and as text. */
export class Extended extends Work {
  override readonly text: string
  readonly values: ReadonlyArray<Bindable>
  /** Whether the server keeps it under a name, as it will come again. */
  readonly isKept: boolean

  constructor(text: string, values: ReadonlyArray<Bindable>, isKept: boolean) {
    super()
    this.text = text
    this.values = values
    this.isKept = isKept
  }
  override write(target: Target): void {
    const { out } = target
    const named = this.isKept ? target.named?.use(this.text, out) : undefined
    this.change = named?.change ?? changeOf(this.text)
    this.opening(target)
    this.bind(target, "", this.text, named, this.values)
    out.execute("", 0)
    out.sync()
  }
  override onCopyIn(target: Target): void {
    super.onCopyIn(target)
    // The server passed over the first one while it waited for data.
    target.out.sync()
  }
}

/** Statements that are sent together; after one that failed the server runs none. */
export class Several extends Work {
  readonly results: Array<{ readonly rows: ReadonlyArray<Row>; readonly tag: string }> = []
  readonly statements: ReadonlyArray<{ readonly text: string; readonly values: ReadonlyArray<Bindable> }>

  constructor(statements: Several["statements"]) {
    super()
    this.statements = statements
  }
  override get texts(): ReadonlyArray<string> {
    return this.statements.map(({ text }) => text)
  }
  override get hasMore(): boolean {
    return this.results.length < this.statements.length
  }
  override write(target: Target): void {
    const { named, out, sending, silence } = target
    this.opening(target)
    for (const { text, values } of this.statements) {
      const change = changeOf(text)
      if (change > this.change) this.change = change
      this.bind(target, "", text, named?.use(text, out), values)
      out.execute("", 0)
      // Each has its own time, so that the end of each has to be known.
      if (silence.isLimited) out.flush()
      // The server begins with it while the next one is written.
      sending.now()
    }
    out.sync()
  }
  override onComplete(tag: string): void {
    const isBegin = this.begin !== undefined && !this.hasBegun
    super.onComplete(tag)
    if (!isBegin) this.results.push({ rows: this.take(), tag })
  }
  override onCopyIn(target: Target): void {
    super.onCopyIn(target)
    target.out.sync()
  }
}

/** Opens a portal and reads its first rows; inside of a transaction it stays open after the Sync. */
export class OpenPortal extends Work {
  readonly portal: string
  override readonly text: string
  readonly values: ReadonlyArray<Bindable>
  readonly count: number

  constructor(portal: string, text: string, values: ReadonlyArray<Bindable>, count: number) {
    super()
    this.portal = portal
    this.text = text
    this.values = values
    this.count = count
  }
  override write(target: Target): void {
    const { out } = target
    this.change = changeOf(this.text)
    this.opening(target)
    this.bind(target, this.portal, this.text, undefined, this.values)
    out.execute(this.portal, this.count)
    out.sync()
  }
  override onCopyIn(target: Target): void {
    super.onCopyIn(target)
    target.out.sync()
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
  override write({ out }: Target): void {
    out.execute(this.portal, this.count)
    out.sync()
  }
}

/** Lets a portal go before its end. */
export class ClosePortal extends Work {
  override readonly isStep = true
  readonly portal: string

  constructor(portal: string) {
    super()
    this.portal = portal
  }
  override write({ out }: Target): void {
    out.close("P", this.portal)
    out.sync()
  }
}
