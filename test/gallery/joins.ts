import type { Texts } from "./sql.js"

export const joins: Texts = {
  orderedProducts: (on) => `
    select l.order_id, o.placed_at, p.name, l.quantity, ${on.decimal("l.price")}
    from order_lines l
    join products p on p.id = l.product_id
    join orders o on o.id = l.order_id
    order by l.order_id, l.line`,
  customersAndOrders: `
    select c.name, o.id, o.customer_id, o.status, o.placed_at, o.due_on, o.note
    from customers c left join orders o on o.customer_id = c.id
    order by c.id, o.id is null, o.id`,
  reviewedProducts: `
    select p.name, r.stars, r.body
    from products p left join reviews r on r.product_id = p.id
    order by p.id, r.id is null, r.id`,
  everybody: {
    sqlite: `
      select c.name, e.name from customers c full join employees e on c.id + 3 = e.id
      order by c.id is null, c.id, e.id is null, e.id`,
    postgres: `
      select name, other from (
        select c.id as a, c.name, e.id as b, e.name as other from customers c left join employees e on c.id + 3 = e.id
        union all
        select null, null, e.id, e.name from employees e where not exists (select 1 from customers c where c.id + 3 = e.id)
      ) both_sides
      order by a is null, a, b is null, b`
  },
  samePrice: (on) => `
    select p.name, o.name, ${on.decimal("p.price")}
    from products p, products o
    where p.id < o.id and p.price = o.price
    order by p.id`,
  referrers: `
    select c.name, r.name, b.name
    from customers c
    left join customers r on r.id = c.referrer_id
    left join customers b on b.id = r.referrer_id
    order by c.id`,
  dearestLines: {
    postgres: `
      select o.id, l.product_id, l.price
      from orders o, lateral (select * from order_lines where order_id = o.id order by price desc, line limit 1) l
      order by o.id`,
    mysql: `
      select o.id, l.product_id, l.price
      from orders o, lateral (select * from order_lines where order_id = o.id order by price desc, line limit 1) l
      order by o.id`
  },
  lastOrders: {
    postgres: `
      select c.id, o.status, o.placed_at
      from customers c
      left join orders o on o.customer_id = c.id
        and o.placed_at = (select max(placed_at) from orders where customer_id = c.id)
      order by c.id`,
    mysql: `
      select c.id, o.status, o.placed_at
      from customers c
      left join orders o on o.customer_id = c.id
        and o.placed_at = (select max(placed_at) from orders where customer_id = c.id)
      order by c.id`
  },
  productSales: `
    select p.name,
      coalesce((select sum(quantity) from order_lines where product_id = p.id), 0),
      (select nullif(count(*), 0) from order_lines where product_id = p.id)
    from products p order by p.id`,
  bornOnOneDay: `
    select a.name, b.name, a.born_on
    from customers a join customers b on a.born_on = b.born_on and a.id < b.id
    where a.is_active and b.is_active`
}
