/**
 * All that is measured.
 */
import type { Suite } from "./suite.js"
import { build } from "./suites/build.js"
import { bulk } from "./suites/bulk.js"
import { claims } from "./suites/claims.js"
import { crud } from "./suites/crud.js"
import { decode } from "./suites/decode.js"
import { growth } from "./suites/growth.js"
import { including } from "./suites/including.js"
import { observability } from "./suites/observability.js"
import { pool } from "./suites/pool.js"
import { reading } from "./suites/reading.js"
import { leaks, starting } from "./suites/starting.js"

/** In the order in which it is measured. */
export const suites: ReadonlyArray<Suite> = [
  crud,
  decode,
  build,
  bulk,
  pool,
  reading,
  starting,
  leaks,
  observability,
  including,
  claims,
  growth
]
