/**
 * What tests take for equal: Options by what is in them, and Redacted values by what they hide. Chai looks at own properties and at what is iterated over,
 * by which None is like each Some, and all Redacted values are alike.
 */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { chai } from "vitest"

type Equal = (one: unknown, other: unknown, options?: { readonly comparator: Comparator }) => boolean
type Comparator = (one: unknown, other: unknown) => boolean | null

const { eql } = chai.util as unknown as { readonly eql: Equal }

const equal: Equal = (one, other) => eql(one, other, { comparator })

/** Null leaves it to Chai. */
const comparator: Comparator = (one, other) => {
  if (Option.isOption(one) && Option.isOption(other)) {
    return one._tag === "None" || other._tag === "None" ? one._tag === other._tag : equal(one.value, other.value)
  }
  if (Redacted.isRedacted(one) && Redacted.isRedacted(other)) return equal(Redacted.value(one), Redacted.value(other))
  return null
}

chai.config.deepEqual = equal
