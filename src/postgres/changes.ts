/**
 * What a statement may leave behind in its session, beyond its transaction: told from its words, once a text. A word in a string or a
 * comment counts too, and costs a reset that was not needed; what a function of the database does inside is not seen.
 */

/** By what it takes to undo them. */
export const Change = {
  none: 0,
  /** Settings, listeners, cursors, locks, temporary tables: a reset. */
  session: 1,
  /** The server's named statements may not be those that Strata believes in: they are let go too. */
  statements: 2,
  /** What only ends with the connection. */
  connection: 3
} as const

export type Change = typeof Change[keyof typeof Change]

/** A comment is matched in one way only, so that a long row of them takes no time. */
const gap = String.raw`(?:\s|--[^\n]*(?:\n|$)|/\*(?:[^*]|\*(?!/))*\*/)`

const pattern = (...alternatives: ReadonlyArray<string>): RegExp => new RegExp(alternatives.join("|"), "i")

const command = pattern(
  String.raw`^${gap}*(set|reset|listen|unlisten|declare|do|call|prepare|deallocate|discard|load)\b`
)

const localSetting = pattern(String.raw`^${gap}*set${gap}+(?:local|transaction|constraints)\b`)

const inSession = pattern(
  // With true at its end it is local to the transaction.
  String.raw`set_config(?!\s*\((?:[^()']|'[^']*')*,\s*true\s*\))`,
  "advisory_lock",
  "pg_temp",
  String.raw`\b(?:create|replace|into)${gap}+(?:(?:global|local)${gap}+)?temp(?:orary)?\b`
)

const inConnection = pattern("dblink_connect", "setseed")

export const changeOf = (text: string): Change => {
  switch (command.exec(text)?.[1]?.toLowerCase()) {
    case undefined:
      return inConnection.test(text) ? Change.connection : inSession.test(text) ? Change.session : Change.none
    case "set":
      return localSetting.test(text) ? Change.none : Change.session
    case "prepare":
    case "deallocate":
    case "discard":
      return Change.statements
    case "load":
      return Change.connection
    default:
      return Change.session
  }
}
