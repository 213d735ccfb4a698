/**
 * Rows as the drivers give them, made of values by the dialects' own codecs.
 */
import type { Dialect } from "../../src/Dialect.js"
import { DecimalParameter } from "../../src/mysql/codecs.js"
import * as MysqlDialect from "../../src/mysql/dialect.js"
import * as PostgresDialect from "../../src/postgres/dialect.js"
import type { Storage, ValueType } from "../../src/sql/storage.js"
import { storedFromEncoded } from "../../src/sql/valueType.js"
import * as SqliteDialect from "../../src/sqlite/dialect.js"

/** A dialect, and what comes back of what was bound. */
export interface Side {
  readonly dialect: Dialect
  readonly raw: (bound: unknown, storage: Storage) => unknown
}

const fromMysql = (bound: unknown, storage: Storage): unknown => {
  if (bound instanceof DecimalParameter) return bound.digits
  if (bound instanceof Uint8Array) return Buffer.from(bound)
  if (typeof bound === "boolean") return bound ? 1 : 0
  return typeof bound === "bigint" && storage._tag === "integer" ? Number(bound) : bound
}

const fromPostgres = (bound: unknown, storage: Storage): unknown => {
  if (bound instanceof Uint8Array) return `\\x${Buffer.from(bound).toString("hex")}`
  if (storage._tag === "boolean") return bound === "true" ? "t" : "f"
  const isTime = storage._tag === "timestamp" || (storage._tag === "array" && storage.item._tag === "timestamp")
  return isTime ? String(bound).replace(/T(?=\d)/g, " ").replace(/(?<=\d)Z/g, "+00") : bound
}

export const sides: ReadonlyArray<Side> = [
  { dialect: SqliteDialect.dialect, raw: (bound) => bound },
  { dialect: PostgresDialect.dialect, raw: fromPostgres },
  { dialect: MysqlDialect.make({ kind: "mariadb", version: [10, 11, 6] }), raw: fromMysql },
  { dialect: MysqlDialect.make({ kind: "mysql", version: [8, 0, 36] }), raw: fromMysql }
]

/** The raw value of a column for what a Schema calls encoded; throws `InvalidValue` for what is refused. */
export const rawOf = ({ dialect, raw }: Side, { storage }: ValueType, encoded: unknown): unknown => {
  const stored = storedFromEncoded(storage, encoded)
  if (stored === null) return null
  const encode = dialect.codecs[storage._tag].encode as (value: unknown, storage: Storage) => unknown
  return raw(encode(stored, storage), storage)
}
