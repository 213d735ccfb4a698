import type { Texts, Words } from "./sql.js"

/** The items of a product's tags, as a table `tag (value)`. */
const items = (on: Words): string =>
  on.name === "postgres"
    ? "cross join lateral unnest(tags) as tag (value)"
    : on.name === "sqlite"
    ? "cross join json_each(tags) as tag"
    : "cross join json_table(tags, '$[*]' columns (value varchar(100) path '$')) as tag"

const has = (on: Words, item: string): string =>
  on.name === "postgres"
    ? `'${item}' = any(tags)`
    : on.name === "sqlite"
    ? `'${item}' in (select value from json_each(tags))`
    : `json_contains(tags, '"${item}"')`

const length = (on: Words): string =>
  on.name === "postgres" ? "cardinality(tags)" : on.name === "sqlite" ? "json_array_length(tags)" : "json_length(tags)"

const second = (on: Words): string =>
  on.name === "postgres" ? "tags[2]" : on.name === "sqlite" ? "tags ->> 1" : "json_value(tags, '$[1]')"

const appended = (on: Words): string =>
  on.name === "postgres"
    ? "tags || 'sale'::text"
    : on.name === "sqlite"
    ? "json_insert(tags, '$[#]', 'sale')"
    : "json_array_append(tags, '$', 'sale')"

export const arrays: Texts = {
  presents: (on) =>
    `select name, case when ${has(on, "food")} or ${has(on, "music")} then ${
      on.name === "postgres" ? "true else false" : "1 else 0"
    } end from products where ${has(on, "gift")} and not ${has(on, "food")} order by id`,
  tagsInNumbers: (on) => `select id, ${length(on)}, ${second(on)} from products order by id`,
  productsByTag: (on) => `
    select value, count(*) from products ${items(on)} group by value order by value${
    on.name === "postgres" ? " collate \"C\"" : on.name === "sqlite" ? "" : " collate utf8mb4_nopad_bin"
  }`,
  onSale: (on) => `update products set tags = ${appended(on)} where id in (1, 4)`
}
