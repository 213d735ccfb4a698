import type { Texts } from "./sql.js"

export const words: Texts = {
  lovelyLids: `select id from reviews where lower(body) like '%lovely%' and lower(body) like '%lid%'`,
  foundTeas: `
    select r.id, case when p.name = 'Tea' and r.body like 'Tea %' then 2 else 1 end
    from reviews r join products p on p.id = r.product_id
    where p.name = 'Tea' or r.body like 'Tea %' order by 2 desc, r.id`,
  withNumbers: `
    select id, case when id = 4 then 'Corked! Order no. #-#' else body end from reviews where id in (3, 4) order by id`,
  soldInNumbers: `
    select p.name, sum(l.quantity) from order_lines l join products p on p.id = l.product_id
    where l.quantity > 1 group by p.id, p.name having sum(l.quantity) > 1 order by 2 desc, p.id`,
  lateOrders: `select id from orders where status = 'paid' and id > 2`
}
