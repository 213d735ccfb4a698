/**
 * The queries of the gallery that need something which not every database has.
 */
import type { Capability } from "effect-strata"

export const needs: { readonly [name: string]: ReadonlyArray<Capability.Name> } = {
  everybody: ["full join"],
  dearestLines: ["lateral join"],
  lastOrders: ["lateral join"],
  orderedAsOftenAsReviewed: ["intersect all"],
  withoutReview: ["except all"],
  nextGroup: ["groups frame"],
  others: ["frame exclusion"],
  ordersRolledUp: ["rollup"],
  reviewsCubed: ["cube"],
  ordersBySets: ["grouping sets"],
  firstReviews: ["distinct on"],
  ordersWithSums: ["rollup", "grouping"],
  namesSoFar: ["list over a window"],
  orderWithLines: ["locks of some sources"],
  customerKept: ["key locks"],
  inBerlin: ["time zones"]
}
