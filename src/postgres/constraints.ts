/**
 * What the catalogue knows of a constraint or a unique index: its table, and its columns where an error did not tell them.
 */
import * as Effect from "effect/Effect"
import * as Catalogue from "../driver/catalogue.js"
import type { Place } from "../driver/catalogue.js"
import type { Connection, Driver, Failure } from "../Driver.js"
import * as Arrays from "./arrays.js"

/**
 * Constraints by `conkey`, else unique indexes with the columns that their expressions read. Of several with one name the one that
 * the search path shows first.
 */
const query = `
select r.relname, array(
  select a.attname::text from unnest(c.conkey) with ordinality as k(attnum, place)
  join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
  order by k.place
)
from pg_catalog.pg_constraint c
join pg_catalog.pg_class r on r.oid = c.conrelid
where c.conname = $1 and r.relname = coalesce($2, r.relname)
  and not exists (select from unnest(c.conkey) as k(attnum) where k.attnum = 0)
union all
select r.relname, array(
  select a.attname::text from pg_catalog.pg_attribute a
  left join unnest(i.indkey) with ordinality as k(attnum, place) on k.attnum = a.attnum
  where a.attrelid = i.indrelid and (k.attnum is not null or exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.indexrelid
      and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = i.indrelid and d.refobjsubid = a.attnum
      and i.indexprs is not null
  )) and a.attnum > 0 and coalesce(k.place <= i.indnkeyatts, true)
  order by k.place nulls last, a.attnum
)
from pg_catalog.pg_index i
join pg_catalog.pg_class x on x.oid = i.indexrelid
join pg_catalog.pg_class r on r.oid = i.indrelid
where x.relname = $1 and r.relname = coalesce($2, r.relname)
limit 1`

const read = (connection: Connection, name: string, table: string | undefined) =>
  Effect.map(
    connection.run(query, [name, table ?? null], { prepare: false }),
    ({ rows: [row] }): Place | undefined =>
      row === undefined ? undefined : {
        table: String(row[0]),
        columns: Arrays.parse(String(row[1])).filter((column) => typeof column === "string")
      }
  )

export const describer = (connect: Effect.Effect<Connection, Failure>): Driver["describeConstraint"] =>
  Catalogue.describer(connect, read)
