/**
 * What fits a key of InnoDB: its columns have a limit each, as those together have.
 */
import type { KeyLimits } from "../Dialect.js"
import type { ValueType } from "../sql/storage.js"
import { longest, maxVarchar } from "./codecs.js"

/** With the row format that tables have unless told otherwise. */
const maxBytes = 3072

/** How many bytes of a key a column takes; undefined for one without a limit that fits. */
const bytesOf = ({ storage }: ValueType): number | undefined => {
  switch (storage._tag) {
    case "text":
      return storage.maxLength === undefined || storage.maxLength > maxVarchar ? undefined : storage.maxLength * 4
    case "bytes":
      return undefined
    case "literal":
      return longest(storage.values) * 4
    case "uuid":
      return 36 * 4
    case "decimal":
      return 32
    default:
      return 8
  }
}

/**
 * A text without a limit is `varchar(768)` where it is a key, so that a longer one is refused there; in an index that is none
 * (not unique) only its beginning counts, and the column has no limit.
 */
export const keys: KeyLimits = {
  lengthOf: (type, key) => {
    if (bytesOf(type) !== undefined) return undefined
    const bytes = key.map(bytesOf)
    const sharers = bytes.filter((one) => one === undefined).length
    const share = Math.floor(bytes.reduce<number>((left, one) => left - (one ?? 0), maxBytes) / Math.max(1, sharers))
    return Math.max(1, type.storage._tag === "bytes" ? share : Math.floor(share / 4))
  },
  limited: (type, length) => type.storage._tag === "bytes" ? `varbinary(${length})` : `varchar(${length})`
}
