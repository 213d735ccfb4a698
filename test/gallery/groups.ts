import type { Texts } from "./sql.js"

export const groups: Texts = {
  soldOften: (on) => `
    select p.name, count(*), sum(l.quantity), ${on.decimal("min(l.price)")}, ${on.decimal("max(l.price)")},
      ${on.decimal("sum(l.price * l.price)", 4)}, avg(l.discount)
    from order_lines l join products p on p.id = l.product_id
    group by p.id, p.name having count(*) > 1 order by p.id`,
  figures: `
    select count(*), count(note), count(distinct customer_id), sum(case when status = 'paid' then 1 else 0 end),
      min(case when status = 'paid' then placed_at end), max(due_on), null
    from orders`,
  noFigures: `select 0, null, null, null`,
  allPoints: `select sum(points), max(points), min(points) from customers where points > -1000`,
  ordersRolledUp: {
    postgres: `select customer_id, status, count(*) from orders group by rollup (customer_id, status)`,
    mariadb: `select customer_id, status, count(*) from orders group by customer_id, status with rollup`,
    mysql: `select customer_id, status, count(*) from orders group by customer_id, status with rollup`
  },
  reviewsCubed: {
    postgres: `
      select product_id, stars, count(*) from reviews group by product_id, stars
      union all select product_id, null, count(*) from reviews group by product_id
      union all select null, stars, count(*) from reviews group by stars
      union all select null, null, count(*) from reviews`
  },
  ordersBySets: {
    postgres: `
      select customer_id, null, count(*) from orders group by customer_id
      union all select null, due_on::text, count(*) from orders group by due_on
      union all select null, null, count(*) from orders`
  },
  firstReviews: {
    postgres: `
      select r.product_id, r.stars, r.body from reviews r
      where r.id = (select min(id) from reviews o where o.product_id = r.product_id) order by r.product_id`
  },
  byLetter: `
    select substr(name, 1, 1), count(*), max(points) from customers group by substr(name, 1, 1) order by substr(name, 1, 1)`,
  orderContents: (on) => `
    select l.order_id, ${
    on.name === "sqlite"
      ? "group_concat(p.name, ', ' order by p.name desc)"
      : on.name === "postgres"
      ? "string_agg(p.name, ', ' order by p.name desc)"
      : "group_concat(p.name order by p.name desc separator ', ')"
  }
    from order_lines l join products p on p.id = l.product_id group by l.order_id order by l.order_id`,
  differentValues: `
    select (select sum(quantity) from (select distinct quantity from order_lines) q),
      (select count(*) from (select distinct price from order_lines) p),
      (select avg(quantity) from (select distinct quantity from order_lines) q)`,
  ordersWithSums: {
    postgres: `
      select customer_id, 0, count(*) from orders group by customer_id union all select null, 1, count(*) from orders`,
    mysql: `
      select customer_id, 0, count(*) from orders group by customer_id union all select null, 1, count(*) from orders`
  }
}
