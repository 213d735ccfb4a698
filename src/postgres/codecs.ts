/**
 * How PostgreSQL keeps each storage type. Every parameter is sent as text (bytes as they are) and every result is read as text,
 * so nothing of a value depends on a driver's idea of types.
 */
import { toIso } from "../sql/instants.js"
import type { Codec, Codecs, Storage, Stored } from "../sql/storage.js"
import { InvalidValue } from "../sql/storage.js"
import {
  checkBigint,
  checkDay,
  checkDouble,
  checkInteger,
  checkText,
  checkTime,
  checkTimestamp,
  checkUuid,
  jsonText,
  parseDecimal
} from "../sql/values.js"
import * as Arrays from "./arrays.js"
import { decodeTimestamp } from "./timestamps.js"

const refuse = (problem: string): never => {
  throw new InvalidValue(problem)
}

/**
 * How deep arrays and objects may nest in JSON. A server with the default `max_stack_depth` of 2 MB takes 13,000, JavaScript's own
 * recursion some 4,000; this is safe for both.
 */
export const maxJsonDepth = 1000

/** The longest that `varchar(n)` can be declared. */
const maxVarchar = 10_485_760

const min32 = -2_147_483_648
const max32 = 2_147_483_647

/** A type without the limits of a column: for casts and parameters, where a limit would cut or round silently. */
export const typeName = (storage: Storage): string => {
  switch (storage._tag) {
    case "text":
    case "literal":
      return "text"
    case "integer":
      return storage.wide === true ? "bigint" : "integer"
    case "double":
      return "double precision"
    case "decimal":
      return "numeric"
    case "timestamp":
      return "timestamptz"
    case "day":
      return "date"
    case "json":
      return storage.text === true ? "json" : "jsonb"
    case "bytes":
      return "bytea"
    case "array":
      return storage.item._tag === "array" ? typeName(storage.item) : `${typeName(storage.item)}[]`
    case "bigint":
    case "boolean":
    case "time":
    case "uuid":
    case "vector":
      return storage._tag
  }
}

/** The column type of a storage type: `varchar(320)`. */
export const columnType = (storage: Storage): string => {
  const codec: Codec<any> = codecs[storage._tag]
  return codec.ddl(storage)
}

const encodeOne = (value: unknown, storage: Storage): unknown => {
  const codec: Codec<any> = codecs[storage._tag]
  return codec.encode(value, storage)
}

const decodeOne = (raw: unknown, storage: Storage): Stored => {
  const codec: Codec<any> = codecs[storage._tag]
  return codec.decode(raw, storage)
}

const identity = (raw: string): string => raw

const decodeNumber = (raw: string): number => {
  const value = Number(raw)
  // What computes to -0 is the 0 that it equals, as -0 is refused on the way in.
  return raw === "" || (value !== value && raw !== "NaN") ? refuse("is not a number") : value + 0
}

/** A value of a row in JSON: what JSON has no form for is text, as it is in a result. */
export const fromJson = (json: unknown, storage: Storage): Stored =>
  storage._tag === "json" ? json as Stored : decodeOne(typeof json === "string" ? json : String(json), storage)

/** The columns of an array of arrays must be of one length, and an empty array has no inner ones. */
const shapeOf = (items: ReadonlyArray<unknown>, storage: Storage): ReadonlyArray<number> => {
  if (storage._tag !== "array") return [items.length]
  const shapes = items.map((item) =>
    Array.isArray(item) ? shapeOf(item, storage.item) : refuse("has something that is not an array among its arrays")
  )
  const first = shapes[0]
  if (first === undefined) return [0]
  if (first[0] === 0) return refuse("has an empty array inside, which PostgreSQL cannot keep")
  return shapes.every((shape) => shape.join() === first.join())
    ? [items.length, ...first]
    : refuse("has arrays of different lengths inside, which PostgreSQL cannot keep")
}

const encodeItems = (items: ReadonlyArray<unknown>, item: Storage): Arrays.Items => {
  const texts: Array<string | null | Arrays.Items> = []
  // By index, as `map` leaves holes.
  for (let index = 0; index < items.length; index++) {
    const value = items[index]
    if (item._tag === "array") {
      texts.push(encodeItems(value as ReadonlyArray<unknown>, item.item))
    } else if (value === null) {
      texts.push(null)
    } else {
      const encoded = encodeOne(value, item)
      texts.push(typeof encoded === "string" ? encoded : `\\x${(encoded as Buffer).toString("hex")}`)
    }
  }
  return texts
}

const decodeItems = (items: Arrays.Items, item: Storage): ReadonlyArray<unknown> =>
  items.map((one) => {
    if (one === null) return null
    if (typeof one !== "string") {
      return item._tag === "array"
        ? decodeItems(one, item.item)
        : refuse("is nested too deep")
    }
    return item._tag === "array" ? refuse("is not nested deep enough") : decodeOne(one, item)
  })

/** An array literal of stored values, for `unnest($1::integer[])`. */
export const encodeArray = (items: ReadonlyArray<unknown>, item: Storage): string => {
  shapeOf(items, item)
  return Arrays.print(encodeItems(items, item))
}

const hexBytes = (raw: string): Uint8Array => {
  const length = (raw.length - 2) >> 1
  const bytes = new Uint8Array(length)
  return Buffer.from(bytes.buffer).write(raw.slice(2), "hex") === length
    ? bytes
    : refuse("is not the hex form of bytea")
}

/** The form that a role may have asked for by `bytea_output = escape`. */
const escapedBytes = (raw: string): Uint8Array =>
  Uint8Array.from(
    raw.match(/\\\\|\\[0-7]{3}|[^]/g) ?? [],
    (part) => part.length === 4 ? parseInt(part.slice(1), 8) : part.charCodeAt(part.length - 1)
  )

const timeForm = /^(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/
const literalText = { ddl: () => "text", encode: (value: unknown) => checkText(value), decode: identity }

/** The codecs of PostgreSQL. */
export const codecs: Codecs = {
  text: {
    ddl: ({ maxLength }) =>
      maxLength === undefined || maxLength > maxVarchar ? "text" : `varchar(${Math.max(1, maxLength)})`,
    encode: (value, { maxLength }) => checkText(value, maxLength),
    decode: identity
  },
  literal: literalText,
  integer: {
    ddl: typeName,
    encode: (value, { wide }) => String(wide === true ? checkInteger(value) : checkInteger(value, min32, max32)),
    decode: (raw: string) => {
      const value = Number(raw)
      return Number.isSafeInteger(value) && raw !== "" ? value : refuse("is not an integer of 53 bits")
    }
  },
  bigint: {
    ddl: typeName,
    encode: (value) => String(checkBigint(value)),
    decode: (raw: string) => /^-?\d+$/.test(raw) ? BigInt(raw) : refuse("is not a whole number")
  },
  double: { ddl: typeName, encode: (value) => String(checkDouble(value)), decode: decodeNumber },
  boolean: {
    ddl: typeName,
    encode: (value) => typeof value === "boolean" ? String(value) : refuse("is not a boolean"),
    decode: (raw: string) =>
      raw === "t" || raw === "true" || (raw === "f" || raw === "false" ? false : refuse("is not a boolean"))
  },
  decimal: {
    ddl: ({ precision, scale }) => precision === undefined ? "numeric" : `numeric(${precision}, ${scale ?? 0})`,
    encode: (value, { precision, scale }) => {
      const text = parseDecimal(value, precision, scale)
      const point = text.indexOf(".")
      return point >= 0 && text.length - point - 1 > 16_383
        ? refuse("has more than 16383 digits after the point")
        : text
    },
    decode: (raw: string) => parseDecimal(raw)
  },
  timestamp: {
    ddl: () => "timestamptz(3)",
    encode: (value) => toIso(checkTimestamp(value)),
    decode: decodeTimestamp
  },
  day: { ddl: typeName, encode: checkDay, decode: checkDay },
  time: {
    ddl: () => "time(3)",
    encode: checkTime,
    decode: (raw: string) => {
      const match = timeForm.exec(raw)
      return checkTime(match === null ? raw : `${match[1]}.${(match[2] ?? "").slice(0, 3).padEnd(3, "0")}`)
    }
  },
  uuid: { ddl: typeName, encode: checkUuid, decode: identity },
  json: {
    ddl: typeName,
    encode: (value) => jsonText(value, maxJsonDepth),
    decode: (raw: string) => {
      try {
        return JSON.parse(raw) as Stored
      } catch {
        return refuse("is not JSON")
      }
    }
  },
  bytes: {
    ddl: typeName,
    encode: (value) =>
      value instanceof Uint8Array
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
        : refuse("is not bytes"),
    decode: (raw: string) => raw.startsWith("\\x") ? hexBytes(raw) : escapedBytes(raw)
  },
  array: {
    ddl: ({ item }) => item._tag === "array" ? columnType(item) : `${columnType(item)}[]`,
    encode: (value, { item }) => Array.isArray(value) ? encodeArray(value, item) : refuse("is not an array"),
    decode: (raw: string, { item }) => decodeItems(Arrays.parse(raw), item)
  },
  vector: {
    ddl: ({ dimensions }) => `vector(${dimensions})`,
    encode: (value, { dimensions }) => {
      if (!Array.isArray(value) || value.length !== dimensions) {
        return refuse(`is not a vector of ${dimensions} numbers`)
      }
      return `[${
        value.map((item) =>
          Math.fround(checkDouble(item)) === item
            ? item
            : refuse("has a number that 32 bits cannot hold exactly: round with Math.fround")
        ).join(",")
      }]`
    },
    decode: (raw: string) => raw.slice(1, -1).split(",").map((item) => Math.fround(decodeNumber(item)))
  }
}
