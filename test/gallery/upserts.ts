import type { Texts, Words } from "./sql.js"

const product = (on: Words) => `id, name, ${on.decimal("price")}, stock, weight, tags, flags`
const price = (on: Words, amount: number) => on.name === "sqlite" ? String(Math.round(amount * 100)) : String(amount)
const none = (on: Words) => on.name === "postgres" ? "array[]::text[]" : "'[]'"
const insert = (on: Words, id: number, name: string) => `
  insert into products (id, name, price, stock, weight, tags) values (${id}, '${name}', ${price(on, 4.2)}, 40, 0.1, ${
  none(on)
})`

export const upserts: Texts = {
  delivered: (
    on
  ) => ["update products set stock = 37 where id = 2", `select ${product(on)} from products where id = 2`],
  cheaper: (on) => [`update products set price = ${price(on, 4)} where id = 5`, "select 1"],
  newProducts: (on) => [insert(on, 20, "Mate"), "select 1"],
  knownCustomers: "select 0",
  newOrNot: (on) => [
    `update products set price = ${price(on, 4.2)} where id = 2`,
    insert(on, 21, "Sencha"),
    `select ${product(on)}, ${on.name === "postgres" ? "id = 21" : "case when id = 21 then 1 else 0 end"}
      from products where id in (2, 21) order by id`
  ]
}
