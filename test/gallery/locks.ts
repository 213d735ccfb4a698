import type { Texts } from "./sql.js"

const linesOfThree =
  `select o.id, l.line from orders o join order_lines l on l.order_id = o.id where o.id = 3 order by l.line`

export const locks: Texts = {
  nextOrder: `
    select id, customer_id, status, placed_at, due_on, note from orders where status = 'new' order by id limit 1`,
  customerNow: `
    select id, name, email, referrer_id, address, born_on, points, is_active, joined_at from customers where id = 1`,
  keptProducts: `select id from products where stock > 0 order by id`,
  orderWithLines: { sqlite: linesOfThree, postgres: linesOfThree, mysql: linesOfThree },
  customerKept: { postgres: `select name from customers where id = 2` }
}
