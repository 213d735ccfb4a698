import type { Texts } from "./sql.js"

export const comparisons: Texts = {
  bestReviews: `select id from reviews where stars = (select max(stars) from reviews) order by id`,
  notTheWorst: `
    select r.id from reviews r
    where exists (select 1 from reviews o where o.product_id = r.product_id and o.stars < r.stars) order by r.id`,
  twoLines: (on) => `
    select order_id, line, product_id, quantity, ${on.decimal("price")}, discount from order_lines
    where (order_id = 1 and line = 1) or (order_id = 3 and line = 2) order by order_id`,
  linesAfter: (on) => `
    select order_id, line, product_id, quantity, ${on.decimal("price")}, discount from order_lines
    where order_id > 3 or (order_id = 3 and line > 1) order by order_id, line limit 3`,
  adasInOrder: `select name from customers where id in (1, 5) order by lower(name)`
}
