/**
 * What each table holds.
 */
import type { Texts } from "./sql.js"

export const tables: Texts = {
  customers: `
    select id, name, email, referrer_id, address, born_on, points, is_active, joined_at from customers order by id`,
  products: (on) => `select id, name, ${on.decimal("price")}, stock, weight, tags, flags from products order by id`,
  orders: `select id, customer_id, status, placed_at, due_on, note from orders order by id`,
  order_lines: (on) => `
    select order_id, line, product_id, quantity, ${
    on.decimal("price")
  }, discount from order_lines order by order_id, line`,
  employees: `select id, name, boss_id, salary, team from employees order by id`,
  reviews: `select id, product_id, customer_id, stars, body from reviews order by id`
}
