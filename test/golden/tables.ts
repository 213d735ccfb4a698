/**
 * The golden table, area by area.
 */
import { aggregates } from "./aggregates.js"
import { arrays } from "./arrays.js"
import { bodies } from "./bodies.js"
import { composition } from "./composition.js"
import { expressions } from "./expressions.js"
import { json } from "./json.js"
import { loading } from "./loading.js"
import { locking } from "./locking.js"
import { mutations } from "./mutations.js"
import { pages } from "./pages.js"
import { relations } from "./relations.js"
import { queries } from "./queries.js"
import { scalars } from "./scalars.js"
import { times } from "./times.js"
import { search } from "./search.js"
import { select } from "./select.js"
import { upsert } from "./upsert.js"
import { writing } from "./writing.js"
import { patterns } from "./patterns.js"

export const tables = {
  aggregates,
  arrays,
  bodies,
  composition,
  expressions,
  json,
  loading,
  locking,
  mutations,
  patterns,
  pages,
  queries,
  relations,
  scalars,
  search,
  select,
  times,
  upsert,
  writing
}
