/**
 * All of the gallery as SQL.
 */
import { arrays } from "./arrays.js"
import { changes } from "./changes.js"
import { comparisons } from "./comparisons.js"
import { composed } from "./composed.js"
import { documents } from "./documents.js"
import { groups } from "./groups.js"
import { joins } from "./joins.js"
import { lists } from "./lists.js"
import { locks } from "./locks.js"
import { moments } from "./moments.js"
import { sets } from "./sets.js"
import type { Texts } from "./sql.js"
import { subqueries } from "./subqueries.js"
import { upserts } from "./upserts.js"
import { values } from "./values.js"
import { windows } from "./windows.js"
import { words } from "./words.js"

export const texts: Texts = {
  ...arrays,
  ...changes,
  ...comparisons,
  ...composed,
  ...documents,
  ...groups,
  ...joins,
  ...lists,
  ...locks,
  ...moments,
  ...sets,
  ...subqueries,
  ...upserts,
  ...values,
  ...windows,
  ...words
}
