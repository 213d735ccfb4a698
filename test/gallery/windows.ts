import type { Texts } from "./sql.js"

export const windows: Texts = {
  payRanks: `
    select name, team,
      rank() over (partition by team order by salary desc),
      dense_rank() over (partition by team order by salary desc),
      percent_rank() over (partition by team order by salary desc),
      count(*) over (partition by team order by salary desc) * 1.0 / count(*) over (partition by team)
    from employees order by id`,
  payThirds: `
    select name, row_number() over (order by salary desc, id), ntile(3) over (order by salary desc, id)
    from employees order by salary desc, id`,
  neighbours: `
    select id, lag(placed_at) over (order by placed_at), lag(note, 2) over (order by placed_at), lead(id) over (order by placed_at)
    from orders order by placed_at`,
  edges: `
    select l.order_id, l.line,
      (select product_id from order_lines f where f.order_id = l.order_id order by line limit 1),
      (select product_id from order_lines f where f.order_id = l.order_id order by line desc limit 1),
      (select product_id from order_lines f where f.order_id = l.order_id order by line limit 1 offset 1)
    from order_lines l order by l.order_id, l.line`,
  running: (on) => `
    select order_id, line, sum(quantity) over w, count(*) over w, count(discount) over w, max(quantity) over w,
      min(quantity) over w, avg(quantity) over w, ${
    on.name === "sqlite" ? on.decimal("(sum(price) over w)") : "sum(price) over w"
  }
    from order_lines window w as (order by order_id, line) order by order_id, line`,
  smoothed: `
    select r.id, (select avg(o.stars) from reviews o where o.id between r.id - 1 and r.id + 1) from reviews r order by r.id`,
  similar: `
    select r.id, (select count(*) from reviews o where o.stars between r.stars - 1 and r.stars + 1) from reviews r order by r.id`,
  nextGroup: {
    sqlite: `
      select id, count(*) over (order by stars groups between unbounded preceding and 1 following) from reviews order by id`,
    postgres: `
      select r.id, (
        select count(*) from reviews o
        where o.stars <= coalesce((select min(n.stars) from reviews n where n.stars > r.stars), r.stars)
      ) from reviews r order by r.id`
  },
  others: {
    sqlite: `
      select r.id, (select max(o.stars) from reviews o where o.product_id = r.product_id and o.id <> r.id) from reviews r order by r.id`,
    postgres: `
      select r.id, (select max(o.stars) from reviews o where o.product_id = r.product_id and o.id <> r.id) from reviews r order by r.id`
  },
  bestPaid: `
    select e.team, e.name from employees e
    where not exists (
      select 1 from employees o
      where (o.team = e.team or (o.team is null and e.team is null))
        and (o.salary > e.salary or (o.salary = e.salary and o.id < e.id))
    )
    order by e.team is null, e.team`,
  neighboursOrNone: `
    select o.id, case when o.id = 1 then 'first' else (select note from orders b where b.id = o.id - 1) end,
      coalesce((select customer_id from orders a where a.id = o.id + 2), -1)
    from orders o order by o.id`,
  namesSoFar: {
    sqlite: `
      select e.id, (select group_concat(name, ' ' order by id) from employees o where o.id <= e.id) from employees e order by e.id`,
    postgres: `
      select e.id, (select string_agg(name, ' ' order by id) from employees o where o.id <= e.id) from employees e order by e.id`
  }
}
