import type { Texts, Words } from "./sql.js"

/** A place in an address, as text. */
const at = (on: Words, path: string) =>
  on.name === "postgres"
    ? `(address #>> '{${path.replaceAll(".", ",").replace("[0]", ",0")}}')`
    : on.name === "sqlite"
    ? `(address ->> '$.${path}')`
    : `json_value(address, '$.${path}')`

export const documents: Texts = {
  cities: (on) =>
    `
    select ${at(on, "city")}, cast(${at(on, "at.lat")} as double precision), ${at(on, "phones[0]")} from customers
    where cast(${at(on, "at.lat")} as double precision) > 40 or ${at(on, "at.lat")} is null order by id`
      .replaceAll(on.name === "mariadb" || on.name === "mysql" ? "double precision" : "never", "double"),
  whoHasPhone: `select id from customers where cast(address as char(200)) like '%"+44 1"%' order by id`,
  partsOfAddresses: `
    select the_keys, phones, is_placed from (
      select '["at","city","phones","street"]' as the_keys, 2 as phones, 1 = 1 as is_placed, 1 as id
      union all select '["city","phones","street"]', 0, 1 = 0, 2
      union all select null, null, 1 = 0, 3
      union all select '["at","city","phones","street"]', 1, 1 = 1, 4
      union all select '["city","phones","street"]', 1, 1 = 0, 5
      union all select '["city","phones","street"]', 2, 1 = 0, 6
    ) parts order by id`,
  moveToParis: (on) =>
    on.name === "postgres"
      ? `update customers set address = replace(address::text, '"London"', '"Paris"')::jsonb where address::text like '%"London"%'`
      : `update customers set address = replace(address, '"London"', '"Paris"') where address like '%"London"%'`,
  forgetPlaces: (on) =>
    on.name === "postgres"
      ? `update customers set address = address - 'at' where address ? 'at'`
      : on.name === "sqlite"
      ? `update customers set address = json_remove(address, '$.at') where address -> '$.at' is not null`
      : `update customers set address = json_remove(address, '$.at') where json_contains_path(address, 'one', '$.at')`
}
