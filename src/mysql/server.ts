/**
 * A server of the family: what it is, and what follows from its version.
 */
import type { Kind } from "./codecs.js"

/** A server: what it is, and its version in numbers. */
export interface Server {
  readonly kind: Kind
  readonly version: readonly [major: number, minor: number, patch: number]
}

const isAtLeast = (version: Server["version"], ...least: Server["version"]): boolean => {
  for (let index = 0; index < 3; index++) {
    const difference = (version[index] as number) - (least[index] as number)
    if (difference !== 0) return difference > 0
  }
  return true
}

/** Whether Strata works with the server: before, there was no `json_table`, no check constraint, no binary NO PAD collation. */
export const isSupported = ({ kind, version }: Server): boolean =>
  kind === "mariadb" ? isAtLeast(version, 10, 6, 0) : isAtLeast(version, 8, 0, 19)

/** Compares by code point and keeps trailing spaces apart. */
export const collationOf = ({ kind }: Server): string => kind === "mariadb" ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin"

/** Keeps a column out of `select *`, where the server can. */
export const invisible = ({ kind, version }: Server): string =>
  kind === "mariadb" || isAtLeast(version, 8, 0, 23) ? " invisible" : ""

/** The newest one of the server that knows upper and lower case beyond the first 65536 characters. */
export const caseCollation = ({ kind, version }: Server): string =>
  kind === "mysql"
    ? "utf8mb4_0900_as_cs"
    : isAtLeast(version, 10, 10, 1)
    ? "utf8mb4_uca1400_as_cs"
    : "utf8mb4_unicode_520_ci"
