/**
 * What an error of MySQL or MariaDB, of mysql2 or of the network means: a table by errno, total over all of them.
 *
 * Never by mysql2's `code` for what the server says: its names are MySQL's, and MariaDB uses some numbers otherwise.
 */
import type { Failure } from "../Driver.js"
import { lockHeld, oneStatement } from "../network/hints.js"
import * as Tls from "../network/tls.js"
import type { Kind } from "./codecs.js"
import * as messages from "./messages.js"
import type { Told } from "./messages.js"

type Meaning = Failure["kind"]
type QueryReason = Extract<Meaning, { readonly error: "QueryError" }>["reason"]
type ConnectionReason = Extract<Meaning, { readonly error: "ConnectionError" }>["reason"]
type ConflictReason = Extract<Meaning, { readonly error: "ConflictError" }>["reason"]
type Row = (message: string, kind: Kind) => { readonly kind: Meaning; readonly hint: string | undefined }

/** What mysql2 and Node throw, as far as it is looked at. */
interface Thrown {
  readonly errno?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly sqlMessage?: unknown
  /** The statement. */
  readonly sql?: unknown
}

const row = (kind: Meaning, hint?: string): Row => {
  const answer = { kind, hint }
  return () => answer
}

const query = (reason: QueryReason, hint?: string): Row => row({ error: "QueryError", reason }, hint)

const connection = (reason: ConnectionReason, isRetryable: boolean, hint?: string): Row =>
  row({ error: "ConnectionError", reason, isRetryable }, hint)

const conflict = (reason: ConflictReason, hint?: string): Row => row({ error: "ConflictError", reason }, hint)

const timeout = row({ error: "TimeoutError" })

const violation = (
  error: "UniqueViolation" | "ForeignKeyViolation" | "NotNullViolation" | "CheckViolation",
  read: (message: string, kind: Kind) => Told
): Row =>
(message, kind) => ({ kind: { error, ...read(message, kind) }, hint: undefined })

const unique = violation("UniqueViolation", messages.duplicate)
const foreignKey = violation("ForeignKeyViolation", messages.foreignKey)
const notNull = violation("NotNullViolation", messages.notNull)
const check = violation("CheckViolation", messages.check)
const checkOfMariaDb: Row = (message, kind) => (kind === "mariadb" ? check : query("other"))(message, kind)

/** An upsert's own guard speaks through a value that is no number (see dialect.ts). */
const malformed: Row = (message, kind) =>
  messages.isGuard(message)
    ? {
      kind: { error: "UniqueViolation", constraint: undefined, table: undefined, columns: [] },
      hint: "the row is there already by another unique key than the one that the upsert names"
    }
    : query("data")(message, kind)

/** To a node of a Galera cluster the number means that it knows of no majority; nothing of the statement ran. */
const notReady: Row = (message, kind) =>
  (/\bwsrep\b/i.test(message)
    ? connection("refused", true, "the node is not ready, as it is not connected with most of its cluster")
    : query("other"))(message, kind)

const tooManyConnections = "raise the server's max_connections or lower the pool's size; other programs count as well"
const tooLong = "one value may be as long as the server's max_allowed_packet: put fewer rows together or raise it"
const tooLarge = "the statement is larger than the server's max_allowed_packet: send fewer rows at once or raise it"
const keyTooLong = "a text column of a key needs a maxLength of at most 768, which makes it a varchar"

/** Who share a meaning; a number that stands in no row is `other`. */
const table: ReadonlyArray<readonly [Row, ReadonlyArray<number>]> = [
  [unique, [1062, 1169, 1586]],
  [foreignKey, [1216, 1217, 1451, 1452]],
  [notNull, [1048, 1263, 1364]],
  [checkOfMariaDb, [4025]],
  [check, [3819]],

  [conflict("deadlock"), [1213, 1614, 3058]],
  [conflict("lockTimeout", lockHeld), [
    1205,
    1613,
    1689,
    3572
  ]],
  [conflict("serialization"), [1020, 3101]],
  [timeout, [1317, 1969, 3024]],

  [query("syntax"), [
    1052,
    1055,
    1056,
    1058,
    1060,
    1063,
    1064,
    1065,
    1066,
    1067,
    1074,
    1075,
    1103,
    1110,
    1111,
    1136,
    1140,
    1149,
    1166,
    1210,
    1222,
    1241,
    1247,
    1248,
    1253,
    1267,
    1270,
    1271,
    1318,
    1425,
    1426,
    1427,
    1582,
    1583,
    3065
  ]],
  [query("other", keyTooLong), [1071, 1170]],
  [query("other", "something of that name exists already: drop it first"), [1007, 1050]],
  [query("undefinedObject", "create the table first"), [1146]],
  [query("undefinedObject"), [
    1008,
    1051,
    1054,
    1072,
    1082,
    1091,
    1109,
    1115,
    1128,
    1141,
    1147,
    1176,
    1193,
    1273,
    1286,
    1305,
    1360,
    1449,
    1539,
    1630
  ]],
  [query("undefinedObject", "create the database first: create database <name> character set utf8mb4"), [1049]],
  [query("permission", "grant the user what the statement needs"), [1142, 1143, 1227, 1370, 1410, 1419]],
  [query("permission", "grant the user rights on the database"), [1044]],

  [query("data"), [
    1242,
    1264,
    1265,
    1300,
    1365,
    1366,
    1367,
    1406,
    1411,
    1416,
    1441,
    1525,
    1690,
    3140,
    3141,
    3143,
    3144,
    3146,
    3147,
    3150,
    3151,
    3153,
    3156,
    3157,
    3158,
    4035,
    4036,
    4037,
    4038,
    4039,
    4040,
    4041,
    4042,
    4043,
    4044
  ]],
  [malformed, [1292]],
  [query("data", tooLarge), [1153, 1301]],
  [query("data", tooLong), [1260]],

  [query("readOnly", "this server may be a replica, or its read_only may be on"), [1290, 1836]],
  [query("readOnly", "the transaction was begun read only"), [1792]],
  [query("readOnly"), [1036, 1223]],

  [query("resources"), [1021, 1037, 1038, 1041, 1114, 1119, 1135, 1206, 1226, 1436, 1637, 3170]],
  [query("resources", tooManyConnections), [1040, 1203]],
  [
    query(
      "resources",
      "raise the server's max_prepared_stmt_count or lower the pool's size: each connection keeps up to 256"
    ),
    [
      1461
    ]
  ],
  [query("resources", "a statement takes 65535 parameters: send fewer rows at once"), [1390]],
  [query("stalePlan"), [1243, 1615]],

  [connection("authentication", false, "check the user and the password"), [1045, 1698, 3118, 4151]],
  [connection("authentication", false, "the user's password has expired: set a new one"), [1820, 1862]],
  [connection("authentication", false, "the server allows this user or this host no connection"), [1130, 3879]],
  [connection("authentication", false, "the server and mysql2 have no way of authentication in common"), [
    1251,
    1524,
    2059
  ]],
  [connection("tls", false, "the server takes encrypted connections only: set tls"), [3159]],
  [connection("refused", true, "the server has blocked this host after many errors: flush hosts"), [1129]],
  [connection("refused", true), [1042, 1043, 3032]],
  [notReady, [1047]],
  [connection("lost", false), [
    1053,
    1077,
    1079,
    1080,
    1152,
    1154,
    1155,
    1156,
    1157,
    1158,
    1159,
    1160,
    1161,
    1184,
    1927,
    2006,
    2013,
    2055,
    3169,
    4031
  ]]
]

const byErrno: ReadonlyMap<number, Row> = new Map(
  table.flatMap(([meaning, numbers]) => numbers.map((errno) => [errno, meaning] as const))
)

const address = "check the host and the port, and that the server is running"

/** What the client itself says, which has no number of the server. */
const byCode: { readonly [code: string]: Row } = {
  ECONNREFUSED: connection("refused", true, address),
  ENOTFOUND: connection("refused", true, "check the host: it has no address"),
  EAI_AGAIN: connection("refused", true, "the host's address could not be looked up"),
  EHOSTUNREACH: connection("refused", true, address),
  ENETUNREACH: connection("refused", true, address),
  EADDRNOTAVAIL: connection("refused", true),
  ENOENT: connection("refused", true, "check the socket's path"),
  EACCES: connection("refused", true, "the socket may not be opened"),
  EMFILE: connection("refused", true, "the process has no file descriptor left"),
  ETIMEDOUT: connection("refused", true, "the server did not answer in time: check the host, or raise connectTimeout"),
  ECONNRESET: connection("lost", false),
  ECONNABORTED: connection("lost", false),
  EPIPE: connection("lost", false),
  PROTOCOL_CONNECTION_LOST: connection("lost", false),
  PROTOCOL_UNEXPECTED_PACKET: connection("lost", false),
  PROTOCOL_PACKETS_OUT_OF_ORDER: connection("lost", false),
  HANDSHAKE_SSL_ERROR: connection("lost", false),
  HANDSHAKE_UNKNOWN_ERROR: connection("refused", false),
  AUTH_SWITCH_PLUGIN_ERROR: connection("authentication", false)
}

/** What mysql2 throws while it reads the columns of a result: such a name could change what every object has. */
const forbiddenName = /^The field name \(__\w+__\) can't be /
const unreadable = query("other", "mysql2 reads no column that is named as what every object has: give it an alias")

const ofClient = (thrown: Thrown, code: string | undefined, isFatal: boolean): Row => {
  const tlsHint = Tls.hintOf(thrown)
  if (tlsHint !== undefined) return connection("tls", false, tlsHint)
  const found = code === undefined ? undefined : byCode[code]
  if (found !== undefined) return found
  if (forbiddenName.test(String(thrown.message))) return unreadable
  return isFatal ? connection("lost", false) : query("other")
}

/**
 * What was thrown, as a failure. The kind is the server's, as far as it has introduced itself.
 */
export const classify = (cause: unknown, kind: Kind = "mysql"): Failure => {
  const thrown: Thrown & { readonly fatal?: unknown } = typeof cause === "object" && cause !== null ? cause : {}
  const code = typeof thrown.code === "string" ? thrown.code : undefined
  // Those of the network have the system's errno, which is negative.
  const errno = typeof thrown.errno === "number" && thrown.errno > 0 ? thrown.errno : undefined
  const message = String(thrown.sqlMessage ?? thrown.message ?? "")
  const meaning = errno === undefined
    ? ofClient(thrown, code, thrown.fatal === true)
    : byErrno.get(errno) ?? query("other")
  const { hint, kind: what } = meaning(message, kind)
  return {
    _tag: "Failure",
    kind: what,
    hint: hint ??
      (errno === 1064 && messages.isSecond(message, thrown.sql) ? oneStatement : undefined),
    code: errno === undefined ? code : String(errno),
    cause
  }
}
