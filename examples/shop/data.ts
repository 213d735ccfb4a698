/**
 * What is in the shop: a few rows with all that makes queries go wrong, such as NULLs, ties, names in many scripts, numbers below zero and
 * numbers beyond what a double can hold.
 */
import { BigDecimal, DateTime, Effect } from "effect"
import type { Model } from "effect-strata"
import { Mutation } from "effect-strata"
import { Customer, Employee, Order, OrderLine, Product, Review } from "./models.js"

const at = DateTime.unsafeMake
const money = BigDecimal.unsafeFromString

// dprint-ignore
export const customers: ReadonlyArray<Model.Insert<typeof Customer>> = [
  { id: 1, name: "Ada Lovelace", email: "ada@shop.test", referrerId: null, bornOn: "1990-12-10", points: 9_007_199_254_740_993n, isActive: true, joinedAt: at("2024-01-31T23:30:00Z"),
    address: { street: "Main St. 1", city: "London", at: { lat: 51.5, lon: -0.12 }, phones: ["+44 1", "+44 2"] } },
  { id: 2, name: "Björn Ångström", email: "bjorn@shop.test", referrerId: 1, bornOn: "1985-02-28", points: 120n, isActive: true, joinedAt: at("2024-02-29T12:00:00.5Z"),
    address: { street: "Storgatan \"5\"", city: "Malmö", phones: [] } },
  { id: 3, name: "Čeněk Žižka", email: "cenek@shop.test", referrerId: 1, bornOn: "2001-07-01", points: 0n, isActive: false, joinedAt: at("2024-03-31T01:59:59.999Z"),
    address: null },
  { id: 4, name: "大輔 😀", email: "daisuke@shop.test", referrerId: 2, bornOn: "1990-12-10", points: -15n, isActive: true, joinedAt: at("2024-12-31T23:59:59Z"),
    address: { street: "1-1", city: "東京", at: { lat: 35.7, lon: 139.7 }, phones: ["+81 3"] } },
  { id: 5, name: "ada byron", email: "ADA@shop.test", referrerId: 4, bornOn: "1970-01-01", points: 120n, isActive: true, joinedAt: at("2025-06-15T08:00:00Z"),
    address: { street: "", city: "London", phones: ["+44 1"] } },
  { id: 6, name: "O'Neil \\ 100%_", email: "o.neil@shop.test", referrerId: null, bornOn: "2004-02-29", points: -9_223_372_036_854_775_808n, isActive: false, joinedAt: at("2025-06-15T08:00:00Z"),
    address: { street: "Line\nBreak", city: "Cork", phones: ["", "0"] } }
]

// dprint-ignore
export const products: ReadonlyArray<Model.Insert<typeof Product>> = [
  { id: 1, name: "Teapot", price: money("24.90"), stock: 12, weight: 1.25, tags: ["kitchen", "gift"], flags: 3 },
  { id: 2, name: "Tea", price: money("4.50"), stock: -3, weight: 0.1, tags: ["kitchen", "food"], flags: 8 },
  { id: 3, name: "Wine", price: money("12.00"), stock: 7, weight: 1.25, tags: ["food", "gift", "gift"], flags: 7 },
  { id: 4, name: "Voucher", price: money("50.00"), stock: 0, weight: null, tags: [], flags: 0 },
  { id: 5, name: "Löffel", price: money("4.50"), stock: 100, weight: 0.05, tags: ["kitchen"], flags: 0 },
  { id: 6, name: "Piano", price: money("12345678.99"), stock: 1, weight: 480, tags: ["music", "żółć"], flags: 13 }
]

// dprint-ignore
export const orders: ReadonlyArray<Model.Insert<typeof Order>> = [
  { id: 1, customerId: 1, status: "shipped", placedAt: at("2025-01-05T10:00:00Z"), dueOn: "2025-01-08", note: null },
  { id: 2, customerId: 1, status: "paid", placedAt: at("2025-01-31T22:45:10.123Z"), dueOn: "2025-02-03", note: "ring twice" },
  { id: 3, customerId: 2, status: "new", placedAt: at("2025-02-01T00:00:00Z"), dueOn: "2025-02-03", note: null },
  { id: 4, customerId: 2, status: "returned", placedAt: at("2025-03-30T01:30:00Z"), dueOn: "2025-04-02", note: "" },
  { id: 5, customerId: 4, status: "shipped", placedAt: at("2025-03-30T00:59:59.999Z"), dueOn: "2025-04-02", note: "🎁 gift" },
  { id: 6, customerId: 5, status: "new", placedAt: at("2025-10-26T01:30:00Z"), dueOn: "2025-10-29", note: "Ring" },
  { id: 7, customerId: 5, status: "paid", placedAt: at("2025-12-31T23:59:59.999Z"), dueOn: "2026-01-03", note: null }
]

// dprint-ignore
export const orderLines: ReadonlyArray<Model.Insert<typeof OrderLine>> = [
  { orderId: 1, line: 1, productId: 1, quantity: 1, price: money("24.90"), discount: null },
  { orderId: 1, line: 2, productId: 2, quantity: 10, price: money("4.50"), discount: 0.1 },
  { orderId: 2, line: 1, productId: 3, quantity: 2, price: money("12.00"), discount: null },
  { orderId: 3, line: 1, productId: 2, quantity: 3, price: money("4.25"), discount: 0 },
  { orderId: 3, line: 2, productId: 5, quantity: 6, price: money("4.50"), discount: 0.25 },
  { orderId: 4, line: 1, productId: 3, quantity: -2, price: money("12.00"), discount: null },
  { orderId: 5, line: 1, productId: 6, quantity: 1, price: money("12345678.99"), discount: 0.5 },
  { orderId: 5, line: 2, productId: 2, quantity: 1, price: money("4.50"), discount: 0.1 },
  { orderId: 6, line: 1, productId: 1, quantity: 2, price: money("22.00"), discount: null },
  { orderId: 7, line: 1, productId: 4, quantity: 1, price: money("50.00"), discount: 1 }
]

// dprint-ignore
export const employees: ReadonlyArray<Model.Insert<typeof Employee>> = [
  { id: 1, name: "Grace", bossId: null, salary: 12_000_000n, team: null },
  { id: 2, name: "Edsger", bossId: 1, salary: 9_000_000n, team: "sales" },
  { id: 3, name: "Barbara", bossId: 1, salary: 9_500_000n, team: "stock" },
  { id: 4, name: "Tony", bossId: 2, salary: 5_000_000n, team: "sales" },
  { id: 5, name: "Donald", bossId: 2, salary: 5_000_000n, team: "sales" },
  { id: 6, name: "Édith", bossId: 3, salary: 4_800_000n, team: "stock" },
  { id: 7, name: "Zoë", bossId: 6, salary: 3_000_000n, team: "stock" }
]

// dprint-ignore
export const reviews: ReadonlyArray<Model.Insert<typeof Review>> = [
  { id: 1, productId: 1, customerId: 1, stars: 5, body: "A lovely teapot, pours well" },
  { id: 2, productId: 1, customerId: 5, stars: 3, body: "Lovely, but the lid broke" },
  { id: 3, productId: 2, customerId: 2, stars: 4, body: "Tea for two" },
  { id: 4, productId: 3, customerId: null, stars: 1, body: "Corked! Order no. 1234-5" },
  { id: 5, productId: 6, customerId: 4, stars: 5, body: "素晴らしい 😀" },
  { id: 6, productId: 3, customerId: 2, stars: 4, body: "" }
]

/** Fills the tables, which are empty. */
export const load = Effect.gen(function*() {
  yield* Mutation.insertMany(Customer, customers)
  yield* Mutation.insertMany(Product, products)
  yield* Mutation.insertMany(Order, orders)
  yield* Mutation.insertMany(OrderLine, orderLines)
  yield* Mutation.insertMany(Employee, employees)
  yield* Mutation.insertMany(Review, reviews)
})
