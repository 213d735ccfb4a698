/**
 * A shop: customers who refer each other, products, orders with their lines, reviews, and the people who work there.
 */
import { Schema } from "effect"
import { Field, Model } from "effect-strata"

export const Address = Schema.Struct({
  street: Schema.String,
  city: Schema.String,
  /** Latitude and longitude. */
  at: Schema.optional(Schema.Struct({ lat: Schema.Number, lon: Schema.Number })),
  phones: Schema.Array(Schema.String)
})

export const OrderStatus = Schema.Literal("new", "paid", "shipped", "returned")

const Money = Schema.BigDecimal.pipe(Field.decimal(12, 2))

export class Customer extends Model.Class<Customer>("Customer")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.NonEmptyString.pipe(Schema.maxLength(100)),
  email: Schema.NonEmptyString.pipe(Schema.maxLength(200), Field.unique),
  /** Who brought them to the shop. */
  referrerId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Customer)),
  address: Schema.NullOr(Address),
  bornOn: Field.day,
  /** Bonus points; more than a double can count. */
  points: Schema.BigInt.pipe(Field.default(0n)),
  isActive: Schema.Boolean.pipe(Field.default(true)),
  joinedAt: Schema.DateTimeUtc
}, { table: "customers" }) {}

export class Product extends Model.Class<Product>("Product")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.NonEmptyString.pipe(Schema.maxLength(100)),
  price: Money,
  /** Below zero where more is ordered than there is. */
  stock: Schema.Int.pipe(Field.default(0)),
  /** In kilograms; unknown for what is not sent. */
  weight: Schema.NullOr(Schema.Number),
  tags: Schema.Array(Schema.String).pipe(Field.nativeArray({ _tag: "text" })),
  /** Bits: 1 fragile, 2 gift wrap, 4 age check, 8 on sale. */
  flags: Schema.Int.pipe(Field.default(0))
}, { table: "products" }) {}

export class Order extends Model.Class<Order>("Order")({
  id: Schema.Int.pipe(Field.primaryKey),
  customerId: Schema.Int.pipe(Field.references(() => Customer), Field.index),
  status: OrderStatus.pipe(Field.default("new" as const)),
  placedAt: Schema.DateTimeUtc,
  dueOn: Field.day,
  note: Schema.NullOr(Schema.String)
}, { table: "orders" }) {}

export class OrderLine extends Model.Class<OrderLine>("OrderLine")({
  orderId: Schema.Int.pipe(Field.references(() => Order, { onDelete: "cascade" }), Field.primaryKey),
  line: Schema.Int.pipe(Field.primaryKey),
  productId: Schema.Int.pipe(Field.references(() => Product)),
  quantity: Schema.Int,
  price: Money,
  /** A share of the price, from 0 to 1. */
  discount: Schema.NullOr(Schema.Number)
}, { table: "order_lines" }) {}

export class Employee extends Model.Class<Employee>("Employee")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.NonEmptyString.pipe(Schema.maxLength(100)),
  bossId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Employee)),
  /** In cents a year. */
  salary: Schema.BigInt,
  team: Schema.NullOr(Schema.String)
}, { table: "employees" }) {}

export class Review extends Model.Class<Review>("Review")({
  id: Schema.Int.pipe(Field.primaryKey),
  productId: Schema.Int.pipe(Field.references(() => Product)),
  /** Nobody, where the customer has gone. */
  customerId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Customer)),
  stars: Schema.Int,
  body: Schema.String
}, { table: "reviews" }) {}

export const models = [Customer, Product, Order, OrderLine, Employee, Review] as const
