/**
 * What a locking read cannot be: said before anything is sent, and alike for every dialect.
 */
import { databases } from "../Capability.js"
import { ConfigurationError, UnsupportedError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import { isAggregated } from "../query/derived.js"
import type { Select } from "./ast.js"

const refuse = (problem: string, hint: string): never => {
  throw new ConfigurationError({ problem, hint })
}

/** Each row of it has to be a row of a table, and the dialect to have locks of that strength. */
export const checkLock = (select: Select, dialect: Dialect): void => {
  const { lock } = select
  if (lock === undefined) return
  if (select.distinct || select.groupBy.length > 0 || select.having !== undefined || isAggregated(select.projection)) {
    refuse(
      "A locking read cannot have distinct rows, groups or aggregates, as a row of it stands for several",
      "lock the rows by a query of their own, and ask for the rest in the same transaction"
    )
  }
  if (select.from._tag !== "TableSource") {
    refuse("A locking read cannot be of a query used as a table", "lock the rows of the model that it is about")
  }
  for (const { source } of select.joins) {
    if (lock.of?.includes(source.ref) === true && source._tag !== "TableSource") {
      refuse("A locking read cannot be of a query used as a table", "lock the rows of the models that it reads from")
    }
  }
  if (lock.strength.includes("key") && !dialect.provides.has("key locks")) {
    throw new UnsupportedError({
      feature: `for ${lock.strength}`,
      dialect: dialect.name,
      supportedBy: [...databases["key locks"]],
      hint: "forUpdate and forShare are the same everywhere"
    })
  }
}

/** Inside another statement a lock means something else on every database, where it means anything. */
export const refuseNested = ({ lock }: Select): void => {
  if (lock !== undefined) {
    refuse(
      "A locking read cannot be part of another statement",
      "run it by itself in the transaction, and give the other statement what it found"
    )
  }
}
