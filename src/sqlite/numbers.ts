/**
 * Powers and bits in SQLite.
 */
import type { Dialect } from "../Dialect.js"
import { functionOf, infix } from "../sql/operators.js"
import { InvalidValue } from "../sql/storage.js"
import * as Decimals from "./decimals.js"
import type { Scalars } from "./scalar.js"
import { strict } from "./scalar.js"

/** A result that no double holds is a failure on servers. */
const held = (value: number): number => {
  if (Number.isFinite(value)) return value
  throw new InvalidValue("the result is larger than a double can hold")
}

const power = (base: number, exponent: number): number | null =>
  (base < 0 && !Number.isInteger(exponent)) || (base === 0 && exponent < 0) ? null : held(base ** exponent)

const trunc = (value: number, digits: number): number => {
  if (!Number.isFinite(value)) return value
  const cut = digits === 0
    ? Math.trunc(value)
    : Number(Decimals.toPlain(Decimals.trunc(Decimals.fromRaw(value), digits)))
  return cut + 0
}

export const scalars: Scalars = {
  strata_power: [2, strict((base, exponent) => power(Number(base), Number(exponent)))],
  strata_exp: [1, strict((value) => held(Math.exp(Number(value))))],
  /** (number, digits): toward zero. */
  strata_trunc: [2, strict((value, digits) => trunc(Number(value), Number(digits)))]
}

export const operators: Dialect["operators"] = {
  power: functionOf("strata_power"),
  exp: functionOf("strata_exp"),
  sqrt: functionOf("sqrt"),
  ln: functionOf("ln"),
  log10: functionOf("log10"),
  sign: functionOf("sign"),
  trunc: functionOf("strata_trunc"),
  // 53 bits of the 64.
  random: (writer) => writer.text("((random() >> 11) & 9007199254740991) / 9007199254740992.0"),
  bitAnd: infix("&"),
  bitOr: infix("|"),
  bitXor: (writer, args, type) => {
    infix("|")(writer.text("("), args, type)
    infix("&")(writer.text(") - ("), args, type)
    writer.text(")")
  },
  bitNot: (writer, [value]) => {
    if (value !== undefined) writer.text("~").operand(value)
  },
  shiftLeft: infix("<<"),
  shiftRight: infix(">>")
}
