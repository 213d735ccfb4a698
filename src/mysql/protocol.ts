/**
 * What Strata uses of mysql2: opening a connection, binding parameters, and the two forms in which rows are read.
 */
import * as Redacted from "effect/Redacted"
import type * as Mysql2 from "mysql2"
import { connect } from "node:net"
import type { Socket } from "node:net"
import { canGenerate } from "../sql/codeGeneration.js"
import { DecimalParameter } from "./codecs.js"
import type { Target } from "./options.js"
import * as Tls from "./tls.js"

/** The package, as far as it is used. */
export interface Library extends Pick<typeof Mysql2, "createConnection" | "TypedParameter"> {
  /** The numbers of character sets and collations, and what each is called elsewhere. */
  readonly Charsets: object
  readonly CharsetToEncoding: ReadonlyArray<string | undefined>
}

/** The server's answer to a statement without rows. */
export interface Header {
  readonly affectedRows: number | string
  readonly insertId: number | string
  readonly info: string
  readonly serverStatus: number
  /** What has changed of the session, where the server tracks it. */
  readonly stateChanges?: {
    readonly systemVariables: { readonly [name: string]: string }
    readonly schema: string | null
    readonly trackStateChange: string | null
  }
}

/** What mysql2 gives in place of an error where there is none. */
export const isNothing = (error: unknown): error is null | undefined => error === null || error === undefined

/** Told when a command ends; mysql2 gives rows, a header, or a list of them for a procedure. */
export type Done = (error: unknown, results?: unknown, fields?: unknown) => void

/** One statement for mysql2. */
export interface Command {
  readonly sql: string
  readonly values: ReadonlyArray<unknown>
  readonly rowsAsArray?: boolean
}

/** A statement that gives its rows one by one, each with the number of its result; a header comes without one. */
export interface RowEmitter {
  readonly on: (event: "result" | "error" | "end", listener: (value: unknown, index?: number) => void) => unknown
}

/** A mysql2 connection: its callback interface, whose types say less than there is. */
export interface Raw {
  readonly threadId: number | null
  readonly stream: Pick<
    Socket,
    "destroy" | "pause" | "resume" | "cork" | "uncork" | "writable" | "remoteAddress" | "remotePort"
  >
  readonly on: (event: "error" | "end", listener: (error: unknown) => void) => unknown
  readonly connect: (done: (error: unknown, handshake?: { readonly serverVersion: string }) => void) => void
  readonly execute: (command: Command, done?: Done) => RowEmitter
  readonly query: (command: Command, done: Done) => unknown
  readonly unprepare: (command: Command) => unknown
  readonly ping: (done: (error: unknown) => void) => void
  /** COM_RESET_CONNECTION; mysql2 forgets its prepared statements as the server does. */
  readonly reset: (done: (error: unknown) => void) => unknown
  readonly end: (done: () => void) => void
}

/** What a connection is opened with beside what all of a database's are. */
export interface Way {
  /** In milliseconds; 0 for no limit. */
  readonly connectTimeout?: number
  /** The very machine that a name led to before: it may lead to another one now. */
  readonly address?: { readonly host: string; readonly port: number } | undefined
}

/** Silence after which the system asks whether the other side is still there, in milliseconds. */
const keepAliveInitialDelay = 10_000

/** How many prepared statements a connection keeps on the server. */
const maxPreparedStatements = 256

/** Begins to connect. Without a listener, an error would end the process. */
export const create = (library: Library, target: Target, { address, connectTimeout }: Way = {}): Raw => {
  const raw = library.createConnection({
    host: target.host,
    port: target.port,
    ...(target.socketPath === undefined ? {} : { socketPath: target.socketPath }),
    ...(target.database === undefined ? {} : { database: target.database }),
    ...(target.user === undefined ? {} : { user: target.user }),
    ...(target.password === undefined ? {} : { password: Redacted.value(target.password) }),
    ...(target.tls === undefined ? {} : { ssl: Tls.optionsOf(target.tls) }),
    connectTimeout: connectTimeout ?? target.connectTimeout,
    keepAliveInitialDelay,
    ...(address === undefined ? {} : { stream: () => connect(address).setNoDelay(true) }),
    charset: "utf8mb4",
    timezone: "Z",
    multipleStatements: false,
    // Attributes of queries would give the messages of statements another form.
    flags: ["-LOCAL_FILES", "-CLIENT_QUERY_ATTRIBUTES"],
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    // Its parsers of rows.
    disableEval: !canGenerate,
    maxPreparedStatements
  } as Mysql2.ConnectionOptions) as unknown as Raw
  raw.on("error", () => {})
  if (target.tls !== undefined) Tls.secure(raw, target.tls)
  return raw
}

const maxLong = 2n ** 63n - 1n
const minLong = -(2n ** 63n)
const maxUnsigned = 2n ** 64n - 1n

/** Why a parameter was not sent. */
export class Unbindable {
  constructor(readonly hint: string) {}
}

const bindBigint = (library: Library, value: bigint): unknown => {
  const { LONGLONG, NEWDECIMAL } = library.TypedParameter
  if (value >= minLong && value <= maxLong) return LONGLONG(value)
  return value > 0n && value <= maxUnsigned ? LONGLONG.unsigned(value) : NEWDECIMAL(value.toString())
}

/**
 * A value as the server is to see it. Integers and decimals are sent as such: mysql2 by itself would send numbers as doubles, and
 * the server compares texts with numbers as doubles too.
 */
const bind = (library: Library, value: unknown): unknown => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value
    case "bigint":
      return bindBigint(library, value)
    case "number":
      if (!Number.isFinite(value)) throw new Unbindable("it is NaN or infinite")
      return library.TypedParameter.DOUBLE(value)
    default:
      if (value === null || Buffer.isBuffer(value)) return value
      if (value instanceof DecimalParameter) return library.TypedParameter.NEWDECIMAL(value.digits)
      if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      throw new Unbindable("it is neither a string, a number, a bigint, a boolean, bytes nor null")
  }
}

/** As `bind`, for a statement written by hand: whole numbers are integers, dates are times, undefined is NULL. */
const bindPlain = (library: Library, value: unknown): unknown => {
  if (typeof value === "number" && Number.isSafeInteger(value)) return bindBigint(library, BigInt(value))
  if (value instanceof Date && Number.isFinite(value.getTime())) {
    return value.toISOString().replace("T", " ").replace("Z", "")
  }
  if (value instanceof Int8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return bind(library, value === undefined ? null : value)
}

const bindAll = (
  library: Library,
  parameters: ReadonlyArray<unknown>,
  one: (library: Library, value: unknown) => unknown
): ReadonlyArray<unknown> =>
  parameters.map((value, index) => {
    try {
      return one(library, value)
    } catch (error) {
      throw error instanceof Unbindable ? new Unbindable(`parameter ${index + 1} cannot be sent: ${error.hint}`) : error
    }
  })

/** Rows by position, in the raw form that the codecs decode. */
export const positional = (library: Library, sql: string, parameters: ReadonlyArray<unknown>): Command => ({
  sql,
  values: bindAll(library, parameters, bind),
  rowsAsArray: true
})

/** What a typeCast of mysql2 is given of a column. */
interface Field {
  readonly type: string
  readonly extendedFormat?: string
  readonly string: (encoding?: string) => string | null
}

const parsed = (text: string | null): unknown => {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** mysql2's usual values, which the connection's options switch off: dates in UTC, numbers where they are exact, parsed JSON. */
const usual = (field: Field, next: () => unknown): unknown => {
  if (field.type === "JSON" || field.extendedFormat === "json") return parsed(field.string("utf8"))
  const value = next()
  if (typeof value !== "string") return value
  switch (field.type) {
    case "LONGLONG":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value
    case "DATE":
      return new Date(`${value.slice(0, 10)}T00:00:00.000Z`)
    case "DATETIME":
    case "TIMESTAMP":
      return new Date(`${value.replace(" ", "T")}Z`)
    default:
      return value
  }
}

/** Rows as objects or arrays with the values that users of mysql2 know. */
export const plain = (
  library: Library,
  sql: string,
  parameters: ReadonlyArray<unknown>,
  rowsAsArray: boolean
): Command => ({ sql, values: bindAll(library, parameters, bindPlain), rowsAsArray, typeCast: usual }) as Command
