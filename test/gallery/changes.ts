import type { Texts, Words } from "./sql.js"

const at = "2026-01-02T03:04:05.678Z"
const cents = (on: Words, amount: number) => on.name === "sqlite" ? String(Math.round(amount * 100)) : String(amount)
const product = (on: Words) => `id, name, ${on.decimal("price")}, stock, weight, tags, flags`
const customer = "id, name, email, referrer_id, address, born_on, points, is_active, joined_at"
const order = "id, customer_id, status, placed_at, due_on, note"

export const changes: Texts = {
  newCustomer: (on) => `
    insert into customers (id, name, email, born_on, joined_at)
    values (7, 'Noether', 'emmy@shop.test', '1982-03-23', ${on.instant(at)}) returning ${customer}`,
  newOrders: (on) => `
    insert into orders (id, customer_id, placed_at, due_on, note)
    with recursive n (i) as (select 0 union all select i + 1 from n where i < 499)
    select 100 + i, 1 + i % 6, ${on.instant(at)}, ${on.name === "postgres" ? "date " : ""}'2026-01-09',
      case when i % 3 = 0 then null else concat('no. ', i) end
    from n`,
  restock: `update products set stock = stock + 10, price = price * 2 where stock < 1`,
  shipPaid: [
    "update orders set status = 'shipped' where status = 'paid'",
    `select ${order} from orders where id in (2, 7)`
  ],
  forgetOld: `delete from reviews where product_id in (1000, 2, 3, 4, 6)`,
  dropLines: (on) => `
    delete from order_lines where order_id = 3 returning order_id, line, product_id, quantity, ${
    on.decimal("price")
  }, discount`,
  saveProduct: (on) => [
    `update products set name = 'Green Tea', price = ${cents(on, 5.25)}, weight = 0.2, tags = ${
      on.array("kitchen", "green")
    }, stock = 4 where id = 2`,
    `select ${product(on)} from products where id = 2`
  ],
  saveCustomers: (on) => [
    "update customers set name = 'Ada L.', born_on = '1990-12-11' where id = 1",
    `insert into customers (id, name, email, referrer_id, born_on, joined_at)
      values (71, 'Somebody', 'some@shop.test', 1, '1999-09-09', ${on.instant(at)})`,
    "select 2"
  ],
  noStock: "update products set stock = 0",
  welcomeOrders: `
    insert into orders (id, customer_id, placed_at, due_on, note)
    select id + 200, id, joined_at, born_on, name from customers where referrer_id is not null`,
  takeStock: `
    update products set stock = stock - (
      select sum(l.quantity) from order_lines l join orders o on o.id = l.order_id
      where o.status = 'new' and l.product_id = products.id
    )
    where id in (select l.product_id from order_lines l join orders o on o.id = l.order_id where o.status = 'new')`,
  dropReviews: "delete from reviews where customer_id in (select id from customers where points > 100)",
  resetStatus: "update orders set status = 'new', note = null where status = 'returned'",
  ordersShipped: [
    "update orders set status = 'shipped' where status = 'new'",
    "select id, coalesce(note, 'none'), status from orders where id in (3, 6)"
  ],
  newPrices: (on) => [
    `update products set price = ${cents(on, 0.05)}, stock = -5 where id = 5`,
    `update products set price = ${cents(on, 19.99)}, stock = 1 where id = 1`,
    "select 2"
  ]
}
