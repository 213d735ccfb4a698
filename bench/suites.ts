/**
 * All that is measured, in the order in which it is.
 */
import type { Suite } from "./suite.js"
import { build } from "./suites/build.js"
import { bulk } from "./suites/bulk.js"
import { claims } from "./suites/claims.js"
import { crud } from "./suites/crud.js"
import { decode } from "./suites/decode.js"
import { growth } from "./suites/growth.js"
import { observability } from "./suites/observability.js"
import { reading } from "./suites/reading.js"

export const suites: ReadonlyArray<Suite> = [crud, decode, build, bulk, reading, observability, claims, growth]
