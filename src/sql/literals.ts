/**
 * Values in texts that a database made.
 */

/** Quoted names stay, quoted texts and numbers go. A number within a name is none. */
const pieces = /"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^'\\]|''|\\[^])*'|(?<![\w.$#])-?\d[\d.]*(?:e[+-]?\d+)?\b/gi

/** The text with a `?` for each value in it. */
export const withoutLiterals = (text: string): string =>
  text.replaceAll(pieces, (piece) => piece.startsWith("\"") || piece.startsWith("`") ? piece : "?")
