/**
 * Inserts that meet a row that is there.
 */
import { BigDecimal, DateTime } from "effect"
import { Expr, Mutation } from "effect-strata"
import { Customer, Product } from "./models.js"

const money = BigDecimal.unsafeFromString
const tea = { id: 2, name: "Tea", price: money("4.20"), stock: 40, weight: 0.1, tags: [] }

/** What is there and what was to be inserted make the new row together. */
export const delivered = Mutation.upsert(Product, tea, {
  set: (old, proposed) => ({ stock: Expr.add(old.stock, proposed.stock) })
})

/** A condition: prices only fall. */
export const cheaper = Mutation.upsertMany(Product, [{ ...tea, price: money("9") }, {
  ...tea,
  id: 5,
  price: money("4")
}], {
  update: ["price"],
  where: (old, proposed) => Expr.lt(proposed.price, old.price)
})

/** Nothing is done to a row that is there. */
export const newProducts = Mutation.insertManyOrIgnore(Product, [tea, { ...tea, id: 20, name: "Mate" }])

/** By a named constraint. */
export const knownCustomers = Mutation.insertManyOrIgnore(Customer, [{
  id: 72,
  name: "Ada",
  email: "ada@shop.test",
  referrerId: null,
  address: null,
  bornOn: "1990-12-10",
  joinedAt: DateTime.unsafeMake(0)
}], { constraint: "customers_email_key" })

/** Which rows were new. */
export const newOrNot = Mutation.upsertMany(Product, [tea, { ...tea, id: 21, name: "Sencha" }], { update: ["price"] })
  .pipe(
    Mutation.outcomes
  )
