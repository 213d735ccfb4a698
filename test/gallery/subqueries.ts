import type { Texts } from "./sql.js"

const products = (price: string) => `select id, name, ${price}, stock, weight, tags, flags from products`

export const subqueries: Texts = {
  cheapAndThere: (on) =>
    `${products(on.decimal("price"))} where price < ${
      on.name === "sqlite" ? 2000 : 20
    } and (stock > 0 or weight is null) order by id`,
  lightOrUnknown: `select name from products where weight <= 0.2 or weight is null order by id`,
  byWeight: `select name, weight from products order by weight is not null, weight desc, name`,
  secondPage: `
    select id, customer_id, status, placed_at, due_on, note from orders order by placed_at desc, id limit 3 offset 3`,
  notes: `select note from (select distinct note from orders) n order by note is null, note`,
  orderCounts: `
    select c.name, count(o.id) from customers c left join orders o on o.customer_id = c.id group by c.id, c.name order by c.id`,
  heavierThanLightest: `
    select name from products where weight > (select min(weight) from products where stock > 0) order by id`,
  teaDrinkers: `
    select c.id, c.name, c.email, c.referrer_id, c.address, c.born_on, c.points, c.is_active, c.joined_at
    from customers c
    where exists (
      select 1 from orders o join order_lines l on l.order_id = o.id where o.customer_id = c.id and l.product_id = 2
    )
    order by c.id`,
  whoReferredNobody: `select name from customers where id not in (select referrer_id from customers)`,
  withoutOrders: `
    select c.name from customers c left join orders o on o.customer_id = c.id where o.id is null order by c.id`,
  wellReviewed: `
    select p.name from products p join reviews r on r.product_id = p.id
    group by p.id, p.name having max(r.stars) = 5 and min(r.stars) >= 3 order by p.id`,
  meanSize: `
    select avg(pieces), max(pieces), count(*)
    from (select sum(quantity) as pieces from order_lines group by order_id) sizes`,
  paidOrders: `select count(*) from orders where status = 'paid'`,
  anyReturned: `select exists (select 1 from orders where status = 'returned')`,
  firstQuarter: (on) => `
    select id, placed_at, due_on from orders
    where placed_at >= ${on.instant("2025-01-01T00:00:00.000Z")} and placed_at < ${
    on.instant("2025-03-30T01:00:00.000Z")
  }
      and due_on > '2025-01-31'
    order by placed_at`
}
