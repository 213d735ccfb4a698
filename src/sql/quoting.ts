/**
 * Quoted identifiers and texts of SQL.
 */
import { InvalidValue } from "./storage.js"

/** Quotes an identifier with a sign, which is doubled within it. */
export const quotedBy = (sign: string) => (identifier: string): string => {
  if (identifier.includes("\u0000")) throw new InvalidValue("an identifier holds the character U+0000")
  return `${sign}${identifier.replaceAll(sign, sign + sign)}${sign}`
}

/** A text where a backslash stands for itself. */
export const textLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`
