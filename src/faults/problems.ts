/**
 * What is wrong with rules, which only untyped programs and other ways to write a duration can give.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import { ConfigurationError } from "../DbError.js"
import type { Rule } from "./rules.js"

const always = ["on", "fail", "delay", "after", "times", "probability"]
const ofStatements = [...always, "applied", "table", "where"]

/** The names of what a rule of each kind may have. */
const names: { readonly [on in Rule["on"]]: ReadonlyArray<string> } = {
  begin: always,
  commit: [...always, "applied"],
  statement: ofStatements,
  select: ofStatements,
  insert: ofStatements,
  update: ofStatements,
  delete: ofStatements,
  script: ofStatements
}

const isCount = (value: unknown): boolean => typeof value === "number" && value >= 0 && !Number.isNaN(value)

const isTable = (value: unknown): boolean =>
  typeof value === "string" ||
  ((typeof value === "object" || typeof value === "function") && value !== null &&
    typeof (value as { readonly table?: unknown }).table === "string")

/** Effect reads a negative number as no time at all. */
const isDelay = (value: unknown): boolean => {
  const decoded = Duration.decodeUnknown(value)
  return decoded._tag === "Some" &&
    (Duration.toMillis(decoded.value) > 0 || value === 0 || Duration.isDuration(value))
}

const checks: { readonly [name: string]: readonly [isRight: (value: unknown) => boolean, hint: string] } = {
  delay: [isDelay, "set it to a length of time, such as \"200 millis\" or a number of milliseconds"],
  after: [isCount, "set it to a number of at least 0"],
  times: [isCount, "set it to a number of at least 0"],
  probability: [(value) => isCount(value) && Number(value) <= 1, "set it to a number from 0 to 1"],
  applied: [(value) => typeof value === "boolean", "set it to true or false"],
  where: [(value) => typeof value === "function", "give it a function of the statement"],
  table: [isTable, "set it to a model or to the name of a table"],
  fail: [(value) => typeof value === "object" && value !== null && "_tag" in value, "give it an error of DbError"]
}

/**
 * The first that is wrong.
 *
 * @since 0.1.0
 * @category guards
 */
export const problemOf = (rules: ReadonlyArray<Rule>): ConfigurationError | undefined => {
  for (const [index, rule] of rules.entries()) {
    const which = `The fault rule ${index + 1}`
    if (!Object.hasOwn(names, rule.on)) {
      return new ConfigurationError({
        problem: `${which} is on ${JSON.stringify(rule.on)}, which never happens`,
        hint: `set on to one of ${Object.keys(names).join(", ")}`
      })
    }
    for (const [name, value] of Object.entries(rule)) {
      if (!names[rule.on].includes(name)) {
        return new ConfigurationError({
          problem: `${which} has no option ${JSON.stringify(name)}`,
          hint: `set none but ${names[rule.on].join(", ")} for ${rule.on}`
        })
      }
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined
      if (value !== undefined && check?.[0](value) === false) {
        return new ConfigurationError({
          problem: `The option ${name} of fault rule ${index + 1} is wrong`,
          hint: check[1]
        })
      }
    }
  }
  return undefined
}
