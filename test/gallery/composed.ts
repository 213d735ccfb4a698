import type { Texts } from "./sql.js"

export const composed: Texts = {
  ordersOfAda: `
    select id, customer_id, status, placed_at, due_on, note from orders
    where customer_id = 1 and status <> 'new' order by id limit 5`,
  searched: (on) => `
    select id, name, ${on.decimal("price")}, stock, weight, tags, flags from products
    where stock < 10 and weight is not null and substr(name, 1, 1) = 'T' order by id`,
  searchedByName: (on) => `
    select id, name, ${on.decimal("price")}, stock, weight, tags, flags from products order by name desc`
}
