/**
 * JSON: typed places in a column, and what is asked of them and changed there.
 */
import { Expr, Mutation, Query } from "effect-strata"
import { Customer } from "./models.js"

const customers = Query.from(Customer).pipe(Query.orderBy((c) => Expr.asc(c.id)))

/** typed paths: values that compare and sort. */
export const cities = customers.pipe(
  Query.where((c) => Expr.or(Expr.gt(Expr.at(c.address, "at", "lat"), 40), Expr.isNull(Expr.at(c.address, "at")))),
  Query.select((c) => ({
    city: Expr.at(c.address, "city"),
    lat: Expr.at(c.address, "at", "lat"),
    phone: Expr.at(c.address, "phones", 0)
  }))
)

/** contains: who has this phone. */
export const whoHasPhone = customers.pipe(
  Query.where((c) => Expr.jsonContains(c.address, { phones: ["+44 1"] })),
  Query.pluck((c) => c.id)
)

/** keys and length. */
export const partsOfAddresses = customers.pipe(
  Query.select((c) => ({
    keys: Expr.jsonKeys(c.address),
    phones: Expr.jsonLength(Expr.at(c.address, "phones")),
    isPlaced: Expr.jsonHas(c.address, ["at"])
  }))
)

/** set: another city for all who have an address. */
export const moveToParis = Mutation.update(Customer).pipe(
  Mutation.set((c) => ({ address: Expr.jsonSet(c.address, ["city"], "Paris") })),
  Mutation.where((c) => Expr.eq(Expr.at(c.address, "city"), "London"))
)

/** remove: nobody's place is known any more. */
export const forgetPlaces = Mutation.update(Customer).pipe(
  Mutation.set((c) => ({ address: Expr.jsonRemove(c.address, ["at"]) })),
  Mutation.where((c) => Expr.jsonHas(c.address, ["at"]))
)
