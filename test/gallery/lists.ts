import type { Texts, Words } from "./sql.js"

type Ways = { readonly sqlite: string; readonly postgres: string; readonly mysql: string }

const by = ({ name }: Words, ways: Ways): string => name === "mariadb" ? ways.mysql : ways[name]

export const lists: Texts = {
  quantities: (on) => `
    select l.product_id, ${
    by(on, {
      sqlite: "json_group_array(l.quantity order by l.quantity desc, l.order_id)",
      postgres: "json_agg(l.quantity order by l.quantity desc, l.order_id)",
      mysql: "json_arrayagg(l.quantity order by l.quantity desc, l.order_id)"
    })
  }, ${
    by(on, {
      sqlite:
        "case when sum(l.order_id > 2) > 0 then json_group_array(l.discount order by l.order_id) filter (where l.order_id > 2) end",
      postgres: "json_agg(l.discount order by l.order_id) filter (where l.order_id > 2)",
      mysql:
        "(select json_arrayagg(o.discount order by o.order_id) from order_lines o where o.product_id = l.product_id and o.order_id > 2)"
    })
  }
    from order_lines l group by l.product_id order by l.product_id`,
  linesOfOrders: (on) => `
    select order_id, ${
    by(on, {
      sqlite: "json_group_array(json_object('line', line, 'product', product_id, 'discount', discount) order by line)",
      postgres: "json_agg(json_build_object('line', line, 'product', product_id, 'discount', discount) order by line)",
      mysql: "json_arrayagg(json_object('line', line, 'product', product_id, 'discount', discount) order by line)"
    })
  }
    from order_lines group by order_id order by order_id`,
  stockByName: (on) => `
    select ${
    by(on, { sqlite: "json_group_object", postgres: "json_object_agg", mysql: "json_objectagg" })
  }(name, stock) from products where stock > 0`,
  phones: `
    select * from (
      select 1 as id, '+44 1' as phone, 0 as place union all select 1, '+44 2', 1 union all select 4, '+81 3', 0
      union all select 5, '+44 1', 0 union all select 6, '', 0 union all select 6, '0', 1
    ) given order by id, place`
}
