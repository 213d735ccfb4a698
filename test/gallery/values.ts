import type { Texts } from "./sql.js"

export const values: Texts = {
  texts: (on) => `
    select ${
    on.name === "sqlite" || on.name === "postgres" ? "length" : "char_length"
  }(name), substr(name, 1, 3), upper(email),
      lower(email), replace(email, '@shop.', '@'), concat('Hello ', name)
    from customers order by id`,
  hundredPercent: `
    select name from customers where id = 6 or substr(name, 1, 3) = 'Ada' or name = '大輔 😀' order by name`,
  adas: `select name from customers where lower(name) like 'ada %' and substr(name, 1, 3) <> 'Ada'`,
  sums: (on) => {
    const div = (a: string, b: string) =>
      on.name === "sqlite" ? `${a} / ${b}` : on.name === "postgres" ? `${a} / nullif(${b}, 0)` : `${a} div ${b}`
    return `
      select ${div("stock", "2")}, stock % 5, ${div("100", "stock")}, abs(stock), -stock, ceil(weight), floor(weight),
        round(${
      on.name === "postgres" ? "weight::numeric" : on.name === "sqlite" ? "weight" : "cast(weight as decimal(20, 10))"
    }, 1)
      from products order by id`
  },
  totals: (on) => `
    select ${on.decimal("price * price", 4)}, ${on.decimal("price + price")} from order_lines order by order_id, line`,
  choices: `
    select case status when 'new' then 'open' when 'returned' then 'over' else 'going' end, coalesce(note, 'no note'),
      nullif(note, ''), case when due_on > '2025-02-03' then due_on else '2025-02-03' end,
      case when id < customer_id then id else customer_id end,
      coalesce(note, 'missing')
    from orders order by id`,
  cast: (on) =>
    `select cast(id as ${
      on.name === "postgres" || on.name === "sqlite" ? "text" : "char"
    }), customer_id, id * 2 from orders order by id`,
  addresses: `select address, is_active, joined_at, born_on, points from customers order by id`,
  characters: {
    sqlite: `
      select substr('***************', 1, 15 - length(name)) || name,
        substr(name || '..............', 1, 14), name || name, case id when 1 then 'ecalevoL adA' when 2 then 'mörtsgnÅ nröjB'
          when 3 then 'akžiŽ kěneČ' when 4 then '😀 輔大' when 5 then 'noryb ada' else '_%001 \\ lieN''O' end, instr(name, 'a'), substr(name, 1, 2), substr(name, -2)
      from customers order by id`,
    postgres: `
      select lpad(name, 15, '*'), rpad(name, 14, '.'), repeat(name, 2), reverse(name), strpos(name, 'a'), left(name, 2), right(name, 2)
      from customers order by id`,
    mariadb: `
      select lpad(name, 15, '*'), rpad(name, 14, '.'), repeat(name, 2), reverse(name), instr(name, 'a'), left(name, 2), right(name, 2)
      from customers order by id`
  },
  powers: (on) => `
    select weight * weight, case when stock >= 0 then sqrt(stock) end, sign(stock), ${
    on.name === "mariadb"
      ? "truncate(weight, 1)"
      : on.name === "postgres"
      ? "trunc(weight::numeric, 1)"
      : "trunc(weight * 10) / 10"
  }
    from products order by id`,
  bits: (on) => `
    select flags | 8, ${
    on.name === "sqlite" ? "(flags | 15) - (flags & 15)" : on.name === "postgres" ? "flags # 15" : "flags ^ 15"
  }, -flags - 1,
      flags * 16, floor(stock / 2.0)
    from products where flags % 2 = 1 order by id`,
  functions: `select abs(stock), max(weight) from products group by abs(stock) order by abs(stock)`
}
