import type { Texts } from "./sql.js"

const all = (text: string) => ({ postgres: text, mariadb: text, mysql: text })

export const sets: Texts = {
  people: `
    select name, kind from (
      select name, 'customer' as kind from customers union all select name, 'employee' from employees
    ) everybody order by name, kind`,
  involved: `select customer_id from orders union select customer_id from reviews`,
  orderedAndReferred: `
    select distinct customer_id from orders where customer_id in (select referrer_id from customers where referrer_id is not null)`,
  reviewedOnly: `
    select distinct r.customer_id from reviews r
    where not exists (select 1 from customers c where c.referrer_id = r.customer_id)`,
  orderedAsOftenAsReviewed: all(`select customer_id from orders intersect all select customer_id from reviews`),
  withoutReview: all(`select customer_id from orders except all select customer_id from reviews`),
  bigBuyers: `
    with spent as (
      select o.customer_id, sum(l.quantity) as pieces from order_lines l join orders o on o.id = l.order_id group by o.customer_id
    )
    select c.name, s.pieces from spent s join customers c on c.id = s.customer_id
    where s.pieces > (select min(pieces) from spent) order by c.id`,
  thereAndOrdered: `
    select p.name from products p join order_lines l on l.product_id = p.id where p.stock > 0 group by p.id, p.name order by p.id`,
  belowEdsger: `
    with recursive below (id, name, depth) as (
      select id, name, 0 from employees where name = 'Edsger'
      union all
      select e.id, e.name, b.depth + 1 from employees e join below b on e.boss_id = b.id
    )
    select id, name, depth from below order by depth, id`,
  ringOfCustomers: `select id from customers where id in (5, 4, 2, 1) order by id`,
  otherPrices: (on) => `
    select t.name, t.cents, ${on.decimal("p.price")}
    from (select 'Tea' as name, 420 as cents union all select 'Löffel', null union all select 'Coffee', 800) t
    left join products p on p.name = t.name
    order by t.name`,
  ringWithSteps: `select 2, 0 union all select 4, 1 union all select 5, 2`,
  twoStepsDown: `
    select id from employees
    where boss_id is null or boss_id in (select id from employees where boss_id is null)
      or boss_id in (select id from employees where boss_id in (select id from employees where boss_id is null))
    order by id`
}
