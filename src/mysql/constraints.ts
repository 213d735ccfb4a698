/**
 * What the catalogue knows of a constraint or a unique index: its table and columns, where an error did not tell them.
 */
import * as Effect from "effect/Effect"
import * as Catalogue from "../driver/catalogue.js"
import type { Place } from "../driver/catalogue.js"
import type { Connection, Driver, Failure } from "../Driver.js"

/** Unique indexes, foreign keys, and checks, which have no columns of record but those that their text names. */
const query = `
select table_name, column_name, seq_in_index from information_schema.statistics
where table_schema = database() and non_unique = 0 and index_name = ? and table_name = coalesce(?, table_name)
union all
select table_name, column_name, ordinal_position from information_schema.key_column_usage
where table_schema = database() and referenced_table_name is not null and constraint_name = ?
  and table_name = coalesce(?, table_name)
union all
select table_name, null, 0 from information_schema.table_constraints
where table_schema = database() and constraint_type = 'CHECK' and constraint_name = ?
  and table_name = coalesce(?, table_name)
union all
select c.table_name, c.column_name, c.ordinal_position from information_schema.columns c
join information_schema.table_constraints t on t.table_schema = c.table_schema and t.table_name = c.table_name
join information_schema.check_constraints k
  on k.constraint_schema = t.constraint_schema and k.constraint_name = t.constraint_name
where c.table_schema = database() and t.constraint_type = 'CHECK' and t.constraint_name = ?
  and c.table_name = coalesce(?, c.table_name) and locate(concat(char(96), c.column_name, char(96)), k.check_clause) > 0
  and (
    select count(*) from information_schema.check_constraints o
    where o.constraint_schema = k.constraint_schema and o.constraint_name = k.constraint_name
  ) = 1
order by 1, 3`

const read = (connection: Connection, name: string, table: string | undefined) => {
  const given = table ?? null
  return Effect.map(
    connection.run(query, [name, given, name, given, name, given, name, given], { prepare: false }),
    ({ rows }): Place | undefined => {
      const tables = new Set(rows.map(([owner]) => String(owner)))
      // Many tables have an index of the same name; which of them it was is not for guessing.
      const [owner] = tables
      return tables.size !== 1 ? undefined : {
        table: owner as string,
        columns: [...new Set(rows.flatMap(([, column]) => column === null ? [] : [String(column)]))]
      }
    }
  )
}

export const describer = (connect: Effect.Effect<Connection, Failure>): Driver["describeConstraint"] =>
  Catalogue.describer(connect, read)
